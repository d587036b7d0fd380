/* test-port-mapper.c: a port at a router that speaks PCP or NAT-PMP, or nothing, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-port-mapper-fixture.h"

static void
test_pcp (Fixture *f, gconstpointer data)
{
  BtMapping *pcp = &f->mappings[BT_MAPPER_PCP];

  bt_port_mapper_start (f->mapper, PORT);
  bt_port_mapper_get (f->mapper, f->mappings);
  assert_states (f, BT_MAPPING_ASKING, BT_MAPPING_OFF);
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, FALSE), ==, 0);

  run (f, SECOND);
  assert_states (f, BT_MAPPING_MAPPED, BT_MAPPING_OFF);
  assert_open (f, BT_IP_TCP, PORT);
  assert_open (f, BT_IP_UDP, PORT);
  g_assert_cmpuint (f->router->n_requests, ==, 2);
  g_assert_cmpuint (pcp->port, ==, PORT);
  g_assert_true (bt_endpoint_same_ip (&pcp->address, &f->router->external));
  g_assert_cmpint (ABS (pcp->until - f->host->ops->unix_now (f->host) / G_USEC_PER_SEC - 3599), <=, 1);
  g_assert_cmpuint (f->n_learned, ==, 1);
  g_assert_true (bt_endpoint_same_ip (&f->learned, &f->router->external));
  g_assert_cmpuint (f->n_changed, >, 0);
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, FALSE), ==, PORT);
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, TRUE), ==, 0);
}

/* At three quarters of what was granted, under the same nonce, for as long as it runs. */
static void
test_renewal (Fixture *f, gconstpointer data)
{
  guint8 nonces[2][BT_PCP_NONCE_SIZE];

  start (f);
  memcpy (nonces[0], ft_fake_router_find (f->router, BT_IP_TCP, PORT)->nonce, BT_PCP_NONCE_SIZE);
  memcpy (nonces[1], ft_fake_router_find (f->router, BT_IP_UDP, PORT)->nonce, BT_PCP_NONCE_SIZE);
  g_assert_cmpint (memcmp (nonces[0], nonces[1], BT_PCP_NONCE_SIZE), !=, 0);
  run (f, 44 * MINUTE);
  g_assert_cmpuint (f->router->n_requests, ==, 2);
  run (f, 2 * MINUTE);
  g_assert_cmpuint (f->router->n_requests, ==, 4);
  run (f, 24 * HOUR);
  g_assert_cmpuint (f->router->n_requests, ==, 2 * (1 + 24 * 4 / 3 + 1));
  assert_states (f, BT_MAPPING_MAPPED, BT_MAPPING_OFF);
  g_assert_cmpuint (f->router->holes->len, ==, 2);
  g_assert_cmpmem (nonces[0], BT_PCP_NONCE_SIZE, ft_fake_router_find (f->router, BT_IP_TCP, PORT)->nonce,
                   BT_PCP_NONCE_SIZE);
  g_assert_cmpmem (nonces[1], BT_PCP_NONCE_SIZE, ft_fake_router_find (f->router, BT_IP_UDP, PORT)->nonce,
                   BT_PCP_NONCE_SIZE);
}

/* A router that grants a second is not asked each second, one that grants a year each day. */
static void
test_odd_lifetimes (Fixture *f, gconstpointer data)
{
  f->router->max_lifetime_s = 1;
  start (f);
  run (f, 89 * SECOND);
  g_assert_cmpuint (f->router->n_requests, ==, 2);
  f->router->max_lifetime_s = G_MAXUINT32;
  run (f, 5 * SECOND);
  g_assert_cmpuint (f->router->n_requests, ==, 4);
}

static void
test_nat_pmp (Fixture *f, gconstpointer data)
{
  BtMapping *mapping = &f->mappings[BT_MAPPER_NAT_PMP];

  f->router->knows_pcp = FALSE;
  start (f);
  assert_states (f, BT_MAPPING_UNSUPPORTED, BT_MAPPING_MAPPED);
  assert_open (f, BT_IP_TCP, PORT);
  assert_open (f, BT_IP_UDP, PORT);
  g_assert_cmpuint (f->router->n_requests, ==, 4);
  g_assert_cmpuint (mapping->port, ==, PORT);
  g_assert_true (bt_endpoint_same_ip (&mapping->address, &f->router->external));
  g_assert_cmpuint (f->n_learned, ==, 1);
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, FALSE), ==, PORT);
  run (f, 46 * MINUTE);
  g_assert_cmpuint (f->router->n_requests, ==, 7);
  run (f, 10 * HOUR);
  assert_open (f, BT_IP_UDP, PORT);
}

