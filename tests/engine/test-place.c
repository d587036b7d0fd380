/* test-place.c: the files of a torrent in other folders and under other names, while engines share them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <sys/mount.h>

#include "ft-swarm.h"
#include "ft-test.h"

static const FtSampleFile files[] = {
  { "readme.txt", 11 },
  { "empty", 0 },
  { "deep/er/picture.raw", 700001 },
  { "deep/movie.raw", 2 * 1024 * 1024 + 17 },
  { NULL, 0 },
};

#define assert_no(error)                                                                                            \
  G_STMT_START                                                                                                      \
  {                                                                                                                 \
    g_autoptr(GError) ft_error = (error);                                                                           \
    g_assert_no_error (ft_error);                                                                                   \
  }                                                                                                                 \
  G_STMT_END
#define assert_code(error, code)                                                                                    \
  G_STMT_START                                                                                                      \
  {                                                                                                                 \
    g_autoptr(GError) ft_error = (error);                                                                           \
    g_assert_error (ft_error, BT_ERROR, code);                                                                      \
  }                                                                                                                 \
  G_STMT_END

/* A seed and one that downloads, with folders that the test may look into. */
typedef struct
{
  FtSample *sample;
  char *folder; /* holds all the others */
  char *state, *final, *incomplete, *other;
  FtNode *seed, *node;
  BtTorrentId seed_id, id;
} Fixture;

static char *incomplete_dir; /* of the next node */

static void
set_incomplete (BtConfig *config)
{
  config->incomplete_dir = g_strdup (incomplete_dir);
}

static Fixture *
fixture_new (guint seed)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->sample = ft_sample_new (files, 32768, seed);
  self->folder = g_dir_make_tmp ("ft-place-XXXXXX", NULL);
  self->state = g_build_filename (self->folder, "state", NULL);
  self->final = g_build_filename (self->folder, "final", NULL);
  self->incomplete = g_build_filename (self->folder, "incomplete", NULL);
  self->other = g_build_filename (self->folder, "other", NULL);
  g_assert_cmpint (g_mkdir (self->state, 0700), ==, 0);
  self->seed = ft_node_new (NULL, BT_MODE_ALL);
  self->seed_id = ft_node_add (self->seed, self->sample->torrent, self->sample->dir, TRUE);
  ft_wait_until (ft_node_in_state (self->seed, self->seed_id, BT_STATE_SEEDING));
  return self;
}

static void
fixture_free (Fixture *self)
{
  g_clear_pointer (&self->node, ft_node_free);
  ft_node_free (self->seed);
  ft_sample_free (self->sample);
  ft_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->state);
  g_free (self->final);
  g_free (self->incomplete);
  g_free (self->other);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
start (Fixture *self, gboolean with_incomplete)
{
  incomplete_dir = with_incomplete ? self->incomplete : NULL;
  self->node = ft_node_new_full (self->state, self->final, set_incomplete);
}

static void
restart (Fixture *self)
{
  g_clear_pointer (&self->node, ft_node_free);
  start (self, FALSE);
  self->id = 1;
  ft_wait_until (ft_node_status (self->node, self->id) != NULL);
}

static void
download (Fixture *self)
{
  self->id = ft_node_add (self->node, self->sample->torrent, NULL, FALSE);
  ft_node_connect (self->node, self->id, self->seed->port);
  ft_wait_until (ft_node_is_complete (self->node, self->id));
}

static const BtTorrentStatus *
status_of (Fixture *self)
{
  return ft_node_status (self->node, self->id);
}

static gboolean
seeds_from (Fixture *self, const char *folder)
{
  return ft_node_in_state (self->node, self->id, BT_STATE_SEEDING) && strcmp (status_of (self)->data_path, folder) == 0;
}

