/* test-http-time.c: servers that are slow, or silent, in their several ways.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-http-fixture.h"

/* Silent from the start, after the head, within the body. */
static void
test_timeout (HttpFixture *fixture, gconstpointer answer)
{
  g_autofree char *url = NULL;

  http_serve_raw (fixture, NULL, 0);
  url = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->raw_port);
  http_start (fixture, BT_FETCH_TRACKER, 1000, 1, url);
  if (answer != NULL)
    {
      ft_test_iterate (fixture->context, fixture->raw_request->len > 0, HTTP_SECONDS);
      g_output_stream_write_all (g_io_stream_get_output_stream (fixture->raw_streams->pdata[0]),
                                 answer, strlen (answer), NULL, NULL, NULL);
    }
  ft_test_iterate (fixture->context, fixture->n_calls == 1, HTTP_SECONDS);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_TIMED_OUT);
}

/* All of it may take long, the head of the answer may not. */
static void
test_late_head (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *url = NULL;

  http_serve_raw (fixture, NULL, 0);
  url = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->raw_port);
  fixture->answer_s = 1;
  http_start (fixture, BT_FETCH_TRACKER, 1000, 100 * HTTP_SECONDS, url);
  ft_test_iterate (fixture->context, fixture->n_calls == 1, HTTP_SECONDS / 2);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_TIMED_OUT);
  g_assert_cmpuint (fixture->raw_request->len, >, 0);
}

/* … and the rest of it may take longer. */
static void
test_late_body (HttpFixture *fixture, gconstpointer data)
{
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  g_autofree char *url = NULL;
  GOutputStream *out;
  gint64 later;

  http_serve_raw (fixture, NULL, 0);
  url = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->raw_port);
  fixture->connect_s = fixture->answer_s = 1;
  http_start (fixture, BT_FETCH_TRACKER, 1000, 100 * HTTP_SECONDS, url);
  ft_test_iterate (fixture->context, fixture->raw_request->len > 0, HTTP_SECONDS);
  out = g_io_stream_get_output_stream (fixture->raw_streams->pdata[0]);
  g_output_stream_write_all (out, head, strlen (head), NULL, NULL, NULL);
  later = g_get_monotonic_time () + 3 * G_USEC_PER_SEC / 2;
  ft_test_iterate (fixture->context, g_get_monotonic_time () > later, HTTP_SECONDS);
  g_output_stream_write_all (out, "hello", 5, NULL, NULL, NULL);
  ft_test_iterate (fixture->context, fixture->n_calls == 1, HTTP_SECONDS);
  http_assert_body (fixture, "hello");
}

/* A server whose queue of connections is full, so that another one is neither let in nor refused. Returns: of
 * GSocket, (transfer full): the server first */
static GPtrArray *
fill_server (guint16 *port)
{
  GPtrArray *sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) local = NULL;

  for (guint i = 0; i < 5; i++)
    {
      GSocket *one = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

      g_assert_nonnull (one);
      g_ptr_array_add (sockets, one);
      g_socket_set_blocking (one, FALSE);
      g_socket_set_listen_backlog (one, 1);
      if (i > 0)
        g_socket_connect (one, local, NULL, NULL);
      else
        {
          g_assert_true (g_socket_bind (one, address, FALSE, NULL));
          g_assert_true (g_socket_listen (one, NULL));
          local = g_socket_get_local_address (one, NULL);
        }
    }
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  return sockets;
}

static void
test_late_connection (HttpFixture *fixture, gconstpointer data)
{
  guint16 port;
  g_autoptr (GPtrArray) sockets = fill_server (&port);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/announce", port);

  fixture->connect_s = 1;
  http_start (fixture, BT_FETCH_TRACKER, 1000, 100 * HTTP_SECONDS, url);
  ft_test_iterate (fixture->context, fixture->n_calls == 1, HTTP_SECONDS / 2);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_TIMED_OUT);
}

/* A body that goes on over the limit and then stalls: whoever read it whole would wait for ever. */
static void
test_stalled_body (HttpFixture *fixture, gconstpointer status_line)
{
  g_autofree char *filling = g_strnfill (100000, 'x');
  g_autofree char *answer = g_strconcat ("HTTP/1.1 ", status_line, "\r\n\r\n", filling, NULL);
  g_autofree char *url = NULL;

  http_serve_raw (fixture, NULL, 0);
  url = g_strdup_printf ("http://u:p@127.0.0.1:%u/announce", fixture->raw_port);
  http_start (fixture, BT_FETCH_TRACKER, 1000, HTTP_SECONDS, url);
  ft_test_iterate (fixture->context, fixture->raw_request->len > 0, HTTP_SECONDS);
  g_output_stream_write_all (g_io_stream_get_output_stream (fixture->raw_streams->pdata[0]), answer,
                             strlen (answer), NULL, NULL, NULL);
  ft_test_iterate (fixture->context, fixture->n_calls == 1, HTTP_SECONDS * 2);
  if (g_str_has_prefix (status_line, "421"))
    g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
  else
    g_assert_error (fixture->error, BT_ERROR, BT_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  /* No proxy of the environment has a say here. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func)                                                                      \
  g_test_add ("/net/http-time/" name, HttpFixture, data, http_set_up, func, http_tear_down)
  ADD ("late-connection", NULL, test_late_connection);
  ADD ("late-head", NULL, test_late_head);
  ADD ("late-body", NULL, test_late_body);
  ADD ("silent", NULL, test_timeout);
  ADD ("head", "HTTP/1.1 200 OK\r\nContent-Le", test_timeout);
  ADD ("body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello", test_timeout);
  ADD ("stalled-body/200", "200 OK", test_stalled_body);
  ADD ("stalled-body/401", "401 No\r\nWWW-Authenticate: Basic realm=x", test_stalled_body);
  ADD ("stalled-body/407", "407 No\r\nProxy-Authenticate: Basic realm=x", test_stalled_body);
  ADD ("stalled-body/421", "421 No", test_stalled_body);
#undef ADD
  return g_test_run ();
}
