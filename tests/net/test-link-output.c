/* test-link-output.c: what a link sends, in which order and in how many writes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-link-fixture.h"

#include "bt-limits.h"
#include "ft-trader.h"

static void
test_one_write (void)
{
  LinkFixture fixture = set_up (1);
  FtLinkOwner *owner = fixture.owner;
  const FtFakeStreamStats *stats = ft_fake_stream_stats (owner->near);

  for (guint32 i = 0; i < 4; i++)
    {
      send_have (owner, i);
      send_block (&fixture, 10 + i, 500);
    }
  g_assert_cmpuint (stats->n_writes, ==, 0);
  g_assert_cmpuint (bt_link_queued_bytes (owner->link), ==, 4 * 9 + 4 * 513);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (stats->n_writes, ==, 1);
  g_assert_cmpint (stats->max_parts, ==, 1 + 2 * 4);
  g_assert_cmpuint (stats->n_again, ==, 0);
  g_assert_cmpuint (bt_link_queued_bytes (owner->link), ==, 0);
  g_assert_cmpuint (bt_link_get_counts (owner->link)->bytes_out, ==, 4 * 9 + 4 * 513);
  g_assert_cmpuint (bt_link_get_counts (owner->link)->payload_out, ==, 4 * 500);
  g_assert_cmpuint (bt_buffer_pool_bytes_out (fixture.pool), ==, 0);
  check_far (&fixture, "h0 h1 h2 h3 b10 b11 b12 b13 ");
  tear_down (&fixture);
}

/* What an owner says while it reads leaves together with the rest of the turn. */
static void
answer_each (FtLinkOwner *owner, const char *what)
{
  if (g_str_equal (what, "message"))
    send_have (owner, owner->n_calls);
}

static void
test_answers_in_one_write (void)
{
  LinkFixture fixture = set_up (1);
  const FtFakeStreamStats *stats = ft_fake_stream_stats (fixture.owner->near);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) got = NULL;

  fixture.owner->react = answer_each;
  for (guint32 i = 0; i < 200; i++)
    ft_add_index (bytes, BT_MESSAGE_HAVE, i);
  ft_link_owner_push (fixture.owner, bytes->data, bytes->len);
  ft_fake_net_settle (fixture.owner->net);
  g_assert_cmpuint (stats->n_writes, ==, 1);
  got = ft_link_owner_pull (fixture.owner);
  g_assert_cmpuint (g_bytes_get_size (got), ==, 200 * 9);
  tear_down (&fixture);
}

/* More blocks than go into one write. */
static void
test_many_blocks (void)
{
  LinkFixture fixture = set_up (1);
  const FtFakeStreamStats *stats = ft_fake_stream_stats (fixture.owner->near);
  GString *expected = g_string_new (NULL);

  ft_fake_stream_line (fixture.owner->near)->capacity = 16 * 1024 * 1024;
  for (guint32 i = 0; i < 300; i++)
    {
      send_block (&fixture, i, 16384);
      g_string_append_printf (expected, "b%u ", i);
    }
  ft_fake_net_settle (fixture.owner->net);
  g_assert_cmpint (stats->max_parts, <=, 64);
  g_assert_cmpuint (stats->n_writes, <, 30);
  check_far (&fixture, expected->str);
  g_string_free (expected, TRUE);
  tear_down (&fixture);
}

/* A message is never torn by another; small ones go before blocks that are not begun. */
static void
test_order (void)
{
  LinkFixture fixture = set_up (1);
  FtLinkOwner *owner = fixture.owner;

  ft_fake_stream_line (owner->near)->max_write = 100;
  send_block (&fixture, 1, 16384);
  send_block (&fixture, 2, 16384);
  ft_fake_net_turn (owner->net);
  g_assert_cmpuint (bt_link_get_counts (owner->link)->bytes_out, ==,
                    200); /* by the timer and by the event */
  g_assert_cmpuint (bt_link_get_counts (owner->link)->payload_out, ==, 187);
  send_have (owner, 7);
  ft_fake_net_turn (owner->net);
  send_have (owner, 8);
  ft_fake_net_settle (owner->net);
  check_far (&fixture, "b1 h7 h8 b2 ");
  tear_down (&fixture);
}

