/* ft-application-actions.c: what the program can be told, by menus, keys, notifications and the desktop.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-application-private.h"

#include "ft-open-torrent.h"

typedef void (*WantedFunc) (FtApplication *self, FtTorrent *torrent);

/* What is asked for before the session runs, or before its list is here, waits: the desktop starts
 * the program with an action of a notification that is older than it. Only the last one counts. */
struct _FtWanted
{
  BtSha1 info_hash;
  WantedFunc func; /* (nullable): for the torrent; NULL: @intent for all of them */
  BtIntent intent;
};

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ft_session_finish (FT_SESSION (object), result, &error))
    ft_application_say_error (self, error);
}

static void
set_intent (FtApplication *self, BtTorrentId id, BtIntent intent)
{
  ft_session_set_intent_async (self->session, id, intent, NULL, done_cb, g_object_ref (self));
}

static void
show_torrent (FtApplication *self, FtTorrent *torrent)
{
  ft_application_show_window (self);
  ft_window_show_torrent (self->window, ft_torrent_get_id (torrent));
}

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ft_open_torrent_finish (FT_SESSION (object), result, &error))
    ft_application_say_error (self, error);
}

static void
show_in_folder (FtApplication *self, FtTorrent *torrent)
{
  ft_open_torrent_async (self->session, ft_torrent_get_id (torrent), FT_OPEN_IN_FOLDER, NULL, NULL, opened_cb,
                         g_object_ref (self));
}

static void
retry_torrent (FtApplication *self, FtTorrent *torrent)
{
  set_intent (self, ft_torrent_get_id (torrent), BT_INTENT_RUN);
}

/* Returns: (transfer full) (nullable) */
static FtTorrent *
find_torrent (FtApplication *self, const BtSha1 *info_hash)
{
  GListModel *torrents = ft_session_get_torrents (self->session);
  guint n_torrents = g_list_model_get_n_items (torrents);

  for (guint i = 0; i < n_torrents; i++)
    {
      g_autoptr (FtTorrent) torrent = g_list_model_get_item (torrents, i);

      if (bt_sha1_equal (&ft_torrent_get_status (torrent)->info_hash, info_hash))
        return g_steal_pointer (&torrent);
    }
  return NULL;
}

static void
serve_wanted (FtApplication *self)
{
  g_autofree FtWanted *wanted = NULL;
  g_autoptr (FtTorrent) torrent = NULL;

  if (self->wanted == NULL || ft_session_get_state (self->session) != FT_SESSION_RUNNING)
    return;
  if (self->wanted->func == NULL)
    {
      wanted = g_steal_pointer (&self->wanted);
      set_intent (self, 0, wanted->intent);
      return;
    }
  torrent = find_torrent (self, &self->wanted->info_hash);
  if (torrent == NULL)
    return;
  wanted = g_steal_pointer (&self->wanted);
  wanted->func (self, torrent);
}

/* Takes @wanted. */
static void
want (FtApplication *self, FtWanted *wanted)
{
  g_free (self->wanted);
  self->wanted = wanted;
  /* Who starts the program with this sees what comes of it. */
  if (ft_session_get_state (self->session) != FT_SESSION_RUNNING)
    ft_application_show_window (self);
  serve_wanted (self);
}

static void
want_torrent (FtApplication *self, GVariant *info_hash, WantedFunc func)
{
  FtWanted *wanted = g_new0 (FtWanted, 1);

  wanted->func = func;
  if (bt_sha1_from_hex (g_variant_get_string (info_hash, NULL), &wanted->info_hash))
    want (self, wanted);
  else
    g_free (wanted);
}

static void
want_intent (FtApplication *self, BtIntent intent)
{
  FtWanted *wanted = g_new0 (FtWanted, 1);

  wanted->intent = intent;
  want (self, wanted);
}

/* Actions. */

static void
add_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  FtApplication *self = user_data;

  ft_application_show_window (self);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.add", NULL);
}

static void
pause_all_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  want_intent (user_data, BT_INTENT_PAUSE);
}

static void
resume_all_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  want_intent (user_data, BT_INTENT_RUN);
}

static void
show_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ft_application_show_window (user_data);
}

static void
show_torrent_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  want_torrent (user_data, parameter, show_torrent);
}

static void
show_in_folder_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  want_torrent (user_data, parameter, show_in_folder);
}

static void
retry_torrent_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  want_torrent (user_data, parameter, retry_torrent);
}

/* @page: (nullable) */
static void
show_preferences (FtApplication *self, const char *page)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (!FT_IS_PREFERENCES (window))
    window = GTK_WINDOW (ft_preferences_new (window, self->settings, self->session));
  if (page != NULL)
    adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (window), page);
  gtk_window_present (window);
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_preferences (user_data, NULL);
}

static void
preferences_page_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_preferences (user_data, g_variant_get_string (parameter, NULL));
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ft_application_show_about (user_data);
}

static void
close_window_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ft_application_close_window (user_data);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ft_application_quit (user_data);
}

static const GActionEntry actions[] = {
  { .name = "about", .activate = about_action },
  { .name = "add", .activate = add_action },
  { .name = "close-window", .activate = close_window_action },
  { .name = "pause-all", .activate = pause_all_action },
  { .name = "preferences", .activate = preferences_action },
  /* By its name, such as "network". */
  { .name = "preferences-page", .activate = preferences_page_action, .parameter_type = "s" },
  { .name = "quit", .activate = quit_action },
  { .name = "resume-all", .activate = resume_all_action },
  /* Torrents by their info-hash, in hex: a notification outlives the ids of an engine. */
  { .name = "retry-torrent", .activate = retry_torrent_action, .parameter_type = "s" },
  { .name = "show", .activate = show_action },
  { .name = "show-in-folder", .activate = show_in_folder_action, .parameter_type = "s" },
  { .name = "show-torrent", .activate = show_torrent_action, .parameter_type = "s" },
};

static const struct
{
  const char *action;
  const char *keys[3];
} accelerators[] = {
  { "app.preferences", { "<Control>comma" } },
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
  { "win.open", { "<Control>Return" } },
  { "win.show-in-folder", { "<Control><Shift>Return" } },
  { "win.add", { "<Control>o", "<Control>n" } },
  { "win.add-link", { "<Control>l" } },
  { "win.pause", { "<Control>p" } },
  { "win.resume", { "<Control>r" } },
  { "win.search", { "<Control>f" } },
  { "win.show-sidebar", { "F9" } },
  { "win.view::list", { "<Control>1" } },
  { "win.view::table", { "<Control>2" } },
};

void
ft_application_install_actions (FtApplication *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accelerators[i].action,
                                           (const char **) accelerators[i].keys);
  g_signal_connect_object (self->session, "notify::state", G_CALLBACK (serve_wanted), self, G_CONNECT_SWAPPED);
  /* Not "items-changed": what is built on the list has not followed it yet then. */
  g_signal_connect_object (ft_session_get_torrents (self->session), "updated", G_CALLBACK (serve_wanted), self,
                           G_CONNECT_SWAPPED);
}
