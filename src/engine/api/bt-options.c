/* bt-options.c: the life of what a person set for one torrent.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-options.h"

BtTorrentOptions *
bt_torrent_options_new (void)
{
  BtTorrentOptions *options = g_new0 (BtTorrentOptions, 1);

  g_atomic_ref_count_init (&options->refs);
  options->tags = g_new0 (char *, 1);
  return options;
}

BtTorrentOptions *
bt_torrent_options_merge (const BtTorrentOptions *from, const BtTorrentOptions *with, BtOptionMask mask)
{
  BtTorrentOptions *merged = g_new (BtTorrentOptions, 1);
  const BtTorrentOptions *named = (mask & BT_OPTION_NAME) != 0 ? with : from;
  const BtTorrentOptions *tagged = (mask & BT_OPTION_TAGS) != 0 ? with : from;

  *merged = *from;
  g_atomic_ref_count_init (&merged->refs);
  merged->name = g_strdup (named->name);
  merged->tags = g_strdupv (tagged->tags);
  if ((mask & BT_OPTION_LIMITS) != 0)
    {
      merged->limit_down_bytes_per_s = with->limit_down_bytes_per_s;
      merged->limit_up_bytes_per_s = with->limit_up_bytes_per_s;
    }
  if ((mask & BT_OPTION_MAX_PEERS) != 0)
    merged->max_peers = with->max_peers;
  if ((mask & BT_OPTION_SEQUENTIAL) != 0)
    merged->sequential = with->sequential;
  if ((mask & BT_OPTION_QUEUE) != 0)
    merged->ignores_queue = with->ignores_queue;
  if ((mask & BT_OPTION_GOALS) != 0)
    {
      merged->own_goals = with->own_goals;
      merged->goals = with->goals;
    }
  return merged;
}

static gboolean
goals_equal (const BtGoals *a, const BtGoals *b)
{
  return a->ratio == b->ratio && a->seeding_s == b->seeding_s && a->idle_s == b->idle_s
         && a->action == b->action;
}

gboolean
bt_torrent_options_equal (const BtTorrentOptions *a, const BtTorrentOptions *b)
{
  return g_strcmp0 (a->name, b->name) == 0
         && g_strv_equal ((const char *const *) a->tags, (const char *const *) b->tags)
         && a->limit_down_bytes_per_s == b->limit_down_bytes_per_s
         && a->limit_up_bytes_per_s == b->limit_up_bytes_per_s && a->max_peers == b->max_peers
         && a->sequential == b->sequential && a->ignores_queue == b->ignores_queue
         && a->own_goals == b->own_goals && goals_equal (&a->goals, &b->goals);
}

BtTorrentOptions *
bt_torrent_options_ref (BtTorrentOptions *options)
{
  g_atomic_ref_count_inc (&options->refs);
  return options;
}

void
bt_torrent_options_unref (BtTorrentOptions *options)
{
  if (!g_atomic_ref_count_dec (&options->refs))
    return;
  g_free (options->name);
  g_strfreev (options->tags);
  g_free (options);
}