/* Neither is known: also said once. */
static void
test_neither (Fixture *f, gconstpointer data)
{
  f->router->knows_pcp = f->router->knows_nat_pmp = FALSE;
  start (f);
  assert_states (f, BT_MAPPING_UNSUPPORTED, BT_MAPPING_ASKING);
  g_assert_cmpuint (ft_fake_router_n_open (f->router), ==, 0);
}

/* The external port is another one: the router's word counts, for both. */
static void
test_other_port (Fixture *f, gconstpointer data)
{
  f->router->taken_port = PORT;
  start (f);
  assert_open (f, BT_IP_TCP, 50000);
  assert_open (f, BT_IP_UDP, 50000);
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, FALSE), ==, 50000);
  g_assert_cmpuint (f->mappings[BT_MAPPER_PCP].port, ==, 50000);
  run (f, 10 * HOUR);
  assert_open (f, BT_IP_TCP, 50000);
}

/* TCP and UDP got two: a third is asked for. */
static void
test_same_port (Fixture *f, gconstpointer data)
{
  guint16 port;

  f->router->knows_pcp = data == NULL;
  f->router->n_odd = 2;
  start (f);
  port = bt_port_mapper_get_port (f->mapper, FALSE);
  g_assert_cmpuint (port, >=, 40000);
  g_assert_cmpuint (port, <, 50000);
  assert_open (f, BT_IP_TCP, port);
  assert_open (f, BT_IP_UDP, port);
  g_assert_cmpuint (ft_fake_router_n_open (f->router), ==, 2);
}

/* A router that never gives the same: TCP's is the one that is told. */
static void
test_never_the_same_port (Fixture *f, gconstpointer data)
{
  f->router->n_odd = 1000;
  start (f);
  assert_states (f, BT_MAPPING_MAPPED, BT_MAPPING_OFF);
  assert_open (f, BT_IP_TCP, bt_port_mapper_get_port (f->mapper, FALSE));
  g_assert_cmpuint (f->router->n_odd, ==, 1000 - 5);
}

/* 250 · n ms, nine times, then two hours. */
static void
test_no_answer (Fixture *f, gconstpointer data)
{
  f->router->silent = TRUE;
  bt_port_mapper_start (f->mapper, PORT);
  for (guint n = 1; n <= 9; n++)
    {
      run (f, 10 * G_TIME_SPAN_MILLISECOND);
      g_assert_cmpuint (f->router->n_requests, ==, n);
      assert_states (f, BT_MAPPING_ASKING, BT_MAPPING_OFF);
      run (f, n * 250 * G_TIME_SPAN_MILLISECOND - 20 * G_TIME_SPAN_MILLISECOND);
      g_assert_cmpuint (f->router->n_requests, ==, n);
      run (f, 10 * G_TIME_SPAN_MILLISECOND);
    }
  run (f, SECOND);
  assert_states (f, BT_MAPPING_NO_ANSWER, BT_MAPPING_OFF);
  run (f, 2 * HOUR - MINUTE);
  g_assert_cmpuint (f->router->n_requests, ==, 9);
  f->router->silent = FALSE;
  run (f, 2 * MINUTE);
  assert_states (f, BT_MAPPING_MAPPED, BT_MAPPING_OFF);
}

/* One datagram in three is lost, both ways. */
static void
test_loss (Fixture *f, gconstpointer data)
{
  f->router->knows_pcp = data == NULL;
  ft_fake_net_set_loss (f->net, 33);
  bt_port_mapper_start (f->mapper, PORT);
  run (f, 20 * SECOND);
  assert_open (f, BT_IP_TCP, PORT);
  assert_open (f, BT_IP_UDP, PORT);
  run (f, 24 * HOUR);
  assert_open (f, BT_IP_TCP, PORT);
  assert_open (f, BT_IP_UDP, PORT);
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, FALSE), ==, PORT);
}

