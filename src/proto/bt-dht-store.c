/* bt-dht-store.c: the peers that announced themselves to our node of the DHT.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-store-private.h"

#include <string.h>

#define PEER_LIFETIME_S (45 * 60) /* who is there announces every half hour at the latest */
#define SAMPLE_INTERVAL_S 21600
#define MAX_PEERS BT_LIMIT_DHT_PEERS_PER_SWARM

/* Small, for there may be many. */
typedef struct
{
  guint8 ip[16];
  guint32 announced_s;
  guint16 port;
  guint8 seed : 1;
} Peer;

typedef struct
{
  BtSha1 info_hash;
  GArray *peers; /* of Peer, in no order */
} Swarm;

static guint32
get_seconds (gint64 now)
{
  return (guint32) (now / G_USEC_PER_SEC);
}

/* Differences hold when the seconds come round. */
static gboolean
is_alive (const Peer *peer, gint64 now)
{
  return get_seconds (now) - peer->announced_s < PEER_LIFETIME_S;
}

static Peer *
get_peer (const Swarm *swarm, guint index)
{
  return &g_array_index (swarm->peers, Peer, index);
}

static void
free_swarm (gpointer data)
{
  Swarm *swarm = data;

  g_array_unref (swarm->peers);
  g_free (swarm);
}

static Swarm *
look_up (const BtDhtStore *store, const BtSha1 *info_hash)
{
  return g_hash_table_lookup (store->swarms, info_hash);
}

BtDhtStore *
bt_dht_store_new (BtRandom *random)
{
  BtDhtStore *store = g_new0 (BtDhtStore, 1);

  bt_random_seed (&store->random, bt_random_u64 (random));
  store->swarms = g_hash_table_new_full (bt_sha1_hash, bt_sha1_equal, NULL, free_swarm);
  bt_dht_store_init_items (store);
  return store;
}

void
bt_dht_store_free (BtDhtStore *store)
{
  g_hash_table_unref (store->swarms);
  g_hash_table_unref (store->items);
  g_free (store);
}

guint
bt_dht_store_n_swarms (const BtDhtStore *store)
{
  return g_hash_table_size (store->swarms);
}

guint
bt_dht_store_n_peers (const BtDhtStore *store)
{
  return store->n_peers;
}

static void
expire_peers (BtDhtStore *store, Swarm *swarm, gint64 now)
{
  for (guint i = swarm->peers->len; i > 0; i--)
    {
      if (is_alive (get_peer (swarm, i - 1), now))
        continue;
      g_array_remove_index_fast (swarm->peers, i - 1);
      store->n_peers--;
    }
}

void
bt_dht_store_expire (BtDhtStore *store, gint64 now)
{
  GHashTableIter iter;
  gpointer swarm;

  g_hash_table_iter_init (&iter, store->swarms);
  while (g_hash_table_iter_next (&iter, NULL, &swarm))
    {
      expire_peers (store, swarm, now);
      if (((Swarm *) swarm)->peers->len == 0)
        g_hash_table_iter_remove (&iter);
    }
  bt_dht_store_expire_items (store, now);
}

/* Drops the swarm that has the fewest peers: the one that is least missed. */
static void
evict_swarm (BtDhtStore *store, const Swarm *but)
{
  Swarm *least = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, store->swarms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (value != but && (least == NULL || ((Swarm *) value)->peers->len < least->peers->len))
      least = value;
  if (least == NULL)
    return;
  store->n_peers -= least->peers->len;
  g_hash_table_remove (store->swarms, &least->info_hash);
}

static Swarm *
ensure_swarm (BtDhtStore *store, const BtSha1 *info_hash)
{
  Swarm *swarm = look_up (store, info_hash);

  if (swarm != NULL)
    return swarm;
  if (g_hash_table_size (store->swarms) >= BT_LIMIT_DHT_SWARMS)
    evict_swarm (store, NULL);
  swarm = g_new (Swarm, 1);
  swarm->info_hash = *info_hash;
  swarm->peers = g_array_new (FALSE, FALSE, sizeof (Peer));
  g_hash_table_insert (store->swarms, &swarm->info_hash, swarm);
  return swarm;
}

static Peer *
find_peer (const Swarm *swarm, const BtEndpoint *endpoint)
{
  for (guint i = 0; i < swarm->peers->len; i++)
    if (memcmp (get_peer (swarm, i)->ip, endpoint->ip, sizeof endpoint->ip) == 0)
      return get_peer (swarm, i);
  return NULL;
}

