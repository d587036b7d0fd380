/* ft-piece-shares.h: how the pieces of a torrent stand, condensed to what a picture or a sentence holds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-status.h"

G_BEGIN_DECLS

#define FT_N_PIECE_KINDS (BT_PIECE_HAD + 1)

/* How much of a cell is of which kind, indexed by BT_PIECE_*; the sum is 1 unless it is empty. */
typedef struct
{
  float of[FT_N_PIECE_KINDS];
} FtPieceShares;

/**
 * ft_piece_shares_make:
 * @pieces: (array length=n_pieces): BT_PIECE_*
 * @cells: (out caller-allocates) (array length=n_cells): in the order of the pieces
 *
 * Divides the pieces evenly among the cells. A piece that lies in two cells counts in both by what it
 * has in them, so nothing is lost when there are more pieces than cells, nor when there are fewer.
 */
void ft_piece_shares_make (const guint8 *pieces, guint n_pieces, FtPieceShares *cells, guint n_cells);

/* How many are of which kind. */
void ft_piece_shares_count (const guint8 *pieces, guint n_pieces, guint counts[FT_N_PIECE_KINDS]);

/* Returns: (transfer full): such as "412 of 1,000 pieces, all others available" */
char *ft_describe_pieces (const guint counts[FT_N_PIECE_KINDS]);

G_END_DECLS
