/* bt-dht-find-peers.c: looks for the peers of a swarm in the DHT, and is found there (BEP 5, 33).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-private.h"

#define MAX_PEERS 2000 /* told of one search */
#define SPAM_PORT 1    /* what certain nodes fill their lists with */

typedef struct
{
  BtDhtSearch search;
  BtDhtPeersQuery query;
  BtDhtPeersFunc peers;
  BtDhtPeersDoneFunc done;
  gpointer data;
  BtDhtPeersResult result;
  GHashTable *found; /* of BtEndpoint */
  BtBloom seeds;
  BtBloom downloaders;
} PeersSearch;

static void
tell (PeersSearch *self, const BtEndpoint *peers, guint n_peers)
{
  BtEndpoint new[BT_KRPC_MAX_VALUES];
  guint n_new = 0;

  for (guint i = 0; i < n_peers && g_hash_table_size (self->found) < MAX_PEERS; i++)
    if (peers[i].port != SPAM_PORT && bt_endpoint_is_usable_peer (&peers[i])
        && !g_hash_table_contains (self->found, &peers[i]))
      {
        g_hash_table_add (self->found, g_memdup2 (&peers[i], sizeof peers[i]));
        new[n_new++] = peers[i];
      }
  if (n_new > 0)
    self->peers (self->data, new, n_new);
}

/* What others have announced to us needs no question. */
static void
begin (BtDhtSearch *search, gint64 now)
{
  PeersSearch *self = (PeersSearch *) search;
  BtEndpoint peers[BT_KRPC_MAX_VALUES];
  guint n_peers = bt_dht_store_get_peers (search->dht->store, now, &self->query.info_hash,
                                          self->query.seed, peers, G_N_ELEMENTS (peers));

  tell (self, peers, n_peers);
}

static void
ask (BtDhtSearch *search, BtKrpcMessage *query)
{
  PeersSearch *self = (PeersSearch *) search;

  query->noseed = self->query.seed;
}

static void
note_scrape (PeersSearch *self, const BtKrpcMessage *reply)
{
  if (reply->seeds == NULL && reply->peers == NULL)
    return;
  self->result.has_scrape = TRUE;
  if (reply->seeds != NULL)
    bt_bloom_merge (&self->seeds, reply->seeds);
  if (reply->peers != NULL)
    bt_bloom_merge (&self->downloaders, reply->peers);
}

static void
read_answer (BtDhtSearch *search,
             const BtEndpoint *from,
             const BtKrpcMessage *reply,
             guint n_hops,
             gint64 now)
{
  PeersSearch *self = (PeersSearch *) search;

  self->result.n_answers++;
  if (reply->n_values == 0)
    return;
  if (self->result.n_hops == 0)
    self->result.n_hops = n_hops;
  tell (self, reply->values, reply->n_values);
}

static void
fill_announce (const PeersSearch *self, BtKrpcMessage *query)
{
  query->method = BT_KRPC_ANNOUNCE_PEER;
  query->port = self->query.port;
  query->implied_port = self->query.implied_port;
  query->seed = self->query.seed;
}

/* Who is asked for counts may give them instead of peers, as libtorrent does: so that is a question of
 * its own. */
static gboolean
tell_closest (BtDhtSearch *search, guint n, BtKrpcMessage *query)
{
  PeersSearch *self = (PeersSearch *) search;

  query->target = self->query.info_hash;
  if (self->query.announce && n == 0)
    {
      fill_announce (self, query);
      return TRUE;
    }
  query->method = BT_KRPC_GET_PEERS;
  query->token = (BtKrpcSpan){ NULL, 0 };
  query->scrape = TRUE;
  return self->query.scrape && n == (self->query.announce ? 1 : 0);
}

static void
note_told (BtDhtSearch *search, BtKrpcMethod method, const BtKrpcMessage *answer)
{
  PeersSearch *self = (PeersSearch *) search;

  if (answer == NULL || answer->type != BT_KRPC_REPLY)
    return;
  if (method == BT_KRPC_ANNOUNCE_PEER)
    self->result.n_announced++;
  else
    note_scrape (self, answer);
}

static void
finish (BtDhtSearch *search, gint64 now)
{
  PeersSearch *self = (PeersSearch *) search;

  self->result.n_peers = g_hash_table_size (self->found);
  if (self->result.has_scrape)
    {
      self->result.n_seeds = (guint) (bt_bloom_estimate (&self->seeds) + 0.5);
      self->result.n_downloaders = (guint) (bt_bloom_estimate (&self->downloaders) + 0.5);
    }
  self->done (self->data, &self->result);
}

static void
free_search (BtDhtSearch *search)
{
  PeersSearch *self = (PeersSearch *) search;

  g_hash_table_unref (self->found);
  g_free (self);
}

static const BtDhtSearchClass peers_class = {
  .method = BT_KRPC_GET_PEERS,
  .begin = begin,
  .ask = ask,
  .read = read_answer,
  .store = tell_closest,
  .stored = note_told,
  .finish = finish,
  .free = free_search,
};

BtDhtSearchId
bt_dht_find_peers (BtDht *dht,
                   const BtDhtPeersQuery *query,
                   BtDhtPeersFunc peers,
                   BtDhtPeersDoneFunc done,
                   gpointer data,
                   gint64 now)
{
  PeersSearch *self = g_new0 (PeersSearch, 1);

  self->query = *query;
  self->peers = peers;
  self->done = done;
  self->data = data;
  self->found = g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, g_free, NULL);
  bt_dht_search_add (dht, &self->search, &peers_class, &query->info_hash, now);
  return self->search.id;
}
