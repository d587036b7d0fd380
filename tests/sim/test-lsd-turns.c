/* test-lsd-turns.c: how often the local network is told of many torrents.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-lsd.h"
#include "ft-sim.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define N_TORRENTS 70 /* more than fit in two datagrams */
#define MINUTE (60 * FT_SIM_SECOND)

typedef struct
{
  FtSim *sim;
  FtSimNode *node;
  GPtrArray *samples; /* of FtSample */
  BtWorld *neighbour;
  BtUdp *udp;         /* what it hears by */
  GArray *moments;    /* of gint64: when a datagram came */
  guint n_heard;      /* of a torrent, however often of the same */
} Fixture;

static void
datagram_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  Fixture *f = owner;
  gint64 now = ft_fake_net_now (f->sim->net);
  BtLsdMessage message;

  g_assert_true (bt_lsd_read (bytes, length, &message));
  f->n_heard += message.n_hashes;
  g_array_append_val (f->moments, now);
}

static void
start_listening (Fixture *f)
{
  BtMulticast multicast = { .interface_index = 2, .hops = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_true (bt_endpoint_parse_ip (&multicast.group, BT_LSD_GROUP4, BT_LSD_PORT));
  f->neighbour = ft_fake_net_add_host (f->sim->net, "10.0.0.2");
  f->udp = f->neighbour->ops->udp_open_group (f->neighbour, &multicast, datagram_cb, f, &error);
  g_assert_no_error (error);
}

static void
use_lsd_alone (BtConfig *config)
{
  config->dht = config->pex = config->port_mapping = FALSE;
  config->lsd = TRUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->sim = ft_sim_new (1);
  f->moments = g_array_new (FALSE, FALSE, sizeof (gint64));
  f->samples = g_ptr_array_new_with_free_func ((GDestroyNotify) ft_sample_free);
  start_listening (f);
  f->node = ft_sim_add_node (f->sim, "10.0.0.1", use_lsd_alone);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  f->neighbour->ops->udp_free (f->neighbour, f->udp);
  ft_sim_free (f->sim);
  g_ptr_array_unref (f->samples);
  g_array_unref (f->moments);
}

static void
add_torrents (Fixture *f)
{
  for (guint i = 0; i < N_TORRENTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.bin", i);
      const FtSampleFile files[] = { { name, 16384 }, { NULL, 0 } };
      FtSample *sample = ft_sample_new (files, 16384, i + 1);

      g_ptr_array_add (f->samples, sample);
      ft_sim_node_add (f->node, sample->torrent, NULL);
    }
}

static void
assert_a_second_apart (Fixture *f)
{
  for (guint i = 1; i < f->moments->len; i++)
    g_assert_cmpint (g_array_index (f->moments, gint64, i) - g_array_index (f->moments, gint64, i - 1), >=,
                     FT_SIM_SECOND);
}

/* However many begin at once: a datagram a second, each torrent once, and again after five minutes. */
static void
test_many (Fixture *f, gconstpointer data)
{
  add_torrents (f);
  ft_sim_run_for (f->sim, 4 * MINUTE);
  assert_a_second_apart (f);
  g_assert_cmpuint (f->n_heard, ==, N_TORRENTS);
  g_assert_cmpuint (f->moments->len, >=, 3);
  g_assert_cmpuint (f->moments->len, <=, 6); /* as many together as fit */
  ft_sim_run_for (f->sim, 2 * MINUTE);
  assert_a_second_apart (f);
  g_assert_cmpuint (f->n_heard, ==, 2 * N_TORRENTS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/lsd-turns/many", Fixture, NULL, set_up, test_many, tear_down);
  return g_test_run ();
}
