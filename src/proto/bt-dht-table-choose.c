/* bt-dht-table-choose.c: whom of the routing table to ask, to name to others, and to keep.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-table.h"

#include "bt-dht-table-private.h"

#include <string.h>

#define CHECK_US (12 * 60 * (gint64) G_USEC_PER_SEC)  /* asked again before it is not good any more */
#define CHECK_AGAIN_US (60 * (gint64) G_USEC_PER_SEC) /* one that failed */
#define LOOK_AGAIN_US (5 * 60 * (gint64) G_USEC_PER_SEC) /* one that may know others of its bucket */
#define REFRESH_US (15 * 60 * (gint64) G_USEC_PER_SEC) /* BEP 5 */

/* The latest of those who wait for a place that is free or badly used, and were not asked lately. */
static BtDhtNode *
find_applicant (BtDhtTable *table, guint index, gint64 now)
{
  BtDhtBucket *bucket = bt_dht_table_bucket (table, index);
  gboolean has_room = bt_dht_table_has_room (table, index);

  for (guint i = 0; !has_room && i < bucket->live->len; i++)
    has_room = bt_dht_node_is_failing (g_ptr_array_index (bucket->live, i));
  for (guint i = bucket->waiting->len; has_room && i-- > 0;)
    {
      BtDhtNode *node = g_ptr_array_index (bucket->waiting, i);

      if (bt_dht_is_older (node->last_asked, CHECK_AGAIN_US, now))
        return node;
    }
  return NULL;
}

static gboolean
is_due (const BtDhtNode *node, gint64 now)
{
  if (!bt_dht_is_older (node->last_asked, CHECK_AGAIN_US, now))
    return FALSE;
  return node->n_failed > 0 || bt_dht_is_older (bt_dht_node_last_seen (node), CHECK_US, now);
}

static BtDhtNode *
find_least_seen (BtDhtTable *table, gint64 now)
{
  BtDhtNode *found = NULL;

  for (guint i = 0; i < table->buckets->len; i++)
    {
      GPtrArray *live = bt_dht_table_bucket (table, i)->live;

      for (guint j = 0; j < live->len; j++)
        {
          BtDhtNode *node = g_ptr_array_index (live, j);

          if (is_due (node, now)
              && (found == NULL || bt_dht_node_last_seen (node) < bt_dht_node_last_seen (found)))
            found = node;
        }
    }
  return found;
}

/* Who was not asked for longest of those whose bucket has room. */
static BtDhtNode *
find_guide (BtDhtTable *table, gint64 now)
{
  BtDhtNode *found = NULL;

  for (guint i = 0; i < table->buckets->len; i++)
    {
      GPtrArray *live = bt_dht_table_bucket (table, i)->live;

      for (guint j = 0; j < live->len && bt_dht_table_has_room (table, i); j++)
        {
          BtDhtNode *node = g_ptr_array_index (live, j);

          if (bt_dht_is_older (node->last_asked, LOOK_AGAIN_US, now)
              && (found == NULL || node->last_asked < found->last_asked))
            found = node;
        }
    }
  return found;
}

static void
choose (BtDhtTable *table, BtDhtNode *node, gint64 now, BtKrpcNode *out, gboolean *look_around)
{
  node->last_asked = now;
  *look_around = bt_dht_table_has_room (table, bt_dht_table_bucket_of (table, &node->id));
  out->id = node->id;
  out->endpoint = node->address;
}

gboolean
bt_dht_table_next_check (BtDhtTable *table, gint64 now, BtKrpcNode *out, gboolean *look_around)
{
  BtDhtNode *node = NULL;

  /* Our own neighbourhood first. */
  for (guint i = table->buckets->len; node == NULL && i-- > 0;)
    node = find_applicant (table, i, now);
  if (node == NULL)
    node = find_least_seen (table, now);
  if (node != NULL)
    choose (table, node, now, out, look_around);
  return node != NULL;
}

gboolean
bt_dht_table_next_guide (BtDhtTable *table, gint64 now, BtKrpcNode *out)
{
  BtDhtNode *node = find_guide (table, now);
  gboolean look_around;

  if (node != NULL)
    choose (table, node, now, out, &look_around);
  return node != NULL;
}

/* The last bucket stands for all that is deeper too: half of it for the next bit, and so on. */
static BtNodeId
choose_target (BtDhtTable *table, guint index, BtRandom *random)
{
  if (index + 1 == table->buckets->len)
    while (index + 1 < BT_NODE_ID_BITS && bt_random_below (random, 2) == 0)
      index++;
  return bt_node_id_random_near (&table->own_id, index, random);
}

