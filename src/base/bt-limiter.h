/* bt-limiter.h: a token bucket that holds a stream of bytes to a rate.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Limiters nest: taking from one takes from its parents as well. */
typedef struct _BtLimiter BtLimiter;
struct _BtLimiter
{
  BtLimiter *parent;         /* (nullable), not owned */
  guint64 limit_bytes_per_s; /* 0: unlimited */
  gint64 tokens;             /* bytes that may flow now */
  gint64 refilled;           /* monotonic µs of the last refill */
  guint32 millionths;        /* of a byte that have come in besides */
};

void bt_limiter_init (BtLimiter *limiter, BtLimiter *parent, guint64 limit_bytes_per_s, gint64 now);
void bt_limiter_set (BtLimiter *limiter, guint64 limit_bytes_per_s, gint64 now);
/* How many of @want bytes may flow now, by this limiter and its parents. Takes nothing. */
gsize bt_limiter_allows (BtLimiter *limiter, gint64 now, gsize want);
/* Bytes did flow. May go into debt, which is paid before more is allowed. */
void bt_limiter_take (BtLimiter *limiter, gint64 now, gsize bytes);
/* When at least @want bytes (clamped to what the bucket holds) will be allowed; @now if they are. */
gint64 bt_limiter_when (BtLimiter *limiter, gint64 now, gsize want);

G_END_DECLS
