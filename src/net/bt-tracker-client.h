/* bt-tracker-client.h: asks trackers over HTTP and UDP and brings back what they say.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-announce.h"
#include "bt-timers.h"
#include "bt-world.h"

G_BEGIN_DECLS

typedef struct _BtTrackerClient BtTrackerClient;
typedef struct _BtTrackerCall BtTrackerCall;

/* @reply: (nullable): NULL with @error set (BT_ERROR_NETWORK, TIMED_OUT, MALFORMED, LIMIT; a scrape
 * also REMOTE and NOT_FOUND). A failure text of the tracker is a reply to an announce. */
typedef void (*BtAnnounceFunc) (const BtAnnounceReply *reply, const GError *error, gpointer owner);
typedef void (*BtScrapeFunc) (const BtScrapeReply *reply, const GError *error, gpointer owner);
/* An announce goes out by both families (BEP 7), and the first answer waits for the other only a moment:
 * one that comes later, and is no failure, comes here. */
typedef void (*BtLateFunc) (const BtSha1 *info_hash, const BtAnnounceReply *reply, gpointer owner);

/* At most 50 calls run at once, over HTTP and UDP together; the others wait, each host in its turn
 * (bt-tracker-places.h). UDP sockets are opened on first use, one for each family. Names are looked up each time; the next address is tried when one
 * fails. Both families are asked where this machine has both, over HTTP too, and what they say comes
 * as one reply if it comes together. */
BtTrackerClient *bt_tracker_client_new (BtWorld *world, BtTimers *timers);
/* @func: (nullable) */
void bt_tracker_client_set_late (BtTrackerClient *client, BtLateFunc func, gpointer owner);
/* The world is bound anew: sockets are opened again when they are needed. No call may run or wait. */
void bt_tracker_client_close_sockets (BtTrackerClient *client);
void bt_tracker_client_free (BtTrackerClient *client); /* cancels what runs, without callbacks */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTrackerClient, bt_tracker_client_free)

/* The callback comes once, never from inside this call, unless cancelled. @request is copied.
 * A stopped event has 5 s, everything else 30 s over HTTP and 60 s over UDP, from when its turn comes. */
BtTrackerCall *bt_tracker_client_announce (BtTrackerClient *client,
                                           const char *url,
                                           const BtAnnounceRequest *request,
                                           BtAnnounceFunc func,
                                           gpointer owner);
/* (nullable): NULL when the URL has no scrape, or its host has not answered any for an hour or so. */
BtTrackerCall *bt_tracker_client_scrape (BtTrackerClient *client,
                                         const char *url,
                                         const BtSha1 *info_hash,
                                         BtScrapeFunc func,
                                         gpointer owner);
void bt_tracker_call_cancel (BtTrackerCall *call);

G_END_DECLS
