/* test-session.c: the session over a real engine: its life, commands, settings.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-config.h"
#include "ft-session.h"
#include "ft-swarm.h"
#include "ft-tags.h"
#include "ft-test.h"

static const FtSampleFile sample_files[] = {
  { "a.bin", 70000 },
  { "sub/b.bin", 1 },
  { NULL, 0 },
};
static const FtSampleFile other_files[] = { { "other.bin", 20000 }, { NULL, 0 } };

typedef struct
{
  char *dir;
  char *state_dir;
  BtConfig *config;
  FtSession *session;
} Fixture;

typedef struct
{
  gboolean done;
  BtTorrentId id, existing;
  GError *error;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  g_clear_error (&outcome->error);
  *outcome = (Outcome){ 0 };
}

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  ft_session_finish (FT_SESSION (object), result, &outcome->error);
  outcome->done = TRUE;
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->id = ft_session_add_finish (FT_SESSION (object), result, &outcome->existing,
                                       &outcome->error);
  outcome->done = TRUE;
}

static void
start (FtSession *session)
{
  Outcome outcome = { 0 };

  ft_session_start_async (session, NULL, done_cb, &outcome);
  g_assert_cmpint (ft_session_get_state (session), ==, FT_SESSION_STARTING);
  ft_wait_until (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (ft_session_get_state (session), ==, FT_SESSION_RUNNING);
}

static void
stop (FtSession *session)
{
  Outcome outcome = { 0 };

  ft_session_stop_async (session, done_cb, &outcome);
  ft_wait_until (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (ft_session_get_state (session), ==, FT_SESSION_STOPPED);
  g_assert_cmpuint (g_list_model_get_n_items (ft_session_get_torrents (session)), ==, 0);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("friendtorrent-test-XXXXXX", NULL);
  g_assert_nonnull (fixture->dir);
  fixture->state_dir = g_build_filename (fixture->dir, "state", NULL);
  fixture->config = bt_config_new ();
  g_free (fixture->config->download_dir);
  fixture->config->download_dir = g_strdup (fixture->dir);
  fixture->config->state_dir = g_strdup (fixture->state_dir);
  fixture->config->bind_address = g_strdup ("127.0.0.1");
  fixture->config->dht = FALSE;
  fixture->config->update_interval_ms = 10;
  fixture->session = ft_session_new (fixture->config);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  stop (fixture->session);
  g_assert_finalize_object (fixture->session);
  ft_remove_tree (fixture->dir);
  bt_config_free (fixture->config);
  g_free (fixture->state_dir);
  g_free (fixture->dir);
}

static gboolean
in_state (FtSession *session, BtTorrentId id, BtState state)
{
  FtTorrent *torrent = ft_session_lookup (session, id);

  return torrent != NULL && ft_torrent_get_status (torrent)->state == state;
}

static BtTorrentId
add (FtSession *session, GBytes *torrent)
{
  Outcome outcome = { 0 };

  ft_session_add_async (session, &(BtAddRequest){ .torrent = torrent }, NULL, added_cb, &outcome);
  ft_wait_until (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.id, !=, 0);
  return outcome.id;
}

static void
test_commands (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) sample = ft_sample_new (sample_files, 16384, 1);
  FtSession *session = fixture->session;
  Outcome outcome = { 0 };
  BtTorrentId id;

  start (session);
  id = add (session, sample->torrent);
  ft_wait_until (in_state (session, id, BT_STATE_DOWNLOADING));

  ft_session_add_async (session, &(BtAddRequest){ .torrent = sample->torrent }, NULL, added_cb, &outcome);
  ft_wait_until (outcome.done);
  g_assert_error (outcome.error, BT_ERROR, BT_ERROR_EXISTS);
  g_assert_cmpuint (outcome.id, ==, 0);
  g_assert_cmpuint (outcome.existing, ==, id);
  outcome_clear (&outcome);

  ft_session_set_intent_async (session, id, BT_INTENT_PAUSE, NULL, done_cb, &outcome);
  ft_wait_until (outcome.done && in_state (session, id, BT_STATE_PAUSED));
  g_assert_no_error (outcome.error);
  outcome_clear (&outcome);

  ft_session_verify_async (session, id, NULL, done_cb, &outcome);
  ft_wait_until (outcome.done);
  g_assert_no_error (outcome.error);
  outcome_clear (&outcome);

  ft_session_set_intent_async (session, 0, BT_INTENT_RUN, NULL, done_cb, &outcome);
  ft_wait_until (outcome.done && in_state (session, id, BT_STATE_DOWNLOADING));
  g_assert_no_error (outcome.error);
  outcome_clear (&outcome);

  ft_session_remove_async (session, id, FALSE, NULL, done_cb, &outcome);
  ft_wait_until (outcome.done && ft_session_lookup (session, id) == NULL);
  g_assert_no_error (outcome.error);
  outcome_clear (&outcome);

  ft_session_remove_async (session, id, FALSE, NULL, done_cb, &outcome);
  ft_wait_until (outcome.done);
  g_assert_error (outcome.error, BT_ERROR, BT_ERROR_NOT_FOUND);
  outcome_clear (&outcome);
}

/* What a person saw go is gone after the next start, and what was kept is there. */
static void
test_remove_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) first = ft_sample_new (sample_files, 16384, 4);
  g_autoptr (FtSample) second = ft_sample_new (other_files, 16384, 5);
  FtSession *session = fixture->session;
  BtTorrentId kept, gone;

  start (session);
  kept = add (session, first->torrent);
  gone = add (session, second->torrent);
  ft_wait_until (g_list_model_get_n_items (ft_session_get_torrents (session)) == 2);
  ft_session_remove_later (session, (const BtTorrentId[]){ kept, gone }, 2);
  g_assert_cmpuint (g_list_model_get_n_items (ft_session_get_torrents (session)), ==, 0);
  g_assert_null (ft_session_lookup (session, kept));
  g_assert_cmpuint (ft_session_keep (session, &kept, 1), ==, 1);
  g_assert_cmpuint (ft_session_keep (session, &kept, 1), ==, 0);
  g_assert_nonnull (ft_session_lookup (session, kept));
  stop (session);
  g_assert_cmpuint (ft_session_keep (session, &gone, 1), ==, 0);

  start (session);
  ft_wait_until (g_list_model_get_n_items (ft_session_get_torrents (session)) > 0);
  g_assert_cmpuint (g_list_model_get_n_items (ft_session_get_torrents (session)), ==, 1);
  ft_wait_until (in_state (session, kept, BT_STATE_DOWNLOADING));
}

