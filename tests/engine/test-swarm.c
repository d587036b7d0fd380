/* test-swarm.c: engines of one process that share: download, seed, stop, go on, remove.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ft-swarm.h"
#include "ft-test.h"

static const FtSampleFile odd_files[] = {
  { "readme.txt", 11 },
  { "empty", 0 },
  { "deep/er/picture.raw", 700001 },
  { "deep/movie.raw", 5 * 1024 * 1024 + 17 },
  { "small/1", 1 },
  { "small/2", 16384 },
  { NULL, 0 },
};

static const FtSampleFile large_file[] = { { "large.bin", 16 * 1024 * 1024 }, { NULL, 0 } };
static const FtSampleFile one_file[] = { { "data.bin", 3 * 1024 * 1024 + 5 }, { NULL, 0 } };

static void
transfer (const FtSampleFile *files, guint32 piece_length)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, piece_length, 1);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, FALSE);
  BtTorrentId b = ft_node_add (leecher, sample->torrent, NULL, FALSE);

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (ft_node_is_complete (leecher, b));
  ft_sample_assert_equal (sample, leecher->dir);
  ft_wait_until (ft_node_in_state (leecher, b, BT_STATE_SEEDING));
  g_assert_cmpuint (leecher->n_finished, ==, 1);
  g_assert_cmpuint (ft_node_status (leecher, b)->downloaded, >=, sample->size);
  g_assert_cmpuint (ft_node_status (leecher, b)->completed_at, !=, 0);
}

static void
test_many_files (void)
{
  transfer (odd_files, 32768);
}

static void
test_large_pieces (void)
{
  transfer (odd_files, 2 * 1024 * 1024);
}

static void
test_small_pieces (void)
{
  transfer (one_file, 16384);
}

/* In the place of libc's: counts what the kernel sends from files, and heads between, to peers. */

static atomic_size_t sent_from_files;

ssize_t
splice (int from, off64_t *at, int to, off64_t *to_at, size_t length, unsigned flags)
{
  ssize_t n = syscall (SYS_splice, from, at, to, to_at, length, flags);
  struct stat info;

  if (n > 0 && fstat (to, &info) == 0 && S_ISSOCK (info.st_mode))
    atomic_fetch_add (&sent_from_files, (size_t) n);
  return n;
}

/* To a quick peer. The first blocks go out before its rate is known. */
static void
test_sends_from_files (void)
{
  atomic_store (&sent_from_files, 0);
  transfer (large_file, 256 * 1024);
  g_assert_cmpuint (atomic_load (&sent_from_files), >, large_file[0].length / 2);
  g_assert_cmpuint (atomic_load (&sent_from_files), <=, large_file[0].length + large_file[0].length / 16384 * 13);
}

static void
bind_ipv6 (BtConfig *config)
{
  g_free (config->bind_address);
  config->bind_address = g_strdup ("::1");
}

static gboolean
has_ipv6 (void)
{
  g_autoptr(GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new (loopback, 0);

  return socket != NULL && g_socket_bind (socket, address, FALSE, NULL);
}

static void
test_ipv6 (void)
{
  g_autoptr(FtSample) sample = NULL;
  g_autoptr(FtNode) seed = NULL;
  g_autoptr(FtNode) leecher = NULL;
  BtTorrentId a, b;

  if (!has_ipv6 ())
    {
      g_test_skip ("this machine has no IPv6 loopback");
      return;
    }
  sample = ft_sample_new (odd_files, 32768, 15);
  seed = ft_node_new_full (NULL, NULL, bind_ipv6);
  leecher = ft_node_new_full (NULL, NULL, bind_ipv6);
  a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  b = ft_node_add (leecher, sample->torrent, NULL, FALSE);
  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (ft_node_is_complete (leecher, b));
  ft_sample_assert_equal (sample, leecher->dir);
}

/* The seed is reached through the leecher that was connected to it first. */
static void
test_chain (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (odd_files, 65536, 2);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) middle = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) last = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b = ft_node_add (middle, sample->torrent, NULL, FALSE);
  BtTorrentId c = ft_node_add (last, sample->torrent, NULL, FALSE);

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_connect (last, c, middle->port);
  ft_node_connect (middle, b, seed->port);
  ft_wait_until (ft_node_is_complete (last, c));
  ft_sample_assert_equal (sample, last->dir);
  ft_sample_assert_equal (sample, middle->dir);
}

