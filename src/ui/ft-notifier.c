/* ft-notifier.c: tells of what happened while nobody looks at the window.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-notifier.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_NAMES 3 /* in one notification */

typedef enum
{
  TOPIC_FINISHED,
  TOPIC_PROBLEM,
  N_TOPICS
} Topic;

static const char *const topic_ids[N_TOPICS] = { "finished", "problem" };
static const char *const topic_settings[N_TOPICS] = { "notify-finished", "notify-problem" };

struct _FtNotifier
{
  GObject parent_instance;

  GtkApplication *application; /* (unowned): it owns us */
  FtSession *session;
  GSettings *settings;
  GArray *torrents[N_TOPICS]; /* of BtTorrentId: since somebody looked */
  gboolean is_due[N_TOPICS];
  guint idle_id; /* so that a hundred that finish at once are one notification */
};

G_DEFINE_FINAL_TYPE (FtNotifier, ft_notifier, G_TYPE_OBJECT)

/* A window that was hidden may still count as active. */
static gboolean
is_watched (FtNotifier *self)
{
  for (GList *link = gtk_application_get_windows (self->application); link != NULL; link = link->next)
    if (gtk_window_is_active (link->data) && gtk_widget_get_mapped (link->data))
      return TRUE;
  return FALSE;
}

/* Those that are still in the list. Returns: (transfer full) (element-type FtTorrent) */
static GPtrArray *
dup_torrents (FtNotifier *self, Topic topic)
{
  GPtrArray *torrents = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->torrents[topic]->len; i++)
    {
      FtTorrent *torrent = ft_session_lookup (self->session, g_array_index (self->torrents[topic], BtTorrentId, i));

      if (torrent != NULL)
        g_ptr_array_add (torrents, g_object_ref (torrent));
    }
  return torrents;
}

/* What is said. */

static char *
make_title (Topic topic, guint count)
{
  if (topic == TOPIC_FINISHED)
    return count == 1 ? g_strdup (_("Download Finished"))
                      : g_strdup_printf (ngettext ("%u Download Finished", "%u Downloads Finished", count), count);
  return count == 1 ? g_strdup (_("A Torrent Has a Problem"))
                    : g_strdup_printf (ngettext ("%u Torrent Has a Problem", "%u Torrents Have a Problem", count),
                                       count);
}

