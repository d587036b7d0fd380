/* ft-addition-add.c: gives the session what is to be added, as it was chosen.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-addition.h"

#include "ft-addition-private.h"

static BtTorrentOptions *
make_options (FtAddition *self)
{
  BtTorrentOptions *options = bt_torrent_options_new ();

  options->name = g_strdup (self->name);
  options->sequential = self->sequential;
  g_strfreev (options->tags);
  options->tags = g_strdupv (self->tags);
  return options;
}

/* A link that is not to start would learn nothing while it is on hold. */
static BtIntent
choose_intent (FtAddition *self)
{
  if (self->start)
    return BT_INTENT_RUN;
  return self->files != NULL ? BT_INTENT_PAUSE : BT_INTENT_DETAILS;
}

static void
examined_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  ft_addition_examine_finish (FT_ADDITION (object), result);
  g_task_return_new_error (task, BT_ERROR, BT_ERROR_EXISTS, "The torrent is there already");
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtAddition *self = g_task_get_source_object (task);
  BtTorrentId existing = 0;
  GError *error = NULL;
  BtTorrentId id = ft_session_add_finish (FT_SESSION (object), result, &existing, &error);

  if (id != 0)
    {
      g_task_return_int (task, id);
      return;
    }
  if (existing == 0)
    {
      g_task_return_error (task, error);
      return;
    }
  /* It came into the list after it was looked for there. */
  g_error_free (error);
  ft_addition_examine_existing (self, FT_SESSION (object), existing, examined_cb,
                                g_object_ref (task));
}

void
ft_addition_add_async (FtAddition *self,
                       FtSession *session,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (BtTorrentOptions) options = NULL;
  BtAddRequest request = { 0 };
  GTask *task;

  g_return_if_fail (FT_IS_ADDITION (self));
  g_return_if_fail (FT_IS_SESSION (session));
  g_return_if_fail (self->state == FT_ADDITION_READY || self->state == FT_ADDITION_DUPLICATE);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ft_addition_add_async);
  ft_addition_leave_list (self);
  options = make_options (self);
  request.torrent = self->torrent;
  request.magnet = self->torrent == NULL ? self->link : NULL;
  request.save_path = self->folder;
  request.intent = choose_intent (self);
  request.priorities = self->priorities;
  request.options = options;
  ft_session_add_async (session, &request, cancellable, added_cb, task);
}

BtTorrentId
ft_addition_add_finish (FtAddition *self, GAsyncResult *result, GError **error)
{
  gssize id;

  g_return_val_if_fail (g_task_is_valid (result, self), 0);

  id = g_task_propagate_int (G_TASK (result), error);
  return id > 0 ? (BtTorrentId) id : 0;
}
