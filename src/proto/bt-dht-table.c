/* bt-dht-table.c: the routing table of the DHT: whom we know, how well, and who is near a target.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-table.h"

#include "bt-dht-table-private.h"

#include <string.h>

#define MAX_WAITING BT_DHT_K /* beside a bucket */
#define MAX_FAILED 20 /* then it goes even if nobody wants its place */
#define CUT_OFF_US (60 * (gint64) G_USEC_PER_SEC) /* without any answer: it is we who are gone */

static guint
hash_place (gconstpointer address)
{
  BtEndpoint place = *(const BtEndpoint *) address;

  place.port = 0;
  return bt_endpoint_hash (&place);
}

gboolean
bt_dht_same_place (gconstpointer a, gconstpointer b)
{
  return bt_endpoint_same_ip (a, b) && (bt_endpoint_equal (a, b) || !bt_endpoint_is_local (a));
}

gboolean
bt_dht_same_network (const BtEndpoint *a, const BtEndpoint *b)
{
  gsize n_bytes = bt_endpoint_is_ipv4 (a) ? 15 : 8;

  return memcmp (a->ip, b->ip, n_bytes) == 0 && !bt_endpoint_is_local (a);
}

static void
free_bucket (gpointer data)
{
  BtDhtBucket *bucket = data;

  g_ptr_array_unref (bucket->live);
  g_ptr_array_unref (bucket->waiting);
  g_free (bucket);
}

static BtDhtBucket *
add_bucket (BtDhtTable *table)
{
  BtDhtBucket *bucket = g_new0 (BtDhtBucket, 1);

  bucket->live = g_ptr_array_new_with_free_func (g_free);
  bucket->waiting = g_ptr_array_new_with_free_func (g_free);
  bucket->last_change = G_MININT64;
  bucket->is_new = TRUE;
  g_ptr_array_add (table->buckets, bucket);
  return bucket;
}

BtDhtTable *
bt_dht_table_new (const BtNodeId *own_id, gboolean is_ipv6)
{
  BtDhtTable *table = g_new0 (BtDhtTable, 1);

  table->own_id = *own_id;
  table->is_ipv6 = is_ipv6;
  table->last_answer = G_MININT64;
  table->buckets = g_ptr_array_new_with_free_func (free_bucket);
  table->by_address = g_hash_table_new (hash_place, bt_dht_same_place);
  table->routers = g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, g_free, NULL);
  add_bucket (table);
  return table;
}

void
bt_dht_table_free (BtDhtTable *table)
{
  g_hash_table_unref (table->by_address);
  g_ptr_array_unref (table->buckets);
  g_hash_table_unref (table->routers);
  g_free (table);
}

const BtNodeId *
bt_dht_table_own_id (const BtDhtTable *table)
{
  return &table->own_id;
}

static gboolean
may_be_kept (const BtDhtTable *table, const BtNodeId *id, const BtEndpoint *address)
{
  return bt_endpoint_is_usable_node (address)
         && bt_endpoint_is_ipv4 (address) != table->is_ipv6
         && !bt_sha1_equal (id, &table->own_id)
         && !g_hash_table_contains (table->routers, address);
}

static void
discard (BtDhtTable *table, BtDhtNode *node)
{
  BtDhtBucket *bucket = bt_dht_table_bucket (table, bt_dht_table_bucket_of (table, &node->id));

  g_hash_table_remove (table->by_address, &node->address);
  if (!g_ptr_array_remove (bucket->live, node))
    g_ptr_array_remove (bucket->waiting, node);
}

void
bt_dht_table_add_router (BtDhtTable *table, const BtEndpoint *address)
{
  BtDhtNode *node = g_hash_table_lookup (table->by_address, address);

  if (node != NULL && bt_endpoint_equal (&node->address, address))
    discard (table, node);
  g_hash_table_add (table->routers, g_memdup2 (address, sizeof *address));
}

/* The node of the bucket because of which another may not be in it: of the same id or network. */
static BtDhtNode *
find_rival (const BtDhtBucket *bucket, const BtDhtNode *node)
{
  for (guint i = 0; i < bucket->live->len; i++)
    {
      BtDhtNode *other = g_ptr_array_index (bucket->live, i);

      if (bt_sha1_equal (&other->id, &node->id)
          || bt_dht_same_network (&other->address, &node->address))
        return other;
    }
  return NULL;
}

/* Who loses the place in a full bucket: the one that failed most, else, for a node whose id fits its
 * address, one whose id does not. NULL: nobody. */
