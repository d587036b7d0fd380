/* bt-dht-search.c: searches of our DHT node, from their turn to what is stored in the end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-private.h"

/*   WAITING ──► LOOKING ──► STORING ──► over, or WAITING for the next time
 *      ▲           │
 *      └───────────┘ nobody answered, but somebody may be found yet
 *
 * Searches of the owner take turns. What has been started always ends: in LOOKING and STORING a
 * question is open whose answer or timeout brings it on. */

#define MAX_RUNNING 16
#define MAX_SEEDS_NAMED 32 /* that begin one search beside the table */
#define MAX_SEEDS_UNNAMED 16
#define RETRY_US (2 * (gint64) G_USEC_PER_SEC)     /* after nobody answered */
#define GIVE_UP_US (60 * (gint64) G_USEC_PER_SEC)  /* when nobody does at all */
#define LOOK_AGAIN_US (1 * (gint64) G_USEC_PER_SEC) /* whether it is our turn, or somebody is known */

void
bt_dht_search_add (BtDht *dht,
                   BtDhtSearch *search,
                   const BtDhtSearchClass *class,
                   const BtNodeId *target,
                   gint64 now)
{
  search->class = class;
  search->dht = dht;
  search->id = ++dht->last_search;
  search->target = *target;
  search->phase = BT_DHT_PHASE_WAITING;
  search->wait_until = now;
  search->look_at = now;
  search->give_up = now + GIVE_UP_US;
  g_ptr_array_add (dht->searches, search);
}

BtDhtSearch *
bt_dht_search_find (const BtDht *dht, BtDhtSearchId id)
{
  for (guint i = 0; id != 0 && i < dht->searches->len; i++)
    {
      BtDhtSearch *search = g_ptr_array_index (dht->searches, i);

      if (search->id == id && search->phase != BT_DHT_PHASE_OVER)
        return search;
    }
  return NULL;
}

/* It is freed when no call of it can be on the stack. */
void
bt_dht_search_over (BtDhtSearch *search)
{
  search->phase = BT_DHT_PHASE_OVER;
}

void
bt_dht_searches_sweep (BtDht *dht)
{
  for (guint i = dht->searches->len; i-- > 0;)
    {
      BtDhtSearch *search = g_ptr_array_index (dht->searches, i);

      if (search->phase == BT_DHT_PHASE_OVER)
        g_ptr_array_remove_index (dht->searches, i);
    }
}

void
bt_dht_search_free (gpointer data)
{
  BtDhtSearch *search = data;

  g_clear_pointer (&search->lookup, bt_dht_lookup_free);
  search->class->free (search);
}

static void
wait_for (BtDhtSearch *search, gint64 until)
{
  g_clear_pointer (&search->lookup, bt_dht_lookup_free);
  search->phase = BT_DHT_PHASE_WAITING;
  search->wait_until = until;
  search->look_at = until;
}

void
bt_dht_search_again (BtDhtSearch *search, gint64 at)
{
  wait_for (search, at);
  search->give_up = at + GIVE_UP_US;
}

void
bt_dht_search_finish (BtDhtSearch *search, gint64 now)
{
  if (search->phase == BT_DHT_PHASE_OVER)
    return;
  search->phase = BT_DHT_PHASE_OVER;
  search->class->finish (search, now);
}

static void
store_with (BtDhtSearch *search, const BtDhtHolder *holder, gint64 now)
{
  for (guint n = 0;; n++)
    {
      guint32 transaction;
      BtKrpcMessage query;

      bt_dht_begin_query (search->dht, &query, BT_KRPC_PING, &transaction);
      query.token = holder->token;
      if (!search->class->store (search, n, &query))
        return;
      if (bt_dht_ask (search->dht, &holder->node.endpoint, &holder->node.id, &query, search, now))
        search->n_pending++;
    }
}

