/* ft-file-check.h: whether a file or what is in a folder is downloaded: yes, no, some of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-file-item.h"

G_BEGIN_DECLS

#define FT_TYPE_FILE_CHECK (ft_file_check_get_type ())
G_DECLARE_FINAL_TYPE (FtFileCheck, ft_file_check, FT, FILE_CHECK, GtkCheckButton)

/**
 * FtFileCheck:
 *
 * Properties: item (nullable #FtFileItem). Follows it; when a person toggles it, the FtFileView around it
 * changes the choice.
 */

G_END_DECLS
