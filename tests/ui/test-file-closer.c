/* test-file-closer.c: a tree that is shown no longer is closed folder by folder, and then let go.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-closer.h"

#define N_IN_FOLDER 300
#define MAX_DEPTH 2

/* Folders of folders of things that are none. */
static GListModel *
make_list (guint depth)
{
  GListStore *list = g_list_store_new (G_TYPE_OBJECT);

  for (guint i = 0; i < (depth < MAX_DEPTH ? 3 : N_IN_FOLDER); i++)
    {
      g_autoptr (GObject) item = g_object_new (G_TYPE_OBJECT, NULL);

      g_object_set_data (item, "depth", GUINT_TO_POINTER (depth + 1));
      g_list_store_append (list, item);
    }
  return G_LIST_MODEL (list);
}

static GListModel *
open_cb (gpointer item, gpointer user_data)
{
  guint depth = GPOINTER_TO_UINT (g_object_get_data (item, "depth"));

  return depth <= MAX_DEPTH ? make_list (depth) : NULL;
}

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer most)
{
  *(guint *) most = MAX (*(guint *) most, removed);
}

static void
test_close (void)
{
  GtkTreeListModel *model = gtk_tree_list_model_new (make_list (0), FALSE, TRUE, open_cb, NULL, NULL);
  guint most = 0;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 3 + 9 + 9 * N_IN_FOLDER);
  g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), &most);
  g_object_add_weak_pointer (G_OBJECT (model), (gpointer *) &model);
  ft_file_closer_start (model);
  g_object_unref (model);
  g_assert_nonnull (model);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (model);
  /* Never more than one folder's at once. */
  g_assert_cmpuint (most, ==, N_IN_FOLDER);
}

/* What it shows goes away while it is being closed, as when another torrent is looked at. */
static void
test_cleared (void)
{
  GListModel *root = make_list (0);
  GtkTreeListModel *model = gtk_tree_list_model_new (g_object_ref (root), FALSE, TRUE, open_cb, NULL, NULL);

  g_object_add_weak_pointer (G_OBJECT (model), (gpointer *) &model);
  ft_file_closer_start (model);
  g_object_unref (model);
  g_list_store_remove_all (G_LIST_STORE (root));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (model);
  g_object_unref (root);
}

static void
test_empty (void)
{
  GtkTreeListModel *model
    = gtk_tree_list_model_new (G_LIST_MODEL (g_list_store_new (G_TYPE_OBJECT)), FALSE, TRUE, open_cb, NULL, NULL);

  g_object_add_weak_pointer (G_OBJECT (model), (gpointer *) &model);
  ft_file_closer_start (model);
  g_object_unref (model);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (model);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file-closer/close", test_close);
  g_test_add_func ("/file-closer/cleared", test_cleared);
  g_test_add_func ("/file-closer/empty", test_empty);

  return g_test_run ();
}
