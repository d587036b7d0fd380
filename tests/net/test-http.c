/* test-http.c: fetching: answers, redirections, limits, calling off.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-http-fixture.h"

/* Numbers in a path: "/announce/…/N". */
static guint64
get_number (const char *path)
{
  guint64 n = 0;

  g_assert_true (
    g_ascii_string_to_unsigned (strrchr (path, '/') + 1, 10, 0, G_MAXUINT32, &n, NULL));
  return n;
}

static GBytes *
compress (GBytes *plain)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) out = g_converter_output_stream_new (memory, G_CONVERTER (compressor));

  g_assert_true (g_output_stream_write_all (out, g_bytes_get_data (plain, NULL),
                                            g_bytes_get_size (plain), NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (out, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

/* A body of @length times 'x'. */
static GBytes *
make_body (gsize length)
{
  return g_bytes_new_take (g_strnfill (length, 'x'), length);
}

static void
answer_bytes (SoupServerMessage *message, GBytes *bytes, const char *encoding)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (encoding != NULL)
    soup_message_headers_replace (headers, "Content-Encoding", encoding);
  if (g_bytes_get_size (bytes) > 0)
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), bytes);
  soup_message_body_complete (soup_server_message_get_response_body (message));
  soup_server_message_set_status (message, 200, NULL);
}

static void
answer_redirect (SoupServerMessage *message, guint status, const char *location)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location",
                                location);
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC, "moved", 5);
}

static void
answer_bodies (SoupServerMessage *message, const char *path)
{
  g_autoptr (GBytes) plain = make_body (get_number (path));

  if (strstr (path, "/gzip/") != NULL)
    {
      g_autoptr (GBytes) small = compress (plain);
      answer_bytes (message, small, "gzip");
      return;
    }
  if (strstr (path, "/chunked/") != NULL)
    soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                       SOUP_ENCODING_CHUNKED);
  answer_bytes (message, plain, NULL);
}

static void
serve_cb (SoupServer *server,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer data)
{
  http_note_request (data, message);
  if (strcmp (path, "/announce") == 0)
    {
      soup_server_message_set_status (message, 200, NULL);
      soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "hello", 5);
    }
  else if (g_str_has_prefix (path, "/announce/status/"))
    {
      soup_server_message_set_status (message, (guint) get_number (path), NULL);
      soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "words", 5);
    }
  else if (g_str_has_prefix (path, "/announce/redirect/"))
    {
      guint64 n = get_number (path);
      g_autofree char *next = g_strdup_printf ("/announce/redirect/%u", (guint) n - 1);
      answer_redirect (message, 302, n == 0 ? "/announce" : next);
    }
  else if (g_str_has_prefix (path, "/announce/move/"))
    answer_redirect (message, (guint) get_number (path), "../../announce");
  else if (strcmp (path, "/announce/loop") == 0)
    answer_redirect (message, 301, "/announce/loop");
  else if (g_str_has_prefix (path, "/announce/to/"))
    answer_redirect (message, 302, path + strlen ("/announce/to/"));
  else
    answer_bodies (message, path);
}

static void
set_up (HttpFixture *fixture, gconstpointer data)
{
  http_set_up (fixture, data);
  http_serve (fixture, serve_cb, NULL);
}

static void
test_ok (HttpFixture *fixture, gconstpointer data)
{
  http_get (fixture, BT_FETCH_TRACKER, "/announce?a=b");
  http_assert_body (fixture, "hello");
  g_assert_cmpuint (fixture->status, ==, 200);
  g_assert_cmpuint (fixture->requests->len, ==, 1);
  g_assert_cmpstr (fixture->requests->pdata[0], ==, "/announce?a=b");
  g_assert_cmpstr (fixture->user_agent, ==, HTTP_USER_AGENT);
  g_assert_null (fixture->authorization);
}

