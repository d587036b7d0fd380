/* ft-folder-row.c: a row that shows a folder and lets a person choose another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-folder-row.h"

#include "ft-check-folder.h"
#include "ft-config.h"
#include "ft-folder-chooser.h"
#include "ft-recent-folders.h"

#include <glib/gi18n-lib.h>

struct _FtFolderRow
{
  AdwActionRow parent_instance;

  GSettings *settings;       /* (nullable) */
  GCancellable *cancellable; /* (nullable): while the folder is checked */
  char *folder;
  char *default_text;        /* (nullable) */
  char *problem;             /* (nullable) */

  GtkWidget *warning;
  GtkMenuButton *menu_button;
};

enum
{
  PROP_0,
  PROP_FOLDER,
  PROP_DEFAULT_TEXT,
  N_PROPS
};

enum
{
  SIGNAL_CHECKED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtFolderRow, ft_folder_row, ADW_TYPE_ACTION_ROW)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* The menu. */

/* Labels of a menu have mnemonics: what is a name keeps its underscores. */
static void
append_folder (GMenu *menu, const char *text, const char *folder)
{
  g_auto (GStrv) parts = g_strsplit (text, "_", -1);
  g_autofree char *label = g_strjoinv ("__", parts);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "folder-row.set", "s", folder);
  g_menu_append_item (menu, item);
}

static GMenuModel *
make_folders (FtFolderRow *self)
{
  g_auto (GStrv) folders = ft_recent_folders_dup (self->settings);
  GMenu *menu = g_menu_new ();

  if (self->default_text != NULL)
    append_folder (menu, self->default_text, "");
  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *name = ft_folder_dup_display_path (folders[i]);

      append_folder (menu, name, folders[i]);
    }
  return G_MENU_MODEL (menu);
}

static void
update_menu (FtFolderRow *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) chooser = g_menu_new ();
  g_autoptr (GMenuModel) folders = NULL;

  if (self->settings == NULL)
    return;
  folders = make_folders (self);
  if (g_menu_model_get_n_items (folders) > 0)
    g_menu_append_section (menu, NULL, folders);
  g_menu_append (chooser, _("_Other Folder…"), "folder-row.choose");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (chooser));
  gtk_menu_button_set_menu_model (self->menu_button, G_MENU_MODEL (menu));
}

/* The folder. */

static char *
dup_path (FtFolderRow *self)
{
  if (*self->folder != '\0')
    return g_strdup (self->folder);
  return self->settings != NULL && self->default_text != NULL
           ? ft_config_dup_download_folder (self->settings)
           : NULL;
}

static void
update_text (FtFolderRow *self)
{
  g_autofree char *path = dup_path (self);
  g_autofree char *name = path != NULL ? ft_folder_dup_display_path (path) : NULL;
  g_autofree char *text = NULL;

  if (*self->folder == '\0' && self->default_text != NULL)
    text = g_strdup (self->default_text);
  else
    text = g_strdup (name != NULL ? name : _("None chosen"));
  if (self->problem != NULL)
    {
      g_autofree char *fine = g_steal_pointer (&text);

      text = g_strdup_printf ("%s\n%s", fine, self->problem);
    }
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), path);
  gtk_widget_set_visible (self->warning, self->problem != NULL);
}

static void
take_check (FtFolderRow *self, const FtFolderCheck *check, const GError *error)
{
  g_free (self->problem);
  self->problem = check != NULL ? ft_describe_folder_problem (check) : g_strdup (error->message);
  update_text (self);
  g_signal_emit (self, signals[SIGNAL_CHECKED], 0, check);
}

static void
checked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtFolderRow *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FtFolderCheck) check = ft_check_folder_finish (result, &error);

  /* Cancelled: the row may be gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  take_check (self, check, error);
}

static void
cancel_check (FtFolderRow *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
check_folder (FtFolderRow *self)
{
  g_autofree char *path = dup_path (self);

  cancel_check (self);
  g_clear_pointer (&self->problem, g_free);
  update_text (self);
  if (path == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  ft_check_folder_async (path, self->cancellable, checked_cb, self);
}

static void
set_default_text (FtFolderRow *self, const char *text)
{
  g_free (self->default_text);
  self->default_text = g_strdup (text);
  update_menu (self);
  check_folder (self);
}

static void
set_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ft_folder_row_set_folder (FT_FOLDER_ROW (widget), g_variant_get_string (parameter, NULL));
}

/* The chooser. */

