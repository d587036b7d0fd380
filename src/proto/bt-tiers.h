/* bt-tiers.h: the trackers of one torrent: whom to ask, when, and what each said (BEP 12).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-announce.h"
#include "bt-random.h"

G_BEGIN_DECLS

typedef enum
{
  BT_TRACKER_IDLE,    /* not asked yet */
  BT_TRACKER_ASKING,
  BT_TRACKER_WORKING, /* the last announce succeeded */
  BT_TRACKER_FAILING, /* it failed; asked again at next_announce */
} BtTrackerState;

typedef struct
{
  char *url;
  guint tier;
  BtTrackerState state;
  guint fails;             /* in a row */
  gboolean started;        /* it knows that we are here: owed a stopped */
  gboolean completed_sent;
  gboolean encrypted;      /* its last good reply came over TLS; kept by who asks */
  gboolean hurried;        /* once it works it is asked again at once: a completed is owed */
  gint64 last_announce;    /* monotonic µs, 0: never */
  gint64 answered_at;      /* monotonic µs of its last good reply, 0: never */
  gint64 last_scrape;      /* monotonic µs, 0: never; kept by who scrapes */
  gint64 next_announce;    /* monotonic µs; G_MAXINT64: never again unless asked by hand */
  gint64 earliest;         /* not before, even by hand: min interval */
  gint64 interval_s;       /* as it said */
  char *tracker_id;        /* (nullable) */
  char *message;           /* (nullable): failure or warning, fit for display */
  gint64 n_seeds;          /* -1: unknown */
  gint64 n_leechers;       /* -1: unknown */
  gint64 n_downloaded;     /* -1: unknown */
  guint n_peers;           /* in the last reply */
} BtTracker;

typedef struct _BtTiers BtTiers;

/* @tiers: of GStrv; a URL that comes twice counts once. @random: drawn from here only. Each tier is
 * shuffled once. Public torrents announce to every tier; within one
 * tier the first that works. Private torrents use one tracker at a time over all tiers (BEP 27). */
BtTiers *bt_tiers_new (GPtrArray *tiers, gboolean is_private, BtRandom *random);
void bt_tiers_free (BtTiers *tiers);
/* Nobody knew before. */
void bt_tiers_set_private (BtTiers *tiers, gboolean is_private);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTiers, bt_tiers_free)

guint bt_tiers_n_trackers (const BtTiers *tiers);
BtTracker *bt_tiers_get (BtTiers *tiers, guint index); /* in tier order */

/* From now on announce; @now plus a random part of @spread_us for the first. Every tracker gets a
 * started first, also one that could not be told that we stopped. */
void bt_tiers_start (BtTiers *tiers, gint64 now, gint64 spread_us);
/* No more announces; trackers that are owed a stopped stay so. */
void bt_tiers_stop (BtTiers *tiers);

/* The tracker to announce to now, NULL for none. The caller marks it with bt_tiers_asking(). */
BtTracker *bt_tiers_due (BtTiers *tiers, gint64 now);
/* When one will be due, perhaps in the past; G_MAXINT64: none. */
gint64 bt_tiers_next (BtTiers *tiers);

/* The event that its next announce must carry. @complete: all data is here; @was_complete: it was
 * when this torrent was started, so no completed is owed. */
BtAnnounceEvent bt_tiers_event_for (const BtTracker *tracker,
                                    gboolean complete,
                                    gboolean was_complete);

void bt_tiers_asking (BtTiers *tiers, BtTracker *tracker, gint64 now);
/* Interval clamped to 60 s … 24 h; moves the tracker to the front of its tier. @event: as sent.
 * @reply: without failure. */
void bt_tiers_succeeded (BtTiers *tiers,
                         BtTracker *tracker,
                         BtAnnounceEvent event,
                         const BtAnnounceReply *reply,
                         gint64 now);
/* Back-off 5 s … 60 min, ±20 % each, or @retry_in_s if not -1 (at most 24 h, but G_MAXINT64 until
 * asked by hand or started anew); the next of the tier is tried at once. A tracker is never dropped
 * for good. @message: (nullable). */
void bt_tiers_failed (BtTiers *tiers,
                      BtTracker *tracker,
                      const char *message,
                      gint64 retry_in_s,
                      gint64 now);
/* Called off: it is due as it was before. */
void bt_tiers_cancelled (BtTiers *tiers, BtTracker *tracker);
void bt_tiers_scraped (BtTracker *tracker, const BtScrapeReply *reply);

/* Every working tracker as soon as it allows: when peers ran out. Failing ones wait as they did. */
void bt_tiers_hurry (BtTiers *tiers, gint64 now);
/* The data became complete in this session: working trackers are told at once, others as soon as
 * they work. An event does not wait for the min interval: a short session would end before. */
void bt_tiers_hurry_completed (BtTiers *tiers, gint64 now);
/* The person asks: working trackers as in bt_tiers_hurry(), failing ones without their back-off,
 * also those that said "never". */
void bt_tiers_hurry_by_hand (BtTiers *tiers, gint64 now);

/* The network is another one: those that work are asked again, and failing ones without their back-off, at a
 * random moment of @spread_us. @moved: our address is another one too, for which the min interval is not meant. */
void bt_tiers_renew (BtTiers *tiers, gint64 now, gint64 spread_us, gboolean moved);

/* The person asks for this one: as soon as it allows, if it was asked before. */
void bt_tiers_hurry_one (BtTracker *tracker, gint64 now);

/* Returns: (transfer none) (nullable) */
BtTracker *bt_tiers_find (BtTiers *tiers, const char *url);

/* Editing. @url was found valid (bt_tracker_url_is_valid()). FALSE if it is there already or the
 * list is full. */
gboolean bt_tiers_add (BtTiers *tiers, const char *url, guint tier);
/* Replaces the list by @lists (of GStrv, valid). A tracker that is in both stays what it is, in its new place.
 * Returns: (transfer full): of BtTracker: those that are gone; whoever asks one calls that off. */
GPtrArray *bt_tiers_replace (BtTiers *tiers, GPtrArray *lists);
void bt_tracker_free (BtTracker *tracker);

/* Returns: (transfer full): of GStrv: the URLs as bt_tiers_new() takes them */
GPtrArray *bt_tiers_list (BtTiers *tiers);
/* What a person wrote: blanks around URLs, URLs that come twice and tiers without any are dropped.
 * Returns: (transfer full) (nullable): of GStrv; NULL with MALFORMED or LIMIT, naming the URL */
GPtrArray *bt_tiers_clean (GPtrArray *lists, GError **error);

G_END_DECLS
