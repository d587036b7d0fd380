/* bt-dht-upkeep.c: how our DHT node gets to know others, and keeps knowing them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-private.h"

/* At first, and as long as too few nodes are good, our own id is looked for among whoever is known: nodes
 * of the last time and addresses that we were told, and routers when those do not answer at
 * once. When that is done every bucket is looked up once. From then on one node is asked every few
 * seconds, and our own neighbourhood is looked at now and then. */

#define ENOUGH BT_DHT_K                                   /* good nodes: we are part of it */
#define FIRST_WAIT_US (2 * (gint64) G_USEC_PER_SEC)       /* before asking the routers; doubles */
#define MAX_WAIT_US (5 * 60 * (gint64) G_USEC_PER_SEC)
#define FIRST_SELF_US (60 * (gint64) G_USEC_PER_SEC)      /* our neighbourhood is looked at again; doubles */
#define SELF_US (10 * 60 * (gint64) G_USEC_PER_SEC)
#define BUSY_US (1 * (gint64) G_USEC_PER_SEC)             /* until somebody else is asked … */
#define IDLE_US (6 * (gint64) G_USEC_PER_SEC)             /* … when nobody was due */
#define MAX_SEEDS 300

typedef struct
{
  BtDhtSearch search;
  void (*done) (BtDht *dht, guint n_answers, gint64 now);
} NodesSearch;

static void
finish (BtDhtSearch *search, gint64 now)
{
  NodesSearch *self = (NodesSearch *) search;

  self->done (search->dht, search->lookup != NULL ? bt_dht_lookup_n_answers (search->lookup) : 0, now);
}

static void
free_search (BtDhtSearch *search)
{
  g_free (search);
}

static const BtDhtSearchClass nodes_class = {
  .method = BT_KRPC_FIND_NODE,
  .finish = finish,
  .free = free_search,
};

/* The answers go into the table by themselves. */
static BtDhtSearchId
find_nodes (BtDht *dht,
            const BtNodeId *target,
            void (*done) (BtDht *dht, guint n_answers, gint64 now),
            gint64 now)
{
  NodesSearch *self = g_new0 (NodesSearch, 1);

  self->done = done;
  bt_dht_search_add (dht, &self->search, &nodes_class, target, now);
  self->search.is_own = TRUE;
  return self->search.id;
}

gboolean
bt_dht_knows_somebody (const BtDht *dht)
{
  return bt_dht_table_n_nodes (dht->table) > 0 || dht->seeds->len > 0
         || (dht->routers->len > 0 && bt_dht_needs_routers (dht));
}

/* They have enough to do: not while there is somebody else who was not even given time to answer. */
gboolean
bt_dht_needs_routers (const BtDht *dht)
{
  if (bt_dht_table_n_nodes (dht->table) >= ENOUGH)
    return dht->n_attempts > 1;
  return dht->n_attempts > 1 || bt_dht_table_n_nodes (dht->table) + dht->seeds->len < ENOUGH;
}

static guint
count_good (BtDht *dht, gint64 now)
{
  return bt_dht_table_n_good (dht->table, now);
}

/* Whoever came at the same time as we did was not there to be found: soon again, then seldom. */
static gint64
choose_self_wait (BtDht *dht)
{
  gint64 wait_us = MIN (FIRST_SELF_US << MIN (dht->n_looks, 8), SELF_US);

  dht->n_looks++;
  return wait_us + (gint64) (bt_random_u32 (&dht->random) % (guint32) (wait_us / 5));
}

static void
bootstrapped (BtDht *dht, guint n_answers, gint64 now)
{
  dht->bootstrap = 0;
  if (n_answers == 0)
    return;
  dht->is_explored = TRUE;
  if (count_good (dht, now) >= ENOUGH)
    dht->bootstrap_at = now + choose_self_wait (dht);
  dht->upkeep_at = now;
}

/* One that runs already is given the routers too, now that it had its time. */
static void
bootstrap (BtDht *dht, gint64 now)
{
  BtDhtSearch *running = bt_dht_search_find (dht, dht->bootstrap);
  gint64 wait_us = FIRST_WAIT_US << MIN (dht->n_attempts, 8);

  dht->n_attempts++;
  dht->bootstrap_at = now + MIN (wait_us, MAX_WAIT_US);
  if (dht->trying_since == G_MAXINT64)
    dht->trying_since = now;
  if (running == NULL)
    dht->bootstrap = find_nodes (dht, bt_dht_id (dht), bootstrapped, now);
  else if (running->lookup != NULL)
    bt_dht_seed_lookup (dht, running->lookup, bt_dht_needs_routers (dht));
}

static void
refreshed (BtDht *dht, guint n_answers, gint64 now)
{
  dht->refresh = 0;
  dht->upkeep_at = now;
}

