/* ft-fake-access.c: what hosts on a network in memory have between them and it: delay, rate, loss.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-private.h"

#define PACKET_BYTES 1400u
#define RESEND_US (200 * 1000) /* the least that TCP waits before it sends again */
#define MAX_RESENDS 5

/* The line takes so many bytes more from now on. Returns: when they are through */
static gint64
pass_line (gint64 *free_at, guint64 bytes_per_s, gint64 now, gsize length)
{
  if (bytes_per_s == 0)
    return now;
  *free_at = MAX (*free_at, now) + (gint64) (length * G_USEC_PER_SEC / bytes_per_s);
  return *free_at;
}

static gint64
draw_delay (FtFakeHost *host)
{
  const FtFakeAccess *access = &host->access;

  if (access->jitter_us == 0)
    return access->latency_us;
  return access->latency_us + bt_random_below (&host->net->random, (guint32) access->jitter_us + 1);
}

static gboolean
is_lost (FtFakeHost *host)
{
  return host->access.loss_permille > 0 && bt_random_below (&host->net->random, 1000) < host->access.loss_permille;
}

/* What comes to a host queues from now on, not from when it arrives: what is held up elsewhere for long does not
 * hold up what comes before it. */
static void
pass_both_lines (FtFakeHost *from, FtFakeHost *to, gsize length, gint64 *at)
{
  gint64 now = from->net->now;
  gint64 through = pass_line (&from->up_free_at, from->access.up_bytes_per_s, now, length);

  *at = MAX (*at, through) + draw_delay (from);
  if (to == NULL)
    return;
  through = pass_line (&to->down_free_at, to->access.down_bytes_per_s, now, length);
  *at = MAX (*at, through) + draw_delay (to);
}

static gboolean
is_queue_full (FtFakeHost *host, gint64 free_at)
{
  return host->access.queue_us > 0 && free_at - host->net->now > host->access.queue_us;
}

/* @to: (nullable): not known */
gboolean
ft_fake_pass_datagram (FtFakeHost *from, FtFakeHost *to, gsize length, gint64 *at)
{
  if (is_lost (from) || is_queue_full (from, from->up_free_at))
    return FALSE;
  if (to != NULL && (is_lost (to) || is_queue_full (to, to->down_free_at)))
    return FALSE;
  pass_both_lines (from, to, length, at);
  return TRUE;
}

/* How long it takes until a packet comes through. */
static gint64
draw_resends (FtFakeHost *from, FtFakeHost *to)
{
  gint64 wait = 0;
  gint64 next = RESEND_US + from->access.latency_us;

  for (guint i = 0; i < MAX_RESENDS && (is_lost (from) || (to != NULL && is_lost (to))); i++)
    {
      wait += next;
      next *= 2;
    }
  return wait;
}

void
ft_fake_pass_stream (FtFakeHost *from, FtFakeHost *to, gsize length, gint64 *at)
{
  gint64 wait = 0;

  pass_both_lines (from, to, length, at);
  for (gsize sent = 0; sent <= length; sent += PACKET_BYTES)
    {
      gint64 resends = draw_resends (from, to);

      wait = MAX (wait, resends);
    }
  *at += wait;
}
