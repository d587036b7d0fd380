/* ft-file-expander.h: opens all folders of a tree, a few at a time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Begins to open all rows of @model that can be, below each other too. It never takes long at once, and
 * ends by itself: when all are open, or with @model. */
void ft_file_expander_start (GtkTreeListModel *model);
void ft_file_expander_stop (GtkTreeListModel *model);

G_END_DECLS
