/* test-picker.c: which blocks are asked of whom, in swarms written down as arrays.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

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

static void
torrent_init (Torrent *torrent, guint32 n_pieces, guint n_blocks, guint64 seed)
{
  bt_random_seed (&torrent->random, seed);
  torrent->n_pieces = n_pieces;
  torrent->picker = bt_picker_new (n_pieces, n_blocks * BLOCK,
                                   (guint64) n_pieces * n_blocks * BLOCK, &torrent->random);
}

static void
torrent_clear (Torrent *torrent)
{
  bt_picker_assert_consistent (torrent->picker);
  g_clear_pointer (&torrent->picker, bt_picker_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Torrent, torrent_clear)

/* Past the pieces that are any: the first four are had. */
static void
have_first_pieces (Torrent *torrent)
{
  for (guint32 i = 0; i < 4; i++)
    bt_picker_set_have (torrent->picker, i);
}

static BtBitfield *
make_bits (const Torrent *torrent, guint32 first, guint32 count)
{
  BtBitfield *bits = bt_bitfield_new (torrent->n_pieces);

  bt_bitfield_set_range (bits, first, count);
  return bits;
}

static BtBitfield *
make_all (const Torrent *torrent)
{
  return make_bits (torrent, 0, torrent->n_pieces);
}

static guint
pick (Torrent *torrent, BtPeerId peer, const BtBitfield *has, BtBlock *out, guint n)
{
  BtPickRequest request = { .peer = peer, .has = has, .contiguous_pieces = 1 };

  return bt_picker_pick (torrent->picker, &request, out, n);
}

static guint32
pick_piece (Torrent *torrent, BtPeerId peer, const BtBitfield *has)
{
  BtBlock block;

  g_assert_cmpuint (pick (torrent, peer, has, &block, 1), ==, 1);
  return block.piece;
}

static BtBlockResult
receive (Torrent *torrent, BtPeerId peer, const BtBlock *block)
{
  BtPeerId others[8];
  guint n_others;

  return bt_picker_received (torrent->picker, peer, block, others, &n_others);
}

static void
assert_block (const BtBlock *block, guint32 piece, guint index)
{
  g_assert_cmpuint (block->piece, ==, piece);
  g_assert_cmpuint (block->begin, ==, index * BLOCK);
}

/* Sizes */

static void
test_blocks (void)
{
  static const struct
  {
    guint32 n_pieces, piece_length;
    guint64 total;
    guint n_first, n_last;
    guint32 last_length; /* of the last block of the last piece */
  } cases[] = {
    { 1, 16384, 1, 1, 1, 1 },
    { 1, 16384, 16384, 1, 1, 16384 },
    { 2, 16384, 16385, 1, 1, 1 },
    { 3, 32768, 65536 + 16385, 2, 2, 1 },
    { 2, 1000, 1999, 1, 1, 999 },
    { 2, 100000, 150000, 7, 4, 50000 - 3 * 16384 },
    { 0x200000, 16384, G_GUINT64_CONSTANT (0x200000) * 16384, 1, 1, 16384 },
    { 1, 32767 * 16384, 32767 * 16384, 32767, 32767, 16384 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BtPicker) picker = NULL;
      BtRandom random;
      BtBlock block;

      bt_random_seed (&random, i);
      picker = bt_picker_new (cases[i].n_pieces, cases[i].piece_length, cases[i].total, &random);
      g_assert_cmpuint (bt_picker_blocks_in_piece (picker, 0), ==, cases[i].n_first);
      g_assert_cmpuint (bt_picker_blocks_in_piece (picker, cases[i].n_pieces - 1), ==,
                        cases[i].n_last);
      block = bt_picker_block (picker, cases[i].n_pieces - 1, cases[i].n_last - 1);
      assert_block (&block, cases[i].n_pieces - 1, cases[i].n_last - 1);
      g_assert_cmpuint (block.length, ==, cases[i].last_length);
    }
}

/* What is had, wanted and out there */

static void
test_wanted (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) last = NULL;

  torrent_init (&t, 10, 1, 1);
  last = make_bits (&t, 9, 1);
  g_assert_cmpuint (bt_picker_n_wanted_missing (t.picker), ==, 10);
  g_assert_true (bt_picker_is_interesting (t.picker, last));

  bt_picker_set_priority (t.picker, 9, BT_PRIORITY_SKIP);
  g_assert_cmpuint (bt_picker_n_wanted_missing (t.picker), ==, 9);
  g_assert_false (bt_picker_is_interesting (t.picker, last));
  bt_picker_set_priority (t.picker, 9, 200);
  g_assert_cmpuint (bt_picker_get_priority (t.picker, 9), ==, BT_PRIORITY_HIGH);
  g_assert_true (bt_picker_is_interesting (t.picker, last));

  for (guint32 i = 0; i < 10; i++)
    bt_picker_set_have (t.picker, i);
  g_assert_true (bt_picker_is_complete (t.picker));
  g_assert_cmpuint (bt_picker_have (t.picker)->n_set, ==, 10);
  g_assert_false (bt_picker_is_interesting (t.picker, last));

  bt_picker_set_missing (t.picker, 9);
  g_assert_false (bt_picker_has (t.picker, 9));
  g_assert_cmpuint (bt_picker_n_wanted_missing (t.picker), ==, 1);
  g_assert_cmpuint (pick_piece (&t, 1, last), ==, 9);
}

