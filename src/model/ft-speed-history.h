/* ft-speed-history.h: how fast torrents were in the last hour, in bounded memory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-status.h"

G_BEGIN_DECLS

#define FT_SPEED_STEP_S 5
#define FT_SPEED_SAMPLES 720 /* one hour */

typedef struct
{
  gint64 down; /* bytes a second; -1: nothing is known of this time */
  gint64 up;
} FtSpeedSample;

typedef struct
{
  gint64 now;     /* of the newest sample there is, else 0 */
  gint64 highest;
  gint64 average; /* of the time that is known */
} FtSpeedSummary;

typedef struct _FtSpeedHistory FtSpeedHistory;

FtSpeedHistory *ft_speed_history_new (void);
void ft_speed_history_free (FtSpeedHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtSpeedHistory, ft_speed_history_free)

/* Whether it is time for a sample at @now (monotonic seconds). Once a step. */
gboolean ft_speed_history_is_due (FtSpeedHistory *history, gint64 now);
/* Takes one of all @torrents (#FtTorrent) and of their sum, when it is time. */
void ft_speed_history_sample (FtSpeedHistory *history, const BtUpdate *update, GListModel *torrents);
/* @id 0: all torrents together. A torrent that has never moved takes no memory. */
void ft_speed_history_add (FtSpeedHistory *history, BtTorrentId id, gint64 now, guint64 down, guint64 up);
void ft_speed_history_forget (FtSpeedHistory *history, BtTorrentId id);
/* @samples: (out caller-allocates) (array fixed-size=FT_SPEED_SAMPLES): the oldest first, up to @now */
void ft_speed_history_get (FtSpeedHistory *history, BtTorrentId id, gint64 now, FtSpeedSample *samples);

void ft_speed_summarize (const FtSpeedSample *samples, FtSpeedSummary *down, FtSpeedSummary *up);
/* Returns: where the scale of a graph ends: 1, 2 or 5 times a power of ten, not below @highest */
gint64 ft_speed_choose_scale (gint64 highest);
/* Returns: (transfer full): "now 1.2 MB/s, at most 3.4 MB/s, on average 900 kB/s" */
char *ft_describe_speed_summary (const FtSpeedSummary *summary);

G_END_DECLS
