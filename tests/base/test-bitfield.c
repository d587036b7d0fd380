/* test-bitfield.c: bits in wire order, their count, and searches.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bitfield.h"
#include "bt-random.h"

#include "ft-test-vectors.h"

static void
test_packing (void)
{
  g_autoptr (BtBitfield) first = bt_bitfield_new (37);
  g_autoptr (BtBitfield) second = bt_bitfield_new (16);

  bt_bitfield_set (first, 2);
  bt_bitfield_set (first, 7);
  bt_bitfield_set (first, 32);
  g_assert_cmpmem (first->bytes, bt_bitfield_n_bytes (37), "\x21\0\0\0\x80", 5);
  bt_bitfield_set (second, 0);
  bt_bitfield_set (second, 7);
  bt_bitfield_set (second, 13);
  bt_bitfield_set (second, 14);
  g_assert_cmpmem (second->bytes, bt_bitfield_n_bytes (16), "\x81\x06", 2);
}

/* "37 bits: 2,7,32 set", and the bytes in hexadecimal digits. */
static void
test_table (void)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("anacrolix-torrent/vectors/bitfield.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const char *text = ft_test_cell (rows->pdata[i], 0)->str;
      g_autoptr (BtBitfield) bits = bt_bitfield_new ((guint32) g_ascii_strtoull (text, NULL, 10));
      g_autoptr (GBytes) expected = ft_test_hex (ft_test_cell (rows->pdata[i], 1)->str);
      g_auto (GStrv) set = g_strsplit (strchr (text, ':') + 1, ",", -1);

      for (guint n = 0; set[n] != NULL; n++)
        bt_bitfield_set (bits, (guint32) g_ascii_strtoull (set[n], NULL, 10));
      g_assert_cmpmem (bits->bytes, bt_bitfield_n_bytes (bits->n_bits), g_bytes_get_data (expected, NULL),
                       g_bytes_get_size (expected));
    }
}

static void
test_from_bytes (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    guint32 n_bits;
    gboolean valid;
    guint32 n_set;
  } cases[] = {
    { "", 0, 0, TRUE, 0 },          { "\xff", 1, 0, FALSE, 0 },      { "", 0, 1, FALSE, 0 },
    { "\x80", 1, 1, TRUE, 1 },      { "\xc0", 1, 1, FALSE, 0 },      { "\xff", 1, 8, TRUE, 8 },
    { "\xfe", 1, 7, TRUE, 7 },      { "\xff", 1, 7, FALSE, 0 },      { "\xff\x80", 2, 9, TRUE, 9 },
    { "\xff\x81", 2, 9, FALSE, 0 }, { "\xff\x80", 2, 8, FALSE, 0 },  { "\xff", 1, 9, FALSE, 0 },
    { "\xff\0", 2, 9, TRUE, 8 },    { "\xff\xff", 2, 16, TRUE, 16 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *copy = g_memdup2 (cases[i].bytes, cases[i].length);
      BtBitfield *bits = bt_bitfield_new_from_bytes (copy, cases[i].length, cases[i].n_bits);

      g_assert_true ((bits != NULL) == cases[i].valid);
      if (bits == NULL)
        continue;
      g_assert_cmpuint (bits->n_set, ==, cases[i].n_set);
      g_assert_cmpmem (bits->bytes, bt_bitfield_n_bytes (bits->n_bits), cases[i].bytes,
                       cases[i].length);
      bt_bitfield_free (bits);
    }
}

static void
test_set_clear (void)
{
  g_autoptr (BtBitfield) bits = bt_bitfield_new (10);
  g_autoptr (BtBitfield) copy = NULL;

  g_assert_true (bt_bitfield_set (bits, 9));
  g_assert_false (bt_bitfield_set (bits, 9));
  g_assert_true (bt_bitfield_get (bits, 9));
  g_assert_false (bt_bitfield_get (bits, 8));
  g_assert_false (bt_bitfield_get (bits, 10));
  g_assert_false (bt_bitfield_get (bits, G_MAXUINT32));
  copy = bt_bitfield_copy (bits);
  g_assert_true (bt_bitfield_clear (bits, 9));
  g_assert_false (bt_bitfield_clear (bits, 9));
  g_assert_cmpuint (bits->n_set, ==, 0);
  g_assert_cmpuint (copy->n_set, ==, 1);
  g_assert_true (bt_bitfield_get (copy, 9));
}

static void
test_all (void)
{
  static const guint32 sizes[] = { 0, 1, 7, 8, 9, 63, 64, 65, 128, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (BtBitfield) bits = bt_bitfield_new (sizes[i]);
      g_autoptr (BtBitfield) again = NULL;

      bt_bitfield_set_all (bits);
      g_assert_true (bt_bitfield_is_full (bits));
      g_assert_cmpuint (bits->n_set, ==, sizes[i]);
      g_assert_cmpuint (bt_bitfield_next_clear (bits, 0), ==, sizes[i]);
      /* Spare bits stayed zero, or it would be refused. */
      again = bt_bitfield_new_from_bytes (bits->bytes, bt_bitfield_n_bytes (sizes[i]), sizes[i]);
      g_assert_nonnull (again);
      bt_bitfield_clear_all (bits);
      g_assert_cmpuint (bits->n_set, ==, 0);
      g_assert_cmpuint (bt_bitfield_next_set (bits, 0), ==, sizes[i]);
    }
}

