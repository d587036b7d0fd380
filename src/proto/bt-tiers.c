/* bt-tiers.c: the trackers of one torrent: whom to ask, when, and what each said.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tiers-private.h"

#include "bt-limits.h"

/* Trackers stand in one list, sorted by tier. A group is what announces independently: one tier of
 * a public torrent, the whole list of a private one. In a group at most one is asked at a time, and
 * at most one is WORKING: the others stand by, IDLE, or wait until their back-off is over. When the
 * time of the working one comes (at once if there is none), the group is gone through from its
 * front: the first that may be asked is asked, and when it fails the next. So a private torrent
 * returns to an upper tier when that answers again, as BEP 12 wants it. */

#define DEFAULT_INTERVAL_S 1800
#define MIN_INTERVAL_S 60
#define MAX_INTERVAL_S (24 * 60 * 60)
#define MIN_BACKOFF_S 5
#define MAX_BACKOFF_S (60 * 60)
#define BACKOFF_JITTER 0.2

/* A group: the trackers first … end-1 of the list. */
typedef struct
{
  guint first;
  guint end;
} Group;

static BtTracker *
get_tracker (BtTiers *tiers, guint index)
{
  return g_ptr_array_index (tiers->trackers, index);
}

void
bt_tracker_free (BtTracker *tracker)
{
  g_free (tracker->url);
  g_free (tracker->tracker_id);
  g_free (tracker->message);
  g_free (tracker);
}

static BtTracker *
new_tracker (const char *url, guint tier)
{
  BtTracker *tracker = g_new0 (BtTracker, 1);

  tracker->url = g_strdup (url);
  tracker->tier = tier;
  tracker->n_seeds = -1;
  tracker->n_leechers = -1;
  tracker->n_downloaded = -1;
  return tracker;
}

/* The place in the list behind the last tracker of @tier. */
static guint
end_of_tier (BtTiers *tiers, guint tier)
{
  guint end = tiers->trackers->len;

  while (end > 0 && get_tracker (tiers, end - 1)->tier > tier)
    end--;
  return end;
}

static guint
start_of_tier (BtTiers *tiers, guint tier)
{
  guint start = 0;

  while (start < tiers->trackers->len && get_tracker (tiers, start)->tier < tier)
    start++;
  return start;
}

static void
shuffle_tier (BtTiers *tiers, guint tier)
{
  guint start = start_of_tier (tiers, tier);
  guint end = end_of_tier (tiers, tier);

  for (guint i = end; i > start + 1; i--)
    {
      guint other = start + bt_random_below (&tiers->random, i - start);
      gpointer *items = tiers->trackers->pdata;
      gpointer moved = items[other];

      items[other] = items[i - 1];
      items[i - 1] = moved;
    }
}

gboolean
bt_tiers_add (BtTiers *tiers, const char *url, guint tier)
{
  BtTracker *tracker;

  if (tiers->trackers->len >= BT_LIMIT_TRACKERS || bt_tiers_find (tiers, url) != NULL)
    return FALSE;
  tracker = new_tracker (url, tier);
  tracker->next_announce = tiers->running ? 0 : G_MAXINT64;
  g_ptr_array_insert (tiers->trackers, (gint) end_of_tier (tiers, tier), tracker);
  return TRUE;
}

BtTiers *
bt_tiers_new (GPtrArray *lists, gboolean is_private, BtRandom *random)
{
  BtTiers *tiers = g_new0 (BtTiers, 1);

  tiers->trackers = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_tracker_free);
  tiers->is_private = is_private;
  bt_random_seed (&tiers->random, bt_random_u64 (random));
  for (guint tier = 0; tier < lists->len; tier++)
    {
      GStrv urls = g_ptr_array_index (lists, tier);

      for (guint i = 0; urls[i] != NULL; i++)
        bt_tiers_add (tiers, urls[i], tier);
      shuffle_tier (tiers, tier);
    }
  return tiers;
}

void
bt_tiers_set_private (BtTiers *tiers, gboolean is_private)
{
  tiers->is_private = is_private;
}

