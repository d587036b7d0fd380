/* test-tracker-client-queue.c: calls that wait for others, over HTTP and UDP, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tracker-client-fixture.h"
#include "bt-tracker-places.h"

#define ORDINARY (BT_TRACKER_MAX_CALLS - BT_TRACKER_KEPT_PLACES)

static void
announce_to_many (Fixture *f, guint n, const char *scheme, const char *rest)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *host = g_strdup_printf ("%s%u", scheme, i);
      g_autofree char *url = g_strconcat (scheme, "://", host, rest, NULL);

      ft_fake_tracker_world_set_name (f->fake, host, "1.1.1.1");
      announce (f, url, BT_ANNOUNCE_NONE);
    }
}

/* No more at once than there are places for those of whom nothing is known; the others follow in order. */
static void
test_http (Fixture *f, gconstpointer data)
{
  BtTrackerCall *calls[120];

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autofree char *url = g_strdup_printf ("http://t%u/announce", i);

      calls[i] = announce (f, url, BT_ANNOUNCE_NONE);
    }
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 30);
  bt_tracker_call_cancel (calls[30]); /* waits */
  g_assert_cmpuint (f->fake->n_fetches_started, ==, 30);
  bt_tracker_call_cancel (calls[3]); /* runs */
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 30);
  g_assert_true (g_str_has_prefix (ft_fake_tracker_world_get_fetch (f->fake, 29)->url, "http://t31/"));
  ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
  g_assert_true (g_str_has_prefix (ft_fake_tracker_world_get_fetch (f->fake, 29)->url, "http://t32/"));
  g_assert_true (g_str_has_suffix (ft_fake_tracker_world_get_fetch (f->fake, 29)->url, "&trackerid=an%20id"));
  while (ft_fake_tracker_world_n_fetches (f->fake) > 20)
    ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
  g_assert_cmpuint (f->n_called, ==, 118 - 20);
  g_assert_cmpuint (f->fake->n_fetches_started, ==, 119);
}

/* Trackers that answer nothing any more: no more than fifty at once, and the others get their turn within a minute. */
static void
test_silent_trackers (Fixture *f, gconstpointer data)
{
  Server *server = add_server (f, "1.1.1.1:80", "");

  announce_to_many (f, 60, "udp", ":80");
  ft_fake_tracker_world_run (f->fake, 100 * SECOND);
  assert_result (f, 60, "interval 1800");
  server->silent = TRUE;
  server->n_packets = 0;
  announce_to_many (f, 60, "udp", ":80");
  ft_fake_tracker_world_run (f->fake, 14 * SECOND);
  g_assert_cmpuint (server->n_packets, ==, ORDINARY);
  ft_fake_tracker_world_run (f->fake, 45 * SECOND);
  g_assert_cmpuint (server->n_packets, ==, 3 * ORDINARY);
  g_assert_cmpuint (f->n_called, ==, 60);
  ft_fake_tracker_world_run (f->fake, 2 * SECOND);
  g_assert_cmpuint (f->n_called, ==, 60 + ORDINARY);
  g_assert_cmpuint (server->n_packets, ==, 3 * ORDINARY + 20);
  ft_fake_tracker_world_run (f->fake, 60 * SECOND);
  assert_result (f, 120, "error timed out: The tracker does not answer");
}

/* One cap for both kinds. */
static void
test_both_kinds (Fixture *f, gconstpointer data)
{
  add_server (f, "1.1.1.1:80", "")->silent = TRUE;
  announce_to_many (f, 20, "udp", ":80");
  announce_to_many (f, 20, "http", "/announce");
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, BT_TRACKER_MAX_UNANSWERED - 20);
  ft_fake_tracker_world_run (f->fake, 61 * SECOND);
  g_assert_cmpuint (f->n_called, ==, BT_TRACKER_MAX_UNANSWERED);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 40 - BT_TRACKER_MAX_UNANSWERED);
  ft_fake_tracker_world_run (f->fake, 60 * SECOND);
  assert_result (f, 40, "error timed out: The tracker does not answer");
}

/* A goodbye does not wait behind trackers that say nothing. */
static void
test_goodbye (Fixture *f, gconstpointer data)
{
  add_server (f, "1.1.1.1:80", "")->silent = TRUE;
  announce_to_many (f, 60, "udp", ":80");
  announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 0);
  announce (f, "http://t/announce", BT_ANNOUNCE_STOPPED);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 1);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
  assert_result (f, 1, "interval -1");
}

