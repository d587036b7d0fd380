/* test-magnet-swarm.c: magnet links wait in the list, survive, and become what their torrent says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-swarm.h"
#include "ft-test.h"

static const FtSampleFile files[]
  = { { "a.bin", 100000 }, { "b.bin", 200000 }, { "c.bin", 100000 }, { NULL, 0 } };

static char *
make_state_dir (void)
{
  g_autoptr(GError) error = NULL;
  char *dir = g_dir_make_tmp ("ft-state-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

/* @more: what follows the hash */
static char *
make_link (FtSample *sample, const char *more)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(BtTorrentFile) file = bt_torrent_file_describe (sample->torrent, &error);
  char hex[BT_SHA1_HEX_SIZE];

  g_assert_no_error (error);
  bt_sha1_to_hex (&file->info_hash, hex);
  return g_strconcat ("magnet:?xt=urn:btih:", hex, more, NULL);
}

static BtTorrentId
only_id (FtNode *node)
{
  GHashTableIter iter;
  gpointer id;

  ft_wait_until (g_hash_table_size (node->statuses) == 1);
  g_hash_table_iter_init (&iter, node->statuses);
  g_assert_true (g_hash_table_iter_next (&iter, &id, NULL));
  return GPOINTER_TO_UINT (id);
}

static void
called_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static void
assert_failed (FtNode *node, GAsyncResult **result, int code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GAsyncResult) kept = NULL;

  ft_wait_until (*result != NULL);
  kept = g_steal_pointer (result);
  g_assert_false (bt_engine_finish (node->engine, kept, &error));
  g_assert_error (error, BT_ERROR, code);
}

/* Returns: the existing id of BT_ERROR_EXISTS */
static BtTorrentId
try_add (FtNode *node, const BtAddRequest *request, int code)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  BtTorrentId existing = 0;

  bt_engine_add_async (node->engine, request, NULL, called_cb, &result);
  ft_wait_until (result != NULL);
  g_assert_cmpuint (bt_engine_add_finish (node->engine, result, &existing, &error), ==, 0);
  g_assert_error (error, BT_ERROR, code);
  return existing;
}

static BtTorrentOptions *
make_options (const char *tags)
{
  BtTorrentOptions *options = bt_torrent_options_new ();

  g_strfreev (options->tags);
  options->tags = g_strsplit (tags, ",", -1);
  return options;
}

static char *
describe_trackers (FtNode *node, BtTorrentId id)
{
  g_autoptr(BtDetail) detail = ft_node_detail (node, id, BT_DETAIL_ALL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < detail->trackers->len; i++)
    g_string_append_printf (text, "%s ", g_array_index (detail->trackers, BtTrackerStatus, i).url);
  return g_string_free (text, FALSE);
}

