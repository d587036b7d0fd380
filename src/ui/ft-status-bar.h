/* ft-status-bar.h: the whole of it in a line: speeds, limits, room on the disk, the port.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-session.h"

G_BEGIN_DECLS

#define FT_TYPE_STATUS_BAR (ft_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (FtStatusBar, ft_status_bar, FT, STATUS_BAR, AdwBin)

/**
 * FtStatusBar:
 *
 * Uses the action choice.alternative-limits.
 *
 * Properties: session (#FtSession, nullable).
 */

G_END_DECLS
