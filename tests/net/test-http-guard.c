/* test-http-guard.c: fetches that are refused once it is known where they go, and what they reveal.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-http-fixture.h"
#include "ft-test-resolvers.h"

static const char raw_answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nraw";

/* "/announce/to/URL" redirects to URL, everything else is there. */
static void
serve_cb (SoupServer *server,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer data)
{
  http_note_request (data, message);
  if (g_str_has_prefix (path, "/announce/to/"))
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location",
                                    path + strlen ("/announce/to/"));
      soup_server_message_set_status (message, 302, NULL);
      return;
    }
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "hello", 5);
}

static void
set_up (HttpFixture *fixture, gconstpointer data)
{
  ft_test_proxies_set ("direct://");
  http_set_up (fixture, data);
  http_serve (fixture, serve_cb, NULL);
  http_serve_raw (fixture, raw_answer, sizeof raw_answer - 1);
}

static void
use_bound_world (HttpFixture *fixture, const char *ip)
{
  BtEndpoint only;

  g_assert_true (bt_endpoint_parse_ip (&only, ip, 0));
  fixture->world->ops->free (fixture->world);
  fixture->world = bt_gio_world_new (fixture->context, &only, HTTP_USER_AGENT);
}

static void
get_from (HttpFixture *fixture, BtFetchPurpose purpose, const char *host, const char *path)
{
  g_autofree char *url = g_strdup_printf ("http://%s:%u%s", host, fixture->port, path);

  g_ptr_array_set_size (fixture->requests, 0);
  http_run (fixture, purpose, 1000, url);
}

static void
assert_refused (HttpFixture *fixture)
{
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
  /* The request did not go out late either. */
  http_settle (fixture);
  g_assert_cmpuint (fixture->requests->len, ==, 0);
}

/* A harmless name that turns out to be this computer is treated as this computer. */
static void
test_connected_address (HttpFixture *fixture, gconstpointer data)
{
  static const char *const hosts[] = { "127.0.0.1", "localhost", "harmless.loop.test" };

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      get_from (fixture, BT_FETCH_TRACKER, hosts[i], "/announce?x");
      http_assert_body (fixture, "hello");
      get_from (fixture, BT_FETCH_WEB_SEED, hosts[i], "/file");
      http_assert_body (fixture, "hello");
      get_from (fixture, BT_FETCH_TRACKER, hosts[i], "/admin/announce");
      assert_refused (fixture);
      get_from (fixture, BT_FETCH_WEB_SEED, hosts[i], "/file?delete=all");
      assert_refused (fixture);
    }
}

/* Not even TLS's hello goes out, which names the host. */
static void
test_before_tls (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("https://harmless.loop.test:%u/admin", fixture->raw_port);

  http_run (fixture, BT_FETCH_TRACKER, 1000, url);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
  http_settle (fixture);
  g_assert_cmpuint (fixture->raw_request->len, ==, 0);
}

/* The first connection was allowed and is kept open; the second request is another one. */
static void
test_kept_connection (HttpFixture *fixture, gconstpointer data)
{
  int first_port;

  get_from (fixture, BT_FETCH_TRACKER, "harmless.loop.test", "/announce?1");
  http_assert_body (fixture, "hello");
  first_port = fixture->client_port;
  get_from (fixture, BT_FETCH_TRACKER, "harmless.loop.test", "/announce?2");
  http_assert_body (fixture, "hello");
  g_assert_cmpint (fixture->client_port, ==, first_port);
  get_from (fixture, BT_FETCH_TRACKER, "harmless.loop.test", "/admin");
  assert_refused (fixture);
}

static void
test_redirected (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *target =
    g_strdup_printf ("http://harmless.loop.test:%u/admin", fixture->raw_port);

  path = g_strconcat ("/announce/to/", target, NULL);
  get_from (fixture, BT_FETCH_TRACKER, "127.0.0.1", path);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_cmpuint (fixture->requests->len, ==, 1);
  http_settle (fixture);
  g_assert_cmpuint (fixture->raw_request->len, ==, 0);
}

