/* bt-peer-claims.c: what a peer says of pieces while nobody knows how many there are: kept, and judged later.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-private.h"

#include "bt-reader.h"

/* So that with the details of a link no connection has to be made anew. */
struct _BtClaims
{
  GByteArray *bits; /* as a bitfield is sent; as long as it was, or as the pieces that were named need */
  gsize bitfield_length; /* 0: none came */
  gboolean all;
  gboolean lost; /* there was no room for what it said */
  guint n_allowed;
  guint32 allowed[BT_LIMIT_ALLOWED_FAST];
};

static BtClaims *
get_claims (BtPeer *peer)
{
  if (peer->claims == NULL)
    {
      peer->claims = g_new0 (BtClaims, 1);
      peer->claims->bits = g_byte_array_new ();
    }
  return peer->claims;
}

static void
free_claims (BtClaims *claims)
{
  g_byte_array_unref (claims->bits);
  g_free (claims);
}

void
bt_peer_free_claims (BtPeer *peer)
{
  BtClaims *claims = g_steal_pointer (&peer->claims);

  if (claims == NULL)
    return;
  peer->torrent->core->claim_bytes -= claims->bits->len;
  free_claims (claims);
}

/* FALSE if everybody together claims too much. It may still give details; for pieces it has to come again. */
static gboolean
resize (BtPeer *peer, gsize length)
{
  BtClaims *claims = get_claims (peer);
  BtCore *core = peer->torrent->core;
  guint before = claims->bits->len;

  if (length > before && core->claim_bytes + (length - before) > BT_LIMIT_CLAIMS_TOTAL)
    {
      claims->lost = TRUE;
      return FALSE;
    }
  core->claim_bytes += length - before;
  g_byte_array_set_size (claims->bits, (guint) length);
  if (length > before)
    memset (claims->bits->data + before, 0, length - before);
  return TRUE;
}

static void
claim_piece (BtPeer *peer, guint32 piece)
{
  BtClaims *claims = get_claims (peer);

  if (piece >= BT_LIMIT_PIECES)
    bt_peer_close (peer, BT_CLOSE_BAD_PIECE, NULL);
  else if (piece / 8 < claims->bits->len || resize (peer, piece / 8 + 1))
    claims->bits->data[piece / 8] |= 0x80 >> (piece % 8);
}

static void
claim_bitfield (BtPeer *peer, const guint8 *bytes, gsize length)
{
  BtClaims *claims = get_claims (peer);

  claims->all = FALSE;
  if (!resize (peer, length))
    return;
  claims->bitfield_length = length;
  if (length > 0)
    memcpy (claims->bits->data, bytes, length);
}

static void
claim_all_or_none (BtPeer *peer, gboolean all)
{
  BtClaims *claims = get_claims (peer);

  claims->all = all;
  claims->lost = FALSE;
  claims->bitfield_length = 0;
  (void) resize (peer, 0);
}

static void
claim_allowed (BtPeer *peer, guint32 piece)
{
  BtClaims *claims = get_claims (peer);

  if (claims->n_allowed < BT_LIMIT_ALLOWED_FAST)
    claims->allowed[claims->n_allowed++] = piece;
}

void
bt_peer_claim (BtPeer *peer, const BtMessage *message)
{
  switch (message->id)
    {
    case BT_MESSAGE_HAVE:
      claim_piece (peer, message->block.piece);
      break;
    case BT_MESSAGE_BITFIELD:
      claim_bitfield (peer, message->payload, message->payload_length);
      break;
    case BT_MESSAGE_HAVE_ALL:
    case BT_MESSAGE_HAVE_NONE:
      claim_all_or_none (peer, message->id == BT_MESSAGE_HAVE_ALL);
      break;
    case BT_MESSAGE_ALLOWED_FAST:
      claim_allowed (peer, message->block.piece);
      break;
    default: /* suggestions are no promise */
      break;
    }
}

void
bt_peer_disclaim (BtPeer *peer, guint32 piece)
{
  BtClaims *claims = peer->claims;

  if (claims != NULL && piece / 8 < claims->bits->len)
    claims->bits->data[piece / 8] &= (guint8) ~(0x80 >> (piece % 8));
}

/* Judging. A peer that is closed is freed at once. */

static void
judge_bits (BtPeer *peer, BtClaims *claims)
{
  gsize length = bt_bitfield_n_bytes (peer->torrent->metainfo->n_pieces);
  gsize claimed = claims->bits->len;
  g_autofree guint8 *bits = NULL;
  BtMessage message = { .id = BT_MESSAGE_BITFIELD, .payload_length = length };

  if (claimed == 0)
    return;
  if (claimed > length || (claims->bitfield_length > 0 && claims->bitfield_length != length))
    {
      bt_peer_close (peer, BT_CLOSE_BAD_BITFIELD, NULL);
      return;
    }
  message.payload = bits = g_malloc0 (length);
  memcpy (bits, claims->bits->data, claimed);
  bt_peer_take_pieces (peer, &message);
}

static void
judge_allowed (BtPeer *peer, const BtClaims *claims)
{
  for (guint i = 0; i < claims->n_allowed; i++)
    {
      BtMessage message = { .id = BT_MESSAGE_ALLOWED_FAST, .block.piece = claims->allowed[i] };

      bt_peer_take_pieces (peer, &message);
    }
}

void
bt_peer_judge_claims (BtPeer *peer)
{
  BtClaims *claims = g_steal_pointer (&peer->claims);
  BtMessage all = { .id = BT_MESSAGE_HAVE_ALL };

  bt_bitfield_free (peer->has);
  peer->has = bt_bitfield_new (peer->torrent->metainfo->n_pieces);
  if (claims == NULL)
    return;
  peer->torrent->core->claim_bytes -= claims->bits->len;
  judge_allowed (peer, claims);
  if (claims->lost)
    bt_peer_close (peer, BT_CLOSE_STOPPED, "what it said of its pieces could not be kept");
  else if (claims->all)
    bt_peer_take_pieces (peer, &all);
  else
    judge_bits (peer, claims);
  free_claims (claims);
}