static void
test_range (void)
{
  const guint32 n = 70;

  for (guint32 first = 0; first <= n; first++)
    for (guint32 count = 0; count <= n - first; count++)
      {
        g_autoptr (BtBitfield) bits = bt_bitfield_new (n);
        guint32 expected = count;

        bt_bitfield_set (bits, 17);
        expected += first <= 17 && 17 < first + count ? 0 : 1;
        bt_bitfield_set_range (bits, first, count);
        g_assert_cmpuint (bits->n_set, ==, expected);
        for (guint32 i = 0; i < n; i++)
          g_assert_true (bt_bitfield_get (bits, i)
                         == (i == 17 || (first <= i && i < first + count)));
      }
}

/* Against a search bit by bit. */
static void
test_search (void)
{
  BtRandom random;

  bt_random_seed (&random, 1);
  for (guint round = 0; round < 200; round++)
    {
      guint32 n = 1 + bt_random_below (&random, 300);
      g_autoptr (BtBitfield) bits = bt_bitfield_new (n);
      guint32 density = 1 + bt_random_below (&random, 60);
      guint32 next_set = n;
      guint32 next_clear = n;

      for (guint32 i = 0; i < n; i++)
        if (bt_random_below (&random, 60) < density)
          bt_bitfield_set (bits, i);
      for (guint32 from = n; from-- > 0;)
        {
          *(bt_bitfield_get (bits, from) ? &next_set : &next_clear) = from;
          g_assert_cmpuint (bt_bitfield_next_set (bits, from), ==, next_set);
          g_assert_cmpuint (bt_bitfield_next_clear (bits, from), ==, next_clear);
        }
      g_assert_cmpuint (bt_bitfield_next_set (bits, n), ==, n);
      g_assert_cmpuint (bt_bitfield_next_clear (bits, G_MAXUINT32), ==, n);
    }
}

static gboolean
get_both (const BtBitfield *a, const BtBitfield *b, guint32 index)
{
  return bt_bitfield_get (a, index) && bt_bitfield_get (b, index);
}

/* Of two so thin that most words are zero, written in every way there is, against a search bit by bit. */
static void
test_common (void)
{
  BtRandom random;

  bt_random_seed (&random, 2);
  for (guint round = 0; round < 60; round++)
    {
      guint32 n = 1 + bt_random_below (&random, 20000);
      g_autoptr (BtBitfield) a = bt_bitfield_new (n);
      g_autoptr (BtBitfield) b = bt_bitfield_new (n);
      g_autoptr (BtBitfield) copy = NULL;
      g_autoptr (BtBitfield) parsed = NULL;
      guint32 next = n;

      if (round % 3 == 0)
        bt_bitfield_set_all (b);
      if (round % 3 == 1)
        bt_bitfield_set_range (b, n / 3, n / 3);
      for (guint i = bt_random_below (&random, 100); i > 0; i--)
        {
          guint32 index = bt_random_below (&random, n);

          bt_bitfield_set (a, index);
          bt_bitfield_set (b, index);
          bt_bitfield_set (a, bt_random_below (&random, n));
          bt_bitfield_clear (b, bt_random_below (&random, n));
          bt_bitfield_clear (a, bt_bitfield_next_set (a, 0));
          bt_bitfield_set (a, bt_random_below (&random, n));
        }
      copy = bt_bitfield_copy (a);
      parsed = bt_bitfield_new_from_bytes (b->bytes, bt_bitfield_n_bytes (n), n);
      for (guint32 from = n; from-- > 0;)
        {
          next = get_both (a, b, from) ? from : next;
          g_assert_cmpuint (bt_bitfield_next_common (a, b, from), ==, next);
          g_assert_cmpuint (bt_bitfield_next_common (parsed, copy, from), ==, next);
        }
      g_assert_cmpuint (bt_bitfield_next_common (a, b, n), ==, n);
      bt_bitfield_clear_all (a);
      g_assert_cmpuint (bt_bitfield_next_common (a, b, 0), ==, n);
    }
}

static void
test_beyond (void)
{
  g_autoptr (BtBitfield) a = bt_bitfield_new (130);
  g_autoptr (BtBitfield) b = bt_bitfield_new (130);

  g_assert_false (bt_bitfield_any_beyond (a, b));
  bt_bitfield_set (b, 129);
  g_assert_false (bt_bitfield_any_beyond (a, b));
  g_assert_true (bt_bitfield_any_beyond (b, a));
  bt_bitfield_set (a, 129);
  g_assert_false (bt_bitfield_any_beyond (a, b));
  bt_bitfield_set (a, 0);
  g_assert_true (bt_bitfield_any_beyond (a, b));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/bitfield/packing", test_packing);
  g_test_add_func ("/base/bitfield/table", test_table);
  g_test_add_func ("/base/bitfield/from-bytes", test_from_bytes);
  g_test_add_func ("/base/bitfield/set-clear", test_set_clear);
  g_test_add_func ("/base/bitfield/all", test_all);
  g_test_add_func ("/base/bitfield/range", test_range);
  g_test_add_func ("/base/bitfield/search", test_search);
  g_test_add_func ("/base/bitfield/common", test_common);
  g_test_add_func ("/base/bitfield/beyond", test_beyond);
  return g_test_run ();
}
