/* bt-torrent.c: the life of a torrent: loaded, checked, at work, stopped with a reason, closed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#define START_BOOST 30

/* Activity. */

gboolean
bt_torrent_only_seeds (BtTorrent *torrent)
{
  return torrent->core->config->mode == BT_MODE_SEEDING || torrent->spares_edits || bt_torrent_gives_on (torrent);
}

gboolean
bt_torrent_may_request (BtTorrent *torrent)
{
  return torrent->active && torrent->phase == BT_PHASE_READY && !torrent->relocating
         && !bt_torrent_only_seeds (torrent);
}

/* Of a link, which is not part of the queue then, and of no mode: it moves no payload. */
static gboolean
wants_details_alone (BtTorrent *torrent)
{
  return torrent->phase == BT_PHASE_METADATA && torrent->intent == BT_INTENT_DETAILS;
}

static gboolean
mode_allows (BtTorrent *torrent)
{
  switch (torrent->core->config->mode)
    {
    case BT_MODE_DOWNLOADING:
      return !bt_torrent_is_complete (torrent) && !bt_torrent_gives_on (torrent);
    case BT_MODE_SEEDING:
      if (wants_details_alone (torrent))
        return TRUE;
      return bt_torrent_count_had (torrent) > 0;
    case BT_MODE_ALL:
    default:
      return TRUE;
    }
}

static void
activate (BtTorrent *torrent)
{
  BtCore *core = torrent->core;

  g_debug ("%s: starts", torrent->metainfo->name);
  torrent->active = TRUE;
  torrent->started_at = torrent->counted_at = bt_core_now (core);
  torrent->boost = START_BOOST;
  torrent->was_complete = bt_torrent_is_complete (torrent);
  torrent->next_choke = 0;
  bt_candidates_set_most (torrent->candidates, BT_LIMIT_CANDIDATES);
  bt_core_wake (core, torrent);
  if (torrent->phase == BT_PHASE_METADATA)
    bt_torrent_add_named_peers (torrent);
  bt_torrent_start_announces (torrent);
  bt_torrent_start_lsd (torrent);
  bt_core_seek_peers (core, torrent);
}

void
bt_torrent_rest (BtTorrent *torrent)
{
  if (torrent->phase == BT_PHASE_READY && (!torrent->active || bt_torrent_is_complete (torrent)))
    bt_torrent_bytes_rest (torrent->bytes);
}

static void
deactivate (BtTorrent *torrent)
{
  g_debug ("%s: stops", torrent->metainfo->name);
  bt_torrent_count_time (torrent, bt_core_now (torrent->core));
  torrent->active = FALSE;
  torrent->keeps_peers = FALSE;
  bt_torrent_stop_naming (torrent);
  bt_torrent_end_metadata (torrent);
  bt_torrent_drop_details (torrent);
  bt_torrent_stop_announces (torrent);
  bt_torrent_drop_peers (torrent, BT_CLOSE_STOPPED);
  bt_candidates_set_most (torrent->candidates, BT_LIMIT_CANDIDATES_AT_REST);
  if (!bt_torrent_is_folded (torrent))
    {
      bt_torrent_flush_pieces (torrent);
      torrent->core->disk->ops->close_files (torrent->core->disk, torrent->storage);
    }
  bt_torrent_forget_rates (torrent);
  if (torrent->problem == NULL)
    bt_torrent_save (torrent);
  bt_torrent_rest (torrent);
}

gboolean
bt_torrent_is_meant_to_run (BtTorrent *torrent)
{
  return (torrent->intent == BT_INTENT_RUN || wants_details_alone (torrent))
         && (torrent->problem == NULL || bt_torrent_gives_on (torrent)) && torrent->core->running
         && torrent->core->config->suspend == BT_SUSPEND_NONE && mode_allows (torrent)
         && !bt_torrent_has_seeded_enough (torrent);
}

/* A link fetches its details; and with the peers that gave them it goes on when its files were looked at. One that is
 * folded was looked at before it was. */
static gboolean
can_run (BtTorrent *torrent)
{
  return torrent->phase == BT_PHASE_READY || torrent->phase == BT_PHASE_METADATA
         || (torrent->phase == BT_PHASE_FOLDED && torrent->active)
         || (torrent->phase == BT_PHASE_LOADING && torrent->keeps_peers && torrent->active);
}

