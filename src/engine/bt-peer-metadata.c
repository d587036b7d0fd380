/* bt-peer-metadata.c: the details of a torrent as one peer asks for them and gives them (BEP 9).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-private.h"

#include "bt-extended.h"

#define SEND_AHEAD_BYTES (160 * 1024)  /* so much waits on the link: it does not need more yet */
#define STARVED_US (1 * G_USEC_PER_SEC) /* payload takes all there is; newcomers still get a block now and then */

static void
send (BtPeer *peer, const BtMetadataMessage *message, const guint8 *block, gsize length)
{
  guint8 head[BT_MESSAGE_MAX_HEAD];
  char dict[BT_METADATA_MAX_HEAD];
  gsize dict_length = bt_metadata_encode (message, dict);

  bt_link_send (peer->link, head,
                bt_message_encode_extended_head (peer->ids[BT_EXTENDED_METADATA], dict_length + length, head));
  bt_link_send (peer->link, dict, dict_length);
  if (length > 0)
    bt_link_send (peer->link, block, length);
}

void
bt_peer_ask_metadata (BtPeer *peer, guint32 block)
{
  BtMetadataMessage message = { .type = BT_METADATA_REQUEST, .block = block };

  /* It may have taken the id back meanwhile. */
  if (peer->ids[BT_EXTENDED_METADATA] == 0)
    return;
  send (peer, &message, NULL, 0);
}

/* Serving. */

static void
reject (BtPeer *peer, guint32 block)
{
  BtMetadataMessage message = { .type = BT_METADATA_REJECT, .block = block };

  send (peer, &message, NULL, 0);
}

void
bt_peer_reject_metadata (BtPeer *peer)
{
  for (guint i = 0; peer->metadata_waiting != NULL && i < peer->metadata_waiting->len; i++)
    reject (peer, g_array_index (peer->metadata_waiting, guint32, i));
  g_clear_pointer (&peer->metadata_waiting, g_array_unref);
}

static void
give (BtPeer *peer, GBytes *details, guint32 block, gint64 now)
{
  guint32 size = (guint32) g_bytes_get_size (details);
  guint32 length = bt_metadata_block_size (size, block);
  const guint8 *bytes = g_bytes_get_data (details, NULL);
  BtMetadataMessage message = { .type = BT_METADATA_DATA, .block = block, .total_size = size };

  send (peer, &message, bytes + (gsize) block * BT_LIMIT_BLOCK, length);
  bt_limiter_take (&peer->torrent->limits->up, now, length);
  peer->torrent->details_given_at = now;
}

static gboolean
may_give (BtPeer *peer, gint64 now)
{
  BtTorrent *torrent = peer->torrent;

  if (bt_link_queued_bytes (peer->link) >= SEND_AHEAD_BYTES)
    return FALSE;
  return bt_limiter_allows (&torrent->limits->up, now, BT_LIMIT_BLOCK) > 0
         || now - torrent->details_given_at >= STARVED_US;
}

void
bt_peer_serve_metadata (BtPeer *peer)
{
  gint64 now = bt_core_now (peer->torrent->core);

  while (!peer->closed && peer->metadata_waiting != NULL && may_give (peer, now))
    {
      g_autoptr(GBytes) details = bt_torrent_get_details (peer->torrent);

      if (details == NULL)
        return; /* they will be brought */
      give (peer, details, g_array_index (peer->metadata_waiting, guint32, 0), now);
      g_array_remove_index (peer->metadata_waiting, 0);
      if (peer->metadata_waiting->len == 0)
        g_clear_pointer (&peer->metadata_waiting, g_array_unref);
    }
}

static gboolean
is_waiting (BtPeer *peer, guint32 block)
{
  for (guint i = 0; i < peer->metadata_waiting->len; i++)
    if (g_array_index (peer->metadata_waiting, guint32, i) == block)
      return TRUE;
  return FALSE;
}

static void
take_request (BtPeer *peer, guint32 block)
{
  guint32 size = bt_torrent_details_size (peer->torrent);

  if (peer->ids[BT_EXTENDED_METADATA] == 0)
    return;
  if (block >= bt_metadata_n_blocks (size)
      || (peer->metadata_waiting != NULL && peer->metadata_waiting->len >= BT_LIMIT_METADATA_REQUESTS))
    {
      reject (peer, block);
      return;
    }
  if (peer->metadata_waiting == NULL)
    peer->metadata_waiting = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (!is_waiting (peer, block))
    g_array_append_val (peer->metadata_waiting, block);
  bt_peer_serve_metadata (peer);
}

void
bt_peer_take_metadata (BtPeer *peer, const BtMessage *message)
{
  BtMetadataMessage metadata;

  if (!bt_metadata_decode (message->payload, message->payload_length, &metadata, NULL))
    bt_peer_close (peer, BT_CLOSE_PROTOCOL, "a bad message about details");
  else if (metadata.type == BT_METADATA_REQUEST)
    take_request (peer, metadata.block);
  else if (metadata.type != BT_METADATA_UNKNOWN)
    bt_torrent_take_metadata (peer->torrent, peer, &metadata);
}

/* May be said again, with other ids. */
void
bt_peer_take_metadata_offer (BtPeer *peer, gint64 size)
{
  if (size > 0)
    peer->metadata_size = size;
  if (peer->ids[BT_EXTENDED_METADATA] == 0)
    g_clear_pointer (&peer->metadata_waiting, g_array_unref);
  bt_torrent_take_metadata_offer (peer->torrent, peer);
}
