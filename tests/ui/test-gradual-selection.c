/* test-gradual-selection.c: rows come in steps, positions and what is selected stay those of the selection.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-gradual-selection.h"

typedef struct
{
  GtkStringList *strings;
  GtkSelectionModel *inner;
  FtGradualSelection *rows;
  guint n_seen;    /* what a view would know, from signals alone */
  guint n_changes; /* of the rows */
  guint n_marked;  /* told of by the signal selection-changed */
} Fixture;

static guint
count (gpointer model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (model));
}

static void
items_changed_cb (Fixture *fixture, guint position, guint removed, guint added)
{
  g_assert_cmpuint (position + removed, <=, fixture->n_seen);
  fixture->n_seen += added - removed;
  fixture->n_changes++;
  g_assert_cmpuint (count (fixture->rows), ==, fixture->n_seen);
  for (guint i = 0; i < fixture->n_seen; i++)
    {
      g_autoptr (GObject) row = g_list_model_get_item (G_LIST_MODEL (fixture->rows), i);
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (fixture->inner), i);

      g_assert_nonnull (row);
      g_assert_true (row == item);
    }
}

static void
selection_changed_cb (Fixture *fixture, guint position, guint n_items)
{
  g_assert_cmpuint (position + n_items, <=, count (fixture->rows));
  fixture->n_marked += n_items;
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->strings = gtk_string_list_new (NULL);
  fixture->inner = GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (fixture->strings))));
  fixture->rows = ft_gradual_selection_new (g_object_ref (fixture->inner));
  g_signal_connect_swapped (fixture->rows, "items-changed", G_CALLBACK (items_changed_cb), fixture);
  g_signal_connect_swapped (fixture->rows, "selection-changed", G_CALLBACK (selection_changed_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_object_unref (fixture->rows);
  g_object_unref (fixture->inner);
  g_object_unref (fixture->strings);
  /* Nothing of it waits to run. */
  g_assert_false (g_main_context_pending (NULL));
}

/* Replaces @n_removed at @position by @n_added others. */
static void
splice (Fixture *fixture, guint position, guint n_removed, guint n_added)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;

  for (guint i = 0; i < n_added; i++)
    g_strv_builder_add (builder, "text");
  texts = g_strv_builder_end (builder);
  gtk_string_list_splice (fixture->strings, position, n_removed, (const char *const *) texts);
}

static void
run (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_few (Fixture *fixture, gconstpointer unused)
{
  splice (fixture, 0, 0, 3);
  g_assert_cmpuint (fixture->n_seen, ==, 3);
  splice (fixture, 1, 1, 0);
  g_assert_cmpuint (fixture->n_seen, ==, 2);
  g_assert_cmpuint (fixture->n_changes, ==, 2);
}

static void
test_many (Fixture *fixture, gconstpointer unused)
{
  guint last;

  splice (fixture, 0, 0, 10000);
  g_assert_cmpuint (fixture->n_seen, ==, 0);
  g_assert_true (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpuint (fixture->n_seen, >, 10);
  /* What a view makes widgets for does not come at once. */
  for (last = 0; fixture->n_seen < 200; last = fixture->n_seen)
    {
      g_assert_cmpuint (fixture->n_seen - last, <, 50);
      g_assert_true (g_main_context_iteration (NULL, FALSE));
    }
  run ();
  g_assert_cmpuint (fixture->n_seen, ==, 10000);
}

static void
test_change_once_all_have_come (Fixture *fixture, gconstpointer unused)
{
  splice (fixture, 0, 0, 10000);
  run ();
  fixture->n_changes = 0;
  splice (fixture, 10, 9000, 8000);
  g_assert_cmpuint (fixture->n_seen, ==, 9000);
  g_assert_cmpuint (fixture->n_changes, ==, 1);
}

static void
test_change_on_the_way (Fixture *fixture, gconstpointer unused)
{
  splice (fixture, 0, 0, 10000);
  g_assert_true (g_main_context_iteration (NULL, FALSE));
  splice (fixture, 5, 9000, 100); /* across the end of those that have come */
  splice (fixture, 900, 100, 50); /* of those that have not */
  splice (fixture, 1, 1, 2);      /* of those that have */
  run ();
  g_assert_cmpuint (fixture->n_seen, ==, 1051);
}

static void
test_all_gone_on_the_way (Fixture *fixture, gconstpointer unused)
{
  splice (fixture, 0, 0, 10000);
  g_assert_true (g_main_context_iteration (NULL, FALSE));
  splice (fixture, 0, 10000, 0);
  g_assert_cmpuint (fixture->n_seen, ==, 0);
  run ();
  g_assert_cmpuint (fixture->n_seen, ==, 0);
}

static void
test_restart (Fixture *fixture, gconstpointer unused)
{
  splice (fixture, 0, 0, 10000);
  run ();
  gtk_selection_model_select_item (fixture->inner, 7000, TRUE);
  ft_gradual_selection_restart (fixture->rows);
  g_assert_cmpuint (fixture->n_seen, ==, 0);
  splice (fixture, 0, 5000, 0);
  g_assert_cmpuint (fixture->n_seen, ==, 0);
  run ();
  g_assert_cmpuint (fixture->n_seen, ==, 5000);
  g_assert_true (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (fixture->rows), 2000));
}

static void
test_selection (Fixture *fixture, gconstpointer unused)
{
  GtkSelectionModel *rows = GTK_SELECTION_MODEL (fixture->rows);
  g_autoptr (GtkBitset) bits = NULL;

  splice (fixture, 0, 0, 10000);
  g_assert_true (g_main_context_iteration (NULL, FALSE));
  gtk_selection_model_select_item (rows, 2, TRUE);
  g_assert_true (gtk_selection_model_is_selected (fixture->inner, 2));
  g_assert_cmpuint (fixture->n_marked, ==, 1);
  /* All, though most have not come; a view is told of those that have. */
  gtk_selection_model_select_all (rows);
  bits = gtk_selection_model_get_selection (fixture->inner);
  g_assert_cmpuint (gtk_bitset_get_size (bits), ==, 10000);
  g_assert_cmpuint (fixture->n_marked, <=, 1 + fixture->n_seen);
  gtk_selection_model_unselect_range (rows, 0, 2);
  g_assert_false (gtk_selection_model_is_selected (fixture->inner, 1));
  g_assert_true (gtk_selection_model_is_selected (rows, 2));
  run ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) \
  g_test_add ("/gradual-selection/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("few", test_few);
  ADD ("many", test_many);
  ADD ("change-once-all-have-come", test_change_once_all_have_come);
  ADD ("change-on-the-way", test_change_on_the_way);
  ADD ("all-gone-on-the-way", test_all_gone_on_the_way);
  ADD ("restart", test_restart);
  ADD ("selection", test_selection);

  return g_test_run ();
}