static char *
list_names (GPtrArray *torrents)
{
  GString *text = g_string_new (NULL);
  guint n_more = torrents->len > MAX_NAMES ? torrents->len - MAX_NAMES : 0;

  for (guint i = 0; i < torrents->len - n_more; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", ft_torrent_get_status (torrents->pdata[i])->name);
  if (n_more > 0)
    {
      g_string_append_c (text, '\n');
      /* Translators: after a list of names. */
      g_string_append_printf (text, ngettext ("and %u more", "and %u more", n_more), n_more);
    }
  return g_string_free (text, FALSE);
}

/* Returns: (nullable): nothing, when names are not for everybody's eyes: reasons may hold them too */
static char *
make_body (FtNotifier *self, Topic topic, GPtrArray *torrents)
{
  g_autofree char *state = NULL;

  if (!g_settings_get_boolean (self->settings, "notify-names"))
    return NULL;
  if (topic == TOPIC_FINISHED || torrents->len > 1)
    return list_names (torrents);
  g_object_get (torrents->pdata[0], "state-text", &state, NULL);
  return g_strdup_printf ("%s\n%s", ft_torrent_get_status (torrents->pdata[0])->name, state);
}

/* Many servers read a body as markup, and others show every escape: without angle brackets it is text for all. */
static void
set_body (GNotification *notification, const char *body)
{
  g_autoptr (GString) plain = g_string_new (body);

  g_string_replace (plain, "<", "‹", 0);
  g_string_replace (plain, ">", "›", 0);
  g_notification_set_body (notification, plain->str);
}

/* One torrent can be shown and handled; several are looked at in the window. */
static void
add_actions (GNotification *notification, Topic topic, GPtrArray *torrents)
{
  char hash[BT_SHA1_HEX_SIZE];

  if (torrents->len > 1)
    {
      g_notification_set_default_action (notification, "app.show");
      return;
    }
  bt_sha1_to_hex (&ft_torrent_get_status (torrents->pdata[0])->info_hash, hash);
  g_notification_set_default_action_and_target (notification, "app.show-torrent", "s", hash);
  g_notification_add_button_with_target (notification, _("Show"), "app.show-torrent", "s", hash);
  if (topic == TOPIC_FINISHED)
    g_notification_add_button_with_target (notification, _("Open Folder"), "app.show-in-folder", "s", hash);
  else
    g_notification_add_button_with_target (notification, _("Try Again"), "app.retry-torrent", "s", hash);
}

static void
withdraw (FtNotifier *self, Topic topic)
{
  g_array_set_size (self->torrents[topic], 0);
  g_application_withdraw_notification (G_APPLICATION (self->application), topic_ids[topic]);
}

static void
send (FtNotifier *self, Topic topic)
{
  g_autoptr (GPtrArray) torrents = dup_torrents (self, topic);
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *title = NULL;
  g_autofree char *body = NULL;

  if (torrents->len == 0)
    {
      withdraw (self, topic);
      return;
    }
  title = make_title (topic, torrents->len);
  body = make_body (self, topic, torrents);
  notification = g_notification_new (title);
  if (body != NULL)
    set_body (notification, body);
  g_notification_set_category (notification, topic == TOPIC_FINISHED ? "transfer.complete" : "transfer.error");
  add_actions (notification, topic, torrents);
  g_application_send_notification (G_APPLICATION (self->application), topic_ids[topic], notification);
}

static void
idle_cb (gpointer user_data)
{
  FtNotifier *self = user_data;

  self->idle_id = 0;
  for (int topic = 0; topic < N_TOPICS; topic++)
    if (self->is_due[topic])
      send (self, topic);
  memset (self->is_due, 0, sizeof self->is_due);
}

static void
make_due (FtNotifier *self, Topic topic)
{
  self->is_due[topic] = TRUE;
  if (self->idle_id == 0)
    self->idle_id = g_idle_add_once (idle_cb, self);
}

/* What happens. */

static gboolean
forget (FtNotifier *self, Topic topic, BtTorrentId id)
{
  for (guint i = 0; i < self->torrents[topic]->len; i++)
    if (g_array_index (self->torrents[topic], BtTorrentId, i) == id)
      {
        g_array_remove_index (self->torrents[topic], i);
        return TRUE;
      }
  return FALSE;
}

static void
remember (FtNotifier *self, Topic topic, BtTorrentId id)
{
  if (is_watched (self) || !g_settings_get_boolean (self->settings, topic_settings[topic]))
    return;
  forget (self, topic, id);
  g_array_append_val (self->torrents[topic], id);
  make_due (self, topic);
}

static void
event_cb (FtNotifier *self, const BtEvent *event)
{
  if (event->id == 0)
    return;
  if (event->kind == BT_EVENT_FINISHED)
    remember (self, TOPIC_FINISHED, event->id);
  else if (event->kind == BT_EVENT_PROBLEM)
    remember (self, TOPIC_PROBLEM, event->id);
  else if (event->kind == BT_EVENT_RECOVERED && forget (self, TOPIC_PROBLEM, event->id)
           && self->torrents[TOPIC_PROBLEM]->len == 0)
    withdraw (self, TOPIC_PROBLEM);
}

/* The engine's own, which the window says in a toast. */
static void
problem_cb (FtNotifier *self, const char *text)
{
  if (g_settings_get_boolean (self->settings, "notify-problem"))
    ft_notifier_say (self, "engine", _("FriendTorrent Has a Problem"),
                     g_settings_get_boolean (self->settings, "notify-names") ? text : NULL, NULL);
}

static void
active_window_cb (FtNotifier *self)
{
  if (!is_watched (self))
    return;
  for (int topic = 0; topic < N_TOPICS; topic++)
    if (self->torrents[topic]->len > 0)
      withdraw (self, topic);
}

static void
window_added_cb (FtNotifier *self, GtkWindow *window)
{
  g_signal_connect_object (window, "notify::is-active", G_CALLBACK (active_window_cb), self, G_CONNECT_SWAPPED);
}

static void
ft_notifier_finalize (GObject *object)
{
  FtNotifier *self = FT_NOTIFIER (object);

  g_clear_handle_id (&self->idle_id, g_source_remove);
  for (int topic = 0; topic < N_TOPICS; topic++)
    g_array_unref (self->torrents[topic]);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ft_notifier_parent_class)->finalize (object);
}

static void
ft_notifier_class_init (FtNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ft_notifier_finalize;
}

static void
ft_notifier_init (FtNotifier *self)
{
  for (int topic = 0; topic < N_TOPICS; topic++)
    self->torrents[topic] = g_array_new (FALSE, FALSE, sizeof (BtTorrentId));
}

FtNotifier *
ft_notifier_new (GtkApplication *application, FtSession *session, GSettings *settings)
{
  FtNotifier *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (FT_IS_SESSION (session), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (FT_TYPE_NOTIFIER, NULL);
  self->application = application;
  self->session = g_object_ref (session);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (session, "event", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "problem", G_CALLBACK (problem_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "window-added", G_CALLBACK (window_added_cb), self, G_CONNECT_SWAPPED);
  return self;
}

void
ft_notifier_say (FtNotifier *self, const char *id, const char *title, const char *body, const char *action)
{
  g_autoptr (GNotification) notification = NULL;

  g_return_if_fail (FT_IS_NOTIFIER (self));
  g_return_if_fail (id != NULL && title != NULL);

  if (is_watched (self))
    return;
  notification = g_notification_new (title);
  if (body != NULL)
    set_body (notification, body);
  g_notification_set_default_action (notification, action != NULL ? action : "app.show");
  g_application_send_notification (G_APPLICATION (self->application), id, notification);
}
