/* test-stopping.c: while an engine comes to its end it says that it comes on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim.h"

#include "ft-swarm.h"
#include "ft-test.h"

#define PIECE 16384u
#define SLOW_US (30 * FT_SIM_SECOND)

static const FtSampleFile files[] = { { "a.bin", 20 * PIECE }, { NULL, 0 } };

static void
slow_down (BtConfig *config)
{
  config->limit_down_bytes_per_s = PIECE;
}

/* Nobody who waits for it takes a disk that is slow for one that hangs. It is in the middle of a download: what is being
 * written is waited for, then the rest is written. */
static void
test_progress (void)
{
  g_autoptr(FtSim) sim = ft_sim_new (1);
  g_autoptr(FtSample) sample = ft_sample_new (files, PIECE, 3);
  FtSimNode *seed = ft_sim_add_node (sim, "20.0.0.1", NULL);
  FtSimNode *node = ft_sim_add_node (sim, "21.0.0.1", slow_down);
  BtEndpoint endpoint = ft_sim_node_endpoint (seed);
  BtTorrent *torrent = ft_sim_node_add (node, sample->torrent, NULL);

  ft_sim_node_add (seed, sample->torrent, sample->dir);
  ft_virtual_disks_set_latency (sim->disks, SLOW_US);
  ft_sim_node_connect (node, torrent, &endpoint);
  ft_sim_wait (sim, torrent->n_jobs > 0, 60);
  g_assert_cmpuint (node->n_came_on, ==, 0);
  ft_sim_node_restart (node);
  g_assert_cmpuint (node->n_came_on, >=, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/stopping/progress", test_progress);
  return g_test_run ();
}
