/* ft-session.c: the engine as an object of the main context: its life and what it reports.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-session.h"

#include "ft-config.h"
#include "ft-describe.h"
#include "ft-enums.h"
#include "ft-mounts.h"
#include "ft-patience.h"
#include "ft-session-private.h"
#include "ft-torrent-list.h"

#define TEXT_REFRESH_S 5 /* a text may be that late, and wakes nobody more often */

struct _FtSession
{
  GObject parent_instance;

  BtConfig *config;
  GSettings *settings; /* (nullable) */
  FtPolicy *policy;    /* (nullable): like settings */
  BtEngine *engine;    /* (nullable): NULL while stopped */
  FtMounts *mounts;    /* (nullable): likewise */
  FtTorrentList *torrents;
  FtEventLog *event_log;
  FtSpeedHistory *speed_history;
  FtSessionState state;
  char *failure;       /* (nullable) */
  GPtrArray *stop_tasks;
  FtPatience *patience; /* (nullable): while somebody waits for the end */
  BtTorrentId watched; /* 0: none */
  BtDetailParts watched_parts;
  guint text_clock_id; /* runs while a text counts down */

  guint64 rate_down;
  guint64 rate_up;
  gint64 free_bytes;
  guint n_peers;
  BtMode mode;
  FtNetwork *network;
};

enum
{
  PROP_0,
  PROP_TORRENTS,
  PROP_STATE,
  PROP_FAILURE,
  PROP_RATE_DOWN,
  PROP_RATE_UP,
  PROP_SPEED_TEXT,
  PROP_FREE_BYTES,
  PROP_N_PEERS,
  PROP_MODE,
  PROP_POLICY,
  N_PROPS
};

enum
{
  SIGNAL_PROBLEM,
  SIGNAL_EVENT,
  SIGNAL_DETAIL,
  SIGNAL_STUCK,
  N_SIGNALS
};

G_DEFINE_ENUM_TYPE (FtSessionState, ft_session_state,
                    G_DEFINE_ENUM_VALUE (FT_SESSION_STOPPED, "stopped"),
                    G_DEFINE_ENUM_VALUE (FT_SESSION_STARTING, "starting"),
                    G_DEFINE_ENUM_VALUE (FT_SESSION_RUNNING, "running"),
                    G_DEFINE_ENUM_VALUE (FT_SESSION_STOPPING, "stopping"))

G_DEFINE_FINAL_TYPE (FtSession, ft_session, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
notify (FtSession *self, guint prop_id)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static void
set_state (FtSession *self, FtSessionState state)
{
  if (state == self->state)
    return;
  self->state = state;
  notify (self, PROP_STATE);
}

/* Takes @failure. */
static void
set_failure (FtSession *self, char *failure)
{
  g_autofree char *old = self->failure;

  self->failure = failure;
  if (g_strcmp0 (old, failure) != 0)
    notify (self, PROP_FAILURE);
}

/* Updates. */

static void
take_rates (FtSession *self, guint64 rate_down, guint64 rate_up)
{
  if (rate_down == self->rate_down && rate_up == self->rate_up)
    return;
  if (rate_down != self->rate_down)
    notify (self, PROP_RATE_DOWN);
  if (rate_up != self->rate_up)
    notify (self, PROP_RATE_UP);
  self->rate_down = rate_down;
  self->rate_up = rate_up;
  notify (self, PROP_SPEED_TEXT);
}

/* Notifications wait until all of them are in place. */
static void
take_totals (FtSession *self, const BtUpdate *update)
{
  g_object_freeze_notify (G_OBJECT (self));
  take_rates (self, update->rate_down, update->rate_up);
  ft_network_take_update (self->network, update);
  if (update->free_bytes != self->free_bytes)
    notify (self, PROP_FREE_BYTES);
  if (update->n_peers != self->n_peers)
    notify (self, PROP_N_PEERS);
  if (update->mode != self->mode)
    notify (self, PROP_MODE);
  self->free_bytes = update->free_bytes;
  self->n_peers = update->n_peers;
  self->mode = update->mode;
  g_object_thaw_notify (G_OBJECT (self));
}

static void
report_events (FtSession *self, const BtUpdate *update)
{
  for (guint i = 0; i < update->events->len; i++)
    {
      BtEvent *event = &g_array_index (update->events, BtEvent, i);

      ft_event_log_add (self->event_log, event);
      g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
      /* What concerns one torrent is said by its row. */
      if (event->id == 0 && event->kind == BT_EVENT_PROBLEM && event->text != NULL)
        g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, event->text);
    }
}

