/* test-parts.c: files that are skipped, wanted again and removed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"

#include <glib/gstdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define KIB 1024u
#define PIECE (32 * KIB)
#define BLOCK (16 * KIB)

/* Pieces 1 and 3 belong to two files each. */
static const BtDraftFile files[] = {
  { "a", 40 * KIB },
  { "b", 80 * KIB },
  { "c", 40 * KIB },
  { "empty", 0 },
};
static const guint8 all_wanted[] = { 1, 1, 1, 1 };
static const guint8 b_skipped[] = { 1, 0, 1, 0 };
static const guint8 all_skipped[] = { 0, 0, 0, 0 };

static char *
parts_name (FtDisk *disk)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&disk->metainfo->info_hash, hex);
  return g_strdup_printf ("root/.%s.parts", hex);
}

static void
write_pieces (FtDisk *disk, const char *pieces)
{
  for (; *pieces != '\0'; pieces++)
    {
      guint32 piece = (guint32) (*pieces - '0');

      ft_assert_no_disk_error (ft_disk_write_content (
        disk, piece * PIECE, bt_metainfo_piece_size (disk->metainfo, piece)));
    }
}

static void
assert_ok_pieces (FtDisk *disk, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint32 piece = 0; piece < disk->metainfo->n_pieces; piece++)
    if (ft_disk_is_ok (disk, piece))
      g_string_append_printf (found, "%u", piece);
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_skipped (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autofree char *parts = parts_name (disk);
  g_autofree guint8 *back = g_malloc (5 * PIECE);
  struct stat info;
  g_autofree char *full = ft_disk_path (disk, parts);

  ft_disk_open (disk, b_skipped);
  write_pieces (disk, "0134");
  ft_assert_no_disk_error (ft_disk_make_files (disk));
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/b"), ==, -1);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/empty"), ==, -1);
  g_assert_cmpint (ft_disk_size_of (disk, parts), ==, 120 * KIB);
  g_assert_cmpint (stat (full, &info), ==, 0);
  g_assert_cmpint (info.st_blocks * 512, <, 100 * KIB); /* sparse */
  ft_disk_assert_file (disk, "root/t/a", disk->content, 40 * KIB);
  ft_disk_assert_file (disk, "root/t/c", disk->content + 120 * KIB, 40 * KIB);
  ft_assert_no_disk_error (ft_disk_read (disk, PIECE, back, PIECE));
  g_assert_cmpmem (back, PIECE, disk->content + PIECE, PIECE);
  assert_ok_pieces (disk, "0134");
  /* And after a restart. */
  ft_disk_open (disk, b_skipped);
  assert_ok_pieces (disk, "0134");
}

static void
test_wanted_again (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autofree char *parts = parts_name (disk);
  guint8 back[BLOCK];

  ft_disk_open (disk, b_skipped);
  write_pieces (disk, "0134");
  ft_assert_no_disk_error (ft_disk_set_priorities (disk, all_wanted, NULL));
  g_assert_cmpint (ft_disk_size_of (disk, parts), ==, -1);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/b"), ==, 80 * KIB);
  assert_ok_pieces (disk, "0134");
  ft_assert_no_disk_error (ft_disk_read (disk, 48 * KIB, back, BLOCK));
  g_assert_cmpmem (back, BLOCK, disk->content + 48 * KIB, BLOCK);
  write_pieces (disk, "2");
  assert_ok_pieces (disk, "01234");
  ft_disk_assert_file (disk, "root/t/b", disk->content + 40 * KIB, 80 * KIB);
  ft_disk_open (disk, all_wanted);
  assert_ok_pieces (disk, "01234");
}

/* Blocks of a piece that is not complete move as well: they will not be asked for again. */
static void
test_unfinished_piece_moves (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (BtBitfield) have = bt_bitfield_new (5);

  ft_disk_open (disk, b_skipped);
  write_pieces (disk, "0");
  bt_bitfield_set (have, 0);
  ft_assert_no_disk_error (ft_disk_write_content (disk, PIECE + BLOCK, BLOCK));
  ft_assert_no_disk_error (ft_disk_set_priorities (disk, all_wanted, have));
  ft_assert_no_disk_error (ft_disk_write_content (disk, PIECE, BLOCK));
  assert_ok_pieces (disk, "01");
}

/* Another file that stays skipped keeps its bytes where they are. */
static void
test_some_stay (void)
{
  static const BtDraftFile four[] = {
    { "a", 20 * KIB }, { "b", 20 * KIB }, { "c", 20 * KIB }, { "d", 36 * KIB }
  };
  static const guint8 before[] = { 1, 0, 1, 0 }, after[] = { 1, 1, 1, 0 };
  g_autoptr (FtDisk) disk = ft_disk_new (four, G_N_ELEMENTS (four), PIECE);
  g_autofree char *parts = parts_name (disk);

  ft_disk_open (disk, before);
  write_pieces (disk, "01");
  ft_assert_no_disk_error (ft_disk_set_priorities (disk, after, NULL));
  g_assert_cmpint (ft_disk_size_of (disk, parts), >, 0);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/d"), ==, -1);
  ft_disk_assert_file (disk, "root/t/b", disk->content + 20 * KIB, 20 * KIB);
  assert_ok_pieces (disk, "01");
  ft_disk_open (disk, after);
  assert_ok_pieces (disk, "01");
}

