/* bt-engine.c: the door: orders go to the engine's thread, results and updates come back here.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-engine.h"

#include "bt-engine-private.h"
#include "bt-mailbox.h"

/* What the engine's thread works with. It is freed by that thread, or by the engine if that never ran. */
typedef struct
{
  GMainContext *context;
  GMainLoop *loop;
  BtMailbox *mailbox; /* read by the thread */
  BtMailbox *inbox;   /* read by the owner of the engine */
  BtCore *core;
} BtThread;

struct _BtEngine
{
  GObject parent_instance;

  BtMailbox *inbox;
  BtThread *shared;
  GThread *thread;  /* (nullable): NULL after the stop */
  GWeakRef *self;   /* for letters that may come after the last reference */
  guint last_ticket;
};

enum
{
  SIGNAL_UPDATE,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (BtEngine, bt_engine, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/* Updates: engine -> here, and the acknowledgement back. */

typedef struct
{
  BtUpdate *update;
  GWeakRef *engine;
  BtMailbox *mailbox;
  BtCore *core;
} BtUpdateLetter;

static void
free_weak_ref (gpointer data)
{
  g_weak_ref_clear (data);
}

static void
free_update_letter (gpointer data)
{
  BtUpdateLetter *letter = data;

  bt_update_unref (letter->update);
  g_atomic_rc_box_release_full (letter->engine, free_weak_ref);
  bt_mailbox_unref (letter->mailbox);
  g_free (letter);
}

static void
read_acknowledgement (gpointer data)
{
  bt_core_acknowledge (data);
}

static void
read_update (gpointer data)
{
  BtUpdateLetter *letter = data;
  g_autoptr(BtEngine) engine = g_weak_ref_get (letter->engine);

  if (engine != NULL)
    g_signal_emit (engine, signals[SIGNAL_UPDATE], 0, letter->update);
  bt_mailbox_post (letter->mailbox, read_acknowledgement, letter->core, NULL);
  free_update_letter (letter);
}

/* What the core holds to reach the engine: used in the engine's thread only. */
typedef struct
{
  BtThread *shared;
  GWeakRef *engine;
} BtWayBack;

static void
post_update (BtUpdate *update, gpointer data)
{
  BtWayBack *way = data;
  BtUpdateLetter *letter = g_new (BtUpdateLetter, 1);

  letter->update = update;
  letter->engine = g_atomic_rc_box_acquire (way->engine);
  letter->mailbox = bt_mailbox_ref (way->shared->mailbox);
  letter->core = way->shared->core;
  bt_mailbox_post (way->shared->inbox, read_update, letter, free_update_letter);
}

/* The thread. */

static gpointer
run_thread (gpointer data)
{
  BtWayBack *way = data;
  BtThread *shared = way->shared;

  bt_core_open (shared->core);
  g_main_loop_run (shared->loop);
  bt_core_free (shared->core);
  bt_mailbox_close (shared->mailbox);
  g_atomic_rc_box_release_full (way->engine, free_weak_ref);
  g_free (way);
  return NULL;
}

static void
free_shared (BtThread *shared)
{
  bt_mailbox_unref (shared->mailbox);
  bt_mailbox_unref (shared->inbox);
  g_main_loop_unref (shared->loop);
  g_main_context_unref (shared->context);
  g_free (shared);
}

BtEngine *
bt_engine_new_with_outside (const BtConfig *config, const BtOutside *outside)
{
  BtEngine *engine = g_object_new (BT_TYPE_ENGINE, NULL);
  BtThread *shared = g_new0 (BtThread, 1);
  BtWayBack *way = g_new0 (BtWayBack, 1);

  engine->inbox = bt_mailbox_new (g_main_context_get_thread_default ());
  engine->self = g_atomic_rc_box_new0 (GWeakRef);
  g_weak_ref_init (engine->self, engine);
  shared->context = g_main_context_new ();
  shared->loop = g_main_loop_new (shared->context, FALSE);
  shared->mailbox = bt_mailbox_new (shared->context);
  shared->inbox = bt_mailbox_ref (engine->inbox);
  way->shared = shared;
  way->engine = g_atomic_rc_box_acquire (engine->self);
  shared->core = bt_core_new (config, outside, shared->context, shared->mailbox, post_update, way);
  engine->shared = shared;
  engine->thread = g_thread_new ("bt-engine", run_thread, way);
  return engine;
}

BtEngine *
bt_engine_new (const BtConfig *config)
{
  g_return_val_if_fail (config != NULL, NULL);

  return bt_engine_new_with_outside (config, &bt_outside_real);
}

static void
quit_thread (gpointer data)
{
  g_main_loop_quit (data);
}

static void
join_thread (BtEngine *engine)
{
  if (engine->thread == NULL)
    return;
  bt_mailbox_post (engine->shared->mailbox, quit_thread, engine->shared->loop, NULL);
  g_thread_join (g_steal_pointer (&engine->thread));
}

static void
bt_engine_finalize (GObject *object)
{
  BtEngine *engine = BT_ENGINE (object);

  join_thread (engine);
  bt_mailbox_close (engine->inbox);
  bt_mailbox_unref (engine->inbox);
  free_shared (engine->shared);
  g_atomic_rc_box_release_full (engine->self, free_weak_ref);

  G_OBJECT_CLASS (bt_engine_parent_class)->finalize (object);
}

static void
bt_engine_class_init (BtEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = bt_engine_finalize;
  signals[SIGNAL_UPDATE] = g_signal_new ("update", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, BT_TYPE_UPDATE);
}

static void
bt_engine_init (BtEngine *engine)
{
}

/* Commands. */

static void
return_boolean (BtCommand *command)
{
  if (command->error != NULL)
    g_task_return_error (command->task, g_steal_pointer (&command->error));
  else
    g_task_return_boolean (command->task, TRUE);
}

BtCommand *
bt_engine_make_command (BtEngine *engine, void (*run) (BtCore *core, BtCommand *command), gpointer tag,
              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command = bt_command_new (run);

  command->reply_box = bt_mailbox_ref (engine->inbox);
  command->reply = return_boolean;
  command->task = g_task_new (engine, cancellable, callback, user_data);
  g_task_set_source_tag (command->task, tag);
  return command;
}

guint
bt_engine_take_ticket (BtEngine *engine)
{
  return ++engine->last_ticket;
}

/* A stopped engine answers at once: nobody reads its mailbox. */
void
bt_engine_post (BtEngine *engine, BtCommand *command)
{
  if (engine->thread != NULL)
    {
      bt_command_post (command, engine->shared->mailbox, engine->shared->core);
      return;
    }
  if (command->task != NULL)
    g_task_return_new_error (command->task, BT_ERROR, BT_ERROR_CANCELLED, "The engine has stopped");
  bt_command_free (command);
}

gboolean
bt_engine_finish (BtEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
bt_engine_start_async (BtEngine *engine, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BT_IS_ENGINE (engine));

  bt_engine_post (engine, bt_engine_make_command (engine, bt_core_start, bt_engine_start_async, cancellable, callback, user_data));
}

/* The core has closed everything: the thread has nothing left to do and is joined at once. */
static void
return_stopped (BtCommand *command)
{
  BtEngine *engine = g_task_get_source_object (command->task);

  join_thread (engine);
  return_boolean (command);
}

void
bt_engine_stop_async (BtEngine *engine, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));

