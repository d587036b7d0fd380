/* test-fake-world.c: the network in memory that other tests stand on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "ft-fake-world.h"
#include "ft-test.h"

/* Clock and timers. */

static void
note_time_cb (gpointer owner, gint64 now)
{
  *(gint64 *) owner = now;
}

static void
test_clock (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *host = ft_fake_net_add_host (net, "10.0.0.1");
  BtTimers *timers = ft_fake_host_timers (host);
  gint64 start = bt_world_now (host);
  gint64 fired[2] = { 0, 0 };
  BtTimer timer[2];

  for (guint i = 0; i < 2; i++)
    {
      bt_timer_init (&timer[i], timers, note_time_cb, &fired[i]);
      bt_timer_start (&timer[i], start + (i + 1) * 1000);
    }
  ft_fake_net_settle (net);
  g_assert_cmpint (bt_world_now (host), ==, start);
  g_assert_cmpint (fired[0], ==, 0);
  ft_fake_net_run_for (net, 1500);
  g_assert_cmpint (bt_world_now (host), ==, start + 1500);
  g_assert_cmpint (fired[0], ==, start + 1000);
  g_assert_cmpint (fired[1], ==, 0);
  ft_fake_net_run_for (net, 1500);
  g_assert_cmpint (fired[1], ==, start + 2000);
}

/* Streams. */

typedef struct
{
  BtStream *stream;
  guint n_events;
  BtStreamEvents last;
} Watcher;

static void
note_event_cb (BtStream *stream, BtStreamEvents events, gpointer owner)
{
  Watcher *watcher = owner;

  watcher->n_events++;
  watcher->last = events;
  /* Level-triggered: it would come again. */
  stream->ops->watch (stream, 0);
}

static gssize
read_some (BtStream *stream, char *out, gsize length, GError **error)
{
  struct iovec part = { out, length };

  return stream->ops->readv (stream, &part, 1, error);
}

static gssize
write_some (BtStream *stream, const char *bytes, GError **error)
{
  struct iovec part = { (char *) bytes, strlen (bytes) };

  return stream->ops->writev (stream, &part, 1, error);
}

static void
watch_end (BtStream *stream, Watcher *watcher)
{
  *watcher = (Watcher){ .stream = stream };
  stream->func = note_event_cb;
  stream->owner = watcher;
}

static void
test_stream (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *host = ft_fake_net_add_host (net, "10.0.0.1");
  Watcher watcher;
  BtStream *a, *b;
  char out[16];

  ft_fake_net_pair (net, host, host, &a, &b);
  watch_end (b, &watcher);
  ft_fake_stream_line (a)->max_write = 4;
  ft_fake_stream_line (a)->capacity = 6;
  ft_fake_stream_line (b)->max_read = 3;
  g_assert_cmpint (read_some (b, out, sizeof out, NULL), ==, BT_STREAM_AGAIN);
  b->ops->watch (b, BT_STREAM_READABLE);
  ft_fake_net_settle (net);
  g_assert_cmpuint (watcher.n_events, ==, 0);

  g_assert_cmpint (write_some (a, "abcdef", NULL), ==, 4);
  g_assert_cmpint (write_some (a, "efgh", NULL), ==, 2);
  g_assert_cmpint (write_some (a, "gh", NULL), ==, BT_STREAM_AGAIN);
  g_assert_cmpuint (watcher.n_events, ==, 0);
  ft_fake_net_settle (net);
  g_assert_cmpuint (watcher.n_events, ==, 1);
  g_assert_cmpint (watcher.last, ==, BT_STREAM_READABLE);
  g_assert_cmpint (read_some (b, out, sizeof out, NULL), ==, 3);
  g_assert_cmpmem (out, 3, "abc", 3);
  g_assert_cmpint (read_some (b, out, sizeof out, NULL), ==, 3);
  g_assert_cmpmem (out, 3, "def", 3);

  a->ops->close (a);
  g_assert_cmpint (read_some (b, out, sizeof out, NULL), ==, 0);
  g_assert_cmpint (write_some (b, "x", NULL), ==, BT_STREAM_ERROR);
  b->ops->close (b);
}