/* The mapping lives on while its renewal is not answered, and is tried again before its end. */
static void
test_silence_at_renewal (Fixture *f, gconstpointer data)
{
  start (f);
  f->router->silent = TRUE;
  run (f, 46 * MINUTE);
  assert_states (f, BT_MAPPING_MAPPED, BT_MAPPING_OFF);
  g_assert_cmpuint (f->router->n_requests, ==, 2 + 9);
  run (f, 15 * MINUTE);
  assert_states (f, BT_MAPPING_NO_ANSWER, BT_MAPPING_OFF);
  g_assert_cmpuint (f->router->n_requests, >=, 2 + 9 * 3);
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, FALSE), ==, 0);

  f->router->silent = FALSE;
  run (f, 2 * HOUR);
  assert_states (f, BT_MAPPING_MAPPED, BT_MAPPING_OFF);
  f->router->silent_for = 9;
  run (f, 55 * MINUTE); /* renewed at half of the last quarter */
  run (f, 8 * MINUTE);
  assert_states (f, BT_MAPPING_MAPPED, BT_MAPPING_OFF);
  assert_open (f, BT_IP_TCP, PORT);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  gboolean pcp = data == NULL;
  BtMapping *mapping = &f->mappings[pcp ? BT_MAPPER_PCP : BT_MAPPER_NAT_PMP];
  guint n = pcp ? 1 : 2;

  f->router->knows_pcp = pcp;
  f->router->refusal = 2;
  start (f);
  g_assert_cmpint (mapping->state, ==, BT_MAPPING_REFUSED);
  g_assert_cmpuint (mapping->code, ==, 2);
  g_assert_cmpuint (f->router->n_requests, ==, n);
  run (f, 2 * HOUR - MINUTE);
  g_assert_cmpuint (f->router->n_requests, ==, n);
  f->router->refusal = 0;
  run (f, 2 * MINUTE);
  g_assert_cmpint (mapping->state, ==, BT_MAPPING_MAPPED);
  assert_open (f, BT_IP_UDP, PORT);
}

/* Its own way out is down, which passes. */
static void
test_network_failure (Fixture *f, gconstpointer data)
{
  f->router->refusal = BT_PCP_NETWORK_FAILURE;
  start (f);
  g_assert_cmpint (f->mappings[BT_MAPPER_PCP].state, ==, BT_MAPPING_REFUSED);
  f->router->refusal = 0;
  run (f, 6 * MINUTE);
  assert_states (f, BT_MAPPING_MAPPED, BT_MAPPING_OFF);
}

static void
test_udp_refused (Fixture *f, gconstpointer data)
{
  f->router->udp_refusal = 9;
  start (f);
  assert_states (f, BT_MAPPING_MAPPED, BT_MAPPING_OFF);
  assert_open (f, BT_IP_TCP, PORT);
  g_assert_null (ft_fake_router_find (f->router, BT_IP_UDP, PORT));
  run (f, 5 * HOUR);
  assert_open (f, BT_IP_TCP, PORT);
}

static void
test_second_nat (Fixture *f, gconstpointer data)
{
  static const char *const private[] = { "10.9.8.7", "100.64.0.7", "192.168.1.2", "172.31.0.1" };

  for (gsize i = 0; i < G_N_ELEMENTS (private); i++)
    {
      g_assert_true (bt_endpoint_parse_ip (&f->router->external, private[i], 0));
      start (f);
      g_assert_cmpint (f->mappings[BT_MAPPER_PCP].state, ==, BT_MAPPING_SECOND_NAT);
      g_assert_cmpuint (f->mappings[BT_MAPPER_PCP].port, ==, PORT);
      g_assert_true (bt_endpoint_same_ip (&f->mappings[BT_MAPPER_PCP].address, &f->router->external));
    }
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, FALSE), ==, PORT);
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  f->router->knows_pcp = data == NULL;
  start (f);
  g_assert_cmpuint (ft_fake_router_n_open (f->router), ==, 2);
  bt_port_mapper_stop (f->mapper);
  run (f, SECOND);
  g_assert_cmpuint (ft_fake_router_n_open (f->router), ==, 0);
  assert_states (f, BT_MAPPING_OFF, BT_MAPPING_OFF);
  g_assert_cmpuint (f->n_retired, ==, 0);
  run (f, 24 * HOUR);
  g_assert_cmpuint (ft_fake_router_n_open (f->router), ==, 0);
}

