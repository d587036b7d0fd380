/* test-fake-lines.c: delay, loss, rate and translated addresses of the network in memory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "ft-fake-world.h"
#include "ft-test.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

/* A host that hears datagrams. */
typedef struct
{
  BtWorld *world;
  BtUdp *udp;
  BtEndpoint local;
  GString *heard;
  BtEndpoint from;  /* of the last */
  gint64 heard_at;
} Host;

static void
hear_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  Host *host = owner;

  host->from = *from;
  host->heard_at = bt_world_now (host->world);
  g_string_append_len (host->heard, bytes, (gssize) length);
}

static void
open_host (Host *host, FtFakeNet *net, const char *ip, guint16 port)
{
  host->world = ft_fake_net_add_host (net, ip);
  host->heard = g_string_new (NULL);
  g_assert_true (bt_endpoint_parse_ip (&host->local, ip, port));
  host->udp = host->world->ops->udp_open (host->world, &host->local, hear_cb, host, NULL);
  g_assert_nonnull (host->udp);
}

static void
close_host (Host *host)
{
  host->world->ops->udp_free (host->world, host->udp);
  g_string_free (host->heard, TRUE);
}

/* Whether it arrived. */
static gboolean
say (FtFakeNet *net, Host *from, Host *to, const BtEndpoint *endpoint)
{
  gsize before = to->heard->len;

  g_assert_true (from->world->ops->udp_send (from->world, from->udp, endpoint, "x", 1));
  ft_fake_net_run_for (net, SECOND);
  return to->heard->len > before;
}

static void
test_datagrams (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  Host a, b;
  gint64 start;

  open_host (&a, net, "192.0.2.1", 1);
  open_host (&b, net, "192.0.2.2", 2);
  start = ft_fake_net_now (net);
  *ft_fake_host_access (a.world) = (FtFakeAccess){ .latency_us = 30000, .up_bytes_per_s = 1000, .queue_us = SECOND };
  ft_fake_host_access (b.world)->latency_us = 5000;
  for (guint i = 0; i < 3; i++)
    a.world->ops->udp_send (a.world, a.udp, &b.local, "0123456789", 10);
  ft_fake_net_run_for (net, SECOND);
  g_assert_cmpint (b.heard_at, ==, start + 3 * 10000 + 35000);

  /* What would wait for more than a second is lost. */
  for (guint i = 0; i < 200; i++)
    a.world->ops->udp_send (a.world, a.udp, &b.local, "0123456789", 10);
  ft_fake_net_run_for (net, 5 * SECOND);
  g_assert_cmpuint (b.heard->len, ==, 30 + 1010);

  ft_fake_host_access (b.world)->loss_permille = 500;
  for (guint i = 0; i < 100; i++)
    {
      a.world->ops->udp_send (a.world, a.udp, &b.local, "x", 1);
      ft_fake_net_run_for (net, SECOND / 10);
    }
  g_assert_cmpuint (b.heard->len - 1040, >, 20);
  g_assert_cmpuint (b.heard->len - 1040, <, 80);
  close_host (&a);
  close_host (&b);
}

static void
test_overtaking (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  const char letters[] = "abcdefghijklmnopqrstuvwxyz";
  Host a, b;

  open_host (&a, net, "192.0.2.1", 1);
  open_host (&b, net, "192.0.2.2", 2);
  ft_fake_host_access (a.world)->jitter_us = 100000;
  for (guint i = 0; i < 26; i++)
    a.world->ops->udp_send (a.world, a.udp, &b.local, letters + i, 1);
  ft_fake_net_run_for (net, SECOND);
  g_assert_cmpuint (b.heard->len, ==, 26);
  g_assert_cmpstr (b.heard->str, !=, letters);
  close_host (&a);
  close_host (&b);
}

