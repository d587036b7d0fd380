/* ft-window-add.c: .torrent files from a chooser, a drop or another program.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-describe.h"

#include <glib/gi18n-lib.h>

static void
added_cb (FtWindow *self, FtAddition *addition, BtTorrentId id)
{
  ft_window_reveal (self, id);
}

static void
exists_cb (FtWindow *self, FtAddition *addition)
{
  BtTorrentId id = ft_addition_get_existing (addition);
  FtTorrent *torrent = ft_session_lookup (self->session, id);
  g_autofree char *text = NULL;

  ft_window_reveal (self, id);
  /* One that was added a moment ago comes with the next update. */
  if (torrent == NULL)
    {
      ft_window_show_toast (self, _("This torrent is in the list already"));
      return;
    }
  text = g_strdup_printf (_("“%s” is in the list already"), ft_torrent_get_status (torrent)->name);
  ft_window_show_toast (self, text);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), ft_window_find (self, id),
                                   TRUE);
}

static void
failed_cb (FtWindow *self, FtAddition *addition, const GError *error)
{
  g_autofree char *name = ft_addition_dup_title (addition);
  g_autofree char *title = g_strdup_printf (_("“%s” was not added"), name);
  g_autofree char *details = ft_describe_error (error);

  ft_window_show_failure (self, title, details);
}

static void
chooser_response_cb (FtWindow *self, int response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->file_chooser);
  g_autoptr (GListModel) files = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      ft_window_add_files (self, &file, 1);
    }
}

static void
add_filters (GtkFileChooser *chooser)
{
  g_autoptr (GtkFileFilter) torrents = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (torrents, _("Torrent files"));
  gtk_file_filter_add_mime_type (torrents, "application/x-bittorrent");
  gtk_file_filter_add_suffix (torrents, "torrent");
  gtk_file_chooser_add_filter (chooser, torrents);
  gtk_file_filter_set_name (all, _("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, all);
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);

  if (self->file_chooser != NULL)
    return;
  self->file_chooser
    = gtk_file_chooser_native_new (_("Add Torrents"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _("_Add"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->file_chooser), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->file_chooser), TRUE);
  add_filters (GTK_FILE_CHOOSER (self->file_chooser));
  g_signal_connect_object (self->file_chooser, "response", G_CALLBACK (chooser_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->file_chooser));
}

/* Links are dropped as text, one a line. */
static gboolean
add_links (FtWindow *self, const char *text)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", -1);
  gboolean any = FALSE;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *scheme = g_uri_parse_scheme (g_strstrip (lines[i]));
      g_autoptr (GFile) file = NULL;

      if (scheme == NULL)
        continue;
      file = g_file_new_for_uri (lines[i]);
      ft_window_add_files (self, &file, 1);
      any = TRUE;
    }
  return any;
}

static gboolean
drop_cb (FtWindow *self, const GValue *value)
{
  GdkFileList *list;
  GSList *files;

  if (G_VALUE_HOLDS_STRING (value))
    return add_links (self, g_value_get_string (value));
  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  list = g_value_get_boxed (value);
  files = gdk_file_list_get_files (list);
  for (GSList *link = files; link != NULL; link = link->next)
    {
      GFile *file = link->data;

      ft_window_add_files (self, &file, 1);
    }
  g_slist_free (files);
  return TRUE;
}

void
ft_window_install_add (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.add", NULL, add_action);
}

void
ft_window_init_add (FtWindow *self)
{
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->stack), GTK_EVENT_CONTROLLER (target));

  self->adder = ft_adder_new (self->session);
  g_signal_connect_object (self->adder, "added", G_CALLBACK (added_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->adder, "exists", G_CALLBACK (exists_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->adder, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
}

void
ft_window_end_add (FtWindow *self)
{
  g_clear_object (&self->file_chooser);
  g_clear_object (&self->adder);
}

void
ft_window_add_files (FtWindow *self, GFile **files, guint n_files)
{
  g_return_if_fail (FT_IS_WINDOW (self));

  for (guint i = 0; i < n_files; i++)
    if (g_file_has_uri_scheme (files[i], "magnet"))
      ft_window_show_toast (self, _("Magnet links cannot be opened yet"));
    else
      {
        g_autoptr (FtAddition) addition = ft_addition_new_for_file (files[i]);

        ft_adder_add (self->adder, addition);
      }
}
