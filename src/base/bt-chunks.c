/* bt-chunks.c: many short-lived bytes that lie together, and leave no holes when they go.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-chunks.h"

#include <string.h>

#define CHUNK_BYTES (1024 * 1024)

struct _BtChunks
{
  guint8 *chunk; /* (nullable): reference-counted; each of its bytes holds it as well */
  gsize used;
};

BtChunks *
bt_chunks_new (void)
{
  return g_new0 (BtChunks, 1);
}

void
bt_chunks_free (BtChunks *chunks)
{
  g_clear_pointer (&chunks->chunk, g_atomic_rc_box_release);
  g_free (chunks);
}

GBytes *
bt_chunks_copy (BtChunks *chunks, gconstpointer data, gsize length)
{
  guint8 *place;

  /* What is large lies alone anyway. */
  if (length > CHUNK_BYTES / 4)
    return g_bytes_new (data, length);
  if (chunks->chunk == NULL || CHUNK_BYTES - chunks->used < length)
    {
      g_clear_pointer (&chunks->chunk, g_atomic_rc_box_release);
      chunks->chunk = g_atomic_rc_box_alloc (CHUNK_BYTES);
      chunks->used = 0;
    }
  place = chunks->chunk + chunks->used;
  if (length > 0)
    memcpy (place, data, length);
  chunks->used += length;
  return g_bytes_new_with_free_func (place, length, g_atomic_rc_box_release, g_atomic_rc_box_acquire (chunks->chunk));
}
