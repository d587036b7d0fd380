/* ft-fact.c: one fact with its name, such as "Size: 1.4 GB".
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fact.h"

#include <glib/gi18n-lib.h>

struct _FtFact
{
  GtkBox parent_instance;

  char *title;
  char *value;

  GtkLabel *title_label;
  GtkLabel *value_label;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_VALUE,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtFact, ft_fact, GTK_TYPE_BOX)

static GParamSpec *properties[N_PROPS];

static void
name_for_readers (FtFact *self)
{
  /* Translators: read aloud: the name of a fact and what it is: "Size: 1.4 GB". */
  g_autofree char *text = g_strdup_printf (C_ ("fact", "%1$s: %2$s"), self->title != NULL ? self->title : "",
                                           self->value != NULL ? self->value : "");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
set_title (FtFact *self, const char *title)
{
  g_free (self->title);
  self->title = g_strdup (title);
  gtk_label_set_label (self->title_label, title != NULL ? title : "");
  name_for_readers (self);
}

static void
ft_fact_finalize (GObject *object)
{
  FtFact *self = FT_FACT (object);

  g_free (self->title);
  g_free (self->value);

  G_OBJECT_CLASS (ft_fact_parent_class)->finalize (object);
}

static void
ft_fact_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtFact *self = FT_FACT (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_VALUE:
      g_value_set_string (value, self->value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_fact_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtFact *self = FT_FACT (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      set_title (self, g_value_get_string (value));
      break;
    case PROP_VALUE:
      ft_fact_set_value (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_fact_class_init (FtFactClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_fact_finalize;
  object_class->get_property = ft_fact_get_property;
  object_class->set_property = ft_fact_set_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_VALUE]
    = g_param_spec_string ("value", NULL, NULL, NULL, flags | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-fact.ui");
  gtk_widget_class_bind_template_child (widget_class, FtFact, title_label);
  gtk_widget_class_bind_template_child (widget_class, FtFact, value_label);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ft_fact_init (FtFact *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
ft_fact_take_value (FtFact *self, char *value)
{
  g_autofree char *old = NULL;

  g_return_if_fail (FT_IS_FACT (self));

  old = self->value;
  self->value = value;
  if (g_strcmp0 (old, value) == 0)
    return;
  gtk_label_set_label (self->value_label, value != NULL ? value : "");
  gtk_widget_set_visible (GTK_WIDGET (self), value != NULL && *value != '\0');
  name_for_readers (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

void
ft_fact_set_value (FtFact *self, const char *value)
{
  ft_fact_take_value (self, g_strdup (value));
}
