/* bt-torrent-peers.c: the peers of a torrent as a group: connecting, going, choking, banning.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#define CONNECTING_MAX 30

BtPeer *
bt_torrent_find_peer (BtTorrent *torrent, BtPeerId id)
{
  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      if (peer->id == id)
        return peer;
    }
  return NULL;
}

guint
bt_torrent_max_peers (BtTorrent *torrent)
{
  guint own = torrent->options->max_peers;

  return own > 0 ? own : torrent->core->config->max_peers_per_torrent;
}

void
bt_torrent_join (BtTorrent *torrent, BtPeer *peer)
{
  if (torrent->peers->len == 0)
    torrent->core->n_with_peers++;
  g_ptr_array_add (torrent->peers, peer);
  torrent->core->n_peers++;
  bt_torrent_touch (torrent, BT_CHANGED_PEERS | BT_CHANGED_STATE);
}

/* Connecting out. */

void
bt_torrent_add_peer (BtTorrent *torrent, const BtEndpoint *endpoint, guint source)
{
  bt_candidates_add (torrent->candidates, endpoint, source, bt_core_now (torrent->core));
  bt_torrent_touch (torrent, BT_CHANGED_PEERS | BT_CHANGED_STATE);
  bt_core_seek_peers (torrent->core, torrent);
}

/* Those that come in and do not finish their handshake must not keep us from going out. */
static gboolean
is_busy_connecting (BtTorrent *torrent)
{
  guint n = 0;

  if (torrent->n_connecting < CONNECTING_MAX)
    return FALSE;
  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      n += !peer->ready && bt_link_is_outgoing (peer->link);
    }
  return n >= CONNECTING_MAX;
}

static gboolean
wants_connections (BtTorrent *torrent)
{
  return torrent->active && !torrent->relocating && torrent->peers->len < bt_torrent_max_peers (torrent)
         && !is_busy_connecting (torrent);
}

/* A link wants details, whatever the mode is; they come of seeds as well. */
gboolean
bt_torrent_wants_only_leechers (BtTorrent *torrent)
{
  if (torrent->phase == BT_PHASE_METADATA)
    return FALSE;
  return bt_torrent_only_seeds (torrent) || bt_torrent_is_complete (torrent);
}

gint64
bt_torrent_next_connect (BtTorrent *torrent)
{
  if (!wants_connections (torrent))
    return G_MAXINT64;
  return bt_candidates_next (torrent->candidates, bt_torrent_wants_only_leechers (torrent));
}

GList *
bt_torrent_get_seek_link (BtTorrent *torrent)
{
  return &torrent->seek_link;
}

static gboolean
connect_to (BtTorrent *torrent, BtCandidate *candidate, gint64 now)
{
  BtCore *core = torrent->core;
  BtPeer *peer = bt_peer_new (torrent, ++torrent->last_peer, &candidate->endpoint);
  g_autoptr(GError) error = NULL;

  peer->candidate = candidate;
  peer->link = bt_link_new_outgoing (core->world, core->timers, &candidate->endpoint,
                                     &bt_peer_link_ops, peer, &error);
  if (peer->link == NULL && g_error_matches (error, BT_ERROR, BT_ERROR_LIMIT))
    {
      /* We have no descriptor, which says nothing of it. */
      bt_candidates_postpone (torrent->candidates, candidate, now);
      bt_peer_free (peer);
      return FALSE;
    }
  bt_candidates_trying (torrent->candidates, candidate, now);
  if (peer->link == NULL)
    {
      bt_candidates_ended (torrent->candidates, candidate, BT_CLOSE_CONNECT_FAILED, 0, now);
      bt_peer_free (peer);
      return FALSE;
    }
  torrent->n_connecting++;
  bt_core_begin_dialling (core, &peer->endpoint);
  bt_torrent_join (torrent, peer);
  return TRUE;
}

/* Who is being connected to, or was not found by others, comes later.
 * Returns: (nullable) */
static BtCandidate *
find_candidate (BtTorrent *torrent, gint64 now)
{
  gboolean want_leechers = bt_torrent_wants_only_leechers (torrent);
  BtCandidate *candidate;

  while ((candidate = bt_candidates_best (torrent->candidates, want_leechers, now)) != NULL)
    {
      gint64 when = bt_core_may_dial_at (torrent->core, torrent, candidate, now);

      if (bt_core_is_dialling (torrent->core, &candidate->endpoint))
        bt_candidates_postpone (torrent->candidates, candidate, now);
      else if (when > now)
        bt_candidates_hold (torrent->candidates, candidate, when);
      else
        break;
    }
  return candidate;
}

void
bt_torrent_try_again (BtTorrent *torrent, const BtEndpoint *endpoint, gint64 now)
{
  if (bt_candidates_forgive_one (torrent->candidates, endpoint, now))
    bt_core_seek_peers (torrent->core, torrent);
}

