/* ft-locate.c: where on disk the file or folder of a torrent is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-locate.h"

#include "ft-session-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
return_not_found (GTask *task)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s", _("The files of this torrent are not known yet"));
}

/* All paths of a torrent begin with the same component, its file or folder, whatever it was renamed to. */
static GFile *
make_file (const char *folder, const char *path)
{
  g_autofree char *first = g_strndup (path, strcspn (path, "/"));

  return g_file_new_build_filename (folder, first, NULL);
}

static void
detail_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtSession *session = g_task_get_source_object (task);
  BtTorrentId id = GPOINTER_TO_UINT (g_task_get_task_data (task));
  FtTorrent *torrent = ft_session_lookup (session, id);
  g_autoptr (BtDetail) detail = NULL;
  GError *error = NULL;

  detail = bt_engine_get_detail_finish (BT_ENGINE (object), result, &error);
  if (detail == NULL)
    g_task_return_error (task, error);
  else if (torrent == NULL || detail->files == NULL || bt_file_list_length (detail->files) == 0)
    return_not_found (task);
  else
    g_task_return_pointer (task,
                           make_file (ft_torrent_get_status (torrent)->data_path,
                                      bt_file_list_get (detail->files, 0)->path),
                           g_object_unref);
}

void
ft_locate_async (FtSession *session, BtTorrentId id, GCancellable *cancellable, GAsyncReadyCallback callback,
                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  BtEngine *engine;

  g_return_if_fail (FT_IS_SESSION (session));

  task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, ft_locate_async);
  g_task_set_task_data (task, GUINT_TO_POINTER (id), NULL);
  engine = ft_session_get_engine (session);
  if (engine == NULL || ft_session_lookup (session, id) == NULL)
    return_not_found (task);
  else
    bt_engine_get_detail_async (engine, id, BT_DETAIL_FILES, cancellable, detail_cb, g_steal_pointer (&task));
}

GFile *
ft_locate_finish (FtSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
