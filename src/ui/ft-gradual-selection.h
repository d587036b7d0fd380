/* ft-gradual-selection.h: a selection whose many rows come to a view in steps.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FT_TYPE_GRADUAL_SELECTION (ft_gradual_selection_get_type ())
G_DECLARE_FINAL_TYPE (FtGradualSelection, ft_gradual_selection, FT, GRADUAL_SELECTION, GObject)

/**
 * FtGradualSelection:
 *
 * A #GtkListView makes widgets for some 200 rows in the turn in which its model is filled, which nobody sees but
 * everybody waits for. This stands between the view and the selection: when it is empty and very many items come,
 * it shows a beginning of them that grows from turn to turn, until it has all. Positions are those of the
 * selection, and what is selected is never touched. Changes of what is shown already go through as they are.
 *
 * Properties: selection (a #GtkSelectionModel; construct only).
 */

/* @selection: (transfer full) */
FtGradualSelection *ft_gradual_selection_new (GtkSelectionModel *selection);

/* Shows nothing for the rest of this turn, and the rows in steps again. A view is at its top then. */
void ft_gradual_selection_restart (FtGradualSelection *selection);

G_END_DECLS
