/* ft-demo.c: a whole swarm on loopback, so that the program can be seen at work without a network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-demo.h"

#include "bt-engine.h"
#include "ft-demo-job.h"
#include "ft-demo-sample.h"
#include "ft-demo-tracker.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <stdio.h>

#define SEED_LIMIT_BYTES_PER_S (12u * 1000 * 1000)

struct _FtDemo
{
  GObject parent_instance;

  BtMailbox *mailbox; /* where results of threads are read */
  char *folder;       /* (nullable) */
  char *source_dir;
  char *download_dir;
  char *tracker_url;
  FtDemoTracker *tracker;
  GBytes *torrent;
  BtEngine *seed;     /* (nullable) */
  GCancellable *cancellable; /* of the start: a stop calls it off */
  gboolean starting;
  GTask *stop_task;   /* (nullable): a stop that waits for the end of the start */
};

G_DEFINE_FINAL_TYPE (FtDemo, ft_demo, G_TYPE_OBJECT)

static int
remove_entry_cb (const char *path, const struct stat *info, int type, struct FTW *where)
{
  return remove (path);
}

/* Symbolic links are removed, not followed. */
static gboolean
remove_folder (const char *folder, GError **error)
{
  if (nftw (folder, remove_entry_cb, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0)
    return TRUE;
  int code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", folder,
               g_strerror (code));
  return FALSE;
}

static void
ft_demo_finalize (GObject *object)
{
  FtDemo *self = FT_DEMO (object);

  /* Without a stop files would be left behind, and an engine running. */
  g_warn_if_fail (self->folder == NULL && self->seed == NULL);
  g_clear_pointer (&self->tracker, ft_demo_tracker_free);
  g_clear_pointer (&self->torrent, g_bytes_unref);
  g_clear_object (&self->cancellable);
  bt_mailbox_close (self->mailbox);
  bt_mailbox_unref (self->mailbox);
  g_free (self->folder);
  g_free (self->source_dir);
  g_free (self->download_dir);
  g_free (self->tracker_url);
  G_OBJECT_CLASS (ft_demo_parent_class)->finalize (object);
}

static void
ft_demo_class_init (FtDemoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ft_demo_finalize;
}

static void
ft_demo_init (FtDemo *self)
{
  self->mailbox = bt_mailbox_new (g_main_context_get_thread_default ());
}

FtDemo *
ft_demo_new (void)
{
  return g_object_new (FT_TYPE_DEMO, NULL);
}

static gboolean
remove_in_thread (gpointer source, gpointer data, GError **error)
{
  return remove_folder (data, error);
}

static void
remove_files (FtDemo *self, GTask *task)
{
  if (self->folder == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_task_set_task_data (task, g_steal_pointer (&self->folder), g_free);
  ft_demo_job_run (self->mailbox, task, remove_in_thread);
}

static void
seed_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtDemo *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!bt_engine_finish (self->seed, result, &error))
    g_warning ("The seed did not stop well: %s", error->message);
  g_clear_object (&self->seed);
  /* It outlives the seed, so that the seed's last announce is answered at once. */
  g_clear_pointer (&self->tracker, ft_demo_tracker_free);
  remove_files (self, task);
}

static void
begin_stop (FtDemo *self, GTask *task)
{
  if (self->seed != NULL)
    {
      bt_engine_stop_async (self->seed, NULL, seed_stopped_cb, g_object_ref (task));
      return;
    }
  g_clear_pointer (&self->tracker, ft_demo_tracker_free);
  remove_files (self, task);
}

/* Takes @error. */
static void
end_start (GTask *task, GError *error)
{
  FtDemo *self = g_task_get_source_object (task);
  g_autoptr (GTask) stop_task = g_steal_pointer (&self->stop_task);

  self->starting = FALSE;
  if (error != NULL)
    g_task_return_error (task, error);
  else if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
  if (stop_task != NULL)
    begin_stop (self, stop_task);
}

static gboolean
make_folders (FtDemo *self, GError **error)
{
  self->folder = g_dir_make_tmp ("friendtorrent-demo-XXXXXX", error);
  if (self->folder == NULL)
    return FALSE;
  self->source_dir = g_build_filename (self->folder, "source", NULL);
  self->download_dir = g_build_filename (self->folder, "download", NULL);
  if (g_mkdir (self->source_dir, 0700) == 0 && g_mkdir (self->download_dir, 0700) == 0)
    return TRUE;
  int code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", self->folder,
               g_strerror (code));
  return FALSE;
}