/* Ten thousand torrents of a tracker that is gone do not take turns to find that out. */
static void
test_dead_host (Fixture *f, gconstpointer data)
{
  Server *dead = add_server (f, "1.1.1.1:80", "");
  Server *good = add_server (f, "1.1.1.2:80", "");
  guint n_packets;

  dead->silent = TRUE;
  ft_fake_tracker_world_set_name (f->fake, "dead", "1.1.1.1");
  ft_fake_tracker_world_set_name (f->fake, "good", "1.1.1.2");
  for (guint i = 0; i < 1000; i++)
    announce (f, "udp://dead:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 61 * SECOND);
  assert_result (f, 1000, "error timed out: The tracker does not answer");
  n_packets = dead->n_packets;
  g_assert_cmpuint (n_packets, ==, 3);

  /* Again: one asks, and the good one is not held up. */
  for (guint i = 0; i < 1000; i++)
    announce (f, "udp://dead:80", BT_ANNOUNCE_NONE);
  for (guint i = 0; i < 100; i++)
    announce (f, "udp://good:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 2 * SECOND);
  g_assert_cmpuint (dead->n_packets - n_packets, ==, 1);
  assert_result (f, 1100, "interval 1800");
  g_assert_cmpuint (good->n_announces, ==, 100);

  /* It comes back: all are answered. */
  dead->silent = FALSE;
  ft_fake_tracker_world_run (f->fake, 20 * SECOND);
  assert_result (f, 2100, "interval 1800");
  g_assert_cmpuint (dead->n_announces, ==, 1000);
}

/* Nor does it wait behind two hundred others to a tracker that is gone, whether it was known before; those are told of
 * that at once, and nobody else waits behind them either. */
static void
test_goodbyes_to_dead_host (Fixture *f, gconstpointer data)
{
  Server *dead = add_server (f, "1.1.1.1:80", "");
  Server *good = add_server (f, "1.1.1.2:80", "");
  guint n_called;

  ft_fake_tracker_world_set_name (f->fake, "dead", "1.1.1.1");
  ft_fake_tracker_world_set_name (f->fake, "good", "1.1.1.2");
  if (GPOINTER_TO_INT (data))
    announce (f, "udp://dead:80", BT_ANNOUNCE_STARTED);
  ft_fake_tracker_world_run (f->fake, SECOND);
  n_called = f->n_called;
  dead->silent = TRUE;
  for (guint i = 0; i < 200; i++)
    announce (f, "udp://dead:80", BT_ANNOUNCE_STOPPED);
  announce (f, "udp://good:80", BT_ANNOUNCE_STOPPED);
  announce (f, "udp://good:80", BT_ANNOUNCE_STARTED);
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, n_called + 2, "interval 1800");
  g_assert_cmpuint (good->n_announces, ==, 2);
  ft_fake_tracker_world_run (f->fake, 4 * SECOND);
  assert_result (f, n_called + 202, "error timed out: The tracker does not answer");
}

/* What a goodbye has found out in five seconds ends nothing that has a minute. */
static void
test_goodbye_to_slow_host (Fixture *f, gconstpointer data)
{
  Server *slow = add_server (f, "1.1.1.1:80", "");

  slow->delay_us = 6 * SECOND;
  ft_fake_tracker_world_set_name (f->fake, "slow", "1.1.1.1");
  announce (f, "udp://slow:80", BT_ANNOUNCE_NONE);
  announce (f, "udp://slow:80", BT_ANNOUNCE_NONE);
  announce (f, "udp://slow:80", BT_ANNOUNCE_STOPPED);
  ft_fake_tracker_world_run (f->fake, 6 * SECOND);
  assert_result (f, 1, "error timed out: The tracker does not answer");
  ft_fake_tracker_world_run (f->fake, 30 * SECOND);
  assert_result (f, 3, "interval 1800");
}

/* By IPv6 there is no way, which is known at once, and by IPv4 nobody answers: that is a silent tracker. */
static void
test_dead_host_without_ipv6 (Fixture *f, gconstpointer data)
{
  Server *dead = add_server (f, "1.1.1.1:80", "");

  dead->silent = TRUE;
  f->fake->ipv6_is_unreachable = TRUE;
  ft_fake_tracker_world_set_name (f->fake, "dead", "1.1.1.1 2606::1");
  for (guint i = 0; i < 1000; i++)
    announce (f, "udp://dead:80", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, 61 * SECOND);
  assert_result (f, 1000, "error timed out: The tracker does not answer");
  g_assert_cmpuint (dead->n_packets, ==, 3);
}

/* Likewise over HTTP, and the other way round: a goodbye has less time than a connection. */
static void
test_silent_ipv6 (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, "no way");

  f->fake->has_both = TRUE;
  announce (f, "http://t/announce", BT_ANNOUNCE_STOPPED);
  ft_fake_tracker_world_answer (f->fake, 0, 0, NULL, error);
  ft_fake_tracker_world_run (f->fake, 6 * SECOND);
  assert_result (f, 1, "error timed out: The tracker does not answer");
}

