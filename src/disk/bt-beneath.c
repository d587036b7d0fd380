/* bt-beneath.c: files and folders strictly beneath an open folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-beneath-private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* O_NONBLOCK: opening a FIFO that somebody planted must not hang the worker. */
#define ALWAYS_FLAGS (O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
#define FOLDER_FLAGS (O_CLOEXEC | O_NOFOLLOW | O_PATH | O_DIRECTORY)

/* Copies the first component of *@path to @name and steps over it. FALSE with errno when it is none
 * that a name of ours can have. */
static gboolean
next_component (const char **path, char name[NAME_MAX + 1])
{
  gsize length = strcspn (*path, "/");

  if (length > NAME_MAX)
    {
      errno = ENAMETOOLONG;
      return FALSE;
    }
  memcpy (name, *path, length);
  name[length] = '\0';
  *path += length;
  if (**path == '/')
    (*path)++;
  else if (**path == '\0')
    *path = NULL;
  if (length == 0 || strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    {
      errno = EINVAL;
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_inside (const char *path)
{
  char name[NAME_MAX + 1];

  while (path != NULL)
    if (!next_component (&path, name))
      return FALSE;
  return TRUE;
}

static int
open_folder (int dir_fd, const char *name, gboolean make)
{
  int fd = openat (dir_fd, name, FOLDER_FLAGS);

  if (fd >= 0 || errno != ENOENT || !make)
    return fd;
  if (mkdirat (dir_fd, name, 0777) < 0 && errno != EEXIST)
    return -1;
  return openat (dir_fd, name, FOLDER_FLAGS);
}

static int
close_keeping_errno (int fd, int result)
{
  int saved = errno;

  close (fd);
  errno = saved;
  return result;
}

/* Opens the folder that holds @path, a component at a time, and writes the last one to @name. */
static int
open_parent_by_steps (int root_fd, const char *path, gboolean make, char name[NAME_MAX + 1])
{
  int fd = fcntl (root_fd, F_DUPFD_CLOEXEC, 3);

  while (fd >= 0)
    {
      int next = -1;

      if (next_component (&path, name))
        {
          if (path == NULL)
            return fd;
          next = open_folder (fd, name, make);
        }
      fd = close_keeping_errno (fd, next);
    }
  return -1;
}

static int
open_by_steps (int root_fd, const char *path, int flags)
{
  char name[NAME_MAX + 1];
  int parent = open_parent_by_steps (root_fd, path, FALSE, name);

  if (parent < 0)
    return -1;
  return close_keeping_errno (parent, openat (parent, name, flags));
}

int
bt_beneath_open (int root_fd, const char *path, int flags)
{
  struct open_how how = {
    .flags = (guint64) (flags | ALWAYS_FLAGS),
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  long fd;

  g_assert ((flags & (O_CREAT | O_TRUNC)) == 0);
  if (!is_inside (path))
    return -1;
  /* openat2() refuses flags that open() ignores. */
  if ((flags & O_PATH) != 0)
    how.flags &= (guint64) (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  fd = syscall (SYS_openat2, root_fd, path, &how, sizeof how);
  /* Old kernels do not have it, old sandboxes do not let it through; a rename beside us may give
   * EAGAIN. The long way tells the real error. */
  if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN))
    return open_by_steps (root_fd, path, (int) how.flags);
  return (int) fd;
}

/* In one step if the folder is there. */
static int
open_parent (int root_fd, const char *path, gboolean make, char name[NAME_MAX + 1])
{
  const char *slash = strrchr (path, '/');
  g_autofree char *folder = NULL;
  const char *last;
  int fd;

  if (slash == NULL)
    return open_parent_by_steps (root_fd, path, make, name);
  last = slash + 1;
  if (!next_component (&last, name))
    return -1;
  folder = g_strndup (path, (gsize) (slash - path));
  fd = bt_beneath_open (root_fd, folder, O_PATH | O_DIRECTORY);
  if (fd < 0 && errno == ENOENT && make)
    fd = open_parent_by_steps (root_fd, path, TRUE, name);
  return fd;
}

int
bt_beneath_create (int root_fd, const char *path, int flags)
{
  char name[NAME_MAX + 1];
  int parent = open_parent (root_fd, path, TRUE, name);

  if (parent < 0)
    return -1;
  return close_keeping_errno (parent,
                              openat (parent, name, flags | ALWAYS_FLAGS | O_CREAT | O_EXCL, 0666));
}

int
bt_beneath_stat (int root_fd, const char *path, struct stat *out)
{
  int fd = bt_beneath_open (root_fd, path, O_PATH);

  if (fd < 0)
    return -1;
  return close_keeping_errno (fd, fstat (fd, out));
}

int
bt_beneath_unlink (int root_fd, const char *path)
{
  char name[NAME_MAX + 1];
  struct stat info;
  int parent = open_parent (root_fd, path, FALSE, name);
  int result;

  if (parent < 0)
    return -1;
  result = fstatat (parent, name, &info, AT_SYMLINK_NOFOLLOW);
  if (result == 0 && !S_ISREG (info.st_mode))
    {
      errno = EPERM;
      result = -1;
    }
  if (result == 0)
    result = unlinkat (parent, name, 0);
  return close_keeping_errno (parent, result);
}

int
bt_beneath_rmdir (int root_fd, const char *path)
{
  char name[NAME_MAX + 1];
  int parent = open_parent (root_fd, path, FALSE, name);

  if (parent < 0)
    return -1;
  return close_keeping_errno (parent, unlinkat (parent, name, AT_REMOVEDIR));
}

/* Not every file system can refuse to replace what is there: then somebody who is very quick could
 * have put it there in between. */
static int
rename_without_replacing (int from_fd, const char *from, int to_fd, const char *to)
{
  struct stat info;
  int result = renameat2 (from_fd, from, to_fd, to, RENAME_NOREPLACE);

  if (result == 0 || (errno != EINVAL && errno != ENOSYS && errno != EPERM))
    return result;
  if (fstatat (to_fd, to, &info, AT_SYMLINK_NOFOLLOW) == 0)
    {
      errno = EEXIST;
      return -1;
    }
  return errno == ENOENT ? renameat (from_fd, from, to_fd, to) : -1;
}

int
bt_beneath_rename (int from_root_fd, const char *from, int to_root_fd, const char *to)
{
  char from_name[NAME_MAX + 1], to_name[NAME_MAX + 1];
  int from_parent = open_parent (from_root_fd, from, FALSE, from_name);
  int to_parent, result;

  if (from_parent < 0)
    return -1;
  to_parent = open_parent (to_root_fd, to, TRUE, to_name);
  if (to_parent < 0)
    return close_keeping_errno (from_parent, -1);
  result = rename_without_replacing (from_parent, from_name, to_parent, to_name);
  result = close_keeping_errno (to_parent, result);
  return close_keeping_errno (from_parent, result);
}
