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

/* Those that do nothing, in the order in which they are to go. */
typedef struct
{
  GPtrArray *peers; /* of BtPeer */
  guint n_crowded;  /* the first of them, of whose network one is left when they are gone */
} Idle;

static gboolean
is_idle (const BtPeer *peer, gint64 now)
{
  return peer->ready && !peer->closed && now - MAX (peer->moved_at, peer->ready_at) >= IDLE_US;
}

/* Who never gave or took anything, who was let download and did not, and who has been idle for longest. */
static int
compare_worst (gconstpointer first, gconstpointer second)
{
  const BtPeer *a = *(const BtPeer *const *) first, *b = *(const BtPeer *const *) second;
  int order = BT_COMPARE (a->moved_at != 0, b->moved_at != 0);

  if (order == 0)
    order = BT_COMPARE (b->unchoked_at != 0, a->unchoked_at != 0);
  if (order == 0)
    order = BT_COMPARE (MAX (a->moved_at, a->ready_at), MAX (b->moved_at, b->ready_at));
  return order;
}

/* Returns: (transfer full): BtEndpoint -> how many peers are there */
static GHashTable *
count_networks (BtTorrent *torrent)
{
  GHashTable *networks = g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, g_free, NULL);

  for (guint i = 0; i < torrent->peers->len; i++)
    {
      BtEndpoint network = bt_host_network_of (&((BtPeer *) g_ptr_array_index (torrent->peers, i))->endpoint);
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (networks, &network));

      g_hash_table_replace (networks, g_memdup2 (&network, sizeof network), GUINT_TO_POINTER (n + 1));
    }
  return networks;
}

/* Whether it is one of several of its network, of which there is then one less. */
static gboolean
take_from_crowd (GHashTable *networks, const BtPeer *peer)
{
  BtEndpoint network = bt_host_network_of (&peer->endpoint);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (networks, &network));

  if (n > 1)
    g_hash_table_replace (networks, g_memdup2 (&network, sizeof network), GUINT_TO_POINTER (n - 1));
  return n > 1;
}

/* Those first that are one of several of a network, until there is one of each. */
static Idle
find_idle (BtTorrent *torrent, gint64 now)
{
  g_autoptr(GHashTable) networks = count_networks (torrent);
  g_autoptr(GPtrArray) alone = g_ptr_array_new (), all = g_ptr_array_new ();
  Idle idle = { g_ptr_array_new (), 0 };

  for (guint i = 0; i < torrent->peers->len; i++)
    if (is_idle (g_ptr_array_index (torrent->peers, i), now))
      g_ptr_array_add (all, g_ptr_array_index (torrent->peers, i));
  g_ptr_array_sort (all, compare_worst);
  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (take_from_crowd (networks, all->pdata[i]) ? idle.peers : alone, all->pdata[i]);
  idle.n_crowded = idle.peers->len;
  g_ptr_array_extend (idle.peers, alone, NULL, NULL);
  return idle;
}

/* So that one of TURN_SHARE places goes in TURN_US. */
static gint64
get_pace (BtTorrent *torrent)
{
  return TURN_US * TURN_SHARE / MAX (bt_torrent_max_peers (torrent), 1);
}

/* Somebody of a crowd goes at once, others at the pace of the turns. */
static gboolean
may_replace (BtTorrent *torrent, const Idle *idle, gint64 now)
{
  if (idle->peers->len == 0 || idle->n_crowded > 0)
    return idle->peers->len > 0;
  if (torrent->replaced_at != 0 && now - torrent->replaced_at < get_pace (torrent))
    return FALSE;
  torrent->replaced_at = now;
  return TRUE;
}

gboolean
bt_torrent_replace_idle (BtTorrent *torrent)
{
  gint64 now = bt_core_now (torrent->core);
  gboolean may;
  Idle idle;

  if (torrent->replace_looked != 0 && now - torrent->replace_looked < LOOK_US)
    return FALSE;
  torrent->replace_looked = now;
  idle = find_idle (torrent, now);
  may = may_replace (torrent, &idle, now);
  if (may)
    bt_torrent_drop_first_of (torrent, idle.peers, 1, "it did nothing, and somebody came");
  g_ptr_array_unref (idle.peers);
  return may;
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
  Idle idle;

  if (torrent->turned_at == 0)
    torrent->turned_at = now;
  if (now - torrent->turned_at < TURN_US)
    return;
  torrent->turned_at = now;
  if (n * 100 < bt_torrent_max_peers (torrent) * FULL_PERCENT || !has_somebody_to_try (torrent, now))
    return;
  idle = find_idle (torrent, now);
  bt_torrent_drop_first_of (torrent, idle.peers, MAX (n / TURN_SHARE, 1), "it did nothing, and others can be tried");
  g_ptr_array_unref (idle.peers);
}
