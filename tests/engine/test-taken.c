/* test-taken.c: files that are another torrent's, and folders that are the program's own, are refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-error.h"
#include "ft-swarm.h"
#include "ft-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define assert_taken(id, error, part)                                                                               \
  G_STMT_START                                                                                                      \
  {                                                                                                                 \
    g_assert_cmpuint (id, ==, 0);                                                                                   \
    g_assert_error (error, BT_ERROR, BT_ERROR_TAKEN);                                                               \
    g_assert_nonnull (strstr ((error)->message, part));                                                             \
    g_clear_error (&(error));                                                                                       \
  }                                                                                                                 \
  G_STMT_END

static void
append_file (GString *text, const char *path)
{
  g_auto(GStrv) parts = g_strsplit (path, "/", -1);

  g_string_append (text, "d6:lengthi1e4:pathl");
  for (guint i = 0; parts[i] != NULL; i++)
    g_string_append_printf (text, "%u:%s", (guint) strlen (parts[i]), parts[i]);
  g_string_append (text, "ee");
}

/* Of which there is no data. @a, @b: names of files in its folder */
static GBytes *
make_torrent (const char *name, const char *a, const char *b)
{
  GString *text = g_string_new ("d4:infod5:filesl");

  append_file (text, a);
  append_file (text, b);
  g_string_append_printf (text, "e4:name%u:%s12:piece lengthi16384e6:pieces20:01234567890123456789ee",
                          (guint) strlen (name), name);
  return g_string_free_to_bytes (text);
}

static BtTorrentId
try_add (FtNode *node, const char *name, const char *a, const char *b, const char *folder, GError **error)
{
  g_autoptr(GBytes) torrent = make_torrent (name, a, b);
  BtAddRequest request = { .torrent = torrent, .save_path = folder, .intent = BT_INTENT_PAUSE };

  return ft_node_try_request (node, &request, error);
}

static BtTorrentId
add (FtNode *node, const char *name, const char *a, const char *b, const char *folder)
{
  g_autoptr(GError) error = NULL;
  BtTorrentId id = try_add (node, name, a, b, folder, &error);

  g_assert_no_error (error);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_PAUSED));
  return id;
}

/* What only shares the folder is not in the way. */
static void
test_add (void)
{
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autofree char *elsewhere = g_build_filename (node->dir, "elsewhere", NULL);
  g_autofree char *detour = g_strconcat (node->dir, "/elsewhere/..//", NULL);
  g_autoptr(GError) error = NULL;
  BtTorrentId id;

  add (node, "Show", "one", "two", NULL);
  id = try_add (node, "Show", "three", "TWO", NULL, &error);
  assert_taken (id, error, "/Show/two\" is a file of \"Show\"");
  id = try_add (node, "show", "two", "three", detour, &error);
  assert_taken (id, error, "/Show/two");
  add (node, "Show", "three", "four", NULL);
  add (node, "Show", "two", "five", elsewhere);
}

static void
test_move (void)
{
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autofree char *elsewhere = g_build_filename (node->dir, "elsewhere", NULL);
  g_autoptr(GError) error = NULL;
  BtTorrentId first = add (node, "Show", "one", "two", NULL);
  BtTorrentId second = add (node, "Show", "two", "three", elsewhere);

  error = ft_node_move (node, second, node->dir, TRUE);
  assert_taken (0, error, "/Show/two\" is a file of");
  error = ft_node_move (node, second, node->dir, FALSE);
  assert_taken (0, error, "/Show/two\" is a file of");
  ft_node_remove (node, first, FALSE);
  error = ft_node_move (node, second, node->dir, TRUE);
  g_assert_no_error (error);
}

static void
test_rename (void)
{
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(GError) error = NULL;
  BtTorrentId id, other;

  add (node, "Show", "one", "two", NULL);
  id = add (node, "Show", "three", "four", NULL);
  other = add (node, "Other", "one", "five", NULL);
  error = ft_node_rename (node, id, "Show/three", "two");
  assert_taken (0, error, "/Show/two\" is a file of");
  error = ft_node_rename (node, other, "Other", "SHOW");
  assert_taken (0, error, "/Show/one\" is a file of");
  error = ft_node_rename (node, id, "Show/three", "six");
  g_assert_no_error (error);
  id = try_add (node, "Show", "six", "seven", NULL, &error);
  assert_taken (id, error, "/Show/six");
  add (node, "Show", "three", "seven", NULL); /* it is free now */
}

