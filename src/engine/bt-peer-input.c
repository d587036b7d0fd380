/* bt-peer-input.c: what a peer says, and what follows from it (BEP 3, 6).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-private.h"

#include "bt-peer-id.h"

/* How long the first of two connections with one peer is silent before the second takes its place. */
#define TWIN_STUCK_US (1 * G_USEC_PER_SEC)

/* Opening. */

static void
connected_cb (BtLink *link, gpointer owner)
{
  bt_peer_send_handshake (owner);
}

static void
head_cb (BtLink *link, const BtHandshake *handshake, gpointer owner)
{
  BtPeer *peer = owner;

  if (bt_link_is_outgoing (link))
    {
      peer->spoke = TRUE;
      bt_core_dial_reached (peer->torrent->core, &peer->endpoint);
    }
  if (!bt_sha1_equal (&handshake->info_hash, &peer->torrent->metainfo->info_hash))
    bt_link_close (link, BT_CLOSE_WRONG_TORRENT, NULL);
}

static BtPeer *
find_twin (BtPeer *peer)
{
  GPtrArray *peers = peer->torrent->peers;

  for (guint i = 0; i < peers->len; i++)
    {
      BtPeer *other = g_ptr_array_index (peers, i);

      if (other != peer && other->ready && memcmp (other->peer_id, peer->peer_id, BT_PEER_ID_SIZE) == 0)
        return other;
    }
  return NULL;
}

/* Of two connections with one peer both sides keep the one that was opened by the side with the
 * higher peer id; of two in one direction the first. One whose other end does not answer is none.
 * Both ends of two of ours see the same pair of ids on both, as each has one for the address of the other. */
static gboolean
is_kept (BtPeer *peer, BtPeer *twin)
{
  gboolean outgoing = bt_link_is_outgoing (peer->link);

  if (bt_link_is_stuck (twin->link, TWIN_STUCK_US))
    return TRUE;
  if (outgoing == bt_link_is_outgoing (twin->link))
    return FALSE;
  return outgoing == (memcmp (peer->own_id, peer->peer_id, BT_PEER_ID_SIZE) > 0);
}

static gboolean
settle_twin (BtPeer *peer)
{
  BtPeer *twin = find_twin (peer);

  if (twin == NULL)
    return TRUE;
  if (is_kept (peer, twin))
    {
      bt_peer_close (twin, BT_CLOSE_DUPLICATE, NULL);
      return TRUE;
    }
  /* It may have lost the first, with an address or a router. If so, that shows when it comes again. */
  bt_peer_send_keep_alive (twin);
  bt_peer_close (peer, BT_CLOSE_DUPLICATE, NULL);
  return FALSE;
}

/* Only the end that connected knows the address that is ours, and our answer tells it. */
static void
close_self (BtLink *link)
{
  if (!bt_link_is_outgoing (link))
    bt_link_push (link);
  bt_link_close (link, BT_CLOSE_SELF, NULL);
}

static void
handshake_cb (BtLink *link, const BtHandshake *handshake, gpointer owner)
{
  BtPeer *peer = owner;
  BtTorrent *torrent = peer->torrent;

  memcpy (peer->peer_id, handshake->peer_id, BT_PEER_ID_SIZE);
  if (bt_peer_id_is_ours (&torrent->id_secret, peer->peer_id))
    {
      close_self (link);
      return;
    }
  if (!settle_twin (peer))
    return;
  peer->client = bt_peer_id_client_name (peer->peer_id);
  peer->fast = (handshake->capabilities & BT_CAP_FAST) != 0;
  peer->extended = (handshake->capabilities & BT_CAP_EXTENDED) != 0;
  peer->has_dht = (handshake->capabilities & BT_CAP_DHT) != 0;
  peer->ready = TRUE;
  peer->ready_at = bt_core_now (torrent->core);
  peer->outgoing = bt_link_is_outgoing (link);
  torrent->n_connecting--;
  if (peer->candidate != NULL)
    {
      peer->candidate->connectable = TRUE;
      bt_core_end_dialling (torrent->core, &peer->endpoint);
    }
  bt_link_set_n_pieces (link, torrent->metainfo->n_pieces);
  bt_link_set_limiters (link, &torrent->limits->down, &torrent->limits->up);
  bt_link_set_reading (link, torrent->core->reading);
  bt_peer_greet (peer);
  bt_torrent_pex_joined (torrent, peer);
  bt_torrent_touch (torrent, BT_CHANGED_PEERS | BT_CHANGED_STATE);
}

/* Choking and interest, as it says. */