static void
test_latency (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *host = ft_fake_net_add_host (net, "10.0.0.1");
  BtStream *a, *b;
  char out[16];

  ft_fake_net_line (net)->latency_us = 1000;
  ft_fake_net_line (net)->bytes_per_s = 1000;
  ft_fake_net_pair (net, host, host, &a, &b);
  g_assert_cmpint (write_some (a, "0123456789", NULL), ==, 10);
  a->ops->close (a);
  ft_fake_net_run_for (net, 10999);
  g_assert_cmpint (read_some (b, out, sizeof out, NULL), ==, BT_STREAM_AGAIN);
  ft_fake_net_run_for (net, 1);
  g_assert_cmpint (read_some (b, out, sizeof out, NULL), ==, 10);
  g_assert_cmpint (read_some (b, out, sizeof out, NULL), ==, 0);
  b->ops->close (b);
}

static void
test_break (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *host = ft_fake_net_add_host (net, "10.0.0.1");
  g_autoptr (GError) error = NULL;
  Watcher watcher;
  BtStream *a, *b;
  char out[16];

  ft_fake_net_pair (net, host, host, &a, &b);
  watch_end (b, &watcher);
  b->ops->watch (b, BT_STREAM_READABLE);
  ft_fake_stream_break (a, "Cut");
  ft_fake_net_settle (net);
  g_assert_cmpint (watcher.last, ==, BT_STREAM_READABLE | BT_STREAM_WRITABLE);
  g_assert_cmpint (read_some (b, out, sizeof out, &error), ==, BT_STREAM_ERROR);
  g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_cmpint (write_some (a, "x", NULL), ==, BT_STREAM_ERROR);
  a->ops->close (a);
  b->ops->close (b);
}

static void
accept_cb (BtStream *stream, gpointer owner)
{
  *(BtStream **) owner = stream;
}