static void
assert_trackers (FtNode *node, BtTorrentId id, const char *expected)
{
  g_autofree char *text = describe_trackers (node, id);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_waits (FtNode *node, BtTorrentId id, const char *name)
{
  const BtTorrentStatus *status = ft_node_status (node, id);

  g_assert_true (status->is_magnet);
  g_assert_cmpstr (status->name, ==, name);
  g_assert_cmpint (status->state, ==, BT_STATE_DOWNLOADING);
  g_assert_cmpuint (status->total_size, ==, 0);
  g_assert_cmpuint (status->n_files, ==, 0);
  g_assert_cmpuint (status->n_pieces, ==, 0);
  g_assert_cmpuint (status->piece_length, ==, 0);
  g_assert_cmpint (status->completed_at, ==, 0);
}

/* It is in the list, and what is not for it says so. */
static void
test_wait (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autofree char *link = make_link (sample, "&dn=The+name&tr=http://127.0.0.1:1/announce");
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  BtAddRequest request = { .magnet = link };
  BtTorrentId id = ft_node_add_request (node, &request);
  g_autoptr(GBytes) priorities = g_bytes_new ("", 0);
  GAsyncResult *result = NULL;
  BtEndpoint peer;

  assert_waits (node, id, "The name");
  g_assert_cmpuint (try_add (node, &request, BT_ERROR_EXISTS), ==, id);
  bt_engine_verify_async (node->engine, id, NULL, called_cb, &result);
  assert_failed (node, &result, BT_ERROR_NO_METADATA);
  bt_engine_set_priorities_async (node->engine, id, priorities, NULL, called_cb, &result);
  assert_failed (node, &result, BT_ERROR_NO_METADATA);
  bt_engine_rename_path_async (node->engine, id, "a", "b", NULL, called_cb, &result);
  assert_failed (node, &result, BT_ERROR_NOT_FOUND);

  g_assert_true (bt_endpoint_parse (&peer, "127.0.0.1:9"));
  ft_node_connect_to (node, id, &peer);
  ft_node_verify (node, 0);
  ft_node_set_intent (node, id, BT_INTENT_PAUSE);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_PAUSED));
  ft_node_set_intent (node, id, BT_INTENT_STOP);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_STOPPED));
  ft_node_set_intent (node, id, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_DOWNLOADING));
  assert_waits (node, id, "The name");
  assert_trackers (node, id, "http://127.0.0.1:1/announce ");
  ft_node_remove (node, id, TRUE);
  ft_wait_until (ft_node_status (node, id) == NULL);
  /* And it can be added again. */
  id = ft_node_add_request (node, &request);
  assert_waits (node, id, "The name");
}

static void
move (FtNode *node, BtTorrentId id, const char *folder, gboolean with_files)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  bt_engine_move_async (node->engine, id, folder, with_files, NULL, called_cb, &result);
  ft_wait_until (result != NULL);
  bt_engine_finish (node->engine, result, &error);
  g_assert_no_error (error);
  ft_wait_until (strcmp (ft_node_status (node, id)->save_path, folder) == 0
                 && ft_node_in_state (node, id, BT_STATE_DOWNLOADING));
}

/* It has no files, but a folder that they will go to. */
static void
test_move (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autofree char *link = make_link (sample, "&dn=x");
  g_autofree char *state_dir = make_state_dir ();
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  BtAddRequest request = { .magnet = link };
  BtAddRequest found = { .torrent = sample->torrent };
  BtTorrentId id = ft_node_add_request (node, &request);

  move (node, id, state_dir, TRUE);
  assert_waits (node, id, "x");
  move (node, id, sample->dir, FALSE);
  assert_waits (node, id, "x");
  /* Whose files are there already. */
  ft_node_add_request (node, &found);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_SEEDING));
  g_assert_cmpstr (ft_node_status (node, id)->save_path, ==, sample->dir);
  ft_remove_tree (state_dir);
}

static void
test_no_torrent (void)
{
  g_autoptr(GBytes) torrent_like = g_bytes_new_static ("\1", 1);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  BtAddRequest no_link = { .magnet = "magnet:?dn=x" };
  BtAddRequest new_version
    = { .magnet = "magnet:?xt=urn:btmh:1220d5614d1e3aeb6204388620b14275a841cc2ec69e1f29ef6bc7bfc2862a22f096" };
  BtAddRequest with_priorities
    = { .magnet = "magnet:?xt=urn:btih:d2354010a3ca4ade5b7427bb093a62a3899ff381", .priorities = torrent_like };

  try_add (node, &no_link, BT_ERROR_MALFORMED);
  try_add (node, &new_version, BT_ERROR_UNSUPPORTED);
  try_add (node, &with_priorities, BT_ERROR_MALFORMED);
  g_assert_cmpuint (g_hash_table_size (node->statuses), ==, 0);
}