/* The owner's old trouble: two torrents from the same address and port. */
static void
test_two_torrents_one_peer (void)
{
  g_autoptr(FtSample) first = ft_sample_new (odd_files, 32768, 3);
  g_autoptr(FtSample) second = ft_sample_new (one_file, 65536, 4);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  g_autofree char *first_dir = g_build_filename (leecher->dir, "first", NULL);
  g_autofree char *second_dir = g_build_filename (leecher->dir, "second", NULL);
  BtTorrentId a = ft_node_add (seed, first->torrent, first->dir, TRUE);
  BtTorrentId b = ft_node_add (seed, second->torrent, second->dir, TRUE);
  BtTorrentId c = ft_node_add (leecher, first->torrent, first_dir, FALSE);
  BtTorrentId d = ft_node_add (leecher, second->torrent, second_dir, FALSE);

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING) && ft_node_in_state (seed, b, BT_STATE_SEEDING));
  ft_node_connect (leecher, c, seed->port);
  ft_node_connect (leecher, d, seed->port);
  ft_wait_until (ft_node_is_complete (leecher, c) && ft_node_is_complete (leecher, d));
  ft_sample_assert_equal (first, first_dir);
  ft_sample_assert_equal (second, second_dir);
}

/* The next regular update would come long after the test gave up. */
static void
test_events_do_not_wait (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 65536, 15);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b = ft_node_add (leecher, sample->torrent, NULL, FALSE); /* seen in a regular one */

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  leecher->config->update_interval_ms = G_MAXINT;
  ft_node_configure (leecher);
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (leecher->n_finished == 1);
  g_assert_true (ft_node_is_complete (leecher, b));
}

/* Nor does the end of a check: whoever waits for it would add the interval to its time. */
static void
test_end_of_check_does_not_wait (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 65536, 15);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id;

  seed->config->update_interval_ms = G_MAXINT;
  ft_node_configure (seed);
  id = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  ft_wait_until (ft_node_in_state (seed, id, BT_STATE_SEEDING));
}

/* Trackers name us to ourselves: that is found out once. */
static void
test_self (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 65536, 16);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = ft_node_add (node, sample->torrent, NULL, FALSE);

  ft_wait_until (ft_node_in_state (node, id, BT_STATE_DOWNLOADING));
  ft_node_connect (node, id, node->port);
  /* Known, and nobody to be tried again. */
  ft_wait_until (ft_node_status (node, id)->n_known == 1
                 && ft_node_status (node, id)->reason == BT_REASON_NO_TRACKER);
  g_assert_cmpuint (ft_node_status (node, id)->n_peers, ==, 0);
}

static void
test_mode_downloading (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 65536, 5);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_DOWNLOADING);
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b = ft_node_add (leecher, sample->torrent, NULL, FALSE);

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (ft_node_in_state (leecher, b, BT_STATE_STOPPED));
  g_assert_cmpint (ft_node_status (leecher, b)->reason, ==, BT_REASON_COMPLETE);
  ft_wait_until (ft_node_status (leecher, b)->n_peers == 0);
}

static void
test_mode_seeding_requests_nothing (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 65536, 6);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) other = ft_node_new (NULL, BT_MODE_SEEDING);
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b = ft_node_add (other, sample->torrent, NULL, FALSE);

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_wait_until (ft_node_in_state (other, b, BT_STATE_DOWNLOADING));
  ft_node_connect (other, b, seed->port);
  g_assert_cmpint (ft_node_status (other, b)->reason, ==, BT_REASON_MODE);
  g_assert_cmpuint (ft_node_status (other, b)->downloaded, ==, 0);
}

