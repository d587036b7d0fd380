/* bt-peer.c: what is said to a peer and done for it: interest, requests, choking, timeouts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-private.h"

#define KEEP_ALIVE_US (100 * G_USEC_PER_SEC)
#define SILENCE_US (180 * G_USEC_PER_SEC)    /* others send a keep-alive each 2 minutes */
#define UNINTERESTED_US (60 * G_USEC_PER_SEC)  /* then it gives its slot back */
#define USELESS_US (600 * G_USEC_PER_SEC)    /* then it gives its connection back */
#define NO_REQUEST_US (60 * G_USEC_PER_SEC)  /* likewise, if it could take something and gives nothing; as libtorrent */
#define BOTH_SEEDS_US (5 * G_USEC_PER_SEC)
#define LOST_REQUEST_US (60 * G_USEC_PER_SEC) /* an answer is no more expected */
#define PICK_BATCH 64
/* Pieces that follow each other are taken together while they make up to so much, or what the peer gives in such a
 * part of a second: rows of slow peers would run into those of others. */
#define ROW_BYTES (8 * 1024 * 1024)
#define ROWS_PER_S 4

BtPeer *
bt_peer_new (BtTorrent *torrent, BtPeerId id, const BtEndpoint *endpoint)
{
  BtPeer *peer = g_new0 (BtPeer, 1);
  gint64 now = bt_core_now (torrent->core);

  peer->torrent = torrent;
  peer->id = id;
  peer->endpoint = *endpoint;
  bt_peer_id_for (&torrent->id_secret, endpoint, peer->own_id);
  peer->connected_at = now;
  peer->interest_at = now;
  peer->useful_at = now;
  peer->am_choking = TRUE;
  peer->peer_choking = TRUE;
  peer->has = bt_bitfield_new (torrent->metainfo->n_pieces);
  peer->pipeline = bt_pipeline_new (now);
  peer->waiting.blocks = g_array_new (FALSE, FALSE, sizeof (BtBlock));
  return peer;
}

void
bt_peer_free (BtPeer *peer)
{
  g_clear_pointer (&peer->scratch, bt_buffer_unref);
  g_clear_pointer (&peer->has, bt_bitfield_free);
  g_clear_pointer (&peer->allowed, bt_bitfield_free);
  g_clear_pointer (&peer->allowed_out, bt_bitfield_free);
  g_clear_pointer (&peer->suggested, g_array_unref);
  g_clear_pointer (&peer->pipeline, bt_pipeline_free);
  bt_peer_clear_pex (peer);
  bt_peer_free_claims (peer);
  g_clear_pointer (&peer->metadata_waiting, g_array_unref);
  g_array_unref (peer->waiting.blocks);
  g_free (peer->waiting.tally);
  g_free (peer->client);
  g_free (peer);
}

void
bt_peer_close (BtPeer *peer, BtCloseReason reason, const char *detail)
{
  if (!peer->closed)
    bt_link_close (peer->link, reason, detail);
}

/* Saying. */

void
bt_peer_send_simple (BtPeer *peer, BtMessageId id)
{
  guint8 bytes[BT_MESSAGE_MAX_HEAD];

  bt_link_send (peer->link, bytes, bt_message_encode_simple (id, bytes));
}

void
bt_peer_send_keep_alive (BtPeer *peer)
{
  static const guint8 keep_alive[4] = { 0 };

  bt_link_send (peer->link, keep_alive, sizeof keep_alive);
}

static void
send_index (BtPeer *peer, BtMessageId id, guint32 piece)
{
  guint8 bytes[BT_MESSAGE_MAX_HEAD];

  bt_link_send (peer->link, bytes, bt_message_encode_piece_index (id, piece, bytes));
}

void
bt_peer_send_block_message (BtPeer *peer, BtMessageId id, const BtBlock *block)
{
  guint8 bytes[BT_MESSAGE_MAX_HEAD];

  bt_link_send (peer->link, bytes, bt_message_encode_block (id, block, bytes));
}

void
bt_peer_send_handshake (BtPeer *peer)
{
  BtTorrent *torrent = peer->torrent;
  BtHandshake handshake = {
    .capabilities = BT_CAP_EXTENDED | BT_CAP_FAST,
    .info_hash = torrent->metainfo->info_hash,
  };
  guint8 bytes[BT_HANDSHAKE_SIZE];

  if (bt_torrent_uses_dht (torrent))
    handshake.capabilities |= BT_CAP_DHT;
  memcpy (handshake.peer_id, peer->own_id, sizeof handshake.peer_id);
  bt_handshake_encode (&handshake, bytes);
  bt_link_send (peer->link, bytes, sizeof bytes);
}

