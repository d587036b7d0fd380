/* ft-file-name.h: icon and name of a file, and its folder where the rows around it do not say it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FT_TYPE_FILE_NAME (ft_file_name_get_type ())
G_DECLARE_FINAL_TYPE (FtFileName, ft_file_name, FT, FILE_NAME, GtkBox)

/**
 * FtFileName:
 *
 * Properties: row (a #GtkTreeListRow of an #FtFileItem).
 */

G_END_DECLS
