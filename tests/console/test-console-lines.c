/* test-console-lines.c: plain lines.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-lines.h"
#include "ft-test-status.h"

static void
test_torrent (void)
{
  BtTorrentStatus status = ft_test_status (1, "Debian 13");
  g_autofree char *line = ft_lines_torrent (&status, 0);
  g_autofree char *checking = NULL;

  g_assert_cmpstr (line, ==,
                   "Debian 13: Downloading from 3 of 4 peers, 50 %, 1.0 MB of 2.0 MB, "
                   "3 minutes left, ↓ 1.2 MB/s");
  status.state = BT_STATE_CHECKING;
  status.check_progress = 0.5;
  status.rate_down = 0;
  checking = ft_lines_torrent (&status, 0);
  g_assert_cmpstr (checking, ==, "Debian 13: Checking the data: 50 %");
  bt_torrent_status_clear (&status);
}

static void
test_list (void)
{
  g_autoptr (FtRoster) roster = ft_roster_new ();
  g_autoptr (GPtrArray) empty = ft_lines_list (roster, 0);
  g_autoptr (GPtrArray) lines = NULL;

  g_assert_cmpuint (empty->len, ==, 1);
  ft_test_put (roster, 0xab, "Debian 13");
  ft_test_put (roster, 0xcd, "evil\033[2J\nname");
  lines = ft_lines_list (roster, 0);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_true (g_str_has_prefix (g_ptr_array_index (lines, 0), "abababab  Debian 13: "));
  g_assert_true (g_str_has_prefix (g_ptr_array_index (lines, 1), "cdcdcdcd  evil?[2J?name: "));
}

static BtDetail *
create_detail (void)
{
  BtDetail *detail = g_new0 (BtDetail, 1);
  BtFileStatus file = { g_ref_string_new ("a/b\nc.iso"), 1000, 450, 0, 0 };
  BtPeerStatus peer = { .client = g_ref_string_new ("Some 1.0"), .progress = 1,
                        .am_interested = TRUE, .peer_choking = TRUE, .rate_up = 1000 };
  BtTrackerStatus tracker = { .url = g_ref_string_new ("http://t/announce"),
                              .state = BT_TRACKER_STATUS_FAILING,
                              .message = g_ref_string_new ("go away"), .next_at = 160,
                              .n_seeds = 2, .n_leechers = 3 };

  g_assert_true (bt_endpoint_parse (&peer.endpoint, "127.0.0.1:6881"));
  g_atomic_ref_count_init (&detail->refs);
  detail->files = bt_file_list_new (&file, 1);
  detail->peers = g_array_new (FALSE, FALSE, sizeof peer);
  detail->trackers = g_array_new (FALSE, FALSE, sizeof tracker);
  g_array_append_val (detail->peers, peer);
  g_array_append_val (detail->trackers, tracker);
  return detail;
}

static void
test_detail (void)
{
  g_autoptr (BtDetail) detail = create_detail ();
  g_autoptr (GPtrArray) lines = ft_lines_detail (detail, 100);

  g_assert_cmpuint (lines->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (lines, 0), ==, "  45 %      1.0 kB  a/b?c.iso  (skipped)");
  g_assert_cmpstr (g_ptr_array_index (lines, 1), ==,
                   " 100 %  127.0.0.1:6881  Some 1.0, ↑ 1.0 kB/s, does not let us download");
  g_assert_cmpstr (g_ptr_array_index (lines, 2), ==,
                   "Tier 1: http://t/announce: failing (go away), 2 seeds, 3 downloading, "
                   "next in 1 minute");
}

static void
test_events (void)
{
  BtTorrentStatus status = ft_test_status (1, "Debian 13");
  BtEvent event = { .id = 1, .kind = BT_EVENT_FINISHED, .text = g_ref_string_new ("Complete") };
  g_autofree char *finished = ft_lines_event (&event, &status);
  g_autofree char *failed = NULL;
  g_autofree char *own = NULL;

  g_assert_cmpstr (finished, ==, "Debian 13: Finished");
  event.kind = BT_EVENT_PIECE_FAILED;
  failed = ft_lines_event (&event, &status);
  g_assert_cmpstr (failed, ==, "Debian 13: Complete");
  event.kind = BT_EVENT_PROBLEM;
  own = ft_lines_event (&event, NULL);
  g_assert_cmpstr (own, ==, "Complete");
  status.state = BT_STATE_ERROR;
  g_assert_null (ft_lines_event (&event, &status));
  g_ref_string_release (event.text);
  bt_torrent_status_clear (&status);
}

static void
test_status (void)
{
  g_autoptr (FtRoster) roster = ft_roster_new ();
  BtUpdate update = { .mode = BT_MODE_SEEDING, .listen_port = 6881, .n_peers = 7,
                      .free_bytes = 5000000 };
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *text = NULL;

  g_assert_true (bt_endpoint_parse_ip (&update.external_ipv6, "2a02::7", 0));
  update.mappings[BT_MAPPER_PCP].state = update.mappings[BT_MAPPER_UPNP].state = BT_MAPPING_NO_ANSWER;
  ft_roster_set_totals (roster, &update);
  lines = ft_lines_status (roster);
  g_ptr_array_add (lines, NULL);
  text = g_strjoinv ("\n", (char **) lines->pdata);
  g_assert_nonnull (strstr (text, "Mode: seeding\n"));
  g_assert_nonnull (strstr (text, "Peers: 7\n"));
  g_assert_nonnull (strstr (text, "Port: 6881, nobody has come in yet\n"));
  g_assert_nonnull (strstr (text, "Router: No router here opens a port when it is asked\n"));
  g_assert_nonnull (strstr (text, "Address on the Internet: 2a02::7\n"));
  g_assert_null (strstr (text, "Internet: ::"));
  g_assert_nonnull (strstr (text, "Free space: 5.0 MB"));
}

static void
test_dht (void)
{
  g_autoptr (FtRoster) roster = ft_roster_new ();
  BtUpdate update = { .mode = BT_MODE_ALL };
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *text = NULL;

  update.dht[0] = (BtDhtFacts){ .state = BT_DHT_FACTS_WORKING, .n_good = 52, .n_nodes = 60, .n_searches = 3,
                                .n_stored_torrents = 7, .n_stored_peers = 9 };
  memset (update.dht[0].id.bytes, 0xab, sizeof update.dht[0].id.bytes);
  ft_roster_set_totals (roster, &update);
  lines = ft_lines_dht (roster);
  g_ptr_array_add (lines, NULL);
  text = g_strjoinv ("\n", (char **) lines->pdata);
  g_assert_cmpstr (text, ==,
                   "IPv4: Works: 52 nodes answer\n"
                   "  Our id: abababababababababababababababababababab\n"
                   "  Known nodes: 60\n"
                   "  Searches: 3\n"
                   "  Torrents kept for others: 7\n"
                   "  Peers kept for others: 9\n"
                   "IPv6: Not used");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/lines/torrent", test_torrent);
  g_test_add_func ("/console/lines/list", test_list);
  g_test_add_func ("/console/lines/detail", test_detail);
  g_test_add_func ("/console/lines/events", test_events);
  g_test_add_func ("/console/lines/status", test_status);
  g_test_add_func ("/console/lines/dht", test_dht);
  return g_test_run ();
}
