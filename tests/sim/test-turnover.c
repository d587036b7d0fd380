/* test-turnover.c: peers that shake hands and do nothing do not keep others out, and those at work stay.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-bad-peer.h"
#include "ft-sim.h"
#include "ft-test.h"

#define MAX_PEERS 20u
#define MANY_PEERS 100u
#define MINUTE 60

#define MIB (1024 * 1024)

typedef struct
{
  FtSim *sim;
  FtSample *sample;
  FtSimNode *node;
  BtTorrent *torrent;
  GPtrArray *idlers; /* of FtBadPeer */
} Fixture;

static void
make_small (BtConfig *config)
{
  config->max_peers_per_torrent = MAX_PEERS;
}

static void
make_large (BtConfig *config)
{
  config->max_peers_per_torrent = MANY_PEERS;
}

static void
make_slow (BtConfig *config)
{
  config->max_peers_per_torrent = 3;
  config->limit_up_bytes_per_s = 60000;
}

/* It wants everything, and asks for nothing. */
static void
greet_as_leecher (FtBadLink *link)
{
  ft_bad_link_say_bits (link, FALSE);
  ft_bad_link_say (link, BT_MESSAGE_INTERESTED, NULL, 0);
}

/* It has everything, and gives nothing. */
static void
greet_as_seed (FtBadLink *link)
{
  ft_bad_link_say_bits (link, TRUE);
}

static Fixture *
fixture_new (void (*setup) (BtConfig *config), gboolean seeds, guint64 size)
{
  const FtSampleFile files[] = { { "a.bin", size }, { NULL, 0 } };
  Fixture *self = g_new0 (Fixture, 1);

  self->sim = ft_sim_new (7);
  self->sample = ft_sample_new (files, 65536, 7);
  self->node = ft_sim_add_node (self->sim, "50.0.0.1", setup);
  self->torrent = ft_sim_node_add (self->node, self->sample->torrent, seeds ? self->sample->dir : NULL);
  self->idlers = g_ptr_array_new_with_free_func ((GDestroyNotify) ft_bad_peer_free);
  if (seeds)
    ft_sim_wait (self->sim, bt_torrent_is_complete (self->torrent), 60);
  return self;
}

