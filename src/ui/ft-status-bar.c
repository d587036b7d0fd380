/* ft-status-bar.c: the whole of it in a line: speeds, limits, room on the disk, the connection.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-status-bar.h"

#include "ft-describe.h"
#include "ft-network-view.h"

#include <glib/gi18n-lib.h>

struct _FtStatusBar
{
  AdwBin parent_instance;

  FtSession *session; /* (nullable) */

  GtkLabel *speed_label;
  GtkMenuButton *mode_button;
  GtkLabel *mode_label;
  GtkLabel *free_label;
  GtkMenuButton *network_button;
  GtkLabel *reach_label;
  GtkLabel *reach_label_narrow; /* the same, where there is less room */
  FtNetworkView *network_view;
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

/* The usual needs no words; what holds torrents back does. */
static void
update_mode (FtStatusBar *self)
{
  GtkWidget *button = GTK_WIDGET (self->mode_button);
  g_autofree char *name = NULL;
  const char *text;
  BtMode mode;

  g_object_get (self->session, "mode", &mode, NULL);
  text = mode == BT_MODE_SEEDING ? _("Seed only") : _("Download only");
  gtk_label_set_text (self->mode_label, text);
  /* Translators: read aloud: the mode that is on: "Mode: Download only". */
  name = g_strdup_printf (_("Mode: %s"), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (button, mode != BT_MODE_ALL);
}

static const char *
get_icon_name (FtReach reach)
{
  if (reach == FT_REACH_CLOSED)
    return "network-offline-symbolic";
  return reach == FT_REACH_OPEN ? "network-transmit-receive-symbolic" : "network-idle-symbolic";
}

static void
update_network (FtStatusBar *self)
{
  GtkWidget *widgets[]
    = { GTK_WIDGET (self->network_button), GTK_WIDGET (self->reach_label), GTK_WIDGET (self->reach_label_narrow) };
  g_autofree char *port_text = NULL;
  g_autofree char *reach_text = NULL;
  g_autofree char *label = NULL;
  FtReach reach;

  g_object_get (ft_session_get_network (self->session), "port-text", &port_text, "reach-text", &reach_text, "reach",
                &reach, NULL);
  gtk_menu_button_set_icon_name (self->network_button, get_icon_name (reach));
  gtk_label_set_text (self->reach_label, reach_text);
  gtk_label_set_text (self->reach_label_narrow, reach_text);
  for (guint i = 0; i < G_N_ELEMENTS (widgets); i++)
    {
      gtk_widget_set_visible (widgets[i], ft_session_get_state (self->session) == FT_SESSION_RUNNING);
      gtk_widget_set_tooltip_text (widgets[i], port_text);
    }
  /* Translators: read aloud: of the button that shows more: "Connection: Port 51413 is open: others can connect to
   * you" */
  label = g_strdup_printf (_("Connection: %s"), port_text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->network_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
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
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      g_signal_handlers_disconnect_by_data (ft_session_get_network (self->session), self);
    }
  g_set_object (&self->session, session);
  if (session == NULL)
    return;
  connect (self, "notify::speed-text", update_speed);
  connect (self, "notify::free-bytes", update_free);
  connect (self, "notify::mode", update_mode);
  connect (self, "notify::state", update_network);
  ft_network_view_set_network (self->network_view, ft_session_get_network (session));
  /* With the reach its text changes too. */
  g_signal_connect_object (ft_session_get_network (session), "notify::reach-text", G_CALLBACK (update_network), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (ft_session_get_network (session), "notify::port-text", G_CALLBACK (update_network), self,
                           G_CONNECT_SWAPPED);
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

  g_type_ensure (FT_TYPE_NETWORK_VIEW); /* named in the template */
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-status-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, FtStatusBar, speed_label);
  gtk_widget_class_bind_template_child (widget_class, FtStatusBar, free_label);
  gtk_widget_class_bind_template_child (widget_class, FtStatusBar, mode_button);
  gtk_widget_class_bind_template_child (widget_class, FtStatusBar, mode_label);
  gtk_widget_class_bind_template_child (widget_class, FtStatusBar, network_button);
  gtk_widget_class_bind_template_child (widget_class, FtStatusBar, reach_label);
  gtk_widget_class_bind_template_child (widget_class, FtStatusBar, reach_label_narrow);
  gtk_widget_class_bind_template_child (widget_class, FtStatusBar, network_view);
}

static void
ft_status_bar_init (FtStatusBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
