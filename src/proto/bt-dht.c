/* bt-dht.c: our node of the mainline DHT in one address family, without I/O.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht.h"

#include "bt-dht-private.h"

#define EXPIRE_US (5 * 60 * (gint64) G_USEC_PER_SEC)
#define NO_ANSWER_US (30 * (gint64) G_USEC_PER_SEC)

BtDht *
bt_dht_new (const BtDhtOps *ops,
            gpointer owner,
            const BtDhtConfig *config,
            const BtRandom *random,
            gint64 now)
{
  BtDht *dht = g_new0 (BtDht, 1);
  BtNodeId id;

  dht->ops = ops;
  dht->owner = owner;
  dht->is_ipv6 = config->is_ipv6;
  dht->read_only = config->read_only;
  dht->random = *random;
  id = config->id != NULL ? *config->id : bt_node_id_random (&dht->random);
  dht->table = bt_dht_table_new (&id, dht->is_ipv6);
  dht->store = bt_dht_store_new (&dht->random);
  bt_dht_guard_init (&dht->guard, &dht->random, now);
  ops->random (owner, dht->tokens.secret, sizeof dht->tokens.secret);
  dht->expire_at = now + EXPIRE_US;
  dht->by_transaction = g_hash_table_new (NULL, NULL);
  g_queue_init (&dht->questions);
  dht->searches = g_ptr_array_new_with_free_func (bt_dht_search_free);
  dht->seeds = g_array_new (FALSE, FALSE, sizeof (BtDhtSeed));
  dht->routers = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  dht->bootstrap_at = now;
  dht->upkeep_at = now;
  dht->trying_since = G_MAXINT64;
  return dht;
}

void
bt_dht_free (BtDht *dht)
{
  g_assert (dht->depth == 0);

  bt_dht_forget_questions (dht);
  g_hash_table_unref (dht->by_transaction);
  g_ptr_array_unref (dht->searches);
  g_array_unref (dht->seeds);
  g_array_unref (dht->routers);
  bt_dht_store_free (dht->store);
  bt_dht_table_free (dht->table);
  g_free (dht);
}

void
bt_dht_set_sibling (BtDht *dht, BtDht *other)
{
  g_return_if_fail (other == NULL || other->is_ipv6 != dht->is_ipv6);

  dht->sibling = other;
}

void
bt_dht_set_read_only (BtDht *dht, gboolean read_only)
{
  dht->read_only = read_only;
}

void
bt_dht_send (BtDht *dht, const BtEndpoint *to, const void *bytes, gsize length)
{
  dht->n_sent++;
  dht->ops->send (dht->owner, to, bytes, length);
}

static void
enter (BtDht *dht)
{
  dht->depth++;
}

/* Searches go on with what has come, and those that are over are freed. */
static void
leave (BtDht *dht, gint64 now)
{
  if (dht->depth == 1)
    bt_dht_searches_advance (dht, now);
  if (--dht->depth == 0)
    bt_dht_searches_sweep (dht);
}

/* Whoever asks in the name of a name server has us send it what it never asked for. */
static void
take_query (BtDht *dht, const BtEndpoint *from, const BtKrpcMessage *query, gint64 now)
{
  if (bt_endpoint_is_usable_node (from) && bt_dht_guard_admits (&dht->guard, now, from))
    bt_dht_answer (dht, from, query, now);
  else
    dht->n_refused++;
}

void
bt_dht_input (BtDht *dht, const BtEndpoint *from, const void *bytes, gsize length, gint64 now)
{
  BtKrpcMessage message;

  dht->n_received++;
  if (!bt_endpoint_is_usable_peer (from) || bt_endpoint_is_ipv4 (from) == dht->is_ipv6
      || !bt_krpc_decode (bytes, length, from, &message))
    return;
  if (message.type == BT_KRPC_QUERY)
    {
      take_query (dht, from, &message, now);
      return;
    }
  enter (dht);
  bt_dht_take_answer (dht, from, &message, now);
  leave (dht, now);
}

void
bt_dht_tick (BtDht *dht, gint64 now)
{
  enter (dht);
  bt_dht_check_timeouts (dht, now);
  bt_dht_upkeep (dht, now);
  if (now >= dht->expire_at)
    {
      bt_dht_store_expire (dht->store, now);
      dht->expire_at = now + EXPIRE_US;
    }
  leave (dht, now);
}

gint64
bt_dht_deadline (const BtDht *dht)
{
  gint64 deadline = MIN (dht->upkeep_at, dht->bootstrap_at);

  deadline = MIN (deadline, dht->expire_at);
  deadline = MIN (deadline, bt_dht_searches_deadline (dht));
  return MIN (deadline, bt_dht_questions_deadline (dht));
}

