/* bench-picker.c: what picking costs, from small torrents to the largest and with up to 2000 peers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-limits.h"
#include "bt-picker.h"

#include <glib.h>

#define BLOCKS_OF_PIECE 16
#define PICK_SIZE 16
#define N_PICKS 20000
#define N_HAVES 200000
/* Bitfields are made once and shared: 2000 of a million pieces would be 250 MB of nothing new. */
#define N_BITFIELDS 20

typedef struct
{
  BtRandom random;
  BtPicker *picker;
  guint32 n_pieces;
  guint n_peers;
  BtBitfield *bits[N_BITFIELDS];
} Bench;

static double
seconds_since (gint64 begin)
{
  return (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
}

/* From peers with a tenth of the pieces to such with nearly all. */
static void
fill (Bench *bench, BtBitfield *bits, guint which)
{
  for (guint32 i = 0; i < bench->n_pieces; i++)
    if (bt_random_below (&bench->random, N_BITFIELDS) <= which)
      bt_bitfield_set (bits, i);
}

static double
join_all (Bench *bench)
{
  gint64 begin = g_get_monotonic_time ();

  for (guint i = 0; i < bench->n_peers; i++)
    bt_picker_peer_bits (bench->picker, bench->bits[i % N_BITFIELDS], 1);
  return seconds_since (begin);
}

static double
tell_haves (Bench *bench)
{
  gint64 begin = g_get_monotonic_time ();

  for (guint i = 0; i < N_HAVES; i++)
    bt_picker_peer_has (bench->picker, 0, bt_random_below (&bench->random, bench->n_pieces));
  return seconds_since (begin);
}

/* Peers in turn ask and deliver. Returns how many blocks; @worst_us: the longest pick. */
static guint64
transfer (Bench *bench, gint64 *worst_us)
{
  guint64 n_blocks = 0;

  for (guint i = 0; i < N_PICKS && !bt_picker_is_complete (bench->picker); i++)
    {
      BtPeerId peer = 1 + i % bench->n_peers;
      BtPickRequest request = { .peer = peer, .has = bench->bits[peer % N_BITFIELDS],
                                .contiguous_pieces = 1 };
      BtBlock blocks[PICK_SIZE];
      gint64 begin = g_get_monotonic_time ();
      guint n = bt_picker_pick (bench->picker, &request, blocks, PICK_SIZE);

      *worst_us = MAX (*worst_us, g_get_monotonic_time () - begin);
      n_blocks += n;
      for (guint k = 0; k < n; k++)
        {
          BtPeerId others[8];
          guint n_others;

          if (bt_picker_received (bench->picker, peer, &blocks[k], others, &n_others)
              == BT_BLOCK_PIECE_COMPLETE)
            bt_picker_passed (bench->picker, blocks[k].piece);
        }
    }
  return n_blocks;
}

static void
run (guint32 n_pieces, guint n_peers)
{
  Bench bench = { .n_pieces = n_pieces, .n_peers = n_peers };
  double join_s, have_s, transfer_s;
  gint64 begin, first_us, worst_us = 0;
  guint64 n_blocks;
  BtBlock block;

  bt_random_seed (&bench.random, n_pieces + n_peers);
  bench.picker = bt_picker_new (n_pieces, BLOCKS_OF_PIECE * BT_LIMIT_BLOCK,
                                (guint64) n_pieces * BLOCKS_OF_PIECE * BT_LIMIT_BLOCK,
                                &bench.random);
  for (guint i = 0; i < N_BITFIELDS; i++)
    {
      bench.bits[i] = bt_bitfield_new (n_pieces);
      fill (&bench, bench.bits[i], i);
    }
  for (guint32 i = 0; i < 4; i++)
    bt_picker_set_have (bench.picker, i);

  join_s = join_all (&bench);
  /* The first pick sorts the torrent. */
  begin = g_get_monotonic_time ();
  bt_picker_pick (bench.picker,
                  &(BtPickRequest){ .peer = G_MAXUINT32, .has = bench.bits[N_BITFIELDS - 1] },
                  &block, 1);
  first_us = g_get_monotonic_time () - begin;
  have_s = tell_haves (&bench);
  begin = g_get_monotonic_time ();
  n_blocks = transfer (&bench, &worst_us);
  transfer_s = seconds_since (begin);
  g_print ("%8u %6u %12.1f %10.1f %8.0f %10.0f %10" G_GINT64_FORMAT "\n", n_pieces, n_peers,
           join_s * 1e6 / n_peers, first_us / 1000.0, have_s * 1e9 / N_HAVES,
           transfer_s * 1e9 / (double) MAX (n_blocks, 1), worst_us);

  for (guint i = 0; i < N_BITFIELDS; i++)
    bt_bitfield_free (bench.bits[i]);
  bt_picker_free (bench.picker);
}

int
main (int argc, char **argv)
{
  static const guint32 pieces[] = { 1000, 10000, 100000, 1000000, 2000000 };
  static const guint peers[] = { 10, 100, 2000 };

  g_print ("%8s %6s %12s %10s %8s %10s %10s\n", "pieces", "peers", "join us", "first ms", "have ns",
           "block ns", "worst us");
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    for (guint k = 0; k < G_N_ELEMENTS (peers); k++)
      run (pieces[i], peers[k]);
  return 0;
}
