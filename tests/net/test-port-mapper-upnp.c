/* test-port-mapper-upnp.c: when a UPnP router is asked, and what follows from its answers, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-port-mapper.h"
#include "ft-fake-world.h"
#include "ft-test.h"

#define SECOND G_TIME_SPAN_SECOND
#define MINUTE G_TIME_SPAN_MINUTE
#define HOUR G_TIME_SPAN_HOUR
#define PORT 51413

typedef struct
{
  FtFakeNet *net;
  BtWorld *host;
  BtPortMapper *mapper;
  BtMapping upnp;
  guint n_learned, n_retired;
  BtUpnpReply reply;    /* to what is asked */
  guint n_asked, n_removed;
  BtUpnpRequest last;   /* that asked for a port */
  guint16 removed_port;
} Fixture;

static void
answer_cb (BtWorld *host, const BtUpnpRequest *request, BtUpnpReply *reply, gpointer data)
{
  Fixture *f = data;

  if (request->remove)
    {
      f->n_removed++;
      f->removed_port = request->external_port;
      reply->result = BT_UPNP_DONE;
      return;
    }
  f->n_asked++;
  f->last = *request;
  *reply = f->reply;
}

static void
changed_cb (gpointer owner)
{
}

static void
learned_cb (const BtEndpoint *router, const BtEndpoint *external, gpointer owner)
{
  ((Fixture *) owner)->n_learned++;
}

static void
retired_cb (gpointer owner)
{
  ((Fixture *) owner)->n_retired++;
}

static const BtPortMapperOps ops = { .changed = changed_cb, .learned = learned_cb, .retired = retired_cb };

static void
set_up (Fixture *f, gconstpointer data)
{
  f->net = ft_fake_net_new (3);
  ft_fake_net_line (f->net)->latency_us = SECOND;
  ft_fake_net_set_upnp (f->net, answer_cb, f);
  f->host = ft_fake_net_add_host (f->net, "10.0.0.5");
  f->mapper = bt_port_mapper_new (f->host, ft_fake_host_timers (f->host), &ops, f);
  f->reply = (BtUpnpReply){ .result = BT_UPNP_DONE, .external_port = PORT, .lifetime_s = 3600 };
  g_assert_true (bt_endpoint_parse_ip (&f->reply.external, "5.6.7.8", 0));
  g_assert_true (bt_endpoint_parse_ip (&f->reply.router, "10.0.0.254", 0));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  bt_port_mapper_free (f->mapper);
  ft_fake_net_free (f->net);
}

static void
run (Fixture *f, gint64 us)
{
  BtMapping all[BT_N_MAPPERS];

  ft_fake_net_run_for (f->net, us);
  bt_port_mapper_get (f->mapper, all);
  f->upnp = all[BT_MAPPER_UPNP];
}

static void
start (Fixture *f)
{
  bt_port_mapper_start (f->mapper, PORT);
  run (f, 3 * SECOND);
}

static void
test_mapped (Fixture *f, gconstpointer data)
{
  char text[BT_ENDPOINT_TEXT_SIZE];

  f->reply.external_port = 40001;
  bt_port_mapper_start (f->mapper, PORT);
  run (f, SECOND);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_ASKING);
  g_assert_cmpuint (f->last.internal_port, ==, PORT);
  g_assert_cmpuint (f->last.external_port, ==, PORT);
  g_assert_cmpuint (f->last.lifetime_s, ==, 3600);
  g_assert_cmpuint (f->last.prefix_length, ==, 24);
  g_assert_true (f->last.anew);
  bt_endpoint_format_ip (&f->last.source, text);
  g_assert_cmpstr (text, ==, "10.0.0.5");
  bt_endpoint_format_ip (&f->last.gateway, text);
  g_assert_cmpstr (text, ==, "10.0.0.254");
  for (guint i = 0; i < BT_UPNP_N_OTHER_PORTS; i++)
    {
      g_assert_cmpuint (f->last.other_ports[i], >=, 40000);
      g_assert_cmpuint (f->last.other_ports[i], <, 50000);
    }

  run (f, 2 * SECOND);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_MAPPED);
  g_assert_cmpuint (f->upnp.port, ==, 40001);
  g_assert_cmpuint (f->n_learned, ==, 1);
  g_assert_cmpuint (bt_port_mapper_get_port (f->mapper, FALSE), ==, 40001);

  /* Renewed at the router that was found, under the port that it gave. */
  run (f, 46 * MINUTE);
  g_assert_cmpuint (f->n_asked, ==, 2);
  g_assert_cmpuint (f->last.external_port, ==, 40001);
  g_assert_false (f->last.anew);
}

static void
test_no_end (Fixture *f, gconstpointer data)
{
  f->reply.lifetime_s = 0;
  start (f);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_MAPPED);
  g_assert_cmpint (f->upnp.until, ==, 0);
  run (f, 59 * MINUTE);
  g_assert_cmpuint (f->n_asked, ==, 1);
  run (f, 2 * MINUTE);
  g_assert_cmpuint (f->n_asked, ==, 2);
}