static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("d4:infodee", 10);
  Outcome outcome = { 0 };

  start (fixture->session);
  ft_session_add_async (fixture->session, &(BtAddRequest){ .torrent = bytes }, NULL, added_cb, &outcome);
  ft_wait_until (outcome.done);
  g_assert_error (outcome.error, BT_ERROR, BT_ERROR_MALFORMED);
  g_assert_cmpuint (outcome.existing, ==, 0);
  outcome_clear (&outcome);
}

static void
test_not_running (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("d4:infodee", 10);
  Outcome outcome = { 0 };

  ft_session_add_async (fixture->session, &(BtAddRequest){ .torrent = bytes }, NULL, added_cb, &outcome);
  ft_wait_until (outcome.done);
  g_assert_error (outcome.error, BT_ERROR, BT_ERROR_CANCELLED);
  outcome_clear (&outcome);
  ft_session_set_intent_async (fixture->session, 1, BT_INTENT_RUN, NULL, done_cb, &outcome);
  ft_wait_until (outcome.done);
  g_assert_error (outcome.error, BT_ERROR, BT_ERROR_CANCELLED);
  outcome_clear (&outcome);
}

/* What was there is there again, and a stop that comes before the start has ended waits for it. */
static void
test_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) sample = ft_sample_new (sample_files, 16384, 2);
  FtSession *session = fixture->session;
  Outcome started = { 0 }, stopped = { 0 }, stopped_too = { 0 };

  start (session);
  add (session, sample->torrent);
  stop (session);

  ft_session_start_async (session, NULL, done_cb, &started);
  ft_session_stop_async (session, done_cb, &stopped);
  ft_session_stop_async (session, done_cb, &stopped_too);
  ft_wait_until (stopped.done && stopped_too.done);
  g_assert_true (started.done);
  g_assert_no_error (started.error);
  g_assert_cmpint (ft_session_get_state (session), ==, FT_SESSION_STOPPED);

  start (session);
  ft_wait_until (g_list_model_get_n_items (ft_session_get_torrents (session)) == 1);
}