/* The body of a failure may say why, in the words of the protocol: it is no error. */
static void
test_status (HttpFixture *fixture, gconstpointer data)
{
  static const guint statuses[] = { 300, 400, 401, 403, 404, 407, 410, 500, 503 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/announce/status/%u", statuses[i]);

      g_ptr_array_set_size (fixture->requests, 0);
      http_get (fixture, BT_FETCH_TRACKER, path);
      http_assert_body (fixture, "words");
      g_assert_cmpuint (fixture->status, ==, statuses[i]);
      g_assert_cmpuint (fixture->requests->len, ==, 1);
    }
}

/* The whole body of this one would be read into memory by the library. */
static void
test_misdirected (HttpFixture *fixture, gconstpointer data)
{
  http_get (fixture, BT_FETCH_TRACKER, "/announce/status/421");
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
}

static void
test_redirects (HttpFixture *fixture, gconstpointer data)
{
  static const guint statuses[] = { 301, 302, 303, 307, 308 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/announce/move/%u", statuses[i]);

      http_get (fixture, BT_FETCH_TRACKER, path);
      http_assert_body (fixture, "hello");
      g_assert_cmpuint (fixture->status, ==, 200);
    }
}

static void
test_redirect_limit (HttpFixture *fixture, gconstpointer data)
{
  http_get (fixture, BT_FETCH_TRACKER, "/announce/redirect/4");
  http_assert_body (fixture, "hello");
  g_assert_cmpuint (fixture->requests->len, ==, 6);

  g_ptr_array_set_size (fixture->requests, 0);
  http_get (fixture, BT_FETCH_TRACKER, "/announce/redirect/5");
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_REMOTE);
  g_assert_cmpuint (fixture->requests->len, ==, 6);

  g_ptr_array_set_size (fixture->requests, 0);
  http_get (fixture, BT_FETCH_TRACKER, "/announce/loop");
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_REMOTE);
  g_assert_cmpuint (fixture->requests->len, ==, 6);
}

static void
test_redirect_schemes (HttpFixture *fixture, gconstpointer data)
{
  static const char *const locations[] = { "file:///etc/passwd", "ftp://127.0.0.1/",
                                           "gopher://127.0.0.1/x" };

  for (gsize i = 0; i < G_N_ELEMENTS (locations); i++)
    {
      g_autofree char *path = g_strconcat ("/announce/to/", locations[i], NULL);

      http_get (fixture, BT_FETCH_TRACKER, path);
      g_assert_error (fixture->error, BT_ERROR, BT_ERROR_MALFORMED);
    }
}

static void
get_limited (HttpFixture *fixture, const char *path, gsize max_bytes)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s", fixture->port, path);

  http_run (fixture, BT_FETCH_TRACKER, max_bytes, url);
}

/* Each way to send a body, at the limit and over it. */
static void
test_limit (HttpFixture *fixture, gconstpointer data)
{
  static const char *const ways[] = { "length", "chunked", "gzip" };
  static const gsize sizes[] = { 0, 1, 1000, 32767, 32768, 32769, 65536, 300000 };

  for (gsize w = 0; w < G_N_ELEMENTS (ways); w++)
    for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
      {
        g_autofree char *path = g_strdup_printf ("/announce/%s/%u", ways[w], (guint) sizes[s]);
        g_autoptr (GBytes) expected = make_body (sizes[s]);

        get_limited (fixture, path, sizes[s]);
        g_assert_no_error (fixture->error);
        g_assert_true (g_bytes_equal (fixture->body, expected));
        get_limited (fixture, path, G_MAXSIZE);
        g_assert_no_error (fixture->error);
        g_assert_true (g_bytes_equal (fixture->body, expected));
        if (sizes[s] == 0)
          continue;
        get_limited (fixture, path, sizes[s] - 1);
        g_assert_error (fixture->error, BT_ERROR, BT_ERROR_LIMIT);
        get_limited (fixture, path, 0);
        g_assert_error (fixture->error, BT_ERROR, BT_ERROR_LIMIT);
      }
}

