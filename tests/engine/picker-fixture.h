/* picker-fixture.h: a torrent to pick from, for the tests of the picker.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-limits.h"
#include "bt-picker.h"

#include "ft-test.h"

#define BLOCK BT_LIMIT_BLOCK

/* A torrent of @n_pieces pieces of @n_blocks blocks, and its random numbers. */
typedef struct
{
  BtRandom random;
  BtPicker *picker;
  guint32 n_pieces;
} Torrent;

static inline void
torrent_init (Torrent *torrent, guint32 n_pieces, guint n_blocks, guint64 seed)
{
  bt_random_seed (&torrent->random, seed);
  torrent->n_pieces = n_pieces;
  torrent->picker = bt_picker_new (n_pieces, n_blocks * BLOCK,
                                   (guint64) n_pieces * n_blocks * BLOCK, &torrent->random);
}

static inline void
torrent_clear (Torrent *torrent)
{
  bt_picker_assert_consistent (torrent->picker);
  g_clear_pointer (&torrent->picker, bt_picker_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Torrent, torrent_clear)

/* Past the pieces that are any: the first four are had. */
static inline void
have_first_pieces (Torrent *torrent)
{
  for (guint32 i = 0; i < 4; i++)
    bt_picker_set_have (torrent->picker, i);
}

static inline BtBitfield *
make_bits (const Torrent *torrent, guint32 first, guint32 count)
{
  BtBitfield *bits = bt_bitfield_new (torrent->n_pieces);

  bt_bitfield_set_range (bits, first, count);
  return bits;
}

static inline BtBitfield *
make_all (const Torrent *torrent)
{
  return make_bits (torrent, 0, torrent->n_pieces);
}

static inline guint
pick (Torrent *torrent, BtPeerId peer, const BtBitfield *has, BtBlock *out, guint n)
{
  BtPickRequest request = { .peer = peer, .has = has, .contiguous_pieces = 1 };

  return bt_picker_pick (torrent->picker, &request, out, n);
}

static inline guint32
pick_piece (Torrent *torrent, BtPeerId peer, const BtBitfield *has)
{
  BtBlock block;

  g_assert_cmpuint (pick (torrent, peer, has, &block, 1), ==, 1);
  return block.piece;
}

static inline BtBlockResult
receive (Torrent *torrent, BtPeerId peer, const BtBlock *block)
{
  BtPeerId others[8];
  guint n_others;

  return bt_picker_received (torrent->picker, peer, block, others, &n_others);
}

static inline void
assert_block (const BtBlock *block, guint32 piece, guint index)
{
  g_assert_cmpuint (block->piece, ==, piece);
  g_assert_cmpuint (block->begin, ==, index * BLOCK);
}
