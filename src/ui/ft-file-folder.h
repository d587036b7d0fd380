/* ft-file-folder.h: which folder a file is in, said where the rows around it do not.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_FILE_FOLDER (ft_file_folder_get_type ())
G_DECLARE_FINAL_TYPE (FtFileFolder, ft_file_folder, FT, FILE_FOLDER, AdwBin)

/**
 * FtFileFolder:
 *
 * Properties: row (nullable #GtkTreeListRow of a #FtFileItem). It is seen only at what was found: that
 * stands at the top level though it lies in a folder.
 */

G_END_DECLS
