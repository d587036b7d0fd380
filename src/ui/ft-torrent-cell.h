/* ft-torrent-cell.h: one fact of one torrent in the table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-column.h"

G_BEGIN_DECLS

#define FT_TYPE_TORRENT_CELL (ft_torrent_cell_get_type ())
G_DECLARE_FINAL_TYPE (FtTorrentCell, ft_torrent_cell, FT, TORRENT_CELL, GtkWidget)

/* @column: one of ft_column_get_all() */
GtkWidget *ft_torrent_cell_new (const FtColumn *column);
void ft_torrent_cell_set_torrent (FtTorrentCell *cell, FtTorrent *torrent); /* (nullable) */
/* Returns: (transfer none) (nullable) */
FtTorrent *ft_torrent_cell_get_torrent (FtTorrentCell *cell);

G_END_DECLS
