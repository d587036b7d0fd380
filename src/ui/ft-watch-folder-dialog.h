/* ft-watch-folder-dialog.h: how the files of one watched folder are added.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-tags.h"
#include "ft-watch-folder.h"

G_BEGIN_DECLS

#define FT_TYPE_WATCH_FOLDER_DIALOG (ft_watch_folder_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FtWatchFolderDialog, ft_watch_folder_dialog, FT, WATCH_FOLDER_DIALOG, AdwWindow)

/**
 * FtWatchFolderDialog:
 *
 * FtWatchFolderDialog::saved:
 * @dialog: the dialog
 * @folder: a #FtWatchFolder with what was chosen
 */

/* @folder: (nullable): one that is watched; %NULL: one is to be chosen */
FtWatchFolderDialog *ft_watch_folder_dialog_new (GtkWindow *parent, GSettings *settings, FtTags *tags,
                                                 FtWatchFolder *folder);

G_END_DECLS
