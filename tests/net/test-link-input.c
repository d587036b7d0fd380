/* test-link-input.c: the messages that a link makes of bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-limits.h"
#include "ft-link-owner.h"
#include "ft-test.h"

static void
check_stream_memory (FtLinkOwner *owner, guint32 block_length)
{
  static const struct
  {
    guint32 piece, at;
  } blocks[] = { { 1, 0 }, { 2, 1 }, { 4, 3 } };

  for (gsize i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      guint32 begin = blocks[i].at * block_length;
      g_autofree guint8 *expected = g_malloc (block_length);

      ft_fill_block (expected, blocks[i].piece, begin, block_length);
      g_assert_cmpmem (owner->memory + begin, block_length, expected, block_length);
    }
  g_assert_cmpuint (owner->memory[2 * block_length], ==, ft_block_byte (3, 2 * block_length));
}

/* The same stream, cut in any way, is the same messages. */

static char *
read_stream (GByteArray *bytes, guint32 block_length, gsize max_read, gboolean random)
{
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (max_read);

  ft_fake_stream_line (owner->near)->max_read = max_read;
  ft_fake_stream_line (owner->near)->random = random;
  ft_link_owner_push (owner, bytes->data, bytes->len);
  ft_fake_net_settle (owner->net);
  check_stream_memory (owner, block_length);
  g_assert_cmpuint (owner->progress, ==, 3 * block_length + 1);
  g_assert_cmpuint (bt_link_get_counts (owner->link)->payload_in, ==, 3 * block_length + 1);
  g_assert_cmpuint (bt_link_get_counts (owner->link)->bytes_in, ==, bytes->len);
  g_assert_cmpuint (bt_link_get_counts (owner->link)->n_skipped, ==, 12);
  return g_strdup (owner->log->str);
}

static void
test_all_messages (void)
{
  g_autoptr (GByteArray) bytes = ft_make_stream (20);
  g_autofree char *log = read_stream (bytes, 20, 0, FALSE);
  static const char *const expected[] = {
    "connected in\nhead 3 ab\nhandshake -XX0100-\nskipped 10 1\nskipped -1 0\nmessage extended 0 0 "
    "0 ",
    "message bitfield 0 0 0 port 0 extended 0 payload 3 ",
    "message choke ",
    "message unchoke ",
    "message interested ",
    "message not interested ",
    "message have 7 ",
    "message request 1 0 16384 ",
    "place 1 0 20\ndone 1 0 20\nskipped 99 2\nplace 2 20 20\ndone 2 20 20\nplace 3 40 1\ndone 3 40 "
    "1\n",
    "message cancel 1 0 16384 ",
    "message port 0 0 0 port 6881 ",
    "message suggest 3 ",
    "message have all ",
    "message have none ",
    "message reject 1 0 16384 ",
    "message allowed fast 4 ",
    "message extended 0 0 0 port 0 extended 9 payload 0 0000\n",
    "message extended 0 0 0 port 0 extended 9 payload 60 ",
    "place 4 60 20\ndone 4 60 20\n",
  };
  const char *at = log;

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      at = strstr (at, expected[i]);
      if (at == NULL)
        g_error ("“%s” is missing in:\n%s", expected[i], log);
    }
}

static void
test_every_chunk_size (void)
{
  g_autoptr (GByteArray) bytes = ft_make_stream (20);
  g_autofree char *whole = read_stream (bytes, 20, 0, FALSE);

  for (gsize n = 1; n <= bytes->len; n++)
    {
      g_autofree char *cut = read_stream (bytes, 20, n, FALSE);

      g_assert_cmpstr (cut, ==, whole);
    }
}

static void
test_every_split (void)
{
  g_autoptr (GByteArray) bytes = ft_make_stream (20);
  g_autofree char *whole = read_stream (bytes, 20, 0, FALSE);

  for (gsize at = 1; at < bytes->len; at++)
    {
      g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);

      ft_link_owner_push (owner, bytes->data, at);
      ft_fake_net_settle (owner->net);
      ft_link_owner_push (owner, bytes->data + at, bytes->len - at);
      ft_fake_net_settle (owner->net);
      g_assert_cmpstr (owner->log->str, ==, whole);
      check_stream_memory (owner, 20);
    }
}

