/* bt-dht-private.h: what the files of the DHT node share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-dht.h"

#include "bt-dht-guard.h"
#include "bt-dht-lookup.h"
#include "bt-dht-store.h"
#include "bt-dht-table.h"
#include "bt-dht-token.h"

/* Questions that wait for an answer, in bt-dht-questions.c. */
typedef struct
{
  guint32 transaction;
  BtEndpoint to;
  gint64 sent;
  gboolean is_slow;
  gboolean has_id; /* @id is who it was thought to be */
  BtNodeId id;
  BtKrpcMethod method;
  BtDhtSearchId search; /* 0: a check of the table */
  gboolean is_last;     /* it does not look for nodes any more, but is for the closest */
  GBytes *bytes;        /* (nullable): the datagram, of a search, until it was sent again */
  GList *link;          /* in BtDht.questions */
} BtDhtQuestion;

/* A search and what is done for one kind of it, in bt-dht-search.c and by kind. */
typedef struct _BtDhtSearch BtDhtSearch;

typedef struct
{
  BtKrpcMethod method; /* of the questions; their target is filled in */
  void (*begin) (BtDhtSearch *search, gint64 now);         /* (nullable) */
  void (*ask) (BtDhtSearch *search, BtKrpcMessage *query); /* (nullable): further arguments */
  /* (nullable) An answer came, over @n_hops nodes. */
  void (*read) (BtDhtSearch *search, const BtEndpoint *from, const BtKrpcMessage *reply, guint n_hops,
                gint64 now);
  /* (nullable) What is said in the end to each of the closest that gave a token, which is filled in: first
   * @n is 0, then 1, until there is no more: FALSE. */
  gboolean (*store) (BtDhtSearch *search, guint n, BtKrpcMessage *query);
  /* (nullable) What it said to that; NULL: nothing. */
  void (*stored) (BtDhtSearch *search, BtKrpcMethod method, const BtKrpcMessage *answer);
  /* The result is told. The search is over, unless bt_dht_search_again() is called. */
  void (*finish) (BtDhtSearch *search, gint64 now);
  void (*free) (BtDhtSearch *search);
} BtDhtSearchClass;

typedef enum
{
  BT_DHT_PHASE_WAITING, /* for its turn, for somebody to ask, or for its time */
  BT_DHT_PHASE_LOOKING,
  BT_DHT_PHASE_STORING,
  BT_DHT_PHASE_OVER,
} BtDhtPhase;

/* First member of each kind. */
struct _BtDhtSearch
{
  const BtDhtSearchClass *class;
  BtDht *dht;
  BtDhtSearchId id;
  BtNodeId target;
  BtDhtPhase phase;
  gint64 wait_until;   /* when waiting: not before */
  gint64 look_at;      /* when waiting: whether it can begin */
  gint64 give_up;      /* when nobody is known to be asked */
  gboolean is_own;     /* of the upkeep: it takes nobody's turn */
  BtDhtLookup *lookup; /* (nullable): while looking and storing */
  guint n_pending;     /* of what is stored: without an answer */
};

/* Where to begin when the table is empty. */
typedef struct
{
  BtKrpcNode node;
  gboolean has_id;
  gboolean is_tried; /* by a check */
} BtDhtSeed;

struct _BtDht
{
  const BtDhtOps *ops;
  gpointer owner;
  gboolean is_ipv6;
  gboolean read_only;
  BtRandom random;
  BtDht *sibling; /* (nullable) (unowned) */

  BtDhtTable *table;
  BtDhtStore *store;
  BtDhtTokens tokens;
  BtDhtGuard guard;
  gint64 expire_at; /* the store forgets */

  GHashTable *by_transaction; /* of BtDhtQuestion */
  GQueue questions;           /* of BtDhtQuestion, the oldest first */

  GPtrArray *searches; /* of BtDhtSearch */
  BtDhtSearchId last_search;
  guint depth; /* of calls from outside: searches that are over are freed when it is 0 again */

