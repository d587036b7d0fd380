/* ft-read-torrent.c: the bytes of a .torrent file, read without waiting.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-read-torrent.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "ft-describe.h"

#include <glib/gi18n-lib.h>

G_DEFINE_QUARK (ft-read-torrent-error-quark, ft_read_torrent_error)

/* One byte more than the file is said to have, to notice that it grew. */
typedef struct
{
  guint8 *bytes;
  gsize size;
  gboolean usual;
} Buffer;

static void
buffer_free (gpointer data)
{
  Buffer *buffer = data;

  g_free (buffer->bytes);
  g_free (buffer);
}

static void
bytes_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Buffer *buffer = g_task_get_task_data (task);
  GError *error = NULL;
  gsize got;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (object), result, &got, &error))
    g_task_return_error (task, error);
  else if (got == buffer->size)
    g_task_return_new_error (task, BT_ERROR, BT_ERROR_CHANGED, "The file grew while it was read");
  else
    g_task_return_pointer (task, g_bytes_new_take (g_steal_pointer (&buffer->bytes), got),
                           (GDestroyNotify) g_bytes_unref);
}

static void
file_opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GFileInputStream) stream = NULL;
  Buffer *buffer = g_task_get_task_data (task);
  GError *error = NULL;

  stream = g_file_read_finish (G_FILE (object), result, &error);
  if (stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  buffer->bytes = g_malloc (buffer->size);
  g_input_stream_read_all_async (G_INPUT_STREAM (stream), buffer->bytes, buffer->size,
                                 g_task_get_priority (task), g_task_get_cancellable (task),
                                 bytes_read_cb, g_object_ref (task));
}

static gboolean
check_info (GFileInfo *info, gboolean usual, GError **error)
{
  goffset size = g_file_info_get_size (info);

  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("“%s” is not a file"),
                   g_file_info_get_display_name (info));
      return FALSE;
    }
  if (size < 0 || size > BT_LIMIT_TORRENT_BYTES)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_LIMIT, "“%s” is larger than a torrent can be",
                   g_file_info_get_display_name (info));
      return FALSE;
    }
  if (usual && size > BT_LIMIT_USUAL_TORRENT_BYTES)
    {
      g_autofree char *text = ft_format_size ((guint64) size);

      g_set_error (error, FT_READ_TORRENT_ERROR, FT_READ_TORRENT_ERROR_UNUSUAL,
                   _("This .torrent file is unusually large: %s"), text);
      return FALSE;
    }
  return TRUE;
}

static void
info_queried_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GFileInfo) info = NULL;
  Buffer *buffer = g_task_get_task_data (task);
  GError *error = NULL;

  info = g_file_query_info_finish (G_FILE (object), result, &error);
  if (info == NULL || !check_info (info, buffer->usual, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  buffer->size = (gsize) g_file_info_get_size (info) + 1;
  g_file_read_async (G_FILE (object), g_task_get_priority (task), g_task_get_cancellable (task),
                     file_opened_cb, g_object_ref (task));
}

void
ft_read_torrent_async (GFile *file,
                       gboolean usual,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  Buffer *buffer;
  GTask *task;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (file, cancellable, callback, user_data);
  g_task_set_source_tag (task, ft_read_torrent_async);
  buffer = g_new0 (Buffer, 1);
  buffer->usual = usual;
  g_task_set_task_data (task, buffer, buffer_free);
  g_file_query_info_async (file,
                           G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE
                           "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME,
                           G_FILE_QUERY_INFO_NONE, g_task_get_priority (task), cancellable,
                           info_queried_cb, task);
}

GBytes *
ft_read_torrent_finish (GFile *file, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, file), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