static void
test_pause_and_resume (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (odd_files, 32768, 7);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b = ft_node_add (leecher, sample->torrent, NULL, FALSE);

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_set_intent (leecher, b, BT_INTENT_PAUSE);
  ft_wait_until (ft_node_in_state (leecher, b, BT_STATE_PAUSED));
  ft_node_connect (leecher, b, seed->port);
  g_assert_cmpuint (ft_node_status (leecher, b)->n_peers, ==, 0);
  ft_node_set_intent (leecher, b, BT_INTENT_RUN);
  ft_wait_until (ft_node_is_complete (leecher, b));
  ft_sample_assert_equal (sample, leecher->dir);
}

/* What does not flow any more is not told as flowing. */
static void
test_speeds_end (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (odd_files, 32768, 16);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b = ft_node_add (leecher, sample->torrent, NULL, FALSE);

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (ft_node_is_complete (leecher, b));
  ft_node_set_intent (seed, a, BT_INTENT_PAUSE);
  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_PAUSED));
  g_assert_cmpuint (ft_node_status (seed, a)->rate_up, ==, 0);
  ft_wait_until (ft_node_status (leecher, b)->rate_down == 0);
}

/* An order to all is not for what was taken out of the queue. */
static void
test_all_but_stopped (void)
{
  g_autoptr(FtSample) first = ft_sample_new (odd_files, 32768, 13);
  g_autoptr(FtSample) second = ft_sample_new (one_file, 32768, 14);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId a = ft_node_add (node, first->torrent, first->dir, TRUE);
  BtTorrentId b = ft_node_add (node, second->torrent, second->dir, TRUE);

  ft_wait_until (ft_node_in_state (node, a, BT_STATE_SEEDING) && ft_node_in_state (node, b, BT_STATE_SEEDING));
  ft_node_set_intent (node, b, BT_INTENT_STOP);
  ft_node_set_intent (node, 0, BT_INTENT_PAUSE);
  ft_wait_until (ft_node_in_state (node, a, BT_STATE_PAUSED) && ft_node_in_state (node, b, BT_STATE_STOPPED));
  ft_node_set_intent (node, 0, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (node, a, BT_STATE_SEEDING));
  g_assert_true (ft_node_in_state (node, b, BT_STATE_STOPPED));
}

/* What is there is found by checking, not overwritten: only the damaged piece is fetched. */
static void
test_uses_data_that_is_there (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 65536, 8);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  g_autofree char *source = g_build_filename (sample->dir, "sample", "data.bin", NULL);
  g_autofree char *folder = g_build_filename (leecher->dir, "sample", NULL);
  g_autofree char *copy = g_build_filename (folder, "data.bin", NULL);
  g_autofree char *contents = NULL;
  BtTorrentId a, b;
  gsize length;

  g_assert_true (g_file_get_contents (source, &contents, &length, NULL));
  contents[100000] ^= 1;
  g_mkdir (folder, 0700);
  g_assert_true (g_file_set_contents (copy, contents, (gssize) length, NULL));
  a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  b = ft_node_add (leecher, sample->torrent, NULL, FALSE);
  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_wait_until (ft_node_in_state (leecher, b, BT_STATE_DOWNLOADING));
  ft_wait_until (ft_node_status (leecher, b)->wanted - ft_node_status (leecher, b)->done == 65536);
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (ft_node_is_complete (leecher, b));
  ft_sample_assert_equal (sample, leecher->dir);
  g_assert_cmpuint (ft_node_status (leecher, b)->downloaded, ==, 65536);
}

static void
test_verify_finds_damage (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 65536, 9);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autofree char *path = g_build_filename (sample->dir, "sample", "data.bin", NULL);
  g_autofree char *contents = NULL;
  BtTorrentId id = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  gsize length;

  ft_wait_until (ft_node_in_state (seed, id, BT_STATE_SEEDING));
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  contents[7] ^= 1;
  g_assert_true (g_file_set_contents (path, contents, (gssize) length, NULL));
  ft_node_verify (seed, id);
  ft_wait_until (ft_node_said (seed, "Checked"));
  ft_wait_until (ft_node_in_state (seed, id, BT_STATE_DOWNLOADING));
  g_assert_cmpuint (ft_node_status (seed, id)->wanted - ft_node_status (seed, id)->done, ==, 65536);
}

