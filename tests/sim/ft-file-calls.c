/* ft-file-calls.c: the file calls of this program: counted, made to fail, written down.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-calls-private.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Functions of the C library under their own names: what is declared here as call_NAME is NAME for the linker, which
 * takes it before that of the library, for the library's other users as well. That there can be only one of each is
 * why this file has state of its own. */

FtFileCallsState ft_file_calls = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Settings. */

void
ft_file_calls_watch (const char *root)
{
  pthread_mutex_lock (&ft_file_calls.lock);
  g_clear_pointer (&ft_file_calls.border, g_free);
  g_free (ft_file_calls.root);
  ft_file_calls.root = g_strdup (root);
  ft_file_calls.power = NULL;
  g_clear_pointer (&ft_file_calls.path, g_free);
  ft_file_calls.kinds = 0;
  ft_file_calls.n = ft_file_calls.n_calls = ft_file_calls.n_failed = 0;
  pthread_mutex_unlock (&ft_file_calls.lock);
}

void
ft_file_calls_fail (FtCalls kinds, const char *path, guint skip, guint n, int error_number)
{
  pthread_mutex_lock (&ft_file_calls.lock);
  g_free (ft_file_calls.path);
  ft_file_calls.path = g_strdup (path);
  ft_file_calls.kinds = kinds;
  ft_file_calls.skip = skip;
  ft_file_calls.n = n;
  ft_file_calls.error_number = error_number;
  ft_file_calls.n_calls = ft_file_calls.n_failed = 0;
  pthread_mutex_unlock (&ft_file_calls.lock);
}

guint
ft_file_calls_count (void)
{
  guint n;

  pthread_mutex_lock (&ft_file_calls.lock);
  n = ft_file_calls.n_calls;
  pthread_mutex_unlock (&ft_file_calls.lock);
  return n;
}

guint
ft_file_calls_n_failed (void)
{
  guint n;

  pthread_mutex_lock (&ft_file_calls.lock);
  n = ft_file_calls.n_failed;
  pthread_mutex_unlock (&ft_file_calls.lock);
  return n;
}

void
ft_file_calls_set_border (const char *folder)
{
  pthread_mutex_lock (&ft_file_calls.lock);
  g_free (ft_file_calls.border);
  ft_file_calls.border = g_strdup (folder);
  pthread_mutex_unlock (&ft_file_calls.lock);
}

void
ft_file_calls_set_power (FtPower *power)
{
  pthread_mutex_lock (&ft_file_calls.lock);
  ft_file_calls.power = power;
  pthread_mutex_unlock (&ft_file_calls.lock);
}

void
ft_file_calls_set_room (guint64 bytes)
{
  pthread_mutex_lock (&ft_file_calls.lock);
  ft_file_calls.room = bytes;
  pthread_mutex_unlock (&ft_file_calls.lock);
}

/* What is watched. */

