/* bt-random.c: xoshiro256**, seeded by splitmix64.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-random.h"

#include <string.h>

static guint64
rotate_left (guint64 value, guint n_bits)
{
  return value << n_bits | value >> (64 - n_bits);
}

/* Spreads one number over the whole state, which must not be all zeros. */
static guint64
next_splitmix (guint64 *state)
{
  guint64 value = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  value = (value ^ value >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ value >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ value >> 31;
}

void
bt_random_seed (BtRandom *random, guint64 seed)
{
  for (guint i = 0; i < G_N_ELEMENTS (random->s); i++)
    random->s[i] = next_splitmix (&seed);
}

guint64
bt_random_u64 (BtRandom *random)
{
  guint64 *s = random->s;
  guint64 result = rotate_left (s[1] * 5, 7) * 9;
  guint64 shifted = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotate_left (s[3], 45);
  return result;
}

guint32
bt_random_u32 (BtRandom *random)
{
  /* The upper bits are the better ones. */
  return (guint32) (bt_random_u64 (random) >> 32);
}

guint32
bt_random_below (BtRandom *random, guint32 n)
{
  guint64 product;

  g_assert (n > 0);
  /* The upper half of the product is the result. Of the 2^32 lower halves, 2^32 mod n are too
   * many to share out evenly and are drawn again (Lemire 2019). */
  do
    product = (guint64) bt_random_u32 (random) * n;
  while ((guint32) product < (0u - n) % n);
  return (guint32) (product >> 32);
}

void
bt_random_fill (BtRandom *random, void *out, gsize length)
{
  guint8 *bytes = out;

  while (length > 0)
    {
      guint64 value = GUINT64_TO_LE (bt_random_u64 (random));
      gsize n = MIN (length, sizeof value);

      memcpy (bytes, &value, n);
      bytes += n;
      length -= n;
    }
}
