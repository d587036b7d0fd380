/* ft-background.c: leave to run without a window and to start with the session, and what is said of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-background.h"

#include "ft-autostart.h"
#include "ft-describe.h"
#include "ft-portal.h"

#include <glib/gi18n-lib.h>

#define KEY_BACKGROUND "run-in-background"
#define KEY_AUTOSTART "autostart"
#define PORTAL_INTERFACE "org.freedesktop.portal.Background"
#define STATUS_INTERVAL_S 5
#define MAX_STATUS_CHARS 96 /* the portal refuses longer ones */

struct _FtBackground
{
  GObject parent_instance;

  FtSession *session;
  GSettings *settings;
  gboolean is_switching;     /* a setting is being changed by us */
  gboolean hidden;
  gboolean status_is_old;
  guint status_timer_id; /* runs while the next status has to wait */
};

enum
{
  SIGNAL_REFUSED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtBackground, ft_background, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
switch_to (FtBackground *self, const char *key, gboolean value)
{
  self->is_switching = TRUE;
  g_settings_set_boolean (self->settings, key, value);
  self->is_switching = FALSE;
}

static void
refuse (FtBackground *self, const char *key, const char *text)
{
  switch_to (self, key, FALSE);
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, text);
}

/* What is going on. */

static char *
make_status (FtBackground *self)
{
  GListModel *torrents = ft_session_get_torrents (self->session);
  guint n_torrents = g_list_model_get_n_items (torrents);
  g_autofree char *count = NULL;
  g_autofree char *speed = NULL;
  guint n_downloading = 0;
  guint64 rate_down;

  for (guint i = 0; i < n_torrents; i++)
    {
      g_autoptr (FtTorrent) torrent = g_list_model_get_item (torrents, i);

      n_downloading += ft_torrent_get_status (torrent)->state == BT_STATE_DOWNLOADING;
    }
  if (n_downloading == 0)
    return g_strdup (_("Nothing is being downloaded"));
  count = g_strdup_printf (ngettext ("%u downloading", "%u downloading", n_downloading), n_downloading);
  g_object_get (self->session, "rate-down", &rate_down, NULL);
  speed = ft_format_speed (rate_down);
  /* Translators: what goes on in the background: "3 downloading, 2.1 MB/s". */
  return g_strdup_printf (C_ ("status", "%1$s, %2$s"), count, speed);
}

static void
bus_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) message = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  GVariantDict options;

  if (bus == NULL)
    return;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert_value (&options, "message", message);
  /* Older portals have no such method; nobody misses the answer. */
  g_dbus_connection_call (bus, FT_PORTAL_BUS_NAME, FT_PORTAL_PATH, PORTAL_INTERFACE, "SetStatus",
                          g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void
send_status (FtBackground *self)
{
  g_autofree char *status = make_status (self);

  if (g_utf8_strlen (status, -1) >= MAX_STATUS_CHARS)
    *g_utf8_offset_to_pointer (status, MAX_STATUS_CHARS - 1) = '\0';
  self->status_is_old = FALSE;
  g_bus_get (G_BUS_TYPE_SESSION, NULL, bus_cb, g_variant_ref_sink (g_variant_new_string (status)));
}

static gboolean
status_timer_cb (gpointer user_data)
{
  FtBackground *self = user_data;

  if (self->hidden && self->status_is_old)
    {
      send_status (self);
      return G_SOURCE_CONTINUE;
    }
  self->status_timer_id = 0;
  return G_SOURCE_REMOVE;
}

/* At most every few seconds, and only when there is something new. */
static void
status_changed_cb (FtBackground *self)
{
  if (!self->hidden || !ft_portal_is_used ())
    return;
  self->status_is_old = TRUE;
  if (self->status_timer_id != 0)
    return;
  send_status (self);
  self->status_timer_id = g_timeout_add_seconds (STATUS_INTERVAL_S, status_timer_cb, self);
}

/* Leave. */

static void
take_answer (FtBackground *self, gboolean background, gboolean autostart)
{
  const char *text = _("This desktop does not let FriendTorrent run in the background");

  if (!background && g_settings_get_boolean (self->settings, KEY_BACKGROUND))
    refuse (self, KEY_BACKGROUND, text);
  if (!autostart && g_settings_get_boolean (self->settings, KEY_AUTOSTART))
    refuse (self, KEY_AUTOSTART, background ? _("This desktop does not let FriendTorrent start by itself") : text);
}

static void
requested_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtBackground) self = user_data;
  g_autoptr (GVariant) results = NULL;
  g_autoptr (GError) error = NULL;
  gboolean background = FALSE, autostart = FALSE;

  results = ft_portal_request_finish (result, &error);
  if (self->settings == NULL)
    return;
  if (results != NULL)
    {
      g_variant_lookup (results, "background", "b", &background);
      g_variant_lookup (results, "autostart", "b", &autostart);
    }
  /* Where there is no such portal nobody forbids it either. */
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    background = TRUE;
  take_answer (self, background, autostart);
}

