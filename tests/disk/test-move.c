/* test-move.c: files moved to another folder or name: all or none, and nothing but them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"
#include "ft-test-power.h"

#include <glib/gstdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define KIB 1024u
#define PIECE (32 * KIB)

static const BtDraftFile files[] = {
  { "a", 40 * KIB },
  { "sub/b", 300 * KIB },
  { "sub/deep/c", 40 * KIB },
  { "empty", 0 },
};
static const guint8 b_skipped[] = { 1, 0, 1, 1 };

static FtDisk *
make_disk (void)
{
  FtDisk *disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);

  ft_disk_write_all (disk);
  ft_assert_no_disk_error (ft_disk_make_files (disk));
  ft_assert_no_disk_error (ft_disk_sync (disk, NULL));
  return disk;
}

static void
assert_files_in (FtDisk *disk, const char *folder)
{
  guint64 offset = 0;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, "t", files[i].path, NULL);

      ft_disk_assert_file (disk, path, disk->content + offset, files[i].length);
      offset += files[i].length;
    }
}

static guint
count_entries (FtDisk *disk, const char *folder)
{
  g_autofree char *path = ft_disk_path (disk, folder);
  GDir *dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  if (dir == NULL)
    return 0;
  while (g_dir_read_name (dir) != NULL)
    n++;
  g_dir_close (dir);
  return n;
}

/* The pieces are read through the storage: it knows where its files are. */
static void
assert_works (FtDisk *disk)
{
  g_autofree guint8 *data = g_malloc (PIECE);

  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
  ft_assert_no_disk_error (ft_disk_read (disk, PIECE, data, PIECE));
  g_assert_cmpmem (data, PIECE, disk->content + PIECE, PIECE);
}

static gint64
mtime_of (FtDisk *disk, const char *path)
{
  g_autofree char *full = ft_disk_path (disk, path);
  struct stat info;

  g_assert_cmpint (stat (full, &info), ==, 0);
  return bt_file_mtime_ns (&info);
}

/* Another file system at @name, if we may. */
static gboolean
mount_memory (FtDisk *disk, const char *name, const char *options)
{
  g_autofree char *path = ft_disk_path (disk, name);

  g_assert_cmpint (g_mkdir_with_parents (path, 0777), ==, 0);
  if (mount ("none", path, "tmpfs", MS_NOSUID, options) == 0)
    return TRUE;
  g_test_skip ("needs the right to mount");
  return FALSE;
}

static void
unmount (FtDisk *disk, const char *name)
{
  g_autofree char *path = ft_disk_path (disk, name);

  ft_disk_close (disk);
  ft_test_iterate (NULL, umount2 (path, 0) == 0, FT_WAIT_S);
}

static void
test_rename (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");
  gint64 time = mtime_of (disk, "root/t/sub/b");

  ft_disk_put (disk, "root/t/sub/stranger", "mine", 4);
  ft_assert_no_disk_error (ft_disk_look_at_move (disk, folder));
  g_assert_cmpint (ft_disk_size_of (disk, "new"), ==, -1);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  assert_files_in (disk, "new");
  assert_works (disk);
  g_assert_cmpint (mtime_of (disk, "new/t/sub/b"), ==, time);
  g_assert_cmpfloat (disk->disk->ops->move_progress (disk->storage), ==, 1);

  ft_assert_no_disk_error (ft_disk_clean (disk, disk->root));
  ft_disk_assert_file (disk, "root/t/sub/stranger", "mine", 4);
  g_assert_cmpuint (count_entries (disk, "root/t"), ==, 1);
  g_assert_cmpuint (count_entries (disk, "root/t/sub"), ==, 1);
  assert_works (disk);
}

static void
test_empty_folders_go (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");

  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  ft_assert_no_disk_error (ft_disk_clean (disk, disk->root));
  g_assert_cmpint (ft_disk_size_of (disk, "root/t"), ==, -1);
  g_assert_cmpint (ft_disk_size_of (disk, "root"), !=, -1); /* is not ours to remove */
}

