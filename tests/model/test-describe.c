/* test-describe.c: the engine's values in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-describe.h"

#define NOW 1700000000

#define MB G_GUINT64_CONSTANT (1000000)

static void
assert_text (char *text, const char *expected)
{
  /* g_format_size() separates with a no-break space. */
  g_auto (GStrv) parts = g_strsplit (text, "\u00a0", -1);
  g_autofree char *plain = g_strjoinv (" ", parts);

  g_assert_cmpstr (plain, ==, expected);
  g_free (text);
}

static void
test_numbers (void)
{
  assert_text (ft_format_size (1400000), "1.4 MB");
  assert_text (ft_format_size (1), "1 byte");
  assert_text (ft_format_speed (34000), "34.0 kB/s");
  assert_text (ft_describe_speeds (34000, 1200000), "↓ 34.0 kB/s ↑ 1.2 MB/s");
  assert_text (ft_describe_speeds (34000, 0), "↓ 34.0 kB/s");
  assert_text (ft_describe_speeds (0, 34000), "↑ 34.0 kB/s");
  assert_text (ft_describe_speeds (0, 0), "");
  assert_text (ft_format_ratio (150, 100), "1.50");
  assert_text (ft_format_ratio (0, 0), "0.00");
  assert_text (ft_format_ratio (1, 0), "∞");
}

