/* ft-file-place.h: what is selected and open of a row that gets another place in its folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ft-file-item.h"

G_BEGIN_DECLS

typedef struct _FtFilePlace FtFilePlace;

/* Of @item, before it goes. @selection: of a GtkTreeListModel. (nullable): it is not selected: whoever
 * renames something has selected it. */
FtFilePlace *ft_file_place_remember (GtkSelectionModel *selection, FtFileItem *item);
/* It is the @index'th of its folder now. Frees @place. */
void ft_file_place_restore (FtFilePlace *place, guint index);
void ft_file_place_free (FtFilePlace *place);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtFilePlace, ft_file_place_free)

G_END_DECLS
