/* ft-file-folder.c: which folder a file is in, said where the rows around it do not.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-file-folder.h"

#include "ft-file-item.h"

struct _FtFileFolder
{
  AdwBin parent_instance;

  GtkTreeListRow *row; /* (nullable) */
  GtkLabel *label;
};

enum
{
  PROP_0,
  PROP_ROW,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FtFileFolder, ft_file_folder, ADW_TYPE_BIN)

static GParamSpec *properties[N_PROPS];

static void
show (FtFileFolder *self)
{
  g_autoptr (FtFileItem) item = self->row != NULL ? gtk_tree_list_row_get_item (self->row) : NULL;
  g_autofree char *path = NULL;

  if (item != NULL && gtk_tree_list_row_get_depth (self->row) == 0)
    g_object_get (item, "parent-path", &path, NULL);
  gtk_label_set_label (self->label, path != NULL ? path : "");
  gtk_widget_set_visible (GTK_WIDGET (self), path != NULL && *path != '\0');
}

static void
ft_file_folder_dispose (GObject *object)
{
  g_clear_object (&FT_FILE_FOLDER (object)->row);

  G_OBJECT_CLASS (ft_file_folder_parent_class)->dispose (object);
}

static void
ft_file_folder_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ROW:
      g_value_set_object (value, FT_FILE_FOLDER (object)->row);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_file_folder_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtFileFolder *self = FT_FILE_FOLDER (object);

  switch (prop_id)
    {
    case PROP_ROW:
      if (g_set_object (&self->row, g_value_get_object (value)))
        show (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_file_folder_class_init (FtFileFolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ft_file_folder_dispose;
  object_class->get_property = ft_file_folder_get_property;
  object_class->set_property = ft_file_folder_set_property;

  properties[PROP_ROW] = g_param_spec_object ("row", NULL, NULL, GTK_TYPE_TREE_LIST_ROW,
                                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ft_file_folder_init (FtFileFolder *self)
{
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->label, 0);
  /* The end of a path tells more than its beginning. */
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_START);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "dim-label");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->label));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
