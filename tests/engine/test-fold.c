/* test-fold.c: torrents of which no more than the outline is in memory, and all that can be asked of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "ft-fold-count.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define PIECE 32768u
#define N_FILES 4

static const FtSampleFile files[] = {
  { "readme.txt", 11 }, { "empty", 0 }, { "deep/picture.raw", 700001 }, { "deep/movie.raw", 500000 }, { NULL, 0 },
};

/* An engine that has the whole sample, paused, and may be ended and begun again. */
typedef struct
{
  FtSample *sample;
  char *state;
  FtNode *node;
  BtTorrentId id;
} Fixture;

static void
begin (Fixture *self)
{
  self->node = ft_node_new_full (self->state, self->sample->dir, NULL);
  ft_wait_until (g_hash_table_size (self->node->statuses) == 1);
  self->id = 1;
}

static void
restart (Fixture *self)
{
  g_clear_pointer (&self->node, ft_node_free);
  begin (self);
}

static Fixture *
fixture_new (guint seed)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->sample = ft_sample_new (files, PIECE, seed);
  self->state = g_dir_make_tmp ("ft-fold-XXXXXX", NULL);
  self->node = ft_node_new_full (self->state, self->sample->dir, NULL);
  self->id = ft_node_add (self->node, self->sample->torrent, self->sample->dir, TRUE);
  ft_wait_until (ft_node_in_state (self->node, self->id, BT_STATE_SEEDING));
  ft_node_set_intent (self->node, self->id, BT_INTENT_PAUSE);
  ft_wait_until (ft_node_in_state (self->node, self->id, BT_STATE_PAUSED));
  return self;
}

static void
fixture_free (Fixture *self)
{
  g_clear_pointer (&self->node, ft_node_free);
  ft_sample_free (self->sample);
  ft_remove_tree (self->state);
  g_free (self->state);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
change_database (Fixture *self, const char *sql)
{
  g_autofree char *path = g_build_filename (self->state, "state.db", NULL);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_changes (db), ==, 1);
  sqlite3_close (db);
}

static char *
get_path (Fixture *self, const char *file)
{
  return g_build_filename (self->sample->dir, "sample", file, NULL);
}

static void
assert_listed (Fixture *self)
{
  const BtTorrentStatus *status = ft_node_status (self->node, self->id);

  g_assert_cmpstr (status->name, ==, "sample");
  g_assert_cmpuint (status->total_size, ==, self->sample->size);
  g_assert_cmpuint (status->wanted, ==, self->sample->size);
  g_assert_cmpuint (status->done, ==, self->sample->size);
  g_assert_cmpuint (status->n_files, ==, N_FILES);
  g_assert_cmpuint (status->n_pieces, ==, (self->sample->size + PIECE - 1) / PIECE);
  g_assert_cmpuint (status->piece_length, ==, PIECE);
}

/* How many pieces it says it has. */
static guint
count_had (Fixture *self)
{
  g_autoptr(BtDetail) detail = ft_node_detail (self->node, self->id, BT_DETAIL_PIECES);
  const guint8 *pieces = g_bytes_get_data (detail->pieces, NULL);
  guint n = 0;

  for (gsize i = 0; i < g_bytes_get_size (detail->pieces); i++)
    n += pieces[i] == BT_PIECE_HAD;
  return n;
}

/* Somebody comes and fetches all of it. */
static void
assert_gives (Fixture *self)
{
  g_autoptr(FtNode) leech = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = ft_node_add (leech, self->sample->torrent, leech->dir, FALSE);

  ft_wait_until (ft_node_in_state (leech, id, BT_STATE_DOWNLOADING));
  ft_node_connect (leech, id, self->node->port);
  ft_wait_until (ft_node_is_complete (leech, id));
  ft_sample_assert_equal (self->sample, leech->dir);
}

static void
test_looked_at (void)
{
  g_autoptr(Fixture) f = fixture_new (1);
  g_autoptr(BtDetail) detail = NULL;

  restart (f);
  assert_listed (f);
  g_assert_true (ft_node_in_state (f->node, f->id, BT_STATE_PAUSED));
  detail = ft_node_detail (f->node, f->id, BT_DETAIL_FILES | BT_DETAIL_PIECES);
  g_assert_cmpuint (bt_file_list_length (detail->files), ==, N_FILES);
  g_assert_cmpstr (bt_file_list_get (detail->files, 2)->path, ==, "sample/deep/picture.raw");
  g_assert_cmpuint (bt_file_list_get (detail->files, 2)->done, ==, 700001);
  g_assert_cmpuint (count_had (f), ==, ft_node_status (f->node, f->id)->n_pieces);
  assert_listed (f);
}

