/* bt-network-view.h: what was seen of the network at one moment, and what became another since.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-world.h"

G_BEGIN_DECLS

typedef enum
{
  BT_NETWORK_ADDRESSES = 1 << 0, /* an address of any interface came, went, or is another */
  BT_NETWORK_WAY = 1 << 1,       /* there is a way out again, or another one */
  BT_NETWORK_MOVED = 1 << 2,     /* what goes that way has another address */
  BT_NETWORK_WOKE = 1 << 3,      /* the machine slept */
} BtNetworkChange;

typedef struct
{
  GArray *addresses; /* of BtLocalAddress; (nullable): could not be told */
  BtRoute routes[2]; /* IPv4, IPv6; interface 0: there is none */
} BtNetworkView;

void bt_network_view_take (BtNetworkView *view, BtWorld *world);
void bt_network_view_clear (BtNetworkView *view);

/* Neither BT_NETWORK_MOVED nor BT_NETWORK_WOKE, which need a longer memory, except where there is no way out and
 * the addresses themselves are all that can be compared. */
BtNetworkChange bt_network_view_compare (const BtNetworkView *before, const BtNetworkView *now);
/* Whether @local (any port) could be used, and cannot any more. */
gboolean bt_network_view_has_lost (const BtNetworkView *before, const BtNetworkView *now, const BtEndpoint *local);
/* Whether there is anything to lose. */
gboolean bt_network_view_has_losses (const BtNetworkView *before, const BtNetworkView *now);
/* No interface but the loopback is up and has a carrier and an address. */
gboolean bt_network_view_is_offline (const BtNetworkView *view);
gboolean bt_network_view_has (const BtNetworkView *view, const BtEndpoint *local);
/* It is there, but its interface is down. */
gboolean bt_network_view_is_down (const BtNetworkView *view, const BtEndpoint *local);

G_END_DECLS
