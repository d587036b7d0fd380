/* ft-application-demo.c: --demo: the sample downloaded from a seed inside this program.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-application-private.h"

#include "ft-config.h"
#include "ft-describe.h"

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>
#include <glib/gi18n.h>

static void
fail (FtApplication *self, const GError *error)
{
  g_autofree char *text = ft_describe_error (error);

  g_printerr ("%s: %s\n", _("The demonstration failed"), text);
  self->status = 1;
  ft_application_quit (self);
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (ft_session_add_finish (FT_SESSION (object), result, NULL, &error) == 0 && !self->quitting)
    fail (self, error);
}

static void
session_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  BtAddRequest request = { .intent = BT_INTENT_RUN };

  if (!ft_session_finish (FT_SESSION (object), result, &error))
    fail (self, error);
  else
    {
      request.torrent = ft_demo_get_torrent (self->demo);
      ft_session_add_async (self->session, &request, NULL, added_cb, g_object_ref (self));
    }
}

static void
demo_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean started = ft_demo_start_finish (FT_DEMO (object), result, &error);

  if (self->quitting)
    return;
  if (!started)
    {
      fail (self, error);
      return;
    }
  g_settings_set_string (self->settings, FT_SETTING_DOWNLOAD_FOLDER,
                         ft_demo_get_download_dir (self->demo));
  ft_session_start_async (self->session, NULL, session_started_cb, g_object_ref (self));
}

static void
demo_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ft_demo_stop_finish (FT_DEMO (object), result, &error))
    g_warning ("The demonstration did not clear its files away: %s", error->message);
  g_application_quit (G_APPLICATION (self));
}

GSettings *
ft_application_make_demo_settings (void)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();
  GSettings *settings = g_settings_new_with_backend (APP_ID, backend);

  /* Any port will do, and loopback costs nothing. */
  g_settings_set_uint (settings, FT_SETTING_LISTEN_PORT, 0);
  g_settings_set_string (settings, FT_SETTING_METERED, "ignore");
  return settings;
}

void
ft_application_start_demo (FtApplication *self)
{
  if (self->demo != NULL)
    return;
  self->demo = ft_demo_new ();
  ft_demo_start_async (self->demo, demo_started_cb, g_object_ref (self));
}

void
ft_application_stop_demo (FtApplication *self)
{
  ft_demo_stop_async (self->demo, demo_stopped_cb, g_object_ref (self));
}
