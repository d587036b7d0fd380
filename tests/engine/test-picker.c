/* test-picker.c: what is had, wanted and out there, and blocks that come.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "picker-fixture.h"

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

/* Whatever was found before. */
static gboolean
is_interesting (const Torrent *t, const BtBitfield *has)
{
  guint32 found = 0;
  gboolean interesting = bt_picker_is_interesting (t->picker, has, &found);

  for (guint32 before = 0; before <= t->n_pieces; before++)
    {
      found = before;
      g_assert_cmpint (bt_picker_is_interesting (t->picker, has, &found), ==, interesting);
      g_assert_cmpint (bt_picker_wants (t->picker, found) && bt_bitfield_get (has, found), ==, interesting);
    }
  return interesting;
}

static void
test_wanted (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) last = NULL;

  torrent_init (&t, 10, 1, 1);
  last = make_bits (&t, 9, 1);
  g_assert_cmpuint (bt_picker_n_wanted_missing (t.picker), ==, 10);
  g_assert_true (is_interesting (&t, last));

  bt_picker_set_priority (t.picker, 9, BT_PRIORITY_SKIP);
  g_assert_cmpuint (bt_picker_n_wanted_missing (t.picker), ==, 9);
  g_assert_false (is_interesting (&t, last));
  bt_picker_set_priority (t.picker, 9, 200);
  g_assert_cmpuint (bt_picker_get_priority (t.picker, 9), ==, BT_PRIORITY_HIGH);
  g_assert_true (is_interesting (&t, last));

  for (guint32 i = 0; i < 10; i++)
    bt_picker_set_have (t.picker, i);
  g_assert_true (bt_picker_is_complete (t.picker));
  g_assert_cmpuint (bt_picker_have (t.picker)->n_set, ==, 10);
  g_assert_false (is_interesting (&t, last));

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
        g_assert_true (is_interesting (&t, one));
        bt_picker_set_have (t.picker, i);
        g_assert_false (is_interesting (&t, one));
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
    bt_picker_peer_has (t.picker, 0, i);
  g_assert_cmpfloat (bt_picker_distributed_copies (t.picker), ==, 3.0);
  bt_picker_peer_lost (t.picker, 5);
  g_assert_cmpuint (bt_picker_availability (t.picker, 5), ==, 2);
  bt_picker_peer_bits (t.picker, half, -1);
  bt_picker_seed (t.picker, -1);
  g_assert_cmpuint (bt_picker_availability (t.picker, 0), ==, 1);
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

/* A seed is relieved of a piece by the first other peer that has it, while nothing of it has come. */
static void
test_relieved (void)
{
  g_auto (Torrent) t = { 0 };
  g_autoptr (BtBitfield) all = NULL;
  BtBlock blocks[3];
  guint32 piece;

  torrent_init (&t, 10, 2, 1);
  all = make_all (&t);
  bt_picker_seed (t.picker, 1);
  g_assert_cmpuint (pick (&t, 1, all, blocks, 2), ==, 2);
  piece = blocks[0].piece;
  g_assert_cmpuint (blocks[1].piece, ==, piece);
  g_assert_cmpuint (bt_picker_find_relieved (t.picker, piece), ==, 0); /* nobody else has it */
  bt_picker_peer_has (t.picker, 0, piece);
  g_assert_cmpuint (bt_picker_find_relieved (t.picker, piece), ==, 1);
  g_assert_cmpuint (bt_picker_find_relieved (t.picker, (piece + 1) % 10), ==, 0); /* asked of nobody */
  bt_picker_peer_has (t.picker, 0, piece);
  g_assert_cmpuint (bt_picker_find_relieved (t.picker, piece), ==, 0); /* not the first */
  bt_picker_peer_lost (t.picker, piece);

  g_assert_cmpint (receive (&t, 1, &blocks[0]), ==, BT_BLOCK_ACCEPTED);
  g_assert_cmpuint (bt_picker_find_relieved (t.picker, piece), ==, 0); /* some came */

  g_assert_cmpuint (pick (&t, 1, all, &blocks[0], 1), ==, 1);
  g_assert_cmpuint (pick (&t, 2, all, &blocks[2], 1), ==, 1);
  g_assert_cmpuint (blocks[0].piece, ==, blocks[2].piece);
  bt_picker_peer_has (t.picker, 0, blocks[0].piece);
  g_assert_cmpuint (bt_picker_find_relieved (t.picker, blocks[0].piece), ==, 0); /* asked of two */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/picker/blocks", test_blocks);
  g_test_add_func ("/engine/picker/wanted", test_wanted);
  g_test_add_func ("/engine/picker/interesting", test_interesting);
  g_test_add_func ("/engine/picker/availability", test_availability);
  g_test_add_func ("/engine/picker/skipped", test_skipped);
  g_test_add_func ("/engine/picker/requests", test_requests);
  g_test_add_func ("/engine/picker/impossible-blocks", test_impossible_blocks);
  g_test_add_func ("/engine/picker/relieved", test_relieved);
  g_test_add_func ("/engine/picker/restore", test_restore);
  g_test_add_func ("/engine/picker/failed", test_failed);
  return g_test_run ();
}
