/* bt-torrent-bytes.c: the bytes of a .torrent file, in memory only while somebody needs them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-bytes.h"

#include "bt-error.h"

#include <pthread.h>

struct _BtTorrentBytes
{
  gatomicrefcount refs;
  BtSha1 info_hash;
  gsize length;
  gsize info_offset; /* the info dictionary, whose hash proves that they are the same */
  gsize info_length;
  gsize hashes_offset;
  guint32 n_pieces;

  pthread_mutex_t lock;
  BtStateReader *reader; /* (nullable): NULL until they are saved; under the lock */
  GBytes *bytes;         /* (nullable): NULL while they rest; under the lock */
};

BtTorrentBytes *
bt_torrent_bytes_new (const BtMetainfo *metainfo, GBytes *torrent)
{
  BtTorrentBytes *self = g_new0 (BtTorrentBytes, 1);

  g_atomic_ref_count_init (&self->refs);
  self->info_hash = metainfo->info_hash;
  self->length = g_bytes_get_size (torrent);
  self->info_offset = metainfo->info_offset;
  self->info_length = metainfo->info_length;
  self->hashes_offset = metainfo->hashes_offset;
  self->n_pieces = metainfo->n_pieces;
  self->bytes = g_bytes_ref (torrent);
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

BtTorrentBytes *
bt_torrent_bytes_ref (BtTorrentBytes *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
bt_torrent_bytes_unref (BtTorrentBytes *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  pthread_mutex_destroy (&self->lock);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->reader, bt_state_reader_unref);
  g_free (self);
}

void
bt_torrent_bytes_set_saved (BtTorrentBytes *self, BtStateReader *reader)
{
  pthread_mutex_lock (&self->lock);
  if (self->reader == NULL)
    self->reader = bt_state_reader_ref (reader);
  pthread_mutex_unlock (&self->lock);
}

void
bt_torrent_bytes_rest (BtTorrentBytes *self)
{
  pthread_mutex_lock (&self->lock);
  if (self->reader != NULL)
    g_clear_pointer (&self->bytes, g_bytes_unref);
  pthread_mutex_unlock (&self->lock);
}

static gboolean
is_same (BtTorrentBytes *self, GBytes *bytes)
{
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  BtSha1 info_hash;

  if (g_bytes_get_size (bytes) != self->length)
    return FALSE;
  info_hash = bt_sha1 (data + self->info_offset, self->info_length);
  return bt_sha1_equal (&info_hash, &self->info_hash);
}

/* Under the lock: whoever comes meanwhile needs them as well. */
static gboolean
read_again (BtTorrentBytes *self, GError **error)
{
  g_autoptr (GBytes) bytes = bt_state_reader_read_torrent (self->reader, &self->info_hash, error);

  if (bytes == NULL)
    return FALSE;
  if (!is_same (self, bytes))
    {
      g_set_error (error, BT_ERROR, BT_ERROR_STATE, "The saved torrent is damaged");
      return FALSE;
    }
  self->bytes = g_steal_pointer (&bytes);
  return TRUE;
}

GBytes *
bt_torrent_bytes_get (BtTorrentBytes *self, GError **error)
{
  GBytes *bytes = NULL;

  pthread_mutex_lock (&self->lock);
  if (self->bytes != NULL || read_again (self, error))
    bytes = g_bytes_ref (self->bytes);
  pthread_mutex_unlock (&self->lock);
  return bytes;
}

gboolean
bt_torrent_bytes_get_piece_hash (BtTorrentBytes *self, guint32 piece, BtSha1 *out, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;

  g_assert (piece < self->n_pieces);

  bytes = bt_torrent_bytes_get (self, error);
  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, NULL);
  memcpy (out->bytes, data + self->hashes_offset + (gsize) piece * BT_SHA1_SIZE, BT_SHA1_SIZE);
  return TRUE;
}
