/* ft-opener.h: files and folders in the programs of the desktop.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ft_opener_open_async:
 * @file: a local file or folder
 * @parent: (nullable): for questions of the desktop
 *
 * Opens with the program for its type, through the portal in a sandbox. What could be run is not
 * opened: it is shown in its folder, and the error %G_IO_ERROR_PERMISSION_DENIED says so. Messages are
 * for a person.
 */
void ft_opener_open_async (GFile *file, GtkWindow *parent, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
/* Shows @file in its folder, selected, in the file manager; or just the folder, if it can do no more. */
void ft_opener_show_async (GFile *file, GtkWindow *parent, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean ft_opener_finish (GAsyncResult *result, GError **error);

G_END_DECLS
