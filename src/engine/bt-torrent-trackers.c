/* bt-torrent-trackers.c: the trackers of a torrent as a person edits them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

void
bt_torrent_set_tiers (BtTorrent *torrent, GPtrArray *tiers)
{
  if (torrent->phase == BT_PHASE_CLOSING)
    return;
  bt_torrent_replace_tiers (torrent, tiers);
  torrent->own_tiers = TRUE;
  torrent->dirty = TRUE;
  bt_torrent_name_tracker (torrent);
  bt_torrent_touch (torrent, BT_CHANGED_STATE | BT_CHANGED_PEERS);
  bt_torrent_save (torrent);
}

/* Returns: (transfer full) (nullable): those of @urls that it does not have */
static GStrv
find_missing (BtTorrent *torrent, GStrv urls)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  for (; *urls != NULL; urls++)
    if (bt_tiers_find (torrent->tiers, *urls) == NULL)
      {
        g_strv_builder_add (builder, *urls);
        n++;
      }
  return n > 0 ? g_strv_builder_end (builder) : NULL;
}

gboolean
bt_torrent_add_tiers (BtTorrent *torrent, GPtrArray *tiers)
{
  g_autoptr(GPtrArray) all = bt_tiers_list (torrent->tiers);
  guint n_before = all->len;
  guint n_urls = bt_tiers_n_trackers (torrent->tiers);

  for (guint i = 0; i < tiers->len; i++)
    {
      GStrv missing = find_missing (torrent, g_ptr_array_index (tiers, i));

      if (missing == NULL)
        continue;
      n_urls += g_strv_length (missing);
      g_ptr_array_add (all, missing);
    }
  if (n_urls > BT_LIMIT_TRACKERS)
    return FALSE;
  if (all->len > n_before)
    bt_torrent_set_tiers (torrent, all);
  return TRUE;
}
