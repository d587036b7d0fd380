/* bt-storage-rename.c: a file or folder of a torrent under another name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"
#include "bt-error.h"

#include <errno.h>

static gboolean
sync_parents (BtFileStore *store, int root_fd, const char *to, GError **error)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  bt_file_store_add_folders (folders, to);
  return bt_file_store_sync_folders_in_disk (store, root_fd, folders, error);
}

/* Returns: FALSE with an error when it is there and could not be renamed. */
static gboolean
rename_below (BtFileStore *store, int root_fd, const char *from, const char *to, GError **error)
{
  struct stat info;

  if (bt_beneath_stat (root_fd, from, &info) < 0 && (errno == ENOENT || errno == ENOTDIR))
    return TRUE;
  if (bt_beneath_rename (root_fd, from, root_fd, to) == 0)
    return sync_parents (store, root_fd, to, error);
  if (errno == EEXIST)
    g_set_error (error, BT_ERROR, BT_ERROR_EXISTS, "“%s/%s” exists already", store->root, to);
  else
    bt_file_store_set_error (store, from, "rename", errno, error);
  return FALSE;
}

static gboolean
is_below (const char *path, const char *folder)
{
  gsize length = strlen (folder);

  return strncmp (path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* What is another torrent's by the same name would be gone for that. */
static gboolean
may_rename (BtFileStore *store, int root_fd, const char *from, GError **error)
{
  BtFileClaims *claims = bt_file_set_get_claims (store->set);
  g_autoptr (BtRestReadings) readings = NULL;

  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    {
      const char *path = bt_file_store_path (store, i);

      if (bt_file_store_is_real (store, i) && is_below (path, from)
          && !bt_file_claims_may_remove_in_disk (claims, store, root_fd, path, &readings, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
bt_file_store_rename_in_disk (BtFileStore *store, const char *from, const char *to, char **names, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  int root_fd;

  bt_file_set_close_store_in_disk (store->set, store);
  root_fd = bt_file_store_root_in_disk (store, BT_ROOT_USE, &local_error);
  if ((root_fd < 0 && !g_error_matches (local_error, BT_ERROR, BT_ERROR_CHANGED))
      || (root_fd >= 0 && (!may_rename (store, root_fd, from, &local_error)
                           || !rename_below (store, root_fd, from, to, &local_error))))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      bt_file_store_free_names (names, store->metainfo->n_files);
      return FALSE;
    }
  bt_file_claims_set_names (bt_file_set_get_claims (store->set), store, names);
  bt_file_store_forget_places (store);
  return TRUE;
}
