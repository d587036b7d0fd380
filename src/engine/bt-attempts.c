/* bt-attempts.c: at which addresses somebody was found, or nobody, when any torrent tried them last.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-attempts.h"

#include "bt-limits.h"

#define REACHED_US (24 * 3600 * (gint64) G_USEC_PER_SEC)
#define SEVERAL 0 /* no torrent has this id */

typedef struct
{
  BtEndpoint endpoint;
  gint64 at;           /* monotonic µs */
  BtTorrentId torrent; /* that alone tried and failed, or SEVERAL */
  gboolean reached;
  gboolean awaited;    /* others were told to wait */
  GList link;          /* in its list */
} Attempt;

struct _BtAttempts
{
  GHashTable *by_endpoint; /* BtEndpoint inside -> Attempt, owned */
  GQueue failed, reached;  /* of Attempt, oldest first */
};

BtAttempts *
bt_attempts_new (void)
{
  BtAttempts *attempts = g_new0 (BtAttempts, 1);

  attempts->by_endpoint = g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, NULL, g_free);
  g_queue_init (&attempts->failed);
  g_queue_init (&attempts->reached);
  return attempts;
}

void
bt_attempts_free (BtAttempts *attempts)
{
  g_hash_table_unref (attempts->by_endpoint); /* the links are inside what is freed here */
  g_free (attempts);
}

static GQueue *
get_list (BtAttempts *attempts, const Attempt *attempt)
{
  return attempt->reached ? &attempts->reached : &attempts->failed;
}

static void
forget (BtAttempts *attempts, Attempt *attempt)
{
  g_queue_unlink (get_list (attempts, attempt), &attempt->link);
  g_hash_table_remove (attempts->by_endpoint, &attempt->endpoint);
}

static void
expire (BtAttempts *attempts, GQueue *list, gint64 before)
{
  Attempt *oldest;

  while ((oldest = g_queue_peek_head (list)) != NULL && (oldest->at <= before || list->length > BT_LIMIT_ATTEMPTS))
    forget (attempts, oldest);
}

static Attempt *
find (BtAttempts *attempts, const BtEndpoint *endpoint, gint64 now)
{
  expire (attempts, &attempts->failed, now - BT_ATTEMPTS_PAUSE_US);
  expire (attempts, &attempts->reached, now - REACHED_US);
  return g_hash_table_lookup (attempts->by_endpoint, endpoint);
}

static Attempt *
add (BtAttempts *attempts, const BtEndpoint *endpoint, BtTorrentId torrent)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->endpoint = *endpoint;
  attempt->torrent = torrent;
  attempt->link.data = attempt;
  g_hash_table_insert (attempts->by_endpoint, &attempt->endpoint, attempt);
  g_queue_push_tail_link (&attempts->failed, &attempt->link);
  return attempt;
}

/* Whatever came of it, it is now the newest of those. */
static void
file (BtAttempts *attempts, Attempt *attempt, gboolean reached, gint64 now)
{
  g_queue_unlink (get_list (attempts, attempt), &attempt->link);
  attempt->reached = reached;
  attempt->at = now;
  g_queue_push_tail_link (get_list (attempts, attempt), &attempt->link);
  expire (attempts, get_list (attempts, attempt), G_MININT64);
}

void
bt_attempts_failed (BtAttempts *attempts, const BtEndpoint *endpoint, BtTorrentId torrent, gboolean unreachable, gint64 now)
{
  Attempt *attempt = find (attempts, endpoint, now);

  if (attempt != NULL && attempt->reached && !unreachable)
    return;
  if (attempt == NULL)
    attempt = add (attempts, endpoint, torrent);
  else if (attempt->reached)
    attempt->torrent = torrent;
  else if (attempt->torrent != torrent)
    attempt->torrent = SEVERAL;
  file (attempts, attempt, FALSE, now);
}

gboolean
bt_attempts_reached (BtAttempts *attempts, const BtEndpoint *endpoint, gint64 now)
{
  Attempt *attempt = find (attempts, endpoint, now);
  gboolean awaited;

  if (attempt == NULL)
    attempt = add (attempts, endpoint, SEVERAL);
  awaited = attempt->awaited;
  attempt->awaited = FALSE;
  file (attempts, attempt, TRUE, now);
  return awaited;
}

gint64
bt_attempts_when (BtAttempts *attempts, const BtEndpoint *endpoint, BtTorrentId torrent, gint64 now)
{
  Attempt *attempt = find (attempts, endpoint, now);

  if (attempt == NULL || attempt->reached || attempt->torrent == torrent)
    return now;
  attempt->awaited = TRUE;
  return attempt->at + BT_ATTEMPTS_PAUSE_US;
}

void
bt_attempts_forget_failed (BtAttempts *attempts)
{
  while (!g_queue_is_empty (&attempts->failed))
    forget (attempts, g_queue_peek_head (&attempts->failed));
}

guint
bt_attempts_count (const BtAttempts *attempts)
{
  return g_hash_table_size (attempts->by_endpoint);
}
