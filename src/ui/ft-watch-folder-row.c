/* ft-watch-folder-row.c: a watched folder in the preferences.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-watch-folder-row.h"

#include "ft-check-folder.h"
#include "ft-recent-folders.h"

#include <glib/gi18n-lib.h>

struct _FtWatchFolderRow
{
  AdwActionRow parent_instance;

  FtWatchFolder *folder;
  GCancellable *cancellable;

  GtkWidget *remove_button;
};

enum
{
  SIGNAL_REMOVE,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtWatchFolderRow, ft_watch_folder_row, ADW_TYPE_ACTION_ROW)

static guint signals[N_SIGNALS];

static void
remove_cb (FtWatchFolderRow *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

static void
show_text (FtWatchFolderRow *self, const char *problem)
{
  g_autofree char *subtitle = NULL;
  g_autofree char *text = NULL;

  g_object_get (self->folder, "subtitle", &subtitle, NULL);
  text = problem != NULL ? g_strdup_printf ("%s\n%s", problem, subtitle) : g_strdup (subtitle);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
}

static char *
describe_problem (const FtFolderCheck *check, const GError *error)
{
  if (check == NULL)
    return g_strdup (error->message);
  return check->exists ? ft_describe_folder_problem (check) : g_strdup (_("This folder is not there now"));
}

static void
checked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtWatchFolderRow *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FtFolderCheck) check = ft_check_folder_finish (result, &error);
  g_autofree char *problem = NULL;

  /* Then the row may be gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  problem = describe_problem (check, error);
  show_text (self, problem);
}

static void
ft_watch_folder_row_dispose (GObject *object)
{
  FtWatchFolderRow *self = FT_WATCH_FOLDER_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->folder);

  G_OBJECT_CLASS (ft_watch_folder_row_parent_class)->dispose (object);
}

static void
ft_watch_folder_row_class_init (FtWatchFolderRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_watch_folder_row_dispose;

  signals[SIGNAL_REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/friendtorrent/FriendTorrent/ui/ft-watch-folder-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FtWatchFolderRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
ft_watch_folder_row_init (FtWatchFolderRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ft_watch_folder_row_new (FtWatchFolder *folder)
{
  FtWatchFolderRow *self;
  g_autofree char *name = NULL;
  g_autofree char *label = NULL;

  g_return_val_if_fail (FT_IS_WATCH_FOLDER (folder), NULL);

  self = g_object_new (FT_TYPE_WATCH_FOLDER_ROW, NULL);
  self->folder = g_object_ref (folder);
  name = ft_folder_dup_display_path (ft_watch_folder_get_path (folder));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  /* Translators: for a screen reader: %s is a folder. */
  label = g_strdup_printf (_("Watch %s No More"), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  show_text (self, NULL);
  ft_check_folder_async (ft_watch_folder_get_path (folder), self->cancellable, checked_cb, self);
  return GTK_WIDGET (self);
}

FtWatchFolder *
ft_watch_folder_row_get_folder (FtWatchFolderRow *self)
{
  g_return_val_if_fail (FT_IS_WATCH_FOLDER_ROW (self), NULL);

  return self->folder;
}
