/* test-tracker-list.c: the list of trackers, its sentences, and tiers as text.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tracker-list.h"

#define NOW 1000000

static void
clear_tracker (gpointer data)
{
  g_ref_string_release (((BtTrackerStatus *) data)->url);
}

static void
add (GArray *trackers, const char *url, guint tier)
{
  BtTrackerStatus status = { .url = g_ref_string_new (url), .tier = tier, .n_seeds = -1, .n_leechers = -1, .n_downloaded = -1 };

  status.encrypted = g_str_has_prefix (url, "https:");
  g_array_append_val (trackers, status);
}

static GArray *
new_trackers (void)
{
  GArray *trackers = g_array_new (FALSE, TRUE, sizeof (BtTrackerStatus));

  g_array_set_clear_func (trackers, clear_tracker);
  return trackers;
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_in_place (void)
{
  g_autoptr (FtTrackerList) list = ft_tracker_list_new ();
  g_autoptr (GArray) trackers = new_trackers ();
  g_autoptr (GArray) more = new_trackers ();
  g_autoptr (FtTracker) last = NULL;
  g_autoptr (FtTracker) still_last = NULL;
  g_autoptr (GPtrArray) tiers = NULL;
  g_autofree char *text = NULL;
  gboolean leads;
  guint n_changes = 0;

  add (trackers, "http://a.example/announce", 0);
  add (trackers, "udp://c.example:80", 1);
  add (more, "http://a.example/announce", 0);
  add (more, "https://b.example/x", 0);
  add (more, "udp://c.example:80", 1);
  ft_tracker_list_apply (list, trackers, NOW);
  last = g_list_model_get_item (G_LIST_MODEL (list), 1);
  g_signal_connect_swapped (list, "items-changed", G_CALLBACK (count_cb), &n_changes);
  ft_tracker_list_apply (list, trackers, NOW);
  g_assert_cmpuint (n_changes, ==, 0);
  ft_tracker_list_apply (list, more, NOW);
  g_assert_cmpuint (n_changes, ==, 1);
  still_last = g_list_model_get_item (G_LIST_MODEL (list), 2);
  g_assert_true (last == still_last);
  g_object_get (last, "leads", &leads, NULL);
  g_assert_true (leads);
  tiers = ft_tracker_list_dup_tiers (list);
  text = ft_tiers_to_text (tiers);
  g_assert_cmpstr (text, ==, "http://a.example/announce\nhttps://b.example/x\n\nudp://c.example:80\n");
}

static void
assert_state (BtTrackerStatusState state, gint64 next_at, const char *message, const char *expected)
{
  BtTrackerStatus status = { .state = state, .next_at = next_at };
  g_autofree char *text = NULL;

  status.message = message != NULL ? g_ref_string_new (message) : NULL;
  text = ft_describe_tracker (&status, NOW);
  g_assert_cmpstr (text, ==, expected);
  g_clear_pointer (&status.message, g_ref_string_release);
}

static void
test_words (void)
{
  assert_state (BT_TRACKER_STATUS_IDLE, 0, NULL, "Not asked");
  assert_state (BT_TRACKER_STATUS_ASKING, 0, NULL, "Being asked now");
  assert_state (BT_TRACKER_STATUS_WORKING, NOW + 720, NULL, "Working: next announce in 12 minutes");
  assert_state (BT_TRACKER_STATUS_FAILING, NOW + 300, "timed out", "Failing: timed out; next try in 5 minutes");
  assert_state (BT_TRACKER_STATUS_FAILING, 0, NULL, "Failing: no answer");
  assert_state (BT_TRACKER_STATUS_FAILING, 0, "http://t.example/: refused", "Failing: refused");
}

/* The rest of an URL may hold a passkey. */
static void
test_host (void)
{
  g_autoptr (FtTrackerList) list = ft_tracker_list_new ();
  g_autoptr (GArray) trackers = new_trackers ();
  g_autoptr (FtTracker) tracker = NULL;
  g_autofree char *host = NULL;
  g_autofree char *row = NULL;

  add (trackers, "https://t.example:443/0123456789abcdef/announce", 0);
  ft_tracker_list_apply (list, trackers, NOW);
  tracker = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_object_get (tracker, "host", &host, "row-text", &row, NULL);
  g_assert_cmpstr (host, ==, "t.example");
  g_assert_cmpstr (row, ==, "t.example, Not asked, Encrypted (HTTPS)");
}

/* Named with "http:", and answers by HTTPS. */
static void
test_channel (void)
{
  g_autoptr (FtTrackerList) list = ft_tracker_list_new ();
  g_autoptr (GArray) trackers = new_trackers ();
  g_autoptr (FtTracker) tracker = NULL;
  g_autofree char *text = NULL;
  g_autofree char *icon = NULL;
  guint n_changes = 0;

  add (trackers, "http://t.example/announce", 0);
  ft_tracker_list_apply (list, trackers, NOW);
  tracker = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_object_get (tracker, "channel-text", &text, NULL);
  g_assert_cmpstr (text, ==, "Not encrypted");
  g_free (text);
  g_signal_connect_swapped (tracker, "notify::channel-icon", G_CALLBACK (count_cb), &n_changes);
  g_signal_connect_swapped (tracker, "notify::channel-text", G_CALLBACK (count_cb), &n_changes);
  g_array_index (trackers, BtTrackerStatus, 0).encrypted = TRUE;
  ft_tracker_list_apply (list, trackers, NOW);
  g_assert_cmpuint (n_changes, ==, 2);
  g_object_get (tracker, "channel-text", &text, "channel-icon", &icon, NULL);
  g_assert_cmpstr (text, ==, "Encrypted (HTTPS)");
  g_assert_cmpstr (icon, ==, "channel-secure-symbolic");
}

static void
assert_text (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tiers = ft_tiers_from_text (text, &error);
  g_autofree char *back = NULL;

  g_assert_no_error (error);
  back = ft_tiers_to_text (tiers);
  g_assert_cmpstr (back, ==, expected);
}

static void
assert_refused (const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ft_tiers_from_text (text, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
}

static void
test_text (void)
{
  assert_text ("", "");
  assert_text ("\n\n  http://a.example/x  \n\n\n\nudp://b.example:1\n", "http://a.example/x\n\nudp://b.example:1\n");
  assert_refused ("nonsense");
  assert_refused ("ftp://a.example/");
  assert_refused ("http:///announce");
  assert_refused ("udp://no.port.example");
}

static void
test_replace (void)
{
  g_autoptr (GPtrArray) tiers = ft_tiers_from_text ("http://a.example\nhttp://b.example\n\nhttp://c.example", NULL);
  g_autoptr (GPtrArray) edited = ft_tiers_replace (tiers, "http://b.example", "http://d.example");
  g_autoptr (GPtrArray) removed = ft_tiers_replace (tiers, "http://c.example", NULL);
  g_autofree char *edited_text = ft_tiers_to_text (edited);

  g_assert_cmpstr (edited_text, ==, "http://a.example\nhttp://d.example\n\nhttp://c.example\n");
  g_assert_cmpuint (removed->len, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/tracker-list/in-place", test_in_place);
  g_test_add_func ("/model/tracker-list/words", test_words);
  g_test_add_func ("/model/tracker-list/host", test_host);
  g_test_add_func ("/model/tracker-list/channel", test_channel);
  g_test_add_func ("/model/tracker-list/text", test_text);
  g_test_add_func ("/model/tracker-list/replace", test_replace);
  return g_test_run ();
}
