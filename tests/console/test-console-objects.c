/* test-console-objects.c: JSON objects: the names and values that others rely on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-objects.h"
#include "ft-test-status.h"

#define HASH "abababababababababababababababababababab"

static void
test_torrent (void)
{
  BtTorrentStatus status = ft_test_status (0xab, "Debian \"13\"");
  g_autofree char *text = NULL;

  status.reason = BT_REASON_PEERS_LACK_PIECES;
  status.reason_count = 12;
  text = ft_objects_torrent ("state", &status, 1700000000);
  g_assert_cmpstr (
    text, ==,
    "{\"event\":\"state\",\"time\":1700000000,\"info_hash\":\"" HASH "\","
    "\"name\":\"Debian \\\"13\\\"\",\"magnet\":false,\"path\":\"/downloads\",\"state\":\"downloading\","
    "\"intent\":\"run\",\"reason\":\"peers-lack-pieces\",\"detail\":null,"
    "\"text\":\"Waiting: none of the 12 connected peers has the missing pieces\","
    "\"size\":2000000,\"wanted\":2000000,\"done\":1000000,\"complete\":false,"
    "\"check_progress\":0.0000,\"rate_down\":1200000,\"rate_up\":0,\"eta\":200,"
    "\"downloaded\":0,\"uploaded\":0,\"wasted\":0,\"peers\":4,\"seeds\":0,\"known_peers\":0,"
    "\"swarm_seeds\":null,\"swarm_leechers\":null}");
  bt_torrent_status_clear (&status);
}

/* Each state, intent and reason has a word, and no two the same one. */
static void
test_words (void)
{
  g_autoptr (GHashTable) words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  BtTorrentStatus status = ft_test_status (1, "x");

  for (int reason = BT_REASON_NONE; reason <= BT_REASON_HELD; reason++)
    {
      g_autofree char *text = NULL;
      const char *word;

      status.reason = reason;
      text = ft_objects_torrent ("state", &status, 0);
      word = strstr (text, "\"reason\":") + strlen ("\"reason\":");
      g_assert_cmpint (g_str_has_prefix (word, "null"), ==, reason == BT_REASON_NONE);
      g_assert_true (g_hash_table_add (words, g_strndup (word, strcspn (word, ","))));
    }
  for (int state = BT_STATE_LOADING; state <= BT_STATE_ERROR; state++)
    {
      g_autofree char *text = NULL;
      const char *word;

      status.state = state;
      text = ft_objects_torrent ("state", &status, 0);
      word = strstr (text, "\"state\":") + strlen ("\"state\":");
      g_assert_false (g_str_has_prefix (word, "null"));
      g_assert_false (g_str_has_prefix (word, "\"state\""));
    }
  bt_torrent_status_clear (&status);
}

static void
test_event (void)
{
  BtTorrentStatus status = ft_test_status (0xab, "x");
  BtEvent event = { .id = 1, .kind = BT_EVENT_PIECE_FAILED, .at = 5,
                    .text = g_ref_string_new ("piece 3") };
  g_autofree char *text = ft_objects_event (&event, &status);
  g_autofree char *own = ft_objects_event (&event, NULL);

  g_assert_cmpstr (text, ==,
                   "{\"event\":\"piece-failed\",\"time\":5,\"info_hash\":\"" HASH
                   "\",\"name\":\"x\",\"message\":\"piece 3\"}");
  g_assert_cmpstr (own, ==, "{\"event\":\"piece-failed\",\"time\":5,\"message\":\"piece 3\"}");
  g_ref_string_release (event.text);
  bt_torrent_status_clear (&status);
}

static void
test_every_event_has_a_word (void)
{
  for (int kind = BT_EVENT_FINISHED; kind <= BT_EVENT_LOG; kind++)
    {
      BtEvent event = { .kind = kind };
      g_autofree char *text = ft_objects_event (&event, NULL);

      g_assert_true (g_str_has_prefix (text, "{\"event\":\""));
    }
}

static void
test_message (void)
{
  g_autofree char *failed
    = ft_objects_message ("failed", "file", "a\nb.torrent", "no such file", 7);
  g_autofree char *stopped = ft_objects_message ("stopped", NULL, NULL, NULL, 8);

  g_assert_cmpstr (failed, ==,
                   "{\"event\":\"failed\",\"time\":7,\"file\":\"a\\nb.torrent\","
                   "\"message\":\"no such file\"}");
  g_assert_cmpstr (stopped, ==, "{\"event\":\"stopped\",\"time\":8}");
}

