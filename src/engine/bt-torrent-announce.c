/* bt-torrent-announce.c: tells the trackers of a torrent what it does, and takes the peers they name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

/* Many torrents started together do not ask at once: so long for each, and those that want nothing longer. */
#define START_SPREAD_US (10 * G_TIME_SPAN_MILLISECOND)
#define SEED_SPREAD_US (100 * G_TIME_SPAN_MILLISECOND)
#define START_AT_ONCE 10 /* torrents: so many do */

#define SMALL_REPLY 30 /* trackers name at least so many when there are more */
#define LEFT_OF_LINK BT_LIMIT_BLOCK /* nobody knows how much, but it is no seed */
#define SCRAPE_INTERVAL_US (30 * 60 * G_USEC_PER_SEC)

static void
free_asking (gpointer data)
{
  BtAsking *asking = data;

  g_clear_pointer (&asking->gone, bt_tracker_free);
  g_free (asking);
}

void
bt_torrent_init_announces (BtTorrent *torrent)
{
  torrent->askings = g_ptr_array_new_with_free_func (free_asking);
}

static void
forget_asking (BtAsking *asking)
{
  g_ptr_array_remove_fast (asking->torrent->askings, asking);
}

/* The one that answered last, else the first. */
static const BtTracker *
find_main_tracker (BtTorrent *torrent)
{
  const BtTracker *best = NULL;

  for (guint i = 0; i < bt_tiers_n_trackers (torrent->tiers); i++)
    {
      const BtTracker *tracker = bt_tiers_get (torrent->tiers, i);

      if (best == NULL || tracker->answered_at > best->answered_at)
        best = tracker;
    }
  return best;
}

void
bt_torrent_name_tracker (BtTorrent *torrent)
{
  const BtTracker *tracker = find_main_tracker (torrent);
  g_autofree char *host = tracker != NULL ? bt_tracker_url_host (tracker->url) : NULL;

  if (g_strcmp0 (host, torrent->tracker_text) == 0)
    return;
  g_clear_pointer (&torrent->tracker_text, g_ref_string_release);
  if (host != NULL)
    torrent->tracker_text = g_ref_string_new (host);
  bt_torrent_touch (torrent, BT_CHANGED_TRACKER);
}

/* Whether a reply can have named everybody. Of a large swarm a tracker names some at random: who is
 * not among them has not left. */
static gboolean
names_all (const BtAnnounceReply *reply)
{
  if (reply->n_seeds < 0 || reply->n_leechers < 0)
    return reply->peers->len < SMALL_REPLY;
  return reply->n_seeds + reply->n_leechers <= (gint64) reply->peers->len + 1; /* and ourselves */
}

static void
take_peers (BtTorrent *torrent, const BtTracker *tracker, const BtAnnounceReply *reply, gint64 now)
{
  gboolean all = names_all (reply);

  if (all)
    bt_candidates_begin_announce (torrent->candidates, tracker->url);
  for (guint i = 0; i < reply->peers->len; i++)
    bt_candidates_add (torrent->candidates, &g_array_index (reply->peers, BtEndpoint, i),
                       BT_SOURCE_TRACKER, now);
  if (all)
    bt_candidates_end_announce (torrent->candidates, now);
  bt_core_seek_peers (torrent->core, torrent);
}

static void
announce_failed (BtTorrent *torrent, BtTracker *tracker, const char *message, gint64 retry_in_s, gint64 now)
{
  if (g_strcmp0 (message, tracker->message) != 0)
    bt_core_event (torrent->core, torrent->id, BT_EVENT_TRACKER, "%s", message);
  bt_tiers_failed (torrent->tiers, tracker, message, retry_in_s, now);
}

/* Scrape: asked beside an announce that did not say how many there are, and twice an hour at most. */

static void
scraped_cb (const BtScrapeReply *reply, const GError *error, gpointer owner)
{
  BtAsking *asking = owner;
  BtTorrent *torrent = asking->torrent;
  BtTracker *tracker = asking->tracker;

  forget_asking (asking);
  if (error == NULL)
    {
      bt_tiers_scraped (tracker, reply);
      bt_torrent_touch (torrent, BT_CHANGED_PEERS);
    }
  if (torrent->phase == BT_PHASE_CLOSING)
    bt_torrent_finish_close (torrent);
}

static void
scrape (BtTorrent *torrent, BtTracker *tracker, gint64 now)
{
  BtAsking *asking;

  if (tracker->last_scrape != 0 && now - tracker->last_scrape < SCRAPE_INTERVAL_US)
    return;
  tracker->last_scrape = now;
  asking = g_new0 (BtAsking, 1);
  asking->torrent = torrent;
  asking->tracker = tracker;
  asking->is_scrape = TRUE;
  asking->call = bt_tracker_client_scrape (torrent->core->trackers, tracker->url,
                                           &torrent->metainfo->info_hash, scraped_cb, asking);
  if (asking->call == NULL)
    {
      g_free (asking);
      return;
    }
  g_ptr_array_add (torrent->askings, asking);
}