void
bt_tiers_free (BtTiers *tiers)
{
  g_ptr_array_unref (tiers->trackers);
  g_free (tiers);
}

guint
bt_tiers_n_trackers (const BtTiers *tiers)
{
  return tiers->trackers->len;
}

BtTracker *
bt_tiers_get (BtTiers *tiers, guint index)
{
  return get_tracker (tiers, index);
}

void
bt_tiers_start (BtTiers *tiers, gint64 now, gint64 spread_us)
{
  gint64 first = now;

  if (spread_us > 0)
    first += (gint64) (bt_random_u64 (&tiers->random) % (guint64) spread_us);
  tiers->running = TRUE;
  for (guint i = 0; i < tiers->trackers->len; i++)
    {
      BtTracker *tracker = get_tracker (tiers, i);

      tracker->fails = 0;
      tracker->started = FALSE;
      tracker->hurried = FALSE;
      tracker->next_announce = first;
      if (tracker->state != BT_TRACKER_ASKING)
        tracker->state = BT_TRACKER_IDLE;
    }
}

void
bt_tiers_stop (BtTiers *tiers)
{
  tiers->running = FALSE;
  for (guint i = 0; i < tiers->trackers->len; i++)
    {
      BtTracker *tracker = get_tracker (tiers, i);

      tracker->next_announce = G_MAXINT64;
      if (tracker->state != BT_TRACKER_ASKING)
        tracker->state = BT_TRACKER_IDLE;
    }
}

/* Steps through the groups; start with { 0, 0 }. */
static gboolean
next_group (BtTiers *tiers, Group *group)
{
  if (group->end >= tiers->trackers->len)
    return FALSE;
  group->first = group->end;
  if (tiers->is_private)
    group->end = tiers->trackers->len;
  else
    group->end = end_of_tier (tiers, get_tracker (tiers, group->first)->tier);
  return TRUE;
}

static BtTracker *
find_in_state (BtTiers *tiers, const Group *group, BtTrackerState state)
{
  for (guint i = group->first; i < group->end; i++)
    {
      if (get_tracker (tiers, i)->state == state)
        return get_tracker (tiers, i);
    }
  return NULL;
}

static gint64
next_of_group (BtTiers *tiers, const Group *group)
{
  BtTracker *working = find_in_state (tiers, group, BT_TRACKER_WORKING);
  gint64 next = G_MAXINT64;

  if (find_in_state (tiers, group, BT_TRACKER_ASKING) != NULL)
    return G_MAXINT64;
  if (working != NULL)
    return working->next_announce;
  for (guint i = group->first; i < group->end; i++)
    next = MIN (next, get_tracker (tiers, i)->next_announce);
  return next;
}

BtTracker *
bt_tiers_due (BtTiers *tiers, gint64 now)
{
  Group group = { 0, 0 };

  while (tiers->running && next_group (tiers, &group))
    {
      if (next_of_group (tiers, &group) > now)
        continue;
      for (guint i = group.first; i < group.end; i++)
        {
          if (get_tracker (tiers, i)->next_announce <= now)
            return get_tracker (tiers, i);
        }
    }
  return NULL;
}

gint64
bt_tiers_next (BtTiers *tiers)
{
  Group group = { 0, 0 };
  gint64 next = G_MAXINT64;

  while (tiers->running && next_group (tiers, &group))
    next = MIN (next, next_of_group (tiers, &group));
  return next;
}

BtAnnounceEvent
bt_tiers_event_for (const BtTracker *tracker, gboolean complete, gboolean was_complete)
{
  if (!tracker->started)
    return BT_ANNOUNCE_STARTED;
  if (complete && !was_complete && !tracker->completed_sent)
    return BT_ANNOUNCE_COMPLETED;
  return BT_ANNOUNCE_NONE;
}

void
bt_tiers_asking (BtTiers *tiers, BtTracker *tracker, gint64 now)
{
  tracker->state = BT_TRACKER_ASKING;
  tracker->last_announce = now;
}

