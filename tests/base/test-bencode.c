/* test-bencode.c: the decoder against tables, limits and lookups.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bencode.h"
#include "bt-error.h"

#include "ft-test-vectors.h"

/* NUL inside, so the length comes beside. */
#define TEXT(s) s, sizeof s - 1

static BtBencode *
decode (const char *text, gsize length, BtBencodeFlags flags, GError **error)
{
  return bt_bencode_decode (text, length, &bt_bencode_limits_torrent, flags, NULL, error);
}

/* Rows of the tables say which limit they presuppose: that of messages, or of files. */
static BtBencode *
decode_row (const GString *input, const char *expected, BtBencodeFlags flags, GError **error)
{
  const BtBencodeLimits *limits = strstr (expected, "token limit 1000") != NULL
                                    ? &bt_bencode_limits_message
                                    : &bt_bencode_limits_torrent;

  return bt_bencode_decode (input->str, input->len, limits, flags, NULL, error);
}

static void
test_valid (void)
{
  static const struct
  {
    const char *text;
    gsize length;
    BtBencodeType type;
  } cases[] = {
    { TEXT ("4:spam"), BT_BENCODE_STRING },
    { TEXT ("0:"), BT_BENCODE_STRING },
    { TEXT ("i3e"), BT_BENCODE_INT },
    { TEXT ("i-3e"), BT_BENCODE_INT },
    { TEXT ("i0e"), BT_BENCODE_INT },
    { TEXT ("l4:spam4:eggse"), BT_BENCODE_LIST },
    { TEXT ("d3:cow3:moo4:spam4:eggse"), BT_BENCODE_DICT },
    { TEXT ("d4:spaml1:a1:bee"), BT_BENCODE_DICT },
    { TEXT ("le"), BT_BENCODE_LIST },
    { TEXT ("de"), BT_BENCODE_DICT },
    { TEXT ("d0:i1ee"), BT_BENCODE_DICT },
    { TEXT ("d3:a\0bi1ee"), BT_BENCODE_DICT },
    { TEXT ("d1:a0:2:aa0:1:b0:e"), BT_BENCODE_DICT },
    { TEXT ("d1:a0:1:\xff"
            "0:e"),
      BT_BENCODE_DICT },
    { TEXT ("d8:completei1e8:intervali1800e12:min intervali1800e5:peers0:e"), BT_BENCODE_DICT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BtBencode) doc =
        decode (cases[i].text, cases[i].length, BT_BENCODE_STRICT, &error);
      gsize length;

      g_assert_no_error (error);
      g_assert_cmpint (bt_node_type (bt_bencode_root (doc)), ==, cases[i].type);
      g_assert_true (bt_node_span (bt_bencode_root (doc), &length)
                     == (const guint8 *) cases[i].text);
      g_assert_cmpuint (length, ==, cases[i].length);
    }
}

