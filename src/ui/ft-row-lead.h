/* ft-row-lead.h: the first cell of a row: it says the row aloud, and tells which row it is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_ROW_LEAD (ft_row_lead_get_type ())
G_DECLARE_FINAL_TYPE (FtRowLead, ft_row_lead, FT, ROW_LEAD, AdwBin)

/**
 * FtRowLead:
 *
 * Properties: position (in the list's model), row-text (the sentence that the row is read aloud as).
 */

/* Returns: (transfer none) (nullable): that of the row at, around or just below @widget */
FtRowLead *ft_row_lead_find (GtkWidget *widget);

/* Of its row in the list's model. */
guint ft_row_lead_get_position (FtRowLead *lead);

/* Lets a menu of @view's rows pop up by mouse, touch and keyboard. The row that it is asked for at becomes the
 * selection, unless it is selected already. Actions are looked up from @view. */
void ft_row_lead_add_menu (GtkWidget *view, GMenuModel *menu);

G_END_DECLS