static void
test_unsend (void)
{
  LinkFixture fixture = set_up (1);
  FtLinkOwner *owner = fixture.owner;
  BtBlock blocks[4], other;

  ft_fake_stream_line (owner->near)->max_write = 100;
  for (guint32 i = 0; i < 4; i++)
    blocks[i] = send_block (&fixture, i, 16384);
  ft_fake_net_turn (owner->net);
  other = blocks[2];
  other.length--;
  g_assert_false (bt_link_unsend_block (owner->link, &other));
  g_assert_false (bt_link_unsend_block (owner->link, &blocks[0])); /* begun */
  g_assert_true (bt_link_unsend_block (owner->link, &blocks[2]));
  g_assert_false (bt_link_unsend_block (owner->link, &blocks[2]));
  g_assert_true (bt_link_unsend_block (owner->link, &blocks[3]));
  g_assert_cmpuint (bt_link_queued_bytes (owner->link), ==, 2 * 16397 - 200);
  ft_fake_net_settle (owner->net);
  check_far (&fixture, "b0 b1 ");

  /* All of them, and then another. */
  blocks[0] = send_block (&fixture, 5, 16384);
  g_assert_true (bt_link_unsend_block (owner->link, &blocks[0]));
  g_assert_cmpuint (bt_link_queued_bytes (owner->link), ==, 0);
  send_block (&fixture, 6, 16384);
  ft_fake_net_settle (owner->net);
  check_far (&fixture, "b6 ");
  g_assert_cmpuint (bt_buffer_pool_bytes_out (fixture.pool), ==, 0);
  tear_down (&fixture);
}

/* Writes of every size, sends at any time: both kinds keep their order and are whole. */
static void
test_short_writes (void)
{
  static const gsize sizes[] = { 1, 2, 9, 12, 13, 14, 100, 517, 5000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      LinkFixture fixture = set_up (i);
      FtLinkOwner *owner = fixture.owner;
      BtRandom *random = ft_fake_net_random (owner->net);
      g_autoptr (GByteArray) got = g_byte_array_new ();
      g_autofree char *text = NULL;
      g_auto (GStrv) words = NULL;
      guint32 next[2] = { 0, 0 };
      guint32 sent[2] = { 0, 0 };

      ft_fake_stream_line (owner->near)->max_write = sizes[i];
      ft_fake_stream_line (owner->near)->random = i % 2 == 0;
      ft_fake_stream_line (owner->near)->capacity = 3000;
      for (guint turn = 0; turn < 3000; turn++)
        {
          if (turn < 2000 && bt_random_below (random, 10) == 0)
            send_have (owner, sent[0]++);
          if (turn < 2000 && bt_random_below (random, 20) == 0)
            send_block (&fixture, sent[1]++, 1 + bt_random_below (random, 300));
          ft_fake_net_turn (owner->net);
          pull (&fixture, got);
        }
      while (bt_link_queued_bytes (owner->link) > 0)
        {
          g_assert_true (ft_fake_net_turn (owner->net));
          pull (&fixture, got);
        }

      text = describe (got);
      words = g_strsplit (g_strchomp (text), " ", -1);
      for (guint n = 0; words[n] != NULL; n++)
        {
          guint kind = words[n][0] == 'b';
          g_autofree char *expected = g_strdup_printf ("%c%u", words[n][0], next[kind]++);

          g_assert_cmpstr (words[n], ==, expected);
        }
      g_assert_cmpuint (next[0], ==, sent[0]);
      g_assert_cmpuint (next[1], ==, sent[1]);
      g_assert_cmpuint (sent[0], >, 50);
      g_assert_cmpuint (sent[1], >, 30);
      tear_down (&fixture);
    }
}

