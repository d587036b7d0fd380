/* bt-torrent-network.c: what a torrent does when the network became another one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-peer-id.h"

/* Trackers are asked again by ten torrents a second, and never by all at once. */
#define SPREAD_US (2 * G_USEC_PER_SEC)
#define SPREAD_EACH_US (G_USEC_PER_SEC / 10)

/* Closing one may close others: the array is walked downwards and looked at anew. */
static void
close_where (BtTorrent *torrent, gboolean (*holds) (BtPeer *peer, gpointer data), gpointer data, const char *detail)
{
  for (guint i = torrent->peers->len; i > 0; i = MIN (i - 1, torrent->peers->len))
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i - 1);

      if (holds (peer, data))
        bt_peer_close (peer, BT_CLOSE_NETWORK, detail);
    }
}

typedef struct
{
  const BtNetworkView *before, *now;
} Views;

static gboolean
has_lost_its_address (BtPeer *peer, gpointer data)
{
  const Views *views = data;
  BtEndpoint local;

  bt_link_get_local (peer->link, &local);
  return bt_network_view_has_lost (views->before, views->now, &local);
}

void
bt_torrent_drop_lost_peers (BtTorrent *torrent, const BtNetworkView *before, const BtNetworkView *now)
{
  Views views = { before, now };
  guint n = torrent->peers->len;

  close_where (torrent, has_lost_its_address, &views, "our address is gone");
  torrent->lost_peers = torrent->lost_peers || torrent->peers->len < n;
}

static gboolean
is_being_connected (BtPeer *peer, gpointer data)
{
  return !peer->ready && bt_link_is_outgoing (peer->link);
}

void
bt_torrent_let_go_of_trackers (BtTorrent *torrent)
{
  if (torrent->phase == BT_PHASE_CLOSING)
    bt_torrent_abandon_announces (torrent);
  else
    bt_torrent_cancel_announces (torrent);
}

static gint64
get_spread (BtTorrent *torrent)
{
  return MAX ((gint64) SPREAD_US, (gint64) SPREAD_EACH_US * torrent->core->torrents->len);
}

/* They did not hear that we left, and many refuse, for minutes, somebody whom they think connected already. Nor need
 * they know that whoever comes from another network is the same. Whoever is connected still keeps us by the old id. */
static void
become_another (BtTorrent *torrent, gboolean moved)
{
  if (torrent->lost_peers || moved)
    bt_peer_id_secret_init (&torrent->id_secret, &torrent->core->random);
  torrent->lost_peers = FALSE;
}

void
bt_torrent_renew (BtTorrent *torrent, gboolean moved)
{
  gint64 now = bt_core_now (torrent->core);

  if (!torrent->active)
    return;
  /* What was sent to connect went the old way; the kernel would try again late. */
  close_where (torrent, is_being_connected, NULL, "the network is another one");
  become_another (torrent, moved);
  bt_candidates_forgive (torrent->candidates, now);
  if (torrent->phase == BT_PHASE_METADATA)
    bt_torrent_add_named_peers (torrent);
  bt_tiers_renew (torrent->tiers, now, get_spread (torrent), moved);
  bt_torrent_schedule_announce (torrent);
}

void
bt_torrent_port_changed (BtTorrent *torrent)
{
  bt_torrent_hurry_dht (torrent);
  if (!torrent->active || torrent->announced_port == 0
      || torrent->announced_port == bt_core_get_port (torrent->core, FALSE))
    return;
  bt_tiers_renew (torrent->tiers, bt_core_now (torrent->core), get_spread (torrent), FALSE);
  bt_torrent_schedule_announce (torrent);
}

void
bt_torrent_probe_peers (BtTorrent *torrent)
{
  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      if (peer->ready)
        bt_peer_send_keep_alive (peer);
    }
}

static gboolean
is_stuck (BtPeer *peer, gpointer data)
{
  return peer->ready && bt_link_is_stuck (peer->link, *(gint64 *) data);
}

void
bt_torrent_drop_stuck_peers (BtTorrent *torrent, gint64 silence_us)
{
  close_where (torrent, is_stuck, &silence_us, "it does not answer");
  /* Who refused us may have been waiting for the end of our last connection. */
  if (torrent->active)
    bt_candidates_forgive_useful (torrent->candidates, bt_core_now (torrent->core));
}

void
bt_torrent_offline_changed (BtTorrent *torrent)
{
  bt_torrent_touch (torrent, BT_CHANGED_STATE);
}
