/* test-link.c: the life of a link, and the messages it makes of bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-limits.h"
#include "ft-link-owner.h"
#include "ft-test.h"

/* A stream with all messages, and unknown ones between them. */

static void
add_gap (GByteArray *bytes, guint n)
{
  static const guint8 ids[] = { 10, 11, 12, 18, 19, 21, 22, 23, 99, 250 };

  ft_add_unknown (bytes, ids[n % G_N_ELEMENTS (ids)], 1 + n % 7);
  if (n % 3 == 0)
    ft_add_keep_alive (bytes);
}

static GByteArray *
make_stream (guint32 block_length)
{
  GByteArray *bytes = g_byte_array_new ();
  guint n = 0;

  ft_add_handshake (bytes);
  add_gap (bytes, n++);
  ft_add_extended (bytes, 0, 60);
  add_gap (bytes, n++);
  ft_add_bitfield (bytes, 3);
  for (guint id = BT_MESSAGE_CHOKE; id <= BT_MESSAGE_NOT_INTERESTED; id++)
    {
      add_gap (bytes, n++);
      ft_add_simple (bytes, id);
    }
  add_gap (bytes, n++);
  ft_add_index (bytes, BT_MESSAGE_HAVE, 7);
  add_gap (bytes, n++);
  ft_add_block (bytes, BT_MESSAGE_REQUEST, 1, 0, 16384);
  ft_add_piece (bytes, 1, 0, block_length);
  add_gap (bytes, n++);
  ft_add_piece (bytes, 2, block_length, block_length);
  ft_add_piece (bytes, 3, 2 * block_length, 1);
  add_gap (bytes, n++);
  ft_add_block (bytes, BT_MESSAGE_CANCEL, 1, 0, 16384);
  add_gap (bytes, n++);
  g_byte_array_append (bytes, (const guint8 *) "\0\0\0\x03\x09\x1a\xe1", 7);
  ft_add_index (bytes, BT_MESSAGE_SUGGEST, 3);
  ft_add_simple (bytes, BT_MESSAGE_HAVE_ALL);
  ft_add_simple (bytes, BT_MESSAGE_HAVE_NONE);
  ft_add_block (bytes, BT_MESSAGE_REJECT, 1, 0, 16384);
  ft_add_index (bytes, BT_MESSAGE_ALLOWED_FAST, 4);
  add_gap (bytes, n++);
  ft_add_extended (bytes, 9, 0);
  ft_add_extended (bytes, 9, 3 * block_length);
  ft_add_piece (bytes, 4, 3 * block_length, block_length);
  return bytes;
}

