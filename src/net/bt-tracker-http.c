/* bt-tracker-http.c: calls to trackers over HTTP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tracker-private.h"

#include "bt-error.h"
#include "bt-http-tracker.h"
#include "bt-limits.h"

/* Errors of the world may be of any domain; callers of ours know three codes. */
static GError *
translate_error (const GError *error)
{
  if (error->domain == BT_ERROR)
    return g_error_copy (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_error_new (BT_ERROR, BT_ERROR_TIMED_OUT, "The tracker does not answer");
  return g_error_new_literal (BT_ERROR, BT_ERROR_NETWORK, error->message);
}

static gboolean
is_success (guint status)
{
  return status >= 200 && status < 300;
}

static GError *
make_status_error (guint status)
{
  return g_error_new (BT_ERROR, BT_ERROR_NETWORK, "The tracker answered with HTTP status %u",
                      status);
}

/* Some trackers put their reason beside a status such as 403; a page of a web server is none. */
static void
finish_announce (BtTrackerCall *call, guint status, GBytes *body)
{
  GError *error = NULL;
  gsize length;
  const void *bytes = g_bytes_get_data (body, &length);
  g_autoptr (BtAnnounceReply) reply = bt_http_tracker_parse_announce (bytes, length, &error);

  if (!is_success (status) && (reply == NULL || reply->failure == NULL))
    {
      g_clear_error (&error);
      bt_tracker_call_failed (call, make_status_error (status));
      return;
    }
  bt_tracker_call_announced (call, g_steal_pointer (&reply), error);
}

static void
finish_scrape (BtTrackerCall *call, guint status, GBytes *body)
{
  GError *error = NULL;
  BtScrapeReply reply;
  gsize length;
  const void *bytes = g_bytes_get_data (body, &length);

  if (!is_success (status))
    error = make_status_error (status);
  else if (bt_http_tracker_parse_scrape (bytes, length, &call->request.info_hash, &reply, &error))
    {
      bt_tracker_call_scraped (call, &reply, NULL);
      return;
    }
  bt_tracker_call_scraped (call, NULL, error);
}

static void
fetched_cb (guint status, GBytes *body, const GError *error, gpointer owner)
{
  BtTrackerCall *call = owner;

  call->fetch = NULL;
  if (body == NULL)
    bt_tracker_call_failed (call, translate_error (error));
  else if (call->is_scrape)
    finish_scrape (call, status, body);
  else
    finish_announce (call, status, body);
}

static char *
make_url (BtTrackerCall *call)
{
  if (call->is_scrape)
    return bt_http_tracker_scrape_url (call->url, &call->request.info_hash);
  return bt_http_tracker_announce_url (call->url, &call->request);
}

static void
start_fetch (BtTrackerCall *call)
{
  BtTrackerClient *client = call->client;
  g_autofree char *url = make_url (call);
  BtFetchRequest request = {
    .url = url,
    .purpose = BT_FETCH_TRACKER,
    .max_bytes = BT_LIMIT_TRACKER_REPLY,
    .timeout_s = BT_TRACKER_HTTP_TIMEOUT_S,
  };

  if (!call->is_scrape && call->request.event == BT_ANNOUNCE_STOPPED)
    request.timeout_s = BT_TRACKER_STOPPED_TIMEOUT_S;
  call->is_fetching = TRUE;
  client->n_fetches++;
  call->fetch = client->world->ops->fetch (client->world, &request, fetched_cb, call);
}

static void
start_waiting (BtTrackerClient *client)
{
  while (client->waiting.length > 0 && client->n_fetches < BT_TRACKER_MAX_FETCHES)
    {
      BtTrackerCall *call = client->waiting.head->data;

      g_queue_unlink (&client->waiting, &call->waiting_link);
      call->is_waiting = FALSE;
      start_fetch (call);
    }
}

void
bt_tracker_http_begin (BtTrackerCall *call)
{
  call->waiting_link.data = call;
  call->is_waiting = TRUE;
  g_queue_push_tail_link (&call->client->waiting, &call->waiting_link);
  start_waiting (call->client);
}

void
bt_tracker_http_end (BtTrackerCall *call)
{
  BtTrackerClient *client = call->client;

  if (call->is_waiting)
    g_queue_unlink (&client->waiting, &call->waiting_link);
  if (call->fetch != NULL)
    client->world->ops->fetch_cancel (client->world, call->fetch);
  if (call->is_fetching)
    {
      client->n_fetches--;
      start_waiting (client);
    }
}
