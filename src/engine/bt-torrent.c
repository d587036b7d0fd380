/* bt-torrent.c: the life of a torrent: loaded, checked, at work, stopped with a reason, closed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-layout.h"
#include "bt-peer-id.h"

#define START_BOOST 30

/* Sums. */

static guint64
wanted_bytes_in (BtTorrent *torrent, guint32 piece)
{
  BtMetainfo *metainfo = torrent->metainfo;
  guint64 bytes = 0;
  BtSpanIter iter;
  BtSpan span;

  bt_span_iter_init (&iter, metainfo, bt_metainfo_piece_offset (metainfo, piece),
                     bt_metainfo_piece_size (metainfo, piece));
  while (bt_span_iter_next (&iter, &span))
    if (!span.pad && torrent->priorities[span.file] != BT_PRIORITY_SKIP)
      bytes += span.length;
  return bytes;
}

void
bt_torrent_count_piece (BtTorrent *torrent, guint32 piece, int sign)
{
  guint64 bytes = wanted_bytes_in (torrent, piece);

  torrent->done += sign > 0 ? bytes : -bytes;
  bt_torrent_count_in_files (torrent, piece, sign);
  bt_torrent_touch (torrent, BT_CHANGED_PROGRESS);
}

static void
count_all (BtTorrent *torrent)
{
  BtMetainfo *metainfo = torrent->metainfo;

  torrent->wanted = 0;
  torrent->done = 0;
  for (guint32 i = 0; i < metainfo->n_files; i++)
    if ((metainfo->files[i].flags & (BT_FILE_PAD | BT_FILE_SYMLINK)) == 0
        && torrent->priorities[i] != BT_PRIORITY_SKIP)
      torrent->wanted += metainfo->files[i].length;
  for (guint32 piece = 0; piece < metainfo->n_pieces; piece++)
    if (bt_picker_has (torrent->picker, piece))
      torrent->done += wanted_bytes_in (torrent, piece);
}

/* A piece is as wanted as the most wanted file that has a part in it. */
static void
apply_priorities (BtTorrent *torrent)
{
  BtMetainfo *metainfo = torrent->metainfo;
  g_autofree guint8 *pieces = g_malloc0 (metainfo->n_pieces);

  for (guint32 i = 0; i < metainfo->n_files; i++)
    {
      guint32 first, count;

      if ((metainfo->files[i].flags & BT_FILE_PAD) != 0)
        continue;
      bt_layout_file_pieces (metainfo, i, &first, &count);
      for (guint32 piece = first; piece < first + count; piece++)
        pieces[piece] = MAX (pieces[piece], torrent->priorities[i]);
    }
  for (guint32 piece = 0; piece < metainfo->n_pieces; piece++)
    bt_picker_set_priority (torrent->picker, piece, pieces[piece]);
}

/* Activity. */

gboolean
bt_torrent_may_request (BtTorrent *torrent)
{
  return torrent->active && !torrent->relocating && torrent->core->config->mode != BT_MODE_SEEDING;
}

static gboolean
mode_allows (BtTorrent *torrent)
{
  switch (torrent->core->config->mode)
    {
    case BT_MODE_DOWNLOADING:
      return !bt_torrent_is_complete (torrent);
    case BT_MODE_SEEDING:
      return bt_picker_have (torrent->picker)->n_set > 0;
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
  torrent->started_at = bt_core_now (core);
  torrent->boost = START_BOOST;
  torrent->was_complete = bt_torrent_is_complete (torrent);
  torrent->next_choke = 0;
  bt_torrent_start_announces (torrent);
  bt_core_want_connections (core);
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
  torrent->active = FALSE;
  bt_torrent_stop_announces (torrent);
  bt_torrent_drop_peers (torrent, BT_CLOSE_STOPPED);
  bt_torrent_flush_pieces (torrent);
  torrent->core->disk->ops->close_files (torrent->core->disk, torrent->storage);
  bt_torrent_forget_rates (torrent);
  if (torrent->problem == NULL)
    bt_torrent_save (torrent);
  bt_torrent_rest (torrent);
}

gboolean
bt_torrent_is_meant_to_run (BtTorrent *torrent)
{
  return torrent->intent == BT_INTENT_RUN && torrent->problem == NULL && torrent->core->running
         && torrent->core->config->suspend == BT_SUSPEND_NONE && mode_allows (torrent)
         && !bt_torrent_has_seeded_enough (torrent);
}

void
bt_torrent_reconsider (BtTorrent *torrent)
{
  gboolean should = torrent->phase == BT_PHASE_READY && !torrent->waits && torrent->core->no_network == NULL
                    && bt_torrent_is_meant_to_run (torrent);

  if (should && !torrent->active)
    activate (torrent);
  else if (!should && torrent->active)
    deactivate (torrent);
  else if (torrent->active)
    bt_torrent_request_all (torrent);
  if (torrent->phase == BT_PHASE_CHECKING && torrent->intent == BT_INTENT_RUN && torrent->problem == NULL)
    bt_core_enqueue_check (torrent->core, torrent);
  bt_torrent_make_files (torrent);
  bt_torrent_go_home (torrent);
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
  for (guint i = 0; i < torrent->peers->len; i++)
    bt_peer_send_upload_only (g_ptr_array_index (torrent->peers, i));
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
  if (torrent->phase == BT_PHASE_CLOSING)
    {
      bt_torrent_abandon_announces (torrent);
      return;
    }
  bt_torrent_drop_peers (torrent, BT_CLOSE_STOPPED);
  bt_torrent_cancel_announces (torrent);
}

void
bt_torrent_reconnect (BtTorrent *torrent)
{
  gboolean was_active = torrent->active;

  bt_torrent_reconsider (torrent);
  if (was_active && torrent->active)
    bt_torrent_start_announces (torrent);
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
  if (!torrent->active)
    bt_torrent_save (torrent);
}

/* Priorities. */

static void
priorities_set_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error != NULL)
    bt_torrent_fail (torrent, error);
  else if (torrent->phase != BT_PHASE_CLOSING)
    {
      torrent->files_made = FALSE;
      bt_torrent_reconsider (torrent);
    }
  bt_torrent_job_end (torrent);
}

