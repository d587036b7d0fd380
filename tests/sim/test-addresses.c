/* test-addresses.c: whom the torrents of an engine know, and how often an address is tried by all of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim.h"
#include "ft-swarm.h"
#include "ft-test.h"

static FtSample *
make_sample (const char *name)
{
  const FtSampleFile files[] = { { name, 65536 }, { NULL, 0 } };

  return ft_sample_new (files, 65536, 1);
}

/* The n-th that could be a peer: each in a network of its own. */
static BtEndpoint
get_address (guint n)
{
  const guint8 ip[4] = { 60, (guint8) (n >> 8), (guint8) n, 7 };
  BtEndpoint endpoint;

  bt_endpoint_set_ipv4 (&endpoint, ip, 6881);
  return endpoint;
}

static void
name_many (BtTorrent *torrent)
{
  for (guint i = 0; i < BT_LIMIT_CANDIDATES; i++)
    {
      BtEndpoint endpoint = get_address (i);

      bt_torrent_add_peer (torrent, &endpoint, BT_SOURCE_TRACKER);
    }
}

static void
set_intent (FtSimNode *node, BtTorrent *torrent, BtIntent intent)
{
  BtCommand *command = bt_command_new (bt_core_set_intent);

  command->id = bt_torrent_get_id (torrent);
  command->intent = intent;
  ft_sim_node_run (node, command);
}

static BtTorrent *
add_paused (FtSimNode *node, GBytes *bytes)
{
  BtCommand *command = bt_command_new (bt_core_add);

  command->bytes = g_bytes_ref (bytes);
  command->intent = BT_INTENT_PAUSE;
  return bt_core_find (node->core, ft_sim_node_run (node, command));
}

/* One that is stopped has room for fewer; one that stops lets the worst go. */
static void
test_at_rest (void)
{
  g_autoptr(FtSample) sample = make_sample ("a.bin");
  FtSim *sim = ft_sim_new (1);
  FtSimNode *node = ft_sim_add_node (sim, "50.0.0.1", NULL);
  BtTorrent *torrent = add_paused (node, sample->torrent);

  for (guint round = 0; round < 2; round++)
    {
      name_many (torrent);
      g_assert_cmpuint (bt_candidates_count (torrent->candidates), ==, BT_LIMIT_CANDIDATES_AT_REST);
      set_intent (node, torrent, BT_INTENT_RUN);
      ft_sim_wait (sim, bt_torrent_is_active (torrent), 10);
      name_many (torrent);
      g_assert_cmpuint (bt_candidates_count (torrent->candidates), ==, BT_LIMIT_CANDIDATES);
      set_intent (node, torrent, BT_INTENT_PAUSE);
      g_assert_cmpuint (bt_candidates_count (torrent->candidates), ==, BT_LIMIT_CANDIDATES_AT_REST);
    }
  ft_sim_free (sim);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/addresses/at-rest", test_at_rest);
  return g_test_run ();
}
