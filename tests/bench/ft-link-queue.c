/* ft-link-queue.c: one direction of a slow link, without its wires: rate, delay, loss and a bounded queue.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-link-queue.h"

#include <string.h>

#define BITS_PER_BYTE 8
#define NSEC_PER_USEC 1000

struct _FtLinkQueue
{
  FtLinkTraits traits;
  GRand *dice;
  GQueue packets;    /* of FtLinkPacket, in the order in which they are due */
  gint64 free_at_ns; /* when all that waits will have been sent; in ns, for a small packet takes few µs */
  guint64 n_overflowed, n_lost;
};

FtLinkQueue *
ft_link_queue_new (const FtLinkTraits *traits, guint32 seed)
{
  FtLinkQueue *queue = g_new0 (FtLinkQueue, 1);

  g_assert (traits->rate_bits_per_s > 0);
  queue->traits = *traits;
  queue->dice = g_rand_new_with_seed (seed);
  return queue;
}

void
ft_link_queue_free (FtLinkQueue *queue)
{
  g_queue_clear_full (&queue->packets, g_free);
  g_rand_free (queue->dice);
  g_free (queue);
}

static gint64
get_sending_ns (const FtLinkQueue *queue, gsize length)
{
  return (gint64) (length * BITS_PER_BYTE * 1e9 / (double) queue->traits.rate_bits_per_s);
}

static gboolean
has_room (const FtLinkQueue *queue, gsize length, gint64 now_ns)
{
  gint64 wait_ns = queue->free_at_ns - now_ns;

  /* An empty queue takes anything. */
  return wait_ns <= 0 || wait_ns + get_sending_ns (queue, length) <= get_sending_ns (queue, queue->traits.queue_bytes);
}

static void
enqueue (FtLinkQueue *queue, const void *bytes, gsize length)
{
  FtLinkPacket *packet = g_malloc (sizeof *packet + length);

  packet->due = queue->free_at_ns / NSEC_PER_USEC + queue->traits.delay_us;
  packet->length = length;
  memcpy (packet->bytes, bytes, length);
  g_queue_push_tail (&queue->packets, packet);
}

void
ft_link_queue_push (FtLinkQueue *queue, const void *bytes, gsize length, gint64 now)
{
  gint64 now_ns = now * NSEC_PER_USEC;

  if (!has_room (queue, length, now_ns))
    {
      queue->n_overflowed++;
      return;
    }
  queue->free_at_ns = MAX (queue->free_at_ns, now_ns) + get_sending_ns (queue, length);
  if (g_rand_double (queue->dice) < queue->traits.loss)
    queue->n_lost++;
  else
    enqueue (queue, bytes, length);
}

gint64
ft_link_queue_due (FtLinkQueue *queue)
{
  const FtLinkPacket *first = g_queue_peek_head (&queue->packets);

  return first != NULL ? first->due : G_MAXINT64;
}

FtLinkPacket *
ft_link_queue_pop (FtLinkQueue *queue, gint64 now)
{
  return ft_link_queue_due (queue) <= now ? g_queue_pop_head (&queue->packets) : NULL;
}

guint64
ft_link_queue_n_overflowed (FtLinkQueue *queue)
{
  return queue->n_overflowed;
}

guint64
ft_link_queue_n_lost (FtLinkQueue *queue)
{
  return queue->n_lost;
}
