/* ft-piece-map.h: a picture of which pieces are here, coming, to be had or missing.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FT_TYPE_PIECE_MAP (ft_piece_map_get_type ())
G_DECLARE_FINAL_TYPE (FtPieceMap, ft_piece_map, FT, PIECE_MAP, GtkWidget)

/* Properties: pieces (#GBytes, nullable): all of them are shown. */

/**
 * ft_piece_map_set_pieces:
 * @pieces: (nullable): BT_PIECE_* of a whole torrent, one byte each
 * @first: of those that are shown
 * @count: how many; cut to what is there
 *
 * Colours are ft_piece_had, ft_piece_in_flight, ft_piece_available and ft_piece_missing of the
 * stylesheet. A screen reader is told the numbers.
 */
void ft_piece_map_set_pieces (FtPieceMap *map, GBytes *pieces, guint first, guint count);

G_END_DECLS
