/* test-addition-prepare.c: the details of a link come while a person chooses, and nothing else does.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-adder.h"
#include "ft-additions.h"
#include "ft-swarm.h"
#include "ft-test.h"

static const FtSampleFile two_files[] = { { "a.bin", 20000 }, { "b/c.bin", 30000 }, { NULL, 0 } };

typedef struct
{
  char *dir;
  FtSession *session;
  FtAdder *adder;
  FtSample *sample;
  char *hex;
  guint n_states; /* notifications of the state */
} Fixture;

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;

  *done = ft_session_finish (FT_SESSION (object), result, NULL);
}

static void
start (Fixture *fixture)
{
  gboolean started = FALSE;

  ft_session_start_async (fixture->session, NULL, done_cb, &started);
  ft_wait_until (started);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtConfig) config = bt_config_new ();
  g_autoptr (BtTorrentFile) described = NULL;
  char hex[BT_SHA1_HEX_SIZE];

  fixture->dir = g_dir_make_tmp ("friendtorrent-test-XXXXXX", NULL);
  g_free (config->download_dir);
  config->download_dir = g_strdup (fixture->dir);
  config->bind_address = g_strdup ("127.0.0.1");
  config->dht = FALSE;
  config->update_interval_ms = 10;
  fixture->session = ft_session_new (config);
  fixture->adder = ft_adder_new (fixture->session);
  fixture->sample = ft_sample_new (two_files, 16384, 1);
  described = bt_torrent_file_describe (fixture->sample->torrent, NULL);
  bt_sha1_to_hex (&described->info_hash, hex);
  fixture->hex = g_strdup (hex);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gboolean done = FALSE;

  g_assert_finalize_object (fixture->adder);
  ft_session_stop_async (fixture->session, done_cb, &done);
  ft_wait_until (done);
  g_assert_finalize_object (fixture->session);
  ft_sample_free (fixture->sample);
  ft_remove_tree (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->hex);
}

/* @more: what follows the hash */
static FtAddition *
load (Fixture *fixture, const char *more)
{
  g_autofree char *link = g_strconcat ("magnet:?xt=urn:btih:", fixture->hex, more, NULL);
  FtAddition *addition = ft_addition_new_for_link (link);

  ft_addition_load_async (addition, fixture->session, NULL, NULL);
  ft_wait_until (ft_addition_get_state (addition) != FT_ADDITION_LOADING);
  return addition;
}

static FtTorrent *
get_only (Fixture *fixture)
{
  g_autoptr (FtTorrent) torrent = NULL;

  ft_wait_until (g_list_model_get_n_items (ft_session_get_torrents (fixture->session)) == 1);
  torrent = g_list_model_get_item (ft_session_get_torrents (fixture->session), 0);
  return torrent;
}

/* As if the details had come from peers. */
static void
give_details (Fixture *fixture)
{
  const BtAddRequest request = { .torrent = fixture->sample->torrent, .intent = BT_INTENT_DETAILS };

  ft_session_add_async (fixture->session, &request, NULL, NULL, NULL);
}

static char *
get_text (FtAddition *addition, const char *property)
{
  char *text;

  g_object_get (addition, property, &text, NULL);
  return text;
}

static void
assert_text (FtAddition *addition, const char *property, const char *expected)
{
  g_autofree char *text = get_text (addition, property);

  g_assert_cmpstr (text, ==, expected);
}

static void
count_cb (Fixture *fixture)
{
  fixture->n_states++;
}