/* 64 MiB out of some tens of KiB. */
static void
test_bomb (HttpFixture *fixture, gconstpointer data)
{
  get_limited (fixture, "/announce/gzip/67108864", 1024 * 1024);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_LIMIT);
}

static void
check_raw (HttpFixture *fixture, const char *answer, BtError code)
{
  g_autofree char *url =
    g_strdup_printf ("http://127.0.0.1:%u/announce?passkey=secret", fixture->raw_port);

  g_clear_pointer (&fixture->raw_answer, g_bytes_unref);
  fixture->raw_answer = g_bytes_new (answer, strlen (answer));
  http_run (fixture, BT_FETCH_TRACKER, 100000, url);
  if (!g_error_matches (fixture->error, BT_ERROR, (int) code))
    g_error ("%s: %s", answer, fixture->error != NULL ? fixture->error->message : "accepted");
  g_assert_nonnull (strstr (fixture->error->message, "127.0.0.1"));
  g_assert_null (strstr (fixture->error->message, "secret"));
}

static void
test_bad_answers (HttpFixture *fixture, gconstpointer data)
{
  http_serve_raw (fixture, "", 0);
  check_raw (fixture, "", BT_ERROR_NETWORK);
  check_raw (fixture, "HTTP/1.1 200 OK\r\nContent-Le", BT_ERROR_MALFORMED);
  check_raw (fixture,
             "\x13"
             "BitTorrent protocol0000\r\n\r\n",
             BT_ERROR_MALFORMED);
  check_raw (fixture, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", BT_ERROR_NETWORK);
  check_raw (fixture, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
             BT_ERROR_NETWORK);
  check_raw (fixture, "HTTP/1.1 302 Found\r\nLocation: http://\r\nContent-Length: 0\r\n\r\n",
             BT_ERROR_MALFORMED);
}

/* A head that is larger than any honest one is not taken, neither as one line nor as many. */
static void
test_endless_head (HttpFixture *fixture, gconstpointer line)
{
  g_autoptr (GString) answer = g_string_new ("HTTP/1.1 200 OK\r\n");
  g_autofree char *url = NULL;

  while (answer->len < 1024u * 1024)
    g_string_append (answer, line);
  g_string_append (answer, "\r\nContent-Length: 1\r\n\r\nd");
  http_serve_raw (fixture, answer->str, answer->len);
  url = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->raw_port);
  http_run (fixture, BT_FETCH_TORRENT, 1000, url);
  g_assert_nonnull (fixture->error);
  g_assert_null (fixture->body);
}

/* Compressed bytes that are damaged far behind the start. */
static void
test_bad_gzip (HttpFixture *fixture, gconstpointer data)
{
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) small = NULL;
  g_autofree char *url = NULL;
  guint8 *bytes = g_malloc (90000);

  for (int i = 0; i < 90000; i++)
    bytes[i] = (guint8) g_rand_int_range (rand, 'a', 'z');
  plain = g_bytes_new_take (bytes, 90000);
  small = compress (plain);
  g_byte_array_append (answer, (const guint8 *) head, sizeof head - 1);
  g_byte_array_append (answer, g_bytes_get_data (small, NULL), (guint) g_bytes_get_size (small));
  memset (answer->data + answer->len / 2, 0xff, answer->len / 4);

  http_serve_raw (fixture, answer->data, answer->len);
  url = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->raw_port);
  http_run (fixture, BT_FETCH_TRACKER, 100000, url);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_MALFORMED);
}

/* A redirection that does not say where to is an answer like others. */
static void
test_no_location (HttpFixture *fixture, gconstpointer data)
{
  static const char answer[] = "HTTP/1.1 302 Found\r\nContent-Length: 5\r\n\r\nwords";
  g_autofree char *url = NULL;

  http_serve_raw (fixture, answer, sizeof answer - 1);
  url = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->raw_port);
  http_run (fixture, BT_FETCH_TRACKER, 100000, url);
  http_assert_body (fixture, "words");
  g_assert_cmpuint (fixture->status, ==, 302);
}

