/* bt-torrent-turnover.c: when there are no more places, those who do nothing give theirs to others.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-compare.h"
#include "bt-host-private.h"

/* Peers that shook hands and do nothing cost little, but hold places; a hundred of them would keep everybody else out.
 * Others drop 4 % of the worst each five minutes when nine in ten places are taken; so do we, if there is somebody to
 * try. Whoever comes in takes a place at the same pace, and one of a network that holds several at once. */
#define IDLE_US (60 * G_USEC_PER_SEC) /* it moved nothing for so long */
#define TURN_US (300 * (gint64) G_USEC_PER_SEC)
#define TURN_SHARE 25     /* one of so many goes in a turn */
#define FULL_PERCENT 90
#define LOOK_US G_USEC_PER_SEC /* looking for the worst takes time; strangers may knock as often as they like */

typedef struct
{
  BtPeer *peer;
  guint n_of_network; /* peers, itself included */
} Worst;

static gboolean
is_idle (const BtPeer *peer, gint64 now)
{
  return peer->ready && !peer->closed && now - MAX (peer->moved_at, peer->ready_at) >= IDLE_US;
}

static guint
count_of_network (BtTorrent *torrent, const BtPeer *peer)
{
  guint n = 0;

  for (guint i = 0; i < torrent->peers->len; i++)
    n += bt_host_is_same_network (&peer->endpoint, &((BtPeer *) g_ptr_array_index (torrent->peers, i))->endpoint);
  return n;
}

/* Who is one of several of a network, who never gave or took anything, who was let download and did not, and who has
 * been idle for longest. */
static gboolean
is_worse (const Worst *a, const Worst *b)
{
  int order = BT_COMPARE (a->n_of_network > 1, b->n_of_network > 1);

  if (order == 0)
    order = BT_COMPARE (b->peer->moved_at != 0, a->peer->moved_at != 0);
  if (order == 0)
    order = BT_COMPARE (a->peer->unchoked_at != 0, b->peer->unchoked_at != 0);
  if (order == 0)
    order = BT_COMPARE (MAX (b->peer->moved_at, b->peer->ready_at), MAX (a->peer->moved_at, a->peer->ready_at));
  return order > 0;
}

/* FALSE: none of them is idle. */
static gboolean
find_worst (BtTorrent *torrent, gint64 now, Worst *worst)
{
  *worst = (Worst){ NULL, 0 };
  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtPeer *peer = g_ptr_array_index (torrent->peers, i);
      Worst other = { peer, 0 };

      if (!is_idle (peer, now))
        continue;
      other.n_of_network = count_of_network (torrent, peer);
      if (worst->peer == NULL || is_worse (&other, worst))
        *worst = other;
    }
  return worst->peer != NULL;
}

/* So that one of TURN_SHARE places goes in TURN_US. */
static gint64
get_pace (BtTorrent *torrent)
{
  return TURN_US * TURN_SHARE / MAX (bt_torrent_max_peers (torrent), 1);
}

gboolean
bt_torrent_replace_idle (BtTorrent *torrent)
{
  gint64 now = bt_core_now (torrent->core);
  Worst worst;

  if (torrent->replace_looked != 0 && now - torrent->replace_looked < LOOK_US)
    return FALSE;
  torrent->replace_looked = now;
  if (!find_worst (torrent, now, &worst))
    return FALSE;
  if (worst.n_of_network == 1)
    {
      if (torrent->replaced_at != 0 && now - torrent->replaced_at < get_pace (torrent))
        return FALSE;
      torrent->replaced_at = now;
    }
  bt_peer_close (worst.peer, BT_CLOSE_TOO_MANY, "it did nothing, and somebody came");
  return TRUE;
}

static gboolean
has_somebody_to_try (BtTorrent *torrent, gint64 now)
{
  return bt_candidates_next (torrent->candidates, bt_torrent_wants_only_leechers (torrent)) <= now;
}

void
bt_torrent_turn_over (BtTorrent *torrent, gint64 now)
{
  guint n = torrent->peers->len;
  Worst worst;

  if (torrent->turned_at == 0)
    torrent->turned_at = now;
  if (now - torrent->turned_at < TURN_US)
    return;
  torrent->turned_at = now;
  if (n * 100 < bt_torrent_max_peers (torrent) * FULL_PERCENT || !has_somebody_to_try (torrent, now))
    return;
  for (guint i = MAX (n / TURN_SHARE, 1); i > 0 && find_worst (torrent, now, &worst); i--)
    bt_peer_close (worst.peer, BT_CLOSE_TOO_MANY, "it did nothing, and others can be tried");
}