/* The link is followed, its files can be chosen from, and only what is chosen is downloaded. */
static void
test_choose (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) addition = NULL;
  const BtTorrentStatus *status;
  FtTorrent *torrent;

  start (fixture);
  addition = load (fixture, "&dn=Link&so=1");
  g_assert_false (ft_addition_is_prepared (addition));
  ft_addition_prepare (addition, fixture->session);
  g_assert_true (ft_addition_is_prepared (addition));
  torrent = get_only (fixture);
  status = ft_torrent_get_status (torrent);
  g_assert_cmpint (status->intent, ==, BT_INTENT_DETAILS);
  g_assert_cmpint (ft_addition_get_state (addition), ==, FT_ADDITION_READY);
  g_assert_false (ft_addition_has_files (addition));
  assert_text (addition, "title", "Link");

  g_signal_connect_swapped (addition, "notify::state", G_CALLBACK (count_cb), fixture);
  give_details (fixture);
  ft_wait_until (ft_addition_has_files (addition) && fixture->n_states > 0);
  assert_text (addition, "title", "sample");
  /* The link names one of them. */
  assert_text (addition, "subtitle", "30.0\302\240kB of 50.0\302\240kB, 1 of 2 files");
  ft_wait_until (ft_file_tree_is_ready (ft_addition_get_tree (addition)));
  g_assert_cmpuint (ft_file_tree_get_n_wanted (ft_addition_get_tree (addition)), ==, 1);
  g_assert_cmpint (status->state, ==, BT_STATE_PAUSED);
  g_assert_cmpuint (status->downloaded, ==, 0);

  ft_file_tree_set_all_priorities (ft_addition_get_tree (addition), 4);
  g_object_set (addition, "name", "Mine", NULL);
  ft_adder_add (fixture->adder, addition);
  ft_wait_until (status->intent == BT_INTENT_RUN);
  ft_wait_until (status->wanted == 50000);
  g_assert_cmpstr (status->name, ==, "Mine");
  g_assert_true (ft_session_lookup (fixture->session, status->id) == torrent);
  g_assert_cmpint (ft_addition_get_state (addition), ==, FT_ADDITION_READY);
}

/* Who does not wait gets the torrent as it was chosen, when the details come. */
static void
test_add_before (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) addition = NULL;
  g_autofree char *folder = g_build_filename (fixture->dir, "else", NULL);
  const char *const tags[] = { "one", NULL };
  const BtTorrentStatus *status;

  start (fixture);
  addition = load (fixture, "&so=0");
  ft_addition_prepare (addition, fixture->session);
  g_object_set (addition, "folder", folder, "tags", tags, NULL);
  ft_adder_add (fixture->adder, addition);
  status = ft_torrent_get_status (get_only (fixture));
  ft_wait_until (status->intent == BT_INTENT_RUN);
  g_assert_true (status->is_magnet);
  g_assert_cmpstr (status->save_path, ==, folder);
  g_assert_cmpstr (status->options->tags[0], ==, "one");
  give_details (fixture);
  ft_wait_until (!status->is_magnet);
  g_assert_cmpuint (status->wanted, ==, 20000);
}

/* What is not to start learns its details and waits. */
static void
test_not_started (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) addition = NULL;
  const BtTorrentStatus *status;
  g_autofree char *text = NULL;

  start (fixture);
  addition = load (fixture, "");
  g_object_set (addition, "start", FALSE, NULL);
  ft_adder_add (fixture->adder, addition);
  status = ft_torrent_get_status (get_only (fixture));
  g_assert_cmpint (status->intent, ==, BT_INTENT_DETAILS);
  give_details (fixture);
  ft_wait_until (!status->is_magnet && status->state == BT_STATE_PAUSED);
  g_object_get (get_only (fixture), "state-text", &text, NULL);
  g_assert_cmpstr (text, ==, "Paused: details only");
}

/* A link that nobody decided on stays, and is taken up again; one that is discarded goes. */
static void
test_keep_and_discard (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) first = NULL;
  g_autoptr (FtAddition) again = NULL;
  GListModel *torrents = ft_session_get_torrents (fixture->session);

  start (fixture);
  first = load (fixture, "");
  ft_addition_prepare (first, fixture->session);
  get_only (fixture);
  give_details (fixture);
  ft_wait_until (ft_addition_has_files (first));

  again = load (fixture, "&tr=http://127.0.0.1:9/a");
  g_assert_cmpint (ft_addition_get_state (again), ==, FT_ADDITION_READY);
  ft_wait_until (ft_addition_has_files (again));
  ft_addition_prepare (again, fixture->session);
  ft_wait_until (ft_torrent_get_status (get_only (fixture))->tracker != NULL);
  /* It was there before. */
  g_assert_false (ft_addition_is_prepared (again));
  ft_addition_discard (again, fixture->session);
  g_assert_cmpuint (g_list_model_get_n_items (torrents), ==, 1);

  ft_addition_discard (first, fixture->session);
  g_assert_false (ft_addition_is_prepared (first));
  ft_wait_until (g_list_model_get_n_items (torrents) == 0);
}

