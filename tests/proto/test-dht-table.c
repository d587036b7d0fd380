/* test-dht-table.c: who gets into the routing table of the DHT, who leaves, and who is asked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-table.h"

#include "ft-test-vectors.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)
#define START (1000 * SECOND)

static BtEndpoint
at (const char *text)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse (&endpoint, text));
  return endpoint;
}

/* An address of a network of its own. */
static BtEndpoint
nth_address (guint n)
{
  guint8 ip[4] = { 20, (guint8) (n >> 8), (guint8) n, 7 };
  BtEndpoint endpoint;

  bt_endpoint_set_ipv4 (&endpoint, ip, 6881);
  return endpoint;
}

static BtNodeId
own_id (void)
{
  return (BtNodeId){ { 0 } };
}

/* Shares @common_bits bits with our id, and is the @n-th of those. */
static BtNodeId
id_near (guint common_bits, guint n)
{
  BtNodeId id = own_id ();

  id.bytes[common_bits / 8] |= (guint8) (0x80 >> common_bits % 8);
  id.bytes[BT_NODE_ID_SIZE - 2] ^= (guint8) (n >> 8);
  id.bytes[BT_NODE_ID_SIZE - 1] ^= (guint8) n;
  return id;
}

static BtDhtTable *
make_table (void)
{
  BtNodeId id = own_id ();

  return bt_dht_table_new (&id, FALSE);
}

static void
answer_as (BtDhtTable *table, guint common_bits, guint n, const char *address, gint64 now)
{
  BtNodeId id = id_near (common_bits, n);
  BtEndpoint endpoint = address != NULL ? at (address) : nth_address (common_bits * 200 + n);

  bt_dht_table_answered (table, &id, &endpoint, now);
}

/* A node that knows 300 in each half has 128 of the far one, 64 of the next … */
static void
test_split (void)
{
  g_autoptr (BtDhtTable) table = make_table ();

  for (guint bits = 0; bits < 8; bits++)
    for (guint n = 0; n < 180; n++)
      answer_as (table, bits, n, NULL, START);
  g_assert_cmpuint (bt_dht_table_n_buckets (table), ==, 9); /* the last one is empty */
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 128 + 64 + 32 + 16 + 8 * 4);
  g_assert_cmpuint (bt_dht_table_n_good (table, START), ==, bt_dht_table_n_nodes (table));
}

static void
test_known_and_good (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  BtNodeId id = id_near (3, 1);
  BtEndpoint address = nth_address (1);

  answer_as (table, 3, 1, "20.0.1.7:6881", START);
  g_assert_cmpuint (bt_dht_table_n_good (table, START + 15 * MINUTE), ==, 1);
  g_assert_cmpuint (bt_dht_table_n_good (table, START + 16 * MINUTE), ==, 0);
  bt_dht_table_asked_us (table, &id, &address, START + 16 * MINUTE);
  g_assert_cmpuint (bt_dht_table_n_good (table, START + 16 * MINUTE), ==, 1);
  bt_dht_table_failed (table, &address, START + 16 * MINUTE);
  g_assert_cmpuint (bt_dht_table_n_good (table, START + 16 * MINUTE), ==, 1); /* one may be lost */
  bt_dht_table_failed (table, &address, START + 16 * MINUTE);
  g_assert_cmpuint (bt_dht_table_n_good (table, START + 16 * MINUTE), ==, 0);
  bt_dht_table_answered (table, &id, &address, START + 17 * MINUTE);
  g_assert_cmpuint (bt_dht_table_n_good (table, START + 17 * MINUTE), ==, 1);
}

/* Whoever merely asks, or is named, is asked before it is in the table. */
static void
test_only_who_answered (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  BtNodeId id = id_near (3, 1), other = id_near (3, 2);
  BtEndpoint address = nth_address (1), elsewhere = nth_address (2);
  BtKrpcNode node;
  gboolean look_around;

  bt_dht_table_asked_us (table, &id, &address, START);
  bt_dht_table_named (table, &other, &elsewhere);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 0);
  g_assert_cmpuint (bt_dht_table_closest (table, &id, TRUE, 1, &node), ==, 0);
  g_assert_true (bt_dht_table_next_check (table, START, &node, &look_around));
  g_assert_true (bt_sha1_equal (&node.id, &other));
  g_assert_true (look_around);
  g_assert_true (bt_dht_table_next_check (table, START, &node, &look_around));
  g_assert_true (bt_endpoint_equal (&node.endpoint, &address));
  g_assert_false (bt_dht_table_next_check (table, START, &node, &look_around));
  bt_dht_table_answered (table, &id, &address, START);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 1);
  /* Who does not answer twice is forgotten. */
  bt_dht_table_failed (table, &elsewhere, START);
  bt_dht_table_failed (table, &elsewhere, START);
  g_assert_null (bt_dht_table_find (table, &elsewhere));
}

