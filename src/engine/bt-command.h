/* bt-command.h: one order to the engine: copied arguments there, a result back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-config.h"
#include "bt-mailbox.h"
#include "bt-status.h"

G_BEGIN_DECLS

typedef struct _BtCore BtCore;
typedef struct _BtCommand BtCommand;

/* Fields beyond @reply are filled as each command needs them. The engine never touches @task:
 * it is returned where it was made (crossing threads otherwise finalises it in the wrong one). */
struct _BtCommand
{
  void (*run) (BtCore *core, BtCommand *command);
  BtCore *core;
  BtMailbox *reply_box;             /* (nullable): NULL when nobody waits */
  void (*reply) (BtCommand *command); /* runs in the caller's context, then the command is freed */
  GTask *task;

  BtTorrentId id;
  BtTorrentId waits_for; /* for the content of it */
  guint ticket;        /* of what can be called off before it is answered */
  char *path;
  char *text;
  GBytes *bytes;
  GBytes *priorities;
  BtIntent intent;
  gboolean flag;
  BtConfig *config;
  BtEndpoint endpoint;
  BtTorrentOptions *options;
  BtOptionMask option_mask;
  GPtrArray *tiers;    /* of GStrv */
  BtQueueMove queue_move;
  BtDetailParts parts;

  GError *error;       /* result */
  BtTorrentId result_id;
  BtDetail *detail;
  GBytes *result_bytes;
};

BtCommand *bt_command_new (void (*run) (BtCore *core, BtCommand *command));
/* Sends it to the engine. */
void bt_command_post (BtCommand *command, BtMailbox *box, BtCore *core);
/* In the engine: the result fields are set; sends it back. @error: (transfer full) (nullable). */
void bt_command_reply (BtCommand *command, GError *error);
void bt_command_free (BtCommand *command);
/* Returns: (transfer full) (nullable): a copy of its own of tiers (of GStrv) */
GPtrArray *bt_command_copy_tiers (GPtrArray *tiers);

G_END_DECLS
