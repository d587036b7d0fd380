/* ft-fake-network.c: what hosts of a network in memory say of their addresses and routes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-private.h"

#include <string.h>

#define INTERFACE 2

static void
tell_cb (gpointer owner, gint64 now)
{
  FtFakeHost *host = owner;

  if (host->network_func != NULL)
    host->network_func (host->network_owner);
}

static void
set_first_route (FtFakeHost *host)
{
  gboolean ipv4 = bt_endpoint_is_ipv4 (&host->address);
  BtRoute *route = &host->routes[ipv4 ? 0 : 1];

  route->interface_index = INTERFACE;
  route->source = host->address;
  if (ipv4)
    {
      route->gateway = host->address;
      route->gateway.ip[15] = 254;
    }
  else
    {
      bt_endpoint_set_ipv6 (&route->gateway, (const guint8[16]){ 0xfe, 0x80, [15] = 0xfe }, 0);
      route->gateway.scope = INTERFACE;
    }
}

void
ft_fake_host_init_network (FtFakeHost *host)
{
  BtLocalAddress address = { .endpoint = host->address, .interface_index = INTERFACE, .interface = "eth0" };

  address.prefix_length = bt_endpoint_is_ipv4 (&host->address) ? 24 : 64;
  address.flags = BT_ADDRESS_UP | BT_ADDRESS_RUNNING | BT_ADDRESS_MULTICAST | BT_ADDRESS_GLOBAL;
  host->addresses = g_array_new (FALSE, TRUE, sizeof (BtLocalAddress));
  g_array_append_val (host->addresses, address);
  set_first_route (host);
  bt_timer_init (&host->network_timer, host->net->timers, tell_cb, host);
}

void
ft_fake_host_clear_network (FtFakeHost *host)
{
  g_assert_null (host->network_func);
  bt_timer_stop (&host->network_timer);
  g_array_unref (host->addresses);
}

GArray *
ft_fake_list_addresses (BtWorld *world)
{
  return g_array_copy (((FtFakeHost *) world)->addresses);
}

gboolean
ft_fake_get_route (BtWorld *world, gboolean ipv6, BtRoute *out)
{
  *out = ((FtFakeHost *) world)->routes[ipv6 ? 1 : 0];
  return out->interface_index != 0;
}

void
ft_fake_watch_network (BtWorld *world, BtNetworkFunc func, gpointer owner)
{
  FtFakeHost *host = (FtFakeHost *) world;

  host->network_func = func;
  host->network_owner = owner;
}

void
ft_fake_host_set_network (BtWorld *world,
                          const BtLocalAddress *addresses,
                          guint n_addresses,
                          const BtRoute *ipv4,
                          const BtRoute *ipv6)
{
  FtFakeHost *host = (FtFakeHost *) world;

  g_array_set_size (host->addresses, 0);
  g_array_append_vals (host->addresses, addresses, n_addresses);
  memset (host->routes, 0, sizeof host->routes);
  if (ipv4 != NULL)
    host->routes[0] = *ipv4;
  if (ipv6 != NULL)
    host->routes[1] = *ipv6;
  bt_timer_start (&host->network_timer, host->net->now);
}
