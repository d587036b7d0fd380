/* bt-byte-queue.h: bytes that go in at one end and out at the other, in one piece of memory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Zero-initialised is empty. What is in it is always contiguous, so it can be parsed in place. */
typedef struct
{
  guint8 *data;
  gsize start; /* of what is in it */
  gsize end;
  gsize size; /* allocated */
} BtByteQueue;

static inline gsize
bt_byte_queue_length (const BtByteQueue *queue)
{
  return queue->end - queue->start;
}

static inline const guint8 *
bt_byte_queue_peek (const BtByteQueue *queue)
{
  return queue->data + queue->start;
}

/* Room for @length bytes behind the last; valid until the next call. What was written there becomes
 * part of the queue by bt_byte_queue_commit(). May move what is in the queue. */
guint8 *bt_byte_queue_reserve (BtByteQueue *queue, gsize length);
void bt_byte_queue_commit (BtByteQueue *queue, gsize length);
void bt_byte_queue_push (BtByteQueue *queue, const void *bytes, gsize length);
/* Takes @length bytes off. They stay where they are until the next reserve. */
void bt_byte_queue_pop (BtByteQueue *queue, gsize length);
void bt_byte_queue_clear (BtByteQueue *queue); /* and frees the memory */

G_END_DECLS