/* Another process has the list: it is said, and when that has ended this one can start. */
static void
test_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSession) other = ft_session_new (fixture->config);
  g_autofree char *failure = NULL;
  g_autofree char *no_failure = NULL;
  Outcome outcome = { 0 }, stopped = { 0 };

  start (other);
  ft_session_start_async (fixture->session, NULL, done_cb, &outcome);
  ft_wait_until (outcome.done);
  g_assert_error (outcome.error, BT_ERROR, BT_ERROR_BUSY);
  outcome_clear (&outcome);
  g_object_get (fixture->session, "failure", &failure, NULL);
  g_assert_cmpstr (failure, ==, "Another FriendTorrent is using the list of torrents");
  g_assert_cmpint (ft_session_get_state (fixture->session), ==, FT_SESSION_STOPPED);

  /* A stop that was asked for meanwhile is answered too. */
  ft_session_start_async (fixture->session, NULL, done_cb, &outcome);
  ft_session_stop_async (fixture->session, done_cb, &stopped);
  ft_wait_until (outcome.done && stopped.done);
  g_assert_error (outcome.error, BT_ERROR, BT_ERROR_BUSY);
  outcome_clear (&outcome);

  stop (other);
  start (fixture->session);
  g_object_get (fixture->session, "failure", &no_failure, NULL);
  g_assert_null (no_failure);
}

static BtReason
get_reason (FtSession *session, BtTorrentId id)
{
  return ft_torrent_get_status (ft_session_lookup (session, id))->reason;
}

static BtMode
get_mode (FtSession *session)
{
  int mode;

  g_object_get (session, "mode", &mode, NULL);
  return (BtMode) mode;
}

static void
test_settings (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);

  g_settings_set_string (settings, FT_SETTING_DOWNLOAD_FOLDER, fixture->dir);
  g_settings_set_enum (settings, FT_SETTING_MODE, BT_MODE_SEEDING);
  ft_session_bind_settings (fixture->session, settings);
  start (fixture->session);
  ft_wait_until (get_mode (fixture->session) == BT_MODE_SEEDING);
  g_settings_set_enum (settings, FT_SETTING_MODE, BT_MODE_DOWNLOADING);
  ft_wait_until (get_mode (fixture->session) == BT_MODE_DOWNLOADING);
  g_settings_reset (settings, FT_SETTING_MODE);
  g_settings_reset (settings, FT_SETTING_DOWNLOAD_FOLDER);
  ft_wait_until (get_mode (fixture->session) == BT_MODE_ALL);
}

/* The plan holds at once, and what does not move says so. */
static void
test_plan (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) sample = ft_sample_new (sample_files, 16384, 4);
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);
  g_autofree char *off = g_strnfill (7 * 24, 'o');
  BtTorrentId id;

  g_settings_set_uint (settings, FT_SETTING_LISTEN_PORT, 0);
  ft_session_bind_settings (fixture->session, settings);
  start (fixture->session);
  id = add (fixture->session, sample->torrent);
  ft_wait_until (in_state (fixture->session, id, BT_STATE_DOWNLOADING)
                 && get_reason (fixture->session, id) != BT_REASON_SUSPENDED);
  g_settings_set_string (settings, FT_SETTING_SCHEDULE, off);
  g_settings_set_boolean (settings, FT_SETTING_SCHEDULE_ENABLED, TRUE);
  g_assert_cmpint (ft_policy_get_suspended (ft_session_get_policy (fixture->session)), ==, BT_SUSPEND_SCHEDULE);
  ft_wait_until (get_reason (fixture->session, id) == BT_REASON_SUSPENDED);
  g_settings_set_boolean (settings, FT_SETTING_SCHEDULE_ENABLED, FALSE);
  ft_wait_until (get_reason (fixture->session, id) != BT_REASON_SUSPENDED);
  g_settings_reset (settings, FT_SETTING_SCHEDULE);
  g_settings_reset (settings, FT_SETTING_SCHEDULE_ENABLED);
  g_settings_reset (settings, FT_SETTING_LISTEN_PORT);
}

