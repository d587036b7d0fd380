/* bt-storage-folders.c: the folders that hold the files of a torrent.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"
#include "bt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

void
bt_file_store_add_folders (GHashTable *folders, const char *path)
{
  g_autofree char *folder = g_strdup (path);

  do
    {
      char *slash = strrchr (folder, '/');

      *(slash != NULL ? slash : folder) = '\0';
      if (!g_hash_table_add (folders, g_strdup (folder)))
        return;
    }
  while (*folder != '\0');
}

int
bt_folder_open_in_disk (const char *folder, gboolean *made)
{
  const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  int fd = open (folder, flags);

  if (fd >= 0 || errno != ENOENT || made == NULL)
    return fd;
  *made = mkdir (folder, 0777) == 0;
  return *made || errno == EEXIST ? open (folder, flags) : -1;
}

gboolean
bt_folder_has_room_in_disk (int fd, const char *shown, guint64 bytes, GError **error)
{
  struct statvfs info;
  guint64 room;

  if (fstatvfs (fd, &info) < 0)
    return TRUE;
  room = (guint64) info.f_bavail * info.f_frsize;
  if (bytes <= room)
    return TRUE;
  g_set_error (error, BT_ERROR, BT_ERROR_DISK_FULL,
               "Could not move to “%s”: %" G_GUINT64_FORMAT " bytes are needed there, and %" G_GUINT64_FORMAT
               " are free", shown, bytes, room);
  return FALSE;
}

gboolean
bt_folder_sync_in_disk (int fd)
{
  int result = fd < 0 ? -1 : fsync (fd);
  int saved = errno;

  if (fd >= 0)
    close (fd);
  errno = saved;
  return result == 0 || errno == EINVAL || errno == ENOTSUP;
}

static int
open_folder (int root_fd, const char *folder)
{
  if (*folder == '\0')
    return openat (root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return bt_beneath_open (root_fd, folder, O_RDONLY | O_DIRECTORY);
}

gboolean
bt_file_store_sync_folders_in_disk (BtFileStore *store, int root_fd, GHashTable *folders, GError **error)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, folders);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const char *folder = key;
      int fd = open_folder (root_fd, folder);

      if (fd < 0 && bt_file_set_make_room_in_disk (store->set, errno))
        fd = open_folder (root_fd, folder);
      if (!bt_folder_sync_in_disk (fd))
        {
          bt_file_store_set_error (store, *folder == '\0' ? NULL : folder, "sync", errno, error);
          return FALSE;
        }
    }
  return TRUE;
}

static int
compare_deepest_first (gconstpointer a, gconstpointer b)
{
  gsize length_a = strlen (*(const char *const *) a);
  gsize length_b = strlen (*(const char *const *) b);

  return length_a > length_b ? -1 : length_a < length_b;
}

/* A path is longer than that of any folder it is in. */
void
bt_file_store_remove_empty_folders_in_disk (BtFileStore *store, int root_fd, GHashTable *folders, GError **error)
{
  g_autofree gpointer *paths = g_hash_table_get_keys_as_array (folders, NULL);
  guint n = g_hash_table_size (folders);
  gboolean told = FALSE;

  qsort (paths, n, sizeof *paths, compare_deepest_first);
  for (guint i = 0; i < n; i++)
    {
      const char *path = paths[i];

      if (*path == '\0' || bt_beneath_rmdir (root_fd, path) == 0 || errno == ENOTEMPTY || errno == EEXIST
          || errno == ENOENT)
        continue;
      if (!told)
        bt_file_store_set_error (store, path, "remove", errno, error);
      told = TRUE;
    }
}
