/* test-watcher.c: what comes into watched folders is added, once, when it is whole.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-swarm.h"
#include "ft-test.h"
#include "ft-watcher.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SETTLE_MS 30

static const FtSampleFile small_file[] = { { "a.bin", 20000 }, { NULL, 0 } };
static const FtSampleFile other_file[] = { { "b.bin", 20000 }, { NULL, 0 } };

typedef struct
{
  char *dir;
  char *watched;
  GSettings *settings;
  FtSession *session;
  FtAdder *adder;
  FtWatchFolders *folders;
  FtWatcher *watcher;
  guint n_added, n_exists, n_failed, n_folder_failed;
  BtTorrentId id;
} Fixture;

static void
added_cb (Fixture *fixture, FtAddition *addition, BtTorrentId id)
{
  g_assert_true (ft_addition_is_quiet (addition));
  fixture->n_added++;
  fixture->id = id;
}

static void
exists_cb (Fixture *fixture)
{
  fixture->n_exists++;
}

static void
failed_cb (Fixture *fixture)
{
  fixture->n_failed++;
}

static void
folder_failed_cb (Fixture *fixture)
{
  fixture->n_folder_failed++;
}

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;

  *done = ft_session_finish (FT_SESSION (object), result, NULL);
}

static void
start_session (Fixture *fixture)
{
  g_autoptr (BtConfig) config = bt_config_new ();
  gboolean started = FALSE;

  g_free (config->download_dir);
  config->download_dir = g_strdup (fixture->dir);
  config->bind_address = g_strdup ("127.0.0.1");
  config->dht = FALSE;
  config->update_interval_ms = 10;
  fixture->session = ft_session_new (config);
  ft_session_start_async (fixture->session, NULL, done_cb, &started);
  ft_wait_until (started);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("friendtorrent-test-XXXXXX", NULL);
  fixture->watched = g_build_filename (fixture->dir, "watched", NULL);
  g_assert_cmpint (g_mkdir (fixture->watched, 0700), ==, 0);
  fixture->settings = g_settings_new (APP_ID);
  start_session (fixture);
  fixture->adder = ft_adder_new (fixture->session);
  fixture->folders = ft_watch_folders_new (fixture->settings);
  fixture->watcher = ft_watcher_new (fixture->folders, fixture->adder, SETTLE_MS);
  g_signal_connect_swapped (fixture->adder, "added", G_CALLBACK (added_cb), fixture);
  g_signal_connect_swapped (fixture->adder, "exists", G_CALLBACK (exists_cb), fixture);
  g_signal_connect_swapped (fixture->adder, "failed", G_CALLBACK (failed_cb), fixture);
  g_signal_connect_swapped (fixture->watcher, "folder-failed", G_CALLBACK (folder_failed_cb),
                            fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gboolean done = FALSE;

  g_settings_reset (fixture->settings, FT_SETTING_WATCH_FOLDERS);
  g_assert_finalize_object (fixture->watcher);
  g_assert_finalize_object (fixture->folders);
  ft_session_stop_async (fixture->session, done_cb, &done);
  ft_wait_until (done);
  g_object_unref (fixture->adder);
  g_object_unref (fixture->session);
  g_object_unref (fixture->settings);
  ft_remove_tree (fixture->dir);
  g_free (fixture->watched);
  g_free (fixture->dir);
}

static void
watch (Fixture *fixture, FtAfterAdding after, gboolean start)
{
  g_autoptr (FtWatchFolder) folder = ft_watch_folder_new (fixture->watched);

  g_object_set (folder, "after", after, "start", start, NULL);
  ft_watch_folders_set (fixture->folders, folder);
}

static void
write_file (Fixture *fixture, const char *name, GBytes *bytes, gsize n_bytes)
{
  g_autofree char *path = g_build_filename (fixture->watched, name, NULL);
  FILE *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (g_bytes_get_data (bytes, NULL), 1, n_bytes, file), ==, n_bytes);
  fclose (file);
}

static gboolean
has_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->watched, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* A few looks long. */
static void
let_settle (void)
{
  gint64 end = g_get_monotonic_time () + 8 * SETTLE_MS * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* Of a torrent that is elsewhere, and of a pipe: neither is a file that came here. */
static void
make_links (Fixture *fixture, FtSample *sample)
{
  g_autofree char *target = g_build_filename (sample->dir, "elsewhere.torrent", NULL);
  g_autofree char *link = g_build_filename (fixture->watched, "link.torrent", NULL);
  g_autofree char *pipe = g_build_filename (fixture->watched, "pipe.torrent", NULL);

  g_assert_true (g_file_set_contents (target, g_bytes_get_data (sample->torrent, NULL),
                                      (gssize) g_bytes_get_size (sample->torrent), NULL));
  g_assert_cmpint (symlink (target, link), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
}

static void
test_imports (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) one = ft_sample_new (small_file, 16384, 1);
  g_autoptr (FtSample) two = ft_sample_new (other_file, 16384, 2);

  /* One was there before, one comes. */
  write_file (fixture, "one.torrent", one->torrent, g_bytes_get_size (one->torrent));
  write_file (fixture, "no-torrent.txt", one->torrent, 10);
  write_file (fixture, ".hidden.torrent", one->torrent, 10);
  make_links (fixture, two);
  watch (fixture, FT_AFTER_ADDING_RENAME, FALSE);
  ft_wait_until (has_file (fixture, "one.torrent.added"));
  g_assert_false (has_file (fixture, "one.torrent"));
  g_assert_cmpuint (fixture->n_added, ==, 1);
  ft_wait_until (ft_session_lookup (fixture->session, fixture->id) != NULL);
  g_assert_cmpint (ft_torrent_get_status (ft_session_lookup (fixture->session, fixture->id))->intent,
                   ==, BT_INTENT_PAUSE);

  watch (fixture, FT_AFTER_ADDING_TRASH, TRUE);
  write_file (fixture, "two.torrent", two->torrent, g_bytes_get_size (two->torrent));
  ft_wait_until (fixture->n_added == 2 && !has_file (fixture, "two.torrent"));
  /* The like of what is in the list goes the same way, quietly. */
  write_file (fixture, "again.torrent", two->torrent, g_bytes_get_size (two->torrent));
  ft_wait_until (fixture->n_exists == 1 && !has_file (fixture, "again.torrent"));
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  g_assert_true (has_file (fixture, "no-torrent.txt"));
  g_assert_true (has_file (fixture, ".hidden.torrent"));
  g_assert_true (has_file (fixture, "link.torrent"));
}

static void
test_bad_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) one = ft_sample_new (small_file, 16384, 3);

  watch (fixture, FT_AFTER_ADDING_RENAME, TRUE);
  write_file (fixture, "one.torrent", one->torrent, 100);
  ft_wait_until (fixture->n_failed == 1);
  /* Told once, left alone, and tried again when it has changed. */
  let_settle ();
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_true (has_file (fixture, "one.torrent"));
  write_file (fixture, "one.torrent", one->torrent, g_bytes_get_size (one->torrent));
  ft_wait_until (has_file (fixture, "one.torrent.added"));
  g_assert_cmpuint (fixture->n_failed, ==, 1);
}

