/* bt-link-output.c: what waits to be sent to a peer, and how it leaves in few writes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-link-private.h"

#include "bt-error.h"
#include "bt-limits.h"

#define MAX_PARTS 64
/* Its head, and either its payload or where that lies in files. */
#define PARTS_OF_BLOCK (1 + BT_FILE_SLICES_MAX)

/* Written in one turn, then the others have theirs. About what the kernel takes for a quick peer at once: each turn costs
 * three system calls beside the writes. */
#define ROUND_BYTES (1024u * 1024)

/* Written blocks are dropped from the array when so many stand at its front. */
#define MAX_WRITTEN 64

static guint
count_blocks (const BtLinkOutput *output)
{
  return output->blocks->len - output->first;
}

static BtLinkBlock *
get_block (const BtLinkOutput *output, guint index)
{
  return &g_array_index (output->blocks, BtLinkBlock, output->first + index);
}

static gboolean
has_output (const BtLinkOutput *output)
{
  return bt_byte_queue_length (&output->bytes) > 0 || count_blocks (output) > 0;
}

static void
release_payload (BtLinkBlock *block)
{
  g_clear_pointer (&block->buffer, bt_buffer_unref);
  g_clear_pointer (&block->slices, bt_file_slices_unref);
}

static void
drop_first_block (BtLinkOutput *output)
{
  release_payload (get_block (output, 0));
  output->first++;
  output->begun = 0;
  if (output->first == output->blocks->len || output->first == MAX_WRITTEN)
    {
      g_array_remove_range (output->blocks, 0, output->first);
      output->first = 0;
    }
}

/* What is written next: each part, and behind it what lies in a file, where its slice has a length. */

typedef struct
{
  struct iovec parts[MAX_PARTS];
  BtFileSlice slices[MAX_PARTS];
  int n_parts;
  gboolean has_slices;
  gsize total;
} Batch;

static void
add_part (Batch *batch, const guint8 *bytes, gsize length)
{
  if (length == 0)
    return;
  batch->parts[batch->n_parts] = (struct iovec){ (guint8 *) bytes, length };
  batch->slices[batch->n_parts++].length = 0;
  batch->total += length;
}

/* Behind the last part, if that is not followed by another yet. */
static void
add_slice (Batch *batch, const BtFileSlice *slice)
{
  if (batch->n_parts == 0 || batch->slices[batch->n_parts - 1].length > 0)
    batch->parts[batch->n_parts++] = (struct iovec){ 0 };
  batch->slices[batch->n_parts - 1] = *slice;
  batch->has_slices = TRUE;
  batch->total += slice->length;
}

/* Head and payload from @skip on. */
static void
add_block (Batch *batch, const BtLinkBlock *block, gsize skip)
{
  gsize in_head = MIN (skip, BT_MESSAGE_PIECE_HEAD);
  guint32 at = (guint32) (skip - in_head);

  add_part (batch, block->head + in_head, BT_MESSAGE_PIECE_HEAD - in_head);
  if (block->slices == NULL)
    add_part (batch, block->buffer->data + block->offset + at, block->block.length - at);
  while (block->slices != NULL && at < block->block.length)
    {
      BtFileSlice slice = bt_file_slices_get (block->slices, block->offset + at, block->block.length - at);

      add_slice (batch, &slice);
      at += slice.length;
    }
}

/* Only blocks wait for tokens, and only before they are begun: requests, haves and so on are few
 * bytes that would hold up our own downloads. All take tokens, so the limit holds on average. */
static void
gather (BtLink *link, gint64 now, gsize budget, Batch *batch)
{
  BtLinkOutput *output = &link->output;
  guint n_blocks = count_blocks (output);
  guint next = 0;
  gsize allowed;

  batch->n_parts = 0;
  batch->has_slices = FALSE;
  batch->total = 0;
  if (output->begun > 0)
    add_block (batch, get_block (output, next++), output->begun);
  add_part (batch, bt_byte_queue_peek (&output->bytes), bt_byte_queue_length (&output->bytes));
  if (next == n_blocks || batch->total >= budget)
    return;

  allowed = bt_link_grant (link->up, now, budget - batch->total, &output->pump);
  while (next < n_blocks && allowed > 0 && batch->n_parts + PARTS_OF_BLOCK <= MAX_PARTS)
    {
      const BtLinkBlock *block = get_block (output, next++);

      add_block (batch, block, 0);
      allowed -= MIN (allowed, BT_MESSAGE_PIECE_HEAD + block->block.length);
    }
}

