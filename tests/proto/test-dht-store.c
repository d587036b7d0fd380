/* test-dht-store.c: what our node of the DHT keeps for others, and for how long.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-store.h"

#include <string.h>

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)
#define START (1000 * SECOND)

static BtDhtStore *
make_store (void)
{
  BtRandom random;

  bt_random_seed (&random, 3);
  return bt_dht_store_new (&random);
}

static BtSha1
make_hash (guint number)
{
  return bt_sha1 (&number, sizeof number);
}

static BtEndpoint
make_peer (guint number)
{
  guint8 ip[4] = { 20, (guint8) (number >> 16), (guint8) (number >> 8), (guint8) number };
  BtEndpoint peer;

  bt_endpoint_set_ipv4 (&peer, ip, (guint16) (1000 + number % 60000));
  return peer;
}

static void
add (BtDhtStore *store, gint64 now, guint hash, guint peer, gboolean seed)
{
  BtSha1 info_hash = make_hash (hash);
  BtEndpoint endpoint = make_peer (peer);

  bt_dht_store_add_peer (store, now, &info_hash, &endpoint, seed);
}

static guint
count (BtDhtStore *store, gint64 now, guint hash, gboolean noseed)
{
  BtEndpoint peers[BT_LIMIT_DHT_PEERS_PER_SWARM];
  BtSha1 info_hash = make_hash (hash);

  return bt_dht_store_get_peers (store, now, &info_hash, noseed, peers, G_N_ELEMENTS (peers));
}

static void
test_peers (void)
{
  g_autoptr (BtDhtStore) store = make_store ();
  BtSha1 hash = make_hash (1);
  BtEndpoint again = make_peer (2);
  BtEndpoint peers[4];
  gboolean found = FALSE;

  add (store, START, 1, 1, FALSE);
  add (store, START, 1, 2, TRUE);
  add (store, START, 2, 3, FALSE);
  g_assert_cmpuint (count (store, START, 1, FALSE), ==, 2);
  g_assert_cmpuint (count (store, START, 1, TRUE), ==, 1);
  g_assert_cmpuint (count (store, START, 3, FALSE), ==, 0);

  /* One for each address: the port is that of the last announce. */
  again.port = 7;
  bt_dht_store_add_peer (store, START, &hash, &again, FALSE);
  g_assert_cmpuint (count (store, START, 1, TRUE), ==, 2);
  g_assert_cmpuint (bt_dht_store_n_peers (store), ==, 3);
  g_assert_cmpuint (bt_dht_store_get_peers (store, START, &hash, FALSE, peers, 4), ==, 2);
  for (guint i = 0; i < 2; i++)
    found |= bt_endpoint_equal (&peers[i], &again);
  g_assert_true (found);
}

static void
test_expiry (void)
{
  g_autoptr (BtDhtStore) store = make_store ();
  BtSha1 hash = make_hash (1);
  BtBloom seeds, peers;

  add (store, START, 1, 1, FALSE);
  add (store, START + 20 * MINUTE, 1, 2, FALSE);
  g_assert_cmpuint (count (store, START + 44 * MINUTE, 1, FALSE), ==, 2);
  g_assert_cmpuint (count (store, START + 45 * MINUTE, 1, FALSE), ==, 1);
  add (store, START + 46 * MINUTE, 1, 2, FALSE);
  bt_dht_store_expire (store, START + 70 * MINUTE);
  g_assert_cmpuint (bt_dht_store_n_peers (store), ==, 1);
  g_assert_true (bt_dht_store_scrape (store, START + 70 * MINUTE, &hash, &seeds, &peers));
  g_assert_false (bt_dht_store_scrape (store, START + 91 * MINUTE, &hash, &seeds, &peers));
  bt_dht_store_expire (store, START + 91 * MINUTE);
  g_assert_cmpuint (bt_dht_store_n_peers (store), ==, 0);
  g_assert_cmpuint (bt_dht_store_n_swarms (store), ==, 0);
}

