/* ft-tracker-list.h: the trackers of the torrent that is looked at, as a list changed in place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-status.h"

G_BEGIN_DECLS

#define FT_TYPE_TRACKER (ft_tracker_get_type ())
G_DECLARE_FINAL_TYPE (FtTracker, ft_tracker, FT, TRACKER, GObject)

/**
 * FtTracker:
 *
 * Properties, all read-only, never markup: host (what to show first: the rest of an URL may hold a passkey), url,
 * tier (from 0), heading (of its tier), leads (whether it is the first of it), state-text (a sentence), counts-text (seeds,
 * peers and downloads as it says; may be empty), failing, row-text.
 */

const char *ft_tracker_get_url (FtTracker *tracker); /* (transfer none) */
guint ft_tracker_get_tier (FtTracker *tracker);

/* Returns: (transfer full): "Working: next announce in 12 minutes". @now: Unix seconds */
char *ft_describe_tracker (const BtTrackerStatus *status, gint64 now);

#define FT_TYPE_TRACKER_LIST (ft_tracker_list_get_type ())
G_DECLARE_FINAL_TYPE (FtTrackerList, ft_tracker_list, FT, TRACKER_LIST, GObject)

/* A #GListModel of #FtTracker in the order of the tiers. */
FtTrackerList *ft_tracker_list_new (void);
/* @trackers: (nullable) (element-type BtTrackerStatus) */
void ft_tracker_list_apply (FtTrackerList *list, const GArray *trackers, gint64 now);

/* Tiers as commands take them: (element-type GStrv) (transfer full). */
GPtrArray *ft_tracker_list_dup_tiers (FtTrackerList *list);
/* One URL a line, tiers parted by blank lines. */
char *ft_tiers_to_text (GPtrArray *tiers);
/* Errors: %BT_ERROR_MALFORMED with a message for a person that names the line that is no tracker's URL. */
GPtrArray *ft_tiers_from_text (const char *text, GError **error);
/* @url becomes @new_url (nullable: goes). Returns: (transfer full): other tiers, without empty ones */
GPtrArray *ft_tiers_replace (GPtrArray *tiers, const char *url, const char *new_url);

G_END_DECLS