static void
test_durations (void)
{
  static const struct
  {
    gint64 seconds;
    const char *text;
  } cases[] = {
    { -5, "0 seconds" },
    { 1, "1 second" },
    { 59, "59 seconds" },
    { 60, "1 minute" },
    { 199, "3 minutes" },
    { 3600, "1 hour" },
    { 2 * 3600 + 5 * 60 + 59, "2 hours, 5 minutes" },
    { 86400 - 1, "23 hours, 59 minutes" },
    { 86400, "1 day" },
    { 3 * 86400 + 3600 + 120, "3 days, 1 hour" },
    { G_MAXINT64, "2147483647 days, 15 hours" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_text (ft_format_duration (cases[i].seconds), cases[i].text);
}

static void
test_percent (void)
{
  assert_text (ft_format_percent (0), "0 %");
  assert_text (ft_format_percent (-1), "0 %");
  assert_text (ft_format_percent (0.0 / 0.0), "0 %");
  assert_text (ft_format_percent (0.459), "45 %");
  assert_text (ft_format_percent (0.999999999), "99 %");
  assert_text (ft_format_percent (1), "100 %");
}

static void
test_date (void)
{
  g_autoptr (GDateTime) date = g_date_time_new_local (2024, 5, 3, 14, 30, 0);

  assert_text (ft_format_date (g_date_time_to_unix (date)), "3 May 2024, 14:30");
  g_assert_null (ft_format_date (0));
}

typedef struct
{
  BtState state;
  BtReason reason;
  guint n_peers, n_sending, n_receiving, count;
  gint64 until;
  const char *reason_text;
  const char *sentence;
} StateCase;

static const StateCase state_cases[] = {
  { BT_STATE_LOADING, .sentence = "Loading" },
  { BT_STATE_CHECKING, .sentence = "Checking the data: 25 %" },
  { BT_STATE_CHECKING, BT_REASON_CHECK_QUEUED,
    .sentence = "Waiting: another torrent is being checked" },
  { BT_STATE_DOWNLOADING, .n_peers = 12, .n_sending = 3,
    .sentence = "Downloading from 3 of 12 peers" },
  { BT_STATE_DOWNLOADING, .n_peers = 1, .n_sending = 1,
    .sentence = "Downloading from 1 of 1 peer" },
  { BT_STATE_DOWNLOADING, .n_peers = 2, .sentence = "Downloading: 2 peers connected" },
  { BT_STATE_DOWNLOADING, BT_REASON_STARTING, .sentence = "Starting" },
  { BT_STATE_DOWNLOADING, BT_REASON_ANNOUNCING, .sentence = "Asking the trackers for peers" },
  { BT_STATE_DOWNLOADING, BT_REASON_SEARCHING, .sentence = "Searching the distributed hash table for peers" },
  { BT_STATE_DOWNLOADING, BT_REASON_NO_PEERS, .sentence = "Waiting: no peer was found" },
  { BT_STATE_DOWNLOADING, BT_REASON_NO_PEERS, .until = NOW + 250,
    .reason_text = "unregistered torrent",
    .sentence = "Waiting: no peer was found; next try in 4 minutes (unregistered torrent)" },
  { BT_STATE_DOWNLOADING, BT_REASON_NO_TRACKER,
    .sentence = "Waiting: the torrent names no tracker that can be asked for peers" },
  { BT_STATE_DOWNLOADING, BT_REASON_CONNECTING, .count = 5, .sentence = "Connecting to 5 peers" },
  { BT_STATE_DOWNLOADING, BT_REASON_NO_CONNECTION, .count = 20, .until = NOW + 30,
    .sentence = "Waiting: none of the 20 known peers answers; next try in 30 seconds" },
  { BT_STATE_DOWNLOADING, BT_REASON_NO_CONNECTION, .count = 1, .until = NOW - 1,
    .sentence = "Waiting: the only known peer does not answer" },
  { BT_STATE_DOWNLOADING, BT_REASON_PEERS_LACK_PIECES, .count = 12,
    .sentence = "Waiting: none of the 12 connected peers has the missing pieces" },
  { BT_STATE_DOWNLOADING, BT_REASON_PEERS_LACK_PIECES, .count = 1,
    .sentence = "Waiting: the connected peer does not have the missing pieces" },
  { BT_STATE_DOWNLOADING, BT_REASON_CHOKED, .count = 3,
    .sentence = "Waiting for a turn: 3 peers have the missing pieces" },
  { BT_STATE_DOWNLOADING, BT_REASON_MODE, .sentence = "Waiting: the mode allows seeding only" },
  { BT_STATE_DOWNLOADING, BT_REASON_FILES_CHANGED,
    .sentence = "Another program changed the files; verify the data to download the changed parts again" },
  { BT_STATE_SEEDING, BT_REASON_DISK_SLOW, .sentence = "Waiting: the disk does not answer" },
  { BT_STATE_LOADING, BT_REASON_DISK_SLOW, .sentence = "Waiting: the disk does not answer" },
  { BT_STATE_DOWNLOADING, BT_REASON_NETWORK, .reason_text = "no such address",
    .sentence = "Waiting: the network cannot be used (no such address)" },
  { BT_STATE_SEEDING, .n_peers = 5, .n_receiving = 2, .sentence = "Seeding to 2 of 5 peers" },
  { BT_STATE_SEEDING, BT_REASON_NO_INTEREST, .n_peers = 5,
    .sentence = "Seeding: none of the 5 connected peers wants anything now" },
  { BT_STATE_SEEDING, BT_REASON_NO_INTEREST, .sentence = "Seeding: no peer is connected" },
  { BT_STATE_PAUSED, .sentence = "Paused" },
  { BT_STATE_STOPPED, .sentence = "Stopped" },
  { BT_STATE_STOPPED, BT_REASON_COMPLETE,
    .sentence = "Complete: the mode allows downloading only" },
  { BT_STATE_ERROR, BT_REASON_DISK_FULL, .reason_text = "No space left on device",
    .sentence = "Stopped: the disk is full" },
  { BT_STATE_ERROR, BT_REASON_DISK_FULL, .count = 1, .reason_text = "No space left on device",
    .sentence = "Only seeding: the disk is full" },
  { BT_STATE_ERROR, BT_REASON_DISK_READ_ONLY, .count = 1,
    .sentence = "Only seeding: the folder cannot be written to" },
  { BT_STATE_ERROR, BT_REASON_DISK_MISSING,
    .sentence = "Stopped: the folder or the data in it is gone" },
  { BT_STATE_ERROR, BT_REASON_DISK_READ_ONLY,
    .sentence = "Stopped: the folder cannot be written to" },
  { BT_STATE_ERROR, BT_REASON_DISK_ERROR, .reason_text = "Input/output error",
    .sentence = "Stopped: the disk failed (Input/output error)" },
  { BT_STATE_ERROR, BT_REASON_FILES_CHANGED,
    .sentence = "Stopped: another program changed the files; verify them to go on" },
};

static void
fill_status (BtTorrentStatus *status, const StateCase *state_case)
{
  *status = (BtTorrentStatus){
    .name = g_ref_string_new ("Debian 13"),
    .reason_text
    = state_case->reason_text != NULL ? g_ref_string_new (state_case->reason_text) : NULL,
    .state = state_case->state,
    .reason = state_case->reason,
    .reason_count = state_case->count,
    .reason_until = state_case->until,
    .n_peers = state_case->n_peers,
    .n_sending = state_case->n_sending,
    .n_receiving = state_case->n_receiving,
    .check_progress = 0.25,
    .eta_s = -1,
  };
}

static void
test_states (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_cases); i++)
    {
      BtTorrentStatus status;

      fill_status (&status, &state_cases[i]);
      assert_text (ft_describe_state (&status, NOW), state_cases[i].sentence);
      bt_torrent_status_clear (&status);
    }
}

