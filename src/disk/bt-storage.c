/* bt-storage.c: the root of a torrent's files, and which of them is where.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"
#include "bt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

int
bt_file_store_error_code (int error_number, gboolean is_root)
{
  switch (error_number)
    {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return BT_ERROR_DISK_FULL;
    case EACCES:
    case EPERM:
    case EROFS:
      return BT_ERROR_DISK_READ_ONLY;
    case ENODEV:
    case ESTALE:
    case ENXIO:
      return BT_ERROR_DISK_MISSING;
    case ENOENT:
    case ENOTDIR:
      return is_root ? BT_ERROR_DISK_MISSING : BT_ERROR_DISK;
    default:
      return BT_ERROR_DISK;
    }
}

void
bt_file_store_set_error (const BtFileStore *store,
                         const char *file,
                         const char *verb,
                         int error_number,
                         GError **error)
{
  g_autofree char *path = g_build_filename (store->root, file, NULL);
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, BT_ERROR, bt_file_store_error_code (error_number, file == NULL), "Could not %s “%s”: %s",
               verb, shown, g_strerror (error_number));
}

char **
bt_file_store_copy_names (const char *const *names, guint32 n_files)
{
  char **copy = g_new0 (char *, n_files);

  for (guint32 i = 0; i < n_files; i++)
    copy[i] = g_strdup (names[i]);
  return copy;
}

void
bt_file_store_free_names (char **names, guint32 n_files)
{
  if (names == NULL)
    return;
  for (guint32 i = 0; i < n_files; i++)
    g_free (names[i]);
  g_free (names);
}

BtFileStore *
bt_file_store_new (BtMetainfo *metainfo, const BtStorageConfig *config, BtFileSet *set, guint64 id)
{
  BtFileStore *store = g_new0 (BtFileStore, 1);
  guint32 n_files = metainfo->n_files;
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&metainfo->info_hash, hex);
  store->metainfo = bt_metainfo_ref (metainfo);
  if (config->torrent != NULL)
    store->torrent = bt_torrent_bytes_ref (config->torrent);
  store->set = set;
  store->id = id;
  store->root = g_strdup (config->root);
  store->expects_files = config->expects_files;
  store->parts_name = g_strdup_printf (".%s.parts", hex);
  if (config->names != NULL)
    store->names = bt_file_store_copy_names (config->names, n_files);
  store->files = g_new0 (BtStoreFile, (gsize) n_files + 1);
  store->priorities = g_new (guint8, MAX (n_files, 1));
  store->stamps = g_new0 (BtFileStamp, MAX (n_files, 1));
  for (guint32 i = 0; i < n_files; i++)
    store->priorities[i] = config->file_priorities != NULL ? config->file_priorities[i] : 1;
  store->root_fd = -1;
  pthread_mutex_init (&store->root_lock, NULL);
  bt_file_store_forget_places (store);
  return store;
}

void
bt_file_store_free (BtFileStore *store)
{
  bt_file_claims_drop (bt_file_set_get_claims (store->set), store);
  if (store->root_fd >= 0)
    close (store->root_fd);
  pthread_mutex_destroy (&store->root_lock);
  g_clear_pointer (&store->torrent, bt_torrent_bytes_unref);
  g_free (store->root);
  g_free (store->stranded);
  g_free (store->parts_name);
  bt_file_store_free_names (store->names, store->metainfo->n_files);
  g_free (store->files);
  g_free (store->priorities);
  g_free (store->stamps);
  bt_metainfo_unref (store->metainfo);
  g_free (store);
}

const char *
bt_file_store_path (const BtFileStore *store, guint32 file)
{
  if (file == store->metainfo->n_files)
    return store->parts_name;
  if (store->names != NULL && store->names[file] != NULL)
    return store->names[file];
  return store->metainfo->files[file].path;
}

gboolean
bt_file_store_get_piece_hash_in_disk (BtFileStore *store, guint32 piece, BtSha1 *out, GError **error)
{
  if (store->torrent != NULL)
    return bt_torrent_bytes_get_piece_hash (store->torrent, piece, out, error);
  *out = *bt_metainfo_piece_hash (store->metainfo, piece);
  return TRUE;
}

gboolean
bt_file_store_is_real (const BtFileStore *store, guint32 file)
{
  return (store->metainfo->files[file].flags & (BT_FILE_PAD | BT_FILE_SYMLINK)) == 0;
}

/* The root. */

