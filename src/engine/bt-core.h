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

/* Where the outside comes from: the real one, or the simulator of the tests. */
typedef struct
{
  BtWorld *(*make_world) (GMainContext *context, const BtConfig *config, gpointer data, GError **error);
  BtDisk *(*make_disk) (BtMailbox *mailbox, gpointer data);
  gpointer data;
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
void bt_core_add (BtCore *core, BtCommand *command);
void bt_core_set_intent (BtCore *core, BtCommand *command);
void bt_core_remove (BtCore *core, BtCommand *command);
void bt_core_verify (BtCore *core, BtCommand *command);
void bt_core_cancel_verify (BtCore *core, BtCommand *command);
void bt_core_set_priorities (BtCore *core, BtCommand *command);
void bt_core_announce (BtCore *core, BtCommand *command);
void bt_core_add_peer (BtCore *core, BtCommand *command);
void bt_core_set_config (BtCore *core, BtCommand *command);
void bt_core_get_detail (BtCore *core, BtCommand *command);

G_END_DECLS
