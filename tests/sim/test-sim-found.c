/* test-sim-found.c: what simulations found once, each as small as it could be made.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim.h"

#include <errno.h>
#include <glib/gstdio.h>

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
order_of (FtSimNode *node, BtTorrent *torrent, void (*run) (BtCore *core, BtCommand *command), BtIntent intent)
{
  BtCommand *command = bt_command_new (run);

  command->id = torrent->id;
  command->intent = intent;
  ft_sim_node_run (node, command);
}

static void
order (Fixture *f, void (*run) (BtCore *core, BtCommand *command), BtIntent intent)
{
  order_of (f->node, f->torrent, run, intent);
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

/* Several torrents of one engine. */

#define N_TORRENTS 2
#define N_SEEDS 3

static void
slow_down (BtConfig *config)
{
  config->limit_down_bytes_per_s = 1000;
}

static void
allow_two (BtConfig *config)
{
  config->max_peers = 2;
}

static void
allow_one (BtConfig *config)
{
  config->max_peers = 1;
  slow_down (config);
}

/* Files of the same names, so each torrent is in a folder of its own. It knows all seeds when it starts. */
static void
add_in_folder (FtSimNode *node, FtSample *sample, FtSimNode *seeds[])
{
  g_autofree char *dir = g_strdup_printf ("%s/%u", node->dir, node->core->torrents->len);
  BtTorrent *torrent;

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  torrent = ft_sim_node_add (node, sample->torrent, dir);
  order_of (node, torrent, bt_core_set_intent, BT_INTENT_PAUSE);
  for (guint i = 0; i < N_SEEDS; i++)
    {
      BtEndpoint endpoint = ft_sim_node_endpoint (seeds[i]);

      ft_sim_node_add (seeds[i], sample->torrent, sample->dir);
      ft_sim_node_connect (node, torrent, &endpoint);
    }
  order_of (node, torrent, bt_core_set_intent, BT_INTENT_RUN);
}

/* When fewer were allowed, each torrent looked at its own number alone, so all together kept more than that. */
static void
test_fewer_peers (void)
{
  g_autoptr(FtSim) sim = ft_sim_new (1);
  FtSimNode *node = ft_sim_add_node (sim, "20.0.0.1", slow_down);
  FtSimNode *seeds[N_SEEDS] = { ft_sim_add_node (sim, "21.0.0.1", NULL), ft_sim_add_node (sim, "22.0.0.1", NULL),
                                ft_sim_add_node (sim, "23.0.0.1", NULL) };
  FtSample *samples[N_TORRENTS];

  for (guint i = 0; i < N_TORRENTS; i++)
    {
      samples[i] = ft_sample_new (files, 32768, 5 + i);
      add_in_folder (node, samples[i], seeds);
    }
  ft_sim_wait (sim, node->core->n_peers == N_TORRENTS * N_SEEDS, MINUTE_S);
  ft_sim_node_configure (node, allow_two);
  g_assert_cmpuint (node->core->n_peers, ==, 2);
  for (guint i = 0; i < N_TORRENTS; i++)
    ft_sample_free (samples[i]);
}

/* The connections that a torrent makes at once when it starts were more than there was room for. */
static void
test_room_at_start (void)
{
  g_autoptr(FtSim) sim = ft_sim_new (1);
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 5);
  FtSimNode *node = ft_sim_add_node (sim, "20.0.0.1", allow_one);
  FtSimNode *seeds[N_SEEDS] = { ft_sim_add_node (sim, "21.0.0.1", NULL), ft_sim_add_node (sim, "22.0.0.1", NULL),
                                ft_sim_add_node (sim, "23.0.0.1", NULL) };
  guint most = 0;

  add_in_folder (node, sample, seeds);
  for (guint i = 0; i < MINUTE_S; i++)
    {
      ft_sim_run_for (sim, FT_SIM_SECOND);
      most = MAX (most, node->core->n_peers);
    }
  g_assert_cmpuint (most, ==, 1);
}

#define ADD(name, func) g_test_add ("/sim/found/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("check-in-trouble", test_check_in_trouble);
  ADD ("check-while-paused", test_check_while_paused);
  g_test_add_func ("/sim/found/fewer-peers", test_fewer_peers);
  g_test_add_func ("/sim/found/room-at-start", test_room_at_start);
  return g_test_run ();
}
