/* test-reader.c: the checked cursors for reading and writing.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-reader.h"
#include "bt-writer.h"

#include "ft-test.h"

static void
test_integers (void)
{
  static const guint8 bytes[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
                                  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f };
  BtReader reader = bt_reader (bytes, sizeof bytes);
  guint8 u8;
  guint16 u16;
  guint32 u32;
  guint64 u64;

  g_assert_true (bt_reader_u8 (&reader, &u8));
  g_assert_cmphex (u8, ==, 0x01);
  g_assert_true (bt_reader_u16 (&reader, &u16));
  g_assert_cmphex (u16, ==, 0x0203);
  g_assert_true (bt_reader_u32 (&reader, &u32));
  g_assert_cmphex (u32, ==, 0x04050607);
  g_assert_true (bt_reader_u64 (&reader, &u64));
  g_assert_cmphex (u64, ==, G_GUINT64_CONSTANT (0x08090a0b0c0d0e0f));
  g_assert_cmpuint (reader.left, ==, 0);
}

/* A read past the end, of any size, says so and moves nothing. */
static void
test_short (void)
{
  static const guint8 bytes[] = { 1, 2, 3, 4, 5, 6, 7 };

  for (gsize length = 0; length <= sizeof bytes; length++)
    {
      g_autofree guint8 *copy = g_memdup2 (bytes, length);
      BtReader reader = bt_reader (copy, length);
      const BtReader before = reader;
      const guint8 *span = NULL;
      guint8 out[8];
      guint16 u16;
      guint32 u32;
      guint64 u64;

      g_assert_false (bt_reader_u64 (&reader, &u64));
      g_assert_true (bt_reader_u32 (&reader, &u32) == (length >= 4));
      reader = before;
      g_assert_true (bt_reader_u16 (&reader, &u16) == (length >= 2));
      reader = before;
      g_assert_true (bt_reader_u8 (&reader, out) == (length >= 1));
      reader = before;
      g_assert_false (bt_reader_take (&reader, length + 1, &span));
      g_assert_false (bt_reader_take (&reader, G_MAXSIZE, &span));
      g_assert_false (bt_reader_skip (&reader, G_MAXSIZE - length));
      g_assert_false (bt_reader_copy (&reader, out, length + 1));
      g_assert_null (span);
      g_assert_true (reader.data == before.data && reader.left == before.left);
      g_assert_true (bt_reader_take (&reader, length, &span));
      g_assert_true (span == before.data);
      g_assert_true (bt_reader_skip (&reader, 0));
    }
}

static void
test_writer (void)
{
  static const guint8 expected[] = { 0xff, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 'a', 'b',
                                     8,    7,    6,    5,    4,    3,    2,    1 };
  guint8 bytes[sizeof expected] = { 0 };
  BtWriter writer = bt_writer (bytes, sizeof bytes);

  bt_writer_u8 (&writer, 0xff);
  bt_writer_u16 (&writer, 0x0102);
  bt_writer_u32 (&writer, 0x03040506);
  bt_writer_bytes (&writer, "ab", 2);
  bt_writer_bytes (&writer, NULL, 0);
  bt_writer_u64 (&writer, G_GUINT64_CONSTANT (0x0807060504030201));
  g_assert_cmpuint (writer.used, ==, sizeof bytes);
  g_assert_cmpmem (bytes, sizeof bytes, expected, sizeof expected);
}

static void
test_writer_full (void)
{
  if (g_test_subprocess ())
    {
      guint8 bytes[3];
      BtWriter writer = bt_writer (bytes, sizeof bytes);

      bt_writer_u32 (&writer, 1);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*assertion failed*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/reader/integers", test_integers);
  g_test_add_func ("/base/reader/short", test_short);
  g_test_add_func ("/base/writer/fields", test_writer);
  g_test_add_func ("/base/writer/full", test_writer_full);
  return g_test_run ();
}
