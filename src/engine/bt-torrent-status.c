/* bt-torrent-status.c: what a torrent is doing, and why it is not moving, as values for faces.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

BtState
bt_torrent_state (BtTorrent *torrent)
{
  if (torrent->relocating && (torrent->move_to != NULL || torrent->move_from != NULL))
    return BT_STATE_MOVING;
  if (torrent->problem != NULL && (torrent->phase != BT_PHASE_CHECKING || !bt_torrent_can_read (torrent)))
    return BT_STATE_ERROR;
  if (torrent->phase == BT_PHASE_CHECKING && (torrent->intent == BT_INTENT_RUN || torrent->check_asked))
    return BT_STATE_CHECKING;
  if (torrent->intent == BT_INTENT_PAUSE
      || (torrent->intent == BT_INTENT_DETAILS && torrent->phase != BT_PHASE_METADATA))
    return BT_STATE_PAUSED;
  if (torrent->intent == BT_INTENT_STOP)
    return BT_STATE_STOPPED;
  if (torrent->phase == BT_PHASE_LOADING || bt_torrent_waits_to_unfold (torrent))
    return BT_STATE_LOADING;
  if (torrent->phase == BT_PHASE_METADATA)
    return BT_STATE_DOWNLOADING;
  if (!bt_torrent_is_complete (torrent))
    return BT_STATE_DOWNLOADING;
  return torrent->core->config->mode == BT_MODE_DOWNLOADING ? BT_STATE_STOPPED : BT_STATE_SEEDING;
}

/* Reasons. */

static BtReason
problem_reason (const GError *problem)
{
  if (problem->domain != BT_ERROR)
    return BT_REASON_DISK_ERROR;
  switch ((BtError) problem->code)
    {
    case BT_ERROR_DISK_FULL:
      return BT_REASON_DISK_FULL;
    case BT_ERROR_DISK_MISSING:
      return BT_REASON_DISK_MISSING;
    case BT_ERROR_DISK_READ_ONLY:
      return BT_REASON_DISK_READ_ONLY;
    case BT_ERROR_CHANGED:
      return BT_REASON_FILES_CHANGED;
    case BT_ERROR_NETWORK:
      return BT_REASON_NETWORK;
    case BT_ERROR_MALFORMED:
    case BT_ERROR_UNSUPPORTED:
    case BT_ERROR_LIMIT:
      return BT_REASON_BAD_METADATA;
    case BT_ERROR_HELD:
      return BT_REASON_HELD;
    default:
      return BT_REASON_DISK_ERROR;
    }
}

static void
set_text (BtTorrentStatus *status, const char *text)
{
  status->reason_text = text != NULL ? g_ref_string_new (text) : NULL;
}

/* What the trackers are doing. TRUE while one is being asked for the first time. */
static gboolean
look_at_trackers (BtTorrent *torrent, BtTorrentStatus *status)
{
  gint64 next = G_MAXINT64;
  gboolean asking = FALSE;
  const char *message = NULL;

  for (guint i = 0; i < bt_tiers_n_trackers (torrent->tiers); i++)
    {
      BtTracker *tracker = bt_tiers_get (torrent->tiers, i);

      asking |= tracker->state == BT_TRACKER_ASKING;
      if (tracker->state == BT_TRACKER_FAILING && message == NULL)
        message = tracker->message;
      next = MIN (next, tracker->next_announce);
    }
  if (bt_torrent_uses_dht (torrent))
    next = MIN (next, bt_torrent_next_dht (torrent));
  status->reason_until = bt_core_to_unix (torrent->core, next);
  set_text (status, message);
  return asking;
}

static gboolean
can_search (BtTorrent *torrent)
{
  return bt_torrent_uses_dht (torrent) && bt_core_dht_knows_somebody (torrent->core);
}

static BtReason
reason_without_peers (BtTorrent *torrent, BtTorrentStatus *status)
{
  gint64 next;

  if (torrent->n_connecting > 0)
    {
      status->reason_count = torrent->n_connecting;
      return BT_REASON_CONNECTING;
    }
  if (bt_candidates_n_idle (torrent->candidates) > 0)
    {
      next = bt_candidates_next (torrent->candidates, bt_torrent_is_complete (torrent));
      status->reason_count = bt_candidates_n_idle (torrent->candidates);
      status->reason_until = bt_core_to_unix (torrent->core, next);
      return BT_REASON_NO_CONNECTION;
    }
  if (bt_tiers_n_trackers (torrent->tiers) == 0 && !can_search (torrent))
    return BT_REASON_NO_TRACKER;
  if (look_at_trackers (torrent, status))
    return BT_REASON_ANNOUNCING;
  return bt_torrent_is_searching_dht (torrent) && can_search (torrent) ? BT_REASON_SEARCHING : BT_REASON_NO_PEERS;
}

