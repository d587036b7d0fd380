/* bt-storage-files.c: looking at files, making the empty ones, getting all on the platter.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"
#include "bt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* So many files are cheaper to sync by way of the whole file system. */
#define MANY_FILES 64
#define FLUSH_PASSES 4
#define FLUSH_QUICK_US (200 * 1000)

/* @root_fd: -1 when there is no root yet. */
static gboolean
stamp_file (BtFileStore *store, int root_fd, guint32 file, BtRestReadings **readings, GError **error)
{
  BtFileClaims *claims = bt_file_set_get_claims (store->set);
  BtFileStamp *stamp = &store->stamps[file];
  gboolean is_there = FALSE;
  struct stat info;

  *stamp = (BtFileStamp){ .size = 0 };
  atomic_store (&store->files[file].written, FALSE);
  if (!bt_file_store_is_real (store, file))
    return TRUE;
  stamp->size = -1;
  if (root_fd >= 0 && !bt_file_store_look_in_disk (store, root_fd, file, &is_there, &info, error))
    return FALSE;
  stamp->inode = bt_file_claims_look_in_disk (claims, store, file, is_there ? &info : NULL, readings);
  if (is_there)
    {
      stamp->size = info.st_size;
      stamp->mtime_ns = bt_file_mtime_ns (&info);
    }
  return TRUE;
}

static gboolean
stamp_all (BtFileStore *store, int root_fd, GError **error)
{
  g_autoptr (BtRestReadings) readings = NULL;

  store->stamped = FALSE;
  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    {
      if (atomic_load (&store->abandoned))
        {
          g_set_error (error, BT_ERROR, BT_ERROR_CANCELLED, "The look at the files was called off");
          return FALSE;
        }
      if (!stamp_file (store, root_fd, i, &readings, error))
        return FALSE;
    }
  store->stamped = TRUE;
  return TRUE;
}

static gboolean
found_any (const BtFileStore *store)
{
  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    if (bt_file_store_is_real (store, i) && store->stamps[i].size >= 0)
      return TRUE;
  return FALSE;
}

/* Descriptors are closed so that a file that was replaced or removed is seen by what comes after,
 * and nothing that was hashed or found before counts. */
