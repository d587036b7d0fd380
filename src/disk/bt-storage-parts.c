/* bt-storage-parts.c: the bytes of skipped files that belong to wanted pieces.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-beneath-private.h"
#include "bt-error.h"
#include "bt-layout.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* They are kept in a sparse file at their offset in the torrent, so no index is needed that could
 * be torn by a crash. A file that becomes wanted takes its bytes out; only when they are synced in
 * their new place is the old one given up. */

#define STEP_BYTES (512 * 1024)

typedef struct
{
  BtFileStore *store;
  const BtBitfield *have; /* (nullable) */
  BtOpenFile *parts;
  guint8 *step;
} Move;

/* Finds the next run of data in [*from, end). FALSE when there is none or on error. */
static gboolean
next_data (const Move *move, guint64 *from, guint64 end, guint64 *until)
{
  off_t data = lseek (move->parts->fd, (off_t) *from, SEEK_DATA);
  off_t hole;

  if (data < 0 || (guint64) data >= end)
    return FALSE;
  hole = lseek (move->parts->fd, data, SEEK_HOLE);
  *from = (guint64) data;
  *until = hole < 0 ? end : MIN ((guint64) hole, end);
  return TRUE;
}

/* Where holes are not known: the next run of pieces that are had. */
static gboolean
next_had (const Move *move, guint64 *from, guint64 end, guint64 *until)
{
  const BtMetainfo *metainfo = move->store->metainfo;
  guint32 piece, after;

  if (move->have == NULL || *from >= end)
    return FALSE;
  piece = bt_bitfield_next_set (move->have, (guint32) (*from / metainfo->piece_length));
  if (piece >= metainfo->n_pieces || bt_metainfo_piece_offset (metainfo, piece) >= end)
    return FALSE;
  after = bt_bitfield_next_clear (move->have, piece);
  *from = MAX (*from, bt_metainfo_piece_offset (metainfo, piece));
  *until = MIN (end, bt_metainfo_piece_offset (metainfo, after));
  return TRUE;
}

static gboolean
copy_run (const Move *move, BtOpenFile *to, guint64 from, guint64 until, GError **error)
{
  guint64 begin = move->store->metainfo->files[to->file].offset;

  while (from < until)
    {
      gsize n = (gsize) MIN (until - from, STEP_BYTES);

      if (!bt_open_file_read_in_disk (move->parts, from, move->step, n, error)
          || !bt_open_file_write_in_disk (to, from - begin, move->step, n, error))
        return FALSE;
      from += n;
    }
  return TRUE;
}

static gboolean
copy_runs (const Move *move, guint32 file, BtOpenFile **to, GError **error)
{
  BtFileStore *store = move->store;
  guint64 from = store->metainfo->files[file].offset;
  guint64 end = from + store->metainfo->files[file].length;
  gboolean knows_holes = lseek (move->parts->fd, (off_t) from, SEEK_DATA) >= 0 || errno == ENXIO;
  guint64 until;

  while (knows_holes ? next_data (move, &from, end, &until) : next_had (move, &from, end, &until))
    {
      if (*to == NULL)
        *to = bt_file_set_acquire_in_disk (store->set, store, file, BT_OPEN_WRITE, error);
      if (*to == NULL || !copy_run (move, *to, from, until, error))
        return FALSE;
      from = until;
    }
  return TRUE;
}

/* The file was not there before. One that could not be filled goes again: it would be taken for the
 * place of the bytes. */
static gboolean
copy_file (const Move *move, guint32 file, int root_fd, GError **error)
{
  BtFileStore *store = move->store;
  BtOpenFile *to = NULL;
  gboolean ok = copy_runs (move, file, &to, error);

  if (to != NULL)
    {
      atomic_store (&store->files[file].dirty, ok);
      bt_file_set_release_in_disk (store->set, to);
      if (!ok)
        {
          bt_file_set_close_store_in_disk (store->set, store);
          (void) bt_beneath_unlink (root_fd, bt_file_store_path (store, file));
        }
    }
  return ok;
}