static void
send_pieces (BtPeer *peer)
{
  const BtBitfield *have = bt_picker_have (peer->torrent->picker);
  guint8 head[BT_MESSAGE_MAX_HEAD];
  gsize length = bt_bitfield_n_bytes (have->n_bits);

  if (peer->fast && have->n_bits > 0 && bt_bitfield_is_full (have))
    bt_peer_send_simple (peer, BT_MESSAGE_HAVE_ALL);
  else if (peer->fast && have->n_set == 0)
    bt_peer_send_simple (peer, BT_MESSAGE_HAVE_NONE);
  else if (have->n_set > 0)
    {
      bt_link_send (peer->link, head, bt_message_encode_bitfield_head (length, head));
      bt_link_send (peer->link, have->bytes, length);
    }
}

/* The port of our node of the DHT: it may want to know one more (BEP 5). */
static void
send_port (BtPeer *peer)
{
  BtCore *core = peer->torrent->core;
  gboolean ipv6 = !bt_endpoint_is_ipv4 (&peer->endpoint);
  guint16 port = core->udp_port;
  guint8 bytes[BT_MESSAGE_MAX_HEAD];

  if (!peer->has_dht || !bt_torrent_uses_dht (peer->torrent) || bt_core_get_dht (core, ipv6) == NULL)
    return;
  /* Out there it may be another one, as the router shows it. */
  if (port == core->listen_port && !bt_endpoint_is_local (&peer->endpoint))
    port = bt_core_get_port (core, ipv6);
  bt_link_send (peer->link, bytes, bt_message_encode_port (port, bytes));
}

/* The order in which libtorrent speaks: extension handshake, pieces, port, allowed fast. */
void
bt_peer_greet (BtPeer *peer)
{
  bt_peer_send_extended_handshake (peer);
  send_pieces (peer);
  send_port (peer);
  if (peer->fast)
    bt_peer_offer_fast (peer);
}

void
bt_peer_send_have (BtPeer *peer, guint32 piece)
{
  if (!peer->ready)
    return; /* the bitfield will say it */
  send_index (peer, BT_MESSAGE_HAVE, piece);
  if (peer->am_interested && bt_bitfield_get (peer->has, piece))
    bt_peer_update_interest (peer);
}

/* Choking. */

void
bt_peer_set_choking (BtPeer *peer, gboolean choking, gint64 now)
{
  if (peer->am_choking == choking)
    return;
  peer->am_choking = choking;
  peer->choked_at = now;
  bt_peer_send_simple (peer, choking ? BT_MESSAGE_CHOKE : BT_MESSAGE_UNCHOKE);
  if (choking)
    bt_peer_drop_waiting (peer, peer->fast);
  else
    {
      peer->unchoked_at = now;
      peer->given_at_unchoke = peer->uploaded;
    }
}

/* Interest and requests. */

void
bt_peer_update_interest (BtPeer *peer)
{
  BtTorrent *torrent = peer->torrent;
  gboolean interested = bt_torrent_may_request (torrent) && !bt_torrent_is_complete (torrent)
                        && bt_picker_is_interesting (torrent->picker, peer->has, &peer->interesting);

  if (!peer->ready || interested == peer->am_interested)
    return;
  peer->am_interested = interested;
  bt_peer_send_simple (peer, interested ? BT_MESSAGE_INTERESTED : BT_MESSAGE_NOT_INTERESTED);
  if (interested)
    peer->useful_at = bt_core_now (torrent->core);
}

static guint
pick (BtPeer *peer, BtBlock *blocks, guint n)
{
  BtTorrent *torrent = peer->torrent;
  guint64 rate = bt_pipeline_rate (peer->pipeline);
  BtPickRequest request = {
    .peer = peer->id,
    .has = peer->has,
    .only = peer->peer_choking ? peer->allowed : NULL,
    .slow = bt_pipeline_is_snubbed (peer->pipeline),
    .exclusive = bt_blame_on_parole (torrent->blame, &peer->endpoint),
    .contiguous_pieces = (guint) MIN (rate / ROWS_PER_S, ROW_BYTES) / torrent->metainfo->piece_length,
  };

  if (peer->suggested != NULL)
    {
      request.suggested = (const guint32 *) (gpointer) peer->suggested->data;
      request.n_suggested = peer->suggested->len;
    }
  return bt_picker_pick (torrent->picker, &request, blocks, n);
}