static BtDhtNode *
find_weakest (const BtDhtBucket *bucket, const BtDhtNode *newcomer)
{
  BtDhtNode *weakest = NULL;

  for (guint i = 0; i < bucket->live->len; i++)
    {
      BtDhtNode *node = g_ptr_array_index (bucket->live, i);

      if (bt_dht_node_is_failing (node) && (weakest == NULL || node->n_failed > weakest->n_failed))
        weakest = node;
    }
  for (guint i = 0; weakest == NULL && newcomer->fits && i < bucket->live->len; i++)
    {
      BtDhtNode *node = g_ptr_array_index (bucket->live, i);

      if (!node->fits)
        weakest = node;
    }
  return weakest;
}

/* Who has waited for longest without having answered, if there is one. */
static BtDhtNode *
find_least_wanted (const BtDhtBucket *bucket)
{
  for (guint i = 0; i < bucket->waiting->len; i++)
    {
      BtDhtNode *node = g_ptr_array_index (bucket->waiting, i);

      if (!bt_dht_node_has_answered (node))
        return node;
    }
  return g_ptr_array_index (bucket->waiting, 0);
}

/* Takes over @node, which is in no bucket. */
static void
let_wait (BtDhtTable *table, BtDhtBucket *bucket, BtDhtNode *node)
{
  if (bucket->waiting->len >= MAX_WAITING)
    discard (table, find_least_wanted (bucket));
  g_ptr_array_add (bucket->waiting, node);
  g_hash_table_insert (table->by_address, &node->address, node);
}

/* Nodes of the last bucket that share more bits with us go to a new one. */
static void
split (BtDhtTable *table)
{
  guint depth = table->buckets->len - 1;
  BtDhtBucket *old = bt_dht_table_bucket (table, depth);
  BtDhtBucket *new = add_bucket (table);
  GPtrArray *const from[] = { old->live, old->waiting };
  GPtrArray *const to[] = { new->live, new->waiting };

  new->last_change = old->last_change;
  for (guint list = 0; list < G_N_ELEMENTS (from); list++)
    for (guint i = from[list]->len; i-- > 0;)
      {
        BtDhtNode *node = g_ptr_array_index (from[list], i);

        if (bt_node_id_common_bits (&table->own_id, &node->id) > depth)
          g_ptr_array_insert (to[list], 0, g_ptr_array_steal_index (from[list], i));
      }
}

/* Makes room in the bucket of a node; FALSE: there is none. */
static gboolean
make_room (BtDhtTable *table, const BtDhtNode *node)
{
  for (;;)
    {
      guint index = bt_dht_table_bucket_of (table, &node->id);
      BtDhtBucket *bucket = bt_dht_table_bucket (table, index);
      BtDhtNode *weakest;

      if (bucket->live->len < bt_dht_bucket_size (index))
        return TRUE;
      if (index + 1 == table->buckets->len && table->buckets->len < BT_DHT_MAX_BUCKETS)
        {
          split (table);
          continue;
        }
      weakest = find_weakest (bucket, node);
      if (weakest == NULL)
        return FALSE;
      discard (table, weakest);
    }
}

/* Takes over a node that answered and is in no bucket: it goes in, or waits, or is freed. */
static void
place (BtDhtTable *table, BtDhtNode *node, gint64 now)
{
  BtDhtNode *rival = find_rival (bt_dht_table_bucket (table, bt_dht_table_bucket_of (table, &node->id)), node);
  gboolean has_room;
  BtDhtBucket *bucket;

  if (rival != NULL && !bt_dht_node_is_failing (rival))
    {
      g_free (node);
      return;
    }
  if (rival != NULL)
    discard (table, rival);
  has_room = make_room (table, node);
  bucket = bt_dht_table_bucket (table, bt_dht_table_bucket_of (table, &node->id));
  if (!has_room)
    {
      let_wait (table, bucket, node);
      return;
    }
  g_ptr_array_add (bucket->live, node);
  g_hash_table_insert (table->by_address, &node->address, node);
  bucket->last_change = now;
}

/* Takes a waiting node out, so that it can be placed. */
static BtDhtNode *
take_waiting (BtDhtTable *table, BtDhtBucket *bucket, guint position)
{
  BtDhtNode *node = g_ptr_array_steal_index (bucket->waiting, position);

  g_hash_table_remove (table->by_address, &node->address);
  return node;
}

static BtDhtNode *
make_node (const BtNodeId *id, const BtEndpoint *address)
{
  BtDhtNode *node = g_new0 (BtDhtNode, 1);

  node->id = *id;
  node->address = *address;
  node->fits = bt_node_id_fits (id, address);
  node->last_answer = node->last_query = node->last_asked = G_MININT64;
  return node;
}

