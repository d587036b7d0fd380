/* bt-torrent-fold.c: a torrent that nobody needs is an outline; its content is brought when somebody does.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

/* Of ten thousand torrents few are at work, and files, pieces and hashes are nearly all of what one weighs. What
 * remains of one that is folded: its outline, its trackers and numbers, and what was saved of its content as it was
 * written. It is unfolded as if it were loaded just now: its files are looked at first. So whatever happened to them
 * meanwhile is found out before anybody relies on it. */

#define NEEDED_US (60 * G_USEC_PER_SEC) /* after somebody was there: others may come */

/* Something was cut off in the middle, or it is not where it belongs. */
static gboolean
has_something_to_settle (BtTorrent *torrent)
{
  return torrent->move_to != NULL || torrent->move_from != NULL || torrent->rename_from != NULL
         || (torrent->folded_complete && torrent->wanted > 0 && !torrent->leaves_home_alone
             && strcmp (torrent->data_path, torrent->save_path) != 0);
}

gboolean
bt_torrent_waits_to_unfold (BtTorrent *torrent)
{
  if (torrent->phase != BT_PHASE_FOLDED || torrent->problem != NULL)
    return FALSE;
  return torrent->unfolding || torrent->check_asked || has_something_to_settle (torrent)
         || (!torrent->active && !torrent->waits && bt_torrent_is_meant_to_run (torrent));
}

gboolean
bt_torrent_is_unfolded (BtTorrent *torrent)
{
  if (torrent->phase == BT_PHASE_FOLDED)
    return torrent->problem != NULL;
  return torrent->phase != BT_PHASE_LOADING || torrent->problem != NULL || torrent->relocating;
}

gboolean
bt_torrent_needs_unfolding (BtTorrent *torrent)
{
  return torrent->phase == BT_PHASE_FOLDED || (torrent->unfold_due && !bt_torrent_is_unfolded (torrent));
}

const GError *
bt_torrent_get_fold_problem (BtTorrent *torrent)
{
  return torrent->phase == BT_PHASE_FOLDED ? torrent->problem : NULL;
}

void
bt_torrent_note_fold (BtTorrent *torrent)
{
  if (torrent->unfold_due && bt_torrent_is_unfolded (torrent))
    {
      torrent->unfold_due = FALSE;
      bt_quarantine_end (bt_torrent_get_quarantine (torrent), &torrent->metainfo->info_hash);
      bt_core_unfolded (torrent->core, torrent->has_unfold_turn);
      torrent->has_unfold_turn = FALSE;
    }
  if (bt_torrent_waits_to_unfold (torrent) && !torrent->unfolding)
    bt_core_want_unfolding (torrent->core, torrent);
}

void
bt_torrent_absolve (BtTorrent *torrent)
{
  if (torrent->unfold_due)
    bt_quarantine_end (bt_torrent_get_quarantine (torrent), &torrent->metainfo->info_hash);
}

/* Turns. */

GList *
bt_torrent_get_unfold_link (BtTorrent *torrent)
{
  return &torrent->unfold_link;
}

gboolean
bt_torrent_is_suspect (BtTorrent *torrent)
{
  return bt_quarantine_suspects (bt_torrent_get_quarantine (torrent), &torrent->metainfo->info_hash);
}

/* Paused or asked for meanwhile, it needs none. */
gboolean
bt_torrent_take_unfold_turn (BtTorrent *torrent)
{
  if (!bt_torrent_waits_to_unfold (torrent) || torrent->unfolding)
    return FALSE;
  torrent->has_unfold_turn = TRUE;
  bt_torrent_unfold (torrent);
  return TRUE;
}

/* Unfolding. */

typedef struct
{
  BtTorrent *torrent; /* for the engine's thread alone */
  BtStateReader *reader;
  BtSha1 info_hash;
  GBytes *folded;
  BtMetainfo *metainfo; /* (nullable): NULL with an error */
  BtResume *resume;
  GError *error;
} Unfolding;

