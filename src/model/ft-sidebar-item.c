/* ft-sidebar-item.c: one group of torrents, with how many they are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sidebar-item.h"

#include <glib/gi18n-lib.h>

#define UNTAGGED_COLOR "#9a9996" /* of no tag: grey in light and dark */

struct _FtSidebarItem
{
  GObject parent_instance;

  FtSidebarKind kind;
  FtCategory category;
  FtTag *tag; /* (nullable) */
  char *host; /* (nullable) */
  guint count;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_ICON_NAME,
  PROP_COLOR,
  PROP_COUNT,
  PROP_COUNT_TEXT,
  PROP_SPOKEN,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtSidebarItem, ft_sidebar_item, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static const char *
get_icon_name (FtSidebarItem *self)
{
  switch (self->kind)
    {
    case FT_SIDEBAR_CATEGORY:
      return ft_category_get_icon_name (self->category);
    case FT_SIDEBAR_TRACKER:
      return "network-server-symbolic";
    default:
      return NULL;
    }
}

static const char *
get_color (FtSidebarItem *self)
{
  if (self->tag != NULL)
    return ft_tag_get_color (self->tag);
  return self->kind == FT_SIDEBAR_UNTAGGED ? UNTAGGED_COLOR : NULL;
}

static char *
describe (FtSidebarItem *self)
{
  return g_strdup_printf (ngettext ("%1$s, %2$u torrent", "%1$s, %2$u torrents", self->count),
                          ft_sidebar_item_get_title (self), self->count);
}

static void
tag_changed_cb (FtSidebarItem *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLOR]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPOKEN]);
}

static void
ft_sidebar_item_finalize (GObject *object)
{
  FtSidebarItem *self = FT_SIDEBAR_ITEM (object);

  g_clear_object (&self->tag);
  g_free (self->host);

  G_OBJECT_CLASS (ft_sidebar_item_parent_class)->finalize (object);
}

static void
ft_sidebar_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtSidebarItem *self = FT_SIDEBAR_ITEM (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, ft_sidebar_item_get_title (self));
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, get_icon_name (self));
      break;
    case PROP_COLOR:
      g_value_set_string (value, get_color (self));
      break;
    case PROP_COUNT:
      g_value_set_uint (value, self->count);
      break;
    case PROP_COUNT_TEXT:
      g_value_take_string (value, self->count > 0 ? g_strdup_printf ("%u", self->count) : g_strdup (""));
      break;
    case PROP_SPOKEN:
      g_value_take_string (value, describe (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_sidebar_item_class_init (FtSidebarItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_sidebar_item_finalize;
  object_class->get_property = ft_sidebar_item_get_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_COLOR] = g_param_spec_string ("color", NULL, NULL, NULL, flags);
  properties[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_COUNT_TEXT] = g_param_spec_string ("count-text", NULL, NULL, NULL, flags);
  properties[PROP_SPOKEN] = g_param_spec_string ("spoken", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_sidebar_item_init (FtSidebarItem *self)
{
}

FtSidebarItem *
ft_sidebar_item_new_category (FtCategory category)
{
  FtSidebarItem *self;

  g_return_val_if_fail (category < FT_N_CATEGORIES, NULL);

  self = g_object_new (FT_TYPE_SIDEBAR_ITEM, NULL);
  self->kind = FT_SIDEBAR_CATEGORY;
  self->category = category;
  return self;
}

FtSidebarItem *
ft_sidebar_item_new_tag (FtTag *tag)
{
  FtSidebarItem *self;

  g_return_val_if_fail (FT_IS_TAG (tag), NULL);

  self = g_object_new (FT_TYPE_SIDEBAR_ITEM, NULL);
  self->kind = FT_SIDEBAR_TAG;
  self->tag = g_object_ref (tag);
  g_signal_connect_object (tag, "notify::name", G_CALLBACK (tag_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tag, "notify::color", G_CALLBACK (tag_changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

FtSidebarItem *
ft_sidebar_item_new_untagged (void)
{
  FtSidebarItem *self = g_object_new (FT_TYPE_SIDEBAR_ITEM, NULL);

  self->kind = FT_SIDEBAR_UNTAGGED;
  return self;
}

FtSidebarItem *
ft_sidebar_item_new_tracker (const char *host)
{
  FtSidebarItem *self;

  g_return_val_if_fail (host != NULL, NULL);

  self = g_object_new (FT_TYPE_SIDEBAR_ITEM, NULL);
  self->kind = FT_SIDEBAR_TRACKER;
  self->host = g_strdup (host);
  return self;
}

FtSidebarKind
ft_sidebar_item_get_kind (FtSidebarItem *self)
{
  g_return_val_if_fail (FT_IS_SIDEBAR_ITEM (self), FT_SIDEBAR_CATEGORY);

  return self->kind;
}

FtCategory
ft_sidebar_item_get_category (FtSidebarItem *self)
{
  g_return_val_if_fail (FT_IS_SIDEBAR_ITEM (self), FT_CATEGORY_ALL);

  return self->category;
}

FtTag *
ft_sidebar_item_get_tag (FtSidebarItem *self)
{
  g_return_val_if_fail (FT_IS_SIDEBAR_ITEM (self), NULL);

  return self->tag;
}

const char *
ft_sidebar_item_get_host (FtSidebarItem *self)
{
  g_return_val_if_fail (FT_IS_SIDEBAR_ITEM (self), NULL);

  return self->host;
}

const char *
ft_sidebar_item_get_title (FtSidebarItem *self)
{
  g_return_val_if_fail (FT_IS_SIDEBAR_ITEM (self), NULL);

  switch (self->kind)
    {
    case FT_SIDEBAR_CATEGORY:
      return ft_category_get_title (self->category);
    case FT_SIDEBAR_TAG:
      return ft_tag_get_name (self->tag);
    case FT_SIDEBAR_UNTAGGED:
      return _("Untagged");
    case FT_SIDEBAR_TRACKER:
      return *self->host != '\0' ? self->host : _("No Tracker");
    default:
      g_return_val_if_reached (NULL);
    }
}

guint
ft_sidebar_item_get_count (FtSidebarItem *self)
{
  g_return_val_if_fail (FT_IS_SIDEBAR_ITEM (self), 0);

  return self->count;
}

void
ft_sidebar_item_set_count (FtSidebarItem *self, guint count)
{
  g_return_if_fail (FT_IS_SIDEBAR_ITEM (self));

  if (count == self->count)
    return;
  self->count = count;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT_TEXT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPOKEN]);
}

void
ft_sidebar_item_apply (FtSidebarItem *self, FtQuery *query)
{
  g_return_if_fail (FT_IS_SIDEBAR_ITEM (self));
  g_return_if_fail (query != NULL);

  switch (self->kind)
    {
    case FT_SIDEBAR_CATEGORY:
      ft_query_set_category (query, self->category);
      break;
    case FT_SIDEBAR_TAG:
      ft_query_set_tag (query, ft_tag_get_name (self->tag));
      break;
    case FT_SIDEBAR_UNTAGGED:
      ft_query_set_untagged (query);
      break;
    case FT_SIDEBAR_TRACKER:
      ft_query_set_tracker (query, self->host);
      break;
    }
}
