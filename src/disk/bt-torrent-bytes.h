/* bt-torrent-bytes.h: the bytes of a .torrent file, in memory only while somebody needs them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-metainfo.h"
#include "bt-state-reader.h"

G_BEGIN_DECLS

/* The piece hashes are most of what a torrent weighs, and of ten thousand torrents few are checking pieces.
 * Every call may come from any thread. */
typedef struct _BtTorrentBytes BtTorrentBytes;

/* @metainfo: what was read of @torrent. */
BtTorrentBytes *bt_torrent_bytes_new (const BtMetainfo *metainfo, GBytes *torrent);
BtTorrentBytes *bt_torrent_bytes_ref (BtTorrentBytes *bytes);
void bt_torrent_bytes_unref (BtTorrentBytes *bytes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTorrentBytes, bt_torrent_bytes_unref)

/* They are in the state database, committed, and may rest there from now on. */
void bt_torrent_bytes_set_saved (BtTorrentBytes *bytes, BtStateReader *reader);
/* Nobody needs them for a while. Does nothing before they are saved. */
void bt_torrent_bytes_rest (BtTorrentBytes *bytes);
/* Reads them again if they rest, and may then block: not for the engine's thread unless a person asked.
 * Returns: (transfer full): or %NULL with %BT_ERROR_STATE if what is saved is not there or not the same. */
GBytes *bt_torrent_bytes_get (BtTorrentBytes *bytes, GError **error);
/* What a piece is to hash to. Fails as bt_torrent_bytes_get(). */
gboolean bt_torrent_bytes_get_piece_hash (BtTorrentBytes *bytes, guint32 piece, BtSha1 *out, GError **error);

G_END_DECLS
