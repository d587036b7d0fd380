/* test-udp-tracker.c: exchanges with UDP trackers, byte by byte, in virtual time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-udp-tracker.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-reader.h"
#include "bt-writer.h"
#include "ft-test.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define CONNECTION_ID G_GUINT64_CONSTANT (0x0102030405060708)

typedef struct
{
  BtUdpConnections *connections;
  BtEndpoint tracker;
  BtRandom secret;
  guint8 packet[BT_UDP_TRACKER_MAX_PACKET]; /* what was sent last */
  gsize length;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->connections = bt_udp_connections_new ();
  g_assert_true (bt_endpoint_parse (&f->tracker, "192.0.2.1:80"));
  bt_random_seed (&f->secret, 42);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  bt_udp_connections_free (f->connections);
}

static BtAnnounceRequest
make_request (void)
{
  BtAnnounceRequest request = {
    .port = 6881,
    .left = 1000,
    .event = BT_ANNOUNCE_STARTED,
    .num_want = -1,
    .key = 0xdeadbeef,
  };

  g_assert_true (bt_sha1_from_hex ("2c6b6858d61da9543d4231a71db4b1c9264b0685", &request.info_hash));
  memcpy (request.peer_id, "-XX0100-abcdefghijkl", BT_PEER_ID_SIZE);
  return request;
}

static BtUdpExchange *
new_announce (Fixture *f)
{
  BtAnnounceRequest request = make_request ();

  return bt_udp_exchange_new_announce (f->connections, &f->tracker, &request, NULL, &f->secret);
}

static BtUdpExchange *
new_scrape (Fixture *f)
{
  BtAnnounceRequest request = make_request ();

  return bt_udp_exchange_new_scrape (f->connections, &f->tracker, &request.info_hash, &f->secret);
}

static gsize
poll_at (Fixture *f, BtUdpExchange *exchange, gint64 now)
{
  f->length = bt_udp_exchange_poll (exchange, now, f->packet);
  return f->length;
}

static guint32
read_u32 (const guint8 *packet, gsize offset)
{
  BtReader reader = bt_reader (packet + offset, 4);
  guint32 value = 0;

  g_assert_true (bt_reader_u32 (&reader, &value));
  return value;
}

#define sent_action(f) read_u32 ((f)->packet, 8)
#define sent_transaction(f) read_u32 ((f)->packet, 12)

/* Compares with a vector whose transaction id is written as "tttttttt". */
static void
assert_sent (Fixture *f, const char *vector)
{
  g_auto (GStrv) parts = g_strsplit (vector, "tttttttt", -1);
  g_autofree char *transaction = g_strdup_printf ("%08x", sent_transaction (f));
  g_autofree char *hex = g_strjoinv (transaction, parts);
  g_autoptr (GBytes) expected = ft_test_hex (hex);

  g_assert_cmpmem (f->packet, f->length, g_bytes_get_data (expected, NULL),
                   g_bytes_get_size (expected));
}

/* An answer to what was sent last: action, transaction, then @body in hexadecimal. */
static gboolean
answer (Fixture *f, BtUdpExchange *exchange, gint64 now, guint32 action, const char *body)
{
  g_autofree char *hex = g_strdup_printf ("%08x%08x%s", action, sent_transaction (f), body);
  g_autoptr (GBytes) packet = ft_test_hex (hex);

  return bt_udp_exchange_receive (exchange, now, &f->tracker, g_bytes_get_data (packet, NULL),
                                  g_bytes_get_size (packet));
}

/* From nothing to the request having been sent at @now. */
static void
connect_at (Fixture *f, BtUdpExchange *exchange, gint64 now)
{
  g_assert_cmpuint (poll_at (f, exchange, now), ==, 16);
  g_assert_cmpuint (sent_action (f), ==, 0);
  g_assert_true (answer (f, exchange, now, 0, "0102030405060708"));
  g_assert_cmpint (bt_udp_exchange_deadline (exchange), <=, now);
  g_assert_cmpuint (poll_at (f, exchange, now), >, 16);
}

