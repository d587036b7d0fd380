/* ft-peer-private.h: what the list of peers does with its peers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-peer-list.h"

G_BEGIN_DECLS

/* @status: copied */
FtPeer *ft_peer_new (const BtPeerStatus *status);
/* Notifies what changed. Returns: whether anything did */
gboolean ft_peer_update (FtPeer *peer, const BtPeerStatus *status);

G_END_DECLS