static gboolean
start_tracker (FtDemo *self, GError **error)
{
  self->tracker = ft_demo_tracker_new (error);
  if (self->tracker == NULL)
    return FALSE;
  self->tracker_url = ft_demo_tracker_dup_url (self->tracker, G_SOCKET_FAMILY_IPV4);
  if (self->tracker_url != NULL)
    return TRUE;
  g_set_error (error, BT_ERROR, BT_ERROR_NETWORK, "%s cannot be used", FT_DEMO_ADDRESS);
  return FALSE;
}

static gboolean
make_sample_in_thread (gpointer source, gpointer data, GError **error)
{
  FtDemo *self = source;

  if (ft_demo_sample_make (self->source_dir, self->cancellable, error))
    self->torrent = ft_demo_sample_build_torrent (self->source_dir, self->tracker_url,
                                                  self->cancellable, error);
  return self->torrent != NULL;
}

static void
seed_added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtDemo *self = g_task_get_source_object (task);
  GError *error = NULL;

  bt_engine_add_finish (self->seed, result, NULL, &error);
  end_start (task, error);
}

static void
seed_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtDemo *self = g_task_get_source_object (task);
  BtAddRequest request = { .torrent = self->torrent, .intent = BT_INTENT_RUN, .trust_data = TRUE };
  GError *error = NULL;

  if (!bt_engine_finish (self->seed, result, &error))
    end_start (task, error);
  else
    bt_engine_add_async (self->seed, &request, NULL, seed_added_cb, g_object_ref (task));
}

static BtEngine *
create_seed (FtDemo *self)
{
  g_autoptr (BtConfig) config = bt_config_new ();

  g_free (config->download_dir);
  config->download_dir = g_strdup (self->source_dir);
  config->bind_address = g_strdup (FT_DEMO_ADDRESS);
  config->dht = config->pex = config->lsd = config->utp = config->port_mapping = FALSE;
  config->limit_up_bytes_per_s = SEED_LIMIT_BYTES_PER_S;
  /* Nobody waits for a tracker of ours at the end. */
  config->stop_timeout_ms = 500;
  return bt_engine_new (config);
}

static void
sample_made_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FtDemo *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      end_start (task, error);
      return;
    }
  self->seed = create_seed (self);
  bt_engine_start_async (self->seed, NULL, seed_started_cb, g_object_ref (task));
}

void
ft_demo_start_async (FtDemo *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GTask) sample_task = NULL;
  GError *error = NULL;

  g_return_if_fail (FT_IS_DEMO (self));
  g_return_if_fail (self->cancellable == NULL);

  self->cancellable = g_cancellable_new ();
  self->starting = TRUE;
  task = g_task_new (self, self->cancellable, callback, user_data);
  g_task_set_source_tag (task, ft_demo_start_async);
  if (!make_folders (self, &error) || !start_tracker (self, &error))
    {
      end_start (task, error);
      return;
    }
  sample_task = g_task_new (self, self->cancellable, sample_made_cb, g_object_ref (task));
  ft_demo_job_run (self->mailbox, sample_task, make_sample_in_thread);
}

gboolean
ft_demo_start_finish (FtDemo *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

GBytes *
ft_demo_get_torrent (FtDemo *self)
{
  g_return_val_if_fail (FT_IS_DEMO (self), NULL);

  return self->torrent;
}

const char *
ft_demo_get_download_dir (FtDemo *self)
{
  g_return_val_if_fail (FT_IS_DEMO (self), NULL);

  return self->download_dir;
}

static gboolean
compare_in_thread (gpointer source, gpointer data, GError **error)
{
  FtDemo *self = source;

  return ft_demo_sample_compare (self->source_dir, self->download_dir, NULL, error);
}

void
ft_demo_verify_async (FtDemo *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (FT_IS_DEMO (self));
  g_return_if_fail (self->torrent != NULL);

  g_task_set_source_tag (task, ft_demo_verify_async);
  ft_demo_job_run (self->mailbox, task, compare_in_thread);
}

gboolean
ft_demo_verify_finish (FtDemo *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
ft_demo_stop_async (FtDemo *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (FT_IS_DEMO (self));

  g_return_if_fail (self->stop_task == NULL);

  g_task_set_source_tag (task, ft_demo_stop_async);
  if (self->starting)
    {
      /* Its files may be being written this moment. */
      g_cancellable_cancel (self->cancellable);
      self->stop_task = g_steal_pointer (&task);
      return;
    }
  begin_stop (self, task);
}

gboolean
ft_demo_stop_finish (FtDemo *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