  command = bt_engine_make_command (engine, bt_core_stop, bt_engine_stop_async, cancellable, callback, user_data);
  command->reply = return_stopped;
  bt_engine_post (engine, command);
}

void
bt_engine_leave (BtEngine *engine)
{
  g_return_if_fail (BT_IS_ENGINE (engine));

  bt_engine_post (engine, bt_command_new (bt_core_leave));
}

void
bt_engine_disks_changed (BtEngine *engine)
{
  g_return_if_fail (BT_IS_ENGINE (engine));

  bt_engine_post (engine, bt_command_new (bt_core_disks_changed));
}

static void
return_added (BtCommand *command)
{
  if (command->error != NULL)
    {
      g_task_set_task_data (command->task, GUINT_TO_POINTER (command->result_id), NULL);
      g_task_return_error (command->task, g_steal_pointer (&command->error));
    }
  else
    g_task_return_int (command->task, command->result_id);
}

void
bt_engine_add_async (BtEngine *engine, const BtAddRequest *request, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (request != NULL);
  g_return_if_fail ((request->torrent != NULL) != (request->magnet != NULL));

  command = bt_engine_make_command (engine, bt_core_add, bt_engine_add_async, cancellable, callback, user_data);
  command->reply = return_added;
  if (request->torrent != NULL)
    command->bytes = g_bytes_ref (request->torrent);
  command->text = g_strdup (request->magnet);
  if (request->options != NULL)
    command->options = bt_torrent_options_ref (request->options);
  command->tiers = bt_command_copy_tiers (request->tiers);
  command->path = g_strdup (request->save_path);
  command->intent = request->intent;
  command->flag = request->trust_data;
  if (request->priorities != NULL)
    command->priorities = g_bytes_ref (request->priorities);
  bt_engine_post (engine, command);
}

