/* test-rate.c: bytes a second in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-rate.h"

#include "ft-test.h"

#define MS ((gint64) 1000)
#define SECOND ((gint64) G_USEC_PER_SEC)

static void
test_nothing (void)
{
  BtRate rate = { 0 };

  g_assert_cmpuint (bt_rate_get (&rate, 0), ==, 0);
  g_assert_cmpuint (bt_rate_get (&rate, 1000 * SECOND), ==, 0);
  g_assert_cmpuint (rate.total, ==, 0);
}

/* From the first second on, and whenever it is asked. */
static void
test_steady (void)
{
  static const gint64 starts[] = { 0, 123 * MS, 86400 * SECOND + 499 * MS };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      BtRate rate = { 0 };

      for (guint j = 1; j <= 3000; j++)
        {
          gint64 now = starts[i] + j * 10 * MS;
          gint64 tolerance = now - starts[i] < 5 * SECOND ? 50000 : 500;

          bt_rate_add (&rate, now, 1000);
          g_assert_cmpuint (rate.total, ==, j * 1000);
          if (now - starts[i] > SECOND)
            g_assert_cmpint (ABS ((gint64) bt_rate_get (&rate, now) - 100000), <=, tolerance);
        }
    }
}

/* Exact over the window when it starts with a bucket. */
static void
test_start (void)
{
  BtRate rate = { 0 };

  bt_rate_add (&rate, 0, 30000);
  /* Not over no time at all. */
  g_assert_cmpuint (bt_rate_get (&rate, 0), ==, 60000);
  g_assert_cmpuint (bt_rate_get (&rate, 500 * MS), ==, 60000);
  g_assert_cmpuint (bt_rate_get (&rate, SECOND), ==, 30000);
  g_assert_cmpuint (bt_rate_get (&rate, 3 * SECOND), ==, 10000);
}

static void
test_idle (void)
{
  BtRate rate = { 0 };

  bt_rate_add (&rate, 10 * SECOND, 45000);
  g_assert_cmpuint (bt_rate_get (&rate, 14500 * MS), ==, 10000);
  g_assert_cmpuint (bt_rate_get (&rate, 14999 * MS), >, 0);
  g_assert_cmpuint (bt_rate_get (&rate, 15 * SECOND), ==, 0);
  g_assert_cmpuint (bt_rate_get (&rate, 20 * SECOND), ==, 0);
  g_assert_cmpuint (rate.total, ==, 45000);
  /* Anew after hours: over the whole window, in which nothing else came. */
  bt_rate_add (&rate, 10000 * SECOND, 45000);
  g_assert_cmpuint (bt_rate_get (&rate, 10000 * SECOND), ==, 10000);
}

/* What comes and goes is followed within one window. */
static void
test_change (void)
{
  BtRate rate = { 0 };
  gint64 now = 0;

  for (; now < 10 * SECOND; now += 100 * MS)
    bt_rate_add (&rate, now, 10000);
  for (; now < 15 * SECOND; now += 100 * MS)
    bt_rate_add (&rate, now, 1000);
  g_assert_cmpint (ABS ((gint64) bt_rate_get (&rate, now) - 10000), <=, 300);
}

static void
test_extremes (void)
{
  BtRate rate = { 0 };

  bt_rate_add (&rate, 0, (gsize) G_MAXUINT32 + 10);
  bt_rate_add (&rate, 0, 10);
  g_assert_cmpuint (rate.total, ==, (guint64) G_MAXUINT32 + 20);
  g_assert_cmpuint (bt_rate_get (&rate, 0), ==, (guint64) G_MAXUINT32 * 2);
  g_assert_cmpuint (bt_rate_get (&rate, G_MAXINT64), ==, 0);
  bt_rate_add (&rate, G_MAXINT64, 1000000);
  g_assert_cmpuint (bt_rate_get (&rate, G_MAXINT64), >, 0);
  /* A clock that steps back counts on. */
  rate = (BtRate){ 0 };
  bt_rate_add (&rate, 10 * SECOND, 1000);
  bt_rate_add (&rate, 5 * SECOND, 1000);
  g_assert_cmpuint (bt_rate_get (&rate, 10 * SECOND + 500 * MS), ==, 4000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/rate/nothing", test_nothing);
  g_test_add_func ("/base/rate/steady", test_steady);
  g_test_add_func ("/base/rate/start", test_start);
  g_test_add_func ("/base/rate/idle", test_idle);
  g_test_add_func ("/base/rate/change", test_change);
  g_test_add_func ("/base/rate/extremes", test_extremes);
  return g_test_run ();
}
