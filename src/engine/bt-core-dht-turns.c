/* bt-core-dht-turns.c: which torrent may search the DHT next, so that ten thousand do not do so at once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-dht-private.h"

/* A search asks some forty nodes. Four a second are 20 kB/s, and ten thousand torrents have had their turn within
 * forty minutes, which is before the nodes forget them. */
#define TURNS_PER_S 4.0
#define TURNS_AT_ONCE 8.0
#define TURN_US (250 * G_TIME_SPAN_MILLISECOND)
#define MAX_SEARCHES 64 /* under way, in both families */

static void
refill (BtCoreDht *dht, gint64 now)
{
  double elapsed_s = (double) (now - dht->turn_refilled) / G_USEC_PER_SEC;

  dht->turn_tokens = MIN (dht->turn_tokens + elapsed_s * TURNS_PER_S, TURNS_AT_ONCE);
  dht->turn_refilled = now;
}

static void
take_turns (gpointer owner, gint64 now)
{
  BtCoreDht *dht = owner;

  refill (dht, now);
  while (!g_queue_is_empty (&dht->turns) && dht->turn_tokens >= 1 && dht->n_searching < MAX_SEARCHES)
    {
      BtTorrent *torrent = g_queue_pop_head (&dht->turns);

      dht->turn_tokens -= 1;
      bt_torrent_search_dht (torrent, now);
    }
  if (!g_queue_is_empty (&dht->turns) && dht->n_searching < MAX_SEARCHES)
    bt_timer_start (&dht->turn, now + TURN_US);
}

static void
schedule (BtCoreDht *dht)
{
  if (!bt_timer_is_running (&dht->turn) && !g_queue_is_empty (&dht->turns))
    bt_timer_start (&dht->turn, bt_core_now (dht->core));
}

GList *
bt_core_dht_want_turn (BtCore *core, BtTorrent *torrent, gboolean urgent)
{
  GQueue *turns = &core->dht->turns;

  if (urgent)
    g_queue_push_head (turns, torrent);
  else
    g_queue_push_tail (turns, torrent);
  schedule (core->dht);
  return urgent ? g_queue_peek_head_link (turns) : g_queue_peek_tail_link (turns);
}

void
bt_core_dht_leave_turn (BtCore *core, GList *turn)
{
  g_queue_delete_link (&core->dht->turns, turn);
}

void
bt_core_dht_search_began (BtCore *core)
{
  core->dht->n_searching++;
}

void
bt_core_dht_search_ended (BtCore *core)
{
  core->dht->n_searching--;
  schedule (core->dht);
}

void
bt_core_dht_stop_turns (BtCoreDht *dht)
{
  g_assert (g_queue_is_empty (&dht->turns) && dht->n_searching == 0);
  bt_timer_stop (&dht->turn);
}

void
bt_core_dht_init_turns (BtCoreDht *dht)
{
  g_queue_init (&dht->turns);
  bt_timer_init (&dht->turn, dht->core->timers, take_turns, dht);
  dht->turn_tokens = TURNS_AT_ONCE;
  dht->turn_refilled = bt_core_now (dht->core);
}
