/* test-tracker-client-udp.c: calls to trackers over UDP, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tracker-client-fixture.h"

static void
test_udp_announce (Fixture *f, gconstpointer data)
{
  Server *server = add_server (f, "1.1.1.1:80", "08080808 1ae1");
  gint64 start = f->fake->now;

  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80/dir?a=b&c=d", BT_ANNOUNCE_STARTED);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "interval 1800 8.8.8.8:6881");
  g_assert_cmpint (f->called_at - start, ==, 200 * 1000);
  g_assert_cmpuint (server->last_length, ==, 98 + 14);
  g_assert_cmpmem (server->last + 98, 14, "\x02\x0c/dir?a=b&c=d", 14);

  /* The connection id is good for another minute; a bare address has no URL data. */
  announce (f, "UDP://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  g_assert_cmpuint (f->n_called, ==, 2);
  g_assert_cmpuint (server->n_packets, ==, 3);
  g_assert_cmpuint (server->last_length, ==, 98);
  g_assert_cmpuint (f->fake->n_udp_opened, ==, 1);
}

static void
test_udp_scrape (Fixture *f, gconstpointer data)
{
  Server *v4 = add_server (f, "1.1.1.1:80", "");
  Server *v6 = add_server (f, "[2606::1]:80", "");

  ft_fake_tracker_world_set_name (f->fake, "t", "2606::1 1.1.1.1");
  g_assert_nonnull (scrape (f, "udp://t:80"));
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "7/9/8");
  g_assert_cmpuint (v6->n_scrapes, ==, 1);
  g_assert_cmpuint (v4->n_packets, ==, 0);

  v4->failure = "gone";
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  scrape (f, "udp://t:80");
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 2, "error remote: gone");
}

static void
test_udp_failure_text (Fixture *f, gconstpointer data)
{
  add_server (f, "1.1.1.1:80", "")->failure = "gone";
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "failure gone");
}

static void
test_udp_names (Fixture *f, gconstpointer data)
{
  ft_fake_tracker_world_set_name (f->fake, "odd", "224.0.0.1 0.0.0.0 ff02::1 ::");
  announce (f, "udp://none:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "error network: no such name");
  announce (f, "udp://odd:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 2, "error network: The tracker's name leads to no address");
  bt_tracker_call_cancel (announce (f, "udp://none:80", BT_ANNOUNCE_NONE));
  ft_fake_tracker_world_run (f->fake, SECOND);
  g_assert_cmpuint (f->n_called, ==, 2);
}

/* A silent tracker is asked as BEP 15 says, for a minute; a place is not held for longer. */
static void
test_udp_silence (Fixture *f, gconstpointer data)
{
  static const gint64 seconds[] = { 0, 15, 45 };
  Server *server = add_server (f, "1.1.1.1:80", "");

  server->silent = TRUE;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 60 * SECOND - 1);
  g_assert_cmpuint (f->n_called, ==, 0);
  ft_fake_tracker_world_run (f->fake, 1000 * SECOND);
  assert_result (f, 1, "error timed out: The tracker does not answer");
  g_assert_cmpuint (server->n_packets, ==, G_N_ELEMENTS (seconds));
  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    g_assert_cmpint (server->times[i] - server->times[0], ==, seconds[i] * SECOND);
}

static void
test_udp_comes_back (Fixture *f, gconstpointer data)
{
  Server *server = add_server (f, "1.1.1.1:80", "08080808 1ae1");

  server->silent = TRUE;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 40 * SECOND);
  server->silent = FALSE;
  ft_fake_tracker_world_run (f->fake, 6 * SECOND);
  assert_result (f, 1, "interval 1800 8.8.8.8:6881");
}

static void
test_udp_stopped_is_short (Fixture *f, gconstpointer data)
{
  gint64 start = f->fake->now;

  add_server (f, "1.1.1.1:80", "")->silent = TRUE;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80", BT_ANNOUNCE_STOPPED);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 1, "error timed out: The tracker does not answer");
  g_assert_cmpint (f->called_at - start, ==, 5 * SECOND);
}

