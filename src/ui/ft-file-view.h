/* ft-file-view.h: the files of a torrent to look at and to choose from.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ft-file-tree.h"

G_BEGIN_DECLS

#define FT_TYPE_FILE_VIEW (ft_file_view_get_type ())
G_DECLARE_FINAL_TYPE (FtFileView, ft_file_view, FT, FILE_VIEW, AdwBin)

/**
 * FtFileView:
 *
 * A tree with check boxes, a search, and a line that says how much is chosen. For a torrent that exists as well
 * as for one that is about to be added.
 *
 * Properties: tree (nullable #FtFileTree), live (whether it exists: then progress and pieces are shown, and files
 * can be opened and renamed).
 *
 * FtFileView::open:
 * @view: the view
 * @item: a #FtFileItem to be opened with the program for it
 *
 * FtFileView::show-file:
 * @view: the view
 * @item: a #FtFileItem to be shown in its folder
 *
 * FtFileView::rename:
 * @view: the view
 * @item: a #FtFileItem
 * @name: what it is to be called; not checked but for slashes
 */

/* A check box was toggled: that row, or all that are selected if it is one of them. */
/* Lets a person choose a priority for the row that @button is in, or for all that are selected with it. */
void ft_file_view_ask_priority (FtFileView *view, GtkWidget *button);
void ft_file_view_choose (FtFileView *view, FtFileItem *item, gboolean wanted);

G_END_DECLS
