/* test-storage.c: bytes of a torrent in files, and what goes wrong with files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define KIB 1024u

static const BtDraftFile mixed[] = {
  { "a/first", 20 * KIB },     { "empty", 0 },
  { "a/b/second", 30 * KIB },  { "_____padding_file_0_", 14 * KIB },
  { "third", 100 * KIB + 17 }, { "a/last-empty", 0 },
};

static void
test_write_and_read (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  g_autofree guint8 *back = g_malloc (disk->metainfo->total_size);
  const guint8 *content = disk->content;

  ft_disk_write_all (disk);
  ft_disk_assert_file (disk, "root/t/a/first", content, 20 * KIB);
  ft_disk_assert_file (disk, "root/t/a/b/second", content + 20 * KIB, 30 * KIB);
  ft_disk_assert_file (disk, "root/t/third", content + 64 * KIB, 100 * KIB + 17);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/empty"), ==, -1);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/_____padding_file_0_"), ==, -1);

  /* In one go over all pieces, and a few bytes around each border. */
  ft_assert_no_disk_error (ft_disk_read (disk, 0, back, (guint32) disk->metainfo->total_size));
  g_assert_cmpmem (back, disk->metainfo->total_size, content, disk->metainfo->total_size);
  for (guint64 at = 20 * KIB; at <= 64 * KIB; at += 2 * KIB)
    {
      ft_assert_no_disk_error (ft_disk_read (disk, at - 5, back, 10));
      g_assert_cmpmem (back, 10, content + at - 5, 10);
    }
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
}

/* What peers send for padding is not taken over. */
static void
test_padding_is_zeros (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  guint8 zeros[100] = { 0 }, back[100];

  memset (disk->content + 50 * KIB, 0x55, 14 * KIB);
  ft_disk_write_all (disk);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
  ft_disk_open (disk, NULL);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
  ft_assert_no_disk_error (ft_disk_read (disk, 55 * KIB, back, sizeof back));
  g_assert_cmpmem (back, sizeof back, zeros, sizeof zeros);
}

static void
test_outside (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  guint64 total = disk->metainfo->total_size;
  guint8 byte[16] = { 0 };
  gboolean ok;

  ft_assert_disk_error (ft_disk_write (disk, total - 8, byte, 9), BT_ERROR_DISK);
  ft_assert_disk_error (ft_disk_write (disk, total, byte, 1), BT_ERROR_DISK);
  ft_assert_disk_error (ft_disk_write (disk, G_MAXUINT64, byte, 1), BT_ERROR_DISK);
  ft_assert_disk_error (ft_disk_read (disk, total - 8, byte, 9), BT_ERROR_DISK);
  ft_assert_disk_error (ft_disk_check (disk, disk->metainfo->n_pieces, &ok), BT_ERROR_DISK);
  g_assert_false (g_file_test (disk->root, G_FILE_TEST_EXISTS));
}

static void
test_missing_and_short (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  g_autofree char *third = ft_disk_path (disk, "root/t/third");
  guint8 byte;

  /* Nothing at all, not even the root: not an error of the disk. */
  ft_assert_disk_error (ft_disk_read (disk, 0, &byte, 1), BT_ERROR_CHANGED);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, 0);
  g_assert_false (g_file_test (disk->root, G_FILE_TEST_EXISTS));

  ft_disk_write_all (disk);
  g_assert_cmpint (truncate (third, 100), ==, 0);
  ft_assert_no_disk_error (ft_disk_read (disk, 64 * KIB + 99, &byte, 1));
  ft_assert_disk_error (ft_disk_read (disk, 64 * KIB + 100, &byte, 1), BT_ERROR_CHANGED);
  /* All were written in order, but of what was cut off nothing is believed. */
  g_assert_true (ft_disk_is_ok (disk, 0));
  g_assert_false (ft_disk_is_ok (disk, 2));
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/third"), ==, 100);
}

