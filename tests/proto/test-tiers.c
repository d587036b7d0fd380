/* test-tiers.c: whom to announce to and when, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tiers.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "ft-test.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

/* "a b|c": two tiers, names instead of URLs. */
static BtTiers *
make_tiers (const char *text, gboolean is_private, guint64 seed)
{
  g_auto (GStrv) parts = g_strsplit (text, "|", -1);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  BtRandom random;

  for (guint i = 0; parts[i] != NULL; i++)
    g_ptr_array_add (lists, g_strsplit (parts[i], " ", -1));
  bt_random_seed (&random, seed);
  return bt_tiers_new (lists, is_private, &random);
}

/* The other way round. */
static char *
describe_order (BtTiers *tiers)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < bt_tiers_n_trackers (tiers); i++)
    {
      BtTracker *tracker = bt_tiers_get (tiers, i);

      if (i > 0)
        g_string_append_c (text, tracker->tier != bt_tiers_get (tiers, i - 1)->tier ? '|' : ' ');
      g_string_append (text, tracker->url);
    }
  return g_string_free (text, FALSE);
}

static void
assert_order (BtTiers *tiers, const char *expected)
{
  g_autofree char *order = describe_order (tiers);

  g_assert_cmpstr (order, ==, expected);
}

static BtTracker *
find (BtTiers *tiers, const char *url)
{
  for (guint i = 0; i < bt_tiers_n_trackers (tiers); i++)
    {
      if (g_str_equal (bt_tiers_get (tiers, i)->url, url))
        return bt_tiers_get (tiers, i);
    }
  g_assert_not_reached ();
}

/* Marks what is due as asked, and checks that it is @url (NULL: nothing is due). */
static BtTracker *
ask (BtTiers *tiers, gint64 now, const char *url)
{
  BtTracker *tracker = bt_tiers_due (tiers, now);

  g_assert_cmpstr (tracker != NULL ? tracker->url : NULL, ==, url);
  if (tracker != NULL)
    bt_tiers_asking (tiers, tracker, now);
  return tracker;
}

static void
succeed (BtTiers *tiers, BtTracker *tracker, BtAnnounceEvent event, gint64 interval_s, gint64 now)
{
  g_autoptr (BtAnnounceReply) reply = bt_announce_reply_new ();

  reply->interval_s = interval_s;
  bt_tiers_succeeded (tiers, tracker, event, reply, now);
}

static void
fail (BtTiers *tiers, BtTracker *tracker, gint64 now)
{
  bt_tiers_failed (tiers, tracker, "no", -1, now);
}

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