/* Blocks as they are in life, in pieces of every kind: some end in the tail of a read, some not. */
static void
test_large_chunks (void)
{
  static const gsize sizes[] = {
    1, 7, 511, 512, 513, 525, 4096, 16383, 16384, 16397, 16909, 40000
  };
  g_autoptr (GByteArray) bytes = ft_make_stream (16384);
  g_autofree char *whole = read_stream (bytes, 16384, 0, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *cut = read_stream (bytes, 16384, sizes[i], FALSE);
      g_autofree char *drawn = read_stream (bytes, 16384, sizes[i], TRUE);

      g_assert_cmpstr (cut, ==, whole);
      g_assert_cmpstr (drawn, ==, whole);
    }
}

/* Blocks. */

static void
test_payload_in_place (void)
{
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *expected = g_malloc (16384);

  ft_fill_block (expected, 9, 16384, 16384);
  ft_add_handshake (bytes);
  ft_add_piece (bytes, 9, 16384, 16384);
  /* Each part is in its place as soon as it came. */
  for (gsize at = 0; at < bytes->len; at += MIN (1000, bytes->len - at))
    {
      ft_link_owner_push (owner, bytes->data + at, MIN (1000, bytes->len - at));
      ft_fake_net_settle (owner->net);
      g_assert_cmpmem (owner->memory + 16384, owner->progress, expected, owner->progress);
      g_assert_cmpuint (owner->progress, ==, MAX (MIN (at + 1000, bytes->len), 81) - 81);
    }
  g_assert_true (g_str_has_suffix (owner->log->str, "place 9 16384 16384\ndone 9 16384 16384\n"));
  g_assert_cmpuint (owner->memory[16383], ==, 0);
  g_assert_cmpuint (owner->memory[32768], ==, 0);
}

/* Many blocks in a row cost one read each, and hardly any more. */
static void
test_few_reads (void)
{
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const FtFakeStreamStats *stats = ft_fake_stream_stats (owner->near);

  ft_add_handshake (bytes);
  for (guint32 i = 0; i < 64; i++)
    ft_add_piece (bytes, i, i * 16384, 16384);
  ft_link_owner_push (owner, bytes->data, bytes->len);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (owner->progress, ==, 64 * 16384);
  g_assert_cmpuint (stats->n_reads, <=, 64 + 4);
  g_assert_cmpuint (stats->n_again, ==, 0);
  for (guint32 i = 0; i < 64; i++)
    g_assert_cmpuint (owner->memory[i * 16384 + 16383], ==, ft_block_byte (i, i * 16384 + 16383));
}

static void
test_refused_block (void)
{
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  owner->refuse = TRUE;
  ft_add_handshake (bytes);
  ft_add_piece (bytes, 1, 0, 16384);
  ft_add_simple (bytes, BT_MESSAGE_CHOKE);
  ft_link_owner_push (owner, bytes->data, bytes->len);
  ft_fake_net_settle (owner->net);
  g_assert_nonnull (
    strstr (owner->log->str, "place 1 0 16384\ndone 1 0 16384 discarded\nmessage choke"));
  g_assert_cmpuint (owner->progress, ==, 16384);
  g_assert_cmpuint (owner->memory[0], ==, 0);
}

