/* bt-disk-private.h: jobs, the threads that do them, and the way back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-storage-private.h"

G_BEGIN_DECLS

typedef struct _BtFileDisk BtFileDisk;
typedef struct _BtFileStorage BtFileStorage;
typedef struct _BtDiskJob BtDiskJob;
typedef struct _BtDiskReturns BtDiskReturns;
typedef struct _BtWorker BtWorker;
typedef struct _BtWorkerGroup BtWorkerGroup;

/* How a job stands to the others of its storage. */
typedef enum
{
  BT_ORDER_LANE,    /* after earlier ones of its lane (piece) */
  BT_ORDER_FENCE,   /* after all earlier ones */
  BT_ORDER_BARRIER, /* after all earlier ones, and before all later ones */
} BtOrder;

typedef struct
{
  gsize size; /* of the struct that starts with a BtDiskJob */
  BtOrder order;
  gboolean only_looks; /* not worth doing when nobody waits */
  void (*run_in_disk) (BtDiskJob *job, BtWorker *worker);
  void (*settle) (BtDiskJob *job);  /* before jobs that waited for it are sent; (nullable) */
  void (*deliver) (BtDiskJob *job); /* calls back; (nullable) */
  void (*clear) (BtDiskJob *job);   /* frees what the job holds; (nullable) */
  gboolean gives_way; /* any worker does it when there is nothing else to do; lanes mean nothing to it */
  gboolean needs_hashes; /* waits until those are settled that are only noted */
} BtDiskJobClass;

/* Made and freed in the engine's thread; between dispatch and return it belongs to a worker. */
struct _BtDiskJob
{
  const BtDiskJobClass *klass;
  BtFileStorage *storage; /* (nullable) */
  BtWorkerGroup *apart;   /* (nullable): threads to do it in place of those of its folder */
  gpointer owner;
  GError *error;
  BtDiskJob *next;     /* in one queue of the four: a worker's two, the returns, the disk's */
  GList link;          /* in the storage's list, in the order asked for */
  guint64 lane;        /* which worker */
  gsize backlog;       /* bytes to write */
  gboolean dispatched; /* given to a worker */
  gboolean kept;       /* done, but its bytes are needed until their hash is settled */
};

typedef struct
{
  BtDiskJob *first;
  BtDiskJob *last;
} BtJobQueue;

static inline void
bt_job_queue_push (BtJobQueue *queue, BtDiskJob *job)
{
  job->next = NULL;
  if (queue->first == NULL)
    queue->first = job;
  else
    queue->last->next = job;
  queue->last = job;
}

static inline BtDiskJob *
bt_job_queue_pop (BtJobQueue *queue)
{
  BtDiskJob *job = queue->first;

  if (job != NULL)
    queue->first = job->next;
  return job;
}

static inline BtJobQueue
bt_job_queue_steal (BtJobQueue *queue)
{
  BtJobQueue stolen = *queue;

  *queue = (BtJobQueue){ NULL, NULL };
  return stolen;
}

/* The engine's side of a store. */
struct _BtFileStorage
{
  BtStorage parent;
  BtFileStore *store;
  guint group;      /* of the disk's */
  GQueue jobs;      /* of BtDiskJob that are not over, by their own links, in the order asked for */
  guint n_barriers; /* among them */
  gboolean freed;
};

/* bt-disk-worker.c */

/* A worker's thread only. */
BtPieceHashes *bt_worker_hashes (BtWorker *worker);
/* Does what has come meanwhile and does not give way. @data: a BtWorker */
void bt_worker_pause_in_disk (gpointer data);
/* Then a job may be kept (it returns some milliseconds later), and others are brought while it is done. */
gboolean bt_worker_has_thread (const BtWorker *worker);

/* The threads for one folder. @n_workers: 0: none, jobs are done where they are pushed */
BtWorkerGroup *bt_worker_group_new (const char *root, guint n_workers, BtDiskReturns *returns);
/* Does all that waits, then joins. */
void bt_worker_group_free (BtWorkerGroup *group);
const char *bt_worker_group_root (const BtWorkerGroup *group);
void bt_worker_group_set_root (BtWorkerGroup *group, const char *root);
void bt_worker_group_push (BtWorkerGroup *group, BtDiskJob *job);

/* Where workers put jobs that are done; one letter brings all that have gathered. */
BtDiskReturns *bt_disk_returns_new (BtMailbox *mailbox, void (*arrived) (gpointer), gpointer owner);
/* In the engine's thread: @arrived is called no more. */
void bt_disk_returns_detach (BtDiskReturns *returns);
gboolean bt_disk_returns_is_attached (const BtDiskReturns *returns);
void bt_disk_returns_unref (BtDiskReturns *returns);
void bt_disk_returns_push_in_disk (BtDiskReturns *returns, BtDiskJob *job);
BtJobQueue bt_disk_returns_steal (BtDiskReturns *returns);
/* Waits until there is something to steal. */
void bt_disk_returns_wait (BtDiskReturns *returns);