static void
test_copy (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");
  gint64 time = mtime_of (disk, "root/t/sub/b");

  if (!mount_memory (disk, "new", "size=4m"))
    return;
  ft_disk_put (disk, "root/t/sub/stranger", "mine", 4);
  ft_assert_no_disk_error (ft_disk_look_at_move (disk, folder));
  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  assert_files_in (disk, "new");
  assert_files_in (disk, "root"); /* until it is known where they are now */
  assert_works (disk);
  g_assert_cmpint (mtime_of (disk, "new/t/sub/b"), ==, time);
  g_assert_cmpuint (count_entries (disk, "new"), ==, 1); /* nothing hidden is left */
  g_assert_cmpfloat (disk->disk->ops->move_progress (disk->storage), ==, 1);

  ft_assert_no_disk_error (ft_disk_clean (disk, disk->root));
  g_assert_cmpuint (count_entries (disk, "root/t"), ==, 1);
  ft_disk_assert_file (disk, "root/t/sub/stranger", "mine", 4);
  assert_files_in (disk, "new");
  unmount (disk, "new");
}

/* Holes are not filled: an unfinished torrent takes no more room than it has bytes. */
static void
test_copy_holes (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autofree char *folder = ft_disk_path (disk, "new");
  g_autofree char *path = ft_disk_path (disk, "new/t/sub/b");
  struct stat info;

  if (!mount_memory (disk, "new", "size=4m"))
    return;
  ft_assert_no_disk_error (ft_disk_write_content (disk, 9 * PIECE, PIECE));
  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_size, ==, 10 * PIECE - 40 * KIB);
  g_assert_cmpint (info.st_blocks * 512, <, 2 * PIECE);
  g_assert_true (ft_disk_is_ok (disk, 9));
  unmount (disk, "new");
}

static void
test_parts_come_along (gboolean copy)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autofree char *folder = ft_disk_path (disk, "new");
  char hex[BT_SHA1_HEX_SIZE];
  g_autofree char *parts = NULL;
  g_autofree char *new_parts = NULL;

  if (copy && !mount_memory (disk, "new", "size=4m"))
    return;
  bt_sha1_to_hex (&disk->metainfo->info_hash, hex);
  parts = g_strdup_printf ("root/.%s.parts", hex);
  new_parts = g_strdup_printf ("new/.%s.parts", hex);
  ft_disk_open (disk, b_skipped);
  ft_disk_write_all (disk);
  g_assert_cmpint (ft_disk_size_of (disk, parts), >, 0);

  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  ft_assert_no_disk_error (ft_disk_clean (disk, disk->root));
  g_assert_cmpint (ft_disk_size_of (disk, new_parts), >, 0);
  g_assert_cmpuint (count_entries (disk, "root"), ==, 0);
  g_assert_cmpint (ft_disk_size_of (disk, "new/t/sub/b"), ==, -1);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
  if (copy)
    unmount (disk, "new");
}

static void
test_parts_renamed (void)
{
  test_parts_come_along (FALSE);
}

static void
test_parts_copied (void)
{
  test_parts_come_along (TRUE);
}

/* Nothing is touched, neither here nor there. */
static void
test_exists (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");

  ft_disk_put (disk, "new/t/sub/deep/c", "somebody's", 10);
  ft_assert_disk_error (ft_disk_look_at_move (disk, folder), BT_ERROR_EXISTS);
  ft_assert_disk_error (ft_disk_move (disk, folder, FALSE), BT_ERROR_EXISTS);
  ft_disk_assert_file (disk, "new/t/sub/deep/c", "somebody's", 10);
  g_assert_cmpuint (count_entries (disk, "new/t"), ==, 1);
  g_assert_cmpuint (count_entries (disk, "new/t/sub"), ==, 1);
  assert_files_in (disk, "root");
  assert_works (disk);
}