static gboolean
exists (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, "sample", name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* What it has can be had from it. */
static void
assert_gives_all (Fixture *self)
{
  g_autoptr(FtNode) third = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = ft_node_add (third, self->sample->torrent, NULL, FALSE);

  ft_node_connect (third, id, self->node->port);
  ft_wait_until (ft_node_is_complete (third, id));
  ft_sample_assert_equal (self->sample, third->dir);
}

static void
test_incomplete (void)
{
  g_autoptr(Fixture) f = fixture_new (201);

  start (f, TRUE);
  f->id = ft_node_add (f->node, f->sample->torrent, NULL, FALSE);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  g_assert_cmpstr (status_of (f)->save_path, ==, f->final);
  g_assert_cmpstr (status_of (f)->data_path, ==, f->incomplete);
  ft_node_connect (f->node, f->id, f->seed->port);
  ft_wait_until (seeds_from (f, f->final));
  ft_sample_assert_equal (f->sample, f->final);
  g_assert_false (exists (f->incomplete, ""));
  g_assert_cmpuint (f->node->n_finished, ==, 1);
  assert_gives_all (f);
  restart (f);
  ft_wait_until (seeds_from (f, f->final));
}

/* The setting is off by the time it goes on: it is still where it was begun. */
static void
test_incomplete_restart (void)
{
  g_autoptr(Fixture) f = fixture_new (202);

  start (f, TRUE);
  f->id = ft_node_add (f->node, f->sample->torrent, NULL, FALSE);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  restart (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  g_assert_cmpstr (status_of (f)->save_path, ==, f->final);
  g_assert_cmpstr (status_of (f)->data_path, ==, f->incomplete);
  ft_node_connect (f->node, f->id, f->seed->port);
  ft_wait_until (seeds_from (f, f->final));
  ft_sample_assert_equal (f->sample, f->final);
}

/* Data that is in the final folder already is used there. */
static void
test_incomplete_not_needed (void)
{
  g_autoptr(Fixture) f = fixture_new (203);

  start (f, TRUE);
  f->id = ft_node_add (f->node, f->sample->torrent, f->sample->dir, FALSE);
  ft_wait_until (seeds_from (f, f->sample->dir));
  g_assert_false (g_file_test (f->incomplete, G_FILE_TEST_EXISTS));
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(BtTorrentId *) user_data = bt_engine_add_finish (BT_ENGINE (source), result, NULL, NULL);
}

/* A restart does not make it forget to look there. */
static void
test_incomplete_paused (void)
{
  g_autoptr(Fixture) f = fixture_new (216);
  BtAddRequest request = { .torrent = f->sample->torrent, .save_path = f->sample->dir, .intent = BT_INTENT_STOP };

  start (f, TRUE);
  bt_engine_add_async (f->node->engine, &request, NULL, added_cb, &f->id);
  ft_wait_until (f->id != 0);
  restart (f);
  ft_node_set_intent (f->node, f->id, BT_INTENT_RUN);
  ft_wait_until (seeds_from (f, f->sample->dir));
}

/* Another file has the name: it seeds from where it is, and says why. */
static void
test_incomplete_in_the_way (void)
{
  g_autoptr(Fixture) f = fixture_new (204);
  g_autofree char *folder = g_build_filename (f->final, "sample", NULL);
  g_autofree char *path = g_build_filename (folder, "readme.txt", NULL);

  start (f, TRUE);
  f->id = ft_node_add (f->node, f->sample->torrent, NULL, FALSE);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  g_assert_true (g_file_set_contents (path, "somebody's", -1, NULL));
  ft_node_connect (f->node, f->id, f->seed->port);
  ft_wait_until (ft_node_said (f->node, "exists already"));
  ft_wait_until (seeds_from (f, f->incomplete));
  ft_sample_assert_equal (f->sample, f->incomplete);
  g_assert_cmpint (g_remove (path), ==, 0);
  ft_node_set_intent (f->node, f->id, BT_INTENT_PAUSE);
  ft_node_set_intent (f->node, f->id, BT_INTENT_RUN);
  ft_wait_until (seeds_from (f, f->final));
  ft_sample_assert_equal (f->sample, f->final);
}

static void
move_while_seeding (gboolean copy)
{
  g_autoptr(Fixture) f = fixture_new (205);

  start (f, FALSE);
  download (f);
  ft_wait_until (seeds_from (f, f->final));
  if (copy)
    {
      g_assert_cmpint (g_mkdir (f->other, 0777), ==, 0);
      if (mount ("none", f->other, "tmpfs", MS_NOSUID, "size=16m") != 0)
        {
          g_test_skip ("needs the right to mount");
          return;
        }
    }
  assert_no (ft_node_move (f->node, f->id, f->other, TRUE));
  ft_wait_until (seeds_from (f, f->other));
  g_assert_cmpstr (status_of (f)->save_path, ==, f->other);
  g_assert_true (ft_node_said (f->node, "Its files are in"));
  ft_sample_assert_equal (f->sample, f->other);
  g_assert_false (exists (f->final, ""));
  assert_gives_all (f);
  restart (f);
  ft_wait_until (seeds_from (f, f->other));
  g_assert_false (ft_node_said (f->node, "Checked"));
  g_clear_pointer (&f->node, ft_node_free);
  if (copy)
    ft_test_iterate (NULL, umount2 (f->other, 0) == 0, 60);
}

static void
test_move (void)
{
  move_while_seeding (FALSE);
}

static void
test_move_to_another_disk (void)
{
  move_while_seeding (TRUE);
}

/* Half of it is there; it goes on in the new place, and is fetched only once. */
static void
test_move_while_downloading (void)
{
  g_autoptr(Fixture) f = fixture_new (206);

  start (f, FALSE);
  f->id = ft_node_add (f->node, f->sample->torrent, NULL, FALSE);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  ft_node_connect (f->node, f->id, f->seed->port);
  ft_wait_until (status_of (f)->done > 0);
  assert_no (ft_node_move (f->node, f->id, f->other, TRUE));
  ft_wait_until (seeds_from (f, f->other));
  ft_sample_assert_equal (f->sample, f->other);
  g_assert_false (exists (f->final, ""));
}

static void
test_move_refused (void)
{
  g_autoptr(Fixture) f = fixture_new (207);
  g_autofree char *folder = g_build_filename (f->other, "sample", NULL);
  g_autofree char *path = g_build_filename (folder, "readme.txt", NULL);
  g_autofree char *nowhere = g_build_filename (f->folder, "no", "such", NULL);

  start (f, FALSE);
  download (f);
  ft_wait_until (seeds_from (f, f->final));
  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  g_assert_true (g_file_set_contents (path, "somebody's", -1, NULL));
  assert_code (ft_node_move (f->node, f->id, f->other, TRUE), BT_ERROR_EXISTS);
  assert_code (ft_node_move (f->node, f->id, nowhere, TRUE), BT_ERROR_DISK_MISSING);
  assert_code (ft_node_move (f->node, f->id, "relative", TRUE), BT_ERROR_NOT_FOUND);
  assert_code (ft_node_move (f->node, 99, f->other, TRUE), BT_ERROR_NOT_FOUND);
  assert_no (ft_node_move (f->node, f->id, f->final, TRUE)); /* where it is */
  g_assert_true (seeds_from (f, f->final));
  ft_sample_assert_equal (f->sample, f->final);
  assert_gives_all (f);
}

/* Only the path is another: the data is there already. */
static void
test_set_path (void)
{
  g_autoptr(Fixture) f = fixture_new (208);

  start (f, FALSE);
  download (f);
  ft_wait_until (seeds_from (f, f->final));
  ft_node_set_intent (f->node, f->id, BT_INTENT_PAUSE);
  g_assert_cmpint (g_rename (f->final, f->other), ==, 0);
  assert_no (ft_node_move (f->node, f->id, f->other, FALSE));
  ft_node_set_intent (f->node, f->id, BT_INTENT_RUN);
  ft_wait_until (seeds_from (f, f->other));
  ft_wait_until (ft_node_is_complete (f->node, f->id));
  assert_gives_all (f);
}

/* Nothing is there: nothing is fetched anew without being asked. */
static void
test_set_wrong_path (void)
{
  g_autoptr(Fixture) f = fixture_new (209);

  start (f, FALSE);
  download (f);
  ft_wait_until (seeds_from (f, f->final));
  assert_no (ft_node_move (f->node, f->id, f->other, FALSE));
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_ERROR));
  g_assert_cmpint (status_of (f)->reason, ==, BT_REASON_DISK_MISSING);
  assert_no (ft_node_move (f->node, f->id, f->final, FALSE));
  ft_wait_until (seeds_from (f, f->final));
}

