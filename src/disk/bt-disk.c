/* bt-disk.c: the disk as the engine calls it: who waits for whom, and how results come back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-disk-private.h"

#include "bt-limits.h"

#include <sys/resource.h>

/* All of this file runs in the engine's thread. Each storage keeps its jobs in the order they were
 * asked for. A job goes to its worker at once unless a barrier is before it; barriers and fences go
 * when they are the first. */

#define MAX_WORKERS 8
/* Folders that have threads of their own; further ones share. */
#define MAX_GROUPS 4

typedef struct
{
  BtWorkerGroup *groups[MAX_GROUPS];
  guint users[MAX_GROUPS]; /* storages */
  guint n;
} Groups;

struct _BtFileDisk
{
  BtDisk parent;
  BtFileSet *set;
  BtDiskReturns *returns;
  guint n_workers;
  Groups folders; /* by the folder that storages are in */
  Groups movers;  /* by the folder that storages are moved to: a move may take hours */
  guint64 last_id;
  gsize backlog;
  guint n_jobs;     /* asked for and not over */
  guint n_storages; /* that have not been let go */
  BtJobQueue done;  /* that came back and wait for their callback */
};

static BtFileDisk *
file_disk (BtDisk *disk)
{
  return (BtFileDisk *) disk;
}

static BtFileStorage *
file_storage (BtStorage *storage)
{
  return (BtFileStorage *) storage;
}

/* Groups. */

static guint
find_group (BtFileDisk *self, Groups *groups, guint n_workers, const char *root)
{
  guint shared = 0;

  for (guint i = 0; i < groups->n; i++)
    if (g_str_equal (bt_worker_group_root (groups->groups[i]), root))
      return i;
  if (groups->n < MAX_GROUPS)
    {
      groups->groups[groups->n] = bt_worker_group_new (root, n_workers, self->returns);
      return groups->n++;
    }
  for (guint i = 1; i < groups->n; i++)
    if (groups->users[i] < groups->users[shared])
      shared = i;
  if (groups->users[shared] == 0)
    bt_worker_group_set_root (groups->groups[shared], root);
  return shared;
}

static guint
find_folder_group (BtFileDisk *self, const char *root)
{
  return find_group (self, &self->folders, self->n_workers, root);
}

static void
free_groups (Groups *groups)
{
  for (guint i = 0; i < groups->n; i++)
    bt_worker_group_free (groups->groups[i]);
}

/* One thread: moves to one disk are done one after another. */
BtWorkerGroup *
bt_disk_get_movers (BtDisk *disk, const char *folder)
{
  BtFileDisk *self = file_disk (disk);

  return self->movers.groups[find_group (self, &self->movers, MIN (self->n_workers, 1), folder)];
}

void
bt_disk_regroup (BtFileStorage *storage)
{
  BtFileDisk *self = file_disk (storage->parent.disk);

  self->folders.users[storage->group]--;
  storage->group = find_folder_group (self, storage->store->root);
  self->folders.users[storage->group]++;
}

/* Jobs. */

gpointer
bt_disk_job_new (const BtDiskJobClass *klass, BtStorage *storage, gpointer owner)
{
  BtDiskJob *job = g_malloc0 (klass->size);

  job->klass = klass;
  job->storage = file_storage (storage);
  job->owner = owner;
  job->link.data = job;
  if (storage != NULL)
    job->lane = job->storage->store->id;
  return job;
}

static void
free_job (BtDiskJob *job)
{
  if (job->klass->clear != NULL)
    job->klass->clear (job);
  g_clear_error (&job->error);
  g_free (job);
}

static void
dispatch (BtFileDisk *self, BtDiskJob *job)
{
  job->dispatched = TRUE;
  bt_worker_group_push (job->apart != NULL ? job->apart : self->folders.groups[job->storage->group], job);
}

void
bt_disk_submit (BtDisk *disk, BtDiskJob *job, const char *path)
{
  BtFileDisk *self = file_disk (disk);
  BtFileStorage *storage = job->storage;

  self->n_jobs++;
  self->backlog += job->backlog;
  if (storage == NULL)
    {
      bt_worker_group_push (self->folders.groups[find_folder_group (self, path)], job);
      return;
    }
  g_assert (!storage->freed || job->klass->deliver == NULL);
  g_queue_push_tail_link (&storage->jobs, &job->link);
  if (job->klass->order == BT_ORDER_LANE ? storage->n_barriers == 0 : storage->jobs.length == 1)
    dispatch (self, job);
  if (job->klass->order == BT_ORDER_BARRIER)
    storage->n_barriers++;
}

