/* test-network.c: addresses, the way out, changes and groups of the real world, in a network of the test's own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world.h"

#include "bt-error.h"
#include "ft-test.h"

#include <net/if.h>
#include <sched.h>
#include <string.h>

#define SECONDS 20
#define GROUP_PORT 6771

static gboolean has_namespace;

typedef struct
{
  GMainContext *context;
  BtWorld *world;
  guint n_told;
  gboolean stop; /* no more after the next */
  GString *heard[2];
  BtEndpoint from;
} Fixture;

static gboolean
run (const char *command)
{
  int status;

  return g_spawn_command_line_sync (command, NULL, NULL, &status, NULL) && g_spawn_check_wait_status (status, NULL);
}

static void
must_run (const char *command)
{
  g_test_message ("%s", command);
  g_assert_true (run (command));
}

/* Before there are threads: those that come are in it too. */
static gboolean
enter_namespace (void)
{
  return unshare (CLONE_NEWNET) == 0 && run ("ip link set lo up")
         && run ("ip link add eth0 type veth peer name eth1");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->world = bt_gio_world_new (fixture->context, NULL, "test/1");
  for (int i = 0; i < 2; i++)
    fixture->heard[i] = g_string_new (NULL);
  if (!has_namespace)
    return;
  must_run ("ip link set eth0 up");
  must_run ("ip link set eth1 up");
  must_run ("ip address add 10.80.0.1/24 dev eth0");
  must_run ("ip address add 10.81.0.1/24 dev eth1");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fixture->world->ops->free (fixture->world);
  g_main_context_unref (fixture->context);
  for (int i = 0; i < 2; i++)
    g_string_free (fixture->heard[i], TRUE);
  if (!has_namespace)
    return;
  must_run ("ip link delete eth0");
  must_run ("ip link add eth0 type veth peer name eth1");
}

static gboolean
is_possible (void)
{
  if (!has_namespace)
    g_test_skip ("needs a network namespace");
  return has_namespace;
}

static gboolean
add_ipv6 (void)
{
  if (run ("ip address add fd80::1/64 dev eth0 nodad"))
    return TRUE;
  g_test_skip ("There is no IPv6 here");
  return FALSE;
}

static BtEndpoint
endpoint (const char *ip)
{
  BtEndpoint out;

  g_assert_true (bt_endpoint_parse_ip (&out, ip, 0));
  return out;
}