static void
test_bytes (Fixture *f, gconstpointer data)
{
  g_autoptr (BtUdpExchange) announce = new_announce (f);
  g_autoptr (BtUdpExchange) scrape = new_scrape (f);
  guint32 connect_transaction;

  g_assert_cmpuint (poll_at (f, announce, 0), ==, 16);
  assert_sent (f, "0000041727101980 00000000 tttttttt");
  connect_transaction = sent_transaction (f);
  g_assert_true (answer (f, announce, 0, 0, "0102030405060708"));
  g_assert_cmpuint (poll_at (f, announce, 0), ==, 98);
  assert_sent (f, "0102030405060708 00000001 tttttttt 2c6b6858d61da9543d4231a71db4b1c9264b0685"
                  "2d5858303130302d6162636465666768696a6b6c 0000000000000000 00000000000003e8"
                  "0000000000000000 00000002 00000000 deadbeef ffffffff 1ae1");
  g_assert_cmpuint (sent_transaction (f), !=, connect_transaction);

  g_assert_cmpuint (poll_at (f, scrape, 0), ==, 36);
  assert_sent (f, "0102030405060708 00000002 tttttttt 2c6b6858d61da9543d4231a71db4b1c9264b0685");
}

static void
test_request_fields (Fixture *f, gconstpointer data)
{
  BtAnnounceRequest request = make_request ();
  g_autoptr (BtUdpExchange) exchange = NULL;

  request.downloaded = 0x1111111111111111;
  request.left = 0x2222222222222222;
  request.uploaded = 0x3333333333333333;
  request.event = BT_ANNOUNCE_STOPPED;
  request.num_want = 50;
  exchange = bt_udp_exchange_new_announce (f->connections, &f->tracker, &request, NULL, &f->secret);
  connect_at (f, exchange, 0);
  assert_sent (f, "0102030405060708 00000001 tttttttt 2c6b6858d61da9543d4231a71db4b1c9264b0685"
                  "2d5858303130302d6162636465666768696a6b6c 1111111111111111 2222222222222222"
                  "3333333333333333 00000003 00000000 deadbeef 00000000 1ae1");
}