/* The place is taken back in the middle: not a byte more goes there. */
static void
test_discard_block (void)
{
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const gsize first = BT_HANDSHAKE_SIZE + BT_MESSAGE_PIECE_HEAD + 5000;

  ft_add_handshake (bytes);
  ft_add_piece (bytes, 1, 0, 16384);
  ft_add_piece (bytes, 2, 16384, 16384);
  ft_link_owner_push (owner, bytes->data, first);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (owner->progress, ==, 5000);
  memset (owner->memory, 0, 5000);
  bt_link_discard_block (owner->link);
  ft_link_owner_push (owner, bytes->data + first, bytes->len - first);
  ft_fake_net_settle (owner->net);
  for (guint i = 0; i < 16384; i++)
    g_assert_cmpuint (owner->memory[i], ==, 0);
  g_assert_nonnull (strstr (owner->log->str,
                            "done 1 0 16384 discarded\nplace 2 16384 16384\ndone 2 16384 16384\n"));
  g_assert_cmpuint (owner->memory[16384], ==, ft_block_byte (2, 16384));
}

/* Streams that are none. */

static void
test_impossible (void)
{
  static const struct
  {
    const char *hex; /* no more than is needed to see it */
    BtCloseReason reason;
  } cases[] = {
    { "00000002 00", BT_CLOSE_BAD_LENGTH },   { "00000002 01", BT_CLOSE_BAD_LENGTH },
    { "00000005 02", BT_CLOSE_BAD_LENGTH },   { "00000009 03", BT_CLOSE_BAD_LENGTH },
    { "00000004 04", BT_CLOSE_BAD_LENGTH },   { "00000006 04", BT_CLOSE_BAD_LENGTH },
    { "00000003 05", BT_CLOSE_BAD_LENGTH },   { "00000005 05", BT_CLOSE_BAD_LENGTH },
    { "00000006 06", BT_CLOSE_BAD_LENGTH },   { "0000000e 06", BT_CLOSE_BAD_LENGTH },
    { "00000001 07", BT_CLOSE_BAD_LENGTH },   { "00000009 07", BT_CLOSE_BAD_LENGTH },
    { "0000400a 07", BT_CLOSE_BAD_LENGTH },   { "0000000c 08", BT_CLOSE_BAD_LENGTH },
    { "00000005 09", BT_CLOSE_BAD_LENGTH },   { "00000001 0d", BT_CLOSE_BAD_LENGTH },
    { "00000002 0e", BT_CLOSE_BAD_LENGTH },   { "00000005 0f", BT_CLOSE_BAD_LENGTH },
    { "00000005 10", BT_CLOSE_BAD_LENGTH },   { "0000000d 11", BT_CLOSE_BAD_LENGTH },
    { "00000001 14", BT_CLOSE_BAD_LENGTH },   { "00100001", BT_CLOSE_OVERSIZED },
    { "ffffffff", BT_CLOSE_OVERSIZED },       { "13426974", BT_CLOSE_OVERSIZED },
    { "00010003 14 00", BT_CLOSE_OVERSIZED }, { "00100000 14 00", BT_CLOSE_OVERSIZED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);

      ft_link_owner_push_handshake (owner);
      ft_fake_net_settle (owner->net);
      bt_link_set_n_pieces (owner->link, 20);
      ft_link_owner_push_hex (owner, cases[i].hex);
      ft_fake_net_settle (owner->net);
      g_assert_cmpuint (owner->n_closed, ==, 1);
      g_assert_cmpint (owner->reason, ==, cases[i].reason);
      g_assert_nonnull (strstr (owner->detail, " bytes"));
    }
}

/* As long as messages may be. */
static void
test_longest (void)
{
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  ft_add_handshake (bytes);
  ft_add_bitfield (bytes, BT_LIMIT_PIECES / 8);
  ft_add_extended (bytes, 0, BT_LIMIT_EXTENDED_HANDSHAKE);
  ft_add_extended (bytes, 1, BT_LIMIT_PEER_MESSAGE - 2);
  ft_add_unknown (bytes, 200, BT_LIMIT_PEER_MESSAGE);
  ft_add_simple (bytes, BT_MESSAGE_HAVE_ALL);
  ft_link_owner_push (owner, bytes->data, bytes->len);
  ft_fake_net_settle (owner->net);
  g_assert_nonnull (strstr (owner->log->str, "bitfield 0 0 0 port 0 extended 0 payload 262144 "));
  g_assert_nonnull (strstr (owner->log->str, "extended 0 0 0 port 0 extended 0 payload 65536 "));
  g_assert_nonnull (strstr (owner->log->str, "extended 0 0 0 port 0 extended 1 payload 1048574 "));
  g_assert_nonnull (strstr (owner->log->str, "skipped 200 1048576\nmessage have all "));
}