/* The closest that gave a token are told, all at once. */
static void
store (BtDhtSearch *search, gint64 now)
{
  BtDhtHolder holders[BT_DHT_K];
  guint n_holders = bt_dht_lookup_closest (search->lookup, G_N_ELEMENTS (holders), holders);

  search->phase = BT_DHT_PHASE_STORING;
  for (guint i = 0; search->class->store != NULL && i < n_holders; i++)
    if (holders[i].token.length > 0)
      store_with (search, &holders[i], now);
  if (search->n_pending == 0)
    bt_dht_search_finish (search, now);
}

static void
ask_next (BtDhtSearch *search, const BtKrpcNode *node, gboolean has_id, gint64 now)
{
  guint32 transaction;
  BtKrpcMessage query;

  bt_dht_begin_query (search->dht, &query, search->class->method, &transaction);
  query.target = search->target;
  if (search->class->ask != NULL)
    search->class->ask (search, &query);
  bt_dht_ask (search->dht, &node->endpoint, has_id ? &node->id : NULL, &query, search, now);
}

static void
go_on (BtDhtSearch *search, gint64 now)
{
  gboolean has_id;
  BtKrpcNode node;

  while (bt_dht_may_ask (search->dht) && bt_dht_lookup_next (search->lookup, &node, &has_id))
    ask_next (search, &node, has_id, now);
  if (!bt_dht_lookup_is_done (search->lookup))
    return;
  if (bt_dht_lookup_n_answers (search->lookup) > 0)
    store (search, now);
  else if (search->is_own || now >= search->give_up)
    bt_dht_search_finish (search, now);
  else
    wait_for (search, now + RETRY_US);
}

static int
compare_distance_cb (gconstpointer a, gconstpointer b, gpointer target)
{
  return bt_node_id_compare (target, &((const BtKrpcNode *) a)->id, &((const BtKrpcNode *) b)->id);
}

/* Whom we know by hearsay: of those with an id the closest, of the others the latest. */
static void
add_seeds (BtDht *dht, BtDhtLookup *lookup)
{
  g_autoptr (GArray) named = g_array_new (FALSE, FALSE, sizeof (BtKrpcNode));
  guint n_unnamed = 0;

  for (guint i = dht->seeds->len; i-- > 0;)
    {
      const BtDhtSeed *seed = &g_array_index (dht->seeds, BtDhtSeed, i);

      if (seed->has_id)
        g_array_append_val (named, seed->node);
      else if (n_unnamed++ < MAX_SEEDS_UNNAMED)
        bt_dht_lookup_add_address (lookup, &seed->node.endpoint, FALSE);
    }
  g_array_sort_with_data (named, compare_distance_cb, (gpointer) bt_dht_lookup_target (lookup));
  for (guint i = 0; i < MIN (named->len, MAX_SEEDS_NAMED); i++)
    bt_dht_lookup_add_node (lookup, &g_array_index (named, BtKrpcNode, i));
}

void
bt_dht_seed_lookup (BtDht *dht, BtDhtLookup *lookup, gboolean with_routers)
{
  BtKrpcNode nodes[2 * BT_DHT_K];
  guint n_nodes = bt_dht_table_closest (dht->table, bt_dht_lookup_target (lookup), TRUE,
                                        G_N_ELEMENTS (nodes), nodes);

  for (guint i = 0; i < n_nodes; i++)
    bt_dht_lookup_add_node (lookup, &nodes[i]);
  if (n_nodes >= BT_DHT_K && !with_routers)
    return;
  add_seeds (dht, lookup);
  for (guint i = 0; with_routers && i < dht->routers->len; i++)
    bt_dht_lookup_add_address (lookup, &g_array_index (dht->routers, BtEndpoint, i), TRUE);
}

static guint
count_running (const BtDht *dht)
{
  guint n_running = 0;

  for (guint i = 0; i < dht->searches->len; i++)
    {
      const BtDhtSearch *search = g_ptr_array_index (dht->searches, i);

      n_running += !search->is_own
                   && (search->phase == BT_DHT_PHASE_LOOKING || search->phase == BT_DHT_PHASE_STORING);
    }
  return n_running;
}

