/* ft-sim-swarm.h: one torrent in a simulation: those who have it, who want it, who do harm; and what must hold.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-sim-manners.h"
#include "ft-sim-tracker.h"
#include "ft-sim.h"

G_BEGIN_DECLS

#define FT_SIM_MAX_FILES 6

typedef struct
{
  FtSimNode *node;
  BtTorrentId id;
  gboolean is_seed;   /* it had the data from the start */
  gboolean by_link;   /* it is given a magnet link only */
} FtSimMember;

typedef struct
{
  FtSim *sim;
  BtRandom random;    /* for what the scenario decides */
  FtSimTrackers *trackers;
  FtSample *sample;
  FtSampleFile files[FT_SIM_MAX_FILES + 1];
  char *paths[FT_SIM_MAX_FILES];
  gint64 began;
  guint n_hosts;      /* addresses that were given away */
  GPtrArray *members; /* of FtSimMember */
  GPtrArray *bad;     /* of FtBadPeer */
  FtSimMember *faulty; /* (nullable): whose disk has faults */
  guint n_liars;
  gboolean forgot;    /* some engine does not know any more what it gave */
  gboolean noisy;     /* some bad one gives what it does not count */
} FtSimSwarm;

/* A torrent of up to @max_size bytes in some files, of which some may be empty, drawn from the seed; up to
 * @max_piece blocks a piece, a power of two. */
FtSimSwarm *ft_sim_swarm_new (guint64 seed, guint64 max_size, guint max_piece);
void ft_sim_swarm_free (FtSimSwarm *self); /* stops all; fails if something is left open */
guint32 ft_sim_swarm_draw (FtSimSwarm *self, guint32 n); /* 0 … n - 1 */

/* An address in the Internet that is nobody's neighbour; free with g_free(). */
char *ft_sim_swarm_next_ip (FtSimSwarm *self);

/* An engine. @config: (transfer full) */
FtSimMember *ft_sim_swarm_add (FtSimSwarm *self, gboolean is_seed, BtConfig *config);
/* Gives its engine the torrent, with the trackers whose bits are set in @trackers. */
void ft_sim_swarm_give (FtSimSwarm *self, FtSimMember *member, guint trackers);
BtTorrent *ft_sim_swarm_torrent (FtSimMember *member);
/* It is told of all who had the data from the start. */
void ft_sim_swarm_introduce (FtSimSwarm *self, FtSimMember *member);
FtBadPeer *ft_sim_swarm_add_bad (FtSimSwarm *self, FtBadKind kind);
gboolean ft_sim_swarm_is_complete (FtSimSwarm *self);

/* ft-sim-check.c */
/* What must hold at any moment; @thoroughly: reads files too. */
void ft_sim_swarm_check (FtSimSwarm *self, gboolean thoroughly);
/* All have all, and nobody who is honest was harmed. */
void ft_sim_swarm_check_end (FtSimSwarm *self);

G_END_DECLS
