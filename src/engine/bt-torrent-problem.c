/* bt-torrent-problem.c: a problem stops a torrent, or downloading alone, until it is over.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

/* A full disk has room again: so much, or all that is left to fetch. */
#define RETRY_FREE_BYTES (64 * 1024 * 1024)

/* Half an hour, when it waits 30 s at first. */
#define MAX_DOUBLINGS 6

static void
wait_for (BtTorrent *torrent, gint64 microseconds)
{
  bt_timer_start (&torrent->retry, bt_core_now (torrent->core) + microseconds);
}

/* A disk may be found in order each time and fail again with the first write: over a quota, or with a file that is too
 * large for it. */
static void
retry_later (BtTorrent *torrent)
{
  wait_for (torrent, torrent->core->outside.retry_us << MIN (torrent->n_relapses, MAX_DOUBLINGS));
}

static void
recover (BtTorrent *torrent)
{
  g_clear_error (&torrent->problem);
  wait_for (torrent, torrent->core->outside.retry_us);
  bt_torrent_give_owed_priorities (torrent);
  if (torrent->phase == BT_PHASE_LOADING)
    {
      bt_torrent_look (torrent);
      return;
    }
  if (torrent->phase == BT_PHASE_READY && torrent->sync_failed)
    {
      bt_torrent_check_unsynced (torrent);
      return;
    }
  if (torrent->dirty)
    bt_torrent_save_soon (torrent);
  bt_torrent_reconsider (torrent);
  bt_core_seek_peers (torrent->core, torrent); /* seeds are of use again */
}

static gboolean
has_room (BtTorrent *torrent, gint64 free_bytes)
{
  guint64 left = torrent->wanted - torrent->done;

  return free_bytes >= 0 && (guint64) free_bytes >= MIN (left, RETRY_FREE_BYTES);
}

static void
free_space_cb (gint64 free_bytes, const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (torrent->phase != BT_PHASE_CLOSING && torrent->problem != NULL)
    {
      if (error == NULL && has_room (torrent, free_bytes))
        recover (torrent);
      else
        retry_later (torrent);
    }
  bt_torrent_job_end (torrent);
}

static void
retry_stat_cb (const BtFileStamp *stamps, const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (torrent->phase != BT_PHASE_CLOSING && torrent->problem != NULL)
    {
      if (error == NULL)
        recover (torrent);
      else
        retry_later (torrent);
    }
  bt_torrent_job_end (torrent);
}

/* Only what has held for as long as it waits between tries. */
static void
tell_recovery (BtTorrent *torrent)
{
  if (torrent->last_problem == NULL)
    return;
  bt_core_event (torrent->core, torrent->id, BT_EVENT_RECOVERED, "The problem is over, it goes on");
  g_clear_error (&torrent->last_problem);
  torrent->n_relapses = 0;
}

static void
retry (gpointer owner, gint64 now)
{
  BtTorrent *torrent = owner;
  BtDisk *disk = torrent->core->disk;

  if (torrent->problem == NULL)
    {
      tell_recovery (torrent);
      return;
    }
  if (torrent->phase == BT_PHASE_METADATA || torrent->phase == BT_PHASE_FOLDED)
    {
      recover (torrent); /* it has no files to look at */
      return;
    }
  bt_torrent_job_begin (torrent);
  if (g_error_matches (torrent->problem, BT_ERROR, BT_ERROR_DISK_FULL))
    disk->ops->free_space (disk, torrent->data_path, free_space_cb, torrent);
  else
    disk->ops->stat (disk, torrent->storage, retry_stat_cb, torrent);
}

static gboolean
was_told (BtTorrent *torrent, const GError *error)
{
  return torrent->last_problem != NULL
         && g_error_matches (torrent->last_problem, error->domain, error->code)
         && strcmp (torrent->last_problem->message, error->message) == 0;
}

/* What is wrong with details stays wrong; and files that are another torrent's need a person, as does what is held. */
static gboolean
may_pass (const GError *error)
{
  return !g_error_matches (error, BT_ERROR, BT_ERROR_MALFORMED) && !g_error_matches (error, BT_ERROR, BT_ERROR_LIMIT)
         && !g_error_matches (error, BT_ERROR, BT_ERROR_UNSUPPORTED) && !g_error_matches (error, BT_ERROR, BT_ERROR_TAKEN)
         && !g_error_matches (error, BT_ERROR, BT_ERROR_HELD);
}

