/* bt-torrent-queue.c: a torrent and the queue: what it asks for, and what it is given.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

/* While its files are looked at it keeps its place in line; a disk that hangs holds up nobody. */
#define LOAD_PATIENCE_US (10 * G_USEC_PER_SEC)

/* What counts as its kind of moving. */
static BtQueueKind
get_kind (BtTorrent *torrent)
{
  gboolean downloads = !bt_torrent_is_complete (torrent) && !bt_torrent_only_seeds (torrent);

  return downloads ? BT_QUEUE_DOWNLOADS : BT_QUEUE_SEEDS;
}

gboolean
bt_torrent_is_loading (BtTorrent *torrent)
{
  return torrent->phase == BT_PHASE_LOADING && torrent->intent == BT_INTENT_RUN && torrent->problem == NULL;
}

static gboolean
is_at_work (BtTorrent *torrent, gint64 now)
{
  return torrent->phase == BT_PHASE_READY || torrent->phase == BT_PHASE_FOLDED
         || (torrent->phase == BT_PHASE_METADATA && torrent->intent == BT_INTENT_RUN)
         || (torrent->phase == BT_PHASE_LOADING && now - torrent->loading_since < LOAD_PATIENCE_US);
}

void
bt_torrent_ask_queue (BtTorrent *torrent, BtQueueItem *item, gint64 now)
{
  *item = (BtQueueItem){
    .kind = get_kind (torrent),
    .wants = is_at_work (torrent, now) && bt_torrent_is_meant_to_run (torrent),
    .forced = torrent->options->ignores_queue,
  };
  item->runs = torrent->place_given && torrent->place_kind == item->kind;
  item->stalled = item->runs && torrent->stalled;
}

/* It waits for the queue when it asked and was refused. One that does not ask has to, before it begins. */
void
bt_torrent_take_place (BtTorrent *torrent, const BtQueueItem *item, gboolean limited, gint64 now)
{
  gboolean waits = limited && !item->run;

  if (item->run && !item->runs)
    {
      torrent->place_since = now;
      torrent->stalled = FALSE;
    }
  torrent->place_given = item->run;
  torrent->place_kind = item->kind;
  torrent->asked = *item;
  if (waits == torrent->waits)
    return;
  torrent->waits = waits;
  bt_torrent_reconsider (torrent);
}

void
bt_torrent_note_queue (BtTorrent *torrent)
{
  BtQueueItem item;

  bt_torrent_ask_queue (torrent, &item, bt_core_now (torrent->core));
  if (item.wants != torrent->asked.wants || item.kind != torrent->asked.kind
      || item.forced != torrent->asked.forced)
    bt_core_queue_changed (torrent->core, item.forced != torrent->asked.forced);
}

/* Each second of one that is active. While the disk is behind nothing can move, whoever runs. */
void
bt_torrent_watch_stall (BtTorrent *torrent, gint64 now)
{
  gint64 since = MAX (torrent->place_since, torrent->started_at);
  gint64 moved_at = torrent->place_kind == BT_QUEUE_DOWNLOADS ? torrent->down_moved_at : torrent->up_moved_at;
  gboolean stalled = bt_queue_is_stalled (since, moved_at, now);

  if (!torrent->place_given || stalled == torrent->stalled || (stalled && !torrent->core->reading))
    return;
  torrent->stalled = stalled;
  bt_core_queue_changed (torrent->core, FALSE);
}

/* Places. */

gboolean
bt_torrent_is_in_queue (BtTorrent *torrent)
{
  if (torrent->phase == BT_PHASE_CLOSING || torrent->intent == BT_INTENT_STOP)
    return FALSE;
  return !bt_torrent_is_complete (torrent) || (torrent->asked.wants && torrent->waits);
}

void
bt_torrent_set_queue_position (BtTorrent *torrent, guint position)
{
  if (torrent->queue_position == position)
    return;
  torrent->queue_position = position;
  bt_torrent_touch (torrent, BT_CHANGED_OPTIONS);
}

guint64
bt_torrent_get_queue_key (BtTorrent *torrent)
{
  return torrent->queue_key;
}

void
bt_torrent_set_queue_key (BtTorrent *torrent, guint64 key)
{
  if (torrent->queue_key == key)
    return;
  torrent->queue_key = key;
  bt_torrent_save_choice (torrent);
}

/* How many are active is part of what is said of one that waits. */
void
bt_torrent_tell_waiting (BtTorrent *torrent)
{
  if (torrent->waits)
    bt_torrent_touch (torrent, BT_CHANGED_STATE);
}