static void
test_credentials (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *other =
    g_strdup_printf ("/announce/to/http://127.0.0.1:%u/announce", fixture->raw_port);

  get_from (fixture, BT_FETCH_TRACKER, "us%20er:p%3Aw@127.0.0.1", "/announce");
  http_assert_body (fixture, "hello");
  g_assert_cmpstr (fixture->authorization, ==, "Basic dXMgZXI6cDp3");

  get_from (fixture, BT_FETCH_TRACKER, "us%20er:p%3Aw@127.0.0.1", "/announce/to//announce/2");
  http_assert_body (fixture, "hello");
  g_assert_cmpuint (fixture->requests->len, ==, 2);
  g_assert_cmpstr (fixture->authorization, ==, "Basic dXMgZXI6cDp3");

  /* Another port is another origin. */
  get_from (fixture, BT_FETCH_TRACKER, "us%20er:p%3Aw@127.0.0.1", other);
  http_assert_body (fixture, "raw");
  g_assert_nonnull (strstr (fixture->raw_request->str, "User-Agent: " HTTP_USER_AGENT "\r\n"));
  g_assert_null (strstr (fixture->raw_request->str, "Authorization"));
  g_assert_null (strstr (fixture->raw_request->str, "Cookie"));
  g_assert_null (strstr (fixture->raw_request->str, "Referer"));

  get_from (fixture, BT_FETCH_TRACKER, "us%20er:p%3Aw@127.0.0.2", "/announce");
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_null (strstr (fixture->error->message, "us%20er"));
  g_assert_null (strstr (fixture->error->message, "p%3Aw"));
}

static void
test_bound (HttpFixture *fixture, gconstpointer data)
{
  use_bound_world (fixture, "127.0.0.2");
  get_from (fixture, BT_FETCH_TRACKER, "127.0.0.1", "/announce");
  http_assert_body (fixture, "hello");
  g_assert_cmpstr (fixture->client, ==, "127.0.0.2");
}

/* The address is not there, or of the other family: nothing goes out by another way. */
static void
assert_goes_by (HttpFixture *fixture, const char *url, BtFetchFamily family, const char *client)
{
  fixture->family = family;
  http_run (fixture, BT_FETCH_TRACKER, 100, url);
  g_assert_no_error (fixture->error);
  g_assert_cmpstr (fixture->client, ==, client);
}

/* By the family that is asked for, and by no other. */
static void
test_family (HttpFixture *fixture, gconstpointer data)
{
  g_autoptr (GInetAddress) ip = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *url = NULL;

  http_serve (fixture, serve_cb, NULL);
  url = g_strdup_printf ("http://localhost:%u/announce", fixture->port);
  fixture->family = BT_FETCH_IPV6;
  http_run (fixture, BT_FETCH_TRACKER, 100, url);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_cmpuint (fixture->requests->len, ==, 0);

  assert_goes_by (fixture, url, BT_FETCH_IPV4, "127.0.0.1");
  address = g_inet_socket_address_new (ip, fixture->port);
  if (!soup_server_listen (fixture->server, address, 0, NULL))
    {
      g_test_skip ("There is no IPv6 here");
      return;
    }
  assert_goes_by (fixture, url, BT_FETCH_IPV6, "::1");
  assert_goes_by (fixture, url, BT_FETCH_IPV4, "127.0.0.1");

  /* Nor by one that the binding does not let it. */
  use_bound_world (fixture, "127.0.0.2");
  assert_goes_by (fixture, url, BT_FETCH_IPV4, "127.0.0.2");
  fixture->family = BT_FETCH_IPV6;
  http_run (fixture, BT_FETCH_TRACKER, 100, url);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
}

