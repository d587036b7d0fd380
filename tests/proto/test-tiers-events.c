/* test-tiers-events.c: what trackers are told, and what is remembered of their answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tiers-fixture.h"

static void
test_events (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);
  BtTracker *a = bt_tiers_get (tiers, 0);

  bt_tiers_start (tiers, 0, 0);
  g_assert_cmpint (bt_tiers_event_for (a, FALSE, FALSE), ==, BT_ANNOUNCE_STARTED);
  fail (tiers, ask (tiers, 0, "a"), 0);
  g_assert_false (a->started);
  g_assert_cmpint (bt_tiers_event_for (a, TRUE, FALSE), ==, BT_ANNOUNCE_STARTED);
  ask (tiers, HOUR, "a");
  succeed (tiers, a, BT_ANNOUNCE_STARTED, 1800, HOUR);
  g_assert_true (a->started);
  g_assert_cmpint (bt_tiers_event_for (a, FALSE, FALSE), ==, BT_ANNOUNCE_NONE);
  g_assert_cmpint (bt_tiers_event_for (a, TRUE, TRUE), ==, BT_ANNOUNCE_NONE);
  g_assert_cmpint (bt_tiers_event_for (a, TRUE, FALSE), ==, BT_ANNOUNCE_COMPLETED);

  ask (tiers, 2 * HOUR, "a");
  fail (tiers, a, 2 * HOUR);
  g_assert_cmpint (bt_tiers_event_for (a, TRUE, FALSE), ==, BT_ANNOUNCE_COMPLETED);
  ask (tiers, 3 * HOUR, "a");
  succeed (tiers, a, BT_ANNOUNCE_COMPLETED, 1800, 3 * HOUR);
  g_assert_cmpint (bt_tiers_event_for (a, TRUE, FALSE), ==, BT_ANNOUNCE_NONE);

  /* Stopped, and started again: no second completed. */
  bt_tiers_stop (tiers);
  g_assert_true (a->started);
  bt_tiers_asking (tiers, a, 3 * HOUR);
  succeed (tiers, a, BT_ANNOUNCE_STOPPED, 1800, 3 * HOUR);
  g_assert_false (a->started);
  g_assert_cmpint (a->state, ==, BT_TRACKER_IDLE);
  g_assert_cmpint (bt_tiers_next (tiers), ==, G_MAXINT64);
  bt_tiers_start (tiers, 4 * HOUR, 0);
  ask (tiers, 4 * HOUR, "a");
  g_assert_cmpint (bt_tiers_event_for (a, TRUE, FALSE), ==, BT_ANNOUNCE_STARTED);
  succeed (tiers, a, BT_ANNOUNCE_STARTED, 1800, 4 * HOUR);
  g_assert_cmpint (bt_tiers_event_for (a, TRUE, FALSE), ==, BT_ANNOUNCE_NONE);
}

/* Of one tracker: it was told of the start, and is being told of the end. */
static BtTracker *
start_and_stop (BtTiers *tiers)
{
  BtTracker *a;

  bt_tiers_start (tiers, 0, 0);
  a = ask (tiers, 0, "a");
  succeed (tiers, a, BT_ANNOUNCE_STARTED, 1800, 0);
  bt_tiers_stop (tiers);
  bt_tiers_asking (tiers, a, SECOND);
  return a;
}

/* The answer to a stopped comes when the torrent runs again already. */
static void
test_stopped_answered_late (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);
  BtTracker *a = start_and_stop (tiers);

  bt_tiers_start (tiers, 2 * SECOND, 0);
  ask (tiers, 2 * SECOND, NULL);
  succeed (tiers, a, BT_ANNOUNCE_STOPPED, 1800, 3 * SECOND);
  ask (tiers, 3 * SECOND, "a");
  g_assert_cmpint (bt_tiers_event_for (a, FALSE, FALSE), ==, BT_ANNOUNCE_STARTED);
}

/* The stopped gets lost: it is not tried again, and the next session begins with a started. */
static void
test_stopped_fails (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);
  BtTracker *a = start_and_stop (tiers);

  fail (tiers, a, 2 * SECOND);
  g_assert_cmpint (a->state, ==, BT_TRACKER_IDLE);
  g_assert_cmpuint (a->fails, ==, 0);
  g_assert_cmpint (bt_tiers_next (tiers), ==, G_MAXINT64);
  bt_tiers_start (tiers, HOUR, 0);
  ask (tiers, HOUR, "a");
  g_assert_cmpint (bt_tiers_event_for (a, FALSE, FALSE), ==, BT_ANNOUNCE_STARTED);
}