gboolean
bt_file_store_stat_in_disk (BtFileStore *store, BtFileStamp *stamps, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  int root_fd;

  bt_file_set_close_store_in_disk (store->set, store);
  bt_file_store_forget_places (store);
  atomic_fetch_add (&store->generation, 1);
  root_fd = bt_file_store_root_in_disk (store, BT_ROOT_LOOK, &local_error);
  if (root_fd < 0 && !g_error_matches (local_error, BT_ERROR, BT_ERROR_CHANGED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (root_fd >= 0)
    bt_device_find_in_disk (root_fd, &store->device);
  if (!stamp_all (store, root_fd, error))
    return FALSE;
  if (store->expects_files && !found_any (store))
    bt_file_store_forget_root_in_disk (store);
  memcpy (stamps, store->stamps, store->metainfo->n_files * sizeof *stamps);
  return TRUE;
}

/* One that is there is left alone: seeding from a disk that may not be written to is no error. */
static gboolean
make_file (BtFileStore *store, guint32 file, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  BtOpenFile *open
    = bt_file_set_acquire_in_disk (store->set, store, file, BT_OPEN_READ, &local_error);

  if (open == NULL && !g_error_matches (local_error, BT_ERROR, BT_ERROR_CHANGED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (open == NULL)
    {
      open = bt_file_set_acquire_in_disk (store->set, store, file, BT_OPEN_WRITE, error);
      if (open == NULL)
        return FALSE;
      atomic_store (&store->files[file].dirty, TRUE);
    }
  bt_file_set_release_in_disk (store->set, open);
  return TRUE;
}

gboolean
bt_file_store_make_in_disk (BtFileStore *store, GError **error)
{
  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    if (store->metainfo->files[i].length == 0 && store->priorities[i] != 0
        && bt_file_store_is_real (store, i) && !make_file (store, i, error))
      return FALSE;
  return TRUE;
}

void
bt_file_store_close_in_disk (BtFileStore *store)
{
  bt_file_set_close_store_in_disk (store->set, store);
  bt_file_store_close_root_in_disk (store);
}

/* Syncing. */

/* The kernel tells once of bytes that it could not write, and takes them for written from then on. What it holds of the
 * file is dropped, so that whoever reads it again reads what is there. */
static void
set_sync_error (BtFileStore *store, const char *path, int fd, GError **error)
{
  bt_file_store_set_error (store, path, "sync", errno, error);
  posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
}

static gboolean
sync_file (BtFileStore *store, guint32 file, GError **error)
{
  const char *path = bt_file_store_path (store, file);
  BtOpenFile *open = bt_file_set_acquire_in_disk (store->set, store, file, BT_OPEN_READ, error);
  struct stat info;
  gboolean ok;

  if (open == NULL)
    return FALSE;
  ok = fdatasync (open->fd) == 0 && fstat (open->fd, &info) == 0;
  if (!ok)
    set_sync_error (store, path, open->fd, error);
  else if (info.st_nlink == 0)
    {
      ok = FALSE;
      g_set_error (error, BT_ERROR, BT_ERROR_CHANGED, "“%s/%s” was removed while it was written",
                   store->root, path);
    }
  bt_file_set_release_in_disk (store->set, open);
  return ok;
}

/* Only makes what follows quick: errors are told file by file. */
static void
sync_file_system (int root_fd)
{
  int fd = openat (root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  (void) syncfs (fd);
  close (fd);
}

static gboolean
has_many_dirty (BtFileStore *store)
{
  guint n = 0;

  for (guint32 i = 0; i <= store->metainfo->n_files && n < MANY_FILES; i++)
    n += atomic_load (&store->files[i].dirty) ? 1 : 0;
  return n == MANY_FILES;
}

/* The marks stay: only what is synced alone counts. Where others write meanwhile, it goes on while there is
 * much; but opening thousands of files once more for nothing would take longer than what it saves. An error of
 * a file is told now, because the system tells it only once. */
gboolean
bt_file_store_flush_in_disk (BtFileStore *store, gboolean once, GError **error)
{
  if (has_many_dirty (store))
    {
      int root_fd = bt_file_store_root_in_disk (store, BT_ROOT_USE, NULL);

      if (root_fd >= 0)
        sync_file_system (root_fd);
      return TRUE;
    }
  for (guint pass = 0; pass < FLUSH_PASSES; pass++)
    {
      gint64 start = g_get_monotonic_time ();

      for (guint32 i = 0; i <= store->metainfo->n_files; i++)
        if (atomic_load (&store->files[i].dirty) && !sync_file (store, i, error))
          return FALSE;
      if (once || g_get_monotonic_time () - start < FLUSH_QUICK_US)
        break;
    }
  return TRUE;
}

static gboolean
sync_root_parent (BtFileStore *store, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (store->root);
  gboolean made;

  pthread_mutex_lock (&store->root_lock);
  made = store->root_made;
  pthread_mutex_unlock (&store->root_lock);
  if (!made)
    return TRUE;
  /* A parent that may be searched but not read cannot be synced by us. */
  if (!bt_folder_sync_in_disk (open (parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) && errno != EACCES)
    {
      bt_file_store_set_error (store, NULL, "sync", errno, error);
      return FALSE;
    }
  pthread_mutex_lock (&store->root_lock);
  store->root_made = FALSE;
  pthread_mutex_unlock (&store->root_lock);
  return TRUE;
}

/* Takes the marks of what is to be synced. */
static GArray *
take_dirty (BtFileStore *store, GHashTable *folders)
{
  GArray *dirty = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 i = 0; i <= store->metainfo->n_files; i++)
    {
      if (atomic_exchange (&store->files[i].fresh, FALSE))
        bt_file_store_add_folders (folders, bt_file_store_path (store, i));
      if (atomic_exchange (&store->files[i].dirty, FALSE))
        g_array_append_val (dirty, i);
    }
  return dirty;
}

static gboolean
sync_taken (BtFileStore *store,
            int root_fd,
            const GArray *dirty,
            GHashTable *folders,
            GError **error)
{
  if (dirty->len >= MANY_FILES)
    sync_file_system (root_fd);
  for (guint i = 0; i < dirty->len; i++)
    if (!sync_file (store, g_array_index (dirty, guint32, i), error))
      return FALSE;
  return bt_file_store_sync_folders_in_disk (store, root_fd, folders, error) && sync_root_parent (store, error);
}

static void
put_back (BtFileStore *store, const GArray *dirty)
{
  for (guint i = 0; i < dirty->len; i++)
    {
      BtStoreFile *file = &store->files[g_array_index (dirty, guint32, i)];

      atomic_store (&file->dirty, TRUE);
      atomic_store (&file->fresh, TRUE);
    }
}

static gboolean
stamp_synced (BtFileStore *store, int root_fd, const GArray *dirty, GError **error)
{
  g_autoptr (BtRestReadings) readings = NULL;

  if (!store->stamped)
    return stamp_all (store, root_fd, error);
  for (guint i = 0; i < dirty->len; i++)
    {
      guint32 file = g_array_index (dirty, guint32, i);

      if (file < store->metainfo->n_files && !stamp_file (store, root_fd, file, &readings, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
bt_file_store_sync_in_disk (BtFileStore *store, BtFileStamp *stamps, GError **error)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) dirty = take_dirty (store, folders);
  gboolean any = dirty->len > 0 || g_hash_table_size (folders) > 0;
  int root_fd = -1;

  if (any || !store->stamped)
    root_fd = bt_file_store_root_in_disk (store, BT_ROOT_USE, any ? error : NULL);
  if (any && (root_fd < 0 || !sync_taken (store, root_fd, dirty, folders, error)))
    {
      put_back (store, dirty);
      return FALSE;
    }
  if (!stamp_synced (store, root_fd, dirty, error))
    return FALSE;
  memcpy (stamps, store->stamps, store->metainfo->n_files * sizeof *stamps);
  return TRUE;
}

/* Space. */

gint64
bt_free_space_in_disk (const char *path, GError **error)
{
  g_autofree char *at = g_strdup (path);
  g_autofree char *shown = g_filename_display_name (path);
  struct statvfs info;

  while (statvfs (at, &info) < 0)
    {
      char *parent;

      if ((errno != ENOENT && errno != ENOTDIR) || strcmp (at, "/") == 0 || strcmp (at, ".") == 0)
        {
          g_set_error (error, BT_ERROR, BT_ERROR_DISK, "Could not find the free space of “%s”: %s",
                       shown, g_strerror (errno));
          return -1;
        }
      parent = g_path_get_dirname (at);
      g_free (at);
      at = parent;
    }
  return (gint64) MIN (info.f_bavail * (guint64) info.f_frsize, (guint64) G_MAXINT64);
}
