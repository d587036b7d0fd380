/* bt-torrent-dht.c: asks the DHT for peers of a torrent, and tells it of us.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-dht.h"

#define INTERVAL_US (15 * 60 * G_USEC_PER_SEC)    /* nodes forget who announced after half an hour */
#define FEW_PEERS_US (5 * 60 * G_USEC_PER_SEC)    /* somebody was found, but hardly anybody */
#define FEW_PEERS 5

/* Whether it may use the DHT now; a private torrent never. */
static gboolean
may_use (BtTorrent *torrent)
{
  return bt_torrent_may_share (torrent) && torrent->phase != BT_PHASE_CLOSING && bt_core_has_dht (torrent->core);
}

gboolean
bt_torrent_uses_dht (BtTorrent *torrent)
{
  return torrent->dht.started && may_use (torrent);
}

gboolean
bt_torrent_is_searching_dht (BtTorrent *torrent)
{
  return torrent->dht.turn != NULL || torrent->dht.sides[0].running || torrent->dht.sides[1].running;
}

gint64
bt_torrent_next_dht (BtTorrent *torrent)
{
  return bt_timer_is_running (&torrent->dht.timer) ? torrent->dht.timer.deadline : G_MAXINT64;
}

static gboolean
has_few_peers (BtTorrent *torrent)
{
  return !bt_torrent_is_complete (torrent) && torrent->peers->len < FEW_PEERS
         && bt_candidates_n_idle (torrent->candidates) < FEW_PEERS;
}

/* Who only looks at details does not tell others that he has them. */
static gboolean
announces (BtTorrent *torrent)
{
  return torrent->core->listen_port != 0 && torrent->intent != BT_INTENT_DETAILS;
}

/* Waiting. */

/* @urgent: before all that wait. */
static void
want_turn (BtTorrent *torrent, gboolean urgent)
{
  if (torrent->dht.turn == NULL && may_use (torrent))
    torrent->dht.turn = bt_core_dht_want_turn (torrent->core, torrent, urgent);
}

static void
due_cb (gpointer owner, gint64 now)
{
  want_turn (owner, FALSE);
}

/* Nobody was found, or nobody was told of us, though that was what it was for. */
static gboolean
has_failed (BtTorrent *torrent)
{
  BtTorrentDht *dht = &torrent->dht;

  return (dht->n_found == 0 && has_few_peers (torrent)) || (dht->n_announced == 0 && announces (torrent));
}

/* After a failure sooner, but each time later. */
static void
wait_for_next (BtTorrent *torrent, gint64 now)
{
  BtTorrentDht *dht = &torrent->dht;
  gint64 interval = INTERVAL_US;

  if (has_failed (torrent))
    interval = torrent->core->outside.retry_us << MIN (dht->fails++, 5);
  else
    dht->fails = 0;
  if (dht->fails == 0 && has_few_peers (torrent))
    interval = FEW_PEERS_US;
  interval = MIN (interval, (gint64) INTERVAL_US);
  /* A tenth more or less, so that those that start together do not stay together. */
  interval += (gint64) bt_random_below (&torrent->core->random, (guint32) (interval / 5)) - interval / 10;
  bt_timer_start (&dht->timer, now + interval);
}

/* Searching. */

static void
peers_cb (gpointer data, const BtEndpoint *peers, guint n_peers)
{
  BtDhtSearch *search = data;
  BtTorrent *torrent = search->torrent;
  gint64 now = bt_core_now (torrent->core);

  if (!may_use (torrent))
    return;
  for (guint i = 0; i < n_peers; i++)
    bt_candidates_add (torrent->candidates, &peers[i], BT_SOURCE_DHT, now);
  torrent->dht.n_found += n_peers;
  bt_core_seek_peers (torrent->core, torrent);
  bt_torrent_touch (torrent, BT_CHANGED_PEERS | BT_CHANGED_STATE);
}

static void
done_cb (gpointer data, const BtDhtPeersResult *result)
{
  BtDhtSearch *search = data;
  BtTorrent *torrent = search->torrent;

  search->running = FALSE;
  bt_core_dht_search_ended (torrent->core);
  torrent->dht.n_announced += result->n_announced;
  search->has_scrape = result->has_scrape;
  search->n_seeds = result->n_seeds;
  search->n_downloaders = result->n_downloaders;
  if (!bt_torrent_is_searching_dht (torrent))
    wait_for_next (torrent, bt_core_now (torrent->core));
  bt_torrent_touch (torrent, BT_CHANGED_PEERS | BT_CHANGED_STATE);
}