/* A place for a newcomer. In a swarm that is full every other one takes that of somebody, so that
 * neither those who came first nor those who shout last have all of it. NULL when there is none. */
static Peer *
make_place (BtDhtStore *store, Swarm *swarm)
{
  Peer none = { .port = 0 };

  if (swarm->peers->len >= MAX_PEERS)
    return bt_random_below (&store->random, 2) == 0
             ? NULL
             : get_peer (swarm, bt_random_below (&store->random, swarm->peers->len));
  if (store->n_peers >= BT_LIMIT_DHT_PEERS)
    evict_swarm (store, swarm);
  g_array_append_val (swarm->peers, none);
  store->n_peers++;
  return get_peer (swarm, swarm->peers->len - 1);
}

void
bt_dht_store_add_peer (BtDhtStore *store,
                       gint64 now,
                       const BtSha1 *info_hash,
                       const BtEndpoint *peer,
                       gboolean seed)
{
  Swarm *swarm = ensure_swarm (store, info_hash);
  Peer *place = find_peer (swarm, peer);

  if (place == NULL)
    {
      expire_peers (store, swarm, now);
      place = make_place (store, swarm);
    }
  if (place == NULL)
    return;
  memcpy (place->ip, peer->ip, sizeof place->ip);
  place->port = peer->port;
  place->announced_s = get_seconds (now);
  place->seed = seed ? 1 : 0;
}

gboolean
bt_dht_store_takes_peers (const BtDhtStore *store, const BtSha1 *info_hash)
{
  const Swarm *swarm = look_up (store, info_hash);

  return swarm == NULL || swarm->peers->len < MAX_PEERS;
}

guint
bt_dht_store_get_peers (BtDhtStore *store,
                        gint64 now,
                        const BtSha1 *info_hash,
                        gboolean noseed,
                        BtEndpoint *out,
                        guint max)
{
  const Swarm *swarm = look_up (store, info_hash);
  guint n_seen = 0;

  /* Each of those seen so far is among the chosen with the same chance. */
  for (guint i = 0; swarm != NULL && i < swarm->peers->len; i++)
    {
      const Peer *peer = get_peer (swarm, i);
      guint at;

      if (!is_alive (peer, now) || (noseed && peer->seed))
        continue;
      at = n_seen < max ? n_seen : bt_random_below (&store->random, n_seen + 1);
      n_seen++;
      if (at < max)
        bt_endpoint_set_ipv6 (&out[at], peer->ip, peer->port);
    }
  return MIN (n_seen, max);
}

gboolean
bt_dht_store_scrape (BtDhtStore *store,
                     gint64 now,
                     const BtSha1 *info_hash,
                     BtBloom *seeds,
                     BtBloom *peers)
{
  const Swarm *swarm = look_up (store, info_hash);
  gboolean any = FALSE;

  *seeds = *peers = (BtBloom){ { 0 } };
  for (guint i = 0; swarm != NULL && i < swarm->peers->len; i++)
    {
      const Peer *peer = get_peer (swarm, i);
      BtEndpoint endpoint;

      if (!is_alive (peer, now))
        continue;
      bt_endpoint_set_ipv6 (&endpoint, peer->ip, peer->port);
      bt_bloom_add (peer->seed ? seeds : peers, &endpoint);
      any = TRUE;
    }
  return any;
}

static void
draw_samples (BtDhtStore *store, gint64 now)
{
  BtDhtSamples *samples = &store->samples;
  guint n_seen = 0;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, store->swarms);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      guint at = n_seen < BT_LIMIT_DHT_SAMPLES ? n_seen
                                               : bt_random_below (&store->random, n_seen + 1);

      n_seen++;
      if (at < BT_LIMIT_DHT_SAMPLES)
        samples->hashes[at] = *(const BtSha1 *) key;
    }
  samples->n_hashes = MIN (n_seen, BT_LIMIT_DHT_SAMPLES);
  samples->interval_s = SAMPLE_INTERVAL_S;
  store->sampled = now;
}

/* The same for hours, so that asking often tells no more; but all of them while they are few. */
void
bt_dht_store_sample (BtDhtStore *store, gint64 now, BtDhtSamples *out)
{
  guint n_stored = g_hash_table_size (store->swarms);
  guint n_hashes = store->samples.n_hashes;

  if (store->samples.interval_s == 0
      || now - store->sampled >= (gint64) SAMPLE_INTERVAL_S * G_USEC_PER_SEC
      || (n_hashes < BT_LIMIT_DHT_SAMPLES && n_hashes < n_stored))
    draw_samples (store, now);
  store->samples.n_stored = n_stored;
  *out = store->samples;
}
