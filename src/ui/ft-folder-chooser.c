/* ft-folder-chooser.c: a dialog that asks for a folder of this computer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-folder-chooser.h"

#include <glib/gi18n-lib.h>

/* What the settings and the engine can keep: a path that is text. */
static void
return_folder (GTask *task, GFile *folder)
{
  const char *path = folder != NULL ? g_file_peek_path (folder) : NULL;

  if (path == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s",
                             _("This folder is not on this computer"));
  else if (!g_utf8_validate (path, -1, NULL))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME, "%s",
                             _("The name of this folder cannot be saved: it is not valid text"));
  else
    g_task_return_pointer (task, g_strdup (path), g_free);
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GFile) folder = NULL;

  g_signal_handlers_disconnect_by_func (dialog, response_cb, task);
  g_signal_handlers_disconnect_by_data (g_task_get_source_object (task), dialog);
  gtk_native_dialog_hide (dialog);
  if (response == GTK_RESPONSE_ACCEPT)
    {
      folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      return_folder (task, folder);
    }
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "No folder was chosen");
}

static void
parent_destroyed_cb (GtkNativeDialog *dialog)
{
  g_signal_emit_by_name (dialog, "response", GTK_RESPONSE_CANCEL);
}

void
ft_folder_chooser_open (GtkWindow *parent,
                        const char *title,
                        const char *path,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GtkFileChooserNative *chooser;
  GTask *task;

  g_return_if_fail (GTK_IS_WINDOW (parent));

  chooser = gtk_file_chooser_native_new (title, parent, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Select"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  if (path != NULL)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (path);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), folder, NULL);
    }
  task = g_task_new (parent, NULL, callback, user_data);
  g_task_set_source_tag (task, ft_folder_chooser_open);
  g_task_set_task_data (task, chooser, g_object_unref);
  g_signal_connect (chooser, "response", G_CALLBACK (response_cb), task);
  g_signal_connect_object (parent, "destroy", G_CALLBACK (parent_destroyed_cb), chooser, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

char *
ft_folder_chooser_finish (GtkWindow *parent, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, parent), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