/* The search goes by words; put the only bit everywhere around their edges. */
static void
test_interesting (void)
{
  for (guint32 n = 1; n <= 200; n += 7)
    for (guint32 i = 0; i < n; i++)
      {
        g_auto (Torrent) t = { 0 };
        g_autoptr (BtBitfield) one = NULL;

        torrent_init (&t, n, 1, n);
        one = make_bits (&t, i, 1);
        g_assert_true (bt_picker_is_interesting (t.picker, one));
        bt_picker_set_have (t.picker, i);
        g_assert_false (bt_picker_is_interesting (t.picker, one));
      }
}

static void
test_availability (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) half = NULL;

  torrent_init (&t, 8, 1, 1);
  half = make_bits (&t, 0, 4);
  g_assert_cmpfloat (bt_picker_distributed_copies (t.picker), ==, 0.0);
  bt_picker_peer_bits (t.picker, half, 1);
  g_assert_cmpfloat (bt_picker_distributed_copies (t.picker), ==, 0.5);
  bt_picker_seed (t.picker, 1);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (bt_picker_availability (t.picker, 0), ==, 3);
  g_assert_cmpuint (bt_picker_availability (t.picker, 7), ==, 2);
  g_assert_cmpfloat (bt_picker_distributed_copies (t.picker), ==, 2.5);
  for (guint32 i = 4; i < 8; i++)
    bt_picker_peer_has (t.picker, i);
  g_assert_cmpfloat (bt_picker_distributed_copies (t.picker), ==, 3.0);
  bt_picker_peer_lost (t.picker, 5);
  g_assert_cmpuint (bt_picker_availability (t.picker, 5), ==, 2);
  bt_picker_peer_bits (t.picker, half, -1);
  bt_picker_seed (t.picker, -1);
  g_assert_cmpuint (bt_picker_availability (t.picker, 0), ==, 1);
}

/* Order */

/* Piece i is with i peers, all at hand: they come in the order of their numbers. */
static void
test_rarest_first (void)
{
  for (guint64 seed = 0; seed < 20; seed++)
    {
      g_auto (Torrent) t = { 0 };
      g_autoptr (BtBitfield) all = NULL;

      torrent_init (&t, 300, 1, seed);
      all = make_all (&t);
      for (guint32 peer = 0; peer < 299; peer++)
        {
          g_autoptr (BtBitfield) bits = make_bits (&t, peer + 1, 299 - peer);

          bt_picker_peer_bits (t.picker, bits, 1);
        }
      bt_picker_seed (t.picker, 1);
      have_first_pieces (&t);
      for (guint32 i = 4; i < 300; i++)
        g_assert_cmpuint (pick_piece (&t, i, all), ==, i);
    }
}

/* The same with the order standing and pieces moved in it one by one. */
static void
test_rarest_first_by_have (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtBlock block;

  torrent_init (&t, 40, 1, 7);
  all = make_all (&t);
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (pick (&t, 1, all, &block, 1), ==, 1);
  bt_picker_abandon (t.picker, 1, &block);
  for (guint round = 1; round < 40; round++)
    for (guint32 i = 40 - round; i < 40; i++)
      {
        bt_picker_peer_has (t.picker, i);
        bt_picker_assert_consistent (t.picker);
      }
  for (guint32 i = 39; i > 20; i--)
    bt_picker_peer_lost (t.picker, i);
  bt_picker_assert_consistent (t.picker);
  for (guint32 i = 4; i < 20; i++)
    g_assert_cmpuint (pick_piece (&t, i, all), ==, i);
}

/* Ties: over many seeds each of the pieces comes first about equally often. */
static void
test_random_ties (void)
{
  guint n_first[16] = { 0 };

  for (guint64 seed = 0; seed < 1600; seed++)
    {
      g_auto (Torrent) t = { 0 };
      g_autoptr (BtBitfield) all = NULL;
      guint32 piece;

      torrent_init (&t, 20, 1, seed);
      all = make_all (&t);
      bt_picker_seed (t.picker, 1);
      have_first_pieces (&t);
      piece = pick_piece (&t, 1, all);
      g_assert_cmpuint (piece, >=, 4);
      n_first[piece - 4]++;
    }
  /* 100 are expected; 50 away is over five deviations. */
  for (guint i = 0; i < 16; i++)
    g_assert_cmpuint (ABS ((int) n_first[i] - 100), <, 50);
}

/* As above, but the order stands and each piece got its place by moving. */
static void
test_random_ties_after_moves (void)
{
  guint n_first[16] = { 0 };

  for (guint64 seed = 0; seed < 1600; seed++)
    {
      g_auto (Torrent) t = { 0 };
      g_autoptr (BtBitfield) all = NULL;
      BtBlock block;

      torrent_init (&t, 200, 1, seed);
      all = make_all (&t);
      bt_picker_seed (t.picker, 1);
      have_first_pieces (&t);
      for (guint32 i = 20; i < 200; i++)
        bt_picker_set_priority (t.picker, i, BT_PRIORITY_SKIP);
      g_assert_cmpuint (pick (&t, 1, all, &block, 1), ==, 1);
      bt_picker_abandon (t.picker, 1, &block);
      for (guint32 i = 4; i < 20; i++)
        for (guint k = 0; k < 3; k++)
          bt_picker_peer_has (t.picker, i);
      g_assert_cmpuint (pick (&t, 1, all, &block, 1), ==, 1);
      n_first[block.piece - 4]++;
    }
  for (guint i = 0; i < 16; i++)
    g_assert_cmpuint (ABS ((int) n_first[i] - 100), <, 50);
}

