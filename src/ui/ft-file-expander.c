/* ft-file-expander.c: opens all folders of a tree, a few at a time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-expander.h"

#define KEY "ft-file-expander"
#define SLICE_US 4000

typedef struct
{
  GtkTreeListModel *model; /* its owner */
  guint next;              /* all before it are open */
  guint idle_id;
  gulong changed_id;
} Expander;

static void
expander_free (gpointer data)
{
  Expander *self = data;

  g_source_remove (self->idle_id);
  if (g_signal_handler_is_connected (self->model, self->changed_id))
    g_signal_handler_disconnect (self->model, self->changed_id);
  g_free (self);
}

/* Lists grow in steps: what has come before the place must be looked at too. */
static void
items_changed_cb (Expander *self, guint position, guint removed, guint added)
{
  self->next = MIN (self->next, position);
}

static gboolean
expand_cb (gpointer user_data)
{
  Expander *self = user_data;
  GListModel *model = G_LIST_MODEL (self->model);
  gint64 end = g_get_monotonic_time () + SLICE_US;

  while (g_get_monotonic_time () < end)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (model, self->next);

      if (row == NULL)
        {
          ft_file_expander_stop (self->model);
          return G_SOURCE_CONTINUE; /* it is removed already */
        }
      self->next++;
      if (gtk_tree_list_row_is_expandable (row))
        gtk_tree_list_row_set_expanded (row, TRUE);
    }
  return G_SOURCE_CONTINUE;
}

void
ft_file_expander_start (GtkTreeListModel *model)
{
  Expander *self;

  g_return_if_fail (GTK_IS_TREE_LIST_MODEL (model));

  ft_file_expander_stop (model);
  self = g_new0 (Expander, 1);
  self->model = model;
  self->changed_id = g_signal_connect_swapped (model, "items-changed", G_CALLBACK (items_changed_cb), self);
  /* After lists have grown and after what is seen was drawn. */
  self->idle_id = g_idle_add_full (G_PRIORITY_LOW, expand_cb, self, NULL);
  g_object_set_data_full (G_OBJECT (model), KEY, self, expander_free);
}

void
ft_file_expander_stop (GtkTreeListModel *model)
{
  g_return_if_fail (GTK_IS_TREE_LIST_MODEL (model));

  g_object_set_data (G_OBJECT (model), KEY, NULL);
}
