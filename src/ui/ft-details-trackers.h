/* ft-details-trackers.h: the trackers of the torrent: how they are, and which.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-details-page.h"

G_BEGIN_DECLS

#define FT_TYPE_DETAILS_TRACKERS (ft_details_trackers_get_type ())
G_DECLARE_FINAL_TYPE (FtDetailsTrackers, ft_details_trackers, FT, DETAILS_TRACKERS, FtDetailsPage)

G_END_DECLS
