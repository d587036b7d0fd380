/* ft-reconnect.h: says when the computer is among others again: after a sleep, or when the network is back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FT_TYPE_RECONNECT (ft_reconnect_get_type ())
G_DECLARE_FINAL_TYPE (FtReconnect, ft_reconnect, FT, RECONNECT, GObject)

/**
 * FtReconnect:
 *
 * Listens to logind on the system's bus, where there is one, and to a network monitor.
 *
 * FtReconnect::back:
 * @reconnect: the object
 *
 * Connections that were open before are dead by now, and whoever knew our address knows the wrong one.
 */

FtReconnect *ft_reconnect_new (GNetworkMonitor *monitor);

G_END_DECLS
