/* test-tiers.c: whom to announce to and when, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tiers-fixture.h"

static void
test_shuffle (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint seed = 0; seed < 200; seed++)
    {
      g_autoptr (BtTiers) tiers = make_tiers ("a b c||d", FALSE, seed);
      char *order = describe_order (tiers);

      g_assert_true (g_str_has_suffix (order, "|d"));
      g_hash_table_add (seen, order);
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, 6);
}

static void
test_caps_and_duplicates (void)
{
  g_autoptr (GString) many = g_string_new ("http://0");
  g_autoptr (BtTiers) full = NULL;
  g_autoptr (BtTiers) few = make_tiers ("a a|a b", FALSE, 1);

  for (guint i = 1; i < 2 * BT_LIMIT_TRACKERS; i++)
    g_string_append_printf (many, "%chttp://%u", i % 7 == 0 ? '|' : ' ', i);
  full = make_tiers (many->str, FALSE, 1);
  g_assert_cmpuint (bt_tiers_n_trackers (full), ==, BT_LIMIT_TRACKERS);
  g_assert_false (bt_tiers_add (full, "http://one-more", 0));
  assert_order (few, "a|b");
}

static void
test_nothing_to_do (void)
{
  g_autoptr (BtTiers) none = make_tiers ("", FALSE, 1);
  g_autoptr (BtTiers) stopped = make_tiers ("a", FALSE, 1);

  bt_tiers_start (none, 0, 0);
  g_assert_null (bt_tiers_due (none, DAY));
  g_assert_cmpint (bt_tiers_next (none), ==, G_MAXINT64);
  g_assert_null (bt_tiers_due (stopped, DAY));
  g_assert_cmpint (bt_tiers_next (stopped), ==, G_MAXINT64);
  bt_tiers_hurry (stopped, DAY);
  bt_tiers_hurry_by_hand (stopped, DAY);
  g_assert_null (bt_tiers_due (stopped, DAY));
}

static void
test_start_is_spread (void)
{
  gint64 least = G_MAXINT64, most = 0;

  for (guint seed = 0; seed < 100; seed++)
    {
      g_autoptr (BtTiers) tiers = make_tiers ("a|b", FALSE, seed);
      gint64 next;

      bt_tiers_start (tiers, DAY, 30 * SECOND);
      next = bt_tiers_next (tiers);
      g_assert_null (bt_tiers_due (tiers, next - 1));
      g_assert_nonnull (bt_tiers_due (tiers, next));
      least = MIN (least, next - DAY);
      most = MAX (most, next - DAY);
    }
  g_assert_cmpint (least, >=, 0);
  g_assert_cmpint (least, <, 5 * SECOND);
  g_assert_cmpint (most, >, 25 * SECOND);
  g_assert_cmpint (most, <, 30 * SECOND);
}

/* BEP 12: the tier is gone through until one works, which is then first. */
static void
test_first_that_works (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);

  g_assert_true (bt_tiers_add (tiers, "b", 0));
  g_assert_true (bt_tiers_add (tiers, "c", 0));
  g_assert_true (bt_tiers_add (tiers, "d", 1));
  bt_tiers_start (tiers, 0, 0);
  fail (tiers, ask (tiers, 0, "a"), 0);
  fail (tiers, ask (tiers, 0, "b"), 0);
  succeed (tiers, ask (tiers, 0, "c"), BT_ANNOUNCE_STARTED, 1800, 0);
  assert_order (tiers, "c a b|d");
  succeed (tiers, ask (tiers, 0, "d"), BT_ANNOUNCE_STARTED, 1800, 0);
  ask (tiers, 0, NULL);

  /* The others are left alone while it works, long after their back-off. */
  g_assert_cmpint (bt_tiers_next (tiers), ==, 1800 * SECOND);
  ask (tiers, 1800 * SECOND - 1, NULL);
  fail (tiers, ask (tiers, 1800 * SECOND, "c"), 1800 * SECOND);
  fail (tiers, ask (tiers, 1800 * SECOND, "a"), 1800 * SECOND);
  succeed (tiers, ask (tiers, 1800 * SECOND, "b"), BT_ANNOUNCE_STARTED, 900, 1800 * SECOND);
  assert_order (tiers, "b c a|d");
  g_assert_cmpint (find (tiers, "c")->state, ==, BT_TRACKER_FAILING);
  g_assert_cmpint (find (tiers, "b")->state, ==, BT_TRACKER_WORKING);
}

