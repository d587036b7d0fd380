/* ft-window-copy.c: facts about the selected torrents in the clipboard.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-window-private.h"

#include "ft-locate.h"

#include <glib/gi18n-lib.h>

typedef struct _Copy Copy;

typedef struct
{
  const char *what;
  /* (transfer full) (nullable): NULL: it has to be asked for */
  char *(*dup_text) (const BtTorrentStatus *status);
  void (*ask) (Copy *copy, FtTorrent *torrent); /* (nullable): ends in take_answer() or fail() */
} Fact;

/* Torrent by torrent; the clipboard gets them when the last one is there. */
struct _Copy
{
  FtWindow *window;
  const Fact *fact;
  GPtrArray *torrents;
  GPtrArray *lines; /* of the first torrents */
};

static void
copy_free (Copy *copy)
{
  g_object_unref (copy->window);
  g_ptr_array_unref (copy->torrents);
  g_ptr_array_unref (copy->lines);
  g_free (copy);
}

/* One a line. */
static void
finish (Copy *copy)
{
  FtWindow *self = copy->window;

  g_ptr_array_add (copy->lines, NULL);
  /* It may have gone meanwhile. */
  if (self->session != NULL)
    {
      g_autofree char *text = g_strjoinv ("\n", (GStrv) copy->lines->pdata);

      gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
      ft_window_show_toast (self, _("Copied to the clipboard"));
    }
  copy_free (copy);
}

static void
go_on (Copy *copy)
{
  while (copy->lines->len < copy->torrents->len)
    {
      FtTorrent *torrent = copy->torrents->pdata[copy->lines->len];
      char *line = copy->fact->dup_text (ft_torrent_get_status (torrent));

      if (line == NULL)
        {
          copy->fact->ask (copy, torrent);
          return;
        }
      g_ptr_array_add (copy->lines, line);
    }
  finish (copy);
}

/* Takes @line. */
static void
take_answer (Copy *copy, char *line)
{
  g_ptr_array_add (copy->lines, line);
  go_on (copy);
}

static void
fail (Copy *copy, const GError *error)
{
  ft_window_show_error (copy->window, error);
  copy_free (copy);
}

/* Facts. */

static char *
dup_name (const BtTorrentStatus *status)
{
  return g_strdup (status->name);
}

static char *
dup_hash (const BtTorrentStatus *status)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&status->info_hash, hex);
  return g_strdup (hex);
}

/* The trackers of a private torrent know the person by a secret in their address: they are not passed on. */
static char *
dup_link (const BtTorrentStatus *status)
{
  return status->is_private ? bt_magnet_make (&status->info_hash, status->name, NULL, NULL) : NULL;
}

/* Of a link nobody knows yet what its file will be called. */
static char *
dup_path (const BtTorrentStatus *status)
{
  return status->is_magnet ? g_strdup (status->data_path) : NULL;
}

/* Each a tier of its own, in their order: a link knows no tiers. Returns: (transfer full) */
static GPtrArray *
make_tiers (GArray *trackers)
{
  GPtrArray *tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; i < trackers->len; i++)
    {
      const char *urls[] = { g_array_index (trackers, BtTrackerStatus, i).url, NULL };

      g_ptr_array_add (tiers, g_strdupv ((char **) urls));
    }
  return tiers;
}

static void
detail_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Copy *copy = user_data;
  const BtTorrentStatus *status = ft_torrent_get_status (copy->torrents->pdata[copy->lines->len]);
  g_autoptr (GError) error = NULL;
  g_autoptr (BtDetail) detail = ft_session_get_detail_finish (FT_SESSION (object), result, &error);
  g_autoptr (GPtrArray) tiers = NULL;

  if (detail == NULL)
    {
      fail (copy, error);
      return;
    }
  if (detail->trackers != NULL)
    tiers = make_tiers (detail->trackers);
  take_answer (copy, bt_magnet_make (&status->info_hash, status->name, tiers, NULL));
}

static void
ask_link (Copy *copy, FtTorrent *torrent)
{
  ft_session_get_detail_async (copy->window->session, ft_torrent_get_id (torrent), BT_DETAIL_TRACKERS, NULL, detail_cb,
                               copy);
}

static void
located_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Copy *copy = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = ft_locate_finish (FT_SESSION (object), result, &error);

  if (file != NULL)
    take_answer (copy, g_file_get_path (file));
  else
    fail (copy, error);
}

static void
ask_path (Copy *copy, FtTorrent *torrent)
{
  ft_locate_async (copy->window->session, ft_torrent_get_id (torrent), NULL, located_cb, copy);
}

static const Fact facts[] = {
  { "name", dup_name, NULL },
  { "link", dup_link, ask_link },
  { "hash", dup_hash, NULL },
  { "path", dup_path, ask_path },
};

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtWindow *self = FT_WINDOW (widget);
  const char *what = g_variant_get_string (parameter, NULL);
  g_autoptr (GPtrArray) torrents = ft_window_dup_selected (self);
  Copy *copy;
  guint i = 0;

  if (torrents->len == 0)
    return;
  while (i < G_N_ELEMENTS (facts) && !g_str_equal (facts[i].what, what))
    i++;
  g_return_if_fail (i < G_N_ELEMENTS (facts));

  copy = g_new0 (Copy, 1);
  copy->window = g_object_ref (self);
  copy->torrents = g_steal_pointer (&torrents);
  copy->lines = g_ptr_array_new_with_free_func (g_free);
  copy->fact = &facts[i];
  go_on (copy);
}

void
ft_window_install_copy (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.copy", "s", copy_action);

  /* Bindings of the class come after those of the widget in focus: a text that is selected is copied as usual. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "win.copy", "s", "link");
}

void
ft_window_update_copy (FtWindow *self, guint n_selected)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.copy", n_selected > 0);
}
