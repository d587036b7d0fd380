/* test-tiers-editing.c: trackers that a person adds and takes away.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tiers-fixture.h"

static void
test_editing (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a|c", FALSE, 1);

  bt_tiers_start (tiers, HOUR, 0);
  succeed (tiers, ask (tiers, HOUR, "a"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  succeed (tiers, ask (tiers, HOUR, "c"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  g_assert_false (bt_tiers_add (tiers, "a", 1));
  g_assert_true (bt_tiers_add (tiers, "b", 0));
  g_assert_true (bt_tiers_add (tiers, "d", 7));
  assert_order (tiers, "a b|c|d");

  /* One that stands by is not asked, a new tier is. */
  succeed (tiers, ask (tiers, HOUR, "d"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  ask (tiers, HOUR, NULL);
}

static GPtrArray *
make_lists (const char *text)
{
  g_auto (GStrv) tiers = g_strsplit (text, "|", -1);
  GPtrArray *lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (gsize i = 0; tiers[i] != NULL; i++)
    g_ptr_array_add (lists, g_strsplit (tiers[i], " ", -1));
  return lists;
}

/* @gone: those that were taken off, in any order of one letter each */
static void
replace (BtTiers *tiers, const char *text, const char *gone)
{
  g_autoptr (GPtrArray) lists = make_lists (text);
  g_autoptr (GPtrArray) removed = bt_tiers_replace (tiers, lists);
  g_autoptr (GPtrArray) listed = bt_tiers_list (tiers);

  g_assert_cmpuint (removed->len, ==, strlen (gone));
  for (guint i = 0; i < removed->len; i++)
    g_assert_nonnull (strstr (gone, ((BtTracker *) removed->pdata[i])->url));
  assert_order (tiers, text);
  g_assert_cmpuint (listed->len, ==, lists->len);
  for (guint i = 0; i < lists->len; i++)
    g_assert_true (g_strv_equal (listed->pdata[i], lists->pdata[i]));
}

/* What stays keeps its state and its time, wherever it is put. */
static void
test_replace (void)
{
  g_autoptr (BtTiers) tiers = make_tiers ("a|c", FALSE, 1);
  BtTracker *a, *c;

  bt_tiers_start (tiers, HOUR, 0);
  succeed (tiers, ask (tiers, HOUR, "a"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  succeed (tiers, ask (tiers, HOUR, "c"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  a = bt_tiers_find (tiers, "a");
  c = bt_tiers_find (tiers, "c");
  g_assert_null (bt_tiers_find (tiers, "x"));

  replace (tiers, "b a|d|c", "");
  g_assert_true (bt_tiers_find (tiers, "a") == a);
  g_assert_cmpint (a->state, ==, BT_TRACKER_WORKING);
  g_assert_cmpuint (c->tier, ==, 2);
  /* Behind one that works nobody is asked; a new tier is. */
  succeed (tiers, ask (tiers, HOUR, "d"), BT_ANNOUNCE_STARTED, 1800, HOUR);
  ask (tiers, HOUR, NULL);

  /* Two that work come together: one of them stands by. */
  replace (tiers, "c a", "bd");
  g_assert_cmpint (c->state, ==, BT_TRACKER_WORKING);
  g_assert_cmpint (a->state, ==, BT_TRACKER_IDLE);
  ask (tiers, HOUR, NULL);

  /* The one that worked is gone: the other's turn. */
  replace (tiers, "a", "c");
  ask (tiers, HOUR, NULL);
  g_assert_cmpint (bt_tiers_next (tiers), ==, a->next_announce);
  replace (tiers, "", "a");
  g_assert_cmpint (bt_tiers_next (tiers), ==, G_MAXINT64);
}

static void
test_clean (void)
{
  g_autoptr (GPtrArray) lists = make_lists ("http://a/|udp://b:1 http://a/|http://a/|");
  g_autoptr (GPtrArray) bad = make_lists ("http://a/|ftp://b/");
  g_autoptr (GPtrArray) many = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GPtrArray) clean = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (lists, g_strsplit (" http://c/\n", "|", -1));
  clean = bt_tiers_clean (lists, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (clean->len, ==, 3);
  g_assert_cmpstr (((GStrv) clean->pdata[1])[0], ==, "udp://b:1");
  g_assert_null (((GStrv) clean->pdata[1])[1]);
  g_assert_cmpstr (((GStrv) clean->pdata[2])[0], ==, "http://c/");

  g_assert_null (bt_tiers_clean (bad, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
  g_assert_nonnull (strstr (error->message, "ftp://b/"));
  g_clear_error (&error);
  for (guint i = 0; i < 101; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://a/%u", i);

      g_ptr_array_add (many, g_strdupv ((char *[]){ url, NULL }));
    }
  g_assert_null (bt_tiers_clean (many, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_LIMIT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/tiers/editing", test_editing);
  g_test_add_func ("/proto/tiers/replace", test_replace);
  g_test_add_func ("/proto/tiers/clean", test_clean);
  return g_test_run ();
}