/* The same file by another folder and another name below it. */
static void
test_nested (void)
{
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autofree char *show = g_build_filename (node->dir, "Show", NULL);
  g_autofree char *season = g_build_filename (show, "Season", NULL);
  g_autofree char *beside = g_strconcat (show, "s", NULL);
  g_autoptr(GError) error = NULL;
  BtTorrentId id, inner;

  add (node, "Show", "one", "Season/two", NULL);
  id = try_add (node, "Season", "two", "three", show, &error);
  assert_taken (id, error, "/Show/Season/two\" is a file of \"Show\"");
  inner = add (node, "Season", "three", "four", show);
  add (node, "Season", "two", "three", beside);
  id = try_add (node, "Show", "five", "season/FOUR", NULL, &error);
  assert_taken (id, error, "/Show/Season/four\" is a file of \"Season\"");
  add (node, "Show", "five", "six", NULL);
  g_assert_no_errno (g_mkdir_with_parents (show, 0755));
  error = ft_node_move (node, inner, season, TRUE);
  g_assert_no_error (error);
}

/* Whoever renames a folder takes along what others have in it. */
static void
test_shared_folder (void)
{
  g_autofree char *state = g_dir_make_tmp ("ft-taken-XXXXXX", NULL);
  g_autofree char *dir = g_dir_make_tmp ("ft-taken-XXXXXX", NULL);
  g_autofree char *season = g_build_filename (dir, "Show", "Season", NULL);
  g_autoptr(GError) error = NULL;
  FtNode *node = ft_node_new_full (state, dir, NULL);
  BtTorrentId id = add (node, "Show", "one", "Season/two", NULL), other = add (node, "Show", "three", "four", NULL);

  error = ft_node_rename (node, id, "Show", "Series");
  assert_taken (0, error, "/Show/three\" is a file of");
  g_assert_no_errno (g_mkdir_with_parents (season, 0755));
  add (node, "Extras", "five", "six", season);
  error = ft_node_rename (node, id, "Show/Season", "1");
  assert_taken (0, error, "/Show/Season/Extras/five\" is a file of");
  error = ft_node_rename (node, other, "Show/three", "seven");
  g_assert_no_error (error);
  ft_node_free (node);
  node = ft_node_new_full (state, dir, NULL);
  ft_wait_until (ft_node_status (node, 3) != NULL);
  error = ft_node_rename (node, 1, "Show", "Series");
  assert_taken (0, error, "/Show/seven\" is a file of");
  ft_node_remove (node, 2, FALSE);
  error = ft_node_rename (node, 1, "Show", "Series");
  assert_taken (0, error, "/Show/Season/Extras/five\" is a file of");
  ft_node_remove (node, 3, FALSE);
  error = ft_node_rename (node, 1, "Show", "Series");
  g_assert_no_error (error);
  ft_node_free (node);
  ft_remove_tree (state);
  ft_remove_tree (dir);
}

/* Of one that nobody needs only an outline is in memory; it may have another name as well. */
static void
test_restart (void)
{
  g_autofree char *state = g_dir_make_tmp ("ft-taken-XXXXXX", NULL);
  g_autofree char *dir = g_dir_make_tmp ("ft-taken-XXXXXX", NULL);
  g_autoptr(GError) error = NULL;
  FtNode *node = ft_node_new_full (state, dir, NULL);
  BtTorrentId id = add (node, "Show", "one", "two", NULL);

  add (node, "Film", "one", "two", NULL);
  error = ft_node_rename (node, id, "Show", "Series");
  g_assert_no_error (error);
  ft_node_free (node);
  node = ft_node_new_full (state, dir, NULL);
  ft_wait_until (ft_node_status (node, 2) != NULL);
  id = try_add (node, "Series", "two", "three", NULL, &error);
  assert_taken (id, error, "/Series/two");
  id = try_add (node, "Film", "two", "three", NULL, &error);
  assert_taken (id, error, "/Film/two");
  add (node, "Film", "three", "four", NULL);
  add (node, "Show", "one", "two again", NULL);
  ft_node_free (node);
  ft_remove_tree (state);
  ft_remove_tree (dir);
}

static const FtSampleFile files[] = { { "one", 40000 }, { "two", 5 }, { NULL, 0 } };

