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
  gint64 down; /* bytes a second; -1: nothing is known: the program did not run, or the computer slept */
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

/* Looks at the clocks: what the computer slept through since the last look will be a gap.
 * Returns: seconds that go on while it sleeps: what @now is everywhere */
gint64 ft_speed_history_look (FtSpeedHistory *history);
/* The same with @now, and @awake: seconds that stand still while it sleeps. */
void ft_speed_history_note (FtSpeedHistory *history, gint64 now, gint64 awake);
/* Whether it is time for a sample. Once a step. */
gboolean ft_speed_history_is_due (FtSpeedHistory *history, gint64 now);
/* Takes one of all @torrents (#FtTorrent) and of their sum, when it is time. */
void ft_speed_history_sample (FtSpeedHistory *history, const BtUpdate *update, GListModel *torrents);
/* @id 0: all torrents together. Only what moved takes memory: at most 1,000 torrents, for an hour. Of all other
 * time since the first sample it is known that nothing flowed. */
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