static void
free_unfolding (Unfolding *unfolding)
{
  bt_state_reader_unref (unfolding->reader);
  g_bytes_unref (unfolding->folded);
  g_clear_pointer (&unfolding->metainfo, bt_metainfo_unref);
  g_clear_pointer (&unfolding->resume, bt_resume_free);
  g_clear_error (&unfolding->error);
  g_free (unfolding);
}

static void
unfold_aside (gpointer data)
{
  Unfolding *unfolding = data;
  g_autoptr(GBytes) torrent = bt_state_reader_read_torrent (unfolding->reader, &unfolding->info_hash,
                                                            &unfolding->error);
  g_autoptr(BtMetainfo) metainfo = torrent != NULL ? bt_metainfo_parse (torrent, &unfolding->error) : NULL;

  if (metainfo == NULL)
    return;
  if (!bt_sha1_equal (&metainfo->info_hash, &unfolding->info_hash))
    {
      g_set_error (&unfolding->error, BT_ERROR, BT_ERROR_STATE, "The saved torrent is damaged");
      return;
    }
  unfolding->resume = bt_resume_decode (unfolding->folded, &unfolding->error);
  if (unfolding->resume != NULL)
    unfolding->metainfo = g_steal_pointer (&metainfo);
}

/* Peers who have found it through its trackers stay welcome while its files are looked at. */
static void
unfold (BtTorrent *torrent, const Unfolding *unfolding)
{
  g_autoptr(GBytes) folded = g_steal_pointer (&torrent->folded);

  bt_torrent_restore_content (torrent, unfolding->metainfo, unfolding->resume);
  torrent->keeps_peers = torrent->active;
  bt_core_wake (torrent->core, torrent);
  bt_torrent_look (torrent);
}

static void
unfolded_cb (gpointer data)
{
  Unfolding *unfolding = data;
  BtTorrent *torrent = unfolding->torrent;

  torrent->unfolding = FALSE;
  if (torrent->phase == BT_PHASE_FOLDED && unfolding->metainfo != NULL)
    unfold (torrent, unfolding);
  else if (torrent->phase == BT_PHASE_FOLDED)
    bt_torrent_fail (torrent, unfolding->error);
  free_unfolding (unfolding);
  bt_torrent_note_fold (torrent);
  bt_torrent_job_end (torrent);
}

void
bt_torrent_unfold (BtTorrent *torrent)
{
  BtCore *core = torrent->core;
  Unfolding *unfolding;

  if (torrent->phase != BT_PHASE_FOLDED || torrent->unfolding || torrent->problem != NULL)
    return;
  bt_quarantine_begin (bt_torrent_get_quarantine (torrent), &torrent->metainfo->info_hash);
  unfolding = g_new0 (Unfolding, 1);
  unfolding->torrent = torrent;
  unfolding->reader = bt_state_reader_ref (bt_state_db_get_reader (core->db));
  unfolding->info_hash = torrent->metainfo->info_hash;
  unfolding->folded = g_bytes_ref (torrent->folded);
  torrent->unfolding = TRUE;
  torrent->unfold_due = TRUE;
  bt_torrent_job_begin (torrent);
  bt_thinker_ask (core->thinker, unfold_aside, unfolded_cb, unfolding);
}

/* Folding. */

void
bt_torrent_guard_files (BtTorrent *torrent, GBytes *saved)
{
  BtCore *core = torrent->core;
  const BtRestConfig config = { .info_hash = &torrent->metainfo->info_hash,
                                .name = torrent->name_text,
                                .root = torrent->data_text,
                                .saved = saved,
                                .reader = bt_state_db_get_reader (core->db) };

  bt_torrent_end_guard (torrent);
  torrent->rest = core->disk->ops->rest (core->disk, &config);
}

void
bt_torrent_end_guard (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;

  if (torrent->rest != NULL)
    disk->ops->wake (disk, g_steal_pointer (&torrent->rest));
}

