/* bt-storage-move.c: the files of a torrent moved to another folder, all or none.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"
#include "bt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Outline. Each file is renamed; one on another file system is copied to a hidden folder in the new place,
 * where nothing can meet it. When all are copied and synced, the copies are renamed to their names. Then the new
 * place is complete. The old copies are removed by a job of their own (bt-storage-clean.c) after the state
 * database knows of the new place. Up to then everything can be undone, and is when something fails.
 *
 * A crash leaves each file complete in one of the places, or in both. The state database knows that the
 * move was meant, so it is done again with @resuming: then a file of the same name, length and time in the new
 * place is the copy that was made, and one that is in the new place only was renamed. The same goes for what a move
 * that failed could not take back: the hidden folder stays there then and says so, also after a restart. A
 * copy may be all that there is: the drive of the original may be gone by then. So none is removed unless the file is
 * seen under its name in the place where it is to be. */

typedef enum
{
  NOT_MOVED,
  RENAMED,
  COPIED,   /* to the hidden folder */
  PLACED,   /* and from there to its name */
} Fate;

typedef struct
{
  BtFileStore *store;
  const char *folder;
  gboolean resuming;
  int from_fd; /* borrowed; -1: there was never anything */
  int to_fd;
  gboolean made_root;
  char *hidden;        /* name of the folder in the new place that holds copies */
  guint8 *fates;       /* (array length=n_files+1) */
  GHashTable *folders; /* in which files are: a set */
  GHashTable *strange; /* of those, what the new place had before: a set */
  gboolean copies;     /* some must be copied */
  BtRestReadings *readings;
} Mover;

static const char *
get_path (const Mover *mover, guint32 file)
{
  return bt_file_store_path (mover->store, file);
}

static gboolean
is_listed (const Mover *mover, guint32 file)
{
  return file == mover->store->metainfo->n_files || bt_file_store_is_real (mover->store, file);
}

static void
set_error (const Mover *mover, const char *root, const char *file, int error_number, GError **error)
{
  g_autofree char *path = g_build_filename (root, file, NULL);
  g_autofree char *shown = g_filename_display_name (path);

  if (error_number == EEXIST)
    g_set_error (error, BT_ERROR, BT_ERROR_EXISTS, "“%s” exists already", shown);
  else
    g_set_error (error, BT_ERROR, bt_file_store_error_code (error_number, file == NULL),
                 "Could not move to “%s”: %s: %s", mover->folder, shown, g_strerror (error_number));
}

static gboolean
set_stopped_error (GError **error)
{
  g_set_error (error, BT_ERROR, BT_ERROR_CANCELLED, "The move was called off");
  return FALSE;
}

static gboolean
is_stopped (const Mover *mover)
{
  return atomic_load (&mover->store->stop_moving) || atomic_load (&mover->store->abandoned);
}

/* The two roots. */

