/* bt-engine-torrent.c: the door's orders to one torrent: its options, its place, its trackers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-engine-private.h"
#include "bt-engine.h"

void
bt_engine_set_options_async (BtEngine *engine, BtTorrentId id, BtTorrentOptions *options, BtOptionMask mask,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (options != NULL);

  command = bt_engine_make_command (engine, bt_core_set_options, bt_engine_set_options_async, cancellable,
                                    callback, user_data);
  command->id = id;
  command->options = bt_torrent_options_ref (options);
  command->option_mask = mask;
  bt_engine_post (engine, command);
}

void
bt_engine_rename_tag_async (BtEngine *engine, const char *tag, const char *new_tag,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (tag != NULL);

  command = bt_engine_make_command (engine, bt_core_rename_tag, bt_engine_rename_tag_async, cancellable,
                                    callback, user_data);
  command->path = g_strdup (tag);
  command->text = g_strdup (new_tag);
  bt_engine_post (engine, command);
}

void
bt_engine_move_in_queue_async (BtEngine *engine, BtTorrentId id, BtQueueMove move,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));

  command = bt_engine_make_command (engine, bt_core_move_in_queue, bt_engine_move_in_queue_async, cancellable,
                                    callback, user_data);
  command->id = id;
  command->queue_move = move;
  bt_engine_post (engine, command);
}

void
bt_engine_move_async (BtEngine *engine, BtTorrentId id, const char *folder, gboolean with_files,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (folder != NULL);

  command = bt_engine_make_command (engine, bt_core_move, bt_engine_move_async, cancellable,
                                    callback, user_data);
  command->id = id;
  command->path = g_strdup (folder);
  command->flag = with_files;
  bt_engine_post (engine, command);
}

void
bt_engine_rename_path_async (BtEngine *engine, BtTorrentId id, const char *path, const char *name,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (path != NULL && name != NULL);

  command = bt_engine_make_command (engine, bt_core_rename_path, bt_engine_rename_path_async, cancellable,
                                    callback, user_data);
  command->id = id;
  command->path = g_strdup (path);
  command->text = g_strdup (name);
  bt_engine_post (engine, command);
}

void
bt_engine_set_trackers_async (BtEngine *engine, BtTorrentId id, GPtrArray *tiers,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (tiers != NULL);

  command = bt_engine_make_command (engine, bt_core_set_trackers, bt_engine_set_trackers_async, cancellable,
                                    callback, user_data);
  command->id = id;
  command->tiers = bt_command_copy_tiers (tiers);
  bt_engine_post (engine, command);
}

void
bt_engine_add_trackers_async (BtEngine *engine, BtTorrentId id, GPtrArray *tiers,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (tiers != NULL);

  command = bt_engine_make_command (engine, bt_core_add_trackers, bt_engine_add_trackers_async, cancellable,
                                    callback, user_data);
  command->id = id;
  command->tiers = bt_command_copy_tiers (tiers);
  bt_engine_post (engine, command);
}

void
bt_engine_announce_to_async (BtEngine *engine, BtTorrentId id, const char *url,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (url != NULL);

  command = bt_engine_make_command (engine, bt_core_announce_to, bt_engine_announce_to_async, cancellable,
                                    callback, user_data);
  command->id = id;
  command->text = g_strdup (url);
  bt_engine_post (engine, command);
}

void
bt_engine_ban_peer_async (BtEngine *engine, BtTorrentId id, const BtEndpoint *endpoint,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (endpoint != NULL);

  command = bt_engine_make_command (engine, bt_core_ban_peer, bt_engine_ban_peer_async, cancellable,
                                    callback, user_data);
  command->id = id;
  command->endpoint = *endpoint;
  bt_engine_post (engine, command);
}

void
bt_engine_unban_peer_async (BtEngine *engine, BtTorrentId id, const BtEndpoint *endpoint,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (endpoint != NULL);

  command = bt_engine_make_command (engine, bt_core_unban_peer, bt_engine_unban_peer_async, cancellable,
                                    callback, user_data);
  command->id = id;
  command->endpoint = *endpoint;
  bt_engine_post (engine, command);
}

static void
return_bytes (BtCommand *command)
{
  if (command->error != NULL)
    g_task_return_error (command->task, g_steal_pointer (&command->error));
  else
    g_task_return_pointer (command->task, g_steal_pointer (&command->result_bytes), (GDestroyNotify) g_bytes_unref);
}

void
bt_engine_get_torrent_async (BtEngine *engine, BtTorrentId id, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));

  command = bt_engine_make_command (engine, bt_core_get_torrent, bt_engine_get_torrent_async, cancellable,
                                    callback, user_data);
  command->reply = return_bytes;
  command->id = id;
  bt_engine_post (engine, command);
}

GBytes *
bt_engine_get_torrent_finish (BtEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What belongs to the task of a fetch: a server is not kept waiting by somebody who has left. */
typedef struct
{
  BtEngine *engine; /* (unowned): the task's */
  guint ticket;
  GCancellable *cancellable;
  gulong handler;
} Way;

static void
way_free (gpointer data)
{
  Way *way = data;

  g_cancellable_disconnect (way->cancellable, way->handler);
  g_clear_object (&way->cancellable);
  g_free (way);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Way *way = user_data;
  BtCommand *command = bt_command_new (bt_core_cancel_fetch);

  command->ticket = way->ticket;
  bt_engine_post (way->engine, command);
}

/* After its command was sent, which is called off by another. */
static void
listen_to_cancellable (GTask *task)
{
  Way *way = g_task_get_task_data (task);

  if (way->cancellable != NULL)
    way->handler = g_cancellable_connect (way->cancellable, G_CALLBACK (cancelled_cb), way, NULL);
}

void
bt_engine_fetch_torrent_async (BtEngine *engine, const char *url, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  BtCommand *command;
  Way *way;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (url != NULL);

  command = bt_engine_make_command (engine, bt_core_fetch_torrent, bt_engine_fetch_torrent_async, cancellable,
                                    callback, user_data);
  command->reply = return_bytes;
  command->text = g_strdup (url);
  command->ticket = bt_engine_take_ticket (engine);
  way = g_new0 (Way, 1);
  way->engine = engine;
  way->ticket = command->ticket;
  way->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  task = g_object_ref (command->task);
  g_task_set_task_data (task, way, way_free);
  bt_engine_post (engine, command);
  listen_to_cancellable (task);
}

GBytes *
bt_engine_fetch_torrent_finish (BtEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