void
bt_torrent_reconsider (BtTorrent *torrent)
{
  gboolean should = can_run (torrent) && (!torrent->waits || wants_details_alone (torrent))
                    && torrent->core->no_network == NULL && bt_torrent_is_meant_to_run (torrent);

  if (should && !torrent->active)
    activate (torrent);
  else if (!should && torrent->active)
    deactivate (torrent);
  else if (torrent->active)
    bt_torrent_request_all (torrent);
  bt_torrent_tell_upload_only (torrent);
  if (torrent->phase == BT_PHASE_CHECKING && (torrent->intent == BT_INTENT_RUN || torrent->check_asked)
      && bt_torrent_can_read (torrent))
    bt_core_enqueue_check (torrent->core, torrent);
  bt_torrent_make_files (torrent);
  bt_torrent_go_home (torrent);
  bt_torrent_note_fold (torrent);
  bt_torrent_note_queue (torrent);
  if (bt_torrent_goal_is_due (torrent))
    bt_core_goal_due (torrent->core);
  bt_torrent_touch (torrent, BT_CHANGED_STATE | BT_CHANGED_SPEED | BT_CHANGED_PEERS);
}

void
bt_torrent_finished (BtTorrent *torrent)
{
  g_debug ("%s: complete", torrent->metainfo->name);
  if (torrent->completed_at == 0)
    torrent->completed_at = bt_core_unix_now (torrent->core);
  bt_core_event (torrent->core, torrent->id, BT_EVENT_FINISHED, "Complete");
  bt_torrent_tell_upload_only (torrent);
  bt_tiers_hurry_completed (torrent->tiers, bt_core_now (torrent->core));
  bt_torrent_schedule_announce (torrent);
  bt_torrent_touch (torrent, BT_CHANGED_ALL);
  bt_torrent_save (torrent);
  bt_torrent_rest (torrent);
  bt_torrent_reconsider (torrent);
}

/* The sockets there are must not be used any more, not even to say goodbye. */
void
bt_torrent_cut_off (BtTorrent *torrent)
{
  if (torrent->phase != BT_PHASE_CLOSING)
    bt_torrent_drop_peers (torrent, BT_CLOSE_STOPPED);
  bt_torrent_stop_naming (torrent);
  bt_torrent_let_go_of_trackers (torrent);
}

void
bt_torrent_reconnect (BtTorrent *torrent)
{
  gboolean was_active = torrent->active;

  bt_torrent_reconsider (torrent);
  /* One that was not active starts anew and tells its trackers so. */
  if (was_active)
    bt_torrent_renew (torrent, TRUE);
}

gboolean
bt_torrent_is_active (BtTorrent *torrent)
{
  return torrent->active;
}

void
bt_torrent_set_intent (BtTorrent *torrent, BtIntent intent)
{
  if (torrent->phase == BT_PHASE_CLOSING)
    return;
  if (intent == BT_INTENT_RUN)
    bt_torrent_hurry_retry (torrent);
  if (torrent->intent == intent)
    return;
  torrent->intent = intent;
  torrent->leaves_home_alone = FALSE;
  torrent->dirty = TRUE;
  torrent->goal_state = BT_GOAL_STATE_OPEN;
  if (intent == BT_INTENT_RUN)
    bt_torrent_started_by_hand (torrent);
  bt_core_queue_changed (torrent->core, FALSE);
  bt_torrent_reconsider (torrent);
  /* Whoever only looked at the details has told nobody of himself. */
  if (torrent->active && intent == BT_INTENT_RUN)
    bt_torrent_hurry_dht (torrent);
  if (torrent->active)
    bt_torrent_save_choice (torrent);
  else
    bt_torrent_save (torrent);
}

/* Priorities. */

static void
priorities_set_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error != NULL)
    {
      torrent->owes_priorities = TRUE;
      bt_torrent_fail_to_write (torrent, error);
    }
  else if (torrent->phase != BT_PHASE_CLOSING)
    {
      torrent->files_made = FALSE;
      bt_torrent_reconsider (torrent);
    }
  bt_torrent_job_end (torrent);
}

static void
give_priorities (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;

  torrent->owes_priorities = FALSE;
  bt_torrent_job_begin (torrent);
  disk->ops->set_priorities (disk, torrent->storage, torrent->priorities,
                             bt_picker_have (torrent->picker), priorities_set_cb, torrent);
}

void
bt_torrent_give_owed_priorities (BtTorrent *torrent)
{
  if (torrent->owes_priorities)
    give_priorities (torrent);
}

