/* bt-rate.h: how many bytes a second, over the last few seconds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BT_RATE_BUCKETS 10
#define BT_RATE_BUCKET_US (500 * 1000)

/* Ten buckets of half a second. Zero-initialised is "nothing yet". Times are monotonic µs. */
typedef struct
{
  guint64 total;
  gint64 newest; /* number of the bucket that is being filled */
  gint64 first;  /* number of the first bucket ever filled, plus one; 0: none */
  guint32 buckets[BT_RATE_BUCKETS];
} BtRate;

void bt_rate_add (BtRate *rate, gint64 now, gsize bytes);
/* Bytes a second over the window, or over the time since the first byte if that is shorter. */
guint64 bt_rate_get (BtRate *rate, gint64 now);

G_END_DECLS