/* With all that was set for it. */
static void
test_survive_restart (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autofree char *state_dir = make_state_dir ();
  g_autofree char *link = make_link (sample, "");
  g_autoptr(BtTorrentOptions) options = make_options ("a,b");
  g_autoptr(FtNode) before = ft_node_new (state_dir, BT_MODE_ALL);
  g_autoptr(FtNode) after = NULL;
  BtAddRequest request
    = { .magnet = link, .save_path = sample->dir, .intent = BT_INTENT_PAUSE, .options = options };
  BtTorrentId id = ft_node_add_request (before, &request);

  ft_node_stop (before);
  after = ft_node_new (state_dir, BT_MODE_ALL);
  id = only_id (after);
  g_assert_true (ft_node_in_state (after, id, BT_STATE_PAUSED));
  g_assert_cmpstr (ft_node_status (after, id)->save_path, ==, sample->dir);
  g_assert_cmpstr (ft_node_status (after, id)->options->tags[1], ==, "b");
  ft_node_set_intent (after, id, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (after, id, BT_STATE_DOWNLOADING));
  assert_waits (after, id, strrchr (link, ':') + 1);
  ft_node_stop (after);
  ft_remove_tree (state_dir);
}

/* The torrent is given: the link's id, options and trackers stay, its choice of files counts; it downloads. */
static void
test_become_real (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autofree char *state_dir = make_state_dir ();
  g_autofree char *link = make_link (sample, "&tr=http://127.0.0.1:1/announce&so=0,2");
  g_autoptr(BtTorrentOptions) of_link = make_options ("a");
  g_autoptr(BtTorrentOptions) of_file = make_options ("b,a");
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) node = ft_node_new (state_dir, BT_MODE_ALL);
  g_autoptr(FtNode) after = NULL;
  BtAddRequest first = { .magnet = link, .options = of_link };
  BtAddRequest second = { .torrent = sample->torrent, .options = of_file };
  BtTorrentId id = ft_node_add_request (node, &first);

  ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  g_assert_cmpuint (ft_node_add_request (node, &second), ==, id);
  ft_wait_until (!ft_node_status (node, id)->is_magnet && ft_node_in_state (node, id, BT_STATE_DOWNLOADING));
  g_assert_cmpuint (ft_node_status (node, id)->total_size, ==, 400000);
  g_assert_cmpuint (ft_node_status (node, id)->wanted, ==, 200000);
  g_assert_cmpstr (ft_node_status (node, id)->name, ==, "sample");
  g_assert_cmpstr (ft_node_status (node, id)->options->tags[0], ==, "a");
  g_assert_cmpstr (ft_node_status (node, id)->options->tags[1], ==, "b");
  assert_trackers (node, id, "http://127.0.0.1:1/announce ");
  g_assert_cmpuint (try_add (node, &first, BT_ERROR_EXISTS), ==, id);
  g_assert_cmpuint (try_add (node, &second, BT_ERROR_EXISTS), ==, id);
  ft_node_connect (node, id, seed->port);
  ft_wait_until (ft_node_is_complete (node, id));
  ft_node_stop (node);

  after = ft_node_new (state_dir, BT_MODE_ALL);
  id = only_id (after);
  ft_wait_until (ft_node_in_state (after, id, BT_STATE_SEEDING));
  g_assert_false (ft_node_status (after, id)->is_magnet);
  assert_trackers (after, id, "http://127.0.0.1:1/announce ");
  ft_node_stop (after);
  ft_remove_tree (state_dir);
}

/* What was said of the link gives way to what is said with the torrent: folder, files and trackers. */
static void
test_become_chosen (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autofree char *link = make_link (sample, "&tr=http://127.0.0.1:1/announce&so=0,2");
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(GBytes) last = g_bytes_new_static ("\0\0\4", 3);
  g_autoptr(GPtrArray) tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree char *folder = g_build_filename (node->dir, "of the link", NULL);
  BtAddRequest first = { .magnet = link, .save_path = folder };
  BtAddRequest second
    = { .torrent = sample->torrent, .save_path = sample->dir, .priorities = last, .tiers = tiers };
  BtTorrentId id = ft_node_add_request (node, &first);

  g_ptr_array_add (tiers, g_strsplit ("http://127.0.0.1:1/other", " ", -1));
  g_assert_cmpuint (ft_node_add_request (node, &second), ==, id);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_SEEDING)); /* its files are there */
  g_assert_cmpstr (ft_node_status (node, id)->save_path, ==, sample->dir);
  g_assert_cmpuint (ft_node_status (node, id)->wanted, ==, 100000);
  assert_trackers (node, id, "http://127.0.0.1:1/other ");
}

