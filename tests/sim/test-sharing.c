/* test-sharing.c: a seed with a limit and ten leechers: what it gives is worth most to the swarm, by its clock.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim.h"
#include "ft-test.h"

#include "ft-swarm.h"

#define N_LEECHERS 10
#define PIECE_LENGTH (64 * 1024)
#define N_PIECES 384
#define SEED_BYTES_PER_S (1250 * 1000)
#define LATENCY_US 500
/* Times the size: what the seed may send, and times the ideal: how long it may take. */
#define MOST_GIVEN 1.15
#define MOST_TIME 1.15

static void
limit_seed (BtConfig *config)
{
  config->limit_up_bytes_per_s = SEED_BYTES_PER_S;
}

typedef struct
{
  FtSim *sim;
  FtSample *sample;
  FtSimNode *nodes[1 + N_LEECHERS]; /* the seed is the first */
  BtTorrent *torrents[1 + N_LEECHERS];
} Swarm;

static void
set_up (Swarm *swarm, guint64 seed)
{
  const FtSampleFile files[] = { { "a.bin", (guint64) N_PIECES * PIECE_LENGTH }, { NULL, 0 } };

  swarm->sim = ft_sim_new (seed);
  swarm->sample = ft_sample_new (files, PIECE_LENGTH, 1);
  ft_fake_net_line (swarm->sim->net)->latency_us = LATENCY_US;
  for (guint i = 0; i <= N_LEECHERS; i++)
    {
      g_autofree char *ip = g_strdup_printf ("10.0.0.%u", i + 1);

      swarm->nodes[i] = ft_sim_add_node (swarm->sim, ip, i == 0 ? limit_seed : NULL);
      swarm->torrents[i] = ft_sim_node_add (swarm->nodes[i], swarm->sample->torrent, i == 0 ? swarm->sample->dir : NULL);
    }
  ft_sim_wait (swarm->sim, bt_torrent_is_complete (swarm->torrents[0]), 60);
}

static void
connect_all (Swarm *swarm)
{
  for (guint i = 1; i <= N_LEECHERS; i++)
    for (guint j = 0; j < i; j++)
      {
        BtEndpoint endpoint = ft_sim_node_endpoint (swarm->nodes[j]);

        ft_sim_node_connect (swarm->nodes[i], swarm->torrents[i], &endpoint);
      }
}

static gboolean
all_complete (Swarm *swarm)
{
  for (guint i = 1; i <= N_LEECHERS; i++)
    if (!bt_torrent_is_complete (swarm->torrents[i]))
      return FALSE;
  return TRUE;
}

static void
tear_down (Swarm *swarm)
{
  for (guint i = 1; i <= N_LEECHERS; i++)
    ft_sample_assert_equal (swarm->sample, swarm->nodes[i]->dir);
  ft_sim_free (swarm->sim);
  ft_sample_free (swarm->sample);
}

/* Nobody can be sooner than the size through the limit, and whatever the seed gives twice makes all wait. */
static void
test_swarm_of_ten (void)
{
  Swarm swarm;
  gint64 begin;
  double s, ideal_s, given;

  set_up (&swarm, 1);
  connect_all (&swarm);
  begin = ft_fake_net_now (swarm.sim->net);
  ft_sim_wait (swarm.sim, all_complete (&swarm), 120);
  s = (double) (ft_fake_net_now (swarm.sim->net) - begin) / G_USEC_PER_SEC;
  ideal_s = (double) swarm.sample->size / SEED_BYTES_PER_S;
  given = (double) swarm.torrents[0]->uploaded / (double) swarm.sample->size;
  g_test_message ("%.1f s by its clock, %.2f of the ideal; the seed gave %.2f of the size", s, s / ideal_s, given);
  g_assert_cmpfloat (given, <, MOST_GIVEN);
  g_assert_cmpfloat (s / ideal_s, <, MOST_TIME);
  tear_down (&swarm);
}

/* Two of whom neither has what the other wants give their connection back after ten minutes, and not before. */
static void
test_no_interest (void)
{
  const FtSampleFile files[] = { { "a.bin", PIECE_LENGTH }, { NULL, 0 } };
  g_autoptr(FtSample) sample = ft_sample_new (files, PIECE_LENGTH, 1);
  FtSim *sim = ft_sim_new (1);
  FtSimNode *one = ft_sim_add_node (sim, "10.0.0.1", NULL), *other = ft_sim_add_node (sim, "10.0.0.2", NULL);
  BtTorrent *torrent = ft_sim_node_add (one, sample->torrent, NULL);
  BtEndpoint endpoint = ft_sim_node_endpoint (other);

  ft_sim_node_add (other, sample->torrent, NULL);
  ft_sim_run_for (sim, 2 * FT_SIM_SECOND);
  ft_sim_node_connect (one, torrent, &endpoint);
  ft_sim_wait (sim, torrent->peers->len == 1, 10);
  ft_sim_run_for (sim, 580 * FT_SIM_SECOND);
  g_assert_cmpuint (torrent->peers->len, ==, 1);
  ft_sim_wait (sim, torrent->peers->len == 0, 60);
  ft_sim_free (sim);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sharing/swarm-of-ten", test_swarm_of_ten);
  g_test_add_func ("/sharing/no-interest", test_no_interest);
  return g_test_run ();
}