static void
request (FtBackground *self, GDBusConnection *bus)
{
  const char *const command[] = { "friendtorrent", "--background", NULL };
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "reason", "s", _("Downloads and sharing go on when the window is closed"));
  g_variant_dict_insert (&options, "autostart", "b", g_settings_get_boolean (self->settings, KEY_AUTOSTART));
  g_variant_dict_insert (&options, "commandline", "^as", command);
  g_variant_dict_insert (&options, "dbus-activatable", "b", FALSE);
  ft_portal_request_async (bus, PORTAL_INTERFACE, "RequestBackground", g_variant_new ("(s)", ""),
                           g_variant_dict_end (&options), NULL, NULL, requested_cb, g_object_ref (self));
}

static void
request_bus_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtBackground) self = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus != NULL && self->settings != NULL)
    request (self, bus);
}

static void
background_changed_cb (FtBackground *self)
{
  if (self->is_switching || !ft_portal_is_used () || !g_settings_get_boolean (self->settings, KEY_BACKGROUND))
    return;
  g_bus_get (G_BUS_TYPE_SESSION, NULL, request_bus_cb, g_object_ref (self));
}

static void
autostart_changed_cb (FtBackground *self)
{
  g_autoptr (GError) error = NULL;
  gboolean wanted = g_settings_get_boolean (self->settings, KEY_AUTOSTART);

  if (self->is_switching)
    return;
  if (ft_portal_is_used ())
    g_bus_get (G_BUS_TYPE_SESSION, NULL, request_bus_cb, g_object_ref (self));
  else if (!ft_autostart_set (wanted, &error))
    {
      switch_to (self, KEY_AUTOSTART, !wanted);
      g_signal_emit (self, signals[SIGNAL_REFUSED], 0, error->message);
    }
}

static void
ft_background_dispose (GObject *object)
{
  FtBackground *self = FT_BACKGROUND (object);

  g_clear_handle_id (&self->status_timer_id, g_source_remove);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ft_background_parent_class)->dispose (object);
}

static void
ft_background_class_init (FtBackgroundClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ft_background_dispose;

  signals[SIGNAL_REFUSED] = g_signal_new ("refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ft_background_init (FtBackground *self)
{
}

FtBackground *
ft_background_new (FtSession *session, GSettings *settings)
{
  FtBackground *self;

  g_return_val_if_fail (FT_IS_SESSION (session), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (FT_TYPE_BACKGROUND, NULL);
  self->session = g_object_ref (session);
  self->settings = g_object_ref (settings);
  /* Other programs add and remove the file too. */
  if (!ft_portal_is_used () && ft_autostart_is_set () != g_settings_get_boolean (settings, KEY_AUTOSTART))
    g_settings_set_boolean (settings, KEY_AUTOSTART, ft_autostart_is_set ());
  g_signal_connect_object (settings, "changed::" KEY_BACKGROUND, G_CALLBACK (background_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" KEY_AUTOSTART, G_CALLBACK (autostart_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::speed-text", G_CALLBACK (status_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (ft_session_get_torrents (session), "items-changed", G_CALLBACK (status_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
ft_background_set_hidden (FtBackground *self, gboolean hidden)
{
  g_return_if_fail (FT_IS_BACKGROUND (self));

  self->hidden = hidden;
  status_changed_cb (self);
}
