/* test-crash.c: the end without goodbye: what was saved is had again, and nothing that is wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bt-bitfield.h"
#include "bt-gio-world.h"
#include "bt-state-db.h"
#include "ft-bad-peer.h"
#include "ft-swarm.h"
#include "ft-test.h"

#define PIECE 65536u
#define BLOCKS_PER_PIECE 4u
#define ALL (G_MAXINT / 2)
#define CHILD "--child"

static const FtSampleFile files[] = {
  { "a.bin", 20 * PIECE + 5 }, { "empty", 0 }, { "deep/b.bin", 21 * PIECE - 100 },
  { "c.bin", 77 },             { "d.bin", 8 * PIECE }, { NULL, 0 },
};

/* The program that is killed: this one, called with CHILD STATE-DIR FOLDER TORRENT PORT. It tells on its
 * standard output how many bytes it has, and never ends by itself. */

static void
run_child (char **args)
{
  g_autofree char *contents = NULL;
  guint64 told = G_MAXUINT64;
  FtNode *node;
  gsize length;

  prctl (PR_SET_PDEATHSIG, SIGKILL); /* should the test fail */
  node = ft_node_new_full (args[0], args[1], NULL);
  if (ft_node_status (node, 1) == NULL)
    {
      g_autoptr(GBytes) torrent = NULL;

      g_assert_true (g_file_get_contents (args[2], &contents, &length, NULL));
      torrent = g_bytes_new (contents, length);
      ft_node_add (node, torrent, args[1], FALSE);
    }
  ft_node_connect (node, 1, (guint16) g_ascii_strtoull (args[3], NULL, 10));
  for (;;)
    {
      const BtTorrentStatus *status = ft_node_status (node, 1);
      gboolean ready = status->state == BT_STATE_DOWNLOADING || status->state == BT_STATE_SEEDING;

      if (ready && status->done != told)
        {
          told = status->done;
          g_print ("%" G_GUINT64_FORMAT "\n", told);
        }
      g_main_context_iteration (NULL, TRUE);
    }
}

/* The one that kills. */

typedef struct
{
  BtWorld *world;
  FtSample *sample;
  FtBadPeer *seed;
  char *dir, *state, *torrent;
  GPid child;        /* 0: none */
  int output;        /* of the child, not blocking */
  GString *line;     /* the begin of what it says next */
  guint64 said;      /* bytes that it has */
  gboolean has_said;
} Fixture;

static Fixture *
fixture_new (void)
{
  static const FtManners manners = { .hold_after = 1 };
  Fixture *self = g_new0 (Fixture, 1);

  self->world = bt_gio_world_new (NULL, NULL, "test");
  self->sample = ft_sample_new (files, PIECE, 99);
  self->seed = ft_bad_peer_new (self->world, "127.0.0.1", self->sample, &manners);
  self->dir = g_dir_make_tmp ("ft-crash-XXXXXX", NULL);
  self->state = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  self->torrent = g_build_filename (self->sample->dir, "sample.torrent", NULL);
  g_assert_true (g_file_set_contents (self->torrent, g_bytes_get_data (self->sample->torrent, NULL),
                                      (gssize) g_bytes_get_size (self->sample->torrent), NULL));
  return self;
}

