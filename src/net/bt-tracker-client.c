/* bt-tracker-client.c: asks trackers and brings back what they say.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tracker-private.h"

#include <string.h>

#include "bt-error.h"
#include "bt-http-tracker.h"
#include "bt-limits.h"

BtTrackerClient *
bt_tracker_client_new (BtWorld *world, BtTimers *timers)
{
  BtTrackerClient *client = g_new0 (BtTrackerClient, 1);

  client->world = world;
  client->timers = timers;
  g_queue_init (&client->calls);
  g_queue_init (&client->late_calls);
  client->places = bt_tracker_places_new ();
  client->connections = bt_udp_connections_new ();
  client->scrapes = bt_tracker_scrapes_new ();
  client->https_first = bt_https_first_new ();
  return client;
}

static gboolean
has_prefix (const char *url, const char *prefix)
{
  return g_ascii_strncasecmp (url, prefix, strlen (prefix)) == 0;
}

static gboolean
is_goodbye (BtTrackerCall *call)
{
  return !call->is_scrape && call->request.event == BT_ANNOUNCE_STOPPED;
}

static void
begin_call (BtTrackerCall *call)
{
  gint64 limit_s = is_goodbye (call) ? BT_TRACKER_STOPPED_TIMEOUT_S : BT_TRACKER_TIMEOUT_S;

  bt_timer_start (&call->limit, bt_world_now (call->client->world) + limit_s * G_USEC_PER_SEC);
  if (has_prefix (call->url, "udp://"))
    bt_tracker_udp_begin (call);
  else
    bt_tracker_http_begin (call);
}

void
bt_tracker_client_go_on (BtTrackerClient *client)
{
  BtTrackerCall *call;

  while (!client->is_closing
         && (call = bt_tracker_places_next (client->places, bt_world_now (client->world))) != NULL)
    begin_call (call);
}

static void
free_call (BtTrackerCall *call)
{
  g_queue_unlink (&call->client->calls, &call->link);
  if (call->told)
    g_queue_unlink (&call->client->late_calls, &call->late_link);
  bt_tracker_places_leave (call->client->places, &call->place);
  bt_timer_stop (&call->timer);
  bt_timer_stop (&call->limit);
  g_clear_error (&call->error);
  g_free (call->tracker_id);
  g_free (call->url);
  g_free (call);
}

void
bt_tracker_call_cancel (BtTrackerCall *call)
{
  BtTrackerClient *client = call->client;

  bt_tracker_http_end (call);
  bt_tracker_udp_end (call);
  free_call (call);
  bt_tracker_client_go_on (client);
}

void
bt_tracker_client_free (BtTrackerClient *client)
{
  client->is_closing = TRUE;
  while (client->calls.length > 0)
    bt_tracker_call_cancel (client->calls.tail->data);
  bt_tracker_places_free (client->places);
  bt_tracker_udp_close_sockets (client);
  bt_udp_connections_free (client->connections);
  g_hash_table_unref (client->scrapes);
  bt_https_first_free (client->https_first);
  g_free (client);
}

void
bt_tracker_client_set_late (BtTrackerClient *client, BtLateFunc func, gpointer owner)
{
  client->late = func;
  client->late_owner = owner;
}

/* Those that go on without an owner; of one tracker and torrent only, if @like is given. */
static void
cancel_late (BtTrackerClient *client, const BtTrackerCall *like)
{
  GList *next;

  for (GList *link = client->late_calls.head; link != NULL; link = next)
    {
      BtTrackerCall *call = link->data;

      next = link->next;
      if (like == NULL
          || (g_str_equal (call->url, like->url)
              && bt_sha1_equal (&call->request.info_hash, &like->request.info_hash)))
        bt_tracker_call_cancel (call);
    }
}

void
bt_tracker_client_close_sockets (BtTrackerClient *client)
{
  cancel_late (client, NULL);
  bt_tracker_udp_close_sockets (client);
  bt_tracker_places_forgive (client->places);
  bt_https_first_forgive (client->https_first);
  /* What a tracker gave to another address of ours is of no use. */
  bt_udp_connections_free (client->connections);
  client->connections = bt_udp_connections_new ();
}

