/* test-tracker-url.c: which URLs of strangers we are willing to call.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "bt-metainfo-private.h"
#include "ft-test-vectors.h"

static void
test_valid (void)
{
  static const char *const valid[] = {
    "http://tracker.example/announce",
    "https://tracker.example:8443/a/b/c?passkey=0123456789abcdef",
    "udp://tracker.example:6969",
    "udp://tracker.example:6969/announce",
    "HTTP://TRACKER.EXAMPLE/announce",
    "http://user:secret@tracker.example/announce",
    "http://192.0.2.1:1/announce",
    "http://[2001:db8::1]:65535/announce",
    "http://[fe80::1]/announce",
    "http://tracker.example/announce?info_hash1=x&supports=y",
    "http://tracker.example?uk=1",
    "http://tracker.example/announce#part?port=1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (valid); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (bt_tracker_url_is_valid (valid[i], &error));
      g_assert_no_error (error);
    }
}

/* Nothing that is a secret, and one host is one name. */
static void
test_host (void)
{
  static const struct
  {
    const char *url;
    const char *host;
  } hosts[] = {
    { "http://Tracker.Example/announce", "tracker.example" },
    { "https://tracker.example:8443/0123456789abcdef/announce?passkey=1", "tracker.example" },
    { "udp://user:secret@tracker.example:6969", "tracker.example" },
    { "http://[2001:DB8::1]:65535/announce", "2001:db8::1" },
    { "nonsense", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *host = bt_tracker_url_host (hosts[i].url);

      g_assert_cmpstr (host, ==, hosts[i].host);
    }
}

static void
test_invalid (void)
{
  static const struct
  {
    const char *url;
    const char *says;
  } invalid[] = {
    { "", "protocol" },
    { "tracker.example/announce", "protocol" },
    { "://tracker.example", "protocol" },
    { "http:/tracker.example", "protocol" },
    { "file:///etc/passwd", "host" },
    { "ftp://tracker.example/", "http, https and udp" },
    { "wss://tracker.example/", "http, https and udp" },
    { " http://tracker.example/", "blank" },
    { "http://tracker.example/a b", "blank" },
    { "http://tracker.example/\r\nHost: x", "blank" },
    { "http://tracker.example/\x7f", "blank" },
    { "http://tr\xc3\xa4"
      "cker.example/",
      "beyond ASCII" },
    { "http://", "host" },
    { "http://:80/", "host" },
    { "http:///announce", "host" },
    { "http://.../announce", "host" },
    { "http://under_score.example/", "host" },
    { "http://user@/announce", "host" },
    { "http://[]/", "host" },
    { "http://[tracker.example]/", "host" },
    { "http://[::1/", "bracket" },
    { "http://[::1]x/", "host" },
    { "http://[fe80::1%25eth0]/announce", "interface" },
    { "udp://[fe80::1%2]:80/announce", "interface" },
    { "http://tracker.example:/", "port" },
    { "http://tracker.example:0/", "port" },
    { "http://tracker.example:65536/", "port" },
    { "http://tracker.example:-1/", "port" },
    { "http://tracker.example:+80/", "port" },
    { "http://tracker.example:80abc/", "port" },
    { "http://tracker.example:99999999999999999999/", "port" },
    { "http://xn--e1awd7f.example/", "disguise" },
    { "http://tracker.XN--e1awd7f/", "disguise" },
    { "http://tracker.example/announce?info_hash=x", "argument" },
    { "http://tracker.example/announce?a=b&PORT=1", "argument" },
    { "http://tracker.example/announce?peer%5Fid=1", "argument" },
    { "http://tracker.example?key", "argument" },
    { "http://tracker.example?key#part", "argument" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (invalid); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (bt_tracker_url_is_valid (invalid[i].url, &error));
      g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, invalid[i].says));
      g_assert_false (bt_tracker_url_is_valid (invalid[i].url, NULL));
    }
}

