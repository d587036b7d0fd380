/* test-magnet.c: magnet links are read as people and pages write them, and written so that they are read alike.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-magnet.h"
#include "ft-test-vectors.h"

#define HEX "d2354010a3ca4ade5b7427bb093a62a3899ff381"
#define BASE32 "2I2UAEFDZJFN4W3UE65QSOTCUOEZ744B"
#define V2 "d5614d1e3aeb6204388620b14275a841cc2ec69e1f29ef6bc7bfc2862a22f096"
#define LINK "magnet:?xt=urn:btih:" HEX

static BtMagnet *
parse (const char *link)
{
  g_autoptr (GError) error = NULL;
  BtMagnet *magnet = bt_magnet_parse (link, &error);

  g_assert_no_error (error);
  return magnet;
}

static void
append_list (GString *text, const char *name, const char *const *values)
{
  for (gsize i = 0; values[i] != NULL; i++)
    g_string_append_printf (text, " %s=%s", name, values[i]);
}

/* All of it but the hash, on one line. */
static char *
summarize (const BtMagnet *magnet)
{
  GString *text = g_string_new (magnet->name != NULL ? magnet->name : "-");

  for (guint i = 0; i < magnet->tiers->len; i++)
    append_list (text, "tr", magnet->tiers->pdata[i]);
  append_list (text, "ws", (const char *const *) magnet->web_seeds);
  append_list (text, "pe", (const char *const *) magnet->peers);
  append_list (text, "dht", (const char *const *) magnet->nodes);
  for (guint i = 0; magnet->selection != NULL && i < magnet->selection->len; i++)
    {
      const BtMagnetRange *range = &g_array_index (magnet->selection, BtMagnetRange, i);

      g_string_append_printf (text, " %u-%u", range->first, range->last);
    }
  return g_string_free (text, FALSE);
}

static void
assert_hash (const BtMagnet *magnet, const char *expected)
{
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&magnet->info_hash, hex);
  g_assert_cmpstr (hex, ==, expected);
}

static void
test_topics (void)
{
  static const char *const links[] = {
    LINK,
    "MAGNET:?xt=urn:btih:" HEX,
    "magnet:///?xt=urn:btih:" HEX,
    "magnet:/?xt=urn:btih:" HEX,
    " \n" LINK "\r\n",
    "magnet:?dn=x&amp;xt=urn:btih:" HEX "&amp;tr=http://a/",
    "magnet:?xt=urn:btih:" BASE32,
    "magnet:?XT=URN:BTIH:2i2uaefdzjfn4w3ue65qsotcuoez744b",
    "magnet:?xt=urn%3Abtih%3AD2354010A3CA4ADE5B7427BB093A62A3899FF38%31",
    "magnet:?xt.1=urn:btih:" HEX "&xt.2=urn:btih:0000000000000000000000000000000000000000",
    "magnet:?xt=urn:btih:short&xt=urn:btih:" HEX,
    "magnet:?xt=urn:sha1:YNCKHTQCWBTRNJIV4WNAE52SJUQCZO5C&xt=urn:btih:" HEX,
    "magnet:?&&xt&=&xt=urn:btih:" HEX "&",
    HEX,
    BASE32 "\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autoptr (BtMagnet) magnet = parse (links[i]);

      assert_hash (magnet, HEX);
      g_assert_false (magnet->has_v2);
    }
}

static void
test_hybrid (void)
{
  g_autoptr (BtMagnet) magnet = parse ("magnet:?xt=urn:btmh:1220" V2 "&xt=urn:btih:" HEX "&dn=one.bin");
  g_autoptr (GBytes) expected = ft_test_hex (V2);

  assert_hash (magnet, HEX);
  g_assert_true (magnet->has_v2);
  g_assert_cmpmem (magnet->v2_hash, BT_MAGNET_V2_SIZE, g_bytes_get_data (expected, NULL), BT_MAGNET_V2_SIZE);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *link;
    int code;
    const char *says;
  } refused[] = {
    { "", BT_ERROR_MALFORMED, "magnet:?" },
    { "magnet:", BT_ERROR_MALFORMED, "magnet:?" },
    { "http://x/?xt=urn:btih:" HEX, BT_ERROR_MALFORMED, "magnet:?" },
    { "stream-" LINK, BT_ERROR_MALFORMED, "magnet:?" },
    { "magnet:?", BT_ERROR_MALFORMED, "xt: " },
    { "magnet:?dn=x", BT_ERROR_MALFORMED, "xt: " },
    { "magnet:?xt.a=urn:btih:" HEX, BT_ERROR_MALFORMED, "xt: " },
    { "magnet:?xt=urn:btih:" HEX "0", BT_ERROR_MALFORMED, "xt: " },
    { "magnet:?xt=urn:btih:2I2UAEFDZJFN4W3UE65QSOTCUOEZ7448", BT_ERROR_MALFORMED, "xt: " },
    { "magnet:?xt=urn:btih:%zz", BT_ERROR_MALFORMED, "xt: " },
    { "magnet:?xt=urn:btih:" HEX "%00", BT_ERROR_MALFORMED, "xt: " },
    { "magnet:?xt=urn:btmh:1221" V2, BT_ERROR_MALFORMED, "xt: " },
    { "magnet:?xt=urn:btmh:1220" V2, BT_ERROR_UNSUPPORTED, "version 2" },
    { "magnet:?xs=urn:btpk:" V2, BT_ERROR_UNSUPPORTED, "mutable" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (bt_magnet_parse (refused[i].link, &error));
      g_assert_error (error, BT_ERROR, refused[i].code);
      g_assert_nonnull (strstr (error->message, refused[i].says));
    }
}