static void
test_one_of_each_address (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  BtEndpoint address = at ("20.0.1.7:6881");
  BtNodeId id;

  answer_as (table, 3, 1, "20.0.1.7:6881", START);
  answer_as (table, 5, 2, "20.0.1.7:6882", START); /* another port: the first stays */
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 1);
  for (guint i = 0; i < 2; i++)
    bt_dht_table_failed (table, &address, START);
  answer_as (table, 5, 2, "20.0.1.7:6882", START); /* now that the first is gone */
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 1);
  id = id_near (5, 2);
  address = at ("20.0.1.7:6882");
  g_assert_true (bt_sha1_equal (&bt_dht_table_find (table, &address)->id, &id));
}

static void
test_one_of_each_network (void)
{
  g_autoptr (BtDhtTable) table = make_table ();

  for (guint n = 0; n < 100; n++) /* fill the first bucket, so that there are two */
    answer_as (table, 0, n, NULL, START);
  for (guint n = 0; n < 29; n++)
    answer_as (table, 1, n, NULL, START);
  g_assert_cmpuint (bt_dht_table_n_buckets (table), ==, 2);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 129);
  answer_as (table, 4, 1, "77.1.2.3:1023", START); /* a service of others */
  answer_as (table, 4, 1, "77.1.2.3:6881", START);
  answer_as (table, 5, 1, "77.1.2.4:6881", START); /* the same /24 in the same bucket */
  answer_as (table, 6, 1, "77.1.3.4:6881", START);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 131);
  answer_as (table, 0, 101, "77.1.2.5:6881", START); /* and in another bucket */
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 132);
}

static void
test_networks_of_ipv6 (void)
{
  BtNodeId id = own_id ();
  g_autoptr (BtDhtTable) table = bt_dht_table_new (&id, TRUE);

  answer_as (table, 0, 1, "[2a00:1:2:3::1]:6881", START);
  answer_as (table, 0, 2, "[2a00:1:2:3:ffff::1]:6881", START); /* the same /64 */
  answer_as (table, 0, 3, "[2a00:1:2:4::1]:6881", START);
  answer_as (table, 0, 4, "20.0.0.1:6881", START); /* of the other family */
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 2);
}

/* In one house all are in one network, several on one machine. */
static void
test_local_network (void)
{
  g_autoptr (BtDhtTable) table = make_table ();

  for (guint n = 1; n < 50; n++)
    {
      g_autofree char *address = g_strdup_printf ("10.0.0.%u:6881", n / 2);

      answer_as (table, n % 8, n, n % 2 == 0 ? address : NULL, START);
    }
  answer_as (table, 2, 90, "192.168.0.9:2001", START);
  answer_as (table, 2, 91, "192.168.0.9:2002", START);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 51);
}

static void
test_never (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  BtNodeId id = own_id ();
  BtEndpoint router = at ("77.0.0.1:6881"), address = nth_address (9);

  bt_dht_table_add_router (table, &router);
  answer_as (table, 3, 1, "77.0.0.1:6881", START);
  answer_as (table, 3, 2, "224.0.0.1:6881", START);
  answer_as (table, 3, 3, "0.1.2.3:6881", START);
  answer_as (table, 3, 4, "77.0.0.2:0", START);
  answer_as (table, 3, 5, "255.255.255.255:6881", START);
  bt_dht_table_answered (table, &id, &address, START); /* under our own id */
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 0);
  /* Known before it was known to be a router. */
  answer_as (table, 3, 6, "77.0.0.3:6881", START);
  router = at ("77.0.0.3:6881");
  bt_dht_table_add_router (table, &router);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 0);
}

static void
test_changes_its_id (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  BtEndpoint address = at ("77.0.0.1:6881");
  BtNodeId id = id_near (5, 3);

  answer_as (table, 3, 1, "77.0.0.1:6881", START);
  answer_as (table, 4, 2, "77.0.0.1:6881", START);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 0);
  answer_as (table, 4, 2, "77.0.0.1:6881", START);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 1);
  /* Somebody who asks us in its name changes nothing: that is easily forged. */
  bt_dht_table_asked_us (table, &id, &address, START);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 1);
  id = id_near (4, 2);
  g_assert_true (bt_sha1_equal (&bt_dht_table_find (table, &address)->id, &id));
}