BtTorrentId
bt_engine_add_finish (BtEngine *engine, GAsyncResult *result, BtTorrentId *existing, GError **error)
{
  gssize id;

  g_return_val_if_fail (g_task_is_valid (result, engine), 0);

  if (existing != NULL)
    *existing = GPOINTER_TO_UINT (g_task_get_task_data (G_TASK (result)));
  id = g_task_propagate_int (G_TASK (result), error);
  return id > 0 ? (BtTorrentId) id : 0;
}

void
bt_engine_set_intent_async (BtEngine *engine, BtTorrentId id, BtIntent intent, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));

  command = bt_engine_make_command (engine, bt_core_set_intent, bt_engine_set_intent_async, cancellable, callback,
                          user_data);
  command->id = id;
  command->intent = intent;
  bt_engine_post (engine, command);
}

void
bt_engine_remove_async (BtEngine *engine, BtTorrentId id, gboolean with_data, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));

  command = bt_engine_make_command (engine, bt_core_remove, bt_engine_remove_async, cancellable, callback, user_data);
  command->id = id;
  command->flag = with_data;
  bt_engine_post (engine, command);
}

void
bt_engine_verify_async (BtEngine *engine, BtTorrentId id, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));

  command = bt_engine_make_command (engine, bt_core_verify, bt_engine_verify_async, cancellable, callback, user_data);
  command->id = id;
  bt_engine_post (engine, command);
}

void
bt_engine_cancel_verify_async (BtEngine *engine, BtTorrentId id, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));

  command = bt_engine_make_command (engine, bt_core_cancel_verify, bt_engine_cancel_verify_async, cancellable, callback,
                          user_data);
  command->id = id;
  bt_engine_post (engine, command);
}

void
bt_engine_set_priorities_async (BtEngine *engine, BtTorrentId id, GBytes *priorities, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (priorities != NULL);

  command = bt_engine_make_command (engine, bt_core_set_priorities, bt_engine_set_priorities_async, cancellable,
                          callback, user_data);
  command->id = id;
  command->priorities = g_bytes_ref (priorities);
  bt_engine_post (engine, command);
}

void
bt_engine_announce_async (BtEngine *engine, BtTorrentId id, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));

  command = bt_engine_make_command (engine, bt_core_announce, bt_engine_announce_async, cancellable, callback, user_data);
  command->id = id;
  bt_engine_post (engine, command);
}

void
bt_engine_add_peer_async (BtEngine *engine, BtTorrentId id, const BtEndpoint *endpoint,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (endpoint != NULL);

  command = bt_engine_make_command (engine, bt_core_add_peer, bt_engine_add_peer_async, cancellable, callback, user_data);
  command->id = id;
  command->endpoint = *endpoint;
  bt_engine_post (engine, command);
}

void
bt_engine_set_config_async (BtEngine *engine, const BtConfig *config, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));
  g_return_if_fail (config != NULL);

  command = bt_engine_make_command (engine, bt_core_set_config, bt_engine_set_config_async, cancellable, callback,
                          user_data);
  command->config = bt_config_copy (config);
  bt_engine_post (engine, command);
}

static void
run_watch (BtCore *core, BtCommand *command)
{
  bt_core_watch (core, command->id, command->parts);
  bt_command_reply (command, NULL);
}

void
bt_engine_watch (BtEngine *engine, BtTorrentId id, BtDetailParts parts)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));

  if (engine->thread == NULL)
    return;
  command = bt_command_new (run_watch);
  command->id = id;
  command->parts = parts;
  bt_command_post (command, engine->shared->mailbox, engine->shared->core);
}

static void
return_detail (BtCommand *command)
{
  if (command->error != NULL)
    g_task_return_error (command->task, g_steal_pointer (&command->error));
  else
    g_task_return_pointer (command->task, g_steal_pointer (&command->detail), (GDestroyNotify) bt_detail_unref);
}

void
bt_engine_get_detail_async (BtEngine *engine, BtTorrentId id, BtDetailParts parts, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  BtCommand *command;

  g_return_if_fail (BT_IS_ENGINE (engine));

  command = bt_engine_make_command (engine, bt_core_get_detail, bt_engine_get_detail_async, cancellable, callback,
                          user_data);
  command->reply = return_detail;
  command->id = id;
  command->parts = parts;
  bt_engine_post (engine, command);
}

BtDetail *
bt_engine_get_detail_finish (BtEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
