/* ft-network-view.h: how we are connected to others, in sentences.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-network.h"

G_BEGIN_DECLS

#define FT_TYPE_NETWORK_VIEW (ft_network_view_get_type ())
G_DECLARE_FINAL_TYPE (FtNetworkView, ft_network_view, FT, NETWORK_VIEW, AdwBin)

/* Once. */
void ft_network_view_set_network (FtNetworkView *view, FtNetwork *network);

G_END_DECLS
