/* ft-tag.c: one tag that torrents may carry, with what it sets for them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tag.h"

#include <math.h>
#include <string.h>

#include "bt-limits.h"
#include "bt-text.h"

struct _FtTag
{
  GObject parent_instance;

  char *name;
  char *color;
  char *folder;
  guint limit_down;
  guint limit_up;
  FtTagStart start;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_COLOR,
  PROP_TEXT_COLOR,
  PROP_FOLDER,
  PROP_LIMIT_DOWN,
  PROP_LIMIT_UP,
  PROP_START,
  N_PROPS
};

G_DEFINE_ENUM_TYPE (FtTagStart, ft_tag_start,
                    G_DEFINE_ENUM_VALUE (FT_TAG_START_DEFAULT, "default"),
                    G_DEFINE_ENUM_VALUE (FT_TAG_START_START, "start"),
                    G_DEFINE_ENUM_VALUE (FT_TAG_START_PAUSE, "pause"))

G_DEFINE_FINAL_TYPE (FtTag, ft_tag, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

/* Of GNOME's palette, in an order that puts unlike colours side by side. */
static const char *const palette[] = {
  "#3584e4", "#33d17a", "#ff7800", "#9141ac", "#e01b24",
  "#f6d32d", "#986a44", "#613583", "#26a269", "#77767b", NULL,
};

static gboolean
is_color (const char *color)
{
  if (color == NULL || color[0] != '#' || strlen (color) != strlen ("#rrggbb"))
    return FALSE;
  for (const char *p = color + 1; *p != '\0'; p++)
    if (!g_ascii_isxdigit (*p))
      return FALSE;
  return TRUE;
}

/* Of one channel, for the eye (WCAG 2, relative luminance). */
static double
compute_brightness (const char *hex)
{
  double value = (g_ascii_xdigit_value (hex[0]) * 16 + g_ascii_xdigit_value (hex[1])) / 255.0;

  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
compute_luminance (const char *color)
{
  return 0.2126 * compute_brightness (color + 1) + 0.7152 * compute_brightness (color + 3)
         + 0.0722 * compute_brightness (color + 5);
}

static void
set_string (FtTag *self, char **field, const char *value, guint prop_id)
{
  char *copy;

  if (g_strcmp0 (*field, value) == 0)
    return;
  copy = g_strdup (value != NULL ? value : "");
  g_free (*field);
  *field = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static void
set_color (FtTag *self, const char *color)
{
  g_autofree char *lower = NULL;

  if (!is_color (color))
    return;
  lower = g_ascii_strdown (color, -1);
  if (g_strcmp0 (lower, self->color) == 0)
    return;
  set_string (self, &self->color, lower, PROP_COLOR);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT_COLOR]);
}

static void
set_number (FtTag *self, guint *field, guint value, guint prop_id)
{
  if (*field == value)
    return;
  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static void
set_start (FtTag *self, FtTagStart start)
{
  if (self->start == start)
    return;
  self->start = start;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_START]);
}

static void
ft_tag_finalize (GObject *object)
{
  FtTag *self = FT_TAG (object);

  g_free (self->name);
  g_free (self->color);
  g_free (self->folder);

  G_OBJECT_CLASS (ft_tag_parent_class)->finalize (object);
}

