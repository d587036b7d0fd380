/* test-addition.c: what is about to be added is described, chosen for, and added as it was chosen.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-adder.h"
#include "ft-addition.h"
#include "ft-swarm.h"
#include "ft-test.h"

static const FtSampleFile two_files[] = { { "a.bin", 20000 }, { "b/c.bin", 30000 }, { NULL, 0 } };

typedef struct
{
  char *dir;
  FtSession *session;
  FtSample *sample;
  GFile *file;
} Fixture;

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;

  *done = ft_session_finish (FT_SESSION (object), result, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtConfig) config = bt_config_new ();
  g_autofree char *path = NULL;
  gboolean started = FALSE;

  fixture->dir = g_dir_make_tmp ("friendtorrent-test-XXXXXX", NULL);
  g_free (config->download_dir);
  config->download_dir = g_strdup (fixture->dir);
  config->bind_address = g_strdup ("127.0.0.1");
  config->dht = FALSE;
  config->update_interval_ms = 10;
  fixture->session = ft_session_new (config);
  fixture->sample = ft_sample_new (two_files, 16384, 1);
  path = g_build_filename (fixture->dir, "some.torrent", NULL);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (fixture->sample->torrent, NULL),
                                      (gssize) g_bytes_get_size (fixture->sample->torrent), NULL));
  fixture->file = g_file_new_for_path (path);
  ft_session_start_async (fixture->session, NULL, done_cb, &started);
  ft_wait_until (started);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gboolean done = FALSE;

  ft_session_stop_async (fixture->session, done_cb, &done);
  ft_wait_until (done);
  g_assert_finalize_object (fixture->session);
  ft_sample_free (fixture->sample);
  g_object_unref (fixture->file);
  ft_remove_tree (fixture->dir);
  g_free (fixture->dir);
}

static void
load (Fixture *fixture, FtAddition *addition)
{
  ft_addition_load_async (addition, fixture->session, NULL, NULL);
  ft_wait_until (ft_addition_get_state (addition) != FT_ADDITION_LOADING);
}

static void
assert_text (FtAddition *addition, const char *property, const char *expected)
{
  g_autofree char *text = NULL;

  g_object_get (addition, property, &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  BtTorrentId *id = user_data;
  g_autoptr (GError) error = NULL;

  *id = ft_addition_add_finish (FT_ADDITION (object), result, &error);
  if (*id == 0)
    {
      g_assert_error (error, BT_ERROR, BT_ERROR_EXISTS);
      *id = G_MAXUINT32;
    }
}

static BtTorrentId
add (Fixture *fixture, FtAddition *addition)
{
  BtTorrentId id = 0;

  ft_addition_add_async (addition, fixture->session, NULL, added_cb, &id);
  ft_wait_until (id != 0);
  return id;
}

static void
test_describes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) addition = ft_addition_new_for_file (fixture->file);
  g_autoptr (GBytes) second = g_bytes_new_static ("\0\4", 2);

  assert_text (addition, "title", "some.torrent");
  load (fixture, addition);
  g_assert_cmpint (ft_addition_get_state (addition), ==, FT_ADDITION_READY);
  assert_text (addition, "title", "sample");
  assert_text (addition, "subtitle", "50.0\302\240kB, 2 files");
  g_assert_cmpuint (ft_addition_get_wanted_size (addition), ==, 50000);

  ft_addition_set_priorities (addition, second);
  g_assert_cmpuint (ft_addition_get_wanted_size (addition), ==, 30000);
  assert_text (addition, "subtitle", "30.0\302\240kB of 50.0\302\240kB, 1 of 2 files");
  ft_addition_set_priorities (addition, NULL);
  g_assert_cmpuint (ft_addition_get_wanted_size (addition), ==, 50000);
}

/* What is chosen in the tree is what is downloaded. */
static void
test_tree (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) addition = ft_addition_new_for_file (fixture->file);
  FtFileTree *tree;

  g_assert_null (ft_addition_get_tree (addition));
  load (fixture, addition);
  tree = ft_addition_get_tree (addition);
  ft_wait_until (ft_file_tree_is_ready (tree));
  ft_file_tree_set_all_priorities (tree, 0);
  g_assert_cmpuint (ft_addition_get_wanted_size (addition), ==, 0);
  assert_text (addition, "subtitle", "0 bytes of 50.0\302\240kB, 0 of 2 files");
  ft_file_tree_set_all_priorities (tree, 4);
  g_assert_cmpuint (ft_addition_get_wanted_size (addition), ==, 50000);
}

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) missing = g_file_new_for_path ("/nowhere/x.torrent");
  g_autoptr (FtAddition) addition = ft_addition_new_for_file (missing);
  g_autofree char *subtitle = NULL;

  load (fixture, addition);
  g_assert_cmpint (ft_addition_get_state (addition), ==, FT_ADDITION_FAILED);
  g_assert_error ((GError *) ft_addition_get_error (addition), G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_object_get (addition, "subtitle", &subtitle, NULL);
  g_assert_nonnull (strstr (subtitle, "/nowhere/x.torrent"));
}

