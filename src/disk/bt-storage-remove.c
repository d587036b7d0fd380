/* bt-storage-remove.c: the files of a torrent into the trash, and nothing but them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"
#include "bt-error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Only regular files that are listed are touched, by unlinkat() beneath the root; then folders that
 * are empty, never anything below a name that is not ours. The trash of GIO works with paths; that
 * a folder is swapped for a symlink in the instant before could bring another file into the trash,
 * from where it can be had back, but never delete one. */

typedef struct
{
  BtFileStore *store;
  int root_fd;
  GPtrArray *files;    /* of const char*: paths to remove */
  GHashTable *folders; /* paths of folders that hold them, the root ("") too: a set */
  gboolean no_trash;   /* it was tried and there is none */
  GError *error;       /* (nullable): the first */
} Removal;

static void
note_error (Removal *removal, const char *path)
{
  if (removal->error == NULL)
    bt_file_store_set_error (removal->store, path, "remove", errno, &removal->error);
}

/* What of the list is there as a regular file, and no other torrent's. */
static gboolean
find_files (Removal *removal, const gboolean *created, GError **error)
{
  BtFileStore *store = removal->store;
  BtFileClaims *claims = bt_file_set_get_claims (store->set);
  g_autoptr (BtRestReadings) readings = NULL;

  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    {
      const char *path = bt_file_store_path (store, i);
      gboolean is_there;
      struct stat info;

      if ((created != NULL && !created[i]) || !bt_file_store_is_real (store, i))
        continue;
      if (!bt_file_store_look_in_disk (store, removal->root_fd, i, &is_there, &info, error))
        return FALSE;
      if (!is_there || !bt_file_claims_may_remove_in_disk (claims, store, removal->root_fd, path, &readings, NULL))
        continue;
      g_ptr_array_add (removal->files, (gpointer) path);
      bt_file_store_add_folders (removal->folders, path);
    }
  return TRUE;
}

static gboolean
move_to_trash (Removal *removal, const char *path)
{
  g_autofree char *full = g_build_filename (removal->store->root, path, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (full);
  g_autoptr (GError) error = NULL;

  if (removal->no_trash)
    return FALSE;
  if (g_file_trash (file, NULL, &error))
    return TRUE;
  removal->no_trash = !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  return FALSE;
}

/* Whether a folder holds only what goes: names of @ours are paths of files and folders. */
static gboolean
holds_only (Removal *removal, const char *folder, GHashTable *ours)
{
  int fd = bt_beneath_open (removal->root_fd, folder, O_RDONLY | O_DIRECTORY);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  gboolean only = dir != NULL;
  struct dirent *entry;

  while (only && (entry = readdir (dir)) != NULL)
    {
      g_autofree char *path = g_strconcat (folder, "/", entry->d_name, NULL);

      if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
        only = g_hash_table_contains (ours, path);
    }
  if (dir != NULL)
    closedir (dir);
  else if (fd >= 0)
    close (fd);
  return only;
}

/* All files are in one folder, whatever it was renamed to; NULL if there is none. */
static char *
find_top_folder (Removal *removal)
{
  const char *path, *slash;

  if (!removal->store->metainfo->multi_file || removal->files->len == 0)
    return NULL;
  path = g_ptr_array_index (removal->files, 0);
  slash = strchr (path, '/');
  return slash != NULL ? g_strndup (path, (gsize) (slash - path)) : NULL;
}

/* A torrent with a folder of its own in which is nothing else goes as one thing, so that it can
 * come back as one. */
static gboolean
trash_whole_folder (Removal *removal)
{
  g_autoptr (GHashTable) ours = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *top = find_top_folder (removal);
  GHashTableIter iter;
  gpointer folder;

  if (top == NULL)
    return FALSE;
  for (guint i = 0; i < removal->files->len; i++)
    g_hash_table_add (ours, removal->files->pdata[i]);
  g_hash_table_iter_init (&iter, removal->folders);
  while (g_hash_table_iter_next (&iter, &folder, NULL))
    g_hash_table_add (ours, folder);
  g_hash_table_iter_init (&iter, removal->folders);
  while (g_hash_table_iter_next (&iter, &folder, NULL))
    if (*(const char *) folder != '\0' && !holds_only (removal, folder, ours))
      return FALSE;
  return move_to_trash (removal, top);
}

static void
remove_each_file (Removal *removal)
{
  for (guint i = 0; i < removal->files->len; i++)
    {
      const char *path = removal->files->pdata[i];

      if (!move_to_trash (removal, path) && bt_beneath_unlink (removal->root_fd, path) < 0
          && errno != ENOENT)
        note_error (removal, path);
    }
}

static void
forget_removed (BtFileStore *store, const gboolean *created)
{
  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    if (created == NULL || created[i])
      {
        store->files[i].known = 0;
        atomic_store (&store->files[i].created, FALSE);
      }
  for (guint32 i = 0; i <= store->metainfo->n_files; i++)
    {
      atomic_store (&store->files[i].dirty, FALSE);
      atomic_store (&store->files[i].fresh, FALSE);
    }
  bt_file_claims_drop (bt_file_set_get_claims (store->set), store);
  store->stamped = FALSE;
  atomic_fetch_add (&store->generation, 1);
  bt_file_store_forget_places (store);
}

static void
remove_found (Removal *removal)
{
  const char *parts = removal->store->parts_name;

  if (!trash_whole_folder (removal))
    {
      remove_each_file (removal);
      bt_file_store_remove_empty_folders_in_disk (removal->store, removal->root_fd, removal->folders,
                                                  removal->error == NULL ? &removal->error : NULL);
    }
  if (bt_beneath_unlink (removal->root_fd, parts) < 0 && errno != ENOENT)
    note_error (removal, parts);
}

gboolean
bt_file_store_remove_in_disk (BtFileStore *store, const gboolean *created, GError **error)
{
  Removal removal = { .store = store };
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  removal.files = files;
  removal.folders = folders;
  bt_file_set_close_store_in_disk (store->set, store);
  removal.root_fd = bt_file_store_root_in_disk (store, BT_ROOT_LOOK, &removal.error);
  if (g_error_matches (removal.error, BT_ERROR, BT_ERROR_CHANGED))
    {
      g_clear_error (&removal.error); /* nothing was ever there */
      return TRUE;
    }
  if (removal.root_fd >= 0 && find_files (&removal, created, &removal.error))
    remove_found (&removal);
  if (removal.error != NULL)
    {
      g_propagate_error (error, removal.error);
      return FALSE;
    }
  forget_removed (store, created);
  return TRUE;
}