static void
take_choke (BtPeer *peer)
{
  peer->peer_choking = TRUE;
  /* With the fast extension each request is answered by a reject of its own. */
  if (!peer->fast)
    bt_peer_forget_requests (peer);
  bt_torrent_touch (peer->torrent, BT_CHANGED_STATE);
}

static void
take_unchoke (BtPeer *peer)
{
  peer->peer_choking = FALSE;
  bt_torrent_touch (peer->torrent, BT_CHANGED_STATE);
  bt_peer_request (peer);
}

static void
take_interest (BtPeer *peer, gboolean interested)
{
  gint64 now = bt_core_now (peer->torrent->core);

  if (peer->peer_interested == interested)
    return;
  peer->peer_interested = interested;
  peer->interest_at = now;
  if (interested)
    bt_torrent_peer_interested (peer->torrent, peer);
}

/* The fast extension. */

static void
take_reject (BtPeer *peer, const BtBlock *block)
{
  if (!bt_pipeline_remove (peer->pipeline, block))
    {
      if (peer->n_forgiven > 0)
        peer->n_forgiven--;
      else if (++peer->n_rejects > BT_LIMIT_REJECTS_FROM_PEER)
        bt_peer_close (peer, BT_CLOSE_FLOOD, "rejects of what was not asked for");
      return;
    }
  bt_picker_abandon (peer->torrent->picker, peer->id, block);
  if (peer->allowed != NULL && peer->peer_choking && block->piece < peer->allowed->n_bits)
    bt_bitfield_clear (peer->allowed, block->piece);
  if (!peer->peer_choking && ++peer->n_rejects > BT_LIMIT_REJECTS_FROM_PEER)
    bt_peer_close (peer, BT_CLOSE_FLOOD, "it rejects what it lets us ask for");
  else
    bt_peer_request (peer);
}

/* The port of its node of the DHT; of one that said it has none it is not asked. */
static void
take_port (BtPeer *peer, guint16 port)
{
  BtEndpoint node = peer->endpoint;

  /* Once: thousands of ports would push out all other nodes that we know of. */
  if (port == 0 || !peer->has_dht || peer->said_port || !bt_torrent_uses_dht (peer->torrent))
    return;
  peer->said_port = TRUE;
  node.port = port;
  bt_core_dht_add_address (peer->torrent->core, &node);
}

static gboolean
is_fast_message (BtMessageId id)
{
  return id == BT_MESSAGE_SUGGEST || id == BT_MESSAGE_HAVE_ALL || id == BT_MESSAGE_HAVE_NONE
         || id == BT_MESSAGE_REJECT || id == BT_MESSAGE_ALLOWED_FAST;
}

static void
message_cb (BtLink *link, const BtMessage *message, gpointer owner)
{
  BtPeer *peer = owner;

  if (is_fast_message (message->id) && !peer->fast)
    {
      bt_link_close (link, BT_CLOSE_PROTOCOL, "a fast message without the extension");
      return;
    }
  switch (message->id)
    {
    case BT_MESSAGE_CHOKE:
      take_choke (peer);
      break;
    case BT_MESSAGE_UNCHOKE:
      take_unchoke (peer);
      break;
    case BT_MESSAGE_INTERESTED:
      take_interest (peer, TRUE);
      break;
    case BT_MESSAGE_NOT_INTERESTED:
      take_interest (peer, FALSE);
      break;
    case BT_MESSAGE_HAVE:
    case BT_MESSAGE_BITFIELD:
    case BT_MESSAGE_SUGGEST:
    case BT_MESSAGE_HAVE_ALL:
    case BT_MESSAGE_HAVE_NONE:
    case BT_MESSAGE_ALLOWED_FAST:
      bt_peer_take_pieces (peer, message);
      break;
    case BT_MESSAGE_REQUEST:
      bt_peer_take_request (peer, &message->block);
      break;
    case BT_MESSAGE_CANCEL:
      bt_peer_take_cancel (peer, &message->block);
      break;
    case BT_MESSAGE_REJECT:
      take_reject (peer, &message->block);
      break;
    case BT_MESSAGE_EXTENDED:
      bt_peer_take_extended (peer, message);
      break;
    case BT_MESSAGE_PORT:
      take_port (peer, message->port);
      break;
    case BT_MESSAGE_PIECE: /* comes through block_place */
    default:
      break;
    }
}

/* The stream stays in step, for the length of what we do not know is known. But what we asked for in
 * between may have been lost on a peer that is confused: so ask again for what there is room for. */
static void
skipped_cb (BtLink *link, int id, gsize length, gpointer owner)
{
  BtPeer *peer = owner;

  if (id < 0)
    return;
  peer->n_unknown++;
  bt_peer_request (peer);
}

