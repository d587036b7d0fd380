/* test-tiers-days.c: days with trackers that come and go, and any order of events.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tiers-fixture.h"

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
  g_test_add_func ("/proto/tiers/day-of-one-tracker", test_day_of_one_tracker);
  g_test_add_func ("/proto/tiers/day-of-a-public-torrent", test_day_of_a_public_torrent);
  g_test_add_func ("/proto/tiers/day-of-a-private-torrent", test_day_of_a_private_torrent);
  g_test_add_func ("/proto/tiers/any-order", test_any_order);
  return g_test_run ();
}
