/* bt-pieces-abreast.c: pieces that are checked abreast, so that their hashes share the lanes of wide vectors.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-storage-private.h"

#include "bt-error.h"

/* In rows: a step of each piece is read, then all are hashed. */
#define ROW_BYTES (512 * 1024)
#define STEP_BYTES (ROW_BYTES / BT_HASH_MANY)

typedef struct
{
  BtHasher *hasher; /* (nullable): NULL once bytes are missing */
  guint64 offset;
  guint32 left;
} Lane;

struct _BtPiecesAbreast
{
  Lane lanes[BT_HASH_MANY];
  guint8 *row; /* (nullable): of ROW_BYTES */
};

BtPiecesAbreast *
bt_pieces_abreast_new (void)
{
  return g_new0 (BtPiecesAbreast, 1);
}

static void
clear (BtPiecesAbreast *self)
{
  for (guint i = 0; i < BT_HASH_MANY; i++)
    g_clear_pointer (&self->lanes[i].hasher, bt_hasher_free);
}

void
bt_pieces_abreast_free (BtPiecesAbreast *self)
{
  clear (self);
  g_free (self->row);
  g_free (self);
}

/* @ok: how an attempt to get at the bytes went. Bytes that are not there make a piece wrong, and are no error. */
static gboolean
note_missing (Lane *lane, gboolean ok, GError *attempt, GError **error)
{
  if (ok)
    return TRUE;
  if (!g_error_matches (attempt, BT_ERROR, BT_ERROR_CHANGED))
    {
      g_propagate_error (error, attempt);
      return FALSE;
    }
  g_error_free (attempt);
  g_clear_pointer (&lane->hasher, bt_hasher_free);
  lane->left = 0;
  return TRUE;
}

static gboolean
begin (BtPiecesAbreast *self, BtFileStore *store, guint32 first, guint n, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      Lane *lane = &self->lanes[i];
      GError *attempt = NULL;
      gboolean ok;

      lane->hasher = bt_hasher_new (BT_HASH_SHA1);
      lane->offset = bt_metainfo_piece_offset (store->metainfo, first + i);
      lane->left = bt_metainfo_piece_size (store->metainfo, first + i);
      ok = bt_file_store_has_range_in_disk (store, lane->offset, lane->left, &attempt);
      if (!note_missing (lane, ok, attempt, error))
        return FALSE;
    }
  return TRUE;
}

/* Pieces so far apart that a row is no run of bytes for the kernel: it is told of the next. */
static void
read_ahead (BtPiecesAbreast *self, BtFileStore *store, guint n)
{
  for (guint i = 0; i < n; i++)
    if (self->lanes[i].left > 0)
      bt_file_store_read_ahead_in_disk (store, self->lanes[i].offset, MIN (self->lanes[i].left, STEP_BYTES));
}

/* Returns: the number of @parts; -1 with an error */
static int
read_row (BtPiecesAbreast *self, BtFileStore *store, guint n, BtHashPart *parts, GError **error)
{
  guint n_parts = 0;

  for (guint i = 0; i < n; i++)
    {
      Lane *lane = &self->lanes[i];
      guint32 length = MIN (lane->left, STEP_BYTES);
      guint8 *bytes = self->row + i * STEP_BYTES;
      GError *attempt = NULL;
      gboolean ok;

      if (length == 0)
        continue;
      ok = bt_file_store_read_in_disk (store, lane->offset, bytes, length, TRUE, &attempt);
      if (!note_missing (lane, ok, attempt, error))
        return -1;
      if (!ok)
        continue;
      parts[n_parts++] = (BtHashPart){ lane->hasher, bytes, length };
      lane->offset += length;
      lane->left -= length;
    }
  return (int) n_parts;
}

static gboolean
hash_all (BtPiecesAbreast *self, BtFileStore *store, guint n, void (*pause) (gpointer data), gpointer data,
          GError **error)
{
  BtHashPart parts[BT_HASH_MANY];
  int n_parts;

  while ((n_parts = read_row (self, store, n, parts, error)) > 0)
    {
      read_ahead (self, store, n);
      bt_hasher_update_many (parts, (guint) n_parts);
      if (atomic_load (&store->abandoned))
        {
          g_set_error (error, BT_ERROR, BT_ERROR_CANCELLED, "The check was called off");
          return FALSE;
        }
      pause (data);
    }
  return n_parts == 0;
}

static gboolean
compare (BtPiecesAbreast *self, BtFileStore *store, guint32 first, guint n, gboolean *ok, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      BtSha1 digest, expected;

      ok[i] = FALSE;
      if (self->lanes[i].hasher == NULL)
        continue;
      bt_hasher_finish (self->lanes[i].hasher, digest.bytes);
      if (!bt_file_store_get_piece_hash_in_disk (store, first + i, &expected, error))
        return FALSE;
      ok[i] = bt_sha1_equal (&digest, &expected);
    }
  return TRUE;
}

gboolean
bt_pieces_abreast_check_in_disk (BtPiecesAbreast *self, BtFileStore *store, guint32 first, guint n,
                                 void (*pause) (gpointer data), gpointer data, gboolean *ok, GError **error)
{
  gboolean went_well;

  g_assert (n <= BT_HASH_MANY);
  if (self->row == NULL)
    self->row = g_malloc (ROW_BYTES);
  went_well = begin (self, store, first, n, error) && hash_all (self, store, n, pause, data, error)
              && compare (self, store, first, n, ok, error);
  clear (self);
  return went_well;
}