/* BEP 24. */
static void
take_external_ip (BtTorrent *torrent, const BtTracker *tracker, const BtEndpoint *address, gint64 now)
{
  g_autofree char *host = bt_tracker_url_host (tracker->url);

  if (host != NULL && !bt_endpoint_is_unspecified (address))
    bt_address_vote_cast_by_name (torrent->core->votes, host, BT_VOTE_TRACKER, address, now);
}

static void
announced_cb (const BtAnnounceReply *reply, const GError *error, gpointer owner)
{
  BtAsking *asking = owner;
  BtTorrent *torrent = asking->torrent;
  BtTracker *tracker = asking->tracker;
  BtAnnounceEvent event = asking->event;
  gint64 now = bt_core_now (torrent->core);

  forget_asking (asking);
  if (error != NULL)
    announce_failed (torrent, tracker, error->message, -1, now);
  else if (reply->failure != NULL)
    announce_failed (torrent, tracker, reply->failure, reply->retry_in_s, now);
  else
    {
      tracker->encrypted = reply->encrypted;
      bt_tiers_succeeded (torrent->tiers, tracker, event, reply, now);
      bt_torrent_name_tracker (torrent);
      take_external_ip (torrent, tracker, &reply->external_ip, now);
      take_external_ip (torrent, tracker, &reply->other_external_ip, now);
      if (torrent->active)
        {
          take_peers (torrent, tracker, reply, now);
          if (reply->n_seeds < 0 || reply->n_leechers < 0 || reply->n_downloaded < 0)
            scrape (torrent, tracker, now);
        }
    }
  bt_torrent_touch (torrent, BT_CHANGED_STATE | BT_CHANGED_PEERS);
  bt_torrent_schedule_announce (torrent);
  if (torrent->phase == BT_PHASE_CLOSING)
    bt_torrent_finish_close (torrent);
}

static void
fill_request (BtTorrent *torrent, BtTracker *tracker, BtAnnounceEvent event, BtAnnounceRequest *request)
{
  guint16 port = bt_core_get_port (torrent->core, FALSE);

  *request = (BtAnnounceRequest){
    .info_hash = torrent->metainfo->info_hash,
    .port = port != 0 ? port : torrent->announced_port,
    .uploaded = torrent->uploaded - torrent->uploaded_before,
    .downloaded = torrent->downloaded - torrent->downloaded_before,
    .left = torrent->metainfo->magnet != NULL ? LEFT_OF_LINK : torrent->wanted - torrent->done,
    .event = event,
    .num_want = event == BT_ANNOUNCE_STOPPED ? 0 : -1,
    .key = torrent->key,
    .tracker_id = tracker->tracker_id,
  };
  memcpy (request->peer_id, torrent->tracker_id, sizeof request->peer_id);
  torrent->announced_port = request->port;
}

static void
ask (BtTorrent *torrent, BtTracker *tracker, BtAnnounceEvent event)
{
  BtAsking *asking = g_new0 (BtAsking, 1);
  BtAnnounceRequest request;

  fill_request (torrent, tracker, event, &request);
  asking->torrent = torrent;
  asking->tracker = tracker;
  asking->event = event;
  g_ptr_array_add (torrent->askings, asking);
  bt_tiers_asking (torrent->tiers, tracker, bt_core_now (torrent->core));
  asking->call = bt_tracker_client_announce (torrent->core->trackers, tracker->url, &request,
                                             announced_cb, asking);
  bt_torrent_touch (torrent, BT_CHANGED_STATE);
}

/* Asks all that are due and sets the timer for the next. */
void
bt_torrent_schedule_announce (BtTorrent *torrent)
{
  gint64 now = bt_core_now (torrent->core);
  gint64 next;
  BtTracker *tracker;

  if (!torrent->active)
    return;
  while ((tracker = bt_tiers_due (torrent->tiers, now)) != NULL)
    ask (torrent, tracker,
         bt_tiers_event_for (tracker, bt_torrent_is_complete (torrent), torrent->was_complete));
  next = bt_tiers_next (torrent->tiers);
  if (next != G_MAXINT64)
    bt_timer_start (&torrent->announce, MAX (next, now + 1));
  else
    bt_timer_stop (&torrent->announce);
}

/* Goodbyes to trackers that were taken off the list are not hindered by what follows. */
static void
cancel_askings (BtTorrent *torrent, gboolean goodbyes_too)
{
  for (guint i = torrent->askings->len; i > 0; i--)
    {
      BtAsking *asking = g_ptr_array_index (torrent->askings, i - 1);

      if (asking->gone != NULL && !goodbyes_too)
        continue;
      bt_tracker_call_cancel (asking->call);
      if (!asking->is_scrape)
        bt_tiers_cancelled (torrent->tiers, asking->tracker);
      g_ptr_array_remove_index_fast (torrent->askings, i - 1);
    }
}

