/* bt-dht-guard.c: how much the DHT may make us do, for each address and in all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-guard.h"

#include "bt-krpc.h"

#include <string.h>

#define WINDOW_US ((gint64) 10 * G_USEC_PER_SEC)
#define IGNORE_US ((gint64) 5 * 60 * G_USEC_PER_SEC)
#define N_WAYS 4 /* places where a source may be */

void
bt_dht_guard_init (BtDhtGuard *guard, BtRandom *secret, gint64 now)
{
  memset (guard, 0, sizeof *guard);
  guard->salt = bt_random_u64 (secret);
  bt_limiter_init (&guard->replies, NULL, BT_LIMIT_DHT_REPLY_BYTES_PER_S, now);
}

/* Never 0. One who has a network of IPv6 has all of its /64. */
static guint64
compute_key (const BtDhtGuard *guard, const BtEndpoint *from)
{
  guint64 halves[2];
  guint64 key;

  memcpy (halves, from->ip, sizeof halves);
  if (!bt_endpoint_is_ipv4 (from))
    halves[1] = 0;
  key = (halves[0] ^ guard->salt) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  key = (key ^ key >> 32 ^ halves[1]) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  key = (key ^ key >> 29 ^ guard->salt) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return (key ^ key >> 32) | 1;
}

/* The place of a source; when it has none, that of the one that matters least. */
static BtDhtSource *
find_source (BtDhtGuard *guard, guint64 key)
{
  guint n_sets = BT_LIMIT_DHT_SOURCES / N_WAYS;
  BtDhtSource *set = guard->sources + (key >> 32) % n_sets * N_WAYS;
  BtDhtSource *least = set;

  for (guint i = 0; i < N_WAYS; i++)
    {
      if (set[i].key == key)
        return &set[i];
      if (MAX (set[i].window, set[i].ignored_till) < MAX (least->window, least->ignored_till))
        least = &set[i];
    }
  *least = (BtDhtSource){ .key = key };
  return least;
}

gboolean
bt_dht_guard_admits (BtDhtGuard *guard, gint64 now, const BtEndpoint *from)
{
  BtDhtSource *source;

  if (bt_endpoint_is_loopback (from))
    return TRUE;
  source = find_source (guard, compute_key (guard, from));
  if (now < source->ignored_till)
    return FALSE;
  if (source->n_messages == 0 || now - source->window >= WINDOW_US)
    {
      source->window = now;
      source->n_messages = 0;
    }
  if (++source->n_messages <= BT_LIMIT_DHT_MESSAGES_PER_SOURCE)
    return TRUE;
  source->ignored_till = now + IGNORE_US;
  source->n_messages = 0;
  return FALSE;
}

gboolean
bt_dht_guard_can_reply (BtDhtGuard *guard, gint64 now)
{
  return bt_limiter_allows (&guard->replies, now, BT_KRPC_MAX_BYTES) >= BT_KRPC_MAX_BYTES;
}

gboolean
bt_dht_guard_may_reply (BtDhtGuard *guard, gint64 now, gsize bytes)
{
  if (bt_limiter_allows (&guard->replies, now, bytes) < bytes)
    return FALSE;
  bt_limiter_take (&guard->replies, now, bytes);
  return TRUE;
}
