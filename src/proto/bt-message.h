/* bt-message.h: the peer wire messages (BEP 3, 5, 6, 10), to and from bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BT_MESSAGE_CHOKE = 0,
  BT_MESSAGE_UNCHOKE = 1,
  BT_MESSAGE_INTERESTED = 2,
  BT_MESSAGE_NOT_INTERESTED = 3,
  BT_MESSAGE_HAVE = 4,
  BT_MESSAGE_BITFIELD = 5,
  BT_MESSAGE_REQUEST = 6,
  BT_MESSAGE_PIECE = 7,
  BT_MESSAGE_CANCEL = 8,
  BT_MESSAGE_PORT = 9,
  BT_MESSAGE_SUGGEST = 13,
  BT_MESSAGE_HAVE_ALL = 14,
  BT_MESSAGE_HAVE_NONE = 15,
  BT_MESSAGE_REJECT = 16,
  BT_MESSAGE_ALLOWED_FAST = 17,
  BT_MESSAGE_EXTENDED = 20,
} BtMessageId;

/* A part of a piece: what request, cancel, reject and piece are about. */
typedef struct
{
  guint32 piece;
  guint32 begin;
  guint32 length;
} BtBlock;

/* One decoded message; @payload is borrowed. Which fields are set depends on @id. */
typedef struct
{
  BtMessageId id;
  BtBlock block;         /* request, cancel, reject; have, suggest, allowed fast: .piece */
  guint16 port;          /* port */
  guint8 extended_id;    /* extended */
  const guint8 *payload; /* bitfield, extended */
  gsize payload_length;
} BtMessage;

typedef enum
{
  BT_MESSAGE_OK,
  BT_MESSAGE_UNKNOWN,    /* to be skipped */
  BT_MESSAGE_BAD_LENGTH, /* a known id whose length cannot be */
} BtMessageResult;

/* Room for any message without payload: length, id, three integers. */
#define BT_MESSAGE_MAX_HEAD 17
/* Length prefix, id, piece, begin: what goes before the data of a piece message. */
#define BT_MESSAGE_PIECE_HEAD 13

gboolean bt_message_is_known (guint8 id);

/* Whether a message of @length bytes (id included, prefix not) is possible for @id at all; used
 * before its body has come. @n_pieces is 0 while unknown. An unknown id may have any length up to
 * BT_LIMIT_PEER_MESSAGE. */
gboolean bt_message_length_possible (guint8 id, guint32 length, guint32 n_pieces);

/* @body: id and payload, without the length prefix; at least one byte. Not for piece messages,
 * which are received in place (bt-link.h): those give BAD_LENGTH only when too short. */
BtMessageResult bt_message_decode (const guint8 *body, gsize length, BtMessage *out);

/* Each returns the bytes written. */
gsize bt_message_encode_simple (BtMessageId id, guint8 out[BT_MESSAGE_MAX_HEAD]); /* no fields */
gsize bt_message_encode_piece_index (BtMessageId id,
                                     guint32 piece,
                                     guint8 out[BT_MESSAGE_MAX_HEAD]);
gsize bt_message_encode_block (BtMessageId id,
                               const BtBlock *block,
                               guint8 out[BT_MESSAGE_MAX_HEAD]);
gsize bt_message_encode_port (guint16 port, guint8 out[BT_MESSAGE_MAX_HEAD]);
/* The head only; the payload follows as it is. */
gsize bt_message_encode_piece_head (const BtBlock *block, guint8 out[BT_MESSAGE_MAX_HEAD]);
gsize bt_message_encode_bitfield_head (gsize payload_length, guint8 out[BT_MESSAGE_MAX_HEAD]);
gsize bt_message_encode_extended_head (guint8 extended_id,
                                       gsize payload_length,
                                       guint8 out[BT_MESSAGE_MAX_HEAD]);

const char *bt_message_name (guint8 id); /* for logs */

G_END_DECLS