static void
forget_removed (FtSession *self, const BtUpdate *update)
{
  for (guint i = 0; i < update->removed->len; i++)
    {
      ft_speed_history_forget (self->speed_history, g_array_index (update->removed, BtTorrentId, i));
      ft_event_log_forget (self->event_log, g_array_index (update->removed, BtTorrentId, i));
    }
}

static gboolean
text_clock_cb (gpointer user_data)
{
  FtSession *self = user_data;

  if (ft_torrent_list_refresh_texts (self->torrents, g_get_real_time () / G_USEC_PER_SEC))
    return G_SOURCE_CONTINUE;
  self->text_clock_id = 0;
  return G_SOURCE_REMOVE;
}

static void
update_cb (FtSession *self, BtUpdate *update)
{
  /* The engine closes one torrent after the other; the list goes as a whole when it has stopped. */
  if (self->state == FT_SESSION_STOPPING)
    {
      report_events (self, update);
      return;
    }
  ft_torrent_list_apply (self->torrents, update);
  forget_removed (self, update);
  ft_speed_history_sample (self->speed_history, update, G_LIST_MODEL (self->torrents));
  take_totals (self, update);
  report_events (self, update);
  if (update->detail != NULL && update->detail->id == self->watched)
    g_signal_emit (self, signals[SIGNAL_DETAIL], 0, update->detail);
  /* It ends by itself when nothing counts down. */
  if (self->text_clock_id == 0)
    self->text_clock_id = g_timeout_add_seconds (TEXT_REFRESH_S, text_clock_cb, self);
}

/* Settings. */

static void
configured_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (bt_engine_finish (BT_ENGINE (object), result, &error)
      || g_error_matches (error, BT_ERROR, BT_ERROR_CANCELLED))
    return;
  text = ft_describe_error (error);
  g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, text);
}

static void
configure (FtSession *self)
{
  ft_config_load_settings (self->config, self->settings);
  ft_policy_apply (self->policy, self->config);
  if (self->engine != NULL)
    bt_engine_set_config_async (self->engine, self->config, NULL, configured_cb,
                                g_object_ref (self));
}

static void
setting_changed_cb (FtSession *self, const char *key)
{
  if (ft_config_has_key (key))
    configure (self);
}

/* The end. */

static void
forget_engine (FtSession *self)
{
  g_clear_pointer (&self->mounts, ft_mounts_free);
  g_clear_object (&self->engine);
  g_clear_handle_id (&self->text_clock_id, g_source_remove);
  ft_torrent_list_clear (self->torrents);
  g_object_freeze_notify (G_OBJECT (self));
  take_rates (self, 0, 0);
  ft_network_clear (self->network);
  set_state (self, FT_SESSION_STOPPED);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
return_stop_tasks (FtSession *self)
{
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&self->stop_tasks);

  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_clear_pointer (&self->patience, ft_patience_free);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (tasks->pdata[i], TRUE);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtSession) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!bt_engine_finish (BT_ENGINE (object), result, &error))
    g_warning ("The engine did not stop well: %s", error->message);
  forget_engine (self);
  return_stop_tasks (self);
}

/* What a person has seen go is gone at the next start. */
static void
carry_out_removals (FtSession *self)
{
  g_autoptr (GArray) ids = ft_torrent_list_dup_hidden (self->torrents);

  for (guint i = 0; i < ids->len; i++)
    bt_engine_remove_async (self->engine, g_array_index (ids, BtTorrentId, i), FALSE, NULL, NULL, NULL);
}

static void
stop_engine (FtSession *self)
{
  carry_out_removals (self);
  set_state (self, FT_SESSION_STOPPING);
  bt_engine_stop_async (self->engine, NULL, stopped_cb, g_object_ref (self));
}

/* The beginning. */

