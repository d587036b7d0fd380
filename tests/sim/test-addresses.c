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

/* Several torrents of one engine, and a machine that has nothing to do with them. */

#define N_TORRENTS 12
#define VICTIM_PORT 8080

typedef struct
{
  FtSim *sim;
  FtSimNode *node;
  GPtrArray *samples;  /* of FtSample */
  GPtrArray *torrents; /* of BtTorrent */
  BtWorld *victim;
  BtListener *listener;
  guint n_calls;
} Crowd;

/* It hangs up, as servers do on whom they do not understand. */
static void
accepted_cb (BtStream *stream, gpointer owner)
{
  Crowd *crowd = owner;

  crowd->n_calls++;
  stream->ops->close (stream);
}

static BtEndpoint
get_victim (void)
{
  const guint8 ip[4] = { 70, 0, 0, 1 };
  BtEndpoint endpoint;

  bt_endpoint_set_ipv4 (&endpoint, ip, VICTIM_PORT);
  return endpoint;
}

/* It knows of others what the test says. */
static void
be_alone (BtConfig *config)
{
  config->dht = config->pex = config->lsd = FALSE;
}

static Crowd *
crowd_new (void)
{
  Crowd *crowd = g_new0 (Crowd, 1);
  BtEndpoint endpoint = get_victim ();
  g_autoptr(GError) error = NULL;

  crowd->sim = ft_sim_new (1);
  crowd->victim = ft_fake_net_add_host (crowd->sim->net, "70.0.0.1");
  crowd->listener = crowd->victim->ops->listen (crowd->victim, &endpoint, accepted_cb, crowd, &error);
  g_assert_no_error (error);
  crowd->node = ft_sim_add_node (crowd->sim, "50.0.0.1", be_alone);
  crowd->samples = g_ptr_array_new_with_free_func ((GDestroyNotify) ft_sample_free);
  crowd->torrents = g_ptr_array_new ();
  for (guint i = 0; i < N_TORRENTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.bin", i);
      FtSample *sample = make_sample (name);

      g_ptr_array_add (crowd->samples, sample);
      g_ptr_array_add (crowd->torrents, ft_sim_node_add (crowd->node, sample->torrent, NULL));
    }
  return crowd;
}

static void
crowd_free (Crowd *crowd)
{
  crowd->victim->ops->listener_free (crowd->victim, crowd->listener);
  ft_sim_free (crowd->sim);
  g_ptr_array_unref (crowd->torrents);
  g_ptr_array_unref (crowd->samples);
  g_free (crowd);
}

/* To every torrent, by one of @sources in turn. */
static void
name_to_all (Crowd *crowd, const BtEndpoint *endpoint, const BtSource *sources, guint n)
{
  for (guint i = 0; i < crowd->torrents->len; i++)
    bt_torrent_add_peer (g_ptr_array_index (crowd->torrents, i), endpoint, sources[i % n]);
}

/* Strangers name a server to every torrent, again and again: it is called once in a quarter of an hour. */
static void
test_one_victim (void)
{
  static const BtSource strangers[] = { BT_SOURCE_DHT, BT_SOURCE_PEX };
  Crowd *crowd = crowd_new ();
  BtEndpoint victim = get_victim ();

  for (guint minute = 0; minute < 14; minute++)
    {
      name_to_all (crowd, &victim, strangers, G_N_ELEMENTS (strangers));
      ft_sim_run_for (crowd->sim, 60 * FT_SIM_SECOND);
      g_assert_cmpuint (crowd->n_calls, ==, 1);
    }
  ft_sim_run_for (crowd->sim, 10 * 60 * FT_SIM_SECOND);
  g_assert_cmpuint (crowd->n_calls, ==, 2);
  ft_sim_run_for (crowd->sim, 60 * 60 * FT_SIM_SECOND);
  g_assert_cmpuint (crowd->n_calls, >=, 5);
  g_assert_cmpuint (crowd->n_calls, <=, 6);
  crowd_free (crowd);
}

