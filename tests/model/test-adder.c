/* test-adder.c: files are added in their order, and each that is not says why.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-adder.h"
#include "ft-swarm.h"
#include "ft-test.h"

static const FtSampleFile small_file[] = { { "a.bin", 20000 }, { NULL, 0 } };
static const FtSampleFile other_file[] = { { "b.bin", 20000 }, { NULL, 0 } };

typedef struct
{
  char *dir;
  FtSession *session;
  FtAdder *adder;
  GString *log; /* what was said, in the order in which it was */
} Fixture;

static void
added_cb (Fixture *fixture, FtAddition *addition, BtTorrentId id)
{
  g_string_append_printf (fixture->log, "added:%u ", id);
}

static void
exists_cb (Fixture *fixture, FtAddition *addition)
{
  g_string_append_printf (fixture->log, "exists:%u ", ft_addition_get_existing (addition));
}

static void
failed_cb (Fixture *fixture, FtAddition *addition, const GError *error)
{
  g_autofree char *name = g_file_get_basename (ft_addition_get_file (addition));

  g_string_append_printf (fixture->log, "failed:%s:%s:%d ", name,
                          g_quark_to_string (error->domain), error->code);
}

static void
unsettled_cb (Fixture *fixture, FtAddition *addition, const GError *error)
{
  g_string_append (fixture->log, "unsettled ");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtConfig) config = bt_config_new ();

  fixture->dir = g_dir_make_tmp ("friendtorrent-test-XXXXXX", NULL);
  g_assert_nonnull (fixture->dir);
  g_free (config->download_dir);
  config->download_dir = g_strdup (fixture->dir);
  config->bind_address = g_strdup ("127.0.0.1");
  config->dht = FALSE;
  config->update_interval_ms = 10;
  fixture->session = ft_session_new (config);
  fixture->adder = ft_adder_new (fixture->session);
  fixture->log = g_string_new (NULL);
  g_signal_connect_swapped (fixture->adder, "added", G_CALLBACK (added_cb), fixture);
  g_signal_connect_swapped (fixture->adder, "exists", G_CALLBACK (exists_cb), fixture);
  g_signal_connect_swapped (fixture->adder, "failed", G_CALLBACK (failed_cb), fixture);
  g_signal_connect_swapped (fixture->adder, "unsettled", G_CALLBACK (unsettled_cb), fixture);
}

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;

  *done = ft_session_finish (FT_SESSION (object), result, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gboolean done = FALSE;

  g_assert_finalize_object (fixture->adder);
  ft_session_stop_async (fixture->session, done_cb, &done);
  ft_wait_until (done);
  g_assert_finalize_object (fixture->session);
  ft_remove_tree (fixture->dir);
  g_free (fixture->dir);
  g_string_free (fixture->log, TRUE);
}

static GFile *
write_file (Fixture *fixture, const char *name, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                       &error);
  g_assert_no_error (error);
  return g_file_new_for_path (path);
}

static gboolean
has_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
add (FtAdder *adder, GFile *file, FtAfterAdding after, gboolean quiet)
{
  g_autoptr (FtAddition) addition = ft_addition_new_for_file (file);

  ft_addition_set_after (addition, after);
  ft_addition_set_quiet (addition, quiet);
  ft_adder_add (adder, addition);
}

static void
add_kept (FtAdder *adder, GFile *file)
{
  add (adder, file, FT_AFTER_ADDING_KEEP, FALSE);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) one = ft_sample_new (small_file, 16384, 1);
  g_autoptr (FtSample) two = ft_sample_new (other_file, 16384, 2);
  g_autoptr (GBytes) junk = g_bytes_new_static ("junk", 4);
  g_autoptr (GFile) one_file = write_file (fixture, "one.torrent", one->torrent);
  g_autoptr (GFile) two_file = write_file (fixture, "two.torrent", two->torrent);
  g_autoptr (GFile) junk_file = write_file (fixture, "junk.torrent", junk);
  g_autoptr (GFile) missing_file = g_file_get_child (one_file, "missing");
  g_autofree char *expected = g_strdup_printf (
    "added:1 failed:junk.torrent:%s:%d exists:1 failed:missing:%s:%d added:2 ",
    g_quark_to_string (BT_ERROR), BT_ERROR_MALFORMED, g_quark_to_string (G_IO_ERROR),
    G_IO_ERROR_NOT_DIRECTORY);
  gboolean started = FALSE;

  /* Given before the session runs, they wait for it. */
  add_kept (fixture->adder, one_file);
  add_kept (fixture->adder, junk_file);
  add_kept (fixture->adder, one_file);
  g_assert_cmpstr (fixture->log->str, ==, "");
  ft_session_start_async (fixture->session, NULL, done_cb, &started);
  add_kept (fixture->adder, missing_file);
  add_kept (fixture->adder, two_file);
  ft_wait_until (fixture->log->len >= strlen (expected));
  g_assert_cmpstr (fixture->log->str, ==, expected);
}

/* What becomes of the file: only of what was added, or came by itself. */
static void
test_after (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) one = ft_sample_new (small_file, 16384, 4);
  g_autoptr (GBytes) junk = g_bytes_new_static ("junk", 4);
  g_autoptr (GFile) one_file = write_file (fixture, "one.torrent", one->torrent);
  g_autoptr (GFile) again_file = write_file (fixture, "again.torrent", one->torrent);
  g_autoptr (GFile) quiet_file = write_file (fixture, "quiet.torrent", one->torrent);
  g_autoptr (GFile) junk_file = write_file (fixture, "junk.torrent", junk);
  gboolean started = FALSE;

  ft_session_start_async (fixture->session, NULL, done_cb, &started);
  ft_wait_until (started);
  add (fixture->adder, one_file, FT_AFTER_ADDING_RENAME, FALSE);
  add (fixture->adder, junk_file, FT_AFTER_ADDING_RENAME, FALSE);
  add (fixture->adder, again_file, FT_AFTER_ADDING_RENAME, FALSE);
  add (fixture->adder, quiet_file, FT_AFTER_ADDING_TRASH, TRUE);
  add (fixture->adder, junk_file, FT_AFTER_ADDING_TRASH, TRUE);
  ft_wait_until (strstr (fixture->log->str, "exists:1 exists:1 failed:") != NULL);
  g_assert_false (g_file_query_exists (quiet_file, NULL));
  g_assert_false (g_file_query_exists (one_file, NULL));
  g_assert_true (has_file (fixture, "one.torrent.added"));
  g_assert_true (g_file_query_exists (junk_file, NULL));
  g_assert_true (g_file_query_exists (again_file, NULL));
  g_assert_null (strstr (fixture->log->str, "unsettled"));
}

/* Freed while a file is being read: nothing is said, nothing is touched. */
static void
test_freed_early (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtSample) one = ft_sample_new (small_file, 16384, 3);
  g_autoptr (GFile) file = write_file (fixture, "one.torrent", one->torrent);
  FtAdder *adder = ft_adder_new (fixture->session);
  gboolean started = FALSE;

  ft_session_start_async (fixture->session, NULL, done_cb, &started);
  ft_wait_until (started);
  add_kept (adder, file);
  g_object_add_weak_pointer (G_OBJECT (adder), (gpointer *) &adder);
  g_object_unref (adder);
  ft_wait_until (adder == NULL);
  g_assert_cmpstr (fixture->log->str, ==, "");
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
  add_test ("/model/adder/order", test_order);
  add_test ("/model/adder/after", test_after);
  add_test ("/model/adder/freed-early", test_freed_early);
  return g_test_run ();
}