static void
test_full_swarm (void)
{
  g_autoptr (BtDhtStore) store = make_store ();
  BtSha1 hash = make_hash (1);
  BtEndpoint peers[BT_LIMIT_DHT_PEERS_PER_SWARM];
  guint n_late = 0;

  for (guint i = 0; i < BT_LIMIT_DHT_PEERS_PER_SWARM; i++)
    {
      g_assert_true (bt_dht_store_takes_peers (store, &hash));
      add (store, START, 1, i, FALSE);
    }
  g_assert_false (bt_dht_store_takes_peers (store, &hash));
  for (guint i = 0; i < 400; i++)
    add (store, START, 1, 1000 + i, FALSE);
  g_assert_cmpuint (bt_dht_store_n_peers (store), ==, BT_LIMIT_DHT_PEERS_PER_SWARM);
  bt_dht_store_get_peers (store, START, &hash, FALSE, peers, G_N_ELEMENTS (peers));
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    n_late += peers[i].port >= 2000 ? 1 : 0;
  /* Neither nobody nor everybody of the late ones got in. */
  g_assert_cmpuint (n_late, >, 50);
  g_assert_cmpuint (n_late, <, 350);

  /* When the old ones are gone there is room again. */
  add (store, START + 46 * MINUTE, 1, 9999, FALSE);
  g_assert_cmpuint (bt_dht_store_n_peers (store), ==, 1);
  g_assert_true (bt_dht_store_takes_peers (store, &hash));
}

static void
test_full_store (void)
{
  g_autoptr (BtDhtStore) store = make_store ();

  for (guint i = 0; i < 10; i++)
    add (store, START, 0, i, FALSE);
  for (guint i = 1; i < 3 * BT_LIMIT_DHT_SWARMS; i++)
    add (store, START, i, i, FALSE);
  g_assert_cmpuint (bt_dht_store_n_swarms (store), ==, BT_LIMIT_DHT_SWARMS);
  g_assert_cmpuint (bt_dht_store_n_peers (store), ==, BT_LIMIT_DHT_SWARMS + 9);
  g_assert_cmpuint (count (store, START, 0, FALSE), ==, 10); /* the one that many want stays */
}

static void
test_all_peers (void)
{
  g_autoptr (BtDhtStore) store = make_store ();

  for (guint hash = 0; hash < 210; hash++)
    for (guint peer = 0; peer < BT_LIMIT_DHT_PEERS_PER_SWARM; peer++)
      add (store, START, hash, peer, FALSE);
  g_assert_cmpuint (bt_dht_store_n_peers (store), <=, BT_LIMIT_DHT_PEERS);
  g_assert_cmpuint (bt_dht_store_n_peers (store), >,
                    BT_LIMIT_DHT_PEERS - 2 * BT_LIMIT_DHT_PEERS_PER_SWARM);
  g_assert_cmpuint (count (store, START, 209, FALSE), ==, BT_LIMIT_DHT_PEERS_PER_SWARM);
}

/* Who is told is chosen anew each time, and nobody more often than others. */
static void
test_choice (void)
{
  g_autoptr (BtDhtStore) store = make_store ();
  BtSha1 hash = make_hash (1);
  guint n_told[100] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (n_told); i++)
    add (store, START, 1, i, i % 2 == 0);
  for (guint round = 0; round < 1000; round++)
    {
      BtEndpoint peers[20];

      g_assert_cmpuint (bt_dht_store_get_peers (store, START, &hash, FALSE, peers, 20), ==, 20);
      for (guint i = 0; i < 20; i++)
        n_told[peers[i].port - 1000]++;
    }
  for (guint i = 0; i < G_N_ELEMENTS (n_told); i++)
    {
      g_assert_cmpuint (n_told[i], >, 130);
      g_assert_cmpuint (n_told[i], <, 270);
    }
}

static void
test_scrape (void)
{
  g_autoptr (BtDhtStore) store = make_store ();
  BtSha1 hash = make_hash (1);
  BtBloom seeds, peers;

  for (guint i = 0; i < 90; i++)
    add (store, START, 1, i, i % 3 == 0);
  g_assert_true (bt_dht_store_scrape (store, START, &hash, &seeds, &peers));
  g_assert_cmpfloat_with_epsilon (bt_bloom_estimate (&seeds), 30, 3);
  g_assert_cmpfloat_with_epsilon (bt_bloom_estimate (&peers), 60, 4);
}