/* Whatever the engine says, there is a sentence. */
static void
test_every_state_and_reason (void)
{
  for (int state = BT_STATE_LOADING; state <= BT_STATE_ERROR; state++)
    for (int reason = BT_REASON_NONE; reason <= BT_REASON_NETWORK; reason++)
      {
        BtTorrentStatus status;
        g_autofree char *sentence = NULL;

        fill_status (&status, &(StateCase){ .state = state, .reason = reason });
        sentence = ft_describe_state (&status, NOW);
        g_assert_cmpuint (strlen (sentence), >, 3);
        bt_torrent_status_clear (&status);
      }
}

static void
test_progress_and_row (void)
{
  BtTorrentStatus status;

  fill_status (&status, &(StateCase){ .state = BT_STATE_DOWNLOADING });
  status.wanted = 260 * MB;
  status.done = 120 * MB;
  assert_text (ft_describe_progress (&status), "46 %, 120.0 MB of 260.0 MB");
  assert_text (ft_describe_row (&status, NOW),
               "Debian 13, 46 percent, Downloading: 0 peers connected");
  status.eta_s = 185;
  assert_text (ft_describe_progress (&status), "46 %, 120.0 MB of 260.0 MB, 3 minutes left");
  assert_text (ft_describe_row (&status, NOW), "Debian 13, 46 percent, 3 minutes left");
  status.done = status.wanted - 1;
  assert_text (ft_describe_row (&status, NOW), "Debian 13, 99 percent, 3 minutes left");
  status.done = status.wanted;
  status.eta_s = -1;
  status.state = BT_STATE_PAUSED;
  assert_text (ft_describe_progress (&status), "100 %, 260.0 MB");
  assert_text (ft_describe_row (&status, NOW), "Debian 13, complete, Paused");
  /* Of a magnet link nothing is had, though nothing is wanted. */
  status.is_magnet = TRUE;
  status.done = status.wanted = 0;
  assert_text (ft_describe_progress (&status), "Size not known yet");
  assert_text (ft_describe_row (&status, NOW), "Debian 13, Paused: its details are not known yet");
  bt_torrent_status_clear (&status);
}

static void
assert_state (const BtTorrentStatus *status, const char *expected)
{
  assert_text (ft_describe_state (status, NOW), expected);
}

