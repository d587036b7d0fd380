/* ft-details-peers.h: who the torrent is exchanged with, and what goes on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-details-page.h"

G_BEGIN_DECLS

#define FT_TYPE_DETAILS_PEERS (ft_details_peers_get_type ())
G_DECLARE_FINAL_TYPE (FtDetailsPeers, ft_details_peers, FT, DETAILS_PEERS, FtDetailsPage)

G_END_DECLS
