/* bt-tracker-http.c: calls to trackers over HTTP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tracker-private.h"

#include <string.h>

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

static gboolean
has_https (const char *url)
{
  return g_ascii_strncasecmp (url, "https:", strlen ("https:")) == 0;
}

/* Some trackers put their reason beside a status such as 403; a page of a web server is none. */
static void
take_announce (BtTrackerFetch *fetch, guint status, GBytes *body)
{
  BtTrackerCall *call = fetch->call;
  gsize length;
  const void *bytes = g_bytes_get_data (body, &length);

  fetch->reply = bt_http_tracker_parse_announce (bytes, length, &fetch->error);
  if (!is_success (status) && (fetch->reply == NULL || fetch->reply->failure == NULL))
    {
      g_clear_pointer (&fetch->reply, bt_announce_reply_free);
      g_clear_error (&fetch->error);
      fetch->error = make_status_error (status);
    }
  if (fetch->reply != NULL)
    fetch->reply->encrypted = call->channel != BT_TRACKER_AS_NAMED || has_https (call->url);
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

static char *
make_url (BtTrackerCall *call)
{
  g_autofree char *secure = call->channel != BT_TRACKER_AS_NAMED ? bt_https_first_url (call->url) : NULL;
  const char *url = secure != NULL ? secure : call->url;

  if (call->is_scrape)
    return bt_http_tracker_scrape_url (url, &call->request.info_hash);
  return bt_http_tracker_announce_url (url, &call->request);
}

static gboolean
can_use (GArray *addresses, gboolean ipv6)
{
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      const BtLocalAddress *address = &g_array_index (addresses, BtLocalAddress, i);

      if (bt_endpoint_is_ipv4 (&address->endpoint) != ipv6 && (address->flags & BT_ADDRESS_UP) != 0
          && (address->flags & BT_ADDRESS_GLOBAL) != 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
names_address (const char *url)
{
  g_autofree char *host = NULL;
  BtEndpoint ignored;

  return g_uri_split (url, G_URI_FLAGS_ENCODED, NULL, NULL, &host, NULL, NULL, NULL, NULL, NULL)
         && host != NULL && bt_endpoint_parse_ip (&ignored, host, 0);
}

/* A tracker knows of us what it sees of us, so it is asked by both families. The one that the tracker does not
 * have fails at once. */
static gboolean
asks_both (BtTrackerCall *call)
{
  BtWorld *world = call->client->world;
  g_autoptr (GArray) addresses = NULL;

  if (call->is_scrape || names_address (call->url))
    return FALSE;
  addresses = world->ops->list_addresses (world);
  return can_use (addresses, FALSE) && can_use (addresses, TRUE);
}

/* HTTPS first. */

gboolean
bt_tracker_http_is_undecided (BtTrackerCall *call)
{
  BtTrackerClient *client = call->client;

  return !call->is_scrape && call->request.event != BT_ANNOUNCE_STOPPED
         && bt_https_first_look (client->https_first, call->url, bt_world_now (client->world)) == BT_HTTPS_UNDECIDED;
}

/* Scrapes and goodbyes find nothing out: they come after announces that have. */
static BtTrackerChannel
choose_channel (BtTrackerCall *call)
{
  BtTrackerClient *client = call->client;

  if (bt_https_first_look (client->https_first, call->url, bt_world_now (client->world)) == BT_HTTPS_WORKS)
    return BT_TRACKER_SECURE;
  return bt_tracker_http_is_undecided (call) ? BT_TRACKER_TRIAL : BT_TRACKER_AS_NAMED;
}

/* There is something to wait for, or to be told. */
static gboolean
has_hope (BtTrackerCall *call)
{
  for (guint i = 0; i < BT_TRACKER_N_ROUTES; i++)
    if (call->fetches[i].fetch != NULL || call->fetches[i].reply != NULL)
      return TRUE;
  return call->told;
}

static void
widen (BtTrackerCall *call)
{
  bt_tracker_places_set_narrow (&call->place, FALSE);
  bt_tracker_client_go_on (call->client);
}

static void
prepare_fall_back (BtTrackerCall *call)
{
  BtTrackerClient *client = call->client;

  bt_https_first_note_fails (client->https_first, call->url, bt_world_now (client->world));
  call->channel = BT_TRACKER_AS_NAMED;
  call->fell_back = TRUE;
  for (guint i = 0; i < BT_TRACKER_N_ROUTES; i++)
    g_clear_error (&call->fetches[i].error);
}

/* A tracker that has too much to do would have it over HTTP as well. What else goes wrong before or in it may be a
 * matter of its HTTPS only. */
static void
note_busy (BtTrackerCall *call, guint status)
{
  if (call->channel == BT_TRACKER_SECURE && (status == 429 || status == 503))
    call->was_busy = TRUE;
}

/* What a fetch says of its host. TRUE: the call has to be asked again, as it is named. */
static gboolean
judge_channel (BtTrackerFetch *fetch)
{
  BtTrackerCall *call = fetch->call;
  BtTrackerClient *client = call->client;

  if (fetch->reply != NULL && call->fell_back)
    {
      bt_https_first_note_http_works (client->https_first, call->url, bt_world_now (client->world));
      widen (call);
    }
  if (call->channel == BT_TRACKER_AS_NAMED)
    return FALSE;
  if (fetch->reply != NULL)
    {
      bt_https_first_note_works (client->https_first, call->url);
      widen (call);
      return FALSE;
    }
  if (has_hope (call) || call->was_busy)
    return FALSE;
  prepare_fall_back (call);
  return TRUE;
}

static void
set_limits (BtTrackerCall *call, BtFetchRequest *request)
{
  if (call->channel == BT_TRACKER_TRIAL)
    {
      request->timeout_s = BT_TRACKER_TRIAL_TIMEOUT_S;
      request->connect_s = BT_TRACKER_TRIAL_CONNECT_S;
    }
  else if (!call->is_scrape && call->request.event == BT_ANNOUNCE_STOPPED)
    request->timeout_s = BT_TRACKER_STOPPED_TIMEOUT_S;
}

static void
start_fetch (BtTrackerCall *call, guint index, BtFetchFamily family, BtFetchFunc func)
{
  BtTrackerClient *client = call->client;
  g_autofree char *url = make_url (call);
  BtFetchRequest request = {
    .url = url,
    .purpose = BT_FETCH_TRACKER,
    .family = family,
    .max_bytes = BT_LIMIT_TRACKER_REPLY,
    .timeout_s = BT_TRACKER_HTTP_TIMEOUT_S,
    .connect_s = BT_TRACKER_HTTP_CONNECT_S,
    .answer_s = BT_TRACKER_HTTP_ANSWER_S,
  };

  set_limits (call, &request);
  call->fetches[index].call = call;
  call->fetches[index].fetch = client->world->ops->fetch (client->world, &request, func, &call->fetches[index]);
}

static void
start_fetches (BtTrackerCall *call, BtFetchFunc func)
{
  gboolean both = asks_both (call);

  start_fetch (call, 0, both ? BT_FETCH_IPV4 : BT_FETCH_ANY, func);
  if (both)
    start_fetch (call, 1, BT_FETCH_IPV6, func);
}

static void
announce_fetched (BtTrackerFetch *fetch, guint status, GBytes *body, const GError *error)
{
  BtTrackerCall *call = fetch->call;

  if (body != NULL)
    {
      note_busy (call, status);
      take_announce (fetch, status, body);
    }
  else
    fetch->error = translate_error (error);
}

static void
fetched_cb (guint status, GBytes *body, const GError *error, gpointer owner)
{
  BtTrackerFetch *fetch = owner;
  BtTrackerCall *call = fetch->call;

  fetch->fetch = NULL;
  if (call->is_scrape && body != NULL)
    finish_scrape (call, status, body);
  else if (call->is_scrape)
    bt_tracker_call_failed (call, translate_error (error));
  else
    {
      announce_fetched (fetch, status, body, error);
      if (judge_channel (fetch))
        {
          start_fetches (call, fetched_cb);
          widen (call);
        }
      else
        bt_tracker_call_settle (call);
    }
}

void
bt_tracker_http_begin (BtTrackerCall *call)
{
  call->channel = choose_channel (call);
  start_fetches (call, fetched_cb);
}

gboolean
bt_tracker_http_is_running (BtTrackerCall *call)
{
  return call->fetches[0].fetch != NULL || call->fetches[1].fetch != NULL;
}

BtAnnounceReply **
bt_tracker_http_reply (BtTrackerCall *call, guint family)
{
  return &call->fetches[family].reply;
}

/* That of IPv4, unless the machine itself has no way to go there by it. */
GError *
bt_tracker_http_take_error (BtTrackerCall *call)
{
  BtTrackerFetch *fetches = call->fetches;

  if (fetches[0].error != NULL && fetches[1].error != NULL
      && g_error_matches (fetches[0].error, BT_ERROR, BT_ERROR_NETWORK)
      && !g_error_matches (fetches[1].error, BT_ERROR, BT_ERROR_NETWORK))
    return g_steal_pointer (&fetches[1].error);
  return g_steal_pointer (&fetches[0].error);
}

void
bt_tracker_http_end (BtTrackerCall *call)
{
  BtWorld *world = call->client->world;

  for (guint i = 0; i < BT_TRACKER_N_ROUTES; i++)
    {
      BtTrackerFetch *fetch = &call->fetches[i];

      if (fetch->fetch != NULL)
        world->ops->fetch_cancel (world, fetch->fetch);
      g_clear_pointer (&fetch->reply, bt_announce_reply_free);
      g_clear_error (&fetch->error);
    }
}
