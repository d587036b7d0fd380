/* ft-link-fixture.h: a link that is connected, what it is given to send, and what came of that at the far end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-reader.h"
#include "ft-link-owner.h"
#include "ft-test.h"

typedef struct
{
  FtLinkOwner *owner;
  BtBufferPool *pool;
} LinkFixture;

static inline LinkFixture
set_up (guint64 seed)
{
  LinkFixture fixture = { ft_link_owner_new (seed), bt_buffer_pool_new (0) };

  ft_link_owner_push_handshake (fixture.owner);
  ft_fake_net_settle (fixture.owner->net);
  return fixture;
}

/* Buffers have to be back by then. */
static inline void
tear_down (LinkFixture *fixture)
{
  ft_link_owner_free (fixture->owner);
  bt_buffer_pool_free (fixture->pool);
}

static inline void
send_have (FtLinkOwner *owner, guint32 piece)
{
  guint8 out[BT_MESSAGE_MAX_HEAD];

  bt_link_send (owner->link, out, bt_message_encode_piece_index (BT_MESSAGE_HAVE, piece, out));
}

/* Where all blocks of the tests begin in their piece. */
static inline guint32
begin_of (guint32 piece)
{
  return piece * 3;
}

/* The payload stands somewhere inside of a larger buffer. */
static inline BtBlock
send_block (LinkFixture *fixture, guint32 piece, guint32 length)
{
  const BtBlock block = { piece, begin_of (piece), length };
  g_autoptr (BtBuffer) buffer = bt_buffer_pool_get (fixture->pool, 100 + length);

  ft_fill_block (buffer->data + 100, piece, block.begin, length);
  bt_link_send_block (fixture->owner->link, &block, buffer, 100);
  return block;
}

/* What came, in words: "h7" for have 7, "b7" for a block of piece 7. A second one of the same piece has to go on where
 * the first ended. */
static inline char *
describe (const GByteArray *bytes)
{
  BtReader reader = bt_reader (bytes->data, bytes->len);
  GString *text = g_string_new (NULL);
  guint32 last = G_MAXUINT32, next = 0;

  while (reader.left > 0)
    {
      const guint8 *body = NULL;
      guint32 size = 0;
      BtMessage message;

      g_assert_true (bt_reader_u32 (&reader, &size));
      g_assert_true (bt_reader_take (&reader, size, &body));
      g_assert_cmpint (bt_message_decode (body, size, &message), ==, BT_MESSAGE_OK);
      g_string_append_printf (text, "%c%u ", message.id == BT_MESSAGE_HAVE ? 'h' : 'b', message.block.piece);
      if (message.id == BT_MESSAGE_HAVE)
        continue;
      g_assert_cmpint (message.id, ==, BT_MESSAGE_PIECE);
      g_assert_cmpuint (message.block.begin, ==, message.block.piece == last ? next : begin_of (message.block.piece));
      for (guint32 i = 0; i < message.block.length; i++)
        g_assert_cmpuint (message.payload[i], ==, ft_block_byte (message.block.piece, message.block.begin + i));
      last = message.block.piece;
      next = message.block.begin + message.block.length;
    }
  return g_string_free (text, FALSE);
}

/* Adds what came at the far end to @got. */
static inline void
pull (LinkFixture *fixture, GByteArray *got)
{
  g_autoptr (GBytes) part = ft_link_owner_pull (fixture->owner);

  g_byte_array_append (got, g_bytes_get_data (part, NULL), (guint) g_bytes_get_size (part));
}

static inline void
check_far (LinkFixture *fixture, const char *expected)
{
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autofree char *text = NULL;

  pull (fixture, got);
  text = describe (got);
  g_assert_cmpstr (text, ==, expected);
}
