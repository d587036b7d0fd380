/* bt-torrent-resume.c: what of a torrent is saved, when, and how it is taken up again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-magnet.h"

#define MAX_SAVED_PEERS 200
#define CHOICE_US G_USEC_PER_SEC /* likewise of what a person chose; a second, since choices come in bunches */
#define TOTALS_US (600 * G_USEC_PER_SEC) /* a crash may cost so much of the sums of one that only seeds */

/* Taking up. */

static void
apply_have (BtTorrent *torrent, const BtResume *resume)
{
  g_autoptr(BtBitfield) have = NULL;

  if (resume->have == NULL)
    return;
  have = bt_bitfield_new_from_bytes (g_bytes_get_data (resume->have, NULL),
                                     g_bytes_get_size (resume->have), torrent->metainfo->n_pieces);
  if (have == NULL)
    return;
  for (guint32 piece = bt_bitfield_next_set (have, 0); piece < have->n_bits;
       piece = bt_bitfield_next_set (have, piece + 1))
    bt_picker_set_have (torrent->picker, piece);
}

static void
apply_peers (BtTorrent *torrent, const BtResume *resume)
{
  gint64 now = bt_core_now (torrent->core);

  for (guint i = 0; resume->banned != NULL && i < resume->banned->len; i++)
    bt_candidates_ban_ip (torrent->candidates, g_ptr_array_index (resume->banned, i));
  for (guint i = 0; resume->peers != NULL && i < resume->peers->len; i++)
    bt_candidates_add (torrent->candidates, &g_array_index (resume->peers, BtEndpoint, i),
                       BT_SOURCE_RESUME, now);
}

static void
remember_saved (BtTorrent *torrent, const BtResume *resume)
{
  g_clear_pointer (&torrent->saved_have, g_bytes_unref);
  g_clear_pointer (&torrent->saved_partials, g_ptr_array_unref);
  if (resume->have != NULL)
    torrent->saved_have = g_bytes_ref (resume->have);
  if (resume->partials != NULL)
    torrent->saved_partials = g_ptr_array_ref (resume->partials);
}

void
bt_torrent_apply_values (BtTorrent *torrent, const BtResume *resume)
{
  torrent->intent = resume->intent;
  torrent->added_at = resume->added_at;
  torrent->completed_at = resume->completed_at;
  torrent->downloaded = resume->downloaded;
  torrent->uploaded = resume->uploaded;
  torrent->wasted = resume->wasted;
  torrent->active_s = resume->active_s;
  torrent->seeding_s = resume->seeding_s;
  torrent->queue_key = resume->queue_key;
  torrent->goal_state = resume->goal_state;
  torrent->goal_uploaded = MIN (resume->goal_uploaded, resume->uploaded);
  torrent->goal_seeding_s = MIN (resume->goal_seeding_s, resume->seeding_s);
  torrent->idle_s = resume->idle_s;
  torrent->idle_uploaded = resume->uploaded;
  torrent->saved_uploaded = resume->uploaded;
  torrent->saved_active_s = resume->active_s;
  if (resume->options != NULL)
    {
      bt_torrent_options_unref (torrent->options);
      torrent->options = bt_torrent_options_ref (resume->options);
      bt_torrent_apply_options (torrent);
    }
}

void
bt_torrent_apply_content (BtTorrent *torrent, const BtResume *resume)
{
  guint32 n_files = torrent->metainfo->n_files;

  bt_torrent_apply_options (torrent);
  remember_saved (torrent, resume);
  if (resume->stamps != NULL && resume->stamps->len == n_files)
    {
      torrent->stamps = g_array_ref (resume->stamps);
      apply_have (torrent, resume);
      for (guint i = 0; resume->partials != NULL && i < resume->partials->len; i++)
        bt_torrent_restore_partial (torrent, g_ptr_array_index (resume->partials, i));
    }
  if (resume->created != NULL && g_bytes_get_size (resume->created) == n_files)
    bt_storage_set_created (torrent->storage, g_bytes_get_data (resume->created, NULL),
                            torrent->stamps != NULL ? (const BtFileStamp *) torrent->stamps->data : NULL);
  apply_peers (torrent, resume);
}

