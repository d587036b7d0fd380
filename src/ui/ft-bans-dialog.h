/* ft-bans-dialog.h: the addresses that a torrent is not exchanged with.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_BANS_DIALOG (ft_bans_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FtBansDialog, ft_bans_dialog, FT, BANS_DIALOG, AdwWindow)

/**
 * FtBansDialog::unban:
 * @dialog: the dialog
 * @address: an IP address whose ban is to be lifted
 */

/* @widget: in the window that it belongs to */
FtBansDialog *ft_bans_dialog_new (GtkWidget *widget);
/* @bans: (element-type utf8): what changes is changed in place */
void ft_bans_dialog_show (FtBansDialog *dialog, GPtrArray *bans);

G_END_DECLS
