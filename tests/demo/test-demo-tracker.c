/* test-demo-tracker.c: the embedded tracker, asked over HTTP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-demo-tracker.h"

#include "bt-http-tracker.h"
#include "ft-test.h"

#include <libsoup/soup.h>

/* Bytes that a query must escape, among them a zero. */
static const guint8 odd_hash[BT_SHA1_SIZE] = "\0&=%+ #?\xff\x80" "abcdefghi";

typedef struct
{
  FtDemoTracker *tracker;
  SoupSession *session;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->tracker = ft_demo_tracker_new (&error);
  g_assert_no_error (error);
  fixture->session = soup_session_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  soup_session_abort (fixture->session);
  g_object_unref (fixture->session);
  ft_demo_tracker_free (fixture->tracker);
}

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GBytes **body = user_data;
  g_autoptr (GError) error = NULL;

  *body = soup_session_send_and_read_finish (SOUP_SESSION (object), result, &error);
  g_assert_no_error (error);
}

static GBytes *
get (Fixture *fixture, const char *url)
{
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  GBytes *body = NULL;

  g_assert_nonnull (message);
  soup_session_send_and_read_async (fixture->session, message, G_PRIORITY_DEFAULT, NULL,
                                    answered_cb, &body);
  ft_test_iterate (NULL, body != NULL, 20);
  g_assert_cmpuint (soup_message_get_status (message), ==, SOUP_STATUS_OK);
  return body;
}

static BtAnnounceRequest
make_request (char who, guint16 port, guint64 left)
{
  BtAnnounceRequest request = { .port = port, .left = left, .num_want = -1 };

  memcpy (request.info_hash.bytes, odd_hash, BT_SHA1_SIZE);
  memset (request.peer_id, who, BT_PEER_ID_SIZE);
  return request;
}

static BtAnnounceReply *
announce (Fixture *fixture, GSocketFamily family, const BtAnnounceRequest *request)
{
  g_autofree char *base = ft_demo_tracker_dup_url (fixture->tracker, family);
  g_autofree char *url = bt_http_tracker_announce_url (base, request);
  g_autoptr (GBytes) body = get (fixture, url);
  g_autoptr (GError) error = NULL;
  BtAnnounceReply *reply = bt_http_tracker_parse_announce (g_bytes_get_data (body, NULL),
                                                           g_bytes_get_size (body), &error);

  g_assert_no_error (error);
  return reply;
}