static void
test_bound_no_fallback (HttpFixture *fixture, gconstpointer data)
{
  static const char *const addresses[] = { "192.0.2.77", "2001:db8::77", "::1" };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      use_bound_world (fixture, addresses[i]);
      get_from (fixture, BT_FETCH_TRACKER, "127.0.0.1", "/announce");
      assert_refused (fixture);
      get_from (fixture, BT_FETCH_TRACKER, "harmless.loop.test", "/announce");
      assert_refused (fixture);
    }
}

static void
use_raw_as_proxy (HttpFixture *fixture)
{
  g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%u", fixture->raw_port);

  ft_test_proxies_set (uri);
}

static void
test_proxy (HttpFixture *fixture, gconstpointer data)
{
  use_raw_as_proxy (fixture);
  http_run (fixture, BT_FETCH_TRACKER, 1000, "http://far.example/x?info_hash=%00%ff");
  http_assert_body (fixture, "raw");
  g_assert_true (g_str_has_prefix (fixture->raw_request->str,
                                   "GET http://far.example/x?info_hash=%00%ff HTTP/1.1\r\n"));
}

/* A proxy has a network of its own: what the URL itself says is all that can be judged. */
static void
test_proxy_refused (HttpFixture *fixture, gconstpointer data)
{
  static const char *const urls[] = {
    "http://10.1.2.3/file?x=1", "http://[::1]/file?x=1",       "http://localhost/file?x=1",
    "http://x.localhost/?x=1",  "http://169.254.169.254/?x=1",
  };

  use_raw_as_proxy (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      http_run (fixture, BT_FETCH_WEB_SEED, 1000, urls[i]);
      g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
      http_settle (fixture);
      g_assert_cmpuint (fixture->raw_request->len, ==, 0);
    }
}

static void
test_proxy_not_when_bound (HttpFixture *fixture, gconstpointer data)
{
  use_raw_as_proxy (fixture);
  use_bound_world (fixture, "127.0.0.2");
  get_from (fixture, BT_FETCH_TRACKER, "127.0.0.1", "/announce");
  http_assert_body (fixture, "hello");
  g_assert_cmpuint (fixture->raw_request->len, ==, 0);
}

/* A router is asked at its address and nowhere else: by no name, by no proxy, and it sends us nowhere. */
static void
test_router (HttpFixture *fixture, gconstpointer data)
{
  get_from (fixture, BT_FETCH_ROUTER, "127.0.0.1", "/root.xml");
  http_assert_body (fixture, "hello");
  get_from (fixture, BT_FETCH_ROUTER, "harmless.loop.test", "/root.xml");
  assert_refused (fixture);
  get_from (fixture, BT_FETCH_ROUTER, "127.0.0.1", "/announce/to//root.xml");
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_REMOTE);
  g_assert_cmpuint (fixture->requests->len, ==, 1);
  use_raw_as_proxy (fixture);
  get_from (fixture, BT_FETCH_ROUTER, "127.0.0.1", "/root.xml");
  assert_refused (fixture);
  g_assert_cmpuint (fixture->raw_request->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ft_test_resolver_install ();
  ft_test_proxies_install ();
#define ADD(name, func)                                                                            \
  g_test_add ("/net/http-guard/" name, HttpFixture, NULL, set_up, func, http_tear_down)
  ADD ("connected-address", test_connected_address);
  ADD ("before-tls", test_before_tls);
  ADD ("kept-connection", test_kept_connection);
  ADD ("redirected", test_redirected);
  ADD ("credentials", test_credentials);
  ADD ("bound", test_bound);
  ADD ("family", test_family);
  ADD ("bound-no-fallback", test_bound_no_fallback);
  ADD ("proxy", test_proxy);
  ADD ("proxy-refused", test_proxy_refused);
  ADD ("proxy-not-when-bound", test_proxy_not_when_bound);
  ADD ("router", test_router);
#undef ADD
  return g_test_run ();
}
