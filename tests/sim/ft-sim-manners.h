/* ft-sim-manners.h: the manners of those who do harm in a simulation.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-bad-peer.h"

G_BEGIN_DECLS

typedef enum
{
  FT_BAD_LIAR,       /* some blocks are not what they should be */
  FT_BAD_CHANGER,    /* each time something else */
  FT_BAD_STALLER,    /* stops within a block */
  FT_BAD_CLAIMER,    /* has everything and gives nothing */
  FT_BAD_REFUSER,    /* rejects what it is asked for */
  FT_BAD_FLOODER,    /* says everything a hundred times, and asks for all there is */
  FT_BAD_BABBLER,    /* messages that nobody knows, with random contents */
  FT_BAD_GARBAGE,    /* random bytes after the handshake */
  FT_BAD_STRANGER,   /* random bytes instead of it */
  FT_BAD_LEAVER,     /* hangs up in the middle */
  FT_BAD_PUSHER,     /* gives what nobody asked for */
  FT_BAD_INVENTOR,   /* details of a link that are not those */
  FT_BAD_NAMER,      /* tells of hundreds who are not there, again and again */
  FT_N_BAD,
} FtBadKind;

FtManners ft_sim_manners (FtBadKind kind);
/* What it gives may be wrong. */
gboolean ft_sim_is_liar (FtBadKind kind);
/* It may happen to say blocks. */
gboolean ft_sim_is_noisy (FtBadKind kind);

G_END_DECLS