static void
chosen_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtFolderRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = ft_folder_chooser_finish (GTK_WINDOW (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (path != NULL)
    {
      ft_recent_folders_add (self->settings, path);
      ft_folder_row_set_folder (self, path);
      return;
    }
  g_free (self->problem);
  self->problem = g_strdup (error->message);
  update_text (self);
}

static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FtFolderRow *self = FT_FOLDER_ROW (widget);
  g_autofree char *path = dup_path (self);

  if (self->settings != NULL)
    ft_folder_chooser_open (GTK_WINDOW (gtk_widget_get_root (widget)),
                            adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)), path,
                            chosen_cb, g_object_ref (self));
}

static void
ft_folder_row_dispose (GObject *object)
{
  FtFolderRow *self = FT_FOLDER_ROW (object);

  cancel_check (self);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ft_folder_row_parent_class)->dispose (object);
}

static void
ft_folder_row_finalize (GObject *object)
{
  FtFolderRow *self = FT_FOLDER_ROW (object);

  g_free (self->folder);
  g_free (self->default_text);
  g_free (self->problem);

  G_OBJECT_CLASS (ft_folder_row_parent_class)->finalize (object);
}

static void
ft_folder_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtFolderRow *self = FT_FOLDER_ROW (object);

  switch (prop_id)
    {
    case PROP_FOLDER:
      g_value_set_string (value, self->folder);
      break;
    case PROP_DEFAULT_TEXT:
      g_value_set_string (value, self->default_text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_folder_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FtFolderRow *self = FT_FOLDER_ROW (object);

  switch (prop_id)
    {
    case PROP_FOLDER:
      ft_folder_row_set_folder (self, g_value_get_string (value));
      break;
    case PROP_DEFAULT_TEXT:
      set_default_text (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_folder_row_class_init (FtFolderRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = ft_folder_row_dispose;
  object_class->finalize = ft_folder_row_finalize;
  object_class->get_property = ft_folder_row_get_property;
  object_class->set_property = ft_folder_row_set_property;

  properties[PROP_FOLDER] = g_param_spec_string ("folder", NULL, NULL, "", flags);
  properties[PROP_DEFAULT_TEXT] = g_param_spec_string ("default-text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHECKED] = g_signal_new ("checked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-folder-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FtFolderRow, warning);
  gtk_widget_class_bind_template_child (widget_class, FtFolderRow, menu_button);
  gtk_widget_class_install_action (widget_class, "folder-row.set", "s", set_action);
  gtk_widget_class_install_action (widget_class, "folder-row.choose", NULL, choose_action);
}

static void
ft_folder_row_init (FtFolderRow *self)
{
  self->folder = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_folder_row_set_settings (FtFolderRow *self, GSettings *settings)
{
  g_return_if_fail (FT_IS_FOLDER_ROW (self));
  g_return_if_fail (G_IS_SETTINGS (settings));
  g_return_if_fail (self->settings == NULL);

  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" FT_SETTING_RECENT_FOLDERS, G_CALLBACK (update_menu),
                           self, G_CONNECT_SWAPPED);
  update_menu (self);
  check_folder (self);
}

const char *
ft_folder_row_get_folder (FtFolderRow *self)
{
  g_return_val_if_fail (FT_IS_FOLDER_ROW (self), "");

  return self->folder;
}

void
ft_folder_row_set_folder (FtFolderRow *self, const char *folder)
{
  g_return_if_fail (FT_IS_FOLDER_ROW (self));

  if (folder == NULL || !g_path_is_absolute (folder))
    folder = "";
  if (g_str_equal (folder, self->folder))
    return;
  g_free (self->folder);
  self->folder = g_strdup (folder);
  check_folder (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLDER]);
}

gboolean
ft_folder_row_has_problem (FtFolderRow *self)
{
  g_return_val_if_fail (FT_IS_FOLDER_ROW (self), FALSE);

  return self->problem != NULL;
}
