/* ft-file-priority.h: the button in a file's row that says its priority and opens the choice of another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-file-item.h"

G_BEGIN_DECLS

#define FT_TYPE_FILE_PRIORITY (ft_file_priority_get_type ())
G_DECLARE_FINAL_TYPE (FtFilePriority, ft_file_priority, FT, FILE_PRIORITY, GtkButton)

/**
 * FtFilePriority:
 *
 * Properties: item (nullable #FtFileItem). Follows it; when it is pressed, the FtFileView around it shows
 * the priorities to choose from. Where the view is narrow, it is an icon without a word.
 */

G_END_DECLS
