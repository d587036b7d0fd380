/* test-buffer.c: buffers are counted exactly and used again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-buffer.h"
#include "bt-random.h"

#include "ft-test.h"

#define KIB16 16384u

static void
test_size (void)
{
  static const struct
  {
    gsize size;
    guint32 rounded;
  } cases[] = {
    { 0, KIB16 },
    { 1, KIB16 },
    { KIB16, KIB16 },
    { KIB16 + 1, 2 * KIB16 },
    { 10 * KIB16 - 1, 10 * KIB16 },
    { 1000000, 62 * KIB16 },
  };
  g_autoptr (BtBufferPool) pool = bt_buffer_pool_new (0);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BtBuffer) buffer = bt_buffer_pool_get (pool, cases[i].size);

      g_assert_cmpuint (buffer->size, ==, cases[i].rounded);
      g_assert_true (buffer->pool == pool);
      memset (buffer->data, 1, buffer->size);
    }
}

static void
test_accounting (void)
{
  g_autoptr (BtBufferPool) pool = bt_buffer_pool_new (KIB16);
  BtBuffer *a = bt_buffer_pool_get (pool, 1);
  BtBuffer *b = bt_buffer_pool_get (pool, 3 * KIB16);

  g_assert_cmpuint (bt_buffer_pool_bytes_out (pool), ==, 4 * KIB16);
  g_assert_true (bt_buffer_ref (a) == a);
  g_assert_cmpuint (bt_buffer_pool_bytes_out (pool), ==, 4 * KIB16);
  bt_buffer_unref (a);
  g_assert_cmpuint (bt_buffer_pool_bytes_out (pool), ==, 4 * KIB16);
  bt_buffer_unref (a);
  g_assert_cmpuint (bt_buffer_pool_bytes_out (pool), ==, 3 * KIB16);
  bt_buffer_unref (b);
  g_assert_cmpuint (bt_buffer_pool_bytes_out (pool), ==, 0);
}

static void
test_reuse (void)
{
  g_autoptr (BtBufferPool) pool = bt_buffer_pool_new (10 * KIB16);
  BtBuffer *small = bt_buffer_pool_get (pool, KIB16);
  BtBuffer *large = bt_buffer_pool_get (pool, 4 * KIB16);
  guint8 *small_data = small->data;
  guint8 *large_data = large->data;

  bt_buffer_unref (small);
  bt_buffer_unref (large);
  /* Of the size that is asked for, whichever came back last. */
  small = bt_buffer_pool_get (pool, KIB16);
  large = bt_buffer_pool_get (pool, 4 * KIB16);
  g_assert_true (small->data == small_data);
  g_assert_true (large->data == large_data);
  g_assert_cmpuint (small->refs, ==, 1);
  bt_buffer_unref (large);
  bt_buffer_unref (small);
}

/* Random use against a count of its own; a sanitizer sees the rest. */
static void
test_random_use (void)
{
  g_autoptr (BtBufferPool) pool = bt_buffer_pool_new (20 * KIB16);
  BtBuffer *held[50] = { NULL };
  gsize expected = 0;
  BtRandom random;

  bt_random_seed (&random, 5);
  for (guint i = 0; i < 20000; i++)
    {
      BtBuffer **slot = &held[bt_random_below (&random, G_N_ELEMENTS (held))];

      if (*slot != NULL)
        {
          expected -= (*slot)->size;
          bt_buffer_unref (g_steal_pointer (slot));
        }
      else
        {
          *slot = bt_buffer_pool_get (pool, bt_random_below (&random, 8 * KIB16));
          memset ((*slot)->data, (int) i, (*slot)->size);
          expected += (*slot)->size;
        }
      g_assert_cmpuint (bt_buffer_pool_bytes_out (pool), ==, expected);
    }
  for (guint i = 0; i < G_N_ELEMENTS (held); i++)
    g_clear_pointer (&held[i], bt_buffer_unref);
  g_assert_cmpuint (bt_buffer_pool_bytes_out (pool), ==, 0);
}

static void
test_free_while_out (void)
{
  if (g_getenv ("FT_NO_ASSERTIONS") != NULL)
    {
      g_test_skip ("assertions are built away");
      return;
    }
  if (g_test_subprocess ())
    {
      BtBufferPool *pool = bt_buffer_pool_new (0);

      bt_buffer_pool_get (pool, 1);
      bt_buffer_pool_free (pool);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*bytes_out == 0*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/buffer/size", test_size);
  g_test_add_func ("/base/buffer/accounting", test_accounting);
  g_test_add_func ("/base/buffer/reuse", test_reuse);
  g_test_add_func ("/base/buffer/random-use", test_random_use);
  g_test_add_func ("/base/buffer/free-while-out", test_free_while_out);
  return g_test_run ();
}
