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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-sim/big", test_big);
  return g_test_run ();
}
