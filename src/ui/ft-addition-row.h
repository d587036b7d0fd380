/* ft-addition-row.h: one of the torrents that are about to be added, in their list.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-addition.h"

G_BEGIN_DECLS

#define FT_TYPE_ADDITION_ROW (ft_addition_row_get_type ())
G_DECLARE_FINAL_TYPE (FtAdditionRow, ft_addition_row, FT, ADDITION_ROW, AdwActionRow)

/**
 * FtAdditionRow:
 *
 * FtAdditionRow::remove:
 * @row: the row
 */

GtkWidget *ft_addition_row_new (FtAddition *addition);
/* Of one alone there is no choice whether to add it. */
void ft_addition_row_set_alone (FtAdditionRow *row, gboolean alone);
FtAddition *ft_addition_row_get_addition (FtAdditionRow *row); /* (transfer none) */

G_END_DECLS
