/* ft-late-rows.h: rows that a view throws away all at once are let go of a few at a time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ft_late_rows_keep:
 * @view: a #GtkListView or #GtkColumnView
 *
 * To be called before @view is given other items, or none. It makes widgets for some 200 rows, and to free what is
 * in them takes as long as to make them: that is done later, in small steps. Rows that stay are not touched.
 */
void ft_late_rows_keep (GtkWidget *view);

G_END_DECLS
