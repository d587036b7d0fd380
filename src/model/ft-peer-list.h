/* ft-peer-list.h: the connected peers of the torrent that is looked at, as a list changed in place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-status.h"

G_BEGIN_DECLS

#define FT_TYPE_PEER (ft_peer_get_type ())
G_DECLARE_FINAL_TYPE (FtPeer, ft_peer, FT, PEER, GObject)

/**
 * FtPeer:
 *
 * Properties, all read-only: address (with port), client, progress (0 … 1), progress-text, rate-down, rate-up
 * (bytes a second), downloaded, uploaded (bytes), connected (seconds), and in words, never markup: rate-down-text,
 * rate-up-text (empty while nothing flows), downloaded-text, uploaded-text, connected-text, flags-text (what goes
 * on between us), explained-text (why nothing flows, both ways; if it does, what goes on), row-text.
 */

const BtPeerStatus *ft_peer_get_status (FtPeer *peer); /* (transfer none): valid until the next update */

/* All (transfer full). */
char *ft_describe_peer_flags (const BtPeerStatus *status);
char *ft_describe_peer_choking (const BtPeerStatus *status);

#define FT_TYPE_PEER_LIST (ft_peer_list_get_type ())
G_DECLARE_FINAL_TYPE (FtPeerList, ft_peer_list, FT, PEER_LIST, GObject)

/* A #GListModel of #FtPeer, by their endpoints: who stays keeps the object. */
FtPeerList *ft_peer_list_new (void);
/* @peers: (nullable) (element-type BtPeerStatus): all there are now. Returns: whether anything changed */
gboolean ft_peer_list_apply (FtPeerList *list, const GArray *peers);

G_END_DECLS
