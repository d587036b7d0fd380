/* ft-open-torrent.c: what a torrent brought, in the programs of the desktop.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-open-torrent.h"

#include "ft-locate.h"
#include "ft-opener.h"

typedef struct
{
  FtOpenHow how;
  GtkWindow *parent; /* (nullable) */
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_clear_object (&opening->parent);
  g_free (opening);
}

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (ft_opener_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
located_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GFile) file = NULL;
  GError *error = NULL;

  file = ft_locate_finish (FT_SESSION (object), result, &error);
  if (file == NULL)
    g_task_return_error (task, error);
  else if (opening->how == FT_OPEN_IN_FOLDER)
    ft_opener_show_async (file, opening->parent, g_task_get_cancellable (task), opened_cb, g_object_ref (task));
  else
    ft_opener_open_async (file, opening->parent, g_task_get_cancellable (task), opened_cb, g_object_ref (task));
}

void
ft_open_torrent_async (FtSession *session, BtTorrentId id, FtOpenHow how, GtkWindow *parent, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  Opening *opening;

  g_return_if_fail (FT_IS_SESSION (session));
  g_return_if_fail (parent == NULL || GTK_IS_WINDOW (parent));

  task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, ft_open_torrent_async);
  opening = g_new0 (Opening, 1);
  opening->how = how;
  opening->parent = parent != NULL ? g_object_ref (parent) : NULL;
  g_task_set_task_data (task, opening, opening_free);
  ft_locate_async (session, id, cancellable, located_cb, task);
}

gboolean
ft_open_torrent_finish (FtSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
