/* ft-sidebar.h: the groups of torrents: what they do, their tags, their trackers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-sidebar-model.h"

G_BEGIN_DECLS

#define FT_TYPE_SIDEBAR (ft_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (FtSidebar, ft_sidebar, FT, SIDEBAR, AdwBin)

/**
 * FtSidebar:
 *
 * One group is always selected. Uses the actions win.new-tag, win.edit-tag(s) and win.remove-tag(s).
 *
 * FtSidebar::selected:
 * @sidebar: the sidebar
 * @item: the #FtSidebarItem that is selected now
 *
 * FtSidebar::activated:
 * @sidebar: the sidebar
 *
 * Somebody chose a group, maybe the one that is selected already.
 *
 * FtSidebar::dropped:
 * @sidebar: the sidebar
 * @item: a tag, or the untagged
 * @torrent: the #FtTorrent that was dropped on it
 */

void ft_sidebar_set_model (FtSidebar *sidebar, FtSidebarModel *model);

/* Selects the group of all torrents. */
void ft_sidebar_select_all (FtSidebar *sidebar);
FtSidebarItem *ft_sidebar_get_selected (FtSidebar *sidebar); /* (transfer none) (nullable) */

G_END_DECLS
