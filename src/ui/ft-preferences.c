/* ft-preferences.c: the window of settings.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-preferences.h"

#include "ft-config.h"
#include "ft-enums.h"

#include <glib/gi18n-lib.h>

struct _FtPreferences
{
  AdwPreferencesWindow parent_instance;

  GSettings *settings;
  GtkFileChooserNative *folder_chooser; /* (nullable): while it is open */

  AdwActionRow *folder_row;
  AdwComboRow *mode_row;
};

G_DEFINE_FINAL_TYPE (FtPreferences, ft_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
show_toast (FtPreferences *self, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (markup));
}

static void
take_folder (FtPreferences *self, GFile *folder)
{
  const char *path = g_file_peek_path (folder);

  if (path == NULL)
    show_toast (self, _("This folder is not on this computer"));
  else if (!g_utf8_validate (path, -1, NULL))
    show_toast (self, _("The name of this folder cannot be saved: it is not valid text"));
  else
    g_settings_set_string (self->settings, FT_SETTING_DOWNLOAD_FOLDER, path);
}

static void
folder_response_cb (FtPreferences *self, int response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->folder_chooser);
  g_autoptr (GFile) folder = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  if (folder != NULL)
    take_folder (self, folder);
}

static void
choose_folder_cb (FtPreferences *self)
{
  g_autofree char *path = ft_config_dup_download_folder (self->settings);
  g_autoptr (GFile) folder = g_file_new_for_path (path);

  if (self->folder_chooser != NULL)
    return;
  self->folder_chooser
    = gtk_file_chooser_native_new (_("Download Folder"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Select"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->folder_chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->folder_chooser), folder, NULL);
  g_signal_connect_object (self->folder_chooser, "response", G_CALLBACK (folder_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->folder_chooser));
}

static void
update_folder (FtPreferences *self)
{
  g_autofree char *path = ft_config_dup_download_folder (self->settings);
  g_autofree char *name = g_filename_display_name (path);

  adw_action_row_set_subtitle (self->folder_row, name);
}

/* The rows of the list are the modes in their order. */
static gboolean
mode_to_row (GValue *value, GVariant *variant, gpointer user_data)
{
  g_autoptr (GEnumClass) modes = g_type_class_ref (FT_TYPE_MODE);
  GEnumValue *mode = g_enum_get_value_by_nick (modes, g_variant_get_string (variant, NULL));

  if (mode == NULL)
    return FALSE;
  g_value_set_uint (value, (guint) mode->value);
  return TRUE;
}

static GVariant *
row_to_mode (const GValue *value, const GVariantType *type, gpointer user_data)
{
  g_autoptr (GEnumClass) modes = g_type_class_ref (FT_TYPE_MODE);
  GEnumValue *mode = g_enum_get_value (modes, (int) g_value_get_uint (value));

  return mode != NULL ? g_variant_new_string (mode->value_nick) : NULL;
}

static void
ft_preferences_dispose (GObject *object)
{
  FtPreferences *self = FT_PREFERENCES (object);

  g_clear_object (&self->folder_chooser);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ft_preferences_parent_class)->dispose (object);
}

static void
ft_preferences_class_init (FtPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_preferences_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, FtPreferences, folder_row);
  gtk_widget_class_bind_template_child (widget_class, FtPreferences, mode_row);
  gtk_widget_class_bind_template_callback (widget_class, choose_folder_cb);
}

static void
ft_preferences_init (FtPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

FtPreferences *
ft_preferences_new (GtkWindow *parent, GSettings *settings)
{
  FtPreferences *self;

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (FT_TYPE_PREFERENCES, "transient-for", parent, NULL);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" FT_SETTING_DOWNLOAD_FOLDER,
                           G_CALLBACK (update_folder), self, G_CONNECT_SWAPPED);
  update_folder (self);
  g_settings_bind_with_mapping (settings, FT_SETTING_MODE, self->mode_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, mode_to_row, row_to_mode, NULL, NULL);
  return self;
}