/* Scrapes that wait behind an announce which is not answered have asked nothing: that the tracker answers none is not
 * known. */
static void
test_scrapes_behind (Fixture *f, gconstpointer data)
{
  Server *server = add_server (f, "1.1.1.1:80", "");

  server->silent = TRUE;
  ft_fake_tracker_world_set_name (f->fake, "t", "1.1.1.1");
  announce (f, "udp://t:80", BT_ANNOUNCE_NONE);
  for (guint i = 0; i < 5; i++)
    scrape (f, "udp://t:80");
  ft_fake_tracker_world_run (f->fake, 61 * SECOND);
  assert_result (f, 6, "error timed out: The tracker does not answer");
  server->silent = FALSE;
  g_assert_nonnull (scrape (f, "udp://t:80"));
  ft_fake_tracker_world_run (f->fake, SECOND);
  assert_result (f, 7, "7/9/8");
}

/* What of a tracker hangs while it answers others hangs alone. */
static void
test_one_hangs (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) late = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "late");

  for (guint i = 0; i < 10; i++)
    announce (f, "http://t/announce", BT_ANNOUNCE_NONE);
  ft_fake_tracker_world_run (f->fake, SECOND);
  ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
  ft_fake_tracker_world_run (f->fake, SECOND);
  ft_fake_tracker_world_answer (f->fake, 0, 0, NULL, late);
  g_assert_cmpuint (f->n_called, ==, 2);
  ft_fake_tracker_world_run (f->fake, SECOND);
  while (ft_fake_tracker_world_n_fetches (f->fake) > 0)
    ft_fake_tracker_world_answer (f->fake, 0, 200, "de", NULL);
  assert_result (f, 10, "interval -1");
}

/* Answered over one family, a call leaves its place to others; so many wait for the other family. */
static void
test_late (Fixture *f, gconstpointer data)
{
  f->fake->has_both = TRUE;
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://t%u/announce", i);

      announce (f, url, BT_ANNOUNCE_NONE);
      ft_fake_tracker_world_answer (f->fake, ft_fake_tracker_world_n_fetches (f->fake) - 2, 200, "de", NULL);
      ft_fake_tracker_world_run (f->fake, SECOND / 2);
      assert_result (f, i + 1, "interval -1");
      g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, MIN (i + 1, 20));
    }
  ft_fake_tracker_world_answer (f->fake, 0, 200, "d8:intervali7ee", NULL);
  g_assert_cmpstr (f->late, ==, "interval 7");
  ft_fake_tracker_world_run (f->fake, 31 * SECOND);
  g_assert_cmpuint (ft_fake_tracker_world_n_fetches (f->fake), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/net/tracker-client-queue/http", test_http);
  add_test ("/net/tracker-client-queue/silent-trackers", test_silent_trackers);
  add_test ("/net/tracker-client-queue/both-kinds", test_both_kinds);
  add_test ("/net/tracker-client-queue/goodbye", test_goodbye);
  add_test ("/net/tracker-client-queue/dead-host", test_dead_host);
  add_test ("/net/tracker-client-queue/goodbyes-to-dead-host", test_goodbyes_to_dead_host);
  g_test_add ("/net/tracker-client-queue/goodbyes-to-host-that-died", Fixture, GINT_TO_POINTER (TRUE), set_up,
              test_goodbyes_to_dead_host, tear_down);
  add_test ("/net/tracker-client-queue/goodbye-to-slow-host", test_goodbye_to_slow_host);
  add_test ("/net/tracker-client-queue/dead-host-without-ipv6", test_dead_host_without_ipv6);
  add_test ("/net/tracker-client-queue/silent-ipv6", test_silent_ipv6);
  add_test ("/net/tracker-client-queue/scrapes-behind", test_scrapes_behind);
  add_test ("/net/tracker-client-queue/one-hangs", test_one_hangs);
  add_test ("/net/tracker-client-queue/late", test_late);
  return g_test_run ();
}
