/* bt-torrent-metadata.c: the details of a magnet link come from peers, and are read (BEP 9).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

/* Outline. Peers that have the details are asked for blocks (bt-metadata-fetch.c). When all of a size are there they
 * are compared with the hash of the link and read, which takes more than a second for 200,000 files and so is done
 * aside. If they are right the torrent takes them up (bt-core-magnet.c), with its peers and trackers. */

static void
touch (BtTorrent *torrent)
{
  bt_torrent_touch (torrent, BT_CHANGED_PROGRESS | BT_CHANGED_STATE);
}

static BtMetadataFetch *
get_fetch (BtTorrent *torrent)
{
  BtCore *core = torrent->core;

  if (torrent->metadata == NULL)
    torrent->metadata = bt_metadata_fetch_new (&core->metadata_budget, &core->random);
  return torrent->metadata;
}

static gboolean
wants_metadata (BtTorrent *torrent)
{
  return torrent->phase == BT_PHASE_METADATA && torrent->active && !torrent->resolving;
}

void
bt_torrent_end_metadata (BtTorrent *torrent)
{
  g_clear_pointer (&torrent->metadata, bt_metadata_fetch_free);
  touch (torrent);
}

static void
ask (BtTorrent *torrent, BtPeer *peer)
{
  gint64 now = bt_core_now (torrent->core);
  guint32 block;

  while (torrent->metadata != NULL && bt_metadata_fetch_next (torrent->metadata, peer->id, now, &block))
    bt_peer_ask_metadata (peer, block);
}

static void
ask_all (BtTorrent *torrent)
{
  for (guint i = 0; i < torrent->peers->len; i++)
    ask (torrent, g_ptr_array_index (torrent->peers, i));
}

void
bt_torrent_take_metadata_offer (BtTorrent *torrent, BtPeer *peer)
{
  if (!wants_metadata (torrent))
    return;
  bt_metadata_fetch_set_peer (get_fetch (torrent), peer->id, &peer->endpoint,
                              peer->ids[BT_EXTENDED_METADATA] != 0 ? peer->metadata_size : 0);
  ask (torrent, peer);
  touch (torrent);
}

void
bt_torrent_lose_metadata_peer (BtTorrent *torrent, BtPeer *peer)
{
  if (torrent->metadata == NULL)
    return;
  bt_metadata_fetch_remove_peer (torrent->metadata, peer->id);
  ask_all (torrent);
}

void
bt_torrent_metadata_second (BtTorrent *torrent, gint64 now)
{
  if (torrent->metadata == NULL)
    return;
  bt_metadata_fetch_tick (torrent->metadata, now);
  ask_all (torrent);
}

/* Reading. */

typedef struct
{
  BtTorrent *torrent; /* for the engine's thread alone */
  BtMagnet *magnet;
  GBytes *details;      /* the thinker's own while it thinks */
  guint32 size;
  GBytes *bytes;        /* (nullable): NULL without an error: they are not what the link names */
  BtMetainfo *metainfo; /* (nullable): NULL with an error */
  GError *error;
} Reading;

static void
read_aside (gpointer data)
{
  Reading *reading = data;

  reading->bytes = bt_metadata_make_torrent (reading->magnet, reading->details, &reading->error);
  g_clear_pointer (&reading->details, g_bytes_unref);
  if (reading->bytes != NULL)
    reading->metainfo = bt_metainfo_parse (reading->bytes, &reading->error);
}

static void
take_lie (BtTorrent *torrent, guint32 size)
{
  gint64 now = bt_core_now (torrent->core);
  BtEndpoint culprit;

  if (torrent->metadata == NULL)
    return;
  if (bt_metadata_fetch_failed (torrent->metadata, size, now, &culprit))
    bt_torrent_ban (torrent, &culprit, "it gave details that are not those of the link");
  else
    bt_core_event (torrent->core, torrent->id, BT_EVENT_LOG,
                   "Somebody gave details that are not those of the link: they are asked for anew");
  if (torrent->metadata != NULL)
    ask_all (torrent);
  touch (torrent);
}

/* No other peer has better ones: it is over, until somebody removes the link. */
static void
refuse (BtTorrent *torrent, const GError *error)
{
  g_autoptr(GError) problem
    = g_error_new (BT_ERROR, error->code, "The details of the torrent cannot be used: %s", error->message);

  bt_torrent_fail (torrent, problem);
}

static void
free_reading (Reading *reading)
{
  bt_magnet_unref (reading->magnet);
  g_clear_pointer (&reading->details, g_bytes_unref);
  g_clear_pointer (&reading->bytes, g_bytes_unref);
  g_clear_pointer (&reading->metainfo, bt_metainfo_unref);
  g_clear_error (&reading->error);
  g_free (reading);
}

static void
read_cb (gpointer data)
{
  Reading *reading = data;
  BtTorrent *torrent = reading->torrent;

  if (torrent->phase == BT_PHASE_METADATA && !torrent->resolving)
    {
      if (reading->metainfo != NULL)
        bt_core_take_up (torrent->core, torrent, reading->metainfo, reading->bytes);
      else if (reading->error != NULL)
        refuse (torrent, reading->error);
      else
        take_lie (torrent, reading->size);
    }
  free_reading (reading);
  bt_torrent_job_end (torrent);
}

static void
read_complete (BtTorrent *torrent)
{
  guint32 size;
  GBytes *details = bt_metadata_fetch_get_complete (torrent->metadata, &size);
  Reading *reading = g_new0 (Reading, 1);

  g_assert (details != NULL);
  reading->torrent = torrent;
  reading->magnet = bt_magnet_ref (torrent->metainfo->magnet);
  reading->details = details;
  reading->size = size;
  bt_torrent_job_begin (torrent);
  bt_thinker_ask (torrent->core->thinker, read_aside, read_cb, reading);
}

/* Messages. */

static BtMetadataResult
take (BtTorrent *torrent, BtPeer *peer, const BtMetadataMessage *message)
{
  gint64 now = bt_core_now (torrent->core);

  if (message->type == BT_METADATA_REJECT)
    return bt_metadata_fetch_rejected (torrent->metadata, peer->id, message->block, now);
  torrent->down_moved_at = now;
  peer->useful_at = peer->moved_at = now;
  return bt_metadata_fetch_take (torrent->metadata, peer->id, message->block, message->total_size, message->data,
                                 message->length, now);
}

void
bt_torrent_take_metadata (BtTorrent *torrent, BtPeer *peer, const BtMetadataMessage *message)
{
  if (torrent->metadata == NULL || !wants_metadata (torrent))
    return;
  switch (take (torrent, peer, message))
    {
    case BT_METADATA_COMPLETE:
      read_complete (torrent);
      break;
    case BT_METADATA_FLOOD:
      bt_peer_close (peer, BT_CLOSE_FLOOD, "details that were not asked for");
      return;
    case BT_METADATA_TAKEN:
    case BT_METADATA_IGNORED:
    default:
      break;
    }
  if (message->type == BT_METADATA_REJECT)
    ask_all (torrent);
  else
    ask (torrent, peer);
  touch (torrent);
}

void
bt_torrent_get_metadata_progress (BtTorrent *torrent, BtMetadataProgress *out)
{
  *out = (BtMetadataProgress){ 0 };
  if (torrent->metadata != NULL)
    bt_metadata_fetch_get_progress (torrent->metadata, out);
}
