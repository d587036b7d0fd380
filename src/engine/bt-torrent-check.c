/* bt-torrent-check.c: which pieces are really there: what to trust, what to hash, and hashing it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-layout.h"

gboolean
bt_torrent_is_payload (BtTorrent *torrent, guint32 file)
{
  const BtFile *it = &torrent->metainfo->files[file];

  return (it->flags & (BT_FILE_PAD | BT_FILE_SYMLINK)) == 0 && it->length > 0;
}

static void
mark_file (BtTorrent *torrent, guint32 index, BtBitfield *bits)
{
  guint32 first, count;

  bt_layout_file_pieces (torrent->metainfo, index, &first, &count);
  if (count > 0)
    bt_bitfield_set_range (bits, first, count);
}

static void
lose_piece (BtTorrent *torrent, guint32 piece)
{
  if (!bt_picker_has (torrent->picker, piece))
    return;
  bt_torrent_count_piece (torrent, piece, -1);
  bt_picker_set_missing (torrent->picker, piece);
  for (guint i = 0; i < torrent->peers->len; i++)
    bt_peer_send_dont_have (g_ptr_array_index (torrent->peers, i), piece);
  torrent->dirty = TRUE;
}

static void
gain_piece (BtTorrent *torrent, guint32 piece)
{
  if (bt_picker_has (torrent->picker, piece))
    return;
  bt_torrent_drop_open_piece (torrent, piece);
  bt_picker_set_have (torrent->picker, piece);
  bt_torrent_count_piece (torrent, piece, 1);
  torrent->dirty = TRUE;
}

static gboolean
had_data (BtTorrent *torrent)
{
  if (torrent->expects_data)
    return TRUE;
  if (torrent->stamps == NULL || bt_picker_have (torrent->picker)->n_set == 0)
    return FALSE;
  for (guint i = 0; i < torrent->stamps->len; i++)
    if (g_array_index (torrent->stamps, BtFileStamp, i).size > 0)
      return TRUE;
  return FALSE;
}

/* @stamps: (nullable) */
static gboolean
has_any (BtTorrent *torrent, const BtFileStamp *stamps)
{
  for (guint32 i = 0; stamps != NULL && i < torrent->metainfo->n_files; i++)
    if (bt_torrent_is_payload (torrent, i) && stamps[i].size >= 0)
      return TRUE;
  return FALSE;
}

gboolean
bt_torrent_is_as_stamped (BtTorrent *torrent, guint32 file, const BtFileStamp *now)
{
  const BtFileStamp *then;

  if (torrent->stamps == NULL || file >= torrent->stamps->len)
    return FALSE;
  then = &g_array_index (torrent->stamps, BtFileStamp, file);
  return then->size == now->size && then->mtime_ns == now->mtime_ns;
}

/* Marks what must be hashed. A file that is as it was left is trusted. After a clean end a changed one
 * is hashed whole. After a crash a file that was still being written has changed through us: what was
 * synced and hashed before counts, what may have been written since is hashed. */
static void
mark_files (BtTorrent *torrent, const BtFileStamp *stamps, BtBitfield *suspect)
{
  gboolean crashed = torrent->load == BT_LOAD_UNCLEAN && torrent->stamps != NULL;

  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    {
      guint32 first, count;

      if (!bt_torrent_is_payload (torrent, i) || bt_torrent_is_as_stamped (torrent, i, &stamps[i]))
        continue;
      if (!crashed || stamps[i].size < 0)
        {
          mark_file (torrent, i, suspect);
          continue;
        }
      bt_layout_file_pieces (torrent->metainfo, i, &first, &count);
      if (bt_bitfield_next_clear (bt_picker_have (torrent->picker), first) >= first + count)
        mark_file (torrent, i, suspect); /* complete: it was not us who changed it */
      else
        for (guint32 piece = first; piece < first + count; piece++)
          if (!bt_picker_has (torrent->picker, piece))
            bt_bitfield_set (suspect, piece);
    }
}

