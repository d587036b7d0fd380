/* bt-core-network.c: the listening port of all torrents, and their rounds of the second.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

#define DEFAULT_PORT 6881
#define PORT_TRIES 10

/* Arrivals: accepted links whose torrent is not known yet. */

void
bt_core_hand_over (BtCore *core, BtTorrent *torrent, BtLink *link, const BtHandshake *handshake)
{
  if (torrent == NULL || !bt_torrent_is_active (torrent))
    {
      bt_link_close (link, BT_CLOSE_WRONG_TORRENT, NULL);
      return;
    }
  if (bt_torrent_needs_unfolding (torrent))
    {
      bt_core_unfold_for_link (core, torrent, link, handshake);
      return;
    }
  g_ptr_array_remove (core->arrivals, link);
  bt_torrent_take_link (torrent, link, handshake);
}

static void
arrival_head_cb (BtLink *link, const BtHandshake *handshake, gpointer owner)
{
  BtCore *core = owner;

  bt_core_hand_over (core, g_hash_table_lookup (core->by_hash, &handshake->info_hash), link, handshake);
}

static void
arrival_closed_cb (BtLink *link, BtCloseReason reason, const char *detail, gpointer owner)
{
  BtCore *core = owner;

  g_debug ("An incoming connection ended: %s", bt_close_reason_text (reason));
  g_ptr_array_remove (core->arrivals, link);
  bt_core_forget_caller (core, link);
}

static const BtLinkOps arrival_ops = {
  .handshake_head = arrival_head_cb,
  .closed = arrival_closed_cb,
};

/* @oldest: (out): of them */
static guint
count_arrivals_from (BtCore *core, const BtEndpoint *endpoint, BtLink **oldest)
{
  guint n = 0;

  for (guint i = 0; i < core->arrivals->len; i++)
    {
      BtLink *link = g_ptr_array_index (core->arrivals, i);

      if (!bt_endpoint_same_ip (bt_link_get_remote (link), endpoint))
        continue;
      if (n++ == 0)
        *oldest = link;
    }
  return n;
}

/* An honest peer says at once which torrent it wants: who has waited longest and said nothing most likely never will,
 * and newcomers get in however many of that kind there are. */
static void
make_room_for_arrival (BtCore *core, const BtEndpoint *endpoint)
{
  guint allowed = bt_endpoint_is_local (endpoint) ? BT_LIMIT_HALF_OPEN_PER_NEIGHBOUR : BT_LIMIT_LINKS_PER_ADDRESS;
  BtLink *oldest = NULL;

  if (count_arrivals_from (core, endpoint, &oldest) >= allowed)
    bt_link_close (oldest, BT_CLOSE_TOO_MANY, NULL);
  if (core->arrivals->len >= BT_LIMIT_HALF_OPEN_INCOMING)
    bt_link_close (g_ptr_array_index (core->arrivals, 0), BT_CLOSE_TOO_MANY, NULL);
}

static void
accepted_cb (BtStream *stream, gpointer owner)
{
  BtCore *core = owner;
  BtEndpoint remote;
  BtLink *link;

  stream->ops->get_remote (stream, &remote);
  make_room_for_arrival (core, &remote);
  /* A neighbour proves nothing of the way through the router. */
  core->incoming_seen = core->incoming_seen || !bt_endpoint_is_local (&remote);
  link = bt_link_new_incoming (core->world, core->timers, stream, &arrival_ops, core);
  g_ptr_array_add (core->arrivals, link);
}

/* Listening. */

static void
set_any (BtEndpoint *endpoint, gboolean ipv6, guint16 port)
{
  static const guint8 any[16] = { 0 };

  if (ipv6)
    bt_endpoint_set_ipv6 (endpoint, any, port);
  else
    bt_endpoint_set_ipv4 (endpoint, any, port);
}

gboolean
bt_core_get_local (BtCore *core, gboolean ipv6, guint16 port, BtEndpoint *out)
{
  if (core->config->bind_address == NULL)
    {
      set_any (out, ipv6, port);
      return TRUE;
    }
  return bt_endpoint_parse_ip (out, core->config->bind_address, port) && bt_endpoint_is_ipv4 (out) != ipv6;
}

static BtListener *
listen_on (BtCore *core, gboolean ipv6, guint16 port, GError **error)
{
  BtEndpoint local;
  BtListener *listener;

  if (!bt_core_get_local (core, ipv6, port, &local))
    return NULL;
  listener = core->world->ops->listen (core->world, &local, accepted_cb, core, error);
  if (listener != NULL)
    core->listen_port = local.port;
  return listener;
}