static void
test_started (void)
{
  g_autoptr(Fixture) f = fixture_new (2);

  restart (f);
  ft_node_set_intent (f->node, f->id, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  assert_gives (f);
}

/* It is found by its hash though its pieces are not in memory. */
static void
test_idle_seed (void)
{
  g_autoptr(Fixture) f = fixture_new (3);
  int before;

  ft_node_set_intent (f->node, f->id, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  restart (f);
  before = ft_fold_count ();
  ft_wait_until (ft_fold_count () > before);
  g_assert_true (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  assert_listed (f);
  assert_gives (f);
}

static gboolean
are_all (FtNode *node, BtState state)
{
  GHashTableIter iter;
  gpointer status;

  g_hash_table_iter_init (&iter, node->statuses);
  while (g_hash_table_iter_next (&iter, NULL, &status))
    if (((const BtTorrentStatus *) status)->state != state)
      return FALSE;
  return TRUE;
}

/* Of many not each is looked at each second; what passed meanwhile is counted when they stop. */
static void
test_times (void)
{
  enum
  {
    N = 30,
    SECONDS = 5
  };
  static const FtSampleFile tiny[] = { { "a", 100 }, { NULL, 0 } };
  g_autofree char *state = g_dir_make_tmp ("ft-fold-XXXXXX", NULL);
  FtNode *node = ft_node_new (state, BT_MODE_ALL);
  FtSample *samples[N];
  int before;

  for (guint i = 0; i < N; i++)
    {
      samples[i] = ft_sample_new (tiny, PIECE, 100 + i);
      ft_node_add (node, samples[i]->torrent, samples[i]->dir, TRUE);
    }
  ft_wait_until (g_hash_table_size (node->statuses) == N && are_all (node, BT_STATE_SEEDING));
  ft_node_free (node);
  before = ft_fold_count ();
  node = ft_node_new (state, BT_MODE_ALL);
  ft_wait_until (ft_fold_count () >= before + N);
  g_usleep (SECONDS * G_USEC_PER_SEC);
  ft_node_set_intent (node, 0, BT_INTENT_PAUSE);
  ft_wait_until (are_all (node, BT_STATE_PAUSED));
  for (BtTorrentId id = 1; id <= N; id++)
    {
      g_assert_cmpint (ft_node_status (node, id)->active_s, >=, SECONDS);
      g_assert_cmpint (ft_node_status (node, id)->seeding_s, >=, SECONDS);
    }
  ft_node_free (node);
  for (guint i = 0; i < N; i++)
    ft_sample_free (samples[i]);
  ft_remove_tree (state);
}

static void
test_edited (void)
{
  g_autoptr(Fixture) f = fixture_new (4);
  g_autofree char *other = g_dir_make_tmp ("ft-fold-other-XXXXXX", NULL);
  g_autofree char *moved = g_build_filename (other, "sample", "renamed.txt", NULL);
  static const guint8 wanted[N_FILES] = { 1, 1, 0, 1 };
  g_autoptr(GBytes) priorities = g_bytes_new_static (wanted, N_FILES);
  g_autoptr(BtDetail) detail = NULL;

  restart (f);
  g_assert_null (ft_node_rename (f->node, f->id, "sample/readme.txt", "renamed.txt"));
  restart (f);
  ft_node_set_priorities (f->node, f->id, priorities);
  ft_wait_until (ft_node_status (f->node, f->id)->wanted == f->sample->size - 700001);
  restart (f);
  g_assert_cmpuint (ft_node_status (f->node, f->id)->wanted, ==, f->sample->size - 700001);
  g_assert_null (ft_node_move (f->node, f->id, other, TRUE));
  ft_wait_until (g_file_test (moved, G_FILE_TEST_EXISTS));
  ft_wait_until (strcmp (ft_node_status (f->node, f->id)->save_path, other) == 0);
  restart (f);
  g_assert_cmpstr (ft_node_status (f->node, f->id)->save_path, ==, other);
  detail = ft_node_detail (f->node, f->id, BT_DETAIL_FILES);
  g_assert_cmpstr (bt_file_list_get (detail->files, 0)->path, ==, "sample/renamed.txt");
  g_assert_cmpuint (bt_file_list_get (detail->files, 2)->priority, ==, 0);
  ft_remove_tree (other);
}

/* What is set without unfolding it costs nothing of what is known of its pieces. */
static void
test_saved_while_folded (void)
{
  g_autoptr(Fixture) f = fixture_new (5);
  g_autoptr(BtTorrentOptions) options = bt_torrent_options_new ();

  restart (f);
  options->max_peers = 7;
  ft_node_set_options (f->node, f->id, options, BT_OPTION_MAX_PEERS);
  ft_node_set_intent (f->node, f->id, BT_INTENT_STOP);
  restart (f);
  g_assert_true (ft_node_in_state (f->node, f->id, BT_STATE_STOPPED));
  g_assert_cmpuint (ft_node_status (f->node, f->id)->options->max_peers, ==, 7);
  assert_listed (f);
  g_assert_cmpuint (count_had (f), ==, ft_node_status (f->node, f->id)->n_pieces);
}

static void
test_verified (void)
{
  g_autoptr(Fixture) f = fixture_new (6);

  restart (f);
  ft_node_verify (f->node, f->id);
  ft_wait_until (ft_node_said (f->node, "Checked: 37 of 37 pieces are right"));
  assert_listed (f);
}

/* Somebody changed a file while the engine did not run: it is found out when the torrent is needed. */
static void
test_changed_files (void)
{
  g_autoptr(Fixture) f = fixture_new (7);
  g_autofree char *path = get_path (f, "deep/movie.raw");

  g_clear_pointer (&f->node, ft_node_free);
  g_assert_true (g_file_set_contents (path, "other", -1, NULL));
  begin (f);
  assert_listed (f);
  ft_node_set_intent (f->node, f->id, BT_INTENT_RUN);
  ft_wait_until (ft_node_status (f->node, f->id)->done < f->sample->size);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  g_assert_cmpuint (count_had (f), ==, 700012 / PIECE);
}

static void
test_removed (void)
{
  g_autoptr(Fixture) f = fixture_new (8);
  g_autofree char *kept = get_path (f, "deep/movie.raw");

  restart (f);
  ft_node_remove (f->node, f->id, FALSE);
  ft_wait_until (ft_node_status (f->node, f->id) == NULL);
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
}

/* It is listed without its metainfo; that this is gone is said when it is needed, and the person may still act. */
static void
test_damaged_torrent (void)
{
  g_autoptr(Fixture) f = fixture_new (9);
  g_autoptr(GError) error = NULL;

  g_clear_pointer (&f->node, ft_node_free);
  change_database (f, "UPDATE torrents SET torrent = zeroblob (length (torrent))");
  begin (f);
  assert_listed (f);
  g_assert_true (ft_node_in_state (f->node, f->id, BT_STATE_PAUSED));
  ft_node_set_intent (f->node, f->id, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_ERROR));
  error = ft_node_rename (f->node, f->id, "sample/readme.txt", "other.txt");
  g_assert_nonnull (error);
  restart (f);
  assert_listed (f);
  ft_node_remove (f->node, f->id, FALSE);
  ft_wait_until (ft_node_status (f->node, f->id) == NULL);
}

/* What was saved of it is damaged: it is read whole, and its data is checked. */
static void
test_damaged_row (void)
{
  g_autoptr(Fixture) f = fixture_new (10);

  g_clear_pointer (&f->node, ft_node_free);
  change_database (f, "UPDATE resume SET data = substr (data, 1, length (data) - 9)");
  begin (f);
  g_assert_true (ft_node_in_state (f->node, f->id, BT_STATE_PAUSED));
  ft_node_set_intent (f->node, f->id, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  assert_listed (f);
  ft_node_set_intent (f->node, f->id, BT_INTENT_PAUSE);
  restart (f);
  assert_listed (f);
}

/* Before it has its content. */
static void
test_orders_at_once (void)
{
  g_autoptr(Fixture) f = fixture_new (11);

  restart (f);
  ft_node_set_intent (f->node, f->id, BT_INTENT_RUN);
  g_assert_cmpuint (count_had (f), ==, ft_node_status (f->node, f->id)->n_pieces);
  ft_node_remove (f->node, f->id, FALSE);
  ft_wait_until (ft_node_status (f->node, f->id) == NULL);
}

int
main (int argc, char *argv[])
{
  ft_fold_count_begin ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fold/looked-at", test_looked_at);
  g_test_add_func ("/fold/started", test_started);
  g_test_add_func ("/fold/idle-seed", test_idle_seed);
  g_test_add_func ("/fold/times", test_times);
  g_test_add_func ("/fold/edited", test_edited);
  g_test_add_func ("/fold/saved-while-folded", test_saved_while_folded);
  g_test_add_func ("/fold/verified", test_verified);
  g_test_add_func ("/fold/changed-files", test_changed_files);
  g_test_add_func ("/fold/removed", test_removed);
  g_test_add_func ("/fold/damaged-torrent", test_damaged_torrent);
  g_test_add_func ("/fold/damaged-row", test_damaged_row);
  g_test_add_func ("/fold/orders-at-once", test_orders_at_once);
  return g_test_run ();
}