/* A piece of which a file is not there at all needs no hashing. */
static void
lose_missing (BtTorrent *torrent, const BtFileStamp *stamps, BtBitfield *suspect)
{
  g_autoptr(BtBitfield) missing = bt_bitfield_new (torrent->metainfo->n_pieces);

  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if (bt_torrent_is_payload (torrent, i) && stamps[i].size <= 0
        && torrent->priorities[i] != BT_PRIORITY_SKIP)
      mark_file (torrent, i, missing);
  for (guint32 piece = bt_bitfield_next_set (missing, 0); piece < missing->n_bits;
       piece = bt_bitfield_next_set (missing, piece + 1))
    {
      if (bt_bitfield_get (suspect, piece))
        lose_piece (torrent, piece);
      bt_bitfield_clear (suspect, piece);
    }
}

static gboolean
sizes_are_right (BtTorrent *torrent, const BtFileStamp *stamps)
{
  for (guint32 i = 0; i < torrent->metainfo->n_files; i++)
    if (bt_torrent_is_payload (torrent, i)
        && stamps[i].size != (gint64) torrent->metainfo->files[i].length)
      return FALSE;
  return TRUE;
}

/* Returns: those that are had, but not as of the last good sync */
static BtBitfield *
find_unsynced (BtTorrent *torrent)
{
  const BtBitfield *have = bt_picker_have (torrent->picker);
  BtBitfield *unsynced = bt_bitfield_new (have->n_bits);
  g_autoptr(BtBitfield) synced = NULL;

  if (torrent->saved_have != NULL)
    synced = bt_bitfield_new_from_bytes (g_bytes_get_data (torrent->saved_have, NULL),
                                         g_bytes_get_size (torrent->saved_have), have->n_bits);
  for (guint32 piece = bt_bitfield_next_set (have, 0); piece < have->n_bits;
       piece = bt_bitfield_next_set (have, piece + 1))
    if (synced == NULL || !bt_bitfield_get (synced, piece))
      bt_bitfield_set (unsynced, piece);
  return unsynced;
}

static void
become_ready (BtTorrent *torrent)
{
  gboolean was_complete = torrent->completed_at != 0;

  torrent->phase = BT_PHASE_READY;
  torrent->keeps_peers = FALSE;
  bt_torrent_judge_edits (torrent);
  bt_core_dequeue_check (torrent->core, torrent);
  g_clear_pointer (&torrent->to_check, bt_bitfield_free);
  if (torrent->check_asked)
    bt_core_event (torrent->core, torrent->id, BT_EVENT_CHECKED, "Checked: %u of %u pieces are right",
                   bt_picker_have (torrent->picker)->n_set, torrent->metainfo->n_pieces);
  torrent->check_asked = FALSE;
  if (bt_torrent_is_complete (torrent) && !was_complete)
    torrent->completed_at = bt_core_unix_now (torrent->core);
  torrent->load = BT_LOAD_CLEAN;
  torrent->expects_data = FALSE;
  if (torrent->dirty)
    bt_torrent_save_soon (torrent);
  bt_torrent_touch (torrent, BT_CHANGED_STATE | BT_CHANGED_PROGRESS);
  bt_core_hurry (torrent->core);
  bt_torrent_rest (torrent);
  bt_torrent_reconsider (torrent);
}

static void
begin_check (BtTorrent *torrent, BtBitfield *suspect)
{
  g_clear_pointer (&torrent->to_check, bt_bitfield_free);
  torrent->to_check = suspect;
  torrent->check_next = 0;
  torrent->n_to_check = suspect->n_set;
  torrent->n_checked = 0;
  if (suspect->n_set == 0)
    {
      become_ready (torrent);
      return;
    }
  torrent->phase = BT_PHASE_CHECKING;
  bt_torrent_touch (torrent, BT_CHANGED_PROGRESS);
  bt_torrent_reconsider (torrent);
  if (torrent->check_asked)
    bt_core_enqueue_check (torrent->core, torrent);
}

static void
made_files_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error != NULL)
    {
      torrent->files_made = FALSE;
      bt_torrent_fail_to_write (torrent, error);
    }
  bt_torrent_job_end (torrent);
}

void
bt_torrent_make_files (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;

  if (torrent->files_made || torrent->phase != BT_PHASE_READY || torrent->intent != BT_INTENT_RUN
      || torrent->problem != NULL || bt_torrent_only_seeds (torrent))
    return;
  torrent->files_made = TRUE;
  bt_torrent_job_begin (torrent);
  disk->ops->make_files (disk, torrent->storage, made_files_cb, torrent);
}