static void
test_samples (void)
{
  g_autoptr (BtDhtStore) store = make_store ();
  BtDhtSamples first, second, third;

  bt_dht_store_sample (store, START, &first);
  g_assert_cmpuint (first.n_hashes, ==, 0);
  add (store, START, 1, 1, FALSE);
  bt_dht_store_sample (store, START, &first);
  g_assert_cmpuint (first.n_hashes, ==, 1);
  g_assert_cmpuint (first.n_stored, ==, 1);
  for (guint i = 0; i < 500; i++)
    add (store, START, i, 1, FALSE);
  bt_dht_store_sample (store, START, &first);
  bt_dht_store_sample (store, START + MINUTE, &second);
  bt_dht_store_sample (store, START + first.interval_s * SECOND, &third);
  g_assert_cmpuint (first.n_hashes, ==, BT_LIMIT_DHT_SAMPLES);
  g_assert_cmpuint (first.n_stored, ==, 500);
  g_assert_cmpmem (first.hashes, sizeof first.hashes, second.hashes, sizeof second.hashes);
  g_assert_true (memcmp (first.hashes, third.hashes, sizeof first.hashes) != 0);
}

/* Items. */

typedef struct
{
  guint8 seed[BT_DHT_SEED_SIZE];
  guint8 key[BT_KRPC_KEY_SIZE];
  guint8 signature[BT_KRPC_SIGNATURE_SIZE];
} Author;

static Author *
make_author (guint8 number)
{
  Author *author = g_new0 (Author, 1);

  author->seed[0] = number;
  g_assert_true (bt_dht_item_make_key (author->seed, author->key));
  return author;
}

static BtKrpcItem
write_item (Author *author, gint64 sequence, const char *value)
{
  BtKrpcItem item = {
    .value = { (const guint8 *) value, strlen (value) },
    .key = author->key,
    .signature = author->signature,
    .has_sequence = TRUE,
    .sequence = sequence,
  };

  g_assert_true (bt_dht_item_sign (&item, author->seed, author->signature));
  return item;
}

static BtKrpcErrorCode
put (BtDhtStore *store, gint64 now, const BtKrpcItem *item, guint from)
{
  BtEndpoint endpoint = make_peer (from);
  BtNodeId own_id = { { 0 } };

  return bt_dht_store_put (store, now, item, &endpoint, &own_id);
}

static void
test_mutable_items (void)
{
  g_autoptr (BtDhtStore) store = make_store ();
  g_autofree Author *author = make_author (1);
  BtKrpcItem item = write_item (author, 5, "i5e");
  BtSha1 target = bt_dht_item_target (&item);
  BtKrpcItem kept;

  g_assert_false (bt_dht_store_get (store, START, &target, &kept));
  item.sequence = 6;
  g_assert_cmpint (put (store, START, &item, 1), ==, BT_KRPC_ERROR_SIGNATURE);
  item = write_item (author, 5, "i5e");
  g_assert_cmpint (put (store, START, &item, 1), ==, 0);
  g_assert_true (bt_dht_store_get (store, START, &target, &kept));
  g_assert_cmpmem (kept.value.data, kept.value.length, "i5e", 3);
  g_assert_cmpint (kept.sequence, ==, 5);
  g_assert_true (bt_dht_item_verify (&kept));

  item = write_item (author, 4, "i4e");
  g_assert_cmpint (put (store, START, &item, 1), ==, BT_KRPC_ERROR_SEQUENCE);
  item = write_item (author, 5, "i6e");
  g_assert_cmpint (put (store, START, &item, 1), ==, BT_KRPC_ERROR_SEQUENCE);
  item = write_item (author, 6, "i6e");
  item.has_cas = TRUE;
  item.cas = 4;
  g_assert_cmpint (put (store, START, &item, 1), ==, BT_KRPC_ERROR_CAS);
  item.cas = 5;
  g_assert_cmpint (put (store, START, &item, 1), ==, 0);
  g_assert_true (bt_dht_store_get (store, START, &target, &kept));
  g_assert_cmpmem (kept.value.data, kept.value.length, "i6e", 3);
  g_assert_cmpuint (bt_dht_store_n_items (store), ==, 1);
}