/* bt-disk.c */

/* @n_workers: 0: no threads, jobs are done at the call; results still come through the mailbox. So that what
 * happens is the same each time, in a simulation. */
BtDisk *bt_disk_new_full (BtMailbox *mailbox, guint n_workers, guint max_open);
/* The set of open files, for tests. */
BtFileSet *bt_disk_get_file_set (BtDisk *disk);

/* @storage: (nullable). */
gpointer bt_disk_job_new (const BtDiskJobClass *klass, BtStorage *storage, gpointer owner);
/* Takes the job. @path: (nullable): the folder that it is about, when it has no storage. */
void bt_disk_submit (BtDisk *disk, BtDiskJob *job, const char *path);

/* The thread for moves to @folder. */
BtWorkerGroup *bt_disk_get_movers (BtDisk *disk, const char *folder);
/* The storage is in another folder now. */
void bt_disk_regroup (BtFileStorage *storage);

/* bt-disk-move-jobs.c */
void bt_disk_look_at_move (BtDisk *disk, BtStorage *storage, const char *folder, BtDiskFunc done, gpointer owner);
void bt_disk_move (BtDisk *disk, BtStorage *storage, const char *folder, gboolean resuming, BtDiskFunc done,
                   gpointer owner);
double bt_disk_move_progress (BtStorage *storage);
void bt_disk_stop_moving (BtStorage *storage);
void bt_disk_adopt (BtDisk *disk, BtStorage *storage, const char *folder, BtDiskFunc done, gpointer owner);
void bt_disk_clean (BtDisk *disk, BtStorage *storage, const char *folder, BtDiskFunc done, gpointer owner);
void bt_disk_rename (BtDisk *disk, BtStorage *storage, const char *from, const char *to, const char *const *names,
                     BtDiskFunc done, gpointer owner);

/* bt-disk-jobs.c: the calls of BtDiskOps that make jobs. */
void bt_disk_stat (BtDisk *disk, BtStorage *storage, BtDiskStampsFunc done, gpointer owner);
void bt_disk_sync (BtDisk *disk, BtStorage *storage, BtDiskStampsFunc done, gpointer owner);
void bt_disk_make_files (BtDisk *disk, BtStorage *storage, BtDiskFunc done, gpointer owner);
void bt_disk_set_priorities (BtDisk *disk,
                             BtStorage *storage,
                             const guint8 *priorities,
                             const BtBitfield *have,
                             BtDiskFunc done,
                             gpointer owner);
void bt_disk_close_files (BtDisk *disk, BtStorage *storage);
void bt_disk_remove_files (BtDisk *disk,
                           BtStorage *storage,
                           const gboolean *created,
                           BtDiskFunc done,
                           gpointer owner);
void bt_disk_free_space (BtDisk *disk, const char *path, BtDiskSpaceFunc done, gpointer owner);
/* bt-disk-piece-jobs.c */
void bt_disk_write (BtDisk *disk,
                    BtStorage *storage,
                    guint64 offset,
                    BtBuffer *buffer,
                    guint32 buffer_offset,
                    guint32 length,
                    BtDiskFunc done,
                    gpointer owner);
void bt_disk_read (BtDisk *disk,
                   BtStorage *storage,
                   guint64 offset,
                   BtBuffer *buffer,
                   guint32 buffer_offset,
                   guint32 length,
                   BtDiskFunc done,
                   gpointer owner);
void bt_disk_lend (BtDisk *disk,
                   BtStorage *storage,
                   guint64 offset,
                   BtBuffer *buffer,
                   guint32 length,
                   BtDiskLendFunc done,
                   gpointer owner);
BtFileSlices *bt_disk_lend_at_once (BtDisk *disk, BtStorage *storage, guint64 offset, guint32 length);
void bt_disk_check_piece (BtDisk *disk,
                          BtStorage *storage,
                          guint32 piece,
                          BtDiskCheckFunc done,
                          gpointer owner);
void bt_disk_check_stretch (BtDisk *disk, BtStorage *storage, guint32 first, guint32 n_pieces,
                            BtDiskStretchFunc done, gpointer owner);
void bt_disk_hash_blocks (BtDisk *disk,
                          BtStorage *storage,
                          guint32 piece,
                          BtDiskHashesFunc done,
                          gpointer owner);

G_END_DECLS
