/* test-picker-choice.c: which pieces come first, for which peers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "picker-fixture.h"

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
        bt_picker_peer_has (t.picker, 0, i);
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
          bt_picker_peer_has (t.picker, 0, i);
      g_assert_cmpuint (pick (&t, 1, all, &block, 1), ==, 1);
      n_first[block.piece - 4]++;
    }
  for (guint i = 0; i < 16; i++)
    g_assert_cmpuint (ABS ((int) n_first[i] - 100), <, 50);
}

/* And by coming into the order one by one. */
static void
test_random_ties_after_inserts (void)
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
      for (guint32 i = 5; i < 20; i++)
        bt_picker_set_priority (t.picker, i, BT_PRIORITY_SKIP);
      for (guint32 i = 20; i < 200; i++)
        bt_picker_peer_has (t.picker, 0, i);
      g_assert_cmpuint (pick_piece (&t, 1, all), ==, 4);
      bt_picker_failed (t.picker, 4);
      for (guint32 i = 5; i < 20; i++)
        bt_picker_set_priority (t.picker, i, BT_PRIORITY_NORMAL);
      g_assert_cmpuint (pick (&t, 1, all, &block, 1), ==, 1);
      g_assert_cmpuint (block.piece, <, 20);
      n_first[block.piece - 4]++;
    }
  for (guint i = 0; i < 16; i++)
    g_assert_cmpuint (ABS ((int) n_first[i] - 100), <, 50);
}

/* And by sorting anew: that some were rarer before does not count. */
static void
test_random_ties_after_sort (void)
{
  guint n_first[16] = { 0 };

  for (guint64 seed = 0; seed < 1600; seed++)
    {
      g_auto (Torrent) t = { 0 };
      g_autoptr (BtBitfield) all = NULL;
      g_autoptr (BtBitfield) rarer = NULL;
      BtBlock block;

      torrent_init (&t, 200, 1, seed);
      all = make_all (&t);
      rarer = make_bits (&t, 12, 188);
      bt_picker_seed (t.picker, 1);
      have_first_pieces (&t);
      for (guint32 i = 4; i < 12; i++)
        bt_picker_peer_has (t.picker, 0, i);
      for (guint32 i = 20; i < 200; i++)
        bt_picker_set_priority (t.picker, i, BT_PRIORITY_SKIP);
      g_assert_cmpuint (pick (&t, 1, all, &block, 1), ==, 1);
      g_assert_cmpuint (block.piece, >=, 12);
      bt_picker_failed (t.picker, block.piece);
      bt_picker_peer_bits (t.picker, rarer, 1);
      g_assert_cmpuint (pick (&t, 1, all, &block, 1), ==, 1);
      n_first[block.piece - 4]++;
    }
  for (guint i = 0; i < 16; i++)
    g_assert_cmpuint (ABS ((int) n_first[i] - 100), <, 50);
}

/* While fewer than four pieces are had, rarity does not count; then it does. */
static void
test_first_pieces_are_any (void)
{
  for (guint n_had = 0; n_had <= 4; n_had++)
    {
      guint n_rarest = 0;

      for (guint64 seed = 0; seed < 500; seed++)
        {
          g_auto (Torrent) t = { 0 };
          g_autoptr (BtBitfield) all = NULL;
          g_autoptr (BtBitfield) common = NULL;

          torrent_init (&t, n_had + 10, 1, seed);
          all = make_all (&t);
          common = make_bits (&t, n_had + 1, 9);
          for (guint32 i = 0; i < n_had; i++)
            bt_picker_set_have (t.picker, i);
          bt_picker_peer_bits (t.picker, all, 1);
          bt_picker_peer_bits (t.picker, common, 1);
          n_rarest += pick_piece (&t, 1, all) == n_had;
        }
      /* One in ten by chance, more when it lies behind those that are had. */
      if (n_had < 4)
        g_assert_cmpuint (n_rarest, <, 350);
      else
        g_assert_cmpuint (n_rarest, ==, 500);
    }
}

