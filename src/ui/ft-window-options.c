/* ft-window-options.c: the dialog with the options of the torrents that are selected.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-describe.h"
#include "ft-options-dialog.h"

#include <glib/gi18n-lib.h>

/* Those that the dialog was opened for, not those that are selected by now. */
typedef struct
{
  FtWindow *window;
  GPtrArray *torrents;
} Subject;

static void
subject_free (gpointer data, GClosure *closure)
{
  Subject *subject = data;

  g_object_unref (subject->window);
  g_ptr_array_unref (subject->torrents);
  g_free (subject);
}

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (ft_session_finish (FT_SESSION (object), result, &error))
    return;
  text = ft_describe_error (error);
  ft_window_show_failure (self, _("The options were not changed"), text);
}

static void
apply_cb (FtOptionsDialog *dialog, gpointer user_data)
{
  Subject *subject = user_data;

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
  Subject *subject;

  if (torrents->len == 0)
    return;
  dialog = ft_options_dialog_new (GTK_WINDOW (self), torrents);
  subject = g_new (Subject, 1);
  subject->window = g_object_ref (self);
  subject->torrents = g_steal_pointer (&torrents);
  g_signal_connect_data (dialog, "apply", G_CALLBACK (apply_cb), subject, subject_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
ft_window_install_options (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.options", NULL, options_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "win.options", NULL);
}
