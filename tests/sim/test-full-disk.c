/* test-full-disk.c: a disk that takes nothing any more: what is there is seeded on, and nothing is asked for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>

#include "ft-file-calls.h"
#include "ft-sim.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define PIECE 32768u
#define N_PIECES 40u
#define MINUTE_S 60

static const FtSampleFile files[] = { { "a.bin", N_PIECES * PIECE }, { NULL, 0 } };

static char *down, *state; /* folders of the node */

/* A seed, a node whose disk fails, and a leecher that knows only the node. */
typedef struct
{
  FtSample *sample;
  FtSim *sim;
  FtSimNode *seed, *node, *leecher;
  BtTorrent *at_seed, *at_node, *at_leecher;
} Fixture;

static void
setup (BtConfig *config)
{
  config->dht = config->lsd = config->pex = config->port_mapping = FALSE;
}

static void
setup_node (BtConfig *config)
{
  setup (config);
  g_free (config->download_dir);
  config->download_dir = g_strdup (down);
  config->state_dir = g_strdup (state);
}

static void
connect_to (FtSimNode *node, BtTorrent *torrent, FtSimNode *other)
{
  BtEndpoint endpoint = ft_sim_node_endpoint (other);

  ft_sim_node_connect (node, torrent, &endpoint);
}

/* The disk fails with @error_number from the write after @n_written on, and what was on its way has come to rest. */
static void
begin (Fixture *f, int error_number, guint n_written)
{
  ft_file_calls_watch (down);
  ft_file_calls_fail (FT_CALL_WRITE, down, n_written, G_MAXUINT / 2, error_number);
  ft_file_calls_set_room (error_number == ENOSPC ? 1 : 0);
  connect_to (f->node, f->at_node, f->seed);
  ft_sim_wait (f->sim, f->at_node->problem != NULL, MINUTE_S);
  ft_sim_run_for (f->sim, 5 * FT_SIM_SECOND);
}

static void
mend (void)
{
  ft_file_calls_fail (0, down, 0, 0, 0);
  ft_file_calls_set_room (0);
}

