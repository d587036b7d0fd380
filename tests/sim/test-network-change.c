/* test-network-change.c: whole engines on a network in memory that becomes another one, and that sleep.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define MINUTE (60 * FT_SIM_SECOND)
#define N_TORRENTS 12

static const FtSampleFile files[] = { { "a.bin", 300000 }, { NULL, 0 } };

typedef struct
{
  FtSim *sim;
  FtSample *samples[N_TORRENTS];
  GArray *asked; /* of gint64: when the tracker was */
} Fixture;

/* A tracker that knows nobody. */
static GBytes *
answer_cb (BtWorld *host, const BtFetchRequest *request, guint *status, GError **error, gpointer data)
{
  static const char reply[] = "d8:completei0e10:downloadedi0e10:incompletei1e8:intervali1800e5:peers0:e";
  Fixture *fixture = data;
  gint64 now = ft_fake_net_now (fixture->sim->net);

  g_array_append_val (fixture->asked, now);
  return g_bytes_new_static (reply, sizeof reply - 1);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->sim = ft_sim_new (1);
  fixture->asked = g_array_new (FALSE, FALSE, sizeof (gint64));
  ft_fake_net_set_fetch (fixture->sim->net, answer_cb, fixture);
  for (guint i = 0; i < N_TORRENTS; i++)
    fixture->samples[i] = ft_sample_new (files, 32768, 400 + i);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ft_sim_free (fixture->sim);
  for (guint i = 0; i < N_TORRENTS; i++)
    ft_sample_free (fixture->samples[i]);
  g_array_unref (fixture->asked);
}

static void
add_tracker (BtTorrent *torrent)
{
  g_autoptr(GPtrArray) tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  const char *const tier[] = { "http://tracker.test/announce", NULL };

  g_ptr_array_add (tiers, g_strdupv ((GStrv) tier));
  bt_torrent_set_tiers (torrent, tiers);
}

/* A node with all the torrents, whose tracker has been asked about each. */
static FtSimNode *
add_node_with_trackers (Fixture *fixture)
{
  FtSimNode *node = ft_sim_add_node (fixture->sim, "10.0.0.1", NULL);

  for (guint i = 0; i < N_TORRENTS; i++)
    {
      /* Their files have the same names. */
      g_autofree char *folder = g_strdup_printf ("%s/%u", node->core->config->download_dir, i);

      add_tracker (ft_sim_node_add (node, fixture->samples[i]->torrent, folder));
    }
  ft_sim_run_for (fixture->sim, 5 * MINUTE);
  g_assert_cmpuint (fixture->asked->len, ==, N_TORRENTS);
  g_array_set_size (fixture->asked, 0);
  return node;
}

/* Each once, and at a moment of its own. */
static void
assert_asked_in_turn (Fixture *fixture)
{
  guint n_moments = 1;

  g_assert_cmpuint (fixture->asked->len, ==, N_TORRENTS);
  for (guint i = 1; i < fixture->asked->len; i++)
    n_moments += g_array_index (fixture->asked, gint64, i) != g_array_index (fixture->asked, gint64, i - 1);
  g_assert_cmpuint (n_moments, >, N_TORRENTS / 2);
  g_array_set_size (fixture->asked, 0);
}

static BtLocalAddress
make_address (const char *ip, guint interface_index)
{
  BtLocalAddress address = { .prefix_length = 24, .interface_index = interface_index, .interface = "eth0" };

  g_assert_true (bt_endpoint_parse_ip (&address.endpoint, ip, 0));
  address.flags = BT_ADDRESS_UP | BT_ADDRESS_RUNNING | BT_ADDRESS_GLOBAL;
  return address;
}

static BtRoute
make_route (const char *gateway, const char *source)
{
  BtRoute route = { .interface_index = 2 };

  g_assert_true (bt_endpoint_parse_ip (&route.gateway, gateway, 0));
  g_assert_true (bt_endpoint_parse_ip (&route.source, source, 0));
  return route;
}

static void
set_network (FtSimNode *node, const char *ip, const char *gateway)
{
  BtLocalAddress address = make_address (ip, 2);
  BtRoute route = make_route (gateway, ip);

  ft_fake_host_set_network (node->world, &address, 1, &route, NULL);
}

static void
test_sleep (Fixture *fixture, gconstpointer data)
{
  FtSimNode *node = add_node_with_trackers (fixture);

  /* A hiccup. */
  ft_fake_host_sleep (node->world, 2 * FT_SIM_SECOND);
  ft_sim_run_for (fixture->sim, MINUTE);
  g_assert_cmpuint (fixture->asked->len, ==, 0);
  /* A night: nothing that was to happen in it happens now at once. */
  ft_fake_host_sleep (node->world, 8 * 60 * MINUTE);
  ft_sim_run_for (fixture->sim, MINUTE);
  assert_asked_in_turn (fixture);
  ft_sim_run_for (fixture->sim, 10 * MINUTE);
  g_assert_cmpuint (fixture->asked->len, ==, 0);
}

