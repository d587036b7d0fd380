/* ft-describe.h: the engine's values in plain, translated words, for every face.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-status.h"

G_BEGIN_DECLS

/* All: (transfer full), UTF-8, for the screen, never markup. */
char *ft_format_size (guint64 bytes);               /* "1.4 GB", as g_format_size() */
char *ft_format_speed (guint64 bytes_per_s);        /* "1.4 MB/s"; "—" is the caller's business */
char *ft_format_duration (gint64 seconds);          /* "3 minutes", "2 hours, 5 minutes" */
char *ft_format_percent (double fraction);          /* "45 %": never 100 % before it is complete */
char *ft_format_ratio (guint64 uploaded, guint64 downloaded);
char *ft_format_moment (gint64 unix_s);              /* "14:30" today, "3 May, 14:30", "3 May 2024"; "": 0 */
char *ft_format_date (gint64 unix_s);                /* whole: "3 May 2024, 14:30"; NULL: 0 */
char *ft_describe_speeds (guint64 down, guint64 up); /* "↓ 1.4 MB/s ↑ 30 kB/s"; "" if both are 0 */

/* One short sentence of what a torrent does and, when it does not move, why and what comes next:
 * "Downloading from 3 of 12 peers", "Waiting: none of the 12 connected peers has the missing
 * pieces", "Stopped: the disk is full". @now: Unix seconds, for "in 4 minutes". */
char *ft_describe_state (const BtTorrentStatus *status, gint64 now);
/* Progress and time as one phrase: "45 %, 120 MB of 260 MB, 3 minutes left". */
char *ft_describe_progress (const BtTorrentStatus *status);
/* A whole row as a screen reader says it: "Debian 13, 45 percent, 3 minutes left". */
char *ft_describe_row (const BtTorrentStatus *status, gint64 now);
/* Whether it can be completed, and from whom: "Healthy: 12 seeds are connected". */
char *ft_describe_health (const BtTorrentStatus *status);
/* Whether others can connect to us: "Port 51413 is open". @port: 0: not listening; @error: (nullable): why not */
char *ft_describe_connection (guint16 port, const char *error, gboolean incoming_seen);
/* What came of opening it at the router: "Port 51413 is mapped by PCP", "The router refused (UPnP): not authorised". */
char *ft_describe_mappings (const BtMapping mappings[BT_N_MAPPERS]);
/* The same of one protocol, by its name. */
char *ft_describe_mapper (BtMapper mapper, const BtMapping *mapping);
/* How our node of the distributed hash table does, of both families together: "Works: 312 nodes answer". */
char *ft_describe_dht (const BtDhtFacts dht[2]);
/* A GError of the engine in words for a person. */
char *ft_describe_error (const GError *error);

G_END_DECLS
