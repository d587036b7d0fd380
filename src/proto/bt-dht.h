/* bt-dht.h: our node of the mainline DHT in one address family, without I/O.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-krpc.h"

G_BEGIN_DECLS

/* BEP 5 with BEP 32, 33, 42, 43, 44 and 51.
 *
 * The owner brings datagrams and the time, and sends what the node hands out. A host with both
 * families has two nodes, one a socket. After every call that takes @now the owner asks
 * bt_dht_deadline() and calls bt_dht_tick() when it has come. Callbacks may call any function of
 * the node except bt_dht_free().
 *
 * A node is of use at once: what is looked for before it knows anybody waits until it does. */
typedef struct _BtDht BtDht;

typedef struct
{
  /* A datagram for the socket of this family. What cannot be sent is lost, as it is on the way. */
  void (*send) (gpointer owner, const BtEndpoint *to, const void *bytes, gsize length);
  /* Bytes that no stranger can guess: transaction ids, secrets of tokens. */
  void (*random) (gpointer owner, void *out, gsize length);
  /* (nullable) @voter, whom we asked something, says where it sees us (BEP 42): one voice. */
  void (*told_address) (gpointer owner, const BtEndpoint *voter, const BtEndpoint *address, gint64 now);
  /* (nullable) The node is another one from here on, as bt_dht_id() says: to be saved. */
  void (*id_changed) (gpointer owner);
} BtDhtOps;

typedef struct
{
  gboolean is_ipv6;
  /* Behind a NAT that lets nothing in, or to save traffic: we ask and never answer (BEP 43). */
  gboolean read_only;
  const BtNodeId *id; /* (nullable): the one of the last time; NULL: a new one */
} BtDhtConfig;

/* @ops: borrowed, must outlive the node. @random: seeded from the system's generator; copied. */
BtDht *bt_dht_new (const BtDhtOps *ops,
                   gpointer owner,
                   const BtDhtConfig *config,
                   const BtRandom *random,
                   gint64 now);
/* Searches that run end without a word. */
void bt_dht_free (BtDht *dht);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtDht, bt_dht_free)

/* The node of the other family on this host, whose nodes are named to those who want both (BEP 32).
 * @other: (nullable): borrowed; unset it on both before either is freed. */
void bt_dht_set_sibling (BtDht *dht, BtDht *other);
void bt_dht_set_read_only (BtDht *dht, gboolean read_only);
/* Where the world sees us, when it is known. An id that does not fit there (BEP 42) is given up for
 * one that does; whom we know we know still. @address: (nullable): not known any more. */
void bt_dht_set_address (BtDht *dht, const BtEndpoint *address, gint64 now);

/* A datagram that begins with "d". Anything may be in it. */
void bt_dht_input (BtDht *dht, const BtEndpoint *from, const void *bytes, gsize length, gint64 now);
void bt_dht_tick (BtDht *dht, gint64 now);
gint64 bt_dht_deadline (const BtDht *dht); /* monotonic µs; never G_MAXINT64 */

/* The network has changed or the machine has slept: everybody is asked anew, without waits. */
void bt_dht_restart (BtDht *dht, gint64 now);

/* Whom to ask first. A node enters the table when it has answered. */

/* Nodes of the last time, as bt_dht_save() gave them. */
void bt_dht_add_saved (BtDht *dht, const BtKrpcNode *nodes, guint n_nodes, gint64 now);
/* An address of which no id is known: from a PORT message, "nodes" of a torrent, "dht=" of a link. */
void bt_dht_add_address (BtDht *dht, const BtEndpoint *address, gint64 now);
/* A bootstrap router: asked only while too few others are known, never in the table. */
void bt_dht_add_router (BtDht *dht, const BtEndpoint *address, gint64 now);
/* Up to @max nodes worth keeping, the best first. Returns: (transfer full): of BtKrpcNode. */
GArray *bt_dht_save (BtDht *dht, guint max, gint64 now);

/* How it goes. */

typedef enum
{
  BT_DHT_IDLE,      /* there is nobody to ask: no router, no contact */
  BT_DHT_STARTING,  /* asked, and nobody has answered yet */
  BT_DHT_WORKING,   /* some nodes are good */
  BT_DHT_NO_ANSWER, /* asked for half a minute or more, and nobody answers */
} BtDhtState;

