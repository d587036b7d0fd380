/* ft-application-background.c: the program without its window.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-application-private.h"

#include <glib/gi18n-lib.h>

#define KEY_EXPLAINED "background-explained"

static void
say (FtApplication *self, const char *text)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  g_autofree char *markup = g_markup_escape_text (text, -1);

  if (ADW_IS_PREFERENCES_WINDOW (window))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (window), adw_toast_new (markup));
  else if (self->window != NULL && gtk_widget_get_visible (GTK_WIDGET (self->window)))
    ft_window_show_toast (self->window, text);
}

/* Who closes a window for the first time may think that this was the end. */
static void
explain_once (FtApplication *self)
{
  if (g_settings_get_boolean (self->settings, KEY_EXPLAINED))
    return;
  g_settings_set_boolean (self->settings, KEY_EXPLAINED, TRUE);
  ft_notifier_say (self->notifier, "background", _("FriendTorrent Goes On in the Background"),
                   _("Start it again to see the window. Ctrl+Q ends it."), NULL);
}

/* As long as it runs the session keeps the program, window or not. */
static void
state_changed_cb (FtApplication *self)
{
  gboolean runs = ft_session_get_state (self->session) != FT_SESSION_STOPPED;

  if (runs == self->holds)
    return;
  self->holds = runs;
  if (runs)
    g_application_hold (G_APPLICATION (self));
  else
    g_application_release (G_APPLICATION (self));
}

/* The demonstration has a session of its own making and ends with its window. */
static gboolean
runs_in_background (FtApplication *self)
{
  return !self->is_demo && g_settings_get_boolean (self->settings, "run-in-background");
}

static void
announced_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  /* What a tracker says to it is told by its torrent. */
  ft_session_finish (FT_SESSION (object), result, NULL);
}

static void
announce (FtApplication *self)
{
  if (ft_session_get_state (self->session) == FT_SESSION_RUNNING)
    ft_session_announce_async (self->session, 0, NULL, announced_cb, NULL);
}

void
ft_application_init_background (FtApplication *self)
{
  self->notifier = ft_notifier_new (GTK_APPLICATION (self), self->session, self->settings);
  self->keep_awake = ft_keep_awake_new (GTK_APPLICATION (self), self->session, self->settings);
  g_signal_connect_object (self->session, "notify::state", G_CALLBACK (state_changed_cb), self, G_CONNECT_SWAPPED);
  if (self->is_demo)
    return;
  self->reconnect = ft_reconnect_new (g_network_monitor_get_default ());
  g_signal_connect_object (self->reconnect, "back", G_CALLBACK (announce), self, G_CONNECT_SWAPPED);
  self->background = ft_background_new (self->session, self->settings);
  g_signal_connect_object (self->background, "refused", G_CALLBACK (say), self, G_CONNECT_SWAPPED);
  /* The bus starts it without saying what for; what it is for may come at once or never. */
  if ((g_application_get_flags (G_APPLICATION (self)) & G_APPLICATION_IS_SERVICE) != 0 && runs_in_background (self))
    ft_application_start_hidden (self);
}

void
ft_application_end_background (FtApplication *self)
{
  g_clear_object (&self->background);
  g_clear_object (&self->reconnect);
  g_clear_object (&self->keep_awake);
  g_clear_object (&self->notifier);
}

void
ft_application_start_hidden (FtApplication *self)
{
  ft_application_start_session (self);
  if (self->background != NULL)
    ft_background_set_hidden (self->background, TRUE);
}

void
ft_application_hide_windows (FtApplication *self)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));

  for (GList *link = windows; link != NULL; link = link->next)
    if (link->data == self->window)
      gtk_widget_set_visible (link->data, FALSE);
    else
      gtk_window_destroy (link->data);
  if (self->background != NULL)
    ft_background_set_hidden (self->background, TRUE);
}

void
ft_application_close_window (FtApplication *self)
{
  /* Without a session there is nothing that could go on. */
  if (!runs_in_background (self) || ft_session_get_state (self->session) == FT_SESSION_STOPPED)
    {
      ft_application_quit (self);
      return;
    }
  ft_application_hide_windows (self);
  explain_once (self);
}
