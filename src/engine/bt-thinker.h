/* bt-thinker.h: what takes the engine long to work out, on a thread of its own, one thing after the other.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-mailbox.h"

G_BEGIN_DECLS

typedef struct _BtThinker BtThinker;
typedef void (*BtThoughtFunc) (gpointer thought);

/* The thread begins with the first thought. @mailbox: read in the engine */
BtThinker *bt_thinker_new (BtMailbox *mailbox);
/* One without a thread, for simulations. */
BtThinker *bt_thinker_new_here (BtMailbox *mailbox);
/* Waits for what is under way. What was not begun is not done, and nothing is called any more: so whoever asked
 * must have had his answer. */
void bt_thinker_free (BtThinker *thinker);

/* @think_aside runs in the thread, then @done in the engine's, both with @thought, which is theirs alone until
 * then. Should there be no thread to be had, both run in the engine's, and @done still comes later. */
void bt_thinker_ask (BtThinker *thinker, BtThoughtFunc think_aside, BtThoughtFunc done, gpointer thought);

G_END_DECLS
