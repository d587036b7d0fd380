/* ft-sidebar-row.c: one group of torrents in the sidebar.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sidebar-row.h"

#include "ft-color-dot.h"

struct _FtSidebarRow
{
  GtkListBoxRow parent_instance;

  FtSidebarItem *item;
};

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtSidebarRow, ft_sidebar_row, GTK_TYPE_LIST_BOX_ROW)

static GParamSpec *properties[N_PROPS];

static void
update_spoken (FtSidebarRow *self)
{
  g_autofree char *spoken = NULL;

  g_object_get (self->item, "spoken", &spoken, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/* For the template. */

static gboolean
is_set (gpointer unused, const char *text)
{
  return text != NULL && *text != '\0';
}

static void
ft_sidebar_row_constructed (GObject *object)
{
  FtSidebarRow *self = FT_SIDEBAR_ROW (object);

  G_OBJECT_CLASS (ft_sidebar_row_parent_class)->constructed (object);

  g_signal_connect_object (self->item, "notify::spoken", G_CALLBACK (update_spoken), self, G_CONNECT_SWAPPED);
  update_spoken (self);
}

static void
ft_sidebar_row_dispose (GObject *object)
{
  g_clear_object (&FT_SIDEBAR_ROW (object)->item);

  G_OBJECT_CLASS (ft_sidebar_row_parent_class)->dispose (object);
}

static void
ft_sidebar_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, FT_SIDEBAR_ROW (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_sidebar_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      FT_SIDEBAR_ROW (object)->item = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_sidebar_row_class_init (FtSidebarRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = ft_sidebar_row_constructed;
  object_class->dispose = ft_sidebar_row_dispose;
  object_class->get_property = ft_sidebar_row_get_property;
  object_class->set_property = ft_sidebar_row_set_property;

  properties[PROP_ITEM]
    = g_param_spec_object ("item", NULL, NULL, FT_TYPE_SIDEBAR_ITEM,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (FT_TYPE_COLOR_DOT);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-sidebar-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, is_set);
}

static void
ft_sidebar_row_init (FtSidebarRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ft_sidebar_row_new (FtSidebarItem *item)
{
  g_return_val_if_fail (FT_IS_SIDEBAR_ITEM (item), NULL);

  return g_object_new (FT_TYPE_SIDEBAR_ROW, "item", item, NULL);
}

FtSidebarItem *
ft_sidebar_row_get_item (FtSidebarRow *self)
{
  g_return_val_if_fail (FT_IS_SIDEBAR_ROW (self), NULL);

  return self->item;
}
