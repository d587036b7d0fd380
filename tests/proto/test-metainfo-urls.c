/* test-metainfo-urls.c: trackers, web seeds and nodes of .torrent files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-test-torrent.h"

static char *
join_tiers (const BtMetainfo *metainfo)
{
  g_autoptr (GPtrArray) tiers = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < metainfo->tiers->len; i++)
    g_ptr_array_add (tiers, g_strjoinv (" ", metainfo->tiers->pdata[i]));
  g_ptr_array_add (tiers, NULL);
  return g_strjoinv (" | ", (char **) tiers->pdata);
}

static void
test_trackers (void)
{
  static const struct
  {
    const char *root;
    const char *tiers;
  } cases[] = {
    { "", "" },
    { "'announce' 'http://a/x'", "http://a/x" },
    { "'announce' 3", "" },
    { "'announce' ''", "" },
    { "'announce' '\t http://a/x \r\n'", "http://a/x" },
    { "'announce' 'ftp://a/x'", "" },
    { "'announce' ['http://a/x']", "http://a/x" },
    { "'announce' 'http://a/x' 'announce-list' [['http://b/x' 'udp://c:1'] ['https://d/x']]",
      "http://b/x udp://c:1 | https://d/x" },
    { "'announce' 'http://a/x' 'announce-list' ''", "http://a/x" },
    { "'announce' 'http://a/x' 'announce-list' []", "http://a/x" },
    { "'announce' 'http://a/x' 'announce-list' [[''] [] ['wss://b']]", "http://a/x" },
    { "'announce-list' [['http://a/x'] [] [''] [3 'http://b/x'] {'c' 'd'}]",
      "http://a/x | http://b/x" },
    { "'announce-list' [['http://a/x' 'http://a/x'] ['http://a/x' 'http://b/x'] ['http://b/x']]",
      "http://a/x | http://b/x" },
    /* written flat, by those who did not read BEP 12 */
    { "'announce-list' ['http://a/x' 'http://b/x']", "http://a/x | http://b/x" },
    { "'announce-list' [['http://a/x\\0y' 'http://a/?info_hash=1' 'http://a/\r\nX: y']]", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *torrent = g_strdup_printf (WITH_ROOT ("%s"), cases[i].root);
      g_autoptr (BtMetainfo) metainfo = parse (torrent);
      g_autofree char *tiers = join_tiers (metainfo);

      g_assert_cmpstr (tiers, ==, cases[i].tiers);
    }
}

static void
test_many_trackers (void)
{
  g_autoptr (GString) root = g_string_new ("'announce-list' [");
  g_autofree char *torrent = NULL;
  g_autoptr (BtMetainfo) metainfo = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (root, "['udp://t%u.example:1']", i);
  torrent = g_strdup_printf (WITH_ROOT ("%s ] "), root->str);
  metainfo = parse (torrent);
  g_assert_cmpuint (metainfo->tiers->len, ==, BT_LIMIT_TRACKERS);
}

static void
test_web_seeds (void)
{
  static const struct
  {
    const char *url_list;
    const char *single;
    const char *multi;
  } cases[] = {
    { "''", "", "" },
    { "[]", "", "" },
    { "7", "", "" },
    { "[[''] -20 '']", "", "" },
    { "'http://a/file'", "http://a/file", "http://a/file/" },
    { "['http://a/file' 'https://b/file/']", "http://a/file https://b/file/",
      "http://a/file/ https://b/file/" },
    { "['http://a/f' 'http://a/f' 'http://a/f/' 'http://a/f']", "http://a/f http://a/f/",
      "http://a/f/" },
    { "[' http://a/test file/foo bar ']", "http://a/test%20file/foo%20bar",
      "http://a/test%20file/foo%20bar/" },
    { "['http://a/\xc3\xa9%20x']", "http://a/%C3%A9%20x", "http://a/%C3%A9%20x/" },
    { "['http://a/{\"x|y\"}']", "http://a/%7B%22x%7Cy%22%7D", "http://a/%7B%22x%7Cy%22%7D/" },
    { "['ftp://a/' 'udp://a:1' '/8/items/' 'http://xn--a/' 'http://a b/' 'http://a/\r\nb']", "",
      "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *one =
        g_strdup_printf ("{ 'info' { 'length' 1" TAIL "} 'url-list' %s }", cases[i].url_list);
      g_autofree char *many = g_strdup_printf (
        "{ 'info' { 'files' [" FILE_AT ("'a'") "]" TAIL "} 'url-list' %s }", cases[i].url_list);
      g_autoptr (BtMetainfo) single = parse (one);
      g_autoptr (BtMetainfo) multi = parse (many);
      g_autofree char *single_seeds = g_strjoinv (" ", single->web_seeds);
      g_autofree char *multi_seeds = g_strjoinv (" ", multi->web_seeds);

      g_assert_cmpstr (single_seeds, ==, cases[i].single);
      g_assert_cmpstr (multi_seeds, ==, cases[i].multi);
    }
}

static void
test_nodes (void)
{
  g_autoptr (BtMetainfo) metainfo =
    parse ("{ 'info' { 'length' 1" TAIL "} 'nodes' [['192.0.2.1' 6881] ['dht.example' 1]"
           " ['2001:db8::1' 65535] ['192.0.2.1' 0] ['192.0.2.1' 65536] ['192.0.2.1' -1]"
           " ['192.0.2.1' '6881'] ['192.0.2.1'] [6881 '192.0.2.1'] ['' 1] ['a/b' 1] ['a@b' 1]"
           " ['a:b@c' 1] 'udp://a:1' {} 7] }");
  g_autofree char *nodes = g_strjoinv (" ", metainfo->nodes);

  g_assert_cmpstr (nodes, ==, "192.0.2.1:6881 dht.example:1 [2001:db8::1]:65535");
}

/* Each is a machine that a stranger has us ask. */
static void
test_many_nodes_and_seeds (void)
{
  g_autoptr (GString) root = g_string_new ("{ 'info' { 'length' 1" TAIL "} 'nodes' [");
  g_autoptr (BtMetainfo) metainfo = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (root, "['n%u.example' 6881]", i);
  g_string_append (root, "] 'url-list' [");
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (root, "'http://s%u.example/'", i);
  g_string_append (root, "] }");
  metainfo = parse (root->str);
  g_assert_cmpuint (g_strv_length (metainfo->nodes), ==, BT_LIMIT_NODES);
  g_assert_cmpuint (g_strv_length (metainfo->web_seeds), ==, BT_LIMIT_WEB_SEEDS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/metainfo-urls/trackers", test_trackers);
  g_test_add_func ("/proto/metainfo-urls/many-trackers", test_many_trackers);
  g_test_add_func ("/proto/metainfo-urls/web-seeds", test_web_seeds);
  g_test_add_func ("/proto/metainfo-urls/nodes", test_nodes);
  g_test_add_func ("/proto/metainfo-urls/many-nodes-and-seeds", test_many_nodes_and_seeds);
  return g_test_run ();
}
