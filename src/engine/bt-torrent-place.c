/* bt-torrent-place.c: in which folder the files of a torrent are, and their way to another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

/* Outline of a move. It is looked whether the files can go there; then the order is answered. Peers go,
 * trackers do not. That it is meant is saved, then the disk moves the files, then where they are now is
 * saved, then copies that are left in the old folder are removed. Wherever that is cut off, what was saved
 * says how to go on, which is done before anything else looks at the files (bt_torrent_settle()). */

#define TICK_US (500 * G_TIME_SPAN_MILLISECOND)

/* @folder: (nullable): none any more */
static void
set_path (BtCore *core, char **path, const char *folder)
{
  g_autofree char *before = *path;

  *path = g_strdup (folder);
  if (folder != NULL)
    bt_folders_use (core->folders, folder);
  if (before != NULL)
    bt_folders_leave (core->folders, before);
}

static void
set_folder (BtCore *core, char **path, GRefString **text, const char *folder)
{
  set_path (core, path, folder);
  g_clear_pointer (text, g_ref_string_release);
  *text = g_ref_string_new (folder);
}

static void
set_move_to (BtTorrent *torrent, const char *folder)
{
  set_path (torrent->core, &torrent->move_to, folder);
}

static void
set_save_path (BtTorrent *torrent, const char *folder)
{
  set_folder (torrent->core, &torrent->save_path, &torrent->path_text, folder);
  torrent->dirty = TRUE;
  bt_torrent_touch (torrent, BT_CHANGED_NAME);
}

static void
set_data_path (BtTorrent *torrent, const char *folder)
{
  set_folder (torrent->core, &torrent->data_path, &torrent->data_text, folder);
  torrent->dirty = TRUE;
  bt_torrent_touch (torrent, BT_CHANGED_NAME);
}

static void
tick (gpointer owner, gint64 now)
{
  BtTorrent *torrent = owner;

  if (!torrent->relocating)
    return;
  bt_torrent_touch (torrent, BT_CHANGED_PROGRESS);
  bt_timer_start (&torrent->place_tick, now + TICK_US);
}

void
bt_torrent_init_place (BtTorrent *torrent, const BtResume *resume)
{
  const char *save_path = resume != NULL ? resume->save_path : torrent->core->config->download_dir;

  set_folder (torrent->core, &torrent->save_path, &torrent->path_text, save_path);
  set_folder (torrent->core, &torrent->data_path, &torrent->data_text,
              resume != NULL && resume->data_path != NULL ? resume->data_path : save_path);
  bt_timer_init (&torrent->place_tick, torrent->core->timers, tick, torrent);
  if (resume == NULL)
    return;
  set_move_to (torrent, resume->move_to);
  torrent->move_from = g_strdup (resume->move_from);
  /* Not looked at yet: what is in its own folder is used there. */
  torrent->looks_home = resume->stamps == NULL && torrent->load != BT_LOAD_TRUSTED && resume->move_to == NULL
                        && strcmp (torrent->data_path, torrent->save_path) != 0;
}

void
bt_torrent_free_place (BtTorrent *torrent)
{
  bt_timer_stop (&torrent->place_tick);
  g_ref_string_release (torrent->path_text);
  g_ref_string_release (torrent->data_text);
  set_path (torrent->core, &torrent->save_path, NULL);
  set_path (torrent->core, &torrent->data_path, NULL);
  set_move_to (torrent, NULL);
  g_free (torrent->move_from);
}

void
bt_torrent_save_place (BtTorrent *torrent, BtResume *resume)
{
  resume->save_path = g_strdup (torrent->save_path);
  if (strcmp (torrent->data_path, torrent->save_path) != 0)
    resume->data_path = g_strdup (torrent->data_path);
  resume->move_to = g_strdup (torrent->move_to);
  resume->move_from = g_strdup (torrent->move_from);
}

