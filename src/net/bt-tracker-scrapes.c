/* bt-tracker-scrapes.c: trackers that do not answer scrapes are not asked for a while.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-tracker-private.h"

#include "bt-metainfo.h"

/* Whoever has ten thousand torrents of one tracker would ask it ten thousand times for what it does not tell. One
 * torrent that it does not know may be a mistake, several are its way. */
#define FAILS_IN_A_ROW 3
#define PAUSE_US G_TIME_SPAN_HOUR
#define MAX_HOSTS 1000 /* addresses of trackers are of strangers; then all is learnt anew */

typedef struct
{
  guint n_fails;
  gint64 last; /* monotonic µs */
} Record;

GHashTable *
bt_tracker_scrapes_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

gboolean
bt_tracker_scrapes_are_vain (BtTrackerClient *client, const char *url)
{
  g_autofree char *host = bt_tracker_url_host (url);
  const Record *record = host != NULL ? g_hash_table_lookup (client->scrapes, host) : NULL;

  return record != NULL && record->n_fails >= FAILS_IN_A_ROW
         && bt_world_now (client->world) - record->last < PAUSE_US;
}

void
bt_tracker_scrapes_note (BtTrackerClient *client, const char *url, gboolean answered)
{
  g_autofree char *host = bt_tracker_url_host (url);
  Record *record;

  if (host == NULL)
    return;
  if (answered)
    {
      g_hash_table_remove (client->scrapes, host);
      return;
    }
  record = g_hash_table_lookup (client->scrapes, host);
  if (record == NULL)
    {
      if (g_hash_table_size (client->scrapes) >= MAX_HOSTS)
        g_hash_table_remove_all (client->scrapes);
      record = g_new0 (Record, 1);
      g_hash_table_insert (client->scrapes, g_steal_pointer (&host), record);
    }
  record->n_fails++;
  record->last = bt_world_now (client->world);
}
