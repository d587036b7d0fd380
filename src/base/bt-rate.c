/* bt-rate.c: how many bytes a second, over the last few seconds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-rate.h"

#include <string.h>

/* Buckets are numbered from time 0 on; number n is kept at n modulo BT_RATE_BUCKETS. A clock that
 * steps back goes on filling the newest. */
static void
advance (BtRate *rate, gint64 now)
{
  gint64 bucket = now / BT_RATE_BUCKET_US;

  if (bucket - rate->newest >= BT_RATE_BUCKETS)
    memset (rate->buckets, 0, sizeof rate->buckets);
  else
    for (gint64 i = rate->newest + 1; i <= bucket; i++)
      rate->buckets[i % BT_RATE_BUCKETS] = 0;
  rate->newest = MAX (rate->newest, bucket);
}

void
bt_rate_add (BtRate *rate, gint64 now, gsize bytes)
{
  guint32 *bucket;

  advance (rate, now);
  if (rate->first == 0)
    rate->first = rate->newest + 1;
  bucket = &rate->buckets[rate->newest % BT_RATE_BUCKETS];
  *bucket += (guint32) MIN (bytes, G_MAXUINT32 - *bucket);
  rate->total += bytes;
}

guint64
bt_rate_get (BtRate *rate, gint64 now)
{
  gint64 oldest;
  gint64 span;
  guint64 sum = 0;

  advance (rate, now);
  if (rate->first == 0)
    return 0;
  for (guint i = 0; i < BT_RATE_BUCKETS; i++)
    sum += rate->buckets[i];
  oldest = MAX (rate->newest - BT_RATE_BUCKETS + 1, rate->first - 1);
  /* Over less than one bucket a single packet would look like a torrent of them. */
  span = MAX (now - oldest * BT_RATE_BUCKET_US, BT_RATE_BUCKET_US);
  return sum * G_USEC_PER_SEC / (guint64) span;
}