/* While fewer than four pieces are had, rarity does not count. */
static void
test_first_pieces_are_any (void)
{
  guint n_picked[10] = { 0 };

  for (guint64 seed = 0; seed < 1000; seed++)
    {
      g_auto (Torrent) t = { 0 };
      g_autoptr (BtBitfield) all = NULL;
      g_autoptr (BtBitfield) common = NULL;

      torrent_init (&t, 10, 1, seed);
      all = make_all (&t);
      common = make_bits (&t, 1, 9);
      bt_picker_peer_bits (t.picker, all, 1);
      bt_picker_peer_bits (t.picker, common, 1);
      n_picked[pick_piece (&t, 1, all)]++;
    }
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (ABS ((int) n_picked[i] - 100), <, 50);
}

static void
test_priorities (void)
{
  static const guint8 priorities[] = { BT_PRIORITY_HIGH, 6, 5, BT_PRIORITY_NORMAL, 3, 2,
                                       BT_PRIORITY_LOW };

  for (guint n_had = 0; n_had <= 4; n_had += 4)
    for (guint sequential = 0; sequential < 2; sequential++)
      {
        g_auto (Torrent) t = { 0 };
        g_autoptr (BtBitfield) all = NULL;

        torrent_init (&t, 4 + 70, 1, n_had);
        all = make_all (&t);
        bt_picker_seed (t.picker, 1);
        bt_picker_set_sequential (t.picker, sequential);
        for (guint32 i = 0; i < 4; i++)
          if (n_had == 4)
            bt_picker_set_have (t.picker, i);
          else
            bt_picker_set_priority (t.picker, i, BT_PRIORITY_SKIP);
        for (guint32 i = 0; i < 70; i++)
          bt_picker_set_priority (t.picker, 4 + i, priorities[i * 37 % 7]);
        for (guint32 i = 0; i < 70; i++)
          {
            guint32 piece = pick_piece (&t, i + 1, all);

            g_assert_cmpuint (bt_picker_get_priority (t.picker, piece), ==, priorities[i / 10]);
          }
      }
}

/* High is worth four times the rarity of normal, no more. */
static void
test_priority_weighs (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;

  torrent_init (&t, 200, 1, 3);
  all = make_all (&t);
  have_first_pieces (&t);
  for (guint32 i = 0; i < 200; i++)
    for (guint k = 0; k < (i == 11 ? 9 : i == 12 ? 1 : i == 10 ? 6 : 30); k++)
      bt_picker_peer_has (t.picker, i);
  bt_picker_set_priority (t.picker, 10, BT_PRIORITY_HIGH);
  bt_picker_set_priority (t.picker, 11, BT_PRIORITY_HIGH);
  g_assert_cmpuint (pick_piece (&t, 1, all), ==, 10);
  g_assert_cmpuint (pick_piece (&t, 2, all), ==, 12);
  g_assert_cmpuint (pick_piece (&t, 3, all), ==, 11);
}

static void
test_skipped (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtBlock blocks[100];

  torrent_init (&t, 20, 2, 3);
  all = make_all (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (pick (&t, 1, all, blocks, 1), ==, 1);
  for (guint32 i = 0; i < 20; i++)
    bt_picker_set_priority (t.picker, i, BT_PRIORITY_SKIP);
  g_assert_true (bt_picker_is_complete (t.picker));
  g_assert_cmpuint (pick (&t, 2, all, blocks + 1, 99), ==, 0);
  /* What was asked for may still come, and is kept. */
  g_assert_cmpint (receive (&t, 1, &blocks[0]), ==, BT_BLOCK_ACCEPTED);
  g_assert_cmpuint (pick (&t, 2, all, blocks + 1, 99), ==, 0);
  bt_picker_set_priority (t.picker, blocks[0].piece, BT_PRIORITY_LOW);
  g_assert_cmpuint (pick (&t, 2, all, blocks + 1, 99), ==, 1);
  assert_block (&blocks[1], blocks[0].piece, 1);
}

static void
test_sequential (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  g_autoptr (BtBitfield) tail = NULL;
  BtBlock blocks[6];

  torrent_init (&t, 500, 3, 3);
  all = make_all (&t);
  tail = make_bits (&t, 400, 100);
  bt_picker_set_sequential (t.picker, TRUE);
  bt_picker_seed (t.picker, 1);
  bt_picker_set_have (t.picker, 0);
  g_assert_cmpuint (pick (&t, 1, all, blocks, 6), ==, 6);
  for (guint i = 0; i < 6; i++)
    assert_block (&blocks[i], 1 + i / 3, i % 3);
  g_assert_cmpuint (pick_piece (&t, 2, tail), ==, 400);
  bt_picker_set_priority (t.picker, 77, BT_PRIORITY_HIGH);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (pick_piece (&t, 3 + i, all), ==, i < 2 ? 400 : 77);
}

static void
test_started_first (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtBlock a[3], b[6], c[8];

  torrent_init (&t, 50, 4, 3);
  all = make_all (&t);
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (pick (&t, 1, all, a, 3), ==, 3);
  /* The second peer takes the last block of the first piece, then opens one. */
  g_assert_cmpuint (pick (&t, 2, all, b, 5), ==, 5);
  assert_block (&b[0], a[0].piece, 3);
  for (guint i = 1; i < 5; i++)
    assert_block (&b[i], b[1].piece, i - 1);
  g_assert_cmpuint (b[1].piece, !=, a[0].piece);
  g_assert_cmpuint (bt_picker_n_open (t.picker), ==, 2);
  /* Both free blocks again; the piece with fewer missing comes first. */
  bt_picker_abandon (t.picker, 1, &a[1]);
  bt_picker_abandon (t.picker, 2, &b[2]);
  g_assert_cmpint (receive (&t, 2, &b[1]), ==, BT_BLOCK_ACCEPTED);
  g_assert_cmpint (receive (&t, 2, &b[3]), ==, BT_BLOCK_ACCEPTED);
  g_assert_cmpint (receive (&t, 1, &a[0]), ==, BT_BLOCK_ACCEPTED);
  g_assert_cmpuint (pick (&t, 3, all, c, 2), ==, 2);
  assert_block (&c[0], b[1].piece, 1);
  assert_block (&c[1], a[0].piece, 1);
}

/* A started piece is no use to a peer that does not have it. */
static void
test_started_elsewhere (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) low = NULL;
  g_autoptr (BtBitfield) high = NULL;

  torrent_init (&t, 50, 4, 3);
  low = make_bits (&t, 0, 25);
  high = make_bits (&t, 25, 25);
  bt_picker_peer_bits (t.picker, low, 1);
  bt_picker_peer_bits (t.picker, high, 1);
  g_assert_cmpuint (pick_piece (&t, 1, low), <, 25);
  g_assert_cmpuint (pick_piece (&t, 2, high), >=, 25);
}

