/* ft-torrent-summary.h: name, tags, progress and state of one torrent, drawn as one piece.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-tags.h"
#include "ft-torrent.h"

G_BEGIN_DECLS

#define FT_TYPE_TORRENT_SUMMARY (ft_torrent_summary_get_type ())
G_DECLARE_FINAL_TYPE (FtTorrentSummary, ft_torrent_summary, FT, TORRENT_SUMMARY, GtkWidget)

/* A list keeps 200 rows though a dozen is seen. This makes its texts only when it is drawn, and has no
 * children to be measured. A screen reader reads the row's own sentence instead. */

/* @torrent: (nullable); follows it */
void ft_torrent_summary_set_torrent (FtTorrentSummary *summary, FtTorrent *torrent);
/* @tags: (nullable): where the colours of tags are */
void ft_torrent_summary_set_tags (FtTorrentSummary *summary, FtTags *tags);

G_END_DECLS
