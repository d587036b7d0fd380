/* bt-torrent-make.c: a torrent is made, takes up the details of its link, and goes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-peer-id.h"

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

  torrent->candidates = bt_candidates_new (&core->random);
  bt_candidates_set_most (torrent->candidates, BT_LIMIT_CANDIDATES_AT_REST);
  torrent->blame = bt_blame_new ();
  bt_torrent_learn_address (torrent);
  bt_choker_init (&torrent->choker, &core->random);
  torrent->own_tiers = resume != NULL && resume->extra_tiers != NULL;
  torrent->tiers = bt_tiers_new (torrent->own_tiers ? resume->extra_tiers : metainfo->tiers, metainfo->is_private,
                                 &core->random);
  bt_peer_id_generate (torrent->tracker_id, &core->random);
  bt_peer_id_secret_init (&torrent->id_secret, &core->random);
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
  torrent->saved = TRUE;
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

/* All that depends on the metainfo, for a link has next to nothing of it. The place is known. */
static void
take_content (BtTorrent *torrent, const BtResume *resume)
{
  BtMetainfo *metainfo = torrent->metainfo;

  torrent->bytes = take_bytes (metainfo);
  torrent->phase = metainfo->magnet != NULL ? BT_PHASE_METADATA : BT_PHASE_LOADING;
  torrent->loading_since = bt_core_now (torrent->core);
  bt_torrent_init_names (torrent, resume);
  bt_torrent_init_files (torrent);
  init_priorities (torrent, resume);
  torrent->picker = bt_picker_new (metainfo->n_pieces, metainfo->piece_length, metainfo->total_size,
                                   &torrent->core->random);
  torrent->storage = make_storage (torrent, resume);
  bt_torrent_init_pieces (torrent);
  bt_torrent_apply_priorities (torrent);
  bt_torrent_touch (torrent, BT_CHANGED_ALL);
}

/* Nothing of it is under way. */
static void
free_content (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;

  if (bt_torrent_is_folded (torrent))
    return;
  bt_torrent_free_pieces (torrent);
  bt_torrent_forget_files (torrent);
  disk->ops->storage_free (disk, g_steal_pointer (&torrent->storage));
  g_clear_pointer (&torrent->picker, bt_picker_free);
  g_clear_pointer (&torrent->to_check, bt_bitfield_free);
  g_clear_pointer (&torrent->edited, bt_bitfield_free);
  g_clear_pointer (&torrent->stamps, g_array_unref);
  g_clear_pointer (&torrent->saved_have, g_bytes_unref);
  g_clear_pointer (&torrent->saved_partials, g_ptr_array_unref);
  bt_torrent_free_names (torrent);
  g_clear_pointer (&torrent->priorities, g_free);
  g_clear_pointer (&torrent->bytes, bt_torrent_bytes_unref);
}

static void
exchange_metainfo (BtTorrent *torrent, BtMetainfo *metainfo)
{
  BtMetainfo *before = torrent->metainfo;

  torrent->metainfo = bt_metainfo_ref (metainfo);
  bt_metainfo_unref (before);
}

static void
take_name (BtTorrent *torrent)
{
  g_clear_pointer (&torrent->name_text, g_ref_string_release);
  torrent->name_text = g_ref_string_new (torrent->metainfo->name);
}

/* All but its content. */
static BtTorrent *
make (BtCore *core, BtTorrentId id, BtMetainfo *metainfo, const BtResume *resume, BtLoad load)
{
  BtTorrent *torrent = g_new0 (BtTorrent, 1);

  torrent->core = core;
  torrent->id = id;
  torrent->metainfo = bt_metainfo_ref (metainfo);
  torrent->options = bt_torrent_options_new ();
  torrent->limits = &core->limits;
  torrent->load = load;
  torrent->waits = core->config->max_active_downloads > 0 || core->config->max_active_seeds > 0;
  torrent->added_at = bt_core_unix_now (core);
  torrent->peers = g_ptr_array_new ();
  take_name (torrent);
  bt_torrent_init_announces (torrent);
  bt_torrent_init_dht (torrent);
  bt_torrent_init_pex (torrent);
  bt_torrent_init_place (torrent, resume);
  init_deciders (torrent, resume);
  bt_torrent_name_tracker (torrent);
  bt_torrent_init_problems (torrent);
  bt_torrent_touch (torrent, BT_CHANGED_ALL);
  bt_timer_init (&torrent->save, core->timers, save_now, torrent);
  bt_timer_init (&torrent->announce, core->timers, announce_now, torrent);
  return torrent;
}

BtTorrent *
bt_torrent_new (BtCore *core, BtTorrentId id, BtMetainfo *metainfo, const BtResume *resume, BtLoad load)
{
  BtTorrent *torrent = make (core, id, metainfo, resume, load);

  take_content (torrent, resume);
  if (load == BT_LOAD_CLEAN || load == BT_LOAD_UNCLEAN)
    {
      torrent->dirty = TRUE; /* what would have it folded is not saved */
      bt_torrent_set_saved (torrent);
      if (torrent->bytes != NULL)
        bt_torrent_bytes_rest (torrent->bytes); /* whoever checks it reads them again */
    }
  if (resume != NULL)
    bt_torrent_apply_resume (torrent, resume);
  bt_torrent_count_all (torrent);
  bt_core_touch (core);
  if (metainfo->magnet != NULL)
    bt_torrent_reconsider (torrent);
  else
    bt_torrent_look (torrent);
  return torrent;
}