/* BEP 41. */
static void
test_url_data (Fixture *f, gconstpointer data)
{
  g_autofree char *long_path = g_strnfill (600, 'x');
  g_autofree char *longest = g_strnfill (BT_LIMIT_URL_BYTES, 'x');
  g_autofree char *too_long = g_strnfill (BT_LIMIT_URL_BYTES + 1, 'x');
  const struct
  {
    const char *path;
    gsize size;
    const char *begins;
  } rows[] = {
    { NULL, 98, "" },
    { "", 100, "0200" },
    { "/dir?a=b&c=d", 112, "020c2f6469723f613d6226633d64" },
    { long_path, 98 + 600 + 6, "02ff7878" },
    { longest, 98 + BT_LIMIT_URL_BYTES + 18, "02ff7878" },
    { too_long, 98, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BtAnnounceRequest request = make_request ();
      g_autoptr (BtUdpConnections) connections = bt_udp_connections_new ();
      g_autoptr (BtUdpExchange) exchange
        = bt_udp_exchange_new_announce (connections, &f->tracker, &request, rows[i].path,
                                        &f->secret);
      g_autoptr (GBytes) begins = ft_test_hex (rows[i].begins);

      connect_at (f, exchange, 0);
      g_assert_cmpuint (f->length, ==, rows[i].size);
      g_assert_cmpmem (f->packet + 98, g_bytes_get_size (begins), g_bytes_get_data (begins, NULL),
                       g_bytes_get_size (begins));
      if (rows[i].path == long_path)
        {
          g_assert_cmpuint (f->packet[98 + 257], ==, 2);
          g_assert_cmpuint (f->packet[98 + 257 + 1], ==, 255);
          g_assert_cmpuint (f->packet[98 + 514], ==, 2);
          g_assert_cmpuint (f->packet[98 + 514 + 1], ==, 90);
        }
    }
}

static void
test_announce_reply (Fixture *f, gconstpointer data)
{
  g_autoptr (BtUdpExchange) exchange = new_announce (f);
  g_autoptr (BtAnnounceReply) reply = NULL;
  char text[BT_ENDPOINT_TEXT_SIZE];

  connect_at (f, exchange, 0);
  /* Two peers, one without a port, and a byte too many. */
  g_assert_true (answer (f, exchange, SECOND, 1,
                         "00000708 00000003 00000002 08080808 1ae1 08080404 0000 01010101 0050"
                         "ff"));
  g_assert_cmpint (bt_udp_exchange_state (exchange), ==, BT_UDP_EXCHANGE_DONE);
  g_assert_cmpint (bt_udp_exchange_deadline (exchange), ==, G_MAXINT64);
  g_assert_cmpuint (poll_at (f, exchange, 100 * SECOND), ==, 0);
  reply = bt_udp_exchange_take_announce (exchange);
  g_assert_nonnull (reply);
  g_assert_null (reply->failure);
  g_assert_cmpint (reply->interval_s, ==, 1800);
  g_assert_cmpint (reply->min_interval_s, ==, -1);
  g_assert_cmpint (reply->n_leechers, ==, 3);
  g_assert_cmpint (reply->n_seeds, ==, 2);
  g_assert_cmpint (reply->n_downloaded, ==, -1);
  g_assert_cmpuint (reply->peers->len, ==, 2);
  bt_endpoint_format (&g_array_index (reply->peers, BtEndpoint, 0), text);
  g_assert_cmpstr (text, ==, "8.8.8.8:6881");
  bt_endpoint_format (&g_array_index (reply->peers, BtEndpoint, 1), text);
  g_assert_cmpstr (text, ==, "1.1.1.1:80");
  g_assert_null (bt_udp_exchange_take_announce (exchange));
}

static void
test_announce_reply_ipv6 (Fixture *f, gconstpointer data)
{
  g_autoptr (BtUdpExchange) exchange = NULL;
  g_autoptr (BtAnnounceReply) reply = NULL;
  char text[BT_ENDPOINT_TEXT_SIZE];

  g_assert_true (bt_endpoint_parse (&f->tracker, "[2001:db8::1]:80"));
  exchange = new_announce (f);
  connect_at (f, exchange, 0);
  g_assert_true (answer (f, exchange, 0, 1,
                         "00000708 00000003 00000002 20014860486000000000000000008888 1ae1 0808"));
  reply = bt_udp_exchange_take_announce (exchange);
  g_assert_nonnull (reply);
  g_assert_cmpuint (reply->peers->len, ==, 1);
  bt_endpoint_format (&g_array_index (reply->peers, BtEndpoint, 0), text);
  g_assert_cmpstr (text, ==, "[2001:4860:4860::8888]:6881");
}

static void
test_peers_are_capped (Fixture *f, gconstpointer data)
{
  g_autoptr (BtUdpExchange) exchange = new_announce (f);
  g_autoptr (BtAnnounceReply) reply = NULL;
  g_autofree guint8 *packet = g_malloc0 (65507);
  BtWriter writer = bt_writer (packet, 65507);

  connect_at (f, exchange, 0);
  bt_writer_u32 (&writer, 1);
  bt_writer_u32 (&writer, sent_transaction (f));
  bt_writer_u32 (&writer, G_MAXUINT32);
  bt_writer_u32 (&writer, G_MAXUINT32);
  bt_writer_u32 (&writer, G_MAXUINT32);
  memset (packet + 20, 8, 65507 - 20);
  g_assert_true (bt_udp_exchange_receive (exchange, 0, &f->tracker, packet, 65507));
  reply = bt_udp_exchange_take_announce (exchange);
  g_assert_nonnull (reply);
  g_assert_cmpuint (reply->peers->len, ==, BT_LIMIT_TRACKER_PEERS);
  g_assert_cmpint (reply->interval_s, ==, G_MAXUINT32);
}

static void
test_scrape_reply (Fixture *f, gconstpointer data)
{
  g_autoptr (BtUdpExchange) exchange = new_scrape (f);
  g_autoptr (GError) error = NULL;
  BtScrapeReply reply;

  g_assert_false (bt_udp_exchange_take_scrape (exchange, &reply, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_TIMED_OUT);
  g_clear_error (&error);
  connect_at (f, exchange, 0);
  g_assert_true (answer (f, exchange, 0, 2, "00000007 00000063 00000005 ffff"));
  g_assert_true (bt_udp_exchange_take_scrape (exchange, &reply, &error));
  g_assert_no_error (error);
  g_assert_cmpint (reply.n_seeds, ==, 7);
  g_assert_cmpint (reply.n_downloaded, ==, 99);
  g_assert_cmpint (reply.n_leechers, ==, 5);
}

static void
test_error_packets (Fixture *f, gconstpointer data)
{
  g_autoptr (BtUdpExchange) at_connect = new_announce (f);
  g_autoptr (BtUdpExchange) at_announce = new_announce (f);
  g_autoptr (BtUdpExchange) at_scrape = NULL;
  g_autoptr (BtAnnounceReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  BtScrapeReply scrape;

  poll_at (f, at_connect, 0);
  g_assert_true (answer (f, at_connect, 0, 3, "6e6f 0a 706521")); /* "no\npe!" */
  g_assert_cmpint (bt_udp_exchange_state (at_connect), ==, BT_UDP_EXCHANGE_DONE);
  reply = bt_udp_exchange_take_announce (at_connect);
  g_assert_cmpstr (reply->failure, ==, "no pe!");
  g_clear_pointer (&reply, bt_announce_reply_free);

  connect_at (f, at_announce, 0);
  g_assert_true (answer (f, at_announce, 0, 3, ""));
  reply = bt_udp_exchange_take_announce (at_announce);
  g_assert_nonnull (reply);
  g_assert_cmpstr (reply->failure, ==, "The tracker refused without a reason");

  at_scrape = new_scrape (f);
  f->tracker.port++; /* one that has no connection id yet */
  bt_udp_exchange_free (at_scrape);
  at_scrape = new_scrape (f);
  connect_at (f, at_scrape, 0);
  g_assert_true (answer (f, at_scrape, 0, 3, "676f6e65"));
  g_assert_false (bt_udp_exchange_take_scrape (at_scrape, &scrape, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_REMOTE);
  g_assert_cmpstr (error->message, ==, "gone");
}

/* Nobody answers: 15·2^n s for n = 0…8, then the end. */
static void
test_connect_schedule (Fixture *f, gconstpointer data)
{
  static const gint64 sent_at[] = { 0, 15, 45, 105, 225, 465, 945, 1905, 3825 };
  g_autoptr (BtUdpExchange) exchange = new_announce (f);
  const gint64 start = 1000 * SECOND;
  guint32 transaction = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (sent_at); i++)
    {
      gint64 now = start + sent_at[i] * SECOND;

      if (i > 0)
        {
          g_assert_cmpint (bt_udp_exchange_deadline (exchange), ==, now);
          g_assert_cmpuint (poll_at (f, exchange, now - 1), ==, 0);
        }
      g_assert_cmpuint (poll_at (f, exchange, now), ==, 16);
      g_assert_cmpuint (sent_action (f), ==, 0);
      if (i > 0)
        g_assert_cmpuint (sent_transaction (f), ==, transaction);
      transaction = sent_transaction (f);
    }
  g_assert_cmpint (bt_udp_exchange_deadline (exchange), ==, start + 7665 * SECOND);
  g_assert_cmpint (bt_udp_exchange_state (exchange), ==, BT_UDP_EXCHANGE_WAITING);
  g_assert_cmpuint (poll_at (f, exchange, start + 7665 * SECOND), ==, 0);
  g_assert_cmpint (bt_udp_exchange_state (exchange), ==, BT_UDP_EXCHANGE_FAILED);
  g_assert_cmpint (bt_udp_exchange_deadline (exchange), ==, G_MAXINT64);
  g_assert_null (bt_udp_exchange_take_announce (exchange));
}

/* The example of BEP 15: the third retransmission finds the connection id expired. */
static void
test_announce_schedule (Fixture *f, gconstpointer data)
{
  static const struct
  {
    gint64 at;
    guint32 action;
  } sent[] = {
    { 2, 1 }, { 17, 1 }, { 47, 1 }, { 107, 0 }, { 227, 0 }, { 467, 0 }, { 947, 0 }, { 1907, 0 },
    { 3827, 0 },
  };
  g_autoptr (BtUdpExchange) exchange = new_announce (f);

  poll_at (f, exchange, 0);
  g_assert_true (answer (f, exchange, SECOND, 0, "0102030405060708"));
  for (gsize i = 0; i < G_N_ELEMENTS (sent); i++)
    {
      gint64 now = sent[i].at * SECOND;

      if (i > 0)
        g_assert_cmpint (bt_udp_exchange_deadline (exchange), ==, now);
      g_assert_cmpuint (poll_at (f, exchange, now), >=, 16);
      g_assert_cmpuint (sent_action (f), ==, sent[i].action);
    }
  g_assert_cmpuint (poll_at (f, exchange, 7667 * SECOND), ==, 0);
  g_assert_cmpint (bt_udp_exchange_state (exchange), ==, BT_UDP_EXCHANGE_FAILED);
}

/* A tracker that answers every connect but no announce: reconnected each time, and given up. */
static void
test_schedule_with_reconnects (Fixture *f, gconstpointer data)
{
  static const gint64 announced_at[] = { 0, 15, 45, 105, 225, 465, 945, 1905, 3825 };
  g_autoptr (BtUdpExchange) exchange = new_announce (f);
  guint n_connects = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (announced_at); i++)
    {
      gint64 now = announced_at[i] * SECOND;

      g_assert_cmpint (bt_udp_exchange_deadline (exchange), ==, now);
      poll_at (f, exchange, now);
      if (sent_action (f) == 0)
        {
          n_connects++;
          g_assert_true (answer (f, exchange, now, 0, "0102030405060708"));
          poll_at (f, exchange, now);
        }
      g_assert_cmpuint (f->length, ==, 98);
    }
  g_assert_cmpuint (n_connects, ==, 1 + 6);
  g_assert_cmpuint (poll_at (f, exchange, 7665 * SECOND), ==, 0);
  g_assert_cmpint (bt_udp_exchange_state (exchange), ==, BT_UDP_EXCHANGE_FAILED);
}

/* A late first connect starts the count anew, for the tracker is there. */
static void
test_first_connect_resets (Fixture *f, gconstpointer data)
{
  g_autoptr (BtUdpExchange) exchange = new_announce (f);

  poll_at (f, exchange, 0);
  poll_at (f, exchange, 15 * SECOND);
  poll_at (f, exchange, 45 * SECOND);
  g_assert_true (answer (f, exchange, 50 * SECOND, 0, "0102030405060708"));
  g_assert_cmpuint (poll_at (f, exchange, 50 * SECOND), ==, 98);
  g_assert_cmpint (bt_udp_exchange_deadline (exchange), ==, 65 * SECOND);
}

/* An id serves all exchanges with its tracker for 60 seconds and no other tracker. */
static void
test_connection_is_shared (Fixture *f, gconstpointer data)
{
  g_autoptr (BtUdpExchange) first = new_announce (f);
  g_autoptr (BtUdpExchange) second = new_scrape (f);
  g_autoptr (BtUdpExchange) third = new_announce (f);
  g_autoptr (BtUdpExchange) waiting = new_announce (f);
  g_autoptr (BtUdpExchange) elsewhere = NULL;

  g_assert_cmpuint (poll_at (f, waiting, 0), ==, 16);
  connect_at (f, first, SECOND);
  g_assert_cmpuint (poll_at (f, waiting, 15 * SECOND), ==, 98);
  g_assert_cmpint (bt_udp_exchange_deadline (waiting), ==, 30 * SECOND);
  g_assert_cmpuint (poll_at (f, second, 61 * SECOND - 1), ==, 36);
  g_assert_cmpuint (poll_at (f, third, 61 * SECOND), ==, 16);
  f->tracker.port++;
  elsewhere = new_announce (f);
  g_assert_cmpuint (poll_at (f, elsewhere, 2 * SECOND), ==, 16);
}

/* Refused with an id that was shared: perhaps the tracker restarted; an own id settles it. */
static void
test_refused_with_shared_connection (Fixture *f, gconstpointer data)
{
  g_autoptr (BtUdpExchange) first = new_announce (f);
  g_autoptr (BtUdpExchange) second = new_announce (f);
  g_autoptr (BtAnnounceReply) reply = NULL;

  connect_at (f, first, 0);
  g_assert_cmpuint (poll_at (f, second, SECOND), ==, 98);
  g_assert_true (answer (f, second, SECOND, 3, "6f6c64"));
  g_assert_cmpint (bt_udp_exchange_state (second), ==, BT_UDP_EXCHANGE_WAITING);
  connect_at (f, second, SECOND);
  g_assert_true (answer (f, second, SECOND, 3, "6f6c64"));
  reply = bt_udp_exchange_take_announce (second);
  g_assert_nonnull (reply);
  g_assert_cmpstr (reply->failure, ==, "old");
}

/* Or it says nothing to an id that it has forgotten: the second time we come with one of our own. */
static void
test_silent_to_shared_connection (Fixture *f, gconstpointer data)
{
  g_autoptr (BtUdpExchange) first = new_announce (f);
  g_autoptr (BtUdpExchange) second = new_announce (f);

  connect_at (f, first, 0);
  g_assert_cmpuint (poll_at (f, second, SECOND), ==, 98);
  connect_at (f, second, 16 * SECOND);
  g_assert_true (answer (f, second, 16 * SECOND, 1, "00000708 00000003 00000002"));
  g_assert_cmpint (bt_udp_exchange_state (second), ==, BT_UDP_EXCHANGE_DONE);
}

static void
assert_unmoved (Fixture *f, BtUdpExchange *exchange, gint64 deadline)
{
  g_assert_cmpint (bt_udp_exchange_state (exchange), ==, BT_UDP_EXCHANGE_WAITING);
  g_assert_cmpint (bt_udp_exchange_deadline (exchange), ==, deadline);
}

static void
test_wrong_source (Fixture *f, gconstpointer data)
{
  g_autoptr (BtUdpExchange) exchange = new_announce (f);
  const char *const sources[] = { "192.0.2.2:80", "192.0.2.1:81", "[2001:db8::1]:80" };

  poll_at (f, exchange, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      BtEndpoint tracker = f->tracker;

      g_assert_true (bt_endpoint_parse (&f->tracker, sources[i]));
      g_assert_false (answer (f, exchange, 0, 0, "0102030405060708"));
      assert_unmoved (f, exchange, 15 * SECOND);
      f->tracker = tracker;
    }
  g_assert_true (answer (f, exchange, 0, 0, "0102030405060708"));
  g_assert_cmpuint (poll_at (f, exchange, 0), ==, 98);
}

/* None of these is an answer; the exchange goes on as if nothing had come. */
static void
test_hostile_datagrams (Fixture *f, gconstpointer data)
{
  static const struct
  {
    guint32 action;
    const char *body;
  } at_connect[] = {
    { 0, "" }, { 0, "01020304050607" }, { 1, "00000708 00000003 00000002" },
    { 2, "00000007 00000063 00000005" }, { 4, "0102030405060708" },
    { 0x80000000, "0102030405060708" },
  };
  static const struct
  {
    guint32 action;
    const char *body;
  } at_announce[] = {
    { 0, "0102030405060708" }, { 1, "" }, { 1, "00000708 00000003 000000" },
    { 2, "00000007 00000063 00000005" }, { 0xffffffff, "00000708 00000003 00000002" },
  };
  g_autoptr (BtUdpExchange) exchange = new_announce (f);
  const guint8 zeros[64] = { 0 };

  g_assert_false (bt_udp_exchange_receive (exchange, 0, &f->tracker, zeros, sizeof zeros));
  poll_at (f, exchange, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (at_connect); i++)
    {
      answer (f, exchange, 0, at_connect[i].action, at_connect[i].body);
      assert_unmoved (f, exchange, 15 * SECOND);
    }
  for (gsize length = 0; length < 8; length++)
    g_assert_false (bt_udp_exchange_receive (exchange, 0, &f->tracker, zeros, length));
  f->packet[15] ^= 1;
  g_assert_false (answer (f, exchange, 0, 0, "0102030405060708"));
  g_assert_false (answer (f, exchange, 0, 3, "676f6e65"));
  f->packet[15] ^= 1;
  assert_unmoved (f, exchange, 15 * SECOND);

  /* The same answer twice counts once, also before the owner polls. */
  g_assert_true (answer (f, exchange, 0, 0, "0102030405060708 ffff"));
  g_assert_false (answer (f, exchange, 0, 0, "1111111111111111"));
  g_assert_cmpuint (poll_at (f, exchange, 0), ==, 98);
  g_assert_cmpuint (f->packet[0], ==, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (at_announce); i++)
    {
      answer (f, exchange, 0, at_announce[i].action, at_announce[i].body);
      assert_unmoved (f, exchange, 15 * SECOND);
    }
  g_assert_true (answer (f, exchange, 0, 1, "00000708 00000003 00000002"));
  g_assert_cmpint (bt_udp_exchange_state (exchange), ==, BT_UDP_EXCHANGE_DONE);
  g_assert_false (answer (f, exchange, 0, 3, "676f6e65"));
}

static void
test_transactions_differ (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (BtUdpExchange) exchange = new_announce (f);

      poll_at (f, exchange, 0);
      g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (sent_transaction (f))));
    }
}