/* Both families on one port; IPv6 alone will do, and so will IPv4. */
static gboolean
listen_on_port (BtCore *core, guint16 port, GError **error)
{
  core->listeners[0] = listen_on (core, FALSE, port, error);
  if (core->listeners[0] != NULL)
    port = core->listen_port;
  else
    g_clear_error (error);
  core->listeners[1] = listen_on (core, TRUE, port, core->listeners[0] != NULL ? NULL : error);
  return core->listeners[0] != NULL || core->listeners[1] != NULL;
}

static void
free_listeners (BtCore *core)
{
  for (guint i = 0; i < G_N_ELEMENTS (core->listeners); i++)
    if (core->listeners[i] != NULL)
      core->world->ops->listener_free (core->world, g_steal_pointer (&core->listeners[i]));
  core->listen_port = 0;
}

/* @with_udp: only where the same port is free for datagrams. */
static gboolean
open_some_port (BtCore *core, gboolean with_udp, GError **error)
{
  guint16 wanted = core->config->listen_port;
  guint tries = wanted == DEFAULT_PORT || wanted == 0 ? PORT_TRIES : 1;

  for (guint i = 0; i < tries; i++)
    {
      g_clear_error (error);
      if (!listen_on_port (core, wanted != 0 ? (guint16) (wanted + i) : 0, error))
        continue;
      if (bt_core_open_udp (core) || !with_udp)
        return TRUE;
      bt_core_close_udp (core);
      free_listeners (core);
    }
  return FALSE;
}

void
bt_core_start_listening (BtCore *core)
{
  g_autoptr(GError) error = NULL;
  gboolean listens;

  core->listen_port = 0;
  g_clear_pointer (&core->listen_error, g_free);
  listens = open_some_port (core, TRUE, &error) || open_some_port (core, FALSE, &error);
  if (!listens)
    (void) bt_core_open_udp (core);
  bt_core_update_dht (core);
  if (listens)
    return;
  core->listen_error = g_strdup_printf ("port %u cannot be opened: %s", core->config->listen_port,
                                        error != NULL ? error->message : "no such address");
  bt_core_event (core, 0, BT_EVENT_PROBLEM, "Nobody can connect to us: %s", core->listen_error);
}

void
bt_core_complete_listening (BtCore *core)
{
  if (core->listen_port == 0)
    bt_core_start_listening (core);
  else
    {
      for (guint i = 0; i < G_N_ELEMENTS (core->listeners); i++)
        if (core->listeners[i] == NULL)
          core->listeners[i] = listen_on (core, i == 1, core->listen_port, NULL);
      (void) bt_core_open_udp (core);
      bt_core_update_dht (core);
    }
}

void
bt_core_stop_listening (BtCore *core)
{
  bt_core_close_dht (core);
  bt_core_close_udp (core);
  free_listeners (core);
  while (core->arrivals->len > 0)
    bt_link_close (g_ptr_array_index (core->arrivals, core->arrivals->len - 1), BT_CLOSE_STOPPED, NULL);
}

/* The balance between network and disk. */

void
bt_core_balance_disk (BtCore *core)
{
  gsize backlog = core->disk->ops->backlog (core->disk);
  gboolean reading = core->reading ? backlog <= BT_LIMIT_DISK_BACKLOG : backlog <= BT_LIMIT_DISK_BACKLOG / 2;

  if (reading == core->reading)
    return;
  core->reading = reading;
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_set_reading (g_ptr_array_index (core->torrents, i), reading);
}

/* Trackers name peers of the other family when the announce was answered already. */
static void
late_reply_cb (const BtSha1 *info_hash, const BtAnnounceReply *reply, gpointer owner)
{
  BtCore *core = owner;
  BtTorrent *torrent = g_hash_table_lookup (core->by_hash, info_hash);

  if (torrent == NULL || !bt_torrent_is_active (torrent))
    return;
  for (guint i = 0; i < reply->peers->len; i++)
    bt_torrent_add_peer (torrent, &g_array_index (reply->peers, BtEndpoint, i), BT_SOURCE_TRACKER);
}

void
bt_core_open_network (BtCore *core)
{
  bt_tracker_client_set_late (core->trackers, late_reply_cb, core);
  bt_core_init_network_change (core);
  bt_core_init_binding (core);
  bt_core_init_mapping (core);
  bt_core_init_lsd (core);
  bt_core_init_connecting (core);
  bt_core_init_rounds (core);
  core->changed = TRUE;
}

void
bt_core_close_network (BtCore *core)
{
  if (core->second.timers == NULL)
    return; /* never opened */
  bt_timer_stop (&core->second);
  bt_timer_stop (&core->connect);
  bt_core_stop_lsd (core);
  bt_core_end_binding (core);
  bt_core_end_network_change (core);
  bt_core_stop_listening (core);
}
