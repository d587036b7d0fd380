/* bt-buffer.c: pooled buffers for payload.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-buffer.h"

#include "bt-limits.h"

#include <sys/mman.h>

/* From this size on a buffer has pages of its own. When it is freed they are the system's again: in the heap what came
 * after it would hold them. malloc() does so as well, but only until the first such buffer is freed. AddressSanitizer
 * watches what malloc() gives alone. */
#ifdef __SANITIZE_ADDRESS__ /* the build says so to compilers that do not */
#define OWN_PAGES_BYTES G_MAXUINT32
#else
#define OWN_PAGES_BYTES (64u * 1024)
#endif

/* Idle buffers wait twice: in the queue of their size, newest first because its memory is warm,
 * and in one queue of all by age, from which the oldest are freed when there are too many. So the
 * sizes of a torrent that is gone make room for those in use. */
typedef struct
{
  BtBuffer buffer;
  GQueue *same_size;
  GList size_link;
  GList age_link;
} PooledBuffer;

struct _BtBufferPool
{
  GHashTable *sizes; /* size → (owned) GQueue of PooledBuffer */
  GQueue by_age;     /* newest first */
  gsize idle_bytes;
  gsize max_idle_bytes;
  gsize bytes_out;
};

static guint8 *
allocate (guint32 size)
{
  void *pages;

  if (size < OWN_PAGES_BYTES)
    return g_malloc (size);
  pages = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    g_error ("No memory for a buffer of %u bytes", size); /* as g_malloc() does */
  return pages;
}

static void
release (guint8 *data, guint32 size)
{
  if (size < OWN_PAGES_BYTES)
    g_free (data);
  else
    munmap (data, size);
}

static void
unlink_idle (BtBufferPool *pool, PooledBuffer *pooled)
{
  g_queue_unlink (pooled->same_size, &pooled->size_link);
  g_queue_unlink (&pool->by_age, &pooled->age_link);
  pool->idle_bytes -= pooled->buffer.size;
}

static void
trim_idle (BtBufferPool *pool, gsize max_bytes)
{
  while (pool->idle_bytes > max_bytes)
    {
      PooledBuffer *oldest = g_queue_peek_tail (&pool->by_age);

      unlink_idle (pool, oldest);
      release (oldest->buffer.data, oldest->buffer.size);
      g_free (oldest);
    }
}

static GQueue *
get_size_queue (BtBufferPool *pool, guint32 size)
{
  GQueue *queue = g_hash_table_lookup (pool->sizes, GUINT_TO_POINTER (size));

  if (queue == NULL)
    {
      queue = g_queue_new ();
      g_hash_table_insert (pool->sizes, GUINT_TO_POINTER (size), queue);
    }
  return queue;
}

static PooledBuffer *
make_buffer (BtBufferPool *pool, guint32 size)
{
  PooledBuffer *pooled = g_new0 (PooledBuffer, 1);

  pooled->buffer.pool = pool;
  pooled->buffer.data = allocate (size);
  pooled->buffer.size = size;
  pooled->same_size = get_size_queue (pool, size);
  pooled->size_link.data = pooled;
  pooled->age_link.data = pooled;
  return pooled;
}

BtBufferPool *
bt_buffer_pool_new (gsize max_idle_bytes)
{
  BtBufferPool *pool = g_new0 (BtBufferPool, 1);

  pool->sizes = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_queue_free);
  g_queue_init (&pool->by_age);
  pool->max_idle_bytes = max_idle_bytes;
  return pool;
}

void
bt_buffer_pool_free (BtBufferPool *pool)
{
  g_assert (pool->bytes_out == 0);
  trim_idle (pool, 0);
  g_hash_table_unref (pool->sizes);
  g_free (pool);
}

BtBuffer *
bt_buffer_pool_get (BtBufferPool *pool, gsize size)
{
  gsize rounded = MAX (size, 1) + BT_LIMIT_BLOCK - 1;
  PooledBuffer *pooled;

  g_assert (size <= G_MAXUINT32 - BT_LIMIT_BLOCK);
  rounded -= rounded % BT_LIMIT_BLOCK;
  pooled = g_queue_peek_head (get_size_queue (pool, (guint32) rounded));
  if (pooled != NULL)
    unlink_idle (pool, pooled);
  else
    pooled = make_buffer (pool, (guint32) rounded);
  pooled->buffer.refs = 1;
  pool->bytes_out += rounded;
  return &pooled->buffer;
}

gsize
bt_buffer_pool_bytes_out (const BtBufferPool *pool)
{
  return pool->bytes_out;
}

BtBuffer *
bt_buffer_ref (BtBuffer *buffer)
{
  g_assert (buffer->refs > 0);
  buffer->refs++;
  return buffer;
}

void
bt_buffer_unref (BtBuffer *buffer)
{
  PooledBuffer *pooled = (PooledBuffer *) buffer;
  BtBufferPool *pool = buffer->pool;

  g_assert (buffer->refs > 0);
  if (--buffer->refs > 0)
    return;
  pool->bytes_out -= buffer->size;
  pool->idle_bytes += buffer->size;
  g_queue_push_head_link (pooled->same_size, &pooled->size_link);
  g_queue_push_head_link (&pool->by_age, &pooled->age_link);
  trim_idle (pool, pool->max_idle_bytes);
}