static void
test_restart_goes_on (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (odd_files, 32768, 10);
  g_autofree char *state = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autofree char *dir = g_dir_make_tmp ("ft-node-XXXXXX", NULL);
  FtNode *leecher = ft_node_new_full (state, dir, NULL);
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b = ft_node_add (leecher, sample->torrent, NULL, FALSE);
  g_autoptr(FtNode) again = NULL;

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (ft_node_is_complete (leecher, b));
  ft_node_free (leecher);

  again = ft_node_new_full (state, dir, NULL);
  ft_wait_until (ft_node_in_state (again, 1, BT_STATE_SEEDING));
  g_assert_true (ft_node_is_complete (again, 1));
  g_assert_cmpuint (ft_node_status (again, 1)->downloaded, >=, sample->size);
  g_assert_false (ft_node_said (again, "Checked"));
  ft_sample_assert_equal (sample, dir);
  ft_node_stop (again);
  ft_remove_tree (state);
  ft_remove_tree (dir);
}

static void
banned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = bt_engine_finish (BT_ENGINE (source), result, NULL);
}

/* Who is banned stays so. */
static void
test_restart_keeps_bans (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 65536, 14);
  g_autofree char *state = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  FtNode *node = ft_node_new (state, BT_MODE_ALL);
  BtTorrentId id = ft_node_add (node, sample->torrent, sample->dir, TRUE);
  g_autoptr(FtNode) again = NULL;
  gboolean done = FALSE;
  BtEndpoint liar;
  BtDetail *detail;

  ft_wait_until (ft_node_in_state (node, id, BT_STATE_SEEDING));
  g_assert_true (bt_endpoint_parse_ip (&liar, "60.1.2.3", 6881));
  bt_engine_ban_peer_async (node->engine, id, &liar, NULL, banned_cb, &done);
  ft_wait_until (done);
  ft_node_free (node);

  again = ft_node_new (state, BT_MODE_ALL);
  ft_wait_until (ft_node_in_state (again, 1, BT_STATE_SEEDING));
  detail = ft_node_detail (again, 1, BT_DETAIL_BANS);
  g_assert_cmpuint (detail->bans->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (detail->bans, 0), ==, "60.1.2.3");
  bt_detail_unref (detail);
  ft_remove_tree (state);
}

/* Saved data that is damaged costs a check, not the torrent, nor where its files are. */
static void
test_damaged_state (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 65536, 13);
  g_autofree char *state = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (state, "state.db", NULL);
  FtNode *node = ft_node_new (state, BT_MODE_ALL);
  sqlite3 *db = NULL;

  ft_node_add (node, sample->torrent, sample->dir, TRUE);
  ft_wait_until (ft_node_in_state (node, 1, BT_STATE_SEEDING));
  ft_node_free (node);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "UPDATE resume SET sha1 = zeroblob (20)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  node = ft_node_new (state, BT_MODE_ALL);
  ft_wait_until (ft_node_in_state (node, 1, BT_STATE_PAUSED));
  g_assert_true (ft_node_said (node, "is damaged"));
  g_assert_cmpstr (ft_node_status (node, 1)->save_path, ==, sample->dir);
  ft_node_set_intent (node, 1, BT_INTENT_RUN);
  ft_wait_until (ft_node_in_state (node, 1, BT_STATE_SEEDING));
  ft_sample_assert_equal (sample, sample->dir);
  ft_node_free (node);
  ft_remove_tree (state);
}

static void
test_twice_is_refused (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 65536, 11);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(GError) error = NULL;

  ft_node_add (node, sample->torrent, NULL, FALSE);
  g_assert_cmpuint (ft_node_try_add (node, sample->torrent, &error), ==, 0);
  g_assert_error (error, BT_ERROR, BT_ERROR_EXISTS);
}

