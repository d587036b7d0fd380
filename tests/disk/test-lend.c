/* test-lend.c: files that are lent to be sent from, and when their bytes are read instead.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KIB 1024u
#define PIECE (64 * KIB)

static const BtDraftFile files[] = {
  { "first", 20 * KIB }, { "second", 44 * KIB },                        /* piece 0 */
  { "a", 1 }, { "b", 2 }, { "c", 3 }, { "d", 4 }, { "e", 64 * KIB - 10 }, /* piece 1 */
  { "f", 30 * KIB }, { "_____padding_file_0_", 34 * KIB },              /* piece 2 */
  { "g", 64 * KIB },                                                    /* piece 3 */
};

typedef struct
{
  FtDisk *disk;
  BtBuffer *buffer;
  BtFileSlices *slices; /* (nullable) */
  GError *error;
  gboolean over;
} Loan;

static void
lend_cb (BtFileSlices *slices, const GError *error, gpointer owner)
{
  Loan *loan = owner;

  g_assert_false (loan->over);
  loan->over = TRUE;
  loan->slices = slices != NULL ? bt_file_slices_ref (slices) : NULL;
  loan->error = error != NULL ? g_error_copy (error) : NULL;
}

static Loan *
borrow (FtDisk *disk, guint64 offset, guint32 length)
{
  Loan *loan = g_new0 (Loan, 1);

  loan->disk = disk;
  loan->buffer = bt_buffer_pool_get (disk->pool, length);
  memset (loan->buffer->data, 0xaa, length);
  disk->disk->ops->lend (disk->disk, disk->storage, offset, loan->buffer, length, lend_cb, loan);
  ft_test_iterate (NULL, loan->over, FT_WAIT_S);
  return loan;
}

static void
end_loan (Loan *loan)
{
  g_clear_pointer (&loan->slices, bt_file_slices_unref);
  g_clear_error (&loan->error);
  bt_buffer_unref (loan->buffer);
  g_free (loan);
}

/* Takes what was lent with odd lengths, as a socket might. */
static void
check_slices (const BtFileSlices *slices, const guint8 *expected, guint32 length)
{
  g_autofree guint8 *back = g_malloc (length);
  guint32 at = 0;

  g_assert_cmpuint (bt_file_slices_length (slices), ==, length);
  while (at < length)
    {
      BtFileSlice slice = bt_file_slices_get (slices, at, MIN (length - at, 7777));

      g_assert_cmpuint (slice.length, >, 0);
      g_assert_cmpint (pread (slice.fd, back + at, slice.length, (off_t) slice.offset), ==, slice.length);
      at += slice.length;
    }
  g_assert_cmpmem (back, length, expected, length);
}

static void
assert_lent (FtDisk *disk, guint64 offset, guint32 length, guint n)
{
  Loan *loan = borrow (disk, offset, length);

  g_assert_no_error (loan->error);
  g_assert_nonnull (loan->slices);
  g_assert_cmpuint (loan->slices->n, ==, n);
  check_slices (loan->slices, disk->content + offset, length);
  g_assert_cmpuint (loan->buffer->data[0], ==, 0xaa);
  end_loan (loan);
}

static void
assert_read (FtDisk *disk, guint64 offset, guint32 length)
{
  Loan *loan = borrow (disk, offset, length);

  g_assert_no_error (loan->error);
  g_assert_null (loan->slices);
  g_assert_cmpmem (loan->buffer->data, length, disk->content + offset, length);
  end_loan (loan);
}

static void
assert_changed (FtDisk *disk, guint64 offset, guint32 length)
{
  Loan *loan = borrow (disk, offset, length);

  g_assert_error (loan->error, BT_ERROR, BT_ERROR_CHANGED);
  g_assert_null (loan->slices);
  end_loan (loan);
}

static FtDisk *
make_disk (void)
{
  FtDisk *disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);

  ft_disk_write_all (disk);
  return disk;
}

static void
test_lent (void)
{
  g_autoptr (FtDisk) disk = make_disk ();

  assert_lent (disk, 100, 16 * KIB, 1);
  assert_lent (disk, 16 * KIB, 32 * KIB, 2);
  assert_lent (disk, 0, PIECE, 2);
  assert_lent (disk, PIECE, 10, 4);
  assert_lent (disk, 2 * PIECE, 30 * KIB, 1);
  assert_lent (disk, 3 * PIECE, PIECE, 1);
}

/* Padding is in no file, and what is in many is more calls than bytes. */
static void
test_read_instead (void)
{
  g_autoptr (FtDisk) disk = make_disk ();

  assert_read (disk, PIECE, 11);
  assert_read (disk, PIECE, PIECE);
  assert_read (disk, 2 * PIECE, PIECE);
  assert_read (disk, 2 * PIECE + 30 * KIB, 10);
}

