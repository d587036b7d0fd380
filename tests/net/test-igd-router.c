/* test-igd-router.c: what is asked of a UPnP router on loopback, and how little of a bad one is taken in.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-igd.h"
#include "bt-limits.h"
#include "ft-small-router.h"
#include "ft-test.h"

#include <stdio.h>
#include <unistd.h>

#define PORT 6881
#define PPP "urn:schemas-upnp-org:service:WANPPPConnection:1"
/* Of both answers that a job reads at most, with what the allocator and the sockets hold besides. */
#if defined __SANITIZE_ADDRESS__
#define MORE_MEMORY (1024u * 1024 * 1024) /* it keeps what was freed */
#else
#define MORE_MEMORY (8u * 1024 * 1024)
#endif

typedef struct
{
  FtSmallRouter *router; /* (nullable): multicast does not work here */
  FtRouterManner *manner;
  BtIgd *igd;
  BtUpnpRequest request;
  BtUpnpReply reply;
  char ours[BT_ENDPOINT_TEXT_SIZE];
  atomic_int unwanted;
} Fixture;

static const BtIgdPatience little_patience = { .round_ms = 100, .answer_s = 1, .whole_s = 5 };

/* An address of its own, so that other tests that search meanwhile do not find this router. */
static void
choose_address (Fixture *f)
{
  guint8 ip[4] = { 127, 77, (guint8) (getpid () >> 8), (guint8) getpid () };

  bt_endpoint_set_ipv4 (&f->request.source, ip, 0);
  bt_endpoint_format_ip (&f->request.source, f->ours);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const guint16 others[] = { 40001, 40002, 40003, 40004 };

  f->request = (BtUpnpRequest){ .prefix_length = 8, .internal_port = PORT, .external_port = PORT, .lifetime_s = 3600 };
  memcpy (f->request.other_ports, others, sizeof others);
  choose_address (f);
  f->igd = bt_igd_new ("test/1", &f->unwanted);
  bt_igd_set_patience (f->igd, &little_patience);
  f->router = ft_small_router_new (&f->request.source);
  if (f->router == NULL)
    {
      g_test_skip ("there is no multicast");
      return;
    }
  f->manner = ft_small_router_manner (f->router);
  ft_small_router_get_address (f->router, &f->request.gateway);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  bt_igd_free (f->igd);
  g_clear_pointer (&f->router, ft_small_router_free);
}

static BtUpnpResult
ask (Fixture *f)
{
  bt_igd_do (f->igd, &f->request, &f->reply);
  return f->reply.result;
}

static void
assert_asked (Fixture *f, guint n, const char *action, const char *protocol, guint external, guint lease)
{
  g_autofree char *text = strcmp (action, "AddPortMapping") == 0
                            ? g_strdup_printf ("%s %s %u %u %s %u", action, protocol, external, PORT, f->ours, lease)
                            : g_strdup_printf ("%s %s %u ", action, protocol, external);

  g_assert_cmpuint (ft_small_router_count (f->router, text), ==, n);
}

static void
test_map (Fixture *f, gconstpointer data)
{
  char text[BT_ENDPOINT_TEXT_SIZE];

  if (f->router == NULL)
    return;
  g_assert_cmpint (ask (f), ==, BT_UPNP_DONE);
  g_assert_cmpuint (f->reply.external_port, ==, PORT);
  g_assert_cmpuint (f->reply.lifetime_s, ==, 3600);
  g_assert_true (bt_endpoint_same_ip (&f->reply.router, &f->request.gateway));
  bt_endpoint_format_ip (&f->reply.external, text);
  g_assert_cmpstr (text, ==, "5.77.0.5");
  assert_asked (f, 1, "AddPortMapping", "TCP", PORT, 3600);
  assert_asked (f, 1, "AddPortMapping", "UDP", PORT, 3600);

  /* Renewed without a search; then taken away. */
  g_assert_cmpint (ask (f), ==, BT_UPNP_DONE);
  assert_asked (f, 2, "AddPortMapping", "TCP", PORT, 3600);
  g_assert_cmpuint (ft_small_router_count (f->router, "description"), ==, 1);
  f->request.remove = TRUE;
  g_assert_cmpint (ask (f), ==, BT_UPNP_DONE);
  assert_asked (f, 1, "DeletePortMapping", "TCP", PORT, 0);
  assert_asked (f, 1, "DeletePortMapping", "UDP", PORT, 0);
}

static void
test_another_port (Fixture *f, gconstpointer data)
{
  if (f->router == NULL)
    return;
  f->manner->taken = PORT;
  f->manner->permanent = TRUE;
  g_assert_cmpint (ask (f), ==, BT_UPNP_DONE);
  g_assert_cmpuint (f->reply.external_port, ==, 40001);
  g_assert_cmpuint (f->reply.lifetime_s, ==, 0);
  assert_asked (f, 1, "AddPortMapping", "UDP", 40001, 0);

  f->manner->same_port = TRUE;
  f->manner->taken = 0;
  f->request.external_port = 50000;
  g_assert_cmpint (ask (f), ==, BT_UPNP_DONE);
  g_assert_cmpuint (f->reply.external_port, ==, PORT);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  if (f->router == NULL)
    return;
  f->manner->refuse = 606;
  g_assert_cmpint (ask (f), ==, BT_UPNP_REFUSED);
  g_assert_cmpuint (f->reply.code, ==, 606);
  f->manner->refuse = 501; /* it may be the port */
  g_assert_cmpint (ask (f), ==, BT_UPNP_REFUSED);
  assert_asked (f, 1, "AddPortMapping", "TCP", 40004, 3600);
}