static void
test_status (void)
{
  g_autoptr (FtRoster) roster = ft_roster_new ();
  BtUpdate update = { .listen_port = 6881 };
  g_autofree char *text = NULL;

  g_assert_true (bt_endpoint_parse_ip (&update.external_ipv4, "5.6.7.8", 0));
  update.mappings[BT_MAPPER_PCP] = (BtMapping){ BT_MAPPING_MAPPED, 51413, update.external_ipv4, 90, 0 };
  update.mappings[BT_MAPPER_UPNP] = (BtMapping){ .state = BT_MAPPING_REFUSED, .code = 606 };
  update.mappings[BT_MAPPER_PCP6].state = BT_MAPPING_NO_ANSWER;
  ft_roster_set_totals (roster, &update);
  text = ft_objects_status (roster, 1);
  g_assert_nonnull (strstr (text, "\"port\":6881,"));
  g_assert_nonnull (strstr (text, "\"router\":\"Port 51413 is mapped by PCP\",\"mappings\":{"
                                  "\"pcp\":{\"state\":\"mapped\",\"port\":51413,\"address\":\"5.6.7.8\",\"until\":90},"
                                  "\"nat_pmp\":{\"state\":\"off\"},"
                                  "\"upnp\":{\"state\":\"refused\",\"code\":606},"
                                  "\"pcp6\":{\"state\":\"no-answer\"}},"));
  g_assert_nonnull (strstr (text, "\"external_ipv4\":\"5.6.7.8\",\"external_ipv6\":null,"));
}

static void
test_dht (void)
{
  g_autoptr (FtRoster) roster = ft_roster_new ();
  BtUpdate update = { .listen_port = 6881 };
  g_autoptr (GPtrArray) lines = NULL;

  update.dht[1] = (BtDhtFacts){ .state = BT_DHT_FACTS_NO_ANSWER, .n_nodes = 2 };
  ft_roster_set_totals (roster, &update);
  lines = ft_objects_dht (roster, 3);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (lines, 0), ==,
                   "{\"event\":\"dht\",\"time\":3,\"family\":\"ipv4\",\"state\":\"off\",\"text\":\"Not used\",\"id\":null,"
                   "\"good_nodes\":0,\"nodes\":0,\"searches\":0,\"stored_torrents\":0,\"stored_peers\":0}");
  g_assert_cmpstr (g_ptr_array_index (lines, 1), ==,
                   "{\"event\":\"dht\",\"time\":3,\"family\":\"ipv6\",\"state\":\"no-answer\","
                   "\"text\":\"No node answers: the network may not let it through\",\"id\":\"0000000000000000000000000000000000000000\","
                   "\"good_nodes\":0,\"nodes\":2,\"searches\":0,\"stored_torrents\":0,\"stored_peers\":0}");
}

static void
test_detail (void)
{
  BtTorrentStatus status = ft_test_status (0xab, "x");
  BtFileStatus file = { g_ref_string_new ("x/y"), 10, 5, 4, 0 };
  BtDetail *detail = g_new0 (BtDetail, 1);
  g_autoptr (GPtrArray) lines = NULL;

  g_atomic_ref_count_init (&detail->refs);
  detail->files = bt_file_list_new (&file, 1);
  lines = ft_objects_detail (detail, &status, 9);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (lines, 0), ==,
                   "{\"event\":\"file\",\"time\":9,\"info_hash\":\"" HASH
                   "\",\"name\":\"x\",\"path\":\"x/y\",\"size\":10,\"done\":5,\"priority\":4}");
  bt_detail_unref (detail);
  bt_torrent_status_clear (&status);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/objects/torrent", test_torrent);
  g_test_add_func ("/console/objects/words", test_words);
  g_test_add_func ("/console/objects/event", test_event);
  g_test_add_func ("/console/objects/every-event-has-a-word", test_every_event_has_a_word);
  g_test_add_func ("/console/objects/message", test_message);
  g_test_add_func ("/console/objects/detail", test_detail);
  g_test_add_func ("/console/objects/status", test_status);
  g_test_add_func ("/console/objects/dht", test_dht);
  return g_test_run ();
}
