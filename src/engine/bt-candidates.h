/* bt-candidates.h: the addresses known for one torrent: whom to try next, whom to leave alone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"
#include "bt-random.h"

G_BEGIN_DECLS

typedef enum
{
  BT_SOURCE_TRACKER = 1 << 0,
  BT_SOURCE_INCOMING = 1 << 1,
  BT_SOURCE_RESUME = 1 << 2,
  BT_SOURCE_MANUAL = 1 << 3,
  BT_SOURCE_DHT = 1 << 4,
  BT_SOURCE_PEX = 1 << 5,
  BT_SOURCE_LSD = 1 << 6,
} BtSource;

/* Where a private torrent has its peers from. */
#define BT_SOURCES_OF_PRIVATE (BT_SOURCE_TRACKER | BT_SOURCE_MANUAL)

typedef struct
{
  BtEndpoint endpoint;
  BtSource sources;
  gboolean connectable;    /* a connection to it once succeeded, or it said its port */
  gboolean connected;      /* or being connected */
  gboolean is_seed;        /* as last known: bt_candidates_set_seed() */
  gboolean banned;
  guint fails;             /* connects in a row that failed or gave nothing */
  gint64 next_try;         /* monotonic µs */
  gint64 last_try;         /* 0: never */
  gint64 last_useful;      /* payload came then; 0: never */
  guint last_reason;       /* BtCloseReason of the last end */
  guint64 named_by;        /* bit n: the last reply of the n-th tracker named it */
  guint32 priority;        /* see bt_candidates_priority() */
  guint32 chance;          /* decides between equal ones */
  GSequenceIter *turn;     /* (nullable): for bt-turns.c alone */
} BtCandidate;

/* At most BT_LIMIT_CANDIDATES, or what was set: then the worst that is not connected gives way. A candidate lives at
 * least until the next call that adds or forgets some; a connected one until it ended. */
typedef struct _BtCandidates BtCandidates;

BtCandidates *bt_candidates_new (BtRandom *random);
void bt_candidates_free (BtCandidates *candidates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtCandidates, bt_candidates_free)

/* NULL if the address cannot be a peer, is banned, or is us; or if there is no room and all are better. */
BtCandidate *bt_candidates_add (BtCandidates *candidates, const BtEndpoint *endpoint, BtSource source, gint64 now);
/* Those beyond @most are let go, the worst first, unless they are connected. */
void bt_candidates_set_most (BtCandidates *candidates, guint most);
BtCandidate *bt_candidates_find (BtCandidates *candidates, const BtEndpoint *endpoint);
guint bt_candidates_count (const BtCandidates *candidates);
guint bt_candidates_n_idle (const BtCandidates *candidates); /* neither connected nor banned */
gpointer bt_candidates_iter (BtCandidates *candidates, guint index); /* BtCandidate*, any order, index < count */

/* One tracker's reply is over: what it named before and does not name now is forgotten, unless it is
 * connected, useful lately, or known otherwise, other trackers included. */
void bt_candidates_begin_announce (BtCandidates *candidates, const char *url);
void bt_candidates_end_announce (BtCandidates *candidates, gint64 now);

/* Where the Internet sees us, with the port that is open; NULL: not known. */
void bt_candidates_set_us (BtCandidates *candidates, gboolean ipv6, const BtEndpoint *us);
/* BEP 40: greater is better, 0 while our address is not known; who is near us is the best of all. */
guint32 bt_candidates_priority (const BtCandidates *candidates, const BtEndpoint *endpoint);

/* Only what is known from one of @sources stays, or is connected or banned; that it was known from elsewhere too is
 * forgotten. */
void bt_candidates_keep (BtCandidates *candidates, BtSource sources);

/* The best to try now, NULL for none: fewest fails, useful before, not tried longest, source, priority, chance.
 * @want_leechers: we have everything, so seeds are of no use. */
BtCandidate *bt_candidates_best (BtCandidates *candidates, gboolean want_leechers, gint64 now);
gint64 bt_candidates_next (BtCandidates *candidates, gboolean want_leechers); /* when one will be; G_MAXINT64 */

/* Only trackers and strangers say that somebody is there, and this torrent never found him: what came of it for others
 * counts. */
gboolean bt_candidate_is_unproven (const BtCandidate *candidate);
/* Strangers alone say so. */
gboolean bt_candidate_is_hearsay (const BtCandidate *candidate);
/* How long it is left alone after as many fails in a row, from 1 on. */
gint64 bt_candidate_get_pause (guint fails); /* µs */

/* Connecting began; it ended. @useful_bytes: payload that came of it, either way. A useful one is tried
 * again after 2 s; else after 5, 10, 60, 300, 900, 1800, 3600 s by fails. @reason: BtCloseReason. */
void bt_candidates_trying (BtCandidates *candidates, BtCandidate *candidate, gint64 now);
/* Not now, for a reason of ours: it is tried again in a moment. */
void bt_candidates_postpone (BtCandidates *candidates, BtCandidate *candidate, gint64 now);
/* Not before @until, for what came of it for other torrents. */
void bt_candidates_hold (BtCandidates *candidates, BtCandidate *candidate, gint64 until);
void bt_candidates_set_seed (BtCandidates *candidates, BtCandidate *candidate, gboolean is_seed);
void bt_candidates_ended (BtCandidates *candidates, BtCandidate *candidate, guint reason, guint64 useful_bytes, gint64 now);

/* By IP, all ports, for the session and the resume data; after three in one /24 (IPv6: /64) all of it.
 * Of an address near us only the port: others behind it may be other machines or programs. */
void bt_candidates_ban (BtCandidates *candidates, const BtEndpoint *endpoint);
/* Of our own address in the Internet, which is that of others as well: likewise only the port. */
void bt_candidates_ban_port (BtCandidates *candidates, const BtEndpoint *endpoint);
/* Whatever its ports. FALSE when nothing of it was banned. */
gboolean bt_candidates_unban (BtCandidates *candidates, const BtEndpoint *endpoint);
gboolean bt_candidates_is_banned (BtCandidates *candidates, const BtEndpoint *endpoint);
void bt_candidates_add_self (BtCandidates *candidates, const BtEndpoint *endpoint); /* never tried again */
GPtrArray *bt_candidates_banned_ips (BtCandidates *candidates); /* of char*, transfer full */
void bt_candidates_ban_ip (BtCandidates *candidates, const char *ip);

/* Nothing is left to try and nothing is connected: next_try of all is kept, but the network changed or
 * the user asked, so all may be tried at once. */
void bt_candidates_forgive (BtCandidates *candidates, gint64 now);
/* That one alone. FALSE if it is not known. */
gboolean bt_candidates_forgive_one (BtCandidates *candidates, const BtEndpoint *endpoint, gint64 now);
/* Only those that payload once came of. */
void bt_candidates_forgive_useful (BtCandidates *candidates, gint64 now);

G_END_DECLS