guint
bt_torrent_connect_some (BtTorrent *torrent, guint n, gint64 now)
{
  guint room = torrent->core->config->max_peers - torrent->core->n_peers;
  guint tries = MIN (n + torrent->boost, room);
  guint made = 0, failed = 0;

  if (n > 0 && wants_connections (torrent) && find_candidate (torrent, now) != NULL)
    bt_torrent_unfold (torrent);
  if (bt_torrent_needs_unfolding (torrent))
    return 0;
  while (made < tries && wants_connections (torrent))
    {
      BtCandidate *candidate = find_candidate (torrent, now);

      if (candidate == NULL)
        break;
      /* What goes nowhere costs nothing: a family without a way out must not hold up the other. */
      if (connect_to (torrent, candidate, now))
        made++;
      else if (++failed == CONNECTING_MAX)
        break;
    }
  if (made <= torrent->boost)
    {
      torrent->boost -= made;
      return 0;
    }
  made -= torrent->boost;
  torrent->boost = 0;
  return made;
}

void
bt_torrent_learn_address (BtTorrent *torrent)
{
  BtEndpoint us;

  for (int ipv6 = FALSE; ipv6 <= TRUE; ipv6++)
    {
      bt_candidates_set_us (torrent->candidates, ipv6,
                            bt_core_get_own_endpoint (torrent->core, ipv6, &us) ? &us : NULL);
      bt_blame_set_us (torrent->blame, ipv6, bt_address_vote_get (torrent->core->votes, ipv6, &us) ? &us : NULL);
    }
}

/* Going. */

/* For others, who cannot know why it went. */
static gboolean
is_worth_another_try (BtCloseReason reason)
{
  return reason == BT_CLOSE_REMOTE || reason == BT_CLOSE_TOO_MANY || reason == BT_CLOSE_USELESS;
}

/* Lost by this way, it may be reached by the other. */
static void
add_other_address (BtTorrent *torrent, const BtPeer *peer, BtCloseReason reason, gint64 now)
{
  gboolean lost = reason == BT_CLOSE_REMOTE || reason == BT_CLOSE_NETWORK || reason == BT_CLOSE_SILENT;

  if (lost && peer->other.port != 0 && bt_torrent_may_share (torrent))
    bt_candidates_add (torrent->candidates, &peer->other, BT_SOURCE_PEX, now);
}

/* What was asked of one that went may be asked of others; who is of interest stays the same. */
static void
request_of_others (BtTorrent *torrent)
{
  for (guint i = 0; i < torrent->peers->len; i++)
    bt_peer_request (g_ptr_array_index (torrent->peers, i));
}

void
bt_torrent_peer_ended (BtTorrent *torrent, BtPeer *peer, BtCloseReason reason, const char *detail)
{
  BtCore *core = torrent->core;
  gint64 now = bt_core_now (core);

  g_debug ("%s: peer %u ended: %s%s%s", torrent->metainfo->name, peer->id, bt_close_reason_text (reason),
           detail != NULL ? ": " : "", detail != NULL ? detail : "");
  if (!peer->ready)
    torrent->n_connecting--;
  if (!peer->ready && peer->candidate != NULL)
    {
      bt_core_end_dialling (core, &peer->endpoint);
      if (!peer->spoke)
        bt_core_dial_failed (core, torrent, &peer->endpoint, reason);
    }
  g_ptr_array_remove_fast (torrent->peers, peer);
  if (torrent->peers->len == 0)
    core->n_with_peers--;
  bt_torrent_keep_unfolded (torrent, now);
  bt_torrent_pex_left (torrent, peer, is_worth_another_try (reason), now);
  core->n_peers--;
  bt_torrent_lose_metadata_peer (torrent, peer);
  if (peer->candidate != NULL)
    bt_candidates_ended (torrent->candidates, peer->candidate, reason, peer->downloaded + peer->uploaded, now);
  add_other_address (torrent, peer, reason, now);
  bt_torrent_touch (torrent, BT_CHANGED_PEERS | BT_CHANGED_STATE);
  if (torrent->active)
    {
      bt_core_seek_peers (core, torrent);
      request_of_others (torrent);
    }
}

typedef gboolean (*IsMeantFunc) (const BtPeer *peer, gconstpointer data);

static gboolean
is_anybody (const BtPeer *peer, gconstpointer data)
{
  return TRUE;
}

static gboolean
is_banned (const BtPeer *peer, gconstpointer data)
{
  return bt_candidates_is_banned (peer->torrent->candidates, &peer->endpoint);
}

/* @data: a set of BtPeerId */
static gboolean
is_among (const BtPeer *peer, gconstpointer data)
{
  return g_hash_table_contains ((GHashTable *) data, GUINT_TO_POINTER (peer->id));
}

