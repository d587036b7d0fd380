/* test-random.c: the generator against its published outputs, and its ranges.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-random.h"

#include "ft-test.h"

static void
test_reference (void)
{
  static const guint64 expected[] = {
    11520u,
    0u,
    1509978240u,
    G_GUINT64_CONSTANT (1215971899390074240),
    G_GUINT64_CONSTANT (1216172134540287360),
    G_GUINT64_CONSTANT (607988272756665600),
    G_GUINT64_CONSTANT (16172922978634559625),
    G_GUINT64_CONSTANT (8476171486693032832),
  };
  BtRandom random = { { 1, 2, 3, 4 } };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (bt_random_u64 (&random), ==, expected[i]);
}

static void
test_seed (void)
{
  /* The first outputs of splitmix64 for this seed. */
  static const guint64 expected[] = {
    G_GUINT64_CONSTANT (6457827717110365317),
    G_GUINT64_CONSTANT (3203168211198807973),
    G_GUINT64_CONSTANT (9817491932198370423),
    G_GUINT64_CONSTANT (4593380528125082431),
  };
  BtRandom random;

  bt_random_seed (&random, 1234567);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (random.s[i], ==, expected[i]);
}

static void
test_below (void)
{
  guint counts[6] = { 0 };
  BtRandom random;

  bt_random_seed (&random, 7);
  for (guint i = 0; i < 60000; i++)
    {
      guint32 value = bt_random_below (&random, G_N_ELEMENTS (counts));

      g_assert_cmpuint (value, <, G_N_ELEMENTS (counts));
      counts[value]++;
    }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_assert_cmpuint (counts[i], >, 9500);
      g_assert_cmpuint (counts[i], <, 10500);
    }
  g_assert_cmpuint (bt_random_below (&random, 1), ==, 0);
}

/* 2^32 numbers are 4/3 of 3 · 2^30 values: shared out without rejection, every third value would
 * come twice as often. */
static void
test_below_unbiased (void)
{
  guint counts[3] = { 0 };
  BtRandom random;

  bt_random_seed (&random, 8);
  for (guint i = 0; i < 30000; i++)
    counts[bt_random_below (&random, 3u << 30) % 3]++;
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_assert_cmpuint (counts[i], >, 9600);
      g_assert_cmpuint (counts[i], <, 10400);
    }
}

static void
test_fill (void)
{
  guint8 bytes[32];
  guint8 again[32] = { 0 };
  BtRandom random;

  bt_random_seed (&random, 9);
  bt_random_fill (&random, bytes, sizeof bytes);
  for (gsize length = 0; length < sizeof bytes; length++)
    {
      bt_random_seed (&random, 9);
      memset (again, 0xaa, sizeof again);
      bt_random_fill (&random, again, length);
      g_assert_cmpmem (again, length, bytes, length);
      g_assert_cmpuint (again[length], ==, 0xaa);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/random/reference", test_reference);
  g_test_add_func ("/base/random/seed", test_seed);
  g_test_add_func ("/base/random/below", test_below);
  g_test_add_func ("/base/random/below-unbiased", test_below_unbiased);
  g_test_add_func ("/base/random/fill", test_fill);
  return g_test_run ();
}