/* How it stands with the details of a magnet link. */
static void
test_links (void)
{
  BtTorrentStatus status = { .name = g_ref_string_new ("Link"), .state = BT_STATE_DOWNLOADING, .eta_s = -1,
                             .is_magnet = TRUE };

  status.reason = BT_REASON_NO_METADATA;
  assert_state (&status, "Looking for people who have the details");
  status.reason_count = 1;
  assert_state (&status, "Waiting for the details: the connected peer has not given them yet");
  status.reason_count = 3;
  assert_state (&status, "Waiting for the details: none of the 3 connected peers has given them yet");
  status.reason = BT_REASON_CONNECTING;
  assert_state (&status, "Asking for the details: connecting to 3 peers");
  status.reason = BT_REASON_NO_CONNECTION;
  status.reason_until = NOW + 120;
  assert_state (&status,
                "Waiting for the details: none of the 3 known peers answers; next try in 2 minutes");
  status.reason = BT_REASON_NO_PEERS;
  status.reason_text = g_ref_string_new ("unknown torrent");
  assert_state (&status, "Waiting for the details: nobody who has them was found; next try in 2 minutes "
                         "(unknown torrent)");
  status.reason = BT_REASON_NO_TRACKER;
  assert_state (&status, "Waiting for the details: the link names nobody who could be asked");
  status.reason = BT_REASON_NETWORK;
  assert_state (&status, "Waiting: the network cannot be used (unknown torrent)");
  status.reason = BT_REASON_METADATA;
  status.metadata_size = 100000;
  status.metadata_done = 45056;
  assert_state (&status, "Receiving the details: 45 %");
  assert_text (ft_describe_row (&status, NOW), "Link, Receiving the details: 45 %");

  status.is_magnet = FALSE;
  status.intent = BT_INTENT_DETAILS;
  status.state = BT_STATE_PAUSED;
  status.reason = BT_REASON_NONE;
  assert_state (&status, "Paused: details only");
  status.state = BT_STATE_CHECKING;
  status.check_progress = 0.5;
  assert_state (&status, "Checking the data: 50 %");
  bt_torrent_status_clear (&status);
}

static void
test_errors (void)
{
  for (int code = BT_ERROR_MALFORMED; code <= BT_ERROR_TAKEN; code++)
    {
      g_autoptr (GError) error = g_error_new (BT_ERROR, code, "info.pieces: missing");
      g_autofree char *text = ft_describe_error (error);

      g_assert_cmpstr (text, !=, error->message);
      g_assert_cmpstr (text, !=, "");
      if (code == BT_ERROR_MALFORMED)
        g_assert_cmpstr (text, ==, "This is not a valid torrent: info.pieces: missing");
    }

  g_autoptr (GError) other = g_error_new (G_FILE_ERROR, G_FILE_ERROR_NOENT, "No such file");
  assert_text (ft_describe_error (other), "No such file");
}

static BtMapping
map_to (BtMappingState state, guint16 port, const char *address, guint code)
{
  BtMapping mapping = { .state = state, .port = port, .code = code };

  g_assert_true (bt_endpoint_parse_ip (&mapping.address, address, 0));
  return mapping;
}

