/* bt-upnp.c: the thread that waits for UPnP routers, and how calls come to it and return.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"
#include "bt-igd.h"
#include "bt-mailbox.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

/* The thread has a context and a mailbox of its own: a job goes there as a letter, and comes back as one with the
 * reply. Only values cross. One job is with it at a time; the others wait here, where they can be called off. A
 * search takes its time, so nobody waits for the end of the thread: it goes by itself when it has read that it is not
 * needed.
 *
 * A router opens the port towards the address that we have in its own network, so it is not asked at all while a
 * binding says where we may be seen. */

typedef struct
{
  GMainContext *context;
  BtMailbox *jobs;
  BtIgd *igd;
  gboolean done;
  atomic_int unwanted; /* what it does is of no use any more; the engine's thread says so */
} Worker;

struct _BtUpnp
{
  BtGioWorld *world;
  Worker *worker;     /* (nullable) until the first job; only its @unwanted is looked at */
  BtMailbox *jobs;    /* (nullable): to it */
  BtMailbox *answers; /* from it */
  gboolean busy;      /* it has a job */
  guint64 doing;      /* that of this serial */
  GQueue waiting;     /* of Job */
  GQueue calls;       /* of BtUpnpCall whose answer is wanted, by their links */
  guint64 last_serial;
};

typedef struct _BtUpnp BtUpnp;

struct _BtUpnpCall
{
  BtUpnp *upnp;
  GList link;
  guint64 serial;
  BtUpnpFunc func;
  gpointer owner;
  GSource *refusal; /* (nullable): to come, without a job */
};

typedef struct
{
  Worker *worker;     /* looked into by its thread only */
  BtUpnp *upnp;       /* likewise by the engine's */
  BtMailbox *answers; /* where it goes back to */
  BtLetterFunc taken; /* who reads it there */
  guint64 serial;
  BtUpnpRequest request;
  BtUpnpReply reply;
} Job;

static void
free_job (gpointer data)
{
  Job *job = data;

  bt_mailbox_unref (job->answers);
  g_free (job);
}

/* In the thread. */

static void
do_job_in_upnp (gpointer data)
{
  Job *job = data;

  bt_igd_do (job->worker->igd, &job->request, &job->reply);
  bt_mailbox_post (job->answers, job->taken, job, free_job);
}

static void
end_in_upnp (gpointer data)
{
  ((Worker *) data)->done = TRUE;
}

static void *
run_in_upnp (void *data)
{
  Worker *worker = data;

  while (!worker->done)
    g_main_context_iteration (worker->context, TRUE);
  bt_mailbox_close (worker->jobs);
  bt_mailbox_unref (worker->jobs);
  bt_igd_free (worker->igd);
  g_main_context_unref (worker->context);
  g_free (worker);
  return NULL;
}

/* Signals are for the threads of the application, and a router that hangs up must not end it. */
static gboolean
start_thread (Worker *worker)
{
  sigset_t all, before;
  pthread_t thread;
  int result;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  result = pthread_create (&thread, NULL, run_in_upnp, worker);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  if (result != 0)
    return FALSE;
  pthread_setname_np (thread, "ft-upnp");
  pthread_detach (thread);
  return TRUE;
}

/* In the engine's thread. */

static gboolean
start_worker (BtUpnp *upnp)
{
  Worker *worker;

  if (upnp->worker != NULL)
    return TRUE;
  worker = g_new0 (Worker, 1);
  worker->context = g_main_context_new ();
  worker->jobs = bt_mailbox_new (worker->context);
  worker->igd = bt_igd_new (upnp->world->user_agent, &worker->unwanted);
  upnp->jobs = bt_mailbox_ref (worker->jobs);
  upnp->worker = worker;
  if (start_thread (worker))
    return TRUE;
  g_clear_pointer (&upnp->jobs, bt_mailbox_unref);
  upnp->worker = NULL;
  worker->done = TRUE;
  run_in_upnp (worker);
  return FALSE;
}

static void
free_call (BtUpnpCall *call)
{
  g_queue_unlink (&call->upnp->calls, &call->link);
  if (call->refusal != NULL)
    {
      g_source_destroy (call->refusal);
      g_source_unref (call->refusal);
    }
  g_free (call);
}

static BtUpnpCall *
find_call (BtUpnp *upnp, guint64 serial)
{
  for (GList *l = upnp->calls.head; l != NULL; l = l->next)
    if (((BtUpnpCall *) l->data)->serial == serial)
      return l->data;
  return NULL;
}

/* Frees @call before its owner hears of it, so that the owner may do anything. */
static void
finish_call (BtUpnpCall *call, const BtUpnpReply *reply)
{
  BtUpnpFunc func = call->func;
  gpointer owner = call->owner;

  free_call (call);
  func (reply, owner);
}