/* Announces: what two families say. */

static gboolean
is_running (BtTrackerCall *call)
{
  return bt_tracker_http_is_running (call) || bt_tracker_udp_is_running (call);
}

/* Goes on without its owner and its place, which others want. */
static void
turn_late (BtTrackerCall *call)
{
  BtTrackerClient *client = call->client;

  call->told = TRUE;
  call->late_link.data = call;
  g_queue_push_tail_link (&client->late_calls, &call->late_link);
  bt_timer_stop (&call->limit);
  bt_timer_start (&call->timer, bt_world_now (client->world) + (gint64) BT_TRACKER_LATE_US);
  bt_tracker_places_leave (client->places, &call->place);
  if (client->late_calls.length > BT_TRACKER_MAX_LATE)
    bt_tracker_call_cancel (client->late_calls.head->data);
  bt_tracker_client_go_on (client);
}

/* Of a tracker that says nothing, those who wait for it are told so as well: each of them would hold a place for a
 * minute. A goodbye has not waited long enough to say it to others than goodbyes, and scrapes are answered by few. */
static void
judge_host (BtTrackerCall *call, const GError *error)
{
  BtTrackerClient *client = call->client;
  gboolean answered = !g_error_matches (error, BT_ERROR, BT_ERROR_TIMED_OUT);
  BtTrackerCall *behind;

  if (!answered && call->is_scrape)
    return;
  if (!bt_tracker_places_note (client->places, &call->place, answered, bt_world_now (client->world)))
    return;
  while ((behind = bt_tracker_places_peek_behind (&call->place)) != NULL)
    {
      bt_tracker_places_leave (client->places, &behind->place);
      bt_tracker_call_fail_later (behind, g_error_copy (error));
    }
}

void
bt_tracker_call_announced (BtTrackerCall *call, BtAnnounceReply *reply, GError *error)
{
  g_autoptr (BtAnnounceReply) taken_reply = reply;
  g_autoptr (GError) taken_error = error;
  BtAnnounceFunc announced = call->announced;
  gpointer owner = call->owner;

  judge_host (call, error);
  /* A stopped that comes late would undo what follows it. */
  if (is_running (call) && reply != NULL && !is_goodbye (call))
    turn_late (call);
  else
    bt_tracker_call_cancel (call);
  announced (taken_reply, taken_error, owner);
}

/* Both families speak of one swarm: what is counted is not added up. */
static void
merge_reply (BtAnnounceReply *into, BtAnnounceReply *other)
{
  guint n_peers = MIN (other->peers->len, BT_LIMIT_TRACKER_PEERS - into->peers->len);

  if (other->failure != NULL)
    {
      if (into->warning == NULL)
        into->warning = g_steal_pointer (&other->failure);
      return;
    }
  into->interval_s = MAX (into->interval_s, other->interval_s);
  into->min_interval_s = MAX (into->min_interval_s, other->min_interval_s);
  into->n_seeds = MAX (into->n_seeds, other->n_seeds);
  into->n_leechers = MAX (into->n_leechers, other->n_leechers);
  into->n_downloaded = MAX (into->n_downloaded, other->n_downloaded);
  if (into->tracker_id == NULL)
    into->tracker_id = g_steal_pointer (&other->tracker_id);
  into->other_external_ip = other->external_ip;
  if (n_peers > 0)
    g_array_append_vals (into->peers, other->peers->data, n_peers);
}

static BtAnnounceReply *
take_reply (BtTrackerCall *call, guint family)
{
  BtAnnounceReply *reply = g_steal_pointer (bt_tracker_http_reply (call, family));

  return reply != NULL ? reply : g_steal_pointer (bt_tracker_udp_reply (call, family));
}

