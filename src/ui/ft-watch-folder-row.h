/* ft-watch-folder-row.h: a watched folder in the preferences.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-watch-folder.h"

G_BEGIN_DECLS

#define FT_TYPE_WATCH_FOLDER_ROW (ft_watch_folder_row_get_type ())
G_DECLARE_FINAL_TYPE (FtWatchFolderRow, ft_watch_folder_row, FT, WATCH_FOLDER_ROW, AdwActionRow)

/**
 * FtWatchFolderRow:
 *
 * Says what is done with the folder's files, and what is wrong with the folder.
 *
 * FtWatchFolderRow::remove:
 * @row: the row
 */

GtkWidget *ft_watch_folder_row_new (FtWatchFolder *folder);
/* (transfer none) */
FtWatchFolder *ft_watch_folder_row_get_folder (FtWatchFolderRow *row);

G_END_DECLS