static void
test_parameters (void)
{
  static const struct
  {
    const char *query;
    const char *expected;
  } rows[] = {
    { "&dn=Ubuntu+11.04+%28Final%29", "Ubuntu 11.04 (Final)" },
    { "&dn=one&dn=two", "one" },
    { "&dn=+%20", "-" },
    { "&dn=a%0ab%e2%80%aec%ff", "a bc\xef\xbf\xbd" },
    { "&tr=http://a/&tr.1=udp://b:1&tr.a=http://x/&TR=http%3A%2F%2Fa%2F", "- tr=http://a/ tr=udp://b:1" },
    { "&tr=http://a/x+y", "- tr=http://a/x+y" },
    { "&tr=ftp://a&tr=garbage&tr=&tr=wss://a&tr=http://a/?info_hash=x&tr=%zz", "-" },
    { "&ws=http://a/b c&ws=ftp://a/&ws=http://a/b%20c", "- ws=http://a/b%20c" },
    { "&x.pe=1.2.3.4:5&x.pe=[2001:db8::2]:55013&x.pe=a.example:1&x.pe=1.2.3.4:5",
      "- pe=1.2.3.4:5 pe=[2001:db8::2]:55013 pe=a.example:1" },
    { "&x.pe=1.2.3.4&x.pe=:5&x.pe=a:0&x.pe=a:65536&x.pe=a/b:1&x.pe=u@a:1&x.pe=<a>:1", "-" },
    { "&dht=127.0.0.1:43&dht=x", "- dht=127.0.0.1:43" },
    { "&so=0,2,4,6-8", "- 0-0 2-2 4-4 6-8" },
    { "&so=7-4,100000000,-4,3-,a,,\"1\",+2&so=10", "- 10-10" },
    { "&so=7-4,x", "-" },
    { "&so=1000000,1000001,1-1000001,1999999", "- 1000000-1000000" }, /* BT_LIMIT_MAGNET_FILE */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *link = g_strconcat (LINK, rows[i].query, NULL);
      g_autoptr (BtMagnet) magnet = parse (link);
      g_autofree char *summary = summarize (magnet);

      g_assert_cmpstr (summary, ==, rows[i].expected);
    }
}

/* The files as digits. */
static char *
describe_selection (const BtMagnet *magnet, guint32 n_files)
{
  g_autofree gboolean *wanted = g_new (gboolean, n_files);
  GString *text = g_string_new (NULL);

  bt_magnet_select (magnet, wanted, n_files);
  for (guint32 i = 0; i < n_files; i++)
    g_string_append_c (text, wanted[i] ? '1' : '0');
  return g_string_free (text, FALSE);
}

static void
test_selection (void)
{
  static const struct
  {
    const char *query;
    const char *expected;
  } rows[] = {
    { "", "1111111" },
    { "&so=1,4-5", "0100110" },
    { "&so=2-4,3-1000000,0", "1011111" },
    { "&so=7,900000", "1111111" }, /* of another torrent, it seems */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *link = g_strconcat (LINK, rows[i].query, NULL);
      g_autoptr (BtMagnet) magnet = parse (link);
      g_autofree char *selection = describe_selection (magnet, 7);

      g_assert_cmpstr (selection, ==, rows[i].expected);
    }
}

static char *
repeat (const char *format, guint n)
{
  GString *text = g_string_new (LINK);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "&%s%u", format, i + 1);
  return g_string_free (text, FALSE);
}