static void
test_too_long (void)
{
  g_autofree char *tail = g_strnfill (2048, 'a');
  g_autofree char *fits = g_strdup_printf ("http://tracker.example/%.*s", 2048 - 23, tail);
  g_autofree char *over = g_strconcat (fits, "a", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (bt_tracker_url_is_valid (fits, NULL));
  g_assert_false (bt_tracker_url_is_valid (over, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_LIMIT);
}

static void
test_valid_table (void)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("libtorrent/vectors/tracker_url_valid.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    g_assert_cmpint (bt_tracker_url_is_valid (ft_test_cell (rows->pdata[i], 0)->str, NULL), ==,
                     ft_test_cell (rows->pdata[i], 1)->str[0] == '1');
}

static void
test_query_table (void)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("libtorrent/vectors/tracker_query_conflict.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const char *query = ft_test_cell (rows->pdata[i], 0)->str;
      gboolean reserved = ft_test_cell (rows->pdata[i], 1)->str[0] == '1';
      g_autofree char *url = g_strconcat ("http://tracker.example/announce?", query, NULL);

      g_assert_cmpint (bt_url_query_is_reserved (query), ==, reserved);
      g_assert_cmpint (bt_tracker_url_is_valid (url, NULL), ==, !reserved);
    }
}

static void
test_idna_table (void)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("libtorrent/vectors/idna.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    g_assert_cmpint (bt_url_host_is_idna (ft_test_cell (rows->pdata[i], 0)->str), ==,
                     ft_test_cell (rows->pdata[i], 1)->str[0] == '1');
}

/* The table's names of errors, and a word of what we say. */
static const char *
translate_error (const char *expected)
{
  if (strcmp (expected, "ERR expected_close_bracket_in_address") == 0)
    return "bracket";
  if (strcmp (expected, "ERR unsupported_url_protocol") == 0)
    return "protocol";
  if (strcmp (expected, "ERR invalid_port") == 0)
    return "port";
  g_assert_cmpstr (expected, ==, "ERR invalid_hostname");
  return "host";
}

static void
test_components_table (void)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("libtorrent/vectors/url_components.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const char *expected = ft_test_cell (rows->pdata[i], 1)->str;
      g_autoptr (GError) error = NULL;
      g_autoptr (BtUrl) url = bt_url_parse (ft_test_cell (rows->pdata[i], 0)->str, &error);
      g_autofree char *parts = NULL;

      if (g_str_has_prefix (expected, "ERR "))
        {
          g_assert_null (url);
          g_assert_nonnull (strstr (error->message, translate_error (expected)));
          continue;
        }
      g_assert_no_error (error);
      parts = g_strdup_printf ("%s|%s|%s|%d|%s", url->scheme, url->auth != NULL ? url->auth : "",
                               url->host, url->port, url->path);
      g_assert_cmpstr (parts, ==, expected);
    }
}

static guint
port_of (const BtUrl *url)
{
  if (url->port > 0)
    return (guint) url->port;
  return g_str_equal (url->scheme, "https") ? 443 : 80;
}

/* Transmission's table: words such as "port 80 path /some/path", or what is wrong. */
static void
test_parse_table (void)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("transmission/vectors/url_parse.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const char *text = ft_test_cell (rows->pdata[i], 0)->str;
      const char *expected = ft_test_cell (rows->pdata[i], 1)->str;
      g_auto (GStrv) words = g_strsplit (expected, " ", -1);
      g_autoptr (BtUrl) url = bt_url_parse (text, NULL);
      gboolean wrong = g_str_equal (words[0], "ERR") || strstr (expected, "invalid") != NULL;

      if (wrong)
        {
          g_assert_false (bt_tracker_url_is_valid (text, NULL));
          continue;
        }
      g_assert_nonnull (url);
      for (guint n = 0; words[n] != NULL && words[n + 1] != NULL; n++)
        {
          if (g_str_equal (words[n], "port"))
            g_assert_cmpuint (port_of (url), ==, g_ascii_strtoull (words[n + 1], NULL, 10));
          else if (g_str_equal (words[n], "path"))
            g_assert_cmpstr (url->path, ==, words[n + 1]);
          else if (g_str_equal (words[n], "host") && strchr (words[n + 1], '[') == NULL)
            g_assert_cmpstr (url->host, ==, words[n + 1]);
          else if (g_str_equal (words[n], "query"))
            g_assert_nonnull (strstr (url->path, words[n + 1]));
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/tracker-url/host", test_host);
  g_test_add_func ("/proto/tracker-url/valid", test_valid);
  g_test_add_func ("/proto/tracker-url/invalid", test_invalid);
  g_test_add_func ("/proto/tracker-url/too-long", test_too_long);
  g_test_add_func ("/proto/tracker-url/valid-table", test_valid_table);
  g_test_add_func ("/proto/tracker-url/query-table", test_query_table);
  g_test_add_func ("/proto/tracker-url/idna-table", test_idna_table);
  g_test_add_func ("/proto/tracker-url/parse-table", test_parse_table);
  g_test_add_func ("/proto/tracker-url/components-table", test_components_table);
  return g_test_run ();
}
