/* bt-core-network-change.c: addresses, interfaces and routes change, the machine sleeps: all goes on by itself.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

/* What an address needs that is gone is dropped when that is seen. The rest waits until the network has come to
 * rest: a laptop that changes its place takes some steps. */
#define SETTLE_US (1 * G_USEC_PER_SEC)
#define SETTLE_MAX_US (3 * G_USEC_PER_SEC)

/* Peers that the change left behind a way that is no more are known by what they do not acknowledge for so long. */
#define SILENCE_US (4 * G_USEC_PER_SEC)
#define PROBE_US (5 * G_USEC_PER_SEC / 2)
#define N_PROBES 6

/* Less is a hiccup. */
#define SLEEP_US (10 * G_USEC_PER_SEC)

static gboolean
same_way (const BtRoute *a, const BtRoute *b)
{
  return bt_endpoint_equal (&a->source, &b->source) && bt_endpoint_equal (&a->gateway, &b->gateway);
}

/* What is remembered of a family outlasts the time without it. */
static BtNetworkChange
move_home (BtCore *core)
{
  BtNetworkState *network = &core->network;
  BtNetworkChange change = 0;

  for (guint i = 0; i < G_N_ELEMENTS (network->home); i++)
    {
      const BtRoute *route = &network->seen.routes[i];

      if (route->interface_index == 0 || same_way (route, &network->home[i]))
        continue;
      network->home[i] = *route;
      change |= BT_NETWORK_WAY | BT_NETWORK_MOVED;
    }
  return change;
}

static void
drop_lost (BtCore *core, const BtNetworkView *before)
{
  const BtNetworkView *now = &core->network.seen;

  if (!bt_network_view_has_losses (before, now))
    return;
  for (guint i = core->arrivals->len; i > 0; i--)
    {
      BtLink *link = g_ptr_array_index (core->arrivals, i - 1);
      BtEndpoint local;

      bt_link_get_local (link, &local);
      if (bt_network_view_has_lost (before, now, &local))
        bt_link_close (link, BT_CLOSE_NETWORK, "our address is gone");
    }
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_drop_lost_peers (g_ptr_array_index (core->torrents, i), before, now);
  bt_attempts_forget_failed (core->attempts);
}

static void
tell_offline (BtCore *core)
{
  gboolean offline = bt_network_view_is_offline (&core->network.seen) && !bt_core_is_bound_to_loopback (core);

  if (offline == core->offline)
    return;
  core->offline = offline;
  if (offline)
    bt_core_event (core, 0, BT_EVENT_PROBLEM, "This machine is connected to no network");
  else
    bt_core_event (core, 0, BT_EVENT_RECOVERED, "This machine is connected to a network again");
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_offline_changed (g_ptr_array_index (core->torrents, i));
  core->changed = TRUE;
  bt_core_touch (core);
}

static void
wait_for_rest (BtCore *core, BtNetworkChange change)
{
  BtNetworkState *network = &core->network;
  gint64 now = bt_core_now (core);

  if (network->pending == 0)
    network->since = now;
  network->pending |= change;
  bt_timer_start (&network->settle, MIN (now + (gint64) SETTLE_US, network->since + (gint64) SETTLE_MAX_US));
}

static void
look (BtCore *core)
{
  BtNetworkView before = core->network.seen;
  BtNetworkChange change;

  bt_network_view_take (&core->network.seen, core->world);
  change = bt_network_view_compare (&before, &core->network.seen);
  drop_lost (core, &before);
  tell_offline (core);
  if (change != 0)
    wait_for_rest (core, change);
  bt_network_view_clear (&before);
}

static void
changed_cb (gpointer owner)
{
  look (owner);
}

/* Peers that may be behind a way that is no more. */

static void
drop_stuck (gpointer owner, gint64 now)
{
  BtCore *core = owner;

  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_drop_stuck_peers (g_ptr_array_index (core->torrents, i), SILENCE_US);
  bt_core_want_connections (core);
  if (--core->network.n_probes > 0)
    bt_timer_start (&core->network.probe, now + PROBE_US);
}

static void
probe_peers (BtCore *core)
{
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_probe_peers (g_ptr_array_index (core->torrents, i));
  core->network.n_probes = N_PROBES;
  bt_timer_start (&core->network.probe, bt_core_now (core) + PROBE_US);
}

/* All that uses the network, when it has come to rest. */

static void
renew_torrents (BtCore *core, gboolean moved)
{
  g_autoptr(GPtrArray) torrents = g_ptr_array_copy (core->torrents, NULL, NULL);

  for (guint i = 0; i < torrents->len; i++)
    bt_torrent_let_go_of_trackers (g_ptr_array_index (torrents, i));
  bt_core_renew_sockets (core);
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_renew (g_ptr_array_index (core->torrents, i), moved);
  bt_attempts_forget_failed (core->attempts);
}

/* Whatever else talks to the network is told here, or began anew with its sockets in bt_core_rebind(). */
static void
tell_parts (BtCore *core, BtNetworkChange change)
{
  if ((change & (BT_NETWORK_WAY | BT_NETWORK_WOKE)) != 0)
    bt_core_renew_dht (core);
  bt_core_renew_mapping (core);
  bt_core_renew_lsd (core);
}

static void
settle (gpointer owner, gint64 now)
{
  BtCore *core = owner;
  BtNetworkChange change = core->network.pending | move_home (core);
  gboolean moved = (change & BT_NETWORK_MOVED) != 0;

  core->network.pending = 0;
  g_debug ("The network is another one:%s%s%s%s", (change & BT_NETWORK_ADDRESSES) ? " addresses" : "",
           (change & BT_NETWORK_WAY) ? " way" : "", moved ? " moved" : "",
           (change & BT_NETWORK_WOKE) ? " woke" : "");
  if (moved)
    {
      bt_address_vote_reset (core->votes);
      core->incoming_seen = FALSE;
    }
  if (bt_core_binding_is_stale (core))
    {
      bt_core_rebind (core);
      return;
    }
  if ((change & (BT_NETWORK_WAY | BT_NETWORK_WOKE)) != 0 && core->no_network == NULL)
    {
      renew_torrents (core, moved);
      probe_peers (core);
      bt_core_want_connections (core);
    }
  tell_parts (core, change);
  core->changed = TRUE;
  bt_core_touch (core);
}

void
bt_core_look_for_sleep (BtCore *core)
{
  gint64 slept = core->world->ops->slept (core->world);
  gint64 more = slept - core->network.slept;

  core->network.slept = slept;
  if (more < (gint64) SLEEP_US)
    return;
  g_debug ("The machine slept for %" G_GINT64_FORMAT " s", more / G_USEC_PER_SEC);
  look (core);
  wait_for_rest (core, BT_NETWORK_WOKE);
}

void
bt_core_init_network_change (BtCore *core)
{
  BtNetworkState *network = &core->network;

  bt_timer_init (&network->settle, core->timers, settle, core);
  bt_timer_init (&network->probe, core->timers, drop_stuck, core);
  network->slept = core->world->ops->slept (core->world);
  core->world->ops->watch_network (core->world, changed_cb, core);
  bt_network_view_take (&network->seen, core->world);
  move_home (core);
  core->offline = bt_network_view_is_offline (&network->seen) && !bt_core_is_bound_to_loopback (core);
}

void
bt_core_end_network_change (BtCore *core)
{
  core->world->ops->watch_network (core->world, NULL, NULL);
  bt_timer_stop (&core->network.settle);
  bt_timer_stop (&core->network.probe);
  bt_network_view_clear (&core->network.seen);
}