/* Where the disk is to look first. */
const char *
bt_torrent_first_root (BtTorrent *torrent)
{
  return torrent->looks_home ? torrent->save_path : torrent->data_path;
}

double
bt_torrent_move_progress (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;

  if (!torrent->relocating)
    return 0;
  return torrent->move_to == NULL ? 1 : disk->ops->move_progress (torrent->storage);
}

/* Beginning and end. */

static void
begin_relocating (BtTorrent *torrent)
{
  torrent->relocating = TRUE;
  bt_torrent_drop_peers (torrent, BT_CLOSE_STOPPED);
  bt_torrent_flush_pieces (torrent);
  bt_torrent_forget_rates (torrent);
  bt_timer_start (&torrent->place_tick, bt_core_now (torrent->core) + TICK_US);
  bt_torrent_touch (torrent, BT_CHANGED_STATE | BT_CHANGED_PROGRESS | BT_CHANGED_PEERS | BT_CHANGED_SPEED);
}

/* It goes on with what it was doing. */
static void
end_relocating (BtTorrent *torrent)
{
  torrent->relocating = FALSE;
  bt_timer_stop (&torrent->place_tick);
  bt_torrent_touch (torrent, BT_CHANGED_ALL);
  if (torrent->phase == BT_PHASE_CLOSING)
    return;
  if (torrent->phase == BT_PHASE_LOADING)
    {
      bt_torrent_look (torrent);
      return;
    }
  if (torrent->phase == BT_PHASE_CHECKING && torrent->check_asked)
    bt_core_enqueue_check (torrent->core, torrent);
  bt_torrent_save (torrent);
  if (torrent->phase == BT_PHASE_READY && torrent->sync_failed && torrent->problem == NULL)
    bt_torrent_check_unsynced (torrent);
  bt_torrent_reconsider (torrent);
  bt_core_seek_peers (torrent->core, torrent);
}

/* Moving. */

static void
cleaned_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error != NULL)
    bt_core_event (torrent->core, torrent->id, BT_EVENT_PROBLEM, "Its files were copied, but not all of the old ones "
                   "are gone: %s", error->message);
  g_clear_pointer (&torrent->move_from, g_free);
  torrent->dirty = TRUE;
  end_relocating (torrent);
  bt_torrent_job_end (torrent);
}

static void
clean (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;

  bt_torrent_job_begin (torrent);
  disk->ops->clean (disk, torrent->storage, torrent->move_from, cleaned_cb, torrent);
}

/* What is not known to be saved is not cleaned up: it would be looked for in the old place. */
static void
arrival_saved_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error == NULL || torrent->forget)
    clean (torrent);
  else
    end_relocating (torrent);
}

static void
arrive (BtTorrent *torrent)
{
  g_free (torrent->move_from);
  torrent->move_from = g_strdup (torrent->data_path);
  set_save_path (torrent, torrent->move_to);
  set_data_path (torrent, torrent->move_to);
  set_move_to (torrent, NULL);
  torrent->leaves_home_alone = FALSE;
  /* A disk that was full or is to be unplugged has nothing to do with it any more. */
  g_clear_error (&torrent->problem);
  bt_core_event (torrent->core, torrent->id, BT_EVENT_MOVED, "Its files are in \"%s\" now", torrent->data_text);
  bt_torrent_save_then (torrent, arrival_saved_cb);
}

static void
stay (BtTorrent *torrent, const GError *error)
{
  gboolean called_off = g_error_matches (error, BT_ERROR, BT_ERROR_CANCELLED);

  /* Called off because it ends: it will go on. */
  if (torrent->phase == BT_PHASE_CLOSING)
    return;
  torrent->relocating = FALSE;
  /* A drive that is not there: it may have a part of the files, so the rest waits for it. */
  if (torrent->phase == BT_PHASE_LOADING && g_error_matches (error, BT_ERROR, BT_ERROR_DISK_MISSING))
    {
      bt_torrent_fail (torrent, error);
      return;
    }
  set_move_to (torrent, NULL);
  torrent->leaves_home_alone = TRUE;
  torrent->dirty = TRUE;
  bt_core_event (torrent->core, torrent->id, called_off ? BT_EVENT_LOG : BT_EVENT_PROBLEM, "%s", error->message);
  end_relocating (torrent);
}

