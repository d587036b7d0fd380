/* test-taken-at-rest.c: files of torrents of which only an outline is in memory are written to for no other.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fold-count.h"
#include "ft-swarm.h"
#include "ft-test.h"

#include <glib/gstdio.h>
#include <unistd.h>

static const FtSampleFile files[] = { { "one", 40000 }, { "two", 5 }, { NULL, 0 } };

/* A torrent whose files are there, and another one with the same names of files, which has a seed and is to be
 * downloaded to the folder "link" beside them. */
typedef struct
{
  FtSample *first, *second;
  FtNode *seed, *node;
  char *state;
  char *root;
  BtTorrentId first_id, second_id;
} Fixture;

static void
restart (Fixture *self)
{
  guint n = self->node != NULL ? g_hash_table_size (self->node->statuses) : 0;

  g_clear_pointer (&self->node, ft_node_free);
  self->node = ft_node_new_full (self->state, self->first->dir, NULL);
  ft_wait_until (g_hash_table_size (self->node->statuses) == n);
}

static Fixture *
fixture_new (guint number)
{
  Fixture *self = g_new0 (Fixture, 1);
  int before = ft_fold_count ();
  BtTorrentId seed_id;

  self->first = ft_sample_new (files, 16384, 2 * number);
  self->second = ft_sample_new (files, 16384, 2 * number + 1);
  self->state = g_dir_make_tmp ("ft-taken-XXXXXX", NULL);
  self->root = g_build_filename (self->first->dir, "link", NULL);
  self->seed = ft_node_new (NULL, BT_MODE_ALL);
  seed_id = ft_node_add (self->seed, self->second->torrent, self->second->dir, TRUE);
  ft_wait_until (ft_node_in_state (self->seed, seed_id, BT_STATE_SEEDING));
  ft_wait_until (ft_fold_count () > before); /* so that the next one is the node's */
  restart (self);
  self->first_id = ft_node_add (self->node, self->first->torrent, self->first->dir, TRUE);
  ft_wait_until (ft_node_in_state (self->node, self->first_id, BT_STATE_SEEDING));
  return self;
}

static void
fixture_free (Fixture *self)
{
  ft_node_free (self->node);
  ft_node_free (self->seed);
  ft_sample_free (self->first);
  ft_sample_free (self->second);
  ft_remove_tree (self->state);
  g_free (self->state);
  g_free (self->root);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
pause_first (Fixture *self)
{
  ft_node_set_intent (self->node, self->first_id, BT_INTENT_PAUSE);
  ft_wait_until (ft_node_in_state (self->node, self->first_id, BT_STATE_PAUSED));
}

static void
link_folder (Fixture *self)
{
  g_assert_cmpint (symlink (self->first->dir, self->root), ==, 0);
}

/* @make: makes "one" in the folder of the second out of that of the first. */
static void
link_file (Fixture *self, int (*make) (const char *from, const char *to))
{
  g_autofree char *folder = g_build_filename (self->root, "sample", NULL);
  g_autofree char *from = g_build_filename (self->first->dir, "sample", "one", NULL);
  g_autofree char *to = g_build_filename (folder, "one", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_cmpint (make (from, to), ==, 0);
}

static void
add_second (Fixture *self)
{
  self->second_id = ft_node_add (self->node, self->second->torrent, self->root, FALSE);
  ft_node_connect (self->node, self->second_id, self->seed->port);
}

static void
assert_refused (Fixture *self)
{
  ft_wait_until (ft_node_in_state (self->node, self->second_id, BT_STATE_ERROR));
  ft_wait_until (ft_node_said (self->node, "/link/sample/one” is also a file of “sample”"));
  ft_sample_assert_equal (self->first, self->first->dir);
}

static void
assert_goes_on (Fixture *self)
{
  ft_node_set_intent (self->node, self->second_id, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (self->node, self->second_id, BT_STATE_DOWNLOADING));
  ft_node_connect (self->node, self->second_id, self->seed->port);
  ft_wait_until (ft_node_is_complete (self->node, self->second_id));
  ft_sample_assert_equal (self->second, self->root);
}

/* It was not looked at since the start; the other is refused again and again, until it is gone. */
static void
test_since_start (void)
{
  g_autoptr(Fixture) f = fixture_new (1);

  pause_first (f);
  restart (f);
  link_folder (f);
  add_second (f);
  assert_refused (f);
  restart (f);
  ft_node_set_intent (f->node, f->second_id, BT_INTENT_RUN);
  ft_node_connect (f->node, f->second_id, f->seed->port);
  assert_refused (f);
  ft_node_remove (f->node, f->first_id, FALSE);
  assert_goes_on (f);
}

/* It was at work, and came to rest. */
static void
test_idle (void)
{
  g_autoptr(Fixture) f = fixture_new (2);
  int before;

  restart (f);
  before = ft_fold_count ();
  ft_wait_until (ft_fold_count () > before);
  link_file (f, link);
  add_second (f);
  assert_refused (f);
  ft_node_remove (f->node, f->first_id, FALSE);
  assert_goes_on (f);
}

/* The one that was refused has looked at the files while the first was at rest. They are the first's all the same. */
static void
test_comes_back (void)
{
  static const guint8 wrong[16384];
  g_autoptr(Fixture) f = fixture_new (3);
  g_autofree char *path = g_build_filename (f->first->dir, "sample", "one", NULL);
  FILE *file;

  pause_first (f);
  restart (f);
  link_folder (f);
  add_second (f);
  assert_refused (f);
  restart (f);
  ft_wait_until (ft_node_in_state (f->node, f->second_id, BT_STATE_DOWNLOADING));
  file = fopen (path, "r+");
  g_assert_cmpuint (fwrite (wrong, sizeof wrong, 1, file), ==, 1);
  fclose (file);
  ft_node_verify (f->node, f->first_id);
  ft_wait_until (ft_node_said (f->node, "Checked: 2 of 3 pieces"));
  ft_node_set_intent (f->node, f->first_id, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (f->node, f->first_id, BT_STATE_DOWNLOADING));
  ft_node_connect (f->node, f->second_id, f->seed->port);
  ft_wait_until (ft_node_in_state (f->node, f->second_id, BT_STATE_ERROR));
  ft_wait_until (ft_node_said (f->node, "/link/sample/one” is also a file of “sample”"));
  g_assert_true (ft_node_in_state (f->node, f->first_id, BT_STATE_DOWNLOADING));
}

/* What another program moved from one to the other is not the first's any more. */
static void
test_moved_away (void)
{
  g_autoptr(Fixture) f = fixture_new (4);

  pause_first (f);
  restart (f);
  link_file (f, rename);
  add_second (f);
  assert_goes_on (f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ft_fold_count_begin ();
  g_test_add_func ("/engine/taken-at-rest/since-start", test_since_start);
  g_test_add_func ("/engine/taken-at-rest/idle", test_idle);
  g_test_add_func ("/engine/taken-at-rest/comes-back", test_comes_back);
  g_test_add_func ("/engine/taken-at-rest/moved-away", test_moved_away);
  return g_test_run ();
}
