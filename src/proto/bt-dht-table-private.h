/* bt-dht-table-private.h: what the files of the routing table share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-dht-table.h"

/* Bucket i has the nodes whose ids share exactly i leading bits with ours, the last one all that share
 * more. Only the last is ever split, when it overflows. */

#define BT_DHT_GOOD_US (15 * 60 * (gint64) G_USEC_PER_SEC) /* BEP 5 */

/* A lost datagram is not a lost node: from the second failure on its place is free for another. */
#define BT_DHT_FAILING 2

typedef struct
{
  GPtrArray *live;    /* of BtDhtNode, owned */
  GPtrArray *waiting; /* of BtDhtNode, owned; the latest at the end */
  gint64 last_change; /* a node came or answered */
  gboolean is_new;    /* it was not looked up yet */
} BtDhtBucket;

#define BT_DHT_MAX_BUCKETS BT_NODE_ID_BITS

struct _BtDhtTable
{
  BtNodeId own_id;
  gboolean is_ipv6;
  gint64 last_answer;     /* of anybody */
  GPtrArray *buckets;     /* of BtDhtBucket */
  GHashTable *by_address; /* BtDhtNode.address → BtDhtNode, of all buckets */
  GHashTable *routers;    /* of BtEndpoint */
};

static inline guint
bt_dht_table_bucket_of (const BtDhtTable *table, const BtNodeId *id)
{
  return MIN (bt_node_id_common_bits (&table->own_id, id), table->buckets->len - 1);
}

static inline BtDhtBucket *
bt_dht_table_bucket (const BtDhtTable *table, guint index)
{
  return g_ptr_array_index (table->buckets, index);
}

/* The first buckets stand for most of the network and are larger than K: a search begins with nodes
 * that are four bits nearer for it, which saves it a hop. */
static inline guint
bt_dht_bucket_size (guint index)
{
  return MAX (index < 8 ? 128u >> index : 0, BT_DHT_K);
}

/* The last one is split when it overflows. */
static inline gboolean
bt_dht_table_has_room (const BtDhtTable *table, guint index)
{
  return bt_dht_table_bucket (table, index)->live->len < bt_dht_bucket_size (index)
         || (index + 1 == table->buckets->len && index + 1 < BT_DHT_MAX_BUCKETS);
}

static inline gint64
bt_dht_node_last_seen (const BtDhtNode *node)
{
  return MAX (node->last_answer, node->last_query);
}

static inline gboolean
bt_dht_node_has_answered (const BtDhtNode *node)
{
  return node->last_answer != G_MININT64;
}

static inline gboolean
bt_dht_node_is_failing (const BtDhtNode *node)
{
  return node->n_failed >= BT_DHT_FAILING;
}

/* Safe for times that are "never". */
static inline gboolean
bt_dht_is_older (gint64 time, gint64 age, gint64 now)
{
  return time < now - age;
}

static inline gboolean
bt_dht_node_is_good (const BtDhtNode *node, gint64 now)
{
  return !bt_dht_node_is_failing (node)
         && !bt_dht_is_older (bt_dht_node_last_seen (node), BT_DHT_GOOD_US, now);
}