void
bt_torrent_apply_resume (BtTorrent *torrent, const BtResume *resume)
{
  bt_torrent_apply_values (torrent, resume);
  bt_torrent_apply_content (torrent, resume);
}

/* Making. */

static GArray *
best_peers (BtTorrent *torrent)
{
  GArray *peers = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));

  for (guint i = 0; i < bt_candidates_count (torrent->candidates) && peers->len < MAX_SAVED_PEERS; i++)
    {
      const BtCandidate *candidate = bt_candidates_iter (torrent->candidates, i);

      if (candidate->connectable && !candidate->banned)
        g_array_append_val (peers, candidate->endpoint);
    }
  return peers;
}

static GBytes *
get_created (BtTorrent *torrent)
{
  guint32 n = torrent->metainfo->n_files;
  guint8 *created = g_malloc0 (n);

  bt_storage_get_created (torrent->storage, created);
  return g_bytes_new_take (created, n);
}

static void
save_values (BtTorrent *torrent, BtResume *resume)
{
  bt_torrent_save_place (torrent, resume);
  resume->intent = torrent->intent;
  resume->added_at = torrent->added_at;
  resume->completed_at = torrent->completed_at;
  resume->downloaded = torrent->downloaded;
  resume->uploaded = torrent->uploaded;
  resume->wasted = torrent->wasted;
  resume->active_s = torrent->active_s;
  resume->seeding_s = torrent->seeding_s;
  resume->options = bt_torrent_options_ref (torrent->options);
  resume->queue_key = torrent->queue_key;
  resume->goal_state = torrent->goal_state;
  resume->goal_uploaded = torrent->goal_uploaded;
  resume->goal_seeding_s = torrent->goal_seeding_s;
  resume->idle_s = torrent->idle_s;
  if (torrent->own_tiers)
    resume->extra_tiers = bt_tiers_list (torrent->tiers);
}

static void
save_content (BtTorrent *torrent, const BtFileStamp *stamps, BtResume *resume)
{
  const BtBitfield *have = bt_picker_have (torrent->picker);
  guint32 n_files = torrent->metainfo->n_files;

  bt_torrent_save_names (torrent, resume);
  resume->have = g_bytes_new (have->bytes, bt_bitfield_n_bytes (have->n_bits));
  resume->priorities = g_bytes_new (torrent->priorities, n_files);
  resume->created = get_created (torrent);
  resume->peers = best_peers (torrent);
  resume->banned = bt_candidates_banned_ips (torrent->candidates);
  bt_torrent_save_partials (torrent, resume);
  if (stamps != NULL)
    {
      resume->stamps = g_array_sized_new (FALSE, FALSE, sizeof (BtFileStamp), n_files);
      g_array_append_vals (resume->stamps, stamps, n_files);
    }
  else if (torrent->stamps != NULL)
    resume->stamps = g_array_ref (torrent->stamps);
}

/* @stamps: of the files, taken after everything that is had was synced; (nullable): then what was
 * known before still holds. */
BtResume *
bt_torrent_make_resume (BtTorrent *torrent, const BtFileStamp *stamps)
{
  BtResume *resume = bt_resume_new ();

  save_values (torrent, resume);
  if (bt_torrent_is_folded (torrent))
    bt_torrent_copy_folded (torrent, resume);
  else
    save_content (torrent, stamps, resume);
  if (resume->stamps != NULL)
    resume->summary = bt_torrent_make_summary (torrent);
  return resume;
}

/* Saving. While it is being checked, or there is a problem, nothing is known of the data that was not known before,
 * and what was saved then still counts if the check is cut off: so that is saved again, with the rest. */

static void
keep_saved (BtTorrent *torrent, BtResume *resume)
{
  g_clear_pointer (&resume->have, g_bytes_unref);
  g_clear_pointer (&resume->partials, g_ptr_array_unref);
  if (torrent->saved_have != NULL)
    resume->have = g_bytes_ref (torrent->saved_have);
  if (torrent->saved_partials != NULL)
    resume->partials = g_ptr_array_ref (torrent->saved_partials);
}

/* It is tried again until it can be. */
static void
note_save_failed (BtTorrent *torrent, const GError *error)
{
  if (!torrent->save_failed)
    bt_core_event (torrent->core, torrent->id, BT_EVENT_PROBLEM, "What is known of it cannot be saved: %s",
                   error->message);
  torrent->save_failed = TRUE;
  torrent->dirty = TRUE;
  bt_torrent_save_soon (torrent);
}

