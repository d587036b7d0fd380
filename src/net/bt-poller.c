/* bt-poller.c: one epoll descriptor for all sockets, as one GSource.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-poller.h"

#include "bt-error.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Events taken in one turn of the main loop, so that timers and letters have theirs. What is left
 * keeps the epoll descriptor readable; the kernel takes descriptors in turn, so none starves. */
#define EVENTS_PER_TURN 64

struct _BtPoller
{
  GSource source;
  int fd;
  /* The turn that is being delivered. A pollee that is removed meanwhile is struck out, since the
   * kernel reported it before it was gone. */
  struct epoll_event ready[EVENTS_PER_TURN];
  int next;
  int n_ready;
};

static gboolean
deliver_events (GSource *source, GSourceFunc callback, gpointer data)
{
  BtPoller *poller = (BtPoller *) source;

  poller->next = 0;
  poller->n_ready = epoll_wait (poller->fd, poller->ready, EVENTS_PER_TURN, 0);

  while (poller->next < poller->n_ready)
    {
      const struct epoll_event *event = &poller->ready[poller->next++];
      BtPollee *pollee = event->data.ptr;
      guint32 events;

      if (pollee == NULL || pollee->events == 0)
        continue;

      /* What is asked for may have shrunk since the kernel looked. */
      events = event->events & (pollee->events | EPOLLERR | EPOLLHUP);
      if (events != 0)
        pollee->func (pollee, events);
    }
  poller->n_ready = 0;
  return G_SOURCE_CONTINUE;
}

static void
close_descriptor (GSource *source)
{
  BtPoller *poller = (BtPoller *) source;

  if (poller->fd >= 0)
    close (poller->fd);
}

BtPoller *
bt_poller_new (GMainContext *context, GError **error)
{
  static GSourceFuncs funcs = { .dispatch = deliver_events, .finalize = close_descriptor };
  g_autoptr (GSource) source = g_source_new (&funcs, sizeof (BtPoller));
  BtPoller *poller = (BtPoller *) source;

  poller->fd = epoll_create1 (EPOLL_CLOEXEC);
  if (poller->fd < 0)
    {
      int saved_errno = errno;
      g_set_error (error, BT_ERROR, BT_ERROR_NETWORK, "Sockets cannot be watched: %s",
                   g_strerror (saved_errno));
      return NULL;
    }

  g_source_set_static_name (source, "BtPoller");
  /* Else GLib takes the descriptor out of the context's poll for the time of each dispatch and puts
   * it back after, and either wakes a loop that does not sleep: two writes and one turn for nothing.
   * Dispatched from within itself it would deliver what is ready, and end the turn outside. */
  g_source_set_can_recurse (source, TRUE);
  g_source_add_unix_fd (source, poller->fd, G_IO_IN);
  g_source_attach (source, context);
  return (BtPoller *) g_steal_pointer (&source);
}

void
bt_poller_free (BtPoller *poller)
{
  /* The main loop holds a reference while it dispatches. */
  poller->n_ready = 0;
  g_source_destroy (&poller->source);
  g_source_unref (&poller->source);
}

gboolean
bt_poller_add (BtPoller *poller, BtPollee *pollee, GError **error)
{
  struct epoll_event event = { .events = EPOLLET, .data.ptr = pollee };

  g_assert (!pollee->added);
  g_assert (pollee->func != NULL);

  if (epoll_ctl (poller->fd, EPOLL_CTL_ADD, pollee->fd, &event) < 0)
    {
      int saved_errno = errno;
      g_set_error (error, BT_ERROR, BT_ERROR_NETWORK, "A socket cannot be watched: %s",
                   g_strerror (saved_errno));
      return FALSE;
    }
  pollee->added = TRUE;
  pollee->events = 0;
  return TRUE;
}

void
bt_poller_set (BtPoller *poller, BtPollee *pollee, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = pollee };

  g_assert (pollee->added);

  if (events == pollee->events)
    return;

  /* The kernel reports errors and hang-ups whether asked or not. Edge-triggered it does so once,
   * so a pollee that asks for nothing does not keep the loop busy. */
  if (events == 0)
    event.events = EPOLLET;
  pollee->events = events;

  /* Modifying needs no memory: this fails for a descriptor that is not there alone. */
  if (epoll_ctl (poller->fd, EPOLL_CTL_MOD, pollee->fd, &event) < 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

void
bt_poller_remove (BtPoller *poller, BtPollee *pollee)
{
  g_assert (pollee->added);

  epoll_ctl (poller->fd, EPOLL_CTL_DEL, pollee->fd, NULL);
  pollee->added = FALSE;
  pollee->events = 0;

  for (int i = poller->next; i < poller->n_ready; i++)
    if (poller->ready[i].data.ptr == pollee)
      poller->ready[i].data.ptr = NULL;
}
