/* bt-core-lsd.c: when the local network is told of which torrents, and who hears of others there (BEP 14).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

#include "bt-lsd-client.h"

/* Torrents have their turn every five minutes, as many together as fit in a datagram; one is sent a second, so a
 * thousand torrents take a minute, and keep the distance that they have by that. */

#define BURST_US (1 * G_USEC_PER_SEC)

struct _BtCoreLsd
{
  BtLsdClient *client;
  BtTimer burst;
  gint64 last_burst; /* 0: none yet */
  guint turn;        /* round robin over torrents */
};

static void
heard_cb (const BtSha1 *hash, const BtEndpoint *endpoint, gpointer owner)
{
  BtCore *core = owner;
  BtTorrent *torrent = g_hash_table_lookup (core->by_hash, hash);

  if (torrent != NULL)
    bt_torrent_lsd_heard (torrent, endpoint);
}

static GPtrArray *
collect_due (BtCore *core, gint64 now)
{
  GPtrArray *due = g_ptr_array_new ();
  guint n = core->torrents->len;

  for (guint i = 0; i < n && due->len < BT_LSD_MAX_HASHES; i++)
    {
      BtTorrent *torrent = g_ptr_array_index (core->torrents, (core->lsd->turn + i) % n);

      if (bt_torrent_lsd_due (torrent) <= now)
        g_ptr_array_add (due, torrent);
    }
  return due;
}

static void
tell (BtCore *core, GPtrArray *torrents, gint64 now)
{
  BtCoreLsd *lsd = core->lsd;
  const BtSha1 *hashes[BT_LSD_MAX_HASHES];
  guint n, place;

  for (guint i = 0; i < torrents->len; i++)
    hashes[i] = &bt_torrent_get_metainfo (g_ptr_array_index (torrents, i))->info_hash;
  n = bt_lsd_client_tell (lsd->client, hashes, torrents->len);
  for (guint i = 0; i < n; i++)
    bt_torrent_lsd_said (g_ptr_array_index (torrents, i), now);
  if (g_ptr_array_find (core->torrents, g_ptr_array_index (torrents, n - 1), &place))
    lsd->turn = place + 1;
  lsd->last_burst = now;
}

void
bt_core_lsd_due (BtCore *core, gint64 due)
{
  BtCoreLsd *lsd = core->lsd;

  if (lsd == NULL || !bt_lsd_client_is_open (lsd->client) || due == G_MAXINT64)
    return;
  if (lsd->last_burst != 0)
    due = MAX (due, lsd->last_burst + BURST_US);
  if (!bt_timer_is_running (&lsd->burst) || lsd->burst.deadline > due)
    bt_timer_start (&lsd->burst, due);
}

static void
wait_for_next (BtCore *core)
{
  gint64 next = G_MAXINT64;

  for (guint i = 0; i < core->torrents->len; i++)
    next = MIN (next, bt_torrent_lsd_due (g_ptr_array_index (core->torrents, i)));
  bt_core_lsd_due (core, next);
}

static void
burst_cb (gpointer owner, gint64 now)
{
  BtCore *core = owner;
  g_autoptr(GPtrArray) due = collect_due (core, now);

  if (due->len > 0)
    tell (core, due, now);
  wait_for_next (core);
}

static gboolean
is_wanted (BtCore *core)
{
  return core->running && core->config->lsd && core->listen_port != 0 && core->no_network == NULL;
}

void
bt_core_init_lsd (BtCore *core)
{
  core->lsd = g_new0 (BtCoreLsd, 1);
  core->lsd->client = bt_lsd_client_new (core->world, heard_cb, core);
  bt_timer_init (&core->lsd->burst, core->timers, burst_cb, core);
  bt_core_renew_lsd (core);
}

void
bt_core_renew_lsd (BtCore *core)
{
  gint64 now = bt_core_now (core);

  if (core->lsd == NULL)
    return;
  bt_core_stop_lsd (core);
  /* Those who hear of us have to reach us. */
  if (!is_wanted (core)
      || !bt_lsd_client_open (core->lsd->client, core->listen_port, core->listeners[0] != NULL,
                              core->listeners[1] != NULL))
    return;
  for (guint i = 0; i < core->torrents->len; i++)
    bt_torrent_lsd_soon (g_ptr_array_index (core->torrents, i), now);
  wait_for_next (core);
}

void
bt_core_stop_lsd (BtCore *core)
{
  if (core->lsd == NULL)
    return;
  bt_timer_stop (&core->lsd->burst);
  bt_lsd_client_close (core->lsd->client);
}

void
bt_core_free_lsd (BtCore *core)
{
  if (core->lsd == NULL)
    return;
  bt_core_stop_lsd (core);
  bt_lsd_client_free (core->lsd->client);
  g_clear_pointer (&core->lsd, g_free);
}
