/* ft-settle-file.c: what becomes of a .torrent file whose torrent was added.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-settle-file.h"

#define MAX_NUMBER 1000

G_DEFINE_ENUM_TYPE (FtAfterAdding, ft_after_adding,
                    G_DEFINE_ENUM_VALUE (FT_AFTER_ADDING_KEEP, "keep"),
                    G_DEFINE_ENUM_VALUE (FT_AFTER_ADDING_TRASH, "trash"),
                    G_DEFINE_ENUM_VALUE (FT_AFTER_ADDING_RENAME, "rename"))

static void
trashed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_file_trash_finish (G_FILE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* "a.torrent.added", then "a.torrent.2.added". */
static GFile *
name_added (GFile *file, guint number)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *added = number <= 1 ? g_strconcat (name, ".added", NULL)
                                       : g_strdup_printf ("%s.%u.added", name, number);
  g_autoptr (GFile) folder = g_file_get_parent (file);

  return g_file_get_child (folder, added);
}

static void
rename_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const GFileCopyFlags flags = G_FILE_COPY_NO_FALLBACK_FOR_MOVE | G_FILE_COPY_NOFOLLOW_SYMLINKS;
  g_autoptr (GError) error = NULL;

  for (guint number = 1; number <= MAX_NUMBER; number++)
    {
      g_autoptr (GFile) target = name_added (source, number);

      g_clear_error (&error);
      if (g_file_move (source, target, flags, cancellable, NULL, NULL, &error))
        {
          g_task_return_boolean (task, TRUE);
          return;
        }
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
        break;
    }
  g_task_return_error (task, g_steal_pointer (&error));
}

FtAfterAdding
ft_after_adding_from_nick (const char *nick)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (FT_TYPE_AFTER_ADDING);
  GEnumValue *value = g_enum_get_value_by_nick (klass, nick);

  return value != NULL ? (FtAfterAdding) value->value : FT_AFTER_ADDING_KEEP;
}

const char *
ft_after_adding_to_nick (FtAfterAdding after)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (FT_TYPE_AFTER_ADDING);

  return g_enum_get_value (klass, after)->value_nick;
}

void
ft_settle_file_async (GFile *file,
                      FtAfterAdding after,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (file, cancellable, callback, user_data);
  g_task_set_source_tag (task, ft_settle_file_async);
  if (after == FT_AFTER_ADDING_TRASH)
    g_file_trash_async (file, G_PRIORITY_DEFAULT, cancellable, trashed_cb, g_object_ref (task));
  else if (after == FT_AFTER_ADDING_RENAME)
    g_task_run_in_thread (task, rename_in_thread);
  else
    g_task_return_boolean (task, TRUE);
}

gboolean
ft_settle_file_finish (GFile *file, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, file), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
