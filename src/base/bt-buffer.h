/* bt-buffer.h: pooled buffers for payload, so that no block costs an allocation.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BtBufferPool BtBufferPool;

/* References and pool are used in the engine's thread only. While a job of the disk holds
 * a buffer, the engine keeps its reference: workers touch @data alone. */
typedef struct
{
  BtBufferPool *pool;
  guint8 *data;
  guint32 size; /* bytes that @data has */
  guint32 refs;
} BtBuffer;

/* Keeps up to @max_idle_bytes for reuse. */
BtBufferPool *bt_buffer_pool_new (gsize max_idle_bytes);
void bt_buffer_pool_free (BtBufferPool *pool); /* asserts that no buffer is out */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtBufferPool, bt_buffer_pool_free)
/* @size is rounded up to a multiple of 16 KiB. */
BtBuffer *bt_buffer_pool_get (BtBufferPool *pool, gsize size);
gsize bt_buffer_pool_bytes_out (const BtBufferPool *pool);

BtBuffer *bt_buffer_ref (BtBuffer *buffer);
void bt_buffer_unref (BtBuffer *buffer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtBuffer, bt_buffer_unref)

G_END_DECLS
