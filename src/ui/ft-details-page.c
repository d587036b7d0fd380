/* ft-details-page.c: what the pages of the details have in common.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-details-page.h"

#include "ft-describe.h"

typedef struct
{
  FtSession *session; /* (nullable) */
  FtTorrent *torrent; /* (nullable) */
} FtDetailsPagePrivate;

enum
{
  PROP_0,
  PROP_SESSION,
  PROP_TORRENT,
  N_PROPS
};

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FtDetailsPage, ft_details_page, ADW_TYPE_BIN)

static GParamSpec *properties[N_PROPS];

static FtDetailsPagePrivate *
get_private (FtDetailsPage *self)
{
  return ft_details_page_get_instance_private (self);
}

static void
ft_details_page_dispose (GObject *object)
{
  FtDetailsPagePrivate *priv = get_private (FT_DETAILS_PAGE (object));

  g_clear_object (&priv->session);
  g_clear_object (&priv->torrent);

  G_OBJECT_CLASS (ft_details_page_parent_class)->dispose (object);
}

static void
ft_details_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtDetailsPagePrivate *priv = get_private (FT_DETAILS_PAGE (object));

  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, priv->session);
      break;
    case PROP_TORRENT:
      g_value_set_object (value, priv->torrent);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_details_page_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtDetailsPage *self = FT_DETAILS_PAGE (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      if (g_set_object (&get_private (self)->session, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_TORRENT:
      ft_details_page_set_torrent (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_details_page_class_init (FtDetailsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = ft_details_page_dispose;
  object_class->get_property = ft_details_page_get_property;
  object_class->set_property = ft_details_page_set_property;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, FT_TYPE_SESSION, flags);
  properties[PROP_TORRENT] = g_param_spec_object ("torrent", NULL, NULL, FT_TYPE_TORRENT, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* Named in templates. */
  g_type_ensure (FT_TYPE_TORRENT);
}

static void
ft_details_page_init (FtDetailsPage *self)
{
}

FtSession *
ft_details_page_get_session (FtDetailsPage *self)
{
  g_return_val_if_fail (FT_IS_DETAILS_PAGE (self), NULL);

  return get_private (self)->session;
}

FtTorrent *
ft_details_page_get_torrent (FtDetailsPage *self)
{
  g_return_val_if_fail (FT_IS_DETAILS_PAGE (self), NULL);

  return get_private (self)->torrent;
}

BtTorrentId
ft_details_page_get_id (FtDetailsPage *self)
{
  FtTorrent *torrent = ft_details_page_get_torrent (self);

  return torrent != NULL ? ft_torrent_get_id (torrent) : 0;
}

void
ft_details_page_set_torrent (FtDetailsPage *self, FtTorrent *torrent)
{
  FtDetailsPageClass *klass = FT_DETAILS_PAGE_GET_CLASS (self);

  g_return_if_fail (torrent == NULL || FT_IS_TORRENT (torrent));

  if (!g_set_object (&get_private (self)->torrent, torrent))
    return;
  if (klass->torrent_changed != NULL)
    klass->torrent_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TORRENT]);
}

BtDetailParts
ft_details_page_get_parts (FtDetailsPage *self)
{
  g_return_val_if_fail (FT_IS_DETAILS_PAGE (self), 0);

  return FT_DETAILS_PAGE_GET_CLASS (self)->parts;
}

void
ft_details_page_update (FtDetailsPage *self)
{
  FtDetailsPageClass *klass = FT_DETAILS_PAGE_GET_CLASS (self);

  if (klass->update != NULL && get_private (self)->torrent != NULL)
    klass->update (self);
}

void
ft_details_page_take_detail (FtDetailsPage *self, const BtDetail *detail)
{
  FtDetailsPageClass *klass = FT_DETAILS_PAGE_GET_CLASS (self);

  if (klass->take_detail != NULL && detail->id == ft_details_page_get_id (self))
    klass->take_detail (self, detail);
}

/* Takes @toast. */
void
ft_details_page_add_toast (FtDetailsPage *self, AdwToast *toast)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
  else
    g_object_unref (toast);
}

void
ft_details_page_show_text (FtDetailsPage *self, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  ft_details_page_add_toast (self, adw_toast_new (markup));
}

void
ft_details_page_show_error (FtDetailsPage *self, const GError *error)
{
  g_autofree char *text = ft_describe_error (error);

  ft_details_page_show_text (self, text);
}

void
ft_details_page_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtDetailsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ft_session_finish (FT_SESSION (object), result, &error)
      && !g_error_matches (error, BT_ERROR, BT_ERROR_CANCELLED))
    ft_details_page_show_error (self, error);
}