/* What was written. */

static gsize
advance_block (BtLink *link, gsize length)
{
  BtLinkOutput *output = &link->output;
  const BtLinkBlock *block = get_block (output, 0);
  gsize whole = BT_MESSAGE_PIECE_HEAD + (gsize) block->block.length;
  gsize step = MIN (length, whole - output->begun);
  gsize head_left = BT_MESSAGE_PIECE_HEAD - MIN (output->begun, BT_MESSAGE_PIECE_HEAD);

  link->counts.payload_out += step - MIN (step, head_left);
  output->block_bytes -= step;
  output->begun += step;
  if (output->begun == whole)
    drop_first_block (output);
  return step;
}

/* In the order of gather(). */
static void
take_written (BtLink *link, gint64 now, gsize length)
{
  BtLinkOutput *output = &link->output;
  gsize in_bytes;

  link->counts.bytes_out += length;
  link->last_sent = now;
  if (link->up != NULL)
    bt_limiter_take (link->up, now, length);

  if (output->begun > 0)
    length -= advance_block (link, length);
  in_bytes = MIN (length, bt_byte_queue_length (&output->bytes));
  bt_byte_queue_pop (&output->bytes, in_bytes);
  length -= in_bytes;
  while (length > 0)
    length -= advance_block (link, length);
}

static gssize
write_batch (BtLink *link, const Batch *batch, GError **error)
{
  BtStream *stream = link->stream;

  if (batch->has_slices)
    return stream->ops->send_files (stream, batch->parts, batch->slices, batch->n_parts, error);
  return stream->ops->writev (stream, batch->parts, batch->n_parts, error);
}

static void
fail_to_write (BtLink *link, const GError *error)
{
  if (error == NULL || g_error_matches (error, BT_ERROR, BT_ERROR_NETWORK))
    {
      bt_link_close (link, BT_CLOSE_NETWORK, error != NULL ? error->message : NULL);
      return;
    }
  if (link->ops->file_failed != NULL)
    link->ops->file_failed (link, error, link->owner);
  bt_link_close (link, BT_CLOSE_DISK, error->message);
}

/* Returns the bytes written, 0 when there is nothing to do but wait. */
static gsize
write_once (BtLink *link, gint64 now, gsize budget)
{
  g_autoptr (GError) error = NULL;
  Batch batch;
  gssize written;

  gather (link, now, budget, &batch);
  if (batch.total == 0)
    return 0;
  written = write_batch (link, &batch, &error);
  if (written < 0 && written != BT_STREAM_AGAIN)
    {
      fail_to_write (link, error);
      return 0;
    }
  link->output.blocked = written < 0 || (gsize) written < batch.total;
  if (written <= 0)
    return 0;
  take_written (link, now, (gsize) written);
  return (gsize) written;
}

static void
tell_drained (BtLink *link)
{
  if (link->ops->drained != NULL)
    link->ops->drained (link, link->owner);
}

void
bt_link_flush (BtLink *link)
{
  BtLinkOutput *output = &link->output;
  guint64 payload_before = link->counts.payload_out;
  gint64 now = bt_world_now (link->world);
  gsize budget = ROUND_BYTES;

  bt_timer_stop (&output->pump.timer);
  while (bt_link_is_open (link) && has_output (output) && !output->blocked)
    {
      gsize written = write_once (link, now, budget);

      if (written == 0)
        break;
      budget -= MIN (written, budget);
      /* The others first; the stream will tell at once that it takes more. */
      if (budget == 0)
        output->blocked = TRUE;
    }
  if (bt_byte_queue_length (&output->bytes) == 0)
    bt_byte_queue_clear (&output->bytes);
  if (count_blocks (output) == 0)
    output->pump.thirsty_since = 0;
  if (bt_link_is_open (link) && link->counts.payload_out > payload_before)
    tell_drained (link);
}