void
bt_torrent_set_priorities (BtTorrent *torrent, GBytes *priorities)
{
  BtDisk *disk = torrent->core->disk;
  gboolean was_complete = bt_torrent_is_complete (torrent);

  if (torrent->phase == BT_PHASE_CLOSING)
    return;
  memcpy (torrent->priorities, g_bytes_get_data (priorities, NULL), torrent->metainfo->n_files);
  apply_priorities (torrent);
  bt_torrent_prioritised_files (torrent);
  count_all (torrent);
  bt_torrent_job_begin (torrent);
  disk->ops->set_priorities (disk, torrent->storage, torrent->priorities,
                             bt_picker_have (torrent->picker), priorities_set_cb, torrent);
  torrent->dirty = TRUE;
  bt_torrent_save_soon (torrent);
  if (!was_complete && bt_torrent_is_complete (torrent) && torrent->phase == BT_PHASE_READY)
    bt_torrent_finished (torrent);
  bt_torrent_touch (torrent, BT_CHANGED_PROGRESS);
  bt_torrent_reconsider (torrent);
}

/* Closing. */

static void
free_torrent (BtTorrent *torrent)
{
  BtCore *core = torrent->core;

  bt_timer_stop (&torrent->retry);
  bt_timer_stop (&torrent->save);
  bt_timer_stop (&torrent->announce);
  bt_torrent_free_pieces (torrent);
  bt_torrent_forget_files (torrent);
  core->disk->ops->storage_free (core->disk, torrent->storage);
  g_ptr_array_unref (torrent->peers);
  g_ptr_array_unref (torrent->askings);
  bt_picker_free (torrent->picker);
  bt_candidates_free (torrent->candidates);
  bt_blame_free (torrent->blame);
  bt_tiers_free (torrent->tiers);
  g_clear_pointer (&torrent->to_check, bt_bitfield_free);
  g_clear_pointer (&torrent->stamps, g_array_unref);
  g_clear_pointer (&torrent->saved_have, g_bytes_unref);
  g_clear_pointer (&torrent->saved_partials, g_ptr_array_unref);
  g_clear_error (&torrent->problem);
  g_clear_error (&torrent->last_problem);
  g_clear_error (&torrent->close_error);
  g_ref_string_release (torrent->name_text);
  bt_torrent_free_place (torrent);
  bt_torrent_free_names (torrent);
  g_clear_pointer (&torrent->tracker_text, g_ref_string_release);
  g_free (torrent->priorities);
  bt_torrent_options_unref (torrent->options);
  g_free (torrent->own_limits);
  g_clear_pointer (&torrent->bytes, bt_torrent_bytes_unref);
  bt_metainfo_unref (torrent->metainfo);
  g_free (torrent);
}

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
  if (torrent->remove_data)
    {
      remove_files (torrent);
      return;
    }
  torrent->removing = TRUE;
  torrent->closed (torrent, torrent->close_error, torrent->closed_data);
  free_torrent (torrent);
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
  torrent->n_jobs++;
}

void
bt_torrent_job_end (BtTorrent *torrent)
{
  g_assert (torrent->n_jobs > 0);
  torrent->n_jobs--;
  bt_core_balance_disk (torrent->core);
  if (torrent->phase == BT_PHASE_CLOSING)
    bt_torrent_finish_close (torrent);
}

/* Making. */