/* That only its details are wanted is remembered, also where they are known: then it is on hold, and what is said to
 * all does not start it. */
static void
test_details_intent (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autofree char *state_dir = make_state_dir ();
  g_autofree char *link = make_link (sample, "");
  g_autoptr(FtNode) before = ft_node_new (state_dir, BT_MODE_ALL);
  g_autoptr(FtNode) after = NULL;
  BtAddRequest request = { .magnet = link, .intent = BT_INTENT_DETAILS };
  BtAddRequest found = { .torrent = sample->torrent, .intent = BT_INTENT_DETAILS };
  BtTorrentId id = ft_node_add_request (before, &request);

  g_assert_cmpint (ft_node_status (before, id)->intent, ==, BT_INTENT_DETAILS);
  ft_node_stop (before);
  after = ft_node_new (state_dir, BT_MODE_ALL);
  id = only_id (after);
  g_assert_cmpint (ft_node_status (after, id)->intent, ==, BT_INTENT_DETAILS);
  g_assert_cmpuint (ft_node_add_request (after, &found), ==, id);
  ft_wait_until (ft_node_in_state (after, id, BT_STATE_PAUSED));
  ft_node_set_intent (after, 0, BT_INTENT_RUN);
  ft_node_set_intent (after, 0, BT_INTENT_PAUSE);
  g_assert_cmpint (ft_node_status (after, id)->intent, ==, BT_INTENT_DETAILS);
  ft_node_set_intent (after, id, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (after, id, BT_STATE_DOWNLOADING));
  ft_node_stop (after);
  ft_remove_tree (state_dir);
}

static void
set_incomplete_dir (BtConfig *config)
{
  config->incomplete_dir = make_state_dir ();
}

/* What was there for its details alone becomes what is asked, before they are known and after. */
static void
test_choose (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) node = ft_node_new_full (NULL, NULL, set_incomplete_dir);
  g_autofree char *link = make_link (sample, "&tr=http://127.0.0.1:1/a");
  g_autofree char *other_link = make_link (sample, "&tr=http://127.0.0.1:1/b");
  g_autofree char *folder = g_build_filename (node->dir, "chosen", NULL);
  g_autoptr(BtTorrentOptions) options = make_options ("a");
  g_autoptr(GBytes) last = g_bytes_new_static ("\0\0\4", 3);
  BtAddRequest prepare = { .magnet = link, .intent = BT_INTENT_DETAILS };
  BtAddRequest found = { .torrent = sample->torrent, .intent = BT_INTENT_DETAILS };
  BtAddRequest chosen
    = { .magnet = other_link, .options = options, .save_path = folder, .priorities = last };
  BtTorrentId id = ft_node_add_request (node, &prepare);

  options->name = g_strdup ("Mine");
  options->sequential = TRUE;
  g_assert_cmpuint (ft_node_add_request (node, &prepare), ==, id);
  try_add (node, &chosen, BT_ERROR_MALFORMED); /* nothing is known of its files */
  g_assert_cmpuint (ft_node_add_request (node, &found), ==, id);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_PAUSED));
  g_assert_cmpuint (ft_node_status (node, id)->downloaded, ==, 0);

  g_assert_cmpuint (ft_node_add_request (node, &chosen), ==, id);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_DOWNLOADING));
  g_assert_cmpint (ft_node_status (node, id)->intent, ==, BT_INTENT_RUN);
  g_assert_cmpstr (ft_node_status (node, id)->save_path, ==, folder);
  g_assert_cmpstr (ft_node_status (node, id)->data_path, ==, node->config->incomplete_dir);
  g_assert_cmpstr (ft_node_status (node, id)->name, ==, "Mine");
  g_assert_cmpstr (ft_node_status (node, id)->options->tags[0], ==, "a");
  g_assert_true (ft_node_status (node, id)->options->sequential);
  g_assert_cmpuint (ft_node_status (node, id)->wanted, ==, 100000);
  assert_trackers (node, id, "http://127.0.0.1:1/a http://127.0.0.1:1/b ");
  g_assert_cmpuint (try_add (node, &chosen, BT_ERROR_EXISTS), ==, id);
  ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  ft_node_connect (node, id, seed->port);
  ft_wait_until (ft_node_is_complete (node, id) && strcmp (ft_node_status (node, id)->data_path, folder) == 0);
  ft_remove_tree (node->config->incomplete_dir);
}