static void
fixture_free (Fixture *self)
{
  g_assert_cmpint (self->child, ==, 0);
  ft_bad_peer_free (self->seed);
  self->world->ops->free (self->world);
  ft_sample_free (self->sample);
  ft_remove_tree (self->dir);
  ft_remove_tree (self->state);
  g_free (self->dir);
  g_free (self->state);
  g_free (self->torrent);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
start_child (Fixture *self)
{
  g_autofree char *port = g_strdup_printf ("%u", self->seed->local.port);
  const char *args[] = { "/proc/self/exe", CHILD, self->state, self->dir, self->torrent, port, NULL };
  g_autoptr(GError) error = NULL;

  g_spawn_async_with_pipes (NULL, (char **) args, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &self->child,
                            NULL, &self->output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_unix_set_fd_nonblocking (self->output, TRUE, NULL));
  self->line = g_string_new (NULL);
  self->said = 0;
  self->has_said = FALSE;
}

/* Returns: how much the child has, as far as it has told. */
static guint64
listen_to_child (Fixture *self)
{
  char c;

  while (read (self->output, &c, 1) == 1)
    {
      if (c != '\n')
        {
          g_string_append_c (self->line, c);
          continue;
        }
      self->said = g_ascii_strtoull (self->line->str, NULL, 10);
      self->has_said = TRUE;
      g_string_truncate (self->line, 0);
    }
  return self->said;
}

static gboolean
is_child_ready (Fixture *self)
{
  listen_to_child (self);
  return self->has_said;
}

static void
kill_child (Fixture *self)
{
  int status;

  g_assert_cmpint (kill (self->child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (self->child, &status, 0), ==, self->child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  close (self->output);
  g_string_free (self->line, TRUE);
  self->child = 0;
  ft_bad_peer_let_go (self->seed, 0);
}

/* What the killed one had saved. Read from a copy, for reading marks it as in use. */

static void
copy_into (const char *from_dir, const char *to_dir)
{
  g_autoptr(GDir) dir = g_dir_open (from_dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *from = g_build_filename (from_dir, name, NULL);
      g_autofree char *to = g_build_filename (to_dir, name, NULL);
      g_autofree char *contents = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (from, &contents, &length, NULL));
      g_assert_true (g_file_set_contents (to, contents, (gssize) length, NULL));
    }
}

typedef struct
{
  gboolean done, was_clean;
  BtBitfield *have;
} Saved;

static void
loaded_cb (BtStateLoad *load, const GError *error, gpointer owner)
{
  Saved *saved = owner;

  g_assert_no_error (error);
  saved->was_clean = load->was_clean;
  for (guint i = 0; i < load->rows->len; i++)
    {
      const BtStateRow *row = g_ptr_array_index (load->rows, i);
      BtBitfield *have;

      g_assert_nonnull (row->resume);
      if (row->resume->have == NULL)
        continue;
      have = bt_bitfield_new_from_bytes (g_bytes_get_data (row->resume->have, NULL),
                                         g_bytes_get_size (row->resume->have), saved->have->n_bits);
      g_assert_nonnull (have);
      bt_bitfield_free (saved->have);
      saved->have = have;
    }
  saved->done = TRUE;
}

static BtBitfield *
read_saved (Fixture *self)
{
  g_autofree char *copy = g_dir_make_tmp ("ft-copy-XXXXXX", NULL);
  g_autoptr(BtMailbox) mailbox = bt_mailbox_new (NULL);
  g_autoptr(GError) error = NULL;
  Saved saved = { .have = bt_bitfield_new ((guint32) ((self->sample->size + PIECE - 1) / PIECE)) };
  BtStateDb *db;

  copy_into (self->state, copy);
  db = bt_state_db_open (copy, mailbox, &error);
  g_assert_no_error (error);
  bt_state_db_load (db, loaded_cb, NULL, &saved);
  ft_wait_until (saved.done);
  bt_state_db_close (db, TRUE);
  bt_mailbox_close (mailbox);
  ft_remove_tree (copy);
  g_assert_false (saved.was_clean);
  return saved.have;
}

static guint8 *
read_folder (Fixture *self)
{
  guint8 *data = g_malloc0 (self->sample->size);
  guint64 at = 0;

  for (const FtSampleFile *file = files; file->path != NULL; file++)
    {
      g_autofree char *path = g_build_filename (self->dir, "sample", file->path, NULL);
      g_autofree char *contents = NULL;
      gsize length;

      if (g_file_get_contents (path, &contents, &length, NULL))
        memcpy (data + at, contents, MIN (length, file->length));
      at += file->length;
    }
  return data;
}

static gboolean
is_right (Fixture *self, const guint8 *data, guint32 piece)
{
  guint64 at = (guint64) piece * PIECE;

  return memcmp (data + at, self->sample->data + at, MIN (PIECE, self->sample->size - at)) == 0;
}

/* A new life, at first without anybody to download from. Then everything is completed if @complete. */
static void
inspect (Fixture *self, gboolean complete)
{
  g_autoptr(BtBitfield) saved = read_saved (self);
  FtNode *node = ft_node_new_full (self->state, self->dir, NULL);
  g_autoptr(BtDetail) detail = NULL;
  g_autofree guint8 *data = NULL;
  guint64 served = self->seed->n_served, had;
  const guint8 *pieces;

  if (ft_node_status (node, 1) == NULL)
    ft_node_add (node, self->sample->torrent, self->dir, FALSE); /* it had not got that far */
  ft_wait_until (ft_node_in_state (node, 1, BT_STATE_DOWNLOADING)
                 || ft_node_in_state (node, 1, BT_STATE_SEEDING));
  had = ft_node_status (node, 1)->done;
  detail = ft_node_detail (node, 1, BT_DETAIL_PIECES);
  data = read_folder (self);
  pieces = g_bytes_get_data (detail->pieces, NULL);
  for (guint32 i = 0; i < g_bytes_get_size (detail->pieces); i++)
    {
      g_assert_true (pieces[i] != BT_PIECE_HAD || is_right (self, data, i));
      g_assert_true (pieces[i] == BT_PIECE_HAD || !bt_bitfield_get (saved, i));
    }
  if (complete)
    {
      ft_bad_peer_let_go (self->seed, ALL);
      ft_node_connect (node, 1, self->seed->local.port);
      ft_wait_until (ft_node_is_complete (node, 1) && ft_node_in_state (node, 1, BT_STATE_SEEDING));
      ft_sample_assert_equal (self->sample, self->dir);
      g_assert_cmpuint (self->seed->n_served - served, <=, self->sample->size - had);
    }
  ft_node_free (node);
}

static goffset
measure_log (Fixture *self)
{
  g_autofree char *path = g_build_filename (self->state, "state.db-wal", NULL);
  GStatBuf info;

  return g_stat (path, &info) == 0 ? info.st_size : 0;
}

/* Lets the child have so many more pieces, not all of which may be complete then. */
static void
feed (Fixture *self, guint n_pieces)
{
  guint64 goal = self->said + n_pieces / 2 * PIECE;

  ft_bad_peer_let_go (self->seed, n_pieces * BLOCKS_PER_PIECE);
  ft_wait_until (listen_to_child (self) >= goal);
}

static void
test_at_start (void)
{
  g_autoptr(Fixture) f = fixture_new ();

  start_child (f);
  ft_wait_until (is_child_ready (f));
  kill_child (f);
  inspect (f, TRUE);
}

/* No moment is a good one: the child is not even running yet, or it opens its state. */
static void
test_before_anything (void)
{
  g_autoptr(Fixture) f = fixture_new ();

  for (guint i = 0; i < 8; i++)
    {
      start_child (f);
      for (guint turn = 0; turn < i; turn++)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (2000);
        }
      kill_child (f);
    }
  start_child (f);
  ft_wait_until (is_child_ready (f));
  feed (f, 5);
  kill_child (f);
  inspect (f, TRUE);
}

/* Several lives that end in the middle; each goes on where the last was. */
static void
test_again_and_again (void)
{
  g_autoptr(Fixture) f = fixture_new ();

  for (guint life = 0; life < 5; life++)
    {
      goffset log;

      start_child (f);
      ft_wait_until (is_child_ready (f));
      feed (f, 4);
      log = measure_log (f);
      feed (f, 2);
      if (life % 2 == 0)
        ft_wait_until (measure_log (f) != log); /* it has saved what it has */
      kill_child (f);
      inspect (f, FALSE);
    }
  start_child (f);
  ft_wait_until (is_child_ready (f));
  kill_child (f);
  inspect (f, TRUE);
}

/* At full speed, without a break to save in; and again while it looks at its files after that. */
static void
test_at_full_speed (void)
{
  g_autoptr(Fixture) f = fixture_new ();

  start_child (f);
  ft_wait_until (is_child_ready (f));
  ft_bad_peer_let_go (f->seed, ALL);
  ft_wait_until (listen_to_child (f) > 10 * PIECE);
  kill_child (f);
  for (guint i = 0; i < 3; i++)
    {
      start_child (f);
      g_usleep (10000 * i);
      kill_child (f);
    }
  inspect (f, TRUE);
}

static void
test_when_complete (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  guint64 served;

  start_child (f);
  ft_wait_until (is_child_ready (f));
  ft_bad_peer_let_go (f->seed, ALL);
  ft_wait_until (listen_to_child (f) == f->sample->size);
  kill_child (f);
  served = f->seed->n_served;
  inspect (f, TRUE);
  g_assert_cmpuint (f->seed->n_served, ==, served);
}

int
main (int argc, char **argv)
{
  if (argc == 6 && g_str_equal (argv[1], CHILD))
    run_child (argv + 2);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/crash/at-start", test_at_start);
  g_test_add_func ("/engine/crash/before-anything", test_before_anything);
  g_test_add_func ("/engine/crash/again-and-again", test_again_and_again);
  g_test_add_func ("/engine/crash/at-full-speed", test_at_full_speed);
  g_test_add_func ("/engine/crash/when-complete", test_when_complete);
  return g_test_run ();
}