/* A file in the place of one of our folders shows only when a rename fails: the others go back. */
static void
test_taken_back (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");

  ft_disk_put (disk, "new/t/sub", "a file", 6);
  ft_assert_disk_error (ft_disk_move (disk, folder, FALSE), BT_ERROR_DISK);
  ft_disk_assert_file (disk, "new/t/sub", "a file", 6);
  g_assert_cmpuint (count_entries (disk, "new/t"), ==, 1);
  assert_files_in (disk, "root");
  assert_works (disk);
}

static void
test_full (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");

  if (!mount_memory (disk, "new", "size=256k"))
    return;
  ft_assert_disk_error (ft_disk_move (disk, folder, FALSE), BT_ERROR_DISK_FULL);
  g_assert_cmpuint (count_entries (disk, "new"), ==, 0);
  assert_files_in (disk, "root");
  assert_works (disk);
  unmount (disk, "new");
}

/* The room ends in the middle: what was copied goes again. */
static void
test_full_in_the_middle (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");
  struct rlimit before, limit;

  if (!mount_memory (disk, "new", "size=4m"))
    return;
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = 100 * KIB; /* "a" can be copied, "sub/b" cannot */
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  ft_assert_disk_error (ft_disk_move (disk, folder, FALSE), BT_ERROR_DISK_FULL);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpuint (count_entries (disk, "new"), ==, 0);
  assert_files_in (disk, "root");
  assert_works (disk);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  assert_files_in (disk, "new");
  unmount (disk, "new");
}

static void
test_unreadable (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");
  g_autofree char *path = ft_disk_path (disk, "root/t/sub/b");

  if (mount_memory (disk, "new", "size=4m"))
    {
      g_assert_cmpint (g_chmod (path, 0), ==, 0);
      ft_assert_disk_error (ft_disk_move (disk, folder, FALSE), BT_ERROR_DISK_READ_ONLY);
      g_assert_cmpint (g_chmod (path, 0600), ==, 0);
      assert_files_in (disk, "root");
      unmount (disk, "new");
    }
}

static void
test_stopped (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");

  ft_assert_disk_error (ft_disk_stopped_move (disk, folder), BT_ERROR_CANCELLED);
  g_assert_cmpint (ft_disk_size_of (disk, "new"), ==, -1);
  assert_files_in (disk, "root");
  assert_works (disk);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  assert_files_in (disk, "new");
}

static void
test_no_such_place (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "no/such/place");

  ft_assert_disk_error (ft_disk_look_at_move (disk, folder), BT_ERROR_DISK_MISSING);
  ft_assert_disk_error (ft_disk_move (disk, folder, FALSE), BT_ERROR_DISK_MISSING);
  assert_works (disk);
}

static void
test_nothing_there (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autofree char *folder = ft_disk_path (disk, "new");

  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  ft_disk_write_all (disk);
  ft_assert_no_disk_error (ft_disk_make_files (disk));
  assert_files_in (disk, "new");
}

/* One folder under two names: there is nothing to move, and above all nothing to clean. */
static void
test_same_folder (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "link");

  g_assert_cmpint (symlink (disk->root, folder), ==, 0);
  ft_assert_no_disk_error (ft_disk_look_at_move (disk, folder));
  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  ft_assert_no_disk_error (ft_disk_clean (disk, disk->root));
  assert_files_in (disk, "root");
  assert_works (disk);
}

/* What a folder has that is no copy stays. */
static void
test_clean_is_careful (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");

  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  ft_disk_put (disk, "root/t/a", "other bytes", 11);
  ft_assert_no_disk_error (ft_disk_clean (disk, disk->root));
  ft_disk_assert_file (disk, "root/t/a", "other bytes", 11);
}

