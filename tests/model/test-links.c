/* test-links.c: links are found in what people paste, and nothing else is taken for one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-links.h"

#define HASH "0123456789abcdef0123456789abcdef01234567"

static void
test_normalize (void)
{
  static const struct
  {
    const char *text;
    const char *link; /* (nullable) */
  } cases[] = {
    { "magnet:?xt=urn:btih:" HASH, "magnet:?xt=urn:btih:" HASH },
    { "magnet:///?xt=urn:btih:" HASH, "magnet:?xt=urn:btih:" HASH },
    { "magnet:/?xt=urn:btih:" HASH, "magnet:?xt=urn:btih:" HASH },
    { "magnet:///%3Fxt=urn:btih:" HASH, "magnet:?xt=urn:btih:" HASH },
    { "MAGNET:?xt=urn:btih:" HASH "&dn=a%20b", "magnet:?xt=urn:btih:" HASH "&dn=a%20b" },
    { "https://example.org/a.torrent", "https://example.org/a.torrent" },
    { "http://example.org/a b.torrent", "http://example.org/a b.torrent" },
    { "file:///tmp/a.torrent", "file:///tmp/a.torrent" },
    { "magnet:", NULL },
    { "magnet:?", NULL },
    { "magnet:xt=urn:btih:" HASH, NULL },
    { "javascript:alert(1)", NULL },
    { "httpx://example.org/", NULL },
    { "http", NULL },
    { "a.torrent", NULL },
    { HASH, NULL },
    { "", NULL },
    { "https://exam\xffple.org/", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *link = ft_link_normalize (cases[i].text);

      g_assert_cmpstr (link, ==, cases[i].link);
    }
}

static void
assert_found (const char *text, const char *joined)
{
  g_auto (GStrv) links = ft_links_find (text);
  g_autofree char *found = g_strjoinv (" ", links);

  g_assert_cmpstr (found, ==, joined);
}

static void
test_find (void)
{
  g_autofree char *long_word = g_strnfill (100000, 'a');
  g_autofree char *long_link = g_strconcat ("magnet:?dn=", long_word, NULL);

  assert_found ("", "");
  assert_found ("no link here, only words", "");
  assert_found ("  magnet:?xt=1\r\n\nmagnet:///?xt=2 \n", "magnet:?xt=1 magnet:?xt=2");
  /* Once each, in their order, out of prose. */
  assert_found ("get magnet:?xt=2 and http://a.org/x.torrent\tmagnet:///?xt=2",
                "magnet:?xt=2 http://a.org/x.torrent");
  /* text/uri-list has comments. */
  assert_found ("# magnet:?xt=1\r\nfile:///a.torrent\r\n", "file:///a.torrent");
  assert_found (long_link, "");
  /* A hash that has a line of its own, and no other. */
  assert_found (" " HASH "\n" HASH "\n", "magnet:?xt=urn:btih:" HASH);
  assert_found ("MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK", "magnet:?xt=urn:btih:MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK");
  assert_found ("commit " HASH, "");
  assert_found (HASH "0", "");
}

static void
test_kinds (void)
{
  g_assert_true (ft_link_is_magnet ("magnet:?xt=1"));
  g_assert_false (ft_link_is_magnet ("https://magnet/"));
  g_assert_true (ft_link_is_web ("HTTPS://a.org/"));
  g_assert_false (ft_link_is_web ("file:///a"));
  g_assert_true (ft_link_names_torrent ("https://a.org/b/c.Torrent?key=1"));
  g_assert_false (ft_link_names_torrent ("https://a.org/b?c.torrent"));
  g_assert_false (ft_link_names_torrent ("file:///a.torrent"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/links/normalize", test_normalize);
  g_test_add_func ("/model/links/find", test_find);
  g_test_add_func ("/model/links/kinds", test_kinds);
  return g_test_run ();
}
