/* ft-preferences-adding.c: the page about where downloads go and how torrents are added.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-preferences-adding.h"

#include "ft-config.h"
#include "ft-folder-chooser.h"
#include "ft-recent-folders.h"
#include "ft-setting-rows.h"
#include "ft-watch-folders-group.h"

#include <glib/gi18n-lib.h>

struct _FtPreferencesAdding
{
  AdwPreferencesPage parent_instance;

  GSettings *settings;

  AdwActionRow *download_row;
  AdwActionRow *incomplete_row;
  FtWatchFoldersGroup *watch_folders_group;
};

G_DEFINE_FINAL_TYPE (FtPreferencesAdding, ft_preferences_adding, ADW_TYPE_PREFERENCES_PAGE)

static const char *const keys[] = {
  FT_SETTING_INCOMPLETE_FOLDER_ENABLED,
  "show-add-dialog",
  "start-added",
  "add-sequential",
  "added-torrent-files",
  NULL,
};

/* Choosing a folder. */

typedef struct
{
  FtPreferencesAdding *page;
  const char *key;
} Choice;

static void
choice_free (Choice *choice)
{
  g_object_unref (choice->page);
  g_free (choice);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Choice, choice_free)

static void
show_toast (GtkWindow *window, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  if (ADW_IS_PREFERENCES_WINDOW (window))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (window), adw_toast_new (markup));
}

static void
chosen_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Choice) choice = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = ft_folder_chooser_finish (GTK_WINDOW (object), result, &error);

  if (path != NULL)
    g_settings_set_string (choice->page->settings, choice->key, path);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_toast (GTK_WINDOW (object), error->message);
}

static void
choose (FtPreferencesAdding *self, const char *title, const char *path, const char *key)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  Choice *choice = g_new (Choice, 1);

  choice->page = g_object_ref (self);
  choice->key = key;
  ft_folder_chooser_open (window, title, path, chosen_cb, choice);
}

static void
choose_download_cb (FtPreferencesAdding *self)
{
  g_autofree char *path = ft_config_dup_download_folder (self->settings);

  choose (self, _("Download Folder"), path, FT_SETTING_DOWNLOAD_FOLDER);
}

static void
choose_incomplete_cb (FtPreferencesAdding *self)
{
  g_autofree char *path = ft_config_dup_incomplete_folder (self->settings);

  choose (self, _("Folder of Incomplete Downloads"), path, FT_SETTING_INCOMPLETE_FOLDER);
}

static void
update_folders (FtPreferencesAdding *self)
{
  g_autofree char *download_path = ft_config_dup_download_folder (self->settings);
  g_autofree char *download_name = ft_folder_dup_display_path (download_path);
  g_autofree char *incomplete_path = ft_config_dup_incomplete_folder (self->settings);
  g_autofree char *incomplete_name = ft_folder_dup_display_path (incomplete_path);

  adw_action_row_set_subtitle (self->download_row, download_name);
  adw_action_row_set_subtitle (self->incomplete_row, incomplete_name);
}

static void
ft_preferences_adding_dispose (GObject *object)
{
  FtPreferencesAdding *self = FT_PREFERENCES_ADDING (object);

  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ft_preferences_adding_parent_class)->dispose (object);
}

static void
ft_preferences_adding_class_init (FtPreferencesAddingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_preferences_adding_dispose;

  g_type_ensure (FT_TYPE_WATCH_FOLDERS_GROUP); /* named in the template */
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-preferences-adding.ui");
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesAdding, download_row);
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesAdding, incomplete_row);
  gtk_widget_class_bind_template_child (widget_class, FtPreferencesAdding, watch_folders_group);
  gtk_widget_class_bind_template_callback (widget_class, choose_download_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_incomplete_cb);
  ft_setting_rows_install (widget_class, keys);
}

static void
ft_preferences_adding_init (FtPreferencesAdding *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ft_preferences_adding_bind (FtPreferencesAdding *self, GSettings *settings)
{
  g_return_if_fail (FT_IS_PREFERENCES_ADDING (self));
  g_return_if_fail (self->settings == NULL);

  self->settings = g_object_ref (settings);
  ft_setting_rows_bind (GTK_WIDGET (self), FT_TYPE_PREFERENCES_ADDING, keys, settings);
  g_signal_connect_object (settings, "changed::" FT_SETTING_DOWNLOAD_FOLDER, G_CALLBACK (update_folders), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" FT_SETTING_INCOMPLETE_FOLDER, G_CALLBACK (update_folders), self,
                           G_CONNECT_SWAPPED);
  update_folders (self);
  ft_watch_folders_group_set_settings (self->watch_folders_group, settings);
}