typedef struct
{
  BtDhtState state;
  guint n_good;  /* answered us lately */
  guint n_nodes; /* in the table at all */
  guint n_searches;
  guint n_stored_torrents; /* that others announced to us */
  guint n_stored_peers;
  guint n_stored_items;
  guint64 n_received; /* datagrams */
  guint64 n_sent;
  guint64 n_refused;  /* queries beyond what an address or all of them may ask */
} BtDhtStatus;

void bt_dht_get_status (BtDht *dht, gint64 now, BtDhtStatus *status);
const BtNodeId *bt_dht_id (const BtDht *dht);

/* Searches. The number names it until it is done or cancelled; it is never 0 and never used again. */
typedef guint64 BtDhtSearchId;

/* Ends it without a word more; whoever has been told of us stays told. Unknown ids are ignored. */
void bt_dht_cancel (BtDht *dht, BtDhtSearchId search);

typedef struct
{
  BtSha1 info_hash;
  gboolean announce; /* we are to be found ourselves */
  guint16 port;      /* on which we listen for peers */
  gboolean implied_port; /* peers reach us at the port that our datagrams come from */
  gboolean seed;   /* we have everything: we say so, and want no seeds (BEP 33) */
  gboolean scrape; /* how many there are is asked too (BEP 33) */
} BtDhtPeersQuery;

typedef struct
{
  guint n_answers;   /* nodes that answered */
  guint n_peers;     /* different ones that were found */
  guint n_announced; /* nodes that were told of us */
  guint n_hops;      /* the longest chain of nodes that led to one of them */
  gboolean has_scrape;
  guint n_seeds; /* estimates; only with has_scrape */
  guint n_downloaders;
} BtDhtPeersResult;

/* @peers: (array length=n_peers): new ones of this search, as they come; they may be anything that
 * bt_endpoint_is_usable_peer() lets pass. */
typedef void (*BtDhtPeersFunc) (gpointer data, const BtEndpoint *peers, guint n_peers);
typedef void (*BtDhtPeersDoneFunc) (gpointer data, const BtDhtPeersResult *result);

/* Never for a private torrent. Announce again every 15 to 30 minutes, for nodes forget. */
BtDhtSearchId bt_dht_find_peers (BtDht *dht,
                                 const BtDhtPeersQuery *query,
                                 BtDhtPeersFunc peers,
                                 BtDhtPeersDoneFunc done,
                                 gpointer data,
                                 gint64 now);

/* Items of BEP 44: small values that anybody may read, immutable ones under the hash of the value,
 * mutable ones under that of a key (and a salt), whose owner signs each new sequence number. */

/* @item: valid, with the highest sequence number so far; borrowed. A mutable one may come several
 * times, each time newer. */
typedef void (*BtDhtItemFunc) (gpointer data, const BtKrpcItem *item);

typedef struct
{
  guint n_answers; /* nodes that answered */
  guint n_copies;  /* of them, those that had the newest */
} BtDhtGetResult;
typedef void (*BtDhtGetDoneFunc) (gpointer data, const BtDhtGetResult *result);

/* @salt: of a mutable item, else empty; copied. An immutable item ends the search. */
BtDhtSearchId bt_dht_get_item (BtDht *dht,
                               const BtNodeId *target,
                               BtKrpcSpan salt,
                               BtDhtItemFunc found,
                               BtDhtGetDoneFunc done,
                               gpointer data,
                               gint64 now);

typedef struct
{
  guint n_stored;  /* nodes that have it now */
  guint n_refused; /* nodes that said no */
  /* Somebody has one with a higher sequence number, or a value of its own under ours: ours was not
   * stored, and is not any more. */
  gboolean is_superseded;
  gint64 newest_sequence; /* then */
} BtDhtPutResult;
typedef void (*BtDhtPutDoneFunc) (gpointer data, const BtDhtPutResult *result);

/* @item: complete and, if it has a key, signed; copied. It may have a cas. @keep: nodes forget an item
 * after two hours: it is stored again every hour until the search is cancelled or the item is
 * superseded. @done: (nullable): called after each time. */
BtDhtSearchId bt_dht_put_item (BtDht *dht,
                               const BtKrpcItem *item,
                               gboolean keep,
                               BtDhtPutDoneFunc done,
                               gpointer data,
                               gint64 now);

G_END_DECLS
