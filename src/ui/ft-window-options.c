/* ft-window-options.c: the dialog with the options of the torrents that are selected.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-options-dialog.h"

#include <glib/gi18n-lib.h>

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ft_session_finish (FT_SESSION (object), result, &error))
    ft_window_show_problem (self, _("The options were not changed"), error);
}

static void
apply_cb (FtOptionsDialog *dialog, gpointer user_data)
{
  FtSubject *subject = user_data;

  for (guint i = 0; i < subject->torrents->len; i++)
    {
      FtTorrent *torrent = subject->torrents->pdata[i];
      BtOptionMask mask;
      g_autoptr (BtTorrentOptions) options
        = ft_options_dialog_merge (dialog, ft_torrent_get_status (torrent)->options, &mask);

      if (mask != 0)
        ft_session_set_options_async (subject->window->session, ft_torrent_get_id (torrent), options, mask, NULL,
                                      done_cb, g_object_ref (subject->window));
    }
}

static void
options_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  FtOptionsDialog *dialog;

  if (torrents->len == 0)
    return;
  dialog = ft_options_dialog_new (GTK_WINDOW (self), torrents);
  g_signal_connect_data (dialog, "apply", G_CALLBACK (apply_cb), ft_subject_new (self, torrents),
                         ft_subject_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
ft_window_install_options (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.options", NULL, options_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "win.options", NULL);
}