static void
note_answer (BtDhtTable *table, BtDhtNode *node, gint64 now)
{
  BtDhtBucket *bucket = bt_dht_table_bucket (table, bt_dht_table_bucket_of (table, &node->id));
  guint position;

  node->last_answer = now;
  node->n_failed = 0;
  if (g_ptr_array_find (bucket->waiting, node, &position))
    place (table, take_waiting (table, bucket, position), now);
  else
    bucket->last_change = now;
}

void
bt_dht_table_answered (BtDhtTable *table, const BtNodeId *id, const BtEndpoint *address, gint64 now)
{
  BtDhtNode *node = g_hash_table_lookup (table->by_address, address);
  gboolean is_same_port, is_known;

  table->last_answer = now;
  if (!may_be_kept (table, id, address))
    return;
  is_same_port = node != NULL && bt_endpoint_equal (&node->address, address);
  if (is_same_port && bt_sha1_equal (&node->id, id))
    {
      note_answer (table, node, now);
      return;
    }
  /* A second node behind an address has to wait until the first is gone, unless nobody has seen that. */
  if (node != NULL && !is_same_port && bt_dht_node_has_answered (node) && !bt_dht_node_is_failing (node))
    return;
  is_known = is_same_port && bt_dht_node_has_answered (node);
  if (node != NULL)
    discard (table, node);
  node = make_node (id, address);
  /* Who changes its id has to answer under the new one once more. */
  if (is_known)
    {
      let_wait (table, bt_dht_table_bucket (table, bt_dht_table_bucket_of (table, id)), node);
      return;
    }
  node->last_answer = now;
  place (table, node, now);
}

/* Returns: (nullable): the node, waiting if it is new */
static BtDhtNode *
hear_of (BtDhtTable *table, const BtNodeId *id, const BtEndpoint *address)
{
  BtDhtNode *node = g_hash_table_lookup (table->by_address, address);
  BtDhtNode *rival;
  BtDhtBucket *bucket;

  if (node != NULL)
    return bt_endpoint_equal (&node->address, address) && bt_sha1_equal (&node->id, id) ? node : NULL;
  if (!may_be_kept (table, id, address))
    return NULL;
  node = make_node (id, address);
  bucket = bt_dht_table_bucket (table, bt_dht_table_bucket_of (table, id));
  rival = find_rival (bucket, node);
  if (rival != NULL && !bt_dht_node_is_failing (rival))
    {
      g_free (node);
      return NULL;
    }
  let_wait (table, bucket, node);
  return node;
}

void
bt_dht_table_asked_us (BtDhtTable *table, const BtNodeId *id, const BtEndpoint *address, gint64 now)
{
  BtDhtNode *node = hear_of (table, id, address);

  if (node != NULL)
    node->last_query = now;
}

void
bt_dht_table_named (BtDhtTable *table, const BtNodeId *id, const BtEndpoint *address)
{
  hear_of (table, id, address);
}

/* Somebody who answered and waits takes a place that has become free. */
static void
fill_up (BtDhtTable *table, BtDhtBucket *bucket, gint64 now)
{
  for (guint i = bucket->waiting->len; i-- > 0;)
    {
      BtDhtNode *node = g_ptr_array_index (bucket->waiting, i);

      if (bt_dht_node_has_answered (node) && bt_dht_node_is_good (node, now))
        {
          place (table, take_waiting (table, bucket, i), now);
          return;
        }
    }
}

void
bt_dht_table_failed (BtDhtTable *table, const BtEndpoint *address, gint64 now)
{
  BtDhtNode *node = g_hash_table_lookup (table->by_address, address);
  gboolean is_waiting, is_lost;
  BtDhtBucket *bucket;

  if (node == NULL || !bt_endpoint_equal (&node->address, address))
    return;
  if (!bt_dht_node_is_failing (node) || !bt_dht_is_older (table->last_answer, CUT_OFF_US, now))
    node->n_failed++;
  bucket = bt_dht_table_bucket (table, bt_dht_table_bucket_of (table, &node->id));
  is_waiting = g_ptr_array_find (bucket->waiting, node, NULL);
  is_lost = node->n_failed >= (is_waiting ? BT_DHT_FAILING : MAX_FAILED);
  if (is_lost)
    discard (table, node);
  if (!is_waiting && (is_lost || bt_dht_node_is_failing (node)))
    fill_up (table, bucket, now);
}

void
bt_dht_table_move (BtDhtTable *table, const BtNodeId *own_id, gint64 now)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&table->buckets);

  g_hash_table_remove_all (table->by_address);
  table->own_id = *own_id;
  table->buckets = g_ptr_array_new_with_free_func (free_bucket);
  add_bucket (table);
  for (guint i = old->len; i-- > 0;)
    {
      BtDhtBucket *bucket = g_ptr_array_index (old, i);

      while (bucket->live->len > 0)
        place (table, g_ptr_array_steal_index (bucket->live, 0), now);
    }
}