static void
test_connect (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *here = ft_fake_net_add_host (net, "10.0.0.1");
  BtWorld *there = ft_fake_net_add_host (net, "10.0.0.2");
  g_autoptr (GError) error = NULL;
  BtStream *out, *accepted = NULL;
  Watcher watcher = { 0 };
  BtListener *listener;
  BtEndpoint local, remote, seen, own;

  g_assert_true (bt_endpoint_parse_ip (&local, "0.0.0.0", 0));
  listener = there->ops->listen (there, &local, accept_cb, &accepted, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (local.port, !=, 0);
  g_assert_null (there->ops->listen (there, &local, accept_cb, NULL, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_true (bt_endpoint_parse_ip (&remote, "10.0.0.2", local.port));

  ft_fake_net_line (net)->latency_us = 1000;
  out = here->ops->connect (here, &remote, note_event_cb, &watcher, NULL);
  out->ops->watch (out, BT_STREAM_WRITABLE);
  ft_fake_net_run_for (net, 1999);
  g_assert_cmpuint (watcher.n_events, ==, 0);
  g_assert_cmpint (write_some (out, "x", NULL), ==, BT_STREAM_AGAIN);
  ft_fake_net_run_for (net, 1);
  g_assert_cmpuint (watcher.n_events, ==, 1);
  g_assert_nonnull (accepted);
  accepted->ops->get_remote (accepted, &seen);
  out->ops->get_local (out, &own);
  g_assert_true (bt_endpoint_equal (&seen, &own));
  accepted->ops->get_local (accepted, &seen);
  g_assert_true (bt_endpoint_equal (&seen, &remote));
  out->ops->close (out);
  accepted->ops->close (accepted);
  there->ops->listener_free (there, listener);
}

/* Services. */

static void
datagram_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  char text[BT_ENDPOINT_TEXT_SIZE];

  bt_endpoint_format_ip (from, text);
  g_string_append_printf (owner, "%s:%.*s;", text, (int) length, (const char *) bytes);
}

static void
test_udp (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *here = ft_fake_net_add_host (net, "10.0.0.1");
  BtWorld *there = ft_fake_net_add_host (net, "10.0.0.2");
  GString *got = g_string_new (NULL);
  BtEndpoint local, to;
  BtUdp *near, *far;

  g_assert_true (bt_endpoint_parse_ip (&local, "0.0.0.0", 0));
  near = here->ops->udp_open (here, &local, datagram_cb, got, NULL);
  g_assert_true (bt_endpoint_parse_ip (&local, "0.0.0.0", 0));
  far = there->ops->udp_open (there, &local, datagram_cb, got, NULL);
  g_assert_true (bt_endpoint_parse_ip (&to, "10.0.0.2", local.port));
  g_assert_true (here->ops->udp_send (here, near, &to, "one", 3));
  g_assert_cmpstr (got->str, ==, "");
  ft_fake_net_settle (net);
  g_assert_cmpstr (got->str, ==, "10.0.0.1:one;");
  ft_fake_net_set_loss (net, 100);
  g_assert_true (here->ops->udp_send (here, near, &to, "two", 3));
  ft_fake_net_set_loss (net, 0);
  ft_fake_host_set_dark (there, TRUE);
  g_assert_true (here->ops->udp_send (here, near, &to, "three", 5));
  ft_fake_net_settle (net);
  g_assert_cmpstr (got->str, ==, "10.0.0.1:one;");
  here->ops->udp_free (here, near);
  there->ops->udp_free (there, far);
  g_string_free (got, TRUE);
}

static void
lookup_cb (GArray *endpoints, const GError *error, gpointer owner)
{
  if (endpoints == NULL)
    {
      g_assert_nonnull (error);
      g_string_append (owner, "none;");
      return;
    }
  g_assert_null (error);
  for (guint i = 0; i < endpoints->len; i++)
    {
      char text[BT_ENDPOINT_TEXT_SIZE];

      bt_endpoint_format (&g_array_index (endpoints, BtEndpoint, i), text);
      g_string_append_printf (owner, "%s;", text);
    }
}

static void
test_lookup (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *host = ft_fake_net_add_host (net, "10.0.0.1");
  GString *got = g_string_new (NULL);
  BtLookup *cancelled;

  ft_fake_net_add_name (net, "tracker.test", "10.0.0.2");
  ft_fake_net_add_name (net, "tracker.test", "10.0.0.3");
  host->ops->lookup (host, "tracker.test", 80, lookup_cb, got);
  cancelled = host->ops->lookup (host, "tracker.test", 81, lookup_cb, got);
  host->ops->lookup_cancel (host, cancelled);
  ft_fake_net_settle (net);
  g_assert_cmpstr (got->str, ==, "10.0.0.2:80;10.0.0.3:80;");
  g_string_truncate (got, 0);
  host->ops->lookup (host, "nobody.test", 80, lookup_cb, got);
  ft_fake_net_settle (net);
  host->ops->lookup (host, "10.0.0.9", 80, lookup_cb, got);
  ft_fake_net_settle (net);
  g_assert_cmpstr (got->str, ==, "none;10.0.0.9:80;");
  g_string_free (got, TRUE);
}

static GBytes *
answer_cb (BtWorld *host,
           const BtFetchRequest *request,
           guint *status,
           GError **error,
           gpointer data)
{
  *status = 404;
  return g_bytes_new (request->url, strlen (request->url));
}

static void
fetch_cb (guint status, GBytes *body, const GError *error, gpointer owner)
{
  if (body == NULL)
    g_string_append_printf (owner, "error %d;", error->code);
  else
    g_string_append_printf (owner, "%u %.*s;", status, (int) g_bytes_get_size (body),
                            (const char *) g_bytes_get_data (body, NULL));
}

static void
test_fetch (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *host = ft_fake_net_add_host (net, "10.0.0.1");
  GString *got = g_string_new (NULL);
  BtFetchRequest request = { .url = "http://t/", .max_bytes = 100, .timeout_s = 5 };
  g_autofree char *expected =
    g_strdup_printf ("error %d;404 http://t/;error %d;", BT_ERROR_NETWORK, BT_ERROR_LIMIT);

  host->ops->fetch (host, &request, fetch_cb, got);
  ft_fake_net_settle (net);
  ft_fake_net_set_fetch (net, answer_cb, NULL);
  host->ops->fetch (host, &request, fetch_cb, got);
  ft_fake_net_settle (net);
  request.max_bytes = 3;
  host->ops->fetch (host, &request, fetch_cb, got);
  host->ops->fetch_cancel (host, host->ops->fetch (host, &request, fetch_cb, got));
  ft_fake_net_settle (net);
  g_assert_cmpstr (got->str, ==, expected);
  g_string_free (got, TRUE);
}

static void
count_cb (gpointer owner)
{
  (*(guint *) owner)++;
}

static void
test_network (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *host = ft_fake_net_add_host (net, "10.0.0.1");
  BtLocalAddress address;
  BtRoute route;
  guint n_told = 0;

  {
    g_autoptr (GArray) addresses = host->ops->list_addresses (host);
    g_assert_cmpuint (addresses->len, ==, 1);
    address = g_array_index (addresses, BtLocalAddress, 0);
  }
  g_assert_true (host->ops->get_route (host, FALSE, &route));
  g_assert_false (host->ops->get_route (host, TRUE, &route));

  ft_fake_host_sleep (host, G_TIME_SPAN_HOUR);
  g_assert_cmpint (host->ops->slept (host), ==, G_TIME_SPAN_HOUR);

  host->ops->watch_network (host, count_cb, &n_told);
  address.endpoint.ip[15] = 9;
  ft_fake_host_set_network (host, &address, 1, NULL, NULL);
  ft_fake_host_set_network (host, &address, 1, NULL, &route);
  g_assert_cmpuint (n_told, ==, 0);
  ft_fake_net_settle (net);
  g_assert_cmpuint (n_told, ==, 1);
  g_assert_false (host->ops->get_route (host, FALSE, &route));
  host->ops->watch_network (host, NULL, NULL);
  ft_fake_host_set_network (host, NULL, 0, NULL, NULL);
  ft_fake_net_settle (net);
  g_assert_cmpuint (n_told, ==, 1);
}

static void
hear_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  g_string_append_len (owner, bytes, (gssize) length);
}

static void
test_group (void)
{
  g_autoptr (FtFakeNet) net = ft_fake_net_new (1);
  BtWorld *a = ft_fake_net_add_host (net, "10.0.0.1");
  BtWorld *b = ft_fake_net_add_host (net, "10.0.0.2");
  BtMulticast group = { .interface_index = 2, .hops = 1, .loopback = TRUE };
  g_autoptr (GString) at_a = g_string_new (NULL);
  g_autoptr (GString) at_b = g_string_new (NULL);
  g_autoptr (GString) elsewhere = g_string_new (NULL);
  BtUdp *udp_a, *udp_b, *udp_c;

  g_assert_true (bt_endpoint_parse_ip (&group.group, "239.192.152.143", 6771));
  udp_a = a->ops->udp_open_group (a, &group, hear_cb, at_a, NULL);
  group.loopback = FALSE;
  udp_b = b->ops->udp_open_group (b, &group, hear_cb, at_b, NULL);
  group.interface_index = 3;
  udp_c = b->ops->udp_open_group (b, &group, hear_cb, elsewhere, NULL);

  g_assert_true (a->ops->udp_send (a, udp_a, &group.group, "one ", 4));
  g_assert_true (b->ops->udp_send (b, udp_b, &group.group, "two ", 4));
  ft_fake_net_settle (net);
  g_assert_cmpstr (at_a->str, ==, "one two ");
  g_assert_cmpstr (at_b->str, ==, "one ");
  g_assert_cmpstr (elsewhere->str, ==, "");
  a->ops->udp_free (a, udp_a);
  b->ops->udp_free (b, udp_b);
  b->ops->udp_free (b, udp_c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/fake-world/clock", test_clock);
  g_test_add_func ("/net/fake-world/stream", test_stream);
  g_test_add_func ("/net/fake-world/latency", test_latency);
  g_test_add_func ("/net/fake-world/break", test_break);
  g_test_add_func ("/net/fake-world/connect", test_connect);
  g_test_add_func ("/net/fake-world/udp", test_udp);
  g_test_add_func ("/net/fake-world/lookup", test_lookup);
  g_test_add_func ("/net/fake-world/fetch", test_fetch);
  g_test_add_func ("/net/fake-world/network", test_network);
  g_test_add_func ("/net/fake-world/group", test_group);
  return g_test_run ();
}
