/* ft-torrent-list.h: the torrents of a session as a list model.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ft-torrent.h"

G_BEGIN_DECLS

#define FT_TYPE_TORRENT_LIST (ft_torrent_list_get_type ())
G_DECLARE_FINAL_TYPE (FtTorrentList, ft_torrent_list, FT, TORRENT_LIST, GObject)

/**
 * FtTorrentList:
 *
 * A #GListModel of #FtTorrent in the order in which they were first seen. Torrents are appended,
 * removed and changed in place, never replaced, so that selection and focus stay the person's.
 *
 * FtTorrentList::updated:
 * @list: the list
 * @changed: #BtChanged bits of all torrents of the update together
 *
 * Once after each update that concerned torrents: sort and filter again here, and only when a bit
 * concerns them.
 *
 * FtTorrentList::torrent-added:
 * FtTorrentList::torrent-removed:
 * @list: the list
 * @torrent: a #FtTorrent
 *
 * For who keeps a count. They come before the list says that its items changed.
 *
 * FtTorrentList::torrent-changed:
 * @list: the list
 * @torrent: a #FtTorrent, with its new status
 * @changed: #BtChanged bits
 */

FtTorrentList *ft_torrent_list_new (void);

void ft_torrent_list_apply (FtTorrentList *list, const BtUpdate *update);

/* Notifies texts that count down. Returns: whether there are any at @now (Unix seconds). */
gboolean ft_torrent_list_refresh_texts (FtTorrentList *list, gint64 now);

/* Takes torrents out of sight, as if they were removed, until they are shown again, at the end, or are removed.
 * #FtTorrentList::updated follows. */
void ft_torrent_list_hide (FtTorrentList *list, const BtTorrentId *ids, guint n_ids);
/* Returns: how many of them were hidden */
guint ft_torrent_list_show (FtTorrentList *list, const BtTorrentId *ids, guint n_ids);
/* Returns: (transfer container) (element-type BtTorrentId): in no order */
GArray *ft_torrent_list_dup_hidden (FtTorrentList *list);

/* Removes all. */
void ft_torrent_list_clear (FtTorrentList *list);

/* Returns: (transfer none) (nullable): not one that is hidden */
FtTorrent *ft_torrent_list_lookup (FtTorrentList *list, BtTorrentId id);

G_END_DECLS
