/* ft-adder.c: adds torrents to a session one after the other.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-adder.h"

struct _FtAdder
{
  GObject parent_instance;

  FtSession *session;
  GQueue waiting;       /* of FtAddition */
  FtAddition *addition; /* (nullable): being read and added */
  gboolean fetching;    /* it comes from a server */
};

enum
{
  PROP_0,
  PROP_FETCHING,
  N_PROPS
};

enum
{
  SIGNAL_ADDED,
  SIGNAL_EXISTS,
  SIGNAL_FAILED,
  SIGNAL_UNSETTLED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtAdder, ft_adder, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_fetching (FtAdder *self, gboolean fetching)
{
  if (fetching == self->fetching)
    return;
  self->fetching = fetching;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FETCHING]);
}

static void
finish (GTask *task)
{
  FtAdder *self = g_task_get_source_object (task);

  g_clear_object (&self->addition);
  g_task_return_boolean (task, TRUE);
}

static void
settled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtAdder *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!ft_settle_file_finish (G_FILE (object), result, &error))
    g_signal_emit (self, signals[SIGNAL_UNSETTLED], 0, self->addition, error);
  finish (task);
}

static void
settle (GTask *task)
{
  FtAdder *self = g_task_get_source_object (task);
  GFile *file = ft_addition_get_file (self->addition);

  if (file == NULL || ft_addition_get_after (self->addition) == FT_AFTER_ADDING_KEEP)
    finish (task);
  else
    ft_settle_file_async (file, ft_addition_get_after (self->addition), NULL, settled_cb,
                          g_object_ref (task));
}

/* A person who sees a file twice may wonder what it was; one that came by itself would come again. */
static void
report_existing (GTask *task)
{
  FtAdder *self = g_task_get_source_object (task);

  g_signal_emit (self, signals[SIGNAL_EXISTS], 0, self->addition);
  if (ft_addition_is_quiet (self->addition))
    settle (task);
  else
    finish (task);
}

static void
report_failure (GTask *task, const GError *error)
{
  FtAdder *self = g_task_get_source_object (task);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, self->addition, error);
  finish (task);
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtAdder *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  BtTorrentId id = ft_addition_add_finish (self->addition, result, &error);

  if (id != 0)
    {
      g_signal_emit (self, signals[SIGNAL_ADDED], 0, self->addition, id);
      settle (task);
    }
  else if (g_error_matches (error, BT_ERROR, BT_ERROR_EXISTS))
    report_existing (task);
  else
    report_failure (task, error);
}

static void
add (GTask *task)
{
  FtAdder *self = g_task_get_source_object (task);

  switch (ft_addition_get_state (self->addition))
    {
    case FT_ADDITION_READY:
      ft_addition_add_async (self->addition, self->session, NULL, added_cb, g_object_ref (task));
      break;
    case FT_ADDITION_DUPLICATE:
      report_existing (task);
      break;
    case FT_ADDITION_FAILED:
    case FT_ADDITION_WAITING:
    case FT_ADDITION_LOADING:
    default:
      report_failure (task, ft_addition_get_error (self->addition));
    }
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  ft_addition_load_finish (FT_ADDITION (object), result, NULL);
  set_fetching (g_task_get_source_object (task), FALSE);
  add (task);
}

/* Begins with the next; called again when that has ended. */
static void
next_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtAdder *self = FT_ADDER (object);
  g_autoptr (GTask) task = NULL;

  if (self->addition != NULL || ft_session_get_state (self->session) != FT_SESSION_RUNNING)
    return;
  self->addition = g_queue_pop_head (&self->waiting);
  if (self->addition == NULL)
    return;
  task = g_task_new (self, NULL, next_cb, NULL);
  if (ft_addition_get_state (self->addition) == FT_ADDITION_WAITING)
    {
      set_fetching (self, ft_addition_is_web (self->addition));
      ft_addition_load_async (self->addition, self->session, loaded_cb, g_object_ref (task));
    }
  else
    add (task);
}

static void
state_changed_cb (FtAdder *self)
{
  next_cb (G_OBJECT (self), NULL, NULL);
}

static void
ft_adder_dispose (GObject *object)
{
  FtAdder *self = FT_ADDER (object);

  g_queue_clear_full (&self->waiting, g_object_unref);
  g_clear_object (&self->addition);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (ft_adder_parent_class)->dispose (object);
}

static void
ft_adder_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FtAdder *self = FT_ADDER (object);

  switch (prop_id)
    {
    case PROP_FETCHING:
      g_value_set_object (value, self->fetching ? self->addition : NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ft_adder_class_init (FtAdderClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_adder_dispose;
  G_OBJECT_CLASS (klass)->get_property = ft_adder_get_property;

  properties[PROP_FETCHING] = g_param_spec_object ("fetching", NULL, NULL, FT_TYPE_ADDITION,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);

  signals[SIGNAL_ADDED] = g_signal_new ("added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 2, FT_TYPE_ADDITION, G_TYPE_UINT);
  signals[SIGNAL_EXISTS] = g_signal_new ("exists", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, FT_TYPE_ADDITION);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, FT_TYPE_ADDITION, G_TYPE_ERROR);
  signals[SIGNAL_UNSETTLED] = g_signal_new ("unsettled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 2, FT_TYPE_ADDITION, G_TYPE_ERROR);
}

static void
ft_adder_init (FtAdder *self)
{
  g_queue_init (&self->waiting);
}

FtAdder *
ft_adder_new (FtSession *session)
{
  FtAdder *self;

  g_return_val_if_fail (FT_IS_SESSION (session), NULL);

  self = g_object_new (FT_TYPE_ADDER, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
ft_adder_add (FtAdder *self, FtAddition *addition)
{
  g_return_if_fail (FT_IS_ADDER (self));
  g_return_if_fail (FT_IS_ADDITION (addition));
  g_return_if_fail (ft_addition_get_state (addition) != FT_ADDITION_LOADING);

  g_queue_push_tail (&self->waiting, g_object_ref (addition));
  next_cb (G_OBJECT (self), NULL, NULL);
}
