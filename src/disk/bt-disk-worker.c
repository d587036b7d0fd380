/* bt-disk-worker.c: the threads that do jobs, and how jobs come to them and return.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-disk-private.h"

#include "bt-error.h"

#include <errno.h>
#include <signal.h>

/* pthread locks, not GMutex, so that ThreadSanitizer sees the hand-over. Queues are stolen under
 * the lock and worked off outside it. */

/* So long pieces wait for others to be hashed with. At 400 MB/s in pieces of 256 KiB, on two workers, that is as
 * many as can be hashed at once. */
#define KEEP_US (20 * 1000)

struct _BtDiskReturns
{
  atomic_int refs; /* of the disk, and of each letter that is under way */
  BtMailbox *mailbox;
  void (*arrived) (gpointer owner); /* (nullable): engine's thread only, like @owner */
  gpointer owner;

  pthread_mutex_t lock;
  pthread_cond_t wake;
  BtJobQueue queue;
  gboolean letter_sent;
};

#define PATIENCE 16 /* a job that gives way does so so often, and then its turn has come */

struct _BtWorker
{
  BtWorkerGroup *group;
  pthread_t thread;
  gboolean started; /* engine's thread only */

  /* Under the group's lock. */
  pthread_cond_t wake;
  BtJobQueue queue;
  gboolean idle;

  /* The thread's own. */
  BtPieceHashes *hashes;
  guint n_given_way;
  BtJobQueue kept; /* writes that are done but for their hashes, and checks that wait for these */
  gint64 settle_at; /* while there are any */
};

struct _BtWorkerGroup
{
  char *root;
  BtDiskReturns *returns;

  pthread_mutex_t lock;
  BtJobQueue later; /* what gives way: for whoever has nothing else to do */
  gboolean stopping;

  gboolean threads; /* else jobs are done in the thread that brings them */
  guint n_workers;
  BtWorker *workers;
};

/* The way back. */

BtDiskReturns *
bt_disk_returns_new (BtMailbox *mailbox, void (*arrived) (gpointer), gpointer owner)
{
  BtDiskReturns *returns = g_new0 (BtDiskReturns, 1);

  atomic_init (&returns->refs, 1);
  returns->mailbox = bt_mailbox_ref (mailbox);
  returns->arrived = arrived;
  returns->owner = owner;
  pthread_mutex_init (&returns->lock, NULL);
  pthread_cond_init (&returns->wake, NULL);
  return returns;
}

void
bt_disk_returns_detach (BtDiskReturns *returns)
{
  returns->arrived = NULL;
}

gboolean
bt_disk_returns_is_attached (const BtDiskReturns *returns)
{
  return returns->arrived != NULL;
}

void
bt_disk_returns_unref (BtDiskReturns *returns)
{
  if (atomic_fetch_sub (&returns->refs, 1) > 1)
    return;
  g_assert (returns->queue.first == NULL);
  bt_mailbox_unref (returns->mailbox);
  pthread_cond_destroy (&returns->wake);
  pthread_mutex_destroy (&returns->lock);
  g_free (returns);
}

static void
drop_letter (gpointer data)
{
  bt_disk_returns_unref (data);
}

static void
letter_cb (gpointer data)
{
  BtDiskReturns *returns = data;

  if (returns->arrived != NULL)
    returns->arrived (returns->owner);
  bt_disk_returns_unref (returns);
}

void
bt_disk_returns_push_in_disk (BtDiskReturns *returns, BtDiskJob *job)
{
  gboolean send;

  pthread_mutex_lock (&returns->lock);
  bt_job_queue_push (&returns->queue, job);
  send = !returns->letter_sent;
  returns->letter_sent = TRUE;
  if (send)
    atomic_fetch_add (&returns->refs, 1);
  pthread_cond_signal (&returns->wake);
  pthread_mutex_unlock (&returns->lock);
  if (send)
    bt_mailbox_post (returns->mailbox, letter_cb, returns, drop_letter);
}

BtJobQueue
bt_disk_returns_steal (BtDiskReturns *returns)
{
  BtJobQueue stolen;

  pthread_mutex_lock (&returns->lock);
  stolen = bt_job_queue_steal (&returns->queue);
  returns->letter_sent = FALSE;
  pthread_mutex_unlock (&returns->lock);
  return stolen;
}

void
bt_disk_returns_wait (BtDiskReturns *returns)
{
  pthread_mutex_lock (&returns->lock);
  while (returns->queue.first == NULL)
    pthread_cond_wait (&returns->wake, &returns->lock);
  pthread_mutex_unlock (&returns->lock);
}

