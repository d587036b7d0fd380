/* ft-window-copy.c: facts about the selected torrents in the clipboard.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include <glib/gi18n-lib.h>

static char *
dup_hash (const BtTorrentStatus *status)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&status->info_hash, hex);
  return g_strdup (hex);
}

/* Trackers are not named: their addresses may hold a secret. */
static char *
dup_link (const BtTorrentStatus *status)
{
  return bt_magnet_make (&status->info_hash, status->name, NULL, NULL);
}

/* Of one that has a name of the person's, the folder: it is not known here what its file is called. */
static char *
dup_path (const BtTorrentStatus *status)
{
  if (status->options->name != NULL || status->is_magnet)
    return g_strdup (status->data_path);
  return g_build_filename (status->data_path, status->name, NULL);
}

static char *
dup_name (const BtTorrentStatus *status)
{
  return g_strdup (status->name);
}

static const struct
{
  const char *what;
  char *(*dup_text) (const BtTorrentStatus *status);
} facts[] = {
  { "name", dup_name },
  { "link", dup_link },
  { "hash", dup_hash },
  { "path", dup_path },
};

/* One a line. */
static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  const char *what = g_variant_get_string (parameter, NULL);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < torrents->len; i++)
    for (guint f = 0; f < G_N_ELEMENTS (facts); f++)
      if (g_str_equal (facts[f].what, what))
        {
          g_autofree char *fact = facts[f].dup_text (ft_torrent_get_status (torrents->pdata[i]));

          g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", fact);
        }
  if (text->len == 0)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
  ft_window_show_toast (self, _("Copied to the clipboard"));
}

void
ft_window_install_copy (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.copy", "s", copy_action);
}

void
ft_window_update_copy (FtWindow *self, guint n_selected)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.copy", n_selected > 0);
}