static void
test_parts (void)
{
  guint8 priorities[G_N_ELEMENTS (files)];
  g_autoptr (FtDisk) disk = ft_disk_new (files, G_N_ELEMENTS (files), PIECE);

  memset (priorities, 1, sizeof priorities);
  priorities[1] = 0;
  ft_disk_open (disk, priorities);
  ft_disk_write_all (disk);
  assert_lent (disk, 0, 20 * KIB, 1);
  assert_read (disk, 0, 20 * KIB + 1);
  assert_read (disk, 30 * KIB, 16 * KIB);
}

static void
test_changed (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *path = ft_disk_path (disk, "root/t/g");
  g_autofree char *gone = ft_disk_path (disk, "root/t/first");
  g_autofree BtFileStamp *stamps = g_new0 (BtFileStamp, G_N_ELEMENTS (files));
  const struct timespec times[2] = { { 1000, 0 }, { 1000, 0 } };

  ft_assert_no_disk_error (ft_disk_sync (disk, stamps));
  assert_lent (disk, 3 * PIECE, PIECE, 1);
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
  assert_changed (disk, 3 * PIECE, PIECE);

  g_assert_cmpint (truncate (path, 1000), ==, 0);
  assert_changed (disk, 3 * PIECE + 990, 11);

  disk->disk->ops->close_files (disk->disk, disk->storage);
  g_assert_cmpint (g_unlink (gone), ==, 0);
  assert_changed (disk, 0, 1);
}

static BtFileSlices *
borrow_at_once (FtDisk *disk, guint64 offset, guint32 length)
{
  return disk->disk->ops->lend_at_once (disk->disk, disk->storage, offset, length);
}

static void
assert_lent_at_once (FtDisk *disk, guint64 offset, guint32 length, guint n)
{
  BtFileSlices *slices = borrow_at_once (disk, offset, length);

  g_assert_nonnull (slices);
  g_assert_cmpuint (slices->n, ==, n);
  check_slices (slices, disk->content + offset, length);
  bt_file_slices_unref (slices);
}

/* Kernels before 6.5 cannot. */
static gboolean
can_tell_what_is_in_memory (void)
{
  return syscall (451 /* cachestat */, -1, NULL, NULL, 0) < 0 && errno != ENOSYS;
}

static void
test_at_once (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *path = ft_disk_path (disk, "root/t/g");
  g_autofree BtFileStamp *stamps = g_new0 (BtFileStamp, G_N_ELEMENTS (files));
  const struct timespec times[2] = { { 1000, 0 }, { 1000, 0 } };

  ft_assert_no_disk_error (ft_disk_sync (disk, stamps));
  g_assert_null (borrow_at_once (disk, 0, PIECE)); /* nobody has looked whether it can be */
  assert_lent (disk, 0, PIECE, 2);
  assert_lent (disk, 2 * PIECE, 30 * KIB, 1);
  assert_lent (disk, 3 * PIECE, PIECE, 1);
  if (!can_tell_what_is_in_memory ())
    {
      g_assert_null (borrow_at_once (disk, 0, PIECE));
      return;
    }
  assert_lent_at_once (disk, 0, PIECE, 2);
  assert_lent_at_once (disk, 16 * KIB, 10, 1);
  assert_lent_at_once (disk, 3 * PIECE, PIECE, 1);
  g_assert_null (borrow_at_once (disk, 2 * PIECE, 31 * KIB)); /* padding */
  g_assert_null (borrow_at_once (disk, PIECE, 2));            /* not asked for yet */

  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
  g_assert_null (borrow_at_once (disk, 3 * PIECE, PIECE));

  disk->disk->ops->close_files (disk->disk, disk->storage);
  g_assert_null (borrow_at_once (disk, 0, PIECE)); /* others come first */
  ft_assert_no_disk_error (ft_disk_stat (disk, NULL));
  g_assert_null (borrow_at_once (disk, 0, PIECE)); /* not open */
  assert_lent (disk, 0, PIECE, 2);
  assert_lent_at_once (disk, 0, PIECE, 2);
}

/* Whether all of a file of one piece is in the page cache. */
static gboolean
is_in_memory (int fd)
{
  void *mapped = mmap (NULL, PIECE, PROT_READ, MAP_SHARED, fd, 0);
  guint8 pages[PIECE / 4096];
  gboolean all = TRUE;

  g_assert_true (mapped != MAP_FAILED);
  g_assert_cmpint (mincore (mapped, PIECE, pages), ==, 0);
  for (gsize i = 0; i < PIECE / (gsize) sysconf (_SC_PAGESIZE); i++)
    all = all && (pages[i] & 1) != 0;
  munmap (mapped, PIECE);
  return all;
}