/* A worker. */

BtPieceHashes *
bt_worker_hashes (BtWorker *worker)
{
  return worker->hashes;
}

gboolean
bt_worker_has_thread (const BtWorker *worker)
{
  return worker->group->threads;
}

static void
run_in_disk (BtWorker *worker, BtDiskJob *job)
{
  gboolean unwanted =
    job->klass->only_looks && job->storage != NULL && atomic_load (&job->storage->store->abandoned);

  if (!unwanted && job->error == NULL)
    job->klass->run_in_disk (job, worker);
}

static void
keep (BtWorker *worker, BtDiskJob *job)
{
  if (worker->kept.first == NULL)
    worker->settle_at = g_get_monotonic_time () + KEEP_US;
  bt_job_queue_push (&worker->kept, job);
}

static void
settle_in_disk (BtWorker *worker)
{
  BtDiskJob *job;

  bt_piece_hashes_settle_in_disk (worker->hashes);
  while ((job = bt_job_queue_pop (&worker->kept)) != NULL)
    {
      if (!job->kept)
        run_in_disk (worker, job);
      bt_disk_returns_push_in_disk (worker->group->returns, job);
    }
}

/* Jobs of one lane keep their order. */
static gboolean
is_behind_kept_check (const BtWorker *worker, const BtDiskJob *job)
{
  for (const BtDiskJob *before = worker->kept.first; before != NULL; before = before->next)
    if (!before->kept && before->lane == job->lane)
      return TRUE;
  return FALSE;
}

static void
do_job_in_disk (BtWorker *worker, BtDiskJob *job)
{
  if (is_behind_kept_check (worker, job))
    settle_in_disk (worker);
  if (job->klass->needs_hashes && bt_piece_hashes_have_noted (worker->hashes))
    {
      keep (worker, job);
      return;
    }
  run_in_disk (worker, job);
  if (job->kept)
    keep (worker, job);
  else
    bt_disk_returns_push_in_disk (worker->group->returns, job);
  if (bt_piece_hashes_noted_enough (worker->hashes))
    settle_in_disk (worker);
}

static void
do_jobs_in_disk (BtWorker *worker, BtJobQueue *jobs)
{
  BtDiskJob *job;

  while ((job = bt_job_queue_pop (jobs)) != NULL)
    do_job_in_disk (worker, job);
  if (worker->kept.first != NULL && g_get_monotonic_time () >= worker->settle_at)
    settle_in_disk (worker);
}

void
bt_worker_pause_in_disk (gpointer data)
{
  BtWorker *worker = data;
  BtJobQueue jobs;

  pthread_mutex_lock (&worker->group->lock);
  jobs = bt_job_queue_steal (&worker->queue);
  pthread_mutex_unlock (&worker->group->lock);
  do_jobs_in_disk (worker, &jobs);
}

static gboolean
is_patient (BtWorker *worker)
{
  return worker->queue.first != NULL && ++worker->n_given_way < PATIENCE;
}

/* Under the lock. Returns: FALSE when it is time to settle. */
static gboolean
wait_in_disk (BtWorker *worker)
{
  struct timespec until = { worker->settle_at / G_USEC_PER_SEC, worker->settle_at % G_USEC_PER_SEC * 1000 };
  int result = 0;

  worker->idle = TRUE;
  if (worker->kept.first != NULL)
    result = pthread_cond_timedwait (&worker->wake, &worker->group->lock, &until);
  else
    pthread_cond_wait (&worker->wake, &worker->group->lock);
  worker->idle = FALSE;
  return result != ETIMEDOUT;
}

/* Returns: FALSE when there is nothing left and nothing more to come. */
static gboolean
next_jobs_in_disk (BtWorker *worker, BtJobQueue *jobs)
{
  BtWorkerGroup *group = worker->group;
  gboolean in_time = TRUE;

  pthread_mutex_lock (&group->lock);
  while (worker->queue.first == NULL && group->later.first == NULL && !group->stopping && in_time)
    in_time = wait_in_disk (worker);
  if (group->later.first == NULL || is_patient (worker))
    {
      *jobs = bt_job_queue_steal (&worker->queue);
    }
  else
    {
      *jobs = (BtJobQueue){ NULL, NULL };
      bt_job_queue_push (jobs, bt_job_queue_pop (&group->later));
      worker->n_given_way = 0;
    }
  pthread_mutex_unlock (&group->lock);
  return jobs->first != NULL || !in_time;
}

