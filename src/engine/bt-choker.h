/* bt-choker.h: who may download from us: by rate, with optimistic slots, round robin when seeding.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-random.h"

G_BEGIN_DECLS

#define BT_CHOKER_INTERVAL_US (10 * G_USEC_PER_SEC)
#define BT_CHOKER_OPTIMISTIC_US (30 * G_USEC_PER_SEC)

/* A peer as the choker sees it: filled by the caller, answered in @unchoke. */
typedef struct
{
  gpointer peer;          /* the caller's */
  gboolean interested;    /* it wants something of us */
  gboolean is_seed;       /* or upload only: has no use for a slot */
  gboolean snubs_us;      /* we are downloading, and it sends nothing though we asked */
  gboolean unchoked;      /* as it is now */
  gboolean optimistic;    /* in and out: holds an optimistic slot */
  gint64 unchoked_at;     /* monotonic µs of its last unchoke, 0: never */
  gint64 changed_at;      /* of the last change of choke state: not before 10 s again */
  gint64 optimistic_at;   /* in and out: of its last optimistic slot, 0: never */
  gint64 connected_at;
  guint64 rate_to_us;     /* payload bytes a second */
  guint64 rate_from_us;
  guint64 given_since_unchoke; /* payload bytes */
  gboolean unchoke;       /* out */
} BtChokePeer;

typedef struct
{
  guint n_slots;          /* in all, optimistic included; at least 1 */
  gboolean seeding;
  guint32 piece_length;   /* seeding: a turn is 20 pieces and a minute */
} BtChokeConfig;

typedef struct
{
  BtRandom *random;
  gint64 optimistic_since; /* monotonic µs of the last rotation */
} BtChoker;

void bt_choker_init (BtChoker *choker, BtRandom *random);
/* Once each BT_CHOKER_INTERVAL_US, and when a peer came or went. Regular slots by rate (leeching) or
 * round robin (seeding), max(1, slots/5) optimistic ones, rotated each 30 s to the peer that waited
 * longest, newcomers three times as likely. Peers that are not interested do not use a slot. */
void bt_choker_run (BtChoker *choker, const BtChokeConfig *config, BtChokePeer *peers, guint n_peers, gint64 now);
/* Whether a peer that has just become interested can be unchoked at once. */
gboolean bt_choker_has_free_slot (const BtChokeConfig *config, const BtChokePeer *peers, guint n_peers);

G_END_DECLS