/* Closing one may close others, and one that is inside a callback of its link goes only after that:
 * so the array is walked downwards and looked at anew. */
static void
close_peers (BtTorrent *torrent, IsMeantFunc is_meant, gconstpointer data, BtCloseReason reason, const char *detail)
{
  for (guint i = torrent->peers->len; i > 0; i = MIN (i - 1, torrent->peers->len))
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i - 1);

      if (is_meant (peer, data))
        bt_peer_close (peer, reason, detail);
    }
}

void
bt_torrent_drop_peers (BtTorrent *torrent, BtCloseReason reason)
{
  close_peers (torrent, is_anybody, NULL, reason, NULL);
}

void
bt_torrent_drop_first_of (BtTorrent *torrent, GPtrArray *peers, guint n, const char *why)
{
  g_autoptr(GHashTable) chosen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < MIN (n, peers->len); i++)
    g_hash_table_add (chosen, GUINT_TO_POINTER (((BtPeer *) g_ptr_array_index (peers, i))->id));
  close_peers (torrent, is_among, chosen, BT_CLOSE_TOO_MANY, why);
}

/* @port_alone: the others there are not made to pay for it */
static void
ban (BtTorrent *torrent, const BtEndpoint *endpoint, gboolean port_alone, const char *why)
{
  char text[BT_ENDPOINT_TEXT_SIZE];

  if (bt_candidates_is_banned (torrent->candidates, endpoint))
    return;
  if (port_alone)
    {
      bt_endpoint_format (endpoint, text);
      bt_candidates_ban_port (torrent->candidates, endpoint);
    }
  else
    {
      bt_endpoint_format_ip (endpoint, text);
      bt_candidates_ban (torrent->candidates, endpoint);
    }
  bt_core_event (torrent->core, torrent->id, BT_EVENT_LOG, "%s is banned: %s", text, why);
  bt_torrent_drop_pieces_of_banned (torrent);
  close_peers (torrent, is_banned, NULL, BT_CLOSE_BANNED, why);
}

/* Who shares our address may be a machine of ours behind the same router. */
void
bt_torrent_ban (BtTorrent *torrent, const BtEndpoint *endpoint, const char *why)
{
  ban (torrent, endpoint, bt_address_vote_is_ours (torrent->core->votes, endpoint), why);
}

void
bt_torrent_ban_by_hand (BtTorrent *torrent, const BtEndpoint *endpoint)
{
  BtEndpoint host = *endpoint;

  host.port = 0;
  ban (torrent, &host, FALSE, "by hand");
  torrent->dirty = TRUE;
  bt_torrent_save (torrent);
}

void
bt_torrent_unban (BtTorrent *torrent, const BtEndpoint *endpoint)
{
  char ip[BT_ENDPOINT_TEXT_SIZE];

  if (!bt_candidates_unban (torrent->candidates, endpoint))
    return;
  bt_endpoint_format_ip (endpoint, ip);
  bt_core_event (torrent->core, torrent->id, BT_EVENT_LOG, "%s is not banned any more", ip);
  torrent->dirty = TRUE;
  bt_torrent_save (torrent);
}

void
bt_torrent_request_all (BtTorrent *torrent)
{
  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      if (!peer->ready)
        continue;
      bt_peer_update_interest (peer);
      bt_peer_request (peer);
    }
}

void
bt_torrent_tell_upload_only (BtTorrent *torrent)
{
  gboolean upload_only = bt_torrent_is_upload_only (torrent);

  if (upload_only == torrent->said_upload_only)
    return;
  torrent->said_upload_only = upload_only;
  for (guint i = 0; i < torrent->peers->len; i++)
    bt_peer_send_upload_only (g_ptr_array_index (torrent->peers, i));
}

void
bt_torrent_set_reading (BtTorrent *torrent, gboolean reading)
{
  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      bt_link_set_reading (peer->link, reading);
    }
}

/* Choking. */

static void
fill_choke_peer (BtPeer *peer, BtChokePeer *out, gint64 now)
{
  *out = (BtChokePeer){
    .peer = peer,
    .interested = peer->peer_interested,
    .is_seed = peer->is_seed || peer->upload_only,
    .snubs_us = peer->am_interested && bt_pipeline_is_snubbed (peer->pipeline),
    .unchoked = !peer->am_choking,
    .optimistic = peer->optimistic,
    .unchoked_at = peer->unchoked_at,
    .changed_at = peer->choked_at,
    .optimistic_at = peer->optimistic_at,
    .connected_at = peer->ready_at,
    .rate_to_us = bt_rate_get (&peer->rate_down, now),
    .rate_from_us = bt_rate_get (&peer->rate_up, now),
    .given_since_unchoke = peer->uploaded - peer->given_at_unchoke,
  };
}

