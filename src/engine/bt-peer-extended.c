/* bt-peer-extended.c: the extension protocol with a peer: what each end says of itself (BEP 10, 11, 21, 54).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-peer-private.h"

#include "bt-extended.h"
#include "bt-peer-id.h"

/* Saying. */

static void
send_message (BtPeer *peer, guint8 id, const void *payload, gsize length)
{
  guint8 head[BT_MESSAGE_MAX_HEAD];

  bt_link_send (peer->link, head, bt_message_encode_extended_head (id, length, head));
  bt_link_send (peer->link, payload, length);
}

gboolean
bt_peer_send_extended (BtPeer *peer, BtExtendedId id, const void *payload, gsize length)
{
  if (!peer->ready || peer->closed || peer->ids[id] == 0)
    return FALSE;
  send_message (peer, peer->ids[id], payload, length);
  return TRUE;
}

static void
offer_pex (BtPeer *peer, BtExtendedHandshake *handshake)
{
  gboolean offer = bt_torrent_uses_pex (peer->torrent);

  if (offer)
    handshake->ids[BT_EXTENDED_PEX] = BT_EXTENDED_PEX;
  else if (peer->pex.offered)
    handshake->off |= 1u << BT_EXTENDED_PEX;
  peer->pex.offered = offer;
}

/* What was said while nobody knew that it is private is taken back. */
static void
offer_metadata (BtPeer *peer, BtExtendedHandshake *handshake)
{
  BtTorrent *torrent = peer->torrent;

  if (bt_torrent_may_share (torrent))
    handshake->ids[BT_EXTENDED_METADATA] = BT_EXTENDED_METADATA;
  else if (torrent->turned_private)
    handshake->off |= 1u << BT_EXTENDED_METADATA;
  handshake->metadata_size = bt_torrent_details_size (torrent);
}

/* On this side of the router ours is another than out there. */
static guint16
choose_port (BtPeer *peer)
{
  BtCore *core = peer->torrent->core;

  return bt_endpoint_is_local (&peer->endpoint) ? core->listen_port
                                                : bt_core_get_port (core, !bt_endpoint_is_ipv4 (&peer->endpoint));
}

