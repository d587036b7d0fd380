/* ft-sim-udp-tracker.h: the trackers of a simulation that are asked by datagrams (BEP 15).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-sim-tracker.h"

G_BEGIN_DECLS

typedef struct _FtSimUdpTracker FtSimUdpTracker;

/* A host of its own; it knows whom the others know. */
FtSimUdpTracker *ft_sim_udp_tracker_new (FtSimTrackers *trackers, FtTrackerManner manner);
void ft_sim_udp_tracker_free (FtSimUdpTracker *self); /* before the network */
char *ft_sim_udp_tracker_url (FtTrackerManner manner);

G_END_DECLS