/* The answer to a stopped comes when the torrent runs again already. */
static void
test_stopped_answered_late (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a", FALSE, 1);
  BtTracker *a;

  bt_tiers_start (tiers, 0, 0);
  a = ask (tiers, 0, "a");
  succeed (tiers, a, BT_ANNOUNCE_STARTED, 1800, 0);
  bt_tiers_stop (tiers);
  bt_tiers_asking (tiers, a, SECOND);
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
  BtTracker *a;

  bt_tiers_start (tiers, 0, 0);
  a = ask (tiers, 0, "a");
  succeed (tiers, a, BT_ANNOUNCE_STARTED, 1800, 0);
  bt_tiers_stop (tiers);
  bt_tiers_asking (tiers, a, SECOND);
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

static void
test_editing (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a|c", FALSE, 1);

  bt_tiers_start (tiers, HOUR, 0);
  succeed (tiers, ask (tiers, HOUR, "a"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  succeed (tiers, ask (tiers, HOUR, "c"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  g_assert_false (bt_tiers_add (tiers, "a", 1));
  g_assert_true (bt_tiers_add (tiers, "b", 0));
  g_assert_true (bt_tiers_add (tiers, "d", 7));
  assert_order (tiers, "a b|c|d");

  /* One that stands by is not asked, a new tier is. */
  succeed (tiers, ask (tiers, HOUR, "d"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  ask (tiers, HOUR, NULL);
}

static GPtrArray *
make_lists (const char *text)
{
  g_auto (GStrv) tiers = g_strsplit (text, "|", -1);
  GPtrArray *lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (gsize i = 0; tiers[i] != NULL; i++)
    g_ptr_array_add (lists, g_strsplit (tiers[i], " ", -1));
  return lists;
}

/* @gone: those that were taken off, in any order of one letter each */
static void
replace (BtTiers *tiers, const char *text, const char *gone)
{
  g_autoptr (GPtrArray) lists = make_lists (text);
  g_autoptr (GPtrArray) removed = bt_tiers_replace (tiers, lists);
  g_autoptr (GPtrArray) listed = bt_tiers_list (tiers);

  g_assert_cmpuint (removed->len, ==, strlen (gone));
  for (guint i = 0; i < removed->len; i++)
    g_assert_nonnull (strstr (gone, ((BtTracker *) removed->pdata[i])->url));
  assert_order (tiers, text);
  g_assert_cmpuint (listed->len, ==, lists->len);
  for (guint i = 0; i < lists->len; i++)
    g_assert_true (g_strv_equal (listed->pdata[i], lists->pdata[i]));
}

/* What stays keeps its state and its time, wherever it is put. */
static void
test_replace (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a|c", FALSE, 1);
  BtTracker *a, *c;

  bt_tiers_start (tiers, HOUR, 0);
  succeed (tiers, ask (tiers, HOUR, "a"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  succeed (tiers, ask (tiers, HOUR, "c"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  a = bt_tiers_find (tiers, "a");
  c = bt_tiers_find (tiers, "c");
  g_assert_null (bt_tiers_find (tiers, "x"));

  replace (tiers, "b a|d|c", "");
  g_assert_true (bt_tiers_find (tiers, "a") == a);
  g_assert_cmpint (a->state, ==, BT_TRACKER_WORKING);
  g_assert_cmpuint (c->tier, ==, 2);
  /* Behind one that works nobody is asked; a new tier is. */
  succeed (tiers, ask (tiers, HOUR, "d"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  ask (tiers, HOUR, NULL);

  /* Two that work come together: one of them stands by. */
  replace (tiers, "c a", "bd");
  g_assert_cmpint (c->state, ==, BT_TRACKER_WORKING);
  g_assert_cmpint (a->state, ==, BT_TRACKER_IDLE);
  ask (tiers, HOUR, NULL);

  /* The one that worked is gone: the other's turn. */
  replace (tiers, "a", "c");
  ask (tiers, HOUR, NULL);
  g_assert_cmpint (bt_tiers_next (tiers), ==, a->next_announce);
  replace (tiers, "", "a");
  g_assert_cmpint (bt_tiers_next (tiers), ==, G_MAXINT64);
}

static void
test_clean (void)
{
  g_autoptr (GPtrArray) lists = make_lists ("http://a/|udp://b:1 http://a/|http://a/|");
  g_autoptr (GPtrArray) bad = make_lists ("http://a/|ftp://b/");
  g_autoptr (GPtrArray) many = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GPtrArray) clean = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (lists, g_strsplit (" http://c/\n", "|", -1));
  clean = bt_tiers_clean (lists, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (clean->len, ==, 3);
  g_assert_cmpstr (((GStrv) clean->pdata[1])[0], ==, "udp://b:1");
  g_assert_null (((GStrv) clean->pdata[1])[1]);
  g_assert_cmpstr (((GStrv) clean->pdata[2])[0], ==, "http://c/");

  g_assert_null (bt_tiers_clean (bad, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
  g_assert_nonnull (strstr (error->message, "ftp://b/"));
  g_clear_error (&error);
  for (guint i = 0; i < 101; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://a/%u", i);

      g_ptr_array_add (many, g_strdupv ((char *[]){ url, NULL }));
    }
  g_assert_null (bt_tiers_clean (many, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_LIMIT);
}

/* A day with trackers that come and go. Each name says what it is: u(p) always, d(own) always,
 * f(lapping): up in odd hours only. Returns: the announces that each got, by name. */
static GHashTable *
simulate_day (BtTiers *tiers, gint64 interval_s)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) successes = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 now = 0;
  guint steps = 0;

  bt_tiers_start (tiers, 0, 0);
  /* Next may lie in the past: one that stood by is due at once. */
  for (; now < DAY; now = MAX (now, bt_tiers_next (tiers)))
    {
      BtTracker *tracker = bt_tiers_due (tiers, now);
      gpointer last;
      gboolean up;

      g_assert_nonnull (tracker);
      g_assert_cmpuint (++steps, <, 100000);
      up = *tracker->url == 'u' || (*tracker->url == 'f' && (now / HOUR) % 2 == 1);
      g_hash_table_insert (counts, g_strdup (tracker->url),
                           GUINT_TO_POINTER (1 + GPOINTER_TO_UINT (g_hash_table_lookup (
                                               counts, tracker->url))));

      /* Never sooner than the tracker said. */
      if (tracker->fails == 0
          && g_hash_table_lookup_extended (successes, tracker->url, NULL, &last)
          && tracker->state == BT_TRACKER_WORKING)
        g_assert_cmpint (now / SECOND, >=, GPOINTER_TO_INT (last) + interval_s);

      bt_tiers_asking (tiers, tracker, now);
      now += SECOND;
      if (!up)
        fail (tiers, tracker, now);
      else
        {
          g_hash_table_insert (successes, tracker->url, GINT_TO_POINTER ((int) (now / SECOND)));
          succeed (tiers, tracker, bt_tiers_event_for (tracker, FALSE, FALSE), interval_s, now);
          g_assert_true (tracker->started);
        }
    }
  return counts;
}

#define count(counts, name) GPOINTER_TO_UINT (g_hash_table_lookup (counts, name))

static void
test_day_of_one_tracker (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("u", FALSE, 3);
  g_autoptr (GHashTable) counts = simulate_day (tiers, 1800);

  /* Every 1801 s, since each answer takes one. */
  g_assert_cmpuint (count (counts, "u"), ==, 86400 / 1801 + 1);
}

static void
test_day_of_a_public_torrent (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("u1 d1|d2 d3|u2 f1", FALSE, 3);
  g_autoptr (GHashTable) counts = simulate_day (tiers, 1800);

  g_assert_cmpuint (count (counts, "u1"), ==, 48);
  g_assert_cmpuint (count (counts, "d1"), <=, 1);
  /* Dead ones are asked about once an hour, for ever. */
  g_assert_cmpuint (count (counts, "d2"), >, 24);
  g_assert_cmpuint (count (counts, "d2"), <, 60);
  g_assert_cmpuint (count (counts, "d3"), >, 24);
  /* One of the two is enough, and after the first failure of the other it is the one that is up. */
  g_assert_cmpuint (count (counts, "u2"), >=, 44);
  g_assert_cmpuint (count (counts, "f1"), <=, 3);
}

static void
test_day_of_a_private_torrent (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("d1|f1|u1|u2", TRUE, 3);
  g_autoptr (GHashTable) counts = simulate_day (tiers, 1800);
  guint n_working = 0;

  g_assert_cmpuint (count (counts, "u2"), ==, 0);
  g_assert_cmpuint (count (counts, "f1"), >, 24);
  g_assert_cmpuint (count (counts, "u1"), >, 10);
  for (guint i = 0; i < bt_tiers_n_trackers (tiers); i++)
    n_working += bt_tiers_get (tiers, i)->state == BT_TRACKER_WORKING;
  g_assert_cmpuint (n_working, ==, 1);
}

/* Whatever is done to it in whatever order, a group asks one at a time and at most one works. */
static void
check_groups (BtTiers *tiers, gboolean is_private)
{
  for (guint i = 0; i < bt_tiers_n_trackers (tiers); i++)
    {
      guint n_asking = 0, n_working = 0;

      for (guint j = 0; j < bt_tiers_n_trackers (tiers); j++)
        {
          BtTracker *tracker = bt_tiers_get (tiers, j);

          if (!is_private && tracker->tier != bt_tiers_get (tiers, i)->tier)
            continue;
          n_asking += tracker->state == BT_TRACKER_ASKING;
          n_working += tracker->state == BT_TRACKER_WORKING;
        }
      g_assert_cmpuint (n_asking, <=, 1);
      g_assert_cmpuint (n_working, <=, 1);
      if (i > 0)
        g_assert_cmpuint (bt_tiers_get (tiers, i - 1)->tier, <=, bt_tiers_get (tiers, i)->tier);
    }
}

static BtTracker *
find_asking (BtTiers *tiers, BtRandom *random)
{
  guint n = bt_tiers_n_trackers (tiers);
  guint first = bt_random_below (random, n);

  for (guint i = 0; i < n; i++)
    {
      BtTracker *tracker = bt_tiers_get (tiers, (first + i) % n);

      if (tracker->state == BT_TRACKER_ASKING)
        return tracker;
    }
  return NULL;
}

static void
test_any_order (void)
{
  BtRandom random;
  guint n_asked = 0;

  bt_random_seed (&random, 99);
  for (guint round = 0; round < 200; round++)
    {
      gboolean is_private = round % 2 == 0;
      g_autoptr (BtTiers) tiers = make_tiers ("a b c|d|e f", is_private, round);
      gint64 now = 0;

      bt_tiers_start (tiers, now, 0);
      for (guint step = 0; step < 500; step++)
        {
          BtTracker *asking = find_asking (tiers, &random);
          BtTracker *due = bt_tiers_due (tiers, now);

          g_assert_true ((due != NULL) == (bt_tiers_next (tiers) <= now));
          switch (bt_random_below (&random, 12))
            {
            case 0:
              bt_tiers_hurry (tiers, now);
              break;
            case 1:
              bt_tiers_hurry_by_hand (tiers, now);
              break;
            case 2:
              bt_tiers_hurry_completed (tiers, now);
              break;
            case 3:
              if (asking != NULL)
                bt_tiers_cancelled (tiers, asking);
              break;
            case 4:
            case 5:
              if (asking != NULL)
                fail (tiers, asking, now);
              break;
            case 6:
            case 7:
              if (asking != NULL)
                succeed (tiers, asking, bt_tiers_event_for (asking, step > 250, FALSE),
                         bt_random_below (&random, 4000), now);
              break;
            case 8:
              now += (gint64) bt_random_below (&random, 2000) * SECOND;
              break;
            default:
              if (due != NULL)
                {
                  bt_tiers_asking (tiers, due, now);
                  n_asked++;
                }
              break;
            }
          check_groups (tiers, is_private);
        }
    }
  g_assert_cmpuint (n_asked, >, 1000);
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
  g_test_add_func ("/proto/tiers/events", test_events);
  g_test_add_func ("/proto/tiers/stopped-answered-late", test_stopped_answered_late);
  g_test_add_func ("/proto/tiers/stopped-fails", test_stopped_fails);
  g_test_add_func ("/proto/tiers/completed-is-not-held-back", test_completed_is_not_held_back);
  g_test_add_func ("/proto/tiers/hurried-once", test_hurried_once);
  g_test_add_func ("/proto/tiers/what-is-remembered", test_what_is_remembered);
  g_test_add_func ("/proto/tiers/cancelled", test_cancelled);
  g_test_add_func ("/proto/tiers/editing", test_editing);
  g_test_add_func ("/proto/tiers/replace", test_replace);
  g_test_add_func ("/proto/tiers/clean", test_clean);
  g_test_add_func ("/proto/tiers/day-of-one-tracker", test_day_of_one_tracker);
  g_test_add_func ("/proto/tiers/day-of-a-public-torrent", test_day_of_a_public_torrent);
  g_test_add_func ("/proto/tiers/day-of-a-private-torrent", test_day_of_a_private_torrent);
  g_test_add_func ("/proto/tiers/any-order", test_any_order);
  return g_test_run ();
}