/* A job is over: sends those that waited for it. */
static void
advance (BtFileDisk *self, BtFileStorage *storage, const BtDiskJob *over)
{
  GList *first = storage->jobs.head;
  BtDiskJob *job = first != NULL ? first->data : NULL;

  if (job != NULL && !job->dispatched && job->klass->order != BT_ORDER_LANE)
    dispatch (self, job);
  if (over->klass->order != BT_ORDER_BARRIER)
    return;
  for (GList *link = first; link != NULL; link = link->next)
    {
      job = link->data;
      if (job->klass->order == BT_ORDER_BARRIER)
        return;
      if (job->klass->order == BT_ORDER_LANE && !job->dispatched)
        dispatch (self, job);
    }
}

static void
finish (BtFileDisk *self, BtDiskJob *job)
{
  BtFileStorage *storage = job->storage;

  self->n_jobs--;
  self->backlog -= job->backlog;
  if (storage == NULL)
    return;
  g_queue_unlink (&storage->jobs, &job->link);
  if (job->klass->order == BT_ORDER_BARRIER)
    storage->n_barriers--;
  if (job->klass->settle != NULL)
    job->klass->settle (job);
  advance (self, storage, job);
}

static void
gather (BtFileDisk *self)
{
  BtJobQueue stolen = bt_disk_returns_steal (self->returns);
  BtDiskJob *job;

  while ((job = bt_job_queue_pop (&stolen)) != NULL)
    {
      finish (self, job);
      bt_job_queue_push (&self->done, job);
    }
}

/* A callback may free storages and the disk itself, which empties the queue; whoever calls this
 * holds @returns. */
static void
arrived_cb (gpointer data)
{
  BtFileDisk *self = data;
  BtDiskReturns *returns = self->returns;
  BtDiskJob *job;

  gather (self);
  while (bt_disk_returns_is_attached (returns) && (job = bt_job_queue_pop (&self->done)) != NULL)
    {
      if (job->klass->deliver != NULL && (job->storage == NULL || !job->storage->freed))
        job->klass->deliver (job);
      free_job (job);
    }
}

/* Storages. */

static BtStorage *
storage_new (BtDisk *disk, BtMetainfo *metainfo, const BtStorageConfig *config)
{
  BtFileDisk *self = file_disk (disk);
  BtFileStorage *storage = g_new0 (BtFileStorage, 1);

  g_return_val_if_fail (g_path_is_absolute (config->root), NULL);
  storage->parent.disk = disk;
  storage->store = bt_file_store_new (metainfo, config, self->set, ++self->last_id);
  storage->group = find_folder_group (self, config->root);
  self->folders.users[storage->group]++;
  self->n_storages++;
  g_queue_init (&storage->jobs);
  return &storage->parent;
}

static void
run_release_in_disk (BtDiskJob *job, BtWorker *worker)
{
  bt_file_store_close_in_disk (job->storage->store);
}

/* Results come back in order, so this is the last that names the storage. */
static void
clear_release (BtDiskJob *job)
{
  BtFileStorage *storage = job->storage;

  file_disk (storage->parent.disk)->folders.users[storage->group]--;
  bt_file_store_free (storage->store);
  g_free (storage);
}

static const BtDiskJobClass release_class = {
  .size = sizeof (BtDiskJob),
  .order = BT_ORDER_BARRIER,
  .run_in_disk = run_release_in_disk,
  .clear = clear_release,
};

static void
storage_free (BtDisk *disk, BtStorage *storage)
{
  BtFileStorage *self = file_storage (storage);

  g_return_if_fail (!self->freed);
  self->freed = TRUE;
  file_disk (disk)->n_storages--;
  atomic_store (&self->store->abandoned, TRUE);
  bt_disk_submit (disk, bt_disk_job_new (&release_class, storage, NULL), NULL);
}

static BtRest *
rest (BtDisk *disk, const BtRestConfig *config)
{
  return bt_rests_add (bt_file_set_get_rests (file_disk (disk)->set), config);
}