gboolean
bt_torrent_rests (BtTorrent *torrent)
{
  return torrent->phase == BT_PHASE_FOLDED;
}

BtRounds *
bt_torrent_get_rounds (BtTorrent *torrent)
{
  return &torrent->rounds;
}

BtSummary *
bt_torrent_make_summary (BtTorrent *torrent)
{
  BtSummary *summary = bt_summary_new (torrent->metainfo);

  summary->n_listed = torrent->n_listed;
  summary->n_had = bt_torrent_count_had (torrent);
  summary->wanted = torrent->wanted;
  summary->done = torrent->done;
  summary->complete = bt_torrent_is_complete (torrent);
  return summary;
}

void
bt_torrent_copy_folded (BtTorrent *torrent, BtResume *resume)
{
  g_autoptr(BtResume) folded = bt_resume_decode (torrent->folded, NULL);

  g_return_if_fail (folded != NULL); /* it was decoded when it came, or encoded here */
  resume->rename_from = g_steal_pointer (&folded->rename_from);
  resume->rename_to = g_steal_pointer (&folded->rename_to);
  resume->renamed = g_steal_pointer (&folded->renamed);
  resume->have = g_steal_pointer (&folded->have);
  resume->partials = g_steal_pointer (&folded->partials);
  resume->stamps = g_steal_pointer (&folded->stamps);
  resume->priorities = g_steal_pointer (&folded->priorities);
  resume->created = g_steal_pointer (&folded->created);
  resume->peers = g_steal_pointer (&folded->peers);
  resume->banned = g_steal_pointer (&folded->banned);
}

void
bt_torrent_keep_unfolded (BtTorrent *torrent, gint64 now)
{
  torrent->needed_until = now + NEEDED_US;
}

/* All that is known of it is saved. */
static gboolean
is_saved (BtTorrent *torrent)
{
  return torrent->saved && !torrent->unlisted && !torrent->save_failed && torrent->stamps != NULL
         && !torrent->dirty && !torrent->syncing && !bt_timer_is_running (&torrent->save);
}

static gboolean
is_settled (BtTorrent *torrent)
{
  return torrent->phase == BT_PHASE_READY && torrent->problem == NULL && torrent->n_jobs == 0
         && !torrent->owes_priorities && !torrent->relocating && !torrent->looking_for_move
         && torrent->move_to == NULL && torrent->move_from == NULL && torrent->rename_from == NULL
         && (torrent->leaves_home_alone || strcmp (torrent->data_path, torrent->save_path) == 0);
}

/* One that downloads tries its peers again and again. */
static gboolean
is_needed (BtTorrent *torrent, gint64 now)
{
  return torrent->peers->len > 0 || torrent->file_watch != NULL || torrent->details != NULL
         || torrent->core->watched == torrent->id || torrent->intent == BT_INTENT_DETAILS
         || now < torrent->needed_until || (torrent->active && !bt_torrent_is_complete (torrent))
         || bt_torrent_next_connect (torrent) <= now + NEEDED_US;
}

static void
fold (BtTorrent *torrent)
{
  g_autoptr(BtResume) resume = bt_torrent_make_resume (torrent, NULL);
  g_autoptr(BtMetainfo) outline = bt_metainfo_ref (resume->summary->outline);
  GBytes *folded = bt_resume_encode (resume);

  torrent->folded_complete = resume->summary->complete;
  torrent->folded_n_had = resume->summary->n_had;
  bt_torrent_guard_files (torrent, folded);
  bt_torrent_drop_content (torrent, outline);
  torrent->folded = folded;
  torrent->phase = BT_PHASE_FOLDED;
  g_debug ("%s: folded", torrent->name_text);
}

void
bt_torrent_fold_if_idle (BtTorrent *torrent, gint64 now)
{
  if (is_settled (torrent) && is_saved (torrent) && !is_needed (torrent, now))
    fold (torrent);
}