static void
test_mapper (void)
{
  BtMapping mapping = map_to (BT_MAPPING_MAPPED, 51413, "5.6.7.8", 0);

  assert_text (ft_describe_mapper (BT_MAPPER_PCP, &mapping), "Port 51413 is mapped by PCP");
  assert_text (ft_describe_mapper (BT_MAPPER_NAT_PMP, &mapping), "Port 51413 is mapped by NAT-PMP");
  assert_text (ft_describe_mapper (BT_MAPPER_UPNP, &mapping), "Port 51413 is mapped by UPnP");
  assert_text (ft_describe_mapper (BT_MAPPER_PCP6, &mapping),
               "Port 51413 is let through to this computer over IPv6 (PCP)");
  mapping = map_to (BT_MAPPING_SECOND_NAT, 51413, "100.64.0.7", 0);
  assert_text (ft_describe_mapper (BT_MAPPER_UPNP, &mapping),
               "Behind a second NAT: the router is 100.64.0.7 to the outside. Port 51413 is mapped by UPnP");
  mapping = map_to (BT_MAPPING_REFUSED, 0, "::", 2);
  assert_text (ft_describe_mapper (BT_MAPPER_PCP, &mapping), "The router refused (PCP): not authorised");
  assert_text (ft_describe_mapper (BT_MAPPER_NAT_PMP, &mapping), "The router refused (NAT-PMP): not authorised");
  assert_text (ft_describe_mapper (BT_MAPPER_UPNP, &mapping), "The router refused (UPnP): error 2");
  mapping.code = 718;
  assert_text (ft_describe_mapper (BT_MAPPER_UPNP, &mapping), "The router refused (UPnP): others have the port");
  mapping.code = 0;
  assert_text (ft_describe_mapper (BT_MAPPER_NAT_PMP, &mapping), "The router refused (NAT-PMP): error 0");
  mapping.state = BT_MAPPING_UNSUPPORTED;
  assert_text (ft_describe_mapper (BT_MAPPER_PCP, &mapping), "The router does not know PCP");
  mapping.state = BT_MAPPING_BOUND;
  assert_text (ft_describe_mapper (BT_MAPPER_UPNP, &mapping),
               "UPnP is not used while connections are bound to an address or interface");
}

static void
test_mappings (void)
{
  BtMapping mappings[BT_N_MAPPERS] = { 0 };

  assert_text (ft_describe_mappings (mappings), "The router is not asked to open the port");
  mappings[BT_MAPPER_UPNP].state = BT_MAPPING_NO_ANSWER;
  mappings[BT_MAPPER_PCP].state = BT_MAPPING_UNSUPPORTED;
  assert_text (ft_describe_mappings (mappings), "No router here opens a port when it is asked");
  mappings[BT_MAPPER_NAT_PMP] = map_to (BT_MAPPING_REFUSED, 0, "::", 4);
  assert_text (ft_describe_mappings (mappings), "The router refused (NAT-PMP): it has no room for more ports");
  mappings[BT_MAPPER_PCP6] = map_to (BT_MAPPING_MAPPED, 6881, "::", 0);
  assert_text (ft_describe_mappings (mappings), "Port 6881 is let through to this computer over IPv6 (PCP)");
  mappings[BT_MAPPER_UPNP].state = BT_MAPPING_ASKING;
  assert_text (ft_describe_mappings (mappings), "Asking the router to open the port");
  mappings[BT_MAPPER_UPNP] = map_to (BT_MAPPING_MAPPED, 40001, "5.6.7.8", 0);
  assert_text (ft_describe_mappings (mappings), "Port 40001 is mapped by UPnP");
  /* Of two that are mapped the first is the one that others are told of. */
  mappings[BT_MAPPER_NAT_PMP] = map_to (BT_MAPPING_MAPPED, 51413, "5.6.7.8", 0);
  assert_text (ft_describe_mappings (mappings), "Port 51413 is mapped by NAT-PMP");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/describe/numbers", test_numbers);
  g_test_add_func ("/model/describe/durations", test_durations);
  g_test_add_func ("/model/describe/percent", test_percent);
  g_test_add_func ("/model/describe/date", test_date);
  g_test_add_func ("/model/describe/states", test_states);
  g_test_add_func ("/model/describe/every-state-and-reason", test_every_state_and_reason);
  g_test_add_func ("/model/describe/progress-and-row", test_progress_and_row);
  g_test_add_func ("/model/describe/links", test_links);
  g_test_add_func ("/model/describe/errors", test_errors);
  g_test_add_func ("/model/describe/mapper", test_mapper);
  g_test_add_func ("/model/describe/mappings", test_mappings);
  return g_test_run ();
}
