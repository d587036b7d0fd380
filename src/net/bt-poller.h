/* bt-poller.h: one epoll descriptor for all sockets, as one GSource: GIO's own poll is O(n).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BtPoller BtPoller;

/* Embedded in what is polled. @func is called with the epoll events that happened: those that were
 * asked for, and EPOLLERR and EPOLLHUP while anything is asked for. Level-triggered: what is not
 * dealt with is told again. */
typedef struct _BtPollee BtPollee;
struct _BtPollee
{
  int fd;         /* borrowed; stays open until bt_poller_remove() */
  guint32 events; /* EPOLLIN, EPOLLOUT as asked for */
  gboolean added;
  void (*func) (BtPollee *pollee, guint32 events);
  gpointer owner; /* for @func */
};

BtPoller *bt_poller_new (GMainContext *context, GError **error);
/* Also from inside a callback. What is still registered is not heard of any more. */
void bt_poller_free (BtPoller *poller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtPoller, bt_poller_free)

/* Registers @pollee, asking for nothing yet. FALSE with @error when the kernel has no room. */
gboolean bt_poller_add (BtPoller *poller, BtPollee *pollee, GError **error);
/* What is asked for from now on; 0 for nothing, not even errors. */
void bt_poller_set (BtPoller *poller, BtPollee *pollee, guint32 events);
/* Before its descriptor is closed. After this, also from inside a callback of the same turn, no
 * event is delivered to it. */
void bt_poller_remove (BtPoller *poller, BtPollee *pollee);

G_END_DECLS
