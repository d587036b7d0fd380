/* ft-window-open.c: the selected torrent's files in the programs of the desktop.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-open-torrent.h"

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ft_open_torrent_finish (FT_SESSION (object), result, &error))
    ft_window_show_error (self, error);
}

static void
open_selected (FtWindow *self, FtOpenHow how)
{
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);

  if (torrents->len == 1)
    ft_open_torrent_async (self->session, ft_torrent_get_id (torrents->pdata[0]), how, GTK_WINDOW (self), NULL,
                           opened_cb, g_object_ref (self));
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_selected (FT_WINDOW (widget), FT_OPEN_ITSELF);
}

static void
show_in_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_selected (FT_WINDOW (widget), FT_OPEN_IN_FOLDER);
}

void
ft_window_install_open (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "win.show-in-folder", NULL, show_in_folder_action);
}

void
ft_window_update_open (FtWindow *self, gboolean possible)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.open", possible);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.show-in-folder", possible);
}
