/* ft-sidebar-row.h: one group of torrents in the sidebar.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-sidebar-item.h"

G_BEGIN_DECLS

#define FT_TYPE_SIDEBAR_ROW (ft_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (FtSidebarRow, ft_sidebar_row, FT, SIDEBAR_ROW, GtkListBoxRow)

/* Read-only once made: item (#FtSidebarItem). */
GtkWidget *ft_sidebar_row_new (FtSidebarItem *item);
FtSidebarItem *ft_sidebar_row_get_item (FtSidebarRow *row); /* (transfer none) */

G_END_DECLS
