/* ft-demo-job.c: work that blocks, in a thread of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-demo-job.h"

/* Not g_task_run_in_thread(): its threads are few and shared with all of GIO, and what they hand
 * over passes locks that ThreadSanitizer does not see. */
typedef struct
{
  BtMailbox *mailbox;
  GTask *task;
  FtDemoWork work;
  GThread *thread;
  GError *error;
} Job;

static void
read_result (gpointer data)
{
  Job *job = data;

  g_thread_join (job->thread);
  if (job->error != NULL)
    g_task_return_error (job->task, job->error);
  else
    g_task_return_boolean (job->task, TRUE);
  g_object_unref (job->task);
  bt_mailbox_unref (job->mailbox);
  g_free (job);
}

static gpointer
work_in_thread (gpointer data)
{
  Job *job = data;

  job->work (g_task_get_source_object (job->task), g_task_get_task_data (job->task), &job->error);
  bt_mailbox_post (job->mailbox, read_result, job, NULL);
  return NULL;
}

void
ft_demo_job_run (BtMailbox *mailbox, GTask *task, FtDemoWork work)
{
  Job *job = g_new0 (Job, 1);

  job->mailbox = bt_mailbox_ref (mailbox);
  job->task = g_object_ref (task);
  job->work = work;
  job->thread = g_thread_new ("ft-demo", work_in_thread, job);
}
