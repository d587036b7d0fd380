/* ft-adder.c: adds .torrent files to a session one after the other.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-adder.h"

#include "ft-read-torrent.h"

struct _FtAdder
{
  GObject parent_instance;

  FtSession *session;
  GQueue files;  /* of GFile: waiting */
  GFile *file;   /* (nullable): being read and added */
};

enum
{
  SIGNAL_ADDED,
  SIGNAL_EXISTS,
  SIGNAL_FAILED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FtAdder, ft_adder, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
report (FtAdder *self, BtTorrentId id, BtTorrentId existing, const GError *error)
{
  if (id != 0)
    g_signal_emit (self, signals[SIGNAL_ADDED], 0, id);
  else if (existing != 0)
    g_signal_emit (self, signals[SIGNAL_EXISTS], 0, existing);
  else
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, self->file, error);
  g_clear_object (&self->file);
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  BtTorrentId existing = 0;
  BtTorrentId id = ft_session_add_finish (FT_SESSION (object), result, &existing, &error);

  report (g_task_get_source_object (task), id, existing, error);
  g_task_return_boolean (task, TRUE);
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtAdder *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) torrent = ft_read_torrent_finish (G_FILE (object), result, &error);
  BtAddRequest request = { .torrent = torrent, .intent = BT_INTENT_RUN };

  if (torrent != NULL)
    {
      ft_session_add_async (self->session, &request, NULL, added_cb, g_object_ref (task));
      return;
    }
  report (self, 0, 0, error);
  g_task_return_boolean (task, TRUE);
}

/* Begins with the next file; called again when that has ended. */
static void
next_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FtAdder *self = FT_ADDER (object);

  if (self->file != NULL || ft_session_get_state (self->session) != FT_SESSION_RUNNING)
    return;
  self->file = g_queue_pop_head (&self->files);
  if (self->file != NULL)
    ft_read_torrent_async (self->file, NULL, read_cb, g_task_new (self, NULL, next_cb, NULL));
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

  g_queue_clear_full (&self->files, g_object_unref);
  g_clear_object (&self->file);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (ft_adder_parent_class)->dispose (object);
}

static void
ft_adder_class_init (FtAdderClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ft_adder_dispose;

  signals[SIGNAL_ADDED] = g_signal_new ("added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_EXISTS] = g_signal_new ("exists", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_FILE, G_TYPE_ERROR);
}

static void
ft_adder_init (FtAdder *self)
{
  g_queue_init (&self->files);
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
ft_adder_add (FtAdder *self, GFile *file)
{
  g_return_if_fail (FT_IS_ADDER (self));
  g_return_if_fail (G_IS_FILE (file));

  g_queue_push_tail (&self->files, g_object_ref (file));
  next_cb (G_OBJECT (self), NULL, NULL);
}
