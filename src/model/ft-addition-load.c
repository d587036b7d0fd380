/* ft-addition-load.c: what is about to be added is read, described and looked for in the list.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-addition.h"

#include "ft-addition-private.h"
#include "ft-read-torrent.h"

#include <glib/gi18n-lib.h>

static void
finish (GTask *task)
{
  FtAddition *self = g_task_get_source_object (task);

  if (self->state == FT_ADDITION_FAILED)
    g_task_return_error (task, g_error_copy (self->error));
  else
    g_task_return_boolean (task, TRUE);
}

/* Takes @error. */
static void
fail (GTask *task, GError *error)
{
  ft_addition_set_state (g_task_get_source_object (task), FT_ADDITION_FAILED, error);
  finish (task);
}

/* Duplicates. */

static gboolean
is_known (GArray *trackers, const char *url)
{
  for (guint i = 0; i < trackers->len; i++)
    if (g_str_equal (g_array_index (trackers, BtTrackerStatus, i).url, url))
      return TRUE;
  return FALSE;
}

static GStrv
keep_new (GStrv tier, GArray *trackers)
{
  GPtrArray *kept = g_ptr_array_new ();

  for (guint i = 0; tier[i] != NULL; i++)
    if (!is_known (trackers, tier[i]))
      g_ptr_array_add (kept, g_strdup (tier[i]));
  g_ptr_array_add (kept, NULL);
  return (GStrv) g_ptr_array_free (kept, FALSE);
}

static void
compare_trackers (FtAddition *self, GArray *trackers)
{
  g_autoptr (GPtrArray) tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; i < self->tiers->len; i++)
    {
      g_auto (GStrv) tier = keep_new (self->tiers->pdata[i], trackers);

      if (tier[0] != NULL)
        g_ptr_array_add (tiers, g_steal_pointer (&tier));
    }
  g_clear_pointer (&self->new_tiers, g_ptr_array_unref);
  if (tiers->len > 0)
    self->new_tiers = g_steal_pointer (&tiers);
}

static void
detail_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtAddition *self = g_task_get_source_object (task);
  g_autoptr (BtDetail) detail
    = ft_session_get_detail_finish (FT_SESSION (object), result, NULL);

  /* Without it, it is a duplicate all the same; only nothing is said of trackers. */
  if (detail != NULL && detail->trackers != NULL)
    compare_trackers (self, detail->trackers);
  ft_addition_set_state (self, FT_ADDITION_DUPLICATE, NULL);
  g_task_return_boolean (task, TRUE);
}

void
ft_addition_examine_existing (FtAddition *self,
                              FtSession *session,
                              BtTorrentId existing,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  FtTorrent *torrent = ft_session_lookup (session, existing);

  self->existing = existing;
  /* The trackers of a private torrent are nobody else's business. */
  if (self->is_private || self->tiers == NULL
      || (torrent != NULL && ft_torrent_get_status (torrent)->is_private))
    {
      ft_addition_set_state (self, FT_ADDITION_DUPLICATE, NULL);
      g_task_return_boolean (task, TRUE);
      return;
    }
  ft_session_get_detail_async (session, existing, BT_DETAIL_TRACKERS, NULL, detail_cb,
                               g_object_ref (task));
}

gboolean
ft_addition_examine_finish (FtAddition *self, GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

/* Returns: (transfer none) (nullable): the list holds it */
static FtTorrent *
find_same (FtAddition *self, GListModel *torrents, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    {
      g_autoptr (FtTorrent) torrent = g_list_model_get_item (torrents, i);

      if (bt_sha1_equal (&ft_torrent_get_status (torrent)->info_hash, &self->info_hash))
        return torrent;
    }
  return NULL;
}

/* What is there for its details alone is still to be chosen for, and a link that waits becomes a torrent by its file. */
static gboolean
is_duplicate_of (FtAddition *self, FtTorrent *torrent)
{
  const BtTorrentStatus *status = ft_torrent_get_status (torrent);

  return status->intent != BT_INTENT_DETAILS && (!status->is_magnet || ft_addition_is_magnet (self));
}

static void
follow_same (FtAddition *self, FtTorrent *torrent)
{
  if (torrent != NULL && self->listed == NULL && ft_addition_is_magnet (self)
      && ft_torrent_get_status (torrent)->intent == BT_INTENT_DETAILS)
    ft_addition_follow (self, torrent);
}

static void
examined_late_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FtSession) session = user_data;

  ft_addition_examine_finish (FT_ADDITION (object), result);
}