static gint64
get_start_spread (BtTorrent *torrent)
{
  gint64 n_torrents = torrent->core->torrents->len;

  if (n_torrents <= START_AT_ONCE)
    return 0;
  return n_torrents * (bt_torrent_is_complete (torrent) ? SEED_SPREAD_US : START_SPREAD_US);
}

void
bt_torrent_start_announces (BtTorrent *torrent)
{
  cancel_askings (torrent, FALSE); /* a stopped of the last time */
  torrent->uploaded_before = torrent->uploaded;
  torrent->downloaded_before = torrent->downloaded;
  bt_tiers_start (torrent->tiers, bt_core_now (torrent->core), get_start_spread (torrent));
  bt_torrent_schedule_announce (torrent);
  bt_torrent_start_dht (torrent);
}

void
bt_torrent_cancel_announces (BtTorrent *torrent)
{
  bt_torrent_stop_dht (torrent);
  bt_timer_stop (&torrent->announce);
  cancel_askings (torrent, TRUE);
}

/* Trackers that know we are here are told that we leave. An announce that is under way may or may not
 * have arrived: it is called off. */
void
bt_torrent_stop_announces (BtTorrent *torrent)
{
  bt_torrent_stop_dht (torrent);
  bt_timer_stop (&torrent->announce);
  cancel_askings (torrent, FALSE);
  bt_tiers_stop (torrent->tiers);
  if (torrent->core->no_network != NULL)
    return;
  for (guint i = 0; i < bt_tiers_n_trackers (torrent->tiers); i++)
    {
      BtTracker *tracker = bt_tiers_get (torrent->tiers, i);

      if (tracker->started)
        ask (torrent, tracker, BT_ANNOUNCE_STOPPED);
    }
}

void
bt_torrent_abandon_announces (BtTorrent *torrent)
{
  cancel_askings (torrent, TRUE);
  if (torrent->phase == BT_PHASE_CLOSING)
    bt_torrent_finish_close (torrent);
}

void
bt_torrent_hurry (BtTorrent *torrent)
{
  if (!torrent->active)
    return;
  bt_candidates_forgive (torrent->candidates, bt_core_now (torrent->core));
  bt_tiers_hurry_by_hand (torrent->tiers, bt_core_now (torrent->core));
  bt_torrent_schedule_announce (torrent);
  bt_torrent_hurry_dht (torrent);
  bt_core_seek_peers (torrent->core, torrent);
}

gboolean
bt_torrent_announce_to (BtTorrent *torrent, const char *url)
{
  BtTracker *tracker = bt_tiers_find (torrent->tiers, url);
  gint64 now = bt_core_now (torrent->core);

  if (tracker == NULL)
    return FALSE;
  if (!torrent->active || tracker->state == BT_TRACKER_ASKING)
    return TRUE;
  /* Also one that stands by, behind another that works. */
  if (tracker->earliest <= now)
    ask (torrent, tracker,
         bt_tiers_event_for (tracker, bt_torrent_is_complete (torrent), torrent->was_complete));
  else
    bt_tiers_hurry_one (tracker, now);
  bt_torrent_schedule_announce (torrent);
  return TRUE;
}

/* Editing. */

static void
goodbye_cb (const BtAnnounceReply *reply, const GError *error, gpointer owner)
{
  BtAsking *asking = owner;
  BtTorrent *torrent = asking->torrent;

  forget_asking (asking);
  if (torrent->phase == BT_PHASE_CLOSING)
    bt_torrent_finish_close (torrent);
}

/* Takes @tracker. */
static void
say_goodbye (BtTorrent *torrent, BtTracker *tracker)
{
  BtAsking *asking = g_new0 (BtAsking, 1);
  BtAnnounceRequest request;

  fill_request (torrent, tracker, BT_ANNOUNCE_STOPPED, &request);
  asking->torrent = torrent;
  asking->tracker = asking->gone = tracker;
  asking->event = BT_ANNOUNCE_STOPPED;
  g_ptr_array_add (torrent->askings, asking);
  asking->call = bt_tracker_client_announce (torrent->core->trackers, tracker->url, &request, goodbye_cb, asking);
}

static void
cancel_askings_of (BtTorrent *torrent, const BtTracker *tracker)
{
  for (guint i = torrent->askings->len; i > 0; i--)
    {
      BtAsking *asking = g_ptr_array_index (torrent->askings, i - 1);

      if (asking->tracker != tracker)
        continue;
      bt_tracker_call_cancel (asking->call);
      g_ptr_array_remove_index_fast (torrent->askings, i - 1);
    }
}

void
bt_torrent_replace_tiers (BtTorrent *torrent, GPtrArray *tiers)
{
  g_autoptr(GPtrArray) gone = bt_tiers_replace (torrent->tiers, tiers);

  for (guint i = gone->len; i > 0; i--)
    {
      BtTracker *tracker = g_ptr_array_index (gone, i - 1);

      cancel_askings_of (torrent, tracker);
      if (tracker->started)
        say_goodbye (torrent, g_ptr_array_steal_index (gone, i - 1));
    }
  bt_torrent_schedule_announce (torrent);
}
