/* bt-link-input.c: the bytes from a peer, cut into messages.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-link-private.h"

#include "bt-limits.h"
#include "bt-reader.h"

/* Blocks go from the stream straight to their place, and behind the rest of a block follows almost
 * always the head of the next. So where a block is expected only so much is read into the receive
 * buffer: heads and small messages between the blocks come along in the same call, and next to
 * nothing of a payload is copied. Otherwise as much as is there. */
#define TAIL_BYTES 512u
#define RECEIVE_BYTES (32u * 1024)

/* Read in one turn, so that one fast peer does not keep the others waiting. */
#define ROUND_BYTES (256u * 1024)

/* Length and id. */
#define MESSAGE_START 5

/* Telling the owner. */

static void
tell_skipped (BtLink *link, int id, gsize length)
{
  if (link->ops->skipped != NULL)
    link->ops->skipped (link, id, length, link->owner);
}

static void
tell_message (BtLink *link, const BtMessage *message)
{
  if (link->ops->message != NULL)
    link->ops->message (link, message, link->owner);
}

static guint8 *
ask_place (BtLink *link, const BtBlock *block)
{
  if (link->ops->block_place == NULL)
    return NULL;
  return link->ops->block_place (link, block, link->owner);
}

static void
close_for_length (BtLink *link, BtCloseReason reason, const char *name, guint32 length)
{
  g_autofree char *detail = g_strdup_printf ("%s of %u bytes", name, length);

  bt_link_close (link, reason, detail);
}

/* Handshake. */

static gboolean
take_handshake_head (BtLink *link)
{
  BtLinkInput *input = &link->input;
  BtHandshake handshake;

  if (bt_byte_queue_length (&input->bytes) < BT_HANDSHAKE_HASH_END
      || !bt_handshake_decode_head (bt_byte_queue_peek (&input->bytes), &handshake))
    return FALSE;

  input->head_told = TRUE;
  if (link->ops->handshake_head != NULL)
    link->ops->handshake_head (link, &handshake, link->owner);
  return TRUE;
}

static gboolean
take_handshake (BtLink *link)
{
  BtLinkInput *input = &link->input;
  gsize length = bt_byte_queue_length (&input->bytes);
  BtHandshake handshake;

  if (length == 0)
    return FALSE;
  if (!bt_handshake_prefix_ok (bt_byte_queue_peek (&input->bytes), length))
    {
      bt_link_close (link, BT_CLOSE_NOT_BITTORRENT, NULL);
      return FALSE;
    }
  if (!input->head_told)
    return take_handshake_head (link);
  if (length < BT_HANDSHAKE_SIZE
      || !bt_handshake_decode (bt_byte_queue_peek (&input->bytes), &handshake))
    return FALSE;

  bt_byte_queue_pop (&input->bytes, BT_HANDSHAKE_SIZE);
  bt_link_handshake_done (link);
  if (link->ops->handshake != NULL)
    link->ops->handshake (link, &handshake, link->owner);
  return TRUE;
}

/* Blocks. */

static void
finish_block (BtLink *link)
{
  BtLinkInput *input = &link->input;
  const BtBlock block = input->block;
  gboolean discarded = input->place == NULL;

  input->in_block = FALSE;
  input->place = NULL;
  if (link->ops->block_done != NULL)
    link->ops->block_done (link, &block, discarded, link->owner);
}

/* @length bytes of the block came and are where they belong. */
static void
advance_block (BtLink *link, guint32 length)
{
  BtLinkInput *input = &link->input;
  const BtBlock block = input->block;

  input->received += length;
  link->counts.payload_in += length;
  if (link->ops->block_progress != NULL)
    link->ops->block_progress (link, &block, length, link->owner);
  if (bt_link_is_open (link) && input->received == block.length)
    finish_block (link);
}

/* Moves payload that was read together with other things to its place. */
static gboolean
take_block_bytes (BtLink *link)
{
  BtLinkInput *input = &link->input;
  gsize length = MIN (bt_byte_queue_length (&input->bytes), input->block.length - input->received);

  if (length == 0)
    return FALSE;
  if (input->place != NULL)
    memcpy (input->place + input->received, bt_byte_queue_peek (&input->bytes), length);
  bt_byte_queue_pop (&input->bytes, length);
  advance_block (link, (guint32) length);
  return TRUE;
}

