/* bt-disk-jobs.c: jobs about the files of a storage as a whole.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-disk-private.h"

/* stat and sync */

typedef struct
{
  BtDiskJob job;
  BtDiskStampsFunc done;
  BtFileStamp *stamps;
} StampsJob;

static void
run_stat_in_disk (BtDiskJob *job, BtWorker *worker)
{
  StampsJob *self = (StampsJob *) job;

  bt_file_store_stat_in_disk (job->storage->store, self->stamps, &job->error);
}

static void
run_sync_in_disk (BtDiskJob *job, BtWorker *worker)
{
  StampsJob *self = (StampsJob *) job;

  bt_file_store_sync_in_disk (job->storage->store, self->stamps, &job->error);
}

static void
deliver_stamps (BtDiskJob *job)
{
  StampsJob *self = (StampsJob *) job;

  self->done (job->error == NULL ? self->stamps : NULL, job->error, job->owner);
}

static void
clear_stamps (BtDiskJob *job)
{
  g_free (((StampsJob *) job)->stamps);
}

static void
settle_stat (BtDiskJob *job)
{
  job->storage->parent.device = job->storage->store->device;
}

static const BtDiskJobClass stat_class = {
  .size = sizeof (StampsJob),
  .order = BT_ORDER_BARRIER,
  .only_looks = TRUE,
  .run_in_disk = run_stat_in_disk,
  .settle = settle_stat,
  .deliver = deliver_stamps,
  .clear = clear_stamps,
};

/* A barrier, so that whatever was answered before it is on the platter. */
static const BtDiskJobClass sync_class = {
  .size = sizeof (StampsJob),
  .order = BT_ORDER_BARRIER,
  .run_in_disk = run_sync_in_disk,
  .deliver = deliver_stamps,
  .clear = clear_stamps,
};

static void
submit_stamps (const BtDiskJobClass *klass,
               BtDisk *disk,
               BtStorage *storage,
               BtDiskStampsFunc done,
               gpointer owner)
{
  StampsJob *self = bt_disk_job_new (klass, storage, owner);

  self->done = done;
  self->stamps = g_new0 (BtFileStamp, MAX (self->job.storage->store->metainfo->n_files, 1));
  bt_disk_submit (disk, &self->job, NULL);
}

void
bt_disk_stat (BtDisk *disk, BtStorage *storage, BtDiskStampsFunc done, gpointer owner)
{
  submit_stamps (&stat_class, disk, storage, done, owner);
}

/* Getting many seconds' bytes on the platter takes long, and peers need not wait for it: it is done
 * beside later jobs first, so that little is left for when it is done alone. */

typedef struct
{
  BtDiskJob job;
  BtDiskStampsFunc done;
} FlushJob;

static void
run_flush_in_disk (BtDiskJob *job, BtWorker *worker)
{
  bt_file_store_flush_in_disk (job->storage->store, !bt_worker_has_thread (worker), &job->error);
}

static void
deliver_flush (BtDiskJob *job)
{
  FlushJob *self = (FlushJob *) job;
  BtStorage *storage = &job->storage->parent;

  if (job->error != NULL)
    self->done (NULL, job->error, job->owner);
  else
    submit_stamps (&sync_class, storage->disk, storage, self->done, job->owner);
}

static const BtDiskJobClass flush_class = {
  .size = sizeof (FlushJob),
  .order = BT_ORDER_FENCE,
  .only_looks = TRUE,
  .run_in_disk = run_flush_in_disk,
  .deliver = deliver_flush,
};

void
bt_disk_sync (BtDisk *disk, BtStorage *storage, BtDiskStampsFunc done, gpointer owner)
{
  FlushJob *self = bt_disk_job_new (&flush_class, storage, owner);

  self->done = done;
  bt_disk_submit (disk, &self->job, NULL);
}

/* make_files, close_files, set_priorities, remove_files */

typedef struct
{
  BtDiskJob job;
  BtDiskFunc done;
  guint8 *priorities;
  BtBitfield *have;  /* (nullable) */
  gboolean *created; /* (nullable) */
} FilesJob;

static void
run_make_in_disk (BtDiskJob *job, BtWorker *worker)
{
  bt_file_store_make_in_disk (job->storage->store, &job->error);
}

static void
run_close_in_disk (BtDiskJob *job, BtWorker *worker)
{
  bt_file_store_close_in_disk (job->storage->store);
}

static void
run_priorities_in_disk (BtDiskJob *job, BtWorker *worker)
{
  FilesJob *self = (FilesJob *) job;

  bt_file_store_set_priorities_in_disk (job->storage->store, self->priorities, self->have,
                                        &job->error);
}

