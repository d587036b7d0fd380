/* bt-core-orders.c: the door's orders to one torrent, or to all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

static gboolean
for_each (BtCore *core, BtCommand *command, void (*func) (BtTorrent *torrent, BtCommand *command))
{
  BtTorrent *torrent = bt_core_find (core, command->id);

  if (command->id == 0)
    {
      for (guint i = 0; i < core->torrents->len; i++)
        func (g_ptr_array_index (core->torrents, i), command);
      return TRUE;
    }
  if (torrent != NULL)
    func (torrent, command);
  return torrent != NULL;
}

static void
order (BtCore *core, BtCommand *command, void (*func) (BtTorrent *torrent, BtCommand *command))
{
  GError *error = NULL;

  if (!for_each (core, command, func))
    error = g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "No such torrent");
  bt_command_reply (command, error);
}

/* An order to all leaves alone what was taken out of the queue, and what nobody has decided on yet; and it starts
 * nothing that has seeded enough. */
static void
set_intent (BtTorrent *torrent, BtCommand *command)
{
  BtIntent before = bt_torrent_get_intent (torrent);

  if (command->id == 0
      && (before == BT_INTENT_STOP || before == BT_INTENT_DETAILS || bt_torrent_rests_at_goal (torrent)))
    return;
  bt_torrent_set_intent (torrent, command->intent);
}

/* One that was there for its details alone is to have files. TRUE: the command is answered, or runs again. */
static gboolean
refuse_files (BtCore *core, BtCommand *command)
{
  BtTorrent *torrent = bt_core_find (core, command->id);
  BtTorrentId folded = 0;
  GError *error = NULL;

  if (torrent != NULL && bt_torrent_get_intent (torrent) == BT_INTENT_DETAILS)
    error = bt_torrent_check_details (torrent, bt_torrent_get_metainfo (torrent), &folded);
  if (error != NULL)
    bt_command_reply (command, error);
  return error != NULL || (folded != 0 && bt_core_wait_for (core, command, folded));
}

void
bt_core_set_intent (BtCore *core, BtCommand *command)
{
  if (!refuse_files (core, command))
    order (core, command, set_intent);
}

/* What concerns files or pieces is not for a torrent of which only a link is known. */
static gboolean
answer_unknown (BtCore *core, BtCommand *command)
{
  BtTorrent *torrent = bt_core_find (core, command->id);

  if (torrent == NULL || !bt_torrent_is_magnet (torrent))
    return FALSE;
  bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_NO_METADATA,
                                          "The details of this torrent are not known yet"));
  return TRUE;
}

static void
verify (BtTorrent *torrent, BtCommand *command)
{
  bt_torrent_verify (torrent);
}

void
bt_core_verify (BtCore *core, BtCommand *command)
{
  if (!answer_unknown (core, command))
    order (core, command, verify);
}

static void
cancel_verify (BtTorrent *torrent, BtCommand *command)
{
  bt_torrent_cancel_verify (torrent);
}

void
bt_core_cancel_verify (BtCore *core, BtCommand *command)
{
  order (core, command, cancel_verify);
}

static void
announce (BtTorrent *torrent, BtCommand *command)
{
  bt_torrent_hurry (torrent);
}

void
bt_core_announce (BtCore *core, BtCommand *command)
{
  order (core, command, announce);
}

static void
add_peer (BtTorrent *torrent, BtCommand *command)
{
  bt_torrent_add_peer (torrent, &command->endpoint, BT_SOURCE_MANUAL);
}

void
bt_core_add_peer (BtCore *core, BtCommand *command)
{
  order (core, command, add_peer);
}

static void
ban_peer (BtTorrent *torrent, BtCommand *command)
{
  bt_torrent_ban_by_hand (torrent, &command->endpoint);
}

void
bt_core_ban_peer (BtCore *core, BtCommand *command)
{
  if (!bt_core_unfold_for (core, command))
    order (core, command, ban_peer);
}

static void
unban_peer (BtTorrent *torrent, BtCommand *command)
{
  bt_torrent_unban (torrent, &command->endpoint);
}

void
bt_core_unban_peer (BtCore *core, BtCommand *command)
{
  if (!bt_core_unfold_for (core, command))
    order (core, command, unban_peer);
}

void
bt_core_set_priorities (BtCore *core, BtCommand *command)
{
  BtTorrent *torrent = bt_core_find (core, command->id);
  GError *error = NULL;

  if (answer_unknown (core, command) || bt_core_unfold_for (core, command))
    return;
  if (torrent == NULL)
    error = g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "No such torrent");
  else if (g_bytes_get_size (command->priorities) != bt_torrent_get_metainfo (torrent)->n_files)
    error = g_error_new (BT_ERROR, BT_ERROR_MALFORMED, "There must be one priority a file");
  else
    bt_torrent_set_priorities (torrent, command->priorities);
  bt_command_reply (command, error);
}

void
bt_core_get_torrent (BtCore *core, BtCommand *command)
{
  BtTorrent *torrent = bt_core_find (core, command->id);
  GError *error = NULL;

  if (answer_unknown (core, command) || bt_core_unfold_for (core, command))
    return;
  if (torrent == NULL)
    error = g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "No such torrent");
  else
    command->result_bytes = bt_torrent_get_bytes (torrent, &error);
  bt_command_reply (command, error);
}

static void
removed_cb (BtTorrent *torrent, const GError *error, gpointer data)
{
  BtCommand *command = data;
  BtCore *core = command->core;

  bt_core_forget (core, torrent);
  bt_state_db_remove (core->db, &bt_torrent_get_metainfo (torrent)->info_hash, NULL, NULL);
  bt_command_reply (command, error != NULL ? g_error_copy (error) : NULL);
}

/* One that goes already is as good as gone; but a link may go to be the torrent that it led to. */
static GError *
make_going_error (BtTorrent *torrent)
{
  if (bt_torrent_is_magnet (torrent))
    return g_error_new (BT_ERROR, BT_ERROR_BUSY, "The link is being removed, or becomes a torrent");
  return g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "It is being removed already");
}

void
bt_core_remove (BtCore *core, BtCommand *command)
{
  BtTorrent *torrent = bt_core_find (core, command->id);

  if (torrent == NULL || !core->running)
    bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "No such torrent"));
  else if (command->flag && bt_core_unfold_for (core, command))
    return;
  else if (!bt_torrent_close (torrent, TRUE, command->flag, removed_cb, command))
    bt_command_reply (command, make_going_error (torrent));
}

void
bt_core_disks_changed (BtCore *core, BtCommand *command)
{
  for (guint i = 0; core->running && i < core->torrents->len; i++)
    bt_torrent_retry_now (g_ptr_array_index (core->torrents, i));
  bt_command_reply (command, NULL);
}

void
bt_core_get_detail (BtCore *core, BtCommand *command)
{
  BtTorrent *torrent = bt_core_find (core, command->id);

  if (torrent == NULL)
    {
      bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "No such torrent"));
      return;
    }
  if (bt_core_unfold_for (core, command))
    return;
  bt_torrent_keep_unfolded (torrent, bt_core_now (core));
  command->detail = bt_torrent_make_detail (torrent, command->parts);
  if (command->id != core->watched)
    bt_torrent_forget_files (torrent);
  bt_command_reply (command, NULL);
}

void
bt_core_watch (BtCore *core, BtTorrentId id, BtDetailParts parts)
{
  BtTorrent *before = bt_core_find (core, core->watched);

  if (before != NULL && core->watched != id)
    bt_torrent_forget_files (before);
  core->watched = id;
  core->watched_parts = parts;
  bt_core_touch (core);
}
