/* ft-columns.c: columns of a table that give way when there is little room.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-columns.h"

#define WATCH_KEY "ft-columns-watch"

typedef struct
{
  GSourceFunc func;
  gpointer data;
  guint idle_id;
} Watch;

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  g_clear_handle_id (&watch->idle_id, g_source_remove);
  g_free (watch);
}

static gboolean
resized_cb (gpointer user_data)
{
  Watch *watch = user_data;

  watch->idle_id = 0;
  watch->func (watch->data);
  return G_SOURCE_REMOVE;
}

/* The page of a horizontal adjustment is as wide as the view. */
static void
page_changed_cb (GObject *view)
{
  Watch *watch = g_object_get_data (view, WATCH_KEY);

  if (watch->idle_id == 0)
    watch->idle_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, resized_cb, watch, NULL);
}

static void
adjustment_changed_cb (GObject *view)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (view));

  if (adjustment != NULL)
    g_signal_connect_object (adjustment, "notify::page-size", G_CALLBACK (page_changed_cb), view, G_CONNECT_SWAPPED);
}

void
ft_columns_watch (GtkWidget *view, GSourceFunc func, gpointer data)
{
  Watch *watch = g_new0 (Watch, 1);

  g_return_if_fail (GTK_IS_SCROLLABLE (view));

  watch->func = func;
  watch->data = data;
  g_object_set_data_full (G_OBJECT (view), WATCH_KEY, watch, watch_free);
  g_signal_connect (view, "notify::hadjustment", G_CALLBACK (adjustment_changed_cb), NULL);
  adjustment_changed_cb (G_OBJECT (view));
}

void
ft_columns_fit (const FtColumnRoom *columns, guint n_columns, int width)
{
  for (guint i = 0; i < n_columns; i++)
    if (gtk_column_view_column_get_visible (columns[i].column) != (width >= columns[i].width))
      gtk_column_view_column_set_visible (columns[i].column, width >= columns[i].width);
}
