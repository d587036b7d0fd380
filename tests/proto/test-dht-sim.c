/* test-dht-sim.c: a thousand nodes of the DHT in one process, on a clock and network of their own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-dht-net.h"

#include "bt-dht-table.h"
#include "ft-test.h"

#define N_BIG 1000

static FtDhtHost *
nth (FtDhtNet *net, guint n)
{
  return g_ptr_array_index (net->hosts, n);
}

static FtDhtHost *
any (FtDhtNet *net)
{
  return nth (net, bt_random_below (&net->random, net->hosts->len));
}

static BtSha1
random_hash (FtDhtNet *net)
{
  return bt_node_id_random (&net->random);
}

/* The address that others find when @host announces @port. */
static BtEndpoint
peer_at (const FtDhtHost *host, guint16 port)
{
  BtEndpoint peer = host->address;

  peer.port = port;
  return peer;
}

static gboolean
has_found (const FtDhtFound *found, const FtDhtHost *host, guint16 port)
{
  BtEndpoint peer = peer_at (host, port);

  return g_hash_table_contains (found->peers, &peer);
}

static void
announce (FtDhtHost *host, const BtSha1 *info_hash, guint16 port)
{
  g_autoptr (FtDhtFound) found = ft_dht_host_find (host, info_hash, port);

  g_assert_cmpuint (found->result.n_announced, >, 0);
}

/* Each answer names the 8 closest that somebody knows who is in the target's own subtree at least as far as
 * the way has come. In a full bucket of 8, some node shares three more bits with the target than its
 * owner does, on average; the table of the first gives at least as much, for its buckets are larger
 * the further they are. So log2 (n) bits take log2 (n) / 3 hops; one more is allowed, for bits come
 * by chance. */
static guint
hops_allowed (guint n_nodes)
{
  return (g_bit_storage (n_nodes) + 2) / 3 + 1;
}

