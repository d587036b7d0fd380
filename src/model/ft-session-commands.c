/* ft-session-commands.c: what a face orders the session to do.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-session-private.h"

/* Returns: (nullable) (transfer full): what goes with the command to the engine, or %NULL after the caller was
 * answered that nothing runs. */
static GTask *
begin_command (FtSession *self,
               BtEngine **engine,
               gpointer tag,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_val_if_fail (FT_IS_SESSION (self), NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tag);
  *engine = ft_session_get_engine (self);
  if (*engine != NULL)
    return g_steal_pointer (&task);
  g_task_return_new_error (task, BT_ERROR, BT_ERROR_CANCELLED, "The session is not running");
  return NULL;
}

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bt_engine_finish (BT_ENGINE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
bytes_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *torrent = bt_engine_get_torrent_finish (BT_ENGINE (object), result, &error);

  if (torrent != NULL)
    g_task_return_pointer (task, torrent, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
detail_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  BtDetail *detail = bt_engine_get_detail_finish (BT_ENGINE (object), result, &error);

  if (detail != NULL)
    g_task_return_pointer (task, detail, (GDestroyNotify) bt_detail_unref);
  else
    g_task_return_error (task, error);
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  BtTorrentId existing = 0;
  BtTorrentId id = bt_engine_add_finish (BT_ENGINE (object), result, &existing, &error);

  if (id != 0)
    {
      g_task_return_int (task, id);
      return;
    }
  g_task_set_task_data (task, GUINT_TO_POINTER (existing), NULL);
  g_task_return_error (task, error);
}

void
ft_session_add_async (FtSession *self,
                      const BtAddRequest *request,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  BtEngine *engine;
  GTask *task;

  g_return_if_fail (request != NULL);

  task = begin_command (self, &engine, ft_session_add_async, cancellable, callback, user_data);
  if (task != NULL)
    bt_engine_add_async (engine, request, cancellable, added_cb, task);
}

BtTorrentId
ft_session_add_finish (FtSession *self,
                       GAsyncResult *result,
                       BtTorrentId *existing,
                       GError **error)
{
  gssize id;

  g_return_val_if_fail (g_task_is_valid (result, self), 0);

  if (existing != NULL)
    *existing = GPOINTER_TO_UINT (g_task_get_task_data (G_TASK (result)));
  id = g_task_propagate_int (G_TASK (result), error);
  return id > 0 ? (BtTorrentId) id : 0;
}

void
ft_session_set_intent_async (FtSession *self,
                             BtTorrentId id,
                             BtIntent intent,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_set_intent_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_set_intent_async (engine, id, intent, cancellable, done_cb, task);
}

void
ft_session_remove_async (FtSession *self,
                         BtTorrentId id,
                         gboolean with_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_remove_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_remove_async (engine, id, with_data, cancellable, done_cb, task);
}

void
ft_session_verify_async (FtSession *self,
                         BtTorrentId id,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_verify_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_verify_async (engine, id, cancellable, done_cb, task);
}

void
ft_session_set_options_async (FtSession *self,
                              BtTorrentId id,
                              BtTorrentOptions *options,
                              BtOptionMask mask,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_set_options_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_set_options_async (engine, id, options, mask, cancellable, done_cb, task);
}

void
ft_session_rename_tag_async (FtSession *self,
                             const char *tag,
                             const char *new_tag,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_rename_tag_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_rename_tag_async (engine, tag, new_tag, cancellable, done_cb, task);
}

void
ft_session_move_in_queue_async (FtSession *self,
                                BtTorrentId id,
                                BtQueueMove move,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_move_in_queue_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_move_in_queue_async (engine, id, move, cancellable, done_cb, task);
}

void
ft_session_move_async (FtSession *self,
                       BtTorrentId id,
                       const char *folder,
                       gboolean with_files,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_move_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_move_async (engine, id, folder, with_files, cancellable, done_cb, task);
}

void
ft_session_rename_path_async (FtSession *self,
                              BtTorrentId id,
                              const char *path,
                              const char *name,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_rename_path_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_rename_path_async (engine, id, path, name, cancellable, done_cb, task);
}

void
ft_session_set_trackers_async (FtSession *self,
                               BtTorrentId id,
                               GPtrArray *tiers,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_set_trackers_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_set_trackers_async (engine, id, tiers, cancellable, done_cb, task);
}

void
ft_session_add_trackers_async (FtSession *self,
                               BtTorrentId id,
                               GPtrArray *tiers,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_add_trackers_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_add_trackers_async (engine, id, tiers, cancellable, done_cb, task);
}

void
ft_session_announce_to_async (FtSession *self,
                              BtTorrentId id,
                              const char *url,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_announce_to_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_announce_to_async (engine, id, url, cancellable, done_cb, task);
}

void
ft_session_ban_peer_async (FtSession *self,
                           BtTorrentId id,
                           const BtEndpoint *endpoint,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_ban_peer_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_ban_peer_async (engine, id, endpoint, cancellable, done_cb, task);
}

void
ft_session_unban_peer_async (FtSession *self,
                             BtTorrentId id,
                             const BtEndpoint *endpoint,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_unban_peer_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_unban_peer_async (engine, id, endpoint, cancellable, done_cb, task);
}

void
ft_session_announce_async (FtSession *self,
                           BtTorrentId id,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_announce_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_announce_async (engine, id, cancellable, done_cb, task);
}

void
ft_session_add_peer_async (FtSession *self,
                           BtTorrentId id,
                           const BtEndpoint *endpoint,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_add_peer_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_add_peer_async (engine, id, endpoint, cancellable, done_cb, task);
}

void
ft_session_set_priorities_async (FtSession *self,
                                 BtTorrentId id,
                                 GBytes *priorities,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_set_priorities_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_set_priorities_async (engine, id, priorities, cancellable, done_cb, task);
}

void
ft_session_get_torrent_async (FtSession *self,
                              BtTorrentId id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_get_torrent_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_get_torrent_async (engine, id, cancellable, bytes_cb, task);
}

GBytes *
ft_session_get_torrent_finish (FtSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fetched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *torrent = bt_engine_fetch_torrent_finish (BT_ENGINE (object), result, &error);

  if (torrent != NULL)
    g_task_return_pointer (task, torrent, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

void
ft_session_fetch_torrent_async (FtSession *self,
                                const char *url,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  BtEngine *engine;
  GTask *task;

  g_return_if_fail (url != NULL);

  task = begin_command (self, &engine, ft_session_fetch_torrent_async, cancellable, callback, user_data);
  if (task != NULL)
    bt_engine_fetch_torrent_async (engine, url, cancellable, fetched_cb, task);
}

GBytes *
ft_session_fetch_torrent_finish (FtSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ft_session_get_detail_async (FtSession *self,
                             BtTorrentId id,
                             BtDetailParts parts,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  BtEngine *engine;
  GTask *task = begin_command (self, &engine, ft_session_get_detail_async, cancellable, callback, user_data);

  if (task != NULL)
    bt_engine_get_detail_async (engine, id, parts, cancellable, detail_cb, task);
}

BtDetail *
ft_session_get_detail_finish (FtSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
ft_session_finish (FtSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
