/* ft-watch-folders.h: the watched folders that a person set, as a list model kept in the settings.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ft-watch-folder.h"

G_BEGIN_DECLS

#define FT_SETTING_WATCH_FOLDERS "watch-folders"

#define FT_TYPE_WATCH_FOLDERS (ft_watch_folders_get_type ())
G_DECLARE_FINAL_TYPE (FtWatchFolders, ft_watch_folders, FT, WATCH_FOLDERS, GObject)

/**
 * FtWatchFolders:
 *
 * A #GListModel of #FtWatchFolder; each path is in it once. One that is set anew, here or elsewhere,
 * is replaced by another object.
 */

FtWatchFolders *ft_watch_folders_new (GSettings *settings);

/* Appends @folder, or sets anew the one of the same path. */
void ft_watch_folders_set (FtWatchFolders *folders, FtWatchFolder *folder);
void ft_watch_folders_remove (FtWatchFolders *folders, FtWatchFolder *folder);

G_END_DECLS
