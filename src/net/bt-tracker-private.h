/* bt-tracker-private.h: what the files of the tracker client share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-https-first.h"
#include "bt-tracker-client.h"
#include "bt-tracker-places.h"
#include "bt-udp-tracker.h"

G_BEGIN_DECLS

#define BT_TRACKER_STOPPED_TIMEOUT_S 5
/* For all else, as soon as it has a place. BEP 15 lets a tracker be asked again for more than an hour; a place is not
 * held that long. */
#define BT_TRACKER_TIMEOUT_S 60
#define BT_TRACKER_HTTP_TIMEOUT_S 30
#define BT_TRACKER_HTTP_CONNECT_S 15
#define BT_TRACKER_HTTP_ANSWER_S 10
/* Whether a host that is named with "http:" is a tracker by HTTPS too. */
#define BT_TRACKER_TRIAL_TIMEOUT_S 15
#define BT_TRACKER_TRIAL_CONNECT_S 3
/* How long the answer of one family waits for the other's; a failure may turn out better. */
#define BT_TRACKER_OTHER_WAIT_US (G_USEC_PER_SEC / 2)
#define BT_TRACKER_BETTER_WAIT_US (5 * G_USEC_PER_SEC)
/* How long the other is asked after that, and by how many calls at once; the oldest give way. */
#define BT_TRACKER_LATE_US (30 * G_USEC_PER_SEC)
#define BT_TRACKER_MAX_LATE 20

struct _BtTrackerClient
{
  BtWorld *world;   /* not owned */
  BtTimers *timers; /* not owned */
  GQueue calls;     /* of BtTrackerCall, all there are, by their link */
  GQueue late_calls; /* of BtTrackerCall: those that are told, the oldest first */
  BtTrackerPlaces *places;
  gboolean is_closing; /* nothing begins any more */

  BtUdpConnections *connections;
  GHashTable *scrapes; /* bt-tracker-scrapes.c */
  BtHttpsFirst *https_first;
  BtLateFunc late; /* (nullable) */
  gpointer late_owner;
  BtUdp *udp4; /* (nullable): opened on first use */
  BtUdp *udp6; /* (nullable) */
};

/* Addresses that are tried one after the other, each with an exchange of its own. An announce has
 * two routes, IPv4 and IPv6, which know nothing of each other; a scrape has one for all. */
typedef struct
{
  BtTrackerCall *call;
  GArray *addresses; /* of BtEndpoint */
  guint next;        /* in addresses: to be tried next */
  BtUdpExchange *exchange; /* (nullable): running */
  BtTimer timer;           /* its deadline */
  gboolean answered;       /* reply or scrape is set */
  BtAnnounceReply *reply;  /* (nullable) */
  BtScrapeReply scrape;
  GError *error; /* (nullable): why the last address gave no answer */
} BtTrackerRoute;

#define BT_TRACKER_N_ROUTES 2

/* How a tracker is asked over HTTP. */
typedef enum
{
  BT_TRACKER_AS_NAMED,
  BT_TRACKER_TRIAL,  /* named with "http:", asked by HTTPS to see whether it answers */
  BT_TRACKER_SECURE, /* likewise, and it has answered before */
} BtTrackerChannel;

/* The same over HTTP: one for any family, or one each. */
typedef struct
{
  BtTrackerCall *call;
  BtFetch *fetch;         /* (nullable): running */
  BtAnnounceReply *reply; /* (nullable) */
  GError *error;          /* (nullable) */
} BtTrackerFetch;

struct _BtTrackerCall
{
  BtTrackerClient *client;
  GList link; /* in client->calls */
  char *url;
  gboolean is_scrape;
  BtAnnounceRequest request; /* of a scrape only the hash */
  char *tracker_id;          /* (nullable): what the request points to */
  BtAnnounceFunc announced;
  BtScrapeFunc scraped;
  gpointer owner;

  gboolean told; /* its owner has the answer of one family, and knows it no more */
  GError *error; /* (nullable): known before the call could begin; told when the timer runs */
  BtTimer timer;

  BtTrackerPlace place;
  BtTimer limit;   /* runs from its beginning until its owner is told */
  GList late_link; /* in client->late_calls, if told */

  /* HTTP */
  BtTrackerChannel channel;
  gboolean fell_back; /* asked as named, after it was not */
  gboolean was_busy;  /* it said so by HTTPS */
  BtTrackerFetch fetches[BT_TRACKER_N_ROUTES];

  /* UDP */
  char *url_path; /* (nullable): path and query */
  BtLookup *lookup; /* (nullable): running */
  BtTrackerRoute routes[BT_TRACKER_N_ROUTES];
};

/* The end of a call for its owner, who is called last and may free the client: nothing of the call may be
 * touched afterwards. @reply and @error are taken over. What still runs goes on for a while without an owner;
 * else the call is freed. */
void bt_tracker_call_announced (BtTrackerCall *call, BtAnnounceReply *reply, GError *error);
/* What one family of an announce said, or did not, as its file keeps it. Tells the owner when there is nothing to
 * wait for any more, or waits. The call may be gone afterwards. */
void bt_tracker_call_settle (BtTrackerCall *call);
/* @reply: (nullable): copied. */
void bt_tracker_call_scraped (BtTrackerCall *call, const BtScrapeReply *reply, GError *error);
/* Ends either kind. */
void bt_tracker_call_failed (BtTrackerCall *call, GError *error);
/* Takes over @error and tells it from the next run of the timers. */
void bt_tracker_call_fail_later (BtTrackerCall *call, GError *error);

/* Whose turn it is begins. */
void bt_tracker_client_go_on (BtTrackerClient *client);

/* Whether it has to be found out how this is asked. */
gboolean bt_tracker_http_is_undecided (BtTrackerCall *call);
/* Each begins without calling back, and lets go without calling back, also of what has not begun. */
void bt_tracker_http_begin (BtTrackerCall *call);
void bt_tracker_http_end (BtTrackerCall *call);
void bt_tracker_udp_begin (BtTrackerCall *call);
void bt_tracker_udp_end (BtTrackerCall *call);

/* Of an announce: whether a family is being asked; what those that were said. */
gboolean bt_tracker_http_is_running (BtTrackerCall *call);
gboolean bt_tracker_udp_is_running (BtTrackerCall *call);
BtAnnounceReply **bt_tracker_http_reply (BtTrackerCall *call, guint family);
BtAnnounceReply **bt_tracker_udp_reply (BtTrackerCall *call, guint family);
/* Returns: (transfer full): why there was no answer */
GError *bt_tracker_http_take_error (BtTrackerCall *call);
GError *bt_tracker_udp_take_error (BtTrackerCall *call);
void bt_tracker_udp_close_sockets (BtTrackerClient *client);

/* bt-tracker-scrapes.c: by hosts. */
GHashTable *bt_tracker_scrapes_new (void);
gboolean bt_tracker_scrapes_are_vain (BtTrackerClient *client, const char *url);
void bt_tracker_scrapes_note (BtTrackerClient *client, const char *url, gboolean answered);

G_END_DECLS
