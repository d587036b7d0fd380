/* ft-virtual-disk.c: the disks of a simulation: the real storage without its threads, by the clock of the network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-virtual-disk.h"

#include "bt-disk-private.h"
#include "bt-limits.h"
#include "ft-fake-private.h"

/* Results are letters in a context that nobody but this iterates. */
struct _FtVirtualDisks
{
  FtFakeNet *net;
  GMainContext *context;
  BtMailbox *mailbox;
  BtTimer due;
  guint32 max_latency_us;
};

static gboolean
deliver (FtVirtualDisks *self)
{
  gboolean any = FALSE;

  while (g_main_context_iteration (self->context, FALSE))
    any = TRUE;
  return any;
}

static void
due_cb (gpointer owner, gint64 now)
{
  deliver (owner);
}

FtVirtualDisks *
ft_virtual_disks_new (FtFakeNet *net)
{
  FtVirtualDisks *self = g_new0 (FtVirtualDisks, 1);

  self->net = net;
  self->context = g_main_context_new ();
  self->mailbox = bt_mailbox_new (self->context);
  bt_timer_init (&self->due, net->timers, due_cb, self);
  return self;
}

void
ft_virtual_disks_free (FtVirtualDisks *self)
{
  bt_timer_stop (&self->due);
  bt_mailbox_close (self->mailbox);
  bt_mailbox_unref (self->mailbox);
  g_main_context_unref (self->context);
  g_free (self);
}

BtDisk *
ft_virtual_disks_make (FtVirtualDisks *self)
{
  return bt_disk_new_full (self->mailbox, 0, BT_LIMIT_OPEN_FILES);
}

void
ft_virtual_disks_set_latency (FtVirtualDisks *self, guint32 max_us)
{
  self->max_latency_us = max_us;
}

gboolean
ft_virtual_disks_turn (FtVirtualDisks *self)
{
  if (self->max_latency_us == 0)
    return deliver (self);
  if (bt_timer_is_running (&self->due) || !g_main_context_pending (self->context))
    return FALSE;
  bt_timer_start (&self->due, self->net->now
                                + bt_random_below (&self->net->random, self->max_latency_us) + 1);
  return TRUE;
}