static void
test_drained (void)
{
  LinkFixture fixture = set_up (1);
  FtLinkOwner *owner = fixture.owner;
  guint n_told = 0;
  guint64 sent = 0;

  send_have (owner, 1);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (owner->n_drained, ==, 0);

  ft_fake_stream_line (owner->near)->capacity = 16384;
  for (guint32 i = 0; i < 10; i++)
    send_block (&fixture, i, 16384);
  while (bt_link_queued_bytes (owner->link) > 0)
    {
      g_autoptr (GBytes) part = NULL;

      ft_fake_net_settle (owner->net);
      g_assert_cmpint (owner->n_drained > n_told, ==, bt_link_get_counts (owner->link)->payload_out > sent);
      n_told = owner->n_drained;
      sent = bt_link_get_counts (owner->link)->payload_out;
      part = ft_link_owner_pull (owner);
    }
  g_assert_cmpuint (n_told, >=, 10);

  /* Even one block that never filled anything. */
  n_told = owner->n_drained;
  send_block (&fixture, 1, 10);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (owner->n_drained, ==, n_told + 1);
  tear_down (&fixture);
}

static void
refill (FtLinkOwner *owner, const char *what)
{
  LinkFixture *fixture = owner->react_data;

  if (g_str_equal (what, "drained") && owner->n_drained <= 50)
    send_block (fixture, owner->n_drained, 16384);
}

/* An owner that sends the next block when it is asked for more never stalls. */
static void
test_refill (void)
{
  LinkFixture fixture = set_up (1);
  FtLinkOwner *owner = fixture.owner;

  ft_fake_stream_line (owner->near)->capacity = 4 * 1024 * 1024;
  owner->react = refill;
  owner->react_data = &fixture;
  send_block (&fixture, 0, 16384);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (bt_link_get_counts (owner->link)->payload_out, ==, 51 * 16384);
  tear_down (&fixture);
}

/* A peer that asks but does not listen costs no more than this. */
static void
test_flood (void)
{
  LinkFixture fixture = set_up (1);
  FtLinkOwner *owner = fixture.owner;
  g_autofree guint8 *bytes = g_malloc0 (BT_LIMIT_PEER_OUTPUT);

  ft_fake_stream_line (owner->near)->capacity = 0;
  for (guint32 i = 0; i < 300; i++)
    send_block (&fixture, i, 16384);
  bt_link_send (owner->link, bytes, BT_LIMIT_PEER_OUTPUT);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (owner->n_closed, ==, 0);

  /* The link stays valid for the one that sends. */
  bt_link_send (owner->link, bytes, 1);
  g_assert_cmpuint (owner->n_closed, ==, 0);
  bt_link_send (owner->link, bytes, 1);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (owner->n_closed, ==, 1);
  g_assert_cmpint (owner->reason, ==, BT_CLOSE_FLOOD);
  g_assert_cmpuint (bt_buffer_pool_bytes_out (fixture.pool), ==, 0);
  tear_down (&fixture);
}

/* Condemned, and then closed by hand: at once, with the first reason. */
static void
test_flood_then_close (void)
{
  LinkFixture fixture = set_up (1);
  FtLinkOwner *owner = fixture.owner;
  g_autofree guint8 *bytes = g_malloc0 (BT_LIMIT_PEER_OUTPUT);

  bt_link_send (owner->link, bytes, BT_LIMIT_PEER_OUTPUT);
  bt_link_send (owner->link, bytes, 1);
  bt_link_close (owner->link, BT_CLOSE_STOPPED, NULL);
  g_assert_cmpuint (owner->n_closed, ==, 1);
  g_assert_cmpint (owner->reason, ==, BT_CLOSE_FLOOD);
  ft_fake_net_settle (owner->net);
  tear_down (&fixture);
}

