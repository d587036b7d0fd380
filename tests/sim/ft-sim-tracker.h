/* ft-sim-tracker.h: the trackers of a simulation, whose manners a test chooses; here those over HTTP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-hash.h"
#include "ft-fake-world.h"

G_BEGIN_DECLS

typedef enum
{
  FT_TRACKER_HONEST,
  FT_TRACKER_HANGS,         /* never answers */
  FT_TRACKER_REFUSES,       /* no connection */
  FT_TRACKER_RUBBISH,       /* random bytes */
  FT_TRACKER_BROKEN,        /* an answer of which some bytes are others */
  FT_TRACKER_FAILS,         /* says that it failed */
  FT_TRACKER_ERROR,         /* 500 */
  FT_TRACKER_HURRIES,       /* honest, but for an interval of 0 */
  FT_TRACKER_SLEEPS,        /* … of 10^9 */
  FT_TRACKER_LIES,          /* names a thousand addresses where nobody is */
  FT_TRACKER_UDP,           /* from here on by datagrams: honest */
  FT_TRACKER_UDP_HANGS,
  FT_TRACKER_UDP_RUBBISH,
  FT_TRACKER_UDP_BROKEN,
  FT_TRACKER_UDP_FAILS,
  FT_TRACKER_UDP_LIES,
  FT_N_TRACKERS,
} FtTrackerManner;

typedef struct
{
  FtFakeNet *net;
  GHashTable *peers;  /* BtSha1* -> GArray of BtEndpoint: who said to whichever of them that it is there */
  guint n_announces[FT_N_TRACKERS];
  GPtrArray *udp;     /* of FtSimUdpTracker */
} FtSimTrackers;

/* All of them, each at ft_sim_tracker_url(); they know the same peers. Answers the fetches of the network. Those by
 * datagrams are silent from close() on, which comes before the end of the network. */
FtSimTrackers *ft_sim_trackers_new (FtFakeNet *net);
void ft_sim_trackers_close (FtSimTrackers *self);
void ft_sim_trackers_free (FtSimTrackers *self); /* after the network: engines say goodbye */
char *ft_sim_tracker_url (FtTrackerManner manner);
/* Who is there for a torrent. Returns: (transfer none): of BtEndpoint */
GArray *ft_sim_trackers_list (FtSimTrackers *self, const BtSha1 *info_hash);
/* Somebody who did not say so himself. */
void ft_sim_trackers_add (FtSimTrackers *self, const BtSha1 *info_hash, const BtEndpoint *peer);
void ft_sim_trackers_remove (FtSimTrackers *self, const BtSha1 *info_hash, const BtEndpoint *peer);

G_END_DECLS
