/* test-query.c: which torrents are found.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-update.h"
#include "ft-query.h"

static FtTorrent *
make_torrent (const char *name, const char *tag, const char *tracker)
{
  BtUpdate *update = ft_fake_update_new ();
  BtTorrentStatus *status = ft_fake_update_add (update, 1, BT_CHANGED_ALL, name);
  FtTorrent *torrent;

  status->state = BT_STATE_SEEDING;
  if (tag != NULL)
    {
      const char *tags[] = { "first", tag, NULL };

      g_strfreev (status->options->tags);
      status->options->tags = g_strdupv ((char **) tags);
    }
  status->tracker = tracker != NULL ? g_ref_string_new (tracker) : NULL;
  torrent = ft_torrent_new (status);
  bt_update_unref (update);
  return torrent;
}

static void
check_text (const char *name, const char *text, gboolean found)
{
  g_autoptr (FtTorrent) torrent = make_torrent (name, NULL, NULL);
  g_autoptr (FtQuery) query = ft_query_new ();

  ft_query_set_text (query, text);
  g_test_message ("“%s” in “%s”", text, name);
  g_assert_cmpint (ft_query_matches (query, torrent), ==, found);
}

static void
test_text (void)
{
  check_text ("Debian 13", "", TRUE);
  check_text ("Debian 13", "  ", TRUE);
  check_text ("Debian 13", "deb", TRUE);
  check_text ("Debian 13", "13 DEB", TRUE);
  check_text ("Debian 13", "13 ubuntu", FALSE);
  check_text ("Ärger im Paradies", "arger", TRUE);
  check_text ("Arger", "ärger", TRUE);
  check_text ("A\xcc\x88rger", "Ärger", TRUE);
  check_text ("Straße", "strasse", TRUE);
  check_text ("İstanbul", "istanbul", TRUE);
  check_text ("Ａ full width", "a", TRUE);
  check_text ("Война и мир", "ВОИНА", TRUE);
  check_text ("<b>bold</b>", "<B>", TRUE);
}

static void
test_places (void)
{
  g_autoptr (FtTorrent) torrent = make_torrent ("One", "Films", "tracker.example.org");
  g_autoptr (FtTorrent) bare = make_torrent ("Two", NULL, NULL);
  g_autoptr (FtQuery) query = ft_query_new ();

  g_assert_true (ft_query_matches (query, torrent));
  ft_query_set_category (query, FT_CATEGORY_SEEDING);
  g_assert_true (ft_query_matches (query, torrent));
  ft_query_set_category (query, FT_CATEGORY_PAUSED);
  g_assert_false (ft_query_matches (query, torrent));

  ft_query_set_tag (query, "films");
  g_assert_true (ft_query_matches (query, torrent));
  g_assert_false (ft_query_matches (query, bare));
  ft_query_set_tag (query, "film");
  g_assert_false (ft_query_matches (query, torrent));
  ft_query_set_untagged (query);
  g_assert_false (ft_query_matches (query, torrent));
  g_assert_true (ft_query_matches (query, bare));

  ft_query_set_tracker (query, "tracker.example.org");
  g_assert_true (ft_query_matches (query, torrent));
  g_assert_false (ft_query_matches (query, bare));
  ft_query_set_tracker (query, "");
  g_assert_true (ft_query_matches (query, bare));
  g_assert_false (ft_query_matches (query, torrent));

  /* Beside the text. */
  ft_query_set_text (query, "one");
  g_assert_false (ft_query_matches (query, bare));
}

static void
test_facts (void)
{
  g_autoptr (FtQuery) query = ft_query_new ();

  g_assert_cmphex (ft_query_get_facts (query), ==, 0);
  ft_query_set_category (query, FT_CATEGORY_SEEDING);
  g_assert_cmphex (ft_query_get_facts (query), ==, BT_CHANGED_STATE);
  ft_query_set_untagged (query);
  g_assert_cmphex (ft_query_get_facts (query), ==, BT_CHANGED_OPTIONS);
  ft_query_set_tracker (query, "a");
  g_assert_true (ft_query_set_text (query, "Some words"));
  g_assert_false (ft_query_set_text (query, " some  WORDS "));
  g_assert_cmphex (ft_query_get_facts (query), ==, BT_CHANGED_TRACKER | BT_CHANGED_NAME);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/query/text", test_text);
  g_test_add_func ("/model/query/places", test_places);
  g_test_add_func ("/model/query/facts", test_facts);
  return g_test_run ();
}