static void
test_moved (Fixture *fixture, gconstpointer data)
{
  FtSimNode *node = add_node_with_trackers (fixture);

  set_network (node, "192.168.1.9", "192.168.1.1");
  ft_sim_run_for (fixture->sim, MINUTE);
  assert_asked_in_turn (fixture);

  /* Soon again, and back: the min interval is not meant for this. */
  set_network (node, "10.0.0.1", "10.0.0.254");
  ft_sim_run_for (fixture->sim, MINUTE / 2);
  assert_asked_in_turn (fixture);
}

/* What comes and goes on interfaces that we do not use. */
static void
test_unrelated (Fixture *fixture, gconstpointer data)
{
  FtSimNode *node = add_node_with_trackers (fixture);
  BtLocalAddress addresses[] = { make_address ("10.0.0.1", 2), make_address ("172.17.0.1", 9) };
  BtRoute route = make_route ("10.0.0.254", "10.0.0.1");

  ft_fake_host_set_network (node->world, addresses, 2, &route, NULL);
  ft_sim_run_for (fixture->sim, MINUTE);
  ft_fake_host_set_network (node->world, addresses, 1, &route, NULL);
  ft_sim_run_for (fixture->sim, MINUTE);
  g_assert_cmpuint (fixture->asked->len, ==, 0);
}

/* Changes that do not end: it is not put off for ever. */
static void
test_restless (Fixture *fixture, gconstpointer data)
{
  FtSimNode *node = add_node_with_trackers (fixture);

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *ip = g_strdup_printf ("192.168.1.%u", i + 10);

      set_network (node, ip, "192.168.1.1");
      ft_sim_run_for (fixture->sim, FT_SIM_SECOND / 2);
    }
  g_assert_cmpuint (fixture->asked->len, >, 0);
}

typedef struct
{
  FtSimNode *seed, *leecher;
  BtTorrent *at_seed, *at_leecher;
} Pair;

static Pair
make_pair (Fixture *fixture)
{
  FtSample *sample = fixture->samples[0];
  Pair pair = { ft_sim_add_node (fixture->sim, "10.0.0.1", NULL), ft_sim_add_node (fixture->sim, "10.0.0.2", NULL) };
  BtEndpoint endpoint = ft_sim_node_endpoint (pair.seed);

  ft_fake_net_line (fixture->sim->net)->bytes_per_s = 5000; /* a minute for all of it */
  pair.at_seed = ft_sim_node_add (pair.seed, sample->torrent, sample->dir);
  pair.at_leecher = ft_sim_node_add (pair.leecher, sample->torrent, NULL);
  ft_sim_node_connect (pair.leecher, pair.at_leecher, &endpoint);
  ft_sim_wait (fixture->sim, ft_sim_find_peer (pair.at_leecher, "10.0.0.1") != NULL, 10);
  return pair;
}

/* Its peers go at once, and come back. */
static void
test_address_lost (Fixture *fixture, gconstpointer data)
{
  Pair pair = make_pair (fixture);
  BtPeerId first = ft_sim_find_peer (pair.at_leecher, "10.0.0.1")->id;
  guint8 tracker_id[BT_PEER_ID_SIZE], peer_id[BT_PEER_ID_SIZE];

  memcpy (tracker_id, pair.at_leecher->tracker_id, sizeof tracker_id);
  memcpy (peer_id, ft_sim_find_peer (pair.at_seed, "10.0.0.2")->peer_id, sizeof peer_id);
  set_network (pair.leecher, "10.0.0.9", "10.0.0.254");
  ft_sim_settle (fixture->sim);
  g_assert_null (ft_sim_find_peer (pair.at_leecher, "10.0.0.1"));
  ft_sim_wait (fixture->sim, ft_sim_find_peer (pair.at_leecher, "10.0.0.1") != NULL, 10);
  g_assert_cmpuint (ft_sim_find_peer (pair.at_leecher, "10.0.0.1")->id, !=, first);
  /* To peers, who may think the old one connected; trackers count what it moved. */
  g_assert_cmpint (memcmp (ft_sim_find_peer (pair.at_leecher, "10.0.0.1")->own_id, peer_id, BT_PEER_ID_SIZE), !=, 0);
  g_assert_false (bt_peer_id_is_ours (&pair.at_leecher->id_secret, peer_id));
  g_assert_cmpmem (pair.at_leecher->tracker_id, BT_PEER_ID_SIZE, tracker_id, BT_PEER_ID_SIZE);
  ft_sim_wait (fixture->sim, bt_torrent_is_complete (pair.at_leecher), 200);
}

