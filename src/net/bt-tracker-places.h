/* bt-tracker-places.h: whose turn it is to ask a tracker: so many at once, each host in its turn. No I/O, no clock.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* So many calls run at once, over whatever protocol. Goodbyes are short, and would come too late behind trackers that
 * say nothing: some places are kept for them, and others from them. The last are for goodbyes to hosts to which none is
 * on its way. */
#define BT_TRACKER_MAX_CALLS 50
#define BT_TRACKER_KEPT_PLACES 10
#define BT_TRACKER_FIRST_GOODBYES 5
/* More connections to one host libsoup does not make either, but there the time of a call would run while it waits. */
#define BT_TRACKER_MAX_HTTP_PER_HOST 6
/* Half of the trackers of a long list are gone, and each of them holds a place for a minute. So a host of which nothing
 * was heard yet is asked by one call at a time, and all of them leave places for those that answer; those that are
 * known to say nothing leave some for those of which nothing is known. All this holds for goodbyes and for all others
 * by themselves. */
#define BT_TRACKER_MAX_UNANSWERED 30
#define BT_TRACKER_MAX_SILENT 10

typedef struct _BtTrackerPlaces BtTrackerPlaces;
typedef struct _BtTrackerHost BtTrackerHost;

typedef enum
{
  BT_TRACKER_HOST_UNKNOWN,
  BT_TRACKER_HOST_ANSWERS,
  BT_TRACKER_HOST_SILENT,
  BT_TRACKER_N_HOST_STATES,
} BtTrackerHostState;

/* Of one call; all zero at first. */
typedef struct
{
  GList link;          /* in the queue that it is in; data is the call */
  GQueue *queue;       /* (nullable): NULL: neither waits nor runs */
  BtTrackerHost *host; /* (nullable) likewise */
  gboolean is_goodbye;
  BtTrackerHostState state; /* of its host when it began */
  gint64 began;             /* monotonic µs: runs since */
} BtTrackerPlace;

BtTrackerPlaces *bt_tracker_places_new (void);
void bt_tracker_places_free (BtTrackerPlaces *places); /* nothing may be in it */

/* Waits for a place, by the host and port of @url, where each has its turn; goodbyes come first. */
void bt_tracker_places_wait (BtTrackerPlaces *places,
                             BtTrackerPlace *place,
                             const char *url,
                             gboolean is_goodbye,
                             gpointer call);
/* (nullable): the call that begins now. */
gpointer bt_tracker_places_next (BtTrackerPlaces *places, gint64 now);
/* Waits or runs no more. */
void bt_tracker_places_leave (BtTrackerPlaces *places, BtTrackerPlace *place);

/* What the end of a running call says of its host. Who said nothing while others of the same host were answered was
 * unlucky. TRUE: the host says nothing, and who waits for it waits in vain. */
gboolean bt_tracker_places_note (BtTrackerPlaces *places, BtTrackerPlace *place, gboolean answered, gint64 now);
/* One call at a time to the host of @place, until it is set otherwise or nobody asks it any more: the first finds out
 * how it is asked. */
void bt_tracker_places_set_narrow (BtTrackerPlace *place, gboolean narrow);
/* (nullable): one of the calls that wait for the host of @place; of goodbyes, or of all others, as @place is. */
gpointer bt_tracker_places_peek_behind (BtTrackerPlace *place);
/* Another network: hosts that were silent may be heard there, and others not. */
void bt_tracker_places_forgive (BtTrackerPlaces *places);

/* Of calls, by the links of their places: those that run. */
GQueue *bt_tracker_places_running (BtTrackerPlaces *places);

G_END_DECLS
