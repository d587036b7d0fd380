/* test-options.c: what a person sets for a torrent is merged, compared and made fit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-limits.h"
#include "bt-options.h"

#include "ft-test.h"

#include <math.h>

static void
set_tags (BtTorrentOptions *options, const char *const *tags)
{
  g_strfreev (options->tags);
  options->tags = g_strdupv ((char **) tags);
}

static BtTorrentOptions *
make_full (void)
{
  BtTorrentOptions *options = bt_torrent_options_new ();

  options->name = g_strdup ("Mine");
  set_tags (options, (const char *const[]){ "films", "old", NULL });
  options->limit_down_bytes_per_s = 1000;
  options->limit_up_bytes_per_s = 2000;
  options->max_peers = 30;
  options->sequential = TRUE;
  options->ignores_queue = TRUE;
  options->own_goals = TRUE;
  options->goals = (BtGoals){ 1.5, 3600, 60, BT_GOAL_REMOVE };
  return options;
}

static void
test_merge (void)
{
  g_autoptr(BtTorrentOptions) none = bt_torrent_options_new ();
  g_autoptr(BtTorrentOptions) full = make_full ();

  g_assert_false (bt_torrent_options_equal (none, full));
  for (guint bit = 1; bit < BT_OPTION_ALL; bit <<= 1)
    {
      g_autoptr(BtTorrentOptions) one = bt_torrent_options_merge (none, full, bit);
      g_autoptr(BtTorrentOptions) rest = bt_torrent_options_merge (one, full, BT_OPTION_ALL & ~bit);
      g_autoptr(BtTorrentOptions) back = bt_torrent_options_merge (one, none, bit);

      g_assert_false (bt_torrent_options_equal (one, none));
      g_assert_false (bt_torrent_options_equal (one, full));
      g_assert_true (bt_torrent_options_equal (rest, full));
      g_assert_true (bt_torrent_options_equal (back, none));
    }
}

static void
test_clean_changes_nothing_good (void)
{
  g_autoptr(BtTorrentOptions) full = make_full ();
  g_autoptr(BtTorrentOptions) clean = bt_torrent_options_clean (full);

  g_assert_true (bt_torrent_options_equal (full, clean));
}

static void
test_clean_texts (void)
{
  g_autoptr(BtTorrentOptions) options = bt_torrent_options_new ();
  g_autoptr(BtTorrentOptions) clean = NULL;
  g_autoptr(BtTorrentOptions) again = NULL;
  g_autofree char *long_name = g_strnfill (BT_LIMIT_TEXT_NAME + 50, 'n');
  g_autofree char *long_tag = g_strnfill (BT_LIMIT_TEXT_TAG + 50, 't');

  options->name = g_steal_pointer (&long_name);
  set_tags (options, (const char *const[]){ " a ", "", "\xe2\x80\xae", "b\nc", "a", "\xff", long_tag, NULL });
  clean = bt_torrent_options_clean (options);
  g_assert_cmpuint (strlen (clean->name), ==, BT_LIMIT_TEXT_NAME);
  g_assert_cmpuint (g_strv_length (clean->tags), ==, 4);
  g_assert_cmpstr (clean->tags[0], ==, "a");
  g_assert_cmpstr (clean->tags[1], ==, "b c");
  g_assert_cmpstr (clean->tags[2], ==, "\xef\xbf\xbd");
  g_assert_cmpuint (strlen (clean->tags[3]), ==, BT_LIMIT_TEXT_TAG);
  again = bt_torrent_options_clean (clean);
  g_assert_true (bt_torrent_options_equal (clean, again));
}

/* A name of blanks is none; and of very many tags the first stay. */
static void
test_clean_counts (void)
{
  g_autoptr(BtTorrentOptions) options = bt_torrent_options_new ();
  g_autoptr(BtTorrentOptions) clean = NULL;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < BT_LIMIT_TAGS + 5; i++)
    {
      g_autofree char *tag = g_strdup_printf ("tag %u", i);

      g_strv_builder_add (builder, tag);
    }
  g_strfreev (options->tags);
  options->tags = g_strv_builder_end (builder);
  options->name = g_strdup (" \t ");
  clean = bt_torrent_options_clean (options);
  g_assert_null (clean->name);
  g_assert_cmpuint (g_strv_length (clean->tags), ==, BT_LIMIT_TAGS);
  g_assert_cmpstr (clean->tags[0], ==, "tag 0");
}

static void
test_clean_numbers (void)
{
  g_autoptr(BtTorrentOptions) options = bt_torrent_options_new ();
  g_autoptr(BtTorrentOptions) clean = NULL;
  g_autoptr(BtTorrentOptions) of_nan = NULL;

  options->limit_down_bytes_per_s = G_MAXUINT64;
  options->max_peers = G_MAXUINT;
  options->sequential = 7;
  options->goals = (BtGoals){ -1, -1, G_MAXINT64, (BtGoalAction) 77 };
  clean = bt_torrent_options_clean (options);
  g_assert_cmpuint (clean->limit_down_bytes_per_s, ==, G_MAXINT64);
  g_assert_cmpuint (clean->max_peers, ==, BT_LIMIT_OPTION_PEERS);
  g_assert_cmpint (clean->sequential, ==, TRUE);
  g_assert_cmpfloat (clean->goals.ratio, ==, 0);
  g_assert_cmpint (clean->goals.seeding_s, ==, 0);
  g_assert_cmpint (clean->goals.idle_s, ==, BT_LIMIT_GOAL_S);
  g_assert_cmpint (clean->goals.action, ==, BT_GOAL_STOP);
  options->goals.ratio = NAN;
  of_nan = bt_torrent_options_clean (options);
  g_assert_cmpfloat (of_nan->goals.ratio, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/options/merge", test_merge);
  g_test_add_func ("/base/options/clean-changes-nothing-good", test_clean_changes_nothing_good);
  g_test_add_func ("/base/options/clean-texts", test_clean_texts);
  g_test_add_func ("/base/options/clean-counts", test_clean_counts);
  g_test_add_func ("/base/options/clean-numbers", test_clean_numbers);
  return g_test_run ();
}