/* Whoever was being called when it went is not taken for nobody: also other torrents may try him. */
static void
test_lost_while_calling (Fixture *fixture, gconstpointer data)
{
  Pair pair = make_pair (fixture);
  BtWorld *silent = ft_fake_net_add_host (fixture->sim->net, "60.0.0.1");
  BtEndpoint endpoint;

  ft_fake_host_set_dark (silent, TRUE);
  g_assert_true (bt_endpoint_parse (&endpoint, "60.0.0.1:6881"));
  bt_torrent_add_peer (pair.at_leecher, &endpoint, BT_SOURCE_TRACKER);
  ft_sim_wait (fixture->sim, bt_core_is_dialling (pair.leecher->core, &endpoint), 5);
  set_network (pair.leecher, "10.0.0.9", "10.0.0.254");
  ft_sim_settle (fixture->sim);
  g_assert_false (bt_core_is_dialling (pair.leecher->core, &endpoint));
  g_assert_cmpuint (bt_attempts_count (pair.leecher->core->attempts), ==, 0);
}

static BtReason
get_reason (BtTorrent *torrent)
{
  BtTorrentStatus status = { 0 };
  BtReason reason;

  bt_torrent_touch (torrent, BT_CHANGED_ALL);
  bt_torrent_fill_status (torrent, &status);
  reason = status.reason;
  bt_torrent_status_clear (&status);
  return reason;
}

static void
test_offline (Fixture *fixture, gconstpointer data)
{
  Pair pair = make_pair (fixture);

  ft_fake_host_set_network (pair.leecher->world, NULL, 0, NULL, NULL);
  ft_sim_settle (fixture->sim);
  g_assert_null (ft_sim_find_peer (pair.at_leecher, "10.0.0.1"));
  g_assert_cmpint (get_reason (pair.at_leecher), ==, BT_REASON_NETWORK);
  ft_fake_host_set_dark (pair.leecher->world, TRUE);
  ft_sim_run_for (fixture->sim, 30 * MINUTE);
  g_assert_cmpint (get_reason (pair.at_leecher), ==, BT_REASON_NETWORK);

  ft_fake_host_set_dark (pair.leecher->world, FALSE);
  set_network (pair.leecher, "10.0.0.2", "10.0.0.254");
  ft_sim_wait (fixture->sim, ft_sim_find_peer (pair.at_leecher, "10.0.0.1") != NULL, 10);
  g_assert_cmpint (get_reason (pair.at_leecher), !=, BT_REASON_NETWORK);
  ft_sim_wait (fixture->sim, bt_torrent_is_complete (pair.at_leecher), 200);
}

/* Another way out, by which the peer is not there any more: that is seen in seconds, not in minutes. */
static void
test_stuck (Fixture *fixture, gconstpointer data)
{
  Pair pair = make_pair (fixture);

  ft_fake_host_set_dark (pair.seed->world, TRUE);
  set_network (pair.leecher, "10.0.0.2", "10.0.0.253");
  ft_sim_settle (fixture->sim);
  g_assert_nonnull (ft_sim_find_peer (pair.at_leecher, "10.0.0.1"));
  ft_sim_wait (fixture->sim, ft_sim_find_peer (pair.at_leecher, "10.0.0.1") == NULL, 10);
  ft_fake_host_set_dark (pair.seed->world, FALSE);
  ft_sim_wait (fixture->sim, ft_sim_find_peer (pair.at_leecher, "10.0.0.1") != NULL, 30);
}

/* Added while the clock was a year ahead; nothing is of the future when it was put right, and nothing is lost if it goes
 * wrong again. */
static void
test_clock_put_right (Fixture *fixture, gconstpointer data)
{
  const gint64 year_us = 365 * 24 * 3600 * FT_SIM_SECOND;
  FtSimNode *node = ft_sim_add_node (fixture->sim, "10.0.0.9", NULL);
  BtTorrentStatus status = { 0 };
  BtTorrent *torrent;
  gint64 added_at, now;

  ft_fake_host_set_clock (node->world, year_us);
  torrent = ft_sim_node_add (node, fixture->samples[0]->torrent, fixture->samples[0]->dir);
  ft_sim_wait (fixture->sim, bt_torrent_is_complete (torrent), 60);
  added_at = torrent->added_at;
  ft_fake_host_set_clock (node->world, 0);
  now = bt_core_unix_now (node->core);
  bt_torrent_fill_status (torrent, &status);
  g_assert_cmpint (now, <, added_at);
  g_assert_cmpint (status.added_at, ==, now);
  g_assert_cmpint (status.completed_at, ==, now);
  g_assert_cmpint (torrent->added_at, ==, added_at);
  bt_torrent_status_clear (&status);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/engine/network-change/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("sleep", test_sleep);
  ADD ("moved", test_moved);
  ADD ("unrelated", test_unrelated);
  ADD ("restless", test_restless);
  ADD ("address-lost", test_address_lost);
  ADD ("lost-while-calling", test_lost_while_calling);
  ADD ("offline", test_offline);
  ADD ("stuck", test_stuck);
  ADD ("clock-put-right", test_clock_put_right);
#undef ADD
  return g_test_run ();
}
