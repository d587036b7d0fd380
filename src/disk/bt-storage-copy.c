/* bt-storage-copy.c: a file of one file system copied to another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define STEP_BYTES (8 * 1024 * 1024)   /* between looks at whether to stop */
#define BUFFER_BYTES (1024 * 1024)
/* FAT keeps times to two seconds. */
#define TIME_TOLERANCE_NS (2 * G_GINT64_CONSTANT (1000000000))

typedef struct
{
  int from;
  int to;
  guint8 *buffer; /* (nullable): the kernel cannot copy between the two */
  gboolean (*went) (guint64 bytes, gpointer data);
  gpointer data;
} Copy;

/* Old kernels refuse between file systems, and some file systems always. */
static gboolean
is_refusal (int error_number)
{
  return error_number == EXDEV || error_number == EINVAL || error_number == ENOSYS || error_number == EOPNOTSUPP
         || error_number == EPERM || error_number == EBADF || error_number == ETXTBSY;
}

static gssize
copy_by_buffer (Copy *copy, off_t offset, gsize length)
{
  gssize n = pread (copy->from, copy->buffer, MIN (length, BUFFER_BYTES), offset);

  for (gssize written = 0; written < n;)
    {
      gssize m = pwrite (copy->to, copy->buffer + written, (gsize) (n - written), offset + written);

      if (m < 0 && errno != EINTR)
        return -1;
      written += MAX (m, 0);
    }
  return n;
}

static gssize
copy_some (Copy *copy, off_t offset, gsize length)
{
  off_t from = offset, to = offset;
  gssize n;

  if (copy->buffer != NULL)
    return copy_by_buffer (copy, offset, length);
  n = copy_file_range (copy->from, &from, copy->to, &to, length, 0);
  /* Some file systems say 0 for what they cannot do; at the end of the file reading says it again. */
  if (n > 0 || (n < 0 && !is_refusal (errno)))
    return n;
  copy->buffer = g_malloc (BUFFER_BYTES);
  return copy_by_buffer (copy, offset, length);
}

static BtCopyResult
copy_run (Copy *copy, off_t offset, off_t end)
{
  while (offset < end)
    {
      gssize n = copy_some (copy, offset, (gsize) MIN (end - offset, STEP_BYTES));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n == 0 ? BT_COPY_CHANGED : BT_COPY_FAILED;
      offset += n;
      if (!copy->went ((guint64) n, copy->data))
        return BT_COPY_STOPPED;
    }
  return BT_COPY_DONE;
}

/* Holes stay holes: an unfinished file is mostly holes. */
static BtCopyResult
copy_runs (Copy *copy, off_t size)
{
  for (off_t at = 0; at < size;)
    {
      off_t data = lseek (copy->from, at, SEEK_DATA);
      off_t hole;
      BtCopyResult result;

      if (data < 0)
        data = errno == ENXIO ? size : at; /* else it does not know of holes */
      data = MIN (data, size);
      if (!copy->went ((guint64) (data - at), copy->data))
        return BT_COPY_STOPPED;
      hole = data < size ? lseek (copy->from, data, SEEK_HOLE) : size;
      at = hole < 0 ? size : MIN (hole, size);
      result = copy_run (copy, data, at);
      if (result != BT_COPY_DONE)
        return result;
    }
  return ftruncate (copy->to, size) == 0 ? BT_COPY_DONE : BT_COPY_FAILED;
}

/* The time is set when all else is on the platter: a file that has it is complete, even after a crash. */
static BtCopyResult
finish_copy (const Copy *copy, const struct stat *original)
{
  const struct timespec times[2] = { original->st_atim, original->st_mtim };
  struct stat now;

  if (fstat (copy->from, &now) < 0)
    return BT_COPY_FAILED;
  if (now.st_size != original->st_size || bt_file_mtime_ns (&now) != bt_file_mtime_ns (original))
    return BT_COPY_CHANGED;
  (void) fchmod (copy->to, original->st_mode & 0777);
  return fsync (copy->to) == 0 && futimens (copy->to, times) == 0 ? BT_COPY_DONE : BT_COPY_FAILED;
}

BtCopyResult
bt_file_copy_in_disk (int from_fd, int to_root_fd, const char *to, gboolean (*went) (guint64 bytes, gpointer data),
                      gpointer data)
{
  Copy copy = { .from = from_fd, .went = went, .data = data };
  BtCopyResult result;
  struct stat original;
  int saved;

  if (fstat (from_fd, &original) < 0)
    return BT_COPY_FAILED;
  copy.to = bt_beneath_create (to_root_fd, to, O_RDWR);
  if (copy.to < 0)
    return BT_COPY_FAILED;
  posix_fadvise (from_fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  result = copy_runs (&copy, original.st_size);
  if (result == BT_COPY_DONE)
    result = finish_copy (&copy, &original);
  saved = errno;
  close (copy.to);
  g_free (copy.buffer);
  if (result != BT_COPY_DONE)
    (void) bt_beneath_unlink (to_root_fd, to);
  errno = saved;
  return result;
}

gboolean
bt_file_is_copy (const struct stat *original, const struct stat *copy)
{
  gint64 apart = bt_file_mtime_ns (copy) - bt_file_mtime_ns (original);

  return S_ISREG (original->st_mode) && S_ISREG (copy->st_mode) && original->st_size == copy->st_size
         && ABS (apart) < TIME_TOLERANCE_NS;
}
