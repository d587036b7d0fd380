/* ft-tracker-private.h: what the list of trackers does with its trackers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-tracker-list.h"

G_BEGIN_DECLS

/* @status: copied; @leads: whether it is the first of its tier; @now: Unix seconds */
FtTracker *ft_tracker_new (const BtTrackerStatus *status, gboolean leads, gint64 now);
void ft_tracker_update (FtTracker *tracker, const BtTrackerStatus *status, gboolean leads, gint64 now);

G_END_DECLS
