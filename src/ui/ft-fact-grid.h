/* ft-fact-grid.h: children in as many columns of one width as there is room for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FT_TYPE_FACT_GRID (ft_fact_grid_get_type ())
G_DECLARE_FINAL_TYPE (FtFactGrid, ft_fact_grid, FT, FACT_GRID, GtkWidget)

/* Properties: column-width (the least, in pixels). Children that are hidden leave no gap. */

G_END_DECLS
