/* test-sharing.c: a seed with a limit and ten leechers: what it gives is worth most to the swarm, by its clock.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-bad-peer.h"
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

/* It wants something, and the test asks for it. */
static void
greet_as_leecher (FtBadLink *link)
{
  ft_bad_link_say_bits (link, FALSE);
  ft_bad_link_say (link, BT_MESSAGE_INTERESTED, NULL, 0);
}

/* The same, of one that has the second of two pieces. */
static void
greet_with_second (FtBadLink *link)
{
  static const guint8 second = 0x40;

  ft_bad_link_say (link, BT_MESSAGE_BITFIELD, &second, 1);
  ft_bad_link_say (link, BT_MESSAGE_INTERESTED, NULL, 0);
}

/* Gives the first piece alone, and lets nothing else be asked for. */
static void
give_first (FtBadLink *link, const BtBlock *block)
{
  if (block->piece == 0)
    ft_bad_link_serve (link, block);
}

static void
greet_with_first (FtBadLink *link)
{
  static const guint8 first = 0x80;

  ft_bad_link_say (link, BT_MESSAGE_BITFIELD, &first, 1);
  ft_bad_link_say (link, BT_MESSAGE_UNCHOKE, NULL, 0);
}

static FtBadPeer *
let_in (FtSimNode *node, const FtSample *sample, const char *ip, const FtManners *manners)
{
  FtBadPeer *peer = ft_bad_peer_new (ft_fake_net_add_host (node->sim->net, ip), ip, sample, manners);
  BtEndpoint endpoint = ft_sim_node_endpoint (node);

  ft_bad_peer_connect (peer, &endpoint);
  ft_sim_wait (node->sim, peer->got[BT_MESSAGE_UNCHOKE] > 0 || peer->n_blocks > 0, 30);
  return peer;
}

static void
ask (FtBadPeer *peer, guint32 n_blocks)
{
  for (guint32 i = 0; i < n_blocks; i++)
    ft_bad_link_say_block (g_ptr_array_index (peer->links, 0), BT_MESSAGE_REQUEST,
                           &(BtBlock){ 0, i * BT_LIMIT_BLOCK, BT_LIMIT_BLOCK });
}

/* Of three that have a slot: who asks for nothing for a minute goes; who asks now and then stays, and so does who asked
 * for much and takes it slowly. */
static void
test_no_request (void)
{
  const FtSampleFile files[] = { { "a.bin", 64 * PIECE_LENGTH }, { NULL, 0 } };
  const FtManners manners = { .greet = greet_as_leecher };
  g_autoptr(FtSample) sample = ft_sample_new (files, 64 * PIECE_LENGTH, 1);
  FtSim *sim = ft_sim_new (1);
  FtSimNode *seed = ft_sim_add_node (sim, "10.0.0.1", NULL);
  BtTorrent *torrent = ft_sim_node_add (seed, sample->torrent, sample->dir);
  FtBadPeer *silent, *rare, *slow;

  ft_sim_wait (sim, bt_torrent_is_complete (torrent), 10);
  slow = let_in (seed, sample, "10.0.0.4", &manners);
  ask (slow, 256);
  ft_bad_link_go_deaf (g_ptr_array_index (slow->links, 0));
  rare = let_in (seed, sample, "10.0.0.3", &manners);
  silent = let_in (seed, sample, "10.0.0.2", &manners);
  for (guint s = 0; s < 150; s += 50)
    {
      ask (rare, 1);
      ft_sim_run_for (sim, 50 * FT_SIM_SECOND);
      g_assert_cmpuint (silent->links->len, ==, s == 0);
      g_assert_cmpuint (rare->links->len, ==, 1);
      g_assert_nonnull (ft_sim_find_peer (torrent, "10.0.0.4"));
    }
  g_assert_cmpuint (rare->n_payload_in, ==, 3 * BT_LIMIT_BLOCK);
  ft_bad_peer_free (slow);
  ft_bad_peer_free (rare);
  ft_bad_peer_free (silent);
  ft_sim_free (sim);
}

/* Nor does who has what we want, though he lets us have nothing yet. */
static void
test_no_request_but_wanted (void)
{
  const FtSampleFile files[] = { { "a.bin", 2 * PIECE_LENGTH }, { NULL, 0 } };
  const FtManners giver = { .greet = greet_with_first, .request = give_first }, taker = { .greet = greet_with_second };
  g_autoptr(FtSample) sample = ft_sample_new (files, PIECE_LENGTH, 1);
  FtSim *sim = ft_sim_new (1);
  FtSimNode *node = ft_sim_add_node (sim, "10.0.0.1", NULL);
  BtTorrent *torrent = ft_sim_node_add (node, sample->torrent, NULL);
  FtBadPeer *first = let_in (node, sample, "10.0.0.2", &giver), *second;

  ft_sim_wait (sim, bt_torrent_count_had (torrent) == 1, 10);
  second = let_in (node, sample, "10.0.0.3", &taker);
  ft_sim_run_for (sim, 100 * FT_SIM_SECOND);
  g_assert_cmpuint (second->links->len, ==, 1);
  g_assert_cmpuint (second->got[BT_MESSAGE_INTERESTED], ==, 1);
  ft_bad_peer_free (first);
  ft_bad_peer_free (second);
  ft_sim_free (sim);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sharing/swarm-of-ten", test_swarm_of_ten);
  g_test_add_func ("/sharing/no-interest", test_no_interest);
  g_test_add_func ("/sharing/no-request", test_no_request);
  g_test_add_func ("/sharing/no-request-but-wanted", test_no_request_but_wanted);
  return g_test_run ();
}