/* What the kernel has to read first is not sent by the engine. */
static void
test_cold (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autofree char *path = ft_disk_path (disk, "root/t/g");
  BtFileSlices *slices;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  ft_assert_no_disk_error (ft_disk_sync (disk, NULL));
  assert_lent (disk, 3 * PIECE, PIECE, 1);
  g_assert_cmpint (posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED), ==, 0);
  if (is_in_memory (fd))
    g_test_message ("The kernel keeps it: a file system in memory?");
  slices = borrow_at_once (disk, 3 * PIECE, PIECE);
  g_assert_cmpint (slices != NULL, ==, is_in_memory (fd) && can_tell_what_is_in_memory ());
  g_clear_pointer (&slices, bt_file_slices_unref);
  assert_lent (disk, 3 * PIECE, PIECE, 1);
  g_assert_true (is_in_memory (fd));
  close (fd);
}

/* Once it is closed, another thread may be given its number for another file. */
static gboolean
is_still (int fd, const struct stat *file)
{
  struct stat now;

  return fstat (fd, &now) == 0 && now.st_dev == file->st_dev && now.st_ino == file->st_ino;
}

/* Whatever happens to the torrent, what is lent stays as it is until it is given back; and then it is closed. */
static void
test_outlives_storage (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  BtFileSet *set = bt_disk_get_file_set (disk->disk);
  Loan *loans[2] = { borrow (disk, 0, PIECE), borrow (disk, 0, PIECE) };
  int fd = loans[0]->slices->slices[0].fd;
  struct stat file;

  g_assert_cmpint (fstat (fd, &file), ==, 0);
  ft_assert_no_disk_error (ft_disk_remove (disk, NULL));
  ft_disk_close (disk);
  ft_test_iterate (NULL, bt_file_set_n_open (set) == 0, FT_WAIT_S);
  check_slices (loans[1]->slices, disk->content, PIECE);
  end_loan (loans[0]);
  check_slices (loans[1]->slices, disk->content, PIECE);
  end_loan (loans[1]);

  /* By a worker, who may be kept waiting by it. */
  g_assert_true (is_still (fd, &file));
  ft_disk_open (disk, NULL);
  disk->disk->ops->close_files (disk->disk, disk->storage);
  ft_assert_no_disk_error (ft_disk_stat (disk, NULL));
  ft_test_iterate (NULL, !is_still (fd, &file), FT_WAIT_S);
}

/* A storage that is let go before the answer came: nobody takes what was lent. */
static void
test_nobody_waits (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  g_autoptr (BtBuffer) buffer = bt_buffer_pool_get (disk->pool, PIECE);

  for (guint i = 0; i < 20; i++)
    disk->disk->ops->lend (disk->disk, disk->storage, 0, buffer, PIECE, lend_cb, NULL);
  ft_disk_close (disk);
}

/* Half of the descriptors at most. */
static void
test_not_too_many (void)
{
  g_autoptr (FtDisk) disk = make_disk ();
  Loan *loans[50];

  for (guint i = 0; i < G_N_ELEMENTS (loans); i++)
    {
      loans[i] = borrow (disk, 3 * PIECE, 10);
      g_assert_nonnull (loans[i]->slices);
    }
  assert_read (disk, 0, 10);
  end_loan (loans[0]);
  assert_read (disk, 0, PIECE); /* two files */
  assert_lent (disk, 0, 10, 1);
  for (guint i = 1; i < G_N_ELEMENTS (loans); i++)
    end_loan (loans[i]);
  assert_lent (disk, 0, PIECE, 2);
}

/* A file system that cannot do it. */
static void
test_impossible_child (void)
{
  struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_sendfile, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program = { G_N_ELEMENTS (code), code };
  g_autoptr (FtDisk) disk = NULL;

  g_assert_cmpint (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
  g_assert_cmpint (prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), ==, 0);
  disk = make_disk ();
  assert_read (disk, 3 * PIECE, PIECE);
}

static void
test_impossible (void)
{
  g_test_trap_subprocess ("/disk/lend/impossible/subprocess", 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);
  g_test_add_func ("/disk/lend/lent", test_lent);
  g_test_add_func ("/disk/lend/read-instead", test_read_instead);
  g_test_add_func ("/disk/lend/parts", test_parts);
  g_test_add_func ("/disk/lend/changed", test_changed);
  g_test_add_func ("/disk/lend/at-once", test_at_once);
  g_test_add_func ("/disk/lend/cold", test_cold);
  g_test_add_func ("/disk/lend/outlives-storage", test_outlives_storage);
  g_test_add_func ("/disk/lend/nobody-waits", test_nobody_waits);
  g_test_add_func ("/disk/lend/not-too-many", test_not_too_many);
  g_test_add_func ("/disk/lend/impossible", test_impossible);
  g_test_add_func ("/disk/lend/impossible/subprocess", test_impossible_child);
  return ft_disk_test_run ();
}
