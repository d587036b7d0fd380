/* ft-watch-folders-group.c: the watched folders, for the preferences: added, edited, removed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-watch-folders-group.h"

#include "ft-tags.h"
#include "ft-watch-folder-dialog.h"
#include "ft-watch-folder-row.h"
#include "ft-watch-folders.h"

struct _FtWatchFoldersGroup
{
  AdwPreferencesGroup parent_instance;

  GSettings *settings; /* (nullable) */
  FtWatchFolders *folders;
  FtTags *tags;

  GtkListBox *list_box;
};

G_DEFINE_FINAL_TYPE (FtWatchFoldersGroup, ft_watch_folders_group, ADW_TYPE_PREFERENCES_GROUP)

static void
saved_cb (FtWatchFoldersGroup *self, FtWatchFolder *folder)
{
  ft_watch_folders_set (self->folders, folder);
}

static void
show_dialog (FtWatchFoldersGroup *self, FtWatchFolder *folder)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  FtWatchFolderDialog *dialog
    = ft_watch_folder_dialog_new (window, self->settings, self->tags, folder);

  g_signal_connect_object (dialog, "saved", G_CALLBACK (saved_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_dialog (FT_WATCH_FOLDERS_GROUP (widget), NULL);
}

static void
row_activated_cb (FtWatchFoldersGroup *self, GtkListBoxRow *row)
{
  show_dialog (self, ft_watch_folder_row_get_folder (FT_WATCH_FOLDER_ROW (row)));
}

static void
remove_cb (FtWatchFoldersGroup *self, FtWatchFolderRow *row)
{
  ft_watch_folders_remove (self->folders, ft_watch_folder_row_get_folder (row));
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = ft_watch_folder_row_new (item);

  g_signal_connect_object (row, "remove", G_CALLBACK (remove_cb), user_data, G_CONNECT_SWAPPED);
  return row;
}

static void
ft_watch_folders_group_dispose (GObject *object)
{
  FtWatchFoldersGroup *self = FT_WATCH_FOLDERS_GROUP (object);

  g_clear_object (&self->folders);
  g_clear_object (&self->tags);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (ft_watch_folders_group_parent_class)->dispose (object);
}

static void
ft_watch_folders_group_class_init (FtWatchFoldersGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_watch_folders_group_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-watch-folders-group.ui");
  gtk_widget_class_bind_template_child (widget_class, FtWatchFoldersGroup, list_box);
  gtk_widget_class_install_action (widget_class, "watch-folders.add", NULL, add_action);
}

static void
ft_watch_folders_group_init (FtWatchFoldersGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->list_box, "row-activated", G_CALLBACK (row_activated_cb), self,
                           G_CONNECT_SWAPPED);
}

void
ft_watch_folders_group_set_settings (FtWatchFoldersGroup *self, GSettings *settings)
{
  g_return_if_fail (FT_IS_WATCH_FOLDERS_GROUP (self));
  g_return_if_fail (G_IS_SETTINGS (settings));
  g_return_if_fail (self->settings == NULL);

  self->settings = g_object_ref (settings);
  self->folders = ft_watch_folders_new (settings);
  self->tags = ft_tags_new (settings);
  gtk_list_box_bind_model (self->list_box, G_LIST_MODEL (self->folders), make_row, self, NULL);
}