/* Datagrams of all kinds, most of them near to right, against one exchange after the other. */
static void
test_mutations (Fixture *f, gconstpointer data)
{
  static const gsize sizes[] = { 0, 7, 8, 15, 16, 19, 20, 26, 38, 100 };
  BtRandom random;
  guint n_done = 0;

  bt_random_seed (&random, 7);
  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (BtUdpExchange) exchange = round % 3 == 0 ? new_scrape (f) : new_announce (f);
      gint64 now = (gint64) round * 100 * SECOND;

      for (guint step = 0;
           step < 12 && bt_udp_exchange_state (exchange) == BT_UDP_EXCHANGE_WAITING; step++)
        {
          gsize size = sizes[bt_random_below (&random, G_N_ELEMENTS (sizes))];
          g_autofree guint8 *packet = g_malloc0 (MAX (size, 8));
          g_autofree guint8 *exact = NULL;
          BtWriter writer = bt_writer (packet, MAX (size, 8));

          poll_at (f, exchange, now);
          bt_random_fill (&random, packet, size);
          bt_writer_u32 (&writer, bt_random_below (&random, 5));
          if (bt_random_below (&random, 8) != 0)
            bt_writer_u32 (&writer, sent_transaction (f));
          exact = g_memdup2 (packet, size);
          bt_udp_exchange_receive (exchange, now, &f->tracker, exact, size);
          now += bt_random_below (&random, 20) * SECOND;
        }
      if (bt_udp_exchange_state (exchange) == BT_UDP_EXCHANGE_DONE)
        {
          g_autoptr (BtAnnounceReply) reply = bt_udp_exchange_take_announce (exchange);

          n_done++;
          g_assert_true (round % 3 == 0 ? reply == NULL : reply != NULL);
          if (reply != NULL)
            g_assert_cmpuint (reply->peers->len, <=, (100 - 20) / 6);
        }
    }
  g_assert_cmpuint (n_done, >, 500);
}

