/* ft-sim-play.h: a swarm from its beginning to its end, as it follows from a plan and a seed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-sim-trouble.h"

G_BEGIN_DECLS

#define FT_SIM_BIT(value) (1u << (value))
#define FT_SIM_ALL_BAD (FT_SIM_BIT (FT_N_BAD) - 1)
#define FT_SIM_HONEST_TRACKERS (FT_SIM_BIT (FT_TRACKER_HONEST) | FT_SIM_BIT (FT_TRACKER_UDP))
#define FT_SIM_ALL_TRACKERS (FT_SIM_BIT (FT_N_TRACKERS) - 1)
#define FT_SIM_ALL_TROUBLES (FT_SIM_BIT (FT_N_TROUBLES) - 1)

/* Numbers are drawn from 1 to what is said here. */
typedef struct
{
  const char *name;
  guint max_torrents; /* half of the seeds have one */
  guint max_seeds;
  guint max_leechers;
  guint n_leechers;   /* exactly so many, if it is not 0 */
  guint max_bad;      /* 0: none */
  guint bad;          /* bits of FtBadKind */
  guint trackers;     /* bits of FtTrackerManner: each of them with half a chance */
  guint max_troubles; /* 0: none */
  guint troubles;     /* bits of FtTrouble */
  gboolean lines;     /* they are as bad as lines are; else a few milliseconds */
  gboolean links;     /* some of those who download know no more than a magnet link */
  gboolean nats;      /* some of those who download are behind one */
  guint64 max_size;
  guint max_piece;    /* blocks */
  guint patience_s;   /* until all are complete, once it is quiet */
} FtSimPlan;

/* Plays it, checks what must hold, and fails if it does not. Returns: the digest of all that happened */
guint64 ft_sim_play (const FtSimPlan *plan, guint64 seed);

G_END_DECLS