void
bt_torrent_set_priorities (BtTorrent *torrent, GBytes *priorities)
{
  gboolean was_complete = bt_torrent_is_complete (torrent);

  if (torrent->phase == BT_PHASE_CLOSING)
    return;
  memcpy (torrent->priorities, g_bytes_get_data (priorities, NULL), torrent->metainfo->n_files);
  bt_torrent_apply_priorities (torrent);
  bt_torrent_judge_edits (torrent);
  bt_torrent_prioritised_files (torrent);
  bt_torrent_count_all (torrent);
  give_priorities (torrent);
  bt_torrent_save_choice (torrent);
  if (!was_complete && bt_torrent_is_complete (torrent) && torrent->phase == BT_PHASE_READY)
    bt_torrent_finished (torrent);
  bt_torrent_touch (torrent, BT_CHANGED_PROGRESS);
  bt_torrent_reconsider (torrent);
}

/* Closing. */

static void
files_removed_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error != NULL)
    torrent->close_error = g_error_copy (error);
  bt_torrent_job_end (torrent);
}

static void
remove_files (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;
  guint32 n = torrent->metainfo->n_files;
  g_autofree guint8 *created = g_malloc0 (n);
  g_autofree gboolean *ours = g_new0 (gboolean, n);

  bt_storage_get_created (torrent->storage, created);
  for (guint32 i = 0; i < n; i++)
    ours[i] = created[i] != 0;
  torrent->remove_data = FALSE;
  bt_torrent_job_begin (torrent);
  disk->ops->remove_files (disk, torrent->storage, ours, files_removed_cb, torrent);
}

/* Goes on when the last job has ended and the trackers were told. */
void
bt_torrent_finish_close (BtTorrent *torrent)
{
  BtCore *core = torrent->core;

  if (torrent->n_jobs > 0 || torrent->askings->len > 0 || torrent->removing)
    return;
  if (torrent->remove_data && !bt_torrent_is_folded (torrent))
    {
      remove_files (torrent);
      return;
    }
  torrent->removing = TRUE;
  torrent->closed (torrent, torrent->close_error, torrent->closed_data);
  bt_torrent_free (torrent);
  bt_core_check_stopped (core);
}

gboolean
bt_torrent_close (BtTorrent *torrent, gboolean forget, gboolean with_data,
                  void (*done) (BtTorrent *torrent, const GError *error, gpointer data), gpointer data)
{
  if (torrent->phase == BT_PHASE_CLOSING)
    return FALSE;
  torrent->forget = forget;
  torrent->remove_data = with_data;
  torrent->closed = done;
  torrent->closed_data = data;
  bt_torrent_job_begin (torrent);
  bt_torrent_stop_moving (torrent);
  bt_torrent_stop_check (torrent);
  bt_core_dequeue_check (torrent->core, torrent);
  if (torrent->active)
    deactivate (torrent);
  if (!forget)
    bt_torrent_save (torrent);
  torrent->phase = BT_PHASE_CLOSING;
  bt_torrent_job_end (torrent);
  return TRUE;
}

/* Jobs. */

void
bt_torrent_job_begin (BtTorrent *torrent)
{
  if (torrent->n_jobs++ == 0)
    bt_core_waits_for_disk (torrent->core, torrent);
}

void
bt_torrent_job_end (BtTorrent *torrent)
{
  g_assert (torrent->n_jobs > 0);
  torrent->n_jobs--;
  bt_core_disk_answered (torrent->core, torrent, torrent->n_jobs == 0);
  bt_core_balance_disk (torrent->core);
  if (torrent->phase == BT_PHASE_CLOSING)
    bt_torrent_finish_close (torrent);
}

/* What it is. */

BtIntent
bt_torrent_get_intent (BtTorrent *torrent)
{
  return torrent->intent;
}

BtTorrentId
bt_torrent_get_id (BtTorrent *torrent)
{
  return torrent->id;
}

BtMetainfo *
bt_torrent_get_metainfo (BtTorrent *torrent)
{
  return torrent->metainfo;
}

GBytes *
bt_torrent_get_bytes (BtTorrent *torrent, GError **error)
{
  if (torrent->bytes != NULL)
    return bt_torrent_bytes_get (torrent->bytes, error);
  g_set_error (error, BT_ERROR, BT_ERROR_CANCELLED, "It is being removed");
  return NULL;
}