static void
moved_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error != NULL)
    stay (torrent, error);
  else
    arrive (torrent);
  bt_torrent_job_end (torrent);
}

static void
move_files (BtTorrent *torrent, gboolean resuming)
{
  BtDisk *disk = torrent->core->disk;

  bt_torrent_job_begin (torrent);
  disk->ops->move (disk, torrent->storage, torrent->move_to, resuming, moved_cb, torrent);
}

/* That it is meant is saved: after a crash in the middle it is known where to look for the files. */
static void
intent_saved_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (error != NULL)
    stay (torrent, error);
  else if (torrent->phase == BT_PHASE_CLOSING)
    torrent->relocating = FALSE;
  else
    move_files (torrent, FALSE);
}

static void
set_out (BtTorrent *torrent, const char *folder)
{
  set_move_to (torrent, folder);
  torrent->dirty = TRUE;
  begin_relocating (torrent);
  bt_torrent_save_then (torrent, intent_saved_cb);
}

/* Before the files are looked at: ends what was cut off. TRUE if there is something, and the look comes
 * when it is over. */
gboolean
bt_torrent_settle (BtTorrent *torrent)
{
  if (torrent->relocating || torrent->move_to != NULL || torrent->move_from != NULL)
    {
      if (!torrent->relocating)
        {
          begin_relocating (torrent);
          if (torrent->move_to != NULL)
            move_files (torrent, TRUE);
          else
            clean (torrent);
        }
      return TRUE;
    }
  return bt_torrent_settle_names (torrent);
}

/* What is complete goes to its own folder. Tried once; then again after a start. Not in the middle of a rename:
 * of the two that are cut off together nobody could tell which names the files have. */
void
bt_torrent_go_home (BtTorrent *torrent)
{
  if (torrent->phase != BT_PHASE_READY || torrent->problem != NULL || torrent->relocating
      || torrent->leaves_home_alone || torrent->looking_for_move || torrent->rename_from != NULL
      || !torrent->core->running || torrent->wanted == 0 || !bt_torrent_is_complete (torrent)
      || strcmp (torrent->data_path, torrent->save_path) == 0)
    return;
  set_out (torrent, torrent->save_path);
}

/* It ends: the disk need not. What has begun goes on the next time. */
void
bt_torrent_stop_moving (BtTorrent *torrent)
{
  BtDisk *disk = torrent->core->disk;

  if (torrent->relocating && torrent->move_to != NULL)
    disk->ops->stop_moving (torrent->storage);
}

/* Adopting: the files are said to be somewhere else. */

static void
adopted_cb (const GError *error, gpointer owner)
{
  BtTorrent *torrent = owner;

  if (torrent->phase != BT_PHASE_CLOSING)
    {
      bt_torrent_lose_partials (torrent);
      torrent->relocating = FALSE;
      bt_torrent_look (torrent);
    }
  bt_torrent_job_end (torrent);
}

/* What was known of the files is of no use; what was had is looked for. */
static void
forget_data (BtTorrent *torrent)
{
  bt_torrent_end_guard (torrent);
  g_clear_error (&torrent->problem);
  g_clear_pointer (&torrent->stamps, g_array_unref);
  g_clear_pointer (&torrent->saved_have, g_bytes_unref);
  g_clear_pointer (&torrent->saved_partials, g_ptr_array_unref);
  g_clear_pointer (&torrent->to_check, bt_bitfield_free);
  g_clear_pointer (&torrent->edited, bt_bitfield_free);
  torrent->spares_edits = FALSE;
  set_move_to (torrent, NULL);
  g_clear_pointer (&torrent->move_from, g_free);
  bt_core_dequeue_check (torrent->core, torrent);
  torrent->expects_data = bt_picker_have (torrent->picker)->n_set > 0;
  torrent->load = BT_LOAD_NEW;
  torrent->files_made = FALSE;
  torrent->phase = BT_PHASE_LOADING;
}