static void
test_public_asks_all_tiers (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a|b|c", FALSE, 1);
  BtTracker *a, *b, *c;

  bt_tiers_start (tiers, 0, 0);
  a = ask (tiers, 0, "a");
  b = ask (tiers, 0, "b");
  c = ask (tiers, 0, "c");
  ask (tiers, DAY, NULL);
  g_assert_cmpint (bt_tiers_next (tiers), ==, G_MAXINT64);
  fail (tiers, b, 0);
  succeed (tiers, a, BT_ANNOUNCE_STARTED, 1800, 0);
  succeed (tiers, c, BT_ANNOUNCE_STARTED, 1800, 0);
  assert_order (tiers, "a|b|c");
  g_assert_cmpint (bt_tiers_next (tiers), ==, b->next_announce);
}

/* BEP 27: one at a time, and back to an upper tier when it answers again. */
static void
test_private_asks_one (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a|b|c", TRUE, 1);
  BtTracker *a;

  bt_tiers_start (tiers, 0, 0);
  a = ask (tiers, 0, "a");
  ask (tiers, DAY, NULL);
  fail (tiers, a, 0);
  succeed (tiers, ask (tiers, 0, "b"), BT_ANNOUNCE_STARTED, 1800, 0);
  assert_order (tiers, "a|b|c");
  ask (tiers, 1799 * SECOND, NULL);

  fail (tiers, ask (tiers, 1800 * SECOND, "a"), 1800 * SECOND);
  succeed (tiers, ask (tiers, 1800 * SECOND, "b"), BT_ANNOUNCE_NONE, 1800, 1800 * SECOND);
  ask (tiers, 1800 * SECOND, NULL);

  succeed (tiers, ask (tiers, HOUR, "a"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  ask (tiers, HOUR, NULL);
  g_assert_cmpint (find (tiers, "b")->state, ==, BT_TRACKER_IDLE);
  g_assert_true (find (tiers, "b")->started);
  ask (tiers, HOUR + 1799 * SECOND, NULL);
  succeed (tiers, ask (tiers, HOUR + 1800 * SECOND, "a"), BT_ANNOUNCE_NONE, 1800, 2 * HOUR);
  fail (tiers, ask (tiers, 3 * HOUR, "a"), 3 * HOUR);
  ask (tiers, 3 * HOUR, "b");
}

static void
test_intervals (void)
{
  static const struct
  {
    gint64 interval_s, min_interval_s;
    gint64 expected_s, earliest_s;
  } rows[] = {
    { 1800, -1, 1800, 60 },
    { 1800, 900, 1800, 900 },
    { -1, -1, 1800, 60 },
    { 0, 0, 60, 60 },
    { 59, 30, 60, 60 },
    { 61, -1, 61, 60 },
    { 1000000000, -1, 86400, 60 },
    { G_MAXINT64, G_MAXINT64, 86400, 86400 },
    { 300, 900, 900, 900 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);
      g_autoptr (BtAnnounceReply) reply = bt_announce_reply_new ();
      BtTracker *tracker;

      bt_tiers_start (tiers, DAY, 0);
      tracker = ask (tiers, DAY, "a");
      reply->interval_s = rows[i].interval_s;
      reply->min_interval_s = rows[i].min_interval_s;
      bt_tiers_succeeded (tiers, tracker, BT_ANNOUNCE_STARTED, reply, DAY);
      g_assert_cmpint (tracker->interval_s, ==, rows[i].expected_s);
      g_assert_cmpint (bt_tiers_next (tiers), ==, DAY + rows[i].expected_s * SECOND);
      g_assert_cmpint (tracker->last_announce, ==, DAY);

      bt_tiers_hurry (tiers, DAY + SECOND);
      g_assert_cmpint (bt_tiers_next (tiers), ==, DAY + rows[i].earliest_s * SECOND);
      bt_tiers_hurry_by_hand (tiers, DAY + SECOND);
      g_assert_cmpint (bt_tiers_next (tiers), ==, DAY + rows[i].earliest_s * SECOND);
      bt_tiers_hurry (tiers, DAY + 100000 * SECOND);
      g_assert_cmpint (bt_tiers_next (tiers), ==, DAY + rows[i].earliest_s * SECOND);
    }
}

static void
test_hurry_after_the_floor (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);

  bt_tiers_start (tiers, 0, 0);
  succeed (tiers, ask (tiers, 0, "a"), BT_ANNOUNCE_STARTED, 1800, 0);
  bt_tiers_hurry (tiers, 100 * SECOND);
  ask (tiers, 100 * SECOND, "a");
}

/* 5 s + 5·n²·2.5 s, at most an hour, each ±20 %. */
static void
test_back_off (void)
{
  static const double base_s[] = { 17.5, 55, 117.5, 205, 317.5 };
  gboolean above = FALSE, below = FALSE;

  for (guint seed = 0; seed < 50; seed++)
    {
      g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, seed);
      gint64 now = 0;

      bt_tiers_start (tiers, 0, 0);
      for (guint n = 1; n <= 60; n++)
        {
          double expected_s = n <= G_N_ELEMENTS (base_s) ? base_s[n - 1]
                                                         : MIN (5 + 12.5 * n * n, 3600);
          gint64 wait;

          fail (tiers, ask (tiers, now, "a"), now);
          wait = bt_tiers_next (tiers) - now;
          g_assert_cmpfloat ((double) wait, >=, expected_s * 0.8 * SECOND - 1);
          g_assert_cmpfloat ((double) wait, <=, expected_s * 1.2 * SECOND + 1);
          above |= (double) wait > expected_s * 1.1 * SECOND;
          below |= (double) wait < expected_s * 0.9 * SECOND;
          now += wait;
        }
      g_assert_cmpuint (bt_tiers_get (tiers, 0)->fails, ==, 60);
      g_assert_cmpint (bt_tiers_get (tiers, 0)->state, ==, BT_TRACKER_FAILING);
      succeed (tiers, ask (tiers, now, "a"), BT_ANNOUNCE_STARTED, 1800, now);
      g_assert_cmpuint (bt_tiers_get (tiers, 0)->fails, ==, 0);
    }
  g_assert_true (above && below);
}

