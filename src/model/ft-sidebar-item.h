/* ft-sidebar-item.h: one group of torrents, with how many they are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-query.h"
#include "ft-tag.h"

G_BEGIN_DECLS

#define FT_TYPE_SIDEBAR_ITEM (ft_sidebar_item_get_type ())
G_DECLARE_FINAL_TYPE (FtSidebarItem, ft_sidebar_item, FT, SIDEBAR_ITEM, GObject)

typedef enum
{
  FT_SIDEBAR_CATEGORY,
  FT_SIDEBAR_TAG,
  FT_SIDEBAR_UNTAGGED, /* stands with the tags */
  FT_SIDEBAR_TRACKER,
} FtSidebarKind;

/**
 * FtSidebarItem:
 *
 * Properties, all read-only: title (not markup), icon-name (of a symbolic icon), color (#rrggbb of a tag or of
 * no tag, else %NULL), count, count-text (empty for none), spoken (title and count as a screen reader says them).
 */

/* @category: of %FT_SIDEBAR_CATEGORY */
FtSidebarItem *ft_sidebar_item_new_category (FtCategory category);
FtSidebarItem *ft_sidebar_item_new_tag (FtTag *tag);
FtSidebarItem *ft_sidebar_item_new_untagged (void);
/* @host: empty: of torrents without a tracker */
FtSidebarItem *ft_sidebar_item_new_tracker (const char *host);

FtSidebarKind ft_sidebar_item_get_kind (FtSidebarItem *item);
FtCategory ft_sidebar_item_get_category (FtSidebarItem *item);
FtTag *ft_sidebar_item_get_tag (FtSidebarItem *item);       /* (transfer none) (nullable) */
const char *ft_sidebar_item_get_host (FtSidebarItem *item); /* (nullable) */
const char *ft_sidebar_item_get_title (FtSidebarItem *item);
guint ft_sidebar_item_get_count (FtSidebarItem *item);
void ft_sidebar_item_set_count (FtSidebarItem *item, guint count);

/* Makes @query ask for those of the group; the text stays. */
void ft_sidebar_item_apply (FtSidebarItem *item, FtQuery *query);

G_END_DECLS