/* A reply that is no failure is better than one that is; a failure is better than silence. */
static BtAnnounceReply *
take_merged_reply (BtTrackerCall *call)
{
  BtAnnounceReply *first = take_reply (call, 0);
  g_autoptr (BtAnnounceReply) second = take_reply (call, 1);

  if (first == NULL)
    return g_steal_pointer (&second);
  if (second == NULL)
    return first;
  if (first->failure != NULL && second->failure == NULL)
    {
      BtAnnounceReply *swapped = first;

      first = second;
      second = swapped;
    }
  if (first->failure == NULL)
    merge_reply (first, second);
  return first;
}

/* While one family waits the tracker is silent, whatever the other failed of: that a machine with addresses of IPv6 has
 * no way to go by it says nothing of the tracker. */
static GError *
take_error (BtTrackerCall *call)
{
  GError *error;

  if (is_running (call))
    return g_error_new_literal (BT_ERROR, BT_ERROR_TIMED_OUT, "The tracker does not answer");
  error = bt_tracker_http_take_error (call);
  return error != NULL ? error : bt_tracker_udp_take_error (call);
}

static void
answer (BtTrackerCall *call)
{
  BtAnnounceReply *reply = take_merged_reply (call);

  bt_tracker_call_announced (call, reply, reply == NULL ? take_error (call) : NULL);
}

static void
answer_late (BtTrackerCall *call)
{
  g_autoptr (BtAnnounceReply) reply = take_merged_reply (call);
  BtSha1 info_hash = call->request.info_hash;
  BtTrackerClient *client = call->client;

  bt_tracker_call_cancel (call);
  if (reply != NULL && reply->failure == NULL && client->late != NULL)
    client->late (&info_hash, reply, client->late_owner);
}

static const BtAnnounceReply *
see_reply (BtTrackerCall *call, guint family)
{
  const BtAnnounceReply *reply = *bt_tracker_http_reply (call, family);

  return reply != NULL ? reply : *bt_tracker_udp_reply (call, family);
}

static void
wait_for_other (BtTrackerCall *call)
{
  const BtAnnounceReply *reply = see_reply (call, 0) != NULL ? see_reply (call, 0) : see_reply (call, 1);
  gint64 wait;

  if (reply == NULL || bt_timer_is_running (&call->timer))
    return;
  wait = reply->failure != NULL ? BT_TRACKER_BETTER_WAIT_US : BT_TRACKER_OTHER_WAIT_US;
  bt_timer_start (&call->timer, bt_world_now (call->client->world) + wait);
}

void
bt_tracker_call_settle (BtTrackerCall *call)
{
  if (is_running (call))
    {
      if (!call->told)
        wait_for_other (call);
    }
  else if (call->told)
    answer_late (call);
  else
    answer (call);
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
  judge_host (call, taken_error);
  /* Who never had a place has asked nothing. */
  if (call->place.queue != NULL)
    bt_tracker_scrapes_note (call->client, call->url, taken_error == NULL);
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
  else if (call->told)
    bt_tracker_call_cancel (call);
  else
    answer (call);
}

static void
limit_cb (gpointer owner, gint64 now)
{
  BtTrackerCall *call = owner;

  if (call->is_scrape)
    bt_tracker_call_scraped (call, NULL, g_error_new_literal (BT_ERROR, BT_ERROR_TIMED_OUT,
                                                              "The tracker does not answer"));
  else
    answer (call);
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
  bt_timer_init (&call->limit, client->timers, limit_cb, call);
  return call;
}

static void
queue_call (BtTrackerCall *call)
{
  BtTrackerClient *client = call->client;

  if (has_prefix (call->url, "udp://") || has_prefix (call->url, "http://") || has_prefix (call->url, "https://"))
    {
      bt_tracker_places_wait (client->places, &call->place, call->url, is_goodbye (call), call);
      if (bt_tracker_http_is_undecided (call))
        bt_tracker_places_set_narrow (&call->place, TRUE);
      bt_tracker_client_go_on (client);
    }
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
  cancel_late (client, call);
  queue_call (call);
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

  if (!can_scrape (url, info_hash) || bt_tracker_scrapes_are_vain (client, url))
    return NULL;
  call = new_call (client, url, owner);
  call->is_scrape = TRUE;
  call->scraped = func;
  call->request.info_hash = *info_hash;
  queue_call (call);
  return call;
}
