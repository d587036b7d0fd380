/* bt-dht-table.h: the routing table of the DHT: whom we know, how well, and who is near a target.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-krpc.h"

G_BEGIN_DECLS

#define BT_DHT_K 8 /* nodes in a bucket, and in an answer (BEP 5) */

/* Only a node that answered us is in a bucket. Those that are merely known of, for they asked us or
 * somebody named them, wait beside it, and are asked when there is room: so nobody gets into the
 * table, and into our answers, by a forged address.
 *
 * On the Internet there is one node of an address in the table, and one of a network (/24, /64) in a
 * bucket, so that owning a network does not mean owning our neighbourhood. On a local network, where
 * all are in one, neither holds. */
typedef struct _BtDhtTable BtDhtTable;

typedef struct
{
  BtNodeId id;
  BtEndpoint address;
  gboolean fits;       /* its id is one that BEP 42 lets its address have */
  gint64 last_answer;  /* G_MININT64: never */
  gint64 last_query;   /* it asked us; G_MININT64: never */
  gint64 last_asked;   /* by bt_dht_table_next_check(); G_MININT64: never */
  guint n_failed;      /* questions without an answer since the last answer */
} BtDhtNode;

BtDhtTable *bt_dht_table_new (const BtNodeId *own_id, gboolean is_ipv6);
void bt_dht_table_free (BtDhtTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtDhtTable, bt_dht_table_free)

const BtNodeId *bt_dht_table_own_id (const BtDhtTable *table);
/* We are somewhere else: everybody is put where it belongs now. */
void bt_dht_table_move (BtDhtTable *table, const BtNodeId *own_id, gint64 now);
/* A node at @address is never kept. */
void bt_dht_table_add_router (BtDhtTable *table, const BtEndpoint *address);

/* A node answered a question of ours from @address. Who does so under another id than before loses
 * its place. */
void bt_dht_table_answered (BtDhtTable *table, const BtNodeId *id, const BtEndpoint *address, gint64 now);
/* It asked us something (and is not read-only), or somebody says that it is there. */
void bt_dht_table_asked_us (BtDhtTable *table, const BtNodeId *id, const BtEndpoint *address, gint64 now);
void bt_dht_table_named (BtDhtTable *table, const BtNodeId *id, const BtEndpoint *address);
/* It did not answer a question of ours. */
void bt_dht_table_failed (BtDhtTable *table, const BtEndpoint *address, gint64 now);

/* Somebody whom it is time to ask, one at a time: who waits where there is room, else the node that
 * was not heard of for longest, if that is long enough. It counts as asked. @look_around: (out):
 * its bucket is not full, so it is better asked for nodes than pinged. */
gboolean bt_dht_table_next_check (BtDhtTable *table, gint64 now, BtKrpcNode *out, gboolean *look_around);
/* When nobody is due: who may know others of a bucket that has room. It counts as asked. */
gboolean bt_dht_table_next_guide (BtDhtTable *table, gint64 now, BtKrpcNode *out);
/* An id in a bucket that is new or where nothing happened for a while, to be looked up; it counts as
 * refreshed. */
gboolean bt_dht_table_next_refresh (BtDhtTable *table, BtRandom *random, gint64 now, BtNodeId *target);
/* All buckets are as new: the network is another. */
void bt_dht_table_renew (BtDhtTable *table);

/* The closest nodes to @target, the closest first. @even_failing: also those that do not answer any
 * more: for questions of ours, never for answers. */
guint bt_dht_table_closest (BtDhtTable *table,
                            const BtNodeId *target,
                            gboolean even_failing,
                            guint max,
                            BtKrpcNode *out);
/* Nodes worth keeping over a restart, those that answered last first. Appends to @out, of BtKrpcNode. */
void bt_dht_table_save (BtDhtTable *table, guint max, GArray *out);

guint bt_dht_table_n_good (BtDhtTable *table, gint64 now);
guint bt_dht_table_n_nodes (const BtDhtTable *table);
/* With those who wait. */
guint bt_dht_table_n_known (const BtDhtTable *table);
guint bt_dht_table_n_buckets (const BtDhtTable *table);
/* (nullable) (transfer none): the node at @address, waiting or not. */
const BtDhtNode *bt_dht_table_find (BtDhtTable *table, const BtEndpoint *address);

/* Nodes are told apart by their IP address, on a local network with the port. @a, @b: BtEndpoint */
gboolean bt_dht_same_place (gconstpointer a, gconstpointer b);
/* Whether both are of one network, of which a bucket or a search takes one node. Local ones never. */
gboolean bt_dht_same_network (const BtEndpoint *a, const BtEndpoint *b);

G_END_DECLS