/* A thousand join through one of them in 100 s. */
static void
test_big (void)
{
  g_autoptr (FtDhtNet) net = ft_dht_net_new (20240501, FALSE);
  guint n_missing = 0, n_lonely = 0, most_hops = 0;
  gint64 start = g_get_monotonic_time ();

  ft_dht_net_grow (net, N_BIG);
  ft_dht_net_run (net, 3 * FT_DHT_MINUTE);
  g_test_message ("%u nodes, %" G_GUINT64_FORMAT " datagrams, %.1f s", N_BIG, net->n_datagrams,
                  (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  for (guint i = 0; i < N_BIG; i++)
    {
      BtDhtStatus status;
      guint n_known = ft_dht_host_count_neighbours (nth (net, i), BT_DHT_K);

      bt_dht_get_status (nth (net, i)->dht, net->now, &status);
      g_assert_cmpint (status.state, ==, BT_DHT_WORKING);
      g_assert_cmpuint (status.n_good, >=, 60);
      n_missing += BT_DHT_K - n_known;
      n_lonely += n_known < BT_DHT_K - 2;
    }
  g_test_message ("neighbours missing: %u of %u; nodes without more than two: %u", n_missing,
                  N_BIG * BT_DHT_K, n_lonely);
  g_assert_cmpuint (n_missing, <, N_BIG * BT_DHT_K / 50);
  g_assert_cmpuint (n_lonely, ==, 0);

  for (guint round = 0; round < 20; round++)
    {
      FtDhtHost *announcer = any (net);
      BtSha1 info_hash = random_hash (net);
      g_autoptr (FtDhtFound) announced = ft_dht_host_find (announcer, &info_hash, 51413);
      g_autoptr (FtDhtFound) found = NULL;

      g_assert_cmpuint (announced->result.n_announced, ==, BT_DHT_K);
      found = ft_dht_host_find (any (net), &info_hash, 0);
      g_assert_true (has_found (found, announcer, 51413));
      g_assert_cmpuint (found->result.n_hops, <=, hops_allowed (N_BIG));
      most_hops = MAX (most_hops, found->result.n_hops);
    }
  g_test_message ("most hops: %u of %u", most_hops, hops_allowed (N_BIG));
}

static void
assert_all_work (FtDhtNet *net)
{
  for (guint i = 0; i < net->hosts->len; i++)
    {
      BtDhtStatus status;

      if (nth (net, i)->dht == NULL || nth (net, i)->is_down)
        continue;
      bt_dht_get_status (nth (net, i)->dht, net->now, &status);
      g_assert_cmpint (status.state, ==, BT_DHT_WORKING);
    }
}

/* @n searches by anybody for what anybody announces. Returns how many found it. */
static guint
count_found (FtDhtNet *net, guint n)
{
  guint n_found = 0;

  for (guint i = 0; i < n; i++)
    {
      FtDhtHost *announcer = any (net);
      BtSha1 info_hash = random_hash (net);
      g_autoptr (FtDhtFound) announced = ft_dht_host_find (announcer, &info_hash, 51413);
      g_autoptr (FtDhtFound) found = ft_dht_host_find (any (net), &info_hash, 0);

      n_found += has_found (found, announcer, 51413);
    }
  return n_found;
}

/* A fifth of all datagrams is lost, so about a third of the questions has no answer. */
static void
test_loss (void)
{
  g_autoptr (FtDhtNet) net = ft_dht_net_new (7, FALSE);
  guint n_missing = 0;

  net->loss_percent = 20;
  ft_dht_net_grow (net, 100);
  ft_dht_net_run (net, 10 * FT_DHT_MINUTE);
  assert_all_work (net);
  for (guint i = 0; i < 100; i++)
    n_missing += BT_DHT_K - ft_dht_host_count_neighbours (nth (net, i), BT_DHT_K);
  g_test_message ("neighbours missing: %u of 800", n_missing);
  g_assert_cmpuint (n_missing, <, 40);
  /* It would take all eight that are asked to store it, or to tell it, to be unlucky. */
  g_assert_cmpuint (count_found (net, 30), ==, 30);
}

static void
test_ipv6 (void)
{
  g_autoptr (FtDhtNet) net = ft_dht_net_new (8, TRUE);

  ft_dht_net_grow (net, 60);
  ft_dht_net_run (net, 5 * FT_DHT_MINUTE);
  assert_all_work (net);
  for (guint i = 0; i < 60; i++)
    {
      g_assert_cmpuint (ft_dht_host_count_neighbours (nth (net, i), BT_DHT_K), >=, BT_DHT_K - 1);
      g_assert_true (bt_node_id_fits (bt_dht_id (nth (net, i)->dht), &nth (net, i)->address));
    }
  g_assert_cmpuint (count_found (net, 10), ==, 10);
}

/* Nobody tells the nodes of IPv6 of each other, but the others, who are asked for both (BEP 32). */
static void
test_siblings (void)
{
  g_autoptr (FtDhtNet) net = ft_dht_net_new (9, FALSE);
  BtEndpoint first;

  ft_dht_net_grow (net, 30);
  net->is_ipv6 = TRUE;
  for (guint i = 0; i < 30; i++)
    {
      FtDhtHost *host = ft_dht_net_add (net, NULL);

      bt_dht_set_sibling (host->dht, nth (net, i)->dht);
      bt_dht_set_sibling (nth (net, i)->dht, host->dht);
    }
  first = nth (net, 30)->address;
  bt_dht_add_address (nth (net, 31)->dht, &first, net->now);
  ft_dht_host_rearm (nth (net, 31));
  ft_dht_net_run (net, 15 * FT_DHT_MINUTE);
  assert_all_work (net);
  for (guint i = 30; i < 60; i++)
    {
      BtDhtStatus status;

      bt_dht_get_status (nth (net, i)->dht, net->now, &status);
      g_assert_cmpuint (status.n_good, >=, BT_DHT_K);
    }
}

/* What is announced is there for half an hour, and not for more than three quarters. */
static void
test_expiry (void)
{
  g_autoptr (FtDhtNet) net = ft_dht_net_new (10, FALSE);
  BtSha1 info_hash = random_hash (net);

  ft_dht_net_grow (net, 40);
  ft_dht_net_run (net, 2 * FT_DHT_MINUTE);
  announce (nth (net, 5), &info_hash, 7000);
  for (guint minutes = 0; minutes <= 50; minutes += 10)
    {
      g_autoptr (FtDhtFound) found = ft_dht_host_find (nth (net, 17), &info_hash, 0);

      if (minutes <= 30 || minutes > 45)
        g_assert_true (has_found (found, nth (net, 5), 7000) == (minutes <= 30));
      ft_dht_net_run (net, 10 * FT_DHT_MINUTE);
    }
  for (guint i = 0; i < 40; i++)
    {
      BtDhtStatus status;

      bt_dht_get_status (nth (net, i)->dht, net->now, &status);
      g_assert_cmpuint (status.n_stored_peers, ==, 0);
      g_assert_cmpuint (status.n_good, >=, 35); /* and an hour later everybody knows everybody */
    }
}

/* Half of those it knew are gone, and nobody tells it of others. */
static void
test_saved_nodes (void)
{
  g_autoptr (FtDhtNet) net = ft_dht_net_new (11, FALSE);
  g_autoptr (GArray) saved = NULL;
  FtDhtHost *host;
  BtDhtStatus status;
  BtNodeId id;

  ft_dht_net_grow (net, 100);
  ft_dht_net_run (net, 5 * FT_DHT_MINUTE);
  host = nth (net, 50);
  id = *bt_dht_id (host->dht);
  saved = bt_dht_save (host->dht, 300, net->now);
  g_assert_cmpuint (saved->len, >=, 60);
  for (guint i = 0; i < 100; i += 2)
    nth (net, i)->is_down = i != host->index;
  ft_dht_host_restart (host, &id);
  bt_dht_get_status (host->dht, net->now, &status);
  g_assert_cmpint (status.state, ==, BT_DHT_IDLE);
  bt_dht_add_saved (host->dht, (const BtKrpcNode *) saved->data, saved->len, net->now);
  ft_dht_host_rearm (host);
  bt_dht_get_status (host->dht, net->now, &status);
  g_assert_cmpint (status.state, ==, BT_DHT_STARTING);
  ft_dht_net_run (net, 5 * FT_DHT_SECOND);
  bt_dht_get_status (host->dht, net->now, &status);
  g_assert_cmpint (status.state, ==, BT_DHT_WORKING);
  ft_dht_net_run (net, 5 * FT_DHT_MINUTE);
  g_assert_cmpuint (ft_dht_host_count_neighbours (host, BT_DHT_K), >=, BT_DHT_K - 1);
  g_assert_true (bt_sha1_equal (bt_dht_id (host->dht), &id));
  /* Whom it could not ask yet is saved again. */
  g_array_unref (saved);
  saved = bt_dht_save (host->dht, 300, net->now);
  g_assert_cmpuint (saved->len, >=, 40);
}

/* Everybody is cut off for an hour and finds the others again. */
static void
test_outage (void)
{
  g_autoptr (FtDhtNet) net = ft_dht_net_new (12, FALSE);
  BtDhtStatus status;

  ft_dht_net_grow (net, 40);
  ft_dht_net_run (net, 2 * FT_DHT_MINUTE);
  net->loss_percent = 100;
  ft_dht_net_run (net, 60 * FT_DHT_MINUTE);
  bt_dht_get_status (nth (net, 3)->dht, net->now, &status);
  g_assert_cmpint (status.state, ==, BT_DHT_NO_ANSWER);
  net->loss_percent = 0;
  bt_dht_restart (nth (net, 3)->dht, net->now); /* it is told */
  ft_dht_host_rearm (nth (net, 3));
  ft_dht_net_run (net, 3 * FT_DHT_SECOND);
  bt_dht_get_status (nth (net, 3)->dht, net->now, &status);
  g_assert_cmpint (status.state, ==, BT_DHT_WORKING);
  ft_dht_net_run (net, 6 * FT_DHT_MINUTE); /* the others are not */
  assert_all_work (net);
}

/* A node that is seen at another address takes an id that fits there. */
static void
test_address_change (void)
{
  g_autoptr (FtDhtNet) net = ft_dht_net_new (13, FALSE);
  FtDhtHost *host;
  BtEndpoint address;
  BtNodeId old;
  BtSha1 info_hash = random_hash (net);

  ft_dht_net_grow (net, 60);
  ft_dht_net_run (net, 5 * FT_DHT_MINUTE);
  host = nth (net, 20);
  g_assert_cmpuint (host->n_id_changes, ==, 0);
  old = *bt_dht_id (host->dht);
  address = ft_dht_net_nth_address (net, 5000);
  ft_dht_host_move (host, &address);
  ft_dht_net_run (net, 40 * FT_DHT_MINUTE);
  g_assert_cmpuint (host->n_id_changes, ==, 1);
  g_assert_false (bt_sha1_equal (bt_dht_id (host->dht), &old));
  g_assert_true (bt_node_id_fits (bt_dht_id (host->dht), &address));
  g_assert_cmpuint (ft_dht_host_count_neighbours (host, BT_DHT_K), >=, BT_DHT_K - 1);
  /* And is found there. */
  announce (host, &info_hash, 7000);
  g_autoptr (FtDhtFound) found = ft_dht_host_find (nth (net, 1), &info_hash, 0);
  g_assert_true (has_found (found, host, 7000));
}

/* A new node has no address and any id; the first answers tell it. */
static void
test_first_address (void)
{
  g_autoptr (FtDhtNet) net = ft_dht_net_new (14, FALSE);
  BtNodeId id = { { 0x42 } };
  FtDhtHost *host;

  ft_dht_net_grow (net, 30);
  host = ft_dht_net_add (net, &id);
  bt_dht_add_address (host->dht, &nth (net, 0)->address, net->now);
  ft_dht_host_rearm (host);
  ft_dht_net_run (net, FT_DHT_MINUTE);
  g_assert_cmpuint (host->n_id_changes, ==, 1);
  g_assert_true (bt_node_id_fits (bt_dht_id (host->dht), &host->address));
  g_assert_cmpuint (ft_dht_host_count_neighbours (host, BT_DHT_K), >=, BT_DHT_K - 2);
}

/* It finds and is found, and nobody counts on it. */
static void
test_read_only (void)
{
  g_autoptr (FtDhtNet) net = ft_dht_net_new (15, FALSE);
  BtSha1 info_hash = random_hash (net);
  FtDhtHost *host;

  ft_dht_net_grow (net, 30);
  host = ft_dht_net_add_read_only (net);
  bt_dht_add_address (host->dht, &nth (net, 0)->address, net->now);
  ft_dht_host_rearm (host);
  ft_dht_net_run (net, 5 * FT_DHT_MINUTE);
  announce (host, &info_hash, 7000);
  g_autoptr (FtDhtFound) found = ft_dht_host_find (nth (net, 1), &info_hash, 0);
  g_assert_true (has_found (found, host, 7000));
  for (guint i = 0; i < 30; i++)
    {
      g_autoptr (GArray) known = bt_dht_save (nth (net, i)->dht, 300, net->now);

      for (guint k = 0; k < known->len; k++)
        g_assert_false (bt_endpoint_equal (&g_array_index (known, BtKrpcNode, k).endpoint, &host->address));
    }
}

static void
no_peers_cb (gpointer data, const BtEndpoint *peers, guint n_peers)
{
}

static void
scraped_cb (gpointer data, const BtDhtPeersResult *result)
{
  *(BtDhtPeersResult *) data = *result;
}

/* How many there are is counted over all that were told (BEP 33). */
static void
test_scrape (void)
{
  g_autoptr (FtDhtNet) net = ft_dht_net_new (16, FALSE);
  BtSha1 info_hash = random_hash (net);
  BtDhtPeersQuery query = { .info_hash = info_hash, .announce = TRUE, .port = 7000, .scrape = TRUE };
  BtDhtPeersResult result = { 0 };

  ft_dht_net_grow (net, 60);
  ft_dht_net_run (net, 2 * FT_DHT_MINUTE);
  for (guint i = 0; i < 30; i++)
    {
      query.seed = i % 3 == 0;
      bt_dht_find_peers (nth (net, i)->dht, &query, no_peers_cb, scraped_cb, &result, net->now);
      ft_dht_host_rearm (nth (net, i));
      ft_dht_net_run (net, 20 * FT_DHT_SECOND);
    }
  query.announce = FALSE;
  query.seed = FALSE;
  bt_dht_find_peers (nth (net, 40)->dht, &query, no_peers_cb, scraped_cb, &result, net->now);
  ft_dht_host_rearm (nth (net, 40));
  ft_dht_net_run (net, 20 * FT_DHT_SECOND);
  g_assert_true (result.has_scrape);
  g_assert_cmpuint (result.n_peers, ==, 30);
  g_assert_cmpuint (result.n_seeds, >=, 9);
  g_assert_cmpuint (result.n_seeds, <=, 11);
  g_assert_cmpuint (result.n_downloaders, >=, 18);
  g_assert_cmpuint (result.n_downloaders, <=, 22);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-sim/big", test_big);
  g_test_add_func ("/dht-sim/loss", test_loss);
  g_test_add_func ("/dht-sim/ipv6", test_ipv6);
  g_test_add_func ("/dht-sim/siblings", test_siblings);
  g_test_add_func ("/dht-sim/expiry", test_expiry);
  g_test_add_func ("/dht-sim/saved-nodes", test_saved_nodes);
  g_test_add_func ("/dht-sim/outage", test_outage);
  g_test_add_func ("/dht-sim/address-change", test_address_change);
  g_test_add_func ("/dht-sim/first-address", test_first_address);
  g_test_add_func ("/dht-sim/read-only", test_read_only);
  g_test_add_func ("/dht-sim/scrape", test_scrape);
  return g_test_run ();
}
