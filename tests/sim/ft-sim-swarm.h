/* ft-sim-swarm.h: the torrents of a simulation: those who have them, who want them, who do harm; and what must hold.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-sim-manners.h"
#include "ft-sim-meter.h"
#include "ft-sim-torrent.h"
#include "ft-sim-tracker.h"
#include "ft-sim.h"

G_BEGIN_DECLS

#define FT_SIM_MAX_TORRENTS 3

/* One engine, which may have several torrents. */
typedef struct
{
  FtSimNode *node;
  FtSimMeter meter;
} FtSimEngine;

/* Its part in one of them. */
typedef struct
{
  FtSimEngine *engine;
  FtSimTorrent *share;
  BtTorrentId id;
  gboolean is_seed;   /* it had the data from the start */
  gboolean by_link;   /* it is given a magnet link only */
  FtSimMeter meter;
} FtSimMember;

typedef struct
{
  FtSim *sim;
  BtRandom random;    /* for what the scenario decides */
  FtSimTrackers *trackers;
  gint64 began;
  guint n_hosts;      /* addresses that were given away */
  GPtrArray *shares;  /* of FtSimTorrent */
  GPtrArray *engines; /* of FtSimEngine */
  GPtrArray *members; /* of FtSimMember */
  GPtrArray *bad;     /* of FtBadPeer */
  FtSimEngine *faulty; /* (nullable): whose disk has faults */
} FtSimSwarm;

/* Without torrents. */
FtSimSwarm *ft_sim_swarm_new (guint64 seed);
void ft_sim_swarm_free (FtSimSwarm *self); /* stops all; fails if something is left open */
guint32 ft_sim_swarm_draw (FtSimSwarm *self, guint32 n); /* 0 … n - 1 */
/* See ft_sim_torrent_new(). */
FtSimTorrent *ft_sim_swarm_add_torrent (FtSimSwarm *self, guint64 max_size, guint max_piece);

/* An address in the Internet that is nobody's neighbour; free with g_free(). */
char *ft_sim_swarm_next_ip (FtSimSwarm *self);

/* @config: (transfer full) */
FtSimEngine *ft_sim_swarm_add_engine (FtSimSwarm *self, BtConfig *config);
/* It is to have that torrent. */
FtSimMember *ft_sim_swarm_add (FtSimSwarm *self, FtSimEngine *engine, FtSimTorrent *share, gboolean is_seed);
/* Gives its engine the torrent, with the trackers whose bits are set in @trackers. */
void ft_sim_swarm_give (FtSimSwarm *self, FtSimMember *member, guint trackers);
BtTorrent *ft_sim_swarm_torrent (FtSimMember *member);
/* It is told of all who had the data from the start. */
void ft_sim_swarm_introduce (FtSimSwarm *self, FtSimMember *member);
FtBadPeer *ft_sim_swarm_add_bad (FtSimSwarm *self, FtSimTorrent *share, FtBadKind kind);
gboolean ft_sim_swarm_is_complete (FtSimSwarm *self);

/* ft-sim-check.c */
/* What must hold at any moment; @thoroughly: reads files too. */
void ft_sim_swarm_check (FtSimSwarm *self, gboolean thoroughly);
/* All have all, and nobody who is honest was harmed. */
void ft_sim_swarm_check_end (FtSimSwarm *self);

G_END_DECLS