/* Another port of ours: the old one is closed. */
static void
test_start_anew (Fixture *f, gconstpointer data)
{
  f->router->knows_pcp = data == NULL;
  start (f);
  bt_port_mapper_start (f->mapper, PORT + 1);
  run (f, SECOND);
  g_assert_null (ft_fake_router_find (f->router, BT_IP_TCP, PORT));
  g_assert_null (ft_fake_router_find (f->router, BT_IP_UDP, PORT));
  g_assert_nonnull (ft_fake_router_find (f->router, BT_IP_TCP, PORT + 1));
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, FALSE), ==, PORT + 1);
  bt_port_mapper_start (f->mapper, PORT + 1);
  run (f, SECOND);
  g_assert_nonnull (ft_fake_router_find (f->router, BT_IP_TCP, PORT + 1));
  g_assert_nonnull (ft_fake_router_find (f->router, BT_IP_UDP, PORT + 1));
}

static void
test_retire (Fixture *f, gconstpointer data)
{
  f->router->knows_pcp = data == NULL;
  start (f);
  f->router->silent_for = 3; /* said until it is heard */
  bt_port_mapper_retire (f->mapper);
  g_assert_cmpuint (f->n_retired, ==, 0);
  run (f, SECOND);
  g_assert_cmpuint (f->n_retired, ==, 0);
  run (f, 5 * SECOND);
  g_assert_cmpuint (f->n_retired, ==, 1);
  g_assert_cmpuint (ft_fake_router_n_open (f->router), ==, 0);
  run (f, 24 * HOUR);
  g_assert_cmpuint (f->n_retired, ==, 1);
  g_assert_cmpuint (ft_fake_router_n_open (f->router), ==, 0);
}

/* Nothing was mapped, or nobody answers. */
static void
test_retire_alone (Fixture *f, gconstpointer data)
{
  bt_port_mapper_retire (f->mapper);
  run (f, 0);
  g_assert_cmpuint (f->n_retired, ==, 1);

  f->router->silent = TRUE;
  start (f);
  bt_port_mapper_retire (f->mapper);
  run (f, 0);
  g_assert_cmpuint (f->n_retired, ==, 2);

  f->router->silent = FALSE;
  start (f);
  f->router->silent = TRUE;
  bt_port_mapper_retire (f->mapper);
  run (f, 10 * SECOND);
  g_assert_cmpuint (f->n_retired, ==, 2);
  run (f, 15 * SECOND);
  g_assert_cmpuint (f->n_retired, ==, 3);

  /* In the middle of it its owner has no time any more. */
  f->router->silent = FALSE;
  start (f);
  f->router->silent = TRUE;
  bt_port_mapper_retire (f->mapper);
  bt_port_mapper_stop (f->mapper);
  run (f, HOUR);
  g_assert_cmpuint (f->n_retired, ==, 3);
}

static void
test_ipv6 (Fixture *f, gconstpointer data)
{
  BtMapping *pcp6 = &f->mappings[BT_MAPPER_PCP6];

  start (f);
  g_assert_cmpint (pcp6->state, ==, BT_MAPPING_MAPPED);
  g_assert_cmpuint (pcp6->port, ==, PORT);
  assert_open (f, BT_IP_TCP, PORT);
  assert_open (f, BT_IP_UDP, PORT);
  g_assert_cmpint (f->mappings[BT_MAPPER_PCP].state, ==, BT_MAPPING_OFF);
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, FALSE), ==, 0);
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, TRUE), ==, PORT);
  g_assert_cmpuint (f->n_learned, ==, 0);

  f->router->knows_pcp = FALSE;
  start (f);
  g_assert_cmpint (pcp6->state, ==, BT_MAPPING_UNSUPPORTED);
  g_assert_cmpuint (f->mappings[BT_MAPPER_NAT_PMP].state, ==, BT_MAPPING_OFF);
}

