/* ft-torrent.h: one torrent as an object whose properties faces bind to.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-status.h"

G_BEGIN_DECLS

#define FT_TYPE_TORRENT (ft_torrent_get_type ())
G_DECLARE_FINAL_TYPE (FtTorrent, ft_torrent, FT, TORRENT, GObject)

/**
 * FtTorrent:
 *
 * Holds the last #BtTorrentStatus and notifies, with each update, only those properties that the
 * update's mask names. Texts are made when they are asked for, so a torrent that is not on the
 * screen costs none.
 *
 * Properties, all read-only: id, name, state (#FT_TYPE_STATE), intent (#FT_TYPE_INTENT), progress
 * (0 … 1, of the check while one runs), total-size, rate-down, rate-up (bytes a second), eta
 * (seconds, -1: unknown), n-peers; and in words, never markup: state-text, progress-text,
 * speed-text (empty while nothing flows), row-text (one sentence for a screen reader).
 *
 * FtTorrent::changed:
 * @torrent: the torrent
 * @changed: #BtChanged bits
 *
 * Once after each update, when it has the new status: for what is made of more than a property.
 */

/* @status: copied */
FtTorrent *ft_torrent_new (const BtTorrentStatus *status);

/* The newest status; @status->changed says what is notified. */
void ft_torrent_update (FtTorrent *torrent, const BtTorrentStatus *status);

BtTorrentId ft_torrent_get_id (FtTorrent *torrent);
/* (transfer none): valid until the next update. */
const BtTorrentStatus *ft_torrent_get_status (FtTorrent *torrent);

/* 0 … 1, of the check while one runs */
double ft_torrent_get_progress (FtTorrent *torrent);

/* (transfer none): valid until the next update: the name for ordering by strcmp(), and for finding (ft_query_fold()). */
const char *ft_torrent_get_sort_key (FtTorrent *torrent);
const char *ft_torrent_get_search_key (FtTorrent *torrent);

/* Whether texts say how long it is from @now (Unix seconds) to something: "next try in 4 minutes". */
gboolean ft_torrent_counts_down (FtTorrent *torrent, gint64 now);
/* Notifies those texts. */
void ft_torrent_refresh_texts (FtTorrent *torrent);

G_END_DECLS
