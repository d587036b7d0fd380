/* bt-torrent-incoming.c: who comes in to a torrent, and who has to go for it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-host-private.h"

#define DETAILS_PAUSE_US (10 * G_USEC_PER_SEC) /* who gave some of a link's details as lately as that gives more */

static gboolean
is_full (BtTorrent *torrent)
{
  BtCore *core = torrent->core;

  return torrent->peers->len >= bt_torrent_max_peers (torrent) || core->n_peers >= core->config->max_peers;
}

/* Where it listens, if that is known: else the port is any. */
static guint32
get_priority (BtTorrent *torrent, const BtPeer *peer)
{
  return bt_candidates_priority (torrent->candidates,
                                 peer->candidate != NULL ? &peer->candidate->endpoint : &peer->endpoint);
}

/* Rates are of payload, of which a link has none. */
static gboolean
gives_details (BtTorrent *torrent, const BtPeer *peer, gint64 now)
{
  return torrent->phase == BT_PHASE_METADATA && peer->useful_at != 0 && now - peer->useful_at < DETAILS_PAUSE_US;
}

/* Whom nobody would miss, for nothing moves: of those the one of the lowest priority.
 * Returns: (nullable) */
static BtPeer *
find_lowest (BtTorrent *torrent, gint64 now)
{
  BtPeer *lowest = NULL;
  guint32 lowest_priority = 0;

  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);
      guint32 priority = get_priority (torrent, peer);

      if (peer->closed || bt_rate_get (&peer->rate_down, now) > 0 || bt_rate_get (&peer->rate_up, now) > 0
          || gives_details (torrent, peer, now)
          || (lowest != NULL && priority >= lowest_priority))
        continue;
      lowest = peer;
      lowest_priority = priority;
    }
  return lowest;
}

static gboolean
has_peer_of_network (BtTorrent *torrent, const BtEndpoint *endpoint)
{
  BtEndpoint network = bt_host_network_of (endpoint);

  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtEndpoint other = bt_host_network_of (&((BtPeer *) g_ptr_array_index (torrent->peers, i))->endpoint);

      if (bt_endpoint_equal (&network, &other))
        return TRUE;
    }
  return FALSE;
}

/* BEP 40: who comes in when there is no room takes the place of somebody whom both sides would rather lose. It is the
 * same for all, so that in the end everybody keeps the same connections, and newcomers find their way in. One network
 * gets in this way once: else a single host could take the place of everybody. Where nothing moves for long, a newcomer
 * gets in whatever its priority is. */
static gboolean
make_room_for (BtTorrent *torrent, const BtEndpoint *newcomer)
{
  BtPeer *lowest = find_lowest (torrent, bt_core_now (torrent->core));

  if (has_peer_of_network (torrent, newcomer))
    return FALSE;
  if (lowest != NULL && bt_candidates_priority (torrent->candidates, newcomer) > get_priority (torrent, lowest))
    bt_peer_close (lowest, BT_CLOSE_TOO_MANY, "somebody of a higher priority came");
  else if (!bt_torrent_replace_idle (torrent))
    return FALSE;
  return !is_full (torrent);
}

/* A handshake comes in one go: who named the torrent and stopped there is no peer yet, and makes room for those to be. */
static void
limit_half_shaken (BtTorrent *torrent)
{
  BtPeer *oldest = NULL;
  guint n = 0;

  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      if (peer->closed || peer->ready || bt_link_is_outgoing (peer->link))
        continue;
      if (n++ == 0 || peer->id < oldest->id)
        oldest = peer;
    }
  if (n >= MIN (BT_LIMIT_HALF_SHAKEN, MAX (bt_torrent_max_peers (torrent) / 3, 1)))
    bt_peer_close (oldest, BT_CLOSE_TOO_MANY, "its handshake was not finished");
}

static gboolean
has_enough_of_address (BtTorrent *torrent, const BtEndpoint *endpoint)
{
  guint n = 0;

  if (bt_endpoint_is_local (endpoint))
    return FALSE;
  for (guint i = 0; i < torrent->peers->len; i++)
    n += bt_endpoint_same_ip (endpoint, &((BtPeer *) g_ptr_array_index (torrent->peers, i))->endpoint);
  return n >= BT_LIMIT_LINKS_PER_ADDRESS;
}

void
bt_torrent_take_link (BtTorrent *torrent, BtLink *link, const BtHandshake *handshake)
{
  BtPeer *peer;

  if (bt_candidates_is_banned (torrent->candidates, bt_link_get_remote (link)))
    {
      bt_link_close (link, BT_CLOSE_BANNED, NULL);
      return;
    }
  limit_half_shaken (torrent);
  if (torrent->relocating || has_enough_of_address (torrent, bt_link_get_remote (link))
      || (is_full (torrent) && !make_room_for (torrent, bt_link_get_remote (link))))
    {
      bt_link_close (link, BT_CLOSE_TOO_MANY, NULL);
      return;
    }
  peer = bt_peer_new (torrent, ++torrent->last_peer, bt_link_get_remote (link));
  peer->link = link;
  bt_torrent_keep_unfolded (torrent, bt_core_now (torrent->core));
  bt_torrent_join (torrent, peer);
  torrent->n_connecting++;
  bt_link_set_owner (link, &bt_peer_link_ops, peer);
  bt_peer_send_handshake (peer);
}
