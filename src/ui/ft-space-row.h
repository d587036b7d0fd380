/* ft-space-row.h: whether what is to be downloaded fits on a disk.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_SPACE_ROW (ft_space_row_get_type ())
G_DECLARE_FINAL_TYPE (FtSpaceRow, ft_space_row, FT, SPACE_ROW, AdwPreferencesRow)

void ft_space_row_set_required (FtSpaceRow *row, guint64 bytes);
/* @bytes: -1: not known */
void ft_space_row_set_available (FtSpaceRow *row, gint64 bytes);

G_END_DECLS
