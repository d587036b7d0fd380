/* ft-preferences-network.h: the page about port, interface and connections.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-session.h"

G_BEGIN_DECLS

#define FT_TYPE_PREFERENCES_NETWORK (ft_preferences_network_get_type ())
G_DECLARE_FINAL_TYPE (FtPreferencesNetwork, ft_preferences_network, FT, PREFERENCES_NETWORK, AdwPreferencesPage)

/* Once. @session: whose port is tested */
void ft_preferences_network_bind (FtPreferencesNetwork *page, GSettings *settings, FtSession *session);

G_END_DECLS
