/* bt-port-mapper.c: keeps a port open at the router: by PCP or NAT-PMP, and by UPnP beside them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-port-mapper-private.h"

#include <string.h>

/* IPv6 addresses of ours that a hole is made for: peers learn whichever the kernel chose. */
#define MAX_IPV6_ADDRESSES 4
/* A day is long enough, and what a router says may be anything. */
#define MIN_LIFETIME_S 120
#define MAX_LIFETIME_S (24 * 3600)

gint64
bt_port_mapper_renewal (gint64 now, guint32 lifetime_s)
{
  gint64 seconds = CLAMP (lifetime_s, MIN_LIFETIME_S, MAX_LIFETIME_S);

  return now + seconds * G_USEC_PER_SEC / 4 * 3;
}

BtMappingState
bt_port_mapper_judge (const BtEndpoint *external)
{
  return !bt_endpoint_is_unspecified (external) && bt_endpoint_is_local (external) ? BT_MAPPING_SECOND_NAT
                                                                                  : BT_MAPPING_MAPPED;
}

guint16
bt_port_mapper_other_port (BtPortMapper *mapper)
{
  guint32 number;

  mapper->world->ops->random (mapper->world, &number, sizeof number);
  return (guint16) (BT_PORT_MAPPER_OTHER_PORT + number % BT_PORT_MAPPER_N_OTHER_PORTS);
}

gint64
bt_port_mapper_to_unix (BtPortMapper *mapper, gint64 moment)
{
  BtWorld *world = mapper->world;

  return moment != 0 ? (world->ops->unix_now (world) + moment - bt_world_now (world)) / G_USEC_PER_SEC : 0;
}

static void
retired_cb (gpointer owner, gint64 now)
{
  BtPortMapper *mapper = owner;

  bt_port_mapper_stop (mapper);
  mapper->ops->retired (mapper->owner);
}

void
bt_port_mapper_part_retired (BtPortMapper *mapper)
{
  if (!mapper->retiring || !bt_upnp_mapper_is_retired (mapper->upnp))
    return;
  for (guint i = 0; i < mapper->gateways->len; i++)
    if (!bt_gateway_is_retired (g_ptr_array_index (mapper->gateways, i)))
      return;
  bt_timer_start (&mapper->retired, bt_world_now (mapper->world));
}

static void
free_gateway (gpointer data)
{
  bt_gateway_free (data);
}

BtPortMapper *
bt_port_mapper_new (BtWorld *world, BtTimers *timers, const BtPortMapperOps *ops, gpointer owner)
{
  BtPortMapper *mapper = g_new0 (BtPortMapper, 1);

  mapper->world = world;
  mapper->timers = timers;
  mapper->ops = ops;
  mapper->owner = owner;
  mapper->gateways = g_ptr_array_new_with_free_func (free_gateway);
  mapper->upnp = bt_upnp_mapper_new (mapper);
  bt_timer_init (&mapper->retired, timers, retired_cb, mapper);
  return mapper;
}

void
bt_port_mapper_free (BtPortMapper *mapper)
{
  bt_port_mapper_stop (mapper);
  bt_upnp_mapper_free (mapper->upnp);
  g_ptr_array_unref (mapper->gateways);
  g_free (mapper);
}

/* Announcements. */

static void
heard_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  BtPortMapper *mapper = owner;
  BtNatPmpReply reply;
  guint32 epoch_s;

  if (!bt_pcp_read_announcement (bytes, length, &epoch_s))
    {
      if (!bt_nat_pmp_read_reply (bytes, length, &reply) || reply.kind != BT_NAT_PMP_REPLY_ADDRESS)
        return;
      epoch_s = reply.epoch_s;
    }
  for (guint i = 0; i < mapper->gateways->len; i++)
    bt_gateway_hear (g_ptr_array_index (mapper->gateways, i), from, epoch_s);
}

static void
open_ear (BtPortMapper *mapper, const BtRoute *route, gboolean ipv6)
{
  BtWorld *world = mapper->world;
  g_autoptr (GError) error = NULL;
  BtMulticast group = { .interface_index = route->interface_index, .hops = 1 };

  (void) bt_endpoint_parse_ip (&group.group, ipv6 ? BT_PCP_ANNOUNCE_GROUP6 : BT_PCP_ANNOUNCE_GROUP4,
                               BT_PCP_ANNOUNCE_PORT);
  mapper->ears[ipv6 ? 1 : 0] = world->ops->udp_open_group (world, &group, heard_cb, mapper, &error);
  if (error != NULL)
    g_debug ("Routers that start are not heard: %s", error->message);
}

