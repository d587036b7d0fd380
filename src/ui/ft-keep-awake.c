/* ft-keep-awake.c: no sleep while something is downloaded.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-keep-awake.h"

#include <glib/gi18n-lib.h>

struct _FtKeepAwake
{
  GObject parent_instance;

  GtkApplication *application; /* (unowned): it owns us */
  FtSession *session;
  GSettings *settings;
  guint cookie; /* 0: the computer may sleep */
};

G_DEFINE_FINAL_TYPE (FtKeepAwake, ft_keep_awake, G_TYPE_OBJECT)

static gboolean
is_wanted (FtKeepAwake *self)
{
  guint64 rate_down;

  g_object_get (self->session, "rate-down", &rate_down, NULL);
  return rate_down > 0 && g_settings_get_boolean (self->settings, "keep-awake");
}

static void
update (FtKeepAwake *self)
{
  gboolean wanted = is_wanted (self);

  if (wanted && self->cookie == 0)
    self->cookie = gtk_application_inhibit (self->application, gtk_application_get_active_window (self->application),
                                            GTK_APPLICATION_INHIBIT_SUSPEND, _("Files are being downloaded"));
  else if (!wanted && self->cookie != 0)
    {
      gtk_application_uninhibit (self->application, self->cookie);
      self->cookie = 0;
    }
}

static void
ft_keep_awake_dispose (GObject *object)
{
  FtKeepAwake *self = FT_KEEP_AWAKE (object);

  if (self->cookie != 0)
    gtk_application_uninhibit (self->application, self->cookie);
  self->cookie = 0;
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ft_keep_awake_parent_class)->dispose (object);
}

static void
ft_keep_awake_class_init (FtKeepAwakeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ft_keep_awake_dispose;
}

static void
ft_keep_awake_init (FtKeepAwake *self)
{
}

FtKeepAwake *
ft_keep_awake_new (GtkApplication *application, FtSession *session, GSettings *settings)
{
  FtKeepAwake *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (FT_IS_SESSION (session), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (FT_TYPE_KEEP_AWAKE, NULL);
  self->application = application;
  self->session = g_object_ref (session);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (session, "notify::rate-down", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::keep-awake", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return self;
}
