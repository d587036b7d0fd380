/* ft-table.h: all torrents as lines of a live table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-roster.h"

G_BEGIN_DECLS

/**
 * ft_table_render:
 * @width: columns; each line has exactly as many
 * @max_lines: lines at most, 2 or more; torrents that have no room are counted in a last line
 * @now: Unix seconds
 *
 * Each torrent: name, bar, share, speeds, time left, and below it what it does and why. A narrow
 * table takes three lines for a torrent instead of two.
 *
 * Returns: (transfer full): of char*, fit to be printed
 */
GPtrArray *ft_table_render (FtRoster *roster, guint width, guint max_lines, gint64 now);

/* "3m20s", "2h05m", "3d04h"; "" when @seconds is negative. */
char *ft_table_format_time (gint64 seconds);

G_END_DECLS
