/* bt-chunks.h: many short-lived bytes that lie together, and leave no holes when they go.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Ten thousand blocks of some kilobytes between small ones that stay would leave memory that cannot be given
 * back. Here they lie in pieces of a megabyte, each of which goes with the last bytes in it. */
typedef struct _BtChunks BtChunks;

BtChunks *bt_chunks_new (void);
/* What was copied stays good. */
void bt_chunks_free (BtChunks *chunks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtChunks, bt_chunks_free)

/* Returns: (transfer full): a copy; may be released in any thread */
GBytes *bt_chunks_copy (BtChunks *chunks, gconstpointer data, gsize length);

G_END_DECLS
