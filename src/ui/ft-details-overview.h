/* ft-details-overview.h: how the torrent stands, its pieces and all that is known of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-details-page.h"

G_BEGIN_DECLS

#define FT_TYPE_DETAILS_OVERVIEW (ft_details_overview_get_type ())
G_DECLARE_FINAL_TYPE (FtDetailsOverview, ft_details_overview, FT, DETAILS_OVERVIEW, FtDetailsPage)

G_END_DECLS
