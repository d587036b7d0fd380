/* bt-core-queue.c: the order of all torrents, and the rounds in which places are given.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

#define ROUND_US G_USEC_PER_SEC
#define LOADING_ROUND_US (10 * G_USEC_PER_SEC)

/* The order is that of the keys, which leave gaps: a move changes the key of one torrent, so one row is
 * saved. When a gap is used up all get new keys. */
#define FIRST_KEY (G_GUINT64_CONSTANT (1) << 40)
#define KEY_GAP (G_GUINT64_CONSTANT (1) << 20)

static guint64
key_at (BtCore *core, guint index)
{
  return bt_torrent_get_queue_key (g_ptr_array_index (core->queue, index));
}

/* The first place whose key is not smaller. */
static guint
find_place (BtCore *core, guint64 key)
{
  guint low = 0, high = core->queue->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (key_at (core, middle) < key)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

guint64
bt_core_next_queue_key (BtCore *core)
{
  return core->queue->len > 0 ? key_at (core, core->queue->len - 1) + KEY_GAP : FIRST_KEY;
}

void
bt_core_enqueue (BtCore *core, BtTorrent *torrent)
{
  guint64 key = bt_torrent_get_queue_key (torrent);
  guint place = find_place (core, key);

  if (key == 0 || (place < core->queue->len && key_at (core, place) == key))
    {
      bt_torrent_set_queue_key (torrent, bt_core_next_queue_key (core));
      place = core->queue->len;
    }
  g_ptr_array_insert (core->queue, (int) place, torrent);
  bt_core_queue_changed (core, FALSE);
}

void
bt_core_dequeue (BtCore *core, BtTorrent *torrent)
{
  guint place = find_place (core, bt_torrent_get_queue_key (torrent));

  g_return_if_fail (place < core->queue->len && g_ptr_array_index (core->queue, place) == torrent);
  g_ptr_array_remove_index (core->queue, place);
  bt_core_queue_changed (core, FALSE);
}

/* Rounds. */

static void
number_places (BtCore *core)
{
  guint position = 0;

  for (guint i = 0; i < core->queue->len; i++)
    {
      BtTorrent *torrent = g_ptr_array_index (core->queue, i);

      bt_torrent_set_queue_position (torrent, bt_torrent_is_in_queue (torrent) ? ++position : 0);
    }
}

static BtQueueItem *
collect_items (BtCore *core, gint64 now)
{
  BtQueueItem *items = g_new (BtQueueItem, MAX (core->queue->len, 1));

  for (guint i = 0; i < core->queue->len; i++)
    bt_torrent_ask_queue (g_ptr_array_index (core->queue, i), &items[i], now);
  return items;
}

static void
give_places (BtCore *core, const BtQueueRules *rules, const BtQueueItem *items, gint64 now)
{
  for (guint i = 0; i < core->queue->len; i++)
    bt_torrent_take_place (g_ptr_array_index (core->queue, i), &items[i], rules->max[items[i].kind] > 0, now);
}

static void
tell_waiting (BtCore *core, const guint *n_active)
{
  if (memcmp (core->n_active, n_active, sizeof core->n_active) == 0)
    return;
  memcpy (core->n_active, n_active, sizeof core->n_active);
  for (guint i = 0; i < core->queue->len; i++)
    bt_torrent_tell_waiting (g_ptr_array_index (core->queue, i));
}

/* Those that keep their place while they are loaded lose it when that takes too long. */
static gboolean
is_any_loading (BtCore *core)
{
  for (guint i = 0; i < core->queue->len; i++)
    if (bt_torrent_is_loading (g_ptr_array_index (core->queue, i)))
      return TRUE;
  return FALSE;
}

static void
run_round (gpointer owner, gint64 now)
{
  BtCore *core = owner;
  BtQueueRules rules = {
    .max = { core->config->max_active_downloads, core->config->max_active_seeds },
    .in_order = core->queue_in_order,
  };
  g_autofree BtQueueItem *items = collect_items (core, now);
  guint n_active[BT_QUEUE_N_KINDS];

  core->queue_decided = now;
  core->queue_in_order = FALSE;
  bt_queue_decide (&rules, items, core->queue->len, n_active);
  give_places (core, &rules, items, now);
  number_places (core);
  tell_waiting (core, n_active);
  if (!bt_timer_is_running (&core->queue_timer) && is_any_loading (core))
    bt_timer_start (&core->queue_timer, now + LOADING_ROUND_US);
}

void
bt_core_queue_changed (BtCore *core, gboolean in_order)
{
  gint64 now = bt_core_now (core);
  gint64 due = core->queue_decided == 0 ? now : MAX (now, core->queue_decided + ROUND_US);

  if (!core->running)
    return;
  core->queue_in_order |= in_order;
  if (!bt_timer_is_running (&core->queue_timer) || core->queue_timer.deadline > due)
    bt_timer_start (&core->queue_timer, due);
}

void
bt_core_init_queue (BtCore *core)
{
  bt_timer_init (&core->queue_timer, core->timers, run_round, core);
}

void
bt_core_stop_queue (BtCore *core)
{
  bt_timer_stop (&core->queue_timer);
}

/* Moving. */

static void
renumber (BtCore *core)
{
  for (guint i = 0; i < core->queue->len; i++)
    bt_torrent_set_queue_key (g_ptr_array_index (core->queue, i), FIRST_KEY + i * KEY_GAP);
}

static gboolean
has_gap_at (BtCore *core, guint place)
{
  guint64 next = key_at (core, place);

  return place == 0 ? next > KEY_GAP : next - key_at (core, place - 1) > 1;
}

/* @torrent: just taken out. @place: where it will be. */
static void
put_at (BtCore *core, BtTorrent *torrent, guint place)
{
  guint64 key;

  if (place < core->queue->len && !has_gap_at (core, place))
    renumber (core);
  if (place == core->queue->len)
    key = bt_core_next_queue_key (core);
  else if (place == 0)
    key = key_at (core, 0) - KEY_GAP;
  else
    key = key_at (core, place - 1) + (key_at (core, place) - key_at (core, place - 1)) / 2;
  bt_torrent_set_queue_key (torrent, key);
  g_ptr_array_insert (core->queue, (int) place, torrent);
}

/* The next that has a place in the queue, from @place on in steps of @step; @place itself if there is none.
 * Those between, which seed or are stopped, are jumped over: nobody sees them in the queue. */
static guint
find_neighbour (BtCore *core, guint place, int step)
{
  for (gint64 i = (gint64) place + step; i >= 0 && i < core->queue->len; i += step)
    if (bt_torrent_is_in_queue (g_ptr_array_index (core->queue, i)))
      return (guint) i;
  return place;
}

static guint
find_new_place (BtCore *core, guint place, BtQueueMove move)
{
  switch (move)
    {
    case BT_QUEUE_TOP:
      return 0;
    case BT_QUEUE_UP:
      return find_neighbour (core, place, -1);
    case BT_QUEUE_DOWN:
      return find_neighbour (core, place, 1);
    case BT_QUEUE_BOTTOM:
    default:
      return core->queue->len - 1;
    }
}

void
bt_core_move_in_queue (BtCore *core, BtCommand *command)
{
  BtTorrent *torrent = bt_core_find (core, command->id);
  guint from, to;

  if (torrent == NULL)
    {
      bt_command_reply (command, g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "No such torrent"));
      return;
    }
  from = find_place (core, bt_torrent_get_queue_key (torrent));
  to = find_new_place (core, from, command->queue_move);
  if (to != from)
    {
      g_ptr_array_remove_index (core->queue, from);
      put_at (core, torrent, to);
      bt_core_queue_changed (core, TRUE);
    }
  bt_command_reply (command, NULL);
}
