/* test-https-first.c: which trackers that are named with "http:" are asked by HTTPS.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-https-first.h"

#define T "http://t.example/announce"

static void
test_urls (void)
{
  static const char *const rows[][2] = {
    { "http://t.example/announce?passkey=1&x=%00%2F", "https://t.example/announce?passkey=1&x=%00%2F" },
    { "HTTP://T.Example", "https://T.Example" },
    { "http://t.example:80/announce", "https://t.example/announce" },
    { "http://me:secret@t.example:80?x:80", "https://me:secret@t.example?x:80" },
    { "http://me:80@t.example/", "https://me:80@t.example/" },
    { "http://t.example:8080/announce", NULL },
    { "http://t.example:443/announce", NULL },
    { "https://t.example/announce", NULL },
    { "udp://t.example:80", NULL },
    { "http://1.2.3.4/announce", NULL },
    { "http://[2606::1]/announce", NULL },
    { "http://localhost/announce", NULL },
    { "http://a.LocalHost/announce", NULL },
    { "http://tracker/announce", NULL },
    { "http://box.local/announce", NULL },
    { "http://nas.home.arpa/announce", NULL },
    { "http://t.internal/announce", NULL },
    { "http://nas.lan/announce", NULL },
    { "http:///announce", NULL },
    { "http://", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *url = bt_https_first_url (rows[i][0]);

      g_assert_cmpstr (url, ==, rows[i][1]);
    }
}

static void
test_works (void)
{
  BtHttpsFirst *first = bt_https_first_new ();

  g_assert_cmpint (bt_https_first_look (first, T, 0), ==, BT_HTTPS_UNDECIDED);
  bt_https_first_note_works (first, T);
  g_assert_cmpint (bt_https_first_look (first, "http://T.example:80/other", 0), ==, BT_HTTPS_WORKS);
  g_assert_cmpint (bt_https_first_look (first, "http://u.example/", 0), ==, BT_HTTPS_UNDECIDED);
  /* For ever. */
  g_assert_cmpint (bt_https_first_look (first, T, G_MAXINT64), ==, BT_HTTPS_WORKS);
  /* It fails, once: not for long, whatever HTTP does. */
  bt_https_first_note_fails (first, T, 100);
  bt_https_first_note_http_works (first, T, 101);
  g_assert_cmpint (bt_https_first_look (first, T, 99 + BT_HTTPS_FIRST_PAUSE_US), ==, BT_HTTPS_FAILS);
  g_assert_cmpint (bt_https_first_look (first, T, 100 + BT_HTTPS_FIRST_PAUSE_US), ==, BT_HTTPS_UNDECIDED);
  bt_https_first_free (first);
}

static void
test_fails (void)
{
  BtHttpsFirst *first = bt_https_first_new ();

  bt_https_first_note_fails (first, T, 100);
  g_assert_cmpint (bt_https_first_look (first, T, 99 + BT_HTTPS_FIRST_PAUSE_US), ==, BT_HTTPS_FAILS);
  g_assert_cmpint (bt_https_first_look (first, T, 100 + BT_HTTPS_FIRST_PAUSE_US), ==, BT_HTTPS_UNDECIDED);
  bt_https_first_note_http_works (first, T, 200);
  g_assert_cmpint (bt_https_first_look (first, T, 199 + BT_HTTPS_FIRST_DAY_US), ==, BT_HTTPS_FAILS);
  g_assert_cmpint (bt_https_first_look (first, T, 200 + BT_HTTPS_FIRST_DAY_US), ==, BT_HTTPS_UNDECIDED);
  bt_https_first_free (first);
}

static void
test_never (void)
{
  BtHttpsFirst *first = bt_https_first_new ();

  g_assert_cmpint (bt_https_first_look (first, "udp://t.example:80", 0), ==, BT_HTTPS_FAILS);
  bt_https_first_note_works (first, "http://10.0.0.1/announce");
  g_assert_cmpint (bt_https_first_look (first, "http://10.0.0.1/announce", 0), ==, BT_HTTPS_FAILS);
  bt_https_first_free (first);
}

static void
test_forgive (void)
{
  BtHttpsFirst *first = bt_https_first_new ();

  bt_https_first_note_works (first, T);
  bt_https_first_note_fails (first, "http://u.example/", 0);
  bt_https_first_forgive (first);
  g_assert_cmpint (bt_https_first_look (first, T, 0), ==, BT_HTTPS_WORKS);
  g_assert_cmpint (bt_https_first_look (first, "http://u.example/", 0), ==, BT_HTTPS_UNDECIDED);
  bt_https_first_free (first);
}

static void
test_many_hosts (void)
{
  BtHttpsFirst *first = bt_https_first_new ();

  bt_https_first_note_works (first, T);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://t%u.example/", i);

      bt_https_first_note_works (first, url);
    }
  g_assert_cmpint (bt_https_first_look (first, T, 0), ==, BT_HTTPS_UNDECIDED);
  g_assert_cmpint (bt_https_first_look (first, "http://t999.example/", 0), ==, BT_HTTPS_WORKS);
  bt_https_first_free (first);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/https-first/urls", test_urls);
  g_test_add_func ("/net/https-first/works", test_works);
  g_test_add_func ("/net/https-first/fails", test_fails);
  g_test_add_func ("/net/https-first/never", test_never);
  g_test_add_func ("/net/https-first/forgive", test_forgive);
  g_test_add_func ("/net/https-first/many-hosts", test_many_hosts);
  return g_test_run ();
}
