/* ft-window-rename.c: another name for the torrent that is selected.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-rename-dialog.h"

#include <glib/gi18n-lib.h>

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ft_session_finish (FT_SESSION (object), result, &error))
    ft_window_show_problem (self, _("The torrent was not renamed"), error);
}

/* @name: (nullable): NULL: the torrent's own */
static void
renamed_cb (FtWindow *self, const char *name, FtRenameDialog *dialog)
{
  g_autoptr (BtTorrentOptions) options = bt_torrent_options_new ();

  options->name = g_strdup (name);
  ft_session_set_options_async (self->session, ft_rename_dialog_get_id (dialog), options, BT_OPTION_NAME, NULL, done_cb,
                                g_object_ref (self));
}

static void
rename_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  FtRenameDialog *dialog;

  if (torrents->len != 1)
    return;
  dialog = ft_rename_dialog_new (GTK_WINDOW (self), torrents->pdata[0]);
  g_signal_connect_object (dialog, "renamed", G_CALLBACK (renamed_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
ft_window_install_rename (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.rename", NULL, rename_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "win.rename", NULL);
}
