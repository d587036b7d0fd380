/* test-file-list.c: a list of files that shares with the one before it what did not change.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-file-list.h"

static BtFileStatus
make_file (guint index)
{
  g_autofree char *path = g_strdup_printf ("folder/file %u", index);

  return (BtFileStatus){
    .path = g_ref_string_new (path), .length = 100, .priority = 4, .index = index, .offset = index * 100
  };
}

static BtFileList *
make_list (guint n)
{
  g_autofree BtFileStatus *files = g_new (BtFileStatus, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    files[i] = make_file (i);
  return bt_file_list_new (files, n);
}

static void
test_get (void)
{
  g_autoptr (BtFileList) list = make_list (600);

  g_assert_cmpuint (bt_file_list_length (list), ==, 600);
  for (guint i = 0; i < 600; i++)
    g_assert_cmpuint (bt_file_list_get (list, i)->index, ==, i);
  g_assert_cmpstr (bt_file_list_get (list, 599)->path, ==, "folder/file 599");
}

static void
test_empty (void)
{
  g_autoptr (BtFileList) list = make_list (0);
  g_autoptr (BtFileList) copy = bt_file_list_copy_with (list, NULL, NULL, 0);

  g_assert_cmpuint (bt_file_list_length (copy), ==, 0);
  g_assert_cmpuint (bt_file_list_next_change (copy, list, 0), ==, 0);
  g_assert_cmpuint (bt_file_list_next_change (copy, NULL, 0), ==, 0);
}

/* Places in two leaves and the last of all; the others are the very same. */
static void
test_copy_with (void)
{
  const guint places[] = { 3, 255, 511, 599 };
  g_autoptr (BtFileList) list = make_list (600);
  g_autoptr (BtFileList) copy = NULL;
  BtFileStatus files[G_N_ELEMENTS (places)];
  guint at = 0;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      files[i] = make_file (places[i]);
      files[i].done = 50;
    }
  copy = bt_file_list_copy_with (list, places, files, G_N_ELEMENTS (places));

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      at = bt_file_list_next_change (copy, list, at);
      g_assert_cmpuint (at, ==, places[i]);
      g_assert_cmpuint (bt_file_list_get (copy, at)->done, ==, 50);
      g_assert_cmpuint (bt_file_list_get (list, at)->done, ==, 0);
      at++;
    }
  g_assert_cmpuint (bt_file_list_next_change (copy, list, at), ==, 600);
  g_assert_true (bt_file_list_get (copy, 4)->path == bt_file_list_get (list, 4)->path);
}

static void
test_shares (void)
{
  const guint place = 700;
  BtFileStatus file = make_file (place);
  g_autoptr (BtFileList) list = make_list (1000);
  g_autoptr (BtFileList) copy = bt_file_list_copy_with (list, &place, &file, 1);

  /* A leaf without a change is not copied. */
  g_assert_true (bt_file_list_get (copy, 0) == bt_file_list_get (list, 0));
  g_assert_true (bt_file_list_get (copy, 999) == bt_file_list_get (list, 999));
  g_assert_true (bt_file_list_get (copy, place) != bt_file_list_get (list, place));
  /* What is the same is no change, though it was given anew. */
  g_assert_cmpuint (bt_file_list_next_change (copy, list, 0), ==, 1000);
}

/* What a list shares outlives the list it is from. */
static void
test_outlives (void)
{
  const guint place = 0;
  BtFileStatus file = make_file (place);
  BtFileList *list = make_list (300);
  g_autoptr (BtFileList) copy = bt_file_list_copy_with (list, &place, &file, 1);

  bt_file_list_unref (list);
  for (guint i = 0; i < 300; i++)
    g_assert_cmpuint (bt_file_list_get (copy, i)->index, ==, i);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-list/get", test_get);
  g_test_add_func ("/file-list/empty", test_empty);
  g_test_add_func ("/file-list/copy-with", test_copy_with);
  g_test_add_func ("/file-list/shares", test_shares);
  g_test_add_func ("/file-list/outlives", test_outlives);
  return g_test_run ();
}