/* Both families announce, and what they say comes as one. */
static void
test_udp_both_families (Fixture *f, gconstpointer data)
{
  Server *v4 = add_server (f, "1.1.1.1:80", "08080808 1ae1");
  Server *v6 = add_server (f, "[2606::1]:80", "20014860486000000000000000008888 1ae1");
  gint64 start = f->fake->now;

  v4->delay_us = SECOND / 5;
  v6->interval = 2000;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1 2606::1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 1, "interval 2000 8.8.8.8:6881 [2001:4860:4860::8888]:6881");
  g_assert_null (f->late);
  g_assert_cmpint (f->called_at - start, ==, 100 * 1000 + 2 * SECOND / 5);
  g_assert_cmpuint (v4->n_announces, ==, 1);
  g_assert_cmpuint (v6->n_announces, ==, 1);
}

/* How the answer of IPv4 (after 100 ms and two round trips) fares beside an ill IPv6, and the other
 * way round. */
static void
test_udp_one_family_ails (Fixture *f, gconstpointer data)
{
  typedef enum
  {
    SILENT,
    SLOW, /* answers each packet after 4 s */
    FAILS,
    UNREACHABLE,
    MISSING,
  } Ailment;
  static const struct
  {
    Ailment ailment;
    const char *expected;
    gint64 after_ms;
  } rows[] = {
    { SILENT, "interval 1800 8.8.8.8:6881", 700 },
    { SLOW, "interval 1800 8.8.8.8:6881", 700 },
    { FAILS, "interval 1800 warning no 8.8.8.8:6881", 200 },
    { UNREACHABLE, "interval 1800 8.8.8.8:6881", 200 },
    { MISSING, "interval 1800 8.8.8.8:6881", 200 },
  };

  add_server (f, "1.1.1.1:80", "08080808 1ae1");
  add_server (f, "[2606::1]:80", "20014860486000000000000000008888 1ae1");
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1 2606::1");
  for (guint i = G_N_ELEMENTS (rows); i > 0; i--)
    {
      Ailment ailment = rows[i - 1].ailment;
      gint64 start = f->fake->now;

      f->servers[1].silent = ailment == SILENT;
      f->servers[1].delay_us = ailment == SLOW ? 4 * SECOND : RTT;
      f->servers[1].failure = ailment == FAILS ? "no" : NULL;
      f->fake->ipv6_is_unreachable = ailment == UNREACHABLE;
      f->fake->ipv6_is_missing = ailment == MISSING;
      announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
      ft_fake_tracker_world_run (f->fake, 100 * SECOND);
      assert_result (f, G_N_ELEMENTS (rows) - i + 1, rows[i - 1].expected);
      g_assert_cmpint (f->called_at - start, ==, rows[i - 1].after_ms * 1000);
      g_assert_cmpstr (f->late, ==, ailment == SLOW ? "interval 1800 [2001:4860:4860::8888]:6881" : NULL);
      g_clear_pointer (&f->late, g_free);
    }
}

static void
test_udp_failure_waits_for_the_other (Fixture *f, gconstpointer data)
{
  Server *v4 = add_server (f, "1.1.1.1:80", "08080808 1ae1");
  Server *v6 = add_server (f, "[2606::1]:80", "20014860486000000000000000008888 1ae1");

  v4->failure = "no IPv4";
  v6->delay_us = 2 * SECOND;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1 2606::1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 1, "interval 1800 warning no IPv4 [2001:4860:4860::8888]:6881");
  v6->silent = TRUE;
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 2, "failure no IPv4");
  v6->silent = FALSE;
  v6->failure = "no IPv6";
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 3, "failure no IPv4");
}

static void
test_udp_nothing_reachable (Fixture *f, gconstpointer data)
{
  ft_fake_tracker_world_set_name (f->fake, "t", "2606::1 2606::2");
  f->fake->ipv6_is_unreachable = TRUE;
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "error network: The tracker's address cannot be reached");
  bt_tracker_client_free (f->client);
  f->client = bt_tracker_client_new (&f->fake->world, f->fake->timers);
  f->fake->ipv6_is_missing = TRUE;
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 2, "error network: no such family");
}