static gboolean
has_gone (FtAddition *self)
{
  return self->listed != NULL && ft_session_get_state (self->session) == FT_SESSION_RUNNING
         && ft_session_lookup (self->session, ft_torrent_get_id (self->listed)) == NULL;
}

/* While a dialog waits for a person, the session may start and its list come, or somebody else add it or remove it. */
static void
items_changed_cb (FtAddition *self, guint position, guint removed, guint added, GListModel *torrents)
{
  FtTorrent *same;

  if (self->state != FT_ADDITION_READY)
    return;
  if (removed > 0 && has_gone (self))
    {
      ft_addition_unfollow (self);
      self->prepared = 0;
      ft_addition_set_state (self, FT_ADDITION_FAILED,
                             g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, _("It was removed from the list")));
      return;
    }
  same = find_same (self, torrents, position, added);
  if (same != NULL && is_duplicate_of (self, same))
    ft_addition_examine_existing (self, self->session, ft_torrent_get_id (same), examined_late_cb,
                                  g_object_ref (self->session));
  else
    follow_same (self, same);
}

static void
follow_list (FtAddition *self, FtSession *session)
{
  self->session = g_object_ref (session);
  self->list_handler
    = g_signal_connect_swapped (ft_session_get_torrents (session), "items-changed",
                                G_CALLBACK (items_changed_cb), self);
}

void
ft_addition_leave_list (FtAddition *self)
{
  if (self->list_handler != 0)
    g_signal_handler_disconnect (ft_session_get_torrents (self->session), self->list_handler);
  self->list_handler = 0;
  g_clear_object (&self->session);
}

static void
examined_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  ft_addition_examine_finish (FT_ADDITION (object), result);
  finish (task);
}

static void
look_for_existing (GTask *task)
{
  FtAddition *self = g_task_get_source_object (task);
  FtSession *session = g_task_get_task_data (task);
  GListModel *torrents = ft_session_get_torrents (session);
  FtTorrent *same = find_same (self, torrents, 0, g_list_model_get_n_items (torrents));

  if (same != NULL && is_duplicate_of (self, same))
    {
      ft_addition_examine_existing (self, session, ft_torrent_get_id (same), examined_cb, g_object_ref (task));
      return;
    }
  follow_list (self, session);
  ft_addition_set_state (self, FT_ADDITION_READY, NULL);
  follow_same (self, same);
  finish (task);
}

/* Files. */

typedef struct
{
  BtTorrentFile *description;
  BtFileList *files;
} Contents;

static void
contents_free (gpointer data)
{
  Contents *contents = data;

  g_clear_pointer (&contents->description, bt_torrent_file_free);
  g_clear_pointer (&contents->files, bt_file_list_unref);
  g_free (contents);
}

static BtFileList *
list_files (const BtTorrentFile *description)
{
  for (guint i = 0; i < description->files->len; i++)
    g_ref_string_acquire (g_array_index (description->files, BtFileStatus, i).path);
  return bt_file_list_new ((const BtFileStatus *) (gconstpointer) description->files->data,
                           description->files->len);
}

/* A torrent of 200,000 files takes a while to read. */
static void
describe_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  BtTorrentFile *description = bt_torrent_file_describe (data, &error);
  Contents *contents;

  if (description == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  contents = g_new0 (Contents, 1);
  contents->description = description;
  contents->files = list_files (description);
  g_task_return_pointer (task, contents, contents_free);
}

static void
take_description (FtAddition *self, const BtTorrentFile *description)
{
  ft_addition_set_own_name (self, description->name);
  self->info_hash = description->info_hash;
  self->is_private = description->is_private;
  self->tiers = g_ptr_array_ref (description->tiers);
}

static void
described_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtAddition *self = g_task_get_source_object (task);
  GError *error = NULL;
  Contents *contents = g_task_propagate_pointer (G_TASK (result), &error);

  if (contents == NULL)
    {
      fail (task, error);
      return;
    }
  take_description (self, contents->description);
  ft_addition_take_files (self, g_steal_pointer (&contents->files), contents->description->n_files);
  contents_free (contents);
  look_for_existing (task);
}