static gboolean
may_ask (BtPeer *peer)
{
  return peer->ready && peer->am_interested && (!peer->peer_choking || peer->allowed != NULL)
         && bt_torrent_may_request (peer->torrent);
}

void
bt_peer_request (BtPeer *peer)
{
  gint64 now = bt_core_now (peer->torrent->core);
  BtBlock blocks[PICK_BATCH];
  guint room;

  if (!may_ask (peer))
    return;
  while ((room = bt_pipeline_room (peer->pipeline)) > 0)
    {
      guint n = pick (peer, blocks, MIN (room, PICK_BATCH));

      for (guint i = 0; i < n; i++)
        {
          bt_peer_send_block_message (peer, BT_MESSAGE_REQUEST, &blocks[i]);
          bt_pipeline_sent (peer->pipeline, &blocks[i], now);
        }
      if (n < MIN (room, PICK_BATCH))
        break;
    }
}

void
bt_peer_cancel (BtPeer *peer, const BtBlock *block)
{
  if (!bt_pipeline_contains (peer->pipeline, block))
    return;
  bt_peer_send_block_message (peer, BT_MESSAGE_CANCEL, block);
  /* With the fast extension an answer still comes, piece or reject; without, it may have crossed. */
  bt_pipeline_remove (peer->pipeline, block);
  peer->n_forgiven++;
  bt_peer_request (peer);
}

static void
abandon_cb (const BtBlock *block, gpointer data)
{
  BtPeer *peer = data;

  bt_picker_abandon (peer->torrent->picker, peer->id, block);
  peer->n_forgiven++;
}

static void
cancel_cb (const BtBlock *block, gpointer data)
{
  bt_peer_send_block_message (data, BT_MESSAGE_CANCEL, block);
  abandon_cb (block, data);
}

void
bt_peer_cancel_piece (BtPeer *peer, guint32 piece)
{
  bt_pipeline_remove_piece (peer->pipeline, piece, cancel_cb, peer);
}

gboolean
bt_peer_forget_requests_of (BtPeer *peer, guint32 piece)
{
  guint before = bt_pipeline_length (peer->pipeline);

  bt_pipeline_remove_piece (peer->pipeline, piece, abandon_cb, peer);
  return bt_pipeline_length (peer->pipeline) < before;
}

void
bt_peer_forget_requests (BtPeer *peer)
{
  bt_pipeline_clear (peer->pipeline, abandon_cb, peer);
}

/* Late answers are let pass, and thrown away. */
void
bt_peer_take_back_requests (BtPeer *peer)
{
  if (peer->closed)
    return;
  bt_pipeline_clear (peer->pipeline, cancel_cb, peer);
  if (peer->receiving)
    {
      bt_link_discard_block (peer->link);
      bt_torrent_block_lost (peer->torrent, peer);
    }
}

/* Rounds of the second. */

/* It is slow: what it was asked for may be asked of others as well. If it answers after all, the
 * block is taken if nobody was faster. */
static void
share_requests (BtPeer *peer)
{
  g_debug ("%s: peer %u is snubbed", peer->torrent->metainfo->name, peer->id);
  bt_picker_abandon_all (peer->torrent->picker, peer->id);
  bt_torrent_request_all (peer->torrent);
}

/* It is not slow: we do not read, for the disk or a limit. */
static gboolean
we_hold_it_back (BtPeer *peer, gint64 now)
{
  BtTorrent *torrent = peer->torrent;

  return !torrent->core->reading || bt_limiter_allows (&torrent->limits->down, now, 1) == 0;
}

static void
tick_requests (BtPeer *peer, gint64 now)
{
  BtBlock oldest;
  gint64 age;

  if (we_hold_it_back (peer, now))
    {
      bt_pipeline_progress (peer->pipeline, 0, now);
      peer->asked_at = now;
    }
  if (bt_pipeline_tick (peer->pipeline, now))
    share_requests (peer);
  if (bt_pipeline_oldest (peer->pipeline, now, &oldest, &age) && age > LOST_REQUEST_US
      && bt_pipeline_is_snubbed (peer->pipeline) && !peer->receiving)
    bt_peer_forget_requests (peer);
  bt_peer_request (peer);
}

