/* bt-tiers-edit.c: the list of a torrent's trackers as a person edits it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tiers-private.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-metainfo.h"

BtTracker *
bt_tiers_find (BtTiers *tiers, const char *url)
{
  for (guint i = 0; i < tiers->trackers->len; i++)
    {
      BtTracker *tracker = g_ptr_array_index (tiers->trackers, i);

      if (g_str_equal (tracker->url, url))
        return tracker;
    }
  return NULL;
}

/* Takes it out of @from, which does not free it. Returns: (nullable) */
static BtTracker *
take_tracker (GPtrArray *from, const char *url)
{
  for (guint i = 0; i < from->len; i++)
    if (g_str_equal (((BtTracker *) from->pdata[i])->url, url))
      return g_ptr_array_steal_index (from, i);
  return NULL;
}

/* Those that worked, each in a tier of its own, may have come together in one: there is one that works in a
 * tier, the others stand by. */
static void
settle (BtTiers *tiers)
{
  BtTracker *working = NULL;

  for (guint i = 0; i < tiers->trackers->len; i++)
    {
      BtTracker *tracker = g_ptr_array_index (tiers->trackers, i);

      if (tracker->state != BT_TRACKER_WORKING)
        continue;
      if (working != NULL && (tiers->is_private || working->tier == tracker->tier))
        tracker->state = BT_TRACKER_IDLE;
      else
        working = tracker;
    }
}

GPtrArray *
bt_tiers_replace (BtTiers *tiers, GPtrArray *lists)
{
  GPtrArray *gone = tiers->trackers;

  tiers->trackers = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_tracker_free);
  for (guint tier = 0; tier < lists->len; tier++)
    {
      GStrv urls = g_ptr_array_index (lists, tier);

      for (guint i = 0; urls[i] != NULL; i++)
        {
          BtTracker *tracker = take_tracker (gone, urls[i]);

          if (tracker == NULL)
            {
              bt_tiers_add (tiers, urls[i], tier);
              continue;
            }
          tracker->tier = tier;
          g_ptr_array_add (tiers->trackers, tracker);
        }
    }
  settle (tiers);
  return gone;
}

GPtrArray *
bt_tiers_list (BtTiers *tiers)
{
  GPtrArray *lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  guint end;

  for (guint first = 0; first < tiers->trackers->len; first = end)
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      guint tier = bt_tiers_get (tiers, first)->tier;

      for (end = first; end < tiers->trackers->len && bt_tiers_get (tiers, end)->tier == tier; end++)
        g_strv_builder_add (builder, bt_tiers_get (tiers, end)->url);
      g_ptr_array_add (lists, g_strv_builder_end (builder));
    }
  return lists;
}

/* Returns: (transfer full) (nullable): the URL without blanks around it */
static char *
clean_url (const char *text, GError **error)
{
  g_autofree char *url = g_strstrip (g_strdup (text));
  g_autoptr (GError) local_error = NULL;

  if (bt_tracker_url_is_valid (url, &local_error))
    return g_steal_pointer (&url);
  g_set_error (error, BT_ERROR, local_error->code, "\"%s\" is not the address of a tracker: %s", url,
               local_error->message);
  return NULL;
}

static gboolean
clean_tier (GStrv urls, GHashTable *seen, GPtrArray *clean, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint before = g_hash_table_size (seen);

  for (guint i = 0; urls[i] != NULL; i++)
    {
      g_autofree char *url = clean_url (urls[i], error);

      if (url == NULL)
        return FALSE;
      if (g_hash_table_contains (seen, url))
        continue;
      g_strv_builder_add (builder, url);
      g_hash_table_add (seen, g_steal_pointer (&url));
    }
  if (g_hash_table_size (seen) > before)
    g_ptr_array_add (clean, g_strv_builder_end (builder));
  return TRUE;
}

GPtrArray *
bt_tiers_clean (GPtrArray *lists, GError **error)
{
  g_autoptr (GPtrArray) clean = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < lists->len; i++)
    if (!clean_tier (g_ptr_array_index (lists, i), seen, clean, error))
      return NULL;
  if (g_hash_table_size (seen) <= BT_LIMIT_TRACKERS)
    return g_steal_pointer (&clean);
  g_set_error (error, BT_ERROR, BT_ERROR_LIMIT, "There are more than %d trackers", BT_LIMIT_TRACKERS);
  return NULL;
}
