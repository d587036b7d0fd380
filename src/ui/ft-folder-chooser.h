/* ft-folder-chooser.h: a dialog that asks for a folder of this computer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ft_folder_chooser_open:
 * @title: of the dialog
 * @path: (nullable): where it begins
 *
 * Ends by itself when @parent is destroyed; then the callback gets %G_IO_ERROR_CANCELLED.
 */
void ft_folder_chooser_open (GtkWindow *parent, const char *title, const char *path, GAsyncReadyCallback callback,
                             gpointer user_data);
/* Returns: (transfer full) (nullable): an absolute path that is valid UTF-8. The message is for a person, unless it
 * is %G_IO_ERROR_CANCELLED. */
char *ft_folder_chooser_finish (GtkWindow *parent, GAsyncResult *result, GError **error);

G_END_DECLS