/* Which files are its own is saved, so that they stay that while nothing else of it is known. */
static void
note_inodes (BtTorrent *torrent, const BtFileStamp *stamps)
{
  for (guint i = 0; torrent->stamps != NULL && i < torrent->stamps->len && !torrent->dirty; i++)
    torrent->dirty = g_array_index (torrent->stamps, BtFileStamp, i).inode != stamps[i].inode;
}

static void
judge (BtTorrent *torrent, const BtFileStamp *stamps)
{
  g_autoptr(BtBitfield) suspect = bt_bitfield_new (torrent->metainfo->n_pieces);

  bt_torrent_end_guard (torrent);
  note_inodes (torrent, stamps);
  if (torrent->load == BT_LOAD_TRUSTED && sizes_are_right (torrent, stamps))
    {
      for (guint32 piece = 0; piece < torrent->metainfo->n_pieces; piece++)
        gain_piece (torrent, piece);
    }
  else
    {
      if (torrent->check_asked)
        bt_bitfield_set_all (suspect);
      bt_torrent_note_edits (torrent, stamps);
      mark_files (torrent, stamps, suspect);
      lose_missing (torrent, stamps, suspect);
    }
  begin_check (torrent, g_steal_pointer (&suspect));
}

static void
looked_cb (const BtFileStamp *stamps, const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;
  g_autoptr(GError) gone = NULL;

  /* On its way to another folder it is looked at anew there: this answer is of the old one. */
  if (torrent->phase == BT_PHASE_LOADING && !torrent->relocating
      && !bt_torrent_leaves_home (torrent, has_any (torrent, stamps)))
    {
      if (error == NULL && !torrent->check_asked && had_data (torrent) && !has_any (torrent, stamps))
        gone = g_error_new (BT_ERROR, BT_ERROR_DISK_MISSING, "All files are gone from \"%s\"",
                            torrent->data_path);
      if (error != NULL || gone != NULL)
        bt_torrent_fail (torrent, error != NULL ? error : gone);
      else
        judge (torrent, stamps);
    }
  bt_torrent_job_end (torrent);
}

/* A folder that is not there is no problem for a new torrent: it will be made. */
void
bt_torrent_look (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;

  if (bt_torrent_settle (torrent))
    {
      bt_torrent_note_fold (torrent);
      return;
    }
  bt_torrent_job_begin (torrent);
  disk->ops->stat (disk, torrent->storage, looked_cb, torrent);
}

/* Hashing. */

static void
end_check_if_done (BtTorrent *torrent)
{
  if (torrent->phase != BT_PHASE_CHECKING || torrent->n_checking > 0)
    return;
  if (bt_bitfield_next_set (torrent->to_check, torrent->check_next) >= torrent->to_check->n_bits)
    become_ready (torrent);
}

static void
take_result (BtTorrent *torrent, guint32 first, guint32 n_pieces, const gboolean *ok)
{
  for (guint32 i = 0; i < n_pieces; i++)
    if (ok[i])
      gain_piece (torrent, first + i);
    else
      lose_piece (torrent, first + i);
  torrent->n_checked += n_pieces;
  bt_torrent_touch (torrent, BT_CHANGED_PROGRESS);
}

static void
stretch_checked_cb (guint32 first, guint32 n_pieces, const gboolean *ok, const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  torrent->n_checking--;
  if (torrent->phase == BT_PHASE_CHECKING && bt_torrent_can_read (torrent))
    {
      if (error != NULL)
        {
          bt_torrent_fail (torrent, error);
        }
      else
        {
          take_result (torrent, first, n_pieces, ok);
          bt_torrent_check_next (torrent);
          end_check_if_done (torrent);
        }
    }
  bt_torrent_job_end (torrent);
}

/* Of pieces that are to be checked and follow each other, from @first on: as many as are done at a stretch. */
static guint32
measure_stretch (const BtTorrent *torrent, guint32 first)
{
  guint32 most = bt_device_get_stretch_pieces (&torrent->storage->device, torrent->metainfo->piece_length);
  guint32 end = bt_bitfield_next_clear (torrent->to_check, first);

  return MIN (end - first, most);
}

static void
check_stretch (BtTorrent *torrent, guint32 first)
{
  BtDisk *disk = torrent->core->disk;
  guint32 n_pieces = measure_stretch (torrent, first);

  torrent->check_next = first + n_pieces;
  torrent->n_checking++;
  bt_torrent_job_begin (torrent);
  disk->ops->check_stretch (disk, torrent->storage, first, n_pieces, stretch_checked_cb, torrent);
}