static BtReason
reason_with_peers (BtTorrent *torrent, BtTorrentStatus *status, guint n_ready)
{
  guint n_interesting = 0, n_open = 0;

  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      n_interesting += peer->am_interested;
      n_open += peer->am_interested && !peer->peer_choking;
    }
  if (n_interesting == 0)
    {
      status->reason_count = n_ready;
      return BT_REASON_PEERS_LACK_PIECES;
    }
  status->reason_count = n_interesting;
  return n_open > 0 ? BT_REASON_STARTING : BT_REASON_CHOKED;
}

/* Of a link. */
static BtReason
reason_without_details (BtTorrent *torrent, BtTorrentStatus *status)
{
  guint n_ready = torrent->peers->len - torrent->n_connecting;
  BtMetadataProgress progress;

  bt_torrent_get_metadata_progress (torrent, &progress);
  if (progress.n_peers > 0 || progress.done > 0)
    {
      status->reason_count = progress.n_peers;
      return BT_REASON_METADATA;
    }
  if (n_ready == 0)
    return reason_without_peers (torrent, status);
  status->reason_count = n_ready;
  return BT_REASON_NO_METADATA;
}

static BtReason
active_reason (BtTorrent *torrent, BtTorrentStatus *status)
{
  guint n_ready = torrent->peers->len - torrent->n_connecting;

  if (torrent->phase == BT_PHASE_METADATA)
    return reason_without_details (torrent, status);
  if (torrent->spares_edits)
    return BT_REASON_FILES_CHANGED;
  if (torrent->n_sending > 0 || torrent->n_receiving > 0)
    return BT_REASON_NONE;
  if (!bt_torrent_is_complete (torrent) && !bt_torrent_may_request (torrent))
    return BT_REASON_MODE;
  if (n_ready > 0 && !bt_torrent_is_complete (torrent))
    return reason_with_peers (torrent, status, n_ready);
  if (n_ready == 0 && !bt_torrent_is_complete (torrent))
    return reason_without_peers (torrent, status);
  status->reason_count = n_ready;
  return BT_REASON_NO_INTEREST;
}

/* It is meant to run, but nothing runs now, or others come first. */
static gboolean
fill_hold (BtTorrent *torrent, BtTorrentStatus *status)
{
  BtCore *core = torrent->core;

  if (status->state != BT_STATE_DOWNLOADING && status->state != BT_STATE_SEEDING)
    return FALSE;
  if (core->config->suspend != BT_SUSPEND_NONE)
    {
      status->reason = BT_REASON_SUSPENDED;
      status->reason_count = core->config->suspend;
      return TRUE;
    }
  if (!torrent->waits || torrent->intent != BT_INTENT_RUN || !bt_torrent_is_meant_to_run (torrent))
    return FALSE;
  /* Without others that are active it is only about to be decided. */
  status->reason_count = core->n_active[torrent->asked.kind];
  status->reason = status->reason_count > 0 ? BT_REASON_QUEUED : BT_REASON_STARTING;
  return TRUE;
}

static gboolean
is_without_network (BtTorrent *torrent, const BtTorrentStatus *status)
{
  BtCore *core = torrent->core;

  /* The loopback may still lead to somebody. */
  return (core->no_network != NULL || (core->offline && torrent->peers->len == torrent->n_connecting))
         && (status->state == BT_STATE_DOWNLOADING || status->state == BT_STATE_SEEDING);
}

static gboolean
waits_for_disk (BtTorrent *torrent, const BtTorrentStatus *status)
{
  return torrent->disk_wait.stuck
         && (status->state == BT_STATE_LOADING || status->state == BT_STATE_CHECKING
             || status->state == BT_STATE_DOWNLOADING || status->state == BT_STATE_SEEDING);
}

