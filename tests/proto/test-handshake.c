/* test-handshake.c: the 68 bytes that open a connection.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-handshake.h"
#include "ft-test.h"

/* Extension protocol, fast extension, DHT. */
static const char example[] = "13426974546f7272656e742070726f746f636f6c 0000000000100005"
                              "2c6b6858d61da9543d4231a71db4b1c9264b0685"
                              "2d5858303130302d6162636465666768696a6b6c";

static const guint8 *
example_bytes (GBytes **bytes)
{
  gsize length;
  const guint8 *data;

  *bytes = ft_test_hex (example);
  data = g_bytes_get_data (*bytes, &length);
  g_assert_cmpuint (length, ==, BT_HANDSHAKE_SIZE);
  return data;
}

static void
test_decode (void)
{
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data = example_bytes (&bytes);
  BtHandshake handshake;
  char hex[BT_SHA1_HEX_SIZE];

  g_assert_true (bt_handshake_decode (data, &handshake));
  g_assert_cmpuint (handshake.capabilities, ==, BT_CAP_EXTENDED | BT_CAP_FAST | BT_CAP_DHT);
  bt_sha1_to_hex (&handshake.info_hash, hex);
  g_assert_cmpstr (hex, ==, "2c6b6858d61da9543d4231a71db4b1c9264b0685");
  g_assert_cmpmem (handshake.peer_id, BT_PEER_ID_SIZE, "-XX0100-abcdefghijkl", 20);
}

static void
test_decode_head (void)
{
  static const guint8 zeros[BT_PEER_ID_SIZE] = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data = example_bytes (&bytes);
  /* Exactly 48 bytes on the heap, so that reading a 49th is seen. */
  g_autofree guint8 *head = g_memdup2 (data, BT_HANDSHAKE_HASH_END);
  BtHandshake handshake;

  g_assert_true (bt_handshake_decode_head (head, &handshake));
  g_assert_cmpuint (handshake.capabilities, ==, BT_CAP_EXTENDED | BT_CAP_FAST | BT_CAP_DHT);
  g_assert_cmpmem (handshake.info_hash.bytes, BT_SHA1_SIZE, data + 28, BT_SHA1_SIZE);
  g_assert_cmpmem (handshake.peer_id, BT_PEER_ID_SIZE, zeros, BT_PEER_ID_SIZE);
}

static void
test_encode (void)
{
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data = example_bytes (&bytes);
  guint8 out[BT_HANDSHAKE_SIZE];
  BtHandshake handshake;

  g_assert_true (bt_handshake_decode (data, &handshake));
  bt_handshake_encode (&handshake, out);
  g_assert_cmpmem (out, sizeof out, data, BT_HANDSHAKE_SIZE);

  handshake.capabilities = BT_CAP_FAST;
  bt_handshake_encode (&handshake, out);
  g_assert_cmpmem (out + 20, 8, "\0\0\0\0\0\0\0\x04", 8);
  handshake.capabilities = 0;
  bt_handshake_encode (&handshake, out);
  g_assert_cmpmem (out + 20, 8, "\0\0\0\0\0\0\0\0", 8);
}

/* Each capability is one bit, and bits of others say nothing. */
static void
test_reserved (void)
{
  for (guint bit = 0; bit < 64; bit++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autofree guint8 *copy = g_memdup2 (example_bytes (&bytes), BT_HANDSHAKE_SIZE);
      BtCapabilities expected = 0;
      BtHandshake handshake;

      memset (copy + 20, 0, 8);
      copy[20 + bit / 8] = (guint8) (0x80 >> bit % 8);
      if (bit == 5 * 8 + 3)
        expected = BT_CAP_EXTENDED;
      else if (bit == 7 * 8 + 5)
        expected = BT_CAP_FAST;
      else if (bit == 7 * 8 + 7)
        expected = BT_CAP_DHT;
      g_assert_true (bt_handshake_decode (copy, &handshake));
      g_assert_cmpuint (handshake.capabilities, ==, expected);
    }
}

/* A wrong byte is seen as soon as it came, and not before. */
static void
test_prefix (void)
{
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data = example_bytes (&bytes);

  for (gsize length = 0; length <= BT_HANDSHAKE_SIZE; length++)
    g_assert_true (bt_handshake_prefix_ok (data, length));

  for (gsize wrong = 0; wrong < 20; wrong++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, BT_HANDSHAKE_SIZE);
      BtHandshake handshake;

      copy[wrong] ^= 0x20;
      for (gsize length = 0; length <= 20; length++)
        g_assert_cmpint (bt_handshake_prefix_ok (copy, length), ==, length <= wrong);
      g_assert_false (bt_handshake_decode (copy, &handshake));
      g_assert_false (bt_handshake_decode_head (copy, &handshake));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/handshake/decode", test_decode);
  g_test_add_func ("/proto/handshake/decode-head", test_decode_head);
  g_test_add_func ("/proto/handshake/encode", test_encode);
  g_test_add_func ("/proto/handshake/reserved", test_reserved);
  g_test_add_func ("/proto/handshake/prefix", test_prefix);
  return g_test_run ();
}