static void
test_choices (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) addition = ft_addition_new_for_file (fixture->file);
  const char *const tags[] = { "one", "two", NULL };
  g_autofree char *folder = g_build_filename (fixture->dir, "else", NULL);
  const BtTorrentStatus *status;
  FtTorrent *torrent;
  BtTorrentId id;
  g_autoptr (GBytes) second = g_bytes_new_static ("\0\4", 2);

  load (fixture, addition);
  ft_addition_set_priorities (addition, second);
  g_object_set (addition, "folder", folder, "start", FALSE, "sequential", TRUE, "name", "Mine", "tags",
                tags, NULL);
  id = add (fixture, addition);
  ft_wait_until (ft_session_lookup (fixture->session, id) != NULL);
  torrent = ft_session_lookup (fixture->session, id);
  status = ft_torrent_get_status (torrent);
  g_assert_cmpstr (status->save_path, ==, folder);
  g_assert_cmpint (status->intent, ==, BT_INTENT_PAUSE);
  g_assert_cmpuint (status->wanted, ==, 30000);
  g_assert_cmpstr (status->name, ==, "Mine");
  g_assert_true (status->options->sequential);
  g_assert_true (g_strv_equal ((const char *const *) status->options->tags, tags));
  /* Its own torrent in the list does not make it a duplicate. */
  g_assert_cmpint (ft_addition_get_state (addition), ==, FT_ADDITION_READY);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) addition = ft_addition_new_for_file (fixture->file);

  load (fixture, addition);
  g_object_set (addition, "name", "  A better\nname ", NULL);
  assert_text (addition, "title", "A better name");
  g_object_set (addition, "name", "   ", NULL);
  assert_text (addition, "name", "sample");
}

static void
test_duplicate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) first = ft_addition_new_for_file (fixture->file);
  g_autoptr (FtAddition) early = ft_addition_new_for_file (fixture->file);
  g_autoptr (FtAddition) late = ft_addition_new_for_file (fixture->file);
  BtTorrentId id;

  load (fixture, first);
  load (fixture, early);
  id = add (fixture, first);
  /* It was ready, then its like came into the list. */
  ft_wait_until (ft_addition_get_state (early) == FT_ADDITION_DUPLICATE);
  g_assert_cmpuint (ft_addition_get_existing (early), ==, id);
  load (fixture, late);
  g_assert_cmpint (ft_addition_get_state (late), ==, FT_ADDITION_DUPLICATE);
  assert_text (late, "subtitle", "In the list already");
  g_assert_null (ft_addition_get_new_tiers (late));
  g_assert_cmpuint (add (fixture, late), ==, G_MAXUINT32);
}

/* The same torrent with other trackers. */
static GFile *
write_with_trackers (Fixture *fixture, const char *name, const char *trackers)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize size;
  const guint8 *torrent = g_bytes_get_data (fixture->sample->torrent, &size);

  g_byte_array_append (bytes, (const guint8 *) "d", 1);
  g_byte_array_append (bytes, (const guint8 *) trackers, (guint) strlen (trackers));
  /* The sample's keys come after "announce-list". */
  g_byte_array_append (bytes, torrent + 1, (guint) size - 1);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  return g_file_new_for_path (path);
}

static void
test_new_trackers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) one = write_with_trackers (
    fixture, "one.torrent", "13:announce-listll20:http://127.0.0.1:9/aee");
  g_autoptr (GFile) three = write_with_trackers (
    fixture, "three.torrent",
    "13:announce-listll20:http://127.0.0.1:9/a20:http://127.0.0.1:9/bel20:http://127.0.0.1:9/cee");
  g_autoptr (FtAddition) first = ft_addition_new_for_file (one);
  g_autoptr (FtAddition) second = ft_addition_new_for_file (three);
  GPtrArray *tiers;
  BtTorrentId id;

  load (fixture, first);
  g_object_set (first, "start", FALSE, NULL);
  id = add (fixture, first);
  ft_wait_until (ft_session_lookup (fixture->session, id) != NULL);
  load (fixture, second);
  assert_text (second, "subtitle", "In the list already; it names 2 trackers that are new");
  tiers = ft_addition_get_new_tiers (second);
  g_assert_cmpuint (tiers->len, ==, 2);
  g_assert_cmpstr (((GStrv) tiers->pdata[0])[0], ==, "http://127.0.0.1:9/b");
  g_assert_null (((GStrv) tiers->pdata[0])[1]);
  g_assert_cmpstr (((GStrv) tiers->pdata[1])[0], ==, "http://127.0.0.1:9/c");
}

