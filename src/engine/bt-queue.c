/* bt-queue.c: which torrents of those that are meant to run may, when only so many shall be active.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-queue.h"

gboolean
bt_queue_is_stalled (gint64 since, gint64 moved_at, gint64 now)
{
  if (now - since < BT_QUEUE_START_US)
    return FALSE;
  return now - MAX (since, moved_at) >= BT_QUEUE_STALL_US;
}

static gboolean
is_free (const BtQueueItem *item)
{
  return item->forced || (item->runs && item->stalled);
}

static void
take_place (BtQueueItem *item, guint n_active[])
{
  item->run = TRUE;
  n_active[item->kind]++;
}

void
bt_queue_decide (const BtQueueRules *rules, BtQueueItem *items, guint n, guint n_active[BT_QUEUE_N_KINDS])
{
  for (guint kind = 0; kind < BT_QUEUE_N_KINDS; kind++)
    n_active[kind] = 0;
  for (guint i = 0; i < n; i++)
    {
      BtQueueItem *item = &items[i];

      item->run = item->wants && is_free (item);
      if (item->wants && !item->run && item->runs && !rules->in_order)
        take_place (item, n_active);
    }
  for (guint i = 0; i < n; i++)
    {
      BtQueueItem *item = &items[i];
      guint max = rules->max[item->kind];

      if (item->wants && !item->run && (max == 0 || n_active[item->kind] < max))
        take_place (item, n_active);
    }
}