/* What a stranger's link makes us hold. */
static void
test_limits (void)
{
  g_autofree char *filler = g_strnfill (BT_LIMIT_MAGNET_BYTES, 'x');
  g_autofree char *long_link = g_strconcat (LINK "&dn=", filler, NULL);
  g_autofree char *trackers = repeat ("tr=http://a/", 1000);
  g_autofree char *peers = repeat ("x.pe=a:", 1000);
  g_autofree char *ranges = repeat ("so=", 3000);
  g_autoptr (BtMagnet) many_trackers = parse (trackers);
  g_autoptr (BtMagnet) many_peers = parse (peers);
  g_autoptr (BtMagnet) many_ranges = parse (ranges);
  g_autofree char *fits = g_strdup_printf (LINK "&dn=%.1000s", filler);
  g_autoptr (BtMagnet) long_name = parse (fits);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (many_trackers->tiers->len, ==, BT_LIMIT_TRACKERS);
  g_assert_cmpuint (g_strv_length (many_peers->peers), ==, BT_LIMIT_MAGNET_PEERS);
  g_assert_cmpuint (many_ranges->selection->len, ==, BT_LIMIT_MAGNET_RANGES);
  g_assert_cmpuint (strlen (long_name->name), ==, BT_LIMIT_PATH_COMPONENT);
  g_assert_null (bt_magnet_parse (long_link, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_LIMIT);
}

static void
assert_formats (const BtMagnet *magnet)
{
  g_autofree char *link = bt_magnet_format (magnet);
  g_autoptr (BtMagnet) again = parse (link);
  g_autofree char *summary = summarize (magnet);
  g_autofree char *summary_again = summarize (again);
  g_autofree char *link_again = bt_magnet_format (again);

  g_assert_true (bt_sha1_equal (&magnet->info_hash, &again->info_hash));
  g_assert_cmpint (magnet->has_v2, ==, again->has_v2);
  g_assert_cmpstr (summary, ==, summary_again);
  g_assert_cmpstr (link, ==, link_again);
}

static void
test_format (void)
{
  g_autoptr (BtMagnet) magnet
    = parse ("magnet:///?dn=a+b&tr=udp://b:1&so=3,5-7&x.pe=[::1]:5&ws=http://w/x&dht=a:1&xt=urn:btih:" BASE32
             "&xt=urn:btmh:1220" V2);
  g_autofree char *link = bt_magnet_format (magnet);

  g_assert_cmpstr (link, ==,
                   LINK "&xt=urn:btmh:1220" V2 "&dn=a%20b&tr=udp%3A%2F%2Fb%3A1&ws=http%3A%2F%2Fw%2Fx"
                        "&x.pe=%5B%3A%3A1%5D%3A5&dht=a%3A1&so=3,5-7");
  assert_formats (magnet);
}

/* "wanted=[0,1,1]": whether each file is, and none after them. */
static void
check_wanted (const BtMagnet *magnet, const char *expected)
{
  const char *list = strstr (expected, "wanted=[");
  g_autoptr (GString) digits = g_string_new (NULL);
  g_autofree char *selection = NULL;

  if (list == NULL)
    return;
  for (const char *p = list; *p != ']'; p++)
    if (g_ascii_isdigit (*p))
      g_string_append_c (digits, *p);
  g_assert_cmpint (magnet->selection == NULL, ==, digits->len == 0);
  if (digits->len == 0)
    return;
  g_string_append_c (digits, '0');
  selection = describe_selection (magnet, (guint32) digits->len);
  g_assert_cmpstr (selection, ==, digits->str);
}

/* Where this parser knows better: a line break at the end of what was pasted; version 2, which is not built;
 * and no torrent in a link that names none. */
static gboolean
differs (const char *link, const char *expected)
{
  return g_str_has_suffix (link, "\n") || g_str_has_prefix (expected, "ok v2")
         || g_str_has_prefix (expected, "no trackers");
}

static void
check_table (const char *name)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table (name);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const char *link = ft_test_cell (rows->pdata[i], 0)->str;
      const char *expected = ft_test_cell (rows->pdata[i], 1)->str;
      const char *hex = strstr (expected, "v1=");
      g_autoptr (GError) error = NULL;
      g_autoptr (BtMagnet) magnet = bt_magnet_parse (link, &error);

      if (differs (link, expected))
        continue;
      g_assert_cmpint (magnet == NULL, ==, g_str_has_prefix (expected, "ERR"));
      if (magnet == NULL)
        continue;
      if (hex != NULL && g_ascii_isxdigit (hex[3]) && strncmp (hex + 3, "ascii", 5) != 0)
        {
          g_autofree char *digits = g_strndup (hex + 3, 40);

          assert_hash (magnet, digits);
        }
      check_wanted (magnet, expected);
      assert_formats (magnet);
    }
}

static void
test_libtorrent_table (void)
{
  check_table ("libtorrent/vectors/magnet_parse.tsv");
}