static void
check_stream_memory (FtLinkOwner *owner, guint32 block_length)
{
  static const struct
  {
    guint32 piece, at, count;
  } blocks[] = { { 1, 0, 1 }, { 2, 1, 1 }, { 4, 3, 1 } };

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

static FtLinkOwner *
start_link (guint64 seed)
{
  FtLinkOwner *owner = ft_link_owner_new (seed);

  ft_fake_net_settle (owner->net);
  return owner;
}

static char *
read_stream (GByteArray *bytes, guint32 block_length, gsize max_read, gboolean random)
{
  g_autoptr (FtLinkOwner) owner = start_link (max_read);

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
  g_autoptr (GByteArray) bytes = make_stream (20);
  g_autofree char *log = read_stream (bytes, 20, 0, FALSE);
  static const char *const expected[] = {
    "connected in\nhead 3 ab\nhandshake -XX0100-\nskipped 10 1\nskipped -1 0\nmessage extended 0 0 0 ",
    "message bitfield 0 0 0 port 0 extended 0 payload 3 ",
    "message choke ",
    "message unchoke ",
    "message interested ",
    "message not interested ",
    "message have 7 ",
    "message request 1 0 16384 ",
    "place 1 0 20\ndone 1 0 20\nskipped 99 2\nplace 2 20 20\ndone 2 20 20\nplace 3 40 1\ndone 3 40 1\n",
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
  g_autoptr (GByteArray) bytes = make_stream (20);
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
  g_autoptr (GByteArray) bytes = make_stream (20);
  g_autofree char *whole = read_stream (bytes, 20, 0, FALSE);

  for (gsize at = 1; at < bytes->len; at++)
    {
      g_autoptr (FtLinkOwner) owner = start_link (1);

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
  static const gsize sizes[] = { 1, 7, 511, 512, 513, 525, 4096, 16383, 16384, 16397, 16909, 40000 };
  g_autoptr (GByteArray) bytes = make_stream (16384);
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
  g_autoptr (FtLinkOwner) owner = start_link (1);
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
  g_autoptr (FtLinkOwner) owner = start_link (1);
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
  g_autoptr (FtLinkOwner) owner = start_link (1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  owner->refuse = TRUE;
  ft_add_handshake (bytes);
  ft_add_piece (bytes, 1, 0, 16384);
  ft_add_simple (bytes, BT_MESSAGE_CHOKE);
  ft_link_owner_push (owner, bytes->data, bytes->len);
  ft_fake_net_settle (owner->net);
  g_assert_nonnull (strstr (owner->log->str, "place 1 0 16384\ndone 1 0 16384 discarded\nmessage choke"));
  g_assert_cmpuint (owner->progress, ==, 16384);
  g_assert_cmpuint (owner->memory[0], ==, 0);
}

/* The place is taken back in the middle: not a byte more goes there. */
static void
test_discard_block (void)
{
  g_autoptr (FtLinkOwner) owner = start_link (1);
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
  g_assert_nonnull (strstr (owner->log->str, "done 1 0 16384 discarded\nplace 2 16384 16384\ndone 2 16384 16384\n"));
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
    { "00000002 00", BT_CLOSE_BAD_LENGTH },      { "00000002 01", BT_CLOSE_BAD_LENGTH },
    { "00000005 02", BT_CLOSE_BAD_LENGTH },      { "00000009 03", BT_CLOSE_BAD_LENGTH },
    { "00000004 04", BT_CLOSE_BAD_LENGTH },      { "00000006 04", BT_CLOSE_BAD_LENGTH },
    { "00000003 05", BT_CLOSE_BAD_LENGTH },      { "00000005 05", BT_CLOSE_BAD_LENGTH },
    { "00000006 06", BT_CLOSE_BAD_LENGTH },      { "0000000e 06", BT_CLOSE_BAD_LENGTH },
    { "00000001 07", BT_CLOSE_BAD_LENGTH },      { "00000009 07", BT_CLOSE_BAD_LENGTH },
    { "0000400a 07", BT_CLOSE_BAD_LENGTH },      { "0000000c 08", BT_CLOSE_BAD_LENGTH },
    { "00000005 09", BT_CLOSE_BAD_LENGTH },      { "00000001 0d", BT_CLOSE_BAD_LENGTH },
    { "00000002 0e", BT_CLOSE_BAD_LENGTH },      { "00000005 0f", BT_CLOSE_BAD_LENGTH },
    { "00000005 10", BT_CLOSE_BAD_LENGTH },      { "0000000d 11", BT_CLOSE_BAD_LENGTH },
    { "00000001 14", BT_CLOSE_BAD_LENGTH },      { "00100001", BT_CLOSE_OVERSIZED },
    { "ffffffff", BT_CLOSE_OVERSIZED },          { "13426974", BT_CLOSE_OVERSIZED },
    { "00010003 14 00", BT_CLOSE_OVERSIZED },    { "00100000 14 00", BT_CLOSE_OVERSIZED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FtLinkOwner) owner = start_link (1);

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
  g_autoptr (FtLinkOwner) owner = start_link (1);
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
    "GET / HTTP/1.1\r\n", "\x16\x03\x01\x02", "\x13" "BitTorrent Protocol", "\x14" "BitTorrent protocol ", "",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (greetings); i++)
    {
      g_autoptr (FtLinkOwner) owner = start_link (1);

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
      g_autoptr (FtLinkOwner) owner = start_link (1);
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
  g_autoptr (GByteArray) bytes = make_stream (300);
  guint n_closed = 0;
  BtRandom random;

  bt_random_seed (&random, 11);
  for (guint i = 0; i < 4000; i++)
    {
      g_autoptr (FtLinkOwner) owner = start_link (i);
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

/* What owners do inside of callbacks. */

static void
close_at_call (FtLinkOwner *owner, const char *what)
{
  if (owner->n_calls == GPOINTER_TO_UINT (owner->react_data))
    {
      bt_link_close (owner->link, BT_CLOSE_STOPPED, "enough");
      /* The first reason counts. */
      bt_link_close (owner->link, BT_CLOSE_BANNED, NULL);
    }
}

/* The link is closed inside each callback of the whole stream in turn. */
static void
test_close_in_each_callback (void)
{
  g_autoptr (GByteArray) bytes = make_stream (1000);
  guint n_calls = G_MAXUINT;

  for (guint at = 1; at <= n_calls; at++)
    {
      g_autoptr (FtLinkOwner) owner = ft_link_owner_new (at);

      owner->react = close_at_call;
      owner->react_data = GUINT_TO_POINTER (at);
      ft_link_owner_push (owner, bytes->data, bytes->len);
      ft_fake_net_settle (owner->net);
      if (owner->n_closed == 0)
        {
          n_calls = owner->n_calls;
          continue;
        }
      g_assert_cmpuint (owner->n_calls, ==, at + 1);
      g_assert_cmpint (owner->reason, ==, BT_CLOSE_STOPPED);
      g_assert_cmpstr (owner->detail, ==, "enough");
    }
  g_assert_cmpuint (n_calls, >, 40);
  g_assert_cmpuint (n_calls, <, 200);
}

/* Everything an owner may call, in every callback. */
static void
do_anything (FtLinkOwner *owner, const char *what)
{
  BtRandom *random = ft_fake_net_random (owner->net);
  BtBufferPool *pool = owner->react_data;
  const BtBlock block = { 1, 0, 1 + bt_random_below (random, 16384) };

  for (guint n = bt_random_below (random, 4); n > 0; n--)
    switch (bt_random_below (random, 9))
      {
      case 0:
        bt_link_send (owner->link, "0123456789", bt_random_below (random, 10));
        break;
      case 1:
        {
          g_autoptr (BtBuffer) buffer = bt_buffer_pool_get (pool, block.length);

          memset (buffer->data, 0, buffer->size);
          bt_link_send_block (owner->link, &block, buffer, 0);
        }
        break;
      case 2:
        bt_link_unsend_block (owner->link, &block);
        break;
      case 3:
        bt_link_discard_block (owner->link);
        break;
      case 4:
        bt_link_set_owner (owner->link, &ft_link_owner_ops, owner);
        break;
      case 5:
        bt_link_set_n_pieces (owner->link, bt_random_below (random, 30));
        break;
      case 6:
        bt_link_set_limiters (owner->link, NULL, NULL);
        break;
      case 7:
        bt_link_set_reading (owner->link, bt_random_below (random, 4) > 0);
        break;
      default:
        if (bt_random_below (random, 30) == 0)
          bt_link_close (owner->link, BT_CLOSE_USELESS, NULL);
        break;
      }
}

static void
test_anything_in_callbacks (void)
{
  g_autoptr (GByteArray) bytes = make_stream (1000);
  guint n_whole = 0;

  for (guint i = 0; i < 1500; i++)
    {
      g_autoptr (BtBufferPool) pool = bt_buffer_pool_new (0);
      g_autoptr (FtLinkOwner) owner = ft_link_owner_new (i);

      owner->react = do_anything;
      owner->react_data = pool;
      ft_fake_stream_line (owner->near)->max_read = 1 + i % 1200;
      ft_fake_stream_line (owner->near)->max_write = 1 + i % 700;
      ft_link_owner_push (owner, bytes->data, bytes->len);
      for (guint round = 0; round < 20 && owner->link != NULL; round++)
        {
          g_autoptr (GBytes) got = NULL;

          ft_fake_net_settle (owner->net);
          got = ft_link_owner_pull (owner);
          if (owner->link != NULL)
            bt_link_set_reading (owner->link, TRUE);
        }
      n_whole += strstr (owner->log->str, "message have none") != NULL;
    }
  g_assert_cmpuint (n_whole, >, 0);
}

/* Back-pressure. */

static void
stop_at_second_message (FtLinkOwner *owner, const char *what)
{
  if (g_str_equal (what, "message") && ++*(guint *) owner->react_data == 2)
    bt_link_set_reading (owner->link, FALSE);
}

static void
test_reading_off (void)
{
  g_autoptr (FtLinkOwner) owner = start_link (1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint n_messages = 0;

  owner->react = stop_at_second_message;
  owner->react_data = &n_messages;
  ft_add_handshake (bytes);
  for (guint32 i = 0; i < 10; i++)
    ft_add_index (bytes, BT_MESSAGE_HAVE, i);
  ft_link_owner_push (owner, bytes->data, bytes->len);
  ft_fake_net_run_for (owner->net, G_USEC_PER_SEC);
  g_assert_cmpuint (n_messages, ==, 2);
  ft_link_owner_push (owner, bytes->data + BT_HANDSHAKE_SIZE, 9);
  ft_fake_net_run_for (owner->net, G_USEC_PER_SEC);
  g_assert_cmpuint (n_messages, ==, 2);

  /* What waits in memory is told although the stream has nothing to tell of it. */
  bt_link_set_reading (owner->link, TRUE);
  g_assert_cmpuint (n_messages, ==, 2);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (n_messages, ==, 11);
}

/* A block is under way: nothing more of it is taken until reading is on again. */
static void
test_reading_off_in_block (void)
{
  g_autoptr (FtLinkOwner) owner = start_link (1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  ft_add_handshake (bytes);
  ft_add_piece (bytes, 1, 0, 16384);
  ft_link_owner_push (owner, bytes->data, 2000);
  ft_fake_net_settle (owner->net);
  bt_link_set_reading (owner->link, FALSE);
  ft_link_owner_push (owner, bytes->data + 2000, bytes->len - 2000);
  ft_fake_net_run_for (owner->net, G_USEC_PER_SEC);
  g_assert_cmpuint (owner->progress, ==, 2000 - 81);
  bt_link_set_reading (owner->link, TRUE);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (owner->progress, ==, 16384);
  g_assert_nonnull (strstr (owner->log->str, "done 1 0 16384\n"));
}

/* Limits, in virtual time. */

static void
test_download_limit (void)
{
  g_autoptr (FtLinkOwner) owner = start_link (1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const FtFakeStreamStats *stats = ft_fake_stream_stats (owner->near);
  BtLimiter limiter;

  bt_limiter_init (&limiter, NULL, 64 * 1024, ft_fake_net_now (owner->net));
  bt_link_set_limiters (owner->link, &limiter, NULL);
  ft_add_handshake (bytes);
  for (guint32 i = 0; i < 40; i++)
    ft_add_piece (bytes, i, i * 16384, 16384);
  ft_link_owner_push (owner, bytes->data, bytes->len);

  /* 640 KiB at 64 KiB a second, of which the first is in the bucket. */
  ft_fake_net_run_for (owner->net, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (owner->progress, >, 5 * 64 * 1024);
  g_assert_cmpuint (owner->progress, <=, 6 * 64 * 1024);
  ft_fake_net_run_for (owner->net, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (owner->progress, ==, 640 * 1024);
  /* Nobody ran in circles meanwhile. */
  g_assert_cmpuint (stats->n_reads + stats->n_again + stats->n_events, <, 300);
}

static void
test_limit_lifted (void)
{
  g_autoptr (FtLinkOwner) owner = start_link (1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  BtLimiter limiter;

  bt_limiter_init (&limiter, NULL, 1000, ft_fake_net_now (owner->net));
  bt_link_set_limiters (owner->link, &limiter, &limiter);
  ft_add_handshake (bytes);
  for (guint32 i = 0; i < 40; i++)
    ft_add_piece (bytes, i, i * 16384, 16384);
  ft_link_owner_push (owner, bytes->data, bytes->len);
  ft_fake_net_run_for (owner->net, G_USEC_PER_SEC);
  g_assert_cmpuint (owner->progress, <, 32768);

  /* A limit that is changed in place is seen soon. */
  bt_limiter_set (&limiter, 200 * 1024, ft_fake_net_now (owner->net));
  ft_fake_net_run_for (owner->net, G_USEC_PER_SEC);
  g_assert_cmpuint (owner->progress, >, 64 * 1024);
  g_assert_cmpuint (owner->progress, <, 640 * 1024);
  bt_link_set_limiters (owner->link, NULL, NULL);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (owner->progress, ==, 640 * 1024);
}

/* Ends. */

static void
test_peer_closes (void)
{
  g_autoptr (FtLinkOwner) owner = start_link (1);

  ft_link_owner_push_handshake (owner);
  ft_link_owner_push_hex (owner, "00000001 01 00000001");
  ft_link_owner_close_far (owner);
  ft_fake_net_settle (owner->net);
  g_assert_nonnull (strstr (owner->log->str, "message unchoke "));
  g_assert_cmpuint (owner->n_closed, ==, 1);
  g_assert_cmpint (owner->reason, ==, BT_CLOSE_REMOTE);
}

static void
test_network_error (void)
{
  g_autoptr (FtLinkOwner) owner = start_link (1);

  ft_link_owner_push_handshake (owner);
  ft_fake_net_settle (owner->net);
  ft_fake_stream_break (owner->far, "No route to host");
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (owner->n_closed, ==, 1);
  g_assert_cmpint (owner->reason, ==, BT_CLOSE_NETWORK);
  g_assert_cmpstr (owner->detail, ==, "No route to host");
}

static void
test_handshake_timeout (void)
{
  g_autoptr (FtLinkOwner) owner = start_link (1);

  /* One byte a second is no handshake either. */
  for (guint i = 0; i < 9; i++)
    {
      ft_link_owner_push (owner, &"\x13" "BitTorrent"[i], 1);
      ft_fake_net_run_for (owner->net, G_USEC_PER_SEC);
    }
  g_assert_cmpuint (owner->n_closed, ==, 0);
  ft_fake_net_run_for (owner->net, 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (owner->n_closed, ==, 1);
  g_assert_cmpint (owner->reason, ==, BT_CLOSE_TIMED_OUT);
}

/* Once the handshake is done, silence is the owner's to judge. */
static void
test_silence (void)
{
  g_autoptr (FtLinkOwner) owner = start_link (1);

  ft_link_owner_push_handshake (owner);
  ft_fake_net_run_for (owner->net, 120 * (gint64) G_USEC_PER_SEC);
  g_assert_cmpuint (owner->n_closed, ==, 0);
  g_assert_cmpint (bt_link_last_received (owner->link), ==,
                   ft_fake_net_now (owner->net) - 120 * (gint64) G_USEC_PER_SEC);
}

/* The owner of a link that arrived is another once the hash is known. */

typedef struct
{
  FtLinkOwner *second;
  guint n_heads;
} Hall;

static void
hall_head_cb (BtLink *link, const BtHandshake *handshake, gpointer owner)
{
  Hall *hall = owner;

  hall->n_heads++;
  g_assert_cmpuint (handshake->info_hash.bytes[19], ==, 0xab);
  hall->second->link = link;
  bt_link_set_owner (link, &ft_link_owner_ops, hall->second);
  bt_link_send (link, "answer", 6);
}

static void
hall_closed_cb (BtLink *link, BtCloseReason reason, const char *detail, gpointer owner)
{
  g_assert_not_reached ();
}

static void
test_change_owner (void)
{
  static const BtLinkOps hall_ops = { .handshake_head = hall_head_cb, .closed = hall_closed_cb };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *world = ft_fake_net_add_host (net, "10.0.0.1");
  g_autoptr (FtLinkOwner) second = ft_link_owner_new_on (net, world);
  g_autoptr (GBytes) answer = NULL;
  Hall hall = { second, 0 };
  BtStream *near, *far;
  BtLink *link;

  ft_add_handshake (bytes);
  ft_fake_net_pair (net, world, world, &near, &far);
  link = bt_link_new_incoming (world, ft_fake_host_timers (world), near, &hall_ops, &hall);
  g_assert_true (bt_link_get_owner (link) == &hall);
  ft_fake_stream_push (far, bytes->data, BT_HANDSHAKE_HASH_END - 1);
  ft_fake_net_settle (net);
  g_assert_cmpuint (hall.n_heads, ==, 0);
  /* The 48th byte is enough for an answer: the peer id may wait for it. */
  ft_fake_stream_push (far, bytes->data + BT_HANDSHAKE_HASH_END - 1, 1);
  ft_fake_net_settle (net);
  g_assert_cmpuint (hall.n_heads, ==, 1);
  g_assert_true (bt_link_get_owner (link) == second);
  answer = ft_fake_stream_pull (far);
  g_assert_cmpmem (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), "answer", 6);
  g_assert_cmpstr (second->log->str, ==, "");
  ft_fake_stream_push (far, bytes->data + BT_HANDSHAKE_HASH_END, BT_PEER_ID_SIZE);
  ft_fake_net_settle (net);
  g_assert_cmpstr (second->log->str, ==, "handshake -XX0100-\n");
  g_assert_cmpuint (hall.n_heads, ==, 1);
  bt_link_close (link, BT_CLOSE_STOPPED, NULL);
  far->ops->close (far);
}

/* Connecting. */

static FtLinkOwner *
connect_to (FtFakeNet *net, BtWorld *world, const char *remote)
{
  FtLinkOwner *owner = ft_link_owner_new_on (net, world);
  g_autoptr (GError) error = NULL;
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse (&endpoint, remote));
  owner->link = bt_link_new_outgoing (world, owner->timers, &endpoint, &ft_link_owner_ops, owner, &error);
  g_assert_no_error (error);
  g_assert_true (bt_link_is_outgoing (owner->link));
  g_assert_true (bt_endpoint_equal (bt_link_get_remote (owner->link), &endpoint));
  return owner;
}

static void
test_connect_fails (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *here = ft_fake_net_add_host (net, "10.0.0.1");
  BtWorld *there = ft_fake_net_add_host (net, "10.0.0.2");
  g_autoptr (FtLinkOwner) refused = connect_to (net, here, "10.0.0.2:6881");
  g_autoptr (FtLinkOwner) dark = NULL;
  g_autoptr (GError) error = NULL;
  BtEndpoint ipv6;

  ft_fake_net_settle (net);
  g_assert_cmpstr (refused->log->str, ==, "closed could not connect\n");
  g_assert_cmpstr (refused->detail, ==, "Connection refused");

  ft_fake_host_set_dark (there, TRUE);
  dark = connect_to (net, here, "10.0.0.2:6881");
  ft_fake_net_run_for (net, 14 * G_USEC_PER_SEC);
  g_assert_cmpuint (dark->n_closed, ==, 0);
  ft_fake_net_run_for (net, 2 * G_USEC_PER_SEC);
  g_assert_cmpstr (dark->log->str, ==, "closed took too long to open\n");

  g_assert_true (bt_endpoint_parse (&ipv6, "[2001:db8::1]:6881"));
  g_assert_null (bt_link_new_outgoing (here, ft_fake_host_timers (here), &ipv6, &ft_link_owner_ops, NULL,
                                       &error));
  g_assert_nonnull (error);
}

static void
accept_cb (BtStream *stream, gpointer user_data)
{
  FtLinkOwner *owner = user_data;

  g_assert_null (owner->far);
  owner->far = stream;
}

static void
test_connect (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *here = ft_fake_net_add_host (net, "10.0.0.1");
  BtWorld *there = ft_fake_net_add_host (net, "10.0.0.2");
  g_autoptr (FtLinkOwner) owner = NULL;
  g_autoptr (GBytes) got = NULL;
  BtListener *listener;
  BtEndpoint local;

  ft_fake_net_line (net)->latency_us = 50000;
  owner = connect_to (net, here, "10.0.0.2:6881");
  g_assert_true (bt_endpoint_parse (&local, "0.0.0.0:6881"));
  listener = there->ops->listen (there, &local, accept_cb, owner, NULL);
  /* Sent before it is connected. */
  bt_link_send (owner->link, "early", 5);
  ft_fake_net_run_for (net, 200000);
  g_assert_cmpstr (owner->log->str, ==, "connected out\n");
  got = ft_link_owner_pull (owner);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), "early", 5);
  ft_link_owner_push_handshake (owner);
  ft_fake_net_run_for (net, 200000);
  g_assert_cmpstr (owner->log->str, ==, "connected out\nhead 3 ab\nhandshake -XX0100-\n");

  /* The deadline of the connect does not outlive it. */
  ft_fake_net_run_for (net, 60 * (gint64) G_USEC_PER_SEC);
  g_assert_cmpuint (owner->n_closed, ==, 0);
  there->ops->listener_free (there, listener);
}

/* Connected, but then no handshake comes. */
static void
test_connect_and_silence (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *here = ft_fake_net_add_host (net, "10.0.0.1");
  BtWorld *there = ft_fake_net_add_host (net, "10.0.0.2");
  g_autoptr (FtLinkOwner) owner = connect_to (net, here, "10.0.0.2:6881");
  BtListener *listener;
  BtEndpoint local;

  g_assert_true (bt_endpoint_parse (&local, "0.0.0.0:6881"));
  listener = there->ops->listen (there, &local, accept_cb, owner, NULL);
  ft_fake_net_run_for (net, 9 * G_USEC_PER_SEC);
  g_assert_cmpstr (owner->log->str, ==, "connected out\n");
  ft_fake_net_run_for (net, 2 * G_USEC_PER_SEC);
  g_assert_cmpstr (owner->log->str, ==, "connected out\nclosed took too long to open\n");
  there->ops->listener_free (there, listener);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/link/all-messages", test_all_messages);
  g_test_add_func ("/net/link/every-chunk-size", test_every_chunk_size);
  g_test_add_func ("/net/link/every-split", test_every_split);
  g_test_add_func ("/net/link/large-chunks", test_large_chunks);
  g_test_add_func ("/net/link/payload-in-place", test_payload_in_place);
  g_test_add_func ("/net/link/few-reads", test_few_reads);
  g_test_add_func ("/net/link/refused-block", test_refused_block);
  g_test_add_func ("/net/link/discard-block", test_discard_block);
  g_test_add_func ("/net/link/impossible", test_impossible);
  g_test_add_func ("/net/link/longest", test_longest);
  g_test_add_func ("/net/link/not-bittorrent", test_not_bittorrent);
  g_test_add_func ("/net/link/conformance-garbage", test_conformance_garbage);
  g_test_add_func ("/net/link/mutations", test_mutations);
  g_test_add_func ("/net/link/close-in-each-callback", test_close_in_each_callback);
  g_test_add_func ("/net/link/anything-in-callbacks", test_anything_in_callbacks);
  g_test_add_func ("/net/link/reading-off", test_reading_off);
  g_test_add_func ("/net/link/reading-off-in-block", test_reading_off_in_block);
  g_test_add_func ("/net/link/download-limit", test_download_limit);
  g_test_add_func ("/net/link/limit-lifted", test_limit_lifted);
  g_test_add_func ("/net/link/peer-closes", test_peer_closes);
  g_test_add_func ("/net/link/network-error", test_network_error);
  g_test_add_func ("/net/link/handshake-timeout", test_handshake_timeout);
  g_test_add_func ("/net/link/silence", test_silence);
  g_test_add_func ("/net/link/change-owner", test_change_owner);
  g_test_add_func ("/net/link/connect-fails", test_connect_fails);
  g_test_add_func ("/net/link/connect", test_connect);
  g_test_add_func ("/net/link/connect-and-silence", test_connect_and_silence);
  return g_test_run ();
}
