/* ft-remove-dialog.h: the question before torrents are removed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_REMOVE_DIALOG (ft_remove_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FtRemoveDialog, ft_remove_dialog, FT, REMOVE_DIALOG, AdwMessageDialog)

/**
 * FtRemoveDialog::confirmed:
 * @dialog: the dialog
 * @with_data: whether the data goes to the trash too
 */

/* @torrents: (element-type FtTorrent): at least one */
FtRemoveDialog *ft_remove_dialog_new (GtkWindow *parent, GPtrArray *torrents);

G_END_DECLS
