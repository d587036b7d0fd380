/* test-limiter.c: token buckets in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-limiter.h"
#include "bt-random.h"

#include "ft-test.h"

#define BLOCK 16384u
#define SECOND ((gint64) G_USEC_PER_SEC)

static void
test_unlimited (void)
{
  BtLimiter limiter;

  bt_limiter_init (&limiter, NULL, 0, 0);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 0, G_MAXSIZE), ==, G_MAXSIZE);
  bt_limiter_take (&limiter, 0, G_MAXSIZE);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 0, 1000), ==, 1000);
  g_assert_cmpint (bt_limiter_when (&limiter, 5, G_MAXSIZE), ==, 5);
}

static void
test_burst (void)
{
  BtLimiter limiter;

  bt_limiter_init (&limiter, NULL, 100000, 0);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 0, G_MAXSIZE), ==, 100000);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 0, 10), ==, 10);
  bt_limiter_take (&limiter, 0, 100000);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 0, 1), ==, 0);
  g_assert_cmpuint (bt_limiter_allows (&limiter, SECOND / 2, G_MAXSIZE), ==, 50000);
  /* Never more than the bucket holds, however long it waits. */
  g_assert_cmpuint (bt_limiter_allows (&limiter, 1000 * SECOND, G_MAXSIZE), ==, 100000);
}

/* Asked every millisecond and in odd steps, what has flowed is exactly the limit. */
static void
test_exact (void)
{
  static const guint64 limits[] = { 1, 7, 1000, 1024, 3333, 16384, 1000003, 123456789 };
  BtRandom random;

  bt_random_seed (&random, 11);
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      guint64 capacity = MAX (limits[i], BLOCK);
      gint64 now = 777;
      guint64 flowed = 0;
      BtLimiter limiter;

      bt_limiter_init (&limiter, NULL, limits[i], now);
      for (guint j = 0; j < 20000; j++)
        {
          gsize allowed = bt_limiter_allows (&limiter, now, G_MAXSIZE);

          bt_limiter_take (&limiter, now, allowed);
          flowed += allowed;
          g_assert_cmpuint (flowed, ==, capacity + limits[i] * (guint64) (now - 777) / SECOND);
          now += 1 + bt_random_below (&random, 2000);
        }
    }
}

/* 1 KiB/s: whoever waits for a whole block gets one each 16 s. */
static void
test_small (void)
{
  gint64 now = 0;
  BtLimiter limiter;

  bt_limiter_init (&limiter, NULL, 1024, 0);
  bt_limiter_take (&limiter, now, BLOCK);
  for (guint i = 1; i <= 100; i++)
    {
      now = bt_limiter_when (&limiter, now, BLOCK);
      g_assert_cmpint (now, ==, i * 16 * SECOND);
      g_assert_cmpuint (bt_limiter_allows (&limiter, now, BLOCK), ==, BLOCK);
      bt_limiter_take (&limiter, now, BLOCK);
    }
  /* More than the bucket holds is clamped, not waited for in vain. */
  g_assert_cmpint (bt_limiter_when (&limiter, now, 10 * BLOCK), ==, now + 16 * SECOND);
}

static void
test_debt (void)
{
  BtLimiter limiter;

  bt_limiter_init (&limiter, NULL, 50000, 0);
  bt_limiter_take (&limiter, 0, 150000);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 2 * SECOND, 1), ==, 0);
  g_assert_cmpint (bt_limiter_when (&limiter, 0, 1), ==, 2 * SECOND + 20);
  g_assert_cmpint (bt_limiter_when (&limiter, 0, 0), ==, 0);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 2 * SECOND + 20, 5), ==, 1);
}

/* At the time that is named, and not a microsecond before. */
static void
test_when (void)
{
  BtRandom random;

  bt_random_seed (&random, 12);
  for (guint i = 0; i < 20000; i++)
    {
      guint64 limit = 1 + bt_random_below (&random, 1u << bt_random_below (&random, 31));
      gsize want = 1 + bt_random_below (&random, 100000);
      gsize expected = MIN (want, MAX (limit, BLOCK));
      gint64 now = bt_random_below (&random, 1000000);
      BtLimiter limiter;
      gint64 when;

      bt_limiter_init (&limiter, NULL, limit, 0);
      bt_limiter_take (&limiter, 0, bt_random_below (&random, 1000000));
      when = bt_limiter_when (&limiter, now, want);
      if (when > now)
        {
          BtLimiter before = limiter;

          g_assert_cmpuint (bt_limiter_allows (&before, when - 1, want), <, expected);
        }
      g_assert_cmpuint (bt_limiter_allows (&limiter, when, want), ==, expected);
    }
}