gboolean
bt_dht_table_next_refresh (BtDhtTable *table, BtRandom *random, gint64 now, BtNodeId *target)
{
  for (guint i = table->buckets->len; i-- > 0;)
    {
      BtDhtBucket *bucket = bt_dht_table_bucket (table, i);

      if (!bucket->is_new && !bt_dht_is_older (bucket->last_change, REFRESH_US, now))
        continue;
      bucket->is_new = FALSE;
      bucket->last_change = now;
      *target = choose_target (table, i, random);
      return TRUE;
    }
  return FALSE;
}

void
bt_dht_table_renew (BtDhtTable *table)
{
  for (guint i = 0; i < table->buckets->len; i++)
    bt_dht_table_bucket (table, i)->is_new = TRUE;
}

/* The closest so far, in order. */
typedef struct
{
  const BtNodeId *target;
  BtKrpcNode *nodes;
  guint n;
  guint max;
} Closest;

/* Most are further than all of a full list, and need one comparison. */
static void
insert (Closest *closest, const BtDhtNode *node)
{
  guint position = closest->n;

  while (position > 0
         && bt_node_id_compare (closest->target, &node->id, &closest->nodes[position - 1].id) < 0)
    position--;
  if (position == closest->max)
    return;
  closest->n = MIN (closest->n + 1, closest->max);
  memmove (closest->nodes + position + 1, closest->nodes + position,
           (closest->n - position - 1) * sizeof *closest->nodes);
  closest->nodes[position] = (BtKrpcNode){ node->id, node->address };
}

static void
collect (const BtDhtTable *table, guint index, gboolean even_failing, Closest *closest)
{
  GPtrArray *live = bt_dht_table_bucket (table, index)->live;

  for (guint i = 0; i < live->len; i++)
    {
      const BtDhtNode *node = g_ptr_array_index (live, i);

      if (even_failing || !bt_dht_node_is_failing (node))
        insert (closest, node);
    }
}

/* Seen from a target in bucket b, all nodes of b are closer than those of deeper buckets, which have no
 * order among them but are closer than those of b - 1, and so on. */
guint
bt_dht_table_closest (BtDhtTable *table,
                      const BtNodeId *target,
                      gboolean even_failing,
                      guint max,
                      BtKrpcNode *out)
{
  Closest closest = { .target = target, .nodes = out, .max = max };
  guint index = bt_dht_table_bucket_of (table, target);
  gboolean is_enough;

  collect (table, index, even_failing, &closest);
  is_enough = closest.n == max;
  for (guint i = index + 1; !is_enough && i < table->buckets->len; i++)
    collect (table, i, even_failing, &closest);
  for (guint i = index; closest.n < max && i-- > 0;)
    collect (table, i, even_failing, &closest);
  return closest.n;
}

static int
compare_worth_cb (gconstpointer a, gconstpointer b)
{
  const BtDhtNode *first = *(BtDhtNode *const *) a;
  const BtDhtNode *second = *(BtDhtNode *const *) b;

  if (bt_dht_node_is_failing (first) != bt_dht_node_is_failing (second))
    return bt_dht_node_is_failing (first) ? 1 : -1;
  return (first->last_answer < second->last_answer) - (first->last_answer > second->last_answer);
}

void
bt_dht_table_save (BtDhtTable *table, guint max, GArray *out)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

  for (guint i = 0; i < table->buckets->len; i++)
    g_ptr_array_extend (nodes, bt_dht_table_bucket (table, i)->live, NULL, NULL);
  g_ptr_array_sort (nodes, compare_worth_cb);
  for (guint i = 0; i < MIN (nodes->len, max); i++)
    {
      const BtDhtNode *node = g_ptr_array_index (nodes, i);
      BtKrpcNode contact = { node->id, node->address };

      g_array_append_val (out, contact);
    }
}

guint
bt_dht_table_n_good (BtDhtTable *table, gint64 now)
{
  guint n_good = 0;

  for (guint i = 0; i < table->buckets->len; i++)
    {
      GPtrArray *live = bt_dht_table_bucket (table, i)->live;

      for (guint j = 0; j < live->len; j++)
        n_good += bt_dht_node_is_good (g_ptr_array_index (live, j), now) ? 1 : 0;
    }
  return n_good;
}

guint
bt_dht_table_n_nodes (const BtDhtTable *table)
{
  guint n_nodes = 0;

  for (guint i = 0; i < table->buckets->len; i++)
    n_nodes += bt_dht_table_bucket (table, i)->live->len;
  return n_nodes;
}

guint
bt_dht_table_n_known (const BtDhtTable *table)
{
  return g_hash_table_size (table->by_address);
}

guint
bt_dht_table_n_buckets (const BtDhtTable *table)
{
  return table->buckets->len;
}

const BtDhtNode *
bt_dht_table_find (BtDhtTable *table, const BtEndpoint *address)
{
  return g_hash_table_lookup (table->by_address, address);
}