/* Owed at once, whatever the min interval; by those that do not work now as soon as they do. */
static void
test_completed_is_not_held_back (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a|b", FALSE, 1);
  g_autoptr (BtAnnounceReply) reply = bt_announce_reply_new ();
  BtTracker *a, *b;

  reply->interval_s = 1800;
  reply->min_interval_s = 1800;
  bt_tiers_start (tiers, 0, 0);
  a = ask (tiers, 0, "a");
  bt_tiers_succeeded (tiers, a, BT_ANNOUNCE_STARTED, reply, 0);
  b = ask (tiers, 0, "b");
  bt_tiers_hurry (tiers, SECOND);
  ask (tiers, SECOND, NULL);
  bt_tiers_hurry_completed (tiers, SECOND);
  ask (tiers, SECOND, "a");
  g_assert_cmpint (bt_tiers_event_for (a, TRUE, FALSE), ==, BT_ANNOUNCE_COMPLETED);
  bt_tiers_succeeded (tiers, a, BT_ANNOUNCE_COMPLETED, reply, SECOND);
  g_assert_cmpint (a->next_announce, ==, 1801 * SECOND);

  bt_tiers_succeeded (tiers, b, BT_ANNOUNCE_STARTED, reply, 2 * SECOND);
  ask (tiers, 2 * SECOND, "b");
  g_assert_cmpint (bt_tiers_event_for (b, TRUE, FALSE), ==, BT_ANNOUNCE_COMPLETED);
  bt_tiers_succeeded (tiers, b, BT_ANNOUNCE_COMPLETED, reply, 2 * SECOND);
  g_assert_cmpint (b->next_announce, ==, 1802 * SECOND);
  bt_tiers_hurry_completed (tiers, 3 * SECOND);
  ask (tiers, 3 * SECOND, NULL);
}

/* Once: what is not complete after all must not be announced without end. */
static void
test_hurried_once (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);

  bt_tiers_start (tiers, 0, 0);
  bt_tiers_hurry_completed (tiers, 0);
  succeed (tiers, ask (tiers, 0, "a"), BT_ANNOUNCE_STARTED, 1800, 0);
  succeed (tiers, ask (tiers, 0, "a"), BT_ANNOUNCE_NONE, 1800, 0);
  g_assert_cmpint (bt_tiers_next (tiers), ==, 1800 * SECOND);
}

static void
test_what_is_remembered (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);
  g_autoptr (BtAnnounceReply) full = bt_announce_reply_new ();
  g_autoptr (BtAnnounceReply) empty = bt_announce_reply_new ();
  const BtScrapeReply scrape = { 9, -1, 11 };
  BtEndpoint peer;
  BtTracker *a = bt_tiers_get (tiers, 0);

  g_assert_cmpint (a->n_seeds, ==, -1);
  g_assert_cmpint (a->n_leechers, ==, -1);
  full->n_seeds = 1;
  full->n_leechers = 2;
  full->n_downloaded = 3;
  full->warning = g_strdup ("odd");
  full->tracker_id = g_strdup ("id");
  g_assert_true (bt_endpoint_parse (&peer, "8.8.8.8:1"));
  g_array_append_val (full->peers, peer);

  bt_tiers_start (tiers, 0, 0);
  ask (tiers, 0, "a");
  bt_tiers_succeeded (tiers, a, BT_ANNOUNCE_STARTED, full, 0);
  g_assert_cmpstr (a->message, ==, "odd");
  g_assert_cmpstr (a->tracker_id, ==, "id");
  g_assert_cmpuint (a->n_peers, ==, 1);
  g_assert_cmpint (a->n_downloaded, ==, 3);

  /* What is not said again stays, but the warning is over. */
  bt_tiers_succeeded (tiers, a, BT_ANNOUNCE_NONE, empty, 0);
  g_assert_null (a->message);
  g_assert_cmpstr (a->tracker_id, ==, "id");
  g_assert_cmpint (a->n_seeds, ==, 1);
  g_assert_cmpuint (a->n_peers, ==, 0);
  bt_tiers_scraped (a, &scrape);
  g_assert_cmpint (a->n_seeds, ==, 9);
  g_assert_cmpint (a->n_leechers, ==, 2);
  g_assert_cmpint (a->n_downloaded, ==, 11);
}

static void
test_cancelled (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);

  bt_tiers_start (tiers, 0, 0);
  bt_tiers_cancelled (tiers, ask (tiers, 0, "a"));
  g_assert_cmpint (bt_tiers_get (tiers, 0)->state, ==, BT_TRACKER_IDLE);
  fail (tiers, ask (tiers, 0, "a"), 0);
  bt_tiers_cancelled (tiers, ask (tiers, HOUR, "a"));
  g_assert_cmpint (bt_tiers_get (tiers, 0)->state, ==, BT_TRACKER_FAILING);
  ask (tiers, HOUR, "a");
  bt_tiers_stop (tiers);
  bt_tiers_cancelled (tiers, bt_tiers_get (tiers, 0));
  ask (tiers, DAY, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/tiers/events", test_events);
  g_test_add_func ("/proto/tiers/stopped-answered-late", test_stopped_answered_late);
  g_test_add_func ("/proto/tiers/stopped-fails", test_stopped_fails);
  g_test_add_func ("/proto/tiers/completed-is-not-held-back", test_completed_is_not_held_back);
  g_test_add_func ("/proto/tiers/hurried-once", test_hurried_once);
  g_test_add_func ("/proto/tiers/what-is-remembered", test_what_is_remembered);
  g_test_add_func ("/proto/tiers/cancelled", test_cancelled);
  return g_test_run ();
}
