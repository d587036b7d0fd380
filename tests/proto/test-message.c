/* test-message.c: the peer wire messages, to and from bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-limits.h"
#include "bt-message.h"
#include "bt-random.h"
#include "bt-reader.h"
#include "ft-tsv.h"

static void
check_hex (const guint8 *bytes, gsize length, const char *hex)
{
  g_autoptr (GBytes) expected = ft_test_hex (hex);

  g_assert_cmpmem (bytes, length, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

static void
test_encode (void)
{
  const BtBlock block = { 1, 0x4000, 0x4000 };
  guint8 out[BT_MESSAGE_MAX_HEAD];

  check_hex (out, bt_message_encode_simple (BT_MESSAGE_CHOKE, out), "0000000100");
  check_hex (out, bt_message_encode_simple (BT_MESSAGE_NOT_INTERESTED, out), "0000000103");
  check_hex (out, bt_message_encode_simple (BT_MESSAGE_HAVE_ALL, out), "000000010e");
  check_hex (out, bt_message_encode_simple (BT_MESSAGE_HAVE_NONE, out), "000000010f");
  check_hex (out, bt_message_encode_piece_index (BT_MESSAGE_HAVE, 5, out), "000000050400000005");
  check_hex (out, bt_message_encode_piece_index (BT_MESSAGE_SUGGEST, 7, out), "000000050d00000007");
  check_hex (out, bt_message_encode_piece_index (BT_MESSAGE_ALLOWED_FAST, 7, out),
             "000000051100000007");
  check_hex (out, bt_message_encode_block (BT_MESSAGE_REQUEST, &block, out),
             "0000000d06000000010000400000004000");
  check_hex (out, bt_message_encode_block (BT_MESSAGE_CANCEL, &block, out),
             "0000000d08000000010000400000004000");
  check_hex (out, bt_message_encode_block (BT_MESSAGE_REJECT, &block, out),
             "0000000d10000000010000400000004000");
  check_hex (out, bt_message_encode_port (6881, out), "00000003091ae1");
  check_hex (out, bt_message_encode_piece_head (&block, out), "00004009070000000100004000");
  check_hex (out, bt_message_encode_bitfield_head (2, out), "0000000305");
  check_hex (out, bt_message_encode_extended_head (7, 3, out), "000000051407");
  g_assert_cmpuint (bt_message_encode_piece_head (&block, out), ==, BT_MESSAGE_PIECE_HEAD);
}

static BtMessage
decode (const char *hex)
{
  g_autoptr (GBytes) bytes = ft_test_hex (hex);
  BtMessage message;

  g_assert_cmpint (
    bt_message_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &message), ==,
    BT_MESSAGE_OK);
  return message;
}

static void
test_decode (void)
{
  BtMessage message;
  guint8 bitfield[] = { BT_MESSAGE_BITFIELD, 0x90, 0x40 };
  guint8 extended[] = { BT_MESSAGE_EXTENDED, 3, 1 };
  guint8 piece[] = { BT_MESSAGE_PIECE, 0, 0, 0, 9, 0, 1, 0, 0, 'x', 'y' };

  g_assert_cmpint (decode ("00").id, ==, BT_MESSAGE_CHOKE);
  g_assert_cmpint (decode ("0f").id, ==, BT_MESSAGE_HAVE_NONE);
  g_assert_cmpuint (decode ("0400000005").block.piece, ==, 5);
  g_assert_cmpuint (decode ("11fffffffe").block.piece, ==, 0xfffffffe);
  g_assert_cmpuint (decode ("091ae1").port, ==, 6881);
  message = decode ("06000000010000400000002000");
  g_assert_cmpuint (message.block.piece, ==, 1);
  g_assert_cmpuint (message.block.begin, ==, 0x4000);
  g_assert_cmpuint (message.block.length, ==, 0x2000);

  g_assert_cmpint (bt_message_decode (bitfield, sizeof bitfield, &message), ==, BT_MESSAGE_OK);
  g_assert_true (message.payload == bitfield + 1);
  g_assert_cmpuint (message.payload_length, ==, 2);
  g_assert_cmpint (bt_message_decode (extended, sizeof extended, &message), ==, BT_MESSAGE_OK);
  g_assert_cmpuint (message.extended_id, ==, 3);
  g_assert_true (message.payload == extended + 2);
  g_assert_cmpuint (message.payload_length, ==, 1);
  g_assert_cmpint (bt_message_decode (piece, sizeof piece, &message), ==, BT_MESSAGE_OK);
  g_assert_cmpuint (message.block.piece, ==, 9);
  g_assert_cmpuint (message.block.begin, ==, 0x10000);
  g_assert_cmpuint (message.block.length, ==, 2);
}

/* Each known id and what may follow it. */
static void
test_lengths (void)
{
  static const struct
  {
    guint8 id;
    guint32 first, last; /* lengths that are possible */
  } lengths[] = {
    { BT_MESSAGE_CHOKE, 1, 1 },
    { BT_MESSAGE_UNCHOKE, 1, 1 },
    { BT_MESSAGE_INTERESTED, 1, 1 },
    { BT_MESSAGE_NOT_INTERESTED, 1, 1 },
    { BT_MESSAGE_HAVE, 5, 5 },
    { BT_MESSAGE_REQUEST, 13, 13 },
    { BT_MESSAGE_PIECE, 10, 9 + BT_LIMIT_BLOCK },
    { BT_MESSAGE_CANCEL, 13, 13 },
    { BT_MESSAGE_PORT, 3, 3 },
    { BT_MESSAGE_SUGGEST, 5, 5 },
    { BT_MESSAGE_HAVE_ALL, 1, 1 },
    { BT_MESSAGE_HAVE_NONE, 1, 1 },
    { BT_MESSAGE_REJECT, 13, 13 },
    { BT_MESSAGE_ALLOWED_FAST, 5, 5 },
    { BT_MESSAGE_EXTENDED, 2, BT_LIMIT_PEER_MESSAGE },
    { BT_MESSAGE_BITFIELD, 1, 1 + BT_LIMIT_PIECES / 8 },
    { 10, 1, BT_LIMIT_PEER_MESSAGE },
    { 21, 1, BT_LIMIT_PEER_MESSAGE },
    { 250, 1, BT_LIMIT_PEER_MESSAGE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_assert_false (bt_message_length_possible (lengths[i].id, lengths[i].first - 1, 0));
      g_assert_true (bt_message_length_possible (lengths[i].id, lengths[i].first, 0));
      g_assert_true (bt_message_length_possible (lengths[i].id, lengths[i].last, 0));
      g_assert_false (bt_message_length_possible (lengths[i].id, lengths[i].last + 1, 0));
      g_assert_false (bt_message_length_possible (lengths[i].id, G_MAXUINT32, 0));
    }
}

static void
test_bitfield_lengths (void)
{
  static const struct
  {
    guint32 n_pieces, length;
  } exact[] = {
    { 1, 2 }, { 8, 2 }, { 9, 3 }, { 1000, 126 }, { BT_LIMIT_PIECES, 1 + BT_LIMIT_PIECES / 8 }
  };

  for (gsize i = 0; i < G_N_ELEMENTS (exact); i++)
    for (int off = -1; off <= 1; off++)
      g_assert_cmpint (bt_message_length_possible (
                         BT_MESSAGE_BITFIELD, exact[i].length + (guint32) off, exact[i].n_pieces),
                       ==, off == 0);
}

/* Of a message that is cut or has bytes too many nothing is taken. */
static void
test_wrong_lengths (void)
{
  static const char *const wrong[] = {
    "0021",         "04",
    "04000000",     "040000000500",
    "060000000000", "0600000001000040000000400000",
    "07",           "0700000000000000",
    "0900",         "09000000",
    "0e00",         "10",
    "14",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GBytes) bytes = ft_test_hex (wrong[i]);
      /* On the heap in its own size, so that a read past its end is seen. */
      g_autofree guint8 *copy =
        g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      BtMessage message;

      g_assert_cmpint (bt_message_decode (copy, g_bytes_get_size (bytes), &message), ==,
                       BT_MESSAGE_BAD_LENGTH);
    }
}