/* The program ended twice while it was at this torrent: it does not begin again by itself. */
static void
hold_if_suspected (BtTorrent *torrent)
{
  BtQuarantine *quarantine = bt_torrent_get_quarantine (torrent);
  const BtSha1 *info_hash = &torrent->metainfo->info_hash;
  g_autoptr(GError) error = NULL;

  if (!torrent->sealed && !bt_quarantine_holds (quarantine, info_hash, BT_RISK_STARTING))
    return;
  error = g_error_new (BT_ERROR, BT_ERROR_HELD, "The program ended twice while it was %s this torrent",
                       torrent->sealed ? "reading" : "starting");
  torrent->intent = BT_INTENT_STOP;
  bt_torrent_fail (torrent, error);
}

BtTorrent *
bt_torrent_new_folded (BtCore *core, BtTorrentId id, const BtResume *resume, GBytes *saved, BtLoad load)
{
  const BtSummary *summary = resume->summary;
  BtTorrent *torrent = make (core, id, summary->outline, resume, load);

  torrent->phase = BT_PHASE_FOLDED;
  torrent->folded = g_bytes_ref (saved);
  bt_torrent_guard_files (torrent, saved);
  torrent->sealed = g_bytes_get_size (saved) == 0;
  torrent->folded_complete = summary->complete;
  torrent->folded_n_had = summary->n_had;
  torrent->saved = TRUE;
  torrent->looks_home = FALSE; /* it was looked at */
  torrent->rename_from = g_strdup (resume->rename_from);
  torrent->rename_to = g_strdup (resume->rename_to);
  torrent->n_listed = summary->n_listed;
  bt_torrent_apply_values (torrent, resume);
  torrent->wanted = summary->wanted;
  torrent->done = summary->done;
  hold_if_suspected (torrent);
  bt_torrent_reconsider (torrent);
  return torrent;
}

/* Taking up. Candidates, peers and trackers stay, so that payload flows as soon as the files were looked at. */

static void
take_trackers (BtTorrent *torrent, const BtResume *resume)
{
  torrent->own_tiers = resume->extra_tiers != NULL;
  bt_tiers_set_private (torrent->tiers, torrent->metainfo->is_private);
  bt_torrent_replace_tiers (torrent, torrent->own_tiers ? resume->extra_tiers : torrent->metainfo->tiers);
  bt_torrent_name_tracker (torrent);
}

static void
introduce_to_peers (BtTorrent *torrent)
{
  for (guint i = torrent->peers->len; i > 0; i = MIN (i - 1, torrent->peers->len))
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i - 1);

      bt_link_set_n_pieces (peer->link, torrent->metainfo->n_pieces);
      bt_peer_send_extended_handshake (peer);
      bt_peer_judge_claims (peer);
    }
}

void
bt_torrent_take_up (BtTorrent *torrent, BtMetainfo *metainfo, const BtResume *resume)
{
  g_assert (torrent->phase == BT_PHASE_METADATA);

  bt_torrent_end_metadata (torrent);
  g_clear_error (&torrent->problem);
  free_content (torrent);
  exchange_metainfo (torrent, metainfo);
  torrent->load = BT_LOAD_NEW;
  bt_torrent_init_place (torrent, resume);
  take_content (torrent, resume);
  take_name (torrent);
  bt_torrent_find_top (torrent);
  bt_torrent_set_saved (torrent);
  bt_torrent_apply_resume (torrent, resume);
  bt_torrent_count_all (torrent);
  torrent->dirty = TRUE;
  take_trackers (torrent, resume);
  if (metainfo->is_private)
    bt_torrent_become_private (torrent);
  introduce_to_peers (torrent);
  torrent->keeps_peers = torrent->active;
  bt_torrent_reconsider (torrent);
  bt_torrent_look (torrent);
}

/* Folding and unfolding: what is known beside the content stays as it is. */

void
bt_torrent_drop_content (BtTorrent *torrent, BtMetainfo *outline)
{
  free_content (torrent);
  exchange_metainfo (torrent, outline);
}

void
bt_torrent_restore_content (BtTorrent *torrent, BtMetainfo *metainfo, const BtResume *resume)
{
  exchange_metainfo (torrent, metainfo);
  take_content (torrent, resume);
  bt_torrent_set_saved (torrent);
  bt_torrent_apply_content (torrent, resume);
  bt_torrent_count_all (torrent);
}

void
bt_torrent_free (BtTorrent *torrent)
{
  bt_core_leave_update (torrent->core, &torrent->changed_link);
  bt_core_leave_rounds (torrent->core, &torrent->rounds);
  bt_core_leave_seekers (torrent->core, &torrent->seek_link);
  bt_timer_stop (&torrent->retry);
  bt_timer_stop (&torrent->save);
  bt_timer_stop (&torrent->announce);
  bt_torrent_stop_dht (torrent);
  bt_torrent_stop_naming (torrent);
  g_clear_pointer (&torrent->metadata, bt_metadata_fetch_free);
  g_clear_pointer (&torrent->details, g_bytes_unref);
  g_ptr_array_unref (torrent->peers);
  g_ptr_array_unref (torrent->askings);
  bt_candidates_free (torrent->candidates);
  bt_pex_log_free (torrent->pex);
  bt_blame_free (torrent->blame);
  bt_tiers_free (torrent->tiers);
  g_clear_error (&torrent->problem);
  g_clear_error (&torrent->last_problem);
  g_clear_error (&torrent->close_error);
  bt_torrent_end_guard (torrent);
  bt_torrent_free_place (torrent);
  g_clear_pointer (&torrent->tracker_text, g_ref_string_release);
  bt_torrent_options_unref (torrent->options);
  g_free (torrent->own_limits);
  free_content (torrent);
  g_clear_pointer (&torrent->folded, g_bytes_unref);
  g_ref_string_release (torrent->name_text);
  bt_metainfo_unref (torrent->metainfo);
  g_free (torrent);
}
