/* bt-mailbox.c: the one place where something crosses from one thread to another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-mailbox.h"

#include <pthread.h>

typedef struct _Letter Letter;
struct _Letter
{
  Letter *next;
  BtLetterFunc read;
  gpointer data;
  GDestroyNotify drop;
};

/* The source in the reader's context holds a reference to the mailbox, not the other way round:
 * so both are there while a dispatch runs, whoever lets go meanwhile. Destroying the source, by
 * closing or by the end of its context, breaks the tie. */
struct _BtMailbox
{
  int refs; /* atomic */
  pthread_mutex_t mutex;
  GSource *source; /* under the mutex; not owned; NULL: closed */
  Letter *first;   /* under the mutex */
  Letter **last;   /* under the mutex; where the next letter is hung */
  Letter *reading; /* taken out in one go; the reader's alone */
};

typedef struct
{
  GSource source;
  BtMailbox *mailbox;
} MailboxSource;

static Letter *
steal_letters (BtMailbox *mailbox)
{
  Letter *letters = mailbox->first;

  mailbox->first = NULL;
  mailbox->last = &mailbox->first;
  return letters;
}

static void
drop_letters (Letter *letter)
{
  while (letter != NULL)
    {
      Letter *next = letter->next;

      if (letter->drop != NULL)
        letter->drop (letter->data);
      g_free (letter);
      letter = next;
    }
}

/* Lets no letter in any more and drops those that wait. Returns: the source, for the first who
 * shuts. */
static GSource *
shut (BtMailbox *mailbox)
{
  Letter *reading = g_steal_pointer (&mailbox->reading);
  GSource *source;
  Letter *waiting;

  pthread_mutex_lock (&mailbox->mutex);
  source = g_steal_pointer (&mailbox->source);
  waiting = steal_letters (mailbox);
  pthread_mutex_unlock (&mailbox->mutex);
  drop_letters (reading);
  drop_letters (waiting);
  return source;
}

/* What a letter posts while it is read waits for the next dispatch: the loop is not held up. */
static gboolean
read_letters_cb (GSource *source, GSourceFunc callback, gpointer user_data)
{
  BtMailbox *mailbox = ((MailboxSource *) source)->mailbox;

  pthread_mutex_lock (&mailbox->mutex);
  g_source_set_ready_time (source, -1);
  mailbox->reading = steal_letters (mailbox);
  pthread_mutex_unlock (&mailbox->mutex);

  while (mailbox->reading != NULL)
    {
      Letter letter = *mailbox->reading;

      g_free (mailbox->reading);
      mailbox->reading = letter.next;
      letter.read (letter.data);
    }
  return G_SOURCE_CONTINUE;
}

static void
finalize_source_cb (GSource *source)
{
  BtMailbox *mailbox = ((MailboxSource *) source)->mailbox;

  shut (mailbox);
  bt_mailbox_unref (mailbox);
}

BtMailbox *
bt_mailbox_new (GMainContext *context)
{
  static GSourceFuncs funcs = { .dispatch = read_letters_cb, .finalize = finalize_source_cb };
  BtMailbox *mailbox = g_new0 (BtMailbox, 1);

  mailbox->refs = 1;
  mailbox->last = &mailbox->first;
  pthread_mutex_init (&mailbox->mutex, NULL);
  mailbox->source = g_source_new (&funcs, sizeof (MailboxSource));
  ((MailboxSource *) mailbox->source)->mailbox = bt_mailbox_ref (mailbox);
  g_source_set_static_name (mailbox->source, "BtMailbox");
  g_source_attach (mailbox->source, context);
  g_source_unref (mailbox->source);
  return mailbox;
}

BtMailbox *
bt_mailbox_ref (BtMailbox *mailbox)
{
  g_atomic_int_inc (&mailbox->refs);
  return mailbox;
}

void
bt_mailbox_unref (BtMailbox *mailbox)
{
  if (!g_atomic_int_dec_and_test (&mailbox->refs))
    return;
  pthread_mutex_destroy (&mailbox->mutex);
  g_free (mailbox);
}

void
bt_mailbox_post (BtMailbox *mailbox, BtLetterFunc read, gpointer data, GDestroyNotify drop)
{
  Letter *letter = g_new (Letter, 1);
  gboolean open;

  *letter = (Letter){ NULL, read, data, drop };
  pthread_mutex_lock (&mailbox->mutex);
  open = mailbox->source != NULL;
  if (open)
    {
      /* Only the first of a batch needs to wake the reader. Under the mutex, because a source
       * that was closed meanwhile may be gone. */
      if (mailbox->first == NULL)
        g_source_set_ready_time (mailbox->source, 0);
      *mailbox->last = letter;
      mailbox->last = &letter->next;
    }
  pthread_mutex_unlock (&mailbox->mutex);
  if (!open)
    drop_letters (letter);
}

void
bt_mailbox_close (BtMailbox *mailbox)
{
  GSource *source = shut (mailbox);

  if (source != NULL)
    g_source_destroy (source);
}