static gboolean
is_useless (BtPeer *peer, gint64 now)
{
  gboolean they_are_done = peer->is_seed || peer->upload_only;
  gboolean we_are_done = bt_torrent_is_upload_only (peer->torrent);

  if (we_are_done && they_are_done && now - peer->ready_at > BOTH_SEEDS_US)
    return !bt_torrent_pex_is_worth_waiting (peer->torrent, peer, now);
  if (peer->am_interested || peer->peer_interested)
    return FALSE;
  return now - MAX (peer->interest_at, peer->useful_at) > USELESS_US;
}

/* It has a slot of one that only gives, says that it wants something, and does not ask: libtorrent's rule. To who
 * downloads any peer may have something to give yet. */
static gboolean
leaves_its_slot_unused (BtPeer *peer, gint64 now)
{
  gint64 since = MAX (peer->unchoked_at, peer->interest_at);

  if (peer->am_choking || !peer->peer_interested || !bt_torrent_is_upload_only (peer->torrent)
      || bt_peer_is_being_served (peer))
    return FALSE;
  return now - MAX (since, MAX (peer->asked_at, peer->moved_at)) > NO_REQUEST_US;
}

static void
tick_silence (BtPeer *peer, gint64 now)
{
  if (now - bt_link_last_sent (peer->link) > KEEP_ALIVE_US)
    bt_peer_send_keep_alive (peer);
  if (peer->torrent->core->reading && now - bt_link_last_received (peer->link) > SILENCE_US)
    bt_peer_close (peer, BT_CLOSE_SILENT, NULL);
  else if (is_useless (peer, now))
    bt_peer_close (peer, BT_CLOSE_USELESS, NULL);
  else if (leaves_its_slot_unused (peer, now))
    bt_peer_close (peer, BT_CLOSE_USELESS, "it asked for nothing");
}

void
bt_peer_second (BtPeer *peer, gint64 now)
{
  if (!peer->ready)
    return;
  bt_peer_count_sent (peer, now);
  tick_requests (peer, now);
  if (!peer->am_choking && !peer->peer_interested && now - peer->interest_at > UNINTERESTED_US)
    bt_peer_set_choking (peer, TRUE, now);
  bt_peer_serve (peer);
  bt_torrent_pex_second (peer->torrent, peer, now);
  bt_peer_serve_metadata (peer);
  tick_silence (peer, now);
}

static BtChokeReason
choke_reason (BtPeer *peer)
{
  if (!peer->am_choking)
    return BT_CHOKE_NONE;
  if (!peer->torrent->active)
    return BT_CHOKE_PAUSED;
  return peer->peer_interested && !peer->is_seed ? BT_CHOKE_NO_SLOT : BT_CHOKE_NO_INTEREST;
}

void
bt_peer_fill_status (BtPeer *peer, BtPeerStatus *status, gint64 now)
{
  *status = (BtPeerStatus){
    .endpoint = peer->endpoint,
    .client = g_ref_string_new (peer->client != NULL ? peer->client : ""),
    .incoming = !bt_link_is_outgoing (peer->link),
    .am_choking = peer->am_choking,
    .am_interested = peer->am_interested,
    .peer_choking = peer->peer_choking,
    .peer_interested = peer->peer_interested,
    .choke_reason = choke_reason (peer),
    .snubbed = bt_pipeline_is_snubbed (peer->pipeline),
    .optimistic = peer->optimistic,
    .on_parole = bt_blame_on_parole (peer->torrent->blame, &peer->endpoint),
    .fast_extension = peer->fast,
    .progress = peer->has->n_bits > 0 ? (double) peer->has->n_set / peer->has->n_bits : 0,
    .rate_down = bt_rate_get (&peer->rate_down, now),
    .rate_up = bt_rate_get (&peer->rate_up, now),
    .downloaded = peer->downloaded,
    .uploaded = peer->uploaded,
    .n_requests_out = bt_pipeline_length (peer->pipeline),
    .n_requests_in = bt_peer_n_waiting (peer),
    .n_unknown = peer->n_unknown,
    .connected_s = (now - peer->connected_at) / G_USEC_PER_SEC,
  };
}