static void
add_test (const char *path, void (*func) (Fixture *f, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/proto/udp-tracker/bytes", test_bytes);
  add_test ("/proto/udp-tracker/request-fields", test_request_fields);
  add_test ("/proto/udp-tracker/url-data", test_url_data);
  add_test ("/proto/udp-tracker/announce-reply", test_announce_reply);
  add_test ("/proto/udp-tracker/announce-reply-ipv6", test_announce_reply_ipv6);
  add_test ("/proto/udp-tracker/peers-are-capped", test_peers_are_capped);
  add_test ("/proto/udp-tracker/scrape-reply", test_scrape_reply);
  add_test ("/proto/udp-tracker/error-packets", test_error_packets);
  add_test ("/proto/udp-tracker/connect-schedule", test_connect_schedule);
  add_test ("/proto/udp-tracker/announce-schedule", test_announce_schedule);
  add_test ("/proto/udp-tracker/schedule-with-reconnects", test_schedule_with_reconnects);
  add_test ("/proto/udp-tracker/first-connect-resets", test_first_connect_resets);
  add_test ("/proto/udp-tracker/connection-is-shared", test_connection_is_shared);
  add_test ("/proto/udp-tracker/refused-with-shared-id", test_refused_with_shared_connection);
  add_test ("/proto/udp-tracker/silent-to-shared-id", test_silent_to_shared_connection);
  add_test ("/proto/udp-tracker/wrong-source", test_wrong_source);
  add_test ("/proto/udp-tracker/hostile-datagrams", test_hostile_datagrams);
  add_test ("/proto/udp-tracker/transactions-differ", test_transactions_differ);
  add_test ("/proto/udp-tracker/mutations", test_mutations);
  return g_test_run ();
}