static void
try_to_begin (BtDhtSearch *search, gint64 now)
{
  BtDht *dht = search->dht;

  search->look_at = now + LOOK_AGAIN_US;
  if (!search->is_own && count_running (dht) >= MAX_RUNNING)
    return;
  if (bt_dht_knows_somebody (dht))
    {
      search->phase = BT_DHT_PHASE_LOOKING;
      search->lookup = bt_dht_lookup_new (&search->target, bt_dht_id (dht));
      bt_dht_seed_lookup (dht, search->lookup, bt_dht_needs_routers (dht));
      if (search->class->begin != NULL)
        search->class->begin (search, now);
    }
  else if (now >= search->give_up)
    bt_dht_search_finish (search, now);
}

void
bt_dht_searches_advance (BtDht *dht, gint64 now)
{
  for (guint i = 0; i < dht->searches->len; i++)
    {
      BtDhtSearch *search = g_ptr_array_index (dht->searches, i);

      if (search->phase == BT_DHT_PHASE_WAITING && now >= search->wait_until)
        try_to_begin (search, now);
      if (search->phase == BT_DHT_PHASE_LOOKING)
        go_on (search, now);
    }
}

gint64
bt_dht_searches_deadline (const BtDht *dht)
{
  gint64 deadline = G_MAXINT64;

  for (guint i = 0; i < dht->searches->len; i++)
    {
      const BtDhtSearch *search = g_ptr_array_index (dht->searches, i);

      if (search->phase == BT_DHT_PHASE_WAITING)
        deadline = MIN (deadline, search->look_at);
    }
  return deadline;
}

static void
note_stored (BtDhtSearch *search, BtKrpcMethod method, const BtKrpcMessage *answer, gint64 now)
{
  /* It began anew meanwhile. */
  if (search->phase != BT_DHT_PHASE_STORING)
    return;
  search->n_pending--;
  if (search->class->stored != NULL)
    search->class->stored (search, method, answer);
  if (search->n_pending == 0)
    bt_dht_search_finish (search, now);
}

void
bt_dht_search_answered (BtDht *dht,
                        const BtDhtQuestion *question,
                        const BtKrpcMessage *reply,
                        gint64 now)
{
  BtDhtSearch *search = bt_dht_search_find (dht, question->search);
  guint n_hops;

  if (search == NULL)
    return;
  if (question->is_last)
    {
      note_stored (search, question->method, reply, now);
      return;
    }
  if (search->lookup == NULL)
    return;
  n_hops = bt_dht_lookup_answered (search->lookup, &question->to, &reply->id, reply->token,
                                   dht->is_ipv6 ? reply->nodes6 : reply->nodes,
                                   dht->is_ipv6 ? reply->n_nodes6 : reply->n_nodes);
  if (n_hops > 0 && search->class->read != NULL)
    search->class->read (search, &question->to, reply, n_hops, now);
}

void
bt_dht_search_slow (BtDht *dht, const BtDhtQuestion *question)
{
  BtDhtSearch *search = bt_dht_search_find (dht, question->search);

  if (search != NULL && search->lookup != NULL && !question->is_last)
    bt_dht_lookup_slow (search->lookup, &question->to);
}

void
bt_dht_search_failed (BtDht *dht,
                      const BtDhtQuestion *question,
                      const BtKrpcMessage *error,
                      gint64 now)
{
  BtDhtSearch *search = bt_dht_search_find (dht, question->search);

  if (search == NULL)
    return;
  if (question->is_last)
    note_stored (search, question->method, error, now);
  else if (search->lookup != NULL)
    bt_dht_lookup_failed (search->lookup, &question->to);
}

/* The questions are forgotten: who was looking or storing begins anew. */
void
bt_dht_searches_restart (BtDht *dht, gint64 now)
{
  for (guint i = 0; i < dht->searches->len; i++)
    {
      BtDhtSearch *search = g_ptr_array_index (dht->searches, i);

      if (search->phase != BT_DHT_PHASE_LOOKING && search->phase != BT_DHT_PHASE_STORING)
        continue;
      search->n_pending = 0;
      bt_dht_search_again (search, now);
    }
}
