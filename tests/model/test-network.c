/* test-network.c: how we are connected to others is said in sentences, and only what changed is notified.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-describe.h"
#include "ft-fake-update.h"
#include "ft-network.h"

static void
assert_text (FtNetwork *network, const char *property, const char *expected)
{
  g_autofree char *text = NULL;

  g_object_get (network, property, &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_reach (FtNetwork *network, FtReach expected, const char *text)
{
  FtReach reach;

  g_object_get (network, "reach", &reach, NULL);
  g_assert_cmpint (reach, ==, expected);
  assert_text (network, "reach-text", text);
}

static void
note_cb (GString *log, GParamSpec *pspec)
{
  g_string_append_printf (log, "%s ", pspec->name);
}

static void
test_reach (void)
{
  g_autoptr (FtNetwork) network = ft_network_new ();
  g_autoptr (BtUpdate) update = ft_fake_update_new ();

  assert_reach (network, FT_REACH_CLOSED, "");
  ft_network_take_update (network, update);
  assert_reach (network, FT_REACH_CLOSED, "Not listening");
  update->listen_port = 51413;
  ft_network_take_update (network, update);
  assert_reach (network, FT_REACH_UNKNOWN, "Not reached yet");
  assert_text (network, "port-text", "Nobody has connected to port 51413 yet");
  /* A hole for IPv6 says nothing of the others. */
  update->mappings[BT_MAPPER_PCP6].state = BT_MAPPING_MAPPED;
  update->mappings[BT_MAPPER_UPNP].state = BT_MAPPING_SECOND_NAT;
  ft_network_take_update (network, update);
  assert_reach (network, FT_REACH_UNKNOWN, "Behind a second NAT");
  update->mappings[BT_MAPPER_PCP] = (BtMapping) { .state = BT_MAPPING_MAPPED, .port = 51413 };
  ft_network_take_update (network, update);
  assert_reach (network, FT_REACH_OPEN, "Port forwarded");
  assert_text (network, "router-text", "Port 51413 is mapped by PCP");
  update->incoming_seen = TRUE;
  ft_network_take_update (network, update);
  assert_reach (network, FT_REACH_OPEN, "Port open");
  ft_network_clear (network);
  assert_reach (network, FT_REACH_CLOSED, "");
}

static void
test_addresses (void)
{
  g_autoptr (FtNetwork) network = ft_network_new ();
  g_autoptr (BtUpdate) update = ft_fake_update_new ();

  ft_network_take_update (network, update);
  assert_text (network, "address-text", "");
  g_assert_true (bt_endpoint_parse_ip (&update->external_ipv6, "2001:db8::1", 0));
  ft_network_take_update (network, update);
  assert_text (network, "address-text", "2001:db8::1");
  g_assert_true (bt_endpoint_parse_ip (&update->external_ipv4, "203.0.113.5", 0));
  ft_network_take_update (network, update);
  assert_text (network, "address-text", "203.0.113.5 and 2001:db8::1");
}

static void
assert_dht (const BtDhtFacts dht[2], const char *expected)
{
  g_autofree char *text = ft_describe_dht (dht);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_dht (void)
{
  BtDhtFacts dht[2] = { { .state = BT_DHT_FACTS_OFF }, { .state = BT_DHT_FACTS_OFF } };

  assert_dht (dht, "Not used");
  dht[1].state = BT_DHT_FACTS_ALONE;
  assert_dht (dht, "No node is known that could be asked: it begins when a torrent or a peer names one");
  dht[0].state = BT_DHT_FACTS_NO_ANSWER;
  assert_dht (dht, "No node answers: the network may not let it through");
  dht[1].state = BT_DHT_FACTS_STARTING;
  assert_dht (dht, "Looking for nodes that answer");
  dht[1] = (BtDhtFacts) { .state = BT_DHT_FACTS_WORKING, .n_good = 1 };
  assert_dht (dht, "Works: 1 node answers");
  dht[0] = (BtDhtFacts) { .state = BT_DHT_FACTS_WORKING, .n_good = 311, .n_nodes = 500 };
  assert_dht (dht, "Works: 312 nodes answer, 1 of them over IPv6");
}

static void
test_notifies (void)
{
  g_autoptr (FtNetwork) network = ft_network_new ();
  g_autoptr (BtUpdate) update = ft_fake_update_new ();
  g_autoptr (GString) log = g_string_new (NULL);

  update->listen_port = 1000;
  ft_network_take_update (network, update);
  g_signal_connect_swapped (network, "notify", G_CALLBACK (note_cb), log);
  ft_network_take_update (network, update);
  g_assert_cmpstr (log->str, ==, "");
  update->mappings[BT_MAPPER_UPNP].state = BT_MAPPING_ASKING;
  ft_network_take_update (network, update);
  g_assert_cmpstr (log->str, ==, "router-text ");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/network/reach", test_reach);
  g_test_add_func ("/model/network/addresses", test_addresses);
  g_test_add_func ("/model/network/dht", test_dht);
  g_test_add_func ("/model/network/notifies", test_notifies);
  return g_test_run ();
}
