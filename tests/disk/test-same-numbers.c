/* test-same-numbers.c: on file systems that give many files one inode number, nobody is taken for somebody else.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include <dlfcn.h>
#include <fcntl.h>

/* What the functions below say of files and of folders; 0: what is so. */
static gint file_number, folder_number;

static void
renumber (struct stat *info)
{
  gint number = S_ISDIR (info->st_mode) ? g_atomic_int_get (&folder_number) : g_atomic_int_get (&file_number);

  if (number != 0)
    info->st_ino = (ino_t) number;
}

/* These take the place of those of the C library in this program. */

int
fstat (int fd, struct stat *out)
{
  int (*real) (int, struct stat *) = (int (*) (int, struct stat *)) dlsym (RTLD_NEXT, "fstat64");
  int result = real (fd, out);

  if (result == 0)
    renumber (out);
  return result;
}

int
fstatat (int root_fd, const char *path, struct stat *out, int flags)
{
  int (*real) (int, const char *, struct stat *, int)
    = (int (*) (int, const char *, struct stat *, int)) dlsym (RTLD_NEXT, "fstatat64");
  int result = real (root_fd, path, out, flags);

  if (result == 0)
    renumber (out);
  return result;
}

int
stat (const char *path, struct stat *out)
{
  return fstatat (AT_FDCWD, path, out, 0);
}

static const BtDraftFile files[] = { { "a", 16384 }, { "b", 16384 }, { "c", 16384 } };

typedef struct
{
  FtDisk *disk;
  BtStorage *other;
} Two;

static void
swap (Two *two)
{
  BtStorage *storage = two->disk->storage;

  two->disk->storage = two->other;
  two->other = storage;
}

static void
write_piece (Two *two, guint32 piece)
{
  ft_assert_no_disk_error (ft_disk_write_content (two->disk, piece * 16384, 16384));
}

/* Of two torrents in two folders, with the same names of files, which write by turns. */
static Two
two_new (gint folders, gint all_files)
{
  Two two = { ft_disk_new (files, G_N_ELEMENTS (files), 16384) };
  g_autofree char *elsewhere = ft_disk_path (two.disk, "elsewhere");
  const BtStorageConfig config = { .root = elsewhere };

  two.other = two.disk->disk->ops->storage_new (two.disk->disk, two.disk->metainfo, &config);
  g_atomic_int_set (&folder_number, folders);
  g_atomic_int_set (&file_number, all_files);
  for (guint turn = 0; turn < 2 * 2; turn++, swap (&two))
    for (guint32 piece = 0; piece < G_N_ELEMENTS (files); piece++)
      write_piece (&two, piece);
  return two;
}

static void
two_clear (Two *two)
{
  two->disk->disk->ops->storage_free (two->disk->disk, two->other);
  g_atomic_int_set (&folder_number, 0);
  g_atomic_int_set (&file_number, 0);
  ft_disk_free (two->disk);
}

static void
assert_whole (Two *two)
{
  BtFileStamp stamps[G_N_ELEMENTS (files)];

  for (guint i = 0; i < 2; i++, swap (two))
    {
      ft_assert_no_disk_error (ft_disk_stat (two->disk, stamps));
      g_assert_cmpuint (ft_disk_count_ok (two->disk), ==, two->disk->metainfo->n_pieces);
    }
}

static void
move_and_rename (Two *two)
{
  static const char *const names[] = { NULL, "t/x", NULL };
  g_autofree char *third = ft_disk_path (two->disk, "third");

  ft_assert_no_disk_error (ft_disk_look_at_move (two->disk, third));
  ft_assert_no_disk_error (ft_disk_move (two->disk, third, FALSE));
  ft_assert_no_disk_error (ft_disk_rename (two->disk, "t/b", "t/x", names));
  g_assert_cmpint (ft_disk_size_of (two->disk, "third/t/a"), ==, 16384);
  g_assert_cmpint (ft_disk_size_of (two->disk, "third/t/x"), ==, 16384);
  g_assert_cmpint (ft_disk_size_of (two->disk, "root/t/a"), ==, -1);
  assert_whole (two);
}

/* As FUSE file systems may that do not care. */
static void
test_all_alike (void)
{
  Two two = two_new (1, 1);

  assert_whole (&two);
  move_and_rename (&two);
  two_clear (&two);
}

static void
test_files_alike (void)
{
  Two two = two_new (0, 7);

  assert_whole (&two);
  move_and_rename (&two);
  two_clear (&two);
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);
  g_test_add_func ("/disk/same-numbers/all-alike", test_all_alike);
  g_test_add_func ("/disk/same-numbers/files-alike", test_files_alike);
  return ft_disk_test_run ();
}
