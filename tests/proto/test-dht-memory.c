/* test-dht-memory.c: what our node of the DHT remembers over a restart.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-memory.h"

#include <string.h>

static BtKrpcNode
make_node (BtRandom *random, gboolean is_ipv6)
{
  BtKrpcNode node = { bt_node_id_random (random) };
  guint8 ip[16];

  bt_random_fill (random, ip, sizeof ip);
  ip[0] = is_ipv6 ? 0x2a : 20;
  if (is_ipv6)
    bt_endpoint_set_ipv6 (&node.endpoint, ip, (guint16) (1024 + bt_random_below (random, 64512)));
  else
    bt_endpoint_set_ipv4 (&node.endpoint, ip, (guint16) (1024 + bt_random_below (random, 64512)));
  return node;
}

static void
check_round_trip (BtRandom *random, gboolean is_ipv6, guint n_nodes)
{
  g_auto (BtDhtMemory) memory = { bt_node_id_random (random), 1700000000, NULL };
  g_auto (BtDhtMemory) back = { .nodes = NULL };
  g_autofree char *text = NULL;

  memory.nodes = g_array_new (FALSE, FALSE, sizeof (BtKrpcNode));
  for (guint i = 0; i < n_nodes; i++)
    {
      BtKrpcNode node = make_node (random, is_ipv6);

      g_array_append_val (memory.nodes, node);
    }
  text = bt_dht_memory_format (&memory, is_ipv6);
  g_assert_true (bt_dht_memory_parse (text, is_ipv6, &back));
  g_assert_true (bt_sha1_equal (&back.id, &memory.id));
  g_assert_cmpint (back.made_at, ==, memory.made_at);
  g_assert_cmpuint (back.nodes->len, ==, MIN (n_nodes, BT_DHT_MEMORY_MAX_NODES));
  for (guint i = 0; i < back.nodes->len; i++)
    {
      const BtKrpcNode *a = &g_array_index (memory.nodes, BtKrpcNode, i);
      const BtKrpcNode *b = &g_array_index (back.nodes, BtKrpcNode, i);

      g_assert_true (bt_sha1_equal (&a->id, &b->id) && bt_endpoint_equal (&a->endpoint, &b->endpoint));
    }
}

static void
test_round_trip (void)
{
  static const guint counts[] = { 0, 1, 8, 300, 500 };
  BtRandom random;

  bt_random_seed (&random, 31);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      check_round_trip (&random, FALSE, counts[i]);
      check_round_trip (&random, TRUE, counts[i]);
    }
}

#define ID "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401"

static void
test_refused (void)
{
  static const char *const texts[] = {
    "", "1", "1 " ID, "1 " ID " 5", "2 " ID " 5 ", "1 " ID "0 5 ", "1 xy 5 ",
    "1 " ID " -5 ", "1 " ID " 5 QUJD", /* three bytes are no node */
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      BtDhtMemory memory;

      g_assert_false (bt_dht_memory_parse (texts[i], FALSE, &memory));
      g_assert_null (memory.nodes);
    }
}

/* Port 0, and an address of the other family. */
static void
test_bad_nodes (void)
{
  guint8 bytes[26] = { 0 };
  g_autofree char *nodes = g_base64_encode (bytes, sizeof bytes);
  g_autofree char *text = g_strdup_printf ("1 " ID " 5 %s", nodes);
  g_auto (BtDhtMemory) memory = { .nodes = NULL };

  g_assert_true (bt_dht_memory_parse (text, FALSE, &memory));
  g_assert_cmpuint (memory.nodes->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/dht-memory/round-trip", test_round_trip);
  g_test_add_func ("/proto/dht-memory/refused", test_refused);
  g_test_add_func ("/proto/dht-memory/bad-nodes", test_bad_nodes);
  return g_test_run ();
}
