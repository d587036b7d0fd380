/* test-peer-ids.c: by which ids peers know us, and how those who are ourselves, or connected twice, are known by theirs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define N_ROUNDS 30
#define N_NODES 4

/* It knows of others what the test says. */
static void
be_alone (BtConfig *config)
{
  config->dht = config->pex = config->lsd = FALSE;
}

static FtSample *
make_sample (const char *name)
{
  const FtSampleFile files[] = { { name, 300000 }, { NULL, 0 } };

  return ft_sample_new (files, 65536, 1);
}

static void
connect (FtSimNode *node, BtTorrent *torrent, FtSimNode *to)
{
  BtEndpoint endpoint = ft_sim_node_endpoint (to);

  ft_sim_node_connect (node, torrent, &endpoint);
}

static const guint8 *
get_id (BtTorrent *torrent, const char *ip)
{
  BtPeer *peer = ft_sim_find_peer (torrent, ip);

  g_assert_nonnull (peer);
  return peer->peer_id;
}

static void
assert_differ (const guint8 *a, const guint8 *b)
{
  g_assert_cmpint (memcmp (a, b, BT_PEER_ID_SIZE), !=, 0);
}

/* Two that know us, one of them by two torrents, and a tracker have four ids of us. */
static void
test_for_each_peer (void)
{
  g_autoptr(FtSample) sample = make_sample ("a.bin"), other = make_sample ("b.bin");
  FtSim *sim = ft_sim_new (1);
  FtSimNode *us = ft_sim_add_node (sim, "50.0.0.1", be_alone);
  FtSimNode *one = ft_sim_add_node (sim, "50.0.0.2", be_alone), *two = ft_sim_add_node (sim, "50.0.0.3", be_alone);
  BtTorrent *ours = ft_sim_node_add (us, sample->torrent, NULL), *our_other = ft_sim_node_add (us, other->torrent, NULL);
  BtTorrent *at_one = ft_sim_node_add (one, sample->torrent, NULL), *other_at_one = ft_sim_node_add (one, other->torrent, NULL);
  BtTorrent *at_two = ft_sim_node_add (two, sample->torrent, NULL);

  connect (us, ours, one);
  connect (two, at_two, us);
  connect (us, our_other, one);
  ft_sim_wait (sim, ft_sim_find_peer (at_two, "50.0.0.1") != NULL && ft_sim_find_peer (at_one, "50.0.0.1") != NULL
               && ft_sim_find_peer (other_at_one, "50.0.0.1") != NULL, 10);
  assert_differ (get_id (at_one, "50.0.0.1"), get_id (at_two, "50.0.0.1"));
  assert_differ (get_id (at_one, "50.0.0.1"), get_id (other_at_one, "50.0.0.1"));
  assert_differ (get_id (at_one, "50.0.0.1"), ours->tracker_id);
  assert_differ (get_id (at_two, "50.0.0.1"), ours->tracker_id);
  ft_sim_free (sim);
}

static gboolean
all_complete (BtTorrent **torrents)
{
  for (guint i = 0; i < N_NODES; i++)
    if (!bt_torrent_is_complete (torrents[i]))
      return FALSE;
  return TRUE;
}

static gboolean
all_settled (BtTorrent **torrents)
{
  for (guint i = 0; i < N_NODES; i++)
    if (torrents[i]->peers->len != N_NODES - 1 || torrents[i]->n_connecting > 0)
      return FALSE;
  return TRUE;
}