static void
test_magnet (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FtAddition) addition = ft_addition_new_for_link (
    "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=Some%20name");
  g_autoptr (FtAddition) again = ft_addition_new_for_link (
    "magnet:?xt=urn:btih:0123456789ABCDEF0123456789ABCDEF01234567"
    "&tr=http%3A%2F%2F127.0.0.1%3A9%2Fa");
  g_autoptr (FtAddition) bad = ft_addition_new_for_link ("magnet:?xt=urn:btih:0123");
  const BtTorrentStatus *status;
  BtTorrentId id;

  load (fixture, addition);
  g_assert_cmpint (ft_addition_get_state (addition), ==, FT_ADDITION_READY);
  assert_text (addition, "title", "Some name");
  assert_text (addition, "subtitle", "Magnet link: size and files are not known yet");
  g_assert_false (ft_addition_has_files (addition));
  id = add (fixture, addition);
  ft_wait_until (ft_session_lookup (fixture->session, id) != NULL);
  status = ft_torrent_get_status (ft_session_lookup (fixture->session, id));
  g_assert_true (status->is_magnet);
  g_assert_cmpstr (status->name, ==, "Some name");
  load (fixture, again);
  g_assert_cmpint (ft_addition_get_state (again), ==, FT_ADDITION_DUPLICATE);
  assert_text (again, "subtitle", "In the list already; it names 1 tracker that is new");
  load (fixture, bad);
  g_assert_cmpint (ft_addition_get_state (bad), ==, FT_ADDITION_FAILED);
}

/* The file of a link that waits is no duplicate: it is what the link waits for. */
static void
test_file_of_magnet (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTorrentFile) described = bt_torrent_file_describe (fixture->sample->torrent, NULL);
  g_autofree char *link = bt_magnet_make (&described->info_hash, "Link", NULL, NULL);
  g_autoptr (FtAddition) magnet = ft_addition_new_for_link (link);
  g_autoptr (FtAddition) file = ft_addition_new_for_file (fixture->file);
  BtTorrentId id;

  load (fixture, magnet);
  id = add (fixture, magnet);
  ft_wait_until (ft_session_lookup (fixture->session, id) != NULL);
  load (fixture, file);
  g_assert_cmpint (ft_addition_get_state (file), ==, FT_ADDITION_READY);
  g_assert_cmpuint (add (fixture, file), ==, id);
  ft_wait_until (!ft_torrent_get_status (ft_session_lookup (fixture->session, id))->is_magnet);
}

/* As programs that know only files pass a link on. */
static void
test_link_as_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) magnet = g_file_new_for_uri (
    "magnet:///?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=Some%20name");
  g_autoptr (FtAddition) addition = ft_addition_new_for_file (magnet);
  g_autoptr (FtAddition) file = NULL;
  g_autofree char *uri = g_file_get_uri (fixture->file);
  g_autoptr (FtAddition) web = ft_addition_new_for_link ("https://127.0.0.1:9/a.torrent");

  g_assert_true (ft_addition_is_magnet (addition));
  g_assert_null (ft_addition_get_file (addition));
  load (fixture, addition);
  assert_text (addition, "title", "Some name");
  file = ft_addition_new_for_link (uri);
  g_assert_true (g_file_equal (ft_addition_get_file (file), fixture->file));
  load (fixture, web);
  g_assert_cmpint (ft_addition_get_state (web), ==, FT_ADDITION_FAILED);
}

/* Freed while it is being read: the reading ends by itself. */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  FtAddition *addition = ft_addition_new_for_file (fixture->file);

  ft_addition_load_async (addition, fixture->session, NULL, NULL);
  ft_addition_stop_loading (addition);
  g_object_add_weak_pointer (G_OBJECT (addition), (gpointer *) &addition);
  g_object_unref (addition);
  ft_wait_until (addition == NULL);
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
  add_test ("/model/addition/describes", test_describes);
  add_test ("/model/addition/tree", test_tree);
  add_test ("/model/addition/failure", test_failure);
  add_test ("/model/addition/choices", test_choices);
  add_test ("/model/addition/names", test_names);
  add_test ("/model/addition/duplicate", test_duplicate);
  add_test ("/model/addition/new-trackers", test_new_trackers);
  add_test ("/model/addition/magnet", test_magnet);
  add_test ("/model/addition/file-of-magnet", test_file_of_magnet);
  add_test ("/model/addition/link-as-file", test_link_as_file);
  add_test ("/model/addition/cancelled", test_cancelled);
  return g_test_run ();
}