static void
move_to_front (BtTiers *tiers, BtTracker *tracker)
{
  guint start = start_of_tier (tiers, tracker->tier);
  gpointer *items = tiers->trackers->pdata;
  guint index;

  if (!g_ptr_array_find (tiers->trackers, tracker, &index))
    return;
  memmove (items + start + 1, items + start, (index - start) * sizeof *items);
  items[start] = tracker;
}

/* Whoever worked before stands by now. Its time had come when this one was asked instead, so it is
 * due as soon as this one fails. */
static void
make_working (BtTiers *tiers, BtTracker *tracker)
{
  for (guint i = 0; i < tiers->trackers->len; i++)
    {
      BtTracker *other = get_tracker (tiers, i);

      if (other->state == BT_TRACKER_WORKING
          && (tiers->is_private || other->tier == tracker->tier))
        other->state = BT_TRACKER_IDLE;
    }
  tracker->state = BT_TRACKER_WORKING;
}

static void
remember_counts (BtTracker *tracker, gint64 n_seeds, gint64 n_leechers, gint64 n_downloaded)
{
  if (n_seeds >= 0)
    tracker->n_seeds = n_seeds;
  if (n_leechers >= 0)
    tracker->n_leechers = n_leechers;
  if (n_downloaded >= 0)
    tracker->n_downloaded = n_downloaded;
}

static void
schedule_regular (BtTracker *tracker, const BtAnnounceReply *reply, gint64 now)
{
  gint64 interval = reply->interval_s < 0 ? DEFAULT_INTERVAL_S : reply->interval_s;
  gint64 min_interval = CLAMP (reply->min_interval_s, MIN_INTERVAL_S, MAX_INTERVAL_S);

  tracker->interval_s = CLAMP (interval, min_interval, MAX_INTERVAL_S);
  tracker->next_announce = now + tracker->interval_s * G_USEC_PER_SEC;
  tracker->earliest = now + min_interval * G_USEC_PER_SEC;
}

void
bt_tiers_succeeded (BtTiers *tiers,
                    BtTracker *tracker,
                    BtAnnounceEvent event,
                    const BtAnnounceReply *reply,
                    gint64 now)
{
  tracker->fails = 0;
  tracker->answered_at = now;
  g_free (tracker->message);
  tracker->message = g_strdup (reply->warning);
  if (reply->tracker_id != NULL)
    {
      g_free (tracker->tracker_id);
      tracker->tracker_id = g_strdup (reply->tracker_id);
    }
  remember_counts (tracker, reply->n_seeds, reply->n_leechers, reply->n_downloaded);

  if (event == BT_ANNOUNCE_STOPPED)
    {
      tracker->started = FALSE;
      tracker->state = BT_TRACKER_IDLE;
      tracker->next_announce = tiers->running ? now : G_MAXINT64;
      return;
    }
  if (event == BT_ANNOUNCE_STARTED)
    tracker->started = TRUE;
  if (event == BT_ANNOUNCE_COMPLETED)
    tracker->completed_sent = TRUE;
  tracker->n_peers = reply->peers->len;
  schedule_regular (tracker, reply, now);
  if (tracker->hurried && !tracker->completed_sent)
    tracker->next_announce = now;
  tracker->hurried = FALSE;
  make_working (tiers, tracker);
  move_to_front (tiers, tracker);
}

static gint64
draw_backoff_us (BtTiers *tiers, guint fails)
{
  double n = MIN (fails, 1000);
  double base_s = MIN (MIN_BACKOFF_S + MIN_BACKOFF_S * n * n * 2.5, MAX_BACKOFF_S);
  double part = bt_random_u32 (&tiers->random) / (double) G_MAXUINT32; /* 0 … 1 */

  return (gint64) (base_s * (1 - BACKOFF_JITTER + 2 * BACKOFF_JITTER * part) * G_USEC_PER_SEC);
}

