/* ft-window-save.c: the .torrent file of the selected torrent, saved where a person wants it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include <glib/gi18n-lib.h>

static void
fail (FtWindow *self, const GError *error)
{
  ft_window_show_problem (self, _("The .torrent file was not saved"), error);
}

static void
written_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    ft_window_show_toast (self, _("The .torrent file was saved"));
  else
    fail (self, error);
}

static void
response_cb (FtWindow *self, int response, GtkNativeDialog *dialog)
{
  GBytes *bytes = g_object_get_data (G_OBJECT (dialog), "bytes");
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, written_cb,
                                         g_object_ref (self));
  gtk_native_dialog_hide (dialog);
  if (self->save_chooser == GTK_FILE_CHOOSER_NATIVE (dialog))
    g_clear_object (&self->save_chooser);
}

/* A name of a stranger is a file name only without what separates folders. */
static char *
make_file_name (const char *name)
{
  g_autofree char *safe = g_strdelimit (g_strdup (name), "/", '_');

  return g_strconcat (*safe == '.' ? "_" : "", safe, ".torrent", NULL);
}

static void
open_chooser (FtWindow *self, const char *name, GBytes *bytes)
{
  g_autofree char *file_name = make_file_name (name);

  if (self->save_chooser != NULL)
    return;
  self->save_chooser = gtk_file_chooser_native_new (_("Save the .torrent File"), GTK_WINDOW (self),
                                                    GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->save_chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->save_chooser), file_name);
  g_object_set_data_full (G_OBJECT (self->save_chooser), "bytes", g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref);
  g_signal_connect_object (self->save_chooser, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->save_chooser));
}

typedef struct
{
  FtWindow *window;
  char *name;
} Request;

static void
request_free (Request *request)
{
  g_object_unref (request->window);
  g_free (request->name);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static void
got_torrent_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = ft_session_get_torrent_finish (FT_SESSION (object), result, &error);

  if (bytes != NULL)
    open_chooser (request->window, request->name, bytes);
  else
    fail (request->window, error);
}

static void
save_torrent_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  Request *request;

  if (torrents->len != 1)
    return;
  request = g_new (Request, 1);
  request->window = g_object_ref (self);
  request->name = g_strdup (ft_torrent_get_status (torrents->pdata[0])->name);
  ft_session_get_torrent_async (self->session, ft_torrent_get_id (torrents->pdata[0]), NULL, got_torrent_cb, request);
}

void
ft_window_install_save (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, FtWindow, save_menu);
  gtk_widget_class_install_action (widget_class, "win.save-torrent", NULL, save_torrent_action);

  /* Bindings of the class come after those of the widget in focus: a text field keeps its keys. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "win.save-torrent", NULL);
}

/* An item that cannot be chosen has no other place to say why. */
static void
fill_menu (FtWindow *self, gboolean unknown)
{
  g_autoptr (GMenuItem) item
    = g_menu_item_new (unknown ? _("Save .torrent _File: Its Details Are Not Known Yet") : _("Save .torrent _File…"),
                       "win.save-torrent");

  g_menu_item_set_attribute (item, "accel", "s", "<Control>S");
  g_menu_remove_all (self->save_menu);
  g_menu_append_item (self->save_menu, item);
  self->save_unknown = unknown;
}

void
ft_window_update_save (FtWindow *self, GPtrArray *torrents)
{
  gboolean unknown = torrents->len == 1 && ft_torrent_get_status (torrents->pdata[0])->is_magnet;

  /* It may be open. */
  if (unknown != self->save_unknown || g_menu_model_get_n_items (G_MENU_MODEL (self->save_menu)) == 0)
    fill_menu (self, unknown);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.save-torrent", torrents->len == 1 && !unknown);
}

void
ft_window_end_save (FtWindow *self)
{
  g_clear_object (&self->save_chooser);
}
