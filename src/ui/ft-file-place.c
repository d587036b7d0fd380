/* ft-file-place.c: what is selected and open of a row that gets another place in its folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-place.h"

/* What is further below than that is closed. */
#define MAX_ROWS 2000

struct _FtFilePlace
{
  GtkSelectionModel *selection;
  GtkTreeListRow *parent; /* (nullable): at the top level */
  GHashTable *expanded;   /* set of FtFileItem: it and those below it that are open */
};

void
ft_file_place_free (FtFilePlace *self)
{
  g_object_unref (self->selection);
  g_clear_object (&self->parent);
  g_hash_table_unref (self->expanded);
  g_free (self);
}

static GtkTreeListRow *
dup_row (GtkSelectionModel *selection, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (selection), position);
}

/* (nullable): of @item, if it is selected */
static GtkTreeListRow *
find_selected (GtkSelectionModel *selection, FtFileItem *item)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (selection);
  GtkBitsetIter iter;
  guint position;

  for (gboolean any = gtk_bitset_iter_init_first (&iter, bits, &position); any;
       any = gtk_bitset_iter_next (&iter, &position))
    {
      g_autoptr (GtkTreeListRow) row = dup_row (selection, position);
      g_autoptr (FtFileItem) found = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

      if (found == item)
        return g_steal_pointer (&row);
    }
  return NULL;
}

static void
remember_expanded (FtFilePlace *self, GtkTreeListRow *first)
{
  guint begin = gtk_tree_list_row_get_position (first);

  for (guint i = 0; i < MAX_ROWS; i++)
    {
      g_autoptr (GtkTreeListRow) row = dup_row (self->selection, begin + i);

      if (row == NULL || (i > 0 && gtk_tree_list_row_get_depth (row) <= gtk_tree_list_row_get_depth (first)))
        return;
      if (gtk_tree_list_row_get_expanded (row))
        g_hash_table_add (self->expanded, gtk_tree_list_row_get_item (row));
    }
}

static void
restore_expanded (FtFilePlace *self, guint begin)
{
  guint n_left = g_hash_table_size (self->expanded);

  for (guint i = 0; i < MAX_ROWS && n_left > 0; i++)
    {
      g_autoptr (GtkTreeListRow) row = dup_row (self->selection, begin + i);
      g_autoptr (FtFileItem) item = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

      if (row == NULL)
        return;
      if (!g_hash_table_contains (self->expanded, item))
        continue;
      gtk_tree_list_row_set_expanded (row, TRUE);
      n_left--;
    }
}

FtFilePlace *
ft_file_place_remember (GtkSelectionModel *selection, FtFileItem *item)
{
  g_autoptr (GtkTreeListRow) row = find_selected (selection, item);
  FtFilePlace *self;

  if (row == NULL)
    return NULL;
  self = g_new0 (FtFilePlace, 1);
  self->selection = g_object_ref (selection);
  self->parent = gtk_tree_list_row_get_parent (row);
  self->expanded = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  remember_expanded (self, row);
  return self;
}

void
ft_file_place_restore (FtFilePlace *place, guint index)
{
  g_autoptr (FtFilePlace) self = place;
  g_autoptr (GtkTreeListRow) row = NULL;
  guint position;

  if (self->parent != NULL)
    row = gtk_tree_list_row_get_child_row (self->parent, index);
  else
    row = gtk_tree_list_model_get_child_row (
      GTK_TREE_LIST_MODEL (gtk_multi_selection_get_model (GTK_MULTI_SELECTION (self->selection))), index);
  if (row == NULL)
    return;
  position = gtk_tree_list_row_get_position (row);
  gtk_selection_model_select_item (self->selection, position, FALSE);
  restore_expanded (self, position);
}