  GArray *seeds;   /* of BtDhtSeed */
  GArray *routers; /* of BtEndpoint */
  BtDhtSearchId bootstrap; /* our own neighbourhood; 0: not looked for now */
  BtDhtSearchId refresh;
  gboolean is_explored;    /* our neighbourhood was found, and the buckets follow */
  guint n_attempts;        /* to get to know somebody */
  guint n_looks;           /* at our neighbourhood */
  gint64 bootstrap_at;     /* the next */
  gint64 trying_since;     /* G_MAXINT64: not trying */
  gint64 upkeep_at;

  guint64 n_received;
  guint64 n_sent;
  guint64 n_refused;
};

/* bt-dht.c */
void bt_dht_send (BtDht *dht, const BtEndpoint *to, const void *bytes, gsize length);

/* bt-dht-questions.c */
gboolean bt_dht_may_ask (const BtDht *dht); /* FALSE: too many questions are open */
/* @transaction: kept until the query has been sent. */
void bt_dht_begin_query (BtDht *dht, BtKrpcMessage *query, BtKrpcMethod method, guint32 *transaction);
/* @id: (nullable): who it is thought to be. @search: (nullable). FALSE: what a stranger wants to be
 * told, a token of his, does not fit. */
gboolean bt_dht_ask (BtDht *dht, const BtEndpoint *to, const BtNodeId *id, BtKrpcMessage *query,
                     const BtDhtSearch *search, gint64 now);
/* A reply or an error. FALSE: to no question of ours. */
gboolean bt_dht_take_answer (BtDht *dht, const BtEndpoint *from, const BtKrpcMessage *answer, gint64 now);
void bt_dht_check_timeouts (BtDht *dht, gint64 now);
gint64 bt_dht_questions_deadline (const BtDht *dht);
void bt_dht_forget_questions (BtDht *dht);

/* bt-dht-answers.c */
void bt_dht_answer (BtDht *dht, const BtEndpoint *from, const BtKrpcMessage *query, gint64 now);

/* bt-dht-search.c */
void bt_dht_search_add (BtDht *dht, BtDhtSearch *search, const BtDhtSearchClass *class,
                        const BtNodeId *target, gint64 now);
BtDhtSearch *bt_dht_search_find (const BtDht *dht, BtDhtSearchId id); /* (nullable) */
void bt_dht_search_free (gpointer search);
void bt_dht_search_over (BtDhtSearch *search);               /* without a word */
void bt_dht_search_finish (BtDhtSearch *search, gint64 now); /* with its result */
void bt_dht_search_again (BtDhtSearch *search, gint64 at);
void bt_dht_search_answered (BtDht *dht, const BtDhtQuestion *question, const BtKrpcMessage *reply, gint64 now);
void bt_dht_search_slow (BtDht *dht, const BtDhtQuestion *question);
/* @error: (nullable): NULL when there was no answer at all. */
void bt_dht_search_failed (BtDht *dht, const BtDhtQuestion *question, const BtKrpcMessage *error, gint64 now);
/* Those that can begin do, those that can go on do. */
void bt_dht_searches_advance (BtDht *dht, gint64 now);
void bt_dht_searches_restart (BtDht *dht, gint64 now);
void bt_dht_searches_sweep (BtDht *dht);
gint64 bt_dht_searches_deadline (const BtDht *dht);
/* Whoever is known near its target; routers when they are needed. */
void bt_dht_seed_lookup (BtDht *dht, BtDhtLookup *lookup, gboolean with_routers);

/* bt-dht-upkeep.c */
void bt_dht_upkeep (BtDht *dht, gint64 now);
/* @id: (nullable): if it is known. */
void bt_dht_add_seed (BtDht *dht, const BtEndpoint *address, const BtNodeId *id, gint64 now);
gboolean bt_dht_knows_somebody (const BtDht *dht);
gboolean bt_dht_needs_routers (const BtDht *dht);
