/* ft-application-open.c: what comes in without a person in the window: opened files, watched folders.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-application-private.h"

#include "ft-describe.h"
#include "ft-recent-folders.h"

#include <glib/gi18n.h>

/* Nobody sees a window that could say it. @title: without names, which are not for everybody's eyes. */
static void
notify (FtApplication *self, const char *title, const char *what, const GError *error)
{
  g_autofree char *reason = ft_describe_error (error);
  g_autofree char *body = g_strdup_printf ("%s\n%s", what, reason);

  if (self->notifier != NULL && g_settings_get_boolean (self->settings, "notify-problem"))
    ft_notifier_say (self->notifier, "adding", title,
                     g_settings_get_boolean (self->settings, "notify-names") ? body : NULL, NULL);
}

static gboolean
is_window_shown (FtApplication *self)
{
  return self->window != NULL && gtk_widget_get_visible (GTK_WIDGET (self->window));
}

static void
folder_failed_cb (FtApplication *self, const char *path, const GError *error)
{
  g_autofree char *name = ft_folder_dup_display_path (path);
  g_autofree char *what = g_strdup_printf (_("The watched folder “%s” cannot be read"), name);

  if (is_window_shown (self))
    ft_window_show_problem (self->window, what, error);
  else
    notify (self, _("A Watched Folder Cannot Be Read"), what, error);
}

static void
failed_cb (FtApplication *self, FtAddition *addition, const GError *error)
{
  g_autofree char *name = ft_addition_dup_title (addition);
  g_autofree char *what = g_strdup_printf (_("“%s” was not added"), name);

  /* A window says it itself. */
  if (!is_window_shown (self))
    notify (self, _("A Torrent Was Not Added"), what, error);
}

void
ft_application_init_adding (FtApplication *self)
{
  g_autoptr (FtWatchFolders) folders = NULL;

  self->adder = ft_adder_new (self->session);
  g_signal_connect_object (self->adder, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
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