/* An empty file, and one that grows, is waited for. */
static void
test_growing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) one = ft_sample_new (small_file, 16384, 4);
  gsize size = g_bytes_get_size (one->torrent);

  watch (fixture, FT_AFTER_ADDING_RENAME, TRUE);
  write_file (fixture, "one.torrent", one->torrent, 0);
  let_settle ();
  write_file (fixture, "one.torrent", one->torrent, size);
  ft_wait_until (fixture->n_added == 1);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

static void
test_unwatched (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) one = ft_sample_new (small_file, 16384, 5);
  g_autoptr (FtWatchFolder) missing = ft_watch_folder_new ("/nowhere/at/all");

  ft_watch_folders_set (fixture->folders, missing);
  ft_wait_until (fixture->n_folder_failed == 1);
  watch (fixture, FT_AFTER_ADDING_RENAME, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->folders)), ==, 2);
  {
    g_autoptr (FtWatchFolder) folder = g_list_model_get_item (G_LIST_MODEL (fixture->folders), 1);

    ft_watch_folders_remove (fixture->folders, folder);
  }
  write_file (fixture, "one.torrent", one->torrent, g_bytes_get_size (one->torrent));
  let_settle ();
  g_assert_cmpuint (fixture->n_added, ==, 0);
  g_assert_cmpuint (fixture->n_folder_failed, ==, 1);
}

/* What is kept comes back, and what is wrong in it has defaults. */
static void
test_settings (Fixture *fixture, gconstpointer data)
{
  const char *tags[] = { "Linux", "ISO", NULL };
  g_autoptr (FtWatchFolder) folder = ft_watch_folder_new (fixture->watched);
  g_autoptr (FtWatchFolder) read = NULL;
  g_autoptr (FtWatchFolder) strange = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) odd = NULL;

  g_object_set (folder, "folder", "/srv", "tags", tags, "start", FALSE, "after",
                FT_AFTER_ADDING_TRASH, NULL);
  variant = g_variant_ref_sink (ft_watch_folder_to_variant (folder));
  read = ft_watch_folder_from_variant (variant);
  g_assert_cmpstr (ft_watch_folder_get_path (read), ==, fixture->watched);
  g_assert_cmpstr (ft_watch_folder_get_folder (read), ==, "/srv");
  g_assert_true (g_strv_equal (ft_watch_folder_get_tags (read), tags));
  g_assert_false (ft_watch_folder_get_start (read));
  g_assert_cmpint (ft_watch_folder_get_after (read), ==, FT_AFTER_ADDING_TRASH);

  odd = g_variant_ref_sink (g_variant_new_parsed (
    "{'path': <'/a'>, 'folder': <'relative'>, 'tags': <5>, 'after': <'burn'>}"));
  strange = ft_watch_folder_from_variant (odd);
  g_assert_cmpstr (ft_watch_folder_get_folder (strange), ==, "");
  g_assert_true (ft_watch_folder_get_start (strange));
  g_assert_cmpint (ft_watch_folder_get_after (strange), ==, FT_AFTER_ADDING_KEEP);
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
  add_test ("/model/watcher/imports", test_imports);
  add_test ("/model/watcher/bad-file", test_bad_file);
  add_test ("/model/watcher/growing", test_growing);
  add_test ("/model/watcher/unwatched", test_unwatched);
  add_test ("/model/watcher/settings", test_settings);
  return g_test_run ();
}
