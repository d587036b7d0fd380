/* ft-details.c: everything about the torrent that is selected, on pages.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-details.h"

#include "ft-details-files.h"
#include "ft-details-log.h"
#include "ft-details-overview.h"
#include "ft-details-page.h"
#include "ft-details-peers.h"
#include "ft-details-speed.h"
#include "ft-details-trackers.h"
#include "ft-torrent-list.h"

#define SETTING_PAGE "details-page"

struct _FtDetails
{
  AdwBin parent_instance;

  FtSession *session;    /* (nullable) */
  GSettings *settings;   /* (nullable) */
  FtTorrent *torrent;    /* (nullable) */
  GSignalGroup *session_signals;
  GSignalGroup *list_signals; /* of the session's torrents */
  GdkSurface *surface;        /* (nullable): while mapped */

  GtkWidget *content;
  AdwViewStack *pages;
};

enum
{
  PROP_0,
  PROP_SESSION,
  PROP_SETTINGS,
  PROP_TORRENT,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtDetails, ft_details, ADW_TYPE_BIN)

static GParamSpec *properties[N_PROPS];

static FtDetailsPage *
get_page (FtDetails *self)
{
  return FT_DETAILS_PAGE (adw_view_stack_get_visible_child (self->pages));
}

static gboolean
is_seen (FtDetails *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || self->surface == NULL)
    return FALSE;
  return (gdk_toplevel_get_state (GDK_TOPLEVEL (self->surface)) & GDK_TOPLEVEL_STATE_MINIMIZED) == 0;
}

static void
watch (FtDetails *self)
{
  gboolean wanted = self->torrent != NULL && is_seen (self);

  if (self->session == NULL)
    return;
  ft_session_watch (self->session, wanted ? ft_torrent_get_id (self->torrent) : 0,
                    wanted ? ft_details_page_get_parts (get_page (self)) : 0);
}

/* What came while the page was not seen is caught up with. */
static void
refresh (FtDetails *self)
{
  watch (self);
  if (self->torrent != NULL)
    ft_details_page_update (get_page (self));
}

static void
detail_cb (FtDetails *self, gpointer detail)
{
  if (is_seen (self))
    ft_details_page_take_detail (get_page (self), detail);
}

static void
updated_cb (FtDetails *self)
{
  if (is_seen (self) && self->torrent != NULL)
    ft_details_page_update (get_page (self));
}

/* A screen reader finds what a stack does not show, but not what is hidden. */
static void
hide_other_pages (FtDetails *self)
{
  GtkWidget *shown = adw_view_stack_get_visible_child (self->pages);

  for (GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (self->pages)); page != NULL;
       page = gtk_widget_get_next_sibling (page))
    gtk_widget_set_visible (adw_bin_get_child (ADW_BIN (page)), page == shown);
}

static void
page_changed_cb (FtDetails *self)
{
  const char *name = adw_view_stack_get_visible_child_name (self->pages);

  hide_other_pages (self);
  if (self->settings != NULL && name != NULL)
    g_settings_set_string (self->settings, SETTING_PAGE, name);
  refresh (self);
}

static void
show_remembered_page (FtDetails *self)
{
  g_autofree char *name = g_settings_get_string (self->settings, SETTING_PAGE);

  if (adw_view_stack_get_child_by_name (self->pages, name) != NULL)
    adw_view_stack_set_visible_child_name (self->pages, name);
}

static void
set_torrent (FtDetails *self, FtTorrent *torrent)
{
  if (!g_set_object (&self->torrent, torrent))
    return;
  for (GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (self->pages)); page != NULL;
       page = gtk_widget_get_next_sibling (page))
    ft_details_page_set_torrent (FT_DETAILS_PAGE (page), torrent);
  gtk_widget_set_visible (self->content, torrent != NULL);
  refresh (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TORRENT]);
}

static void
set_session (FtDetails *self, FtSession *session)
{
  if (session == self->session)
    return;
  if (self->session != NULL)
    ft_session_watch (self->session, 0, 0);
  g_set_object (&self->session, session);
  g_signal_group_set_target (self->session_signals, session);
  g_signal_group_set_target (self->list_signals, session != NULL ? ft_session_get_torrents (session) : NULL);
  watch (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);
}

static void
ft_details_map (GtkWidget *widget)
{
  FtDetails *self = FT_DETAILS (widget);

  GTK_WIDGET_CLASS (ft_details_parent_class)->map (widget);

  self->surface = gtk_native_get_surface (gtk_widget_get_native (widget));
  if (!GDK_IS_TOPLEVEL (self->surface))
    self->surface = NULL;
  else
    g_signal_connect_object (self->surface, "notify::state", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
}

static void
ft_details_unmap (GtkWidget *widget)
{
  FtDetails *self = FT_DETAILS (widget);

  if (self->surface != NULL)
    g_signal_handlers_disconnect_by_func (self->surface, refresh, self);
  self->surface = NULL;
  watch (self);

  GTK_WIDGET_CLASS (ft_details_parent_class)->unmap (widget);
}

static void
ft_details_dispose (GObject *object)
{
  FtDetails *self = FT_DETAILS (object);

  set_session (self, NULL);
  g_clear_object (&self->settings);
  g_clear_object (&self->torrent);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->list_signals);

  G_OBJECT_CLASS (ft_details_parent_class)->dispose (object);
}

static void
ft_details_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtDetails *self = FT_DETAILS (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_SETTINGS:
      g_value_set_object (value, self->settings);
      break;
    case PROP_TORRENT:
      g_value_set_object (value, self->torrent);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_details_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtDetails *self = FT_DETAILS (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      set_session (self, g_value_get_object (value));
      break;
    case PROP_SETTINGS:
      if (g_set_object (&self->settings, g_value_get_object (value)) && self->settings != NULL)
        show_remembered_page (self);
      break;
    case PROP_TORRENT:
      set_torrent (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-details.ui");
  gtk_widget_class_bind_template_child (widget_class, FtDetails, content);
  gtk_widget_class_bind_template_child (widget_class, FtDetails, pages);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
}

static void
ft_details_class_init (FtDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = ft_details_dispose;
  object_class->get_property = ft_details_get_property;
  object_class->set_property = ft_details_set_property;
  widget_class->map = ft_details_map;
  widget_class->unmap = ft_details_unmap;

  properties[PROP_SESSION]
    = g_param_spec_object ("session", NULL, NULL, FT_TYPE_SESSION, flags | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, G_TYPE_SETTINGS, flags);
  properties[PROP_TORRENT]
    = g_param_spec_object ("torrent", NULL, NULL, FT_TYPE_TORRENT, flags | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* Named in templates. */
  g_type_ensure (FT_TYPE_DETAILS_FILES);
  g_type_ensure (FT_TYPE_DETAILS_LOG);
  g_type_ensure (FT_TYPE_DETAILS_OVERVIEW);
  g_type_ensure (FT_TYPE_DETAILS_PEERS);
  g_type_ensure (FT_TYPE_DETAILS_SPEED);
  g_type_ensure (FT_TYPE_DETAILS_TRACKERS);
  bind_template (widget_class);
}

static void
ft_details_init (FtDetails *self)
{
  self->session_signals = g_signal_group_new (FT_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "detail", G_CALLBACK (detail_cb), self);
  self->list_signals = g_signal_group_new (FT_TYPE_TORRENT_LIST);
  g_signal_group_connect_swapped (self->list_signals, "updated", G_CALLBACK (updated_cb), self);

  gtk_widget_init_template (GTK_WIDGET (self));
  hide_other_pages (self);
}
