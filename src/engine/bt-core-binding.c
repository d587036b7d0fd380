/* bt-core-binding.c: sockets on one address or interface only, and none at all while it is not there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

/* How soon it is seen that an interface came or went. */
#define LOOK_US (2 * G_USEC_PER_SEC)

gboolean
bt_core_get_bind_address (const BtConfig *config, BtEndpoint *out, gboolean *is_bound, GError **error)
{
  *is_bound = config->bind_address != NULL;
  if (config->bind_address == NULL || bt_endpoint_parse_ip (out, config->bind_address, 0))
    return TRUE;
  g_set_error (error, BT_ERROR, BT_ERROR_NETWORK, "\"%s\" is not an IP address", config->bind_address);
  return FALSE;
}

gboolean
bt_core_is_bound_to_loopback (BtCore *core)
{
  BtEndpoint address;
  gboolean is_bound;

  return bt_core_get_bind_address (core->config, &address, &is_bound, NULL) && is_bound
         && bt_endpoint_is_loopback (&address);
}

static guint
find_interface (BtCore *core)
{
  const char *interface = core->config->bind_interface;

  return interface != NULL ? core->world->ops->find_interface (core->world, interface) : 0;
}

static void
ignore_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
}

/* It need not be in any list, as the others of 127.0.0.1 are not: then whether a socket of it can be opened, as
 * the world is bound now. With one of an interface that is down it can, which leads nowhere. */
static gboolean
can_use (BtCore *core, const BtEndpoint *address)
{
  BtEndpoint local = *address;
  BtUdp *udp;

  if (bt_network_view_has (&core->network.seen, address))
    return !bt_network_view_is_down (&core->network.seen, address);
  local.port = 0;
  udp = core->world->ops->udp_open (core->world, &local, ignore_cb, NULL, NULL);
  if (udp != NULL)
    core->world->ops->udp_free (core->world, udp);
  return udp != NULL;
}

/* Sets what the world may use, and whether it may use anything. */
static void
bind_world (BtCore *core)
{
  const char *interface = core->config->bind_interface;
  BtEndpoint address;
  gboolean is_bound;

  (void) bt_core_get_bind_address (core->config, &address, &is_bound, NULL); /* was looked at before */
  core->world->ops->bind (core->world, is_bound ? &address : NULL, interface);
  core->interface_index = find_interface (core);
  g_clear_pointer (&core->no_network, g_free);
  if (interface != NULL && core->interface_index == 0)
    core->no_network = g_strdup_printf ("the interface \"%s\" is not there", interface);
  else if (is_bound && !can_use (core, &address))
    core->no_network = g_strdup_printf ("the address %s is not there", core->config->bind_address);
}

gboolean
bt_core_binding_is_stale (BtCore *core)
{
  BtEndpoint address;
  gboolean is_bound;

  if (find_interface (core) != core->interface_index)
    return TRUE;
  (void) bt_core_get_bind_address (core->config, &address, &is_bound, NULL);
  if (!is_bound || (core->config->bind_interface != NULL && core->interface_index == 0))
    return FALSE;
  return can_use (core, &address) != (core->no_network == NULL);
}

static void
tell (BtCore *core, gboolean was_gone)
{
  if (core->no_network != NULL && !was_gone)
    bt_core_event (core, 0, BT_EVENT_PROBLEM, "Nothing is sent or received: %s", core->no_network);
  else if (core->no_network == NULL && was_gone)
    bt_core_event (core, 0, BT_EVENT_RECOVERED, "The network can be used again");
}

void
bt_core_rebind (BtCore *core)
{
  g_autoptr(GPtrArray) torrents = g_ptr_array_copy (core->torrents, NULL, NULL);
  gboolean was_gone = core->no_network != NULL;

  bt_core_stop_mapping (core);
  bt_core_stop_lsd (core);
  bt_core_stop_listening (core);
  for (guint i = 0; i < torrents->len; i++)
    bt_torrent_cut_off (g_ptr_array_index (torrents, i));
  bt_tracker_client_close_sockets (core->trackers);
  bt_core_cancel_fetches (core);
  bind_world (core);
  if (core->no_network == NULL)
    bt_core_start_listening (core);
  bt_core_renew_mapping (core);
  bt_core_renew_lsd (core);
  bt_core_address_changed (core);
  tell (core, was_gone);
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_reconnect (g_ptr_array_index (core->torrents, i));
  bt_attempts_forget_failed (core->attempts);
  bt_core_want_connections (core);
  core->changed = TRUE;
  bt_core_touch (core);
}

void
bt_core_renew_sockets (BtCore *core)
{
  bt_tracker_client_close_sockets (core->trackers);
  bind_world (core); /* connections of HTTP that are kept are of no use any more */
  bt_core_complete_listening (core);
}

/* One that came back under its name is another one: sockets of the old one are of no use. */
static void
look_at_interface (gpointer owner, gint64 now)
{
  BtCore *core = owner;

  if (bt_core_binding_is_stale (core))
    bt_core_rebind (core);
  bt_timer_start (&core->interface_timer, now + LOOK_US);
}

void
bt_core_init_binding (BtCore *core)
{
  bind_world (core);
  if (core->no_network == NULL)
    bt_core_start_listening (core);
  tell (core, FALSE);
  bt_timer_init (&core->interface_timer, core->timers, look_at_interface, core);
  bt_timer_start (&core->interface_timer, bt_core_now (core) + LOOK_US);
}

void
bt_core_end_binding (BtCore *core)
{
  bt_timer_stop (&core->interface_timer);
}
