/* bt-same-file.c: whether two paths lead to one file, or folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"
#include "bt-path.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* The same device and inode number are not enough: some file systems make numbers up, and two files may have one. A file
 * that has no more than one name is the same only if the names and their folders are the same; one with several names
 * (hard links) may be reached by each. */

/* Where a path leads. */
typedef struct
{
  struct stat info;
  struct stat folder;
  gboolean is_mount; /* of that file alone: a name that is not counted */
} Place;

static gboolean
is_same_number (const struct stat *one, const struct stat *other)
{
  return one->st_ino == other->st_ino && one->st_dev == other->st_dev;
}

/* A file on which another one is mounted. Kernels before 5.8 do not say. */
static gboolean
is_mount (int fd)
{
  struct statx info;

  return statx (fd, "", AT_EMPTY_PATH, 0, &info) == 0
         && (info.stx_attributes_mask & info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

static gboolean
look_at_folder (int root_fd, const char *path, struct stat *out)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return strchr (path, '/') == NULL ? fstat (root_fd, out) == 0 : bt_beneath_stat (root_fd, folder, out) == 0;
}

/* Returns: FALSE with errno */
static gboolean
find_place (int root_fd, const char *path, Place *out)
{
  int fd = bt_beneath_open (root_fd, path, O_PATH);
  gboolean found = fd >= 0 && fstat (fd, &out->info) == 0 && look_at_folder (root_fd, path, &out->folder);
  int saved = errno;

  out->is_mount = found && is_mount (fd);
  if (fd >= 0)
    close (fd);
  errno = saved;
  return found;
}

static gboolean
find_place_below (const char *root, const char *path, Place *out)
{
  int root_fd = open (root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  gboolean found = root_fd >= 0 && find_place (root_fd, path, out);
  int saved = errno;

  if (root_fd >= 0)
    close (root_fd);
  errno = saved;
  return found;
}

static gboolean
is_same_name (const char *one, const char *other)
{
  g_autofree char *one_name = g_path_get_basename (one);
  g_autofree char *other_name = g_path_get_basename (other);
  g_autofree char *one_key = bt_path_collision_key (one_name);
  g_autofree char *other_key = bt_path_collision_key (other_name);

  return strcmp (one_key, other_key) == 0;
}

BtSameness
bt_file_compare_in_disk (BtFileSet *set, const BtSeenFile *seen, const char *root, const char *path)
{
  Place here, there;
  gboolean found = find_place_below (root, path, &there);

  if (!found && bt_file_set_make_room_in_disk (set, errno))
    found = find_place_below (root, path, &there);
  if (!found)
    return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? BT_SAME_NOT : BT_SAME_NAME;
  if (!is_same_number (&seen->info, &there.info))
    return BT_SAME_NOT;
  if (!find_place (seen->root_fd, seen->path, &here))
    return BT_SAME_NAME;
  if (is_same_number (&here.folder, &there.folder) && is_same_name (seen->path, path))
    return BT_SAME_NAME;
  return there.info.st_nlink > 1 || here.is_mount || there.is_mount ? BT_SAME_FILE : BT_SAME_NOT;
}

/* Folders. Where all have one number, their paths have to say it. */

static gboolean
has_number (int fd, const struct stat *info)
{
  struct stat parent;

  return fstatat (fd, "..", &parent, 0) < 0 || !is_same_number (&parent, info);
}

static gboolean
is_same_path (const char *one, const char *other)
{
  char *one_path = realpath (one, NULL), *other_path = realpath (other, NULL);
  gboolean same = g_strcmp0 (one_path, other_path) == 0;

  free (one_path);
  free (other_path);
  return same;
}

gboolean
bt_folder_is_same_in_disk (int one_fd, const char *one, int other_fd, const char *other)
{
  struct stat one_info, other_info;

  return fstat (one_fd, &one_info) == 0 && fstat (other_fd, &other_info) == 0
         && is_same_number (&one_info, &other_info)
         && (has_number (other_fd, &other_info) || is_same_path (one, other));
}
