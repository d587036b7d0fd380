/* bt-torrent-trim.c: who goes when fewer may be connected than are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-compare.h"

/* Below 0: @a moves less payload, or as much and is newer. */
static int
compare_use_cb (gconstpointer first, gconstpointer second, gpointer data)
{
  BtPeer *a = *(BtPeer *const *) first, *b = *(BtPeer *const *) second;
  gint64 now = *(const gint64 *) data;
  guint64 a_rate = bt_rate_get (&a->rate_down, now) + bt_rate_get (&a->rate_up, now);
  guint64 b_rate = bt_rate_get (&b->rate_down, now) + bt_rate_get (&b->rate_up, now);
  int order = BT_COMPARE (a_rate, b_rate);

  return order != 0 ? order : BT_COMPARE (b->connected_at, a->connected_at);
}

static void
trim_to (BtTorrent *torrent, guint most)
{
  gint64 now = bt_core_now (torrent->core);
  guint n = torrent->peers->len;
  g_autoptr(GPtrArray) sorted = NULL;

  if (n <= most)
    return;
  sorted = g_ptr_array_copy (torrent->peers, NULL, NULL);
  g_ptr_array_sort_with_data (sorted, compare_use_cb, &now);
  bt_torrent_drop_first_of (torrent, sorted, n - most, NULL);
}

void
bt_torrent_trim_peers (BtTorrent *torrent)
{
  trim_to (torrent, bt_torrent_max_peers (torrent));
}

/* Returns: (transfer full): a set of BtPeer: those of all torrents that are of the least use */
static GHashTable *
find_least_useful (BtCore *core, guint n)
{
  GHashTable *found = g_hash_table_new (NULL, NULL);
  g_autoptr(GPtrArray) peers = g_ptr_array_new ();
  gint64 now = bt_core_now (core);

  for (guint i = 0; i < core->torrents->len; i++)
    g_ptr_array_extend (peers, ((BtTorrent *) g_ptr_array_index (core->torrents, i))->peers, NULL, NULL);
  g_ptr_array_sort_with_data (peers, compare_use_cb, &now);
  for (guint i = 0; i < MIN (n, peers->len); i++)
    g_hash_table_add (found, g_ptr_array_index (peers, i));
  return found;
}

static guint
count_among (BtTorrent *torrent, GHashTable *peers)
{
  guint n = 0;

  for (guint i = 0; i < torrent->peers->len; i++)
    n += g_hash_table_contains (peers, g_ptr_array_index (torrent->peers, i));
  return n;
}

/* Each torrent has the same order as all of them together. */
void
bt_core_trim_peers (BtCore *core)
{
  g_autoptr(GHashTable) leaving = NULL;

  if (core->n_peers <= core->config->max_peers)
    return;
  leaving = find_least_useful (core, core->n_peers - core->config->max_peers);
  for (guint i = 0; i < core->torrents->len; i++)
    {
      BtTorrent *torrent = g_ptr_array_index (core->torrents, i);

      trim_to (torrent, torrent->peers->len - count_among (torrent, leaving));
    }
}
