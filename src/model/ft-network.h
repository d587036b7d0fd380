/* ft-network.h: how the engine is connected to the rest of the world, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "bt-status.h"

G_BEGIN_DECLS

#define FT_TYPE_NETWORK (ft_network_get_type ())
G_DECLARE_FINAL_TYPE (FtNetwork, ft_network, FT, NETWORK, GObject)

#define FT_TYPE_REACH (ft_reach_get_type ())

/* Whether others can connect to us. */
typedef enum
{
  FT_REACH_CLOSED,  /* no port is open */
  FT_REACH_UNKNOWN, /* nobody has tried, or nobody could */
  FT_REACH_OPEN,    /* somebody has, or the router says that they can */
} FtReach;

GType ft_reach_get_type (void);

/**
 * FtNetwork:
 *
 * Belongs to a session, which keeps it up to date.
 *
 * Properties, all read-only: port (0: none is open), incoming-seen (whether somebody has connected from the Internet),
 * reach (#FT_TYPE_REACH); and as sentences: reach-text (in two or three words), port-text, router-text, dht-text,
 * address-text (where the Internet sees us; empty while that is not known).
 */

FtNetwork *ft_network_new (void);

void ft_network_take_update (FtNetwork *network, const BtUpdate *update);
/* The engine has stopped. */
void ft_network_clear (FtNetwork *network);

G_END_DECLS