static gboolean
has_parent (const BtFileStore *store)
{
  g_autofree char *parent = g_path_get_dirname (store->root);
  struct stat info;

  return stat (parent, &info) == 0 && S_ISDIR (info.st_mode);
}

static guint64
file_system_id (int fd)
{
  struct statfs info;
  guint32 parts[2];

  G_STATIC_ASSERT (sizeof parts == sizeof info.f_fsid);
  if (fstatfs (fd, &info) < 0)
    return 0;
  memcpy (parts, &info.f_fsid, sizeof parts);
  return (guint64) parts[0] << 32 | parts[1];
}

/* A drive that came back may have another device number, and not every file system has an id: a
 * file that is exactly as it was last seen tells as well. */
static gboolean
has_known_file (const BtFileStore *store, int fd)
{
  for (guint32 i = 0; store->stamped && i < store->metainfo->n_files; i++)
    {
      const BtFileStamp *stamp = &store->stamps[i];
      struct stat info;

      if (stamp->size > 0 && bt_file_store_is_real (store, i)
          && bt_beneath_stat (fd, bt_file_store_path (store, i), &info) == 0
          && bt_file_stamp_is_of (stamp, &info))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_same_root (const BtFileStore *store, int fd, const struct stat *info, BtRootUse use)
{
  guint64 fsid;

  if (!store->root_seen)
    return TRUE;
  if (use != BT_ROOT_LOOK)
    return info->st_dev == store->root_dev && info->st_ino == store->root_ino;
  fsid = file_system_id (fd);
  return info->st_dev == store->root_dev || (fsid != 0 && fsid == store->root_fsid)
         || has_known_file (store, fd);
}

static int
open_path_of_root (BtFileStore *store, BtRootUse use)
{
  int fd = open (store->root, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0 || errno != ENOENT || use != BT_ROOT_MAKE || store->root_seen)
    return fd;
  if (mkdir (store->root, 0777) == 0)
    store->root_made = TRUE;
  else if (errno != EEXIST)
    return -1;
  return open (store->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void
set_replaced_error (const BtFileStore *store, GError **error)
{
  g_autofree char *shown = g_filename_display_name (store->root);

  g_set_error (error, BT_ERROR, BT_ERROR_DISK_MISSING,
               "“%s” is not the folder that it was: is the drive connected?", shown);
}

static int
open_root (BtFileStore *store, BtRootUse use, GError **error)
{
  int fd = open_path_of_root (store, use);
  struct stat info;

  if (fd < 0 && bt_file_set_make_room_in_disk (store->set, errno))
    fd = open_path_of_root (store, use);
  if (fd < 0 && errno == ENOENT && !store->root_seen && use != BT_ROOT_MAKE && has_parent (store))
    {
      g_set_error (error, BT_ERROR, BT_ERROR_CHANGED, "“%s” does not exist", store->root);
      return -1;
    }
  if (fd < 0 || fstat (fd, &info) < 0)
    {
      bt_file_store_set_error (store, NULL, "open", errno, error);
      if (fd >= 0)
        close (fd);
      return -1;
    }
  if (!is_same_root (store, fd, &info, use))
    {
      set_replaced_error (store, error);
      close (fd);
      return -1;
    }
  store->root_seen = TRUE;
  store->root_dev = info.st_dev;
  store->root_ino = info.st_ino;
  store->root_fsid = file_system_id (fd);
  return fd;
}

/* The descriptor stays good when its folder was removed, renamed or hidden by a mount; writing
 * there would be writing into nothing. */
static gboolean
verify_root (BtFileStore *store, GError **error)
{
  struct stat info;

  if (stat (store->root, &info) < 0)
    {
      bt_file_store_set_error (store, NULL, "open", errno, error);
      return FALSE;
    }
  if (info.st_dev != store->root_dev || info.st_ino != store->root_ino)
    {
      set_replaced_error (store, error);
      return FALSE;
    }
  return TRUE;
}

int
bt_file_store_root_in_disk (BtFileStore *store, BtRootUse use, GError **error)
{
  int fd = -1;

  pthread_mutex_lock (&store->root_lock);
  if (use == BT_ROOT_LOOK && store->root_fd >= 0)
    {
      close (store->root_fd);
      store->root_fd = -1;
    }
  if (store->root_fd < 0)
    fd = store->root_fd = open_root (store, use, error);
  else if (verify_root (store, error))
    fd = store->root_fd;
  pthread_mutex_unlock (&store->root_lock);
  return fd;
}

void
bt_file_store_forget_root_in_disk (BtFileStore *store)
{
  pthread_mutex_lock (&store->root_lock);
  store->root_seen = FALSE;
  pthread_mutex_unlock (&store->root_lock);
}

void
bt_file_store_close_root_in_disk (BtFileStore *store)
{
  pthread_mutex_lock (&store->root_lock);
  if (store->root_fd >= 0)
    close (store->root_fd);
  store->root_fd = -1;
  pthread_mutex_unlock (&store->root_lock);
}

/* Descriptors are closed, and what was hashed or found before counts no more. */
void
bt_file_store_change_root_in_disk (BtFileStore *store, const char *folder)
{
  bt_file_set_close_store_in_disk (store->set, store);
  bt_file_store_close_root_in_disk (store);
  bt_file_store_forget_root_in_disk (store);
  bt_file_claims_drop (bt_file_set_get_claims (store->set), store);
  g_clear_pointer (&store->stranded, g_free);
  g_free (store->root);
  store->root = g_strdup (folder);
  store->stamped = FALSE;
  atomic_fetch_add (&store->generation, 1);
  bt_file_store_forget_places (store);
}

void
bt_file_store_adopt_in_disk (BtFileStore *store, const char *folder)
{
  bt_file_store_change_root_in_disk (store, folder);
  store->expects_files = FALSE;
  for (guint32 i = 0; i <= store->metainfo->n_files; i++)
    {
      store->files[i].known = 0;
      atomic_store (&store->files[i].created, FALSE);
      atomic_store (&store->files[i].dirty, FALSE);
      atomic_store (&store->files[i].fresh, FALSE);
    }
}

/* Files. */

/* Only what surely is not there counts as not there: to take a file that cannot be looked at for
 * missing would be to lose what is in it. */
gboolean
bt_file_store_look_in_disk (BtFileStore *store,
                            int root_fd,
                            guint32 file,
                            gboolean *is_there,
                            struct stat *info,
                            GError **error)
{
  const char *path = bt_file_store_path (store, file);
  int result = bt_beneath_stat (root_fd, path, info);

  if (result < 0 && bt_file_set_make_room_in_disk (store->set, errno))
    result = bt_beneath_stat (root_fd, path, info);
  *is_there = result == 0 && S_ISREG (info->st_mode);
  if (result == 0 || errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
    return TRUE;
  bt_file_store_set_error (store, path, "look at", errno, error);
  return FALSE;
}

void
bt_file_store_forget_places (BtFileStore *store)
{
  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    atomic_store (&store->files[i].place,
                  store->priorities[i] != 0 ? BT_PLACE_FILE : BT_PLACE_UNKNOWN);
  atomic_store (&store->files[store->metainfo->n_files].place, BT_PLACE_FILE);
}

BtPlace
bt_file_store_place_in_disk (BtFileStore *store, guint32 file, GError **error)
{
  unsigned char place = atomic_load (&store->files[file].place);
  g_autoptr (GError) local_error = NULL;
  gboolean is_there = FALSE;
  unsigned char found;
  struct stat info;
  int root_fd;

  if (place != BT_PLACE_UNKNOWN)
    return place;
  root_fd = bt_file_store_root_in_disk (store, BT_ROOT_USE, &local_error);
  if (root_fd < 0 && !g_error_matches (local_error, BT_ERROR, BT_ERROR_CHANGED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return BT_PLACE_UNKNOWN;
    }
  if (root_fd >= 0 && !bt_file_store_look_in_disk (store, root_fd, file, &is_there, &info, error))
    return BT_PLACE_UNKNOWN;
  found = is_there ? BT_PLACE_FILE : BT_PLACE_PARTS;
  /* Two workers may look at the same time; both go by what the first one saw. */
  if (atomic_compare_exchange_strong (&store->files[file].place, &place, found))
    return found;
  return place;
}
