/* test-bencode-writer.c: what the encoder writes, and that it refuses our own mistakes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bencode.h"

#include "ft-test.h"

static void
assert_written (BtBencodeWriter *writer, const char *expected, gsize length)
{
  g_autoptr (GBytes) bytes = bt_bencode_writer_finish (writer);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, length);
}

#define ASSERT_WRITTEN(writer, expected) assert_written (writer, expected, sizeof expected - 1)

static void
test_values (void)
{
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();

  bt_bencode_writer_int (writer, 0);
  ASSERT_WRITTEN (writer, "i0e");
  bt_bencode_writer_int (writer, G_MININT64);
  ASSERT_WRITTEN (writer, "i-9223372036854775808e");
  bt_bencode_writer_int (writer, G_MAXINT64);
  ASSERT_WRITTEN (writer, "i9223372036854775807e");
  bt_bencode_writer_string (writer, "");
  ASSERT_WRITTEN (writer, "0:");
  bt_bencode_writer_bytes (writer, NULL, 0);
  ASSERT_WRITTEN (writer, "0:");
  bt_bencode_writer_bytes (writer, "a\0\xff", 3);
  ASSERT_WRITTEN (writer, "3:a\0\xff");
  bt_bencode_writer_string (writer, "0123456789");
  ASSERT_WRITTEN (writer, "10:0123456789");
}

static void
test_containers (void)
{
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();

  bt_bencode_writer_begin_dict (writer);
  bt_bencode_writer_key (writer, "");
  bt_bencode_writer_begin_list (writer);
  bt_bencode_writer_end (writer);
  bt_bencode_writer_key (writer, "a");
  bt_bencode_writer_int (writer, 1);
  bt_bencode_writer_key_bytes (writer, "a\0", 2);
  bt_bencode_writer_begin_list (writer);
  bt_bencode_writer_string (writer, "x");
  bt_bencode_writer_begin_dict (writer);
  bt_bencode_writer_key (writer, "a"); /* its own order */
  bt_bencode_writer_raw (writer, "li7ee", 5);
  bt_bencode_writer_end (writer);
  bt_bencode_writer_end (writer);
  bt_bencode_writer_key (writer, "b");
  bt_bencode_writer_int (writer, -1);
  bt_bencode_writer_key_bytes (writer, "\xff", 1);
  bt_bencode_writer_string (writer, "z");
  bt_bencode_writer_end (writer);
  ASSERT_WRITTEN (writer, "d0:le1:ai1e2:a\0l1:xd1:ali7eeee1:bi-1e1:\xff"
                          "1:ze");
}