static void
test_upload_limit (void)
{
  LinkFixture fixture = set_up (1);
  FtLinkOwner *owner = fixture.owner;
  const FtFakeStreamStats *stats = ft_fake_stream_stats (owner->near);
  const BtLinkCounts *counts = bt_link_get_counts (owner->link);
  BtLimiter limiter;
  guint64 before;

  ft_fake_stream_line (owner->near)->capacity = 4 * 1024 * 1024;
  bt_limiter_init (&limiter, NULL, 64 * 1024, ft_fake_net_now (owner->net));
  bt_link_set_limiters (owner->link, NULL, &limiter);
  for (guint32 i = 0; i < 40; i++)
    send_block (&fixture, i, 16384);
  ft_fake_net_run_for (owner->net, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (counts->payload_out, >=, 5 * 64 * 1024);
  g_assert_cmpuint (counts->payload_out, <=, 6 * 64 * 1024 + 16384);

  /* Requests do not wait behind what is held back. */
  before = counts->payload_out;
  send_have (owner, 99);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (counts->bytes_out - before, ==, before / 16384 * BT_MESSAGE_PIECE_HEAD + 9);

  ft_fake_net_run_for (owner->net, 6 * G_USEC_PER_SEC);
  g_assert_cmpuint (counts->payload_out, ==, 40 * 16384);
  g_assert_cmpuint (stats->n_writes + stats->n_again + stats->n_events, <, 200);
  tear_down (&fixture);
}

/* What waited for tokens was taken back: the next to be sent finds its way all the same. */
static void
test_unsend_while_limited (void)
{
  LinkFixture fixture = set_up (1);
  FtLinkOwner *owner = fixture.owner;
  BtLimiter limiter;
  BtBlock block;

  bt_limiter_init (&limiter, NULL, 16384, ft_fake_net_now (owner->net));
  bt_link_set_limiters (owner->link, NULL, &limiter);
  send_block (&fixture, 1, 16384);
  block = send_block (&fixture, 2, 16384);
  ft_fake_net_settle (owner->net);
  g_assert_true (bt_link_unsend_block (owner->link, &block));
  ft_fake_net_run_for (owner->net, 10 * G_USEC_PER_SEC);
  check_far (&fixture, "b1 ");
  send_block (&fixture, 3, 16384);
  ft_fake_net_settle (owner->net);
  check_far (&fixture, "b3 ");
  tear_down (&fixture);
}

/* Links that share a limit, all with more to give than it lets through. */
static void
test_shared_limit (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  g_autoptr (BtBufferPool) pool = bt_buffer_pool_new (0);
  g_autoptr (BtBuffer) buffer = bt_buffer_pool_get (pool, 16384);
  BtWorld *world = ft_fake_net_add_host (net, "10.0.0.1");
  FtLinkOwner *owners[8];
  BtLimiter limiter;
  guint64 total = 0;

  memset (buffer->data, 0, buffer->size);
  ft_fake_net_line (net)->capacity = 16 * 1024 * 1024;
  bt_limiter_init (&limiter, NULL, 256 * 1024, ft_fake_net_now (net));
  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    {
      FtLinkOwner *owner = owners[i] = ft_link_owner_new_on (net, world);

      ft_fake_net_pair (net, world, world, &owner->near, &owner->far);
      owner->link =
        bt_link_new_incoming (world, owner->timers, owner->near, &ft_link_owner_ops, owner);
      bt_link_set_limiters (owner->link, NULL, &limiter);
      ft_link_owner_push_handshake (owner);
      for (guint32 n = 0; n < 64; n++)
        bt_link_send_block (owner->link, &(BtBlock){ n, 0, 16384 }, buffer, 0);
    }
  ft_fake_net_run_for (net, 15 * G_USEC_PER_SEC);
  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    total += bt_link_get_counts (owners[i]->link)->payload_out;
  g_assert_cmpuint (total, >, 15 * 256 * 1024 - 16384);
  g_assert_cmpuint (total, <=, 16 * 256 * 1024 + 16384);
  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    {
      g_assert_cmpuint (bt_link_get_counts (owners[i]->link)->payload_out, >,
                        total / G_N_ELEMENTS (owners) / 2);
      ft_link_owner_free (owners[i]);
    }
}

static void
test_peer_gone (void)
{
  LinkFixture fixture = set_up (1);
  FtLinkOwner *owner = fixture.owner;

  ft_fake_stream_line (owner->near)->capacity = 1000;
  for (guint32 i = 0; i < 5; i++)
    send_block (&fixture, i, 16384);
  ft_fake_net_settle (owner->net);
  /* It did not read all: that is a reset. */
  ft_link_owner_close_far (owner);
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (owner->n_closed, ==, 1);
  g_assert_cmpint (owner->reason, ==, BT_CLOSE_NETWORK);
  g_assert_cmpuint (bt_buffer_pool_bytes_out (fixture.pool), ==, 0);
  tear_down (&fixture);
}

/* Also while nothing is read: an error is seen by the write. */
static void
test_peer_gone_unread (void)
{
  LinkFixture fixture = set_up (1);
  FtLinkOwner *owner = fixture.owner;

  bt_link_set_reading (owner->link, FALSE);
  ft_fake_stream_line (owner->near)->capacity = 1000;
  send_block (&fixture, 1, 16384);
  ft_fake_net_settle (owner->net);
  ft_fake_stream_break (owner->near, "Connection reset by peer");
  ft_fake_net_settle (owner->net);
  g_assert_cmpuint (owner->n_closed, ==, 1);
  g_assert_cmpstr (owner->detail, ==, "Connection reset by peer");
  tear_down (&fixture);
}

/* Two links with each other, over a line that does as it likes. */

static void
run_trade (const FtFakeLine *line, guint64 seed)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (seed);
  g_autoptr (BtBufferPool) pool = bt_buffer_pool_new (1024 * 1024);
  BtWorld *worlds[2] = { ft_fake_net_add_host (net, "10.0.0.1"),
                         ft_fake_net_add_host (net, "10.0.0.2") };
  FtTrader traders[2] = { { .pool = pool }, { .pool = pool } };
  FtLinkOwner *owners[2];
  BtStream *ends[2];

  *ft_fake_net_line (net) = *line;
  ft_fake_net_pair (net, worlds[0], worlds[1], &ends[0], &ends[1]);
  for (guint i = 0; i < 2; i++)
    {
      owners[i] = ft_link_owner_new_on (net, worlds[i]);
      owners[i]->react = ft_trader_react;
      owners[i]->react_data = &traders[i];
      owners[i]->link =
        bt_link_new_incoming (worlds[i], owners[i]->timers, ends[i], &ft_link_owner_ops, owners[i]);
    }
  ft_fake_net_run_for (net, 60 * (gint64) G_USEC_PER_SEC);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (owners[i]->n_closed, ==, 0);
      g_assert_cmpuint (traders[i].n_served, ==, FT_TRADER_BLOCKS);
      ft_trader_check (owners[i]);
    }
  ft_link_owner_free (owners[0]);
  ft_link_owner_free (owners[1]);
}