/* A full bucket: who fails goes for who waits, and one that BEP 42 knows for one that it does not. */
static void
test_replacements (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  BtEndpoint first = nth_address (0), waiting = at ("77.0.0.1:6881");
  BtEndpoint address = at ("99.1.1.1:6881");
  BtKrpcNode closest;
  BtRandom random;
  BtNodeId id;

  for (guint bits = 0; bits < 2; bits++)
    for (guint n = 0; n < 128; n++)
      answer_as (table, bits, n, NULL, START);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 128 + 64);
  answer_as (table, 0, 150, "77.0.0.1:6881", START + SECOND);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 128 + 64);
  bt_dht_table_failed (table, &first, START + SECOND);
  g_assert_nonnull (bt_dht_table_find (table, &first));
  bt_dht_table_failed (table, &first, START + SECOND);
  g_assert_null (bt_dht_table_find (table, &first));
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 128 + 64);
  g_assert_cmpuint (bt_dht_table_find (table, &waiting)->n_failed, ==, 0);

  bt_random_seed (&random, 1);
  do
    id = bt_node_id_make (&address, &random);
  while (id.bytes[0] < 0x80);
  bt_dht_table_answered (table, &id, &address, START + SECOND);
  g_assert_true (bt_dht_table_find (table, &address)->fits);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 128 + 64);
  g_assert_cmpuint (bt_dht_table_closest (table, &id, FALSE, 1, &closest), ==, 1);
  g_assert_true (bt_endpoint_equal (&closest.endpoint, &address));
}

/* When we are cut off everybody fails: they stay for a while, and are not named to others. */
static void
test_cut_off (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  BtEndpoint address = nth_address (3 * 200 + 1);
  BtNodeId id = id_near (3, 1);
  BtKrpcNode node;

  answer_as (table, 3, 1, NULL, START);
  for (guint i = 0; i < 100; i++)
    bt_dht_table_failed (table, &address, START + 2 * MINUTE);
  g_assert_cmpuint (bt_dht_table_closest (table, &id, FALSE, 1, &node), ==, 0);
  g_assert_cmpuint (bt_dht_table_closest (table, &id, TRUE, 1, &node), ==, 1);
  /* Others answer: it is the node that is gone. */
  answer_as (table, 4, 1, NULL, START + 3 * MINUTE);
  for (guint i = 0; i < 18; i++)
    bt_dht_table_failed (table, &address, START + 3 * MINUTE);
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 1);
}

/* The order is that of a full sort, from everywhere. */
static void
test_closest (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (BtKrpcNode));
  BtRandom random;

  bt_random_seed (&random, 42);
  for (guint n = 0; n < 2000; n++)
    {
      BtNodeId id = bt_node_id_random (&random);
      BtEndpoint address = nth_address (n);

      bt_dht_table_answered (table, &id, &address, START);
    }
  bt_dht_table_save (table, 2000, all);
  g_assert_cmpuint (all->len, ==, bt_dht_table_n_nodes (table));
  for (guint round = 0; round < 100; round++)
    {
      BtNodeId target = bt_node_id_random_near (&(BtNodeId){ { 0 } }, round % 16, &random);
      BtKrpcNode found[BT_DHT_K];

      g_assert_cmpuint (bt_dht_table_closest (table, &target, FALSE, BT_DHT_K, found), ==, BT_DHT_K);
      for (guint i = 0; i < all->len; i++)
        {
          const BtNodeId *id = &g_array_index (all, BtKrpcNode, i).id;
          guint n_closer = 0;

          for (guint k = 0; k < BT_DHT_K; k++)
            n_closer += bt_node_id_compare (&target, &found[k].id, id) < 0;
          if (n_closer < BT_DHT_K)
            g_assert_true (bt_sha1_equal (&found[n_closer].id, id));
        }
    }
}

static void
test_least_seen_is_asked (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  BtNodeId expected = id_near (2, 2);
  BtKrpcNode node;
  gboolean look_around;

  for (guint n = 1; n < 8; n++)
    answer_as (table, 2, n, NULL, n == 2 ? START : START + MINUTE);
  g_assert_false (bt_dht_table_next_check (table, START + 10 * MINUTE, &node, &look_around));
  g_assert_true (bt_dht_table_next_check (table, START + 14 * MINUTE, &node, &look_around));
  g_assert_true (bt_sha1_equal (&node.id, &expected));
  for (guint n = 1; n < 7; n++)
    g_assert_true (bt_dht_table_next_check (table, START + 14 * MINUTE, &node, &look_around));
  g_assert_false (bt_dht_table_next_check (table, START + 14 * MINUTE, &node, &look_around));
}

