/* ft-file-check.c: whether a file or what is in a folder is downloaded: yes, no, some of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-check.h"

#include "ft-file-view.h"

#include <glib/gi18n-lib.h>

struct _FtFileCheck
{
  GtkCheckButton parent_instance;

  FtFileItem *item;      /* (nullable) */
  GSignalGroup *signals; /* of the item */
  gboolean following;    /* it is not a person who toggles */
};

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtFileCheck, ft_file_check, GTK_TYPE_CHECK_BUTTON)

static GParamSpec *properties[N_PROPS];

static void
follow (FtFileCheck *self)
{
  GtkCheckButton *button = GTK_CHECK_BUTTON (self);
  g_autofree char *label = NULL;

  if (self->item == NULL)
    return;
  self->following = TRUE;
  gtk_check_button_set_active (button, ft_file_item_is_wanted (self->item));
  gtk_check_button_set_inconsistent (button, ft_file_item_is_mixed (self->item));
  self->following = FALSE;
  /* Translators: read aloud of a check box; %s is a file's name. */
  label = g_strdup_printf (_("Download %s"), ft_file_item_get_name (self->item));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* Some of it becomes all of it. */
static void
ft_file_check_toggled (GtkCheckButton *button)
{
  FtFileCheck *self = FT_FILE_CHECK (button);
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), FT_TYPE_FILE_VIEW);
  gboolean all;

  if (self->following || self->item == NULL || view == NULL)
    return;
  all = ft_file_item_is_wanted (self->item) && !ft_file_item_is_mixed (self->item);
  ft_file_view_choose (FT_FILE_VIEW (view), self->item, !all);
  follow (self);
}

static void
ft_file_check_dispose (GObject *object)
{
  FtFileCheck *self = FT_FILE_CHECK (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->item);

  G_OBJECT_CLASS (ft_file_check_parent_class)->dispose (object);
}

static void
ft_file_check_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, FT_FILE_CHECK (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_file_check_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtFileCheck *self = FT_FILE_CHECK (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      if (!g_set_object (&self->item, g_value_get_object (value)))
        break;
      g_signal_group_set_target (self->signals, self->item);
      follow (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_file_check_class_init (FtFileCheckClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ft_file_check_dispose;
  object_class->get_property = ft_file_check_get_property;
  object_class->set_property = ft_file_check_set_property;
  GTK_CHECK_BUTTON_CLASS (klass)->toggled = ft_file_check_toggled;

  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, FT_TYPE_FILE_ITEM,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_file_check_init (FtFileCheck *self)
{
  self->signals = g_signal_group_new (FT_TYPE_FILE_ITEM);
  g_signal_group_connect_swapped (self->signals, "notify::wanted", G_CALLBACK (follow), self);
  g_signal_group_connect_swapped (self->signals, "notify::name", G_CALLBACK (follow), self);
}
