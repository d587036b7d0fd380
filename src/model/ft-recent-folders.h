/* ft-recent-folders.h: the folders that were chosen lately, the newest first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FT_SETTING_RECENT_FOLDERS "recent-folders"

/* Returns: (transfer full): absolute paths */
GStrv ft_recent_folders_dup (GSettings *settings);
/* @path: absolute; valid text, else it cannot be saved and is passed over */
void ft_recent_folders_add (GSettings *settings, const char *path);

/* "~/Downloads", "/media/disk": how a person writes it. Returns: (transfer full): for the screen */
char *ft_folder_dup_display_path (const char *path);

G_END_DECLS