static void
search_in (BtTorrent *torrent, BtDhtSearch *search, gint64 now)
{
  BtCore *core = torrent->core;
  BtDht *dht = bt_core_get_dht (core, search->ipv6);
  BtDhtPeersQuery query = {
    .info_hash = torrent->metainfo->info_hash,
    .announce = announces (torrent),
    .port = bt_core_get_port (core, search->ipv6),
    .seed = bt_torrent_is_complete (torrent),
    .scrape = bt_tiers_n_trackers (torrent->tiers) == 0,
  };

  if (dht == NULL || search->running)
    return;
  bt_core_dht_search_began (core);
  search->running = TRUE;
  search->id = bt_dht_find_peers (dht, &query, peers_cb, done_cb, search, now);
  bt_core_touch_dht (core, search->ipv6);
}

void
bt_torrent_search_dht (BtTorrent *torrent, gint64 now)
{
  torrent->dht.turn = NULL;
  torrent->dht.n_found = 0;
  torrent->dht.n_announced = 0;
  bt_timer_stop (&torrent->dht.timer);
  if (!may_use (torrent))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (torrent->dht.sides); i++)
    search_in (torrent, &torrent->dht.sides[i], now);
  bt_torrent_touch (torrent, BT_CHANGED_STATE);
}

void
bt_torrent_hurry_dht (BtTorrent *torrent)
{
  if (torrent->dht.started && !bt_torrent_is_searching_dht (torrent))
    want_turn (torrent, TRUE);
}

void
bt_torrent_dht_changed (BtTorrent *torrent)
{
  if (torrent->dht.started)
    bt_torrent_touch (torrent, BT_CHANGED_STATE);
}

/* Beginning and end. */

/* One that has just come does not wait for ten thousand others; once, or they would wait for ever. */
void
bt_torrent_start_dht (BtTorrent *torrent)
{
  gboolean is_new = !torrent->dht.started;

  if (!torrent->active || !may_use (torrent))
    return;
  torrent->dht.started = TRUE;
  torrent->dht.fails = 0;
  bt_torrent_touch (torrent, BT_CHANGED_STATE);
  bt_core_dht_add_names (torrent->core, (const char *const *) torrent->metainfo->nodes);
  if (!bt_torrent_is_searching_dht (torrent))
    want_turn (torrent, is_new && has_few_peers (torrent));
}

void
bt_torrent_stop_dht (BtTorrent *torrent)
{
  BtCore *core = torrent->core;

  if (torrent->dht.started)
    bt_torrent_touch (torrent, BT_CHANGED_STATE);
  torrent->dht.started = FALSE;
  bt_timer_stop (&torrent->dht.timer);
  if (torrent->dht.turn != NULL)
    bt_core_dht_leave_turn (core, g_steal_pointer (&torrent->dht.turn));
  for (guint i = 0; i < G_N_ELEMENTS (torrent->dht.sides); i++)
    {
      BtDhtSearch *search = &torrent->dht.sides[i];

      if (!search->running)
        continue;
      bt_dht_cancel (bt_core_get_dht (core, search->ipv6), search->id);
      bt_core_touch_dht (core, search->ipv6);
      search->running = FALSE;
      bt_core_dht_search_ended (core);
    }
}

void
bt_torrent_init_dht (BtTorrent *torrent)
{
  bt_timer_init (&torrent->dht.timer, torrent->core->timers, due_cb, torrent);
  for (guint i = 0; i < G_N_ELEMENTS (torrent->dht.sides); i++)
    {
      torrent->dht.sides[i].torrent = torrent;
      torrent->dht.sides[i].ipv6 = i == 1;
    }
}

void
bt_torrent_fill_dht_swarm (BtTorrent *torrent, BtTorrentStatus *status)
{
  for (guint i = 0; i < G_N_ELEMENTS (torrent->dht.sides); i++)
    {
      const BtDhtSearch *search = &torrent->dht.sides[i];

      if (!search->has_scrape)
        continue;
      status->swarm_seeds = MAX (status->swarm_seeds, (gint64) search->n_seeds);
      status->swarm_leechers = MAX (status->swarm_leechers, (gint64) search->n_downloaders);
    }
}