/* Each piece comes first about equally often. */
static void
test_first_piece_is_random (void)
{
  guint n_picked[10] = { 0 };

  for (guint64 seed = 0; seed < 1000; seed++)
    {
      g_auto (Torrent) t = { 0 };
      g_autoptr (BtBitfield) all = NULL;

      torrent_init (&t, 10, 1, seed);
      all = make_all (&t);
      bt_picker_seed (t.picker, 1);
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
      bt_picker_peer_has (t.picker, 0, i);
  bt_picker_set_priority (t.picker, 10, BT_PRIORITY_HIGH);
  bt_picker_set_priority (t.picker, 11, BT_PRIORITY_HIGH);
  g_assert_cmpuint (pick_piece (&t, 1, all), ==, 10);
  g_assert_cmpuint (pick_piece (&t, 2, all), ==, 12);
  g_assert_cmpuint (pick_piece (&t, 3, all), ==, 11);
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

/* Peers that get pieces and lose them, pieces that fail, are given up, wanted more or less, and are missing again. */

#define IN_ORDER_PIECES 300u
#define IN_ORDER_PEERS 4u

typedef struct
{
  BtBitfield *has[IN_ORDER_PEERS];
  BtPeerId asked_of[IN_ORDER_PIECES]; /* 0: of nobody */
  guint8 priorities[IN_ORDER_PIECES];
} InOrder;

/* Returns: IN_ORDER_PIECES if there is none */
static guint32
find_expected (const Torrent *t, const InOrder *model, const BtBitfield *has)
{
  guint32 best = IN_ORDER_PIECES;

  for (guint32 i = 0; i < IN_ORDER_PIECES; i++)
    if (bt_picker_wants (t->picker, i) && model->asked_of[i] == 0 && bt_bitfield_get (has, i)
        && (best == IN_ORDER_PIECES || model->priorities[i] > model->priorities[best]))
      best = i;
  return best;
}

static void
pick_in_order (Torrent *t, InOrder *model, BtPeerId peer)
{
  const BtBitfield *has = model->has[peer - 1];
  guint32 expected = find_expected (t, model, has);
  BtBlock block;
  guint n = pick (t, peer, has, &block, 1);

  if (expected == IN_ORDER_PIECES)
    {
      if (n > 0) /* what is asked of another: near the end */
        bt_picker_abandon (t->picker, peer, &block);
      return;
    }
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (block.piece, ==, expected);
  model->asked_of[expected] = peer;
}

static void
end_asked (Torrent *t, InOrder *model, guint32 piece)
{
  BtBlock block = bt_picker_block (t->picker, piece, 0);
  guint way = bt_random_below (&t->random, 3);

  if (way == 0)
    bt_picker_abandon (t->picker, model->asked_of[piece], &block);
  else
    g_assert_cmpint (receive (t, model->asked_of[piece], &block), ==, BT_BLOCK_PIECE_COMPLETE);
  if (way == 1)
    bt_picker_passed (t->picker, piece);
  else if (way == 2)
    bt_picker_failed (t->picker, piece);
  model->asked_of[piece] = 0;
}

static void
tell_bit (Torrent *t, InOrder *model, BtPeerId peer, guint32 piece)
{
  BtBitfield *has = model->has[peer - 1];

  if (bt_bitfield_set (has, piece))
    bt_picker_peer_has (t->picker, peer, piece);
  else if (bt_bitfield_clear (has, piece))
    bt_picker_peer_lost (t->picker, piece);
}

static void
change_something (Torrent *t, InOrder *model)
{
  guint32 piece = bt_random_below (&t->random, IN_ORDER_PIECES);

  if (model->asked_of[piece] != 0)
    end_asked (t, model, piece);
  else if (bt_random_below (&t->random, 2) == 0)
    tell_bit (t, model, 1 + bt_random_below (&t->random, IN_ORDER_PEERS), piece);
  else if (bt_picker_has (t->picker, piece))
    bt_picker_set_missing (t->picker, piece);
  else
    {
      model->priorities[piece] = (guint8) bt_random_below (&t->random, BT_PRIORITY_HIGH + 1);
      bt_picker_set_priority (t->picker, piece, model->priorities[piece]);
    }
}

static void
test_sequential_whatever_happens (void)
{
  for (guint64 seed = 0; seed < 20; seed++)
    {
      g_auto (Torrent) t = { 0 };
      InOrder model = { 0 };

      torrent_init (&t, IN_ORDER_PIECES, 1, seed);
      bt_picker_set_sequential (t.picker, TRUE);
      memset (model.priorities, BT_PRIORITY_NORMAL, sizeof model.priorities);
      for (guint i = 0; i < IN_ORDER_PEERS; i++)
        {
          model.has[i] = make_bits (&t, i * 60, IN_ORDER_PIECES - i * 60);
          bt_picker_peer_bits (t.picker, model.has[i], 1);
        }
      for (guint round = 0; round < 1000; round++)
        {
          /* Now and then more than is remembered of what became free. */
          guint n = bt_random_below (&t.random, 50) == 0 ? 400 : bt_random_below (&t.random, 4);

          for (guint i = 0; i < n; i++)
            change_something (&t, &model);
          pick_in_order (&t, &model, 1 + bt_random_below (&t.random, IN_ORDER_PEERS));
        }
      for (guint i = 0; i < IN_ORDER_PEERS; i++)
        bt_bitfield_free (model.has[i]);
    }
}

/* What was begun at random is ended in order too; what a fast peer would go on with, or suggests, waits. */
static void
test_sequential_from_now_on (void)
{
  static const guint32 begun[] = { 30, 10, 20 };
  static const guint32 suggested[] = { 40 };
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtPickRequest request = { .peer = 9, .contiguous_pieces = 8, .suggested = suggested, .n_suggested = 1 };
  BtBlock blocks[8];

  torrent_init (&t, 50, 2, 3);
  all = make_all (&t);
  request.has = all;
  bt_picker_seed (t.picker, 1);
  bt_picker_set_have (t.picker, 0);
  for (guint i = 0; i < G_N_ELEMENTS (begun); i++)
    {
      g_autoptr (BtBitfield) one = make_bits (&t, begun[i], 1);

      g_assert_cmpuint (pick_piece (&t, 1 + i, one), ==, begun[i]);
    }
  bt_picker_set_sequential (t.picker, TRUE);
  g_assert_cmpuint (bt_picker_pick (t.picker, &request, blocks, 7), ==, 7);
  for (guint i = 0; i < 3; i++)
    assert_block (&blocks[i], 10 + i * 10, 1);
  for (guint i = 0; i < 4; i++)
    assert_block (&blocks[3 + i], 1 + i / 2, i % 2);
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
  few = make_bits (&t, 4900, 100);
  have_first_pieces (&t);
  bt_picker_peer_bits (t.picker, all, 1);
  for (guint i = 0; i < 5; i++)
    bt_picker_peer_bits (t.picker, many, 1);
  for (guint32 i = 3000; i < 5000; i++)
    if (i != 4995)
      bt_picker_peer_has (t.picker, 0, i);
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
      bt_picker_peer_has (t.picker, 0, i);
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
    bt_picker_peer_has (t.picker, 0, 200);
  bt_picker_peer_has (t.picker, 0, 100);
  g_assert_cmpuint (bt_picker_pick (t.picker, &request, &block, 1), ==, 1);
  g_assert_cmpuint (block.piece, ==, 100);
}

/* The same of a peer that has so few pieces that all are compared. */
static void
test_slow_with_few (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) few = NULL;
  BtPickRequest request = { .peer = 1, .contiguous_pieces = 1, .slow = TRUE };
  BtBlock block;

  torrent_init (&t, 300, 4, 5);
  few = make_bits (&t, 100, 20);
  request.has = few;
  have_first_pieces (&t);
  bt_picker_peer_bits (t.picker, few, 1);
  bt_picker_peer_has (t.picker, 0, 105);
  for (guint k = 0; k < 50; k++)
    bt_picker_peer_has (t.picker, 0, 110);
  bt_picker_set_priority (t.picker, 110, BT_PRIORITY_LOW);
  g_assert_cmpuint (bt_picker_pick (t.picker, &request, &block, 1), ==, 1);
  g_assert_cmpuint (block.piece, ==, 105);
  g_assert_cmpuint (pick_piece (&t, 2, few), ==, 105);
}

/* Peers with large bitfields come and go between picks of a large torrent, so the order is sorted
 * again only once in a while; whatever is picked must be right all the same. */
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
  g_test_add_func ("/engine/picker-choice/rarest-first", test_rarest_first);
  g_test_add_func ("/engine/picker-choice/rarest-first-by-have", test_rarest_first_by_have);
  g_test_add_func ("/engine/picker-choice/random-ties", test_random_ties);
  g_test_add_func ("/engine/picker-choice/random-ties-after-moves", test_random_ties_after_moves);
  g_test_add_func ("/engine/picker-choice/random-ties-after-inserts",
                   test_random_ties_after_inserts);
  g_test_add_func ("/engine/picker-choice/random-ties-after-sort", test_random_ties_after_sort);
  g_test_add_func ("/engine/picker-choice/first-pieces-are-any", test_first_pieces_are_any);
  g_test_add_func ("/engine/picker-choice/first-piece-is-random", test_first_piece_is_random);
  g_test_add_func ("/engine/picker-choice/priorities", test_priorities);
  g_test_add_func ("/engine/picker-choice/priority-weighs", test_priority_weighs);
  g_test_add_func ("/engine/picker-choice/sequential", test_sequential);
  g_test_add_func ("/engine/picker-choice/sequential-whatever-happens", test_sequential_whatever_happens);
  g_test_add_func ("/engine/picker-choice/sequential-from-now-on", test_sequential_from_now_on);
  g_test_add_func ("/engine/picker-choice/started-first", test_started_first);
  g_test_add_func ("/engine/picker-choice/started-elsewhere", test_started_elsewhere);
  g_test_add_func ("/engine/picker-choice/suggested", test_suggested);
  g_test_add_func ("/engine/picker-choice/allowed-fast", test_allowed_fast);
  g_test_add_func ("/engine/picker-choice/rare-end-elsewhere", test_rare_end_elsewhere);
  g_test_add_func ("/engine/picker-choice/contiguous", test_contiguous);
  g_test_add_func ("/engine/picker-choice/contiguous-stops", test_contiguous_stops);
  g_test_add_func ("/engine/picker-choice/slow", test_slow);
  g_test_add_func ("/engine/picker-choice/slow-minds-priority", test_slow_minds_priority);
  g_test_add_func ("/engine/picker-choice/slow-with-few", test_slow_with_few);
  g_test_add_func ("/engine/picker-choice/large", test_large);
  return g_test_run ();
}
