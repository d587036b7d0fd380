/* ft-tag-dialog.h: a tag that is made or edited.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-tags.h"

G_BEGIN_DECLS

#define FT_TYPE_TAG_DIALOG (ft_tag_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FtTagDialog, ft_tag_dialog, FT, TAG_DIALOG, AdwWindow)

/**
 * FtTagDialog:
 *
 * Saves into the tags itself; a name that cannot be is said beside it.
 *
 * FtTagDialog::saved:
 * @dialog: the dialog
 * @tag: (type FtTag): the one that was made or edited
 */

/* @tag: (nullable): the one to be edited; NULL: a new one */
FtTagDialog *ft_tag_dialog_new (GtkWindow *parent, FtTags *tags, FtTag *tag);

G_END_DECLS
