/* ft-piece-shares.c: how the pieces of a torrent stand, condensed to what a picture or a sentence holds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-piece-shares.h"

#include <glib/gi18n-lib.h>

static guint
kind_of (guint8 piece)
{
  return piece < FT_N_PIECE_KINDS ? piece : BT_PIECE_MISSING;
}

/* Pieces begin … end, in fractions of a piece. */
static void
fill_cell (FtPieceShares *cell, const guint8 *pieces, guint n_pieces, double begin, double end)
{
  guint first = (guint) begin;
  double size = end - begin;

  *cell = (FtPieceShares) { 0 };
  for (guint i = first; i < n_pieces && i < end; i++)
    {
      double overlap = MIN (end, i + 1.0) - MAX (begin, (double) i);

      cell->of[kind_of (pieces[i])] += (float) (MAX (overlap, 0) / size);
    }
}

void
ft_piece_shares_make (const guint8 *pieces, guint n_pieces, FtPieceShares *cells, guint n_cells)
{
  double step = n_cells > 0 ? (double) n_pieces / n_cells : 0;

  g_return_if_fail (pieces != NULL || n_pieces == 0);

  for (guint i = 0; i < n_cells; i++)
    {
      if (n_pieces == 0)
        cells[i] = (FtPieceShares) { 0 };
      else
        fill_cell (&cells[i], pieces, n_pieces, i * step, i + 1 < n_cells ? (i + 1) * step : n_pieces);
    }
}

void
ft_piece_shares_count (const guint8 *pieces, guint n_pieces, guint counts[FT_N_PIECE_KINDS])
{
  for (guint kind = 0; kind < FT_N_PIECE_KINDS; kind++)
    counts[kind] = 0;
  for (guint i = 0; i < n_pieces; i++)
    counts[kind_of (pieces[i])]++;
}

static char *
describe_rest (const guint counts[FT_N_PIECE_KINDS])
{
  guint missing = counts[BT_PIECE_MISSING];
  guint others = missing + counts[BT_PIECE_AVAILABLE] + counts[BT_PIECE_IN_FLIGHT];

  if (missing == 0)
    return g_strdup (_("all others available"));
  if (missing == others)
    return g_strdup (_("no connected peer has any of the others"));
  return g_strdup_printf (ngettext ("%'u that no connected peer has", "%'u that no connected peer has", missing),
                          missing);
}

char *
ft_describe_pieces (const guint counts[FT_N_PIECE_KINDS])
{
  guint had = counts[BT_PIECE_HAD];
  guint total = had + counts[BT_PIECE_MISSING] + counts[BT_PIECE_AVAILABLE] + counts[BT_PIECE_IN_FLIGHT];
  g_autofree char *share = NULL;
  g_autofree char *rest = NULL;

  if (total == 0)
    return g_strdup ("");
  if (had == total)
    return g_strdup_printf (ngettext ("The only piece is here", "All %'u pieces are here", total), total);
  share = g_strdup_printf (ngettext ("%1$'u of %2$'u piece", "%1$'u of %2$'u pieces", total), had, total);
  rest = describe_rest (counts);
  /* Translators: "412 of 1,000 pieces" and "all others available". */
  return g_strdup_printf (C_ ("pieces", "%1$s, %2$s"), share, rest);
}
