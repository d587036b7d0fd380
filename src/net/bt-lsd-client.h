/* bt-lsd-client.h: speaks to the local network of torrents, and listens to it (BEP 14).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-lsd.h"
#include "bt-world.h"

G_BEGIN_DECLS

/* A socket for each interface that knows multicast and each family; all are told the same. */
typedef struct _BtLsdClient BtLsdClient;

/* Somebody of a network of ours has a torrent. It may say so of any; each of a datagram is a call. */
typedef void (*BtLsdFunc) (const BtSha1 *hash, const BtEndpoint *endpoint, gpointer owner);

BtLsdClient *bt_lsd_client_new (BtWorld *world, BtLsdFunc func, gpointer owner);
void bt_lsd_client_free (BtLsdClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtLsdClient, bt_lsd_client_free)

/**
 * bt_lsd_client_open:
 * @port: where we listen, for others
 * @ipv4: whether we do so there
 *
 * Takes part in the networks that there are now; to be called anew when they are others. FALSE: in none.
 */
gboolean bt_lsd_client_open (BtLsdClient *client, guint16 port, gboolean ipv4, gboolean ipv6);
void bt_lsd_client_close (BtLsdClient *client);
gboolean bt_lsd_client_is_open (const BtLsdClient *client);

/**
 * bt_lsd_client_tell:
 * @hashes: (array length=n): at least one
 *
 * Returns: of how many everybody was told: as many as fit into one datagram
 */
guint bt_lsd_client_tell (BtLsdClient *client, const BtSha1 *const *hashes, guint n);

G_END_DECLS
