/* bt-core.h: the engine in its own thread: what the door's commands call.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-command.h"
#include "bt-config.h"
#include "bt-disk.h"
#include "bt-mailbox.h"
#include "bt-status.h"
#include "bt-world.h"

G_BEGIN_DECLS

/* Where the outside comes from, and how patient the engine is with it: the real one, or a simulator or
 * the haste of the tests. */
typedef struct
{
  BtWorld *(*make_world) (GMainContext *context, const BtConfig *config, gpointer data, GError **error);
  BtDisk *(*make_disk) (BtMailbox *mailbox, gpointer data);
  gboolean one_thread;  /* state is saved, and what takes long is thought over, in the engine's own thread */
  gpointer data;
  gint64 retry_us;      /* a torrent that a problem stopped tries again after this */
  gint64 save_delay_us; /* what a crash can cost, in re-hashing */
  gint64 disk_patience_us; /* a disk that answers nothing for so long is said not to answer */
} BtOutside;

extern const BtOutside bt_outside_real;

/* Takes an update (transfer full); bt_core_acknowledge() asks for the next. */
typedef void (*BtCoreUpdateFunc) (BtUpdate *update, gpointer data);

/* Made by whoever starts the thread; from bt_core_open() on it belongs to the thread of @context.
 * @mailbox: read in @context. */
BtCore *bt_core_new (const BtConfig *config,
                     const BtOutside *outside,
                     GMainContext *context,
                     BtMailbox *mailbox,
                     BtCoreUpdateFunc update,
                     gpointer data);
void bt_core_open (BtCore *core);
/* Everything was closed by the stop command, or nothing was ever started. */
void bt_core_free (BtCore *core);

void bt_core_acknowledge (BtCore *core);
void bt_core_watch (BtCore *core, BtTorrentId id, BtDetailParts parts);

/* Commands: each answers with bt_command_reply(), now or later. */
void bt_core_start (BtCore *core, BtCommand *command);
void bt_core_stop (BtCore *core, BtCommand *command);
void bt_core_leave (BtCore *core, BtCommand *command);
void bt_core_add (BtCore *core, BtCommand *command);
void bt_core_set_intent (BtCore *core, BtCommand *command);
void bt_core_remove (BtCore *core, BtCommand *command);
void bt_core_verify (BtCore *core, BtCommand *command);
void bt_core_cancel_verify (BtCore *core, BtCommand *command);
void bt_core_set_priorities (BtCore *core, BtCommand *command);
void bt_core_disks_changed (BtCore *core, BtCommand *command);
void bt_core_announce (BtCore *core, BtCommand *command);
void bt_core_add_peer (BtCore *core, BtCommand *command);
void bt_core_set_options (BtCore *core, BtCommand *command);
void bt_core_rename_tag (BtCore *core, BtCommand *command);
void bt_core_move_in_queue (BtCore *core, BtCommand *command);
void bt_core_move (BtCore *core, BtCommand *command);
void bt_core_rename_path (BtCore *core, BtCommand *command);
void bt_core_set_trackers (BtCore *core, BtCommand *command);
void bt_core_add_trackers (BtCore *core, BtCommand *command);
void bt_core_announce_to (BtCore *core, BtCommand *command);
void bt_core_ban_peer (BtCore *core, BtCommand *command);
void bt_core_unban_peer (BtCore *core, BtCommand *command);
void bt_core_get_torrent (BtCore *core, BtCommand *command);
void bt_core_fetch_torrent (BtCore *core, BtCommand *command);
/* Of the command's ticket; unless it was answered meanwhile. */
void bt_core_cancel_fetch (BtCore *core, BtCommand *command);
void bt_core_set_config (BtCore *core, BtCommand *command);
void bt_core_get_detail (BtCore *core, BtCommand *command);

G_END_DECLS