static void
test_node (void)
{
  static const struct
  {
    const char *text;
    const char *canonical;
  } cases[] = {
    { "i-5e", "i-5e" },
    { "0:", "0:" },
    { "le", "le" },
    { "de", "de" },
    { "li1e2:xylelei3ee", "li1e2:xylelei3ee" },
    { "d1:ai1e1:bli2eee", "d1:ai1e1:bli2eee" },
    { "d1:bi1e1:ai2ee", "d1:ai2e1:bi1ee" },
    { "d1:bd1:zi1e1:yi2e0:lee1:ali1ed1:qi1e1:pi2eeee",
      "d1:ali1ed1:pi2e1:qi1eee1:bd0:le1:yi2e1:zi1eee" },
    { "d2:aai1e1:\xff"
      "i2e1:ai3ee",
      "d1:ai3e2:aai1e1:\xff"
      "i2ee" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (BtBencode) doc =
        bt_bencode_decode (cases[i].text, strlen (cases[i].text), &bt_bencode_limits_message,
                           BT_BENCODE_UNSORTED, NULL, &error);

      g_assert_no_error (error);
      bt_bencode_writer_node (writer, bt_bencode_root (doc));
      assert_written (writer, cases[i].canonical, strlen (cases[i].canonical));
    }
}

/* A part of a document inside another one. */
static void
test_node_inside (void)
{
  static const char text[] = "d1:ad1:yi1e1:xi2ee1:b1:ze";
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();
  g_autoptr (BtBencode) doc = bt_bencode_decode (text, sizeof text - 1, &bt_bencode_limits_message,
                                                 BT_BENCODE_UNSORTED, NULL, NULL);

  bt_bencode_writer_begin_dict (writer);
  bt_bencode_writer_key (writer, "info");
  bt_bencode_writer_node (writer, bt_node_get (bt_bencode_root (doc), "a"));
  bt_bencode_writer_key (writer, "j");
  bt_bencode_writer_node (writer, bt_node_get (bt_bencode_root (doc), "b"));
  bt_bencode_writer_end (writer);
  ASSERT_WRITTEN (writer, "d4:infod1:xi2e1:yi1ee1:j1:ze");
}

/* As deep as a document may be: neither side recurses. */
static void
test_node_deep (void)
{
  static const BtBencodeLimits limits = { .max_depth = 200000, .max_tokens = 1000000 };
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (BtBencode) doc = NULL;

  for (guint i = 0; i < limits.max_depth / 2; i++)
    g_string_append (text, "d1:al");
  for (guint i = 0; i < limits.max_depth; i++)
    g_string_append_c (text, 'e');
  doc = bt_bencode_decode (text->str, text->len, &limits, BT_BENCODE_STRICT, NULL, NULL);
  g_assert_nonnull (doc);
  bt_bencode_writer_node (writer, bt_bencode_root (doc));
  assert_written (writer, text->str, text->len);
}

/* Mistakes of ours, which must not get out as malformed bytes. */
static void
make_mistake (gconstpointer data)
{
  const char *steps = data;
  BtBencodeWriter *writer = bt_bencode_writer_new ();

  for (; *steps != '\0'; steps++)
    switch (*steps)
      {
      case 'd':
        bt_bencode_writer_begin_dict (writer);
        break;
      case 'l':
        bt_bencode_writer_begin_list (writer);
        break;
      case 'e':
        bt_bencode_writer_end (writer);
        break;
      case '1':
        bt_bencode_writer_int (writer, 1);
        break;
      case '.':
        g_bytes_unref (bt_bencode_writer_finish (writer));
        break;
      default:
        bt_bencode_writer_key_bytes (writer, steps, 1);
        break;
      }
}

static void
test_mistake (gconstpointer data)
{
  if (g_getenv ("FT_NO_ASSERTIONS") != NULL)
    {
      g_test_skip ("assertions are built away");
      return;
    }
  if (g_test_subprocess ())
    {
      make_mistake (data);
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
  g_test_add_func ("/base/bencode-writer/values", test_values);
  g_test_add_func ("/base/bencode-writer/containers", test_containers);
  g_test_add_func ("/base/bencode-writer/node", test_node);
  g_test_add_func ("/base/bencode-writer/node-inside", test_node_inside);
  g_test_add_func ("/base/bencode-writer/node-deep", test_node_deep);
  g_test_add_data_func ("/base/bencode-writer/mistake/order", "db1a1e.", test_mistake);
  g_test_add_data_func ("/base/bencode-writer/mistake/twice", "da1a1e.", test_mistake);
  g_test_add_data_func ("/base/bencode-writer/mistake/no-key", "d1e.", test_mistake);
  g_test_add_data_func ("/base/bencode-writer/mistake/no-value", "dae.", test_mistake);
  g_test_add_data_func ("/base/bencode-writer/mistake/two-keys", "dab1e.", test_mistake);
  g_test_add_data_func ("/base/bencode-writer/mistake/key-in-list", "la1e.", test_mistake);
  g_test_add_data_func ("/base/bencode-writer/mistake/open", "l1.", test_mistake);
  g_test_add_data_func ("/base/bencode-writer/mistake/closed-twice", "lee.", test_mistake);
  return g_test_run ();
}
