/* bt-byte-queue.c: bytes that go in at one end and out at the other.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-byte-queue.h"

#include <string.h>

guint8 *
bt_byte_queue_reserve (BtByteQueue *queue, gsize length)
{
  gsize used = bt_byte_queue_length (queue);

  if (queue->size - queue->end < length && queue->start > 0)
    {
      memmove (queue->data, queue->data + queue->start, used);
      queue->start = 0;
      queue->end = used;
    }
  if (queue->size - queue->end < length)
    {
      queue->size = MAX (queue->size * 2, used + length);
      queue->data = g_realloc (queue->data, queue->size);
    }
  return queue->data + queue->end;
}

void
bt_byte_queue_commit (BtByteQueue *queue, gsize length)
{
  g_assert (length <= queue->size - queue->end);
  queue->end += length;
}

void
bt_byte_queue_push (BtByteQueue *queue, const void *bytes, gsize length)
{
  if (length == 0)
    return;
  memcpy (bt_byte_queue_reserve (queue, length), bytes, length);
  queue->end += length;
}

void
bt_byte_queue_pop (BtByteQueue *queue, gsize length)
{
  g_assert (length <= bt_byte_queue_length (queue));
  queue->start += length;
  if (queue->start == queue->end)
    queue->start = queue->end = 0;
}

void
bt_byte_queue_clear (BtByteQueue *queue)
{
  g_free (queue->data);
  *queue = (BtByteQueue){ 0 };
}
