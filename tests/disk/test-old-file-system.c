/* test-old-file-system.c: nothing is lost on a file system that knows no holes and cannot refuse to replace a file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define KIB 1024u
#define PIECE (32 * KIB)

static gint n_refused;

/* These two take the place of those of the C library in this program. */

int
renameat2 (int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
  if (flags == 0)
    return renameat (from_fd, from, to_fd, to);
  g_atomic_int_inc (&n_refused);
  errno = EINVAL;
  return -1;
}

off_t
lseek (int fd, off_t offset, int whence)
{
  off_t (*real) (int, off_t, int) = (off_t (*) (int, off_t, int)) dlsym (RTLD_NEXT, "lseek64");

  if (whence != SEEK_DATA && whence != SEEK_HOLE)
    return real (fd, offset, whence);
  g_atomic_int_inc (&n_refused);
  errno = EINVAL;
  return -1;
}

/* Pieces 1 and 3 belong to two files each. */
static const BtDraftFile files[] = { { "a", 40 * KIB }, { "b", 80 * KIB }, { "c", 40 * KIB } };

/* What stands under the name already is looked for, and stays. */
static void
test_rename (void)
{
  static const char *const names[] = { NULL, "t/x", NULL };
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);

  ft_disk_write_all (disk);
  ft_disk_put (disk, "root/t/x", "mine", 4);
  g_atomic_int_set (&n_refused, 0);
  ft_assert_disk_error (ft_disk_rename (disk, "t/b", "t/x", names), BT_ERROR_EXISTS);
  g_assert_cmpint (g_atomic_int_get (&n_refused), >, 0);
  ft_disk_assert_file (disk, "root/t/x", "mine", 4);
  ft_disk_assert_file (disk, "root/t/b", disk->content + 40 * KIB, 80 * KIB);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
}

static void
test_rename_to_free_name (void)
{
  static const char *const names[] = { NULL, "t/x", NULL };
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);

  ft_disk_write_all (disk);
  ft_assert_no_disk_error (ft_disk_rename (disk, "t/b", "t/x", names));
  g_assert_cmpint (ft_disk_size_of (disk, "root/t/b"), ==, -1);
  ft_disk_assert_file (disk, "root/t/x", disk->content + 40 * KIB, 80 * KIB);
  g_assert_cmpuint (ft_disk_count_ok (disk), ==, disk->metainfo->n_pieces);
}

/* The bytes of a file that was skipped are those of the pieces that are had: each comes along, and no more. */
static void
test_wanted_again (void)
{
  static const guint8 b_skipped[] = { 1, 0, 1 }, all_wanted[] = { 1, 1, 1 };
  static const guint32 had[] = { 0, 1, 3 };
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);
  g_autoptr (BtBitfield) have = bt_bitfield_new (disk->metainfo->n_pieces);

  ft_disk_open (disk, b_skipped);
  for (guint i = 0; i < G_N_ELEMENTS (had); i++)
    {
      ft_assert_no_disk_error (ft_disk_write_content (disk, had[i] * PIECE, PIECE));
      bt_bitfield_set (have, had[i]);
    }
  g_atomic_int_set (&n_refused, 0);
  ft_assert_no_disk_error (ft_disk_set_priorities (disk, all_wanted, have));
  g_assert_cmpint (g_atomic_int_get (&n_refused), >, 0);
  for (guint32 piece = 0; piece < disk->metainfo->n_pieces; piece++)
    g_assert_cmpint (ft_disk_is_ok (disk, piece), ==, bt_bitfield_get (have, piece));
  ft_assert_no_disk_error (ft_disk_write_content (disk, 2 * PIECE, PIECE));
  ft_disk_assert_file (disk, "root/t/b", disk->content + 40 * KIB, 80 * KIB);
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);
  g_test_add_func ("/disk/old-file-system/rename", test_rename);
  g_test_add_func ("/disk/old-file-system/rename-to-free-name", test_rename_to_free_name);
  g_test_add_func ("/disk/old-file-system/wanted-again", test_wanted_again);
  return ft_disk_test_run ();
}
