/* test-dht-lookup.c: in which order a search of the DHT asks, and when it is done.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-lookup.h"

#include "bt-dht-table.h"
#include "ft-test.h"

/* Node n is at distance n from the target, which is all zeros, and has a network of its own. */
static BtKrpcNode
nth (guint n)
{
  guint8 ip[4] = { 20, (guint8) (n >> 8), (guint8) n, 7 };
  BtKrpcNode node = { 0 };

  node.id.bytes[BT_NODE_ID_SIZE - 2] = (guint8) (n >> 8);
  node.id.bytes[BT_NODE_ID_SIZE - 1] = (guint8) n;
  bt_endpoint_set_ipv4 (&node.endpoint, ip, 6881);
  return node;
}

static BtDhtLookup *
make_lookup (void)
{
  BtNodeId target = { { 0 } }, own = { { 0xff } };

  return bt_dht_lookup_new (&target, &own);
}

static void
add (BtDhtLookup *lookup, guint n)
{
  BtKrpcNode node = nth (n);

  bt_dht_lookup_add_node (lookup, &node);
}

/* Which node is asked next; 0: nobody. */
static guint
next (BtDhtLookup *lookup)
{
  gboolean has_id;
  BtKrpcNode node;

  if (!bt_dht_lookup_next (lookup, &node, &has_id))
    return 0;
  return (guint) node.endpoint.ip[13] << 8 | node.endpoint.ip[14];
}

/* @nodes: that it names, ended by 0. */
static guint
answer (BtDhtLookup *lookup, guint n, const guint *nodes)
{
  BtKrpcNode from = nth (n);
  BtKrpcNode named[32];
  guint n_named = 0;

  for (; nodes != NULL && nodes[n_named] != 0; n_named++)
    named[n_named] = nth (nodes[n_named]);
  return bt_dht_lookup_answered (lookup, &from.endpoint, &from.id,
                                 (BtKrpcSpan){ (const guint8 *) "token", 5 }, named, n_named);
}

static void
test_closest_first (void)
{
  g_autoptr (BtDhtLookup) lookup = make_lookup ();
  const guint closer[] = { 10, 700, 20, 0 };

  add (lookup, 500);
  add (lookup, 400);
  add (lookup, 600);
  g_assert_cmpuint (next (lookup), ==, 400);
  g_assert_cmpuint (next (lookup), ==, 500);
  g_assert_cmpuint (answer (lookup, 500, closer), ==, 1);
  g_assert_cmpuint (next (lookup), ==, 10);
  g_assert_cmpuint (next (lookup), ==, 20);
  g_assert_cmpuint (next (lookup), ==, 600);
  g_assert_cmpuint (next (lookup), ==, 0); /* four answers are due */
  g_assert_false (bt_dht_lookup_is_done (lookup));
  g_assert_cmpuint (answer (lookup, 20, NULL), ==, 2);
  g_assert_cmpuint (next (lookup), ==, 700);
}

static void
test_done_when_closest_answered (void)
{
  g_autoptr (BtDhtLookup) lookup = make_lookup ();
  BtDhtHolder holders[20];
  guint asked;

  for (guint n = 1; n <= 40; n++)
    add (lookup, n);
  while ((asked = next (lookup)) != 0)
    answer (lookup, asked, NULL);
  g_assert_true (bt_dht_lookup_is_done (lookup));
  g_assert_cmpuint (bt_dht_lookup_n_answers (lookup), ==, BT_DHT_K);
  g_assert_cmpuint (bt_dht_lookup_closest (lookup, 20, holders), ==, BT_DHT_K);
  for (guint i = 0; i < BT_DHT_K; i++)
    {
      BtKrpcNode expected = nth (i + 1);

      g_assert_true (bt_sha1_equal (&holders[i].node.id, &expected.id));
      g_assert_cmpmem (holders[i].token.data, holders[i].token.length, "token", 5);
    }
}

/* Those that do not answer are passed over, and the search goes on beside those that are slow. */
static void
test_slow_and_dead (void)
{
  g_autoptr (BtDhtLookup) lookup = make_lookup ();
  BtKrpcNode node;
  guint asked;

  for (guint n = 1; n <= 40; n++)
    add (lookup, n);
  for (guint n = 1; n <= 4; n++)
    g_assert_cmpuint (next (lookup), ==, n);
  g_assert_cmpuint (next (lookup), ==, 0);
  node = nth (2);
  bt_dht_lookup_slow (lookup, &node.endpoint);
  g_assert_cmpuint (next (lookup), ==, 5);
  g_assert_cmpuint (next (lookup), ==, 0);
  node = nth (3);
  bt_dht_lookup_failed (lookup, &node.endpoint);
  g_assert_cmpuint (next (lookup), ==, 6);
  for (guint n = 4; n <= 6; n++)
    answer (lookup, n, NULL);
  answer (lookup, 1, NULL);
  while ((asked = next (lookup)) != 0)
    answer (lookup, asked, NULL);
  g_assert_cmpuint (bt_dht_lookup_n_answers (lookup), ==, BT_DHT_K);
  g_assert_false (bt_dht_lookup_is_done (lookup)); /* the slow one may be one of the closest */
  g_assert_cmpuint (answer (lookup, 2, NULL), ==, 1);
  g_assert_true (bt_dht_lookup_is_done (lookup));
}

static void
test_nobody (void)
{
  g_autoptr (BtDhtLookup) lookup = make_lookup ();
  BtKrpcNode node = nth (1);

  g_assert_true (bt_dht_lookup_is_done (lookup));
  add (lookup, 1);
  g_assert_false (bt_dht_lookup_is_done (lookup));
  g_assert_cmpuint (next (lookup), ==, 1);
  bt_dht_lookup_failed (lookup, &node.endpoint);
  g_assert_true (bt_dht_lookup_is_done (lookup));
  g_assert_cmpuint (bt_dht_lookup_n_answers (lookup), ==, 0);
  add (lookup, 2); /* it may go on */
  g_assert_false (bt_dht_lookup_is_done (lookup));
}