/* What a link leads to is known when it was added already: it waits for another folder. */
static void
test_link (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 77);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autofree char *elsewhere = g_build_filename (node->dir, "elsewhere", NULL);
  BtTorrentId seed_id = ft_node_add (seed, sample->torrent, sample->dir, TRUE), id;
  char hash[BT_SHA1_HEX_SIZE];
  g_autofree char *link = NULL;
  g_autoptr(GError) error = NULL;

  ft_wait_until (ft_node_in_state (seed, seed_id, BT_STATE_SEEDING));
  bt_sha1_to_hex (&ft_node_status (seed, seed_id)->info_hash, hash);
  link = g_strconcat ("magnet:?xt=urn:btih:", hash, NULL);
  add (node, "sample", "two", "three", NULL);
  id = ft_node_add_request (node, &(BtAddRequest){ .magnet = link });
  ft_node_connect (node, id, seed->port);
  ft_wait_until (ft_node_said (node, "/sample/two\" is a file of"));
  g_assert_true (ft_node_status (node, id)->is_magnet);
  error = ft_node_move (node, id, elsewhere, TRUE);
  g_assert_no_error (error);
  ft_node_connect (node, id, seed->port);
  ft_wait_until (!ft_node_status (node, id)->is_magnet && ft_node_is_complete (node, id));
  ft_sample_assert_equal (sample, elsewhere);
}

/* The same where of the other torrent no more than an outline is in memory: its files are looked up first. @b: the name
 * of its second file */
static void
resolve_beside_folded (const char *b, gboolean is_taken)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 78);
  g_autofree char *state = g_dir_make_tmp ("ft-taken-XXXXXX", NULL);
  g_autofree char *dir = g_dir_make_tmp ("ft-taken-XXXXXX", NULL);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  FtNode *node = ft_node_new_full (state, dir, NULL);
  BtTorrentId seed_id = ft_node_add (seed, sample->torrent, sample->dir, TRUE), id;
  char hash[BT_SHA1_HEX_SIZE];
  g_autofree char *link = NULL;

  ft_wait_until (ft_node_in_state (seed, seed_id, BT_STATE_SEEDING));
  bt_sha1_to_hex (&ft_node_status (seed, seed_id)->info_hash, hash);
  link = g_strconcat ("magnet:?xt=urn:btih:", hash, NULL);
  add (node, "sample", "three", b, NULL);
  ft_node_free (node);
  node = ft_node_new_full (state, dir, NULL);
  id = ft_node_add_request (node, &(BtAddRequest){ .magnet = link });
  ft_node_connect (node, id, seed->port);
  if (is_taken)
    ft_wait_until (ft_node_said (node, "/sample/two\" is a file of"));
  else
    ft_wait_until (!ft_node_status (node, id)->is_magnet && ft_node_is_complete (node, id));
  g_assert_cmpint (ft_node_status (node, id)->is_magnet, ==, is_taken);
  ft_node_free (node);
  ft_remove_tree (state);
  ft_remove_tree (dir);
}

static void
test_link_beside_folded (void)
{
  resolve_beside_folded ("two", TRUE);
  resolve_beside_folded ("four", FALSE);
}

static void
called_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Returns: (transfer full) (nullable): the error */
static GError *
try_start (FtNode *node, BtTorrentId id)
{
  g_autoptr(GAsyncResult) result = NULL;
  GError *error = NULL;

  bt_engine_set_intent_async (node->engine, id, BT_INTENT_RUN, NULL, called_cb, &result);
  ft_wait_until (result != NULL);
  bt_engine_finish (node->engine, result, &error);
  return error;
}

/* One that is there for its details alone has no files; when it is to have them, they must not be another's. */
static void
test_details (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 79);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  BtAddRequest request = { .torrent = sample->torrent, .intent = BT_INTENT_DETAILS };
  g_autoptr(GError) error = NULL;
  BtTorrentId id, other = add (node, "sample", "two", "three", NULL);

  id = ft_node_add_request (node, &request);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_PAUSED));
  error = try_start (node, id);
  assert_taken (0, error, "/sample/two\" is a file of");
  g_assert_cmpint (ft_node_status (node, id)->intent, ==, BT_INTENT_DETAILS);
  ft_node_remove (node, other, FALSE);
  error = try_start (node, id);
  g_assert_no_error (error);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_DOWNLOADING));
}

static void
assert_content (const char *path, const char *expected)
{
  g_autofree char *content = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, expected);
}

/* Under another name that no comparing of paths finds. The one that was there first has its file, and the other says so,
 * until the first is gone. @make: makes @to another name of @from */