/* A check or a write never makes a file shorter or replaces it. */
static void
test_overlong_file_is_kept (void)
{
  static const BtDraftFile one[] = { { "f", 40 * KIB } };
  g_autoptr (FtDisk) disk = ft_disk_new (one, 1, 16 * KIB);
  g_autofree guint8 *mine = g_malloc0 (50 * KIB);

  memset (mine, 'x', 50 * KIB);
  ft_disk_put (disk, "root/t/f", mine, 50 * KIB);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, 0);
  ft_disk_assert_file (disk, "root/t/f", mine, 50 * KIB);
  ft_disk_write_all (disk);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, 3);
  memcpy (mine, disk->content, 40 * KIB);
  ft_disk_assert_file (disk, "root/t/f", mine, 50 * KIB);
}

static void
test_created (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  guint8 created[G_N_ELEMENTS (mixed)] = { 1, 1, 1, 1, 1, 1 };
  const guint8 expected[] = { 1, 1, 1, 0, 0, 1 };
  const guint8 none[G_N_ELEMENTS (mixed)] = { 0 };

  ft_disk_put (disk, "root/t/third", "mine", 4);
  bt_storage_get_created (disk->storage, created);
  g_assert_cmpmem (created, sizeof created, none, sizeof none);
  ft_disk_write_all (disk);
  ft_assert_no_disk_error (ft_disk_make_files (disk));
  bt_storage_get_created (disk->storage, created);
  g_assert_cmpmem (created, sizeof created, expected, sizeof expected);

  ft_disk_open (disk, NULL);
  bt_storage_set_created (disk->storage, expected, NULL);
  bt_storage_get_created (disk->storage, created);
  g_assert_cmpmem (created, sizeof created, expected, sizeof expected);
}

static void
test_make_files (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  const guint8 priorities[] = { 1, 1, 1, 1, 1, 0 };

  ft_disk_open (disk, priorities);
  ft_assert_no_disk_error (ft_disk_make_files (disk));
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/empty"), ==, 0);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/a/last-empty"), ==, -1);
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/third"), ==, -1);
  ft_disk_put (disk, "root/t/empty", "mine", 4);
  ft_assert_no_disk_error (ft_disk_make_files (disk));
  ft_disk_assert_file (disk, "root/t/empty", "mine", 4);
}

static void
test_large_file (void)
{
  const guint64 size = G_GUINT64_CONSTANT (5) << 30;
  const BtDraftFile files[] = { { "small", 3 }, { "large", size } };
  const BtMetainfoDraft draft = { .name = "t", .multi_file = TRUE, .piece_length = 16384 * KIB };
  guint32 n_pieces = (guint32) ((size + 3 + draft.piece_length - 1) / draft.piece_length);
  g_autofree guint8 *hashes = g_malloc0 (n_pieces * 20);
  g_autoptr (FtDisk) disk = ft_disk_new (NULL, 0, 0);
  g_autoptr (GBytes) torrent = NULL;
  guint8 block[16384], back[16384];
  struct stat info;
  g_autofree char *path = ft_disk_path (disk, "root/t/large");

  torrent = bt_metainfo_build (&draft, files, 2, hashes, n_pieces * 20);
  disk->metainfo = bt_metainfo_parse (torrent, NULL);
  ft_disk_open (disk, NULL);
  memset (block, 0x5a, sizeof block);
  ft_assert_no_disk_error (ft_disk_write (disk, size + 3 - sizeof block, block, sizeof block));
  ft_assert_no_disk_error (ft_disk_write (disk, size - (size >> 2), block, sizeof block));
  ft_assert_no_disk_error (ft_disk_read (disk, size + 3 - sizeof block, back, sizeof back));
  g_assert_cmpmem (back, sizeof back, block, sizeof block);
  g_assert_false (ft_disk_is_ok (disk, n_pieces - 1));
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint ((guint64) info.st_size, ==, size);
  g_assert_cmpint (info.st_blocks, <, 1024); /* sparse */
}