/* Streams lose nothing and keep their order, however bad it is. */
static guint64
run_stream (guint64 seed)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (seed);
  BtWorld *a = ft_fake_net_add_host (net, "192.0.2.1");
  BtWorld *b = ft_fake_net_add_host (net, "192.0.2.2");
  g_autoptr (GString) sent = g_string_new (NULL);
  g_autoptr (GBytes) got = NULL;
  gint64 start = ft_fake_net_now (net);
  BtStream *near, *far;

  *ft_fake_host_access (a)
    = (FtFakeAccess){ .latency_us = 50000, .jitter_us = 20000, .up_bytes_per_s = 20000, .loss_permille = 100 };
  ft_fake_net_pair (net, a, b, &near, &far);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %u\n", i);

      g_string_append (sent, line);
      ft_fake_stream_push (near, line, strlen (line));
    }
  ft_fake_net_run_for (net, 60 * SECOND);
  g_assert_cmpint (ft_fake_net_now (net) - start, ==, 60 * SECOND);
  got = ft_fake_stream_pull (far);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), sent->str, sent->len);
  near->ops->close (near);
  far->ops->close (far);
  return ft_fake_net_digest (net);
}

static void
test_streams (void)
{
  run_stream (1);
  run_stream (2);
}

/* What came while nobody could hear it comes when the line is whole again. */
static void
test_dark_stream (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *a = ft_fake_net_add_host (net, "192.0.2.1");
  BtWorld *b = ft_fake_net_add_host (net, "192.0.2.2");
  g_autoptr (GBytes) early = NULL;
  g_autoptr (GBytes) late = NULL;
  BtStream *near, *far;

  ft_fake_net_pair (net, a, b, &near, &far);
  ft_fake_host_access (a)->latency_us = 1000;
  ft_fake_host_set_dark (b, TRUE);
  ft_fake_stream_push (near, "hello", 5);
  ft_fake_net_run_for (net, 10 * SECOND);
  early = ft_fake_stream_pull (far);
  g_assert_cmpuint (g_bytes_get_size (early), ==, 0);
  ft_fake_host_set_dark (b, FALSE);
  ft_fake_net_run_for (net, SECOND);
  late = ft_fake_stream_pull (far);
  g_assert_cmpuint (g_bytes_get_size (late), ==, 5);
  near->ops->close (near);
  far->ops->close (far);
}

/* Address translation. */

/* Who gets through to a host that has spoken to one port of one other. */
static const struct
{
  FtNatKind kind;
  gboolean other_port, other_address, same_port_for_all;
} nat_cases[] = {
  { FT_NAT_FULL_CONE, TRUE, TRUE, TRUE },
  { FT_NAT_RESTRICTED, TRUE, FALSE, TRUE },
  { FT_NAT_PORT_RESTRICTED, FALSE, FALSE, TRUE },
  { FT_NAT_SYMMETRIC, FALSE, FALSE, FALSE },
};

static void
check_nat (gsize index)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  FtFakeNat *nat = ft_fake_net_add_nat (net, "198.51.100.1", nat_cases[index].kind);
  Host inside, known, stranger, other_port;
  BtEndpoint outer;

  open_host (&inside, net, "192.168.1.2", 7);
  open_host (&known, net, "192.0.2.1", 1);
  open_host (&stranger, net, "192.0.2.2", 2);
  other_port = known;
  g_assert_true (bt_endpoint_parse_ip (&other_port.local, "192.0.2.1", 9));
  other_port.udp = known.world->ops->udp_open (known.world, &other_port.local, hear_cb, &known, NULL);
  ft_fake_nat_add_host (nat, inside.world);

  g_assert_false (say (net, &stranger, &inside, &inside.local));
  g_assert_true (say (net, &inside, &known, &known.local));
  outer = known.from;
  g_assert_true (bt_endpoint_same_ip (&outer, &(BtEndpoint){ .ip = { [10] = 0xff, 0xff, 198, 51, 100, 1 } }));
  g_assert_true (say (net, &known, &inside, &outer));
  g_assert_true (bt_endpoint_equal (&inside.from, &known.local));
  g_assert_cmpint (say (net, &other_port, &inside, &outer), ==, nat_cases[index].other_port);
  g_assert_cmpint (say (net, &stranger, &inside, &outer), ==, nat_cases[index].other_address);
  g_assert_true (say (net, &inside, &stranger, &stranger.local));
  g_assert_cmpint (stranger.from.port == outer.port, ==, nat_cases[index].same_port_for_all);
  /* It forgets. */
  ft_fake_net_run_for (net, 130 * SECOND);
  g_assert_false (say (net, &known, &inside, &outer));

  known.world->ops->udp_free (known.world, other_port.udp);
  close_host (&inside);
  close_host (&known);
  close_host (&stranger);
}