gboolean
ft_file_calls_is_beneath (const char *path, const char *root)
{
  gsize length = root != NULL ? strlen (root) : 0;

  return root != NULL && strncmp (path, root, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static gboolean
get_fd_path (int fd, char out[PATH_MAX])
{
  char link[64];
  gssize n;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  n = readlink (link, out, PATH_MAX - 1);
  if (n < 0)
    return FALSE;
  out[n] = '\0';
  return TRUE;
}

gboolean
ft_file_calls_get_path (int dir_fd, const char *name, char out[PATH_MAX])
{
  gsize length;

  if (name[0] == '/')
    return g_strlcpy (out, name, PATH_MAX) < PATH_MAX;
  if (dir_fd == AT_FDCWD || !get_fd_path (dir_fd, out))
    return FALSE;
  if (strcmp (name, ".") == 0 || *name == '\0')
    return TRUE;
  length = strlen (out);
  return (gsize) snprintf (out + length, PATH_MAX - length, "/%s", name) < PATH_MAX - length;
}

/* Called with the lock held. Returns: FALSE with errno when the call fails */
static gboolean
count (FtCalls kind, const char *path)
{
  if ((ft_file_calls.kinds & kind) == 0 || !ft_file_calls_is_beneath (path, ft_file_calls.path))
    return TRUE;
  ft_file_calls.n_calls++;
  if (ft_file_calls.n_calls <= ft_file_calls.skip || ft_file_calls.n_calls - ft_file_calls.skip > ft_file_calls.n)
    return TRUE;
  ft_file_calls.n_failed++;
  errno = ft_file_calls.error_number;
  return FALSE;
}

/* Not before somebody watches: the loader calls some of these before anything is there. */
static gboolean
is_idle (void)
{
  return __atomic_load_n (&ft_file_calls.root, __ATOMIC_RELAXED) == NULL;
}

/* @path: (out): of what the call is about, "" when it is not watched. Returns: FALSE with errno when it fails */
gboolean
ft_file_calls_begin (FtCalls kind, int dir_fd, const char *name, char path[PATH_MAX])
{
  int saved = errno;
  gboolean ok = TRUE;

  path[0] = '\0';
  if (is_idle ())
    return TRUE;
  pthread_mutex_lock (&ft_file_calls.lock);
  if (!(name != NULL ? ft_file_calls_get_path (dir_fd, name, path) : get_fd_path (dir_fd, path)) || !ft_file_calls_is_beneath (path, ft_file_calls.root))
    path[0] = '\0';
  else
    ok = count (kind, path);
  pthread_mutex_unlock (&ft_file_calls.lock);
  if (ok)
    errno = saved;
  return ok;
}

/* Opening. */

typedef int (*OpenAt) (int, const char *, int, ...);

static int
do_open (OpenAt real, int dir_fd, const char *name, int flags, mode_t mode)
{
  gboolean may_make = (flags & O_CREAT) != 0;
  struct stat info;
  gboolean is_there;
  char path[PATH_MAX];
  int fd;

  is_there = may_make && !is_idle () && fstatat (dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
  if (!ft_file_calls_begin (may_make && !is_there ? FT_CALL_MAKE : FT_CALL_OPEN, dir_fd, name, path))
    return -1;
  fd = real (dir_fd, name, flags, mode);
  if (fd >= 0 && may_make && !is_there)
    NOTE (path, ft_power_made (ft_file_calls.power, path, fd));
  else if (fd >= 0 && (flags & O_TRUNC) != 0)
    NOTE (path, ft_power_resized (ft_file_calls.power, fd, 0));
  return fd;
}

int call_openat (int dir_fd, const char *name, int flags, mode_t mode) AS ("openat64");
int
call_openat (int dir_fd, const char *name, int flags, mode_t mode)
{
  REAL (OpenAt, "openat64");
  return do_open (real, dir_fd, name, flags, mode);
}
ALSO ("openat", "openat64");

int call_open (const char *name, int flags, mode_t mode) AS ("open64");
int
call_open (const char *name, int flags, mode_t mode)
{
  REAL (OpenAt, "openat64");
  return do_open (real, AT_FDCWD, name, flags, mode);
}
ALSO ("open", "open64");

/* As they are called when the compiler checks that a mode is not missing. */
int call_openat_2 (int dir_fd, const char *name, int flags) AS ("__openat64_2");
int
call_openat_2 (int dir_fd, const char *name, int flags)
{
  return call_openat (dir_fd, name, flags, 0);
}
ALSO ("__openat_2", "__openat64_2");

int call_open_2 (const char *name, int flags) AS ("__open64_2");
int
call_open_2 (const char *name, int flags)
{
  return call_open (name, flags, 0);
}
ALSO ("__open_2", "__open64_2");

typedef long (*SysCall) (long, long, long, long, long, long, long);

/* openat2() has no name of its own in the library. */
long call_syscall (long number, long a, long b, long c, long d, long e, long f) AS ("syscall");
long
call_syscall (long number, long a, long b, long c, long d, long e, long f)
{
  REAL (SysCall, "syscall");
  char path[PATH_MAX];

  if (number == SYS_openat2
      && !ft_file_calls_begin ((((const struct open_how *) c)->flags & O_PATH) != 0 ? FT_CALL_LOOK : FT_CALL_OPEN, (int) a,
                 (const char *) b, path))
    return -1;
  return real (number, a, b, c, d, e, f);
}

/* Looking. */

typedef int (*FStatAt) (int, const char *, struct stat *, int);

int call_fstatat (int dir_fd, const char *name, struct stat *out, int flags) AS ("fstatat64");
int
call_fstatat (int dir_fd, const char *name, struct stat *out, int flags)
{
  REAL (FStatAt, "fstatat64");
  char path[PATH_MAX];

  return ft_file_calls_begin (FT_CALL_LOOK, dir_fd, name, path) ? real (dir_fd, name, out, flags) : -1;
}
ALSO ("fstatat", "fstatat64");

int call_stat (const char *name, struct stat *out) AS ("stat64");
int
call_stat (const char *name, struct stat *out)
{
  return call_fstatat (AT_FDCWD, name, out, 0);
}
ALSO ("stat", "stat64");

/* Reading. */

typedef gssize (*PRead) (int, void *, gsize, off_t);

gssize call_pread (int fd, void *out, gsize length, off_t offset) AS ("pread64");
gssize
call_pread (int fd, void *out, gsize length, off_t offset)
{
  REAL (PRead, "pread64");
  char path[PATH_MAX];

  return ft_file_calls_begin (FT_CALL_READ, fd, NULL, path) ? real (fd, out, length, offset) : -1;
}
ALSO ("pread", "pread64");

gssize call_pread_chk (int fd, void *out, gsize length, off_t offset, gsize room) AS ("__pread64_chk");
gssize
call_pread_chk (int fd, void *out, gsize length, off_t offset, gsize room)
{
  g_assert (length <= room);
  return call_pread (fd, out, length, offset);
}
ALSO ("__pread_chk", "__pread64_chk");

typedef gssize (*SendFile) (int, int, off_t *, gsize);

gssize call_sendfile (int to, int from, off_t *offset, gsize length) AS ("sendfile64");
gssize
call_sendfile (int to, int from, off_t *offset, gsize length)
{
  REAL (SendFile, "sendfile64");
  char path[PATH_MAX];

  return ft_file_calls_begin (FT_CALL_READ, from, NULL, path) ? real (to, from, offset, length) : -1;
}
ALSO ("sendfile", "sendfile64");

/* Writing. */

typedef gssize (*PWrite) (int, const void *, gsize, off_t);

gssize call_pwrite (int fd, const void *data, gsize length, off_t offset) AS ("pwrite64");
gssize
call_pwrite (int fd, const void *data, gsize length, off_t offset)
{
  REAL (PWrite, "pwrite64");
  char path[PATH_MAX];
  gssize n;

  if (!ft_file_calls_begin (FT_CALL_WRITE, fd, NULL, path))
    return -1;
  n = real (fd, data, length, offset);
  if (n > 0)
    NOTE (path, ft_power_written (ft_file_calls.power, fd, (guint64) offset, data, (gsize) n));
  return n;
}
ALSO ("pwrite", "pwrite64");

gssize call_pwritev (int fd, const struct iovec *parts, int n_parts, off_t offset) AS ("pwritev64");
gssize
call_pwritev (int fd, const struct iovec *parts, int n_parts, off_t offset)
{
  gssize n = 0;

  for (int i = 0; i < n_parts; i++)
    {
      gssize m = call_pwrite (fd, parts[i].iov_base, parts[i].iov_len, offset + n);

      if (m < 0)
        return n > 0 ? n : m;
      n += m;
      if ((gsize) m < parts[i].iov_len)
        break;
    }
  return n;
}
ALSO ("pwritev", "pwritev64");

typedef gssize (*Write) (int, const void *, gsize);

gssize call_write (int fd, const void *data, gsize length) AS ("write");
gssize
call_write (int fd, const void *data, gsize length)
{
  REAL (Write, "write");
  char path[PATH_MAX];
  gssize n;

  if (!ft_file_calls_begin (FT_CALL_WRITE, fd, NULL, path))
    return -1;
  n = real (fd, data, length);
  if (n > 0 && path[0] != '\0')
    {
      off_t end = lseek (fd, 0, SEEK_CUR);

      NOTE (path, ft_power_written (ft_file_calls.power, fd, (guint64) (end - n), data, (gsize) n));
    }
  return n;
}

typedef int (*FTruncate) (int, off_t);

int call_ftruncate (int fd, off_t size) AS ("ftruncate64");
int
call_ftruncate (int fd, off_t size)
{
  REAL (FTruncate, "ftruncate64");
  char path[PATH_MAX];
  int result;

  if (!ft_file_calls_begin (FT_CALL_WRITE, fd, NULL, path))
    return -1;
  result = real (fd, size);
  if (result == 0)
    NOTE (path, ft_power_resized (ft_file_calls.power, fd, (guint64) size));
  return result;
}
ALSO ("ftruncate", "ftruncate64");

typedef int (*FAllocate) (int, int, off_t, off_t);

int call_fallocate (int fd, int mode, off_t offset, off_t length) AS ("fallocate64");
int
call_fallocate (int fd, int mode, off_t offset, off_t length)
{
  REAL (FAllocate, "fallocate64");
  char path[PATH_MAX];
  int result;

  if (!ft_file_calls_begin (FT_CALL_WRITE, fd, NULL, path))
    return -1;
  result = real (fd, mode, offset, length);
  if (result == 0 && (mode & FALLOC_FL_PUNCH_HOLE) != 0)
    NOTE (path, ft_power_punched (ft_file_calls.power, fd, (guint64) offset, (guint64) length));
  else if (result == 0)
    NOTE (path, ft_power_resized (ft_file_calls.power, fd, (guint64) (offset + length)));
  return result;
}
ALSO ("fallocate", "fallocate64");

int call_posix_fallocate (int fd, off_t offset, off_t length) AS ("posix_fallocate64");
int
call_posix_fallocate (int fd, off_t offset, off_t length)
{
  return call_fallocate (fd, 0, offset, length) == 0 ? 0 : errno;
}
ALSO ("posix_fallocate", "posix_fallocate64");

typedef gssize (*CopyFileRange) (int, off_t *, int, off_t *, gsize, unsigned int);

/* A journal needs the bytes: then files are copied by way of memory. */
gssize call_copy_file_range (int from, off_t *from_offset, int to, off_t *to_offset, gsize length, unsigned int flags)
  AS ("copy_file_range");
gssize
call_copy_file_range (int from, off_t *from_offset, int to, off_t *to_offset, gsize length, unsigned int flags)
{
  REAL (CopyFileRange, "copy_file_range");
  char path[PATH_MAX];

  if (!ft_file_calls_begin (FT_CALL_WRITE, to, NULL, path))
    return -1;
  if (path[0] != '\0')
    {
      errno = EXDEV;
      return -1;
    }
  return real (from, from_offset, to, to_offset, length, flags);
}

typedef int (*FUTimens) (int, const struct timespec *);

int call_futimens (int fd, const struct timespec times[2]) AS ("futimens");
int
call_futimens (int fd, const struct timespec times[2])
{
  REAL (FUTimens, "futimens");
  char path[PATH_MAX];
  int result;

  if (!ft_file_calls_begin (FT_CALL_WRITE, fd, NULL, path))
    return -1;
  result = real (fd, times);
  if (result == 0)
    NOTE (path, ft_power_timed (ft_file_calls.power, fd));
  return result;
}

/* Syncing. */

typedef int (*Sync) (int);

/* What is watched is gone soon: nobody has to wait for a real disk. */
static int
do_sync (Sync real, int fd, gboolean data_only)
{
  char path[PATH_MAX];

  if (!ft_file_calls_begin (FT_CALL_SYNC, fd, NULL, path))
    return -1;
  if (path[0] == '\0')
    return real (fd);
  NOTE (path, ft_power_synced (ft_file_calls.power, fd, path, data_only));
  return 0;
}

int call_fsync (int fd) AS ("fsync");
int
call_fsync (int fd)
{
  REAL (Sync, "fsync");
  return do_sync (real, fd, FALSE);
}

int call_fdatasync (int fd) AS ("fdatasync");
int
call_fdatasync (int fd)
{
  REAL (Sync, "fdatasync");
  return do_sync (real, fd, TRUE);
}

int call_syncfs (int fd) AS ("syncfs");
int
call_syncfs (int fd)
{
  REAL (Sync, "syncfs");
  char path[PATH_MAX];

  if (!ft_file_calls_begin (FT_CALL_SYNC, fd, NULL, path))
    return -1;
  if (path[0] == '\0')
    return real (fd);
  NOTE (path, ft_power_synced_all (ft_file_calls.power));
  return 0;
}

/* Space. */

static void
change_room (struct statvfs *info)
{
  pthread_mutex_lock (&ft_file_calls.lock);
  if (ft_file_calls.room > 0 && info->f_frsize > 0)
    info->f_bavail = info->f_bfree = ft_file_calls.room / info->f_frsize;
  pthread_mutex_unlock (&ft_file_calls.lock);
}

typedef int (*StatVfs) (const char *, struct statvfs *);

int call_statvfs (const char *name, struct statvfs *out) AS ("statvfs64");
int
call_statvfs (const char *name, struct statvfs *out)
{
  REAL (StatVfs, "statvfs64");
  int result;

  result = real (name, out);
  if (result == 0)
    change_room (out);
  return result;
}
ALSO ("statvfs", "statvfs64");

typedef int (*FStatVfs) (int, struct statvfs *);

int call_fstatvfs (int fd, struct statvfs *out) AS ("fstatvfs64");
int
call_fstatvfs (int fd, struct statvfs *out)
{
  REAL (FStatVfs, "fstatvfs64");
  int result;

  result = real (fd, out);
  if (result == 0)
    change_room (out);
  return result;
}
ALSO ("fstatvfs", "fstatvfs64");
