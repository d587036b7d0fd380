/* test-drive-back.c: a drive that comes back is looked at when that is told, not only when it is time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim.h"

#include <glib/gstdio.h>

#include "ft-swarm.h"
#include "ft-test.h"

#define PIECE 16384u

static const FtSampleFile files[] = { { "a.bin", 3 * PIECE }, { NULL, 0 } };

static void
tell (FtSimNode *node)
{
  ft_sim_node_run (node, bt_command_new (bt_core_disks_changed));
  ft_sim_settle (node->sim);
}

static void
verify (FtSimNode *node, BtTorrent *torrent)
{
  BtCommand *command = bt_command_new (bt_core_verify);

  command->id = torrent->id;
  ft_sim_node_run (node, command);
}

static gboolean
is_missing (BtTorrent *torrent)
{
  return g_error_matches (torrent->problem, BT_ERROR, BT_ERROR_DISK_MISSING);
}

/* No time passes between what is told and what comes of it. */
static void
test_told (void)
{
  g_autoptr(FtSim) sim = ft_sim_new (1);
  g_autoptr(FtSample) sample = ft_sample_new (files, PIECE, 3);
  g_autofree char *aside = g_strconcat (sample->dir, ".drive", NULL);
  FtSimNode *node = ft_sim_add_node (sim, "20.0.0.1", NULL);
  BtTorrent *torrent = ft_sim_node_add (node, sample->torrent, sample->dir);
  gint64 gone;

  g_assert_cmpint (g_rename (sample->dir, aside), ==, 0);
  verify (node, torrent);
  ft_sim_wait (sim, is_missing (torrent), 10);
  gone = ft_fake_net_now (sim->net);
  tell (node);
  g_assert_true (is_missing (torrent));
  g_assert_cmpint (g_rename (aside, sample->dir), ==, 0);
  tell (node);
  g_assert_cmpint (ft_fake_net_now (sim->net), ==, gone);
  g_assert_no_error (torrent->problem);
  ft_sim_wait (sim, torrent->phase == BT_PHASE_READY && bt_torrent_is_complete (torrent), 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/drive-back/told", test_told);
  return g_test_run ();
}
