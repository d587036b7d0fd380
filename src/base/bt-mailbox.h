/* bt-mailbox.h: the one place where something crosses from one thread to another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Any thread posts; letters are read in the context the mailbox was made for, in order.
 * A pthread mutex guards the queue, so that ThreadSanitizer sees the hand-over. */
typedef struct _BtMailbox BtMailbox;
typedef void (*BtLetterFunc) (gpointer data);

/**
 * bt_mailbox_new:
 * @context: (nullable): where letters are read; %NULL is the global default
 *
 * The mailbox is a reference-counted thing: each poster holds a reference. The reader closes it
 * when it is done, before it lets go of @context; the end of @context closes it too.
 */
BtMailbox *bt_mailbox_new (GMainContext *context);
BtMailbox *bt_mailbox_ref (BtMailbox *mailbox);
void bt_mailbox_unref (BtMailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtMailbox, bt_mailbox_unref)

/* @read runs once in the reader's context with @data, which it then owns. If the mailbox is
 * closed first, @drop (nullable) frees @data instead, in whichever thread that happens. */
void bt_mailbox_post (BtMailbox *mailbox, BtLetterFunc read, gpointer data, GDestroyNotify drop);

/* By the reader: no letter is read any more; what waits, and what comes later, is dropped. */
void bt_mailbox_close (BtMailbox *mailbox);

G_END_DECLS