static gboolean
find_address (Fixture *fixture, const char *ip, BtLocalAddress *out)
{
  g_autoptr (GArray) all = fixture->world->ops->list_addresses (fixture->world);
  BtEndpoint wanted = endpoint (ip);

  g_assert_nonnull (all);
  for (guint i = 0; i < all->len; i++)
    {
      *out = g_array_index (all, BtLocalAddress, i);
      if (memcmp (out->endpoint.ip, wanted.ip, sizeof wanted.ip) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
test_addresses (Fixture *fixture, gconstpointer data)
{
  BtLocalAddress found;

  if (!is_possible ())
    return;
  g_assert_true (find_address (fixture, "127.0.0.1", &found));
  g_assert_cmpuint (found.prefix_length, ==, 8);
  g_assert_cmpstr (found.interface, ==, "lo");
  g_assert_cmpuint (found.flags & (BT_ADDRESS_UP | BT_ADDRESS_LOOPBACK), ==, BT_ADDRESS_UP | BT_ADDRESS_LOOPBACK);
  g_assert_cmpuint (found.flags & BT_ADDRESS_GLOBAL, ==, 0);

  g_assert_true (find_address (fixture, "10.80.0.1", &found));
  g_assert_cmpuint (found.prefix_length, ==, 24);
  g_assert_cmpuint (found.interface_index, ==, if_nametoindex ("eth0"));
  g_assert_cmpstr (found.interface, ==, "eth0");
  g_assert_cmpuint (found.endpoint.port, ==, 0);
  g_assert_cmpuint (found.flags, ==, BT_ADDRESS_UP | BT_ADDRESS_RUNNING | BT_ADDRESS_MULTICAST | BT_ADDRESS_GLOBAL);

  /* One that comes second in its network is not a temporary one. */
  must_run ("ip address add 10.80.0.2/24 dev eth0");
  g_assert_true (find_address (fixture, "10.80.0.2", &found));
  g_assert_cmpuint (found.flags & BT_ADDRESS_TEMPORARY, ==, 0);

  must_run ("ip link set eth0 down");
  g_assert_true (find_address (fixture, "10.80.0.1", &found));
  g_assert_cmpuint (found.flags & (BT_ADDRESS_UP | BT_ADDRESS_RUNNING), ==, 0);
  must_run ("ip address delete 10.80.0.1/24 dev eth0");
  g_assert_false (find_address (fixture, "10.80.0.1", &found));
}

static void
test_addresses_ipv6 (Fixture *fixture, gconstpointer data)
{
  BtLocalAddress found;

  if (!is_possible () || !add_ipv6 ())
    return;
  g_assert_true (find_address (fixture, "fd80::1", &found));
  g_assert_cmpuint (found.prefix_length, ==, 64);
  g_assert_cmpuint (found.endpoint.scope, ==, 0);
  g_assert_cmpuint (found.flags & (BT_ADDRESS_GLOBAL | BT_ADDRESS_DEPRECATED), ==, BT_ADDRESS_GLOBAL);
  must_run ("ip address change fd80::1/64 dev eth0 preferred_lft 0 valid_lft 1000");
  g_assert_true (find_address (fixture, "fd80::1", &found));
  g_assert_cmpuint (found.flags & BT_ADDRESS_DEPRECATED, !=, 0);

  must_run ("ip address add fe80::77/64 dev eth0 nodad");
  g_assert_true (find_address (fixture, "fe80::77", &found));
  g_assert_cmpuint (found.endpoint.scope, ==, if_nametoindex ("eth0"));
  g_assert_cmpuint (found.flags & BT_ADDRESS_GLOBAL, ==, 0);
}

static void
assert_route (Fixture *fixture, gboolean ipv6, const char *gateway, const char *source, const char *interface)
{
  BtEndpoint expected_gateway = endpoint (gateway), expected_source = endpoint (source);
  BtRoute route;

  g_assert_true (fixture->world->ops->get_route (fixture->world, ipv6, &route));
  expected_gateway.scope = route.gateway.scope;
  g_assert_true (bt_endpoint_same_ip (&route.gateway, &expected_gateway));
  g_assert_true (bt_endpoint_same_ip (&route.source, &expected_source));
  g_assert_cmpuint (route.interface_index, ==, if_nametoindex (interface));
}

static void
test_route (Fixture *fixture, gconstpointer data)
{
  BtEndpoint only = endpoint ("10.80.0.1");
  BtRoute route;

  if (!is_possible ())
    return;
  g_assert_false (fixture->world->ops->get_route (fixture->world, FALSE, &route));
  must_run ("ip route add default via 10.81.0.254 metric 200");
  must_run ("ip route add default via 10.80.0.254 metric 100");
  assert_route (fixture, FALSE, "10.80.0.254", "10.80.0.1", "eth0");

  /* It leads where the binding lets us go. */
  fixture->world->ops->bind (fixture->world, NULL, "eth1");
  assert_route (fixture, FALSE, "10.81.0.254", "10.81.0.1", "eth1");
  fixture->world->ops->bind (fixture->world, &only, NULL);
  assert_route (fixture, FALSE, "10.80.0.254", "10.80.0.1", "eth0");
  g_assert_false (fixture->world->ops->get_route (fixture->world, TRUE, &route));
  fixture->world->ops->bind (fixture->world, NULL, "no-such");
  g_assert_false (fixture->world->ops->get_route (fixture->world, FALSE, &route));
  fixture->world->ops->bind (fixture->world, NULL, NULL);

  /* A tunnel has no gateway. */
  must_run ("ip route add default dev eth1 metric 50");
  g_assert_true (fixture->world->ops->get_route (fixture->world, FALSE, &route));
  g_assert_true (bt_endpoint_is_unspecified (&route.gateway));
  g_assert_cmpuint (route.interface_index, ==, if_nametoindex ("eth1"));
  /* What goes to one's own rules and tables counts as well. */
  must_run ("ip route add default via 10.81.0.253 table 77");
  must_run ("ip rule add to 0.0.0.0/0 table 77 priority 10");
  assert_route (fixture, FALSE, "10.81.0.253", "10.81.0.1", "eth1");
  must_run ("ip rule delete priority 10");
}

static void
test_route_ipv6 (Fixture *fixture, gconstpointer data)
{
  BtRoute route;

  if (!is_possible () || !add_ipv6 ())
    return;
  g_assert_false (fixture->world->ops->get_route (fixture->world, TRUE, &route));
  must_run ("ip -6 route add default via fe80::fe dev eth0");
  assert_route (fixture, TRUE, "fe80::fe", "fd80::1", "eth0");
  g_assert_true (fixture->world->ops->get_route (fixture->world, TRUE, &route));
  g_assert_cmpuint (route.gateway.scope, ==, if_nametoindex ("eth0"));
}

static void
told_cb (gpointer owner)
{
  Fixture *fixture = owner;

  fixture->n_told++;
  if (fixture->stop)
    fixture->world->ops->watch_network (fixture->world, NULL, NULL);
}

static void
expect_told (Fixture *fixture)
{
  ft_test_iterate (fixture->context, fixture->n_told > 0, SECONDS);
  fixture->n_told = 0;
}

static void
test_watch (Fixture *fixture, gconstpointer data)
{
  static const char *const changes[] = {
    "ip address add 10.80.0.7/24 dev eth0",
    "ip address delete 10.80.0.7/24 dev eth0",
    "ip route add default via 10.80.0.254",
    "ip route change default via 10.80.0.253",
    "ip link set eth1 down", /* so eth0 has no carrier */
    "ip link set eth1 up",
    "ip link set eth0 down",
    "ip link set eth0 up",
  };

  if (!is_possible ())
    return;
  /* The kernel gives link-local addresses after a while, which is a change too. */
  run ("sh -c 'echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6; echo 1 > /proc/sys/net/ipv6/conf/eth1/disable_ipv6'");
  fixture->world->ops->watch_network (fixture->world, told_cb, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      must_run (changes[i]);
      g_assert_cmpuint (fixture->n_told, ==, 0);
      expect_told (fixture);
    }
}

static gboolean
set_flag_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
let_pass (Fixture *fixture, guint ms)
{
  g_autoptr (GSource) source = g_timeout_source_new (ms);
  gboolean over = FALSE;

  g_source_set_callback (source, set_flag_cb, &over, NULL);
  g_source_attach (source, fixture->context);
  ft_test_iterate (fixture->context, over, SECONDS);
}

/* The kernel speaks, and nothing is another. */
static void
test_watch_quiet (Fixture *fixture, gconstpointer data)
{
  if (!is_possible ())
    return;
  run ("sh -c 'echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6; echo 1 > /proc/sys/net/ipv6/conf/eth1/disable_ipv6'");
  fixture->world->ops->watch_network (fixture->world, told_cb, fixture);
  must_run ("ip address add 10.80.0.7/24 dev eth0");
  must_run ("ip address delete 10.80.0.7/24 dev eth0");
  must_run ("ip route add 10.99.0.0/16 via 10.80.0.254");
  must_run ("ip address change 10.80.0.1/24 dev eth0 valid_lft 1000 preferred_lft 1000");
  let_pass (fixture, 1000);
  g_assert_cmpuint (fixture->n_told, ==, 0);

  /* From inside too. */
  fixture->stop = TRUE;
  must_run ("ip address add 10.80.0.7/24 dev eth0");
  expect_told (fixture);
  must_run ("ip address delete 10.80.0.7/24 dev eth0");
  let_pass (fixture, 1000);
  g_assert_cmpuint (fixture->n_told, ==, 0);
}

/* Groups. */

static void
hear_first_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  Fixture *fixture = owner;

  fixture->from = *from;
  g_string_append_len (fixture->heard[0], bytes, (gssize) length);
}

static void
hear_second_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  Fixture *fixture = owner;

  g_string_append_len (fixture->heard[1], bytes, (gssize) length);
}

static BtUdp *
join (Fixture *fixture, const char *group, const char *interface, BtDatagramFunc func, GError **error)
{
  BtMulticast multicast = {
    .group = endpoint (group),
    .interface_index = if_nametoindex (interface),
    .hops = 1,
    .loopback = TRUE,
  };

  multicast.group.port = GROUP_PORT;
  return fixture->world->ops->udp_open_group (fixture->world, &multicast, func, fixture, error);
}

static void
send_to_group (Fixture *fixture, BtUdp *udp, const char *group, const char *text)
{
  BtEndpoint to = endpoint (group);

  to.port = GROUP_PORT;
  g_assert_true (fixture->world->ops->udp_send (fixture->world, udp, &to, text, strlen (text)));
}

/* What is sent by one interface is heard there, by us too, and nowhere else. */
static void
test_group (Fixture *fixture, gconstpointer group)
{
  const BtWorldOps *ops = fixture->world->ops;
  BtUdp *first, *second, *third;

  if (!is_possible () || (strchr (group, ':') != NULL && !add_ipv6 ()))
    return;
  must_run ("ip link add eth9 type veth peer name eth8");
  must_run ("ip link set eth8 up");
  must_run ("ip link set eth9 up");
  must_run ("ip address add 10.89.0.1/24 dev eth9");
  if (strchr (group, ':') != NULL)
    must_run ("ip address add fd89::1/64 dev eth9 nodad");
  first = join (fixture, group, "eth0", hear_first_cb, NULL);
  second = join (fixture, group, "eth9", hear_second_cb, NULL);
  third = join (fixture, group, "eth0", hear_second_cb, NULL); /* the port is shared */
  g_assert_nonnull (first);
  g_assert_nonnull (second);
  g_assert_nonnull (third);

  send_to_group (fixture, first, group, "one ");
  ft_test_iterate (fixture->context, fixture->heard[0]->len > 0 && fixture->heard[1]->len > 0, SECONDS);
  ops->udp_free (fixture->world, third);
  send_to_group (fixture, second, group, "two ");
  send_to_group (fixture, first, group, "three ");
  ft_test_iterate (fixture->context, fixture->heard[0]->len >= 10 && fixture->heard[1]->len >= 8, SECONDS);
  let_pass (fixture, 100);
  g_assert_cmpstr (fixture->heard[0]->str, ==, "one three ");
  g_assert_cmpstr (fixture->heard[1]->str, ==, "one two ");
  g_assert_cmpuint (fixture->from.port, ==, GROUP_PORT);
  ops->udp_free (fixture->world, first);
  ops->udp_free (fixture->world, second);
  must_run ("ip link delete eth9");
}

static void
assert_refused (Fixture *fixture, const char *group, const char *interface)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (join (fixture, group, interface, hear_first_cb, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
}

static void
test_group_bound (Fixture *fixture, gconstpointer data)
{
  BtEndpoint only = endpoint ("10.80.0.3");
  BtUdp *udp;

  if (!is_possible ())
    return;
  fixture->world->ops->bind (fixture->world, NULL, "eth0");
  assert_refused (fixture, "239.192.152.143", "eth1");
  udp = join (fixture, "239.192.152.143", "eth0", hear_first_cb, NULL);
  g_assert_nonnull (udp);
  fixture->world->ops->udp_free (fixture->world, udp);

  must_run ("ip address add 10.80.0.3/24 dev eth0");
  fixture->world->ops->bind (fixture->world, &only, NULL);
  assert_refused (fixture, "239.192.152.143", "eth1");
  assert_refused (fixture, "ff15::efc0:988f", "eth0");
  udp = join (fixture, "239.192.152.143", "eth0", hear_first_cb, NULL);
  g_assert_nonnull (udp);
  send_to_group (fixture, udp, "239.192.152.143", "from here");
  ft_test_iterate (fixture->context, fixture->heard[0]->len > 0, SECONDS);
  g_assert_true (bt_endpoint_same_ip (&fixture->from, &only));
  fixture->world->ops->udp_free (fixture->world, udp);
}

static void
test_group_bound_ipv6 (Fixture *fixture, gconstpointer data)
{
  BtEndpoint only = endpoint ("fd80::3");
  BtUdp *udp;

  if (!is_possible () || !add_ipv6 ())
    return;
  must_run ("ip address add fd80::3/64 dev eth0 nodad");
  fixture->world->ops->bind (fixture->world, &only, NULL);
  assert_refused (fixture, "ff15::efc0:988f", "eth1");
  assert_refused (fixture, "239.192.152.143", "eth0");
  udp = join (fixture, "ff15::efc0:988f", "eth0", hear_first_cb, NULL);
  g_assert_nonnull (udp);
  send_to_group (fixture, udp, "ff15::efc0:988f", "from here");
  ft_test_iterate (fixture->context, fixture->heard[0]->len > 0, SECONDS);
  g_assert_true (bt_endpoint_same_ip (&fixture->from, &only));
  fixture->world->ops->udp_free (fixture->world, udp);
}

/* Streams whose other end does not answer any more. */

static void
accept_cb (BtStream *stream, gpointer owner)
{
  *(BtStream **) owner = stream;
}

static void
ignore_cb (BtStream *stream, BtStreamEvents events, gpointer owner)
{
}

static void
make_pair (Fixture *fixture, BtStream **client, BtStream **server)
{
  const BtWorldOps *ops = fixture->world->ops;
  BtEndpoint local = endpoint ("127.0.0.1");
  BtListener *listener = ops->listen (fixture->world, &local, accept_cb, server, NULL);

  g_assert_nonnull (listener);
  *client = ops->connect (fixture->world, &local, ignore_cb, NULL, NULL);
  g_assert_nonnull (*client);
  ft_test_iterate (fixture->context, *server != NULL, SECONDS);
  ops->listener_free (fixture->world, listener);
}

static gboolean
is_stuck (BtStream *stream)
{
  return stream->ops->is_stuck (stream, G_USEC_PER_SEC / 2);
}

/* @full: the other end does not read, and said that it has no room. */
static void
test_stuck (Fixture *fixture, gconstpointer full)
{
  g_autofree guint8 *bytes = g_malloc0 (1 << 16);
  struct iovec part = { bytes, 1 << 16 };
  BtStream *client = NULL, *server = NULL;
  gssize n = 1;

  if (!is_possible ())
    return;
  make_pair (fixture, &client, &server);
  while (full != NULL && n > 0)
    n = client->ops->writev (client, &part, 1, NULL);
  let_pass (fixture, 1500);
  g_assert_false (is_stuck (client));
  g_assert_false (is_stuck (server));

  must_run ("ip link set lo down");
  part.iov_len = 4;
  client->ops->writev (client, &part, 1, NULL);
  ft_test_iterate (fixture->context, is_stuck (client), SECONDS);
  g_assert_false (is_stuck (server)); /* it has nothing to say */
  must_run ("ip link set lo up");
  ft_test_iterate (fixture->context, !is_stuck (client), SECONDS);
  client->ops->close (client);
  server->ops->close (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  has_namespace = enter_namespace ();
#define ADD(name, data, func) g_test_add ("/net/network/" name, Fixture, data, set_up, func, tear_down)
  ADD ("addresses", NULL, test_addresses);
  ADD ("addresses/ipv6", NULL, test_addresses_ipv6);
  ADD ("route", NULL, test_route);
  ADD ("route/ipv6", NULL, test_route_ipv6);
  ADD ("watch", NULL, test_watch);
  ADD ("watch/quiet", NULL, test_watch_quiet);
  ADD ("group", "239.192.152.143", test_group);
  ADD ("group/ipv6", "ff15::efc0:988f", test_group);
  ADD ("group/bound", NULL, test_group_bound);
  ADD ("group/bound/ipv6", NULL, test_group_bound_ipv6);
  ADD ("stuck", NULL, test_stuck);
  ADD ("stuck/full", "full", test_stuck);
#undef ADD
  return g_test_run ();
}