static void
test_names (void)
{
  BtMessage message;

  for (guint id = 0; id < 256; id++)
    {
      guint8 byte = (guint8) id;
      gboolean known = bt_message_is_known (byte);

      g_assert_cmpint (g_strcmp0 (bt_message_name (byte), "unknown") != 0, ==, known);
      g_assert_cmpint (bt_message_decode (&byte, 1, &message) == BT_MESSAGE_UNKNOWN, ==, !known);
    }
  g_assert_cmpstr (bt_message_name (BT_MESSAGE_NOT_INTERESTED), ==, "not interested");
  g_assert_cmpstr (bt_message_name (10), ==, "unknown");
  g_assert_cmpstr (bt_message_name (21), ==, "unknown");
}

/* One frame of the vectors in words; "ERR…" when it is none. */
static char *
describe_frame (BtReader reader)
{
  BtMessage message;
  guint32 length;

  if (!bt_reader_u32 (&reader, &length))
    return g_strdup ("ERR");
  if (length == 0)
    return g_strdup ("keepalive");
  if (reader.left == 0 || !bt_message_length_possible (reader.data[0], length, 0))
    return g_strdup ("ERR");
  /* One vector says one byte more than it brings, of a payload that nobody looks at. */
  if (bt_message_decode (reader.data, MIN (length, reader.left), &message) != BT_MESSAGE_OK)
    return g_strdup ("ERR");
  if (message.id == BT_MESSAGE_HAVE)
    return g_strdup_printf ("have %u", message.block.piece);
  if (message.id == BT_MESSAGE_PORT)
    return g_strdup_printf ("port 0x%04x", message.port);
  if (message.id == BT_MESSAGE_EXTENDED)
    return g_strdup_printf ("extended id %u%s", message.extended_id,
                            message.payload_length == 0 ? " empty" : ": ut_pex");
  return g_strdup (bt_message_name ((guint8) message.id));
}