static void
start_undone_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtSession *self = g_task_get_source_object (task);
  const GError *error = g_task_get_task_data (task);

  bt_engine_finish (BT_ENGINE (object), result, NULL);
  set_failure (self, ft_describe_error (error));
  forget_engine (self);
  g_task_return_error (task, g_error_copy (error));
  return_stop_tasks (self);
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtSession *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!bt_engine_finish (BT_ENGINE (object), result, &error))
    {
      /* Even an engine that could not start has a thread to be ended. */
      g_task_set_task_data (task, error, (GDestroyNotify) g_error_free);
      bt_engine_stop_async (self->engine, NULL, start_undone_cb, g_object_ref (task));
      return;
    }
  set_state (self, FT_SESSION_RUNNING);
  bt_engine_watch (self->engine, self->watched, self->watched_parts);
  g_task_return_boolean (task, TRUE);
  if (self->stop_tasks->len > 0)
    stop_engine (self);
}

static void
ft_session_finalize (GObject *object)
{
  FtSession *self = FT_SESSION (object);

  /* Without a stop nothing of the last minutes would be saved. */
  g_warn_if_fail (self->engine == NULL);
  g_clear_handle_id (&self->text_clock_id, g_source_remove);
  g_clear_object (&self->policy);
  g_clear_object (&self->settings);
  g_clear_object (&self->network);
  g_clear_object (&self->torrents);
  g_clear_pointer (&self->event_log, ft_event_log_free);
  g_clear_pointer (&self->speed_history, ft_speed_history_free);
  g_clear_pointer (&self->config, bt_config_free);
  g_clear_pointer (&self->stop_tasks, g_ptr_array_unref);
  g_clear_pointer (&self->patience, ft_patience_free);
  g_free (self->failure);

  G_OBJECT_CLASS (ft_session_parent_class)->finalize (object);
}

