/* bt-core-address.c: where the Internet sees us, as trackers, peers, the DHT and the router say.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

gboolean
bt_core_get_own_endpoint (BtCore *core, gboolean ipv6, BtEndpoint *endpoint)
{
  if (core->listen_port == 0 || !bt_address_vote_get (core->votes, ipv6, endpoint))
    return FALSE;
  endpoint->port = bt_core_get_port (core, ipv6);
  return TRUE;
}

void
bt_core_address_changed (BtCore *core)
{
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_learn_address (g_ptr_array_index (core->torrents, i));
  bt_core_dht_learn_address (core);
}

static void
changed_cb (gboolean ipv6, const BtEndpoint *address, gpointer data)
{
  BtCore *core = data;
  char text[BT_ENDPOINT_TEXT_SIZE] = "";

  if (address != NULL)
    bt_endpoint_format_ip (address, text);
  g_debug ("Our %s address: %s", ipv6 ? "IPv6" : "IPv4", address != NULL ? text : "not known any more");
  bt_core_address_changed (core);
  core->changed = TRUE;
  bt_core_touch (core);
}

void
bt_core_init_address (BtCore *core)
{
  core->votes = bt_address_vote_new (changed_cb, core);
}

void
bt_core_fill_addresses (BtCore *core, BtUpdate *update)
{
  if (core->votes == NULL)
    return;
  (void) bt_address_vote_get (core->votes, FALSE, &update->external_ipv4);
  (void) bt_address_vote_get (core->votes, TRUE, &update->external_ipv6);
}
