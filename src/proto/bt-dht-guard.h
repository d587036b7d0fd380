/* bt-dht-guard.h: how much the DHT may make us do, for each address and in all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"
#include "bt-limiter.h"
#include "bt-limits.h"
#include "bt-random.h"

G_BEGIN_DECLS

/* Of one address, or one /64 of IPv6. */
typedef struct
{
  guint64 key;         /* 0: free */
  gint64 window;       /* start of the ten seconds that are counted */
  gint64 ignored_till; /* 0: not ignored */
  guint n_messages;
} BtDhtSource;

typedef struct
{
  guint64 salt; /* so that nobody can choose addresses that share a place */
  BtLimiter replies;
  BtDhtSource sources[BT_LIMIT_DHT_SOURCES];
} BtDhtGuard;

void bt_dht_guard_init (BtDhtGuard *guard, BtRandom *secret, gint64 now);
/* To be asked about every datagram but an answer that was awaited: FALSE when it must be ignored.
 * Nobody on this machine is. */
gboolean bt_dht_guard_admits (BtDhtGuard *guard, gint64 now, const BtEndpoint *from);
/* FALSE when nothing of full size could be sent now: what leads to it need not be worked out. */
gboolean bt_dht_guard_can_reply (BtDhtGuard *guard, gint64 now);
/* To be asked before a reply or error of @bytes is sent: FALSE when it must be dropped. Whoever asks
 * under a false address makes us send no more than this to his victim. */
gboolean bt_dht_guard_may_reply (BtDhtGuard *guard, gint64 now, gsize bytes);

G_END_DECLS
