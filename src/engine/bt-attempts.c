/* bt-attempts.c: at which addresses somebody was found, or nobody, when any torrent tried them last.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-attempts.h"

#include "bt-candidates.h"
#include "bt-limits.h"

#define REACHED_US (24 * 3600 * (gint64) G_USEC_PER_SEC)
#define FAILED_US (2 * 3600 * (gint64) G_USEC_PER_SEC) /* longer than any torrent waits between two tries */

typedef struct
{
  BtEndpoint endpoint;
  gint64 at;           /* monotonic µs */
  BtTorrentId torrent; /* that tried last */
  guint n_failed;      /* in a row, by whomever */
  gboolean reached;
  gboolean awaited;    /* others were told to wait */
  gboolean contested;  /* likewise, since it failed last: it is their turn */
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

  while ((oldest = g_queue_peek_head (list)) != NULL && oldest->at <= before)
    forget (attempts, oldest);
}

static void
trim (BtAttempts *attempts, GQueue *list)
{
  while (list->length > BT_LIMIT_ATTEMPTS)
    forget (attempts, g_queue_peek_head (list));
}

static Attempt *
find (BtAttempts *attempts, const BtEndpoint *endpoint, gint64 now)
{
  expire (attempts, &attempts->failed, now - FAILED_US);
  expire (attempts, &attempts->reached, now - REACHED_US);
  return g_hash_table_lookup (attempts->by_endpoint, endpoint);
}

static Attempt *
add (BtAttempts *attempts, const BtEndpoint *endpoint)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->endpoint = *endpoint;
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
  trim (attempts, get_list (attempts, attempt));
}

void
bt_attempts_failed (BtAttempts *attempts, const BtEndpoint *endpoint, BtTorrentId torrent, gboolean unreachable, gint64 now)
{
  Attempt *attempt = find (attempts, endpoint, now);

  if (attempt != NULL && attempt->reached && !unreachable)
    return;
  if (attempt == NULL)
    attempt = add (attempts, endpoint);
  attempt->torrent = torrent;
  attempt->n_failed++;
  attempt->contested = FALSE;
  file (attempts, attempt, FALSE, now);
}

gboolean
bt_attempts_reached (BtAttempts *attempts, const BtEndpoint *endpoint, gint64 now)
{
  Attempt *attempt = find (attempts, endpoint, now);
  gboolean awaited;

  if (attempt == NULL)
    attempt = add (attempts, endpoint);
  awaited = attempt->awaited;
  attempt->awaited = FALSE;
  attempt->n_failed = 0;
  file (attempts, attempt, TRUE, now);
  return awaited;
}

/* As one torrent alone would wait, until that is too long for others. */
static gint64
get_pause (const Attempt *attempt, gboolean hearsay)
{
  return hearsay ? BT_ATTEMPTS_PAUSE_US : MIN (bt_candidate_get_pause (attempt->n_failed), BT_ATTEMPTS_PAUSE_US);
}

/* The turn goes round: who tried last lets the others, if there are any, go first. */
gint64
bt_attempts_when (BtAttempts *attempts, const BtEndpoint *endpoint, BtTorrentId torrent, gboolean hearsay, gint64 now)
{
  Attempt *attempt = find (attempts, endpoint, now);
  gint64 pause;

  if (attempt == NULL || attempt->reached)
    return now;
  pause = get_pause (attempt, hearsay);
  if (attempt->torrent == torrent)
    return attempt->contested ? MAX (attempt->at + 2 * pause, now) : now;
  attempt->awaited = attempt->contested = TRUE;
  return MAX (attempt->at + pause, now);
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
