/* test-port-mapper-restarts.c: a router that forgets what it was asked for, and strangers who say so in its name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-port-mapper-fixture.h"

/* The router was switched off and on: the next renewal brings back both; if it happens between the two
 * questions of one, it is asked once more. */
static void
test_restarted_router (Fixture *f, gconstpointer data)
{
  f->router->knows_pcp = data == NULL;
  start (f);
  ft_fake_router_restart (f->router);
  run (f, 46 * MINUTE);
  assert_open (f, BT_IP_TCP, PORT);
  assert_open (f, BT_IP_UDP, PORT);

  while (ft_fake_router_find (f->router, BT_IP_TCP, PORT)->until < ft_fake_net_now (f->net) + HOUR - SECOND)
    run (f, 1000);
  ft_fake_router_restart (f->router);
  g_assert_null (ft_fake_router_find (f->router, BT_IP_TCP, PORT));
  run (f, SECOND);
  assert_open (f, BT_IP_TCP, PORT);
  assert_open (f, BT_IP_UDP, PORT);
}

/* It says so itself: seconds later all is as it was. One that goes on says nothing new. */
static void
test_announced_restart (Fixture *f, gconstpointer data)
{
  f->router->knows_pcp = data == NULL;
  start (f);
  f->router->n_requests = 0;
  ft_fake_router_announce (f->router);
  run (f, 10 * SECOND);
  g_assert_cmpuint (f->router->n_requests, ==, 0);

  ft_fake_router_restart (f->router);
  for (guint i = 0; i < 20; i++)
    ft_fake_router_announce (f->router);
  run (f, 6 * SECOND);
  assert_open (f, BT_IP_TCP, PORT);
  assert_open (f, BT_IP_UDP, PORT);
  g_assert_cmpuint (f->router->n_requests, ==, data == NULL ? 2 : 3);

  /* It refused, and may think otherwise now. */
  f->router->refusal = 2;
  start (f);
  f->router->refusal = 0;
  ft_fake_router_restart (f->router);
  ft_fake_router_announce (f->router);
  run (f, 6 * SECOND);
  assert_open (f, BT_IP_TCP, PORT);
}

static void
test_announced_by_a_stranger (Fixture *f, gconstpointer data)
{
  g_autoptr (FtFakeRouter) stranger = ft_fake_router_new (f->net, "10.0.0.66", "66.66.66.66");

  start (f);
  f->router->n_requests = 0;
  ft_fake_router_restart (stranger);
  ft_fake_router_announce (stranger);
  run (f, 10 * SECOND);
  g_assert_cmpuint (f->router->n_requests, ==, 0);
}

/* What somebody else says is no answer, however right it is. */
static void
test_strangers (Fixture *f, gconstpointer data)
{
  g_autoptr (FtFakeRouter) stranger = ft_fake_router_new (f->net, "10.0.0.66", "66.66.66.66");
  BtRoute route;
  BtLocalAddress address;

  /* It hears the requests, because the way out leads there; but the gateway is said to be another. */
  g_assert_true (f->host->ops->get_route (f->host, FALSE, &route));
  {
    g_autoptr (GArray) addresses = f->host->ops->list_addresses (f->host);
    address = g_array_index (addresses, BtLocalAddress, 0);
  }
  f->router->silent = TRUE;
  bt_port_mapper_start (f->mapper, PORT);
  for (guint port = 49152; port < 49160; port++)
    {
      guint8 bytes[] = { 0, 0x81, 0, 1, 0, 0, 0, 9 };
      BtEndpoint to = route.source;

      to.port = (guint16) port;
      stranger->world->ops->udp_send (stranger->world, stranger->udp, &to, bytes, sizeof bytes);
    }
  run (f, SECOND);
  assert_states (f, BT_MAPPING_ASKING, BT_MAPPING_OFF);

  ft_fake_host_set_network (f->host, &address, 1, &route, NULL);
  f->router->silent = FALSE;
  start (f);
  assert_states (f, BT_MAPPING_MAPPED, BT_MAPPING_OFF);
}

#define add(path, func) g_test_add ("/port-mapper-restarts/" path, Fixture, NULL, set_up, func, tear_down)
#define add_nat_pmp(path, func) \
  g_test_add ("/port-mapper-restarts/" path, Fixture, "NAT-PMP", set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("restarted-router", test_restarted_router);
  add_nat_pmp ("restarted-router/nat-pmp", test_restarted_router);
  add ("announced-restart", test_announced_restart);
  add_nat_pmp ("announced-restart/nat-pmp", test_announced_restart);
  add ("announced-by-a-stranger", test_announced_by_a_stranger);
  add ("strangers", test_strangers);
  return g_test_run ();
}