static void
test_conformance (void)
{
  g_autoptr (GPtrArray) rows = ft_tsv_load ("anacrolix-torrent/vectors/peer_wire.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (ft_tsv_bytes (rows, i, 0), &length);
      g_autofree char *got = describe_frame (bt_reader (bytes, length));
      const char *expected = ft_tsv_text (rows, i, 1);

      if (strstr (expected, "ERR") != NULL)
        g_assert_cmpstr (got, ==, "ERR");
      else
        g_assert_true (g_str_has_prefix (expected, got));
    }
}

/* What is read gives the same bytes when written; random bytes are read or refused. */
static void
test_round_trip (void)
{
  BtRandom random;

  bt_random_seed (&random, 3);
  for (guint i = 0; i < 100000; i++)
    {
      guint8 out[BT_MESSAGE_MAX_HEAD];
      gsize length = 1 + bt_random_below (&random, 14);
      g_autofree guint8 *body = g_malloc (length);
      BtMessage message;
      gsize written;

      bt_random_fill (&random, body, length);
      body[0] %= 24;
      if (bt_message_decode (body, length, &message) != BT_MESSAGE_OK || message.payload_length > 0
          || message.id == BT_MESSAGE_BITFIELD || message.id == BT_MESSAGE_PIECE)
        continue;
      if (length == 1)
        written = bt_message_encode_simple (message.id, out);
      else if (message.id == BT_MESSAGE_PORT)
        written = bt_message_encode_port (message.port, out);
      else if (message.id == BT_MESSAGE_EXTENDED)
        written = bt_message_encode_extended_head (message.extended_id, 0, out);
      else if (length == 5)
        written = bt_message_encode_piece_index (message.id, message.block.piece, out);
      else
        written = bt_message_encode_block (message.id, &message.block, out);
      g_assert_cmpmem (out + 4, written - 4, body, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/message/encode", test_encode);
  g_test_add_func ("/proto/message/decode", test_decode);
  g_test_add_func ("/proto/message/lengths", test_lengths);
  g_test_add_func ("/proto/message/bitfield-lengths", test_bitfield_lengths);
  g_test_add_func ("/proto/message/wrong-lengths", test_wrong_lengths);
  g_test_add_func ("/proto/message/names", test_names);
  g_test_add_func ("/proto/message/conformance", test_conformance);
  g_test_add_func ("/proto/message/round-trip", test_round_trip);
  return g_test_run ();
}