static void
test_nats (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (nat_cases); i++)
    check_nat (i);
}

static void
stream_cb (BtStream *stream, BtStreamEvents events, gpointer owner)
{
}

static void
accept_cb (BtStream *stream, gpointer owner)
{
  BtEndpoint remote;

  stream->func = stream_cb;
  stream->ops->get_remote (stream, &remote);
  *(BtEndpoint *) owner = remote;
  stream->ops->close (stream);
}

static gboolean
knock (FtFakeNet *net, BtWorld *from, const BtEndpoint *to, BtEndpoint *seen)
{
  BtStream *stream;

  memset (seen, 0, sizeof *seen);
  stream = from->ops->connect (from, to, stream_cb, NULL, NULL);
  ft_fake_net_run_for (net, SECOND);
  stream->ops->close (stream);
  ft_fake_net_run_for (net, SECOND);
  return seen->port != 0;
}

static void
test_nat_streams (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  FtFakeNat *nat = ft_fake_net_add_nat (net, "198.51.100.1", FT_NAT_FULL_CONE);
  BtWorld *inside = ft_fake_net_add_host (net, "192.168.1.2");
  BtWorld *neighbour = ft_fake_net_add_host (net, "192.168.1.3");
  BtWorld *outside = ft_fake_net_add_host (net, "192.0.2.1");
  BtEndpoint inner, outer, there, seen;
  BtListener *listeners[2];

  g_assert_true (bt_endpoint_parse_ip (&inner, "192.168.1.2", 80));
  g_assert_true (bt_endpoint_parse_ip (&outer, "198.51.100.1", 80));
  g_assert_true (bt_endpoint_parse_ip (&there, "192.0.2.1", 80));
  ft_fake_nat_add_host (nat, inside);
  ft_fake_nat_add_host (nat, neighbour);
  listeners[0] = inside->ops->listen (inside, &inner, accept_cb, &seen, NULL);
  listeners[1] = outside->ops->listen (outside, &there, accept_cb, &seen, NULL);

  g_assert_true (knock (net, inside, &there, &seen));
  g_assert_true (bt_endpoint_same_ip (&seen, &outer));
  g_assert_false (knock (net, outside, &outer, &seen));
  g_assert_false (knock (net, outside, &inner, &seen));
  g_assert_true (knock (net, neighbour, &inner, &seen));
  ft_fake_nat_forward (nat, 80, inside);
  g_assert_true (knock (net, outside, &outer, &seen));
  g_assert_true (bt_endpoint_same_ip (&seen, &there));

  inside->ops->listener_free (inside, listeners[0]);
  outside->ops->listener_free (outside, listeners[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/fake-lines/datagrams", test_datagrams);
  g_test_add_func ("/net/fake-lines/overtaking", test_overtaking);
  g_test_add_func ("/net/fake-lines/streams", test_streams);
  g_test_add_func ("/net/fake-lines/dark-stream", test_dark_stream);
  g_test_add_func ("/net/fake-lines/nats", test_nats);
  g_test_add_func ("/net/fake-lines/nat-streams", test_nat_streams);
  return g_test_run ();
}
