/* ft-tiers-fixture.h: lists of trackers and what becomes of them, for the tests of the tiers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-tiers.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "ft-test.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

/* "a b|c": two tiers, names instead of URLs. */
static inline BtTiers *
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
static inline char *
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

static inline void
assert_order (BtTiers *tiers, const char *expected)
{
  g_autofree char *order = describe_order (tiers);

  g_assert_cmpstr (order, ==, expected);
}

static inline BtTracker *
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
static inline BtTracker *
ask (BtTiers *tiers, gint64 now, const char *url)
{
  BtTracker *tracker = bt_tiers_due (tiers, now);

  g_assert_cmpstr (tracker != NULL ? tracker->url : NULL, ==, url);
  if (tracker != NULL)
    bt_tiers_asking (tiers, tracker, now);
  return tracker;
}

static inline void
succeed (BtTiers *tiers, BtTracker *tracker, BtAnnounceEvent event, gint64 interval_s, gint64 now)
{
  g_autoptr (BtAnnounceReply) reply = bt_announce_reply_new ();

  reply->interval_s = interval_s;
  bt_tiers_succeeded (tiers, tracker, event, reply, now);
}

static inline void
fail (BtTiers *tiers, BtTracker *tracker, gint64 now)
{
  bt_tiers_failed (tiers, tracker, "no", -1, now);
}