/* The slots of the engine are shared by the torrents that have somebody. */
static guint
count_slots (BtTorrent *torrent)
{
  BtCore *core = torrent->core;

  return CLAMP (core->config->upload_slots / MAX (core->n_with_peers, 1), 1, core->config->upload_slots_per_torrent);
}

static BtChokePeer *
collect_choke_peers (BtTorrent *torrent, guint *n, gint64 now)
{
  BtChokePeer *peers = g_new (BtChokePeer, MAX (torrent->peers->len, 1));

  *n = 0;
  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      if (peer->ready)
        fill_choke_peer (peer, &peers[(*n)++], now);
    }
  return peers;
}

static void
init_choke_config (BtTorrent *torrent, BtChokeConfig *config)
{
  config->n_slots = count_slots (torrent);
  config->seeding = bt_torrent_is_complete (torrent) || bt_torrent_only_seeds (torrent);
  config->piece_length = torrent->metainfo->piece_length;
}

void
bt_torrent_rechoke (BtTorrent *torrent, gint64 now)
{
  BtChokeConfig config;
  guint n;
  g_autofree BtChokePeer *peers = collect_choke_peers (torrent, &n, now);

  torrent->next_choke = now + BT_CHOKER_INTERVAL_US;
  init_choke_config (torrent, &config);
  bt_choker_run (&torrent->choker, &config, peers, n, now);
  for (guint i = 0; i < n; i++)
    {
      BtPeer *peer = peers[i].peer;

      peer->optimistic = peers[i].optimistic;
      peer->optimistic_at = peers[i].optimistic_at;
      bt_peer_set_choking (peer, !peers[i].unchoke, now);
    }
}

void
bt_torrent_peer_interested (BtTorrent *torrent, BtPeer *peer)
{
  gint64 now = bt_core_now (torrent->core);
  BtChokeConfig config;
  guint n;
  g_autofree BtChokePeer *peers = collect_choke_peers (torrent, &n, now);

  init_choke_config (torrent, &config);
  if (peer->am_choking && !peer->is_seed && torrent->phase != BT_PHASE_METADATA
      && bt_choker_has_free_slot (&config, peers, n))
    bt_peer_set_choking (peer, FALSE, now);
}

/* Nothing flows any more, and there are no rounds in which rates would fade. */
void
bt_torrent_forget_rates (BtTorrent *torrent)
{
  torrent->n_sending = 0;
  torrent->n_receiving = 0;
  torrent->rate_down = (BtRate){ 0 };
  torrent->rate_up = (BtRate){ 0 };
}

/* The round of the second. */

static void
count_movers (BtTorrent *torrent, gint64 now)
{
  /* Rates outlast the peers that made them, and their end is news as well. */
  gboolean moving = bt_rate_get (&torrent->rate_down, now) > 0 || bt_rate_get (&torrent->rate_up, now) > 0;
  guint sending = 0, receiving = 0;

  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      sending += bt_rate_get (&peer->rate_down, now) > 0;
      receiving += bt_rate_get (&peer->rate_up, now) > 0;
    }
  if (sending != torrent->n_sending || receiving != torrent->n_receiving)
    bt_torrent_touch (torrent, BT_CHANGED_PEERS | BT_CHANGED_STATE);
  if (moving || torrent->moving)
    bt_torrent_touch (torrent, BT_CHANGED_SPEED);
  torrent->moving = moving;
  torrent->n_sending = sending;
  torrent->n_receiving = receiving;
}

void
bt_torrent_count_time (BtTorrent *torrent, gint64 now)
{
  gint64 seconds = (now - torrent->counted_at + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC;
  gint64 minutes = torrent->active_s / 60;

  if (!torrent->active || seconds <= 0)
    return;
  torrent->counted_at += seconds * G_USEC_PER_SEC;
  torrent->active_s += seconds;
  if (torrent->active_s / 60 != minutes)
    bt_torrent_touch (torrent, BT_CHANGED_TOTALS);
  if (bt_torrent_is_complete (torrent))
    bt_torrent_count_seeding (torrent, seconds);
}

void
bt_torrent_second (BtTorrent *torrent, gint64 now)
{
  bt_torrent_count_time (torrent, now);
  for (guint i = torrent->peers->len; i > 0; i = MIN (i - 1, torrent->peers->len))
    bt_peer_second (g_ptr_array_index (torrent->peers, i - 1), now);
  bt_torrent_turn_over (torrent, now);
  bt_torrent_metadata_second (torrent, now);
  bt_torrent_details_second (torrent, now);
  if (torrent->peers->len > 0 && now >= torrent->next_choke && torrent->phase != BT_PHASE_METADATA)
    bt_torrent_rechoke (torrent, now);
  count_movers (torrent, now);
  bt_torrent_watch_stall (torrent, now);
  bt_torrent_save_totals (torrent, now);
}