/* The request line has the bytes of the URL, whatever they are. */
static void
test_query_bytes (HttpFixture *fixture, gconstpointer data)
{
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  static const char query[] = "info_hash=%00%01%7f%80%FF%ff%zz&x=\xff\xfe&~a=%41?";
  g_autofree char *url = NULL;
  g_autofree char *line = g_strconcat ("GET /announce?", query, " HTTP/1.1\r\n", NULL);

  http_serve_raw (fixture, answer, sizeof answer - 1);
  url = g_strdup_printf ("http://127.0.0.1:%u/announce?%s#end", fixture->raw_port, query);
  http_run (fixture, BT_FETCH_TRACKER, 100000, url);
  http_assert_body (fixture, "ok");
  g_assert_true (g_str_has_prefix (fixture->raw_request->str, line));
}

static void
test_bad_urls (HttpFixture *fixture, gconstpointer data)
{
  static const char *const urls[] = {
    "",
    "announce",
    "file:///etc/passwd",
    "http://",
    "http://h/\r\nX-Evil: 1",
    "udp://127.0.0.1:80/announce",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      http_run (fixture, BT_FETCH_TRACKER, 1000, urls[i]);
      g_assert_error (fixture->error, BT_ERROR, BT_ERROR_MALFORMED);
      g_assert_cmpuint (fixture->status, ==, 0);
    }
}

static void
test_unreachable (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *url = NULL;

  /* Nobody listens there any more. */
  soup_server_disconnect (fixture->server);
  url = g_strdup_printf ("http://127.0.0.1:%u/announce?passkey=secret", fixture->port);
  http_run (fixture, BT_FETCH_TRACKER, 1000, url);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_null (strstr (fixture->error->message, "secret"));

  /* A label that is longer than DNS has. */
  http_run (
    fixture, BT_FETCH_TRACKER, 1000,
    "http://l0000000001000000000200000000030000000004000000000500000000060000000007/announce");
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_NETWORK);
}

/* A fetch that redirects twice and reads a body of several chunks is called off after each number
 * of turns that it lives. */
static void
test_cancel (HttpFixture *fixture, gconstpointer path)
{
  g_autofree char *url =
    g_strdup_printf ("http://127.0.0.1:%u%s", fixture->port, (const char *) path);
  int n_turns = 0;

  do
    {
      http_start (fixture, BT_FETCH_TRACKER, 10000000, HTTP_SECONDS, url);
      for (int i = 0; i < n_turns && fixture->n_calls == 0; i++)
        g_main_context_iteration (fixture->context, TRUE);
      if (fixture->n_calls == 0)
        fixture->world->ops->fetch_cancel (fixture->world, g_steal_pointer (&fixture->fetch));
      else
        break;
      for (int i = 0; i < 30; i++)
        g_main_context_iteration (fixture->context, FALSE);
      g_assert_cmpint (fixture->n_calls, ==, 0);
      n_turns++;
    }
  while (n_turns < 2000);

  g_assert_no_error (fixture->error);
  g_assert_cmpint (n_turns, >, 5);
}

/* As above, but the world goes. */
static void
test_world_goes (HttpFixture *fixture, gconstpointer path)
{
  g_autofree char *url =
    g_strdup_printf ("http://127.0.0.1:%u%s", fixture->port, (const char *) path);

  for (int n_turns = 0; n_turns < 2000; n_turns++)
    {
      http_start (fixture, BT_FETCH_TRACKER, 10000000, HTTP_SECONDS, url);
      for (int i = 0; i < n_turns && fixture->n_calls == 0; i++)
        g_main_context_iteration (fixture->context, TRUE);
      if (fixture->n_calls != 0)
        return;
      fixture->world->ops->free (fixture->world);
      for (int i = 0; i < 30; i++)
        g_main_context_iteration (fixture->context, FALSE);
      g_assert_cmpint (fixture->n_calls, ==, 0);
      fixture->world = bt_gio_world_new (fixture->context, NULL, HTTP_USER_AGENT);
    }
  g_assert_not_reached ();
}

