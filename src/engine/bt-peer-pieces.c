/* bt-peer-pieces.c: which pieces a peer has, and which it lets us have or would like us to (BEP 3, 6, 54).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-private.h"

#include "bt-reader.h"

static void
became_seed (BtPeer *peer)
{
  if (peer->candidate != NULL)
    bt_candidates_set_seed (peer->torrent->candidates, peer->candidate, TRUE);
  bt_torrent_touch (peer->torrent, BT_CHANGED_PEERS);
}

/* Whether the piece may be asked of @peer instead, and is not what the seed sends next. */
static gboolean
may_relieve (BtPeer *peer, BtPeer *seed, guint32 piece)
{
  guint n_blocks = bt_picker_blocks_in_piece (peer->torrent->picker, piece);
  BtBlock next;
  gint64 age;

  return seed->is_seed && peer->am_interested && !peer->peer_choking && bt_pipeline_room (peer->pipeline) >= n_blocks
         && bt_pipeline_oldest (seed->pipeline, 0, &next, &age) && next.piece != piece;
}

/* What a seed gives should be what nobody else can give. So a piece that still waits in its queue is asked of the
 * first other peer that has it. Returns: (nullable): the seed, when there is something else to ask of it */
static BtPeer *
relieve_seed (BtPeer *peer, guint32 piece)
{
  BtPeerId id = bt_picker_find_relieved (peer->torrent->picker, piece);
  BtPeer *seed = id != 0 ? bt_torrent_find_peer (peer->torrent, id) : NULL;

  if (seed == NULL || !may_relieve (peer, seed, piece))
    return NULL;
  bt_peer_cancel_piece (seed, piece);
  return seed;
}

static void
take_have (BtPeer *peer, guint32 piece)
{
  BtTorrent *torrent = peer->torrent;
  BtPeer *relieved = NULL;

  if (piece >= torrent->metainfo->n_pieces)
    {
      bt_peer_close (peer, BT_CLOSE_BAD_PIECE, NULL);
      return;
    }
  if (!bt_bitfield_set (peer->has, piece))
    return;
  if (bt_bitfield_is_full (peer->has))
    {
      /* From now on it is one of the seeds, which are counted apart. */
      bt_bitfield_clear (peer->has, piece);
      bt_picker_peer_bits (torrent->picker, peer->has, -1);
      bt_bitfield_set (peer->has, piece);
      bt_picker_seed (torrent->picker, 1);
      peer->is_seed = TRUE;
      became_seed (peer);
    }
  else
    bt_picker_peer_has (torrent->picker, peer->id, piece);
  if (!peer->am_interested && bt_picker_wants (torrent->picker, piece))
    {
      peer->interesting = piece;
      bt_peer_update_interest (peer);
    }
  relieved = relieve_seed (peer, piece);
  bt_peer_request (peer);
  if (relieved != NULL)
    bt_peer_request (relieved);
}

void
bt_peer_forget_pieces (BtPeer *peer)
{
  if (peer->is_seed)
    bt_picker_seed (peer->torrent->picker, -1);
  else if (peer->has->n_set > 0)
    bt_picker_peer_bits (peer->torrent->picker, peer->has, -1);
  peer->is_seed = FALSE;
  bt_bitfield_clear_all (peer->has);
}

static void
take_bits (BtPeer *peer, BtBitfield *bits)
{
  BtTorrent *torrent = peer->torrent;

  bt_peer_forget_pieces (peer);
  bt_bitfield_free (peer->has);
  peer->has = bits;
  if (bt_bitfield_is_full (bits))
    {
      bt_picker_seed (torrent->picker, 1);
      peer->is_seed = TRUE;
      became_seed (peer);
    }
  else if (bits->n_set > 0)
    bt_picker_peer_bits (torrent->picker, bits, 1);
  bt_torrent_touch (torrent, BT_CHANGED_PEERS | BT_CHANGED_STATE);
  bt_peer_update_interest (peer);
  bt_peer_request (peer);
}

static void
take_all_or_none (BtPeer *peer, gboolean all)
{
  BtBitfield *bits = bt_bitfield_new (peer->torrent->metainfo->n_pieces);

  if (all)
    bt_bitfield_set_all (bits);
  take_bits (peer, bits);
}

static void
take_bitfield (BtPeer *peer, const BtMessage *message)
{
  BtBitfield *bits = bt_bitfield_new_from_bytes (message->payload, message->payload_length,
                                                 peer->torrent->metainfo->n_pieces);

  if (bits == NULL)
    bt_peer_close (peer, BT_CLOSE_BAD_BITFIELD, NULL);
  else
    take_bits (peer, bits);
}

void
bt_peer_take_dont_have (BtPeer *peer, const BtMessage *message)
{
  BtReader reader = bt_reader (message->payload, message->payload_length);
  BtTorrent *torrent = peer->torrent;
  guint32 piece;

  if (!bt_reader_u32 (&reader, &piece))
    return;
  bt_peer_disclaim (peer, piece);
  if (piece >= torrent->metainfo->n_pieces || !bt_bitfield_get (peer->has, piece))
    return;
  if (peer->is_seed)
    {
      bt_picker_seed (torrent->picker, -1);
      peer->is_seed = FALSE;
      bt_picker_peer_bits (torrent->picker, peer->has, 1);
    }
  bt_bitfield_clear (peer->has, piece);
  bt_picker_peer_lost (torrent->picker, piece);
  bt_peer_update_interest (peer);
  /* With the fast extension each request is answered by a reject of its own. */
  if (!peer->fast && bt_peer_forget_requests_of (peer, piece))
    bt_torrent_request_all (torrent);
}

/* The fast extension. */

static void
take_allowed (BtPeer *peer, guint32 piece)
{
  guint32 n = peer->torrent->metainfo->n_pieces;

  if (piece >= n)
    return; /* BEP 6: to be ignored */
  if (peer->allowed == NULL)
    peer->allowed = bt_bitfield_new (n);
  if (peer->allowed->n_set < BT_LIMIT_ALLOWED_FAST)
    bt_bitfield_set (peer->allowed, piece);
  bt_peer_request (peer);
}

static void
take_suggestion (BtPeer *peer, guint32 piece)
{
  if (piece >= peer->torrent->metainfo->n_pieces)
    return;
  if (peer->suggested == NULL)
    peer->suggested = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (peer->suggested->len >= BT_LIMIT_ALLOWED_FAST)
    g_array_remove_index (peer->suggested, 0);
  g_array_append_val (peer->suggested, piece);
}

void
bt_peer_take_pieces (BtPeer *peer, const BtMessage *message)
{
  if (bt_torrent_is_magnet (peer->torrent))
    {
      bt_peer_claim (peer, message);
      return;
    }
  switch (message->id)
    {
    case BT_MESSAGE_HAVE:
      take_have (peer, message->block.piece);
      break;
    case BT_MESSAGE_BITFIELD:
      take_bitfield (peer, message);
      break;
    case BT_MESSAGE_HAVE_ALL:
      take_all_or_none (peer, TRUE);
      break;
    case BT_MESSAGE_HAVE_NONE:
      take_all_or_none (peer, FALSE);
      break;
    case BT_MESSAGE_SUGGEST:
      take_suggestion (peer, message->block.piece);
      break;
    case BT_MESSAGE_ALLOWED_FAST:
      take_allowed (peer, message->block.piece);
      break;
    default:
      break;
    }
}
