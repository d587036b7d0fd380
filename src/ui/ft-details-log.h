/* ft-details-log.h: what happened to the torrent, the newest first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-details-page.h"

G_BEGIN_DECLS

#define FT_TYPE_DETAILS_LOG (ft_details_log_get_type ())
G_DECLARE_FINAL_TYPE (FtDetailsLog, ft_details_log, FT, DETAILS_LOG, FtDetailsPage)

G_END_DECLS