static void
do_next (BtUpnp *upnp)
{
  Job *job;

  if (upnp->busy || g_queue_is_empty (&upnp->waiting) || !start_worker (upnp))
    return;
  job = g_queue_pop_head (&upnp->waiting);
  job->worker = upnp->worker;
  atomic_store (&upnp->worker->unwanted, 0);
  upnp->busy = TRUE;
  upnp->doing = job->serial;
  bt_mailbox_post (upnp->jobs, do_job_in_upnp, job, free_job);
}

static void
take_answer (gpointer data)
{
  Job *job = data;
  BtUpnp *upnp = job->upnp;
  BtUpnpCall *call = find_call (upnp, job->serial);
  BtUpnpReply reply = job->reply;

  free_job (job);
  upnp->busy = FALSE;
  do_next (upnp);
  if (call != NULL)
    finish_call (call, &reply);
}

static gboolean
refuse_cb (gpointer data)
{
  static const BtUpnpReply bound = { .result = BT_UPNP_BOUND };

  finish_call (data, &bound);
  return G_SOURCE_REMOVE;
}

static void
refuse (BtUpnpCall *call)
{
  if (call->refusal == NULL)
    call->refusal = bt_gio_world_start_timer (call->upnp->world, 0, refuse_cb, call);
}

static gboolean
is_bound (BtGioWorld *world)
{
  return world->bound || world->interface != NULL;
}

static BtUpnp *
get_upnp (BtGioWorld *world)
{
  if (world->upnp == NULL)
    {
      world->upnp = g_new0 (BtUpnp, 1);
      world->upnp->world = world;
      world->upnp->answers = bt_mailbox_new (world->context);
      g_queue_init (&world->upnp->waiting);
      g_queue_init (&world->upnp->calls);
    }
  return world->upnp;
}

static void
add_job (BtUpnp *upnp, const BtUpnpRequest *request, guint64 serial)
{
  Job *job = g_new0 (Job, 1);

  job->upnp = upnp;
  job->answers = bt_mailbox_ref (upnp->answers);
  job->taken = take_answer;
  job->serial = serial;
  job->request = *request;
  g_queue_push_tail (&upnp->waiting, job);
  do_next (upnp);
}

BtUpnpCall *
bt_gio_upnp (BtWorld *base, const BtUpnpRequest *request, BtUpnpFunc func, gpointer owner)
{
  BtGioWorld *world = (BtGioWorld *) base;
  BtUpnp *upnp = get_upnp (world);
  guint64 serial = ++upnp->last_serial;
  BtUpnpCall *call = NULL;

  if (func != NULL)
    {
      call = g_new0 (BtUpnpCall, 1);
      call->upnp = upnp;
      call->link.data = call;
      call->serial = serial;
      call->func = func;
      call->owner = owner;
      g_queue_push_tail_link (&upnp->calls, &call->link);
    }
  if (!is_bound (world))
    add_job (upnp, request, serial);
  else if (call != NULL)
    refuse (call);
  return call;
}

void
bt_gio_upnp_cancel (BtWorld *base, BtUpnpCall *call)
{
  BtUpnp *upnp = call->upnp;

  /* A search goes no further; what the router is being asked is. */
  if (upnp->busy && upnp->doing == call->serial)
    atomic_store (&upnp->worker->unwanted, 1);
  free_call (call);
}

/* What was to be done without one is not done now. */
void
bt_gio_upnp_bound (BtGioWorld *world)
{
  BtUpnp *upnp = world->upnp;

  if (upnp == NULL || !is_bound (world))
    return;
  if (upnp->worker != NULL)
    atomic_store (&upnp->worker->unwanted, 1);
  g_queue_clear_full (&upnp->waiting, free_job);
  for (GList *l = upnp->calls.head; l != NULL; l = l->next)
    refuse (l->data);
}

void
bt_gio_upnp_free (BtGioWorld *world)
{
  BtUpnp *upnp = g_steal_pointer (&world->upnp);

  if (upnp == NULL)
    return;
  while (!g_queue_is_empty (&upnp->calls))
    free_call (upnp->calls.head->data);
  g_queue_clear_full (&upnp->waiting, free_job);
  bt_mailbox_close (upnp->answers);
  bt_mailbox_unref (upnp->answers);
  if (upnp->worker != NULL)
    {
      atomic_store (&upnp->worker->unwanted, 1);
      bt_mailbox_post (upnp->jobs, end_in_upnp, upnp->worker, NULL);
    }
  g_clear_pointer (&upnp->jobs, bt_mailbox_unref);
  g_free (upnp);
}
