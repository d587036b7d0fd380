/* bt-thinker.c: what takes the engine long to work out, on a thread of its own, one thing after the other.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-thinker.h"

#include <pthread.h>
#include <signal.h>

/* pthread locks, not GMutex, so that ThreadSanitizer sees the hand-over. */

typedef struct
{
  BtThoughtFunc think_aside;
  BtThoughtFunc done;
  gpointer thought;
} Question;

struct _BtThinker
{
  BtMailbox *mailbox;
  pthread_t thread;
  gboolean has_thread; /* or will */
  gboolean started;    /* engine's thread only */

  pthread_mutex_t lock;
  pthread_cond_t wake;
  GQueue questions;
  gboolean stopping;
};

BtThinker *
bt_thinker_new (BtMailbox *mailbox)
{
  BtThinker *self = g_new0 (BtThinker, 1);

  self->mailbox = bt_mailbox_ref (mailbox);
  self->has_thread = TRUE;
  g_queue_init (&self->questions);
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->wake, NULL);
  return self;
}

BtThinker *
bt_thinker_new_here (BtMailbox *mailbox)
{
  BtThinker *self = bt_thinker_new (mailbox);

  self->has_thread = FALSE;
  return self;
}

static void
answer_cb (gpointer data)
{
  Question *question = data;

  question->done (question->thought);
  g_free (question);
}

static void
think_aside (BtThinker *self, Question *question)
{
  question->think_aside (question->thought);
  bt_mailbox_post (self->mailbox, answer_cb, question, g_free);
}

/* Returns: (nullable): NULL at the end */
static Question *
next_aside (BtThinker *self)
{
  Question *question;

  pthread_mutex_lock (&self->lock);
  while (g_queue_is_empty (&self->questions) && !self->stopping)
    pthread_cond_wait (&self->wake, &self->lock);
  question = self->stopping ? NULL : g_queue_pop_head (&self->questions);
  pthread_mutex_unlock (&self->lock);
  return question;
}

static void *
run_aside (void *data)
{
  BtThinker *self = data;
  Question *question;

  while ((question = next_aside (self)) != NULL)
    think_aside (self, question);
  return NULL;
}

/* Signals are for the threads of the application. */
static gboolean
start (BtThinker *self)
{
  sigset_t all, before;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  self->started = pthread_create (&self->thread, NULL, run_aside, self) == 0;
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  if (self->started)
    pthread_setname_np (self->thread, "ft-thinker");
  return self->started;
}

void
bt_thinker_free (BtThinker *self)
{
  pthread_mutex_lock (&self->lock);
  self->stopping = TRUE;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
  if (self->started)
    pthread_join (self->thread, NULL);
  g_queue_clear_full (&self->questions, g_free);
  pthread_cond_destroy (&self->wake);
  pthread_mutex_destroy (&self->lock);
  bt_mailbox_unref (self->mailbox);
  g_free (self);
}

void
bt_thinker_ask (BtThinker *self, BtThoughtFunc think, BtThoughtFunc done, gpointer thought)
{
  Question *question = g_new (Question, 1);

  question->think_aside = think;
  question->done = done;
  question->thought = thought;
  if (!self->has_thread || (!self->started && !start (self)))
    {
      think_aside (self, question);
      return;
    }
  pthread_mutex_lock (&self->lock);
  g_queue_push_tail (&self->questions, question);
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
}