static void
test_piece_of_many_files (void)
{
  BtDraftFile files[500];
  g_autoptr (FtDisk) disk = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("d%u/f%u", i % 7, i));
      files[i] = (BtDraftFile){ names->pdata[i], i % 5 == 0 ? 0 : i };
    }
  disk = ft_disk_new (files, G_N_ELEMENTS (files), 64 * KIB);
  g_assert_cmpuint (disk->metainfo->n_pieces, ==, 2);
  ft_disk_write_all (disk);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, 2);
  ft_disk_assert_file (disk, "root/t/d1/f1", disk->content, 1);
  g_assert_cmpuint (bt_file_set_n_open (bt_disk_get_file_set (disk->disk)), <=, 100);
}

static gboolean
mount_memory (const char *path, const char *options)
{
  g_assert_cmpint (g_mkdir_with_parents (path, 0777), ==, 0);
  return mount ("none", path, "tmpfs", MS_NOSUID, options) == 0;
}

static void
count_cb (const GError *error, gpointer owner)
{
  g_assert_no_error (error);
  (*(guint *) owner)++;
}

static void
test_many_small_files (void)
{
  enum
  {
    N = 20000,
    LENGTH = 100
  };
  g_autofree BtDraftFile *files = g_new (BtDraftFile, N);
  g_autofree BtFileStamp *stamps = g_new (BtFileStamp, N);
  g_autofree gboolean *all = g_new (gboolean, N);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (FtDisk) disk = NULL;
  g_autoptr (BtBuffer) buffer = NULL;
  gboolean in_memory;
  guint n_done = 0;

  for (guint i = 0; i < N; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("dir-%u/file-%u", i / 100, i));
      files[i] = (BtDraftFile){ names->pdata[i], LENGTH };
      all[i] = TRUE;
    }
  disk = ft_disk_new (files, N, 16 * KIB);
  in_memory = mount_memory (disk->root, "size=200m"); /* quicker, where it may */
  buffer = bt_buffer_pool_get (disk->pool, disk->metainfo->total_size);
  memcpy (buffer->data, disk->content, disk->metainfo->total_size);
  for (guint32 i = 0; i < disk->metainfo->n_pieces; i++)
    disk->disk->ops->write (disk->disk, disk->storage, i * 16 * KIB, buffer, i * 16 * KIB,
                            bt_metainfo_piece_size (disk->metainfo, i), count_cb, &n_done);
  g_assert_cmpuint (disk->disk->ops->backlog (disk->disk), ==, disk->metainfo->total_size);
  ft_test_iterate (NULL, n_done == disk->metainfo->n_pieces, FT_WAIT_S);
  g_assert_cmpuint (disk->disk->ops->backlog (disk->disk), ==, 0);
  ft_assert_no_disk_error (ft_disk_sync (disk, stamps));
  for (guint i = 0; i < N; i++)
    g_assert_cmpint (stamps[i].size, ==, LENGTH);
  ft_disk_open (disk, NULL);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
  ft_assert_no_disk_error (ft_disk_remove (disk, all));
  g_assert_cmpint (ft_disk_size_of (disk, "root/t"), ==, -1);
  ft_disk_close (disk);
  if (in_memory)
    ft_test_iterate (NULL, umount2 (disk->root, 0) == 0, FT_WAIT_S);
}

/* Stamps. */

