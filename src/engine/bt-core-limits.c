/* bt-core-limits.c: the limits that torrents share: those of the engine and those of tags.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

void
bt_limits_init (BtLimits *limits, BtLimits *parent, guint64 down_bytes_per_s, guint64 up_bytes_per_s, gint64 now)
{
  bt_limiter_init (&limits->down, parent != NULL ? &parent->down : NULL, down_bytes_per_s, now);
  bt_limiter_init (&limits->up, parent != NULL ? &parent->up : NULL, up_bytes_per_s, now);
}

void
bt_limits_set (BtLimits *limits, guint64 down_bytes_per_s, guint64 up_bytes_per_s, gint64 now)
{
  bt_limiter_set (&limits->down, down_bytes_per_s, now);
  bt_limiter_set (&limits->up, up_bytes_per_s, now);
}

/* A tag whose limits are set anew keeps what has flowed: a change is no way to get more. */
static BtLimits *
take_limits_of (BtCore *core, GHashTable *before, const char *tag)
{
  BtLimits *limits = NULL;
  gpointer key;

  if (g_hash_table_steal_extended (before, tag, &key, (gpointer *) &limits))
    g_free (key);
  else
    {
      limits = g_new (BtLimits, 1);
      bt_limits_init (limits, &core->limits, 0, 0, bt_core_now (core));
    }
  return limits;
}

static GHashTable *
make_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* Of a tag that is named twice the first counts. */
static void
take_tags (BtCore *core, GHashTable *before, gint64 now)
{
  GPtrArray *tags = core->config->tag_limits;

  for (guint i = 0; i < tags->len; i++)
    {
      const BtTagLimit *limit = g_ptr_array_index (tags, i);
      char *tag = bt_tag_clean (limit->tag);
      BtLimits *limits;

      if (tag == NULL || g_hash_table_contains (core->tag_limits, tag))
        {
          g_free (tag);
          continue;
        }
      limits = take_limits_of (core, before, tag);
      bt_limits_set (limits, limit->limit_down_bytes_per_s, limit->limit_up_bytes_per_s, now);
      g_hash_table_insert (core->tag_limits, tag, limits);
    }
}

BtLimits *
bt_core_limits_for (BtCore *core, const char *const *tags)
{
  for (; *tags != NULL && g_hash_table_size (core->tag_limits) > 0; tags++)
    {
      BtLimits *limits = g_hash_table_lookup (core->tag_limits, *tags);

      if (limits != NULL)
        return limits;
    }
  return &core->limits;
}

void
bt_core_init_limits (BtCore *core)
{
  const BtConfig *config = core->config;
  g_autoptr(GHashTable) none = make_table ();
  gint64 now = bt_core_now (core);

  bt_limits_init (&core->limits, NULL, config->limit_down_bytes_per_s, config->limit_up_bytes_per_s, now);
  core->tag_limits = make_table ();
  take_tags (core, none, now);
}

/* Torrents change over before the limits of tags that are gone are freed. */
void
bt_core_apply_limits (BtCore *core)
{
  const BtConfig *config = core->config;
  g_autoptr(GHashTable) before = g_steal_pointer (&core->tag_limits);
  gint64 now = bt_core_now (core);

  core->tag_limits = make_table ();
  bt_limits_set (&core->limits, config->limit_down_bytes_per_s, config->limit_up_bytes_per_s, now);
  take_tags (core, before, now);
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_apply_limits (g_ptr_array_index (core->torrents, i));
}
