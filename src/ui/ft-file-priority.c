/* ft-file-priority.c: the button in a file's row that says its priority and opens the choice of another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-priority.h"

#include "ft-file-view.h"

#include <glib/gi18n-lib.h>

struct _FtFilePriority
{
  GtkButton parent_instance;

  FtFileItem *item;      /* (nullable) */
  GSignalGroup *signals; /* of the item */
  GBinding *narrow;      /* (nullable): while it is in a view */
  GtkImage *image;
  GtkLabel *label;
};

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtFilePriority, ft_file_priority, GTK_TYPE_BUTTON)

static GParamSpec *properties[N_PROPS];

static const char *
get_icon_name (int priority)
{
  if (priority < 0)
    return "view-more-horizontal-symbolic";
  if (priority == FT_PRIORITY_SKIP)
    return "action-unavailable-symbolic";
  if (priority == FT_PRIORITY_NORMAL)
    return "list-remove-symbolic";
  return priority < FT_PRIORITY_NORMAL ? "go-down-symbolic" : "go-up-symbolic";
}

static void
follow (FtFilePriority *self)
{
  g_autofree char *text = NULL;
  int priority;

  if (self->item == NULL)
    return;
  priority = ft_file_item_get_priority (self->item);
  gtk_image_set_from_icon_name (self->image, get_icon_name (priority));
  gtk_label_set_label (self->label, ft_describe_priority (priority));
  /* Translators: read aloud of a button: a file's name, and its priority: "Priority of readme.txt: Normal". */
  text = g_strdup_printf (_("Priority of %1$s: %2$s"), ft_file_item_get_name (self->item),
                          ft_describe_priority (priority));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
ft_file_priority_clicked (GtkButton *button)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (button), FT_TYPE_FILE_VIEW);

  if (view != NULL)
    ft_file_view_ask_priority (FT_FILE_VIEW (view), GTK_WIDGET (button));
}

/* Not set for each row: that would make GTK ask the display where the pointer is. */
static gboolean
ft_file_priority_query_tooltip (GtkWidget *widget, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, _("Change Priority"));
  return TRUE;
}

static void
ft_file_priority_root (GtkWidget *widget)
{
  FtFilePriority *self = FT_FILE_PRIORITY (widget);
  GtkWidget *view = gtk_widget_get_ancestor (widget, FT_TYPE_FILE_VIEW);

  GTK_WIDGET_CLASS (ft_file_priority_parent_class)->root (widget);

  if (view != NULL)
    self->narrow = g_object_bind_property (view, "narrow", self->label, "visible",
                                           G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
}

static void
ft_file_priority_unroot (GtkWidget *widget)
{
  FtFilePriority *self = FT_FILE_PRIORITY (widget);

  if (self->narrow != NULL)
    g_binding_unbind (self->narrow);
  self->narrow = NULL;

  GTK_WIDGET_CLASS (ft_file_priority_parent_class)->unroot (widget);
}

static void
ft_file_priority_dispose (GObject *object)
{
  FtFilePriority *self = FT_FILE_PRIORITY (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->item);

  G_OBJECT_CLASS (ft_file_priority_parent_class)->dispose (object);
}

static void
ft_file_priority_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, FT_FILE_PRIORITY (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_file_priority_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtFilePriority *self = FT_FILE_PRIORITY (object);

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
ft_file_priority_class_init (FtFilePriorityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ft_file_priority_dispose;
  object_class->get_property = ft_file_priority_get_property;
  object_class->set_property = ft_file_priority_set_property;
  widget_class->query_tooltip = ft_file_priority_query_tooltip;
  widget_class->root = ft_file_priority_root;
  widget_class->unroot = ft_file_priority_unroot;
  GTK_BUTTON_CLASS (klass)->clicked = ft_file_priority_clicked;

  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, FT_TYPE_FILE_ITEM,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_file_priority_init (FtFilePriority *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->signals = g_signal_group_new (FT_TYPE_FILE_ITEM);
  g_signal_group_connect_swapped (self->signals, "notify::priority", G_CALLBACK (follow), self);
  g_signal_group_connect_swapped (self->signals, "notify::name", G_CALLBACK (follow), self);
  self->image = GTK_IMAGE (gtk_image_new ());
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->image));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  gtk_button_set_child (GTK_BUTTON (self), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_HAS_POPUP, TRUE, -1);
}