static void
close_ears (BtPortMapper *mapper)
{
  for (guint i = 0; i < G_N_ELEMENTS (mapper->ears); i++)
    if (mapper->ears[i] != NULL)
      mapper->world->ops->udp_free (mapper->world, g_steal_pointer (&mapper->ears[i]));
}

/* Where there are routers. */

static void
add_gateway (BtPortMapper *mapper, const BtRoute *route, const BtEndpoint *local)
{
  g_ptr_array_add (mapper->gateways, bt_gateway_new (mapper, route, local));
}

static void
find_ipv4 (BtPortMapper *mapper)
{
  BtWorld *world = mapper->world;
  BtRoute route;

  if (!world->ops->get_route (world, FALSE, &route) || bt_endpoint_is_unspecified (&route.source)
      || bt_endpoint_is_loopback (&route.source))
    return;
  bt_upnp_mapper_start (mapper->upnp, &route);
  if (bt_endpoint_is_unspecified (&route.gateway) || !bt_endpoint_is_ipv4 (&route.gateway))
    return;
  add_gateway (mapper, &route, &route.source);
  open_ear (mapper, &route, FALSE);
}

static gboolean
is_reachable_ipv6 (const BtLocalAddress *address, guint interface_index)
{
  return address->interface_index == interface_index && !bt_endpoint_is_ipv4 (&address->endpoint)
         && (address->flags & BT_ADDRESS_GLOBAL) != 0 && (address->flags & BT_ADDRESS_DEPRECATED) == 0
         && !bt_endpoint_is_local (&address->endpoint);
}

/* There is nothing to translate, only a firewall to be opened, for each address that peers may be told. */
static void
find_ipv6 (BtPortMapper *mapper)
{
  BtWorld *world = mapper->world;
  g_autoptr (GArray) addresses = NULL;
  BtRoute route;
  guint n = 0;

  if (!world->ops->get_route (world, TRUE, &route) || bt_endpoint_is_unspecified (&route.gateway))
    return;
  addresses = world->ops->list_addresses (world);
  for (guint i = 0; addresses != NULL && i < addresses->len && n < MAX_IPV6_ADDRESSES; i++)
    {
      const BtLocalAddress *address = &g_array_index (addresses, BtLocalAddress, i);

      if (!is_reachable_ipv6 (address, route.interface_index))
        continue;
      add_gateway (mapper, &route, &address->endpoint);
      n++;
    }
  if (n > 0)
    open_ear (mapper, &route, TRUE);
}

void
bt_port_mapper_start (BtPortMapper *mapper, guint16 port)
{
  g_return_if_fail (port != 0);

  bt_port_mapper_stop (mapper);
  mapper->port = port;
  find_ipv4 (mapper);
  find_ipv6 (mapper);
  for (guint i = 0; i < mapper->gateways->len; i++)
    bt_gateway_start (g_ptr_array_index (mapper->gateways, i));
}

void
bt_port_mapper_stop (BtPortMapper *mapper)
{
  bt_timer_stop (&mapper->retired);
  bt_upnp_mapper_stop (mapper->upnp);
  close_ears (mapper);
  g_ptr_array_set_size (mapper->gateways, 0);
  mapper->retiring = FALSE;
  mapper->port = 0;
}

void
bt_port_mapper_retire (BtPortMapper *mapper)
{
  mapper->retiring = TRUE;
  close_ears (mapper);
  bt_upnp_mapper_retire (mapper->upnp);
  for (guint i = 0; i < mapper->gateways->len; i++)
    bt_gateway_retire (g_ptr_array_index (mapper->gateways, i));
  bt_port_mapper_part_retired (mapper);
}

void
bt_port_mapper_get (BtPortMapper *mapper, BtMapping out[BT_N_MAPPERS])
{
  memset (out, 0, BT_N_MAPPERS * sizeof *out);
  for (guint i = 0; i < mapper->gateways->len; i++)
    bt_gateway_get (g_ptr_array_index (mapper->gateways, i), out);
  bt_upnp_mapper_get (mapper->upnp, &out[BT_MAPPER_UPNP]);
}

guint16
bt_port_mapper_get_port (BtPortMapper *mapper, gboolean ipv6)
{
  static const BtMapper order[] = { BT_MAPPER_PCP, BT_MAPPER_NAT_PMP, BT_MAPPER_UPNP };
  BtMapping mappings[BT_N_MAPPERS];

  bt_port_mapper_get (mapper, mappings);
  if (ipv6)
    return bt_mapping_is_mapped (&mappings[BT_MAPPER_PCP6]) ? mappings[BT_MAPPER_PCP6].port : 0;
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (bt_mapping_is_mapped (&mappings[order[i]]))
      return mappings[order[i]].port;
  return 0;
}
