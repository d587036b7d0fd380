/* bt-allowed-fast.c: the pieces that a choked newcomer may ask for (BEP 6).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-allowed-fast.h"

#include "bt-reader.h"

#define IPV4_OFFSET 12 /* of the four bytes in ::ffff:a.b.c.d */

/* Drawing all of 100 pieces takes about 520 draws on average; what needs ten times that many is
 * given up. */
#define MAX_HASHES 1000

static gboolean
contains (const guint32 *indices, guint n, guint32 index)
{
  for (guint i = 0; i < n; i++)
    if (indices[i] == index)
      return TRUE;
  return FALSE;
}

/* Adds the new ones of the five indices in @digest; returns how many there are then. */
static guint
draw_indices (const BtSha1 *digest, guint32 n_pieces, guint n, guint count, guint32 *out)
{
  BtReader reader = bt_reader (digest->bytes, BT_SHA1_SIZE);
  guint32 number;

  while (n < count && bt_reader_u32 (&reader, &number))
    if (!contains (out, n, number % n_pieces))
      out[n++] = number % n_pieces;
  return n;
}

guint
bt_allowed_fast_set (const BtEndpoint *endpoint,
                     const BtSha1 *info_hash,
                     guint32 n_pieces,
                     guint count,
                     guint32 *out)
{
  guint8 seed[4 + BT_SHA1_SIZE];
  BtSha1 digest;
  guint n = 0;

  if (n_pieces == 0 || !bt_endpoint_is_ipv4 (endpoint))
    return 0;
  count = MIN (count, n_pieces);

  /* The last byte of the address does not count, so that a whole /24 gets the same pieces. */
  memcpy (seed, endpoint->ip + IPV4_OFFSET, 3);
  seed[3] = 0;
  memcpy (seed + 4, info_hash->bytes, BT_SHA1_SIZE);
  digest = bt_sha1 (seed, sizeof seed);

  for (guint i = 0; n < count && i < MAX_HASHES; i++)
    {
      n = draw_indices (&digest, n_pieces, n, count, out);
      digest = bt_sha1 (digest.bytes, BT_SHA1_SIZE);
    }
  return n;
}
