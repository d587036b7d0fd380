/* test-link.c: the life of a link: what owners may do, back-pressure, limits, connects and ends.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-link-owner.h"
#include "ft-test.h"

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
  g_autoptr (GByteArray) bytes = ft_make_stream (1000);
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
    switch (bt_random_below (random, 10))
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
      case 8:
        bt_link_push (owner->link);
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
  g_autoptr (GByteArray) bytes = ft_make_stream (1000);
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

/* Last words: a close throws away what is queued, but not what was pushed before. */
static void
say_and_close (FtLinkOwner *owner, const char *what)
{
  if (!g_str_equal (what, "handshake"))
    return;
  bt_link_send (owner->link, "heard ", 6);
  bt_link_push (owner->link);
  bt_link_send (owner->link, "unheard", 7);
  bt_link_close (owner->link, BT_CLOSE_SELF, NULL);
}

static void
test_push_before_close (void)
{
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);
  g_autoptr (GBytes) got = NULL;

  owner->react = say_and_close;
  ft_link_owner_push_handshake (owner);
  ft_fake_net_settle (owner->net);
  g_assert_cmpint (owner->reason, ==, BT_CLOSE_SELF);
  got = ft_link_owner_pull (owner);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), "heard ", 6);
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
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);
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
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);
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
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);
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
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);
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

/* Links that share a limit, all with more to give than it lets through: none is left out. */
static void
test_shared_limit (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *world = ft_fake_net_add_host (net, "10.0.0.1");
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  FtLinkOwner *owners[8];
  BtLimiter limiter;
  guint64 total = 0;

  bt_limiter_init (&limiter, NULL, 256 * 1024, ft_fake_net_now (net));
  ft_add_handshake (bytes);
  for (guint32 i = 0; i < 64; i++)
    ft_add_piece (bytes, i, i * 16384, 16384);
  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    {
      FtLinkOwner *owner = owners[i] = ft_link_owner_new_on (net, world);

      ft_fake_net_pair (net, world, world, &owner->near, &owner->far);
      owner->link =
        bt_link_new_incoming (world, owner->timers, owner->near, &ft_link_owner_ops, owner);
      bt_link_set_limiters (owner->link, &limiter, NULL);
      ft_link_owner_push (owner, bytes->data, bytes->len);
    }
  ft_fake_net_run_for (net, 15 * G_USEC_PER_SEC);
  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    total += owners[i]->progress;
  g_assert_cmpuint (total, >, 15 * 256 * 1024);
  g_assert_cmpuint (total, <=, 16 * 256 * 1024);
  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    {
      g_assert_cmpuint (owners[i]->progress, >, total / G_N_ELEMENTS (owners) / 2);
      ft_link_owner_free (owners[i]);
    }
}

/* Ends. */

static void
test_peer_closes (void)
{
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);

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
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);

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
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);

  /* One byte a second is no handshake either. */
  for (guint i = 0; i < 9; i++)
    {
      ft_link_owner_push (owner,
                          &"\x13"
                           "BitTorrent"[i],
                          1);
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
  g_autoptr (FtLinkOwner) owner = ft_link_owner_new_settled (1);

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
  owner->link =
    bt_link_new_outgoing (world, owner->timers, &endpoint, &ft_link_owner_ops, owner, &error);
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
  g_assert_null (bt_link_new_outgoing (here, ft_fake_host_timers (here), &ipv6, &ft_link_owner_ops,
                                       NULL, &error));
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
  g_test_add_func ("/net/link/close-in-each-callback", test_close_in_each_callback);
  g_test_add_func ("/net/link/anything-in-callbacks", test_anything_in_callbacks);
  g_test_add_func ("/net/link/push-before-close", test_push_before_close);
  g_test_add_func ("/net/link/reading-off", test_reading_off);
  g_test_add_func ("/net/link/reading-off-in-block", test_reading_off_in_block);
  g_test_add_func ("/net/link/download-limit", test_download_limit);
  g_test_add_func ("/net/link/shared-limit", test_shared_limit);
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