static void
ft_session_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtSession *self = FT_SESSION (object);

  switch (prop_id)
    {
    case PROP_TORRENTS:
      g_value_set_object (value, self->torrents);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_FAILURE:
      g_value_set_string (value, self->failure);
      break;
    case PROP_RATE_DOWN:
      g_value_set_uint64 (value, self->rate_down);
      break;
    case PROP_RATE_UP:
      g_value_set_uint64 (value, self->rate_up);
      break;
    case PROP_SPEED_TEXT:
      g_value_take_string (value, ft_describe_speeds (self->rate_down, self->rate_up));
      break;
    case PROP_FREE_BYTES:
      g_value_set_int64 (value, self->free_bytes);
      break;
    case PROP_N_PEERS:
      g_value_set_uint (value, self->n_peers);
      break;
    case PROP_MODE:
      g_value_set_enum (value, self->mode);
      break;
    case PROP_POLICY:
      g_value_set_object (value, self->policy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_session_class_init (FtSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ft_session_finalize;
  object_class->get_property = ft_session_get_property;

  properties[PROP_TORRENTS]
    = g_param_spec_object ("torrents", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, FT_TYPE_SESSION_STATE,
                                              FT_SESSION_STOPPED, flags);
  properties[PROP_FAILURE] = g_param_spec_string ("failure", NULL, NULL, NULL, flags);
  properties[PROP_RATE_DOWN]
    = g_param_spec_uint64 ("rate-down", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_RATE_UP] = g_param_spec_uint64 ("rate-up", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_SPEED_TEXT] = g_param_spec_string ("speed-text", NULL, NULL, NULL, flags);
  properties[PROP_FREE_BYTES]
    = g_param_spec_int64 ("free-bytes", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_N_PEERS] = g_param_spec_uint ("n-peers", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_MODE] = g_param_spec_enum ("mode", NULL, NULL, FT_TYPE_MODE, BT_MODE_ALL, flags);
  properties[PROP_POLICY] = g_param_spec_object ("policy", NULL, NULL, FT_TYPE_POLICY, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_EVENT] = g_signal_new ("event", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_STUCK] = g_signal_new ("stuck", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DETAIL] = g_signal_new ("detail", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
ft_session_init (FtSession *self)
{
  self->torrents = ft_torrent_list_new ();
  self->network = ft_network_new ();
  self->event_log = ft_event_log_new ();
  self->speed_history = ft_speed_history_new ();
  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  self->free_bytes = -1;
}

FtSession *
ft_session_new (const BtConfig *config)
{
  FtSession *self;

  g_return_val_if_fail (config != NULL, NULL);

  self = g_object_new (FT_TYPE_SESSION, NULL);
  self->config = bt_config_copy (config);
  return self;
}

void
ft_session_bind_settings (FtSession *self, GSettings *settings)
{
  g_return_if_fail (FT_IS_SESSION (self));
  g_return_if_fail (G_IS_SETTINGS (settings));
  g_return_if_fail (self->settings == NULL);

  self->settings = g_object_ref (settings);
  /* First: what it makes of a change is there when the session takes the change over. */
  self->policy = ft_policy_new (settings, g_network_monitor_get_default (), NULL, NULL);
  g_signal_connect_object (self->policy, "changed", G_CALLBACK (configure), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed", G_CALLBACK (setting_changed_cb), self,
                           G_CONNECT_SWAPPED);
  configure (self);
  notify (self, PROP_POLICY);
}

FtNetwork *
ft_session_get_network (FtSession *self)
{
  g_return_val_if_fail (FT_IS_SESSION (self), NULL);

  return self->network;
}

FtPolicy *
ft_session_get_policy (FtSession *self)
{
  g_return_val_if_fail (FT_IS_SESSION (self), NULL);

  return self->policy;
}

GListModel *
ft_session_get_torrents (FtSession *self)
{
  g_return_val_if_fail (FT_IS_SESSION (self), NULL);

  return G_LIST_MODEL (self->torrents);
}

FtSessionState
ft_session_get_state (FtSession *self)
{
  g_return_val_if_fail (FT_IS_SESSION (self), FT_SESSION_STOPPED);

  return self->state;
}

FtEventLog *
ft_session_get_event_log (FtSession *self)
{
  g_return_val_if_fail (FT_IS_SESSION (self), NULL);

  return self->event_log;
}

FtSpeedHistory *
ft_session_get_speed_history (FtSession *self)
{
  g_return_val_if_fail (FT_IS_SESSION (self), NULL);

  return self->speed_history;
}

FtTorrent *
ft_session_lookup (FtSession *self, BtTorrentId id)
{
  g_return_val_if_fail (FT_IS_SESSION (self), NULL);

  return ft_torrent_list_lookup (self->torrents, id);
}

void
ft_session_remove_later (FtSession *self, const BtTorrentId *ids, guint n_ids)
{
  g_return_if_fail (FT_IS_SESSION (self));

  ft_torrent_list_hide (self->torrents, ids, n_ids);
}

guint
ft_session_keep (FtSession *self, const BtTorrentId *ids, guint n_ids)
{
  g_return_val_if_fail (FT_IS_SESSION (self), 0);

  return ft_torrent_list_show (self->torrents, ids, n_ids);
}

void
ft_session_watch (FtSession *self, BtTorrentId id, BtDetailParts parts)
{
  g_return_if_fail (FT_IS_SESSION (self));

  self->watched = id;
  self->watched_parts = parts;
  if (self->state == FT_SESSION_RUNNING)
    bt_engine_watch (self->engine, id, parts);
}

BtEngine *
ft_session_get_engine (FtSession *self)
{
  g_return_val_if_fail (FT_IS_SESSION (self), NULL);

  return self->state == FT_SESSION_RUNNING ? self->engine : NULL;
}

static void
mounts_changed_cb (gpointer owner)
{
  bt_engine_disks_changed (((FtSession *) owner)->engine);
}

void
ft_session_start_async (FtSession *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task;

  g_return_if_fail (FT_IS_SESSION (self));
  g_return_if_fail (self->state == FT_SESSION_STOPPED);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ft_session_start_async);
  set_failure (self, NULL);
  set_state (self, FT_SESSION_STARTING);
  self->engine = bt_engine_new (self->config);
  self->mounts = ft_mounts_new (mounts_changed_cb, self);
  g_signal_connect_object (self->engine, "update", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  bt_engine_start_async (self->engine, cancellable, started_cb, task);
}

static void
stuck_cb (gpointer owner)
{
  g_signal_emit (owner, signals[SIGNAL_STUCK], 0);
}

void
ft_session_stop_async (FtSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FT_IS_SESSION (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, ft_session_stop_async);
  if (self->state == FT_SESSION_STOPPED)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (self->patience == NULL)
    self->patience = ft_patience_new (self->engine, BT_STOP_PATIENCE_S * 1000, stuck_cb, self);
  bt_engine_leave (self->engine);
  /* While starting: what that ends with comes first. */
  g_ptr_array_add (self->stop_tasks, g_steal_pointer (&task));
  if (self->state == FT_SESSION_RUNNING)
    stop_engine (self);
}