static void
adopt (BtTorrent *torrent, const char *folder)
{
  BtDisk *disk = torrent->core->disk;

  bt_torrent_job_begin (torrent);
  disk->ops->adopt (disk, torrent->storage, folder, adopted_cb, torrent);
}

static void
look_elsewhere (BtTorrent *torrent, const char *save_path, const char *data_path)
{
  begin_relocating (torrent);
  forget_data (torrent);
  set_save_path (torrent, save_path);
  set_data_path (torrent, data_path);
  torrent->looks_home = strcmp (save_path, data_path) != 0;
  bt_torrent_reconsider (torrent);
  bt_torrent_save (torrent);
  adopt (torrent, bt_torrent_first_root (torrent));
}

static void
adopt_folder (BtTorrent *torrent, const char *folder)
{
  look_elsewhere (torrent, folder, folder);
  bt_core_event (torrent->core, torrent->id, BT_EVENT_MOVED, "Its files are looked for in \"%s\"", torrent->data_text);
}

/* A new torrent was looked for in its own folder. TRUE if it is to be in the other, which is looked at next. */
gboolean
bt_torrent_leaves_home (BtTorrent *torrent, gboolean has_files)
{
  if (!torrent->looks_home)
    return FALSE;
  torrent->looks_home = FALSE;
  if (has_files)
    {
      set_data_path (torrent, torrent->save_path);
      return FALSE;
    }
  torrent->relocating = TRUE;
  adopt (torrent, torrent->data_path);
  return TRUE;
}

/* The order. */

typedef struct
{
  BtTorrent *torrent;
  BtCommand *command;
  char *folder;
} Order;

/* What is not complete stays where it is until it is. */
static gboolean
stays_until_complete (BtTorrent *torrent)
{
  return strcmp (torrent->data_path, torrent->save_path) != 0 && !bt_torrent_is_complete (torrent);
}

static GError *
carry_out (BtTorrent *torrent, const char *folder)
{
  if (torrent->phase == BT_PHASE_CLOSING || torrent->relocating)
    return g_error_new (BT_ERROR, BT_ERROR_BUSY, "\"%s\" is being moved or removed", torrent->name_text);
  torrent->leaves_home_alone = FALSE;
  if (!stays_until_complete (torrent))
    {
      set_out (torrent, folder);
      return NULL;
    }
  set_save_path (torrent, folder);
  bt_core_event (torrent->core, torrent->id, BT_EVENT_MOVED, "Its files will be in \"%s\" when it is complete",
                 torrent->path_text);
  bt_torrent_save (torrent);
  return NULL;
}

static void
looked_cb (const GError *error, gpointer owner)
{
  Order *order = owner;
  BtTorrent *torrent = order->torrent;

  torrent->looking_for_move = FALSE;
  bt_command_reply (order->command, error != NULL ? g_error_copy (error) : carry_out (torrent, order->folder));
  g_free (order->folder);
  g_free (order);
  bt_torrent_job_end (torrent);
}

static void
look_first (BtTorrent *torrent, BtCommand *command, const char *folder)
{
  BtDisk *disk = torrent->core->disk;
  Order *order = g_new0 (Order, 1);

  order->torrent = torrent;
  order->command = command;
  order->folder = g_strdup (folder);
  torrent->looking_for_move = TRUE;
  bt_torrent_job_begin (torrent);
  disk->ops->look_at_move (disk, torrent->storage, folder, looked_cb, order);
}

