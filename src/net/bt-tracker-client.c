/* bt-tracker-client.c: asks trackers and brings back what they say.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tracker-private.h"

#include <string.h>

#include "bt-error.h"
#include "bt-http-tracker.h"

BtTrackerClient *
bt_tracker_client_new (BtWorld *world, BtTimers *timers)
{
  BtTrackerClient *client = g_new0 (BtTrackerClient, 1);

  client->world = world;
  client->timers = timers;
  g_queue_init (&client->calls);
  g_queue_init (&client->waiting);
  client->connections = bt_udp_connections_new ();
  return client;
}

static void
free_call (BtTrackerCall *call)
{
  g_queue_unlink (&call->client->calls, &call->link);
  bt_timer_stop (&call->timer);
  g_clear_error (&call->error);
  g_free (call->tracker_id);
  g_free (call->url);
  g_free (call);
}

void
bt_tracker_call_cancel (BtTrackerCall *call)
{
  bt_tracker_http_end (call);
  bt_tracker_udp_end (call);
  free_call (call);
}

/* What waits goes first, so that the end of what runs does not start it. */
void
bt_tracker_client_free (BtTrackerClient *client)
{
  while (client->waiting.length > 0)
    bt_tracker_call_cancel (client->waiting.tail->data);
  while (client->calls.length > 0)
    bt_tracker_call_cancel (client->calls.tail->data);
  bt_tracker_udp_close_sockets (client);
  bt_udp_connections_free (client->connections);
  g_free (client);
}

void
bt_tracker_client_close_sockets (BtTrackerClient *client)
{
  bt_tracker_udp_close_sockets (client);
  /* What a tracker gave to another address of ours is of no use. */
  bt_udp_connections_free (client->connections);
  client->connections = bt_udp_connections_new ();
}

void
bt_tracker_call_announced (BtTrackerCall *call, BtAnnounceReply *reply, GError *error)
{
  g_autoptr (BtAnnounceReply) taken_reply = reply;
  g_autoptr (GError) taken_error = error;
  BtAnnounceFunc announced = call->announced;
  gpointer owner = call->owner;

  bt_tracker_call_cancel (call);
  announced (taken_reply, taken_error, owner);
}

void
bt_tracker_call_scraped (BtTrackerCall *call, const BtScrapeReply *reply, GError *error)
{
  g_autoptr (GError) taken_error = error;
  BtScrapeFunc scraped = call->scraped;
  gpointer owner = call->owner;
  BtScrapeReply copy = { 0 };

  if (reply != NULL)
    copy = *reply;
  bt_tracker_call_cancel (call);
  scraped (taken_error == NULL ? &copy : NULL, taken_error, owner);
}

void
bt_tracker_call_failed (BtTrackerCall *call, GError *error)
{
  if (call->is_scrape)
    bt_tracker_call_scraped (call, NULL, error);
  else
    bt_tracker_call_announced (call, NULL, error);
}

void
bt_tracker_call_fail_later (BtTrackerCall *call, GError *error)
{
  call->error = error;
  bt_timer_start (&call->timer, bt_world_now (call->client->world));
}

static void
timer_cb (gpointer owner, gint64 now)
{
  BtTrackerCall *call = owner;

  if (call->error != NULL)
    bt_tracker_call_failed (call, g_steal_pointer (&call->error));
  else
    bt_tracker_udp_time_is_up (call);
}

static BtTrackerCall *
new_call (BtTrackerClient *client, const char *url, gpointer owner)
{
  BtTrackerCall *call = g_new0 (BtTrackerCall, 1);

  call->client = client;
  call->url = g_strdup (url);
  call->owner = owner;
  call->link.data = call;
  g_queue_push_tail_link (&client->calls, &call->link);
  bt_timer_init (&call->timer, client->timers, timer_cb, call);
  return call;
}

static gboolean
has_prefix (const char *url, const char *prefix)
{
  return g_ascii_strncasecmp (url, prefix, strlen (prefix)) == 0;
}

static void
begin_call (BtTrackerCall *call)
{
  if (has_prefix (call->url, "udp://"))
    bt_tracker_udp_begin (call);
  else if (has_prefix (call->url, "http://") || has_prefix (call->url, "https://"))
    bt_tracker_http_begin (call);
  else
    bt_tracker_call_fail_later (call, g_error_new (BT_ERROR, BT_ERROR_MALFORMED,
                                                   "A tracker has a http, https or udp address"));
}

BtTrackerCall *
bt_tracker_client_announce (BtTrackerClient *client,
                            const char *url,
                            const BtAnnounceRequest *request,
                            BtAnnounceFunc func,
                            gpointer owner)
{
  BtTrackerCall *call = new_call (client, url, owner);

  call->announced = func;
  call->request = *request;
  call->tracker_id = g_strdup (request->tracker_id);
  call->request.tracker_id = call->tracker_id;
  begin_call (call);
  return call;
}

static gboolean
can_scrape (const char *url, const BtSha1 *info_hash)
{
  g_autofree char *scrape_url = NULL;

  if (has_prefix (url, "udp://"))
    return TRUE;
  scrape_url = bt_http_tracker_scrape_url (url, info_hash);
  return scrape_url != NULL;
}

BtTrackerCall *
bt_tracker_client_scrape (BtTrackerClient *client,
                          const char *url,
                          const BtSha1 *info_hash,
                          BtScrapeFunc func,
                          gpointer owner)
{
  BtTrackerCall *call;

  if (!can_scrape (url, info_hash))
    return NULL;
  call = new_call (client, url, owner);
  call->is_scrape = TRUE;
  call->scraped = func;
  call->request.info_hash = *info_hash;
  begin_call (call);
  return call;
}
