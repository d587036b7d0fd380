/* ft-week-cell.h: one hour of the week's plan, as it is seen and spoken.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-schedule.h"

G_BEGIN_DECLS

#define FT_TYPE_WEEK_CELL (ft_week_cell_get_type ())
G_DECLARE_FINAL_TYPE (FtWeekCell, ft_week_cell, FT, WEEK_CELL, GtkWidget)

/**
 * FtWeekCell:
 *
 * Filled, half filled or empty: not told apart by colour alone. Without a name it is a mere sample.
 */

/* @name: (nullable): the day and hour in words */
GtkWidget *ft_week_cell_new (const char *name, guint row, guint hour);

guint ft_week_cell_get_row (FtWeekCell *cell);
guint ft_week_cell_get_hour (FtWeekCell *cell);

void ft_week_cell_set_paint (FtWeekCell *cell, FtPaint paint);
void ft_week_cell_set_now (FtWeekCell *cell, gboolean now);
void ft_week_cell_set_selected (FtWeekCell *cell, gboolean selected);

/* (transfer none) */
const char *ft_week_cell_describe_paint (FtPaint paint);

G_END_DECLS
