/* ft-watch-folder-dialog.c: how the files of one watched folder are added.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-watch-folder-dialog.h"

#include "ft-folder-row.h"
#include "ft-tags-row.h"

#include <glib/gi18n-lib.h>

struct _FtWatchFolderDialog
{
  AdwWindow parent_instance;

  FtFolderRow *path_row;
  AdwComboRow *after_row;
  FtFolderRow *folder_row;
  FtTagsRow *tags_row;
  GtkSwitch *start_switch;
  GtkWidget *save_button;
};

enum
{
  SIGNAL_SAVED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtWatchFolderDialog, ft_watch_folder_dialog, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

static void
update_button (FtWatchFolderDialog *self)
{
  gtk_widget_set_sensitive (self->save_button, *ft_folder_row_get_folder (self->path_row) != '\0');
}

/* The rows of the list are the values in their order. */
static void
save_cb (FtWatchFolderDialog *self)
{
  g_autoptr (FtWatchFolder) folder
    = ft_watch_folder_new (ft_folder_row_get_folder (self->path_row));

  g_object_set (folder,
                "after", (FtAfterAdding) adw_combo_row_get_selected (self->after_row),
                "folder", ft_folder_row_get_folder (self->folder_row),
                "tags", ft_tags_row_get_tags (self->tags_row),
                "start", gtk_switch_get_active (self->start_switch),
                NULL);
  g_signal_emit (self, signals[SIGNAL_SAVED], 0, folder);
  gtk_window_close (GTK_WINDOW (self));
}

static void
show_folder (FtWatchFolderDialog *self, FtWatchFolder *folder)
{
  adw_combo_row_set_selected (self->after_row, ft_watch_folder_get_after (folder));
  ft_folder_row_set_folder (self->folder_row, ft_watch_folder_get_folder (folder));
  ft_tags_row_set_tags (self->tags_row, ft_watch_folder_get_tags (folder));
  gtk_switch_set_active (self->start_switch, ft_watch_folder_get_start (folder));
}

static void
ft_watch_folder_dialog_class_init (FtWatchFolderDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[SIGNAL_SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, FT_TYPE_WATCH_FOLDER);

  /* Named in the template. */
  g_type_ensure (FT_TYPE_FOLDER_ROW);
  g_type_ensure (FT_TYPE_TAGS_ROW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-watch-folder-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FtWatchFolderDialog, path_row);
  gtk_widget_class_bind_template_child (widget_class, FtWatchFolderDialog, after_row);
  gtk_widget_class_bind_template_child (widget_class, FtWatchFolderDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, FtWatchFolderDialog, tags_row);
  gtk_widget_class_bind_template_child (widget_class, FtWatchFolderDialog, start_switch);
  gtk_widget_class_bind_template_child (widget_class, FtWatchFolderDialog, save_button);
  gtk_widget_class_bind_template_callback (widget_class, update_button);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
}

static void
ft_watch_folder_dialog_init (FtWatchFolderDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

FtWatchFolderDialog *
ft_watch_folder_dialog_new (GtkWindow *parent, GSettings *settings, FtTags *tags, FtWatchFolder *folder)
{
  FtWatchFolderDialog *self;
  g_autoptr (FtWatchFolder) shown = folder != NULL ? g_object_ref (folder) : ft_watch_folder_new ("/");

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (FT_IS_TAGS (tags), NULL);

  self = g_object_new (FT_TYPE_WATCH_FOLDER_DIALOG, "transient-for", parent, NULL);
  ft_folder_row_set_settings (self->path_row, settings);
  ft_folder_row_set_settings (self->folder_row, settings);
  ft_tags_row_set_model (self->tags_row, tags);
  show_folder (self, shown);
  /* Of one that is watched the folder is what it is: another would be another. */
  if (folder != NULL)
    {
      ft_folder_row_set_folder (self->path_row, ft_watch_folder_get_path (folder));
      gtk_button_set_label (GTK_BUTTON (self->save_button), _("_Save"));
      gtk_widget_set_sensitive (GTK_WIDGET (self->path_row), FALSE);
    }
  return self;
}
