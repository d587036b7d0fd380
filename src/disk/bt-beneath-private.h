/* bt-beneath-private.h: files and folders strictly beneath an open folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* Paths are relative, components joined by '/'. One that is not ("", "/x", "a//b", "..") fails with
 * EINVAL, a symlink anywhere in it with ELOOP or ENOTDIR: nothing outside @root_fd is ever reached.
 * All return -1 with errno. For worker threads: every call may block. */

/* Opens what is there; never makes, truncates or follows. @flags: access mode and O_PATH,
 * O_DIRECTORY. */
int bt_beneath_open (int root_fd, const char *path, int flags);

/* Makes a file and the folders on the way; EEXIST when something has the name. */
int bt_beneath_create (int root_fd, const char *path, int flags);

/* What has the name, symlinks themselves. */
int bt_beneath_stat (int root_fd, const char *path, struct stat *out);

/* Removes a regular file; EPERM when it is something else. */
int bt_beneath_unlink (int root_fd, const char *path);

/* Renames a file or folder, from beneath one root to beneath another, and makes the folders on the way.
 * EEXIST when something has the new name, EXDEV when it is on another file system. */
int bt_beneath_rename (int from_root_fd, const char *from, int to_root_fd, const char *to);

/* Removes a folder that is empty. */
int bt_beneath_rmdir (int root_fd, const char *path);

G_END_DECLS