static void
tell (BtTorrent *torrent, const GError *error)
{
  if (was_told (torrent, error))
    return;
  bt_core_event (torrent->core, torrent->id, BT_EVENT_PROBLEM, "%s", error->message);
  g_clear_error (&torrent->last_problem);
  torrent->last_problem = g_error_copy (error);
}

/* Of two that come together the first is told, unless the second stops more. */
static void
take_problem (BtTorrent *torrent, const GError *error, gboolean only_writing_failed)
{
  if (torrent->phase == BT_PHASE_CLOSING
      || (torrent->problem != NULL && (only_writing_failed || !torrent->only_writing_failed)))
    return;
  if (torrent->problem == NULL && torrent->last_problem != NULL)
    torrent->n_relapses++;
  g_clear_error (&torrent->problem);
  torrent->problem = g_error_copy (error);
  torrent->only_writing_failed = only_writing_failed;
  tell (torrent, error);
  if (!only_writing_failed)
    bt_torrent_stop_check (torrent);
  if (may_pass (error))
    retry_later (torrent);
  else
    bt_timer_stop (&torrent->retry);
  if (bt_torrent_gives_on (torrent))
    bt_torrent_stop_receiving (torrent);
  bt_torrent_reconsider (torrent);
}

void
bt_torrent_fail (BtTorrent *torrent, const GError *error)
{
  take_problem (torrent, error, FALSE);
}

/* There may be room in a moment, or never: all that is had can still be read, so the peers stay (libtorrent calls that
 * its upload mode). That is not told them as BEP 21 has it: seeds would leave, and come back with each try. */
void
bt_torrent_fail_to_write (BtTorrent *torrent, const GError *error)
{
  gboolean is_readable = g_error_matches (error, BT_ERROR, BT_ERROR_DISK_FULL)
                         || g_error_matches (error, BT_ERROR, BT_ERROR_DISK_READ_ONLY);

  take_problem (torrent, error, is_readable);
}

gboolean
bt_torrent_can_read (BtTorrent *torrent)
{
  return torrent->problem == NULL || torrent->only_writing_failed;
}

gboolean
bt_torrent_gives_on (BtTorrent *torrent)
{
  return torrent->problem != NULL && bt_torrent_can_read (torrent) && torrent->phase == BT_PHASE_READY
         && bt_torrent_count_had (torrent) > 0;
}

static gboolean
needs_a_person (BtTorrent *torrent)
{
  return g_error_matches (torrent->problem, BT_ERROR, BT_ERROR_TAKEN)
         || g_error_matches (torrent->problem, BT_ERROR, BT_ERROR_HELD);
}

/* It is read when everything is. */
static void
unseal_later (BtTorrent *torrent)
{
  bt_quarantine_release (bt_torrent_get_quarantine (torrent), &torrent->metainfo->info_hash);
  bt_core_event (torrent->core, torrent->id, BT_EVENT_LOG, "It is tried again when the program is started next time");
}

void
bt_torrent_hurry_retry (BtTorrent *torrent)
{
  gboolean waits = bt_timer_is_running (&torrent->retry) || needs_a_person (torrent);

  if (torrent->sealed)
    {
      unseal_later (torrent);
      return;
    }
  torrent->n_relapses = 0;
  if (torrent->problem != NULL && waits)
    wait_for (torrent, 0);
}

void
bt_torrent_retry_now (BtTorrent *torrent)
{
  if (torrent->problem != NULL && bt_timer_is_running (&torrent->retry))
    wait_for (torrent, 0);
}

BtDiskWait *
bt_torrent_get_disk_wait (BtTorrent *torrent)
{
  return &torrent->disk_wait;
}

/* Files that move are one long job, and who is told of one that goes? */
void
bt_torrent_note_stuck (BtTorrent *torrent)
{
  if (torrent->relocating || torrent->phase == BT_PHASE_CLOSING)
    return;
  bt_core_event (torrent->core, torrent->id, BT_EVENT_LOG,
                 torrent->disk_wait.stuck ? "The disk does not answer" : "The disk answers again");
  bt_torrent_touch (torrent, BT_CHANGED_STATE);
}

void
bt_torrent_init_problems (BtTorrent *torrent)
{
  bt_timer_init (&torrent->retry, torrent->core->timers, retry, torrent);
}
