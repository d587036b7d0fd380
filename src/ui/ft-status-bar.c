/* ft-status-bar.c: the whole of it in a line: speeds, limits, room on the disk, the port.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-status-bar.h"

#include "ft-describe.h"

#include <glib/gi18n-lib.h>

struct _FtStatusBar
{
  AdwBin parent_instance;

  FtSession *session; /* (nullable) */

  GtkLabel *speed_label;
  GtkLabel *free_label;
  GtkImage *port_icon;
};

enum
{
  PROP_0,
  PROP_SESSION,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtStatusBar, ft_status_bar, ADW_TYPE_BIN)

static GParamSpec *properties[N_PROPS];

static void
update_speed (FtStatusBar *self)
{
  g_autofree char *down_text = NULL;
  g_autofree char *up_text = NULL;
  g_autofree char *text = NULL;
  guint64 down, up;

  g_object_get (self->session, "rate-down", &down, "rate-up", &up, NULL);
  down_text = ft_format_speed (down);
  up_text = ft_format_speed (up);
  /* Translators: speeds of download and upload, always both: "↓ 1.4 MB/s  ↑ 30 kB/s". */
  text = g_strdup_printf (C_ ("status", "↓ %1$s  ↑ %2$s"), down_text, up_text);
  gtk_label_set_text (self->speed_label, text);
}

static void
update_free (FtStatusBar *self)
{
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;
  gint64 free_bytes;

  g_object_get (self->session, "free-bytes", &free_bytes, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->free_label), free_bytes >= 0);
  if (free_bytes < 0)
    return;
  size = ft_format_size ((guint64) free_bytes);
  /* Translators: room on the disk: "120 GB free". */
  text = g_strdup_printf (_("%s free"), size);
  gtk_label_set_text (self->free_label, text);
}

static void
update_port (FtStatusBar *self)
{
  GtkWidget *icon = GTK_WIDGET (self->port_icon);
  g_autofree char *text = NULL;
  gboolean seen;
  guint port;

  g_object_get (self->session, "listen-port", &port, "incoming-seen", &seen, NULL);
  text = ft_describe_connection ((guint16) port, seen);
  gtk_image_set_from_icon_name (self->port_icon, port == 0 ? "network-offline-symbolic"
                                                 : seen    ? "network-transmit-receive-symbolic"
                                                           : "network-idle-symbolic");
  gtk_widget_set_visible (icon, ft_session_get_state (self->session) == FT_SESSION_RUNNING);
  gtk_widget_set_tooltip_text (icon, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
connect (FtStatusBar *self, const char *signal, void (*update) (FtStatusBar *))
{
  g_signal_connect_object (self->session, signal, G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
set_session (FtStatusBar *self, FtSession *session)
{
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  if (session == NULL)
    return;
  connect (self, "notify::speed-text", update_speed);
  connect (self, "notify::free-bytes", update_free);
  connect (self, "notify::listen-port", update_port);
  connect (self, "notify::incoming-seen", update_port);
  connect (self, "notify::state", update_port);
}

static void
ft_status_bar_dispose (GObject *object)
{
  g_clear_object (&FT_STATUS_BAR (object)->session);

  G_OBJECT_CLASS (ft_status_bar_parent_class)->dispose (object);
}

static void
ft_status_bar_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, FT_STATUS_BAR (object)->session);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_status_bar_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SESSION:
      set_session (FT_STATUS_BAR (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_status_bar_class_init (FtStatusBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ft_status_bar_dispose;
  object_class->get_property = ft_status_bar_get_property;
  object_class->set_property = ft_status_bar_set_property;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, FT_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-status-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, FtStatusBar, speed_label);
  gtk_widget_class_bind_template_child (widget_class, FtStatusBar, free_label);
  gtk_widget_class_bind_template_child (widget_class, FtStatusBar, port_icon);
}

static void
ft_status_bar_init (FtStatusBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
