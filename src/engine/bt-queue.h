/* bt-queue.h: which torrents of those that are meant to run may, when only so many shall be active.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Downloads and seeds have a queue each, over one order of all torrents. */
typedef enum
{
  BT_QUEUE_DOWNLOADS,
  BT_QUEUE_SEEDS,
  BT_QUEUE_N_KINDS
} BtQueueKind;

/* A torrent that moves no payload for this long is stalled; of one that has just begun, which has to
 * find peers first, more is not expected for longer. */
#define BT_QUEUE_STALL_US (60 * G_USEC_PER_SEC)
#define BT_QUEUE_START_US (180 * G_USEC_PER_SEC)

/* @since: monotonic µs when it began to run as what it is now. @moved_at: when payload last moved in the
 * direction that counts, 0: never. */
gboolean bt_queue_is_stalled (gint64 since, gint64 moved_at, gint64 now);

typedef struct
{
  BtQueueKind kind;
  gboolean wants;   /* it would run if there were no queue */
  gboolean forced;  /* runs whatever the queue says, and takes no place of others */
  gboolean runs;    /* it does already, and as this kind */
  gboolean stalled; /* it does, and moves nothing: keeps running and is not counted */
  gboolean run;     /* out */
} BtQueueItem;

typedef struct
{
  guint max[BT_QUEUE_N_KINDS]; /* 0: no limit */
  /* The person changed the order or the limits: whoever comes first runs, and others stop for it. Else
   * none that runs is stopped, also when one that was stalled moves again and they are too many then: so
   * they never take turns. A place is only given when one is free. */
  gboolean in_order;
} BtQueueRules;

/* @items: in the order of the queue. @n_active: (out): of each kind, how many run and are counted. O(n). */
void bt_queue_decide (const BtQueueRules *rules, BtQueueItem *items, guint n, guint n_active[BT_QUEUE_N_KINDS]);

G_END_DECLS
