/* bt-disk-move-jobs.c: jobs that bring the files of a storage to another folder or name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-disk-private.h"

typedef struct
{
  BtDiskJob job;
  BtDiskFunc done;
  char *folder;
  gboolean resuming;
} MoveJob;

static void
run_look_in_disk (BtDiskJob *job, BtWorker *worker)
{
  MoveJob *self = (MoveJob *) job;

  bt_file_store_look_at_move_in_disk (job->storage->store, self->folder, &job->error);
}

static void
run_move_in_disk (BtDiskJob *job, BtWorker *worker)
{
  MoveJob *self = (MoveJob *) job;

  bt_file_store_move_in_disk (job->storage->store, self->folder, self->resuming, &job->error);
}

static void
run_adopt_in_disk (BtDiskJob *job, BtWorker *worker)
{
  MoveJob *self = (MoveJob *) job;

  bt_file_store_adopt_in_disk (job->storage->store, self->folder);
}

static void
run_clean_in_disk (BtDiskJob *job, BtWorker *worker)
{
  MoveJob *self = (MoveJob *) job;

  bt_file_store_clean_in_disk (job->storage->store, self->folder, &job->error);
}

static void
settle_in_new_folder (BtDiskJob *job)
{
  bt_disk_regroup (job->storage);
}

static void
deliver_move (BtDiskJob *job)
{
  ((MoveJob *) job)->done (job->error, job->owner);
}

static void
clear_move (BtDiskJob *job)
{
  g_free (((MoveJob *) job)->folder);
}

static const BtDiskJobClass look_class = {
  .size = sizeof (MoveJob),
  .order = BT_ORDER_FENCE,
  .only_looks = TRUE,
  .run_in_disk = run_look_in_disk,
  .deliver = deliver_move,
  .clear = clear_move,
};

static const BtDiskJobClass move_class = {
  .size = sizeof (MoveJob),
  .order = BT_ORDER_BARRIER,
  .run_in_disk = run_move_in_disk,
  .settle = settle_in_new_folder,
  .deliver = deliver_move,
  .clear = clear_move,
};

static const BtDiskJobClass adopt_class = {
  .size = sizeof (MoveJob),
  .order = BT_ORDER_BARRIER,
  .run_in_disk = run_adopt_in_disk,
  .settle = settle_in_new_folder,
  .deliver = deliver_move,
  .clear = clear_move,
};

static const BtDiskJobClass clean_class = {
  .size = sizeof (MoveJob),
  .order = BT_ORDER_FENCE,
  .run_in_disk = run_clean_in_disk,
  .deliver = deliver_move,
  .clear = clear_move,
};

static MoveJob *
move_job_new (const BtDiskJobClass *klass, BtStorage *storage, const char *folder, BtDiskFunc done, gpointer owner)
{
  MoveJob *self = bt_disk_job_new (klass, storage, owner);

  self->done = done;
  self->folder = g_strdup (folder);
  return self;
}

void
bt_disk_look_at_move (BtDisk *disk, BtStorage *storage, const char *folder, BtDiskFunc done, gpointer owner)
{
  bt_disk_submit (disk, &move_job_new (&look_class, storage, folder, done, owner)->job, NULL);
}

void
bt_disk_move (BtDisk *disk, BtStorage *storage, const char *folder, gboolean resuming, BtDiskFunc done,
              gpointer owner)
{
  MoveJob *self = move_job_new (&move_class, storage, folder, done, owner);
  BtFileStore *store = self->job.storage->store;

  self->resuming = resuming;
  self->job.apart = bt_disk_get_movers (disk, folder);
  atomic_store (&store->stop_moving, FALSE);
  atomic_store (&store->to_move, 0);
  atomic_store (&store->moved, 0);
  bt_disk_submit (disk, &self->job, NULL);
}

double
bt_disk_move_progress (BtStorage *storage)
{
  BtFileStore *store = ((BtFileStorage *) storage)->store;
  guint64 all = atomic_load (&store->to_move), moved = atomic_load (&store->moved);

  return all > 0 ? MIN ((double) moved / (double) all, 1) : 0;
}

void
bt_disk_stop_moving (BtStorage *storage)
{
  atomic_store (&((BtFileStorage *) storage)->store->stop_moving, TRUE);
}

void
bt_disk_adopt (BtDisk *disk, BtStorage *storage, const char *folder, BtDiskFunc done, gpointer owner)
{
  bt_disk_submit (disk, &move_job_new (&adopt_class, storage, folder, done, owner)->job, NULL);
}

void
bt_disk_clean (BtDisk *disk, BtStorage *storage, const char *folder, BtDiskFunc done, gpointer owner)
{
  MoveJob *self = move_job_new (&clean_class, storage, folder, done, owner);

  self->job.apart = bt_disk_get_movers (disk, folder);
  bt_disk_submit (disk, &self->job, NULL);
}

/* rename */

typedef struct
{
  BtDiskJob job;
  BtDiskFunc done;
  char *from;
  char *to;
  char **names; /* (nullable): until the job has run */
} RenameJob;

static void
run_rename_in_disk (BtDiskJob *job, BtWorker *worker)
{
  RenameJob *self = (RenameJob *) job;

  bt_file_store_rename_in_disk (job->storage->store, self->from, self->to, g_steal_pointer (&self->names),
                                &job->error);
}

static void
deliver_rename (BtDiskJob *job)
{
  ((RenameJob *) job)->done (job->error, job->owner);
}

static void
clear_rename (BtDiskJob *job)
{
  RenameJob *self = (RenameJob *) job;

  bt_file_store_free_names (self->names, job->storage->store->metainfo->n_files);
  g_free (self->from);
  g_free (self->to);
}

static const BtDiskJobClass rename_class = {
  .size = sizeof (RenameJob),
  .order = BT_ORDER_BARRIER,
  .run_in_disk = run_rename_in_disk,
  .deliver = deliver_rename,
  .clear = clear_rename,
};

void
bt_disk_rename (BtDisk *disk, BtStorage *storage, const char *from, const char *to, const char *const *names,
                BtDiskFunc done, gpointer owner)
{
  RenameJob *self = bt_disk_job_new (&rename_class, storage, owner);

  self->done = done;
  self->from = g_strdup (from);
  self->to = g_strdup (to);
  self->names = bt_file_store_copy_names (names, self->job.storage->store->metainfo->n_files);
  bt_disk_submit (disk, &self->job, NULL);
}