/* Skipping a file that is there changes nothing about it. */
static void
test_used_in_place (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autofree char *parts = parts_name (disk);

  ft_disk_write_all (disk);
  ft_assert_no_disk_error (ft_disk_set_priorities (disk, b_skipped, NULL));
  assert_ok_pieces (disk, "01234");
  write_pieces (disk, "12");
  g_assert_cmpint (ft_disk_size_of (disk, parts), ==, -1);
  ft_disk_assert_file (disk, "root/t/b", disk->content + 40 * KIB, 80 * KIB);
  ft_disk_open (disk, b_skipped);
  assert_ok_pieces (disk, "01234");
  ft_assert_no_disk_error (ft_disk_set_priorities (disk, all_wanted, NULL));
  assert_ok_pieces (disk, "01234");
}

/* All skipped, nothing there: no folder is made to find that out. */
static void
test_nothing_there (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  BtFileStamp stamps[G_N_ELEMENTS (files)];

  ft_disk_open (disk, all_skipped);
  assert_ok_pieces (disk, "");
  ft_assert_no_disk_error (ft_disk_make_files (disk));
  ft_assert_no_disk_error (ft_disk_sync (disk, stamps));
  g_assert_cmpint (stamps[0].size, ==, -1);
  ft_assert_no_disk_error (ft_disk_set_priorities (disk, b_skipped, NULL));
  g_assert_false (g_file_test (disk->root, G_FILE_TEST_EXISTS));
}

/* When there is no room to move, nothing is lost and the priorities stay. */
static void
test_no_room (void)
{
  static const BtDraftFile two[] = { { "a", 1 * KIB }, { "b", 255 * KIB } };
  static const guint8 skip_b[] = { 1, 0 }, both[] = { 1, 1 };
  g_autoptr (FtDisk) disk = ft_disk_new (two, 2, 256 * KIB);
  g_autofree char *parts = parts_name (disk);

  g_assert_cmpint (g_mkdir (disk->root, 0777), ==, 0);
  if (mount ("none", disk->root, "tmpfs", MS_NOSUID, "size=400k") != 0)
    {
      g_test_skip ("needs the right to mount");
      return;
    }
  ft_disk_open (disk, skip_b);
  write_pieces (disk, "0");
  ft_assert_disk_error (ft_disk_set_priorities (disk, both, NULL), BT_ERROR_DISK_FULL);
  g_assert_cmpint (ft_disk_size_of (disk, parts), ==, 256 * KIB);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/b"), ==, -1);
  assert_ok_pieces (disk, "0");
  ft_disk_open (disk, skip_b);
  assert_ok_pieces (disk, "0");
  g_assert_cmpint (mount ("none", disk->root, "tmpfs", MS_REMOUNT, "size=2m"), ==, 0);
  ft_assert_no_disk_error (ft_disk_set_priorities (disk, both, NULL));
  g_assert_cmpint (ft_disk_size_of (disk, parts), ==, -1);
  assert_ok_pieces (disk, "0");
  ft_disk_close (disk);
  ft_test_iterate (NULL, umount2 (disk->root, 0) == 0, FT_WAIT_S);
}

/* Removing. */

static void
test_remove_all (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autofree char *parts = parts_name (disk);

  ft_disk_open (disk, b_skipped);
  write_pieces (disk, "0134");
  ft_disk_put (disk, "root/neighbour", "mine", 4);
  ft_assert_no_disk_error (ft_disk_remove (disk, NULL));
  g_assert_cmpint (ft_disk_size_of (disk, "root/t"), ==, -1);
  g_assert_cmpint (ft_disk_size_of (disk, parts), ==, -1);
  ft_disk_assert_file (disk, "root/neighbour", "mine", 4);
  g_assert_true (g_file_test (disk->root, G_FILE_TEST_IS_DIR));
  assert_ok_pieces (disk, "");
}

static void
test_remove_only_ours (void)
{
  static const BtDraftFile deep[] = {
    { "x/y/one", 10 }, { "x/y/two", 10 }, { "x/z/three", 10 }, { "w/four", 10 }
  };
  g_autoptr (FtDisk) disk = ft_disk_new (deep, G_N_ELEMENTS (deep), 16 * KIB);
  gboolean ours[G_N_ELEMENTS (deep)];
  guint8 created[G_N_ELEMENTS (deep)];

  ft_disk_put (disk, "root/t/x/y/two", "found here", 10);
  ft_disk_put (disk, "root/t/x/z/stranger", "mine", 4);
  ft_disk_write_all (disk);
  bt_storage_get_created (disk->storage, created);
  for (guint i = 0; i < G_N_ELEMENTS (deep); i++)
    ours[i] = created[i];
  ft_assert_no_disk_error (ft_disk_remove (disk, ours));
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/x/y/one"), ==, -1);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/x/y/two"), ==, 10);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/x/z/three"), ==, -1);
  ft_disk_assert_file (disk, "root/t/x/z/stranger", "mine", 4);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/w"), ==, -1);
}

