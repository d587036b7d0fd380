/* ft-file-closer.c: lets go of a tree that is no longer shown, a few folders at a time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-closer.h"

#define SLICE_US 2000

typedef struct
{
  GtkTreeListModel *model;
  guint end; /* all rows from there on are closed */
} Closer;

static void
closer_free (gpointer data)
{
  Closer *self = data;

  g_object_unref (self->model);
  g_free (self);
}

static void
close_last (Closer *self)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->model), --self->end);

  gtk_tree_list_row_set_expanded (row, FALSE);
}

static gboolean
close_cb (gpointer user_data)
{
  Closer *self = user_data;
  gint64 end = g_get_monotonic_time () + SLICE_US;

  /* What it shows may have become less meanwhile. */
  self->end = MIN (self->end, g_list_model_get_n_items (G_LIST_MODEL (self->model)));
  while (self->end > 0 && g_get_monotonic_time () < end)
    close_last (self);
  return self->end > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
ft_file_closer_start (GtkTreeListModel *model)
{
  Closer *self;

  g_return_if_fail (GTK_IS_TREE_LIST_MODEL (model));

  self = g_new (Closer, 1);
  self->model = g_object_ref (model);
  self->end = g_list_model_get_n_items (G_LIST_MODEL (model));
  g_idle_add_full (G_PRIORITY_LOW, close_cb, self, closer_free);
}