void
bt_torrent_note_unlisted (BtTorrent *torrent, const GError *error)
{
  torrent->unlisted = TRUE;
  note_save_failed (torrent, error);
}

static void
saved_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error != NULL)
    note_save_failed (torrent, error);
  else
    torrent->save_failed = FALSE;
  bt_torrent_job_end (torrent);
}

/* Saving what has no row yet. */
typedef struct
{
  BtTorrent *torrent;
  BtResume *resume;
  BtDiskFunc done;
  gpointer owner;
} Listing;

static void
free_listing (Listing *listing)
{
  bt_resume_free (listing->resume);
  g_free (listing);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Listing, free_listing)

static void
set_listed (BtTorrent *torrent)
{
  torrent->unlisted = FALSE;
  if (torrent->metainfo->magnet == NULL)
    bt_torrent_set_saved (torrent);
}

/* A row that was said not to have been written may have been all the same. */
static void
listed_cb (const GError *error, gpointer owner)
{
  g_autoptr(Listing) listing = owner;
  BtTorrent *torrent = listing->torrent;
  gboolean exists = g_error_matches (error, BT_ERROR, BT_ERROR_EXISTS);

  if (error == NULL || exists)
    set_listed (torrent);
  if (exists)
    bt_state_db_save (torrent->core->db, &torrent->metainfo->info_hash, listing->resume, listing->done,
                      listing->owner);
  else
    listing->done (error, listing->owner);
}

/* Takes @resume. */
static void
list (BtTorrent *torrent, BtResume *resume, BtDiskFunc done, gpointer owner)
{
  BtStateDb *db = torrent->core->db;
  const BtSha1 *info_hash = &torrent->metainfo->info_hash;
  Listing *listing = g_new (Listing, 1);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *link = NULL;

  *listing = (Listing){ torrent, resume, done, owner };
  if (torrent->metainfo->magnet != NULL)
    {
      link = bt_magnet_format (torrent->metainfo->magnet);
      bt_state_db_add_magnet (db, info_hash, link, resume, listed_cb, listing);
      return;
    }
  bytes = bt_torrent_get_bytes (torrent, &error); /* in memory, for as long as they are nowhere else */
  if (bytes != NULL)
    bt_state_db_add (db, info_hash, bytes, resume, listed_cb, listing);
  else
    listed_cb (error, listing);
}

static void
remember_content (BtTorrent *torrent, const BtResume *resume)
{
  remember_saved (torrent, resume);
  g_clear_pointer (&torrent->stamps, g_array_unref);
  if (resume->stamps != NULL)
    torrent->stamps = g_array_ref (resume->stamps);
}

static void
store_as (BtTorrent *torrent, const BtFileStamp *stamps, gboolean keep, BtDiskFunc done, gpointer owner)
{
  g_autoptr(BtResume) resume = bt_torrent_make_resume (torrent, stamps);

  if (keep && !bt_torrent_is_folded (torrent))
    keep_saved (torrent, resume);
  else
    torrent->dirty = FALSE;
  torrent->saved_uploaded = torrent->uploaded;
  torrent->saved_active_s = torrent->active_s;
  torrent->saved_at = bt_core_now (torrent->core);
  if (!bt_torrent_is_folded (torrent))
    remember_content (torrent, resume);
  bt_torrent_job_begin (torrent);
  if (torrent->unlisted)
    list (torrent, g_steal_pointer (&resume), done, owner);
  else
    bt_state_db_save (torrent->core->db, &torrent->metainfo->info_hash, resume, done, owner);
}

static void
store (BtTorrent *torrent, const BtFileStamp *stamps)
{
  gboolean unsure = torrent->phase == BT_PHASE_CHECKING || torrent->phase == BT_PHASE_READY;

  store_as (torrent, stamps, stamps == NULL && unsure, saved_cb, torrent);
}

static void
note_sync_failed (BtTorrent *torrent, const GError *error)
{
  torrent->sync_failed = TRUE;
  bt_torrent_fail (torrent, error);
  if (torrent->dirty)
    bt_torrent_save_soon (torrent); /* what does not depend on the disk */
}

