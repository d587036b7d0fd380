/* ft-addition-prepare.c: the details of a link are fetched while a person chooses.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-addition.h"

#include "ft-addition-private.h"

/* A link goes into the list with BT_INTENT_DETAILS. From when it is seen there it is followed, by whatever way it
 * came; when its details have come their files are asked for, and it is as if it had been a file from the beginning. */

static void
detail_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtAddition) self = user_data;
  g_autoptr (BtDetail) detail = ft_session_get_detail_finish (FT_SESSION (object), result, NULL);

  self->asking = FALSE;
  if (detail != NULL && detail->files != NULL && self->files == NULL)
    ft_addition_take_files (self, bt_file_list_ref (detail->files), detail->n_all_files);
  if (self->state == FT_ADDITION_READY)
    ft_addition_set_state (self, FT_ADDITION_READY, NULL);
}

static void
take_details (FtAddition *self)
{
  const BtTorrentStatus *status = ft_torrent_get_status (self->listed);

  ft_addition_set_own_name (self, status->name);
  self->is_private = status->is_private;
  if (self->asking || self->session == NULL)
    return;
  self->asking = TRUE;
  ft_addition_notify_text (self);
  ft_session_get_detail_async (self->session, status->id, BT_DETAIL_FILES, NULL, detail_cb, g_object_ref (self));
}

/* What has come cannot be used: there is nothing more to wait for. */
static void
give_up (FtAddition *self)
{
  g_autofree char *text = NULL;

  g_object_get (self->listed, "state-text", &text, NULL);
  if (self->state == FT_ADDITION_READY)
    ft_addition_set_state (self, FT_ADDITION_FAILED, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, text));
}

static void
listed_changed_cb (FtAddition *self)
{
  const BtTorrentStatus *status = ft_torrent_get_status (self->listed);

  if (self->files != NULL)
    return;
  if (status->reason == BT_REASON_BAD_METADATA)
    give_up (self);
  else if (status->is_magnet)
    ft_addition_notify_text (self);
  else
    take_details (self);
}

void
ft_addition_follow (FtAddition *self, FtTorrent *torrent)
{
  g_assert (self->listed == NULL);

  self->listed = g_object_ref (torrent);
  g_signal_connect_object (torrent, "changed", G_CALLBACK (listed_changed_cb), self, G_CONNECT_SWAPPED);
  listed_changed_cb (self);
}

void
ft_addition_unfollow (FtAddition *self)
{
  if (self->listed != NULL)
    g_signal_handlers_disconnect_by_func (self->listed, listed_changed_cb, self);
  g_clear_object (&self->listed);
}

/* Into the list. */

static void
fail (FtAddition *self, const GError *error)
{
  if (self->state == FT_ADDITION_READY && self->session != NULL)
    ft_addition_set_state (self, FT_ADDITION_FAILED, g_error_copy (error));
}

static void
prepared_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtAddition) self = user_data;
  FtSession *session = FT_SESSION (object);
  g_autoptr (GError) error = NULL;
  BtTorrentId existing = 0;
  BtTorrentId id = ft_session_add_finish (session, result, &existing, &error);

  self->preparing = FALSE;
  self->prepared = self->adopted ? 0 : id;
  if (self->prepared != 0 && self->discarded)
    ft_session_remove_async (session, id, FALSE, NULL, NULL, NULL);
  /* What was removed a moment ago, and is wanted again, comes back into the list and is found there. */
  if (existing != 0 && !self->discarded)
    ft_session_keep (session, &existing, 1);
  if (id == 0 && existing == 0)
    fail (self, error);
}

/* If it is there for its details already, the trackers of this link come to the others. */
static void
prepare (FtAddition *self, FtSession *session)
{
  const BtAddRequest request = { .magnet = self->link, .intent = BT_INTENT_DETAILS };

  self->adopted = self->listed != NULL;
  ft_session_add_async (session, &request, NULL, prepared_cb, g_object_ref (self));
}

static void
stop_waiting (FtAddition *self, FtSession *session)
{
  if (self->start_handler != 0)
    g_signal_handler_disconnect (session, self->start_handler);
  self->start_handler = 0;
}

static void
session_state_changed_cb (FtAddition *self, GParamSpec *pspec, FtSession *session)
{
  if (ft_session_get_state (session) == FT_SESSION_STARTING)
    return;
  stop_waiting (self, session);
  /* It was added meanwhile, or is a duplicate of the list that has just come. */
  if (self->session == NULL || self->discarded || self->state != FT_ADDITION_READY)
    self->preparing = FALSE;
  else
    prepare (self, session);
}

void
ft_addition_prepare (FtAddition *self, FtSession *session)
{
  g_return_if_fail (FT_IS_ADDITION (self));
  g_return_if_fail (FT_IS_SESSION (session));
  g_return_if_fail (ft_addition_is_magnet (self) && self->state == FT_ADDITION_READY);
  g_return_if_fail (!ft_addition_is_prepared (self));

  self->preparing = TRUE;
  ft_addition_notify_text (self);
  if (ft_session_get_state (session) == FT_SESSION_STARTING)
    self->start_handler = g_signal_connect_data (session, "notify::state", G_CALLBACK (session_state_changed_cb),
                                                 g_object_ref (self), (GClosureNotify) (GCallback) g_object_unref,
                                                 G_CONNECT_SWAPPED);
  else
    prepare (self, session);
}

gboolean
ft_addition_is_same (FtAddition *self, FtAddition *other)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), FALSE);
  g_return_val_if_fail (FT_IS_ADDITION (other), FALSE);

  return self->state == FT_ADDITION_READY && other->state == FT_ADDITION_READY
         && ft_addition_is_magnet (self) == ft_addition_is_magnet (other)
         && bt_sha1_equal (&self->info_hash, &other->info_hash);
}

gboolean
ft_addition_is_prepared (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), FALSE);

  return !self->discarded && !self->adopted && (self->preparing || self->prepared != 0);
}

void
ft_addition_discard (FtAddition *self, FtSession *session)
{
  g_return_if_fail (FT_IS_ADDITION (self));
  g_return_if_fail (FT_IS_SESSION (session));

  if (self->discarded)
    return;
  self->discarded = TRUE;
  ft_addition_stop_loading (self);
  stop_waiting (self, session);
  ft_addition_leave_list (self);
  ft_addition_unfollow (self);
  if (self->prepared != 0)
    ft_session_remove_async (session, self->prepared, FALSE, NULL, NULL, NULL);
}

double
ft_addition_get_details_progress (FtAddition *self)
{
  const BtTorrentStatus *status;

  g_return_val_if_fail (FT_IS_ADDITION (self), -1);

  if (self->listed == NULL || self->files != NULL)
    return -1;
  status = ft_torrent_get_status (self->listed);
  if (!status->is_magnet)
    return 1;
  return status->metadata_size > 0 ? (double) status->metadata_done / status->metadata_size : -1;
}
