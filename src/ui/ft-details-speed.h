/* ft-details-speed.h: how fast the torrent was in the last hour.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-details-page.h"

G_BEGIN_DECLS

#define FT_TYPE_DETAILS_SPEED (ft_details_speed_get_type ())
G_DECLARE_FINAL_TYPE (FtDetailsSpeed, ft_details_speed, FT, DETAILS_SPEED, FtDetailsPage)

G_END_DECLS