void
bt_torrent_check_next (BtTorrent *torrent)
{
  guint most = bt_device_get_stretches_at_once (&torrent->storage->device);

  if (torrent->phase != BT_PHASE_CHECKING)
    return;
  if (torrent->relocating || !bt_torrent_can_read (torrent) || (torrent->intent != BT_INTENT_RUN && !torrent->check_asked))
    {
      bt_core_dequeue_check (torrent->core, torrent); /* goes on when it is started, or the problem is over */
      return;
    }
  bt_torrent_touch (torrent, BT_CHANGED_STATE);
  while (torrent->n_checking < most)
    {
      guint32 first = bt_bitfield_next_set (torrent->to_check, torrent->check_next);

      if (first >= torrent->to_check->n_bits)
        break;
      check_stretch (torrent, first);
    }
}

/* A problem or the end: what is under way still comes back and is not used. It starts anew. */
void
bt_torrent_stop_check (BtTorrent *torrent)
{
  if (torrent->phase != BT_PHASE_CHECKING)
    return;
  bt_core_dequeue_check (torrent->core, torrent);
  torrent->check_next = 0;
  torrent->n_checked = 0;
}

static void
looked_again_cb (const BtFileStamp *stamps, const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error != NULL)
    bt_torrent_fail (torrent, error);
  else if (torrent->phase == BT_PHASE_CHECKING)
    bt_torrent_note_edits (torrent, stamps); /* it comes before what is hashed */
  bt_torrent_job_end (torrent);
}

/* A file may have been replaced or changed: what is checked is what is there under its name now, and
 * it is known by the time it has now. Peers go first: what is in memory is written before it is looked at. */
static void
check_all (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;
  BtBitfield *all = bt_bitfield_new (torrent->metainfo->n_pieces);

  bt_bitfield_set_all (all);
  torrent->dirty = TRUE;
  torrent->files_made = FALSE;
  torrent->phase = BT_PHASE_LOADING;
  bt_torrent_reconsider (torrent);
  bt_torrent_job_begin (torrent);
  disk->ops->stat (disk, torrent->storage, looked_again_cb, torrent);
  begin_check (torrent, all);
}

void
bt_torrent_check_unsynced (BtTorrent *torrent)
{
  BtBitfield *unsynced = find_unsynced (torrent);

  torrent->sync_failed = FALSE;
  torrent->dirty = TRUE;
  torrent->phase = BT_PHASE_LOADING;
  bt_torrent_reconsider (torrent); /* peers go first */
  bt_torrent_lose_partials (torrent);
  if (unsynced->n_set > 0)
    bt_core_event (torrent->core, torrent->id, BT_EVENT_PROBLEM,
                   "The disk may have lost what was written last: checking %u pieces again", unsynced->n_set);
  begin_check (torrent, unsynced);
}

/* Bytes that are had could not be read: somebody changed the files beneath us. */
void
bt_torrent_read_failed (BtTorrent *torrent, const GError *error)
{
  if (torrent->phase != BT_PHASE_READY || (torrent->problem != NULL && !bt_torrent_gives_on (torrent)))
    return;
  if (!g_error_matches (error, BT_ERROR, BT_ERROR_CHANGED))
    {
      bt_torrent_fail (torrent, error);
      return;
    }
  bt_core_event (torrent->core, torrent->id, BT_EVENT_PROBLEM, "%s: checking all data again", error->message);
  check_all (torrent);
}

void
bt_torrent_verify (BtTorrent *torrent)
{
  if (torrent->phase == BT_PHASE_CLOSING || torrent->phase == BT_PHASE_METADATA)
    return;
  torrent->check_asked = TRUE;
  if (torrent->phase == BT_PHASE_FOLDED)
    bt_torrent_note_fold (torrent);
  else if (torrent->phase != BT_PHASE_LOADING)
    check_all (torrent);
  else if (torrent->problem != NULL)
    {
      /* It waits for files that are gone; whoever asks for a check takes what is there for all. */
      g_clear_error (&torrent->problem);
      bt_torrent_look (torrent);
    }
}

void
bt_torrent_cancel_verify (BtTorrent *torrent)
{
  if (torrent->phase != BT_PHASE_CHECKING || !torrent->check_asked)
    return;
  torrent->check_asked = FALSE;
  become_ready (torrent);
}