static void
copy_with_time (FtDisk *disk, const char *from, const char *to)
{
  g_autofree char *source = ft_disk_path (disk, from);
  g_autofree char *path = ft_disk_path (disk, to);
  g_autofree char *contents = NULL;
  struct timespec times[2];
  struct stat info;
  gsize length;

  g_assert_true (g_file_get_contents (source, &contents, &length, NULL));
  ft_disk_put (disk, to, contents, length);
  g_assert_cmpint (stat (source, &info), ==, 0);
  times[0] = info.st_atim;
  times[1] = info.st_mtim;
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

/* Of a copy of the second file that a move has made. */
static char *
make_hidden_path (FtDisk *disk)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&disk->metainfo->info_hash, hex);
  return g_strdup_printf ("new/.%s.moving/1", hex);
}

/* As a crash leaves it: one file renamed, one copied under its name, one half under a hidden name. */
static void
test_resumed (gboolean copy)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");
  g_autofree char *hidden = make_hidden_path (disk);

  if (copy && !mount_memory (disk, "new", "size=4m"))
    return;
  copy_with_time (disk, "root/t/a", "new/t/a");
  copy_with_time (disk, "root/t/sub/deep/c", "new/t/sub/deep/c");
  if (!copy)
    {
      g_autofree char *gone = ft_disk_path (disk, "root/t/sub/deep/c");
      g_assert_cmpint (g_unlink (gone), ==, 0);
    }

  ft_assert_disk_error (ft_disk_move (disk, folder, FALSE), BT_ERROR_EXISTS);
  ft_disk_put (disk, hidden, "half", 4);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, TRUE));
  assert_files_in (disk, "new");
  assert_works (disk);
  ft_assert_no_disk_error (ft_disk_clean (disk, disk->root));
  g_assert_cmpuint (count_entries (disk, "root"), ==, 0);
  assert_files_in (disk, "new");
  if (copy)
    unmount (disk, "new");
}

/* It cannot go on: what came there before goes back as well. */
static void
test_resumed_in_vain (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");
  g_autofree char *from = ft_disk_path (disk, "root/t/sub/deep/c");
  g_autofree char *to = ft_disk_path (disk, "new/t/sub/deep/c");
  g_autofree char *hidden = make_hidden_path (disk);

  ft_disk_put (disk, hidden, "half", 4);
  copy_with_time (disk, "root/t/sub/deep/c", "new/t/sub/deep/c"); /* makes the folders */
  g_assert_cmpint (g_rename (from, to), ==, 0);
  ft_disk_put (disk, "new/t/a", "somebody's", 10);
  ft_assert_disk_error (ft_disk_move (disk, folder, TRUE), BT_ERROR_EXISTS);
  ft_disk_assert_file (disk, "new/t/a", "somebody's", 10);
  g_assert_cmpint (ft_disk_size_of (disk, "new/t/sub/deep/c"), ==, -1);
  g_assert_cmpuint (count_entries (disk, "new"), ==, 1);
  assert_files_in (disk, "root");
  assert_works (disk);
}

static void
test_resumed_rename (void)
{
  test_resumed (FALSE);
}

static void
test_resumed_copy (void)
{
  test_resumed (TRUE);
}

static void
test_adopt (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");

  ft_assert_no_disk_error (ft_disk_adopt (disk, folder));
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, 0);
  g_assert_cmpint (g_rename (disk->root, folder), ==, 0);
  ft_assert_no_disk_error (ft_disk_stat (disk, NULL));
  assert_works (disk);
}

static void
test_rename_file (void)
{
  static const char *const names[] = { NULL, "t/sub/x", NULL, NULL };
  g_autoptr (FtDisk) disk = make_disk ();

  ft_assert_no_disk_error (ft_disk_rename (disk, "t/sub/b", "t/sub/x", names));
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/sub/b"), ==, -1);
  ft_disk_assert_file (disk, "root/t/sub/x", disk->content + 40 * KIB, 300 * KIB);
  assert_works (disk);
}