static void
test_suggested (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  guint32 suggested[] = { 4000000000u, 2, 31, 17 };
  BtPickRequest request = { .peer = 1, .contiguous_pieces = 1, .suggested = suggested,
                            .n_suggested = G_N_ELEMENTS (suggested) };
  BtBlock blocks[4];

  torrent_init (&t, 50, 1, 3);
  all = make_bits (&t, 0, 31); /* not 31 */
  have_first_pieces (&t);
  request.has = all;
  bt_picker_peer_bits (t.picker, all, 1);
  g_assert_cmpuint (bt_picker_pick (t.picker, &request, blocks, 2), ==, 2);
  g_assert_cmpuint (blocks[0].piece, ==, 17);
  g_assert_cmpuint (blocks[1].piece, !=, 17);
}

static void
test_allowed_fast (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) has = NULL;
  g_autoptr (BtBitfield) only = NULL;
  BtPickRequest request = { .peer = 1, .contiguous_pieces = 1 };
  BtBlock blocks[100];

  torrent_init (&t, 1000, 2, 3);
  has = make_bits (&t, 0, 600);
  only = make_bits (&t, 598, 4); /* two of them it does not have */
  have_first_pieces (&t);
  bt_picker_peer_bits (t.picker, has, 1);
  request.has = has;
  request.only = only;
  g_assert_cmpuint (pick_piece (&t, 2, has), <, 598);
  g_assert_cmpuint (bt_picker_pick (t.picker, &request, blocks, 100), ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_true (blocks[i].piece == 598 || blocks[i].piece == 599);
}

/* The rare end of the order has nothing for these peers: they must still be served, and soon. */
static void
test_rare_end_elsewhere (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  g_autoptr (BtBitfield) many = NULL;
  g_autoptr (BtBitfield) few = NULL;

  torrent_init (&t, 5000, 1, 3);
  all = make_all (&t);
  many = make_bits (&t, 3000, 2000);
  few = make_bits (&t, 4990, 10);
  have_first_pieces (&t);
  bt_picker_peer_bits (t.picker, all, 1);
  for (guint i = 0; i < 5; i++)
    bt_picker_peer_bits (t.picker, many, 1);
  for (guint32 i = 3000; i < 5000; i++)
    if (i != 4995)
      bt_picker_peer_has (t.picker, i);
  g_assert_cmpuint (pick_piece (&t, 1, many), >=, 3000);
  g_assert_cmpuint (pick_piece (&t, 2, few), ==, 4995);
  g_assert_cmpuint (pick_piece (&t, 3, all), <, 3000);
}

/* Fast peers take a row of whole pieces. */
static void
test_contiguous (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtPickRequest request = { .peer = 1, .contiguous_pieces = 4 };
  BtBlock blocks[20];
  guint32 first;
  guint n = 0;

  torrent_init (&t, 1000, 2, 11);
  all = make_all (&t);
  request.has = all;
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  /* In several picks, one in the middle of a piece. */
  n += bt_picker_pick (t.picker, &request, blocks, 3);
  n += bt_picker_pick (t.picker, &request, blocks + n, 4);
  n += bt_picker_pick (t.picker, &request, blocks + n, 3);
  g_assert_cmpuint (n, ==, 10);
  first = blocks[0].piece;
  for (guint i = 0; i < 8; i++)
    assert_block (&blocks[i], first + i / 2, i % 2);
  g_assert_cmpuint (blocks[8].piece, !=, first + 4);
}

static void
test_contiguous_stops (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtPickRequest request = { .peer = 1, .contiguous_pieces = 10 };
  BtBlock blocks[5];

  torrent_init (&t, 1000, 1, 11);
  all = make_all (&t);
  request.has = all;
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  bt_picker_set_have (t.picker, 502);
  for (guint32 i = 4; i < 1000; i++)
    bt_picker_set_priority (t.picker, i, i == 500 || i == 501 || i == 800 ? BT_PRIORITY_HIGH
                                                                         : BT_PRIORITY_LOW);
  g_assert_cmpuint (bt_picker_pick (t.picker, &request, blocks, 3), ==, 3);
  /* Neither over a piece that is had nor into the less wanted ones. */
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (bt_picker_get_priority (t.picker, blocks[i].piece), ==, BT_PRIORITY_HIGH);
}