/* Without files it is a link that waits for its details, in the folder that was chosen; data that is there is used. */
static void
test_choose_early (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autofree char *link = make_link (sample, "&so=0");
  BtAddRequest prepare = { .magnet = link, .intent = BT_INTENT_DETAILS };
  BtAddRequest chosen = { .magnet = link, .save_path = sample->dir };
  BtAddRequest found = { .torrent = sample->torrent };
  BtTorrentId id = ft_node_add_request (node, &prepare);

  g_assert_cmpuint (ft_node_add_request (node, &chosen), ==, id);
  ft_wait_until (ft_node_status (node, id)->intent == BT_INTENT_RUN);
  g_assert_true (ft_node_status (node, id)->is_magnet);
  g_assert_cmpstr (ft_node_status (node, id)->save_path, ==, sample->dir);
  ft_node_add_request (node, &found);
  ft_wait_until (ft_node_in_state (node, id, BT_STATE_SEEDING));
  g_assert_cmpuint (ft_node_status (node, id)->wanted, ==, 100000);
}

/* The engine is stopped while the torrent takes the link's place: it is there afterwards. */
static void
test_stop_meanwhile (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 32768, 1);
  g_autofree char *state_dir = make_state_dir ();
  g_autofree char *link = make_link (sample, "");
  g_autoptr(FtNode) node = ft_node_new (state_dir, BT_MODE_ALL);
  g_autoptr(BtEngine) engine = g_object_ref (node->engine);
  g_autoptr(FtNode) after = NULL;
  BtAddRequest first = { .magnet = link };
  BtAddRequest second = { .torrent = sample->torrent };
  g_autoptr(GAsyncResult) result = NULL;

  ft_node_add_request (node, &first);
  bt_engine_add_async (engine, &second, NULL, called_cb, &result);
  ft_node_stop (node);
  ft_wait_until (result != NULL);
  g_assert_cmpuint (bt_engine_add_finish (engine, result, NULL, NULL), !=, 0);
  after = ft_node_new (state_dir, BT_MODE_ALL);
  g_assert_false (ft_node_status (after, only_id (after))->is_magnet);
  ft_node_stop (after);
  ft_remove_tree (state_dir);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/magnet/wait", test_wait);
  g_test_add_func ("/engine/magnet/move", test_move);
  g_test_add_func ("/engine/magnet/no-torrent", test_no_torrent);
  g_test_add_func ("/engine/magnet/survive-restart", test_survive_restart);
  g_test_add_func ("/engine/magnet/become-chosen", test_become_chosen);
  g_test_add_func ("/engine/magnet/details-intent", test_details_intent);
  g_test_add_func ("/engine/magnet/choose", test_choose);
  g_test_add_func ("/engine/magnet/choose-early", test_choose_early);
  g_test_add_func ("/engine/magnet/become-real", test_become_real);
  g_test_add_func ("/engine/magnet/stop-meanwhile", test_stop_meanwhile);
  return g_test_run ();
}