static void
ft_tag_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtTag *self = FT_TAG (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_COLOR:
      g_value_set_string (value, self->color);
      break;
    case PROP_TEXT_COLOR:
      g_value_set_string (value, ft_tag_get_text_color (self));
      break;
    case PROP_FOLDER:
      g_value_set_string (value, self->folder);
      break;
    case PROP_LIMIT_DOWN:
      g_value_set_uint (value, self->limit_down);
      break;
    case PROP_LIMIT_UP:
      g_value_set_uint (value, self->limit_up);
      break;
    case PROP_START:
      g_value_set_enum (value, self->start);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_tag_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtTag *self = FT_TAG (object);

  switch (prop_id)
    {
    case PROP_NAME:
      set_string (self, &self->name, g_value_get_string (value), PROP_NAME);
      break;
    case PROP_COLOR:
      set_color (self, g_value_get_string (value));
      break;
    case PROP_FOLDER:
      set_string (self, &self->folder, g_value_get_string (value), PROP_FOLDER);
      break;
    case PROP_LIMIT_DOWN:
      set_number (self, &self->limit_down, g_value_get_uint (value), PROP_LIMIT_DOWN);
      break;
    case PROP_LIMIT_UP:
      set_number (self, &self->limit_up, g_value_get_uint (value), PROP_LIMIT_UP);
      break;
    case PROP_START:
      set_start (self, (FtTagStart) g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_tag_class_init (FtTagClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_tag_finalize;
  object_class->get_property = ft_tag_get_property;
  object_class->set_property = ft_tag_set_property;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  properties[PROP_COLOR] = g_param_spec_string ("color", NULL, NULL, palette[0], flags);
  properties[PROP_TEXT_COLOR] = g_param_spec_string ("text-color", NULL, NULL, NULL,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FOLDER] = g_param_spec_string ("folder", NULL, NULL, "", flags);
  properties[PROP_LIMIT_DOWN] = g_param_spec_uint ("limit-down", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_LIMIT_UP] = g_param_spec_uint ("limit-up", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_START]
    = g_param_spec_enum ("start", NULL, NULL, FT_TYPE_TAG_START, FT_TAG_START_DEFAULT, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_tag_init (FtTag *self)
{
  self->name = g_strdup ("");
  self->color = g_strdup (palette[0]);
  self->folder = g_strdup ("");
}

FtTag *
ft_tag_new (const char *name, const char *color)
{
  return g_object_new (FT_TYPE_TAG, "name", name, "color", color, NULL);
}

FtTag *
ft_tag_copy (FtTag *self)
{
  FtTag *copy;

  g_return_val_if_fail (FT_IS_TAG (self), NULL);

  copy = g_object_new (FT_TYPE_TAG, NULL);
  ft_tag_assign (copy, self);
  return copy;
}

const char *
ft_tag_get_name (FtTag *self)
{
  g_return_val_if_fail (FT_IS_TAG (self), NULL);
  return self->name;
}

const char *
ft_tag_get_color (FtTag *self)
{
  g_return_val_if_fail (FT_IS_TAG (self), NULL);
  return self->color;
}

/* Black or white, whichever stands out more: at least 4.5 to 1, as WCAG 2 asks for text. */
const char *
ft_tag_get_text_color (FtTag *self)
{
  double luminance;

  g_return_val_if_fail (FT_IS_TAG (self), NULL);
  luminance = compute_luminance (self->color);
  return (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) ? "#000000" : "#ffffff";
}

const char *
ft_tag_get_folder (FtTag *self)
{
  g_return_val_if_fail (FT_IS_TAG (self), NULL);
  return self->folder;
}

guint
ft_tag_get_limit_down (FtTag *self)
{
  g_return_val_if_fail (FT_IS_TAG (self), 0);
  return self->limit_down;
}

guint
ft_tag_get_limit_up (FtTag *self)
{
  g_return_val_if_fail (FT_IS_TAG (self), 0);
  return self->limit_up;
}

FtTagStart
ft_tag_get_start (FtTag *self)
{
  g_return_val_if_fail (FT_IS_TAG (self), FT_TAG_START_DEFAULT);
  return self->start;
}

void
ft_tag_assign (FtTag *self, FtTag *from)
{
  g_return_if_fail (FT_IS_TAG (self));
  g_return_if_fail (FT_IS_TAG (from));

  g_object_freeze_notify (G_OBJECT (self));
  set_string (self, &self->name, from->name, PROP_NAME);
  set_color (self, from->color);
  set_string (self, &self->folder, from->folder, PROP_FOLDER);
  set_number (self, &self->limit_down, from->limit_down, PROP_LIMIT_DOWN);
  set_number (self, &self->limit_up, from->limit_up, PROP_LIMIT_UP);
  set_start (self, from->start);
  g_object_thaw_notify (G_OBJECT (self));
}

GVariant *
ft_tag_to_variant (FtTag *self)
{
  g_autoptr (GEnumClass) starts = g_type_class_ref (FT_TYPE_TAG_START);
  GVariantBuilder builder;

  g_return_val_if_fail (FT_IS_TAG (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "name", g_variant_new_string (self->name));
  g_variant_builder_add (&builder, "{sv}", "color", g_variant_new_string (self->color));
  g_variant_builder_add (&builder, "{sv}", "folder", g_variant_new_string (self->folder));
  g_variant_builder_add (&builder, "{sv}", "limit-down", g_variant_new_uint32 (self->limit_down));
  g_variant_builder_add (&builder, "{sv}", "limit-up", g_variant_new_uint32 (self->limit_up));
  g_variant_builder_add (&builder, "{sv}", "start",
                         g_variant_new_string (g_enum_get_value (starts, self->start)->value_nick));
  return g_variant_builder_end (&builder);
}

FtTag *
ft_tag_from_variant (GVariant *variant)
{
  g_autoptr (GEnumClass) starts = g_type_class_ref (FT_TYPE_TAG_START);
  g_autofree char *clean = NULL;
  const char *name, *text;
  GEnumValue *start;
  FtTag *self;

  if (!g_variant_lookup (variant, "name", "&s", &name))
    return NULL;
  clean = ft_tag_clean_name (name);
  if (clean == NULL)
    return NULL;

  self = ft_tag_new (clean, NULL);
  if (g_variant_lookup (variant, "color", "&s", &text))
    set_color (self, text);
  if (g_variant_lookup (variant, "folder", "&s", &text) && g_path_is_absolute (text))
    set_string (self, &self->folder, text, PROP_FOLDER);
  g_variant_lookup (variant, "limit-down", "u", &self->limit_down);
  g_variant_lookup (variant, "limit-up", "u", &self->limit_up);
  start = g_variant_lookup (variant, "start", "&s", &text) ? g_enum_get_value_by_nick (starts, text) : NULL;
  if (start != NULL)
    self->start = (FtTagStart) start->value;
  return self;
}

char *
ft_tag_clean_name (const char *name)
{
  /* One character more than is allowed shows what is too long. */
  g_autofree char *clean = bt_text_for_display (name, strlen (name), BT_LIMIT_TEXT_TAG + 4);

  g_strstrip (clean);
  if (*clean == '\0' || strlen (clean) > BT_LIMIT_TEXT_TAG)
    return NULL;
  return g_steal_pointer (&clean);
}

const char *const *
ft_tag_get_palette (void)
{
  return palette;
}
