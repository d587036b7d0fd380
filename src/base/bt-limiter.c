/* bt-limiter.c: a token bucket that holds a stream of bytes to a rate.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-limiter.h"

#include "bt-limits.h"

/* Nobody means more than this by a limit; it keeps every product below within 64 bits. */
#define MAX_LIMIT (G_GUINT64_CONSTANT (1) << 40)
#define MAX_ELAPSED_S (G_GINT64_CONSTANT (1) << 20)
#define MAX_DEBT (G_GINT64_CONSTANT (1) << 60)

/* One second's worth, but never less than one block: whoever waits until a whole block may flow
 * must not wait for ever under a small limit. */
static gint64
get_capacity (const BtLimiter *limiter)
{
  return (gint64) MAX (limiter->limit_bytes_per_s, BT_LIMIT_BLOCK);
}

/* Exact: what does not make a whole byte yet is carried over, however often this is called. */
static void
refill (BtLimiter *limiter, gint64 now)
{
  gint64 limit = (gint64) limiter->limit_bytes_per_s;
  gint64 elapsed = now - limiter->refilled;
  gint64 parts;

  if (limit == 0 || elapsed <= 0)
    return;
  parts = elapsed % G_USEC_PER_SEC * limit + limiter->millionths;
  limiter->tokens += MIN (elapsed / G_USEC_PER_SEC, MAX_ELAPSED_S) * limit;
  limiter->tokens += parts / G_USEC_PER_SEC;
  limiter->millionths = (guint32) (parts % G_USEC_PER_SEC);
  limiter->refilled = now;
  if (limiter->tokens >= get_capacity (limiter))
    {
      limiter->tokens = get_capacity (limiter);
      limiter->millionths = 0;
    }
}

/* µs until @n_bytes have come in, rounded up. */
static gint64
get_time_for (const BtLimiter *limiter, gint64 n_bytes)
{
  gint64 limit = (gint64) limiter->limit_bytes_per_s;
  gint64 parts = n_bytes % limit * G_USEC_PER_SEC - limiter->millionths;

  return MIN (n_bytes / limit, MAX_ELAPSED_S) * G_USEC_PER_SEC
         + (parts > 0 ? (parts + limit - 1) / limit : parts / limit);
}

void
bt_limiter_init (BtLimiter *limiter, BtLimiter *parent, guint64 limit_bytes_per_s, gint64 now)
{
  limiter->parent = parent;
  limiter->limit_bytes_per_s = MIN (limit_bytes_per_s, MAX_LIMIT);
  limiter->tokens = get_capacity (limiter);
  limiter->millionths = 0;
  limiter->refilled = now;
}

void
bt_limiter_set (BtLimiter *limiter, guint64 limit_bytes_per_s, gint64 now)
{
  gboolean was_unlimited = limiter->limit_bytes_per_s == 0;
  gint64 capacity;

  refill (limiter, now);
  limiter->refilled = now;
  limiter->limit_bytes_per_s = MIN (limit_bytes_per_s, MAX_LIMIT);
  capacity = get_capacity (limiter);
  /* A debt made under a high limit would take ages to pay under a low one. */
  limiter->tokens = was_unlimited ? capacity : CLAMP (limiter->tokens, -capacity, capacity);
}

gsize
bt_limiter_allows (BtLimiter *limiter, gint64 now, gsize want)
{
  for (; limiter != NULL; limiter = limiter->parent)
    {
      if (limiter->limit_bytes_per_s == 0)
        continue;
      refill (limiter, now);
      want = MIN (want, (gsize) MAX (limiter->tokens, 0));
    }
  return want;
}

void
bt_limiter_take (BtLimiter *limiter, gint64 now, gsize bytes)
{
  for (; limiter != NULL; limiter = limiter->parent)
    {
      if (limiter->limit_bytes_per_s == 0)
        continue;
      refill (limiter, now);
      limiter->tokens -= (gint64) MIN (bytes, (gsize) (limiter->tokens + MAX_DEBT));
    }
}

gint64
bt_limiter_when (BtLimiter *limiter, gint64 now, gsize want)
{
  gint64 when = now;

  if (want == 0)
    return now;
  for (; limiter != NULL; limiter = limiter->parent)
    {
      gint64 missing;

      if (limiter->limit_bytes_per_s == 0)
        continue;
      refill (limiter, now);
      missing = (gint64) MIN (want, (gsize) get_capacity (limiter)) - limiter->tokens;
      if (missing > 0)
        when = MAX (when, limiter->refilled + get_time_for (limiter, missing));
    }
  return when;
}