static void
test_remove_after_move (void)
{
  g_autoptr(Fixture) f = fixture_new (210);

  start (f, FALSE);
  download (f);
  ft_wait_until (seeds_from (f, f->final));
  assert_no (ft_node_move (f->node, f->id, f->other, TRUE));
  ft_node_remove (f->node, f->id, TRUE); /* at any point of it */
  g_assert_false (exists (f->other, ""));
  g_assert_false (exists (f->final, ""));
}

static void
test_stop_while_moving (void)
{
  g_autoptr(Fixture) f = fixture_new (211);

  start (f, FALSE);
  download (f);
  ft_wait_until (seeds_from (f, f->final));
  assert_no (ft_node_move (f->node, f->id, f->other, TRUE));
  restart (f);
  ft_wait_until (seeds_from (f, f->other));
  ft_sample_assert_equal (f->sample, f->other);
}

static const char *
path_at (BtDetail *detail, guint place)
{
  return bt_file_list_get (detail->files, place)->path;
}

static void
test_rename (void)
{
  g_autoptr(Fixture) f = fixture_new (212);
  g_autoptr(BtDetail) detail = NULL;

  start (f, FALSE);
  download (f);
  ft_wait_until (seeds_from (f, f->final));
  assert_no (ft_node_rename (f->node, f->id, "sample/deep/movie.raw", "film"));
  assert_no (ft_node_rename (f->node, f->id, "sample/deep/er", "shallow"));
  g_assert_true (exists (f->final, "deep/film"));
  g_assert_true (exists (f->final, "deep/shallow/picture.raw"));
  g_assert_false (exists (f->final, "deep/er"));
  assert_gives_all (f);
  restart (f);
  ft_wait_until (seeds_from (f, f->final));
  detail = ft_node_detail (f->node, f->id, BT_DETAIL_FILES);
  g_assert_cmpstr (path_at (detail, 2), ==, "sample/deep/shallow/picture.raw");
  g_assert_cmpstr (path_at (detail, 3), ==, "sample/deep/film");
  assert_no (ft_node_rename (f->node, f->id, "sample", "Übung"));
  assert_no (ft_node_rename (f->node, f->id, "Übung/deep/film", "movie.raw"));
  assert_no (ft_node_rename (f->node, f->id, "Übung/deep/shallow", "er"));
  assert_no (ft_node_rename (f->node, f->id, "Übung", "sample"));
  ft_sample_assert_equal (f->sample, f->final);
  ft_node_remove (f->node, f->id, TRUE);
  g_assert_false (exists (f->final, ""));
}

