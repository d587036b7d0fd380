/* ft-add-dialog.h: asks how torrents are to be added: where, which files, whether they start.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-adder.h"

G_BEGIN_DECLS

#define FT_TYPE_ADD_DIALOG (ft_add_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FtAddDialog, ft_add_dialog, FT, ADD_DIALOG, AdwWindow)

/**
 * FtAddDialog:
 *
 * Gives what was chosen to the adder. More may be given while it is open.
 *
 * FtAddDialog::merge:
 * @dialog: the dialog
 * @addition: whose trackers are to be added to the torrent that is there
 *
 * FtAddDialog::show-existing:
 * @dialog: the dialog
 * @addition: whose like is to be shown in the list
 *
 * FtAddDialog::kept:
 * @dialog: the dialog, which closes
 * @additions: (element-type FtAddition): links that stay in the list for their details, though they were not added
 */

FtAddDialog *ft_add_dialog_new (GtkWindow *parent, FtSession *session, GSettings *settings, FtAdder *adder);

/* @additions: (element-type FtAddition): at least one; not loaded yet */
void ft_add_dialog_append (FtAddDialog *dialog, GPtrArray *additions);

G_END_DECLS
