/* test-torrent.c: a torrent's properties, and that only those that changed are notified.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-enums.h"
#include "ft-fake-update.h"
#include "ft-torrent.h"

#include <string.h>

#define MB G_GUINT64_CONSTANT (1000000)

static FtTorrent *
make_torrent (BtUpdate *update)
{
  BtTorrentStatus *status = ft_fake_update_add (update, 7, BT_CHANGED_ALL, "Debian 13");

  status->state = BT_STATE_DOWNLOADING;
  status->wanted = 200 * MB;
  status->total_size = 210 * MB;
  status->done = 50 * MB;
  status->rate_down = 2 * MB;
  status->eta_s = 75;
  status->n_peers = 4;
  status->n_sending = 3;
  return ft_torrent_new (status);
}

static void
test_properties (void)
{
  g_autoptr (BtUpdate) update = ft_fake_update_new ();
  g_autoptr (FtTorrent) torrent = make_torrent (update);
  g_autofree char *name = NULL;
  g_autofree char *state_text = NULL;
  g_autofree char *progress_text = NULL;
  g_autofree char *speed_text = NULL;
  g_autofree char *row_text = NULL;
  guint id, n_peers;
  int state, intent;
  double progress;
  guint64 total_size, rate_down, rate_up;
  gint64 eta;

  g_object_get (torrent, "id", &id, "name", &name, "state", &state, "intent", &intent, "progress",
                &progress, "total-size", &total_size, "rate-down", &rate_down, "rate-up", &rate_up,
                "eta", &eta, "n-peers", &n_peers, "state-text", &state_text, "progress-text",
                &progress_text, "speed-text", &speed_text, "row-text", &row_text, NULL);
  g_assert_cmpuint (id, ==, 7);
  g_assert_cmpuint (ft_torrent_get_id (torrent), ==, 7);
  g_assert_cmpstr (name, ==, "Debian 13");
  g_assert_cmpint (state, ==, BT_STATE_DOWNLOADING);
  g_assert_cmpint (intent, ==, BT_INTENT_RUN);
  g_assert_cmpfloat (progress, ==, 0.25);
  g_assert_cmpuint (total_size, ==, 210 * MB);
  g_assert_cmpuint (rate_down, ==, 2 * MB);
  g_assert_cmpuint (rate_up, ==, 0);
  g_assert_cmpint (eta, ==, 75);
  g_assert_cmpuint (n_peers, ==, 4);
  g_assert_cmpstr (state_text, ==, "Downloading from 3 of 4 peers");
  g_assert_cmpstr (progress_text, ==, "25 %, 50.0\u00a0MB of 200.0\u00a0MB, 1 minute left");
  g_assert_cmpstr (speed_text, ==, "↓ 2.0\u00a0MB/s");
  g_assert_cmpstr (row_text, ==, "Debian 13, 25 percent, 1 minute left");
}

static double
get_progress (const BtTorrentStatus *status)
{
  g_autoptr (FtTorrent) torrent = ft_torrent_new (status);
  double progress;

  g_object_get (torrent, "progress", &progress, NULL);
  return progress;
}

static void
test_progress (void)
{
  g_autoptr (BtUpdate) update = ft_fake_update_new ();
  BtTorrentStatus *status = ft_fake_update_add (update, 1, BT_CHANGED_ALL, "x");

  g_assert_cmpfloat (get_progress (status), ==, 1); /* nothing is wanted */
  status->wanted = 10;
  g_assert_cmpfloat (get_progress (status), ==, 0);
  status->done = 11;
  g_assert_cmpfloat (get_progress (status), ==, 1);
  status->state = BT_STATE_CHECKING;
  status->check_progress = 0.5;
  g_assert_cmpfloat (get_progress (status), ==, 0.5);
  status->check_progress = 1.5;
  g_assert_cmpfloat (get_progress (status), ==, 1);
}

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  GString *names = user_data;

  g_string_append_printf (names, "%s ", pspec->name);
}