static void
test_parents (void)
{
  BtLimiter all;
  BtLimiter fast;
  BtLimiter slow;
  BtLimiter free_child;

  bt_limiter_init (&all, NULL, 100000, 0);
  bt_limiter_init (&fast, &all, 80000, 0);
  bt_limiter_init (&slow, &all, 40000, 0);
  bt_limiter_init (&free_child, &all, 0, 0);
  g_assert_cmpuint (bt_limiter_allows (&fast, 0, G_MAXSIZE), ==, 80000);
  bt_limiter_take (&fast, 0, 80000);
  g_assert_cmpuint (bt_limiter_allows (&slow, 0, G_MAXSIZE), ==, 20000);
  g_assert_cmpuint (bt_limiter_allows (&free_child, 0, G_MAXSIZE), ==, 20000);
  bt_limiter_take (&slow, 0, 20000);
  g_assert_cmpuint (bt_limiter_allows (&slow, 0, G_MAXSIZE), ==, 0);
  /* The parent is the one that is waited for, then the child. */
  g_assert_cmpint (bt_limiter_when (&slow, 0, 10000), ==, SECOND / 10);
  g_assert_cmpint (bt_limiter_when (&slow, 0, 40000), ==, SECOND / 2);
  g_assert_cmpint (bt_limiter_when (&fast, 0, 80000), ==, SECOND);
}

/* Eleven children of one parent flow as fast as the parent lets them, each its share. */
static void
test_sharing (void)
{
  BtLimiter all;
  BtLimiter children[11];
  guint64 flowed[G_N_ELEMENTS (children)] = { 0 };
  guint64 sum = 0;

  bt_limiter_init (&all, NULL, 110000, 0);
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    bt_limiter_init (&children[i], &all, 20000, 0);
  for (gint64 now = 0; now < 100 * SECOND; now += SECOND / 100)
    for (guint i = 0; i < G_N_ELEMENTS (children); i++)
      {
        gsize allowed = bt_limiter_allows (&children[i], now, 100);

        bt_limiter_take (&children[i], now, allowed);
        flowed[i] += allowed;
        sum += allowed;
      }
  g_assert_cmpuint (sum, <=, 110000 * 101);
  g_assert_cmpuint (sum, >=, 110000 * 99);
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    g_assert_cmpuint (flowed[i], >, 900000);
}

static void
test_set (void)
{
  BtLimiter limiter;

  bt_limiter_init (&limiter, NULL, 0, 0);
  bt_limiter_take (&limiter, 0, 5000000);
  bt_limiter_set (&limiter, 20000, SECOND);
  g_assert_cmpuint (bt_limiter_allows (&limiter, SECOND, G_MAXSIZE), ==, 20000);
  bt_limiter_set (&limiter, 100000, SECOND);
  g_assert_cmpuint (bt_limiter_allows (&limiter, SECOND, G_MAXSIZE), ==, 20000);
  /* From then on at the new rate, and what the small bucket cannot hold is gone. */
  g_assert_cmpuint (bt_limiter_allows (&limiter, 3 * SECOND / 2, G_MAXSIZE), ==, 70000);
  bt_limiter_set (&limiter, 1024, 3 * SECOND / 2);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 3 * SECOND / 2, G_MAXSIZE), ==, BLOCK);
  bt_limiter_set (&limiter, 0, 2 * SECOND);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 2 * SECOND, G_MAXSIZE), ==, G_MAXSIZE);
}

/* A debt of 10 ms under the old limit is not one of three hours under the new one. */
static void
test_set_in_debt (void)
{
  BtLimiter limiter;

  bt_limiter_init (&limiter, NULL, 1000000000, 0);
  bt_limiter_take (&limiter, 0, 1010000000);
  bt_limiter_set (&limiter, 1024, 0);
  g_assert_cmpint (bt_limiter_when (&limiter, 0, 1024), ==, 17 * SECOND);
}

/* Whatever the numbers, nothing wraps. */
static void
test_extremes (void)
{
  BtLimiter limiter;

  bt_limiter_init (&limiter, NULL, G_MAXUINT64, 0);
  g_assert_cmpuint (bt_limiter_allows (&limiter, G_MAXINT64, BLOCK), ==, BLOCK);
  for (guint i = 0; i < 10; i++)
    bt_limiter_take (&limiter, G_MAXINT64, G_MAXSIZE);
  g_assert_cmpuint (bt_limiter_allows (&limiter, G_MAXINT64, BLOCK), ==, 0);
  bt_limiter_init (&limiter, NULL, 1, 0);
  for (guint i = 0; i < 10; i++)
    bt_limiter_take (&limiter, 0, G_MAXSIZE);
  g_assert_cmpint (bt_limiter_when (&limiter, 0, G_MAXSIZE), >, 1000 * SECOND);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 1000 * SECOND, 1), ==, 0);
  /* A clock that steps back gives nothing and takes nothing. */
  bt_limiter_init (&limiter, NULL, 1000, 10 * SECOND);
  bt_limiter_take (&limiter, 10 * SECOND, BLOCK);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 5 * SECOND, 1), ==, 0);
  g_assert_cmpuint (bt_limiter_allows (&limiter, 11 * SECOND, 2000), ==, 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/limiter/unlimited", test_unlimited);
  g_test_add_func ("/base/limiter/burst", test_burst);
  g_test_add_func ("/base/limiter/exact", test_exact);
  g_test_add_func ("/base/limiter/small", test_small);
  g_test_add_func ("/base/limiter/debt", test_debt);
  g_test_add_func ("/base/limiter/when", test_when);
  g_test_add_func ("/base/limiter/parents", test_parents);
  g_test_add_func ("/base/limiter/sharing", test_sharing);
  g_test_add_func ("/base/limiter/set", test_set);
  g_test_add_func ("/base/limiter/set-in-debt", test_set_in_debt);
  g_test_add_func ("/base/limiter/extremes", test_extremes);
  return g_test_run ();
}