/* Slow peers take the commonest, and the same. */
static void
test_slow (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtPickRequest request = { .peer = 1, .contiguous_pieces = 1, .slow = TRUE };
  BtBlock fast, slow, other;

  torrent_init (&t, 300, 4, 5);
  all = make_all (&t);
  request.has = all;
  have_first_pieces (&t);
  bt_picker_peer_bits (t.picker, all, 1);
  for (guint32 i = 0; i < 300; i++)
    for (guint32 k = 0; k < i; k++)
      bt_picker_peer_has (t.picker, i);
  g_assert_cmpuint (pick (&t, 9, all, &fast, 1), ==, 1);
  g_assert_cmpuint (fast.piece, ==, 4);
  /* Not into the piece of the fast one. */
  g_assert_cmpuint (bt_picker_pick (t.picker, &request, &slow, 1), ==, 1);
  assert_block (&slow, 299, 0);
  request.peer = 2;
  g_assert_cmpuint (bt_picker_pick (t.picker, &request, &other, 1), ==, 1);
  assert_block (&other, 299, 1);
  /* With nothing else left they help. */
  for (guint32 i = 5; i < 299; i++)
    bt_picker_set_have (t.picker, i);
  bt_picker_set_have (t.picker, 299);
  request.peer = 3;
  g_assert_cmpuint (bt_picker_pick (t.picker, &request, &other, 1), ==, 1);
  assert_block (&other, 4, 1);
}

static void
test_slow_minds_priority (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtPickRequest request = { .peer = 1, .contiguous_pieces = 1, .slow = TRUE };
  BtBlock block;

  torrent_init (&t, 300, 4, 5);
  all = make_all (&t);
  request.has = all;
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  bt_picker_set_priority (t.picker, 200, BT_PRIORITY_LOW);
  for (guint k = 0; k < 50; k++)
    bt_picker_peer_has (t.picker, 200);
  bt_picker_peer_has (t.picker, 100);
  g_assert_cmpuint (bt_picker_pick (t.picker, &request, &block, 1), ==, 1);
  g_assert_cmpuint (block.piece, ==, 100);
}

/* Parole */

static void
test_exclusive (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtPickRequest parole = { .peer = 1, .contiguous_pieces = 1, .exclusive = TRUE };
  BtBlock a[8], b[8], c[3];

  torrent_init (&t, 20, 4, 5);
  all = make_all (&t);
  parole.has = all;
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  /* Not the piece that somebody began. */
  g_assert_cmpuint (pick (&t, 2, all, b, 2), ==, 2);
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, a, 2), ==, 2);
  g_assert_cmpuint (a[0].piece, !=, b[0].piece);
  /* And nobody joins it in that one, not even another on parole. */
  g_assert_cmpuint (pick (&t, 3, all, c, 3), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (c[i].piece, !=, a[0].piece);
  parole.peer = 4;
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, b + 2, 1), ==, 1);
  g_assert_cmpuint (b[2].piece, !=, a[0].piece);
  /* It goes on with its own. */
  parole.peer = 1;
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, a + 2, 3), ==, 3);
  assert_block (&a[2], a[0].piece, 2);
  assert_block (&a[3], a[0].piece, 3);
  for (guint i = 0; i < 4; i++)
    receive (&t, 1, &a[i]);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (bt_picker_block_sender (t.picker, &a[i]), ==, 1);
}

/* It holds nothing up: when it does not deliver, others may. */
static void
test_exclusive_ends (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtPickRequest parole = { .peer = 1, .contiguous_pieces = 1, .exclusive = TRUE };
  BtBlock a[2], b[4];

  torrent_init (&t, 5, 4, 5);
  all = make_all (&t);
  parole.has = all;
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, a, 2), ==, 2);
  receive (&t, 1, &a[0]);
  g_assert_cmpuint (pick (&t, 2, all, b, 4), ==, 0);
  bt_picker_abandon_all (t.picker, 1);
  g_assert_cmpuint (pick (&t, 2, all, b, 4), ==, 3);
  /* Now it is shared: no more for one on parole. */
  bt_picker_abandon (t.picker, 2, &b[2]);
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, a, 2), ==, 0);
}

/* Nor when it leaves between two requests. */
static void
test_exclusive_leaves (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtPickRequest parole = { .peer = 1, .contiguous_pieces = 1, .exclusive = TRUE };
  BtBlock a[2], b[4];

  torrent_init (&t, 5, 4, 5);
  all = make_all (&t);
  parole.has = all;
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, a, 1), ==, 1);
  receive (&t, 1, &a[0]);
  g_assert_cmpuint (pick (&t, 2, all, b, 4), ==, 0);
  bt_picker_abandon_all (t.picker, 1);
  g_assert_cmpuint (pick (&t, 2, all, b, 4), ==, 3);
}