static void
refresh (BtDht *dht, gint64 now)
{
  BtNodeId target;

  if (dht->refresh == 0 && dht->is_explored
      && bt_dht_table_next_refresh (dht->table, &dht->random, now, &target))
    dht->refresh = find_nodes (dht, &target, refreshed, now);
}

/* Where there is room it is better to ask for others than whether somebody is there. */
static void
check (BtDht *dht, const BtKrpcNode *node, gboolean look_around, gint64 now)
{
  BtKrpcMethod method = look_around ? BT_KRPC_FIND_NODE : BT_KRPC_PING;
  guint32 transaction;
  BtKrpcMessage query;

  bt_dht_begin_query (dht, &query, method, &transaction);
  query.target = bt_node_id_random_near (
    bt_dht_id (dht), bt_node_id_common_bits (bt_dht_id (dht), &node->id), &dht->random);
  bt_dht_ask (dht, &node->endpoint, &node->id, &query, NULL, now);
}

static gboolean
check_table (BtDht *dht, gint64 now)
{
  gboolean look_around;
  BtKrpcNode node;

  if (!bt_dht_table_next_check (dht->table, now, &node, &look_around))
    return FALSE;
  check (dht, &node, look_around, now);
  return TRUE;
}

static void
look_around_idly (BtDht *dht, gint64 now)
{
  BtKrpcNode node;

  if (bt_dht_may_ask (dht) && bt_dht_table_next_guide (dht->table, now, &node))
    check (dht, &node, TRUE, now);
}

/* One who was not asked yet; those that were asked go when others are known. */
static gboolean
check_seeds (BtDht *dht, gint64 now)
{
  guint32 transaction;
  BtKrpcMessage query;

  for (guint i = 0; i < dht->seeds->len;)
    {
      BtDhtSeed *seed = &g_array_index (dht->seeds, BtDhtSeed, i);

      if (!seed->is_tried && bt_dht_table_find (dht->table, &seed->node.endpoint) == NULL)
        {
          seed->is_tried = TRUE;
          bt_dht_begin_query (dht, &query, BT_KRPC_PING, &transaction);
          bt_dht_ask (dht, &seed->node.endpoint, seed->has_id ? &seed->node.id : NULL, &query, NULL, now);
          return TRUE;
        }
      g_array_remove_index (dht->seeds, i);
    }
  return FALSE;
}

void
bt_dht_add_seed (BtDht *dht, const BtEndpoint *address, const BtNodeId *id, gint64 now)
{
  BtDhtSeed seed = { .has_id = id != NULL };
  BtDhtSearch *running = bt_dht_search_find (dht, dht->bootstrap);

  if (!bt_endpoint_is_usable_node (address) || bt_endpoint_is_ipv4 (address) == dht->is_ipv6
      || bt_dht_table_find (dht->table, address) != NULL)
    return;
  for (guint i = 0; i < dht->seeds->len; i++)
    if (bt_dht_same_place (&g_array_index (dht->seeds, BtDhtSeed, i).node.endpoint, address))
      return;
  if (dht->seeds->len >= MAX_SEEDS)
    g_array_remove_index (dht->seeds, 0);
  seed.node.endpoint = *address;
  if (id != NULL)
    seed.node.id = *id;
  g_array_append_val (dht->seeds, seed);
  if (count_good (dht, now) >= ENOUGH)
    {
      dht->upkeep_at = MIN (dht->upkeep_at, now + BUSY_US);
      return;
    }
  if (running != NULL && running->lookup != NULL && id != NULL)
    bt_dht_lookup_add_node (running->lookup, &seed.node);
  else if (running != NULL && running->lookup != NULL)
    bt_dht_lookup_add_address (running->lookup, address, FALSE);
  else
    dht->bootstrap_at = MIN (dht->bootstrap_at, now);
  dht->upkeep_at = now;
}

void
bt_dht_upkeep (BtDht *dht, gint64 now)
{
  guint n_good;
  gboolean is_busy;

  if (now < MIN (dht->upkeep_at, dht->bootstrap_at))
    return;
  n_good = count_good (dht, now);
  if (n_good > 0)
    dht->trying_since = G_MAXINT64;
  if (n_good >= ENOUGH)
    dht->n_attempts = 0;
  if (now >= dht->bootstrap_at && bt_dht_knows_somebody (dht))
    bootstrap (dht, now);
  else if (now >= dht->bootstrap_at)
    dht->bootstrap_at = now + IDLE_US;
  refresh (dht, now);
  is_busy = bt_dht_may_ask (dht) && (check_table (dht, now) || (n_good >= ENOUGH && check_seeds (dht, now)));
  if (!is_busy)
    look_around_idly (dht, now);
  dht->upkeep_at = now + (is_busy ? BUSY_US : IDLE_US);
}
