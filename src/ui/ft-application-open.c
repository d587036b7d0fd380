/* ft-application-open.c: what comes in without a person in the window: opened files, watched folders.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-application-private.h"

#include "ft-recent-folders.h"

#include <glib/gi18n.h>

static void
folder_failed_cb (FtApplication *self, const char *path, const GError *error)
{
  g_autofree char *name = ft_folder_dup_display_path (path);
  g_autofree char *title = g_strdup_printf (_("The watched folder “%s” cannot be read"), name);

  if (self->window != NULL)
    ft_window_show_problem (self->window, title, error);
}

void
ft_application_init_adding (FtApplication *self)
{
  g_autoptr (FtWatchFolders) folders = NULL;

  self->adder = ft_adder_new (self->session);
  if (self->is_demo)
    return;
  folders = ft_watch_folders_new (self->settings);
  self->watcher = ft_watcher_new (folders, self->adder, 0);
  g_signal_connect_object (self->watcher, "folder-failed", G_CALLBACK (folder_failed_cb), self,
                           G_CONNECT_SWAPPED);
}

void
ft_application_end_adding (FtApplication *self)
{
  g_clear_object (&self->watcher);
  g_clear_object (&self->adder);
}

void
ft_application_open_files (FtApplication *self, GFile **files, guint n_files)
{
  ft_application_show_window (self);
  ft_window_add_files (self->window, files, n_files);
}
