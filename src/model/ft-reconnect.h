/* ft-reconnect.h: trackers are asked anew after a sleep and when the network is back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-session.h"

G_BEGIN_DECLS

#define FT_TYPE_RECONNECT (ft_reconnect_get_type ())
G_DECLARE_FINAL_TYPE (FtReconnect, ft_reconnect, FT, RECONNECT, GObject)

/**
 * FtReconnect:
 *
 * Listens to logind on the system's bus, where there is one, and to @monitor. Connections that were
 * open before are dead by then, and whoever knew our address knows the wrong one.
 */

FtReconnect *ft_reconnect_new (FtSession *session, GNetworkMonitor *monitor);

G_END_DECLS
