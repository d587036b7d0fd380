/* bt-network-view.c: what was seen of the network at one moment, and what became another since.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-network-view.h"

#include <string.h>

void
bt_network_view_take (BtNetworkView *view, BtWorld *world)
{
  memset (view, 0, sizeof *view);
  view->addresses = world->ops->list_addresses (world);
  for (guint i = 0; i < G_N_ELEMENTS (view->routes); i++)
    if (!world->ops->get_route (world, i == 1, &view->routes[i]))
      view->routes[i] = (BtRoute){ 0 };
}

void
bt_network_view_clear (BtNetworkView *view)
{
  g_clear_pointer (&view->addresses, g_array_unref);
}

static guint
count (const BtNetworkView *view)
{
  return view->addresses != NULL ? view->addresses->len : 0;
}

static const BtLocalAddress *
get (const BtNetworkView *view, guint index)
{
  return &g_array_index (view->addresses, BtLocalAddress, index);
}

static const BtLocalAddress *
find (const BtNetworkView *view, const BtEndpoint *local)
{
  for (guint i = 0; i < count (view); i++)
    if (bt_endpoint_same_ip (&get (view, i)->endpoint, local))
      return get (view, i);
  return NULL;
}

static gboolean
is_usable (const BtLocalAddress *address)
{
  return (address->flags & BT_ADDRESS_UP) != 0 && (address->flags & BT_ADDRESS_LOOPBACK) == 0;
}

/* Each of @a is in @b as well, and is the same there. */
static gboolean
is_part_of (const BtNetworkView *a, const BtNetworkView *b)
{
  for (guint i = 0; i < count (a); i++)
    {
      const BtLocalAddress *here = get (a, i);
      const BtLocalAddress *there = find (b, &here->endpoint);

      if (there == NULL || there->flags != here->flags || there->interface_index != here->interface_index
          || there->prefix_length != here->prefix_length)
        return FALSE;
    }
  return TRUE;
}

/* Addresses of one family that may lead somewhere: each of @a is in @b. */
static gboolean
reaches_as_far (const BtNetworkView *a, const BtNetworkView *b, gboolean ipv6)
{
  for (guint i = 0; i < count (a); i++)
    {
      const BtLocalAddress *here = get (a, i);
      const BtLocalAddress *there;

      if (!is_usable (here) || (here->flags & BT_ADDRESS_GLOBAL) == 0
          || bt_endpoint_is_ipv4 (&here->endpoint) == ipv6)
        continue;
      there = find (b, &here->endpoint);
      if (there == NULL || !is_usable (there))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_carrier (const BtNetworkView *view, const BtRoute *route)
{
  const BtLocalAddress *source = find (view, &route->source);

  return source == NULL || (source->flags & BT_ADDRESS_RUNNING) != 0;
}

static BtNetworkChange
compare_ways (const BtNetworkView *before, const BtNetworkView *now, gboolean ipv6)
{
  const BtRoute *old = &before->routes[ipv6 ? 1 : 0];
  const BtRoute *new = &now->routes[ipv6 ? 1 : 0];

  if (new->interface_index == 0 && old->interface_index != 0)
    return 0;
  /* A network without a way out of it is all there is. */
  if (new->interface_index == 0)
    return reaches_as_far (now, before, ipv6) ? 0 : BT_NETWORK_WAY | BT_NETWORK_MOVED;
  if (old->interface_index != new->interface_index || !bt_endpoint_equal (&old->gateway, &new->gateway)
      || !bt_endpoint_equal (&old->source, &new->source))
    return BT_NETWORK_WAY;
  return has_carrier (now, new) && !has_carrier (before, old) ? BT_NETWORK_WAY : 0;
}

BtNetworkChange
bt_network_view_compare (const BtNetworkView *before, const BtNetworkView *now)
{
  BtNetworkChange change = compare_ways (before, now, FALSE) | compare_ways (before, now, TRUE);

  if (!is_part_of (before, now) || !is_part_of (now, before))
    change |= BT_NETWORK_ADDRESSES;
  return change;
}

gboolean
bt_network_view_has_lost (const BtNetworkView *before, const BtNetworkView *now, const BtEndpoint *local)
{
  const BtLocalAddress *old = find (before, local);
  const BtLocalAddress *new = find (now, local);

  return now->addresses != NULL && old != NULL && is_usable (old) && (new == NULL || !is_usable (new));
}

gboolean
bt_network_view_has_losses (const BtNetworkView *before, const BtNetworkView *now)
{
  for (guint i = 0; i < count (before); i++)
    if (bt_network_view_has_lost (before, now, &get (before, i)->endpoint))
      return TRUE;
  return FALSE;
}

gboolean
bt_network_view_is_offline (const BtNetworkView *view)
{
  if (view->addresses == NULL)
    return FALSE;
  for (guint i = 0; i < count (view); i++)
    if (is_usable (get (view, i)) && (get (view, i)->flags & BT_ADDRESS_RUNNING) != 0)
      return FALSE;
  return TRUE;
}

gboolean
bt_network_view_has (const BtNetworkView *view, const BtEndpoint *local)
{
  return find (view, local) != NULL;
}

gboolean
bt_network_view_is_down (const BtNetworkView *view, const BtEndpoint *local)
{
  const BtLocalAddress *address = find (view, local);

  return address != NULL && (address->flags & BT_ADDRESS_UP) == 0;
}
