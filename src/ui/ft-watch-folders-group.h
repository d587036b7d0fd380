/* ft-watch-folders-group.h: the watched folders, for the preferences: added, edited, removed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_WATCH_FOLDERS_GROUP (ft_watch_folders_group_get_type ())
G_DECLARE_FINAL_TYPE (FtWatchFoldersGroup, ft_watch_folders_group, FT, WATCH_FOLDERS_GROUP,
                      AdwPreferencesGroup)

/* Once, before it is shown. */
void ft_watch_folders_group_set_settings (FtWatchFoldersGroup *group, GSettings *settings);

G_END_DECLS