void
bt_dht_restart (BtDht *dht, gint64 now)
{
  bt_dht_forget_questions (dht);
  bt_dht_searches_restart (dht, now);
  for (guint i = 0; i < dht->seeds->len; i++)
    g_array_index (dht->seeds, BtDhtSeed, i).is_tried = FALSE;
  dht->is_explored = FALSE;
  dht->n_looks = 0;
  bt_dht_table_renew (dht->table);
  dht->n_attempts = 0;
  dht->trying_since = G_MAXINT64;
  dht->bootstrap_at = now;
  dht->upkeep_at = now;
}

void
bt_dht_set_address (BtDht *dht, const BtEndpoint *address, gint64 now)
{
  BtNodeId id;

  if (address == NULL || bt_endpoint_is_ipv4 (address) == dht->is_ipv6
      || bt_node_id_fits (bt_dht_id (dht), address))
    return;
  id = bt_node_id_make (address, &dht->random);
  bt_dht_table_move (dht->table, &id, now);
  bt_dht_cancel (dht, dht->bootstrap); /* it looks for who we were */
  dht->bootstrap = 0;
  bt_dht_restart (dht, now);
  if (dht->ops->id_changed != NULL)
    dht->ops->id_changed (dht->owner);
}

void
bt_dht_add_saved (BtDht *dht, const BtKrpcNode *nodes, guint n_nodes, gint64 now)
{
  for (guint i = 0; i < n_nodes; i++)
    bt_dht_add_seed (dht, &nodes[i].endpoint, &nodes[i].id, now);
}

void
bt_dht_add_address (BtDht *dht, const BtEndpoint *address, gint64 now)
{
  bt_dht_add_seed (dht, address, NULL, now);
}

void
bt_dht_add_router (BtDht *dht, const BtEndpoint *address, gint64 now)
{
  if (!bt_endpoint_is_usable_peer (address) || bt_endpoint_is_ipv4 (address) == dht->is_ipv6)
    return;
  for (guint i = 0; i < dht->routers->len; i++)
    if (bt_endpoint_equal (&g_array_index (dht->routers, BtEndpoint, i), address))
      return;
  g_array_append_val (dht->routers, *address);
  bt_dht_table_add_router (dht->table, address);
  if (dht->bootstrap == 0 && bt_dht_table_n_good (dht->table, now) == 0)
    dht->bootstrap_at = MIN (dht->bootstrap_at, now);
}

GArray *
bt_dht_save (BtDht *dht, guint max, gint64 now)
{
  GArray *nodes = g_array_new (FALSE, FALSE, sizeof (BtKrpcNode));

  bt_dht_table_save (dht->table, max, nodes);
  /* What we did not get round to ask is not lost. */
  for (guint i = 0; i < dht->seeds->len && nodes->len < max; i++)
    {
      const BtDhtSeed *seed = &g_array_index (dht->seeds, BtDhtSeed, i);

      if (seed->has_id && bt_dht_table_find (dht->table, &seed->node.endpoint) == NULL)
        g_array_append_val (nodes, seed->node);
    }
  return nodes;
}

static BtDhtState
find_state (BtDht *dht, guint n_good, gint64 now)
{
  if (n_good > 0)
    return BT_DHT_WORKING;
  if (!bt_dht_knows_somebody (dht) && dht->routers->len == 0)
    return BT_DHT_IDLE;
  if (dht->trying_since != G_MAXINT64 && now >= dht->trying_since + NO_ANSWER_US)
    return BT_DHT_NO_ANSWER;
  return BT_DHT_STARTING;
}

static guint
count_searches (const BtDht *dht)
{
  guint n_searches = 0;

  for (guint i = 0; i < dht->searches->len; i++)
    {
      const BtDhtSearch *search = g_ptr_array_index (dht->searches, i);

      n_searches += !search->is_own && search->phase != BT_DHT_PHASE_OVER;
    }
  return n_searches;
}

void
bt_dht_get_status (BtDht *dht, gint64 now, BtDhtStatus *status)
{
  guint n_good = bt_dht_table_n_good (dht->table, now);

  *status = (BtDhtStatus){
    .state = find_state (dht, n_good, now),
    .n_good = n_good,
    .n_nodes = bt_dht_table_n_nodes (dht->table),
    .n_searches = count_searches (dht),
    .n_stored_torrents = bt_dht_store_n_swarms (dht->store),
    .n_stored_peers = bt_dht_store_n_peers (dht->store),
    .n_stored_items = bt_dht_store_n_items (dht->store),
    .n_received = dht->n_received,
    .n_sent = dht->n_sent,
    .n_refused = dht->n_refused,
  };
}

const BtNodeId *
bt_dht_id (const BtDht *dht)
{
  return bt_dht_table_own_id (dht->table);
}

void
bt_dht_cancel (BtDht *dht, BtDhtSearchId search)
{
  BtDhtSearch *found = bt_dht_search_find (dht, search);

  if (found == NULL)
    return;
  bt_dht_search_over (found);
  if (dht->depth == 0)
    bt_dht_searches_sweep (dht);
}