/* Each address but the last has 15 seconds. */
static void
test_udp_next_address (Fixture *f, gconstpointer data)
{
  Server *first = add_server (f, "1.1.1.1:80", "");
  Server *second = add_server (f, "1.1.1.2:80", "");
  gint64 start = f->fake->now;

  first->silent = TRUE;
  second->silent = TRUE;
  add_server (f, "1.1.1.3:80", "08080808 1ae1");
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1 1.1.1.2 1.1.1.3");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 1, "interval 1800 8.8.8.8:6881");
  g_assert_cmpint (f->called_at - start, ==, 200 * 1000 + 30 * SECOND);
  g_assert_cmpuint (first->n_packets, ==, 1);
  g_assert_cmpuint (second->n_packets, ==, 1);
}

static void
test_udp_addresses_are_capped (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) addresses = g_string_new (NULL);

  for (guint i = 1; i <= 200; i++)
    g_string_append_printf (addresses, "%s2606::%u", i > 1 ? " " : "", i);
  f->fake->ipv6_is_unreachable = TRUE;
  ft_fake_tracker_world_set_name (f->fake, "t", addresses->str);
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "error network: The tracker's address cannot be reached");
  g_assert_cmpuint (f->fake->n_unreachable, ==, BT_LIMIT_TRACKER_ADDRESSES);
}

/* Many at once to one tracker: each has its own answer. */
static void
test_udp_many (Fixture *f, gconstpointer data)
{
  Server *server = add_server (f, "1.1.1.1:80", "08080808 1ae1");

  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  for (guint i = 0; i < 500; i++)
    {
      announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
      ft_fake_tracker_world_run (f->fake, 10 * 1000);
    }
  ft_fake_tracker_world_run (f->fake, 10 * SECOND);
  assert_result (f, 500, "interval 1800 8.8.8.8:6881");
  g_assert_cmpuint (server->n_announces, ==, 500);
  g_assert_cmpuint (server->n_packets, <, 520);
}

/* A stranger sends what it likes; the tracker is still heard. */
static void
serve_with_noise (FtFakeTrackerWorld *fake,
                  const BtEndpoint *to,
                  const guint8 *packet,
                  gsize length)
{
  Fixture *f = fake->server_data;
  BtEndpoint from = *to;
  BtRandom random;

  bt_random_seed (&random, f->servers[0].n_packets + 1);
  for (guint i = 0; i < 200; i++)
    {
      guint8 noise[64];
      gsize size = bt_random_below (&random, sizeof noise + 1);

      bt_random_fill (&random, noise, sizeof noise);
      memset (noise, 0, 4);
      noise[3] = (guint8) bt_random_below (&random, 4);
      from = *to;
      if (i % 2 == 0)
        {
          from.port ^= 1;
          memcpy (noise + 4, packet + 12, 4); /* it knows the transaction, but is not the tracker */
        }
      ft_fake_tracker_world_send (fake, &from, 1000, noise, size);
    }
  serve (fake, to, packet, length);
}

static void
test_udp_noise (Fixture *f, gconstpointer data)
{
  add_server (f, "1.1.1.1:80", "08080808 1ae1");
  f->fake->server = serve_with_noise;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 1, "interval 1800 8.8.8.8:6881");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/net/tracker-client/udp-announce", test_udp_announce);
  add_test ("/net/tracker-client/udp-scrape", test_udp_scrape);
  add_test ("/net/tracker-client/udp-failure-text", test_udp_failure_text);
  add_test ("/net/tracker-client/udp-names", test_udp_names);
  add_test ("/net/tracker-client/udp-silence", test_udp_silence);
  add_test ("/net/tracker-client/udp-comes-back", test_udp_comes_back);
  add_test ("/net/tracker-client/udp-stopped-is-short", test_udp_stopped_is_short);
  add_test ("/net/tracker-client/udp-both-families", test_udp_both_families);
  add_test ("/net/tracker-client/udp-one-family-ails", test_udp_one_family_ails);
  add_test ("/net/tracker-client/udp-failure-waits", test_udp_failure_waits_for_the_other);
  add_test ("/net/tracker-client/udp-nothing-reachable", test_udp_nothing_reachable);
  add_test ("/net/tracker-client/udp-next-address", test_udp_next_address);
  add_test ("/net/tracker-client/udp-addresses-are-capped", test_udp_addresses_are_capped);
  add_test ("/net/tracker-client/udp-many", test_udp_many);
  add_test ("/net/tracker-client/udp-noise", test_udp_noise);
  return g_test_run ();
}