static void
test_remove_with_data (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (odd_files, 32768, 12);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  g_autofree char *folder = g_build_filename (leecher->dir, "sample", NULL);
  g_autofree char *mine = g_build_filename (folder, "mine.txt", NULL);
  g_autofree char *theirs = g_build_filename (folder, "deep", "movie.raw", NULL);
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  BtTorrentId b = ft_node_add (leecher, sample->torrent, NULL, FALSE);

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (ft_node_is_complete (leecher, b));
  g_assert_true (g_file_set_contents (mine, "keep", 4, NULL));
  g_assert_true (g_file_test (theirs, G_FILE_TEST_EXISTS));
  ft_node_remove (leecher, b, TRUE);
  ft_wait_until (ft_node_status (leecher, b) == NULL);
  g_assert_false (g_file_test (theirs, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (mine, G_FILE_TEST_EXISTS));
  ft_node_remove (seed, a, TRUE);
  /* What was there before the torrent is not the torrent's to remove. */
  g_free (g_steal_pointer (&theirs));
  theirs = g_build_filename (sample->dir, "sample", "deep", "movie.raw", NULL);
  g_assert_true (g_file_test (theirs, G_FILE_TEST_EXISTS));
}

static guint n_removed, n_gone_already;

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  if (bt_engine_finish (BT_ENGINE (source), result, &error))
    n_removed++;
  else
    {
      g_assert_error (error, BT_ERROR, BT_ERROR_NOT_FOUND);
      n_gone_already++;
    }
}

/* A second order finds it going, and is answered too. */
static void
test_remove_twice (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (one_file, 16384, 77);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = ft_node_add (seed, sample->torrent, sample->dir, TRUE);

  ft_wait_until (ft_node_in_state (seed, id, BT_STATE_SEEDING));
  bt_engine_remove_async (seed->engine, id, FALSE, NULL, removed_cb, NULL);
  bt_engine_remove_async (seed->engine, id, FALSE, NULL, removed_cb, NULL);
  ft_wait_until (n_removed == 1 && n_gone_already == 1);
  ft_wait_until (ft_node_status (seed, id) == NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/swarm/many-files", test_many_files);
  g_test_add_func ("/engine/swarm/large-pieces", test_large_pieces);
  g_test_add_func ("/engine/swarm/small-pieces", test_small_pieces);
  g_test_add_func ("/engine/swarm/sends-from-files", test_sends_from_files);
  g_test_add_func ("/engine/swarm/ipv6", test_ipv6);
  g_test_add_func ("/engine/swarm/chain", test_chain);
  g_test_add_func ("/engine/swarm/two-torrents-one-peer", test_two_torrents_one_peer);
  g_test_add_func ("/engine/swarm/events-do-not-wait", test_events_do_not_wait);
  g_test_add_func ("/engine/swarm/end-of-check-does-not-wait", test_end_of_check_does_not_wait);
  g_test_add_func ("/engine/swarm/self", test_self);
  g_test_add_func ("/engine/swarm/mode-downloading", test_mode_downloading);
  g_test_add_func ("/engine/swarm/mode-seeding", test_mode_seeding_requests_nothing);
  g_test_add_func ("/engine/swarm/pause-and-resume", test_pause_and_resume);
  g_test_add_func ("/engine/swarm/speeds-end", test_speeds_end);
  g_test_add_func ("/engine/swarm/all-but-stopped", test_all_but_stopped);
  g_test_add_func ("/engine/swarm/uses-data-that-is-there", test_uses_data_that_is_there);
  g_test_add_func ("/engine/swarm/verify-finds-damage", test_verify_finds_damage);
  g_test_add_func ("/engine/swarm/restart-goes-on", test_restart_goes_on);
  g_test_add_func ("/engine/swarm/restart-keeps-bans", test_restart_keeps_bans);
  g_test_add_func ("/engine/swarm/damaged-state", test_damaged_state);
  g_test_add_func ("/engine/swarm/twice-is-refused", test_twice_is_refused);
  g_test_add_func ("/engine/swarm/remove-with-data", test_remove_with_data);
  g_test_add_func ("/engine/swarm/remove-twice", test_remove_twice);
  return g_test_run ();
}