static gboolean
begin_block (BtLink *link, guint32 length)
{
  BtLinkInput *input = &link->input;
  BtReader reader =
    bt_reader (bt_byte_queue_peek (&input->bytes), bt_byte_queue_length (&input->bytes));
  BtBlock block;
  guint8 *place;

  if (!bt_reader_skip (&reader, MESSAGE_START) || !bt_reader_u32 (&reader, &block.piece)
      || !bt_reader_u32 (&reader, &block.begin))
    return FALSE;

  bt_byte_queue_pop (&input->bytes, BT_MESSAGE_PIECE_HEAD);
  block.length = length - (BT_MESSAGE_PIECE_HEAD - 4);
  input->bulk = TRUE;
  place = ask_place (link, &block);
  if (!bt_link_is_open (link))
    return FALSE;
  input->in_block = TRUE;
  input->block = block;
  input->received = 0;
  input->place = place;
  return TRUE;
}

/* Messages. */

static gboolean
begin_skip (BtLink *link, guint8 id, guint32 length)
{
  BtLinkInput *input = &link->input;

  bt_byte_queue_pop (&input->bytes, MESSAGE_START);
  link->counts.n_skipped++;
  input->skip_id = id;
  input->skip_length = length;
  input->skip_left = length - 1;
  if (input->skip_left == 0)
    tell_skipped (link, id, length);
  return TRUE;
}

static gboolean
take_skipped_bytes (BtLink *link)
{
  BtLinkInput *input = &link->input;
  gsize length = MIN (bt_byte_queue_length (&input->bytes), input->skip_left);

  if (length == 0)
    return FALSE;
  bt_byte_queue_pop (&input->bytes, length);
  input->skip_left -= (guint32) length;
  if (input->skip_left == 0)
    tell_skipped (link, input->skip_id, input->skip_length);
  return TRUE;
}

/* What an extension says in its handshake is small; the other messages may bring metadata. */
static gboolean
is_oversized_handshake (BtLinkInput *input, guint8 id, guint32 length)
{
  const guint8 *bytes = bt_byte_queue_peek (&input->bytes);

  return id == BT_MESSAGE_EXTENDED && length > 2 + BT_LIMIT_EXTENDED_HANDSHAKE
         && bt_byte_queue_length (&input->bytes) > MESSAGE_START && bytes[MESSAGE_START] == 0;
}

/* A message that is delivered when all of it is there. */
static gboolean
take_whole_message (BtLink *link, guint8 id, guint32 length)
{
  BtLinkInput *input = &link->input;
  const guint8 *body = bt_byte_queue_peek (&input->bytes) + 4;
  BtMessage message;

  if (is_oversized_handshake (input, id, length))
    {
      close_for_length (link, BT_CLOSE_OVERSIZED, bt_message_name (id), length);
      return FALSE;
    }
  if (bt_byte_queue_length (&input->bytes) < 4 + (gsize) length)
    return FALSE;
  if (bt_message_decode (body, length, &message) != BT_MESSAGE_OK)
    {
      close_for_length (link, BT_CLOSE_BAD_LENGTH, bt_message_name (id), length);
      return FALSE;
    }

  /* The bytes stay in place: nothing is read before the owner returns. */
  bt_byte_queue_pop (&input->bytes, 4 + (gsize) length);
  input->bulk = FALSE;
  tell_message (link, &message);
  return TRUE;
}

static gboolean
take_message (BtLink *link)
{
  BtLinkInput *input = &link->input;
  BtReader reader =
    bt_reader (bt_byte_queue_peek (&input->bytes), bt_byte_queue_length (&input->bytes));
  guint32 length;
  guint8 id;

  if (!bt_reader_u32 (&reader, &length))
    return FALSE;
  if (length == 0)
    {
      bt_byte_queue_pop (&input->bytes, 4);
      input->bulk = FALSE;
      tell_skipped (link, -1, 0);
      return TRUE;
    }
  if (length > BT_LIMIT_PEER_MESSAGE)
    {
      close_for_length (link, BT_CLOSE_OVERSIZED, "message", length);
      return FALSE;
    }
  if (!bt_reader_u8 (&reader, &id))
    return FALSE;
  if (!bt_message_is_known (id))
    return begin_skip (link, id, length);
  if (!bt_message_length_possible (id, length, input->n_pieces))
    {
      close_for_length (link, BT_CLOSE_BAD_LENGTH, bt_message_name (id), length);
      return FALSE;
    }
  if (id == BT_MESSAGE_PIECE)
    return begin_block (link, length);
  return take_whole_message (link, id, length);
}

/* FALSE when more bytes are needed, or nothing may be told now. */
static gboolean
take_next (BtLink *link)
{
  BtLinkInput *input = &link->input;

  if (!bt_link_is_open (link) || !input->reading)
    return FALSE;
  if (link->state == BT_LINK_HANDSHAKE)
    return take_handshake (link);
  if (input->in_block)
    return take_block_bytes (link);
  if (input->skip_left > 0)
    return take_skipped_bytes (link);
  return take_message (link);
}