static void
run_remove_in_disk (BtDiskJob *job, BtWorker *worker)
{
  FilesJob *self = (FilesJob *) job;

  bt_file_store_remove_in_disk (job->storage->store, self->created, &job->error);
}

static void
deliver_files (BtDiskJob *job)
{
  FilesJob *self = (FilesJob *) job;

  if (self->done != NULL)
    self->done (job->error, job->owner);
}

static void
clear_files (BtDiskJob *job)
{
  FilesJob *self = (FilesJob *) job;

  g_free (self->priorities);
  g_free (self->created);
  g_clear_pointer (&self->have, bt_bitfield_free);
}

static const BtDiskJobClass make_class = {
  .size = sizeof (FilesJob),
  .order = BT_ORDER_BARRIER,
  .run_in_disk = run_make_in_disk,
  .deliver = deliver_files,
  .clear = clear_files,
};

static const BtDiskJobClass close_class = {
  .size = sizeof (FilesJob),
  .order = BT_ORDER_BARRIER,
  .run_in_disk = run_close_in_disk,
  .deliver = deliver_files,
  .clear = clear_files,
};

static const BtDiskJobClass priorities_class = {
  .size = sizeof (FilesJob),
  .order = BT_ORDER_BARRIER,
  .run_in_disk = run_priorities_in_disk,
  .deliver = deliver_files,
  .clear = clear_files,
};

static const BtDiskJobClass remove_class = {
  .size = sizeof (FilesJob),
  .order = BT_ORDER_BARRIER,
  .run_in_disk = run_remove_in_disk,
  .deliver = deliver_files,
  .clear = clear_files,
};

void
bt_disk_make_files (BtDisk *disk, BtStorage *storage, BtDiskFunc done, gpointer owner)
{
  FilesJob *self = bt_disk_job_new (&make_class, storage, owner);

  self->done = done;
  bt_disk_submit (disk, &self->job, NULL);
}

void
bt_disk_close_files (BtDisk *disk, BtStorage *storage)
{
  FilesJob *self = bt_disk_job_new (&close_class, storage, NULL);

  bt_disk_submit (disk, &self->job, NULL);
}

void
bt_disk_set_priorities (BtDisk *disk,
                        BtStorage *storage,
                        const guint8 *priorities,
                        const BtBitfield *have,
                        BtDiskFunc done,
                        gpointer owner)
{
  FilesJob *self = bt_disk_job_new (&priorities_class, storage, owner);

  self->done = done;
  self->priorities = g_memdup2 (priorities, self->job.storage->store->metainfo->n_files);
  self->have = have != NULL ? bt_bitfield_copy (have) : NULL;
  bt_disk_submit (disk, &self->job, NULL);
}

void
bt_disk_remove_files (BtDisk *disk,
                      BtStorage *storage,
                      const gboolean *created,
                      BtDiskFunc done,
                      gpointer owner)
{
  FilesJob *self = bt_disk_job_new (&remove_class, storage, owner);
  gsize n = self->job.storage->store->metainfo->n_files;

  self->done = done;
  self->created = created != NULL ? g_memdup2 (created, n * sizeof *created) : NULL;
  bt_disk_submit (disk, &self->job, NULL);
}

/* free_space */

typedef struct
{
  BtDiskJob job;
  BtDiskSpaceFunc done;
  char *path;
  gint64 free_bytes;
} SpaceJob;

static void
run_space_in_disk (BtDiskJob *job, BtWorker *worker)
{
  SpaceJob *self = (SpaceJob *) job;

  self->free_bytes = bt_free_space_in_disk (self->path, &job->error);
}

static void
deliver_space (BtDiskJob *job)
{
  SpaceJob *self = (SpaceJob *) job;

  self->done (self->free_bytes, job->error, job->owner);
}

static void
clear_space (BtDiskJob *job)
{
  g_free (((SpaceJob *) job)->path);
}

static const BtDiskJobClass space_class = {
  .size = sizeof (SpaceJob),
  .order = BT_ORDER_LANE,
  .only_looks = TRUE,
  .run_in_disk = run_space_in_disk,
  .deliver = deliver_space,
  .clear = clear_space,
};

void
bt_disk_free_space (BtDisk *disk, const char *path, BtDiskSpaceFunc done, gpointer owner)
{
  SpaceJob *self = bt_disk_job_new (&space_class, NULL, owner);

  self->done = done;
  self->path = g_strdup (path);
  bt_disk_submit (disk, &self->job, path);
}