typedef struct
{
  HttpFixture *fixture;
  const char *url;
  BtFetch *other; /* (nullable): called off by the first answer */
  int left;
  int n_answers;
} Chain;

static void
chain_cb (guint status, GBytes *body, const GError *error, gpointer owner)
{
  Chain *chain = owner;
  BtWorld *world = chain->fixture->world;
  BtFetchRequest request = { chain->url, BT_FETCH_TRACKER, 1000, HTTP_SECONDS };

  g_assert_no_error (error);
  chain->n_answers++;
  if (chain->other != NULL)
    world->ops->fetch_cancel (world, g_steal_pointer (&chain->other));
  if (chain->left-- > 0)
    world->ops->fetch (world, &request, chain_cb, chain);
}

/* An answer starts the next fetch, and calls another one off. */
static void
test_inside (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->port);
  Chain chain = { fixture, url, NULL, 9, 0 };
  BtFetchRequest request = { url, BT_FETCH_TRACKER, 1000, HTTP_SECONDS };

  http_serve_raw (fixture, NULL, 0);
  g_autofree char *silent = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->raw_port);
  http_start (fixture, BT_FETCH_TRACKER, 1000, HTTP_SECONDS, silent);
  ft_test_iterate (fixture->context, fixture->raw_request->len > 0, HTTP_SECONDS);
  chain.other = fixture->fetch;

  fixture->world->ops->fetch (fixture->world, &request, chain_cb, &chain);
  ft_test_iterate (fixture->context, chain.n_answers == 10, HTTP_SECONDS);
  http_settle (fixture);
  g_assert_cmpint (fixture->n_calls, ==, 0);
}

/* Many at once to one host wait for each other, and all are answered. */
static void
test_many (HttpFixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->port);
  Chain chain = { fixture, url, NULL, 0, 0 };
  BtFetchRequest request = { url, BT_FETCH_TRACKER, 1000, HTTP_SECONDS };

  for (int i = 0; i < 60; i++)
    fixture->world->ops->fetch (fixture->world, &request, chain_cb, &chain);
  ft_test_iterate (fixture->context, chain.n_answers == 60, HTTP_SECONDS);
  g_assert_cmpuint (fixture->requests->len, ==, 60);
}

int
main (int argc, char **argv)
{
  /* No proxy of the environment has a say here. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func)                                                                      \
  g_test_add ("/net/http/" name, HttpFixture, data, set_up, func, http_tear_down)
  ADD ("ok", NULL, test_ok);
  ADD ("status", NULL, test_status);
  ADD ("misdirected", NULL, test_misdirected);
  ADD ("redirect/followed", NULL, test_redirects);
  ADD ("redirect/limit", NULL, test_redirect_limit);
  ADD ("redirect/schemes", NULL, test_redirect_schemes);
  ADD ("redirect/no-location", NULL, test_no_location);
  ADD ("limit", NULL, test_limit);
  ADD ("bomb", NULL, test_bomb);
  ADD ("bad-answers", NULL, test_bad_answers);
  ADD ("bad-gzip", NULL, test_bad_gzip);
  ADD ("endless-head/lines", "X-Line: of a head\r\n", test_endless_head);
  ADD ("endless-head/line", "X: ", test_endless_head);
  ADD ("query-bytes", NULL, test_query_bytes);
  ADD ("bad-urls", NULL, test_bad_urls);
  ADD ("unreachable", NULL, test_unreachable);
  ADD ("cancel/body", "/announce/length/200000", test_cancel);
  ADD ("cancel/gzip", "/announce/gzip/200000", test_cancel);
  ADD ("cancel/redirect", "/announce/redirect/2", test_cancel);
  ADD ("world-goes/body", "/announce/length/200000", test_world_goes);
  ADD ("world-goes/redirect", "/announce/redirect/2", test_world_goes);
  ADD ("inside", NULL, test_inside);
  ADD ("many", NULL, test_many);
#undef ADD
  return g_test_run ();
}