static BtStorage *
make_storage (BtTorrent *torrent, const BtResume *resume)
{
  BtDisk *disk = torrent->core->disk;
  BtStorageConfig config = { .root = bt_torrent_first_root (torrent),
                             .file_priorities = torrent->priorities,
                             .names = (const char *const *) torrent->names,
                             .torrent = torrent->bytes };

  for (guint i = 0; resume != NULL && resume->stamps != NULL && i < resume->stamps->len; i++)
    config.expects_files |= g_array_index (resume->stamps, BtFileStamp, i).size > 0;
  return disk->ops->storage_new (disk, torrent->metainfo, &config);
}

static void
init_priorities (BtTorrent *torrent, const BtResume *resume)
{
  guint32 n = torrent->metainfo->n_files;

  torrent->priorities = g_malloc (MAX (n, 1));
  memset (torrent->priorities, BT_PRIORITY_NORMAL, MAX (n, 1));
  if (n > 0 && resume != NULL && resume->priorities != NULL && g_bytes_get_size (resume->priorities) == n)
    memcpy (torrent->priorities, g_bytes_get_data (resume->priorities, NULL), n);
}

static void
init_deciders (BtTorrent *torrent, const BtResume *resume)
{
  BtCore *core = torrent->core;
  BtMetainfo *metainfo = torrent->metainfo;

  torrent->picker = bt_picker_new (metainfo->n_pieces, metainfo->piece_length, metainfo->total_size,
                                   &core->random);
  torrent->candidates = bt_candidates_new (&core->random);
  bt_torrent_learn_address (torrent);
  torrent->blame = bt_blame_new ();
  bt_choker_init (&torrent->choker, &core->random);
  torrent->own_tiers = resume != NULL && resume->extra_tiers != NULL;
  torrent->tiers = bt_tiers_new (torrent->own_tiers ? resume->extra_tiers : metainfo->tiers, metainfo->is_private,
                                 &core->random);
  bt_peer_id_generate (torrent->peer_id, &core->random);
  torrent->key = bt_random_u32 (&core->random);
}

static void
save_now (gpointer owner, gint64 now)
{
  bt_torrent_save (owner);
}

static void
announce_now (gpointer owner, gint64 now)
{
  bt_torrent_schedule_announce (owner);
}

void
bt_torrent_set_saved (BtTorrent *torrent)
{
  if (torrent->bytes == NULL)
    return;
  bt_torrent_bytes_set_saved (torrent->bytes, bt_state_db_get_reader (torrent->core->db));
  bt_torrent_rest (torrent);
}

/* Returns: (nullable): NULL of a link */
static BtTorrentBytes *
take_bytes (BtMetainfo *metainfo)
{
  g_autoptr(GBytes) torrent = bt_metainfo_detach_torrent (metainfo);

  return torrent != NULL ? bt_torrent_bytes_new (metainfo, torrent) : NULL;
}

BtTorrent *
bt_torrent_new (BtCore *core, BtTorrentId id, BtMetainfo *metainfo, const BtResume *resume, BtLoad load)
{
  BtTorrent *torrent = g_new0 (BtTorrent, 1);

  torrent->core = core;
  torrent->id = id;
  torrent->metainfo = bt_metainfo_ref (metainfo);
  torrent->bytes = take_bytes (metainfo);
  torrent->options = bt_torrent_options_new ();
  torrent->limits = &core->limits;
  torrent->load = load;
  torrent->phase = metainfo->magnet != NULL ? BT_PHASE_METADATA : BT_PHASE_LOADING;
  torrent->loading_since = bt_core_now (core);
  torrent->waits = core->config->max_active_downloads > 0 || core->config->max_active_seeds > 0;
  torrent->added_at = bt_core_unix_now (core);
  torrent->name_text = g_ref_string_new (metainfo->name);
  bt_torrent_init_place (torrent, resume);
  bt_torrent_init_names (torrent, resume);
  torrent->peers = g_ptr_array_new ();
  bt_torrent_init_announces (torrent);
  bt_torrent_init_files (torrent);
  torrent->changed = BT_CHANGED_ALL;
  init_priorities (torrent, resume);
  init_deciders (torrent, resume);
  bt_torrent_name_tracker (torrent);
  torrent->storage = make_storage (torrent, resume);
  bt_torrent_init_pieces (torrent);
  bt_torrent_init_problems (torrent);
  bt_timer_init (&torrent->save, core->timers, save_now, torrent);
  bt_timer_init (&torrent->announce, core->timers, announce_now, torrent);
  apply_priorities (torrent);
  if (torrent->bytes != NULL && (load == BT_LOAD_CLEAN || load == BT_LOAD_UNCLEAN))
    {
      bt_torrent_set_saved (torrent);
      bt_torrent_bytes_rest (torrent->bytes); /* whoever checks it reads them again */
    }
  if (resume != NULL)
    bt_torrent_apply_resume (torrent, resume);
  count_all (torrent);
  bt_core_touch (core);
  if (metainfo->magnet != NULL)
    bt_torrent_add_named_peers (torrent);
  else
    bt_torrent_look (torrent);
  return torrent;
}

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
  return bt_torrent_bytes_get (torrent->bytes, error);
}
