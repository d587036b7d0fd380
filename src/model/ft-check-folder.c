/* ft-check-folder.c: whether a folder can take downloads, found out without waiting.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-check-folder.h"

#include <glib/gi18n-lib.h>

#define ATTRIBUTES                                                                                  \
  G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_ACCESS_CAN_WRITE                              \
                                 "," G_FILE_ATTRIBUTE_ACCESS_CAN_EXECUTE                            \
                                 "," G_FILE_ATTRIBUTE_ID_FILESYSTEM

void
ft_folder_check_free (FtFolderCheck *check)
{
  g_free (check->file_system);
  g_free (check);
}

/* The folder itself, or the nearest one above that is there. */
static GFileInfo *
query_nearest (GFile **folder, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      g_autoptr (GError) missing = NULL;
      GFileInfo *info
        = g_file_query_info (*folder, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, cancellable, &missing);
      g_autoptr (GFile) child = NULL;

      if (info != NULL)
        return info;
      child = *folder;
      *folder = g_file_get_parent (child);
      if (*folder == NULL || !g_error_matches (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&missing));
          return NULL;
        }
    }
}

static gint64
query_free_bytes (GFile *folder, GCancellable *cancellable)
{
  g_autoptr (GFileInfo) info
    = g_file_query_filesystem_info (folder, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, cancellable, NULL);

  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return -1;
  return (gint64) MIN (g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE),
                       (guint64) G_MAXINT64);
}

static void
check_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GFile *asked = data;
  g_autoptr (GFile) folder = g_object_ref (asked);
  g_autoptr (GFileInfo) info = NULL;
  GError *error = NULL;
  FtFolderCheck *check;

  info = query_nearest (&folder, cancellable, &error);
  if (info == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  check = g_new0 (FtFolderCheck, 1);
  check->exists = g_file_equal (folder, asked);
  check->is_folder = g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY;
  check->can_write
    = g_file_info_get_attribute_boolean (info, G_FILE_ATTRIBUTE_ACCESS_CAN_WRITE)
      && g_file_info_get_attribute_boolean (info, G_FILE_ATTRIBUTE_ACCESS_CAN_EXECUTE);
  check->file_system
    = g_strdup (g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_ID_FILESYSTEM));
  check->free_bytes = query_free_bytes (folder, cancellable);
  g_task_return_pointer (task, check, (GDestroyNotify) ft_folder_check_free);
}

void
ft_check_folder_async (const char *path,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (path != NULL && g_path_is_absolute (path));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, ft_check_folder_async);
  g_task_set_task_data (task, g_file_new_for_path (path), g_object_unref);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, check_in_thread);
}

FtFolderCheck *
ft_check_folder_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
ft_describe_folder_problem (const FtFolderCheck *check)
{
  g_return_val_if_fail (check != NULL, NULL);

  if (!check->is_folder)
    return g_strdup (_("This is not a folder"));
  if (!check->can_write)
    return g_strdup (check->exists ? _("This folder cannot be written to")
                                   : _("This folder is not there and cannot be made"));
  return NULL;
}
