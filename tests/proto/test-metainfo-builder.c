/* test-metainfo-builder.c: new .torrent files, read again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metainfo-builder.h"
#include "ft-notation.h"

static BtMetainfo *
parse (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  BtMetainfo *metainfo = bt_metainfo_parse (bytes, &error);

  g_assert_no_error (error);
  return metainfo;
}

static void
test_single (void)
{
  static const BtMetainfoDraft draft = { .name = "file.bin", .piece_length = 16384 };
  static const BtDraftFile file = { .length = 20000 };
  g_autoptr (GBytes) bytes = bt_metainfo_build (
    &draft, &file, 1, (const guint8 *) "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40);
  g_autoptr (GBytes) expected = ft_notation (
    "{ 'info' { 'length' 20000 'name' 'file.bin' 'piece length' 16384 'pieces' #40 } }");
  g_autoptr (BtMetainfo) metainfo = parse (bytes);

  g_assert_true (g_bytes_equal (bytes, expected));
  g_assert_cmpuint (metainfo->n_pieces, ==, 2);
}

static void
test_multi (void)
{
  static const char *const trackers[] = { "udp://a:1", "http://b/announce", NULL };
  static const BtMetainfoDraft draft = {
    .name = "folder",
    .multi_file = TRUE,
    .piece_length = 32768,
    .is_private = TRUE,
    .comment = "said",
    .created_by = "FriendTorrent",
    .creation_date = 1700000000,
    .trackers = trackers,
  };
  static const BtDraftFile files[] = { { "a/b/c.txt", 30000 },
                                       { "a/empty", 0 },
                                       { "\xc3\xa9.bin", 2768 } };
  g_autoptr (GBytes) bytes = bt_metainfo_build (&draft, files, G_N_ELEMENTS (files),
                                                (const guint8 *) "aaaaaaaaaaaaaaaaaaaa", 20);
  g_autoptr (GBytes) expected = ft_notation (
    "{ 'announce' 'udp://a:1' 'announce-list' [['udp://a:1'] ['http://b/announce']]"
    " 'comment' 'said' 'created by' 'FriendTorrent' 'creation date' 1700000000 'info' { 'files' ["
    "{ 'length' 30000 'path' ['a' 'b' 'c.txt'] } { 'length' 0 'path' ['a' 'empty'] }"
    "{ 'length' 2768 'path' ['\xc3\xa9.bin'] }] 'name' 'folder' 'piece length' 32768 'pieces' #20"
    " 'private' 1 } }");
  g_autoptr (BtMetainfo) metainfo = parse (bytes);

  g_assert_true (g_bytes_equal (bytes, expected));
  g_assert_cmpuint (metainfo->n_files, ==, 3);
  g_assert_cmpstr (metainfo->files[0].path, ==, "folder/a/b/c.txt");
  g_assert_cmpuint (metainfo->tiers->len, ==, 2);
  g_assert_true (metainfo->is_private);
}

static void
test_one_tracker (void)
{
  static const char *const trackers[] = { "udp://a:1", NULL };
  static const char *const none[] = { NULL };
  BtMetainfoDraft draft = { .name = "x", .piece_length = 16384, .trackers = trackers };
  static const BtDraftFile file = { .length = 1 };
  const guint8 *hash = (const guint8 *) "aaaaaaaaaaaaaaaaaaaa";
  g_autoptr (GBytes) with = bt_metainfo_build (&draft, &file, 1, hash, 20);
  g_autoptr (GBytes) expected_with =
    ft_notation ("{ 'announce' 'udp://a:1'"
                 " 'info' { 'length' 1 'name' 'x' 'piece length' 16384 'pieces' #20 } }");
  g_autoptr (GBytes) expected_without =
    ft_notation ("{ 'info' { 'length' 1 'name' 'x' 'piece length' 16384 'pieces' #20 } }");
  g_autoptr (GBytes) without = NULL;

  draft.trackers = none;
  without = bt_metainfo_build (&draft, &file, 1, hash, 20);
  g_assert_true (g_bytes_equal (with, expected_with));
  g_assert_true (g_bytes_equal (without, expected_without));
}

static void
test_piece_length (void)
{
  static const struct
  {
    guint64 total;
    guint32 kib;
  } cases[] = {
    { 0, 16 },
    { 1, 16 },
    { 2684355, 16 },
    { 2684356, 32 },
    { 10737418, 32 },
    { 42949673, 64 },
    { 42949674, 128 },
    { 171798692, 128 },
    { 687194767, 256 },
    { 2748779069, 512 },
    { 10995116278, 1024 },
    { 43980465111, 2048 },
    { 175921860444, 4096 },
    { 703687441777, 8192 },
    { 703687441778, 16384 },
    { G_MAXUINT64, 16384 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (bt_metainfo_choose_piece_length (cases[i].total), ==, cases[i].kib * 1024);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/metainfo-builder/single", test_single);
  g_test_add_func ("/proto/metainfo-builder/multi", test_multi);
  g_test_add_func ("/proto/metainfo-builder/one-tracker", test_one_tracker);
  g_test_add_func ("/proto/metainfo-builder/piece-length", test_piece_length);
  return g_test_run ();
}