static void
test_anacrolix_table (void)
{
  check_table ("anacrolix-torrent/vectors/magnet.tsv");
}

static void
test_file (void)
{
  g_autoptr (GBytes) file = ft_test_read_file ("transmission/assets/archlinux-2025.05.01-x86_64.iso.magnet");
  g_autofree char *text = NULL;
  g_autoptr (BtMagnet) magnet = NULL;

  if (file == NULL)
    return;
  text = g_strndup (g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  magnet = bt_magnet_parse (text, NULL);
  g_assert_nonnull (magnet);
  g_assert_cmpstr (magnet->name, ==, "archlinux-2025.05.01-x86_64.iso");
}

static void
test_webtorrent_table (void)
{
  g_autoptr (GPtrArray) rows = ft_test_read_table ("magnet-uri/vectors/magnet.tsv");

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const char *expected = ft_test_cell (rows->pdata[i], 1)->str;
      g_autoptr (BtMagnet) magnet = bt_magnet_parse (ft_test_cell (rows->pdata[i], 0)->str, NULL);
      gboolean has_hash = g_str_has_prefix (expected, "ih ") || g_str_has_prefix (expected, "so ")
                          || g_str_has_prefix (expected, "peers ");
      g_autofree char *summary = magnet != NULL ? summarize (magnet) : NULL;

      g_assert_cmpint (magnet != NULL, ==, has_hash);
      if (g_str_has_prefix (expected, "ih "))
        assert_hash (magnet, expected + 3);
      else if (g_str_has_prefix (expected, "so "))
        g_assert_cmpstr (summary, ==, "- 0-0 2-2 4-4 6-8");
      else if (has_hash)
        g_assert_cmpstr (summary, ==, "- pe=123.213.32.10:47450 pe=[2001:db8::2]:55013");
    }
}

static void
mutate (GRand *rand, GString *text)
{
  static const char letters[] = "&=?%:+.,-[]0a7\xff\x80 /";
  int n = g_rand_int_range (rand, 1, 5);

  while (n-- > 0)
    {
      gsize at = (gsize) g_rand_int_range (rand, 0, (gint32) text->len);

      switch (g_rand_int_range (rand, 0, 3))
        {
        case 0:
          text->str[at] = (char) g_rand_int_range (rand, 1, 256);
          break;
        case 1:
          text->str[at] = letters[g_rand_int_range (rand, 0, sizeof letters - 1)];
          break;
        default:
          g_string_erase (text, (gssize) at, 1);
        }
    }
}

/* Seeded: the same links on each run. What is accepted is written so that it reads alike. */
static void
test_mutations (void)
{
  static const char *const seeds[] = {
    LINK "&xt=urn:btmh:1220" V2 "&dn=a+b%20c&tr=http%3A%2F%2Fa%2Fx&tr.1=udp://b:1/&ws=http://w/%2e&so=1,3-4",
    "magnet:///?x.pe=1.2.3.4:5&x.pe=[::1]:6&dht=h.example:7&xt=urn:btih:" BASE32 "&so=9&tr=https://c/?k=1",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  guint n_accepted = 0, n_refused = 0;

  for (guint round = 0; round < 40000; round++)
    {
      g_autoptr (GString) text = g_string_new (seeds[round % 2]);
      g_autoptr (GError) error = NULL;
      g_autoptr (BtMagnet) magnet = NULL;

      mutate (rand, text);
      magnet = bt_magnet_parse (text->str, &error);
      g_assert_true ((magnet == NULL) == (error != NULL));
      if (magnet != NULL)
        assert_formats (magnet);
      if (magnet != NULL)
        n_accepted++;
      else
        n_refused++;
    }
  g_assert_cmpuint (n_accepted, >, 1000);
  g_assert_cmpuint (n_refused, >, 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/magnet/topics", test_topics);
  g_test_add_func ("/proto/magnet/hybrid", test_hybrid);
  g_test_add_func ("/proto/magnet/refused", test_refused);
  g_test_add_func ("/proto/magnet/parameters", test_parameters);
  g_test_add_func ("/proto/magnet/selection", test_selection);
  g_test_add_func ("/proto/magnet/limits", test_limits);
  g_test_add_func ("/proto/magnet/format", test_format);
  g_test_add_func ("/proto/magnet/libtorrent-table", test_libtorrent_table);
  g_test_add_func ("/proto/magnet/anacrolix-table", test_anacrolix_table);
  g_test_add_func ("/proto/magnet/file", test_file);
  g_test_add_func ("/proto/magnet/webtorrent-table", test_webtorrent_table);
  g_test_add_func ("/proto/magnet/mutations", test_mutations);
  return g_test_run ();
}
