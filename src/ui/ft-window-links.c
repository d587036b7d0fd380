/* ft-window-links.c: links that were typed, pasted, or copied elsewhere.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-link-dialog.h"
#include "ft-links.h"

#include <glib/gi18n-lib.h>

#define SETTING_DETECT_LINKS "detect-links"

/* The dialog. */

static void
links_chosen_cb (FtWindow *self, const char *text)
{
  ft_window_add_links (self, text);
}

static void
add_link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtLinkDialog *dialog = ft_link_dialog_new (GTK_WINDOW (widget));

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (links_chosen_cb), widget, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
add_links_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ft_window_add_links (FT_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

/* Pasting. */

static void
files_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (object), result, NULL);

  if (value != NULL)
    ft_window_add_file_list (self, g_value_get_boxed (value));
}

static void
text_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, NULL);

  if (text == NULL || !ft_window_add_links (self, text))
    ft_window_show_toast (self, _("There is no link to a torrent in the clipboard"));
}

static void
paste_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (widget);

  if (gdk_content_formats_contain_gtype (gdk_clipboard_get_formats (clipboard), GDK_TYPE_FILE_LIST))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL,
                                    files_read_cb, g_object_ref (widget));
  else
    gdk_clipboard_read_text_async (clipboard, NULL, text_read_cb, g_object_ref (widget));
}

/* What was copied elsewhere. */

static gboolean
is_in_list (FtWindow *self, const BtSha1 *info_hash)
{
  GListModel *torrents = ft_session_get_torrents (self->session);
  guint n = g_list_model_get_n_items (torrents);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (FtTorrent) torrent = g_list_model_get_item (torrents, i);

      if (bt_sha1_equal (&ft_torrent_get_status (torrent)->info_hash, info_hash))
        return TRUE;
    }
  return FALSE;
}

/* Once, and never what the list has. */
static void
offer (FtWindow *self, const char *link)
{
  g_autoptr (BtTorrentFile) magnet = NULL;
  g_autofree char *text = NULL;

  if (g_strcmp0 (link, self->offered_link) == 0 || self->add_dialog != NULL)
    return;
  g_free (self->offered_link);
  self->offered_link = g_strdup (link);
  magnet = bt_magnet_describe (link, NULL);
  if (magnet == NULL || is_in_list (self, &magnet->info_hash))
    return;
  text = g_strdup_printf (_("The clipboard holds a link to “%s”"), magnet->name);
  ft_window_show_offer (self, text, _("_Add"), "win.add-links", g_variant_new_string (link));
}

static void
looked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtWindow) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, NULL);
  g_autofree char *link = text != NULL ? ft_link_normalize (g_strstrip (text)) : NULL;

  if (link != NULL && ft_link_is_magnet (link) && self->session != NULL)
    offer (self, link);
}

static void
active_cb (FtWindow *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));

  if (!gtk_window_is_active (GTK_WINDOW (self)) || gdk_clipboard_is_local (clipboard)
      || ft_session_get_state (self->session) != FT_SESSION_RUNNING
      || !g_settings_get_boolean (self->settings, SETTING_DETECT_LINKS)
      || !gdk_content_formats_contain_gtype (gdk_clipboard_get_formats (clipboard), G_TYPE_STRING))
    return;
  gdk_clipboard_read_text_async (clipboard, NULL, looked_cb, g_object_ref (self));
}

void
ft_window_install_links (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.add-link", NULL, add_link_action);
  gtk_widget_class_install_action (widget_class, "win.add-links", "s", add_links_action);
  gtk_widget_class_install_action (widget_class, "win.paste", NULL, paste_action);

  /* Bindings of the class come after those of the widget in focus: a text field pastes as usual. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "win.paste", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Insert, GDK_SHIFT_MASK, "win.paste", NULL);
}

void
ft_window_init_links (FtWindow *self)
{
  g_signal_connect_object (self, "notify::is-active", G_CALLBACK (active_cb), self, G_CONNECT_SWAPPED);
}