static void
fixture_free (Fixture *self)
{
  g_ptr_array_unref (self->idlers);
  ft_sim_free (self->sim);
  ft_sample_free (self->sample);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static FtBadPeer *
add_idler_of (Fixture *self, guint network, guint host, gboolean seed)
{
  g_autofree char *ip = g_strdup_printf ("60.%u.%u.%u", network % 256, network / 256, host);
  FtManners manners = { .greet = seed ? greet_as_seed : greet_as_leecher };
  FtBadPeer *peer = ft_bad_peer_new (ft_fake_net_add_host (self->sim->net, ip), ip, self->sample, &manners);

  g_ptr_array_add (self->idlers, peer);
  return peer;
}

/* @of_network: so many of them are of one. */
static FtBadPeer *
add_idler (Fixture *self, guint of_network, gboolean seed)
{
  return add_idler_of (self, self->idlers->len / of_network, 1 + self->idlers->len % of_network, seed);
}

static void
come (Fixture *self, FtBadPeer *peer)
{
  BtEndpoint endpoint = ft_sim_node_endpoint (self->node);

  ft_bad_peer_connect (peer, &endpoint);
}

/* Says something now and then, so that it is not taken for dead, nor for one that never asks: as who knows our rules
 * would. */
static void
say_something (FtBadLink *link)
{
  static const guint8 message[4] = { 0 };

  ft_bad_link_write (link, message, sizeof message);
  if (link->peer->manners.greet != greet_as_leecher)
    return;
  ft_bad_link_say (link, BT_MESSAGE_NOT_INTERESTED, NULL, 0);
  ft_bad_link_say (link, BT_MESSAGE_INTERESTED, NULL, 0);
}

static void
keep_alive (Fixture *self)
{

  for (guint i = 0; i < self->idlers->len; i++)
    {
      FtBadPeer *peer = g_ptr_array_index (self->idlers, i);

      for (guint j = 0; j < peer->links->len; j++)
        say_something (g_ptr_array_index (peer->links, j));
    }
}

static void
run_a_minute (Fixture *self)
{
  for (guint i = 0; i < 2; i++)
    {
      ft_sim_run_for (self->sim, MINUTE * FT_SIM_SECOND / 2);
      keep_alive (self);
    }
}

/* Until it is complete. Those who were turned out come again at once. Returns: minutes, of @most */
static guint
wait_for (Fixture *self, BtTorrent *torrent, guint most, gboolean come_again)
{
  guint n = 0;

  for (; n < most && !bt_torrent_is_complete (torrent); n++)
    {
      for (guint i = 0; i < self->idlers->len && come_again; i++)
        {
          FtBadPeer *peer = g_ptr_array_index (self->idlers, i);

          if (peer->links->len == 0)
            come (self, peer);
        }
      run_a_minute (self);
    }
  g_assert_true (bt_torrent_is_complete (torrent));
  return n;
}

static void
fill (Fixture *self, guint of_network)
{
  for (guint i = 0; i < MAX_PEERS; i++)
    come (self, add_idler (self, of_network, FALSE));
  ft_sim_wait (self->sim, self->torrent->peers->len == MAX_PEERS, 10);
  for (guint i = 0; i < 2; i++)
    run_a_minute (self);
  g_assert_cmpuint (self->torrent->peers->len, ==, MAX_PEERS);
}

static void
expect_way_in (Fixture *self, guint minutes)
{
  FtSimNode *leecher = ft_sim_add_node (self->sim, "70.0.0.1", NULL);
  BtTorrent *torrent = ft_sim_node_add (leecher, self->sample->torrent, NULL);
  BtEndpoint endpoint = ft_sim_node_endpoint (self->node);

  ft_sim_node_connect (leecher, torrent, &endpoint);
  g_test_message ("complete after %u minutes", wait_for (self, torrent, minutes, TRUE));
  g_assert_cmpuint (self->torrent->peers->len, <=, MAX_PEERS);
}

/* All from elsewhere. */
static void
test_many_networks (void)
{
  g_autoptr(Fixture) self = fixture_new (make_small, TRUE, 3 * MIB);

  fill (self, 1);
  expect_way_in (self, 60);
}

static void
test_few_networks (void)
{
  g_autoptr(Fixture) self = fixture_new (make_small, TRUE, 3 * MIB);

  fill (self, 5);
  expect_way_in (self, 2);
}

/* A leecher that thinks it knows twenty seeds; the one who gives something is found by going out. */
static void
test_false_seeds (void)
{
  g_autoptr(Fixture) self = fixture_new (make_small, FALSE, 3 * MIB);
  FtSimNode *seed = ft_sim_add_node (self->sim, "70.0.0.1", NULL);
  BtTorrent *torrent = ft_sim_node_add (seed, self->sample->torrent, self->sample->dir);
  BtEndpoint endpoint = ft_sim_node_endpoint (seed);

  ft_sim_wait (self->sim, bt_torrent_is_complete (torrent), 60);
  for (guint i = 0; i < MAX_PEERS; i++)
    ft_sim_node_connect (self->node, self->torrent, &add_idler (self, 1, TRUE)->local);
  ft_sim_wait (self->sim, self->torrent->peers->len == MAX_PEERS, 60);
  ft_sim_run_for (self->sim, 10 * FT_SIM_SECOND);
  ft_sim_node_connect (self->node, self->torrent, &endpoint);
  g_test_message ("complete after %u minutes", wait_for (self, self->torrent, 20, FALSE));
  ft_sample_assert_equal (self->sample, self->node->dir);
}

/* Who is at work is not turned out for somebody who knocks. */
static void
test_at_work (void)
{
  g_autoptr(Fixture) self = fixture_new (make_slow, TRUE, 16 * MIB);
  BtEndpoint endpoint = ft_sim_node_endpoint (self->node);
  BtTorrent *torrents[3];

  for (guint i = 0; i < G_N_ELEMENTS (torrents); i++)
    {
      g_autofree char *ip = g_strdup_printf ("70.%u.0.1", i);
      FtSimNode *leecher = ft_sim_add_node (self->sim, ip, NULL);

      torrents[i] = ft_sim_node_add (leecher, self->sample->torrent, NULL);
      ft_sim_node_connect (leecher, torrents[i], &endpoint);
    }
  ft_sim_wait (self->sim, self->torrent->n_receiving == G_N_ELEMENTS (torrents), 60);
  for (guint i = 0; i < 10; i++)
    add_idler (self, 1, FALSE);
  for (guint s = 0; s < 180; s += 10)
    {
      come (self, g_ptr_array_index (self->idlers, s / 10 % 10));
      ft_sim_run_for (self->sim, 10 * FT_SIM_SECOND);
      for (guint i = 0; i < self->torrent->peers->len; i++)
        g_assert_cmpuint (((BtPeer *) g_ptr_array_index (self->torrent->peers, i))->endpoint.ip[12], ==, 70);
    }
  g_assert_cmpuint (self->torrent->peers->len, ==, G_N_ELEMENTS (torrents));
  for (guint i = 0; i < G_N_ELEMENTS (torrents); i++)
    wait_for (self, torrents[i], 20, FALSE);
}

static gboolean
is_in (Fixture *self, guint i)
{
  return ((FtBadPeer *) g_ptr_array_index (self->idlers, i))->links->len > 0;
}

/* Of a hundred four go in a turn: of three of one network the two that came first, and then of the others. */
static void
test_worst_first (void)
{
  g_autoptr(Fixture) self = fixture_new (make_large, TRUE, 3 * MIB);
  guint first_of_crowd = 50;
  guint n_in = 0;

  for (guint i = 0; i < MANY_PEERS; i++)
    {
      guint network = i < first_of_crowd ? i : i < first_of_crowd + 3 ? 200 : i + 50;

      come (self, add_idler_of (self, network, 1 + i % first_of_crowd, FALSE));
      ft_sim_run_for (self->sim, FT_SIM_SECOND);
      if (i % 30 == 29)
        keep_alive (self);
    }
  ft_sim_wait (self->sim, self->torrent->peers->len == MANY_PEERS, 10);
  ft_sim_node_connect (self->node, self->torrent, &add_idler_of (self, 220, 1, FALSE)->local);
  for (guint s = 0; s < 240 && is_in (self, 0); s += 30)
    {
      keep_alive (self);
      ft_sim_run_for (self->sim, 30 * FT_SIM_SECOND);
    }
  for (guint i = 0; i < MANY_PEERS; i++)
    n_in += is_in (self, i);
  g_assert_cmpuint (n_in, ==, MANY_PEERS - 4);
  g_assert_false (is_in (self, 0) || is_in (self, 1));
  g_assert_false (is_in (self, first_of_crowd) || is_in (self, first_of_crowd + 1));
  g_assert_true (is_in (self, MANY_PEERS)); /* who had been waiting */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/turnover/many-networks", test_many_networks);
  g_test_add_func ("/sim/turnover/few-networks", test_few_networks);
  g_test_add_func ("/sim/turnover/false-seeds", test_false_seeds);
  g_test_add_func ("/sim/turnover/at-work", test_at_work);
  g_test_add_func ("/sim/turnover/worst-first", test_worst_first);
  return g_test_run ();
}
