/* ft-file-calls-names.c: the file calls of this program that make, rename and remove.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-calls-private.h"

#include <fcntl.h>
#include <sys/stat.h>

typedef int (*MkDirAt) (int, const char *, mode_t);

int call_mkdirat (int dir_fd, const char *name, mode_t mode) AS ("mkdirat");
int
call_mkdirat (int dir_fd, const char *name, mode_t mode)
{
  REAL (MkDirAt, "mkdirat");
  char path[PATH_MAX];
  int result;

  if (!ft_file_calls_begin (FT_CALL_MAKE, dir_fd, name, path))
    return -1;
  result = real (dir_fd, name, mode);
  if (result == 0)
    NOTE (path, ft_power_made (ft_file_calls.power, path, -1));
  return result;
}

int call_mkdir (const char *name, mode_t mode) AS ("mkdir");
int
call_mkdir (const char *name, mode_t mode)
{
  return call_mkdirat (AT_FDCWD, name, mode);
}

typedef int (*RenameAt2) (int, const char *, int, const char *, unsigned int);

int call_renameat2 (int from_fd, const char *from, int to_fd, const char *to, unsigned int flags) AS ("renameat2");
int
call_renameat2 (int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
  REAL (RenameAt2, "renameat2");
  char path[PATH_MAX], to_path[PATH_MAX];
  int result;

  if (!ft_file_calls_begin (FT_CALL_RENAME, from_fd, from, path))
    return -1;
  if (path[0] != '\0' && (!ft_file_calls_get_path (to_fd, to, to_path)
                          || ft_file_calls_is_beneath (path, ft_file_calls.border) != ft_file_calls_is_beneath (to_path, ft_file_calls.border)))
    {
      errno = EXDEV;
      return -1;
    }
  result = real (from_fd, from, to_fd, to, flags);
  if (result == 0 && path[0] != '\0')
    {
      gboolean stays = ft_file_calls_is_beneath (to_path, ft_file_calls.root);

      NOTE (path, stays ? ft_power_renamed (ft_file_calls.power, path, to_path) : ft_power_removed (ft_file_calls.power, path, FALSE));
    }
  return result;
}

int call_renameat (int from_fd, const char *from, int to_fd, const char *to) AS ("renameat");
int
call_renameat (int from_fd, const char *from, int to_fd, const char *to)
{
  return call_renameat2 (from_fd, from, to_fd, to, 0);
}

int call_rename (const char *from, const char *to) AS ("rename");
int
call_rename (const char *from, const char *to)
{
  return call_renameat2 (AT_FDCWD, from, AT_FDCWD, to, 0);
}

typedef int (*UnlinkAt) (int, const char *, int);

int call_unlinkat (int dir_fd, const char *name, int flags) AS ("unlinkat");
int
call_unlinkat (int dir_fd, const char *name, int flags)
{
  REAL (UnlinkAt, "unlinkat");
  char path[PATH_MAX];
  int result;

  if (!ft_file_calls_begin (FT_CALL_REMOVE, dir_fd, name, path))
    return -1;
  result = real (dir_fd, name, flags);
  if (result == 0)
    NOTE (path, ft_power_removed (ft_file_calls.power, path, (flags & AT_REMOVEDIR) != 0));
  return result;
}

int call_unlink (const char *name) AS ("unlink");
int
call_unlink (const char *name)
{
  return call_unlinkat (AT_FDCWD, name, 0);
}

int call_rmdir (const char *name) AS ("rmdir");
int
call_rmdir (const char *name)
{
  return call_unlinkat (AT_FDCWD, name, AT_REMOVEDIR);
}