static void
fill_reason (BtTorrent *torrent, BtTorrentStatus *status)
{
  status->reason = BT_REASON_NONE;
  if (status->state == BT_STATE_MOVING)
    return;
  if (status->state == BT_STATE_ERROR)
    {
      status->reason = problem_reason (torrent->problem);
      set_text (status, torrent->problem->message);
      status->reason_count = torrent->active;
      status->reason_until = bt_core_to_unix (torrent->core, torrent->retry.deadline);
    }
  else if (waits_for_disk (torrent, status))
    status->reason = BT_REASON_DISK_SLOW;
  else if (status->state == BT_STATE_CHECKING && torrent->n_checking == 0)
    status->reason = BT_REASON_CHECK_QUEUED;
  else if (is_without_network (torrent, status))
    {
      status->reason = BT_REASON_NETWORK;
      set_text (status, torrent->core->no_network);
    }
  else if (torrent->active)
    status->reason = active_reason (torrent, status);
  else if (status->state == BT_STATE_PAUSED && bt_torrent_rests_at_goal (torrent))
    status->reason = BT_REASON_GOAL;
  else if (fill_hold (torrent, status))
    return;
  else if (status->state == BT_STATE_STOPPED && torrent->intent == BT_INTENT_RUN)
    status->reason = BT_REASON_COMPLETE;
  else if (status->state == BT_STATE_DOWNLOADING)
    status->reason = BT_REASON_MODE;
}

/* Values. */

static void
fill_swarm (BtTorrent *torrent, BtTorrentStatus *status)
{
  status->swarm_seeds = -1;
  status->swarm_leechers = -1;
  for (guint i = 0; i < bt_tiers_n_trackers (torrent->tiers); i++)
    {
      BtTracker *tracker = bt_tiers_get (torrent->tiers, i);

      status->swarm_seeds = MAX (status->swarm_seeds, tracker->n_seeds);
      status->swarm_leechers = MAX (status->swarm_leechers, tracker->n_leechers);
    }
  bt_torrent_fill_dht_swarm (torrent, status);
  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);

      status->n_peers += peer->ready;
      status->n_seeds += peer->ready && peer->is_seed;
    }
  status->n_sending = torrent->n_sending;
  status->n_receiving = torrent->n_receiving;
  status->n_known = bt_candidates_count (torrent->candidates);
  if (!bt_torrent_is_folded (torrent))
    status->availability = bt_picker_distributed_copies (torrent->picker);
}

static gint64
estimate (BtTorrent *torrent, const BtTorrentStatus *status)
{
  if (status->state != BT_STATE_DOWNLOADING || status->rate_down == 0)
    return -1;
  return (gint64) ((status->wanted - status->done) / status->rate_down);
}

static void
fill_name (BtTorrent *torrent, BtTorrentStatus *status)
{
  BtMetainfo *metainfo = torrent->metainfo;

  status->name = g_ref_string_acquire (torrent->name_text);
  status->save_path = g_ref_string_acquire (torrent->path_text);
  status->data_path = g_ref_string_acquire (torrent->data_text);
  status->options = bt_torrent_options_ref (torrent->options);
  status->queue_position = torrent->queue_position;
  status->tracker = torrent->tracker_text != NULL ? g_ref_string_acquire (torrent->tracker_text) : NULL;
  status->info_hash = metainfo->info_hash;
  status->total_size = metainfo->payload_size;
  status->piece_length = metainfo->magnet == NULL ? metainfo->piece_length : 0;
  status->is_magnet = metainfo->magnet != NULL;
  status->n_pieces = metainfo->n_pieces;
  status->n_files = torrent->n_listed;
  status->is_private = metainfo->is_private;
  status->added_at = MIN (torrent->added_at, bt_core_unix_now (torrent->core)); /* clocks go wrong and are mended */
}

static void
fill_metadata (BtTorrent *torrent, BtTorrentStatus *status)
{
  BtMetadataProgress progress;

  bt_torrent_get_metadata_progress (torrent, &progress);
  status->metadata_done = progress.done;
  status->metadata_size = progress.size;
}

void
bt_torrent_fill_status (BtTorrent *torrent, BtTorrentStatus *status)
{
  gint64 now = bt_core_now (torrent->core);

  status->id = torrent->id;
  status->changed = torrent->changed;
  torrent->changed = 0;
  fill_name (torrent, status);
  status->intent = torrent->intent;
  status->state = bt_torrent_state (torrent);
  fill_reason (torrent, status);
  status->wanted = torrent->wanted;
  status->done = torrent->done;
  status->check_progress = torrent->n_to_check > 0 ? (double) torrent->n_checked / torrent->n_to_check : 0;
  status->move_progress = bt_torrent_move_progress (torrent);
  status->completed_at = MIN (torrent->completed_at, bt_core_unix_now (torrent->core));
  fill_metadata (torrent, status);
  status->rate_down = bt_rate_get (&torrent->rate_down, now);
  status->rate_up = bt_rate_get (&torrent->rate_up, now);
  status->eta_s = estimate (torrent, status);
  status->downloaded = torrent->downloaded;
  status->uploaded = torrent->uploaded;
  status->wasted = torrent->wasted;
  status->active_s = torrent->active_s;
  status->seeding_s = torrent->seeding_s;
  fill_swarm (torrent, status);
}