/* Takes @torrent. */
static void
describe (GTask *task, GBytes *torrent)
{
  FtAddition *self = g_task_get_source_object (task);
  g_autoptr (GTask) thread_task
    = g_task_new (self, g_task_get_cancellable (task), described_cb, g_object_ref (task));

  self->torrent = torrent;
  g_task_set_task_data (thread_task, g_bytes_ref (torrent), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (thread_task, describe_in_thread);
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *torrent = ft_read_torrent_finish (G_FILE (object), result, &error);

  if (torrent != NULL)
    describe (task, torrent);
  else
    fail (task, error);
}

static void
read_magnet (GTask *task)
{
  FtAddition *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (BtTorrentFile) description = bt_magnet_describe (self->link, &error);

  if (description == NULL)
    {
      fail (task, error);
      return;
    }
  take_description (self, description);
  look_for_existing (task);
}

/* The web. */

/* What the engine says of it is about a server, not about a torrent. Takes @error. */
static GError *
explain (GError *error)
{
  const char *text = NULL;
  GError *explained;

  if (g_error_matches (error, BT_ERROR, BT_ERROR_MALFORMED))
    text = _("This address does not lead to a .torrent file. Copy the link of the download itself, not of its page");
  else if (g_error_matches (error, BT_ERROR, BT_ERROR_REMOTE))
    text = _("The server does not give out this file. You may have to log in there: download it with a web browser");
  else if (g_error_matches (error, BT_ERROR, BT_ERROR_LIMIT))
    text = _("This .torrent file is unusually large. Download it with a web browser, and open it from there");
  if (text == NULL)
    return error;
  explained = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, text);
  g_error_free (error);
  return explained;
}

static void
fetched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *torrent = ft_session_fetch_torrent_finish (FT_SESSION (object), result, &error);

  if (torrent != NULL)
    describe (task, torrent);
  else
    fail (task, explain (error));
}

static void
fetch (GTask *task)
{
  FtAddition *self = g_task_get_source_object (task);

  ft_session_fetch_torrent_async (g_task_get_task_data (task), self->link, g_task_get_cancellable (task),
                                  fetched_cb, g_object_ref (task));
}

/* Opened together with the program: its session has to run first. Takes @user_data, a task. */
static void
state_changed_cb (FtSession *session, GParamSpec *pspec, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  if (ft_session_get_state (session) == FT_SESSION_STARTING)
    return;
  task = user_data;
  g_signal_handlers_disconnect_by_func (session, state_changed_cb, task);
  fetch (task);
}

static void
read_web (GTask *task)
{
  FtSession *session = g_task_get_task_data (task);

  if (ft_session_get_state (session) == FT_SESSION_STARTING)
    g_signal_connect (session, "notify::state", G_CALLBACK (state_changed_cb), g_object_ref (task));
  else
    fetch (task);
}

void
ft_addition_load_async (FtAddition *self,
                        FtSession *session,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FT_IS_ADDITION (self));
  g_return_if_fail (FT_IS_SESSION (session));
  g_return_if_fail (self->state == FT_ADDITION_WAITING);

  task = g_task_new (self, self->loading, callback, user_data);
  g_task_set_source_tag (task, ft_addition_load_async);
  g_task_set_task_data (task, g_object_ref (session), g_object_unref);
  ft_addition_set_state (self, FT_ADDITION_LOADING, NULL);
  if (self->file != NULL)
    ft_read_torrent_async (self->file, !self->accepts_unusual, self->loading, read_cb, g_object_ref (task));
  else if (ft_addition_is_magnet (self))
    read_magnet (task);
  else
    read_web (task);
}

gboolean
ft_addition_load_finish (FtAddition *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
ft_addition_is_unusual (FtAddition *self)
{
  g_return_val_if_fail (FT_IS_ADDITION (self), FALSE);

  return self->state == FT_ADDITION_FAILED
         && g_error_matches (self->error, FT_READ_TORRENT_ERROR, FT_READ_TORRENT_ERROR_UNUSUAL);
}

void
ft_addition_accept_unusual (FtAddition *self)
{
  g_return_if_fail (ft_addition_is_unusual (self));

  self->accepts_unusual = TRUE;
  ft_addition_set_state (self, FT_ADDITION_WAITING, NULL);
}

void
ft_addition_stop_loading (FtAddition *self)
{
  g_return_if_fail (FT_IS_ADDITION (self));

  if (self->state == FT_ADDITION_LOADING)
    g_cancellable_cancel (self->loading);
}