static void
assert_peer (BtAnnounceReply *reply, guint index, const char *expected)
{
  char text[BT_ENDPOINT_TEXT_SIZE];

  g_assert_cmpuint (index, <, reply->peers->len);
  bt_endpoint_format (&g_array_index (reply->peers, BtEndpoint, index), text);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_swarm (Fixture *fixture, gconstpointer data)
{
  BtAnnounceRequest seed = make_request ('s', 1001, 0);
  BtAnnounceRequest leecher = make_request ('l', 1002, 10);
  g_autoptr (BtAnnounceReply) first = NULL;
  g_autoptr (BtAnnounceReply) second = NULL;
  g_autoptr (BtAnnounceReply) last = NULL;

  ft_demo_tracker_set_interval (fixture->tracker, 7);
  first = announce (fixture, G_SOCKET_FAMILY_IPV4, &seed);
  g_assert_null (first->failure);
  g_assert_cmpuint (first->peers->len, ==, 0);
  g_assert_cmpint (first->n_seeds, ==, 1);
  g_assert_cmpint (first->n_leechers, ==, 0);
  g_assert_cmpint (first->interval_s, ==, 7);

  second = announce (fixture, G_SOCKET_FAMILY_IPV4, &leecher);
  g_assert_cmpuint (second->peers->len, ==, 1);
  assert_peer (second, 0, "127.0.0.1:1001");
  g_assert_cmpint (second->n_leechers, ==, 1);

  seed.event = BT_ANNOUNCE_STOPPED;
  bt_announce_reply_free (announce (fixture, G_SOCKET_FAMILY_IPV4, &seed));
  last = announce (fixture, G_SOCKET_FAMILY_IPV4, &leecher);
  g_assert_cmpuint (last->peers->len, ==, 0);
  g_assert_cmpint (last->n_seeds, ==, 0);
  g_assert_cmpint (last->n_leechers, ==, 1);
  g_assert_cmpuint (ft_demo_tracker_get_n_announces (fixture->tracker), ==, 4);
}

/* Another torrent is another swarm. */
static void
test_two_torrents (Fixture *fixture, gconstpointer data)
{
  BtAnnounceRequest one = make_request ('a', 1001, 0);
  BtAnnounceRequest two = make_request ('b', 1002, 0);
  g_autoptr (BtAnnounceReply) reply = NULL;

  two.info_hash.bytes[19] ^= 1;
  bt_announce_reply_free (announce (fixture, G_SOCKET_FAMILY_IPV4, &one));
  reply = announce (fixture, G_SOCKET_FAMILY_IPV4, &two);
  g_assert_cmpuint (reply->peers->len, ==, 0);
}

static void
test_ipv6 (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = ft_demo_tracker_dup_url (fixture->tracker, G_SOCKET_FAMILY_IPV6);
  BtAnnounceRequest seed = make_request ('s', 1001, 0);
  BtAnnounceRequest leecher = make_request ('l', 1002, 10);
  g_autoptr (BtAnnounceReply) reply = NULL;

  if (url == NULL)
    {
      g_test_skip ("no IPv6 here");
      return;
    }
  bt_announce_reply_free (announce (fixture, G_SOCKET_FAMILY_IPV6, &seed));
  bt_announce_reply_free (announce (fixture, G_SOCKET_FAMILY_IPV4, &seed));
  reply = announce (fixture, G_SOCKET_FAMILY_IPV4, &leecher);
  g_assert_cmpuint (reply->peers->len, ==, 2);
  assert_peer (reply, 0, "127.0.0.1:1001");
  assert_peer (reply, 1, "[::1]:1001");
}

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  static const char *const queries[] = {
    "",
    "?info_hash=short&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1",
    "?info_hash=aaaaaaaaaaaaaaaaaaaa&port=1",
    "?info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=aaaaaaaaaaaaaaaaaaaa",
    "?info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=aaaaaaaaaaaaaaaaaaaa&port=70000",
    "?xinfo_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1",
  };
  g_autofree char *base = ft_demo_tracker_dup_url (fixture->tracker, G_SOCKET_FAMILY_IPV4);

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autofree char *url = g_strconcat (base, queries[i], NULL);
      g_autoptr (GBytes) body = get (fixture, url);
      g_autoptr (BtAnnounceReply) reply = bt_http_tracker_parse_announce (
        g_bytes_get_data (body, NULL), g_bytes_get_size (body), NULL);

      g_assert_nonnull (reply);
      g_assert_nonnull (reply->failure);
    }
  g_assert_cmpuint (ft_demo_tracker_get_n_announces (fixture->tracker), ==, 0);
}

static void
test_num_want (Fixture *fixture, gconstpointer data)
{
  BtAnnounceRequest asker = make_request ('z', 2000, 1);
  g_autoptr (BtAnnounceReply) reply = NULL;

  for (guint i = 0; i < 5; i++)
    {
      BtAnnounceRequest peer = make_request ((char) ('a' + i), (guint16) (1001 + i), 0);
      bt_announce_reply_free (announce (fixture, G_SOCKET_FAMILY_IPV4, &peer));
    }
  asker.num_want = 3;
  reply = announce (fixture, G_SOCKET_FAMILY_IPV4, &asker);
  g_assert_cmpuint (reply->peers->len, ==, 3);
  g_assert_cmpint (reply->n_seeds, ==, 5);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/demo/tracker/swarm", test_swarm);
  ADD ("/demo/tracker/two-torrents", test_two_torrents);
  ADD ("/demo/tracker/ipv6", test_ipv6);
  ADD ("/demo/tracker/failures", test_failures);
  ADD ("/demo/tracker/num-want", test_num_want);
  return g_test_run ();
}
