/* ft-window-move.c: the files of the torrents that are selected go to another folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"


#include <glib/gi18n-lib.h>

#define CHOICE "there"

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ft_session_finish (FT_SESSION (object), result, &error))
    ft_window_show_problem (self, _("The files were not moved"), error);
}

static void
move_torrents (FtSubject *subject, GFile *folder, gboolean with_files)
{
  const char *path = folder != NULL ? g_file_peek_path (folder) : NULL;

  if (path == NULL || !g_utf8_validate (path, -1, NULL))
    {
      ft_window_show_toast (subject->window, _("Files cannot be moved to this folder"));
      return;
    }
  for (guint i = 0; i < subject->torrents->len; i++)
    ft_session_move_async (subject->window->session, ft_torrent_get_id (subject->torrents->pdata[i]), path, with_files,
                           NULL, done_cb, g_object_ref (subject->window));
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  FtSubject *subject = user_data;
  FtWindow *window = subject->window;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      move_torrents (subject, folder,
                     g_strcmp0 (gtk_file_chooser_get_choice (GTK_FILE_CHOOSER (dialog), CHOICE), "true") != 0);
    }
  gtk_native_dialog_hide (dialog);
  if (window->move_chooser == GTK_FILE_CHOOSER_NATIVE (dialog))
    g_clear_object (&window->move_chooser);
}

/* @are_there: whether the files are already where they shall be, as long as the person says nothing else */
static void
choose_folder (FtWindow *self, GPtrArray *torrents, const char *title, const char *accept_label, gboolean are_there)
{
  g_autoptr (GFile) folder = NULL;
  GtkFileChooser *chooser;

  if (torrents->len == 0 || self->move_chooser != NULL)
    return;
  self->move_chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
                                                    accept_label, NULL);
  chooser = GTK_FILE_CHOOSER (self->move_chooser);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_add_choice (chooser, CHOICE, _("The files are there already"), NULL, NULL);
  gtk_file_chooser_set_choice (chooser, CHOICE, are_there ? "true" : "false");
  folder = g_file_new_for_path (ft_torrent_get_status (torrents->pdata[0])->save_path);
  gtk_file_chooser_set_current_folder (chooser, folder, NULL);
  g_signal_connect_data (chooser, "response", G_CALLBACK (response_cb), ft_subject_new (self, torrents),
                         ft_subject_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
move_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);

  choose_folder (self, torrents,
                 torrents->len == 1 ? _("Move the Torrent’s Files To") : _("Move the Torrents’ Files To"), _("_Move"),
                 FALSE);
}

static void
locate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);

  choose_folder (self, torrents, _("Folder That the Torrent’s Files Are In"), _("_Select"), TRUE);
}

void
ft_window_install_move (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.move", NULL, move_action);
  gtk_widget_class_install_action (widget_class, "win.locate", NULL, locate_action);
}

void
ft_window_end_move (FtWindow *self)
{
  g_clear_object (&self->move_chooser);
}