/* Removed by somebody else while a person chooses. */
static void
test_removed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) addition = NULL;

  start (fixture);
  addition = load (fixture, "");
  ft_addition_prepare (addition, fixture->session);
  ft_session_remove_async (fixture->session, ft_torrent_get_id (get_only (fixture)), FALSE, NULL, NULL, NULL);
  ft_wait_until (ft_addition_get_state (addition) == FT_ADDITION_FAILED);
  assert_text (addition, "subtitle", "It was removed from the list");
}

/* Opened together with the program. */
static void
test_before_start (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) kept = NULL;
  g_autoptr (FtAddition) dropped = NULL;
  gboolean started = FALSE;

  ft_session_start_async (fixture->session, NULL, done_cb, &started);
  kept = load (fixture, "");
  dropped = ft_addition_new_for_link ("magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567");
  ft_addition_load_async (dropped, fixture->session, NULL, NULL);
  ft_wait_until (ft_addition_get_state (dropped) == FT_ADDITION_READY);
  ft_addition_prepare (kept, fixture->session);
  assert_text (kept, "subtitle", "Looking for people who have the details");
  ft_addition_prepare (dropped, fixture->session);
  ft_addition_discard (dropped, fixture->session);
  ft_wait_until (started);
  g_assert_cmpstr (ft_torrent_get_status (get_only (fixture))->name, ==, fixture->hex);
}

/* One that is being removed, with a way back, comes back. */
static void
test_hidden (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) first = NULL;
  g_autoptr (FtAddition) again = NULL;
  BtTorrentId id;

  start (fixture);
  first = load (fixture, "");
  ft_adder_add (fixture->adder, first);
  id = ft_torrent_get_id (get_only (fixture));
  ft_session_remove_later (fixture->session, &id, 1);
  again = load (fixture, "");
  g_assert_cmpint (ft_addition_get_state (again), ==, FT_ADDITION_READY);
  ft_addition_prepare (again, fixture->session);
  ft_wait_until (ft_addition_get_state (again) == FT_ADDITION_DUPLICATE);
  g_assert_cmpuint (ft_torrent_get_id (get_only (fixture)), ==, id);
}

static void
test_together (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListStore) store = g_list_store_new (FT_TYPE_ADDITION);
  GListModel *additions = G_LIST_MODEL (store);
  g_autoptr (FtAddition) first = NULL;
  g_autoptr (FtAddition) twin = NULL;
  g_autoptr (GPtrArray) prepared = NULL;

  start (fixture);
  first = load (fixture, "&dn=one");
  twin = load (fixture, "&dn=two");
  g_list_store_append (store, first);
  g_list_store_append (store, twin);
  g_assert_true (ft_additions_find_twin (additions, twin) == first);
  g_assert_null (ft_additions_find_twin (additions, first));
  g_assert_false (ft_additions_know_files (additions));
  g_assert_false (ft_additions_have_file (additions));
  g_assert_cmpuint (ft_additions_count_in_state (additions, FT_ADDITION_READY), ==, 2);
  ft_addition_prepare (first, fixture->session);
  prepared = ft_additions_dup_prepared (additions);
  g_assert_cmpuint (prepared->len, ==, 1);
  get_only (fixture);
  give_details (fixture);
  ft_wait_until (ft_additions_sum_required (additions) >= 50000);
  g_assert_true (ft_additions_know_files (additions));
}

static void
add_test (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/model/addition-prepare/choose", test_choose);
  add_test ("/model/addition-prepare/add-before", test_add_before);
  add_test ("/model/addition-prepare/not-started", test_not_started);
  add_test ("/model/addition-prepare/keep-and-discard", test_keep_and_discard);
  add_test ("/model/addition-prepare/removed", test_removed);
  add_test ("/model/addition-prepare/before-start", test_before_start);
  add_test ("/model/addition-prepare/hidden", test_hidden);
  add_test ("/model/addition-prepare/together", test_together);
  return g_test_run ();
}
