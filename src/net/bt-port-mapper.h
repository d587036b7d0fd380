/* bt-port-mapper.h: keeps a port open at the router: by PCP or NAT-PMP, and by UPnP beside them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-mapping.h"
#include "bt-timers.h"
#include "bt-world.h"

G_BEGIN_DECLS

/* The same port of the router leads to the port of ours, TCP and UDP. Mappings are renewed as long as it runs, and
 * made again when the router forgot them. */
typedef struct _BtPortMapper BtPortMapper;

/* Called when something came or time went by, never from inside a call below. */
typedef struct
{
  /* What it came to is something else. */
  void (*changed) (gpointer owner);
  /* A router says where the Internet sees it. */
  void (*learned) (const BtEndpoint *router, const BtEndpoint *external, gpointer owner);
  /* Nothing is mapped any more, or nobody answers: after bt_port_mapper_retire(), once. */
  void (*retired) (gpointer owner);
} BtPortMapperOps;

BtPortMapper *bt_port_mapper_new (BtWorld *world, BtTimers *timers, const BtPortMapperOps *ops, gpointer owner);
/* Stops first. */
void bt_port_mapper_free (BtPortMapper *mapper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtPortMapper, bt_port_mapper_free)

/* Asks for @port, from nothing: what was mapped before is given up, as by bt_port_mapper_stop(). To be called
 * anew when the network is another one. */
void bt_port_mapper_start (BtPortMapper *mapper, guint16 port);
/* Tells the routers that the port is not needed, waits for nobody, and closes its sockets. */
void bt_port_mapper_stop (BtPortMapper *mapper);
/* Likewise, but makes sure that they heard it; bt_port_mapper_stop() ends the waiting. */
void bt_port_mapper_retire (BtPortMapper *mapper);

void bt_port_mapper_get (BtPortMapper *mapper, BtMapping out[BT_N_MAPPERS]);
/* The port under which others reach ours; 0: none that is known to be mapped. */
guint16 bt_port_mapper_get_port (BtPortMapper *mapper, gboolean ipv6);

G_END_DECLS
