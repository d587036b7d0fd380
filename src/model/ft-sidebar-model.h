/* ft-sidebar-model.h: the groups that torrents are in, with how many there are in each.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ft-sidebar-item.h"
#include "ft-tags.h"
#include "ft-torrent-list.h"

G_BEGIN_DECLS

#define FT_TYPE_SIDEBAR_MODEL (ft_sidebar_model_get_type ())
G_DECLARE_FINAL_TYPE (FtSidebarModel, ft_sidebar_model, FT, SIDEBAR_MODEL, GObject)

/**
 * FtSidebarModel:
 *
 * A #GListModel of #FtSidebarItem: all categories, then the tags in their order and, while some torrent has a
 * tag, the untagged, then the trackers by name. Counts are kept from what changed, once an update, so that an
 * update costs what changed and not what there is.
 */

FtSidebarModel *ft_sidebar_model_new (FtTorrentList *torrents, FtTags *tags);

G_END_DECLS