/* What strangers cannot reach needs no hole: local addresses, and such as are on their way out. */
static void
test_ipv6_addresses (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *ip;
    BtAddressFlags flags;
    guint interface_index;
    guint n_requests;
  } rows[] = {
    { "fe80::5%2", 0, 2, 0 },
    { "fd00::5", BT_ADDRESS_GLOBAL, 2, 0 },
    { "2a01::5", BT_ADDRESS_GLOBAL | BT_ADDRESS_DEPRECATED, 2, 0 },
    { "2a01::5", BT_ADDRESS_GLOBAL, 3, 0 },
    { "2a01::5", BT_ADDRESS_GLOBAL | BT_ADDRESS_TEMPORARY, 2, 2 },
  };
  BtRoute route;

  g_assert_true (f->host->ops->get_route (f->host, TRUE, &route));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BtLocalAddress address = { .prefix_length = 64, .interface_index = rows[i].interface_index,
                                 .flags = rows[i].flags | BT_ADDRESS_UP };

      g_assert_true (bt_endpoint_parse_ip (&address.endpoint, rows[i].ip, 0));
      ft_fake_host_set_network (f->host, &address, 1, NULL, &route);
      f->router->n_requests = 0;
      start (f);
      g_assert_cmpuint (f->router->n_requests, ==, rows[i].n_requests);
    }
}

/* A tunnel has nobody to ask, and so has a machine without a way out. */
static void
test_no_gateway (Fixture *f, gconstpointer data)
{
  BtRoute route;

  g_assert_true (f->host->ops->get_route (f->host, FALSE, &route));
  memset (&route.gateway, 0, sizeof route.gateway);
  ft_fake_host_set_network (f->host, NULL, 0, &route, NULL);
  start (f);
  assert_states (f, BT_MAPPING_OFF, BT_MAPPING_OFF);
  ft_fake_host_set_network (f->host, NULL, 0, NULL, NULL);
  start (f);
  assert_states (f, BT_MAPPING_OFF, BT_MAPPING_OFF);
  g_assert_cmpuint (f->router->n_requests, ==, 0);
  bt_port_mapper_retire (f->mapper);
  run (f, 0);
  g_assert_cmpuint (f->n_retired, ==, 1);
}

#define add(path, func) g_test_add ("/port-mapper/" path, Fixture, NULL, set_up, func, tear_down)
#define add_nat_pmp(path, func) g_test_add ("/port-mapper/" path, Fixture, "NAT-PMP", set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("pcp", test_pcp);
  add ("renewal", test_renewal);
  add ("odd-lifetimes", test_odd_lifetimes);
  add ("nat-pmp", test_nat_pmp);
  add ("neither", test_neither);
  add ("other-port", test_other_port);
  add ("same-port", test_same_port);
  add_nat_pmp ("same-port/nat-pmp", test_same_port);
  add ("never-the-same-port", test_never_the_same_port);
  add ("no-answer", test_no_answer);
  add ("loss", test_loss);
  add_nat_pmp ("loss/nat-pmp", test_loss);
  add ("silence-at-renewal", test_silence_at_renewal);
  add ("refused", test_refused);
  add_nat_pmp ("refused/nat-pmp", test_refused);
  add ("network-failure", test_network_failure);
  add ("udp-refused", test_udp_refused);
  add ("second-nat", test_second_nat);
  add ("stop", test_stop);
  add_nat_pmp ("stop/nat-pmp", test_stop);
  add ("start-anew", test_start_anew);
  add_nat_pmp ("start-anew/nat-pmp", test_start_anew);
  add ("retire", test_retire);
  add_nat_pmp ("retire/nat-pmp", test_retire);
  add ("retire-alone", test_retire_alone);
  g_test_add ("/port-mapper/ipv6", Fixture, NULL, set_up_ipv6, test_ipv6, tear_down);
  g_test_add ("/port-mapper/ipv6-addresses", Fixture, NULL, set_up_ipv6, test_ipv6_addresses, tear_down);
  add ("no-gateway", test_no_gateway);
  return g_test_run ();
}