void
bt_peer_send_extended_handshake (BtPeer *peer)
{
  BtTorrent *torrent = peer->torrent;
  g_auto(BtExtendedHandshake) handshake;
  g_autoptr(GBytes) bytes = NULL;

  bt_extended_handshake_init (&handshake);
  if (!peer->ready || !peer->extended || peer->closed)
    return;
  handshake.client = g_strdup (bt_user_agent ());
  handshake.listen_port = choose_port (peer);
  handshake.reqq = BT_LIMIT_REQUESTS_FROM_PEER;
  handshake.upload_only = bt_torrent_is_upload_only (torrent);
  offer_pex (peer, &handshake);
  offer_metadata (peer, &handshake);
  handshake.ids[BT_EXTENDED_UPLOAD_ONLY] = BT_EXTENDED_UPLOAD_ONLY;
  handshake.ids[BT_EXTENDED_DONT_HAVE] = BT_EXTENDED_DONT_HAVE;
  handshake.has_your_ip = TRUE;
  handshake.your_ip = peer->endpoint;
  bytes = bt_extended_handshake_encode (&handshake);
  send_message (peer, BT_EXTENDED_HANDSHAKE, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* By a message of its own, which is shorter; else the handshake, which may be sent again at any time. */
void
bt_peer_send_upload_only (BtPeer *peer)
{
  guint8 yes = bt_torrent_is_upload_only (peer->torrent);

  if (!bt_peer_send_extended (peer, BT_EXTENDED_UPLOAD_ONLY, &yes, 1))
    bt_peer_send_extended_handshake (peer);
}

void
bt_peer_send_dont_have (BtPeer *peer, guint32 piece)
{
  guint32 index = GUINT32_TO_BE (piece);

  bt_peer_send_extended (peer, BT_EXTENDED_DONT_HAVE, &index, sizeof index);
}

/* Hearing. */

/* An incoming peer that tells its port can be connected to another time. */
static void
learn_port (BtPeer *peer, guint16 port)
{
  BtTorrent *torrent = peer->torrent;
  BtEndpoint endpoint = peer->endpoint;
  BtCandidate *candidate;

  if (port == 0 || peer->candidate != NULL)
    return;
  endpoint.port = port;
  candidate = bt_candidates_add (torrent->candidates, &endpoint, BT_SOURCE_INCOMING,
                                 bt_core_now (torrent->core));
  if (candidate == NULL || candidate->connected)
    return;
  bt_candidates_trying (torrent->candidates, candidate, bt_core_now (torrent->core));
  bt_candidates_set_seed (torrent->candidates, candidate, peer->is_seed);
  peer->candidate = candidate;
}

static void
set_upload_only (BtPeer *peer, gboolean upload_only)
{
  if (!peer->upload_only == !upload_only)
    return;
  peer->upload_only = upload_only;
  bt_torrent_touch (peer->torrent, BT_CHANGED_PEERS);
}

/* Its address of the other family is of use when this connection is over. */
static void
learn_other_address (BtPeer *peer, const BtExtendedHandshake *handshake)
{
  const BtEndpoint *other = bt_endpoint_is_ipv4 (&peer->endpoint) ? &handshake->ipv6 : &handshake->ipv4;

  if (handshake->listen_port == 0 || bt_endpoint_is_unspecified (other))
    return;
  if (bt_endpoint_is_local (other) && !bt_endpoint_is_local (&peer->endpoint))
    return;
  peer->other = *other;
  peer->other.port = handshake->listen_port;
}

static void
take_client (BtPeer *peer, BtExtendedHandshake *handshake)
{
  if (handshake->client == NULL || *handshake->client == '\0')
    return;
  g_free (peer->client);
  peer->client = g_steal_pointer (&handshake->client);
}

static void
take_handshake (BtPeer *peer, const BtMessage *message)
{
  g_auto(BtExtendedHandshake) handshake;

  bt_extended_handshake_init (&handshake);
  memcpy (handshake.ids, peer->ids, sizeof peer->ids);
  if (!bt_extended_handshake_decode (message->payload, message->payload_length, &handshake, NULL))
    {
      bt_peer_close (peer, BT_CLOSE_PROTOCOL, "bad extension handshake");
      return;
    }
  memcpy (peer->ids, handshake.ids, sizeof peer->ids);
  take_client (peer, &handshake);
  if (handshake.reqq > 0)
    bt_pipeline_set_limit (peer->pipeline, (guint) handshake.reqq);
  peer->prefers_encryption |= handshake.prefers_encryption;
  if (handshake.upload_only >= 0)
    set_upload_only (peer, handshake.upload_only);
  /* It sees us by the family of this connection alone. */
  if (handshake.has_your_ip && bt_endpoint_is_ipv4 (&handshake.your_ip) == bt_endpoint_is_ipv4 (&peer->endpoint))
    bt_address_vote_cast (peer->torrent->core->votes, &peer->endpoint, BT_VOTE_PEER, &handshake.your_ip,
                          bt_core_now (peer->torrent->core));
  learn_other_address (peer, &handshake);
  learn_port (peer, handshake.listen_port);
  bt_torrent_pex_joined (peer->torrent, peer);
  bt_peer_take_metadata_offer (peer, handshake.metadata_size);
}

void
bt_peer_take_extended (BtPeer *peer, const BtMessage *message)
{
  switch (message->extended_id)
    {
    case BT_EXTENDED_HANDSHAKE:
      take_handshake (peer, message);
      break;
    case BT_EXTENDED_PEX:
      bt_torrent_take_pex (peer->torrent, peer, message->payload, message->payload_length);
      break;
    case BT_EXTENDED_METADATA:
      bt_peer_take_metadata (peer, message);
      break;
    case BT_EXTENDED_UPLOAD_ONLY:
      if (message->payload_length > 0)
        set_upload_only (peer, message->payload[0] != 0);
      break;
    case BT_EXTENDED_DONT_HAVE:
      bt_peer_take_dont_have (peer, message);
      break;
    default:
      break;
    }
}