/* Details. */

static GArray *
make_peers (BtTorrent *torrent)
{
  GArray *peers = g_array_new (FALSE, FALSE, sizeof (BtPeerStatus));
  gint64 now = bt_core_now (torrent->core);

  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);
      BtPeerStatus status;

      if (!peer->ready)
        continue;
      bt_peer_fill_status (peer, &status, now);
      g_array_append_val (peers, status);
    }
  return peers;
}

static BtTrackerStatusState
tracker_state (BtTrackerState state)
{
  switch (state)
    {
    case BT_TRACKER_ASKING:
      return BT_TRACKER_STATUS_ASKING;
    case BT_TRACKER_WORKING:
      return BT_TRACKER_STATUS_WORKING;
    case BT_TRACKER_FAILING:
      return BT_TRACKER_STATUS_FAILING;
    case BT_TRACKER_IDLE:
    default:
      return BT_TRACKER_STATUS_IDLE;
    }
}

static GArray *
make_trackers (BtTorrent *torrent)
{
  GArray *trackers = g_array_new (FALSE, FALSE, sizeof (BtTrackerStatus));

  for (guint i = 0; i < bt_tiers_n_trackers (torrent->tiers); i++)
    {
      const BtTracker *tracker = bt_tiers_get (torrent->tiers, i);
      BtTrackerStatus status = {
        .url = g_ref_string_new (tracker->url),
        .tier = tracker->tier,
        .state = tracker_state (tracker->state),
        .encrypted = tracker->encrypted || g_ascii_strncasecmp (tracker->url, "https:", strlen ("https:")) == 0,
        .message = tracker->message != NULL ? g_ref_string_new (tracker->message) : NULL,
        .next_at = torrent->active ? bt_core_to_unix (torrent->core, tracker->next_announce) : 0,
        .last_at = bt_core_to_unix (torrent->core, tracker->last_announce),
        .fails = tracker->fails,
        .n_peers = tracker->n_peers,
        .n_seeds = tracker->n_seeds,
        .n_leechers = tracker->n_leechers,
        .n_downloaded = tracker->n_downloaded,
      };

      g_array_append_val (trackers, status);
    }
  return trackers;
}

static GBytes *
make_pieces (BtTorrent *torrent)
{
  guint32 n = torrent->metainfo->n_pieces;
  guint8 *pieces = g_malloc (n);

  for (guint32 i = 0; i < n; i++)
    {
      if (bt_picker_has (torrent->picker, i))
        pieces[i] = BT_PIECE_HAD;
      else if (bt_picker_open_blocks (torrent->picker, i) != NULL)
        pieces[i] = BT_PIECE_IN_FLIGHT;
      else
        pieces[i] = bt_picker_availability (torrent->picker, i) > 0 ? BT_PIECE_AVAILABLE : BT_PIECE_MISSING;
    }
  return g_bytes_new_take (pieces, n);
}

BtDetail *
bt_torrent_make_detail (BtTorrent *torrent, BtDetailParts parts)
{
  BtMetainfo *metainfo = torrent->metainfo;
  BtDetail *detail = g_new0 (BtDetail, 1);

  if (bt_torrent_is_folded (torrent))
    parts &= ~(BT_DETAIL_FILES | BT_DETAIL_PIECES);
  g_atomic_ref_count_init (&detail->refs);
  detail->id = torrent->id;
  detail->parts = parts;
  detail->n_all_files = metainfo->n_files;
  if ((parts & BT_DETAIL_FILES) != 0)
    detail->files = bt_torrent_list_files (torrent);
  if ((parts & BT_DETAIL_PEERS) != 0)
    detail->peers = make_peers (torrent);
  if ((parts & BT_DETAIL_TRACKERS) != 0)
    detail->trackers = make_trackers (torrent);
  if ((parts & BT_DETAIL_PIECES) != 0)
    detail->pieces = make_pieces (torrent);
  if ((parts & BT_DETAIL_BANS) != 0)
    detail->bans = bt_candidates_banned_ips (torrent->candidates);
  if (metainfo->comment != NULL)
    detail->comment = g_ref_string_new (metainfo->comment);
  if (metainfo->created_by != NULL)
    detail->created_by = g_ref_string_new (metainfo->created_by);
  detail->creation_date = metainfo->creation_date;
  return detail;
}