static gboolean
open_old_root (Mover *mover, BtRootUse use, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  mover->from_fd = bt_file_store_root_in_disk (mover->store, use, &local_error);
  if (mover->from_fd >= 0 || g_error_matches (local_error, BT_ERROR, BT_ERROR_CHANGED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* By what a move there left behind. */
static gboolean
is_marked (const Mover *mover)
{
  struct stat info;

  return bt_beneath_stat (mover->to_fd, mover->hidden, &info) == 0 && S_ISDIR (info.st_mode);
}

static gboolean
open_new_root (Mover *mover, gboolean make, GError **error)
{
  mover->to_fd = bt_folder_open_in_disk (mover->folder, make ? &mover->made_root : NULL);
  if (mover->to_fd < 0)
    set_error (mover, mover->folder, NULL, errno, error);
  else
    mover->resuming = mover->resuming || is_marked (mover);
  return mover->to_fd >= 0;
}

static gboolean
is_same_folder (const Mover *mover)
{
  return mover->from_fd >= 0 && mover->to_fd >= 0
         && bt_folder_is_same_in_disk (mover->from_fd, mover->store->root, mover->to_fd, mover->folder);
}

/* Looking. */

/* Returns: FALSE with errno when it cannot be told. */
static gboolean
look (int root_fd, const char *path, gboolean *is_there, struct stat *info)
{
  *is_there = root_fd >= 0 && bt_beneath_stat (root_fd, path, info) == 0;
  return *is_there || root_fd < 0 || errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
}

/* Whether it may leave @root_fd: not if it is another torrent's by that name. */
static gboolean
may_take (Mover *mover, int root_fd, guint32 file, GError **error)
{
  return bt_file_claims_may_remove_in_disk (bt_file_set_get_claims (mover->store->set), mover->store, root_fd,
                                            get_path (mover, file), &mover->readings, error);
}

/* What nobody but us makes is no obstacle. */
static gboolean
is_in_the_way (Mover *mover, guint32 file, gboolean is_here, const struct stat *here, const struct stat *there)
{
  if (file == mover->store->metainfo->n_files)
    return FALSE;
  if (!mover->resuming || !S_ISREG (there->st_mode))
    return TRUE;
  return (is_here && !bt_file_is_copy (here, there)) || !may_take (mover, mover->to_fd, file, NULL);
}

static gboolean
look_at_file (Mover *mover, guint32 file, guint64 *bytes, GError **error)
{
  const char *path = get_path (mover, file);
  gboolean is_here, is_there;
  struct stat here, there;

  if (!look (mover->from_fd, path, &is_here, &here))
    set_error (mover, mover->store->root, path, errno, error);
  else if (!look (mover->to_fd, path, &is_there, &there))
    set_error (mover, mover->folder, path, errno, error);
  else if (is_there && is_in_the_way (mover, file, is_here, &here, &there))
    set_error (mover, mover->folder, path, EEXIST, error);
  else if (!is_here || may_take (mover, mover->from_fd, file, error))
    {
      *bytes += is_here && S_ISREG (here.st_mode) ? (guint64) here.st_size : 0;
      return TRUE;
    }
  return FALSE;
}

static gboolean
look_at_files (Mover *mover, GError **error)
{
  guint64 bytes = 0;

  for (guint32 i = 0; i <= mover->store->metainfo->n_files; i++)
    {
      if (is_listed (mover, i) && !look_at_file (mover, i, &bytes, error))
        return FALSE;
      if (is_stopped (mover))
        return set_stopped_error (error);
    }
  atomic_store (&mover->store->to_move, bytes);
  return TRUE;
}

static void
note_folders (Mover *mover)
{
  GHashTableIter iter;
  gpointer folder;
  struct stat info;

  for (guint32 i = 0; i <= mover->store->metainfo->n_files; i++)
    if (is_listed (mover, i))
      bt_file_store_add_folders (mover->folders, get_path (mover, i));
  g_hash_table_iter_init (&iter, mover->folders);
  while (g_hash_table_iter_next (&iter, &folder, NULL))
    if (*(const char *) folder == '\0' || bt_beneath_stat (mover->to_fd, folder, &info) == 0)
      g_hash_table_add (mover->strange, g_strdup (folder));
}

static gboolean
has_file (const Mover *mover, int root_fd, guint32 file)
{
  struct stat info;

  return root_fd >= 0 && bt_beneath_stat (root_fd, get_path (mover, file), &info) == 0 && S_ISREG (info.st_mode);
}

static gboolean
may_have (const Mover *mover, int root_fd, guint32 file)
{
  gboolean is_there;
  struct stat info;

  return !look (root_fd, get_path (mover, file), &is_there, &info) || (is_there && S_ISREG (info.st_mode));
}

/* None is to be seen, and some were there: the drive is not there yet, and its mount point is not the old root. Without
 * it the move would be done, and what was not copied yet forgotten. */
static gboolean
check_drive (const Mover *mover, GError **error)
{
  g_autofree char *shown = g_filename_display_name (mover->store->root);
  gboolean any = !mover->resuming || !mover->store->expects_files;

  for (guint32 i = 0; i < mover->store->metainfo->n_files && !any; i++)
    any = is_listed (mover, i) && (may_have (mover, mover->from_fd, i) || may_have (mover, mover->to_fd, i));
  if (any)
    return TRUE;
  g_set_error (error, BT_ERROR, BT_ERROR_DISK_MISSING, "All files are gone from “%s”: is the drive connected?", shown);
  bt_file_store_forget_root_in_disk (mover->store);
  return FALSE;
}

/* Moving. */

static gboolean
count_bytes (guint64 bytes, gpointer data)
{
  Mover *mover = data;

  atomic_fetch_add (&mover->store->moved, bytes);
  return !is_stopped (mover);
}

static char *
make_hidden_path (const Mover *mover, guint32 file)
{
  return g_strdup_printf ("%s/%u", mover->hidden, file);
}

/* One that a crash left behind is complete if it has the time of the original. Without a crash it is none of ours. */
static gboolean
has_copy (const Mover *mover, guint32 file, const struct stat *here)
{
  g_autofree char *hidden = make_hidden_path (mover, file);
  struct stat there;

  if (bt_beneath_stat (mover->to_fd, hidden, &there) < 0)
    return FALSE;
  if (mover->resuming && bt_file_is_copy (here, &there))
    return TRUE;
  (void) bt_beneath_unlink (mover->to_fd, hidden);
  return FALSE;
}

/* One of which the original is gone. Whether it is complete its time says; after a restart, that is when files are
 * looked at, and one with another time is checked. */
static gboolean
has_last_copy (const Mover *mover, guint32 file)
{
  const BtFileStore *store = mover->store;
  g_autofree char *hidden = make_hidden_path (mover, file);
  struct stat info;

  return mover->resuming && file < store->metainfo->n_files && bt_beneath_stat (mover->to_fd, hidden, &info) == 0
         && S_ISREG (info.st_mode) && (guint64) info.st_size == store->metainfo->files[file].length
         && (!store->stamped || bt_file_stamp_is_of (&store->stamps[file], &info));
}

/* What is left is copied: no sense in beginning if there is no room for it. */
static gboolean
has_room (const Mover *mover, guint32 from, GError **error)
{
  guint64 needed = 0;

  for (guint32 i = from; i <= mover->store->metainfo->n_files; i++)
    {
      struct stat here;

      if (is_listed (mover, i) && bt_beneath_stat (mover->from_fd, get_path (mover, i), &here) == 0
          && !has_copy (mover, i, &here))
        needed += MIN ((guint64) here.st_blocks * 512, (guint64) here.st_size);
    }
  return bt_folder_has_room_in_disk (mover->to_fd, mover->folder, needed, error);
}

static gboolean
copy_file (Mover *mover, guint32 file, GError **error)
{
  const char *path = get_path (mover, file);
  g_autofree char *hidden = make_hidden_path (mover, file);
  int fd = bt_beneath_open (mover->from_fd, path, O_RDONLY);
  BtCopyResult result = BT_COPY_FAILED;

  if (fd >= 0)
    {
      result = bt_file_copy_in_disk (fd, mover->to_fd, hidden, count_bytes, mover);
      if (result != BT_COPY_FAILED)
        errno = 0;
      close (fd);
    }
  switch (result)
    {
    case BT_COPY_DONE:
      mover->fates[file] = COPIED;
      return TRUE;
    case BT_COPY_STOPPED:
      return set_stopped_error (error);
    case BT_COPY_CHANGED:
      g_set_error (error, BT_ERROR, BT_ERROR_CHANGED, "“%s/%s” was changed while it was moved", mover->store->root,
                   path);
      return FALSE;
    case BT_COPY_FAILED:
    default:
      set_error (mover, mover->store->root, path, errno, error);
      return FALSE;
    }
}

static gboolean
copy_one (Mover *mover, guint32 file, const struct stat *here, GError **error)
{
  if (!mover->copies && !has_room (mover, file, error))
    return FALSE;
  mover->copies = TRUE;
  if (!has_copy (mover, file, here))
    return copy_file (mover, file, error);
  mover->fates[file] = COPIED;
  count_bytes ((guint64) here->st_size, mover);
  return TRUE;
}

/* What a crash left in the new place: renamed, if it is there only by its name. Returns: whether that is all. */
static gboolean
find_fate (Mover *mover, guint32 file, gboolean is_here, const struct stat *here)
{
  struct stat there;

  if (mover->resuming && bt_beneath_stat (mover->to_fd, get_path (mover, file), &there) == 0
      && (!is_here || bt_file_is_copy (here, &there)))
    mover->fates[file] = is_here ? PLACED : RENAMED;
  else if (!is_here && has_last_copy (mover, file))
    mover->fates[file] = COPIED;
  return !is_here || mover->fates[file] != NOT_MOVED;
}

static gboolean
move_file (Mover *mover, guint32 file, GError **error)
{
  const char *path = get_path (mover, file);
  struct stat here;
  gboolean is_here = bt_beneath_stat (mover->from_fd, path, &here) == 0 && S_ISREG (here.st_mode);

  if (find_fate (mover, file, is_here, &here))
    return TRUE;
  if (file == mover->store->metainfo->n_files)
    (void) bt_beneath_unlink (mover->to_fd, path); /* of another time; ours has all that counts */
  if (!mover->copies && bt_beneath_rename (mover->from_fd, path, mover->to_fd, path) == 0)
    {
      mover->fates[file] = RENAMED;
      count_bytes ((guint64) here.st_size, mover);
      return TRUE;
    }
  if (mover->copies || errno == EXDEV)
    return copy_one (mover, file, &here, error);
  set_error (mover, errno == EEXIST ? mover->folder : mover->store->root, path, errno, error);
  return FALSE;
}

static gboolean
move_files (Mover *mover, GError **error)
{
  for (guint32 i = 0; i <= mover->store->metainfo->n_files; i++)
    {
      if (is_stopped (mover))
        return set_stopped_error (error);
      if (is_listed (mover, i) && !move_file (mover, i, error))
        return FALSE;
    }
  return TRUE;
}

/* Gives the copies their names. */
static gboolean
place_copies (Mover *mover, GError **error)
{
  for (guint32 i = 0; i <= mover->store->metainfo->n_files; i++)
    {
      const char *path = get_path (mover, i);
      g_autofree char *hidden = NULL;

      if (mover->fates[i] != COPIED)
        continue;
      hidden = make_hidden_path (mover, i);
      if (bt_beneath_rename (mover->to_fd, hidden, mover->to_fd, path) < 0)
        {
          set_error (mover, mover->folder, path, errno, error);
          return FALSE;
        }
      mover->fates[i] = PLACED;
      mover->store->files[i].known = 0; /* the copy is another file */
    }
  return TRUE;
}

/* With copies that nobody needs. @root_fd: where the files are to be. If one is not, its copy stays, and the folder. */
static void
remove_hidden (Mover *mover, int root_fd)
{
  if (!is_marked (mover))
    return;
  for (guint32 i = 0; i <= mover->store->metainfo->n_files; i++)
    {
      g_autofree char *hidden = make_hidden_path (mover, i);

      if (is_listed (mover, i) && has_file (mover, root_fd, i))
        (void) bt_beneath_unlink (mover->to_fd, hidden);
    }
  if (bt_beneath_rmdir (mover->to_fd, mover->hidden) == 0)
    (void) fsync (mover->to_fd);
}

static gboolean
sync_new_place (Mover *mover, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (mover->folder);
  GHashTableIter iter;
  gpointer folder;
  struct stat info;

  g_hash_table_iter_init (&iter, mover->folders);
  while (g_hash_table_iter_next (&iter, &folder, NULL))
    if (*(const char *) folder != '\0' && bt_beneath_stat (mover->to_fd, folder, &info) < 0)
      g_hash_table_iter_remove (&iter); /* none of its files is there yet */
  if (mover->made_root)
    (void) bt_folder_sync_in_disk (open (parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return bt_file_store_sync_folders_in_disk (mover->store, mover->to_fd, mover->folders, error);
}

/* An earlier move may have got further than this one. */
static void
find_earlier_fate (Mover *mover, guint32 file)
{
  struct stat here;
  gboolean is_here;

  if (!mover->resuming || mover->fates[file] != NOT_MOVED || !is_listed (mover, file))
    return;
  is_here = bt_beneath_stat (mover->from_fd, get_path (mover, file), &here) == 0 && S_ISREG (here.st_mode);
  if (!find_fate (mover, file, is_here, &here))
    mover->fates[file] = COPIED; /* or not, which is the same when it is removed */
}

static gboolean
take_file_back (Mover *mover, guint32 file)
{
  const char *path = get_path (mover, file);
  g_autofree char *hidden = make_hidden_path (mover, file);
  int result = 0;

  find_earlier_fate (mover, file);
  if ((mover->fates[file] == COPIED || mover->fates[file] == PLACED) && !has_file (mover, mover->from_fd, file))
    return FALSE;
  if ((mover->fates[file] == RENAMED || mover->fates[file] == PLACED) && !may_take (mover, mover->to_fd, file, NULL))
    return mover->fates[file] == PLACED;
  if (mover->fates[file] == RENAMED)
    result = bt_beneath_rename (mover->to_fd, path, mover->from_fd, path);
  else if (mover->fates[file] != NOT_MOVED)
    result = bt_beneath_unlink (mover->to_fd, mover->fates[file] == COPIED ? hidden : path);
  return result == 0 || errno == ENOENT;
}

/* As it was before. What cannot be taken back stays where it is, and is known to be ours by the next move there. */
static void
take_back (Mover *mover)
{
  GHashTableIter iter;
  gpointer folder;
  gboolean whole = TRUE;

  for (guint32 i = 0; i <= mover->store->metainfo->n_files; i++)
    whole = take_file_back (mover, i) && whole;
  if (whole)
    remove_hidden (mover, mover->from_fd);
  else
    {
      g_free (mover->store->stranded);
      mover->store->stranded = g_strdup (mover->folder);
      (void) mkdirat (mover->to_fd, mover->hidden, 0777);
    }
  g_hash_table_iter_init (&iter, mover->strange);
  while (g_hash_table_iter_next (&iter, &folder, NULL))
    g_hash_table_remove (mover->folders, folder);
  bt_file_store_remove_empty_folders_in_disk (mover->store, mover->to_fd, mover->folders, NULL);
  if (mover->made_root)
    (void) rmdir (mover->folder);
}

/* The calls. */

static void
mover_init (Mover *mover, BtFileStore *store, const char *folder)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&store->metainfo->info_hash, hex);
  mover->store = store;
  mover->folder = folder;
  mover->resuming = mover->resuming || g_strcmp0 (store->stranded, folder) == 0;
  mover->from_fd = mover->to_fd = -1;
  mover->hidden = g_strdup_printf (".%s.moving", hex);
  mover->fates = g_new0 (guint8, (gsize) store->metainfo->n_files + 1);
  mover->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  mover->strange = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  atomic_store (&store->to_move, 0);
  atomic_store (&store->moved, 0);
}

static void
mover_clear (Mover *mover)
{
  if (mover->to_fd >= 0)
    close (mover->to_fd);
  g_free (mover->hidden);
  g_free (mover->fates);
  g_hash_table_unref (mover->folders);
  g_hash_table_unref (mover->strange);
  bt_rest_readings_free (mover->readings);
}

gboolean
bt_file_store_look_at_move_in_disk (BtFileStore *store, const char *folder, GError **error)
{
  Mover mover = { 0 };
  struct stat info;
  gboolean ok;

  mover_init (&mover, store, folder);
  ok = open_old_root (&mover, BT_ROOT_USE, error);
  if (ok && stat (folder, &info) < 0 && errno == ENOENT)
    {
      g_autofree char *parent = g_path_get_dirname (folder);

      ok = stat (parent, &info) == 0;
      if (!ok)
        set_error (&mover, parent, NULL, errno, error);
    }
  else if (ok)
    ok = open_new_root (&mover, FALSE, error);
  ok = ok && (is_same_folder (&mover) || look_at_files (&mover, error));
  mover_clear (&mover);
  return ok;
}

gboolean
bt_file_store_move_in_disk (BtFileStore *store, const char *folder, gboolean resuming, GError **error)
{
  Mover mover = { .resuming = resuming };
  gboolean ok;

  mover_init (&mover, store, folder);
  bt_file_set_close_store_in_disk (store->set, store);
  ok = open_old_root (&mover, BT_ROOT_LOOK, error) && open_new_root (&mover, TRUE, error);
  if (ok && !is_same_folder (&mover))
    {
      note_folders (&mover);
      ok = check_drive (&mover, error) && look_at_files (&mover, error) && move_files (&mover, error)
           && place_copies (&mover, error) && sync_new_place (&mover, error);
      if (ok)
        remove_hidden (&mover, mover.to_fd);
      else
        take_back (&mover);
    }
  if (ok)
    bt_file_store_change_root_in_disk (store, folder);
  mover_clear (&mover);
  return ok;
}