static void
test_notifies_what_changed (void)
{
  static const struct
  {
    BtChanged changed;
    const char *present; /* separated by blanks */
    const char *absent;
  } cases[] = {
    { BT_CHANGED_SPEED, "rate-down rate-up eta speed-text progress-text row-text",
      "name state intent progress n-peers total-size state-text id" },
    { BT_CHANGED_PEERS, "n-peers state-text row-text", "name rate-down progress progress-text" },
    { BT_CHANGED_STATE, "state intent state-text row-text", "name rate-down n-peers speed-text" },
    { BT_CHANGED_NAME, "name total-size row-text", "state progress rate-down speed-text" },
    { BT_CHANGED_PROGRESS, "progress progress-text row-text", "name state rate-down n-peers" },
    { BT_CHANGED_TOTALS, "", "name state progress rate-down n-peers row-text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BtUpdate) update = ft_fake_update_new ();
      g_autoptr (FtTorrent) torrent = make_torrent (update);
      g_autoptr (GString) names = g_string_new (" ");
      g_auto (GStrv) present = g_strsplit (cases[i].present, " ", -1);
      g_auto (GStrv) absent = g_strsplit (cases[i].absent, " ", -1);

      g_signal_connect (torrent, "notify", G_CALLBACK (notify_cb), names);
      g_array_index (update->torrents, BtTorrentStatus, 0).changed = cases[i].changed;
      ft_torrent_update (torrent, &g_array_index (update->torrents, BtTorrentStatus, 0));
      for (guint j = 0; present[j] != NULL; j++)
        {
          g_autofree char *word = g_strdup_printf (" %s ", present[j]);
          g_assert_nonnull (strstr (names->str, word));
        }
      for (guint j = 0; absent[j] != NULL; j++)
        {
          g_autofree char *word = g_strdup_printf (" %s ", absent[j]);
          g_assert_null (strstr (names->str, word));
        }
    }
}

/* The update that a torrent was told of may go: it keeps the texts itself. */
static void
test_outlives_the_update (void)
{
  BtUpdate *update = ft_fake_update_new ();
  g_autoptr (FtTorrent) torrent = make_torrent (update);
  BtUpdate *next = ft_fake_update_new ();
  BtTorrentStatus *status = ft_fake_update_add (next, 7, BT_CHANGED_NAME, "Renamed");

  bt_update_unref (update);
  g_assert_cmpstr (ft_torrent_get_status (torrent)->name, ==, "Debian 13");
  ft_torrent_update (torrent, status);
  bt_update_unref (next);
  g_assert_cmpstr (ft_torrent_get_status (torrent)->name, ==, "Renamed");
}

static void
test_countdown (void)
{
  g_autoptr (BtUpdate) update = ft_fake_update_new ();
  BtTorrentStatus *status = ft_fake_update_add (update, 7, BT_CHANGED_ALL, "x");
  g_autoptr (FtTorrent) torrent = NULL;
  g_autoptr (GString) names = g_string_new (" ");

  status->reason_until = 1000;
  torrent = ft_torrent_new (status);
  g_assert_true (ft_torrent_counts_down (torrent, 999));
  g_assert_false (ft_torrent_counts_down (torrent, 1000));

  g_signal_connect (torrent, "notify", G_CALLBACK (notify_cb), names);
  ft_torrent_refresh_texts (torrent);
  g_assert_cmpstr (names->str, ==, " state-text row-text ");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/torrent/properties", test_properties);
  g_test_add_func ("/model/torrent/progress", test_progress);
  g_test_add_func ("/model/torrent/notifies-what-changed", test_notifies_what_changed);
  g_test_add_func ("/model/torrent/outlives-the-update", test_outlives_the_update);
  g_test_add_func ("/model/torrent/countdown", test_countdown);
  return g_test_run ();
}
