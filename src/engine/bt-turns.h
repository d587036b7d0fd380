/* bt-turns.h: in which order the addresses of a torrent are tried, in O(log n) a turn.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-candidates.h"

G_BEGIN_DECLS

/* Who may be tried later is sorted by when; who may be tried now, by what may be hoped of it. Seeds stand apart, since
 * who has everything does not want them. Of ten thousand torrents few have many addresses: a list is made when somebody
 * enters it. */
typedef struct
{
  BtRandom *random;      /* borrowed */
  GSequence *waiting[2]; /* (nullable): of BtCandidate, by next_try; [1]: seeds */
  GSequence *due[2];     /* (nullable): by hope */
  gint64 now;            /* when was looked last who is due */
} BtTurns;

void bt_turns_clear (BtTurns *turns);
/* After something of it changed: where it belongs, which is nowhere while it is connected or banned. */
void bt_turns_file (BtTurns *turns, BtCandidate *candidate);
void bt_turns_leave (BtCandidate *candidate);
/* See bt_candidates_best() and bt_candidates_next(). */
BtCandidate *bt_turns_best (BtTurns *turns, gboolean want_leechers, gint64 now);
gint64 bt_turns_next (const BtTurns *turns, gboolean want_leechers);
/* The best of its sources, 0 first: how likely an address of that kind is to be worth a try. */
guint bt_turns_source_rank (const BtCandidate *candidate);

G_END_DECLS
