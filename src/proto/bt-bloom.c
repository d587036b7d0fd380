/* bt-bloom.c: how many addresses a swarm has, counted without listing them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bloom.h"

#include "bt-hash.h"

#include <math.h>

#define IPV4_OFFSET 12 /* of the four bytes in ::ffff:a.b.c.d */
#define N_HASHES 2

void
bt_bloom_add (BtBloom *bloom, const BtEndpoint *endpoint)
{
  gboolean is_ipv4 = bt_endpoint_is_ipv4 (endpoint);
  BtSha1 digest = bt_sha1 (endpoint->ip + (is_ipv4 ? IPV4_OFFSET : 0), is_ipv4 ? 4 : 16);

  for (guint i = 0; i < N_HASHES; i++)
    {
      guint bit = (guint) (digest.bytes[2 * i] | digest.bytes[2 * i + 1] << 8) % BT_BLOOM_BITS;

      bloom->bytes[bit / 8] |= (guint8) (1 << bit % 8);
    }
}

void
bt_bloom_merge (BtBloom *bloom, const guint8 other[BT_BLOOM_SIZE])
{
  for (guint i = 0; i < BT_BLOOM_SIZE; i++)
    bloom->bytes[i] |= other[i];
}

static guint
count_zeros (const BtBloom *bloom)
{
  guint n_zeros = BT_BLOOM_BITS;

  for (guint i = 0; i < BT_BLOOM_SIZE; i++)
    n_zeros -= (guint) __builtin_popcount (bloom->bytes[i]);
  return n_zeros;
}

double
bt_bloom_estimate (const BtBloom *bloom)
{
  /* A full filter would be infinitely many. */
  double n_zeros = CLAMP (count_zeros (bloom), 1, BT_BLOOM_BITS - 1);

  if (count_zeros (bloom) == BT_BLOOM_BITS)
    return 0;
  return log (n_zeros / BT_BLOOM_BITS) / (N_HASHES * log (1.0 - 1.0 / BT_BLOOM_BITS));
}
