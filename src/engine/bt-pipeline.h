/* bt-pipeline.h: how many requests to keep outstanding with one peer, and when it is snubbed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-message.h"

G_BEGIN_DECLS

/* The requests that are outstanding with one peer, oldest first, and the rules of scheduling.md 2:
 * slow start (one more for each block received) until the rate no longer grows, then rate × delay;
 * between 2 and one less than the peer's reqq; 1 while snubbed. */
typedef struct _BtPipeline BtPipeline;

BtPipeline *bt_pipeline_new (gint64 now);
void bt_pipeline_free (BtPipeline *pipeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtPipeline, bt_pipeline_free)

void bt_pipeline_set_limit (BtPipeline *pipeline, guint reqq); /* what the peer will queue */

/* How many more to ask for now. */
guint bt_pipeline_room (BtPipeline *pipeline);
guint bt_pipeline_length (const BtPipeline *pipeline);
void bt_pipeline_sent (BtPipeline *pipeline, const BtBlock *block, gint64 now);
/* TRUE if it was outstanding. Ends being snubbed. */
gboolean bt_pipeline_received (BtPipeline *pipeline, const BtBlock *block, gint64 now);
gboolean bt_pipeline_remove (BtPipeline *pipeline, const BtBlock *block); /* rejected, cancelled */
gboolean bt_pipeline_contains (const BtPipeline *pipeline, const BtBlock *block);
/* All of them are off: choked without the fast extension, or the peer is dropped. @func may be NULL. */
void bt_pipeline_clear (BtPipeline *pipeline, void (*func) (const BtBlock *block, gpointer data), gpointer data);
/* Those of one piece are off. */
void bt_pipeline_remove_piece (BtPipeline *pipeline, guint32 piece, void (*func) (const BtBlock *block, gpointer data),
                               gpointer data);
/* Payload came (a part of a block is enough): it is not stalled. The rate is made of these bytes;
 * bt_pipeline_received() adds none. With 0 bytes: it was not read from, so silence is not its fault. */
void bt_pipeline_progress (BtPipeline *pipeline, gsize bytes, gint64 now);

/* Once a second: updates rate and size. Returns TRUE when the peer has just become snubbed: nothing
 * came for 20 s, or for mean + 4 × deviation of its block times, 2 s at least, once that is known. */
gboolean bt_pipeline_tick (BtPipeline *pipeline, gint64 now);
gboolean bt_pipeline_is_snubbed (const BtPipeline *pipeline);
/* The oldest outstanding block and how long it waits; FALSE if none. */
gboolean bt_pipeline_oldest (const BtPipeline *pipeline, gint64 now, BtBlock *block, gint64 *age_us);
guint64 bt_pipeline_rate (const BtPipeline *pipeline); /* payload bytes a second, smoothed */

G_END_DECLS
