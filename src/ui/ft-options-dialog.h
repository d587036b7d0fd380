/* ft-options-dialog.h: what is set for one torrent, or for several at once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "bt-options.h"

G_BEGIN_DECLS

#define FT_TYPE_OPTIONS_DIALOG (ft_options_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FtOptionsDialog, ft_options_dialog, FT, OPTIONS_DIALOG, AdwWindow)

/**
 * FtOptionsDialog:
 *
 * What differs among the torrents is called mixed, and stays so unless it is changed.
 *
 * FtOptionsDialog::apply:
 * @dialog: the dialog, which closes then
 *
 * ft_options_dialog_merge() says what to set.
 */

/* @torrents: (element-type FtTorrent): at least one */
FtOptionsDialog *ft_options_dialog_new (GtkWindow *parent, GPtrArray *torrents);

/* Returns: (transfer full): @from with what was changed; @mask (out): which fields that are */
BtTorrentOptions *ft_options_dialog_merge (FtOptionsDialog *dialog, const BtTorrentOptions *from, BtOptionMask *mask);

G_END_DECLS
