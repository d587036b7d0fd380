/* ft-details-files.c: the files of the torrent: progress, choice, names.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-details-files.h"

#include "ft-file-view.h"
#include "ft-opener.h"

#include <glib/gi18n-lib.h>

struct _FtDetailsFiles
{
  FtDetailsPage parent_instance;

  FtFileTree *tree;
  FtFileView *view;
};

G_DEFINE_FINAL_TYPE (FtDetailsFiles, ft_details_files, FT_TYPE_DETAILS_PAGE)

static void
take_detail (FtDetailsPage *page, const BtDetail *detail)
{
  FtDetailsFiles *self = FT_DETAILS_FILES (page);
  const BtTorrentStatus *status = ft_torrent_get_status (ft_details_page_get_torrent (page));

  /* Of a link none are known, which is not the same as that there are none. */
  if (status->is_magnet)
    return;
  if (detail->pieces != NULL)
    ft_file_tree_set_pieces (self->tree, detail->pieces, status->piece_length);
  if (detail->files != NULL)
    ft_file_tree_set_files (self->tree, detail->files, detail->n_all_files);
}

static void
torrent_changed (FtDetailsPage *page)
{
  FtDetailsFiles *self = FT_DETAILS_FILES (page);

  ft_file_tree_clear (self->tree);
  ft_file_tree_set_pieces (self->tree, NULL, 0);
}

/* Priorities. */

typedef struct
{
  FtDetailsFiles *page;
  BtTorrentId id;
} Choice;

static void
chosen_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Choice *choice = user_data;
  FtDetailsPage *page = FT_DETAILS_PAGE (choice->page);
  g_autoptr (GError) error = NULL;
  gboolean done = ft_session_finish (FT_SESSION (object), result, &error);

  ft_file_tree_release_priorities (choice->page->tree, done || ft_details_page_get_id (page) != choice->id);
  if (!done)
    ft_details_page_show_error (page, error);
  g_object_unref (page);
}

static void
priorities_changed_cb (FtDetailsFiles *self)
{
  FtDetailsPage *page = FT_DETAILS_PAGE (self);
  g_autoptr (GBytes) priorities = ft_file_tree_dup_priorities (self->tree);
  Choice *choice;

  if (ft_details_page_get_id (page) == 0)
    return;
  choice = g_new0 (Choice, 1);
  choice->page = g_object_ref (self);
  choice->id = ft_details_page_get_id (page);
  ft_file_tree_hold_priorities (self->tree);
  ft_session_set_priorities_async (ft_details_page_get_session (page), choice->id, priorities, NULL, chosen_cb, choice);
}

/* Files on disk. */

static GFile *
get_file (FtDetailsFiles *self, FtFileItem *item)
{
  FtTorrent *torrent = ft_details_page_get_torrent (FT_DETAILS_PAGE (self));
  g_autofree char *path = ft_file_item_dup_path (item);
  g_autofree char *full = g_build_filename (ft_torrent_get_status (torrent)->data_path, path, NULL);

  return g_file_new_for_path (full);
}

/* Returns: whether it was done; else it was said why not. */
static gboolean
end_opening (FtDetailsPage *page, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  if (ft_opener_finish (result, &error))
    return TRUE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    ft_details_page_show_text (page, _("Nothing of it has been downloaded yet"));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    ft_details_page_show_error (page, error);
  return FALSE;
}

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtDetailsPage) page = user_data;

  end_opening (page, result);
}

static void
opened_incomplete_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtDetailsPage) page = user_data;

  if (end_opening (page, result))
    ft_details_page_show_text (page, _("It is not complete yet: parts of it are missing"));
}

static GtkWindow *
get_window (FtDetailsFiles *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
open_cb (FtDetailsFiles *self, FtFileItem *item)
{
  g_autoptr (GFile) file = get_file (self, item);
  gboolean whole = ft_file_item_is_folder (item) || ft_file_item_is_complete (item);

  ft_opener_open_async (file, get_window (self), NULL, whole ? opened_cb : opened_incomplete_cb,
                        g_object_ref (self));
}

static void
show_file_cb (FtDetailsFiles *self, FtFileItem *item)
{
  g_autoptr (GFile) file = get_file (self, item);

  ft_opener_show_async (file, get_window (self), NULL, opened_cb, g_object_ref (self));
}

static void
rename_cb (FtDetailsFiles *self, FtFileItem *item, const char *name)
{
  FtDetailsPage *page = FT_DETAILS_PAGE (self);
  g_autofree char *path = ft_file_item_dup_path (item);

  ft_session_rename_path_async (ft_details_page_get_session (page), ft_details_page_get_id (page), path, name, NULL,
                                ft_details_page_done_cb, g_object_ref (page));
}

static void
ft_details_files_dispose (GObject *object)
{
  g_clear_object (&FT_DETAILS_FILES (object)->tree);

  G_OBJECT_CLASS (ft_details_files_parent_class)->dispose (object);
}

static void
ft_details_files_class_init (FtDetailsFilesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  FtDetailsPageClass *page_class = FT_DETAILS_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_details_files_dispose;
  page_class->parts = BT_DETAIL_FILES | BT_DETAIL_PIECES;
  page_class->torrent_changed = torrent_changed;
  page_class->take_detail = take_detail;

  g_type_ensure (FT_TYPE_FILE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/friendtorrent/FriendTorrent/ui/ft-details-files.ui");
  gtk_widget_class_bind_template_child (widget_class, FtDetailsFiles, view);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_file_cb);
  gtk_widget_class_bind_template_callback (widget_class, rename_cb);
}

static void
ft_details_files_init (FtDetailsFiles *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->tree = ft_file_tree_new ();
  g_signal_connect_object (self->tree, "priorities-changed", G_CALLBACK (priorities_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_object_set (self->view, "tree", self->tree, NULL);
}
