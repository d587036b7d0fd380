/* ft-details.h: everything about the torrent that is selected, on pages.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-session.h"

G_BEGIN_DECLS

#define FT_TYPE_DETAILS (ft_details_get_type ())
G_DECLARE_FINAL_TYPE (FtDetails, ft_details, FT, DETAILS, AdwBin)

/**
 * FtDetails:
 *
 * Watches its torrent (ft_session_watch()) while it is mapped, and only what the page that is seen
 * shows. It brings a view switcher of its own that fits 300 pixels as well as a whole window; the page is
 * remembered in the settings.
 *
 * Properties: session (#FtSession), settings (#GSettings), torrent (nullable #FtTorrent; without one
 * nothing is shown: what else is selected is said by the window). All can be set at any time.
 */

G_END_DECLS