/* The first of two ways out is not connected. */
static void
test_two_ways (Fixture *f, gconstpointer data)
{
  if (f->router == NULL)
    return;
  f->manner->second = PPP;
  g_assert_cmpint (ask (f), ==, BT_UPNP_DONE);
  g_assert_cmpuint (ft_small_router_count (f->router, "GetStatusInfo"), ==, 2);

  f->request.anew = TRUE;
  f->manner->external = "10.1.2.3"; /* neither leads out, so it is the first */
  g_assert_cmpint (ask (f), ==, BT_UPNP_DONE);
  f->manner->external = "nowhere";
  g_assert_cmpint (ask (f), ==, BT_UPNP_DONE);
  g_assert_true (bt_endpoint_is_unspecified (&f->reply.external));
}

/* Who answers has to be who is asked. */
static void
test_sender (Fixture *f, gconstpointer data)
{
  if (f->router == NULL)
    return;
  f->manner->sender = "127.0.0.9";
  g_assert_cmpint (ask (f), ==, BT_UPNP_NO_ANSWER);
  g_assert_cmpuint (ft_small_router_count (f->router, "description"), ==, 0);
}

/* A type of service that would break a header apart. */
static void
test_service (Fixture *f, gconstpointer data)
{
  if (f->router == NULL)
    return;
  f->manner->service = "urn:schemas-upnp-org:service:WANIPConnection:1\r\nX-Other: 1";
  g_assert_cmpint (ask (f), ==, BT_UPNP_NO_ANSWER);
  g_assert_cmpuint (ft_small_router_count (f->router, "AddPortMapping"), ==, 0);
}

/* Each answer of the router comes in time, but all together would take too long. */
static void
test_slow (Fixture *f, gconstpointer data)
{
  static const BtIgdPatience patience = { .round_ms = 100, .answer_s = 1, .whole_s = 3 };

  if (f->router == NULL)
    return;
  bt_igd_set_patience (f->igd, &patience);
  f->manner->second = PPP;
  f->manner->delay_ms = 700;
  g_assert_cmpint (ask (f), ==, BT_UPNP_NO_ANSWER);
  g_assert_cmpuint (ft_small_router_count (f->router, "Get"), <=, 2);
  g_assert_cmpuint (ft_small_router_count (f->router, "AddPortMapping"), ==, 0);
}

/* Called off in the middle: the half that was made is taken away. */
static void
test_called_off (Fixture *f, gconstpointer data)
{
  if (f->router == NULL)
    return;
  f->manner->unwanted = &f->unwanted;
  g_assert_cmpint (ask (f), ==, BT_UPNP_NO_ANSWER);
  assert_asked (f, 1, "AddPortMapping", "TCP", PORT, 3600);
  assert_asked (f, 0, "AddPortMapping", "UDP", PORT, 3600);
  assert_asked (f, 1, "DeletePortMapping", "TCP", PORT, 0);
}

/* Peak of resident memory. */
static gsize
read_peak (void)
{
  g_autofree char *status = NULL;
  const char *peak;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  peak = strstr (status, "VmHWM:");
  return peak != NULL ? (gsize) g_ascii_strtoull (peak + 6, NULL, 10) * 1024 : 0;
}

typedef struct
{
  const char *name;
  FtAnswer answer;
  gboolean of_soap; /* else the description */
} BadAnswer;

/* It comes to its end, and so does what is taken in. */
static void
test_bad_answer (Fixture *f, gconstpointer data)
{
  const BadAnswer *bad = data;
  gsize before = read_peak ();

  if (f->router == NULL)
    return;
  *(bad->of_soap ? &f->manner->soap : &f->manner->description) = bad->answer;
  g_assert_cmpint (ask (f), ==, BT_UPNP_NO_ANSWER);
  g_assert_cmpuint (ft_small_router_count (f->router, "redirected"), ==, 0);
  g_assert_cmpuint (ft_small_router_count (f->router, "description"), >=, 1);
  g_assert_cmpuint (read_peak (), <, before + MORE_MEMORY); /* the kernel counts roughly: it may be less */
  /* It is not given up for ever. */
  f->manner->soap = f->manner->description = FT_ANSWER_WELL;
  g_assert_cmpint (ask (f), ==, BT_UPNP_DONE);
}

static void
add_bad (const BadAnswer *bad)
{
  g_autofree char *path = g_strdup_printf ("/igd-router/bad/%s/%s", bad->of_soap ? "soap" : "description", bad->name);

  g_test_add (path, Fixture, bad, set_up, test_bad_answer, tear_down);
}

#define add(path, func) g_test_add ("/igd-router/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  static const BadAnswer bad_answers[] = {
    { "without-end", FT_ANSWER_WITHOUT_END, FALSE },
    { "long", FT_ANSWER_LONG, FALSE },
    { "head-without-end", FT_ANSWER_HEAD_WITHOUT_END, FALSE },
    { "one-byte-a-time", FT_ANSWER_ONE_BYTE_A_TIME, FALSE },
    { "redirection", FT_ANSWER_ELSEWHERE, FALSE },
    { "garbage", FT_ANSWER_GARBAGE, FALSE },
    { "without-end", FT_ANSWER_WITHOUT_END, TRUE },
    { "head-without-end", FT_ANSWER_HEAD_WITHOUT_END, TRUE },
    { "nothing", FT_ANSWER_NOTHING, TRUE },
    { "redirection", FT_ANSWER_ELSEWHERE, TRUE },
  };

  g_test_init (&argc, &argv, NULL);
  add ("map", test_map);
  add ("another-port", test_another_port);
  add ("refused", test_refused);
  add ("two-ways", test_two_ways);
  add ("sender", test_sender);
  add ("service", test_service);
  add ("slow", test_slow);
  add ("called-off", test_called_off);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_answers); i++)
    add_bad (&bad_answers[i]);
  return g_test_run ();
}