static void
test_stat (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  BtFileStamp stamps[G_N_ELEMENTS (mixed)];
  g_autofree char *third = ft_disk_path (disk, "root/t/third");

  ft_assert_no_disk_error (ft_disk_stat (disk, stamps));
  g_assert_cmpint (stamps[0].size, ==, -1);
  g_assert_cmpint (stamps[3].size, ==, 0); /* padding */
  g_assert_false (g_file_test (disk->root, G_FILE_TEST_EXISTS));

  ft_disk_write_all (disk);
  g_assert_cmpint (g_remove (third), ==, 0);
  g_assert_cmpint (symlink ("a/first", third), ==, 0);
  ft_assert_no_disk_error (ft_disk_stat (disk, stamps));
  g_assert_cmpint (stamps[0].size, ==, 20 * KIB);
  g_assert_cmpint (stamps[0].mtime_ns, >, G_GINT64_CONSTANT (1000000000000000000));
  g_assert_cmpint (stamps[1].size, ==, -1);
  g_assert_cmpint (stamps[4].size, ==, -1); /* not a regular file */
}

static void
set_mtime (const char *path, gint64 seconds)
{
  const struct timespec times[2] = { { seconds, 5 }, { seconds, 5 } };

  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

/* A change by somebody else must not be hidden by a later stamp of ours. */
static void
test_sync_stamps (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  BtFileStamp before[G_N_ELEMENTS (mixed)], after[G_N_ELEMENTS (mixed)];
  g_autofree char *first = ft_disk_path (disk, "root/t/a/first");
  g_autofree char *third = ft_disk_path (disk, "root/t/third");

  ft_disk_write_all (disk);
  ft_assert_no_disk_error (ft_disk_sync (disk, before));
  g_assert_cmpint (before[0].size, ==, 20 * KIB);
  g_assert_cmpint (before[3].size, ==, 0);
  g_assert_cmpint (before[1].size, ==, -1);

  set_mtime (first, 1000);
  set_mtime (third, 1000);
  ft_assert_no_disk_error (ft_disk_write_content (disk, 64 * KIB, 16 * KIB));
  set_mtime (third, 2000);
  ft_assert_no_disk_error (ft_disk_sync (disk, after));
  g_assert_cmpint (after[0].mtime_ns, ==, before[0].mtime_ns);
  g_assert_cmpint (after[4].mtime_ns, ==, G_GINT64_CONSTANT (2000000000005));
  ft_assert_no_disk_error (ft_disk_stat (disk, after));
  g_assert_cmpint (after[0].mtime_ns, ==, G_GINT64_CONSTANT (1000000000005));
}

static void
test_file_removed_while_open (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  BtFileStamp stamps[G_N_ELEMENTS (mixed)];
  g_autofree char *first = ft_disk_path (disk, "root/t/a/first");

  ft_disk_write_all (disk);
  g_assert_cmpint (g_remove (first), ==, 0);
  ft_assert_disk_error (ft_disk_sync (disk, stamps), BT_ERROR_CHANGED);
  ft_assert_no_disk_error (ft_disk_stat (disk, stamps));
  g_assert_cmpint (stamps[0].size, ==, -1);
  g_assert_false (ft_disk_is_ok (disk, 0));
  ft_disk_write_all (disk);
  ft_assert_no_disk_error (ft_disk_sync (disk, stamps));
  g_assert_cmpint (stamps[0].size, ==, 20 * KIB);
}

/* What another program did to a file since it was looked at is seen by who reads it; what we did is not
 * taken for that, and a check goes by the bytes alone. */
static void
test_changed_by_others (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  BtFileStamp stamps[G_N_ELEMENTS (mixed)];
  g_autofree char *third = ft_disk_path (disk, "root/t/third");
  guint8 back[1024];

  ft_disk_write_all (disk);
  set_mtime (third, 1000);
  ft_assert_no_disk_error (ft_disk_read (disk, 64 * KIB, back, sizeof back)); /* never looked at */
  ft_assert_no_disk_error (ft_disk_sync (disk, stamps));
  ft_assert_no_disk_error (ft_disk_read (disk, 64 * KIB, back, sizeof back));
  ft_assert_no_disk_error (ft_disk_write_content (disk, 64 * KIB, 16 * KIB));
  ft_assert_no_disk_error (ft_disk_read (disk, 64 * KIB, back, sizeof back));
  ft_assert_no_disk_error (ft_disk_sync (disk, stamps));

  set_mtime (third, 2000);
  ft_assert_disk_error (ft_disk_read (disk, 64 * KIB, back, sizeof back), BT_ERROR_CHANGED);
  ft_assert_no_disk_error (ft_disk_read (disk, 0, back, sizeof back)); /* another file */
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
  ft_assert_no_disk_error (ft_disk_stat (disk, stamps));
  ft_assert_no_disk_error (ft_disk_read (disk, 64 * KIB, back, sizeof back));
}

/* The root. */

static void
test_root_removed (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  g_autofree char *aside = ft_disk_path (disk, "aside");
  BtFileStamp stamps[G_N_ELEMENTS (mixed)];
  gboolean ok;
  guint8 byte;

  ft_disk_write_all (disk);
  disk->disk->ops->close_files (disk->disk, disk->storage);
  g_assert_cmpint (g_rename (disk->root, aside), ==, 0);
  ft_assert_disk_error (ft_disk_write_content (disk, 0, 1024), BT_ERROR_DISK_MISSING);
  ft_assert_disk_error (ft_disk_read (disk, 0, &byte, 1), BT_ERROR_DISK_MISSING);
  ft_assert_disk_error (ft_disk_check (disk, 0, &ok), BT_ERROR_DISK_MISSING);
  ft_assert_disk_error (ft_disk_stat (disk, stamps), BT_ERROR_DISK_MISSING);
  g_assert_false (g_file_test (disk->root, G_FILE_TEST_EXISTS));

  /* Another folder in its place is not written to before somebody looked. */
  g_assert_cmpint (g_mkdir (disk->root, 0777), ==, 0);
  ft_assert_disk_error (ft_disk_write_content (disk, 0, 1024), BT_ERROR_DISK_MISSING);
  g_assert_cmpint (g_rmdir (disk->root), ==, 0);

  g_assert_cmpint (g_rename (aside, disk->root), ==, 0);
  ft_assert_no_disk_error (ft_disk_stat (disk, stamps));
  g_assert_cmpint (stamps[0].size, ==, 20 * KIB);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
}

/* While descriptors are open, too. */
static void
test_root_removed_under_open_files (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  g_autofree char *aside = ft_disk_path (disk, "aside");
  BtFileStamp stamps[G_N_ELEMENTS (mixed)];

  ft_disk_write_all (disk);
  g_assert_cmpint (g_rename (disk->root, aside), ==, 0);
  ft_assert_disk_error (ft_disk_sync (disk, stamps), BT_ERROR_DISK_MISSING);
  g_assert_false (g_file_test (disk->root, G_FILE_TEST_EXISTS));
}

static void
test_parent_missing (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  g_autofree char *parent = ft_disk_path (disk, "no");
  BtFileStamp stamps[G_N_ELEMENTS (mixed)];

  g_free (disk->root);
  disk->root = ft_disk_path (disk, "no/where");
  ft_disk_open (disk, NULL);
  ft_assert_disk_error (ft_disk_stat (disk, stamps), BT_ERROR_DISK_MISSING);
  ft_assert_disk_error (ft_disk_write_content (disk, 0, 1024), BT_ERROR_DISK_MISSING);
  g_assert_false (g_file_test (parent, G_FILE_TEST_EXISTS));
}

/* As when a drive was pulled out: the mount point is there, and empty. */
static void
test_unmounted (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  BtFileStamp stamps[G_N_ELEMENTS (mixed)];
  gboolean ok;

  if (!mount_memory (disk->root, "size=1m"))
    {
      g_test_skip ("needs the right to mount");
      return;
    }
  ft_disk_write_all (disk);
  ft_assert_no_disk_error (ft_disk_sync (disk, stamps));
  disk->disk->ops->close_files (disk->disk, disk->storage);
  ft_assert_no_disk_error (ft_disk_check (disk, 0, &ok));
  g_assert_cmpint (umount2 (disk->root, MNT_DETACH), ==, 0);
  disk->disk->ops->close_files (disk->disk, disk->storage);
  ft_assert_disk_error (ft_disk_write_content (disk, 0, 1024), BT_ERROR_DISK_MISSING);
  ft_assert_disk_error (ft_disk_stat (disk, stamps), BT_ERROR_DISK_MISSING);
  ft_assert_disk_error (ft_disk_write_content (disk, 0, 1024), BT_ERROR_DISK_MISSING);
  g_assert_cmpint (g_rmdir (disk->root), ==, 0); /* nothing was put there */
}

/* The mount point alone was there when it was first looked at. Only who knows that there must be files
 * can tell that it was not the right folder. */
static void
test_mounted_late (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (mixed, G_N_ELEMENTS (mixed), 32 * KIB);
  BtStorageConfig config = { .root = disk->root, .expects_files = TRUE };
  BtFileStamp stamps[G_N_ELEMENTS (mixed)];

  ft_disk_close (disk);
  disk->storage = disk->disk->ops->storage_new (disk->disk, disk->metainfo, &config);
  g_assert_cmpint (g_mkdir (disk->root, 0777), ==, 0);
  ft_assert_no_disk_error (ft_disk_stat (disk, stamps));
  if (!mount_memory (disk->root, "size=1m"))
    {
      g_test_skip ("needs the right to mount");
      return;
    }
  ft_assert_no_disk_error (ft_disk_stat (disk, stamps));
  ft_disk_write_all (disk);
  ft_assert_no_disk_error (ft_disk_sync (disk, stamps));
  disk->disk->ops->close_files (disk->disk, disk->storage);
  ft_assert_no_disk_error (ft_disk_stat (disk, stamps));
  g_assert_cmpint (stamps[0].size, ==, 20 * KIB);
  g_assert_cmpint (umount2 (disk->root, MNT_DETACH), ==, 0);
  /* From now on it is known. */
  ft_assert_disk_error (ft_disk_stat (disk, stamps), BT_ERROR_DISK_MISSING);
}

/* Errors of the system. */

static void
test_full (void)
{
  static const BtDraftFile one[] = { { "f", 512 * KIB } };
  g_autoptr (FtDisk) disk = ft_disk_new (one, 1, 16 * KIB);
  GError *error = NULL;
  guint32 piece = 0;

  if (!mount_memory (disk->root, "size=256k"))
    {
      g_test_skip ("needs the right to mount");
      return;
    }
  while (error == NULL && piece < disk->metainfo->n_pieces)
    error = ft_disk_write_content (disk, piece++ * 16 * KIB, 16 * KIB);
  ft_assert_disk_error (error, BT_ERROR_DISK_FULL);
  g_assert_true (ft_disk_is_ok (disk, 0));
  g_assert_false (ft_disk_is_ok (disk, piece - 1));
  g_assert_cmpint (mount ("none", disk->root, "tmpfs", MS_REMOUNT, "size=2m"), ==, 0);
  ft_disk_write_all (disk);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
  ft_disk_close (disk);
  ft_test_iterate (NULL, umount2 (disk->root, 0) == 0, FT_WAIT_S);
}

static void
test_read_only (void)
{
  static const BtDraftFile one[] = { { "f", 64 * KIB } };
  g_autoptr (FtDisk) disk = ft_disk_new (one, 1, 16 * KIB);

  if (!mount_memory (disk->root, "size=1m"))
    {
      g_test_skip ("needs the right to mount");
      return;
    }
  ft_disk_write_all (disk);
  ft_disk_open (disk, NULL);
  ft_test_iterate (
    NULL, mount ("none", disk->root, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=1m") == 0, FT_WAIT_S);
  ft_assert_disk_error (ft_disk_write_content (disk, 0, 1024), BT_ERROR_DISK_READ_ONLY);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, 4); /* and goes on seeding */
  ft_disk_close (disk);
  ft_test_iterate (NULL, umount2 (disk->root, 0) == 0, FT_WAIT_S);
}

/* Over a limit of the process the kernel sends a signal, which must not end it. */
static void
test_file_size_limit_child (void)
{
  static const BtDraftFile one[] = { { "f", 64 * KIB } };
  const struct rlimit limit = { 32 * KIB, 32 * KIB };
  FtDisk *disk = ft_disk_new (one, 1, 16 * KIB);

  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  ft_assert_no_disk_error (ft_disk_write_content (disk, 0, 16 * KIB));
  ft_assert_disk_error (ft_disk_write_content (disk, 32 * KIB, 16 * KIB), BT_ERROR_DISK_FULL);
  ft_disk_free (disk);
}

static void
test_file_size_limit (void)
{
  g_test_trap_subprocess ("/disk/storage/file-size-limit/subprocess", 0,
                          G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
free_space_cb (gint64 free_bytes, const GError *error, gpointer owner)
{
  gint64 *result = owner;

  g_assert_no_error (error);
  *result = free_bytes;
}

static void
test_free_space (void)
{
  g_autoptr (FtDisk) disk = ft_disk_new (NULL, 0, 0);
  g_autofree char *nowhere = ft_disk_path (disk, "not/there/yet");
  gint64 here = -1, there = -1;

  disk->disk->ops->free_space (disk->disk, disk->folder, free_space_cb, &here);
  disk->disk->ops->free_space (disk->disk, nowhere, free_space_cb, &there);
  g_assert_cmpint (here, ==, -1);
  ft_test_iterate (NULL, here >= 0 && there >= 0, FT_WAIT_S);
  g_assert_cmpint (here, >, 0);
  g_assert_cmpint (there, >, 0);
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);

  g_test_add_func ("/disk/storage/write-and-read", test_write_and_read);
  g_test_add_func ("/disk/storage/padding-is-zeros", test_padding_is_zeros);
  g_test_add_func ("/disk/storage/outside", test_outside);
  g_test_add_func ("/disk/storage/missing-and-short", test_missing_and_short);
  g_test_add_func ("/disk/storage/overlong-file-is-kept", test_overlong_file_is_kept);
  g_test_add_func ("/disk/storage/created", test_created);
  g_test_add_func ("/disk/storage/make-files", test_make_files);
  g_test_add_func ("/disk/storage/large-file", test_large_file);
  g_test_add_func ("/disk/storage/piece-of-many-files", test_piece_of_many_files);
  g_test_add_func ("/disk/storage/many-small-files", test_many_small_files);
  g_test_add_func ("/disk/storage/stat", test_stat);
  g_test_add_func ("/disk/storage/sync-stamps", test_sync_stamps);
  g_test_add_func ("/disk/storage/file-removed-while-open", test_file_removed_while_open);
  g_test_add_func ("/disk/storage/changed-by-others", test_changed_by_others);
  g_test_add_func ("/disk/storage/root-removed", test_root_removed);
  g_test_add_func ("/disk/storage/root-removed-under-open-files",
                   test_root_removed_under_open_files);
  g_test_add_func ("/disk/storage/parent-missing", test_parent_missing);
  g_test_add_func ("/disk/storage/unmounted", test_unmounted);
  g_test_add_func ("/disk/storage/mounted-late", test_mounted_late);
  g_test_add_func ("/disk/storage/full", test_full);
  g_test_add_func ("/disk/storage/read-only", test_read_only);
  g_test_add_func ("/disk/storage/file-size-limit", test_file_size_limit);
  g_test_add_func ("/disk/storage/file-size-limit/subprocess", test_file_size_limit_child);
  g_test_add_func ("/disk/storage/free-space", test_free_space);
  return ft_disk_test_run ();
}