static void
test_rename_folder (void)
{
  static const char *const names[] = { "u/a", "u/sub/b", "u/sub/deep/c", "u/empty" };
  gboolean all[] = { TRUE, TRUE, TRUE, TRUE };
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");

  ft_assert_no_disk_error (ft_disk_rename (disk, "t", "u", names));
  g_assert_cmpint (ft_disk_size_of (disk, "root/t"), ==, -1);
  ft_disk_assert_file (disk, "root/u/sub/b", disk->content + 40 * KIB, 300 * KIB);
  assert_works (disk);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  ft_assert_no_disk_error (ft_disk_clean (disk, disk->root));
  g_assert_cmpuint (count_entries (disk, "root"), ==, 0);
  ft_disk_assert_file (disk, "new/u/sub/b", disk->content + 40 * KIB, 300 * KIB);
  ft_assert_no_disk_error (ft_disk_remove (disk, all));
  g_assert_cmpint (ft_disk_size_of (disk, "new/u"), ==, -1);
}

static void
test_rename_collides (void)
{
  static const char *const names[] = { NULL, "t/sub/x", NULL, NULL };
  g_autoptr (FtDisk) disk = make_disk ();

  ft_disk_put (disk, "root/t/sub/x", "mine", 4);
  ft_assert_disk_error (ft_disk_rename (disk, "t/sub/b", "t/sub/x", names), BT_ERROR_EXISTS);
  ft_disk_assert_file (disk, "root/t/sub/x", "mine", 4);
  assert_files_in (disk, "root");
  assert_works (disk);
}

/* It gets its new name when it comes. */
static void
test_rename_what_is_not_there (void)
{
  static const char *const names[] = { NULL, "t/sub/x", NULL, NULL };
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);

  ft_assert_no_disk_error (ft_disk_rename (disk, "t/sub/b", "t/sub/x", names));
  ft_disk_write_all (disk);
  ft_disk_assert_file (disk, "root/t/sub/x", disk->content + 40 * KIB, 300 * KIB);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/sub/b"), ==, -1);
}

int
main (int argc, char *argv[])
{
  ft_disk_test_init (&argc, &argv);
  ft_test_obey_permissions ();
  g_test_add_func ("/move/rename", test_rename);
  g_test_add_func ("/move/empty-folders-go", test_empty_folders_go);
  g_test_add_func ("/move/copy", test_copy);
  g_test_add_func ("/move/copy-holes", test_copy_holes);
  g_test_add_func ("/move/parts-renamed", test_parts_renamed);
  g_test_add_func ("/move/parts-copied", test_parts_copied);
  g_test_add_func ("/move/exists", test_exists);
  g_test_add_func ("/move/taken-back", test_taken_back);
  g_test_add_func ("/move/full", test_full);
  g_test_add_func ("/move/full-in-the-middle", test_full_in_the_middle);
  g_test_add_func ("/move/unreadable", test_unreadable);
  g_test_add_func ("/move/stopped", test_stopped);
  g_test_add_func ("/move/no-such-place", test_no_such_place);
  g_test_add_func ("/move/nothing-there", test_nothing_there);
  g_test_add_func ("/move/same-folder", test_same_folder);
  g_test_add_func ("/move/clean-is-careful", test_clean_is_careful);
  g_test_add_func ("/move/resumed-rename", test_resumed_rename);
  g_test_add_func ("/move/resumed-in-vain", test_resumed_in_vain);
  g_test_add_func ("/move/resumed-copy", test_resumed_copy);
  g_test_add_func ("/move/adopt", test_adopt);
  g_test_add_func ("/move/rename-file", test_rename_file);
  g_test_add_func ("/move/rename-folder", test_rename_folder);
  g_test_add_func ("/move/rename-collides", test_rename_collides);
  g_test_add_func ("/move/rename-what-is-not-there", test_rename_what_is_not_there);
  return ft_disk_test_run ();
}