static gboolean
leaves_parts (BtFileStore *store, guint32 file, const guint8 *priorities)
{
  return store->priorities[file] == 0 && priorities[file] != 0
         && store->metainfo->files[file].length > 0 && bt_file_store_is_real (store, file);
}

static gboolean
copy_wanted (const Move *move, const guint8 *priorities, GError **error)
{
  BtFileStore *store = move->store;
  int root_fd = bt_file_store_root_in_disk (store, BT_ROOT_USE, error);

  if (root_fd < 0)
    return FALSE;
  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    {
      BtPlace place;

      if (!leaves_parts (store, i, priorities))
        continue;
      place = bt_file_store_place_in_disk (store, i, error);
      if (place == BT_PLACE_UNKNOWN
          || (place == BT_PLACE_PARTS && !copy_file (move, i, root_fd, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_needed (const BtFileStore *store, const guint8 *priorities)
{
  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    if (priorities[i] == 0 && store->metainfo->files[i].length > 0
        && bt_file_store_is_real (store, i))
      return TRUE;
  return FALSE;
}

/* Frees the room of what moved out, or the whole file when it holds nothing more. */
static void
shrink (const Move *move, const guint8 *priorities)
{
  BtFileStore *store = move->store;
  int root_fd = bt_file_store_root_in_disk (store, BT_ROOT_USE, NULL);

  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    if (leaves_parts (store, i, priorities))
      (void) fallocate (move->parts->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                        (off_t) store->metainfo->files[i].offset,
                        (off_t) store->metainfo->files[i].length);
  if (root_fd >= 0
      && (!is_needed (store, priorities)
          || (lseek (move->parts->fd, 0, SEEK_DATA) < 0 && errno == ENXIO)))
    (void) bt_beneath_unlink (root_fd, store->parts_name);
}

static gboolean
move_wanted (Move *move, const guint8 *priorities, GError **error)
{
  g_autofree BtFileStamp *stamps = g_new (BtFileStamp, move->store->metainfo->n_files);

  if (!copy_wanted (move, priorities, error)
      || !bt_file_store_sync_in_disk (move->store, stamps, error))
    return FALSE;
  shrink (move, priorities);
  return TRUE;
}

static gboolean
any_leaves (BtFileStore *store, const guint8 *priorities)
{
  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    if (leaves_parts (store, i, priorities))
      return TRUE;
  return FALSE;
}

/* Opens the parts file for punching; *@parts is NULL when there is none. */
static gboolean
open_parts (BtFileStore *store, BtOpenFile **parts, GError **error)
{
  guint32 file = store->metainfo->n_files;
  g_autoptr (GError) local_error = NULL;
  BtOpenFile *open =
    bt_file_set_acquire_in_disk (store->set, store, file, BT_OPEN_READ, &local_error);

  *parts = NULL;
  if (open == NULL)
    {
      if (g_error_matches (local_error, BT_ERROR, BT_ERROR_CHANGED))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  bt_file_set_release_in_disk (store->set, open);
  *parts = bt_file_set_acquire_in_disk (store->set, store, file, BT_OPEN_WRITE, error);
  return *parts != NULL;
}

gboolean
bt_file_store_set_priorities_in_disk (BtFileStore *store,
                                      const guint8 *priorities,
                                      const BtBitfield *have,
                                      GError **error)
{
  Move move = { .store = store, .have = have };
  gboolean ok = TRUE;

  if (any_leaves (store, priorities))
    {
      if (!open_parts (store, &move.parts, error))
        return FALSE;
      if (move.parts != NULL)
        {
          move.step = g_malloc (STEP_BYTES);
          ok = move_wanted (&move, priorities, error);
          g_free (move.step);
          bt_file_set_release_in_disk (store->set, move.parts);
        }
    }
  if (!ok)
    return FALSE;
  bt_file_set_close_store_in_disk (store->set, store);
  memcpy (store->priorities, priorities, store->metainfo->n_files);
  bt_file_store_forget_places (store);
  return TRUE;
}
