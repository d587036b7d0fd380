/* test-picker-endgame.c: last blocks, late blocks, peers on parole: nobody holds anything up.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "picker-fixture.h"

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

/* One request that timed out is enough. */
static void
test_exclusive_times_out (void)
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
  bt_picker_abandon (t.picker, 1, &a[1]);
  g_assert_cmpuint (pick (&t, 2, all, b, 4), ==, 3);
}

/* What is kept for it is not free, so for the others the endgame may begin. */
static void
test_exclusive_and_endgame (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtPickRequest parole = { .peer = 1, .contiguous_pieces = 1, .exclusive = TRUE };
  BtBlock a[2], b[4], c[4];

  torrent_init (&t, 6, 4, 5);
  all = make_all (&t);
  parole.has = all;
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, a, 2), ==, 2);
  g_assert_cmpuint (pick (&t, 2, all, b, 4), ==, 4);
  g_assert_cmpuint (pick (&t, 3, all, c, 4), ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (c[i].piece, ==, b[0].piece);
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

/* What others began and left must be ended by somebody, even when all that remain are on parole; but
 * only by one who has nothing else to do, one piece at a time, and not beside others. */
static void
test_exclusive_ends_the_abandoned (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtPickRequest parole = { .peer = 1, .contiguous_pieces = 1, .exclusive = TRUE };
  BtBlock a[8], b[8];

  torrent_init (&t, 6, 4, 5);
  all = make_all (&t);
  parole.has = all;
  have_first_pieces (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (pick (&t, 2, all, b, 6), ==, 6);
  for (guint i = 0; i < 5; i++)
    receive (&t, 2, &b[i]);
  g_assert_true (bt_picker_has (t.picker, b[0].piece) || bt_picker_open_blocks (t.picker, b[0].piece) != NULL);
  bt_picker_failed (t.picker, b[0].piece);
  /* The other piece is being worked on. */
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, a, 2), ==, 2);
  g_assert_cmpuint (a[0].piece, ==, b[0].piece);
  bt_picker_abandon_all (t.picker, 2);
  /* Now it is not, but there still is something to do. */
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, a + 2, 8 - 2), ==, 2);
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, a + 4, 4), ==, 0);
  for (guint i = 0; i < 4; i++)
    receive (&t, 1, &a[i]);
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, a, 1), ==, 1);
  g_assert_cmpuint (a[0].piece, ==, b[4].piece);
  /* It is shared, so it is nobody's own: another may help. */
  g_assert_cmpuint (pick (&t, 3, all, b, 8), ==, 2);
  g_assert_cmpuint (b[0].piece, ==, a[0].piece);
  parole.peer = 4;
  g_assert_cmpuint (bt_picker_pick (t.picker, &parole, b, 1), ==, 0);
}

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

/* However many are idle, a block is asked of eight at most, of nobody twice, and all the losers are
 * named. */
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/picker-endgame/exclusive", test_exclusive);
  g_test_add_func ("/engine/picker-endgame/exclusive-ends", test_exclusive_ends);
  g_test_add_func ("/engine/picker-endgame/exclusive-times-out", test_exclusive_times_out);
  g_test_add_func ("/engine/picker-endgame/exclusive-and-endgame", test_exclusive_and_endgame);
  g_test_add_func ("/engine/picker-endgame/exclusive-leaves", test_exclusive_leaves);
  g_test_add_func ("/engine/picker-endgame/exclusive-ends-the-abandoned", test_exclusive_ends_the_abandoned);
  g_test_add_func ("/engine/picker-endgame/slow-peer", test_endgame_slow_peer);
  g_test_add_func ("/engine/picker-endgame/oldest-first", test_endgame_oldest_first);
  g_test_add_func ("/engine/picker-endgame/crowd", test_endgame_crowd);
  g_test_add_func ("/engine/picker-endgame/missing-pieces", test_endgame_missing_pieces);
  g_test_add_func ("/engine/picker-endgame/abandoned-goes-elsewhere",
                   test_abandoned_goes_elsewhere);
  return g_test_run ();
}