/* After a failure a piece is as if it had never been begun. */
static void
test_failed (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtPickRequest parole = { .peer = 1, .contiguous_pieces = 1, .exclusive = TRUE };
  BtBlock blocks[4];

  torrent_init (&t, 5, 4, 5);
  all = make_all (&t);
  parole.has = all;
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (pick (&t, 1, all, blocks, 2), ==, 2);
  g_assert_cmpuint (pick (&t, 2, all, blocks + 2, 2), ==, 2);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (receive (&t, 1 + i / 2, &blocks[i]), ==,
                     i < 3 ? BT_BLOCK_ACCEPTED : BT_BLOCK_PIECE_COMPLETE);
  g_assert_cmpint (receive (&t, 2, &blocks[3]), ==, BT_BLOCK_DUPLICATE);
  g_assert_cmpuint (bt_picker_n_wanted_missing (t.picker), ==, 1);
  g_assert_cmpuint (pick (&t, 3, all, blocks, 4), ==, 0);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (bt_picker_block_sender (t.picker, &blocks[i]), ==, 1 + i / 2);

  bt_picker_failed (t.picker, 4);
  g_assert_cmpuint (bt_picker_n_open (t.picker), ==, 0);
  g_assert_cmpuint (bt_picker_block_sender (t.picker, &blocks[0]), ==, 0);
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, blocks, 4), ==, 4);
  g_assert_cmpuint (pick (&t, 3, all, blocks, 4), ==, 0);
  for (guint i = 0; i < 4; i++)
    receive (&t, 1, &blocks[i]);
  bt_picker_passed (t.picker, 4);
  g_assert_true (bt_picker_is_complete (t.picker));
  g_assert_true (bt_picker_has (t.picker, 4));
  g_assert_cmpint (receive (&t, 1, &blocks[0]), ==, BT_BLOCK_DUPLICATE);
}

/* Requests and blocks */

static void
test_requests (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtBlock blocks[8], wrong;

  torrent_init (&t, 20, 4, 5);
  all = make_all (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (pick (&t, 1, all, blocks, 8), ==, 8);
  g_assert_cmpuint (bt_picker_n_outstanding (t.picker, 1), ==, 8);
  g_assert_true (bt_picker_is_asked (t.picker, 1, &blocks[5]));
  g_assert_false (bt_picker_is_asked (t.picker, 2, &blocks[5]));
  wrong = blocks[5];
  wrong.length--;
  g_assert_false (bt_picker_is_asked (t.picker, 1, &wrong));

  bt_picker_abandon (t.picker, 2, &blocks[5]); /* never asked: nothing happens */
  bt_picker_abandon (t.picker, 1, &wrong);
  g_assert_cmpuint (bt_picker_n_outstanding (t.picker, 1), ==, 8);
  bt_picker_abandon (t.picker, 1, &blocks[5]);
  g_assert_cmpuint (bt_picker_n_outstanding (t.picker, 1), ==, 7);
  g_assert_false (bt_picker_is_asked (t.picker, 1, &blocks[5]));
  /* A late block counts all the same. */
  g_assert_cmpint (receive (&t, 1, &blocks[5]), ==, BT_BLOCK_ACCEPTED);
  g_assert_cmpint (receive (&t, 1, &blocks[5]), ==, BT_BLOCK_DUPLICATE);
  g_assert_cmpuint (bt_picker_block_sender (t.picker, &blocks[5]), ==, 1);

  bt_picker_abandon_all (t.picker, 1);
  g_assert_cmpuint (bt_picker_n_outstanding (t.picker, 1), ==, 0);
  g_assert_cmpuint (bt_picker_n_open (t.picker), ==, 1);
  g_assert_cmpuint (bt_picker_open_blocks (t.picker, blocks[5].piece)->n_set, ==, 1);
  g_assert_null (bt_picker_open_blocks (t.picker, blocks[0].piece));
  /* Late, and nothing of the piece is known any more. */
  g_assert_cmpint (receive (&t, 1, &blocks[0]), ==, BT_BLOCK_ACCEPTED);
  g_assert_cmpuint (bt_picker_n_open (t.picker), ==, 2);
}

/* What a stranger may say about blocks does not matter. */
static void
test_impossible_blocks (void)
{
  static const BtBlock blocks[] = {
    { 3, 0, 16384 },
    { G_MAXUINT32, 0, 16384 },
    { 0, 1, 16384 },
    { 0, 32768, 16384 },
    { 0, G_MAXUINT32 - 16383, 16384 },
    { 0, 0, 0 },
    { 0, 0, 16385 },
    { 0, 0, G_MAXUINT32 },
    { 2, 16384, 16384 }, /* the last block is one byte long */
  };
  g_autoptr (BtPicker) picker = NULL;
  BtRandom random;

  bt_random_seed (&random, 1);
  picker = bt_picker_new (3, 32768, 65536 + 16385, &random);
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      BtPeerId others[8];
      guint n_others = 9;

      g_assert_false (bt_picker_is_asked (picker, 1, &blocks[i]));
      g_assert_cmpint (bt_picker_received (picker, 1, &blocks[i], others, &n_others), ==,
                       BT_BLOCK_DUPLICATE);
      g_assert_cmpuint (n_others, ==, 0);
      bt_picker_abandon (picker, 1, &blocks[i]);
      g_assert_cmpuint (bt_picker_block_sender (picker, &blocks[i]), ==, 0);
    }
  g_assert_cmpuint (bt_picker_n_open (picker), ==, 0);
  bt_picker_assert_consistent (picker);
}

static void
count_open_cb (guint32 piece, const BtBitfield *blocks, gpointer data)
{
  guint *n = data;

  g_assert_cmpuint (piece, ==, 7);
  g_assert_cmpuint (blocks->n_set, ==, 3);
  (*n)++;
}

