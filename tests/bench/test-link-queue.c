/* test-link-queue.c: the slow link of the benchmark keeps its rate, delays, loses and overflows, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-link-queue.h"

#include <string.h>

#define PACKET 1250       /* takes 100 µs at 100 Mbit/s */
#define SENDING_US 100
#define DELAY_US 25000
#define QUEUE_PACKETS 50

static const FtLinkTraits link_100_mbit = {
  .rate_bits_per_s = 100 * 1000 * 1000,
  .delay_us = DELAY_US,
  .queue_bytes = QUEUE_PACKETS * PACKET,
};

static void
push (FtLinkQueue *queue, guint n, gint64 now)
{
  guint8 bytes[PACKET];

  memset (bytes, (int) n, sizeof bytes);
  ft_link_queue_push (queue, bytes, sizeof bytes, now);
}

static guint
pop_all (FtLinkQueue *queue, gint64 now)
{
  FtLinkPacket *packet;
  guint n = 0;

  for (; (packet = ft_link_queue_pop (queue, now)) != NULL; n++)
    g_free (packet);
  return n;
}

static void
test_delay (void)
{
  g_autoptr (FtLinkQueue) queue = ft_link_queue_new (&link_100_mbit, 1);

  g_assert_cmpint (ft_link_queue_due (queue), ==, G_MAXINT64);
  push (queue, 0, 1000);
  g_assert_cmpint (ft_link_queue_due (queue), ==, 1000 + SENDING_US + DELAY_US);
  g_assert_cmpuint (pop_all (queue, 1000 + SENDING_US + DELAY_US - 1), ==, 0);
  g_assert_cmpuint (pop_all (queue, 1000 + SENDING_US + DELAY_US), ==, 1);
}

static void
test_order_and_bytes (void)
{
  g_autoptr (FtLinkQueue) queue = ft_link_queue_new (&link_100_mbit, 1);

  for (guint i = 0; i < QUEUE_PACKETS; i++)
    push (queue, i, 0);
  for (guint i = 0; i < QUEUE_PACKETS; i++)
    {
      g_autofree FtLinkPacket *packet = NULL;

      g_assert_cmpint (ft_link_queue_due (queue), ==, (i + 1) * SENDING_US + DELAY_US);
      packet = ft_link_queue_pop (queue, G_MAXINT64 - 1);
      g_assert_nonnull (packet);
      g_assert_cmpuint (packet->length, ==, PACKET);
      g_assert_cmpuint (packet->bytes[0], ==, i);
      g_assert_cmpuint (packet->bytes[PACKET - 1], ==, i);
    }
}

/* Twice as much as the link takes: what it takes arrives at its rate, the rest is dropped. */
static void
test_rate (void)
{
  g_autoptr (FtLinkQueue) queue = ft_link_queue_new (&link_100_mbit, 1);
  guint n_sent = 20000, n_arrived = 0;

  for (guint i = 0; i < n_sent; i++)
    {
      push (queue, i, i * SENDING_US / 2);
      n_arrived += pop_all (queue, i * SENDING_US / 2);
    }
  g_assert_cmpuint (n_arrived, ==, n_sent / 2 - DELAY_US / SENDING_US - 1);
  n_arrived += pop_all (queue, G_MAXINT64 - 1);
  g_assert_cmpuint (n_arrived, >=, n_sent / 2);
  g_assert_cmpuint (n_arrived, <=, n_sent / 2 + QUEUE_PACKETS);
  g_assert_cmpuint (n_arrived + ft_link_queue_n_overflowed (queue), ==, n_sent);
}

static void
test_overflow (void)
{
  g_autoptr (FtLinkQueue) queue = ft_link_queue_new (&link_100_mbit, 1);

  for (guint i = 0; i < 3 * QUEUE_PACKETS; i++)
    push (queue, i, 0);
  g_assert_cmpuint (ft_link_queue_n_overflowed (queue), ==, 2 * QUEUE_PACKETS);
  /* One has left: there is room for one. */
  push (queue, 0, SENDING_US);
  push (queue, 0, SENDING_US);
  g_assert_cmpuint (ft_link_queue_n_overflowed (queue), ==, 2 * QUEUE_PACKETS + 1);
  g_assert_cmpuint (pop_all (queue, G_MAXINT64 - 1), ==, QUEUE_PACKETS + 1);
}

static guint64
count_lost (guint32 seed, GString *which)
{
  FtLinkTraits traits = link_100_mbit;
  g_autoptr (FtLinkQueue) queue = NULL;
  guint64 n_lost = 0;

  traits.loss = 0.005;
  queue = ft_link_queue_new (&traits, seed);
  for (guint i = 0; i < 100000; i++)
    {
      push (queue, i, (gint64) i * SENDING_US);
      pop_all (queue, (gint64) i * SENDING_US);
      if (ft_link_queue_n_lost (queue) > n_lost)
        g_string_append_printf (which, " %u", i);
      n_lost = ft_link_queue_n_lost (queue);
    }
  g_assert_cmpuint (ft_link_queue_n_overflowed (queue), ==, 0);
  return n_lost;
}

/* 500 are expected; with this many packets a fair dice stays within six deviations of 22. */
static void
test_loss (void)
{
  g_autoptr (GString) first = g_string_new (NULL);
  g_autoptr (GString) again = g_string_new (NULL);
  g_autoptr (GString) other = g_string_new (NULL);
  guint64 n = count_lost (1, first);

  g_assert_cmpuint (n, >, 500 - 6 * 22);
  g_assert_cmpuint (n, <, 500 + 6 * 22);
  g_assert_cmpuint (count_lost (1, again), ==, n);
  g_assert_cmpstr (first->str, ==, again->str);
  count_lost (2, other);
  g_assert_cmpstr (first->str, !=, other->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link-queue/delay", test_delay);
  g_test_add_func ("/link-queue/order-and-bytes", test_order_and_bytes);
  g_test_add_func ("/link-queue/rate", test_rate);
  g_test_add_func ("/link-queue/overflow", test_overflow);
  g_test_add_func ("/link-queue/loss", test_loss);
  return g_test_run ();
}
