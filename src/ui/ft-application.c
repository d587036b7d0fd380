/* ft-application.c: the program: its window, its session, its settings, its beginning and end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-application.h"

#include "ft-application-private.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <unistd.h>

#define RESOURCE_PATH "/org/friendtorrent/FriendTorrent"

G_DEFINE_FINAL_TYPE (FtApplication, ft_application, ADW_TYPE_APPLICATION)

static FtSession *
make_session (FtApplication *self)
{
  g_autoptr (BtConfig) config = bt_config_new ();
  FtSession *session;

  if (self->is_demo)
    config->bind_address = g_strdup (FT_DEMO_ADDRESS);
  else
    config->state_dir = g_build_filename (g_get_user_data_dir (), GETTEXT_PACKAGE, NULL);
  session = ft_session_new (config);
  ft_session_bind_settings (session, self->settings);
  return session;
}

static void
session_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  /* The window shows why it failed: the session's property. */
  ft_session_finish (FT_SESSION (object), result, NULL);
}

void
ft_application_start_session (FtApplication *self)
{
  if (ft_session_get_state (self->session) != FT_SESSION_STOPPED)
    return;
  if (self->is_demo)
    ft_application_start_demo (self);
  else
    ft_session_start_async (self->session, NULL, session_started_cb, NULL);
}

/* Also while it quits: then the window comes back when the session has stopped. */
void
ft_application_show_window (FtApplication *self)
{
  if (self->window == NULL)
    {
      self->window = ft_window_new (GTK_APPLICATION (self), self->session, self->settings);
      ft_window_set_adder (self->window, self->adder);
    }
  self->starts_hidden = FALSE;
  if (self->quitting)
    {
      self->reopen = TRUE;
      return;
    }
  ft_application_start_session (self);
  if (self->background != NULL)
    ft_background_set_hidden (self->background, FALSE);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
session_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtApplication) self = user_data;

  ft_session_finish (FT_SESSION (object), result, NULL);
  if (self->reopen)
    {
      self->quitting = FALSE;
      self->reopen = FALSE;
      ft_application_show_window (self);
      g_application_release (G_APPLICATION (self));
    }
  else if (self->demo != NULL)
    ft_application_stop_demo (self);
  else
    g_application_quit (G_APPLICATION (self));
}

/* Who asked for the window meanwhile gets that of another process: this one cannot start its engine again. The name on
 * the bus is given up first, so that it is not taken for a second one of this. */
static void
begin_again (FtApplication *self)
{
  g_autofree char *path = g_file_read_link ("/proc/self/exe", NULL);
  const char *const command[] = { path, NULL };
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (self));
  g_autoptr (GError) error = NULL;

  if (bus != NULL)
    {
      g_dbus_connection_set_exit_on_close (bus, FALSE);
      g_dbus_connection_close_sync (bus, NULL, NULL);
    }
  if (path != NULL && !g_spawn_async (NULL, (char **) command, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &error))
    g_printerr ("%s\n", error->message);
}

/* A disk that hangs cannot be waited for, nor can its threads. What was not saved is as after a crash: the next start
 * looks at it. */
static void
leave_without_engine_cb (FtApplication *self)
{
  g_printerr ("%s\n", _("The disk does not answer; what is not saved is checked at the next start"));
  g_settings_sync ();
  if (self->reopen)
    begin_again (self);
  _exit (1);
}

/* Saving and saying goodbye to trackers takes a moment; nobody has to look at it. */
void
ft_application_quit (FtApplication *self)
{
  if (self->quitting)
    return;
  self->quitting = TRUE;
  g_application_hold (G_APPLICATION (self));
  ft_application_hide_windows (self);
  ft_session_stop_async (self->session, session_stopped_cb, g_object_ref (self));
}

void
ft_application_say_error (FtApplication *self, const GError *error)
{
  if (self->window != NULL)
    ft_window_show_error (self->window, error);
}

static gboolean
terminate_cb (gpointer user_data)
{
  ft_application_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
ft_application_startup (GApplication *application)
{
  FtApplication *self = FT_APPLICATION (application);

  G_APPLICATION_CLASS (ft_application_parent_class)->startup (application);

  self->settings = self->is_demo ? ft_application_make_demo_settings () : g_settings_new (APP_ID);
  self->session = make_session (self);
  g_signal_connect_object (self->session, "stuck", G_CALLBACK (leave_without_engine_cb), self, G_CONNECT_SWAPPED);
  ft_application_init_adding (self);
  gtk_window_set_default_icon_name (APP_ID);
  g_set_application_name (_("FriendTorrent"));
  ft_application_install_actions (self);
  ft_application_init_background (self);
  g_unix_signal_add (SIGINT, terminate_cb, self);
  g_unix_signal_add (SIGTERM, terminate_cb, self);
}

static void
ft_application_activate (GApplication *application)
{
  FtApplication *self = FT_APPLICATION (application);

  if (self->starts_hidden)
    {
      self->starts_hidden = FALSE;
      ft_application_start_hidden (self);
    }
  else
    ft_application_show_window (self);
}

static void
ft_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  FtApplication *self = FT_APPLICATION (application);

  ft_application_open_files (self, files, (guint) n_files);
}

/* One that runs already stays as it is. Returns: the exit status, or -1 to go on */
static int
begin_hidden (FtApplication *self)
{
  g_autoptr (GError) error = NULL;

  self->starts_hidden = TRUE;
  if (g_application_register (G_APPLICATION (self), NULL, &error))
    return g_application_get_is_remote (G_APPLICATION (self)) ? 0 : -1;
  g_printerr ("%s\n", error->message);
  return 1;
}

static int
ft_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  FtApplication *self = FT_APPLICATION (application);

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("%s %s\n", g_get_prgname (), PACKAGE_VERSION);
      return 0;
    }
  if (g_variant_dict_contains (options, "demo"))
    {
      /* Beside the one that may be running, with a list of its own. */
      self->is_demo = TRUE;
      g_application_set_flags (application,
                               g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
    }
  return g_variant_dict_contains (options, "background") ? begin_hidden (self) : -1;
}

static void
ft_application_dispose (GObject *object)
{
  FtApplication *self = FT_APPLICATION (object);

  ft_application_end_background (self);
  g_clear_pointer (&self->wanted, g_free);
  ft_application_end_adding (self);
  g_clear_object (&self->demo);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ft_application_parent_class)->dispose (object);
}

static void
ft_application_class_init (FtApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_application_dispose;
  application_class->startup = ft_application_startup;
  application_class->activate = ft_application_activate;
  application_class->open = ft_application_open;
  application_class->handle_local_options = ft_application_handle_local_options;
}

static void
ft_application_init (FtApplication *self)
{
  const GOptionEntry options[] = {
    { "background", 0, 0, G_OPTION_ARG_NONE, NULL, _("Start without a window"), NULL },
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL,
      _("Show a download that needs no network, from a seed inside this program"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, _("Print the version"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _("[FILE OR LINK…]"));
}

FtApplication *
ft_application_new (void)
{
  return g_object_new (FT_TYPE_APPLICATION,
                       "application-id", APP_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", RESOURCE_PATH,
                       NULL);
}

int
ft_application_get_status (FtApplication *self)
{
  g_return_val_if_fail (FT_IS_APPLICATION (self), 1);

  return self->status;
}
