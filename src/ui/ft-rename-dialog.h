/* ft-rename-dialog.h: asks for the name that a torrent is shown by.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-torrent.h"

G_BEGIN_DECLS

#define FT_TYPE_RENAME_DIALOG (ft_rename_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FtRenameDialog, ft_rename_dialog, FT, RENAME_DIALOG, AdwMessageDialog)

/**
 * FtRenameDialog:
 *
 * FtRenameDialog::renamed:
 * @dialog: the dialog
 * @name: (nullable): the name; %NULL: the torrent's own again
 */

FtRenameDialog *ft_rename_dialog_new (GtkWindow *parent, FtTorrent *torrent);

BtTorrentId ft_rename_dialog_get_id (FtRenameDialog *dialog);

G_END_DECLS
