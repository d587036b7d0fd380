/* ft-link-dialog.h: asks for links to torrents.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FT_TYPE_LINK_DIALOG (ft_link_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FtLinkDialog, ft_link_dialog, FT, LINK_DIALOG, AdwWindow)

/**
 * FtLinkDialog:
 *
 * Filled in with what the clipboard holds, if that is a link.
 *
 * FtLinkDialog::chosen:
 * @dialog: the dialog
 * @links: one a line, each as of ft_link_normalize()
 */

FtLinkDialog *ft_link_dialog_new (GtkWindow *parent);

G_END_DECLS
