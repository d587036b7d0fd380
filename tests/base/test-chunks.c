/* test-chunks.c: bytes that lie together are their owner's all the same.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-chunks.h"

static GBytes *
copy_filled (BtChunks *chunks, guint8 byte, gsize length)
{
  g_autofree guint8 *data = g_malloc (MAX (length, 1));

  memset (data, byte, length);
  return bt_chunks_copy (chunks, data, length);
}

static void
assert_filled (GBytes *bytes, guint8 byte, gsize length)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpuint (size, ==, length);
  for (gsize i = 0; i < size; i++)
    g_assert_cmpuint (data[i], ==, byte);
}

/* Some fill what is left exactly, some do not fit, some are too large to share; all outlive the chunks. */
static void
test_outlive (void)
{
  const gsize lengths[] = { 0, 1, 1000, 250000, 250000, 250000, 250000, 300000, 48575, 5000000, 7 };
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  BtChunks *chunks = bt_chunks_new ();

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    g_ptr_array_add (all, copy_filled (chunks, (guint8) (i + 1), lengths[i]));
  bt_chunks_free (chunks);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    assert_filled (all->pdata[i], (guint8) (i + 1), lengths[i]);
}

/* Also for what lies beside those that are gone. */
static void
test_release_in_any_order (void)
{
  g_autoptr (BtChunks) chunks = bt_chunks_new ();
  GBytes *all[100];

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    all[i] = copy_filled (chunks, (guint8) i, 40000);
  for (guint i = 0; i < G_N_ELEMENTS (all); i += 2)
    g_bytes_unref (all[i]);
  for (guint i = 1; i < G_N_ELEMENTS (all); i += 2)
    {
      assert_filled (all[i], (guint8) i, 40000);
      g_bytes_unref (all[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chunks/outlive", test_outlive);
  g_test_add_func ("/chunks/release-in-any-order", test_release_in_any_order);
  return g_test_run ();
}
