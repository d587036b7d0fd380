/* bt-pex-log.c: who came and who left, and how much of it each peer has been told (BEP 11).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-pex-log.h"

#define MAX_FIRST 100
#define MAX_LATER 50 /* both families together, added as well as dropped */
#define FEW 25       /* of one family: then those who left lately are worth telling */
#define LATELY_US (10 * 60 * (gint64) G_USEC_PER_SEC)
#define MAX_LEFT 250

typedef struct
{
  BtEndpoint endpoint; /* first: the key in by_endpoint */
  guint64 seq;
  gconstpointer peer;
} Live;

typedef struct
{
  BtEndpoint endpoint;
  guint64 joined, seq;
  gint64 at;
  BtPexFlags flags;
  gboolean good;
} Left;

struct _BtPexLog
{
  BtPexFlagsFunc flags;
  guint64 seq;             /* of the last event */
  GPtrArray *live;         /* of Live, in the order they came */
  GHashTable *by_endpoint; /* set of Live, one for each address */
  GArray *left;            /* of Left, in the order they left */
};

BtPexLog *
bt_pex_log_new (BtPexFlagsFunc flags)
{
  BtPexLog *log = g_new0 (BtPexLog, 1);

  log->flags = flags;
  log->live = g_ptr_array_new_with_free_func (g_free);
  log->by_endpoint = g_hash_table_new (bt_endpoint_hash, bt_endpoint_equal);
  log->left = g_array_new (FALSE, FALSE, sizeof (Left));
  return log;
}

void
bt_pex_log_free (BtPexLog *log)
{
  g_hash_table_unref (log->by_endpoint);
  g_ptr_array_unref (log->live);
  g_array_unref (log->left);
  g_free (log);
}

void
bt_pex_cursor_clear (BtPexCursor *cursor)
{
  g_clear_pointer (&cursor->once, g_array_unref);
}

/* Events. */

void
bt_pex_log_join (BtPexLog *log, const BtEndpoint *endpoint, gconstpointer peer)
{
  Live *live = g_new (Live, 1);

  *live = (Live){ *endpoint, ++log->seq, peer };
  g_ptr_array_add (log->live, live);
  if (!g_hash_table_contains (log->by_endpoint, endpoint))
    g_hash_table_add (log->by_endpoint, live);
}

static void
forget_oldest (BtPexLog *log, gint64 now)
{
  guint n = 0;

  while (n < log->left->len && now - g_array_index (log->left, Left, n).at > LATELY_US)
    n++;
  n = MAX (n, log->left->len > MAX_LEFT ? log->left->len - MAX_LEFT : 0);
  if (n > 0)
    g_array_remove_range (log->left, 0, n);
}

static void
remove_live (BtPexLog *log, guint index, gboolean good, gint64 now)
{
  const Live *live = g_ptr_array_index (log->live, index);
  Left left = { live->endpoint, live->seq, ++log->seq, now, log->flags (live->peer), good };

  if (g_hash_table_lookup (log->by_endpoint, live) == live)
    g_hash_table_remove (log->by_endpoint, live);
  g_array_append_val (log->left, left);
  forget_oldest (log, now);
  g_ptr_array_remove_index (log->live, index);
}

void
bt_pex_log_leave (BtPexLog *log, gconstpointer peer, gboolean good, gint64 now)
{
  for (guint i = 0; i < log->live->len; i++)
    if (((const Live *) g_ptr_array_index (log->live, i))->peer == peer)
      {
        remove_live (log, i, good, now);
        return;
      }
}

/* Telling. */

static gboolean
is_for (const BtEndpoint *endpoint, const BtEndpoint *to)
{
  return !bt_endpoint_equal (endpoint, to) && bt_endpoint_is_known_to (endpoint, to);
}

static gboolean
is_added (const BtPexMessage *message, const BtEndpoint *endpoint)
{
  for (guint i = 0; i < message->added->len; i++)
    if (bt_endpoint_equal (&g_array_index (message->added, BtPexPeer, i).endpoint, endpoint))
      return TRUE;
  return FALSE;
}

static gboolean
is_dropped (const BtPexMessage *message, const BtEndpoint *endpoint)
{
  for (guint i = 0; i < message->dropped->len; i++)
    if (bt_endpoint_equal (&g_array_index (message->dropped, BtEndpoint, i), endpoint))
      return TRUE;
  return FALSE;
}

/* Unless it came again meanwhile: nobody is in both lists. */
static void
drop (const BtPexLog *log, BtPexMessage *message, const BtEndpoint *endpoint)
{
  if (!g_hash_table_contains (log->by_endpoint, endpoint) && !is_dropped (message, endpoint))
    g_array_append_val (message->dropped, *endpoint);
}

