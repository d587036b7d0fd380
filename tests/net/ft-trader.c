/* ft-trader.c: the owner of a link that asks for blocks and gives what it is asked for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-trader.h"

#include "ft-test.h"

#define PIECE 1
#define BLOCK 16384
#define PIPELINE 16

static void
send_handshake (BtLink *link)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  ft_add_handshake (bytes);
  bt_link_send (link, bytes->data, bytes->len);
}

static guint32
count_wanted (FtTrader *trader)
{
  return FT_TRADER_BLOCKS * MAX (trader->n_rounds, 1);
}

static void
ask (FtTrader *trader, BtLink *link, guint n)
{
  for (; n > 0 && trader->n_asked < count_wanted (trader); n--)
    {
      const BtBlock block = { PIECE, trader->n_asked++ % FT_TRADER_BLOCKS * BLOCK, BLOCK };
      guint8 out[BT_MESSAGE_MAX_HEAD];

      bt_link_send (link, out, bt_message_encode_block (BT_MESSAGE_REQUEST, &block, out));
    }
}

/* The other end asks in order too. The first round is filled in, the rest is for speed. */
static void
serve (FtTrader *trader, BtLink *link)
{
  const BtBlock block = { PIECE, trader->n_served % FT_TRADER_BLOCKS * BLOCK, BLOCK };
  g_autoptr (BtBuffer) buffer = bt_buffer_pool_get (trader->pool, BLOCK);

  if (trader->n_served++ < FT_TRADER_BLOCKS)
    ft_fill_block (buffer->data, block.piece, block.begin, block.length);
  bt_link_send_block (link, &block, buffer, 0);
}

void
ft_trader_react (FtLinkOwner *owner, const char *what)
{
  FtTrader *trader = owner->react_data;

  if (g_str_equal (what, "connected"))
    send_handshake (owner->link);
  else if (g_str_equal (what, "handshake"))
    ask (trader, owner->link, PIPELINE);
  else if (g_str_equal (what, "done"))
    ask (trader, owner->link, 1);
  else if (g_str_equal (what, "message"))
    serve (trader, owner->link);
}

gboolean
ft_trader_is_done (FtTrader *trader, FtLinkOwner *owner)
{
  return trader->n_served == count_wanted (trader)
         && owner->progress == (guint64) count_wanted (trader) * BLOCK;
}

void
ft_trader_check (FtLinkOwner *owner)
{
  g_autofree guint8 *expected = g_malloc (FT_LINK_MEMORY);

  ft_fill_block (expected, PIECE, 0, FT_LINK_MEMORY);
  g_assert_cmpuint (owner->progress, ==, FT_LINK_MEMORY);
  g_assert_cmpmem (owner->memory, FT_LINK_MEMORY, expected, FT_LINK_MEMORY);
}