static void
test_no_answer (Fixture *f, gconstpointer data)
{
  f->reply.result = BT_UPNP_NO_ANSWER;
  start (f);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_NO_ANSWER);
  run (f, 20 * MINUTE);
  g_assert_cmpuint (f->n_asked, ==, 4);
  run (f, 10 * HOUR);
  g_assert_cmpuint (f->n_asked, ==, 9);
  f->reply.result = BT_UPNP_DONE;
  run (f, 2 * HOUR);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_MAPPED);

  /* What is mapped stays until its end. */
  f->reply.result = BT_UPNP_NO_ANSWER;
  run (f, 50 * MINUTE);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_MAPPED);
  g_assert_true (f->last.anew);
  run (f, 20 * MINUTE);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_NO_ANSWER);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  f->reply.result = BT_UPNP_REFUSED;
  f->reply.code = 606;
  start (f);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_REFUSED);
  g_assert_cmpuint (f->upnp.code, ==, 606);
  run (f, 2 * HOUR - MINUTE);
  g_assert_cmpuint (f->n_asked, ==, 1);
  run (f, 2 * MINUTE);
  g_assert_cmpuint (f->n_asked, ==, 2);
}

static void
test_bound (Fixture *f, gconstpointer data)
{
  f->reply.result = BT_UPNP_BOUND;
  start (f);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_BOUND);
  run (f, 100 * HOUR);
  g_assert_cmpuint (f->n_asked, ==, 1);
}

static void
test_second_nat (Fixture *f, gconstpointer data)
{
  g_assert_true (bt_endpoint_parse_ip (&f->reply.external, "192.168.0.2", 0));
  start (f);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_SECOND_NAT);
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  f->reply.external_port = 40001;
  start (f);
  bt_port_mapper_stop (f->mapper);
  g_assert_cmpuint (f->n_removed, ==, 1);
  g_assert_cmpuint (f->removed_port, ==, 40001);
  run (f, 10 * HOUR);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_OFF);
  g_assert_cmpuint (f->n_asked, ==, 1);

  /* While it is being asked: it may be given all the same. */
  bt_port_mapper_start (f->mapper, PORT);
  run (f, SECOND);
  bt_port_mapper_stop (f->mapper);
  g_assert_cmpuint (f->n_removed, ==, 2);
  bt_port_mapper_stop (f->mapper);
  g_assert_cmpuint (f->n_removed, ==, 2);
}

static void
test_retire (Fixture *f, gconstpointer data)
{
  start (f);
  bt_port_mapper_retire (f->mapper);
  g_assert_cmpuint (f->n_removed, ==, 1);
  run (f, SECOND);
  g_assert_cmpuint (f->n_retired, ==, 0);
  run (f, 2 * SECOND);
  g_assert_cmpuint (f->n_retired, ==, 1);
  run (f, 10 * HOUR);
  g_assert_cmpuint (f->n_removed, ==, 1);
  g_assert_cmpuint (f->n_asked, ==, 1);

  /* The owner has no time. */
  start (f);
  bt_port_mapper_retire (f->mapper);
  bt_port_mapper_stop (f->mapper);
  run (f, 10 * SECOND);
  g_assert_cmpuint (f->n_retired, ==, 1);
  g_assert_cmpuint (f->n_removed, ==, 2);
}

/* Whoever goes while it is being asked waits until what it may have given is taken away. */
static void
test_retire_while_asked (Fixture *f, gconstpointer data)
{
  bt_port_mapper_start (f->mapper, PORT);
  run (f, SECOND);
  g_assert_cmpint (f->upnp.state, ==, BT_MAPPING_ASKING);
  bt_port_mapper_retire (f->mapper);
  g_assert_cmpuint (f->n_removed, ==, 1);
  g_assert_cmpuint (f->n_retired, ==, 0);
  run (f, SECOND);
  g_assert_cmpuint (f->n_retired, ==, 0);
  run (f, 5 * SECOND);
  g_assert_cmpuint (f->n_retired, ==, 1);
  g_assert_cmpuint (f->n_removed, ==, 1);
}

/* With an address of the Internet, on loopback, or without multicast there is nobody to be searched for. */
static void
test_where (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *ip;
    BtAddressFlags flags;
    guint n_asked;
  } rows[] = {
    { "10.0.0.5", BT_ADDRESS_MULTICAST, 1 },
    { "10.0.0.5", 0, 0 },
    { "10.0.0.5", BT_ADDRESS_MULTICAST | BT_ADDRESS_LOOPBACK, 0 },
    { "5.6.7.9", BT_ADDRESS_MULTICAST, 0 },
    { "127.0.0.1", BT_ADDRESS_MULTICAST, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BtLocalAddress address = { .prefix_length = 24, .interface_index = 2, .flags = rows[i].flags | BT_ADDRESS_UP };
      BtRoute route = { .interface_index = 2 };

      g_assert_true (bt_endpoint_parse_ip (&address.endpoint, rows[i].ip, 0));
      route.source = address.endpoint;
      ft_fake_host_set_network (f->host, &address, 1, &route, NULL);
      f->n_asked = 0;
      start (f);
      g_assert_cmpuint (f->n_asked, ==, rows[i].n_asked);
    }
}

#define add(path, func) g_test_add ("/port-mapper-upnp/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("mapped", test_mapped);
  add ("no-end", test_no_end);
  add ("no-answer", test_no_answer);
  add ("refused", test_refused);
  add ("bound", test_bound);
  add ("second-nat", test_second_nat);
  add ("stop", test_stop);
  add ("retire", test_retire);
  add ("retire-while-asked", test_retire_while_asked);
  add ("where", test_where);
  return g_test_run ();
}
