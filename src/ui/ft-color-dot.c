/* ft-color-dot.c: a round spot in the colour of a tag.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-color-dot.h"

#define SIZE 12 /* of the spot */
#define ROOM 16 /* as wide as an icon, so that titles stand below each other */

struct _FtColorDot
{
  GtkWidget parent_instance;

  char *color; /* (nullable) */
};

enum
{
  PROP_0,
  PROP_COLOR,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtColorDot, ft_color_dot, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];

static void
ft_color_dot_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  *minimum = *natural = ROOM;
}

static void
ft_color_dot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FtColorDot *self = FT_COLOR_DOT (widget);
  float x = (float) (gtk_widget_get_width (widget) - SIZE) / 2;
  float y = (float) (gtk_widget_get_height (widget) - SIZE) / 2;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (x, y, SIZE, SIZE);
  GskRoundedRect circle;
  GdkRGBA rgba;

  if (self->color == NULL || !gdk_rgba_parse (&rgba, self->color))
    return;
  gsk_rounded_rect_init_from_rect (&circle, &bounds, SIZE / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &circle);
  gtk_snapshot_append_color (snapshot, &rgba, &bounds);
  gtk_snapshot_pop (snapshot);
}

static void
ft_color_dot_finalize (GObject *object)
{
  g_free (FT_COLOR_DOT (object)->color);

  G_OBJECT_CLASS (ft_color_dot_parent_class)->finalize (object);
}

static void
ft_color_dot_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_COLOR:
      g_value_set_string (value, FT_COLOR_DOT (object)->color);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_color_dot_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtColorDot *self = FT_COLOR_DOT (object);

  switch (prop_id)
    {
    case PROP_COLOR:
      g_free (self->color);
      self->color = g_value_dup_string (value);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_color_dot_class_init (FtColorDotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = ft_color_dot_finalize;
  object_class->get_property = ft_color_dot_get_property;
  object_class->set_property = ft_color_dot_set_property;
  widget_class->measure = ft_color_dot_measure;
  widget_class->snapshot = ft_color_dot_snapshot;

  properties[PROP_COLOR]
    = g_param_spec_string ("color", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ft_color_dot_init (FtColorDot *self)
{
}