static void
test_restore (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  g_autoptr (BtBitfield) some = bt_bitfield_new (4);
  g_autoptr (BtBitfield) wrong = bt_bitfield_new (5);
  BtBlock block;
  guint n = 0;

  torrent_init (&t, 20, 4, 5);
  all = make_all (&t);
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  bt_picker_restore_open (t.picker, 7, some); /* empty: not begun */
  bt_bitfield_set_all (wrong);
  bt_picker_restore_open (t.picker, 7, wrong);
  bt_picker_restore_open (t.picker, 700, wrong);
  g_assert_cmpuint (bt_picker_n_open (t.picker), ==, 0);
  bt_bitfield_set_all (some);
  bt_picker_restore_open (t.picker, 0, some); /* had */
  g_assert_cmpuint (bt_picker_n_open (t.picker), ==, 0);

  bt_bitfield_clear (some, 2);
  bt_picker_restore_open (t.picker, 7, some);
  bt_picker_foreach_open (t.picker, count_open_cb, &n);
  g_assert_cmpuint (n, ==, 1);
  block = bt_picker_block (t.picker, 7, 0);
  g_assert_cmpuint (bt_picker_block_sender (t.picker, &block), ==, 0);
  g_assert_cmpuint (pick (&t, 1, all, &block, 1), ==, 1);
  assert_block (&block, 7, 2);
  g_assert_cmpint (receive (&t, 1, &block), ==, BT_BLOCK_PIECE_COMPLETE);
  g_assert_cmpuint (bt_picker_block_sender (t.picker, &block), ==, 1);
}

/* Endgame */

/* A peer that never answers holds everything that is left; another is free. */
static void
test_endgame_slow_peer (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtBlock slow[20], fast[20];
  guint n_rounds = 0;

  torrent_init (&t, 6, 5, 5);
  all = make_all (&t);
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  bt_picker_seed (t.picker, 1);
  g_assert_false (bt_picker_is_endgame (t.picker));
  g_assert_cmpuint (pick (&t, 1, all, slow, 20), ==, 10);
  g_assert_true (bt_picker_is_endgame (t.picker));
  g_assert_cmpuint (pick (&t, 1, all, slow + 10, 10), ==, 0);

  while (!bt_picker_is_complete (t.picker))
    {
      guint n = pick (&t, 2, all, fast, 20);

      g_assert_cmpuint (n, >, 0);
      g_assert_cmpuint (n, <=, 4);
      /* Busy with these: no more. */
      g_assert_cmpuint (pick (&t, 2, all, fast + 4, 16), ==, 0);
      for (guint i = 0; i < n; i++)
        {
          BtPeerId others[8];
          guint n_others;

          if (bt_picker_received (t.picker, 2, &fast[i], others, &n_others)
              == BT_BLOCK_PIECE_COMPLETE)
            bt_picker_passed (t.picker, fast[i].piece);
          /* The slow one is told, once. */
          g_assert_cmpuint (n_others, ==, 1);
          g_assert_cmpuint (others[0], ==, 1);
          g_assert_false (bt_picker_is_asked (t.picker, 1, &fast[i]));
        }
      g_assert_cmpuint (++n_rounds, <=, 10);
    }
  g_assert_cmpuint (bt_picker_n_outstanding (t.picker, 1), ==, 0);
}

/* Those asked for longest ago are doubled first. */
static void
test_endgame_oldest_first (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtBlock a[8], b[8], c[8];

  torrent_init (&t, 6, 8, 5);
  all = make_all (&t);
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (pick (&t, 1, all, a, 8), ==, 8);
  g_assert_cmpuint (pick (&t, 2, all, b, 8), ==, 8);
  g_assert_cmpuint (pick (&t, 3, all, c, 8), ==, 4);
  for (guint i = 0; i < 4; i++)
    assert_block (&c[i], a[0].piece, i);
  /* The next idle peer gets others, not the same once more. */
  g_assert_cmpuint (pick (&t, 4, all, c, 8), ==, 4);
  for (guint i = 0; i < 4; i++)
    assert_block (&c[i], a[0].piece, 4 + i);
}

/* However many are idle, one block is asked of no more than eight, of nobody twice, and all the losers
 * are named. */
static void
test_endgame_crowd (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtBlock block, other;
  BtPeerId others[8];
  guint n_others, n_asked = 1, mask = 0;

  torrent_init (&t, 5, 1, 5);
  all = make_all (&t);
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (pick (&t, 1, all, &block, 1), ==, 1);
  for (BtPeerId peer = 2; peer <= 20; peer++)
    n_asked += pick (&t, peer, all, &other, 1);
  g_assert_cmpuint (n_asked, ==, 8);
  bt_picker_assert_consistent (t.picker);
  /* From one who was not asked. */
  g_assert_cmpint (bt_picker_received (t.picker, 30, &block, others, &n_others), ==,
                   BT_BLOCK_PIECE_COMPLETE);
  g_assert_cmpuint (n_others, ==, 8);
  for (guint i = 0; i < 8; i++)
    mask |= 1u << others[i];
  g_assert_cmpuint (mask, ==, 0x1fe);
  for (BtPeerId peer = 1; peer <= 20; peer++)
    g_assert_cmpuint (bt_picker_n_outstanding (t.picker, peer), ==, 0);
}

/* Pieces that nobody has do not keep the rest from its end. */
static void
test_endgame_missing_pieces (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) half = NULL;
  g_autoptr (BtBitfield) one = bt_bitfield_new (2);
  BtBlock blocks[20];

  torrent_init (&t, 10, 2, 5);
  half = make_bits (&t, 0, 5);
  have_first_pieces (&t);
  bt_picker_peer_bits (t.picker, half, 1);
  bt_picker_peer_bits (t.picker, half, 1);
  bt_bitfield_set (one, 0);
  bt_picker_restore_open (t.picker, 9, one); /* begun, and nobody has it any more */
  g_assert_cmpuint (pick (&t, 1, half, blocks, 20), ==, 2);
  g_assert_true (bt_picker_is_endgame (t.picker));
  g_assert_cmpuint (pick (&t, 2, half, blocks, 20), ==, 2);
  /* Somebody comes who has them. */
  bt_picker_seed (t.picker, 1);
  g_assert_false (bt_picker_is_endgame (t.picker));
}