/* Everything that passed its check by now was written before this sync was asked for: it is a barrier,
 * and checks come after their writes. So what is had now is on the platter. */
static void
synced_cb (const BtFileStamp *stamps, const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  torrent->syncing = FALSE;
  if (error != NULL)
    note_sync_failed (torrent, error);
  else if (!torrent->forget)
    store (torrent, stamps);
  bt_torrent_job_end (torrent);
}

/* Files that somebody changed are looked at anew after a restart: as long as nobody said what is to become of them, they
 * are remembered as they were. */
static gboolean
is_sure (BtTorrent *torrent)
{
  return torrent->phase == BT_PHASE_READY && !torrent->sync_failed && !torrent->spares_edits;
}

static gboolean
knows_its_data (BtTorrent *torrent)
{
  return is_sure (torrent) && (torrent->problem == NULL || bt_torrent_gives_on (torrent));
}

void
bt_torrent_save (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;

  bt_timer_stop (&torrent->save);
  if (torrent->forget || torrent->syncing || torrent->resolving || torrent->sealed)
    return;
  bt_torrent_count_time (torrent, bt_core_now (torrent->core));
  if (!knows_its_data (torrent))
    {
      if (torrent->dirty || (bt_torrent_is_folded (torrent) && torrent->active_s != torrent->saved_active_s))
        store (torrent, NULL);
      return;
    }
  torrent->syncing = TRUE;
  bt_torrent_job_begin (torrent);
  disk->ops->sync (disk, torrent->storage, synced_cb, torrent);
}

/* An order that waits until it is saved. */

typedef struct
{
  BtTorrent *torrent;
  BtDiskFunc done;
} Waiting;

static void
waited_cb (const GError *error, gpointer owner)
{
  Waiting *waiting = owner;
  BtTorrent *torrent = waiting->torrent;

  waiting->done (error, torrent);
  g_free (waiting);
  bt_torrent_job_end (torrent);
}

static void
synced_for_order_cb (const BtFileStamp *stamps, const GError *error, gpointer owner)
{
  Waiting *waiting = owner;
  BtTorrent *torrent = waiting->torrent;

  if (error == NULL && !torrent->forget)
    {
      /* A check may have begun meanwhile. */
      if (is_sure (torrent))
        store_as (torrent, stamps, FALSE, waited_cb, waiting);
      else
        store_as (torrent, NULL, TRUE, waited_cb, waiting);
      bt_torrent_job_end (torrent);
      return;
    }
  if (error != NULL)
    note_sync_failed (torrent, error);
  waited_cb (error, waiting);
}

void
bt_torrent_save_then (BtTorrent *torrent, BtDiskFunc done)
{
  BtDisk *disk = torrent->core->disk;
  Waiting *waiting;

  if (torrent->forget || torrent->sealed)
    {
      done (NULL, torrent);
      return;
    }
  waiting = g_new (Waiting, 1);
  waiting->torrent = torrent;
  waiting->done = done;
  if (!is_sure (torrent))
    {
      store_as (torrent, NULL, TRUE, waited_cb, waiting);
      return;
    }
  bt_torrent_job_begin (torrent);
  disk->ops->sync (disk, torrent->storage, synced_for_order_cb, waiting);
}

void
bt_torrent_save_soon (BtTorrent *torrent)
{
  BtCore *core = torrent->core;

  if (torrent->phase != BT_PHASE_CLOSING && !bt_timer_is_running (&torrent->save))
    bt_timer_start (&torrent->save, bt_core_now (core) + core->outside.save_delay_us);
}

void
bt_torrent_save_choice (BtTorrent *torrent)
{
  BtCore *core = torrent->core;
  gint64 due = bt_core_now (core) + MIN (core->outside.save_delay_us, CHOICE_US);

  torrent->dirty = TRUE;
  if (torrent->phase != BT_PHASE_CLOSING && (!bt_timer_is_running (&torrent->save) || torrent->save.deadline > due))
    bt_timer_start (&torrent->save, due);
}

void
bt_torrent_save_totals (BtTorrent *torrent, gint64 now)
{
  if (torrent->uploaded != torrent->saved_uploaded && now - torrent->saved_at >= TOTALS_US)
    bt_torrent_save_soon (torrent);
}
