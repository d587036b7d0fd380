/* test-demo-sample.c: the sample, its torrent, and their comparison.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-demo-sample.h"

#include "bt-error.h"
#include "bt-layout.h"

#include <glib/gstdio.h>
#include <string.h>

#define TRACKER "http://127.0.0.1:1/announce"

static char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("test-demo-sample-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "rm", "-rf", folder, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
write_text (const char *folder, const char *path, const char *text)
{
  g_autofree char *whole = g_build_filename (folder, path, NULL);
  g_autofree char *parent = g_path_get_dirname (whole);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents (whole, text, -1, &error);
  g_assert_no_error (error);
}

/* Small files whose pieces are known: a piece crosses three of them. */
static void
test_pieces (void)
{
  static const BtDraftFile files[]
    = { { "a", 3 }, { "empty", 0 }, { "sub/b", 1 }, { "c", 16384 * 2 - 1 } };
  const BtMetainfoDraft draft = { .name = "folder", .multi_file = TRUE, .piece_length = 16384 };
  g_autofree char *folder = make_folder ();
  g_autofree char *c = g_strnfill (16384 * 2 - 1, 'c');
  g_autofree char *all = g_strconcat ("aaab", c, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) torrent = NULL;
  g_autoptr (BtMetainfo) metainfo = NULL;

  write_text (folder, "folder/a", "aaa");
  write_text (folder, "folder/empty", "");
  write_text (folder, "folder/sub/b", "b");
  write_text (folder, "folder/c", c);
  torrent
    = ft_demo_build_torrent (folder, &draft, files, G_N_ELEMENTS (files), NULL, &error);
  g_assert_no_error (error);
  metainfo = bt_metainfo_parse (torrent, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (metainfo->n_pieces, ==, 3);
  for (guint32 piece = 0; piece < 3; piece++)
    {
      BtSha1 expected = bt_sha1 (all + piece * 16384, bt_metainfo_piece_size (metainfo, piece));
      g_assert_true (bt_sha1_equal (bt_metainfo_piece_hash (metainfo, piece), &expected));
    }
  remove_folder (folder);
}

static void
test_file_too_short (void)
{
  static const BtDraftFile files[] = { { "x", 4 } };
  const BtMetainfoDraft draft = { .name = "x", .piece_length = 16384 };
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;

  write_text (folder, "x", "abc");
  g_assert_null (ft_demo_build_torrent (folder, &draft, files, 1, NULL, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_CHANGED);
  remove_folder (folder);
}

static void
flip_byte (const char *folder, const char *path)
{
  g_autofree char *whole = g_build_filename (folder, FT_DEMO_SAMPLE_NAME, path, NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (whole, &contents, &length, &error);
  g_assert_no_error (error);
  contents[length - 1] ^= 1;
  g_file_set_contents (whole, contents, (gssize) length, &error);
  g_assert_no_error (error);
}

static void
test_sample (void)
{
  g_autofree char *one = make_folder ();
  g_autofree char *two = make_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) torrent = NULL;
  g_autoptr (GBytes) same = NULL;
  g_autoptr (BtMetainfo) metainfo = NULL;

  g_assert_true (ft_demo_sample_make (one, NULL, &error));
  g_assert_true (ft_demo_sample_make (two, NULL, &error));
  g_assert_no_error (error);
  torrent = ft_demo_sample_build_torrent (one, TRACKER, NULL, &error);
  same = ft_demo_sample_build_torrent (two, TRACKER, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (torrent, same));
  metainfo = bt_metainfo_parse (torrent, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (metainfo->total_size, ==, FT_DEMO_SAMPLE_SIZE);
  g_assert_cmpuint (metainfo->n_files, >, 5);
  g_assert_cmpstr (metainfo->name, ==, FT_DEMO_SAMPLE_NAME);
  g_assert_cmpuint (metainfo->tiers->len, ==, 1);

  g_assert_true (ft_demo_sample_compare (one, two, NULL, &error));
  g_assert_no_error (error);
  flip_byte (two, "Read me.txt");
  g_assert_false (ft_demo_sample_compare (one, two, NULL, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_CHANGED);
  g_assert_nonnull (strstr (error->message, "Read me.txt"));
  g_clear_error (&error);
  flip_byte (two, "Read me.txt");
  write_text (two, FT_DEMO_SAMPLE_NAME "/Pictures/Empty.txt", "x");
  g_assert_false (ft_demo_sample_compare (one, two, NULL, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_CHANGED);
  remove_folder (one);
  remove_folder (two);
}

static void
test_missing (void)
{
  g_autofree char *empty = make_folder ();
  g_autoptr (GError) error = NULL;

  g_assert_null (ft_demo_sample_build_torrent (empty, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (ft_demo_sample_compare (empty, empty, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  remove_folder (empty);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/sample/pieces", test_pieces);
  g_test_add_func ("/demo/sample/file-too-short", test_file_too_short);
  g_test_add_func ("/demo/sample/sample", test_sample);
  g_test_add_func ("/demo/sample/missing", test_missing);
  return g_test_run ();
}
