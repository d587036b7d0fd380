/* bt-core-check.c: which torrent is checked now: on each device one after another, devices side by side.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

/* One torrent keeps all cores, or its disk, busy; a second one on the same disk would only make it seek. */

static void
free_queue (gpointer queue)
{
  g_queue_free (queue);
}

void
bt_core_init_checks (BtCore *core)
{
  core->checks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_queue);
}

static GQueue *
get_queue (BtCore *core, guint64 device)
{
  GQueue *queue = g_hash_table_lookup (core->checks, &device);

  if (queue == NULL)
    {
      queue = g_queue_new ();
      g_hash_table_insert (core->checks, g_memdup2 (&device, sizeof device), queue);
    }
  return queue;
}

void
bt_core_enqueue_check (BtCore *core, BtTorrent *torrent)
{
  GQueue *queue;

  if (torrent->check_queue != NULL)
    return;
  queue = torrent->check_queue = get_queue (core, torrent->storage->device.id);
  g_queue_push_tail (queue, torrent);
  torrent->check_link = g_queue_peek_tail_link (queue);
  if (queue->length == 1)
    bt_torrent_check_next (torrent);
}

void
bt_core_dequeue_check (BtCore *core, BtTorrent *torrent)
{
  GQueue *queue = g_steal_pointer (&torrent->check_queue);
  gboolean was_head = queue != NULL && queue->head == torrent->check_link;

  if (queue == NULL)
    return;
  g_queue_delete_link (queue, g_steal_pointer (&torrent->check_link));
  if (was_head && !g_queue_is_empty (queue))
    bt_torrent_check_next (g_queue_peek_head (queue));
}
