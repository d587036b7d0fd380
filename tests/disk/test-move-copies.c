/* test-move-copies.c: copies that a move made before it was cut off are not lost, wherever the originals are by then.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define LENGTH 40000u
#define PIECE 16384u

static const BtDraftFile files[] = { { "a", LENGTH }, { "sub/b", LENGTH }, { "sub/c", LENGTH } };
#define N_FILES G_N_ELEMENTS (files)

static FtDisk *
make_disk (void)
{
  FtDisk *disk = ft_disk_new (files, N_FILES, PIECE);

  ft_disk_write_all (disk);
  ft_assert_no_disk_error (ft_disk_sync (disk, NULL));
  return disk;
}

/* As after a restart. */
static void
restart (FtDisk *disk)
{
  const BtStorageConfig config = { .root = disk->root, .expects_files = TRUE };

  ft_disk_close (disk);
  disk->storage = disk->disk->ops->storage_new (disk->disk, disk->metainfo, &config);
}

static char *
make_hidden_path (FtDisk *disk, guint file)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&disk->metainfo->info_hash, hex);
  return g_strdup_printf ("new/.%s.moving/%u", hex, file);
}

/* As a move copies it. */
static void
copy_hidden (FtDisk *disk, guint file, gsize length)
{
  g_autofree char *hidden = make_hidden_path (disk, file);
  g_autofree char *original = g_build_filename (disk->root, "t", files[file].path, NULL);
  g_autofree char *copy = ft_disk_path (disk, hidden);
  struct timespec times[2];
  struct stat info;

  ft_disk_put (disk, hidden, disk->content + file * LENGTH, length);
  g_assert_cmpint (stat (original, &info), ==, 0);
  times[0] = info.st_atim;
  times[1] = info.st_mtim;
  g_assert_cmpint (utimensat (AT_FDCWD, copy, times, 0), ==, 0);
}

static void
remove_original (FtDisk *disk, guint file)
{
  g_autofree char *original = g_build_filename (disk->root, "t", files[file].path, NULL);

  g_assert_cmpint (g_unlink (original), ==, 0);
}

static void
assert_hidden (FtDisk *disk, guint file, gint64 size)
{
  g_autofree char *hidden = make_hidden_path (disk, file);

  g_assert_cmpint (ft_disk_size_of (disk, hidden), ==, size);
}

static void
assert_all_moved (FtDisk *disk)
{
  char hex[BT_SHA1_HEX_SIZE];
  g_autofree char *folder = NULL;

  for (guint i = 0; i < N_FILES; i++)
    {
      g_autofree char *path = g_build_filename ("new/t", files[i].path, NULL);

      ft_disk_assert_file (disk, path, disk->content + i * LENGTH, LENGTH);
    }
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
  bt_sha1_to_hex (&disk->metainfo->info_hash, hex);
  folder = g_strdup_printf ("new/.%s.moving", hex);
  g_assert_cmpint (ft_disk_size_of (disk, folder), ==, -1);
}

/* It is all that there is of the file, and becomes the file. */
static void
test_original_gone (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");

  copy_hidden (disk, 1, LENGTH);
  remove_original (disk, 1);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, TRUE));
  assert_all_moved (disk);
}

/* The same after a restart, with not even a folder left of the old place. */
static void
test_folder_gone (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");
  g_autofree char *old = ft_disk_path (disk, "root/t/a");
  g_autofree char *new = ft_disk_path (disk, "new/t/a");

  copy_hidden (disk, 1, LENGTH);
  copy_hidden (disk, 2, LENGTH);
  ft_disk_put (disk, "new/t/a", "", 0); /* makes the folders */
  g_assert_cmpint (g_rename (old, new), ==, 0);
  ft_disk_remove_tree (disk->root);
  restart (disk);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, TRUE));
  assert_all_moved (disk);
}

/* Stays where it is until the next move there. */
static void
test_called_off (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");

  copy_hidden (disk, 0, LENGTH);
  copy_hidden (disk, 1, LENGTH);
  remove_original (disk, 1);
  ft_assert_disk_error (ft_disk_stopped_move (disk, folder), BT_ERROR_CANCELLED);
  assert_hidden (disk, 0, -1);
  assert_hidden (disk, 1, LENGTH);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  assert_all_moved (disk);
}

/* It cannot go on, and what has no original is not taken back, neither before it has its name nor after. */
static void
test_in_vain (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");
  g_autofree char *obstacle = ft_disk_path (disk, "new/t/sub");

  for (guint i = 0; i < N_FILES; i++)
    {
      copy_hidden (disk, i, LENGTH);
      remove_original (disk, i);
    }
  ft_disk_put (disk, "new/t/sub", "a file", 6);
  ft_assert_disk_error (ft_disk_move (disk, folder, TRUE), BT_ERROR_DISK);
  ft_disk_assert_file (disk, "new/t/sub", "a file", 6);
  ft_disk_assert_file (disk, "new/t/a", disk->content, LENGTH);
  assert_hidden (disk, 1, LENGTH);
  assert_hidden (disk, 2, LENGTH);
  g_assert_cmpint (g_unlink (obstacle), ==, 0);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, FALSE));
  assert_all_moved (disk);
}

