/* ft-torrent-row.h: one torrent in a list.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-torrent.h"

G_BEGIN_DECLS

#define FT_TYPE_TORRENT_ROW (ft_torrent_row_get_type ())
G_DECLARE_FINAL_TYPE (FtTorrentRow, ft_torrent_row, FT, TORRENT_ROW, GtkBox)

/* Returns: (transfer none) (nullable) */
FtTorrent *ft_torrent_row_get_torrent (FtTorrentRow *row);

G_END_DECLS