/* Timed out blocks are free, also while the peer that had them is still there. */
static void
test_abandoned_goes_elsewhere (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtBlock slow[4], fast[4];

  torrent_init (&t, 50, 4, 5);
  all = make_all (&t);
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (pick (&t, 1, all, slow, 4), ==, 4);
  receive (&t, 1, &slow[0]);
  bt_picker_abandon (t.picker, 1, &slow[1]);
  g_assert_cmpuint (pick (&t, 2, all, fast, 1), ==, 1);
  assert_block (&fast[0], slow[1].piece, 1);
  /* It comes late: it counts, and the other one is told. */
  {
    BtPeerId others[8];
    guint n_others;

    g_assert_cmpint (bt_picker_received (t.picker, 1, &slow[1], others, &n_others), ==,
                     BT_BLOCK_ACCEPTED);
    g_assert_cmpuint (n_others, ==, 1);
    g_assert_cmpuint (others[0], ==, 2);
  }
}

/* Very many pieces: peers with large bitfields come and go between picks, so the order is only sorted
 * again once in a while; whatever is picked must be right all the same. */
static void
test_large (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) odd = NULL;
  g_autoptr (BtBitfield) seen = NULL;

  torrent_init (&t, 200000, 1, 5);
  odd = bt_bitfield_new (t.n_pieces);
  seen = bt_bitfield_new (t.n_pieces);
  for (guint32 i = 1; i < t.n_pieces; i += 2)
    bt_bitfield_set (odd, i);
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  for (guint round = 0; round < 300; round++)
    {
      BtBlock blocks[8];

      bt_picker_peer_bits (t.picker, odd, round % 3 < 2 ? 1 : -1);
      g_assert_cmpuint (pick (&t, round + 1, odd, blocks, 8), ==, 8);
      for (guint i = 0; i < 8; i++)
        {
          g_assert_true (bt_bitfield_get (odd, blocks[i].piece));
          g_assert_true (bt_bitfield_set (seen, blocks[i].piece));
        }
      if (round % 5 == 0)
        bt_picker_failed (t.picker, blocks[0].piece);
      if (round % 5 == 0)
        bt_bitfield_clear (seen, blocks[0].piece);
      if (round % 50 == 0)
        bt_picker_assert_consistent (t.picker);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/picker/blocks", test_blocks);
  g_test_add_func ("/engine/picker/wanted", test_wanted);
  g_test_add_func ("/engine/picker/interesting", test_interesting);
  g_test_add_func ("/engine/picker/availability", test_availability);
  g_test_add_func ("/engine/picker/rarest-first", test_rarest_first);
  g_test_add_func ("/engine/picker/rarest-first-by-have", test_rarest_first_by_have);
  g_test_add_func ("/engine/picker/random-ties", test_random_ties);
  g_test_add_func ("/engine/picker/random-ties-after-moves", test_random_ties_after_moves);
  g_test_add_func ("/engine/picker/first-pieces-are-any", test_first_pieces_are_any);
  g_test_add_func ("/engine/picker/priorities", test_priorities);
  g_test_add_func ("/engine/picker/priority-weighs", test_priority_weighs);
  g_test_add_func ("/engine/picker/skipped", test_skipped);
  g_test_add_func ("/engine/picker/sequential", test_sequential);
  g_test_add_func ("/engine/picker/started-first", test_started_first);
  g_test_add_func ("/engine/picker/started-elsewhere", test_started_elsewhere);
  g_test_add_func ("/engine/picker/suggested", test_suggested);
  g_test_add_func ("/engine/picker/allowed-fast", test_allowed_fast);
  g_test_add_func ("/engine/picker/rare-end-elsewhere", test_rare_end_elsewhere);
  g_test_add_func ("/engine/picker/contiguous", test_contiguous);
  g_test_add_func ("/engine/picker/contiguous-stops", test_contiguous_stops);
  g_test_add_func ("/engine/picker/slow", test_slow);
  g_test_add_func ("/engine/picker/slow-minds-priority", test_slow_minds_priority);
  g_test_add_func ("/engine/picker/exclusive", test_exclusive);
  g_test_add_func ("/engine/picker/exclusive-ends", test_exclusive_ends);
  g_test_add_func ("/engine/picker/exclusive-leaves", test_exclusive_leaves);
  g_test_add_func ("/engine/picker/failed", test_failed);
  g_test_add_func ("/engine/picker/requests", test_requests);
  g_test_add_func ("/engine/picker/impossible-blocks", test_impossible_blocks);
  g_test_add_func ("/engine/picker/restore", test_restore);
  g_test_add_func ("/engine/picker/endgame-slow-peer", test_endgame_slow_peer);
  g_test_add_func ("/engine/picker/endgame-oldest-first", test_endgame_oldest_first);
  g_test_add_func ("/engine/picker/endgame-crowd", test_endgame_crowd);
  g_test_add_func ("/engine/picker/endgame-missing-pieces", test_endgame_missing_pieces);
  g_test_add_func ("/engine/picker/abandoned-goes-elsewhere", test_abandoned_goes_elsewhere);
  g_test_add_func ("/engine/picker/large", test_large);
  return g_test_run ();
}
