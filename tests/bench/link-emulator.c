/* link-emulator.c: a slow link between two network namespaces, for kernels that have no netem.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-link-queue.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Each end is a TUN device in a namespace of its own; whoever started this gives it addresses when it reads
 * "ready". It ends when its standard input does. */

#define DEVICE "slow"
#define MAX_PACKET 65536
#define PACKETS_PER_TURN 64
/* Packets that arrive so soon after each other are handed over together. */
#define SLACK_US 100

typedef struct
{
  int device;
  FtLinkQueue *queue; /* towards it */
} End;

typedef struct
{
  End ends[2];
  int timer;
  int epoll;
} Link;

/* What epoll says; the ends are 0 and 1. */
enum
{
  EVENT_TIMER = 2,
  EVENT_INPUT,
};

static void G_GNUC_NORETURN
fail (const char *what)
{
  perror (what);
  exit (EXIT_FAILURE);
}

/* A device belongs to the namespace in which /dev/net/tun was opened. */
static int
open_device (int namespace)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  int fd;

  if (setns (namespace, CLONE_NEWNET) < 0)
    fail ("setns");
  fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    fail ("/dev/net/tun");
  g_strlcpy (request.ifr_name, DEVICE, sizeof request.ifr_name);
  if (ioctl (fd, TUNSETIFF, &request) < 0)
    fail ("TUNSETIFF");
  return fd;
}

static void
watch (Link *link, int fd, guint32 what)
{
  struct epoll_event event = { .events = EPOLLIN, .data.u32 = what };

  if (epoll_ctl (link->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
    fail ("epoll_ctl");
}

/* What one end sends goes into the queue towards the other. */
static void
take_packets (Link *link, guint from)
{
  FtLinkQueue *queue = link->ends[1 - from].queue;
  guint8 bytes[MAX_PACKET];

  for (guint i = 0; i < PACKETS_PER_TURN; i++)
    {
      ssize_t length = read (link->ends[from].device, bytes, sizeof bytes);

      if (length <= 0)
        return;
      ft_link_queue_push (queue, bytes, (gsize) length, g_get_monotonic_time ());
    }
}

static void
deliver (End *end)
{
  gint64 now = g_get_monotonic_time () + SLACK_US;
  FtLinkPacket *packet;

  while ((packet = ft_link_queue_pop (end->queue, now)) != NULL)
    {
      /* A device that is not up yet takes nothing, as a cable that nobody has plugged in. */
      if (write (end->device, packet->bytes, packet->length) < 0 && errno != EIO && errno != EAGAIN)
        fail ("write");
      g_free (packet);
    }
}

static void
set_timer (Link *link)
{
  gint64 due = MIN (ft_link_queue_due (link->ends[0].queue), ft_link_queue_due (link->ends[1].queue));
  struct itimerspec when = { 0 };

  /* Nothing is due: all zeros disarm it. The clock is that of g_get_monotonic_time(). */
  if (due != G_MAXINT64)
    when.it_value = (struct timespec){ due / G_USEC_PER_SEC, due % G_USEC_PER_SEC * 1000 };
  if (timerfd_settime (link->timer, TFD_TIMER_ABSTIME, &when, NULL) < 0)
    fail ("timerfd_settime");
}

/* FALSE: whoever started this is gone. */
static gboolean
handle (Link *link, guint32 what)
{
  guint64 expirations;
  char input;

  if (what == EVENT_INPUT)
    return read (STDIN_FILENO, &input, 1) > 0;
  if (what == EVENT_TIMER && read (link->timer, &expirations, sizeof expirations) < 0 && errno != EAGAIN)
    fail ("timer");
  if (what < G_N_ELEMENTS (link->ends))
    take_packets (link, what);
  return TRUE;
}

static void
run (Link *link)
{
  struct epoll_event events[4];

  for (;;)
    {
      int n = epoll_wait (link->epoll, events, G_N_ELEMENTS (events), -1);

      if (n < 0 && errno != EINTR)
        fail ("epoll_wait");
      for (int i = 0; i < n; i++)
        if (!handle (link, events[i].data.u32))
          return;
      deliver (&link->ends[0]);
      deliver (&link->ends[1]);
      set_timer (link);
    }
}

static void
open_link (Link *link, const FtLinkTraits *traits, guint32 seed, const int *namespaces)
{
  link->epoll = epoll_create1 (EPOLL_CLOEXEC);
  link->timer = timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (link->epoll < 0 || link->timer < 0)
    fail ("epoll or timer");
  for (guint i = 0; i < G_N_ELEMENTS (link->ends); i++)
    {
      link->ends[i].device = open_device (namespaces[i]);
      link->ends[i].queue = ft_link_queue_new (traits, seed + i);
      watch (link, link->ends[i].device, i);
    }
  watch (link, link->timer, EVENT_TIMER);
  watch (link, STDIN_FILENO, EVENT_INPUT);
}

static void
report (const Link *link)
{
  for (guint i = 0; i < G_N_ELEMENTS (link->ends); i++)
    fprintf (stderr, "to end %u: %" G_GUINT64_FORMAT " packets lost, %" G_GUINT64_FORMAT " dropped by the full queue\n",
             i + 1, ft_link_queue_n_lost (link->ends[i].queue), ft_link_queue_n_overflowed (link->ends[i].queue));
}

int
main (int argc, char **argv)
{
  double rate_mbit = 100, delay_ms = 25, loss_percent = 0;
  int queue_kib = 512, seed = 1, namespaces[2] = { -1, -1 };
  GOptionEntry entries[] = {
    { "first", 0, 0, G_OPTION_ARG_INT, &namespaces[0], "descriptor of a namespace", "FD" },
    { "second", 0, 0, G_OPTION_ARG_INT, &namespaces[1], "that of the other", "FD" },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &rate_mbit, "of each direction", "MBIT/S" },
    { "delay", 0, 0, G_OPTION_ARG_DOUBLE, &delay_ms, "one way", "MS" },
    { "loss", 0, 0, G_OPTION_ARG_DOUBLE, &loss_percent, "of packets", "PERCENT" },
    { "queue", 0, 0, G_OPTION_ARG_INT, &queue_kib, "of each direction", "KIB" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "of what is lost", "N" },
    { 0 },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  FtLinkTraits traits;
  Link link;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) )
    {
      fprintf (stderr, "%s\n", error->message);
      return EXIT_FAILURE;
    }
  traits = (FtLinkTraits){ (guint64) (rate_mbit * 1e6), (gint64) (delay_ms * 1000), loss_percent / 100,
                           (gsize) queue_kib * 1024 };
  open_link (&link, &traits, (guint32) seed, namespaces);
  puts ("ready");
  fflush (stdout);
  run (&link);
  report (&link);
  return EXIT_SUCCESS;
}