static void
tell_once (const BtPexLog *log, BtPexCursor *cursor, BtPexMessage *message)
{
  for (guint i = 0; cursor->once != NULL && i < cursor->once->len; i++)
    drop (log, message, &g_array_index (cursor->once, BtEndpoint, i));
  g_clear_pointer (&cursor->once, g_array_unref);
}

static gboolean
has_leaves (const BtPexLog *log, const BtPexCursor *cursor)
{
  return log->left->len > 0 && g_array_index (log->left, Left, log->left->len - 1).seq > cursor->leaves;
}

static void
tell_leaves (const BtPexLog *log, BtPexCursor *cursor, const BtEndpoint *to, BtPexMessage *message)
{
  guint i = log->left->len;

  while (i > 0 && g_array_index (log->left, Left, i - 1).seq > cursor->leaves)
    i--;
  for (; i < log->left->len && message->dropped->len < MAX_LATER; i++)
    {
      const Left *left = &g_array_index (log->left, Left, i);

      cursor->leaves = left->seq;
      if (left->joined <= cursor->joins && is_for (&left->endpoint, to))
        drop (log, message, &left->endpoint);
    }
}

static void
tell_joins (const BtPexLog *log, BtPexCursor *cursor, const BtEndpoint *to, guint most, BtPexMessage *message)
{
  guint i = log->live->len;

  while (i > 0 && ((const Live *) g_ptr_array_index (log->live, i - 1))->seq > cursor->joins)
    i--;
  for (; i < log->live->len && message->added->len < most; i++)
    {
      const Live *live = g_ptr_array_index (log->live, i);
      BtPexPeer peer = { live->endpoint, log->flags (live->peer) };

      cursor->joins = live->seq;
      if (is_for (&live->endpoint, to) && !is_added (message, &live->endpoint))
        g_array_append_val (message->added, peer);
    }
}

/* Lists who was here lately. It is told once more with the next message: that they are gone. */
static void
tell_lately (const BtPexLog *log, BtPexCursor *cursor, const BtEndpoint *to, gint64 now, BtPexMessage *message)
{
  guint n_of[2] = { 0, 0 };

  for (guint i = 0; i < message->added->len; i++)
    n_of[bt_endpoint_is_ipv4 (&g_array_index (message->added, BtPexPeer, i).endpoint)]++;
  for (guint i = log->left->len; i > 0; i--)
    {
      const Left *left = &g_array_index (log->left, Left, i - 1);
      BtPexPeer peer = { left->endpoint, left->flags };
      guint *n = &n_of[bt_endpoint_is_ipv4 (&left->endpoint)];

      if (now - left->at > LATELY_US)
        break;
      if (!left->good || *n >= FEW || !is_for (&left->endpoint, to) || is_added (message, &left->endpoint))
        continue;
      if (cursor->once == NULL)
        cursor->once = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
      g_array_append_val (cursor->once, left->endpoint);
      g_array_append_val (message->added, peer);
      (*n)++;
    }
}

static void
fill_first (const BtPexLog *log, BtPexCursor *cursor, const BtEndpoint *to, gint64 now, BtPexMessage *message)
{
  cursor->leaves = log->seq;
  tell_joins (log, cursor, to, MAX_FIRST, message);
  tell_lately (log, cursor, to, now, message);
  cursor->told = message->added->len > 0;
}

/* Nobody is added while there are more to drop: whoever left after its number was passed has been told as added, and
 * only then. */
static void
fill_later (const BtPexLog *log, BtPexCursor *cursor, const BtEndpoint *to, BtPexMessage *message)
{
  tell_once (log, cursor, message);
  tell_leaves (log, cursor, to, message);
  if (!has_leaves (log, cursor))
    tell_joins (log, cursor, to, MAX_LATER, message);
}

gboolean
bt_pex_log_has_news (const BtPexLog *log, const BtPexCursor *cursor)
{
  const Live *last = log->live->len > 0 ? g_ptr_array_index (log->live, log->live->len - 1) : NULL;

  return (last != NULL && last->seq > cursor->joins) || cursor->once != NULL
         || (cursor->told && has_leaves (log, cursor));
}

BtPexMessage *
bt_pex_log_tell (BtPexLog *log, BtPexCursor *cursor, const BtEndpoint *to, gint64 now)
{
  g_autoptr(BtPexMessage) message = bt_pex_message_new ();

  if (cursor->told)
    fill_later (log, cursor, to, message);
  else
    fill_first (log, cursor, to, now, message);
  if (message->added->len == 0 && message->dropped->len == 0)
    return NULL;
  return g_steal_pointer (&message);
}
