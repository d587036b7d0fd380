/* test-http-policy.c: which requests strangers may have us send.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-http-policy.h"

#include "bt-error.h"
#include "ft-test.h"

static GUri *
parse (const char *url)
{
  g_autoptr (GError) error = NULL;
  GUri *uri = bt_http_policy_parse (url, &error);

  g_assert_no_error (error);
  g_assert_nonnull (uri);
  return uri;
}

/* The rows of a table of the shared data, without comments and head. (transfer full) (nullable) */
static GPtrArray *
load_rows (const char *name)
{
  g_autofree char *dir = ft_test_conformance_dir ();
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *rows;
  gboolean head = TRUE;

  if (dir == NULL)
    return NULL;
  path = g_build_filename (dir, "libtorrent", "vectors", name, NULL);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (lines[i][0] == '#' || lines[i][0] == '\0')
        continue;
      if (!head)
        g_ptr_array_add (rows, g_strsplit (lines[i], "\t", -1));
      head = FALSE;
    }
  g_assert_cmpuint (rows->len, >, 5);
  return rows;
}

static void
test_parse (void)
{
  static const struct
  {
    const char *url;
    const char *host; /* NULL: refused */
    int port;         /* GUri normalises: the default one is given */
  } rows[] = {
    { "http://example.com/announce", "example.com", 80 },
    { "HTTPS://Example.COM:8443/x", "Example.COM", 8443 },
    { "http://127.0.0.1", "127.0.0.1", 80 },
    { "http://[::1]:8080/announce?a=b", "::1", 8080 },
    { "http://user:p%40ss@example.com/", "example.com", 80 },
    { "", NULL, 0 },
    { "example.com/announce", NULL, 0 },
    { "/announce", NULL, 0 },
    { "http:", NULL, 0 },
    { "http:/", NULL, 0 },
    { "http://", NULL, 0 },
    { "http:///announce", NULL, 0 },
    { "http://:80/announce", NULL, 0 },
    { "http://user@/announce", NULL, 0 },
    { "http://[]/announce", NULL, 0 },
    { "http://[::1/announce", NULL, 0 },
    { "http://[fe80::1%25eth0]/announce", NULL, 0 },
    { "http://[fe80::1%252]/announce", NULL, 0 },
    { "http://example.com:0/", NULL, 0 },
    { "http://example.com:65536/", NULL, 0 },
    { "http://example.com:-1/", NULL, 0 },
    { "http://example.com:80abc/", NULL, 0 },
    { "file:///etc/passwd", NULL, 0 },
    { "ftp://example.com/", NULL, 0 },
    { "udp://example.com:1337", NULL, 0 },
    { "javascript:alert(1)", NULL, 0 },
    { "data:text/plain,x", NULL, 0 },
    { "http://example.com/\r\nX-Evil: 1", NULL, 0 },
    { "http://example.com/?a=\r\nX-Evil:1", NULL, 0 },
    { "http://example.com\n/", NULL, 0 },
    { "http://example.com/a b", NULL, 0 },
    { "http://example.com/\t", NULL, 0 },
    { "http://example.com/\x7f", NULL, 0 },
    { " http://example.com/", NULL, 0 },
    { "http://example.com/ ", NULL, 0 },
    { "http://exa mple.com/", NULL, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GUri) uri = bt_http_policy_parse (rows[i].url, &error);

      if (rows[i].host == NULL)
        {
          if (uri != NULL)
            g_error ("accepted: %s", rows[i].url);
          g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpint (g_ascii_strcasecmp (g_uri_get_host (uri), rows[i].host), ==, 0);
      g_assert_cmpint (g_uri_get_port (uri), ==, rows[i].port);
      g_assert_true (g_uri_get_path (uri)[0] == '/');
    }
}

static void
test_too_long (void)
{
  g_autofree char *filling = g_strnfill (BT_HTTP_MAX_URL_BYTES, 'a');
  g_autofree char *url = g_strconcat ("http://example.com/", filling, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = NULL;

  g_assert_null (bt_http_policy_parse (url, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
  url[BT_HTTP_MAX_URL_BYTES] = '\0';
  uri = parse (url);
  g_assert_nonnull (uri);
}

/* What stands in the query is not touched: case and choice of escapes, bytes that are no text. */
static void
test_query_kept (void)
{
  static const char *const queries[] = {
    "info_hash=%00%01%7f%80%FF%ff",
    "a=%41%7e~%2F/%3f?",
    "x=\xff\xfe",
    "x=%C3%28",
    "a=b&&=;+",
    "%",
    "%zz=%4",
    "",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autofree char *url = g_strconcat ("http://example.com/announce?", queries[i], "#end", NULL);
      g_autoptr (GUri) uri = parse (url);

      g_assert_cmpstr (g_uri_get_query (uri), ==, queries[i]);
    }
}

static void
check_location (const char *base, const char *location, const char *expected)
{
  g_autoptr (GUri) from = parse (base);
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) to = bt_http_policy_follow (from, location, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = g_uri_to_string (to);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_location (void)
{
  static const char *const rows[][3] = {
    { "http://example.com/a/b", "c", "http://example.com/a/c" },
    { "http://example.com/a/b", "../c", "http://example.com/c" },
    { "http://example.com/a/b", "../../../c", "http://example.com/c" },
    { "http://example.com/a/b", "?x=%00", "http://example.com/a/b?x=%00" },
    { "http://example.com/a/b?x=1", "c", "http://example.com/a/c" },
    { "http://example.com/a/b", "//other.net/c", "http://other.net/c" },
    { "https://example.com/a/b", "//other.net/c", "https://other.net/c" },
    { "http://example.com:8080/a/b", "/c", "http://example.com:8080/c" },
    { "http://example.com/a/b", "https://example.com/c", "https://example.com/c" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    check_location (rows[i][0], rows[i][1], rows[i][2]);
}

/* The table joins paths without removing the dots; RFC 3986 section 5.2.4 does. */
static void
test_location_table (void)
{
  g_autoptr (GPtrArray) rows = load_rows ("redirect_location.tsv");
  int n_checked = 0;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      char **cells = rows->pdata[i];

      if (!g_str_has_prefix (cells[0], "http://"))
        {
          g_assert_null (bt_http_policy_parse (cells[0], NULL));
          continue;
        }
      if (g_str_has_prefix (cells[1], "../"))
        check_location (cells[0], cells[1], "http://example.com/a");
      else
        check_location (cells[0], cells[1], cells[2]);
      n_checked++;
    }
  g_assert_true (rows == NULL || n_checked >= 7);
}

static void
test_location_refused (void)
{
  static const struct
  {
    const char *base;
    const char *location;
    BtError code;
  } rows[] = {
    { "https://example.com/a", "http://example.com/a", BT_ERROR_NETWORK },
    { "https://example.com/a", "HTTP://other.net/", BT_ERROR_NETWORK },
    { "http://example.com/a", "file:///etc/passwd", BT_ERROR_MALFORMED },
    { "http://example.com/a", "ftp://example.com/", BT_ERROR_MALFORMED },
    { "http://example.com/a", "gopher://127.0.0.1:6379/_x", BT_ERROR_MALFORMED },
    { "http://example.com/a", "magnet:?xt=urn:btih:0", BT_ERROR_MALFORMED },
    { "http://example.com/a", "http:///x", BT_ERROR_MALFORMED },
    { "http://example.com/a", "http://[::1", BT_ERROR_MALFORMED },
    { "http://example.com/a", "/a b", BT_ERROR_MALFORMED },
    { "http://example.com/a", "/a\x01", BT_ERROR_MALFORMED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GUri) from = parse (rows[i].base);
      g_autoptr (GError) error = NULL;

      if (bt_http_policy_follow (from, rows[i].location, &error) != NULL)
        g_error ("followed: %s", rows[i].location);
      g_assert_error (error, BT_ERROR, (int) rows[i].code);
    }
}

static void
check_origin (const char *a, const char *b, gboolean same)
{
  g_autoptr (GUri) first = bt_http_policy_parse (a, NULL);
  g_autoptr (GUri) second = bt_http_policy_parse (b, NULL);

  if (first == NULL || second == NULL)
    {
      g_assert_false (same);
      return;
    }
  if (bt_http_policy_same_origin (first, second) != same)
    g_error ("%s and %s", a, b);
  g_assert_true (bt_http_policy_same_origin (second, first) == same);
}

static void
test_same_origin (void)
{
  check_origin ("http://example.com/a", "http://EXAMPLE.com:80/b?c", TRUE);
  check_origin ("https://example.com", "https://x@example.com:443/b", TRUE);
  check_origin ("http://[::1]/a", "http://[::1]:80/", TRUE);
  check_origin ("http://example.com/", "https://example.com/", FALSE);
  check_origin ("http://example.com/", "http://example.com:8080/", FALSE);
  check_origin ("http://example.com/", "http://example.com.evil.net/", FALSE);
  check_origin ("http://example.com/", "http://example.com@evil.net/", FALSE);
}

static void
test_same_origin_table (void)
{
  g_autoptr (GPtrArray) rows = load_rows ("same_origin.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      char **cells = rows->pdata[i];
      check_origin (cells[0], cells[1], cells[2][0] == '1');
    }
}

static void
test_authorization (void)
{
  static const struct
  {
    const char *asked;
    const char *hop;
    const char *expected;
  } rows[] = {
    /* RFC 7617 section 2 */
    { "http://Aladdin:open%20sesame@example.com/a", "http://example.com/b",
      "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" },
    { "http://Aladdin@example.com/", "http://example.com/", "Basic QWxhZGRpbjo=" },
    { "http://example.com/", "http://example.com/", NULL },
    { "http://a:b@example.com/", "http://other.net/", NULL },
    { "http://a:b@example.com/", "https://example.com/", NULL },
    { "http://a:b@example.com/", "http://example.com:81/", NULL },
    /* what a redirection brings is not sent */
    { "http://example.com/", "http://a:b@example.com/", NULL },
    { "http://example.com/", "http://a:b@other.net/", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GUri) asked = parse (rows[i].asked);
      g_autoptr (GUri) hop = parse (rows[i].hop);
      g_autofree char *authorization = bt_http_policy_authorization (asked, hop);

      g_assert_cmpstr (authorization, ==, rows[i].expected);
    }
}

static BtHttpPlace
place_of_ip (const char *ip)
{
  BtEndpoint endpoint;

  g_assert_true (bt_endpoint_parse_ip (&endpoint, ip, 80));
  return bt_http_policy_place (&endpoint);
}

static void
test_place (void)
{
  static const struct
  {
    const char *ip;
    BtHttpPlace place;
  } rows[] = {
    { "127.0.0.1", BT_HTTP_LOOPBACK },
    { "127.255.0.9", BT_HTTP_LOOPBACK },
    { "0.0.0.0", BT_HTTP_LOOPBACK },
    { "::1", BT_HTTP_LOOPBACK },
    { "::", BT_HTTP_LOOPBACK },
    { "::ffff:127.0.0.1", BT_HTTP_LOOPBACK },
    { "10.1.2.3", BT_HTTP_LOCAL_NETWORK },
    { "172.16.0.1", BT_HTTP_LOCAL_NETWORK },
    { "192.168.1.1", BT_HTTP_LOCAL_NETWORK },
    { "169.254.169.254", BT_HTTP_LOCAL_NETWORK },
    { "100.64.0.1", BT_HTTP_LOCAL_NETWORK },
    { "::ffff:192.168.1.1", BT_HTTP_LOCAL_NETWORK },
    { "fe80::1", BT_HTTP_LOCAL_NETWORK },
    { "fd00::1", BT_HTTP_LOCAL_NETWORK },
    { "8.8.8.8", BT_HTTP_GLOBAL },
    { "172.32.0.1", BT_HTTP_GLOBAL },
    { "2001:4860:4860::8888", BT_HTTP_GLOBAL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (place_of_ip (rows[i].ip) != rows[i].place)
      g_error ("%s is at %d", rows[i].ip, place_of_ip (rows[i].ip));
}

static void
test_allows (void)
{
  static const struct
  {
    BtFetchPurpose purpose;
    const char *url;
    BtHttpPlace place;
    gboolean was_global;
    gboolean allowed;
  } rows[] = {
    { BT_FETCH_TRACKER, "http://h/anything?x", BT_HTTP_GLOBAL, FALSE, TRUE },
    { BT_FETCH_TRACKER, "http://h/anything?x", BT_HTTP_GLOBAL, TRUE, TRUE },
    { BT_FETCH_TRACKER, "http://h/announce?x", BT_HTTP_LOOPBACK, FALSE, TRUE },
    { BT_FETCH_TRACKER, "http://h/announce.php?x", BT_HTTP_LOOPBACK, FALSE, TRUE },
    { BT_FETCH_TRACKER, "http://h/scrape?x", BT_HTTP_LOOPBACK, FALSE, TRUE },
    { BT_FETCH_TRACKER, "http://h/", BT_HTTP_LOOPBACK, FALSE, FALSE },
    { BT_FETCH_TRACKER, "http://h/x/announce", BT_HTTP_LOOPBACK, FALSE, FALSE },
    { BT_FETCH_TRACKER, "http://h/transmission/rpc", BT_HTTP_LOOPBACK, FALSE, FALSE },
    { BT_FETCH_TRACKER, "http://h/announce/0123abcd?x=/../y%2e", BT_HTTP_LOOPBACK, FALSE, TRUE },
    { BT_FETCH_TRACKER, "http://h/announce/../reset?x", BT_HTTP_LOOPBACK, FALSE, FALSE },
    { BT_FETCH_TRACKER, "http://h/announce/%2e%2E/reset", BT_HTTP_LOOPBACK, FALSE, FALSE },
    { BT_FETCH_TRACKER, "http://h/scrape/.%2e/reset", BT_HTTP_LOOPBACK, FALSE, FALSE },
    { BT_FETCH_TRACKER, "http://h/announce/..", BT_HTTP_LOOPBACK, FALSE, FALSE },
    { BT_FETCH_TRACKER, "http://h/announce/..;/reset", BT_HTTP_LOOPBACK, FALSE, FALSE },
    { BT_FETCH_TRACKER, "http://h/announce/..%5creset", BT_HTTP_LOOPBACK, FALSE, FALSE },
    { BT_FETCH_TRACKER, "http://h/announce/%252e%252e/reset", BT_HTTP_LOOPBACK, FALSE, FALSE },
    { BT_FETCH_TRACKER, "http://h/announce", BT_HTTP_LOOPBACK, TRUE, FALSE },
    { BT_FETCH_TRACKER, "http://h/x/announce?x", BT_HTTP_LOCAL_NETWORK, FALSE, TRUE },
    { BT_FETCH_TRACKER, "http://h/announce", BT_HTTP_LOCAL_NETWORK, TRUE, FALSE },
    { BT_FETCH_WEB_SEED, "http://h/file?x=1", BT_HTTP_GLOBAL, FALSE, TRUE },
    { BT_FETCH_WEB_SEED, "http://h/file", BT_HTTP_LOCAL_NETWORK, FALSE, TRUE },
    { BT_FETCH_WEB_SEED, "http://h/file?", BT_HTTP_LOCAL_NETWORK, FALSE, FALSE },
    { BT_FETCH_WEB_SEED, "http://h/file?x=1", BT_HTTP_LOCAL_NETWORK, FALSE, FALSE },
    { BT_FETCH_WEB_SEED, "http://h/file?x=1", BT_HTTP_LOOPBACK, FALSE, FALSE },
    { BT_FETCH_WEB_SEED, "http://h/file", BT_HTTP_LOOPBACK, FALSE, TRUE },
    { BT_FETCH_WEB_SEED, "http://h/file", BT_HTTP_LOCAL_NETWORK, TRUE, FALSE },
    { BT_FETCH_TORRENT, "http://h/dl/a?x=1", BT_HTTP_GLOBAL, FALSE, TRUE },
    { BT_FETCH_TORRENT, "http://h/dl/a?x=1", BT_HTTP_LOCAL_NETWORK, FALSE, TRUE },
    { BT_FETCH_TORRENT, "http://h/dl/a?x=1", BT_HTTP_LOOPBACK, FALSE, TRUE },
    { BT_FETCH_TORRENT, "http://h/a.torrent", BT_HTTP_LOCAL_NETWORK, TRUE, FALSE },
    { BT_FETCH_TORRENT, "http://h/a.torrent", BT_HTTP_LOOPBACK, TRUE, FALSE },
    { BT_FETCH_ROUTER, "http://h/root.xml", BT_HTTP_LOCAL_NETWORK, FALSE, TRUE },
    { BT_FETCH_ROUTER, "http://h/root.xml", BT_HTTP_GLOBAL, FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GUri) uri = parse (rows[i].url);
      g_autoptr (GError) error = NULL;

      if (bt_http_policy_allows (rows[i].purpose, uri, rows[i].place, rows[i].was_global, &error)
          != rows[i].allowed)
        g_error ("row %d: %s", (int) i, rows[i].url);
      g_assert_true (rows[i].allowed == (error == NULL));
      if (error != NULL)
        g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
    }
}

/* As the names of the table are said to resolve. */
static BtHttpPlace
place_of_name (const char *host)
{
  BtEndpoint endpoint;

  if (bt_endpoint_parse_ip (&endpoint, host, 80))
    return bt_http_policy_place (&endpoint);
  if (strcmp (host, "localhost") == 0)
    return BT_HTTP_LOOPBACK;
  return strcmp (host, "local-network.com") == 0 ? BT_HTTP_LOCAL_NETWORK : BT_HTTP_GLOBAL;
}

/* The whole chain of a row, as the fetch walks it. */
static gboolean
walk_chain (BtFetchPurpose purpose, const char *url, const char *redirect_to)
{
  g_autoptr (GUri) first = parse (url);
  g_autoptr (GUri) second = NULL;
  BtHttpPlace place = place_of_name (g_uri_get_host (first));

  if (!bt_http_policy_allows (purpose, first, place, FALSE, NULL))
    return FALSE;
  if (*redirect_to == '\0')
    return TRUE;
  second = bt_http_policy_follow (first, redirect_to, NULL);
  return second != NULL
         && bt_http_policy_allows (purpose, second, place_of_name (g_uri_get_host (second)),
                                   place == BT_HTTP_GLOBAL, NULL);
}

static void
test_ssrf_table (void)
{
  g_autoptr (GPtrArray) rows = load_rows ("ssrf.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      char **cells = rows->pdata[i];
      char *tracker = strstr (cells[0], " (tracker)");

      /* These are about what a stored announce URL may hold, not about a request. */
      if (strstr (cells[0], "tracker.com") != NULL)
        continue;
      if (tracker != NULL)
        *tracker = '\0';
      if (walk_chain (tracker != NULL ? BT_FETCH_TRACKER : BT_FETCH_WEB_SEED, cells[0], cells[1])
          != (strcmp (cells[3], "allow") == 0))
        g_error ("%s -> %s", cells[0], cells[1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add_func ("/net/http-policy/" name, func)
  ADD ("parse", test_parse);
  ADD ("too-long", test_too_long);
  ADD ("query-kept", test_query_kept);
  ADD ("location", test_location);
  ADD ("location-table", test_location_table);
  ADD ("location-refused", test_location_refused);
  ADD ("same-origin", test_same_origin);
  ADD ("same-origin-table", test_same_origin_table);
  ADD ("authorization", test_authorization);
  ADD ("place", test_place);
  ADD ("allows", test_allows);
  ADD ("ssrf-table", test_ssrf_table);
#undef ADD
  return g_test_run ();
}