/* Blocks. */

static gboolean
is_block_of_ours (BtPeer *peer, const BtBlock *block)
{
  BtPicker *picker = peer->torrent->picker;
  BtBlock right;

  if (block->piece >= peer->torrent->metainfo->n_pieces || block->begin % BT_LIMIT_BLOCK != 0
      || block->begin / BT_LIMIT_BLOCK >= bt_picker_blocks_in_piece (picker, block->piece))
    return FALSE;
  right = bt_picker_block (picker, block->piece, block->begin / BT_LIMIT_BLOCK);
  return right.length == block->length;
}

/* A block is received only if it was asked of this very peer: anything else would let strangers
 * write into pieces. Late answers to what was given up are let pass, and thrown away. */
static guint8 *
block_place_cb (BtLink *link, const BtBlock *block, gpointer owner)
{
  BtPeer *peer = owner;

  if (!is_block_of_ours (peer, block) || !bt_pipeline_contains (peer->pipeline, block))
    {
      if (peer->n_forgiven > 0)
        peer->n_forgiven--;
      else if (++peer->n_unrequested > BT_LIMIT_UNREQUESTED_BLOCKS)
        bt_link_close (link, BT_CLOSE_FLOOD, "blocks that were not asked for");
      return NULL;
    }
  if (!bt_torrent_wants_block (peer->torrent, block))
    return NULL;
  return bt_torrent_block_place (peer->torrent, peer, block);
}

static void
block_progress_cb (BtLink *link, const BtBlock *block, gsize bytes, gpointer owner)
{
  BtPeer *peer = owner;
  BtTorrent *torrent = peer->torrent;
  gint64 now = bt_core_now (torrent->core);

  bt_pipeline_progress (peer->pipeline, bytes, now);
  bt_rate_add (&peer->rate_down, now, bytes);
  bt_rate_add (&torrent->rate_down, now, bytes);
  bt_core_count_down (torrent->core, bytes);
  peer->downloaded += bytes;
  torrent->downloaded += bytes;
  torrent->down_moved_at = now;
  peer->useful_at = peer->moved_at = now;
}

static void
block_done_cb (BtLink *link, const BtBlock *block, gboolean discarded, gpointer owner)
{
  BtPeer *peer = owner;
  BtTorrent *torrent = peer->torrent;
  gint64 now = bt_core_now (torrent->core);
  gboolean asked = bt_pipeline_received (peer->pipeline, block, now);

  bt_torrent_touch (torrent, BT_CHANGED_TOTALS | BT_CHANGED_SPEED);
  if (discarded)
    {
      torrent->wasted += block->length;
      bt_torrent_block_lost (torrent, peer);
      if (asked)
        bt_picker_abandon (torrent->picker, peer->id, block);
    }
  else
    {
      peer->n_rejects = 0;
      bt_torrent_block_came (torrent, peer, block);
    }
  if (!peer->closed)
    bt_peer_request (peer);
}

static void
drained_cb (BtLink *link, gpointer owner)
{
  BtPeer *peer = owner;

  bt_peer_count_sent (peer, bt_core_now (peer->torrent->core));
  bt_peer_serve (peer);
  bt_peer_serve_metadata (peer);
}

static void
file_failed_cb (BtLink *link, const GError *error, gpointer owner)
{
  bt_torrent_read_failed (((BtPeer *) owner)->torrent, error);
}

static void
closed_cb (BtLink *link, BtCloseReason reason, const char *detail, gpointer owner)
{
  BtPeer *peer = owner;
  BtTorrent *torrent = peer->torrent;

  bt_peer_count_sent (peer, bt_core_now (torrent->core));
  peer->closed = TRUE;
  peer->link = NULL;
  bt_torrent_block_lost (torrent, peer);
  bt_picker_abandon_all (torrent->picker, peer->id);
  bt_pipeline_clear (peer->pipeline, NULL, NULL);
  bt_peer_drop_waiting (peer, FALSE);
  bt_peer_forget_pieces (peer);
  bt_peer_free_claims (peer);
  bt_torrent_peer_ended (torrent, peer, reason, detail);
  if (peer->n_reading == 0)
    bt_peer_free (peer);
}

const BtLinkOps bt_peer_link_ops = {
  .connected = connected_cb,
  .handshake_head = head_cb,
  .handshake = handshake_cb,
  .message = message_cb,
  .skipped = skipped_cb,
  .block_place = block_place_cb,
  .block_progress = block_progress_cb,
  .block_done = block_done_cb,
  .drained = drained_cb,
  .file_failed = file_failed_cb,
  .closed = closed_cb,
};
