/* ft-sim-trouble.h: what happens to the engines of a swarm while it is at work.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-sim-swarm.h"

G_BEGIN_DECLS

typedef enum
{
  FT_TROUBLE_PAUSE,    /* paused or stopped, or started again */
  FT_TROUBLE_VERIFY,   /* all is checked again */
  FT_TROUBLE_REMOVE,   /* taken off the list, with or without its files, and added again */
  FT_TROUBLE_RESTART,  /* the engine ends and another begins */
  FT_TROUBLE_DARK,     /* the network is gone, or is back */
  FT_TROUBLE_NETWORK,  /* the address is another one, or the route is gone, or is back */
  FT_TROUBLE_CLOCK,    /* the time of day is set to another */
  FT_TROUBLE_SLEEP,    /* the machine slept */
  FT_TROUBLE_LIMITS,   /* of speed and connections */
  FT_TROUBLE_FILES,    /* some are not wanted, or are again */
  FT_TROUBLE_MOVE,     /* its files are to be in another folder */
  FT_TROUBLE_QUEUE,    /* it is moved in it, or passes it by; other numbers may be active at once */
  FT_TROUBLE_OPTIONS,  /* it gets limits of its own, and its pieces in order */
  FT_TROUBLE_RIVAL,    /* another torrent is added that would have the same files */
  FT_TROUBLE_DISK,     /* it takes its time */
  FT_TROUBLE_FAULTS,   /* calls of one of them fail: full, read-only, broken, too many files */
  FT_N_TROUBLES,
} FtTrouble;

/* To somebody. */
void ft_sim_trouble (FtSimSwarm *self, FtTrouble trouble);
/* All that happened is over: everybody is at work and wants all. */
void ft_sim_heal (FtSimSwarm *self, guint trackers);
/* Files that are not where they are said to be: takes what is there for all, as only a person may. */
void ft_sim_tend (FtSimSwarm *self);

G_END_DECLS