static guint64
get_free_bytes (FtSession *session)
{
  gint64 free_bytes;

  g_object_get (session, "free-bytes", &free_bytes, NULL);
  return free_bytes > 0 ? (guint64) free_bytes : 0;
}

/* Data that is in the download folder already is used, and a check that was asked for runs. */
static void
test_data_there (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) sample = ft_sample_new (sample_files, 16384, 3);
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);
  Outcome outcome = { 0 };
  BtTorrentId id;

  g_settings_set_string (settings, FT_SETTING_DOWNLOAD_FOLDER, sample->dir);
  ft_session_bind_settings (fixture->session, settings);
  start (fixture->session);
  ft_wait_until (get_free_bytes (fixture->session) > 0);
  id = add (fixture->session, sample->torrent);
  ft_wait_until (in_state (fixture->session, id, BT_STATE_SEEDING));
  ft_session_verify_async (fixture->session, id, NULL, done_cb, &outcome);
  ft_wait_until (outcome.done);
  g_assert_no_error (outcome.error);
  ft_wait_until (in_state (fixture->session, id, BT_STATE_SEEDING));
  g_settings_reset (settings, FT_SETTING_DOWNLOAD_FOLDER);
}

static void
add_test (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

/* Tags of torrents. */

static gboolean
has_tags (FtSession *session, BtTorrentId id, const char *tags)
{
  FtTorrent *torrent = ft_session_lookup (session, id);
  g_autofree char *joined = NULL;

  if (torrent == NULL)
    return FALSE;
  joined = g_strjoinv (",", ft_torrent_get_status (torrent)->options->tags);
  return g_str_equal (joined, tags);
}

static void
rename_tag (FtTags *tags, const char *name, const char *new_name)
{
  FtTag *tag = ft_tags_lookup (tags, name);
  g_autoptr (FtTag) draft = ft_tag_copy (tag);
  g_autoptr (GError) error = NULL;

  g_object_set (draft, "name", new_name, NULL);
  g_assert_true (ft_tags_edit (tags, tag, draft, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (ft_tag_get_name (tag), ==, new_name);
}

/* A tag that only a torrent has shows up; one that is renamed or removed is so on the torrent, and does not come back
 * with what the engine said before. */
static void
test_tags (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new (APP_ID);
  g_autoptr (FtSample) sample = ft_sample_new (sample_files, 16384, 1);
  g_autoptr (BtTorrentOptions) options = bt_torrent_options_new ();
  g_autoptr (FtTags) tags = NULL;
  BtAddRequest request = { .torrent = sample->torrent, .intent = BT_INTENT_PAUSE, .options = options };
  Outcome outcome = { 0 };
  GListModel *list;

  g_strfreev (options->tags);
  options->tags = g_strsplit ("one,two", ",", -1);
  start (fixture->session);
  ft_session_add_async (fixture->session, &request, NULL, added_cb, &outcome);
  ft_wait_until (outcome.done && has_tags (fixture->session, outcome.id, "one,two"));
  tags = ft_tags_new (settings);
  list = G_LIST_MODEL (tags);
  ft_tags_set_session (tags, fixture->session);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 2);

  rename_tag (tags, "one", "uno");
  ft_tags_add_missing (tags, ft_session_get_torrents (fixture->session));
  ft_wait_until (has_tags (fixture->session, outcome.id, "uno,two"));
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 2);
  ft_tags_remove (tags, ft_tags_lookup (tags, "two"));
  ft_tags_add_missing (tags, ft_session_get_torrents (fixture->session));
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);
  ft_wait_until (has_tags (fixture->session, outcome.id, "uno"));
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);
  ft_tags_set_session (tags, NULL);
  g_settings_reset (settings, FT_SETTING_TAGS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/model/session/commands", test_commands);
  add_test ("/model/session/remove-later", test_remove_later);
  add_test ("/model/session/malformed", test_malformed);
  add_test ("/model/session/not-running", test_not_running);
  add_test ("/model/session/again", test_again);
  add_test ("/model/session/busy", test_busy);
  add_test ("/model/session/settings", test_settings);
  add_test ("/model/session/plan", test_plan);
  add_test ("/model/session/data-there", test_data_there);
  add_test ("/model/session/tags", test_tags);
  return g_test_run ();
}