/* All call all others at the same moment: one connection of each pair is left, the same at both ends. */
static void
call_each_other (guint64 seed)
{
  g_autoptr(FtSample) sample = make_sample ("a.bin");
  FtSim *sim = ft_sim_new (seed);
  FtSimNode *nodes[N_NODES];
  BtTorrent *torrents[N_NODES];
  guint n_outgoing = 0;

  ft_fake_net_line (sim->net)->latency_us = (gint64) seed * 10000;
  for (guint i = 0; i < N_NODES; i++)
    {
      g_autofree char *ip = g_strdup_printf ("50.0.0.%u", i + 1);

      nodes[i] = ft_sim_add_node (sim, ip, be_alone);
      torrents[i] = ft_sim_node_add (nodes[i], sample->torrent, i == 0 ? sample->dir : NULL);
    }
  ft_sim_wait (sim, bt_torrent_is_complete (torrents[0]), 10);
  for (guint i = 0; i < N_NODES; i++)
    for (guint j = 0; j < N_NODES; j++)
      if (j != i)
        connect (nodes[i], torrents[i], nodes[j]);
  ft_sim_wait (sim, all_settled (torrents), 4);
  for (guint i = 0; i < N_NODES; i++)
    for (guint j = 0; j < torrents[i]->peers->len; j++)
      n_outgoing += bt_link_is_outgoing (((BtPeer *) g_ptr_array_index (torrents[i]->peers, j))->link);
  g_assert_cmpuint (n_outgoing, ==, N_NODES * (N_NODES - 1) / 2);
  ft_sim_wait (sim, all_complete (torrents), 60);
  for (guint i = 1; i < N_NODES; i++)
    ft_sample_assert_equal (sample, nodes[i]->dir);
  ft_sim_free (sim);
}

static void
test_call_each_other (void)
{
  for (guint64 seed = 1; seed <= N_ROUNDS; seed++)
    call_each_other (seed);
}

/* Somebody through whom whoever connects to one address comes to us from another. */
typedef struct
{
  BtWorld *front, *back;
  BtListener *listener;
  BtEndpoint us;
  BtStream *in, *out;
} Detour;

static void
hang_up (Detour *detour)
{
  if (detour->in != NULL)
    detour->in->ops->close (detour->in);
  if (detour->out != NULL)
    detour->out->ops->close (detour->out);
  detour->in = detour->out = NULL;
}

/* What comes of either goes to the other, which has room: it is a handshake. */
static void
pass_on_cb (BtStream *stream, BtStreamEvents events, gpointer owner)
{
  Detour *detour = owner;
  BtStream *other = stream == detour->in ? detour->out : detour->in;
  guint8 bytes[4096];
  gssize n = stream->ops->readv (stream, &(struct iovec){ bytes, sizeof bytes }, 1, NULL);

  detour->in->ops->watch (detour->in, BT_STREAM_READABLE);
  detour->out->ops->watch (detour->out, BT_STREAM_READABLE);
  if (n > 0)
    g_assert_cmpint (other->ops->writev (other, &(struct iovec){ bytes, (gsize) n }, 1, NULL), ==, n);
  else if (n != BT_STREAM_AGAIN)
    hang_up (detour);
}

static void
accepted_cb (BtStream *stream, gpointer owner)
{
  Detour *detour = owner;

  g_assert_null (detour->in);
  detour->in = stream;
  stream->func = pass_on_cb;
  stream->owner = detour;
  detour->out = detour->back->ops->connect (detour->back, &detour->us, pass_on_cb, detour, NULL);
  detour->out->ops->watch (detour->out, BT_STREAM_WRITABLE);
}

/* As when a router sends it round: we see ourselves come from another address than the one that we called. */
static void
test_ourselves_from_elsewhere (void)
{
  g_autoptr(FtSample) sample = make_sample ("a.bin");
  FtSim *sim = ft_sim_new (1);
  FtSimNode *node = ft_sim_add_node (sim, "50.0.0.1", be_alone);
  BtTorrent *torrent = ft_sim_node_add (node, sample->torrent, NULL);
  Detour detour = { ft_fake_net_add_host (sim->net, "60.0.0.1"), ft_fake_net_add_host (sim->net, "70.0.0.1") };
  BtEndpoint called;

  g_assert_true (bt_endpoint_parse (&called, "60.0.0.1:6881"));
  detour.us = ft_sim_node_endpoint (node);
  detour.listener = detour.front->ops->listen (detour.front, &called, accepted_cb, &detour, NULL);
  ft_sim_node_connect (node, torrent, &called);
  ft_sim_run_for (sim, 10 * FT_SIM_SECOND);
  g_assert_cmpuint (torrent->peers->len, ==, 0);
  g_assert_true (bt_candidates_find (torrent->candidates, &called)->banned);
  hang_up (&detour);
  detour.front->ops->listener_free (detour.front, detour.listener);
  ft_sim_free (sim);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-ids/for-each-peer", test_for_each_peer);
  g_test_add_func ("/peer-ids/call-each-other", test_call_each_other);
  g_test_add_func ("/peer-ids/ourselves-from-elsewhere", test_ourselves_from_elsewhere);
  return g_test_run ();
}
