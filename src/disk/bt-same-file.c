/* bt-same-file.c: whether a path leads to a file that was seen by another name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int
open_path (const char *root, const char *path)
{
  int root_fd = open (root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int fd = root_fd >= 0 ? bt_beneath_open (root_fd, path, O_PATH) : -1;
  int saved = errno;

  if (root_fd >= 0)
    close (root_fd);
  errno = saved;
  return fd;
}

/* If it cannot be seen, it may. */
gboolean
bt_file_leads_to_in_disk (BtFileSet *set, const char *root, const char *path, const struct stat *info)
{
  struct stat there;
  gboolean same;
  int fd = open_path (root, path);

  if (fd < 0 && bt_file_set_make_room_in_disk (set, errno))
    fd = open_path (root, path);
  if (fd < 0)
    return errno != ENOENT && errno != ENOTDIR && errno != ELOOP;
  same = fstat (fd, &there) != 0 || (info->st_ino == there.st_ino && info->st_dev == there.st_dev);
  close (fd);
  return same;
}