/* Moving back while it is being moved calls that off. */
static gboolean
calls_off (BtTorrent *torrent, const char *folder)
{
  return torrent->relocating && torrent->move_to != NULL && strcmp (folder, torrent->data_path) == 0;
}

static GError *
check_order (BtTorrent *torrent, gboolean with_files)
{
  if (torrent->phase == BT_PHASE_CLOSING)
    return g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "No such torrent");
  if (torrent->relocating || torrent->looking_for_move || torrent->rename_from != NULL)
    return g_error_new (BT_ERROR, BT_ERROR_BUSY, "\"%s\" is being moved already", torrent->name_text);
  if (!with_files || torrent->phase != BT_PHASE_LOADING)
    return NULL;
  if (torrent->problem != NULL)
    return g_error_copy (torrent->problem);
  return g_error_new (BT_ERROR, BT_ERROR_BUSY, "The files of \"%s\" are being looked at", torrent->name_text);
}

/* Of a link there is nothing yet that could be moved. */
static void
set_place_of_link (BtTorrent *torrent, const char *folder)
{
  gboolean stays = strcmp (torrent->data_path, torrent->save_path) != 0;

  set_save_path (torrent, folder);
  if (!stays)
    set_data_path (torrent, folder);
  bt_torrent_hurry_retry (torrent);
  bt_torrent_save (torrent);
}

/* TRUE: @command is answered later. */
static gboolean
go (BtTorrent *torrent, BtCommand *command, const char *folder)
{
  if (torrent->phase == BT_PHASE_METADATA)
    set_place_of_link (torrent, folder);
  else if (!command->flag)
    adopt_folder (torrent, folder);
  else if (strcmp (folder, torrent->data_path) != 0)
    {
      look_first (torrent, command, folder);
      return TRUE;
    }
  else
    {
      if (strcmp (folder, torrent->save_path) != 0)
        set_save_path (torrent, folder);
      bt_torrent_save (torrent);
    }
  return FALSE;
}

/* TRUE: the command runs again when more is known of another torrent. */
static gboolean
check_others (BtTorrent *torrent, BtCommand *command, const char *folder, GError **error)
{
  BtTorrentId folded;

  *error = bt_torrent_check_folder (torrent, folder, &folded);
  return folded != 0 && bt_core_wait_for (torrent->core, command, folded);
}

static void
move (BtTorrent *torrent, BtCommand *command)
{
  g_autofree char *folder = g_canonicalize_filename (command->path, "/");
  GError *error = NULL;

  if (calls_off (torrent, folder))
    bt_torrent_stop_moving (torrent);
  else if ((error = check_order (torrent, command->flag)) == NULL)
    {
      if (check_others (torrent, command, folder, &error))
        return;
      if (error == NULL && go (torrent, command, folder))
        return;
    }
  bt_command_reply (command, error);
}

/* Of one that was never started: all is as if the folder had been given with it. */
GError *
bt_torrent_choose_place (BtTorrent *torrent, const char *path)
{
  g_autofree char *folder = g_canonicalize_filename (path, "/");
  const char *incomplete_dir = torrent->core->config->incomplete_dir;
  GError *error = NULL;

  if (strcmp (folder, torrent->save_path) == 0 || (error = check_order (torrent, FALSE)) != NULL)
    return error;
  if (torrent->phase == BT_PHASE_METADATA)
    set_place_of_link (torrent, folder);
  else
    look_elsewhere (torrent, folder, incomplete_dir != NULL ? incomplete_dir : folder);
  return NULL;
}

void
bt_core_move (BtCore *core, BtCommand *command)
{
  BtTorrent *torrent = bt_core_find (core, command->id);

  if (torrent == NULL || !core->running)
    bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "No such torrent"));
  else if (bt_core_unfold_for (core, command))
    return;
  else if (command->path == NULL || !g_path_is_absolute (command->path))
    bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "\"%s\" is not an absolute path",
                                            command->path != NULL ? command->path : ""));
  else
    move (torrent, command);
}
