/* test-piece-shares.c: pieces condensed to cells and to a sentence; health in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-describe.h"
#include "ft-piece-shares.h"

static const guint8 pieces[] = { BT_PIECE_HAD, BT_PIECE_HAD, BT_PIECE_IN_FLIGHT, BT_PIECE_MISSING };

static void
assert_share (const FtPieceShares *cell, guint kind, double expected)
{
  g_assert_cmpfloat_with_epsilon (cell->of[kind], expected, 1e-5);
}

/* More pieces than cells: each cell is their average. */
static void
test_average (void)
{
  FtPieceShares cells[2];

  ft_piece_shares_make (pieces, 4, cells, 2);
  assert_share (&cells[0], BT_PIECE_HAD, 1);
  assert_share (&cells[1], BT_PIECE_IN_FLIGHT, 0.5);
  assert_share (&cells[1], BT_PIECE_MISSING, 0.5);
}

/* A piece that lies in two cells counts in both; fewer pieces than cells are drawn out. */
static void
test_borders (void)
{
  FtPieceShares three[3], eight[8];

  ft_piece_shares_make (pieces, 4, three, 3);
  assert_share (&three[1], BT_PIECE_HAD, 0.5);
  assert_share (&three[1], BT_PIECE_IN_FLIGHT, 0.5);
  assert_share (&three[2], BT_PIECE_IN_FLIGHT, 0.25);
  ft_piece_shares_make (pieces, 4, eight, 8);
  for (guint i = 0; i < 8; i++)
    assert_share (&eight[i], pieces[i / 2], 1);
}

static void
test_nothing (void)
{
  FtPieceShares cell;

  ft_piece_shares_make (NULL, 0, &cell, 1);
  for (guint kind = 0; kind < FT_N_PIECE_KINDS; kind++)
    assert_share (&cell, kind, 0);
}

static void
assert_words (guint missing, guint available, guint had, const char *expected)
{
  const guint counts[FT_N_PIECE_KINDS] = {
    [BT_PIECE_MISSING] = missing, [BT_PIECE_AVAILABLE] = available, [BT_PIECE_HAD] = had
  };
  g_autofree char *text = ft_describe_pieces (counts);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_words (void)
{
  assert_words (0, 0, 0, "");
  assert_words (0, 60, 40, "40 of 100 pieces, all others available");
  assert_words (60, 0, 40, "40 of 100 pieces, no connected peer has any of the others");
  assert_words (10, 50, 40, "40 of 100 pieces, 10 that no connected peer has");
  assert_words (0, 0, 100, "All 100 pieces are here");
}

static void
assert_health (const BtTorrentStatus *status, const char *expected)
{
  g_autofree char *text = ft_describe_health (status);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_health (void)
{
  BtTorrentStatus status = { .total_size = 100, .wanted = 100, .done = 40, .swarm_seeds = -1 };

  assert_health (&status, "Unknown: nobody is connected");
  status.swarm_seeds = 2;
  assert_health (&status, "The trackers know of 2 seeds; none is connected");
  status.n_peers = 12;
  status.n_seeds = 12;
  assert_health (&status, "Healthy: 12 seeds are connected");
  status.n_seeds = 0;
  status.availability = 0.97;
  assert_health (&status, "Incomplete: nobody who is connected has 3 % of it");
  status.availability = 1.5;
  assert_health (&status, "Good: no seed is connected, but the connected peers have all of it together");
  status.availability = 0;
  assert_health (&status, "Poor: the connected peers have nothing of it yet");
  status.done = 100;
  status.n_peers = 0;
  status.swarm_seeds = -1;
  assert_health (&status, "Complete here: nobody else is known to have all of it");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/piece-shares/average", test_average);
  g_test_add_func ("/model/piece-shares/borders", test_borders);
  g_test_add_func ("/model/piece-shares/nothing", test_nothing);
  g_test_add_func ("/model/piece-shares/words", test_words);
  g_test_add_func ("/model/piece-shares/health", test_health);
  return g_test_run ();
}
