/* ft-link-queue.h: one direction of a slow link, without its wires: rate, delay, loss and a bounded queue.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 rate_bits_per_s;
  gint64 delay_us;   /* one way, after the packet has left the queue */
  double loss;       /* of each packet, from 0 to 1 */
  gsize queue_bytes; /* that may wait to be sent; what comes then is dropped */
} FtLinkTraits;

typedef struct
{
  gint64 due;
  gsize length;
  guint8 bytes[];
} FtLinkPacket;

/* Packets leave one after the other at the rate, then travel for the delay; the order stays. What is lost is
 * lost on the way, so it takes its share of the rate. */
typedef struct _FtLinkQueue FtLinkQueue;

/* @traits is copied. The same @seed loses the same packets. */
FtLinkQueue *ft_link_queue_new (const FtLinkTraits *traits, guint32 seed);
void ft_link_queue_free (FtLinkQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtLinkQueue, ft_link_queue_free)

void ft_link_queue_push (FtLinkQueue *queue, const void *bytes, gsize length, gint64 now);
/* The next packet that has arrived by @now. Returns: (transfer full) (nullable): to be freed with g_free(). */
FtLinkPacket *ft_link_queue_pop (FtLinkQueue *queue, gint64 now);
/* When the next arrives; G_MAXINT64: there is none. */
gint64 ft_link_queue_due (FtLinkQueue *queue);

guint64 ft_link_queue_n_overflowed (FtLinkQueue *queue);
guint64 ft_link_queue_n_lost (FtLinkQueue *queue);

G_END_DECLS