static void
test_many_failures_do_not_overflow (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);
  BtTracker *tracker = bt_tiers_get (tiers, 0);

  bt_tiers_start (tiers, 0, 0);
  tracker->fails = G_MAXUINT - 1;
  fail (tiers, tracker, 0);
  g_assert_cmpint (tracker->next_announce, >=, 2880 * SECOND);
  g_assert_cmpint (tracker->next_announce, <=, 4320 * SECOND);
}

/* BEP 31. */
static void
test_retry_in (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a|b", FALSE, 1);
  BtTracker *a, *b;

  bt_tiers_start (tiers, 0, 0);
  a = ask (tiers, 0, "a");
  b = ask (tiers, 0, "b");
  bt_tiers_failed (tiers, a, "later", 900, 0);
  g_assert_cmpint (a->next_announce, ==, 900 * SECOND);
  bt_tiers_failed (tiers, a, "later", 0, 0);
  g_assert_cmpint (a->next_announce, ==, 60 * SECOND);
  bt_tiers_failed (tiers, a, "later", 1000000000, 0);
  g_assert_cmpint (a->next_announce, ==, DAY);
  bt_tiers_failed (tiers, b, "go away", G_MAXINT64, 0);
  g_assert_cmpstr (b->message, ==, "go away");
  g_assert_cmpint (b->next_announce, ==, G_MAXINT64);
  g_assert_cmpint (bt_tiers_next (tiers), ==, DAY);

  /* Only by hand, or after a new start. */
  bt_tiers_hurry (tiers, HOUR);
  g_assert_cmpint (b->next_announce, ==, G_MAXINT64);
  bt_tiers_hurry_by_hand (tiers, HOUR);
  g_assert_cmpint (a->next_announce, ==, HOUR);
  g_assert_cmpint (b->next_announce, ==, HOUR);
  ask (tiers, HOUR, "a");
  bt_tiers_failed (tiers, ask (tiers, HOUR, "b"), "go away", G_MAXINT64, HOUR);
  bt_tiers_stop (tiers);
  bt_tiers_start (tiers, DAY, 0);
  g_assert_cmpint (b->next_announce, ==, DAY);
}

