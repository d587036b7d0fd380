/* bt-engine-private.h: what the files of the door share; an engine in a world of the caller's choice, for tests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-core.h"
#include "bt-engine.h"

G_BEGIN_DECLS

/* A command whose reply is a boolean, and who waits for it. */
BtCommand *bt_engine_make_command (BtEngine *engine, void (*run) (BtCore *core, BtCommand *command), gpointer tag,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* A number that no other command of this engine has. */
guint bt_engine_take_ticket (BtEngine *engine);
/* Sends it (transfer full). */
void bt_engine_post (BtEngine *engine, BtCommand *command);

BtEngine *bt_engine_new_with_outside (const BtConfig *config, const BtOutside *outside);

G_END_DECLS
