/* ft-file-name.c: icon and name of a file, and its folder where the rows around it do not say it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-name.h"

#include "ft-file-item.h"

#define SPACING 6
#define MIN_CHARS 8

/* A table keeps some 200 of them: one binding for all that it shows, and no label before it has a text. */
struct _FtFileName
{
  GtkBox parent_instance;

  GtkTreeListRow *row;   /* (nullable) */
  GSignalGroup *signals; /* of its item */

  GtkImage *icon;
  GtkBox *lines;
  GtkLabel *name;
  GtkLabel *folder; /* (nullable): until there is one to show */
};

enum
{
  PROP_0,
  PROP_ROW,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtFileName, ft_file_name, GTK_TYPE_BOX)

static GParamSpec *properties[N_PROPS];

/* Returns: (transfer full) (nullable) */
static FtFileItem *
dup_item (FtFileName *self)
{
  return self->row != NULL ? gtk_tree_list_row_get_item (self->row) : NULL;
}

static void
make_folder (FtFileName *self)
{
  self->folder = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->folder, 0);
  /* The end of a path tells more than its beginning. */
  gtk_label_set_ellipsize (self->folder, PANGO_ELLIPSIZE_START);
  gtk_widget_add_css_class (GTK_WIDGET (self->folder), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->folder), "dim-label");
  gtk_box_append (self->lines, GTK_WIDGET (self->folder));
}

/* Below another row, that one says it. */
static void
show_folder (FtFileName *self, FtFileItem *item)
{
  g_autofree char *path = NULL;
  gboolean any;

  if (gtk_tree_list_row_get_depth (self->row) == 0)
    g_object_get (item, "parent-path", &path, NULL);
  any = path != NULL && *path != '\0';
  if (any && self->folder == NULL)
    make_folder (self);
  if (self->folder == NULL)
    return;
  gtk_label_set_label (self->folder, any ? path : "");
  gtk_widget_set_visible (GTK_WIDGET (self->folder), any);
}

static void
follow (FtFileName *self)
{
  g_autoptr (FtFileItem) item = dup_item (self);
  g_autofree char *icon_name = NULL;

  if (item == NULL)
    return;
  g_object_get (item, "icon-name", &icon_name, NULL);
  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_label_set_label (self->name, ft_file_item_get_name (item));
  show_folder (self, item);
}

static void
set_row (FtFileName *self, GtkTreeListRow *row)
{
  g_autoptr (FtFileItem) item = NULL;

  if (!g_set_object (&self->row, row))
    return;
  item = dup_item (self);
  g_signal_group_set_target (self->signals, item);
  follow (self);
}

/* Made when it is asked for: to set the text of a tooltip makes GTK ask the display where the pointer is. */
static gboolean
ft_file_name_query_tooltip (GtkWidget *widget, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip)
{
  g_autoptr (FtFileItem) item = dup_item (FT_FILE_NAME (widget));
  g_autofree char *path = NULL;

  if (item == NULL)
    return FALSE;
  g_object_get (item, "path", &path, NULL);
  gtk_tooltip_set_text (tooltip, path);
  return TRUE;
}

static void
ft_file_name_dispose (GObject *object)
{
  FtFileName *self = FT_FILE_NAME (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->row);

  G_OBJECT_CLASS (ft_file_name_parent_class)->dispose (object);
}

static void
ft_file_name_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ROW:
      g_value_set_object (value, FT_FILE_NAME (object)->row);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_file_name_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ROW:
      set_row (FT_FILE_NAME (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_file_name_class_init (FtFileNameClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ft_file_name_dispose;
  object_class->get_property = ft_file_name_get_property;
  object_class->set_property = ft_file_name_set_property;
  GTK_WIDGET_CLASS (klass)->query_tooltip = ft_file_name_query_tooltip;

  properties[PROP_ROW] = g_param_spec_object ("row", NULL, NULL, GTK_TYPE_TREE_LIST_ROW,
                                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_file_name_init (FtFileName *self)
{
  self->signals = g_signal_group_new (FT_TYPE_FILE_ITEM);
  g_signal_group_connect_swapped (self->signals, "notify::name", G_CALLBACK (follow), self);
  self->icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  self->lines = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  self->name = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->name, 0);
  gtk_label_set_ellipsize (self->name, PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (self->name, MIN_CHARS);
  gtk_widget_set_valign (GTK_WIDGET (self->lines), GTK_ALIGN_CENTER);
  gtk_box_append (self->lines, GTK_WIDGET (self->name));
  gtk_box_set_spacing (GTK_BOX (self), SPACING);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->lines));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}
