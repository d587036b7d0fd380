/* bt-poller.h: one epoll descriptor for all sockets, as one GSource: GIO's own poll is O(n).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BtPoller BtPoller;

/* Embedded in what is polled. @func is called with the epoll events that happened. */
typedef struct _BtPollee BtPollee;
struct _BtPollee
{
  int fd;
  guint32 events; /* EPOLLIN, EPOLLOUT as registered */
  gboolean added;
  void (*func) (BtPollee *pollee, guint32 events);
};

BtPoller *bt_poller_new (GMainContext *context, GError **error);
void bt_poller_free (BtPoller *poller);
/* 0 removes it. After a removal, also from inside a callback, no event for it is delivered. */
void bt_poller_set (BtPoller *poller, BtPollee *pollee, guint32 events);

G_END_DECLS