/* Neither through a symlink nor the symlink. */
static void
test_remove_follows_nothing (void)
{
  static const BtDraftFile two[] = { { "d/file", 10 }, { "link", 10 } };
  g_autoptr (FtDisk) disk = ft_disk_new (two, 2, 16 * KIB);
  g_autofree char *folder = ft_disk_path (disk, "root/t/d");
  g_autofree char *link = ft_disk_path (disk, "root/t/link");
  g_autofree char *moved = ft_disk_path (disk, "elsewhere");

  ft_disk_write_all (disk);
  disk->disk->ops->close_files (disk->disk, disk->storage);
  g_assert_cmpint (g_rename (folder, moved), ==, 0);
  g_assert_cmpint (symlink (moved, folder), ==, 0);
  g_assert_cmpint (g_remove (link), ==, 0);
  g_assert_cmpint (symlink ("d/file", link), ==, 0);
  ft_assert_no_disk_error (ft_disk_remove (disk, NULL));
  g_assert_cmpint (ft_disk_size_of (disk, "elsewhere/file"), ==, 10);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/d"), >, 0);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/link"), >, 0);
}

static void
test_remove_nothing (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);

  ft_assert_no_disk_error (ft_disk_remove (disk, NULL));
  g_assert_false (g_file_test (disk->root, G_FILE_TEST_EXISTS));
}

/* Where there is no trash: a file system in memory. */
static void
test_remove_without_trash (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);

  g_assert_cmpint (g_mkdir (disk->root, 0777), ==, 0);
  if (mount ("none", disk->root, "tmpfs", MS_NOSUID, "size=1m") != 0)
    {
      g_test_skip ("needs the right to mount");
      return;
    }
  ft_disk_write_all (disk);
  ft_disk_put (disk, "root/t/stranger", "mine", 4);
  ft_assert_no_disk_error (ft_disk_remove (disk, NULL));
  ft_disk_assert_file (disk, "root/t/stranger", "mine", 4);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/a"), ==, -1);
  ft_disk_close (disk);
  ft_test_iterate (NULL, umount2 (disk->root, 0) == 0, FT_WAIT_S);
}

/* What could not be removed is there and is said; what could be is gone, and the rest goes later. */
static void
test_remove_fails (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autofree char *busy = ft_disk_path (disk, "root/t/a");

  g_assert_cmpint (g_mkdir (disk->root, 0777), ==, 0);
  if (mount ("none", disk->root, "tmpfs", MS_NOSUID, "size=1m") != 0)
    {
      g_test_skip ("needs the right to mount");
      return;
    }
  ft_disk_write_all (disk);
  disk->disk->ops->close_files (disk->disk, disk->storage);
  ft_test_iterate (NULL, mount ("none", disk->root, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL) == 0, FT_WAIT_S);
  ft_assert_disk_error (ft_disk_remove (disk, NULL), BT_ERROR_DISK_READ_ONLY);
  g_assert_cmpint (mount ("none", disk->root, "tmpfs", MS_REMOUNT, NULL), ==, 0);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);

  g_assert_cmpint (mount (busy, busy, NULL, MS_BIND, NULL), ==, 0);
  ft_assert_disk_error (ft_disk_remove (disk, NULL), BT_ERROR_DISK);
  g_assert_cmpint (umount2 (busy, MNT_DETACH), ==, 0);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/a"), >, 0);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/b"), ==, -1);
  ft_assert_no_disk_error (ft_disk_remove (disk, NULL));
  g_assert_cmpint (ft_disk_size_of (disk, "root/t"), ==, -1);
  ft_disk_close (disk);
  ft_test_iterate (NULL, umount2 (disk->root, 0) == 0, FT_WAIT_S);
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);

  g_test_add_func ("/disk/parts/skipped", test_skipped);
  g_test_add_func ("/disk/parts/wanted-again", test_wanted_again);
  g_test_add_func ("/disk/parts/unfinished-piece-moves", test_unfinished_piece_moves);
  g_test_add_func ("/disk/parts/some-stay", test_some_stay);
  g_test_add_func ("/disk/parts/used-in-place", test_used_in_place);
  g_test_add_func ("/disk/parts/nothing-there", test_nothing_there);
  g_test_add_func ("/disk/parts/no-room", test_no_room);
  g_test_add_func ("/disk/remove/all", test_remove_all);
  g_test_add_func ("/disk/remove/only-ours", test_remove_only_ours);
  g_test_add_func ("/disk/remove/follows-nothing", test_remove_follows_nothing);
  g_test_add_func ("/disk/remove/nothing", test_remove_nothing);
  g_test_add_func ("/disk/remove/without-trash", test_remove_without_trash);
  g_test_add_func ("/disk/remove/fails", test_remove_fails);
  return ft_disk_test_run ();
}
