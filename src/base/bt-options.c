/* bt-options.c: the life of what a person set for one torrent.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-options.h"

#include "bt-limits.h"
#include "bt-text.h"

#include <math.h>
#include <string.h>

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

/* Making fit. */

/* (nullable): NULL when nothing is left. */
static char *
clean_text (const char *text, gsize max_bytes)
{
  g_autofree char *clean = text != NULL ? bt_text_for_display (text, strlen (text), max_bytes) : NULL;

  if (clean == NULL || *g_strstrip (clean) == '\0')
    return NULL;
  return g_steal_pointer (&clean);
}

char *
bt_tag_clean (const char *tag)
{
  return clean_text (tag, BT_LIMIT_TEXT_TAG);
}

static GStrv
clean_tags (const char *const *tags)
{
  g_autoptr(GPtrArray) clean = g_ptr_array_new ();

  for (; *tags != NULL && clean->len < BT_LIMIT_TAGS; tags++)
    {
      g_autofree char *tag = bt_tag_clean (*tags);

      if (tag != NULL && !g_ptr_array_find_with_equal_func (clean, tag, g_str_equal, NULL))
        g_ptr_array_add (clean, g_steal_pointer (&tag));
    }
  g_ptr_array_add (clean, NULL);
  return (GStrv) g_ptr_array_steal (clean, NULL);
}

static void
clean_goals (BtGoals *goals)
{
  goals->ratio = isnan (goals->ratio) ? 0 : CLAMP (goals->ratio, 0, BT_LIMIT_GOAL_RATIO);
  goals->seeding_s = CLAMP (goals->seeding_s, 0, BT_LIMIT_GOAL_S);
  goals->idle_s = CLAMP (goals->idle_s, 0, BT_LIMIT_GOAL_S);
  if ((guint) goals->action > BT_GOAL_NOTHING)
    goals->action = BT_GOAL_STOP;
}

BtTorrentOptions *
bt_torrent_options_clean (const BtTorrentOptions *options)
{
  BtTorrentOptions *clean = g_new (BtTorrentOptions, 1);

  *clean = *options;
  g_atomic_ref_count_init (&clean->refs);
  clean->name = clean_text (options->name, BT_LIMIT_TEXT_NAME);
  clean->tags = clean_tags ((const char *const *) options->tags);
  clean->limit_down_bytes_per_s = MIN (options->limit_down_bytes_per_s, (guint64) G_MAXINT64);
  clean->limit_up_bytes_per_s = MIN (options->limit_up_bytes_per_s, (guint64) G_MAXINT64);
  clean->max_peers = MIN (options->max_peers, BT_LIMIT_OPTION_PEERS);
  clean->sequential = options->sequential != FALSE;
  clean->ignores_queue = options->ignores_queue != FALSE;
  clean->own_goals = options->own_goals != FALSE;
  clean_goals (&clean->goals);
  return clean;
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