/* What is not there yet comes under its new name. */
static void
test_rename_before (void)
{
  g_autoptr(Fixture) f = fixture_new (213);

  start (f, FALSE);
  f->id = ft_node_add (f->node, f->sample->torrent, NULL, FALSE);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  assert_no (ft_node_rename (f->node, f->id, "sample/deep/movie.raw", "film"));
  ft_node_connect (f->node, f->id, f->seed->port);
  ft_wait_until (seeds_from (f, f->final));
  g_assert_true (exists (f->final, "deep/film"));
  g_assert_false (exists (f->final, "deep/movie.raw"));
  assert_no (ft_node_move (f->node, f->id, f->other, TRUE));
  ft_wait_until (seeds_from (f, f->other));
  g_assert_true (exists (f->other, "deep/film"));
  g_assert_false (exists (f->final, ""));
  assert_gives_all (f);
}

static void
replied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  bt_engine_finish (BT_ENGINE (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* It is complete while the disk renames, since the rest is no longer wanted: it goes to its own folder after that. */
static void
test_rename_then_home (void)
{
  static const guint8 first[] = { 7, 4, 4, 4 };
  static const guint8 only[] = { 7, 0, 0, 0 };
  g_autoptr(GBytes) all = g_bytes_new_static (first, sizeof first);
  g_autoptr(GBytes) one = g_bytes_new_static (only, sizeof only);
  g_autoptr(Fixture) f = fixture_new (217);
  gboolean renamed = FALSE;

  start (f, TRUE);
  f->node->config->limit_down_bytes_per_s = 64 * 1024;
  ft_node_configure (f->node);
  f->id = ft_node_add_with_priorities (f->node, f->sample->torrent, NULL, all);
  ft_node_connect (f->node, f->id, f->seed->port);
  ft_wait_until (status_of (f)->done > 0);
  bt_engine_rename_path_async (f->node->engine, f->id, "sample/readme.txt", "notes", NULL, replied_cb, &renamed);
  ft_node_set_priorities (f->node, f->id, one);
  ft_wait_until (renamed);
  ft_wait_until (seeds_from (f, f->final));
  g_assert_true (exists (f->final, "notes"));
  g_assert_false (exists (f->final, "readme.txt"));
  g_assert_false (exists (f->incomplete, ""));
}

static void
test_rename_refused (void)
{
  static const char *const bad[] = { "", "..", ".", "a/b", "a\\b", "a\nb", "\xff" };
  g_autoptr(Fixture) f = fixture_new (214);

  start (f, FALSE);
  download (f);
  ft_wait_until (seeds_from (f, f->final));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_code (ft_node_rename (f->node, f->id, "sample/empty", bad[i]), BT_ERROR_MALFORMED);
  assert_code (ft_node_rename (f->node, f->id, "sample/nothing", "x"), BT_ERROR_NOT_FOUND);
  assert_code (ft_node_rename (f->node, f->id, "sampl", "x"), BT_ERROR_NOT_FOUND);
  assert_code (ft_node_rename (f->node, f->id, "sample/empty", "README.txt"), BT_ERROR_EXISTS);
  assert_code (ft_node_rename (f->node, f->id, "sample/empty", "deep"), BT_ERROR_EXISTS);
  assert_no (ft_node_rename (f->node, f->id, "sample/empty", "Empty")); /* only its case */
  g_assert_true (exists (f->final, "Empty"));
}

/* As long as nothing changes it is the same list. */
static void
test_list_is_shared (void)
{
  g_autoptr(Fixture) f = fixture_new (215);
  g_autoptr(BtDetail) before = NULL;
  g_autoptr(BtDetail) same = NULL;
  g_autoptr(BtDetail) after = NULL;

  bt_engine_watch (f->seed->engine, f->seed_id, BT_DETAIL_FILES);
  before = ft_node_detail (f->seed, f->seed_id, BT_DETAIL_FILES);
  same = ft_node_detail (f->seed, f->seed_id, BT_DETAIL_FILES);
  g_assert_true (before->files == same->files);
  for (guint i = 0; i < bt_file_list_length (before->files); i++)
    g_assert_cmpuint (bt_file_list_get (before->files, i)->done, ==, bt_file_list_get (before->files, i)->length);
  assert_no (ft_node_rename (f->seed, f->seed_id, "sample/empty", "void"));
  after = ft_node_detail (f->seed, f->seed_id, BT_DETAIL_FILES);
  g_assert_true (after->files != before->files);
  g_assert_cmpuint (bt_file_list_next_change (after->files, before->files, 0), ==, 1);
  g_assert_cmpuint (bt_file_list_next_change (after->files, before->files, 2), ==, 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/place/incomplete", test_incomplete);
  g_test_add_func ("/place/incomplete-restart", test_incomplete_restart);
  g_test_add_func ("/place/incomplete-not-needed", test_incomplete_not_needed);
  g_test_add_func ("/place/incomplete-paused", test_incomplete_paused);
  g_test_add_func ("/place/incomplete-in-the-way", test_incomplete_in_the_way);
  g_test_add_func ("/place/move", test_move);
  g_test_add_func ("/place/move-to-another-disk", test_move_to_another_disk);
  g_test_add_func ("/place/move-while-downloading", test_move_while_downloading);
  g_test_add_func ("/place/move-refused", test_move_refused);
  g_test_add_func ("/place/set-path", test_set_path);
  g_test_add_func ("/place/set-wrong-path", test_set_wrong_path);
  g_test_add_func ("/place/remove-after-move", test_remove_after_move);
  g_test_add_func ("/place/stop-while-moving", test_stop_while_moving);
  g_test_add_func ("/place/rename", test_rename);
  g_test_add_func ("/place/rename-before", test_rename_before);
  g_test_add_func ("/place/rename-then-home", test_rename_then_home);
  g_test_add_func ("/place/rename-refused", test_rename_refused);
  g_test_add_func ("/place/list-is-shared", test_list_is_shared);
  return g_test_run ();
}
