/* test-sim-found.c: what simulations found once, each as small as it could be made.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim.h"

#include <errno.h>

#include "ft-file-calls.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define MINUTE_S 60
#define HOUR_S 3600

static const FtSampleFile files[] = { { "a.bin", 300000 }, { NULL, 0 } };

/* An engine that has the data, in a folder of its own. */
typedef struct
{
  FtSim *sim;
  FtSample *sample;
  FtSimNode *node;
  BtTorrent *torrent;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->sim = ft_sim_new (1);
  f->sample = ft_sample_new (files, 32768, 5);
  f->node = ft_sim_add_node (f->sim, "20.0.0.1", NULL);
  f->torrent = ft_sim_node_add (f->node, f->sample->torrent, f->sample->dir);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ft_sim_free (f->sim);
  ft_sample_free (f->sample);
}

static void
order (Fixture *f, void (*run) (BtCore *core, BtCommand *command), BtIntent intent)
{
  BtCommand *command = bt_command_new (run);

  command->id = f->torrent->id;
  command->intent = intent;
  ft_sim_node_run (f->node, command);
}

static void
begin_faults (Fixture *f)
{
  ft_file_calls_watch (f->sample->dir);
  ft_file_calls_fail (FT_CALL_READ, f->sample->dir, 0, 1000, EIO);
}

/* A check that is asked for while the disk is in trouble was never done, and stood in the way of all others. */
static void
test_check_in_trouble (Fixture *f, gconstpointer data)
{
  begin_faults (f);
  order (f, bt_core_verify, 0);
  ft_sim_wait (f->sim, f->torrent->problem != NULL, MINUTE_S);
  order (f, bt_core_verify, 0);
  ft_file_calls_watch (NULL);
  ft_sim_wait (f->sim, f->torrent->phase == BT_PHASE_READY, HOUR_S);
  g_assert_true (bt_torrent_is_complete (f->torrent));
}

/* Likewise one of a torrent that is paused. */
static void
test_check_while_paused (Fixture *f, gconstpointer data)
{
  order (f, bt_core_set_intent, BT_INTENT_PAUSE);
  begin_faults (f);
  order (f, bt_core_verify, 0);
  ft_sim_wait (f->sim, f->torrent->problem != NULL, MINUTE_S);
  ft_file_calls_watch (NULL);
  ft_sim_wait (f->sim, f->torrent->phase == BT_PHASE_READY, HOUR_S);
  g_assert_true (bt_torrent_is_complete (f->torrent));
}

#define ADD(name, func) g_test_add ("/sim/found/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("check-in-trouble", test_check_in_trouble);
  ADD ("check-while-paused", test_check_while_paused);
  return g_test_run ();
}