/* A person may press the button as often as they like. */
static void
test_by_hand_is_held_back (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);

  bt_tiers_start (tiers, 0, 0);
  fail (tiers, ask (tiers, 0, "a"), 0);
  bt_tiers_hurry_by_hand (tiers, SECOND);
  g_assert_cmpint (bt_tiers_next (tiers), ==, 5 * SECOND);
}

/* The address is another one: all are told, each at its moment, whatever they said before of how often. */
static void
test_renew (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a|b|c", FALSE, 1);
  BtTracker *a = find (tiers, "a"), *b = find (tiers, "b"), *c = find (tiers, "c");

  bt_tiers_start (tiers, 0, 0);
  for (guint i = 0; i < 3; i++)
    bt_tiers_asking (tiers, bt_tiers_due (tiers, 0), 0);
  succeed (tiers, a, BT_ANNOUNCE_STARTED, 1800, 0);
  fail (tiers, b, 0);
  bt_tiers_failed (tiers, c, "never", G_MAXINT64, 0);

  /* The same address: the min interval holds. */
  bt_tiers_renew (tiers, SECOND, 10 * SECOND, FALSE);
  g_assert_cmpint (a->next_announce, ==, 60 * SECOND);
  g_assert_cmpint (b->next_announce, >=, SECOND);
  g_assert_cmpint (b->next_announce, <, 11 * SECOND);
  g_assert_cmpint (c->next_announce, ==, G_MAXINT64);

  bt_tiers_renew (tiers, 20 * SECOND, 10 * SECOND, TRUE);
  g_assert_cmpint (a->next_announce, >=, 20 * SECOND);
  g_assert_cmpint (a->next_announce, <, 30 * SECOND);
  g_assert_cmpint (bt_tiers_event_for (a, FALSE, FALSE), ==, BT_ANNOUNCE_NONE);

  /* One that was being asked waits for its moment too. */
  bt_tiers_asking (tiers, a, a->next_announce);
  bt_tiers_cancelled (tiers, a);
  bt_tiers_renew (tiers, 40 * SECOND, 10 * SECOND, TRUE);
  g_assert_cmpint (a->next_announce, >=, 40 * SECOND);
}

/* Ten thousand torrents do not ask at one moment. */
static void
test_renew_is_spread (void)
{
  guint n_early = 0;

  for (guint seed = 0; seed < 1000; seed++)
    {
      g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, seed);

      bt_tiers_start (tiers, 0, 0);
      succeed (tiers, ask (tiers, 0, "a"), BT_ANNOUNCE_STARTED, 1800, 0);
      bt_tiers_renew (tiers, HOUR / 4, 100 * SECOND, TRUE);
      n_early += bt_tiers_next (tiers) < HOUR / 4 + 50 * SECOND;
    }
  g_assert_cmpuint (n_early, >, 400);
  g_assert_cmpuint (n_early, <, 600);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/tiers/shuffle", test_shuffle);
  g_test_add_func ("/proto/tiers/caps-and-duplicates", test_caps_and_duplicates);
  g_test_add_func ("/proto/tiers/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/proto/tiers/start-is-spread", test_start_is_spread);
  g_test_add_func ("/proto/tiers/first-that-works", test_first_that_works);
  g_test_add_func ("/proto/tiers/public-asks-all-tiers", test_public_asks_all_tiers);
  g_test_add_func ("/proto/tiers/private-asks-one", test_private_asks_one);
  g_test_add_func ("/proto/tiers/intervals", test_intervals);
  g_test_add_func ("/proto/tiers/hurry-after-the-floor", test_hurry_after_the_floor);
  g_test_add_func ("/proto/tiers/back-off", test_back_off);
  g_test_add_func ("/proto/tiers/no-overflow-of-failures", test_many_failures_do_not_overflow);
  g_test_add_func ("/proto/tiers/retry-in", test_retry_in);
  g_test_add_func ("/proto/tiers/by-hand-is-held-back", test_by_hand_is_held_back);
  g_test_add_func ("/proto/tiers/renew", test_renew);
  g_test_add_func ("/proto/tiers/renew-is-spread", test_renew_is_spread);
  return g_test_run ();
}
