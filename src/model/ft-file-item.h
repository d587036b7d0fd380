/* ft-file-item.h: one file or folder of a torrent, while a list shows it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-status.h"

G_BEGIN_DECLS

/* What a person chooses of; BtFileStatus has the values. */
typedef enum
{
  FT_PRIORITY_SKIP = 0,
  FT_PRIORITY_LOW = 1,
  FT_PRIORITY_NORMAL = 4,
  FT_PRIORITY_HIGH = 7,
} FtPriority;

#define FT_TYPE_FILE_ITEM (ft_file_item_get_type ())
G_DECLARE_FINAL_TYPE (FtFileItem, ft_file_item, FT, FILE_ITEM, GObject)

/**
 * FtFileItem:
 *
 * Properties, all read-only: name, path (below the torrent's folder), parent-path (the folder it is in, or empty),
 * icon-name, size-text, progress (0 … 1), progress-text, wanted (some of it; told of too when it becomes all or not
 * all), priority (0, 1, 4, 7; -1: various), pieces (#GBytes, nullable: BT_PIECE_* of a file), row-text (one sentence
 * for a screen reader).
 */

gboolean ft_file_item_is_folder (FtFileItem *item);
gboolean ft_file_item_is_wanted (FtFileItem *item);
gboolean ft_file_item_is_mixed (FtFileItem *item);
gboolean ft_file_item_is_complete (FtFileItem *item);
int ft_file_item_get_priority (FtFileItem *item); /* -1: various */
const char *ft_file_item_get_name (FtFileItem *item); /* (transfer none) */
char *ft_file_item_dup_path (FtFileItem *item);       /* (transfer full) */

/* Returns: (transfer none): "Normal" and the like */
const char *ft_describe_priority (int priority);

G_END_DECLS