/* One that is not complete does not become the file; but it is not removed. */
static void
test_not_complete (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");
  g_autofree char *hidden = make_hidden_path (disk, 2);

  copy_hidden (disk, 1, LENGTH / 2);
  ft_disk_put (disk, hidden, disk->content, LENGTH); /* not synced: it has another time */
  remove_original (disk, 1);
  remove_original (disk, 2);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, TRUE));
  ft_disk_assert_file (disk, "new/t/a", disk->content, LENGTH);
  g_assert_cmpint (ft_disk_size_of (disk, "new/t/sub/b"), ==, -1);
  g_assert_cmpint (ft_disk_size_of (disk, "new/t/sub/c"), ==, -1);
  assert_hidden (disk, 1, LENGTH / 2);
  assert_hidden (disk, 2, LENGTH);
}

/* The drive of the old place is not there yet: the move waits for it. */

static void
assert_waits (FtDisk *disk, const char *folder)
{
  ft_assert_disk_error (ft_disk_move (disk, folder, TRUE), BT_ERROR_DISK_MISSING);
  assert_hidden (disk, 0, LENGTH);
  assert_hidden (disk, 1, LENGTH / 2);
  g_assert_cmpint (ft_disk_size_of (disk, "new/t"), ==, -1);
}

/* @mount_point: (nullable): NULL: not even that is there */
static void
test_no_drive (gconstpointer mount_point)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *folder = ft_disk_path (disk, "new");
  g_autofree char *unplugged = ft_disk_path (disk, "unplugged");

  copy_hidden (disk, 0, LENGTH);
  copy_hidden (disk, 1, LENGTH / 2);
  restart (disk);
  g_assert_cmpint (g_rename (disk->root, unplugged), ==, 0);
  if (mount_point != NULL)
    g_assert_cmpint (g_mkdir (disk->root, 0755), ==, 0);
  assert_waits (disk, folder);
  assert_waits (disk, folder);
  if (mount_point != NULL)
    g_assert_cmpint (g_rmdir (disk->root), ==, 0);
  g_assert_cmpint (g_rename (unplugged, disk->root), ==, 0);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, TRUE));
  assert_all_moved (disk);
}

/* A real one, which is another device than its mount point. */
static void
test_drive_comes_back (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (files, N_FILES, PIECE);
  g_autofree char *folder = ft_disk_path (disk, "new");
  g_autofree char *drive = ft_disk_path (disk, "drive");

  g_assert_cmpint (g_mkdir (drive, 0755), ==, 0);
  g_assert_cmpint (g_mkdir (disk->root, 0755), ==, 0);
  if (mount ("none", drive, "tmpfs", MS_NOSUID, "size=4m") < 0)
    {
      g_test_skip ("needs the right to mount");
      return;
    }
  g_assert_cmpint (mount (drive, disk->root, NULL, MS_BIND, NULL), ==, 0);
  ft_disk_write_all (disk);
  ft_assert_no_disk_error (ft_disk_sync (disk, NULL));
  copy_hidden (disk, 0, LENGTH);
  copy_hidden (disk, 1, LENGTH / 2);
  restart (disk);
  ft_test_iterate (NULL, umount2 (disk->root, 0) == 0, FT_WAIT_S);
  assert_waits (disk, folder);
  g_assert_cmpint (mount (drive, disk->root, NULL, MS_BIND, NULL), ==, 0);
  ft_assert_no_disk_error (ft_disk_move (disk, folder, TRUE));
  assert_all_moved (disk);
  ft_disk_close (disk);
  ft_test_iterate (NULL, umount2 (disk->root, 0) == 0 && umount2 (drive, 0) == 0, FT_WAIT_S);
}

int
main (int argc, char *argv[])
{
  ft_disk_test_init (&argc, &argv);
  g_test_add_func ("/move-copies/original-gone", test_original_gone);
  g_test_add_func ("/move-copies/folder-gone", test_folder_gone);
  g_test_add_func ("/move-copies/called-off", test_called_off);
  g_test_add_func ("/move-copies/in-vain", test_in_vain);
  g_test_add_func ("/move-copies/not-complete", test_not_complete);
  g_test_add_data_func ("/move-copies/no-drive", "", test_no_drive);
  g_test_add_data_func ("/move-copies/no-folder", NULL, test_no_drive);
  g_test_add_func ("/move-copies/drive-comes-back", test_drive_comes_back);
  return ft_disk_test_run ();
}