void
bt_tiers_failed (BtTiers *tiers,
                 BtTracker *tracker,
                 const char *message,
                 gint64 retry_in_s,
                 gint64 now)
{
  gint64 backoff_us;

  g_free (tracker->message);
  tracker->message = g_strdup (message);
  if (!tiers->running)
    {
      tracker->state = BT_TRACKER_IDLE; /* a stopped: it is not tried again */
      return;
    }
  tracker->state = BT_TRACKER_FAILING;
  tracker->fails++;
  tracker->earliest = MAX (tracker->earliest, now + MIN_BACKOFF_S * G_USEC_PER_SEC);

  backoff_us = draw_backoff_us (tiers, tracker->fails);
  if (retry_in_s == G_MAXINT64)
    tracker->next_announce = G_MAXINT64;
  else if (retry_in_s >= 0)
    tracker->next_announce
      = now + CLAMP (retry_in_s, MIN_INTERVAL_S, MAX_INTERVAL_S) * G_USEC_PER_SEC;
  else
    tracker->next_announce = now + backoff_us;
}

/* Nothing was learnt, so nothing is scheduled: it is due as it was, if announcing goes on. */
void
bt_tiers_cancelled (BtTiers *tiers, BtTracker *tracker)
{
  tracker->state = tracker->fails > 0 ? BT_TRACKER_FAILING : BT_TRACKER_IDLE;
}

void
bt_tiers_scraped (BtTracker *tracker, const BtScrapeReply *reply)
{
  remember_counts (tracker, reply->n_seeds, reply->n_leechers, reply->n_downloaded);
}

static void
bring_forward (BtTracker *tracker, gint64 when)
{
  tracker->next_announce = MIN (tracker->next_announce, when);
}

void
bt_tiers_hurry (BtTiers *tiers, gint64 now)
{
  for (guint i = 0; tiers->running && i < tiers->trackers->len; i++)
    {
      BtTracker *tracker = get_tracker (tiers, i);

      if (tracker->state == BT_TRACKER_WORKING)
        bring_forward (tracker, MAX (now, tracker->earliest));
    }
}

void
bt_tiers_hurry_completed (BtTiers *tiers, gint64 now)
{
  for (guint i = 0; tiers->running && i < tiers->trackers->len; i++)
    {
      BtTracker *tracker = get_tracker (tiers, i);

      if (tracker->completed_sent)
        continue;
      if (tracker->state == BT_TRACKER_WORKING)
        bring_forward (tracker, now);
      else
        tracker->hurried = TRUE;
    }
}

void
bt_tiers_hurry_by_hand (BtTiers *tiers, gint64 now)
{
  bt_tiers_hurry (tiers, now);
  for (guint i = 0; tiers->running && i < tiers->trackers->len; i++)
    {
      BtTracker *tracker = get_tracker (tiers, i);

      if (tracker->state == BT_TRACKER_FAILING)
        bring_forward (tracker, MAX (now, tracker->earliest));
    }
}

static void
renew_one (BtTracker *tracker, gint64 when, gboolean moved)
{
  switch (tracker->state)
    {
    case BT_TRACKER_WORKING:
      bring_forward (tracker, moved ? when : MAX (when, tracker->earliest));
      break;
    case BT_TRACKER_FAILING:
      /* One that said "never" does not mean our network. */
      if (tracker->next_announce != G_MAXINT64)
        tracker->next_announce = when;
      tracker->fails = 1;
      break;
    case BT_TRACKER_IDLE:
    case BT_TRACKER_ASKING:
    default:
      /* It was due, and many others as well. */
      tracker->next_announce = MAX (tracker->next_announce, when);
      break;
    }
}

void
bt_tiers_renew (BtTiers *tiers, gint64 now, gint64 spread_us, gboolean moved)
{
  gint64 when = now + (gint64) (bt_random_u64 (&tiers->random) % (guint64) MAX (spread_us, 1));

  for (guint i = 0; tiers->running && i < tiers->trackers->len; i++)
    renew_one (get_tracker (tiers, i), when, moved);
}

void
bt_tiers_hurry_one (BtTracker *tracker, gint64 now)
{
  if (tracker->state == BT_TRACKER_WORKING || tracker->state == BT_TRACKER_FAILING)
    bring_forward (tracker, MAX (now, tracker->earliest));
}
