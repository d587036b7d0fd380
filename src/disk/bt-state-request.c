/* bt-state-request.c: what is asked of the state database, and the way back of the answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-state-private.h"

#include <stdatomic.h>

/* Who waits for a request. A save that was merged has several. */
typedef struct
{
  BtDiskFunc done;
  gpointer owner;
} Waiter;

/* Letters hold it, so that it outlives the database; @closed is of the caller's thread alone. */
struct _BtStateDoor
{
  atomic_int refs;
  BtMailbox *mailbox;
  gboolean closed;
};

typedef struct
{
  BtStateDoor *door;
  BtStateRequest *first;
} Letter;

/* Requests. */

BtStateRequest *
bt_state_request_new (BtChangeKind kind, const BtSha1 *info_hash)
{
  BtStateRequest *request = g_new0 (BtStateRequest, 1);

  request->change.kind = kind;
  if (info_hash != NULL)
    request->change.info_hash = *info_hash;
  request->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  return request;
}

void
bt_state_request_add_waiter (BtStateRequest *request, BtDiskFunc done, gpointer owner)
{
  Waiter waiter = { done, owner };

  if (done != NULL)
    g_array_append_val (request->waiters, waiter);
}

void
bt_state_request_set_resume (BtStateRequest *request, const BtResume *resume)
{
  g_clear_pointer (&request->change.resume, g_bytes_unref);
  g_free (request->change.save_path);
  request->change.resume = bt_resume_encode (resume);
  request->change.save_path = g_strdup (resume->data_path != NULL ? resume->data_path : resume->save_path);
}

void
bt_state_request_free (BtStateRequest *request)
{
  g_clear_pointer (&request->change.torrent, g_bytes_unref);
  g_clear_pointer (&request->change.resume, g_bytes_unref);
  g_free (request->change.save_path);
  g_free (request->change.key);
  g_free (request->change.value);
  g_array_unref (request->waiters);
  g_clear_error (&request->error);
  g_clear_pointer (&request->load, bt_state_load_free);
  g_free (request);
}

/* Answers. */

BtStateDoor *
bt_state_door_new (BtMailbox *mailbox)
{
  BtStateDoor *door = g_new0 (BtStateDoor, 1);

  atomic_init (&door->refs, 1);
  door->mailbox = bt_mailbox_ref (mailbox);
  return door;
}

void
bt_state_door_close (BtStateDoor *door)
{
  door->closed = TRUE;
}

void
bt_state_door_unref (BtStateDoor *door)
{
  if (atomic_fetch_sub (&door->refs, 1) > 1)
    return;
  bt_mailbox_unref (door->mailbox);
  g_free (door);
}

static void
drop_letter (gpointer data)
{
  Letter *letter = data;

  while (letter->first != NULL)
    {
      BtStateRequest *request = letter->first;

      letter->first = request->next;
      bt_state_request_free (request);
    }
  bt_state_door_unref (letter->door);
  g_free (letter);
}

static void
answer (const BtStateRequest *request, const BtStateDoor *door)
{
  if (request->is_load && !door->closed)
    request->loaded (request->load, request->error, request->load_owner);
  for (guint i = 0; i < request->waiters->len && !door->closed; i++)
    {
      const Waiter *waiter = &g_array_index (request->waiters, Waiter, i);

      waiter->done (request->error, waiter->owner);
    }
}

static void
letter_cb (gpointer data)
{
  Letter *letter = data;

  for (BtStateRequest *request = letter->first; request != NULL; request = request->next)
    answer (request, letter->door);
  drop_letter (letter);
}

/* Of a load, which is answered later. */
typedef struct
{
  BtStateDoor *door;
  BtStateProgressFunc func;
  gpointer owner;
} News;

static void
drop_news (gpointer data)
{
  News *news = data;

  bt_state_door_unref (news->door);
  g_free (news);
}

static void
news_cb (gpointer data)
{
  News *news = data;

  if (!news->door->closed)
    news->func (news->owner);
  drop_news (news);
}

void
bt_state_door_tell_in_disk (BtStateDoor *door, const BtStateRequest *load)
{
  News *news = g_new (News, 1);

  news->door = door;
  news->func = load->progress;
  news->owner = load->load_owner;
  atomic_fetch_add (&door->refs, 1);
  bt_mailbox_post (door->mailbox, news_cb, news, drop_news);
}

void
bt_state_door_post_in_disk (BtStateDoor *door, BtStateRequest *requests)
{
  Letter *letter = g_new (Letter, 1);

  letter->door = door;
  letter->first = requests;
  atomic_fetch_add (&door->refs, 1);
  bt_mailbox_post (door->mailbox, letter_cb, letter, drop_letter);
}