static void
test_answers_that_do_not_count (void)
{
  g_autoptr (BtDhtLookup) lookup = make_lookup ();
  BtKrpcNode node = nth (300);
  BtNodeId near = nth (1).id;

  add (lookup, 300);
  g_assert_cmpuint (answer (lookup, 300, NULL), ==, 0); /* not asked yet */
  g_assert_cmpuint (answer (lookup, 5, NULL), ==, 0);   /* unknown */
  g_assert_cmpuint (next (lookup), ==, 300);
  /* Under another id, nearer than it was. */
  g_assert_cmpuint (bt_dht_lookup_answered (lookup, &node.endpoint, &near, (BtKrpcSpan){ NULL, 0 },
                                            NULL, 0), ==, 0);
  g_assert_cmpuint (answer (lookup, 300, NULL), ==, 0); /* twice */
  g_assert_cmpuint (bt_dht_lookup_n_answers (lookup), ==, 0);
  g_assert_true (bt_dht_lookup_is_done (lookup));
}

static void
test_addresses_and_routers (void)
{
  g_autoptr (BtDhtLookup) lookup = make_lookup ();
  BtKrpcNode router = nth (50), contact = nth (60);
  const guint closer[] = { 7, 8, 0 };
  BtDhtHolder holders[8];

  bt_dht_lookup_add_address (lookup, &router.endpoint, TRUE);
  bt_dht_lookup_add_address (lookup, &contact.endpoint, FALSE);
  bt_dht_lookup_add_address (lookup, &contact.endpoint, FALSE);
  g_assert_cmpuint (next (lookup), ==, 50);
  g_assert_cmpuint (next (lookup), ==, 60);
  g_assert_cmpuint (next (lookup), ==, 0);
  g_assert_cmpuint (answer (lookup, 50, closer), ==, 1);
  g_assert_cmpuint (answer (lookup, 60, NULL), ==, 1);
  g_assert_cmpuint (next (lookup), ==, 7);
  g_assert_cmpuint (answer (lookup, 7, NULL), ==, 2);
  g_assert_cmpuint (next (lookup), ==, 8);
  answer (lookup, 8, NULL);
  g_assert_true (bt_dht_lookup_is_done (lookup));
  g_assert_cmpuint (bt_dht_lookup_closest (lookup, 8, holders), ==, 3); /* the router is not one */
  g_assert_true (bt_endpoint_equal (&holders[2].node.endpoint, &contact.endpoint));
}

/* Sixteen of one answer, one of each network and id, not us. */
static void
test_whom_it_takes (void)
{
  g_autoptr (BtDhtLookup) lookup = make_lookup ();
  BtKrpcNode node, named[32];
  guint n_asked = 0;

  add (lookup, 1000);
  g_assert_cmpuint (next (lookup), ==, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (named); i++)
    named[i] = nth (i + 1);
  named[1].endpoint.ip[14] = 1; /* in the network of the first */
  named[1].endpoint.ip[15] = 9;
  named[2].id = (BtNodeId){ { 0xff } }; /* us */
  named[3].id = named[4].id;
  node = nth (1000);
  bt_dht_lookup_answered (lookup, &node.endpoint, &node.id, (BtKrpcSpan){ NULL, 0 }, named, 32);
  for (guint n; (n = next (lookup)) != 0; n_asked++)
    {
      g_assert_cmpuint (n, <=, 16);
      node = nth (n);
      bt_dht_lookup_failed (lookup, &node.endpoint);
    }
  g_assert_cmpuint (n_asked, ==, 13);
}

/* Whoever names somebody closer each time does not keep it going for ever. */
static void
test_endless (void)
{
  g_autoptr (BtDhtLookup) lookup = make_lookup ();
  guint n_asked = 0;
  guint asked;

  add (lookup, 60000);
  while ((asked = next (lookup)) != 0 && n_asked < 2000)
    {
      const guint closer[] = { asked - 1, 0 };

      answer (lookup, asked, closer);
      n_asked++;
    }
  g_assert_cmpuint (n_asked, <, 500);
  g_assert_true (bt_dht_lookup_is_done (lookup));
}

static void
test_bounded (void)
{
  g_autoptr (BtDhtLookup) lookup = make_lookup ();
  guint n_asked = 0;

  for (guint n = 1; n <= 5000; n++)
    add (lookup, 5001 - n);
  for (guint n; (n = next (lookup)) != 0; n_asked++)
    {
      BtKrpcNode node = nth (n);

      g_assert_cmpuint (n, ==, n_asked + 1);
      bt_dht_lookup_failed (lookup, &node.endpoint);
    }
  g_assert_cmpuint (n_asked, ==, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-lookup/closest-first", test_closest_first);
  g_test_add_func ("/dht-lookup/done-when-closest-answered", test_done_when_closest_answered);
  g_test_add_func ("/dht-lookup/slow-and-dead", test_slow_and_dead);
  g_test_add_func ("/dht-lookup/nobody", test_nobody);
  g_test_add_func ("/dht-lookup/answers-that-do-not-count", test_answers_that_do_not_count);
  g_test_add_func ("/dht-lookup/addresses-and-routers", test_addresses_and_routers);
  g_test_add_func ("/dht-lookup/whom-it-takes", test_whom_it_takes);
  g_test_add_func ("/dht-lookup/endless", test_endless);
  g_test_add_func ("/dht-lookup/bounded", test_bounded);
  return g_test_run ();
}
