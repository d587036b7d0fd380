/* bt-torrent-details.c: the details of a torrent as others ask for them, in memory only meanwhile (BEP 9).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#define KEEP_US (30 * G_USEC_PER_SEC) /* after the last block that was given */

/* Of a private torrent only its trackers' friends are to know them, and those have them. */
guint32
bt_torrent_details_size (BtTorrent *torrent)
{
  const BtMetainfo *metainfo = torrent->metainfo;

  if (metainfo->magnet != NULL || !bt_torrent_may_share (torrent) || metainfo->info_length > BT_LIMIT_METADATA)
    return 0;
  return (guint32) metainfo->info_length;
}

/* Bringing: they rest in the database, and reading may wait for it. */

typedef struct
{
  BtTorrent *torrent; /* for the engine's thread alone */
  BtTorrentBytes *bytes;
  GBytes *torrent_file; /* (nullable) */
} Bringing;

static void
bring_aside (gpointer data)
{
  Bringing *bringing = data;

  bringing->torrent_file = bt_torrent_bytes_get (bringing->bytes, NULL);
}

static void
take_details (BtTorrent *torrent, GBytes *torrent_file)
{
  g_clear_pointer (&torrent->details, g_bytes_unref);
  torrent->details = g_bytes_new_from_bytes (torrent_file, torrent->metainfo->info_offset,
                                             torrent->metainfo->info_length);
  torrent->details_given_at = bt_core_now (torrent->core);
}

static void
serve_all (BtTorrent *torrent)
{
  for (guint i = torrent->peers->len; i > 0; i = MIN (i - 1, torrent->peers->len))
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i - 1);

      if (torrent->details != NULL)
        bt_peer_serve_metadata (peer);
      else
        bt_peer_reject_metadata (peer);
    }
}

static void
brought_cb (gpointer data)
{
  Bringing *bringing = data;
  BtTorrent *torrent = bringing->torrent;

  torrent->bringing_details = FALSE;
  if (torrent->active)
    {
      if (bringing->torrent_file != NULL)
        take_details (torrent, bringing->torrent_file);
      serve_all (torrent);
    }
  g_clear_pointer (&bringing->torrent_file, g_bytes_unref);
  bt_torrent_bytes_unref (bringing->bytes);
  g_free (bringing);
  if (torrent->details == NULL)
    bt_torrent_rest (torrent);
  bt_torrent_job_end (torrent);
}

GBytes *
bt_torrent_get_details (BtTorrent *torrent)
{
  Bringing *bringing;

  if (torrent->details != NULL)
    return g_bytes_ref (torrent->details);
  if (torrent->bringing_details)
    return NULL;
  bringing = g_new0 (Bringing, 1);
  bringing->torrent = torrent;
  bringing->bytes = bt_torrent_bytes_ref (torrent->bytes);
  torrent->bringing_details = TRUE;
  bt_torrent_job_begin (torrent);
  bt_thinker_ask (torrent->core->thinker, bring_aside, brought_cb, bringing);
  return NULL;
}

void
bt_torrent_drop_details (BtTorrent *torrent)
{
  if (torrent->details == NULL)
    return;
  g_clear_pointer (&torrent->details, g_bytes_unref);
  bt_torrent_rest (torrent);
}

void
bt_torrent_details_second (BtTorrent *torrent, gint64 now)
{
  if (now - torrent->details_given_at >= KEEP_US)
    bt_torrent_drop_details (torrent);
}