static void
wake (BtDisk *disk, BtRest *rest)
{
  bt_rests_remove (bt_file_set_get_rests (file_disk (disk)->set), rest);
}

static void
set_created (BtStorage *storage, const guint8 *created, const BtFileStamp *stamps)
{
  BtFileStore *store = file_storage (storage)->store;

  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    {
      atomic_store (&store->files[i].created, created[i] != 0);
      if (stamps != NULL)
        store->files[i].known = stamps[i].inode & ~BT_INODE_ELSEWHERE;
    }
}

static void
get_created (BtStorage *storage, guint8 *created)
{
  BtFileStore *store = file_storage (storage)->store;

  for (guint32 i = 0; i < store->metainfo->n_files; i++)
    created[i] = atomic_load (&store->files[i].created);
}

/* The disk. */

static gsize
get_backlog (BtDisk *disk)
{
  return file_disk (disk)->backlog;
}

static void
free_disk (BtDisk *disk)
{
  BtFileDisk *self = file_disk (disk);
  BtDiskJob *job;

  g_assert (self->n_storages == 0);
  for (;;)
    {
      while ((job = bt_job_queue_pop (&self->done)) != NULL)
        free_job (job);
      if (self->n_jobs == 0)
        break;
      bt_disk_returns_wait (self->returns);
      gather (self);
    }
  free_groups (&self->folders);
  free_groups (&self->movers);
  bt_file_set_free (self->set);
  bt_disk_returns_detach (self->returns);
  bt_disk_returns_unref (self->returns);
  g_free (self);
}

static const BtDiskOps file_disk_ops = {
  .storage_new = storage_new,
  .storage_free = storage_free,
  .rest = rest,
  .wake = wake,
  .stat = bt_disk_stat,
  .write = bt_disk_write,
  .read = bt_disk_read,
  .lend = bt_disk_lend,
  .lend_at_once = bt_disk_lend_at_once,
  .check_piece = bt_disk_check_piece,
  .check_stretch = bt_disk_check_stretch,
  .hash_blocks = bt_disk_hash_blocks,
  .make_files = bt_disk_make_files,
  .set_priorities = bt_disk_set_priorities,
  .sync = bt_disk_sync,
  .close_files = bt_disk_close_files,
  .remove_files = bt_disk_remove_files,
  .look_at_move = bt_disk_look_at_move,
  .move = bt_disk_move,
  .move_progress = bt_disk_move_progress,
  .stop_moving = bt_disk_stop_moving,
  .adopt = bt_disk_adopt,
  .clean = bt_disk_clean,
  .rename = bt_disk_rename,
  .free_space = bt_disk_free_space,
  .backlog = get_backlog,
  .set_created = set_created,
  .get_created = get_created,
  .free = free_disk,
};

BtDisk *
bt_disk_new_full (BtMailbox *mailbox, guint n_workers, guint max_open)
{
  BtFileDisk *self = g_new0 (BtFileDisk, 1);

  self->parent.ops = &file_disk_ops;
  self->set = bt_file_set_new (max_open);
  self->returns = bt_disk_returns_new (mailbox, arrived_cb, self);
  self->n_workers = n_workers;
  return &self->parent;
}

/* Files are no more than a quarter of what the system lets us open. */
static guint
count_files_to_keep_open (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return BT_LIMIT_OPEN_FILES;
  return (guint) MIN (limit.rlim_cur / 4, BT_LIMIT_OPEN_FILES);
}

BtDisk *
bt_disk_new (BtMailbox *mailbox, guint n_workers)
{
  if (n_workers == 0)
    n_workers = CLAMP (g_get_num_processors (), 1, MAX_WORKERS);
  return bt_disk_new_full (mailbox, n_workers, count_files_to_keep_open ());
}

BtFileSet *
bt_disk_get_file_set (BtDisk *disk)
{
  return file_disk (disk)->set;
}

void
bt_storage_set_created (BtStorage *storage, const guint8 *created, const BtFileStamp *stamps)
{
  storage->disk->ops->set_created (storage, created, stamps);
}

void
bt_storage_get_created (BtStorage *storage, guint8 *created)
{
  storage->disk->ops->get_created (storage, created);
}