static void *
work_in_disk (void *data)
{
  BtWorker *worker = data;
  BtJobQueue jobs;

  while (next_jobs_in_disk (worker, &jobs))
    do_jobs_in_disk (worker, &jobs);
  settle_in_disk (worker);
  return NULL;
}

/* Signals are for the threads of the application; blocked here, SIGXFSZ becomes EFBIG. */
static gboolean
start (BtWorker *worker)
{
  sigset_t all, before;
  int result;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  result = pthread_create (&worker->thread, NULL, work_in_disk, worker);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  if (result != 0)
    return FALSE;
  pthread_setname_np (worker->thread, "ft-disk");
  worker->started = TRUE;
  return TRUE;
}

/* The group. */

/* By the clock of g_get_monotonic_time(). */
static void
init_wake (pthread_cond_t *wake)
{
  pthread_condattr_t attributes;

  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (wake, &attributes);
  pthread_condattr_destroy (&attributes);
}

BtWorkerGroup *
bt_worker_group_new (const char *root, guint n_workers, BtDiskReturns *returns)
{
  BtWorkerGroup *group = g_new0 (BtWorkerGroup, 1);

  group->root = g_strdup (root);
  group->returns = returns;
  group->threads = n_workers > 0;
  group->n_workers = MAX (n_workers, 1);
  group->workers = g_new0 (BtWorker, group->n_workers);
  pthread_mutex_init (&group->lock, NULL);
  for (guint i = 0; i < group->n_workers; i++)
    {
      group->workers[i].group = group;
      group->workers[i].hashes = bt_piece_hashes_new ();
      init_wake (&group->workers[i].wake);
    }
  return group;
}

static void
stop (BtWorkerGroup *group)
{
  pthread_mutex_lock (&group->lock);
  group->stopping = TRUE;
  for (guint i = 0; i < group->n_workers; i++)
    pthread_cond_signal (&group->workers[i].wake);
  pthread_mutex_unlock (&group->lock);
  for (guint i = 0; i < group->n_workers; i++)
    if (group->workers[i].started)
      pthread_join (group->workers[i].thread, NULL);
}

void
bt_worker_group_free (BtWorkerGroup *group)
{
  stop (group);
  for (guint i = 0; i < group->n_workers; i++)
    {
      pthread_cond_destroy (&group->workers[i].wake);
      bt_piece_hashes_free (group->workers[i].hashes);
    }
  pthread_mutex_destroy (&group->lock);
  g_free (group->workers);
  g_free (group->root);
  g_free (group);
}

const char *
bt_worker_group_root (const BtWorkerGroup *group)
{
  return group->root;
}

void
bt_worker_group_set_root (BtWorkerGroup *group, const char *root)
{
  g_free (group->root);
  group->root = g_strdup (root);
}

static void
fail_to_start (BtWorkerGroup *group, BtDiskJob *job)
{
  g_set_error (&job->error, BT_ERROR, BT_ERROR_DISK, "Could not start a thread");
  bt_disk_returns_push_in_disk (group->returns, job);
}

static void
push_to (BtWorker *worker, BtDiskJob *job)
{
  BtWorkerGroup *group = worker->group;

  if (!worker->started && !start (worker))
    {
      fail_to_start (group, job);
      return;
    }
  pthread_mutex_lock (&group->lock);
  bt_job_queue_push (&worker->queue, job);
  pthread_cond_signal (&worker->wake);
  pthread_mutex_unlock (&group->lock);
}

/* Returns: FALSE when not a single thread could be started */
static gboolean
start_any (BtWorkerGroup *group)
{
  gboolean any = FALSE;

  for (guint i = 0; i < group->n_workers; i++)
    any |= group->workers[i].started || start (&group->workers[i]);
  return any;
}

static void
push_later (BtWorkerGroup *group, BtDiskJob *job)
{
  if (!start_any (group))
    {
      fail_to_start (group, job);
      return;
    }
  pthread_mutex_lock (&group->lock);
  bt_job_queue_push (&group->later, job);
  for (guint i = 0; i < group->n_workers; i++)
    if (group->workers[i].idle)
      {
        /* Not twice for two jobs. */
        group->workers[i].idle = FALSE;
        pthread_cond_signal (&group->workers[i].wake);
        break;
      }
  pthread_mutex_unlock (&group->lock);
}

void
bt_worker_group_push (BtWorkerGroup *group, BtDiskJob *job)
{
  if (!group->threads)
    do_job_in_disk (&group->workers[0], job);
  else if (job->klass->gives_way)
    push_later (group, job);
  else
    push_to (&group->workers[job->lane % group->n_workers], job);
}