static void
test_invalid (void)
{
  static const struct
  {
    const char *text;
    gsize length;
    const char *message;
  } cases[] = {
    { TEXT (""), "Bencoded data is cut short at byte 0" },
    { TEXT ("e"), "A bencoded value must start with a digit, i, l or d at byte 0" },
    { TEXT ("i10"), "Bencoded data is cut short at byte 3" },
    { TEXT ("i"), "Bencoded data is cut short at byte 1" },
    { TEXT ("i-"), "Bencoded data is cut short at byte 2" },
    { TEXT ("l2:.."), "Bencoded data is cut short at byte 5" },
    { TEXT ("l"), "Bencoded data is cut short at byte 1" },
    { TEXT ("d"), "Bencoded data is cut short at byte 1" },
    { TEXT ("d1:a"), "Bencoded data is cut short at byte 4" },
    { TEXT ("d1000:"), "A string in bencoded data is longer than the data at byte 6" },
    { TEXT ("99999999:foobar"), "A string in bencoded data is longer than the data at byte 9" },
    { TEXT ("4:boa"), "A string in bencoded data is longer than the data at byte 2" },
    { TEXT ("i64"), "Bencoded data is cut short at byte 3" },
    { TEXT ("5"), "Bencoded data is cut short at byte 1" },
    { TEXT ("ie"), "A number in bencoded data is malformed at byte 1" },
    { TEXT ("i-e"), "A number in bencoded data is malformed at byte 2" },
    { TEXT ("i--1e"), "A number in bencoded data is malformed at byte 2" },
    { TEXT ("i+1e"), "A number in bencoded data is malformed at byte 1" },
    { TEXT ("i 1e"), "A number in bencoded data is malformed at byte 1" },
    { TEXT ("i1.5e"), "A number in bencoded data is malformed at byte 2" },
    { TEXT ("i35412-5633e"), "A number in bencoded data is malformed at byte 6" },
    { TEXT ("i6z4e"), "A number in bencoded data is malformed at byte 2" },
    { TEXT ("i-0e"), "Bencoded data has a minus zero at byte 0" },
    { TEXT ("i04e"), "A number in bencoded data has a leading zero at byte 2" },
    { TEXT ("i-03e"), "A number in bencoded data has a leading zero at byte 3" },
    { TEXT ("i00e"), "A number in bencoded data has a leading zero at byte 2" },
    { TEXT ("06:foobar"), "A number in bencoded data has a leading zero at byte 1" },
    { TEXT ("00:"), "A number in bencoded data has a leading zero at byte 1" },
    { TEXT ("i9223372036854775808e"), "A number in bencoded data is too large at byte 19" },
    { TEXT ("i-9223372036854775809e"), "A number in bencoded data is too large at byte 20" },
    { TEXT ("i18446744073709551616e"), "A number in bencoded data is too large at byte 20" },
    { TEXT ("99999999999999999999:boat"), "A number in bencoded data is too large at byte 19" },
    { TEXT ("18446744073709551615:foobar"),
      "A string in bencoded data is longer than the data at byte 21" },
    { TEXT ("-10:foobar"), "A bencoded value must start with a digit, i, l or d at byte 0" },
    { TEXT ("d1:ai1e1:be"), "A dictionary key has no value at byte 10" },
    { TEXT ("di5e1:ae"), "A dictionary key must be a string at byte 1" },
    { TEXT ("dle1:ae"), "A dictionary key must be a string at byte 1" },
    { TEXT ("d2:abi1e2:aai2ee"), "A dictionary key is out of order at byte 8" },
    { TEXT ("d2:aai1e1:ai2ee"), "A dictionary key is out of order at byte 8" },
    { TEXT ("d1:\xff"
            "0:1:a0:e"),
      "A dictionary key is out of order at byte 6" },
    { TEXT ("d2:aai1e2:aai2ee"), "A dictionary key is given twice at byte 8" },
    { TEXT ("i1ei2e"), "Bencoded data is followed by something else at byte 3" },
    { TEXT ("le\0"), "Bencoded data is followed by something else at byte 2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      /* On the heap, so that a sanitizer sees the first byte that is read too far. */
      g_autofree char *copy = g_memdup2 (cases[i].text, cases[i].length);
      g_autoptr (GError) error = NULL;

      g_assert_null (decode (copy, cases[i].length, BT_BENCODE_STRICT, &error));
      g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static void
test_unsorted (void)
{
  static const struct
  {
    const char *text;
    gboolean valid;
  } cases[] = {
    { "d2:abi1e2:aai2ee", TRUE },
    { "d1:bi1e1:ai2e1:ci3ee", TRUE },
    { "d1:ai12453e1:b3:aaa1:c3:bbb1:X10:0123456789e", TRUE },
    { "d1:bd1:zi1e1:yi2ee1:ai2ee", TRUE },
    { "d2:aai1e2:aai2ee", FALSE },
    { "d1:bi1e1:ai2e1:bi3ee", FALSE }, /* not neighbours */
    { "d1:ci1e1:ai2e1:bi3e1:ai4ee", FALSE },
    { "d1:bd1:zi1e1:yi2e1:zi3ee1:ai2ee", FALSE },
    { "d1:bi01e1:ai2ee", FALSE },
    { "d1:bi-0e1:ai2ee", FALSE },
    { "d01:bi1e1:ai2ee", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BtBencode) doc =
        decode (cases[i].text, strlen (cases[i].text), BT_BENCODE_UNSORTED, &error);

      g_assert_true ((doc != NULL) == cases[i].valid);
      if (!cases[i].valid)
        g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
    }
}

static void
test_trailing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BtBencode) doc = NULL;
  gsize consumed = 0;

  doc = bt_bencode_decode ("d1:ai1eepayload", 15, &bt_bencode_limits_message, BT_BENCODE_TRAILING,
                           &consumed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (consumed, ==, 8);
  g_assert_cmpuint (bt_node_length (bt_bencode_root (doc)), ==, 1);
}

static void
test_integers (void)
{
  static const struct
  {
    const char *text;
    gint64 value;
  } cases[] = {
    { "i0e", 0 },
    { "i57e", 57 },
    { "i-1e", -1 },
    { "i9223372036854775807e", G_MAXINT64 },
    { "i-9223372036854775807e", -G_MAXINT64 },
    { "i-9223372036854775808e", G_MININT64 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BtBencode) doc =
        decode (cases[i].text, strlen (cases[i].text), BT_BENCODE_STRICT, NULL);
      gint64 value = 42;

      g_assert_true (bt_node_int (bt_bencode_root (doc), &value));
      g_assert_cmpint (value, ==, cases[i].value);
    }
}

static void
test_lookup (void)
{
  static const char text[] = "d1:ali1e2:xyd1:ki7eee1:bd1:c3:fooe1:ei-5e4:name0:e";
  g_autoptr (BtBencode) doc = decode (TEXT (text), BT_BENCODE_STRICT, NULL);
  BtNode root = bt_bencode_root (doc);
  const char *string = NULL;
  gint64 number = 99;
  gsize length = 99;

  g_assert_cmpuint (bt_node_length (root), ==, 4);
  g_assert_true (bt_node_get_int (root, "e", &number));
  g_assert_cmpint (number, ==, -5);
  g_assert_true (bt_node_get_string (root, "name", &string, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_true (bt_node_get_string (bt_node_get_dict (root, "b"), "c", &string, &length));
  g_assert_cmpmem (string, length, "foo", 3);
  g_assert_cmpuint (bt_node_length (bt_node_get_list (root, "a")), ==, 3);
  g_assert_cmpmem (bt_node_span (bt_node_get (root, "b"), &length), 9, "d1:c3:fooe", 9);
  g_assert_cmpuint (length, ==, 10);

  /* Of another type, or not there: nothing is touched. */
  number = 99;
  g_assert_false (bt_node_get_int (root, "name", &number));
  g_assert_false (bt_node_get_int (root, "nam", &number));
  g_assert_false (bt_node_get_int (root, "k", &number));
  g_assert_false (bt_node_get_string (root, "e", &string, &length));
  g_assert_cmpint (number, ==, 99);
  g_assert_cmpint (bt_node_type (bt_node_get_list (root, "b")), ==, BT_BENCODE_NONE);
  g_assert_cmpint (bt_node_type (bt_node_get_dict (root, "a")), ==, BT_BENCODE_NONE);
}

static void
test_none (void)
{
  g_autoptr (BtBencode) doc = decode (TEXT ("l1:ae"), BT_BENCODE_STRICT, NULL);
  BtNode none = bt_node_get_dict (bt_node_get (bt_bencode_root (doc), "x"), "y");
  const char *key;
  gsize length = 7;
  BtNodeIter iter;
  gint64 number;
  BtNode value;

  g_assert_cmpint (bt_node_type (none), ==, BT_BENCODE_NONE);
  g_assert_cmpuint (bt_node_length (none), ==, 0);
  g_assert_null (bt_node_span (none, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_false (bt_node_int (none, &number));
  g_assert_false (bt_node_string (none, &key, &length));
  bt_node_iter_init (&iter, none);
  g_assert_false (bt_node_iter_next (&iter, &value));
  g_assert_false (bt_node_iter_next_entry (&iter, &key, &length, &value));
  /* A list has no entries, a string no children. */
  bt_node_iter_init (&iter, bt_bencode_root (doc));
  g_assert_false (bt_node_iter_next_entry (&iter, &key, &length, &value));
  g_assert_true (bt_node_iter_next (&iter, &value));
  g_assert_cmpuint (bt_node_length (value), ==, 0);
  g_assert_false (bt_node_iter_next (&iter, &value));
}

static void
test_iter (void)
{
  g_autoptr (BtBencode) doc =
    decode (TEXT ("d1:ali1ei2ee2:bb0:1:cd1:xleee"), BT_BENCODE_STRICT, NULL);
  static const char *const keys[] = { "a", "bb", "c" };
  static const BtBencodeType types[] = { BT_BENCODE_LIST, BT_BENCODE_STRING, BT_BENCODE_DICT };
  const char *key;
  gsize length;
  BtNodeIter entries;
  BtNodeIter values;
  BtNode value;

  bt_node_iter_init (&entries, bt_bencode_root (doc));
  bt_node_iter_init (&values, bt_bencode_root (doc));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_assert_true (bt_node_iter_next_entry (&entries, &key, &length, &value));
      g_assert_cmpmem (key, length, keys[i], strlen (keys[i]));
      g_assert_cmpint (bt_node_type (value), ==, types[i]);
      g_assert_true (bt_node_iter_next (&values, &value));
      g_assert_cmpint (bt_node_type (value), ==, types[i]);
    }
  g_assert_false (bt_node_iter_next_entry (&entries, &key, &length, &value));
  g_assert_false (bt_node_iter_next (&values, &value));
}

static void
test_depth (void)
{
  const guint n = 1000000;
  g_autofree char *lists = g_strnfill (n, 'l');
  g_autoptr (GString) nested = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BtBencode) doc = NULL;

  g_assert_null (decode (lists, n, BT_BENCODE_STRICT, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_LIMIT);
  g_assert_cmpstr (error->message, ==, "Bencoded data is nested too deeply at byte 100");
  g_clear_error (&error);

  for (guint i = 0; i < 100; i++)
    g_string_append_c (nested, 'l');
  for (guint i = 0; i < 100; i++)
    g_string_append_c (nested, 'e');
  doc = decode (nested->str, nested->len, BT_BENCODE_STRICT, &error);
  g_assert_no_error (error);
  g_assert_nonnull (doc);
}

static void
test_tokens (void)
{
  static const BtBencodeLimits limits = { .max_depth = 10, .max_tokens = 5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (BtBencode) doc = NULL;

  /* The dict, two keys and two values. */
  doc = bt_bencode_decode (TEXT ("d1:ai1e1:bi2ee"), &limits, BT_BENCODE_STRICT, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (
    bt_bencode_decode (TEXT ("li1ei1ei1ei1ei1ee"), &limits, BT_BENCODE_STRICT, NULL, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_LIMIT);
  g_assert_cmpstr (error->message, ==, "Bencoded data has too many values at byte 13");
}

/* A million keys, so that quadratic work would not end within the time a test has. */
static void
check_many_keys (gboolean sorted, gboolean duplicate)
{
  const guint n = 1000000;
  g_autoptr (GString) text = g_string_sized_new (n * 12);
  g_autoptr (GError) error = NULL;
  g_autoptr (BtBencode) doc = NULL;
  gint64 value = -1;

  g_string_append_c (text, 'd');
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "7:%07ui1e", sorted ? i : (guint) ((guint64) i * 7919 % n));
  if (duplicate)
    g_string_append (text, "7:0500000i2e");
  g_string_append_c (text, 'e');
  doc = decode (text->str, text->len, sorted ? BT_BENCODE_STRICT : BT_BENCODE_UNSORTED, &error);
  if (duplicate)
    {
      g_autofree char *message =
        g_strdup_printf ("A dictionary key is given twice at byte %u", 1 + n * 12);
      g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
      g_assert_cmpstr (error->message, ==, message);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (bt_node_length (bt_bencode_root (doc)), ==, n);
  g_assert_true (bt_node_get_int (bt_bencode_root (doc), "0999999", &value));
  g_assert_cmpint (value, ==, 1);
}

static void
test_many_keys (void)
{
  check_many_keys (TRUE, FALSE);
  check_many_keys (FALSE, FALSE);
  check_many_keys (FALSE, TRUE);
}

/* "ok, N unused trailing bytes must be reported": here they are an error unless they are asked for. */
static gboolean
check_trailing_row (const GString *input, const char *expected)
{
  const char *comma = strstr (expected, ", ");
  gsize consumed;

  if (comma == NULL || strstr (comma, "unused trailing") == NULL)
    return FALSE;
  g_assert_null (decode (input->str, input->len, BT_BENCODE_STRICT, NULL));
  g_autoptr (BtBencode) doc = bt_bencode_decode (input->str, input->len, &bt_bencode_limits_torrent,
                                                 BT_BENCODE_TRAILING, &consumed, NULL);
  g_assert_nonnull (doc);
  g_assert_cmpuint (input->len - consumed, ==, g_ascii_digit_value (comma[2]));
  return TRUE;
}

/* What the tables call soft is an error here, but order is forgiven with a flag. */
static void
check_row (const GString *input, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) lenient_error = NULL;
  g_autoptr (BtBencode) strict = decode_row (input, expected, BT_BENCODE_STRICT, &error);
  g_autoptr (BtBencode) lenient =
    decode_row (input, expected, BT_BENCODE_UNSORTED, &lenient_error);
  /* These rows judge what the value means to its reader, or an encoder: as bencode they are right. */
  gboolean is_for_reader = strstr (expected, "when int expected") != NULL
                           || strstr (expected, "krpc error list") != NULL
                           || g_str_has_prefix (expected, "encoder output");
  gboolean is_ok = g_str_has_prefix (expected, "ok") || is_for_reader;
  gboolean is_soft = strstr (expected, "SOFT") != NULL;
  gboolean is_unsorted = is_soft && strstr (expected, "unsorted") != NULL;

  if (check_trailing_row (input, expected))
    return;
  if ((strict != NULL) != (is_ok && !is_soft))
    g_error ("%s: %s, but got %s", input->str, expected, error ? error->message : "a document");
  if ((lenient != NULL) != (is_ok && (!is_soft || is_unsorted)))
    g_error ("%s: %s, but got %s", input->str, expected, error ? error->message : "a document");
  g_assert_true ((strict == NULL) == (error != NULL));
}

static void
test_tables (void)
{
  static const struct
  {
    const char *name;
    guint input_column;
  } tables[] = {
    { "libtorrent/vectors/bdecode.tsv", 1 },
    { "anacrolix-torrent/vectors/bencode.tsv", 0 },
    { "node-bencode/vectors/bencode.tsv", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (GPtrArray) rows = ft_test_read_table (tables[i].name);

      for (guint j = 0; rows != NULL && j < rows->len; j++)
        {
          GPtrArray *row = g_ptr_array_index (rows, j);

          check_row (ft_test_cell (row, tables[i].input_column),
                     ft_test_cell (row, tables[i].input_column + 1)->str);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/bencode/valid", test_valid);
  g_test_add_func ("/base/bencode/invalid", test_invalid);
  g_test_add_func ("/base/bencode/unsorted", test_unsorted);
  g_test_add_func ("/base/bencode/trailing", test_trailing);
  g_test_add_func ("/base/bencode/integers", test_integers);
  g_test_add_func ("/base/bencode/lookup", test_lookup);
  g_test_add_func ("/base/bencode/none", test_none);
  g_test_add_func ("/base/bencode/iter", test_iter);
  g_test_add_func ("/base/bencode/depth", test_depth);
  g_test_add_func ("/base/bencode/tokens", test_tokens);
  g_test_add_func ("/base/bencode/many-keys", test_many_keys);
  g_test_add_func ("/base/bencode/tables", test_tables);
  return g_test_run ();
}
