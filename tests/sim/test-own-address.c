/* test-own-address.c: who lies behind our own address is banned, but nobody else there is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-bad-peer.h"
#include "ft-sim.h"
#include "ft-test.h"

#define KIB 1024u
#define OWN_IP "50.0.0.1"

static const FtSampleFile files[] = { { "a.bin", 200000 }, { NULL, 0 } };

static void
spoil (FtBadLink *link, const BtBlock *block, guint8 *data)
{
  data[0] ^= 1;
}

/* A liar, which sends pieces alone; what comes of it depends on whether the router says that its address is ours. */
static void
test_liar (gconstpointer is_ours)
{
  g_autoptr (FtSim) sim = ft_sim_new (1);
  g_autoptr (FtSample) sample = ft_sample_new (files, 16 * KIB, 1);
  FtSimNode *node = ft_sim_add_node (sim, "192.168.1.2", NULL);
  BtTorrent *torrent = ft_sim_node_add (node, sample->torrent, NULL);
  BtWorld *world = ft_fake_net_add_host (sim->net, OWN_IP);
  FtBadPeer *liar = ft_bad_peer_new (world, OWN_IP, sample, &(FtManners){ .alter = spoil });
  BtEndpoint router, neighbour;

  if (is_ours)
    {
      g_assert_true (bt_endpoint_parse_ip (&router, "192.168.1.1", 0));
      bt_address_vote_cast (node->core->votes, &router, BT_VOTE_MAPPER, &liar->local, ft_fake_net_now (sim->net));
    }
  g_assert_cmpint (bt_address_vote_is_ours (node->core->votes, &liar->local), ==, is_ours != NULL);
  ft_sim_node_connect (node, torrent, &liar->local);
  ft_sim_wait (sim, liar->n_served > 0, 60);
  ft_sim_wait (sim, liar->links->len == 0, 60);
  ft_sim_wait (sim, node->n_failed_pieces > 0, 60);
  neighbour = liar->local;
  neighbour.port++;
  g_assert_true (bt_candidates_is_banned (torrent->candidates, &liar->local));
  g_assert_cmpint (bt_candidates_is_banned (torrent->candidates, &neighbour), ==, is_ours == NULL);
  g_assert_cmpint (bt_blame_trust (torrent->blame, &neighbour) == 0, ==, is_ours != NULL);
  bt_torrent_ban_by_hand (torrent, &liar->local);
  g_assert_true (bt_candidates_is_banned (torrent->candidates, &neighbour));
  ft_bad_peer_free (liar);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sim/own-address/liar", GINT_TO_POINTER (TRUE), test_liar);
  g_test_add_data_func ("/sim/own-address/liar-elsewhere", GINT_TO_POINTER (FALSE), test_liar);
  return g_test_run ();
}
