/* bt-storage-clean.c: what is left in the old folder after the files of a torrent were copied to another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Removed is only what there is a copy of: the same length and time, and not the very same file, which one
 * folder under two names would have; nor what is another torrent's. */
static gboolean
has_copy (BtFileStore *store, int root_fd, int old_fd, guint32 file, BtRestReadings **readings)
{
  BtFileClaims *claims = bt_file_set_get_claims (store->set);
  const char *path = bt_file_store_path (store, file);
  struct stat old, copy;

  return bt_beneath_stat (old_fd, path, &old) == 0 && bt_beneath_stat (root_fd, path, &copy) == 0
         && (old.st_dev != copy.st_dev || old.st_ino != copy.st_ino) && bt_file_is_copy (&old, &copy)
         && bt_file_claims_may_remove_in_disk (claims, store, old_fd, path, readings, NULL);
}

/* What is not synced before the state forgets of it may come back with the loss of power, and stay for good. */
static void
sync_folders (int old_fd, GHashTable *folders)
{
  GHashTableIter iter;
  gpointer folder;

  g_hash_table_iter_init (&iter, folders);
  while (g_hash_table_iter_next (&iter, &folder, NULL))
    if (*(const char *) folder == '\0')
      (void) fsync (old_fd);
    else
      (void) bt_folder_sync_in_disk (bt_beneath_open (old_fd, folder, O_RDONLY | O_DIRECTORY));
}

static void
clean (BtFileStore *store, int root_fd, int old_fd, GHashTable *folders, GError **error)
{
  guint32 n = store->metainfo->n_files;
  g_autoptr (BtRestReadings) readings = NULL;
  gboolean told = FALSE;

  for (guint32 i = 0; i <= n; i++)
    {
      const char *path = bt_file_store_path (store, i);

      if (i < n && !bt_file_store_is_real (store, i))
        continue;
      bt_file_store_add_folders (folders, path);
      if (!has_copy (store, root_fd, old_fd, i, &readings) || bt_beneath_unlink (old_fd, path) == 0 || told)
        continue;
      told = TRUE;
      bt_file_store_set_error (store, path, "remove the old", errno, error);
    }
  sync_folders (old_fd, folders);
  bt_file_store_remove_empty_folders_in_disk (store, old_fd, folders, told ? NULL : error);
}

gboolean
bt_file_store_clean_in_disk (BtFileStore *store, const char *folder, GError **error)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) local_error = NULL;
  int root_fd = bt_file_store_root_in_disk (store, BT_ROOT_USE, NULL);
  int old_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct stat root, old;

  if (root_fd >= 0 && old_fd >= 0 && fstat (root_fd, &root) == 0 && fstat (old_fd, &old) == 0
      && (root.st_dev != old.st_dev || root.st_ino != old.st_ino))
    clean (store, root_fd, old_fd, folders, &local_error);
  if (old_fd >= 0)
    close (old_fd);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
