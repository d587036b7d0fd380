/* bt-message.c: the peer wire messages, to and from bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-message.h"

#include "bt-limits.h"
#include "bt-reader.h"
#include "bt-writer.h"

/* What follows the id. */
typedef enum
{
  SHAPE_UNKNOWN,
  SHAPE_SIMPLE,      /* nothing */
  SHAPE_PIECE_INDEX, /* piece */
  SHAPE_BLOCK,       /* piece, begin, length */
  SHAPE_PORT,
  SHAPE_BITFIELD,
  SHAPE_PIECE, /* piece, begin, data */
  SHAPE_EXTENDED,
} Shape;

static const struct
{
  Shape shape;
  const char *name;
} kinds[] = {
  [BT_MESSAGE_CHOKE] = { SHAPE_SIMPLE, "choke" },
  [BT_MESSAGE_UNCHOKE] = { SHAPE_SIMPLE, "unchoke" },
  [BT_MESSAGE_INTERESTED] = { SHAPE_SIMPLE, "interested" },
  [BT_MESSAGE_NOT_INTERESTED] = { SHAPE_SIMPLE, "not interested" },
  [BT_MESSAGE_HAVE] = { SHAPE_PIECE_INDEX, "have" },
  [BT_MESSAGE_BITFIELD] = { SHAPE_BITFIELD, "bitfield" },
  [BT_MESSAGE_REQUEST] = { SHAPE_BLOCK, "request" },
  [BT_MESSAGE_PIECE] = { SHAPE_PIECE, "piece" },
  [BT_MESSAGE_CANCEL] = { SHAPE_BLOCK, "cancel" },
  [BT_MESSAGE_PORT] = { SHAPE_PORT, "port" },
  [BT_MESSAGE_SUGGEST] = { SHAPE_PIECE_INDEX, "suggest" },
  [BT_MESSAGE_HAVE_ALL] = { SHAPE_SIMPLE, "have all" },
  [BT_MESSAGE_HAVE_NONE] = { SHAPE_SIMPLE, "have none" },
  [BT_MESSAGE_REJECT] = { SHAPE_BLOCK, "reject" },
  [BT_MESSAGE_ALLOWED_FAST] = { SHAPE_PIECE_INDEX, "allowed fast" },
  [BT_MESSAGE_EXTENDED] = { SHAPE_EXTENDED, "extended" },
};

#define PIECE_FIELDS 9 /* id, piece, begin */

static Shape
get_shape (guint8 id)
{
  return id < G_N_ELEMENTS (kinds) ? kinds[id].shape : SHAPE_UNKNOWN;
}

const char *
bt_message_name (guint8 id)
{
  return get_shape (id) != SHAPE_UNKNOWN ? kinds[id].name : "unknown";
}

gboolean
bt_message_is_known (guint8 id)
{
  return get_shape (id) != SHAPE_UNKNOWN;
}

static gboolean
bitfield_length_possible (guint32 length, guint32 n_pieces)
{
  guint32 n_bytes = length - 1;

  if (n_pieces == 0)
    return n_bytes <= BT_LIMIT_PIECES / 8;
  return n_bytes == n_pieces / 8 + (n_pieces % 8 != 0);
}

gboolean
bt_message_length_possible (guint8 id, guint32 length, guint32 n_pieces)
{
  if (length == 0 || length > BT_LIMIT_PEER_MESSAGE)
    return FALSE;

  switch (get_shape (id))
    {
    case SHAPE_SIMPLE:
      return length == 1;
    case SHAPE_PIECE_INDEX:
      return length == 5;
    case SHAPE_BLOCK:
      return length == 13;
    case SHAPE_PORT:
      return length == 3;
    case SHAPE_BITFIELD:
      return bitfield_length_possible (length, n_pieces);
    case SHAPE_PIECE:
      return length > PIECE_FIELDS && length <= PIECE_FIELDS + BT_LIMIT_BLOCK;
    case SHAPE_EXTENDED:
      return length >= 2;
    case SHAPE_UNKNOWN:
    default:
      return TRUE;
    }
}

static gboolean
read_block (BtReader *reader, BtBlock *block)
{
  return bt_reader_u32 (reader, &block->piece) && bt_reader_u32 (reader, &block->begin)
         && bt_reader_u32 (reader, &block->length);
}

static gboolean
read_piece (BtReader *reader, BtMessage *out)
{
  if (!bt_reader_u32 (reader, &out->block.piece) || !bt_reader_u32 (reader, &out->block.begin)
      || reader->left > G_MAXUINT32)
    return FALSE;
  out->block.length = (guint32) reader->left;
  out->payload_length = reader->left;
  return bt_reader_take (reader, reader->left, &out->payload);
}