void
bt_link_schedule_flush (BtLink *link)
{
  BtLinkOutput *output = &link->output;
  gboolean has_bytes = bt_byte_queue_length (&output->bytes) > 0;
  gboolean thirsty = output->pump.thirsty_since != 0 && bt_timer_is_running (&output->pump.timer);

  if (link->depth > 0 || !bt_link_is_open (link) || link->state < BT_LINK_HANDSHAKE
      || output->blocked)
    return;
  if (has_bytes || (count_blocks (output) > 0 && !thirsty))
    bt_timer_start (&output->pump.timer, bt_world_now (link->world));
}

void
bt_link_init_output (BtLink *link, BtTimers *timers, BtTimerFunc func)
{
  link->output.blocks = g_array_new (FALSE, FALSE, sizeof (BtLinkBlock));
  bt_timer_init (&link->output.pump.timer, timers, func, link);
}

void
bt_link_clear_output (BtLink *link)
{
  BtLinkOutput *output = &link->output;

  bt_timer_stop (&output->pump.timer);
  bt_byte_queue_clear (&output->bytes);
  for (guint i = 0; i < count_blocks (output); i++)
    release_payload (get_block (output, i));
  output->block_bytes = 0;
  g_clear_pointer (&output->blocks, g_array_unref);
}

/* Public. */

void
bt_link_send (BtLink *link, const void *bytes, gsize length)
{
  BtLinkOutput *output = &link->output;

  if (!bt_link_is_open (link))
    return;
  if (bt_byte_queue_length (&output->bytes) + length > BT_LIMIT_PEER_OUTPUT)
    {
      bt_link_doom (link, BT_CLOSE_FLOOD, "does not take what it asked for");
      return;
    }
  bt_byte_queue_push (&output->bytes, bytes, length);
  bt_link_schedule_flush (link);
}

static void
queue_block (BtLink *link, BtLinkBlock *queued)
{
  bt_message_encode_piece_head (&queued->block, queued->head);
  g_array_append_vals (link->output.blocks, queued, 1);
  link->output.block_bytes += BT_MESSAGE_PIECE_HEAD + (gsize) queued->block.length;
  bt_link_schedule_flush (link);
}

void
bt_link_send_block (BtLink *link, const BtBlock *block, BtBuffer *buffer, gsize offset)
{
  BtLinkBlock queued = { .block = *block, .offset = offset };

  g_return_if_fail (offset <= buffer->size && block->length <= buffer->size - offset);

  if (!bt_link_is_open (link))
    return;
  queued.buffer = bt_buffer_ref (buffer);
  queue_block (link, &queued);
}

gboolean
bt_link_sends_files (BtLink *link)
{
  return link->stream->ops->send_files != NULL;
}

void
bt_link_send_lent_block (BtLink *link, const BtBlock *block, BtFileSlices *slices, gsize offset)
{
  BtLinkBlock queued = { .block = *block, .offset = offset };

  g_return_if_fail (bt_link_sends_files (link) && offset + block->length <= bt_file_slices_length (slices));

  if (!bt_link_is_open (link))
    return;
  queued.slices = bt_file_slices_ref (slices);
  queue_block (link, &queued);
}

gboolean
bt_link_unsend_block (BtLink *link, const BtBlock *block)
{
  BtLinkOutput *output = &link->output;

  if (!bt_link_is_open (link))
    return FALSE;
  for (guint i = output->begun > 0 ? 1 : 0; i < count_blocks (output); i++)
    {
      BtLinkBlock *queued = get_block (output, i);

      if (queued->block.piece != block->piece || queued->block.begin != block->begin
          || queued->block.length != block->length)
        continue;
      output->block_bytes -= BT_MESSAGE_PIECE_HEAD + (gsize) block->length;
      release_payload (queued);
      g_array_remove_index (output->blocks, output->first + i);
      return TRUE;
    }
  return FALSE;
}

gsize
bt_link_queued_bytes (BtLink *link)
{
  return bt_byte_queue_length (&link->output.bytes) + link->output.block_bytes;
}