static void
test_two_links (void)
{
  static const FtFakeLine lines[] = {
    { .capacity = 256 * 1024 },
    { .capacity = 256 * 1024, .latency_us = 50000, .bytes_per_s = 1000000 },
    { .capacity = 10000, .max_read = 3000, .max_write = 5000, .random = TRUE },
    { .capacity = 16397, .max_read = 20000, .max_write = 16397 },
    { .capacity = 1000, .bytes_per_s = 2000000, .max_read = 70, .max_write = 50 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    run_trade (&lines[i], i);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/link-output/one-write", test_one_write);
  g_test_add_func ("/net/link-output/answers-in-one-write", test_answers_in_one_write);
  g_test_add_func ("/net/link-output/many-blocks", test_many_blocks);
  g_test_add_func ("/net/link-output/order", test_order);
  g_test_add_func ("/net/link-output/unsend", test_unsend);
  g_test_add_func ("/net/link-output/short-writes", test_short_writes);
  g_test_add_func ("/net/link-output/drained", test_drained);
  g_test_add_func ("/net/link-output/refill", test_refill);
  g_test_add_func ("/net/link-output/flood", test_flood);
  g_test_add_func ("/net/link-output/flood-then-close", test_flood_then_close);
  g_test_add_func ("/net/link-output/upload-limit", test_upload_limit);
  g_test_add_func ("/net/link-output/unsend-while-limited", test_unsend_while_limited);
  g_test_add_func ("/net/link-output/shared-limit", test_shared_limit);
  g_test_add_func ("/net/link-output/peer-gone", test_peer_gone);
  g_test_add_func ("/net/link-output/peer-gone-unread", test_peer_gone_unread);
  g_test_add_func ("/net/link-output/two-links", test_two_links);
  return g_test_run ();
}
