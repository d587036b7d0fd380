/* ft-lines.h: what the engine says as plain lines of text.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-status.h"
#include "ft-roster.h"

G_BEGIN_DECLS

/* All results are (transfer full) and fit to be printed; an array holds char*. */

/* "Debian 13: Downloading from 3 of 12 peers, 45 %, 120 MB of 260 MB, 3 minutes left, 1.2 MB/s" */
char *ft_lines_torrent (const BtTorrentStatus *status, gint64 now);
/* Of the roster: one line a torrent, with the beginning of its info-hash. */
GPtrArray *ft_lines_list (FtRoster *roster, gint64 now);
GPtrArray *ft_lines_status (FtRoster *roster);
GPtrArray *ft_lines_dht (FtRoster *roster);
/* The parts that @detail has. */
GPtrArray *ft_lines_detail (const BtDetail *detail, gint64 now);
/* @status: (nullable): of the torrent. Returns: (nullable): NULL if its state says it already. */
char *ft_lines_event (const BtEvent *event, const BtTorrentStatus *status);

G_END_DECLS