static gboolean
read_payload (BtReader *reader, BtMessage *out)
{
  out->payload_length = reader->left;
  return bt_reader_take (reader, reader->left, &out->payload);
}

static gboolean
read_fields (Shape shape, BtReader *reader, BtMessage *out)
{
  switch (shape)
    {
    case SHAPE_SIMPLE:
      return TRUE;
    case SHAPE_PIECE_INDEX:
      return bt_reader_u32 (reader, &out->block.piece);
    case SHAPE_BLOCK:
      return read_block (reader, &out->block);
    case SHAPE_PORT:
      return bt_reader_u16 (reader, &out->port);
    case SHAPE_BITFIELD:
      return read_payload (reader, out);
    case SHAPE_PIECE:
      return read_piece (reader, out);
    case SHAPE_EXTENDED:
      return bt_reader_u8 (reader, &out->extended_id) && read_payload (reader, out);
    case SHAPE_UNKNOWN:
    default:
      return FALSE;
    }
}

BtMessageResult
bt_message_decode (const guint8 *body, gsize length, BtMessage *out)
{
  BtReader reader = bt_reader (body, length);
  guint8 id;

  memset (out, 0, sizeof *out);
  if (!bt_reader_u8 (&reader, &id))
    return BT_MESSAGE_BAD_LENGTH;
  if (get_shape (id) == SHAPE_UNKNOWN)
    return BT_MESSAGE_UNKNOWN;

  out->id = id;
  if (!read_fields (get_shape (id), &reader, out) || reader.left != 0)
    return BT_MESSAGE_BAD_LENGTH;
  return BT_MESSAGE_OK;
}

/* Starts a message of which @length bytes follow the prefix, the id included. */
static BtWriter
begin_message (BtMessageId id, gsize length, guint8 out[BT_MESSAGE_MAX_HEAD])
{
  BtWriter writer = bt_writer (out, BT_MESSAGE_MAX_HEAD);

  g_assert (length <= BT_LIMIT_PEER_MESSAGE);
  bt_writer_u32 (&writer, (guint32) length);
  bt_writer_u8 (&writer, (guint8) id);
  return writer;
}

gsize
bt_message_encode_simple (BtMessageId id, guint8 out[BT_MESSAGE_MAX_HEAD])
{
  g_assert (get_shape ((guint8) id) == SHAPE_SIMPLE);
  return begin_message (id, 1, out).used;
}

gsize
bt_message_encode_piece_index (BtMessageId id, guint32 piece, guint8 out[BT_MESSAGE_MAX_HEAD])
{
  BtWriter writer = begin_message (id, 5, out);

  g_assert (get_shape ((guint8) id) == SHAPE_PIECE_INDEX);
  bt_writer_u32 (&writer, piece);
  return writer.used;
}

gsize
bt_message_encode_block (BtMessageId id, const BtBlock *block, guint8 out[BT_MESSAGE_MAX_HEAD])
{
  BtWriter writer = begin_message (id, 13, out);

  g_assert (get_shape ((guint8) id) == SHAPE_BLOCK);
  bt_writer_u32 (&writer, block->piece);
  bt_writer_u32 (&writer, block->begin);
  bt_writer_u32 (&writer, block->length);
  return writer.used;
}

gsize
bt_message_encode_port (guint16 port, guint8 out[BT_MESSAGE_MAX_HEAD])
{
  BtWriter writer = begin_message (BT_MESSAGE_PORT, 3, out);

  bt_writer_u16 (&writer, port);
  return writer.used;
}

gsize
bt_message_encode_piece_head (const BtBlock *block, guint8 out[BT_MESSAGE_MAX_HEAD])
{
  BtWriter writer = begin_message (BT_MESSAGE_PIECE, PIECE_FIELDS + (gsize) block->length, out);

  bt_writer_u32 (&writer, block->piece);
  bt_writer_u32 (&writer, block->begin);
  return writer.used;
}

gsize
bt_message_encode_bitfield_head (gsize payload_length, guint8 out[BT_MESSAGE_MAX_HEAD])
{
  return begin_message (BT_MESSAGE_BITFIELD, 1 + payload_length, out).used;
}

gsize
bt_message_encode_extended_head (guint8 extended_id,
                                 gsize payload_length,
                                 guint8 out[BT_MESSAGE_MAX_HEAD])
{
  BtWriter writer = begin_message (BT_MESSAGE_EXTENDED, 2 + payload_length, out);

  bt_writer_u8 (&writer, extended_id);
  return writer.used;
}