static void
test_refresh (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  BtNodeId own = own_id (), target;
  gboolean seen[5] = { FALSE };
  BtRandom random;

  bt_random_seed (&random, 1);
  for (guint bits = 0; bits < 4; bits++)
    for (guint n = 0; n < 150; n++)
      answer_as (table, bits, n, NULL, START);
  g_assert_cmpuint (bt_dht_table_n_buckets (table), ==, 5);
  for (guint i = 0; i < 5; i++) /* each is looked up once */
    g_assert_true (bt_dht_table_next_refresh (table, &random, START, &target));
  g_assert_false (bt_dht_table_next_refresh (table, &random, START + 15 * MINUTE, &target));
  bt_dht_table_renew (table);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_true (bt_dht_table_next_refresh (table, &random, START + MINUTE, &target));
      seen[MIN (bt_node_id_common_bits (&own, &target), 4)] = TRUE;
    }
  g_assert_false (bt_dht_table_next_refresh (table, &random, START + MINUTE, &target));
  for (guint i = 0; i < 5; i++)
    g_assert_true (seen[i]);
  g_assert_true (bt_dht_table_next_refresh (table, &random, START + 17 * MINUTE, &target));
}

/* Under a new id the same nodes stand in other buckets. */
static void
test_moves (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  BtNodeId id = id_near (0, 77), target = id_near (0, 3);
  BtKrpcNode node;

  for (guint bits = 0; bits < 4; bits++)
    for (guint n = 0; n < 30; n++)
      answer_as (table, bits, n, NULL, START);
  bt_dht_table_move (table, &id, START + SECOND);
  g_assert_true (bt_sha1_equal (bt_dht_table_own_id (table), &id));
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 120);
  g_assert_cmpuint (bt_dht_table_n_good (table, START + SECOND), ==, 120);
  g_assert_cmpuint (bt_dht_table_closest (table, &target, FALSE, 1, &node), ==, 1);
  g_assert_true (bt_sha1_equal (&node.id, &target));
}

/* Floods of forged questions do not drive out who answered, and nothing grows. */
static void
test_flood (void)
{
  g_autoptr (BtDhtTable) table = make_table ();
  BtRandom random;

  bt_random_seed (&random, 5);
  for (guint n = 0; n < 20; n++)
    answer_as (table, n % 5, n, NULL, START);
  for (guint n = 0; n < 20000; n++)
    {
      BtNodeId id = bt_node_id_random (&random);
      BtEndpoint address = nth_address (5000 + n);

      bt_dht_table_asked_us (table, &id, &address, START);
    }
  g_assert_cmpuint (bt_dht_table_n_nodes (table), ==, 20);
  g_assert_cmpuint (bt_dht_table_n_known (table), <=, 20 + 8 * bt_dht_table_n_buckets (table));
}

/* Neighbours at home share a network, and may all be known. */
static void
test_same_network_table (void)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("libtorrent/vectors/dht_compare_ip_cidr.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      BtEndpoint a, b;
      gboolean same = g_str_equal (ft_test_cell (rows->pdata[i], 2)->str, "true");

      g_assert_true (bt_endpoint_parse_ip (&a, ft_test_cell (rows->pdata[i], 0)->str, 1));
      g_assert_true (bt_endpoint_parse_ip (&b, ft_test_cell (rows->pdata[i], 1)->str, 2));
      g_assert_cmpint (bt_dht_same_network (&a, &b), ==, same && !bt_endpoint_is_local (&a));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-table/split", test_split);
  g_test_add_func ("/dht-table/known-and-good", test_known_and_good);
  g_test_add_func ("/dht-table/only-who-answered", test_only_who_answered);
  g_test_add_func ("/dht-table/one-of-each-address", test_one_of_each_address);
  g_test_add_func ("/dht-table/one-of-each-network", test_one_of_each_network);
  g_test_add_func ("/dht-table/networks-of-ipv6", test_networks_of_ipv6);
  g_test_add_func ("/dht-table/same-network-table", test_same_network_table);
  g_test_add_func ("/dht-table/local-network", test_local_network);
  g_test_add_func ("/dht-table/never", test_never);
  g_test_add_func ("/dht-table/changes-its-id", test_changes_its_id);
  g_test_add_func ("/dht-table/replacements", test_replacements);
  g_test_add_func ("/dht-table/cut-off", test_cut_off);
  g_test_add_func ("/dht-table/closest", test_closest);
  g_test_add_func ("/dht-table/least-seen-is-asked", test_least_seen_is_asked);
  g_test_add_func ("/dht-table/refresh", test_refresh);
  g_test_add_func ("/dht-table/moves", test_moves);
  g_test_add_func ("/dht-table/flood", test_flood);
  return g_test_run ();
}