static void
begin_life (Fixture *f)
{
  f->sim = ft_sim_new (1);
  f->seed = ft_sim_add_node (f->sim, "10.0.0.1", setup);
  f->node = ft_sim_add_node (f->sim, "10.0.0.2", setup_node);
  f->leecher = ft_sim_add_node (f->sim, "10.0.0.3", setup);
  f->at_seed = ft_sim_node_add (f->seed, f->sample->torrent, f->sample->dir);
  ft_sim_wait (f->sim, bt_torrent_is_complete (f->at_seed), MINUTE_S);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->sample = ft_sample_new (files, PIECE, 12);
  down = g_dir_make_tmp ("ft-down-XXXXXX", NULL);
  state = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  begin_life (f);
  f->at_node = ft_sim_node_add (f->node, f->sample->torrent, NULL);
  f->at_leecher = ft_sim_node_add (f->leecher, f->sample->torrent, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ft_file_calls_watch (NULL);
  ft_sim_free (f->sim);
  ft_sample_free (f->sample);
  ft_remove_tree (down);
  ft_remove_tree (state);
  g_clear_pointer (&down, g_free);
  g_clear_pointer (&state, g_free);
}

static guint
count_begun (BtTorrent *torrent)
{
  return g_hash_table_size (torrent->open_pieces);
}

static void
finish (Fixture *f)
{
  mend ();
  ft_sim_wait (f->sim, bt_torrent_is_complete (f->at_node) && f->at_node->problem == NULL, 2 * MINUTE_S);
  ft_sample_assert_equal (f->sample, f->at_node->data_path);
}

/* Half of it came; a leecher that comes then gets that half, and nothing more is asked of the seed, which stays. */
static void
test_gives_on (Fixture *f, gconstpointer data)
{
  BtPeerId seed;
  guint n_had;
  guint64 given;

  begin (f, ENOSPC, N_PIECES / 2);
  n_had = bt_torrent_count_had (f->at_node);
  given = f->at_seed->uploaded;
  seed = ft_sim_find_peer (f->at_node, "10.0.0.1")->id;
  g_assert_cmpuint (n_had, >=, N_PIECES / 4);
  g_assert_cmpuint (n_had, <, N_PIECES);
  g_assert_false (ft_sim_find_peer (f->at_node, "10.0.0.1")->am_interested);
  g_assert_cmpuint (count_begun (f->at_node), ==, 0);
  connect_to (f->leecher, f->at_leecher, f->node);
  ft_sim_wait (f->sim, bt_torrent_count_had (f->at_leecher) == n_had, MINUTE_S);
  ft_sim_run_for (f->sim, 2 * MINUTE_S * FT_SIM_SECOND);
  g_assert_cmpint (bt_torrent_state (f->at_node), ==, BT_STATE_ERROR);
  g_assert_error (f->at_node->problem, BT_ERROR, BT_ERROR_DISK_FULL);
  g_assert_cmpuint (bt_torrent_count_had (f->at_node), ==, n_had);
  g_assert_cmpuint (f->at_seed->uploaded, ==, given);
  finish (f);
  ft_sim_wait (f->sim, bt_torrent_is_complete (f->at_leecher), MINUTE_S);
  ft_sample_assert_equal (f->sample, f->at_leecher->data_path);
  g_assert_cmpuint (ft_sim_find_peer (f->at_node, "10.0.0.1")->id, ==, seed);
}

/* A disk of which nothing says that it is read-only is tried seldomer and seldomer, not with each block; and at once if
 * somebody wants it. */
static void
test_read_only (Fixture *f, gconstpointer data)
{
  const guint n_tries = 5; /* after 30 s, 1, 2, 4 and 8 minutes, each with half a minute in which it may hold */
  guint n_failed;

  begin (f, EROFS, N_PIECES / 2);
  n_failed = ft_file_calls_n_failed ();
  connect_to (f->leecher, f->at_leecher, f->node);
  ft_sim_run_for (f->sim, 18 * MINUTE_S * FT_SIM_SECOND);
  g_assert_cmpuint (bt_torrent_count_had (f->at_leecher), ==, bt_torrent_count_had (f->at_node));
  g_assert_cmpuint (bt_torrent_count_had (f->at_node), >, 0);
  g_assert_cmpuint (ft_file_calls_n_failed () - n_failed, <=, n_tries * 4);
  mend ();
  bt_torrent_hurry_retry (f->at_node);
  finish (f);
}

/* Without anything to give it stops: nobody has a use for it. */
static void
test_nothing_had (Fixture *f, gconstpointer data)
{
  begin (f, ENOSPC, 0);
  g_assert_cmpuint (f->at_node->peers->len, ==, 0);
  g_assert_false (bt_torrent_is_active (f->at_node));
  finish (f);
}

/* What cannot be read cannot be given. */
static void
test_unreadable (Fixture *f, gconstpointer data)
{
  begin (f, ENOSPC, N_PIECES / 2);
  g_assert_true (bt_torrent_is_active (f->at_node));
  ft_file_calls_fail (FT_CALL_READ | FT_CALL_WRITE, down, 0, G_MAXUINT / 2, EIO);
  connect_to (f->leecher, f->at_leecher, f->node);
  ft_sim_wait (f->sim, g_error_matches (f->at_node->problem, BT_ERROR, BT_ERROR_DISK), MINUTE_S);
  ft_sim_settle (f->sim);
  g_assert_false (bt_torrent_is_active (f->at_node));
  g_assert_cmpuint (f->at_node->peers->len, ==, 0);
  finish (f);
}

static void
only_download (BtConfig *config)
{
  config->mode = BT_MODE_DOWNLOADING;
}

/* Whoever only wants to download gives nothing while he cannot. */
static void
test_mode (Fixture *f, gconstpointer data)
{
  begin (f, ENOSPC, N_PIECES / 2);
  g_assert_true (bt_torrent_is_active (f->at_node));
  ft_sim_node_configure (f->node, only_download);
  ft_sim_settle (f->sim);
  g_assert_false (bt_torrent_is_active (f->at_node));
  mend ();
  ft_sim_wait (f->sim, bt_torrent_is_complete (f->at_node), 2 * MINUTE_S);
}

/* To look at what is there needs no room; then it is given on. */
static void
test_verify (Fixture *f, gconstpointer data)
{
  guint n_had;

  begin (f, ENOSPC, N_PIECES / 2);
  n_had = bt_torrent_count_had (f->at_node);
  bt_torrent_verify (f->at_node);
  g_assert_cmpint (bt_torrent_state (f->at_node), ==, BT_STATE_CHECKING);
  ft_sim_wait (f->sim, f->at_node->phase == BT_PHASE_READY, MINUTE_S / 4);
  g_assert_error (f->at_node->problem, BT_ERROR, BT_ERROR_DISK_FULL);
  g_assert_cmpuint (bt_torrent_count_had (f->at_node), ==, n_had);
  connect_to (f->leecher, f->at_leecher, f->node);
  ft_sim_wait (f->sim, bt_torrent_count_had (f->at_leecher) == n_had, MINUTE_S);
  connect_to (f->node, f->at_node, f->seed);
  finish (f);
}

/* What passed its check just then is saved: after a restart on the same disk it is all there, without a check. */
static void
test_restart (Fixture *f, gconstpointer data)
{
  guint n_had;

  begin (f, ENOSPC, N_PIECES / 2);
  ft_sim_run_for (f->sim, MINUTE_S * FT_SIM_SECOND);
  n_had = bt_torrent_count_had (f->at_node);
  ft_sim_free (f->sim);
  begin_life (f);
  f->at_node = g_ptr_array_index (f->node->core->torrents, 0);
  ft_sim_wait (f->sim, f->at_node->phase == BT_PHASE_READY, MINUTE_S);
  g_assert_cmpuint (bt_torrent_count_had (f->at_node), ==, n_had);
  g_assert_cmpuint (f->at_node->n_to_check, ==, 0);
  connect_to (f->node, f->at_node, f->seed);
  finish (f);
}

#define ADD(name, func) g_test_add ("/sim/full-disk/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("gives-on", test_gives_on);
  ADD ("read-only", test_read_only);
  ADD ("nothing-had", test_nothing_had);
  ADD ("unreadable", test_unreadable);
  ADD ("mode", test_mode);
  ADD ("verify", test_verify);
  ADD ("restart", test_restart);
  return g_test_run ();
}
