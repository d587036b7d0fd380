/* bt-core-connect.c: which torrents connect to somebody when: a token bucket of 30 a second, handed to them in turn.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

#define CONNECTS_PER_S 30.0 /* as libtorrent: bursts of SYN upset home routers */
#define CONNECT_ROUND_US (100 * 1000)
/* Of ten thousand torrents few have somebody to try soon: those alone are looked at in a round. All that are active
 * are asked once a second whether they have. */
#define SOON_US G_USEC_PER_SEC

static void
refill_connects (BtCore *core, gint64 now)
{
  double elapsed_s = (double) (now - core->connect_refilled) / G_USEC_PER_SEC;

  core->connect_tokens = MIN (core->connect_tokens + elapsed_s * CONNECTS_PER_S, CONNECTS_PER_S);
  core->connect_refilled = now;
}

static gboolean
is_full (BtCore *core)
{
  return core->n_peers >= core->config->max_peers;
}

void
bt_core_leave_seekers (BtCore *core, GList *link)
{
  if (link->data == NULL)
    return;
  g_queue_unlink (&core->seekers, link);
  link->data = NULL;
}

/* Who connected to somebody goes behind the others. Returns: when it has somebody to try */
static gint64
serve (BtCore *core, GList *link, gint64 now)
{
  BtTorrent *torrent = link->data;
  guint made = bt_torrent_connect_some (torrent, (guint) MAX (core->connect_tokens, 0), now);
  gint64 next = bt_torrent_next_connect (torrent);

  core->connect_tokens -= made;
  if (next > now + SOON_US)
    {
      bt_core_leave_seekers (core, link);
      return G_MAXINT64;
    }
  if (made > 0)
    {
      g_queue_unlink (&core->seekers, link);
      g_queue_push_tail_link (&core->seekers, link);
    }
  return next;
}

static void
connect_some (gpointer owner, gint64 now)
{
  BtCore *core = owner;
  GList *link = core->seekers.head;
  gint64 next = G_MAXINT64;

  refill_connects (core, now);
  for (guint n = core->seekers.length; n > 0 && !is_full (core); n--)
    {
      GList *following = link->next;
      gint64 wanted = serve (core, link, now);

      next = MIN (next, wanted);
      link = following;
    }
  /* When it is full, one that ends asks again. */
  if (next != G_MAXINT64 && !is_full (core))
    bt_timer_start (&core->connect, MAX (next, now + CONNECT_ROUND_US));
}

void
bt_core_seek_peers (BtCore *core, BtTorrent *torrent)
{
  gint64 now = bt_core_now (core);
  GList *link = bt_torrent_get_seek_link (torrent);

  if (!core->running)
    return;
  if (link->data == NULL && bt_torrent_next_connect (torrent) <= now + SOON_US)
    {
      link->data = torrent;
      g_queue_push_tail_link (&core->seekers, link);
    }
  if (g_queue_is_empty (&core->seekers))
    return;
  if (!bt_timer_is_running (&core->connect) || core->connect.deadline > now)
    bt_timer_start (&core->connect, now);
}

void
bt_core_want_connections (BtCore *core)
{
  for (guint i = 0; i < core->torrents->len; i++)
    bt_core_seek_peers (core, g_ptr_array_index (core->torrents, i));
}

/* Dialling: those to whom a connection is being made, of all torrents. */

gboolean
bt_core_is_dialling (BtCore *core, const BtEndpoint *endpoint)
{
  return g_hash_table_contains (core->dialling, endpoint);
}

void
bt_core_begin_dialling (BtCore *core, const BtEndpoint *endpoint)
{
  g_hash_table_add (core->dialling, g_memdup2 (endpoint, sizeof *endpoint));
}

void
bt_core_end_dialling (BtCore *core, const BtEndpoint *endpoint)
{
  g_hash_table_remove (core->dialling, endpoint);
}

gint64
bt_core_may_dial_at (BtCore *core, BtTorrent *torrent, const BtCandidate *candidate, gint64 now)
{
  if (!bt_candidate_is_unproven (candidate))
    return now;
  return bt_attempts_when (core->attempts, &candidate->endpoint, bt_torrent_get_id (torrent),
                           bt_candidate_is_hearsay (candidate), now);
}

/* What we ended ourselves says nothing of who is there. */
static gboolean
is_of_ours (guint reason)
{
  return reason == BT_CLOSE_STOPPED || reason == BT_CLOSE_TOO_MANY || reason == BT_CLOSE_BANNED;
}

/* Whoever takes the connection and then says nothing for all of the time is as good as nobody, also if he answered once:
 * a place of each torrent would wait for him. */
void
bt_core_dial_failed (BtCore *core, BtTorrent *torrent, const BtEndpoint *endpoint, guint reason)
{
  gboolean unreachable = reason == BT_CLOSE_CONNECT_FAILED || reason == BT_CLOSE_TIMED_OUT;

  if (!bt_endpoint_is_local (endpoint) && !is_of_ours (reason))
    bt_attempts_failed (core->attempts, endpoint, bt_torrent_get_id (torrent), unreachable, bt_core_now (core));
}

void
bt_core_dial_reached (BtCore *core, const BtEndpoint *endpoint)
{
  gint64 now = bt_core_now (core);

  if (bt_endpoint_is_local (endpoint) || !bt_attempts_reached (core->attempts, endpoint, now))
    return;
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_try_again (g_ptr_array_index (core->torrents, i), endpoint, now);
}

void
bt_core_init_connecting (BtCore *core)
{
  core->connect_tokens = CONNECTS_PER_S;
  core->connect_refilled = bt_core_now (core);
  bt_timer_init (&core->connect, core->timers, connect_some, core);
}
