/* ft-details-files.h: the files of the torrent: progress, choice, names.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-details-page.h"

G_BEGIN_DECLS

#define FT_TYPE_DETAILS_FILES (ft_details_files_get_type ())
G_DECLARE_FINAL_TYPE (FtDetailsFiles, ft_details_files, FT, DETAILS_FILES, FtDetailsPage)

G_END_DECLS
