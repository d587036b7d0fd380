/* test-changed-files.c: another program changes files: what is wrong is not served, and nothing is overwritten unasked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>

#include "ft-faults-fixture.h"

static const FtSampleFile one_file[] = { { "a.bin", 20 * PIECE }, { NULL, 0 } };

static void
change_byte (const char *path, off_t offset)
{
  int fd = g_open (path, O_RDWR, 0);
  char byte;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pread (fd, &byte, 1, offset), ==, 1);
  byte ^= 0x55;
  g_assert_cmpint (pwrite (fd, &byte, 1, offset), ==, 1);
  close (fd);
}

static gboolean
is_sparing (Fixture *f)
{
  return ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING) && status_of (f)->reason == BT_REASON_FILES_CHANGED;
}

/* Whoever could give the rest comes, and is not asked. */
static void
assert_spared (Fixture *f, const char *path, goffset length)
{
  BtEndpoint node;
  guint n_blocks = f->seed->n_blocks;
  guint n_links = f->seed->n_links;

  g_assert_true (bt_endpoint_parse_ip (&node, "127.0.0.1", f->node->port));
  ft_bad_peer_connect (f->seed, &node);
  ft_wait_until (f->seed->n_links > n_links);
  for (int i = 0; i < 300; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_true (is_sparing (f));
  g_assert_cmpuint (f->seed->n_blocks, ==, n_blocks);
  g_assert_cmpint (size_of (path), ==, length);
}

static void
verify_and_finish (Fixture *f)
{
  ft_node_verify (f->node, f->id);
  ft_wait_until (ft_node_said (f->node, "Checked: "));
  connect_seed (f);
  finish (f);
}

static void
leech_from_damaged (Fixture *f, const char *path, guint32 n_lost)
{
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  BtTorrentId id = ft_node_add (leecher, f->sample->torrent, NULL, FALSE);

  ft_node_connect (leecher, id, f->node->port);
  ft_wait_until (is_sparing (f));
  g_assert_cmpuint (status_of (f)->wanted - status_of (f)->done, ==, n_lost * PIECE);
  ft_wait_until (ft_node_status (leecher, id)->done == f->sample->size - n_lost * PIECE);
  g_assert_false (ft_node_said (leecher, "came damaged"));
  g_assert_true (ft_node_said (f->node, "checking all data again"));
  assert_spared (f, path, size_of (path));
  ft_bad_peer_let_go (f->seed, ALL);
  verify_and_finish (f);
  ft_wait_until (ft_node_is_complete (leecher, id));
  ft_sample_assert_equal (f->sample, leecher->dir);
}

static void
test_truncated_beneath_seed (void)
{
  g_autoptr(Fixture) f = fixture_new (one_file, 0);
  g_autofree char *path = path_in (f->dir, "a.bin");

  download_all (f);
  restart (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  g_assert_cmpint (truncate (path, 18 * PIECE), ==, 0);
  leech_from_damaged (f, path, 2);
}

static void
test_changed_beneath_seed (void)
{
  g_autoptr(Fixture) f = fixture_new (one_file, 0);
  g_autofree char *path = path_in (f->dir, "a.bin");

  download_all (f);
  restart (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  change_byte (path, 5 * PIECE + 4321);
  leech_from_damaged (f, path, 1);
}

static void
test_changed_before_start (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autofree char *path = path_in (f->dir, "a.bin");

  download_all (f);
  g_clear_pointer (&f->node, ft_node_free);
  change_byte (path, 5 * PIECE + 4321);
  restart (f);
  for (int life = 0; life < 3; life++)
    {
      ft_wait_until (is_sparing (f));
      g_assert_true (ft_node_said (f->node, "Another program changed the files"));
      g_assert_cmpuint (status_of (f)->wanted - status_of (f)->done, ==, PIECE);
      assert_spared (f, path, 12 * PIECE + 5);
      restart (f);
    }
  ft_wait_until (is_sparing (f));
  ft_bad_peer_let_go (f->seed, ALL);
  verify_and_finish (f);
  g_assert_cmpuint (status_of (f)->downloaded, ==, f->sample->size + PIECE);
}

/* Another time, the same bytes: nothing has happened. */
static void
test_touched (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autofree char *path = path_in (f->dir, "a.bin");

  download_all (f);
  g_clear_pointer (&f->node, ft_node_free);
  change_byte (path, 5 * PIECE + 4321);
  change_byte (path, 5 * PIECE + 4321);
  restart (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  g_assert_false (ft_node_said (f->node, "Another program changed the files"));
}

/* What was not complete is taken for a download that goes on. */
static void
test_changed_while_incomplete (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 20);
  g_autofree char *path = path_in (f->dir, "deep/b.bin");

  start_node (f);
  add (f);
  connect_seed (f);
  ft_wait_until (ft_bad_peer_is_holding (f->seed) && status_of (f)->done > 0 && size_of (path) > 0);
  g_clear_pointer (&f->node, ft_node_free);
  change_byte (path, 0);
  restart (f);
  finish_from_seed (f);
}

/* Who does not want the file any more has nothing to decide; who wants it again has. */
static void
test_skipped (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autoptr(GBytes) without = make_priorities (BT_PRIORITY_SKIP, BT_PRIORITY_NORMAL, BT_PRIORITY_NORMAL,
                                               BT_PRIORITY_NORMAL);
  g_autoptr(GBytes) with = make_priorities (BT_PRIORITY_NORMAL, BT_PRIORITY_NORMAL, BT_PRIORITY_NORMAL,
                                            BT_PRIORITY_NORMAL);
  g_autofree char *path = path_in (f->dir, "a.bin");

  download_all (f);
  g_clear_pointer (&f->node, ft_node_free);
  change_byte (path, 5 * PIECE + 4321);
  restart (f);
  ft_wait_until (is_sparing (f));
  ft_node_set_priorities (f->node, f->id, without);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING)
                 && status_of (f)->reason != BT_REASON_FILES_CHANGED);
  ft_node_set_priorities (f->node, f->id, with);
  ft_wait_until (is_sparing (f));
  assert_spared (f, path, 12 * PIECE + 5);
  ft_bad_peer_let_go (f->seed, ALL);
  verify_and_finish (f);
}

/* One file is touched only, and the next, which shares a piece with it, is gone: that is downloaded again. */
static void
test_touched_beside_gone (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autofree char *path = path_in (f->dir, "a.bin");
  g_autofree char *gone = path_in (f->dir, "deep/b.bin");

  download_all (f);
  g_clear_pointer (&f->node, ft_node_free);
  change_byte (path, 5 * PIECE + 4321);
  change_byte (path, 5 * PIECE + 4321);
  g_assert_cmpint (g_unlink (gone), ==, 0);
  restart (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  g_assert_false (is_sparing (f));
  g_assert_false (ft_node_said (f->node, "Another program changed the files"));
  finish_from_seed (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/changed-files/truncated-beneath-seed", test_truncated_beneath_seed);
  g_test_add_func ("/engine/changed-files/beneath-seed", test_changed_beneath_seed);
  g_test_add_func ("/engine/changed-files/before-start", test_changed_before_start);
  g_test_add_func ("/engine/changed-files/while-incomplete", test_changed_while_incomplete);
  g_test_add_func ("/engine/changed-files/touched", test_touched);
  g_test_add_func ("/engine/changed-files/skipped", test_skipped);
  g_test_add_func ("/engine/changed-files/touched-beside-gone", test_touched_beside_gone);
  return g_test_run ();
}
