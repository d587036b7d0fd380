/* ft-week-grid.h: the week's plan, to be painted hour by hour.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FT_TYPE_WEEK_GRID (ft_week_grid_get_type ())
G_DECLARE_FINAL_TYPE (FtWeekGrid, ft_week_grid, FT, WEEK_GRID, GtkWidget)

/**
 * FtWeekGrid:
 *
 * Seven days of 24 hours; the first day is that of the locale. A click gives an hour the next paint, and a drag
 * gives it to all from there; so does a click on a day or an hour of the headers. By keyboard: arrows, Home and
 * End move, with Shift they select, Control+A selects all, the space bar gives what is selected the next paint.
 *
 * Properties: plan (as ft_schedule_format()).
 */

G_END_DECLS