/* Trackers do: one torrent tries it as often as it would if it were alone, and the others leave it to that. */
static void
test_named_by_trackers (void)
{
  static const BtSource trackers[] = { BT_SOURCE_TRACKER };
  Crowd *crowd = crowd_new ();
  BtEndpoint victim = get_victim ();

  name_to_all (crowd, &victim, trackers, 1);
  ft_sim_run_for (crowd->sim, 20 * 60 * FT_SIM_SECOND);
  g_assert_cmpuint (crowd->n_calls, ==, 5);
  crowd_free (crowd);
}

static gboolean
all_connected (Crowd *crowd, const char *ip)
{
  for (guint i = 0; i < crowd->torrents->len; i++)
    if (ft_sim_find_peer (g_ptr_array_index (crowd->torrents, i), ip) == NULL)
      return FALSE;
  return TRUE;
}

/* Somebody who is there is connected to for all torrents at once; who comes late, as soon as one of them finds him. */
static void
test_shared_peer (void)
{
  static const BtSource sources[] = { BT_SOURCE_TRACKER, BT_SOURCE_DHT, BT_SOURCE_PEX };
  Crowd *crowd = crowd_new ();
  FtSimNode *soon = ft_sim_add_node (crowd->sim, "50.0.0.2", be_alone);
  FtSimNode *late = ft_sim_add_node (crowd->sim, "50.0.0.3", be_alone);
  BtEndpoint first = ft_sim_node_endpoint (soon), second = ft_sim_node_endpoint (late);

  for (guint i = 0; i < crowd->samples->len; i++)
    {
      ft_sim_node_add (soon, ((FtSample *) g_ptr_array_index (crowd->samples, i))->torrent, NULL);
      ft_sim_node_add (late, ((FtSample *) g_ptr_array_index (crowd->samples, i))->torrent, NULL);
    }
  name_to_all (crowd, &first, sources, G_N_ELEMENTS (sources));
  ft_sim_wait (crowd->sim, all_connected (crowd, "50.0.0.2"), 5);
  ft_fake_host_set_dark (late->world, TRUE);
  name_to_all (crowd, &second, sources, G_N_ELEMENTS (sources));
  ft_sim_run_for (crowd->sim, 30 * FT_SIM_SECOND);
  ft_fake_host_set_dark (late->world, FALSE);
  ft_sim_wait (crowd->sim, all_connected (crowd, "50.0.0.3"), 90);
  crowd_free (crowd);
}

/* Somebody who has another torrent and not this one hangs up on it, and is tried for the other next: also when this one
 * was the first, and tries again and again. */
static void
test_by_turns (void)
{
  Crowd *crowd = crowd_new ();
  FtSimNode *other = ft_sim_add_node (crowd->sim, "50.0.0.2", be_alone);
  BtTorrent *vain = crowd->torrents->pdata[0], *right = crowd->torrents->pdata[1];
  BtEndpoint endpoint = ft_sim_node_endpoint (other);

  ft_sim_node_add (other, ((FtSample *) crowd->samples->pdata[1])->torrent, NULL);
  bt_torrent_add_peer (vain, &endpoint, BT_SOURCE_TRACKER);
  ft_sim_run_for (crowd->sim, FT_SIM_SECOND);
  bt_torrent_add_peer (right, &endpoint, BT_SOURCE_TRACKER);
  ft_sim_wait (crowd->sim, ft_sim_find_peer (right, "50.0.0.2") != NULL, 30);
  crowd_free (crowd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/addresses/at-rest", test_at_rest);
  g_test_add_func ("/addresses/by-turns", test_by_turns);
  g_test_add_func ("/addresses/named-by-trackers", test_named_by_trackers);
  g_test_add_func ("/addresses/one-victim", test_one_victim);
  g_test_add_func ("/addresses/shared-peer", test_shared_peer);
  return g_test_run ();
}
