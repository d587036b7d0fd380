/* ft-file-closer.h: lets go of a tree that is no longer shown, a few folders at a time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Keeps @model until its folders are closed: to free 200,000 open rows at once takes long. */
void ft_file_closer_start (GtkTreeListModel *model);

G_END_DECLS