static void
write_by_other_name (const char *from, const char *to, int (*make) (const char *from, const char *to))
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 80);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId seed_id = ft_node_add (seed, sample->torrent, sample->dir, TRUE), first, second;
  g_autofree char *old = g_build_filename (node->dir, from, NULL);
  g_autofree char *new = g_build_filename (node->dir, to, NULL);
  g_autofree char *folder = g_path_get_dirname (new);
  g_autofree char *root = g_build_filename (node->dir, "link", NULL);
  g_autofree char *there = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  there = g_build_filename (node->dir, "sample", NULL);
  g_assert_cmpint (g_mkdir (there, 0755), ==, 0);
  g_free (there);
  there = g_build_filename (node->dir, "sample", "one", NULL);
  g_assert_true (g_file_set_contents (there, "not a byte of this is to change", -1, NULL));
  g_assert_cmpint (make (old, new), ==, 0);

  first = add (node, "sample", "one", "three", NULL);
  second = ft_node_add (node, sample->torrent, root, FALSE);
  ft_node_connect (node, second, seed->port);
  ft_wait_until (ft_node_in_state (node, second, BT_STATE_ERROR));
  ft_wait_until (ft_node_said (node, "/link/sample/one” is also a file of “sample”"));
  assert_content (there, "not a byte of this is to change");
  ft_node_set_intent (node, second, BT_INTENT_RUN);
  ft_node_connect (node, second, seed->port);
  ft_wait_until (ft_node_in_state (node, second, BT_STATE_ERROR));
  assert_content (there, "not a byte of this is to change");

  ft_node_remove (node, first, FALSE);
  ft_node_set_intent (node, second, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (node, second, BT_STATE_DOWNLOADING));
  ft_node_connect (node, second, seed->port);
  ft_wait_until (ft_node_is_complete (node, second));
  ft_sample_assert_equal (sample, root);
  g_assert_true (ft_node_in_state (seed, seed_id, BT_STATE_SEEDING));
}

static void
test_other_name (void)
{
  write_by_other_name ("", "link", symlink);
  write_by_other_name ("sample/one", "link/sample/one", link);
}

static void
assert_own (FtNode *node, const char *name, const char *a, const char *folder)
{
  g_autoptr(GError) error = NULL;
  BtTorrentId id = try_add (node, name, a, "b", folder, &error);

  assert_taken (id, error, "is a folder of the program itself");
}

static void
test_own_folders (void)
{
  g_autofree char *parent = g_dir_make_tmp ("ft-taken-XXXXXX", NULL);
  g_autofree char *state = g_build_filename (parent, "state", NULL);
  g_autofree char *below = g_build_filename (state, "a", "b", NULL);
  g_autofree char *beside = g_build_filename (parent, "statements", NULL);
  g_autofree char *settings = g_build_filename (g_get_user_config_dir (), GETTEXT_PACKAGE, NULL);
  FtNode *node = ft_node_new_full (state, NULL, NULL);
  g_autoptr(GError) error = NULL;
  BtTorrentId id;

  assert_own (node, "Show", "a", state);
  assert_own (node, "Show", "a", below);
  assert_own (node, "Show", "a", settings);
  assert_own (node, "state", "a", parent); /* state/a */
  id = add (node, "Show", "a", "b", parent);
  add (node, "Film", "a", "b", beside);
  error = ft_node_move (node, id, below, TRUE);
  assert_taken (0, error, "is a folder of the program itself");
  error = ft_node_rename (node, id, "Show", "state");
  assert_taken (0, error, "is a folder of the program itself");
  ft_node_free (node);
  ft_remove_tree (parent);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/taken/add", test_add);
  g_test_add_func ("/engine/taken/move", test_move);
  g_test_add_func ("/engine/taken/rename", test_rename);
  g_test_add_func ("/engine/taken/nested", test_nested);
  g_test_add_func ("/engine/taken/shared-folder", test_shared_folder);
  g_test_add_func ("/engine/taken/restart", test_restart);
  g_test_add_func ("/engine/taken/link", test_link);
  g_test_add_func ("/engine/taken/link-beside-folded", test_link_beside_folded);
  g_test_add_func ("/engine/taken/details", test_details);
  g_test_add_func ("/engine/taken/other-name", test_other_name);
  g_test_add_func ("/engine/taken/own-folders", test_own_folders);
  return g_test_run ();
}