/* The stream. */

/* Where the next @room bytes go: to the place of the block, and then to the receive buffer. */
static int
prepare_parts (BtLinkInput *input, gsize room, struct iovec parts[2], gsize *asked)
{
  gsize in_place =
    input->in_block && input->place != NULL ? input->block.length - input->received : 0;
  gsize window = in_place > 0 || (input->bulk && !input->in_block) ? TAIL_BYTES : RECEIVE_BYTES;
  int n = 0;

  in_place = MIN (in_place, room);
  if (in_place > 0)
    parts[n++] = (struct iovec){ input->place + input->received, in_place };
  window = MIN (window, room - in_place);
  if (window > 0)
    parts[n++] = (struct iovec){ bt_byte_queue_reserve (&input->bytes, window), window };
  *asked = in_place + window;
  return n;
}

static void
take_read (BtLink *link, gint64 now, gsize length, gsize in_place)
{
  link->counts.bytes_in += length;
  link->last_received = now;
  if (link->down != NULL)
    bt_limiter_take (link->down, now, length);

  in_place = MIN (in_place, length);
  if (length > in_place)
    bt_byte_queue_commit (&link->input.bytes, length - in_place);
  if (in_place > 0)
    advance_block (link, (guint32) in_place);
}

/* Reads once. Returns the bytes, 0 when there is nothing more for now. */
static gsize
read_once (BtLink *link, gsize budget)
{
  BtLinkInput *input = &link->input;
  gint64 now = bt_world_now (link->world);
  gsize room = bt_link_grant (link->down, now, budget, &input->pump);
  g_autoptr (GError) error = NULL;
  struct iovec parts[2];
  gsize asked;
  gssize got;
  int n_parts;

  if (room == 0)
    return 0;
  n_parts = prepare_parts (input, room, parts, &asked);
  got = link->stream->ops->readv (link->stream, parts, n_parts, &error);
  if (got > 0)
    {
      gboolean has_place = input->in_block && input->place != NULL;

      take_read (link, now, (gsize) got, has_place ? parts[0].iov_len : 0);
      /* A short read emptied the stream: trying again would only tell that. */
      return (gsize) got == asked ? (gsize) got : 0;
    }
  if (got == 0)
    bt_link_close (link, BT_CLOSE_REMOTE, NULL);
  else if (got != BT_STREAM_AGAIN)
    bt_link_close (link, BT_CLOSE_NETWORK, error != NULL ? error->message : NULL);
  return 0;
}

void
bt_link_receive (BtLink *link)
{
  BtLinkInput *input = &link->input;
  gsize budget = ROUND_BYTES;

  bt_timer_stop (&input->pump.timer);
  while (take_next (link))
    ;
  while (bt_link_is_open (link) && input->reading && budget > 0)
    {
      gsize got = read_once (link, budget);

      while (take_next (link))
        ;
      if (got == 0)
        break;
      budget -= got;
    }
  /* Idle links hold no memory. */
  if (bt_byte_queue_length (&input->bytes) == 0 && !input->bulk)
    bt_byte_queue_clear (&input->bytes);
}

static void
input_timer_cb (gpointer owner, gint64 now)
{
  BtLink *link = owner;

  bt_link_enter (link);
  bt_link_receive (link);
  if (bt_link_is_open (link))
    bt_link_flush (link);
  bt_link_leave (link);
}

void
bt_link_init_input (BtLink *link, BtTimers *timers)
{
  link->input.reading = TRUE;
  bt_timer_init (&link->input.pump.timer, timers, input_timer_cb, link);
}

void
bt_link_clear_input (BtLink *link)
{
  bt_timer_stop (&link->input.pump.timer);
  bt_byte_queue_clear (&link->input.bytes);
}

/* Public. */

void
bt_link_set_n_pieces (BtLink *link, guint32 n_pieces)
{
  link->input.n_pieces = n_pieces;
}

void
bt_link_discard_block (BtLink *link)
{
  link->input.place = NULL;
}

void
bt_link_set_reading (BtLink *link, gboolean reading)
{
  if (link->input.reading == reading || !bt_link_is_open (link))
    return;

  /* Messages may wait in memory, of which the stream will not tell: so look there first. */
  bt_link_enter (link);
  link->input.reading = reading;
  if (!reading)
    bt_timer_stop (&link->input.pump.timer);
  else if (link->state >= BT_LINK_HANDSHAKE)
    bt_timer_start (&link->input.pump.timer, bt_world_now (link->world));
  bt_link_leave (link);
}