/* Whoever puts the same again keeps it young. */
static void
test_item_expiry (void)
{
  g_autoptr (BtDhtStore) store = make_store ();
  BtKrpcItem item = { .value = { (const guint8 *) "i1e", 3 } };
  BtSha1 target = bt_dht_item_target (&item);
  BtKrpcItem kept;

  g_assert_cmpint (put (store, START, &item, 1), ==, 0);
  g_assert_cmpint (put (store, START + 60 * MINUTE, &item, 1), ==, 0);
  g_assert_true (bt_dht_store_get (store, START + 179 * MINUTE, &target, &kept));
  g_assert_null (kept.key);
  g_assert_false (bt_dht_store_get (store, START + 180 * MINUTE, &target, &kept));
  bt_dht_store_expire (store, START + 180 * MINUTE);
  g_assert_cmpuint (bt_dht_store_n_items (store), ==, 0);
}

/* What many keep up stays, and what is near. */
static void
test_full_of_items (void)
{
  g_autoptr (BtDhtStore) store = make_store ();
  BtKrpcItem wanted = { .value = { (const guint8 *) "6:wanted", 8 } };
  BtSha1 target = bt_dht_item_target (&wanted);
  BtKrpcItem kept;

  for (guint i = 0; i < 200; i++)
    g_assert_cmpint (put (store, START, &wanted, i), ==, 0);
  for (guint i = 0; i < 3 * BT_LIMIT_DHT_ITEMS; i++)
    {
      g_autofree char *value = g_strdup_printf ("i%ue", i);
      BtKrpcItem item = { .value = { (const guint8 *) value, strlen (value) } };

      g_assert_cmpint (put (store, START, &item, i), ==, 0);
    }
  g_assert_cmpuint (bt_dht_store_n_items (store), ==, BT_LIMIT_DHT_ITEMS);
  g_assert_true (bt_dht_store_get (store, START, &target, &kept));
}

/* Whatever is done, the counts are right and no cap is passed. */
static void
test_random (void)
{
  g_autoptr (BtDhtStore) store = make_store ();
  gint64 now = START;
  BtRandom random;

  bt_random_seed (&random, 11);
  for (guint i = 0; i < 50000; i++)
    {
      guint hash = bt_random_below (&random, 3000);

      now += bt_random_below (&random, (guint32) SECOND);
      if (bt_random_below (&random, 200) == 0)
        bt_dht_store_expire (store, now);
      add (store, now, hash, bt_random_below (&random, 400), bt_random_below (&random, 2) == 0);
      g_assert_cmpuint (count (store, now, hash, FALSE), >=, 1);
      g_assert_cmpuint (bt_dht_store_n_swarms (store), <=, BT_LIMIT_DHT_SWARMS);
      g_assert_cmpuint (bt_dht_store_n_peers (store), >=, bt_dht_store_n_swarms (store));
    }
  bt_dht_store_expire (store, now + 46 * MINUTE);
  g_assert_cmpuint (bt_dht_store_n_peers (store), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/dht-store/peers", test_peers);
  g_test_add_func ("/proto/dht-store/expiry", test_expiry);
  g_test_add_func ("/proto/dht-store/full-swarm", test_full_swarm);
  g_test_add_func ("/proto/dht-store/full-store", test_full_store);
  g_test_add_func ("/proto/dht-store/all-peers", test_all_peers);
  g_test_add_func ("/proto/dht-store/choice", test_choice);
  g_test_add_func ("/proto/dht-store/scrape", test_scrape);
  g_test_add_func ("/proto/dht-store/samples", test_samples);
  g_test_add_func ("/proto/dht-store/mutable-items", test_mutable_items);
  g_test_add_func ("/proto/dht-store/item-expiry", test_item_expiry);
  g_test_add_func ("/proto/dht-store/full-of-items", test_full_of_items);
  g_test_add_func ("/proto/dht-store/random", test_random);
  return g_test_run ();
}
