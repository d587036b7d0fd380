/* ft-columns.h: columns of a table that give way when there is little room.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A column, and the width of its table from which on it is shown. */
typedef struct
{
  GtkColumnViewColumn *column;
  int width;
} FtColumnRoom;

/* In @width pixels. To be called when sizes are not being given: see ft_columns_watch(). */
void ft_columns_fit (const FtColumnRoom *columns, guint n_columns, int width);

/* Calls @func (@data) when the width of @view is another, in its own time, as long as @view lives. */
void ft_columns_watch (GtkWidget *view, GSourceFunc func, gpointer data);

G_END_DECLS
