/* ft-late-rows.c: rows that a view throws away all at once are let go of a few at a time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-late-rows.h"

#define SLICE_US 2000
#define N_RESERVED 4096

static gboolean
let_go_cb (gpointer user_data)
{
  GPtrArray *widgets = user_data;
  gint64 end = g_get_monotonic_time () + SLICE_US;

  while (widgets->len > 0 && g_get_monotonic_time () < end)
    g_ptr_array_set_size (widgets, (int) widgets->len - 1);
  return widgets->len > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* A row loses what was put into it when it leaves the window, whoever still holds the row: what is in it must be
 * held. In a table, cells are between. */
static void
keep_children (GtkWidget *widget, guint depth, GPtrArray *widgets)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      g_ptr_array_add (widgets, g_object_ref (child));
      if (depth > 1)
        keep_children (child, depth - 1, widgets);
    }
}

static void
keep_rows (GtkWidget *list, guint depth, GPtrArray *widgets)
{
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL; row = gtk_widget_get_next_sibling (row))
    keep_children (row, depth, widgets);
}

void
ft_late_rows_keep (GtkWidget *view)
{
  GPtrArray *widgets = g_ptr_array_new_full (N_RESERVED, g_object_unref);

  g_return_if_fail (GTK_IS_LIST_VIEW (view) || GTK_IS_COLUMN_VIEW (view));

  if (GTK_IS_LIST_VIEW (view))
    keep_rows (view, 1, widgets);
  else
    for (GtkWidget *child = gtk_widget_get_first_child (view); child != NULL;
         child = gtk_widget_get_next_sibling (child))
      if (GTK_IS_LIST_VIEW (child))
        keep_rows (child, 2, widgets);
  /* After what is seen now was drawn. */
  g_idle_add_full (G_PRIORITY_LOW, let_go_cb, widgets, (GDestroyNotify) g_ptr_array_unref);
}