static void
test_not_bittorrent (void)
{
  static const char *const greetings[] = {
    "GET / HTTP/1.1\r\n",
    "\x16\x03\x01\x02",
    "\x13"
    "BitTorrent Protocol",
    "\x14"
    "BitTorrent protocol ",
    "",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (greetings); i++)
    {
      g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);

      ft_link_owner_push (owner, greetings[i], MAX (strlen (greetings[i]), 1));
      ft_fake_net_settle (owner->net);
      g_assert_cmpstr (owner->log->str, ==, "connected in\nclosed not a BitTorrent handshake\n");
    }
}

static void
test_conformance_garbage (void)
{
  g_autofree char *root = ft_test_conformance_dir ();
  g_autofree char *path = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;
  guint n = 0;

  if (root == NULL)
    return;
  path = g_build_filename (root, "anacrolix-torrent", "fuzz", "FuzzDecoder", NULL);
  dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (file, &bytes, &length, NULL));
      ft_link_owner_push_handshake (owner);
      ft_link_owner_push (owner, bytes, length);
      ft_fake_net_settle (owner->net);
      ft_link_owner_close_far (owner);
      owner->far = NULL;
      ft_fake_net_settle (owner->net);
      g_assert_cmpuint (owner->n_closed, ==, 1);
      n++;
    }
  g_assert_cmpuint (n, >, 0);
}

/* Whatever is made of a valid stream: it is read or the link closes, once. */
static void
test_mutations (void)
{
  g_autoptr (GByteArray) bytes = ft_make_stream (300);
  guint n_closed = 0;
  BtRandom random;

  bt_random_seed (&random, 11);
  for (guint i = 0; i < 4000; i++)
    {
      g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (i);
      g_autofree guint8 *copy = g_memdup2 (bytes->data, bytes->len);
      gsize length = bytes->len;

      for (guint n = bt_random_below (&random, 4); n > 0; n--)
        copy[bt_random_below (&random, (guint32) length)] = (guint8) bt_random_u32 (&random);
      if (bt_random_below (&random, 3) == 0)
        {
          gsize at = bt_random_below (&random, (guint32) length);
          gsize cut = bt_random_below (&random, (guint32) (length - at));

          memmove (copy + at, copy + at + cut, length - at - cut);
          length -= cut;
        }
      ft_fake_stream_line (owner->near)->max_read = 1 + bt_random_below (&random, 700);
      ft_fake_stream_line (owner->near)->random = TRUE;
      ft_link_owner_push (owner, copy, length);
      ft_fake_net_settle (owner->net);
      n_closed += owner->n_closed;
    }
  g_assert_cmpuint (n_closed, >, 100);
  g_assert_cmpuint (n_closed, <, 4000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/link-input/all-messages", test_all_messages);
  g_test_add_func ("/net/link-input/every-chunk-size", test_every_chunk_size);
  g_test_add_func ("/net/link-input/every-split", test_every_split);
  g_test_add_func ("/net/link-input/large-chunks", test_large_chunks);
  g_test_add_func ("/net/link-input/payload-in-place", test_payload_in_place);
  g_test_add_func ("/net/link-input/few-reads", test_few_reads);
  g_test_add_func ("/net/link-input/refused-block", test_refused_block);
  g_test_add_func ("/net/link-input/discard-block", test_discard_block);
  g_test_add_func ("/net/link-input/impossible", test_impossible);
  g_test_add_func ("/net/link-input/longest", test_longest);
  g_test_add_func ("/net/link-input/not-bittorrent", test_not_bittorrent);
  g_test_add_func ("/net/link-input/conformance-garbage", test_conformance_garbage);
  g_test_add_func ("/net/link-input/mutations", test_mutations);
  return g_test_run ();
}
