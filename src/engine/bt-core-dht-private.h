/* bt-core-dht-private.h: the engine's part in the DHT, for the files that share it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-core-private.h"
#include "bt-dht.h"
#include "bt-dht-memory.h"

G_BEGIN_DECLS

/* Our node in one family. */
typedef struct
{
  BtCore *core;
  gboolean ipv6;
  BtDht *dht;         /* (nullable): while there is a socket and it is wanted */
  BtTimer timer;      /* to what it has to do next */
  BtDhtMemory memory; /* of the last time; nodes NULL: nothing */
  BtDhtFacts facts;   /* as it was looked at last */
} BtDhtSide;

struct _BtCoreDht
{
  BtCore *core;
  BtDhtSide sides[2]; /* IPv4, IPv6 */
  BtTimer look;       /* whether there is something to tell faces or to save */
  gint64 saved_at;    /* monotonic µs */

  /* bt-core-dht-entry.c */
  GPtrArray *names;   /* of names that are being looked up */
  BtTimer routers;    /* they are asked then if nobody answered until then */
  guint router_tries;

  /* bt-core-dht-turns.c */
  GQueue turns;       /* of BtTorrent that want to search */
  BtTimer turn;
  double turn_tokens;
  gint64 turn_refilled;
  guint n_searching;  /* searches under way, of both families */
};

/* Whoever calls into a node calls this after it. */
void bt_dht_side_schedule (BtDhtSide *side);
gboolean bt_core_dht_is_working (BtCoreDht *dht);

/* bt-core-dht-entry.c */
void bt_core_dht_init_entry (BtCoreDht *dht);
/* Our nodes are new or were given up: begins to look for a way in, or stops that. */
void bt_core_dht_start_entry (BtCoreDht *dht);
void bt_core_dht_stop_entry (BtCoreDht *dht);

/* bt-core-dht-turns.c */
void bt_core_dht_init_turns (BtCoreDht *dht);
void bt_core_dht_stop_turns (BtCoreDht *dht);

G_END_DECLS
