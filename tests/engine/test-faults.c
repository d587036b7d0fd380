/* test-faults.c: disks that fill or vanish, and state that is damaged: nothing is lost.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>

#include "ft-faults-fixture.h"

/* Mounts, in a name space of our own. */

static gboolean can_mount;

static void
write_text (const char *path, const char *text)
{
  int fd = g_open (path, O_WRONLY, 0);

  if (fd < 0)
    return;
  (void) !write (fd, text, strlen (text));
  close (fd);
}

/* Before there are threads: they all come to live in it. Who is not root may be one in a name space of
 * users, where that is allowed. */
static void
enter_mount_namespace (void)
{
  g_autofree char *uids = g_strdup_printf ("0 %u 1", (guint) getuid ());
  g_autofree char *gids = g_strdup_printf ("0 %u 1", (guint) getgid ());

  if (unshare (CLONE_NEWNS) != 0)
    {
      if (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return;
      write_text ("/proc/self/setgroups", "deny");
      write_text ("/proc/self/uid_map", uids);
      write_text ("/proc/self/gid_map", gids);
    }
  can_mount = mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static gboolean
mount_small_disk (const char *path)
{
  if (can_mount && mount ("none", path, "tmpfs", MS_NOSUID, "size=1m") == 0)
    return TRUE;
  g_test_skip ("needs the right to mount");
  return FALSE;
}

static void
unmount (const char *path)
{
  g_assert_cmpint (umount2 (path, MNT_DETACH), ==, 0);
}

static void
test_disk_full (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);

  if (!mount_small_disk (f->dir))
    return;
  start_node (f);
  add (f);
  connect_seed (f);
  ft_wait_until (is_stopped_by (f, BT_REASON_DISK_FULL));
  g_assert_nonnull (status_of (f)->reason_text);
  /* What is there is kept; pieces that are hashed together are known a little later. */
  ft_wait_until (status_of (f)->done > 0);
  g_assert_cmpint (mount ("none", f->dir, "tmpfs", MS_REMOUNT, "size=8m"), ==, 0);
  finish (f);
  g_assert_cmpuint (status_of (f)->downloaded, <, 2 * f->sample->size);
  ft_wait_until (ft_node_said (f->node, "goes on"));
  g_clear_pointer (&f->node, ft_node_free);
  unmount (f->dir);
}

static void
test_disk_read_only (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);

  if (!mount_small_disk (f->dir))
    return;
  g_assert_cmpint (mount ("none", f->dir, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=8m"), ==, 0);
  start_node (f);
  add (f);
  connect_seed (f);
  ft_wait_until (is_stopped_by (f, BT_REASON_DISK_READ_ONLY));
  g_assert_cmpint (mount ("none", f->dir, "tmpfs", MS_REMOUNT, "size=8m"), ==, 0);
  finish (f);
  g_clear_pointer (&f->node, ft_node_free);
  unmount (f->dir);
}

/* Seeding needs no writing. */
static void
test_seeds_from_read_only (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autoptr(FtNode) leecher = NULL;
  BtTorrentId id;

  if (!mount_small_disk (f->dir))
    return;
  g_assert_cmpint (mount ("none", f->dir, "tmpfs", MS_REMOUNT, "size=8m"), ==, 0);
  download_all (f);
  g_clear_pointer (&f->node, ft_node_free);
  g_assert_cmpint (mount ("none", f->dir, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=8m"), ==, 0);
  restart (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  leecher = ft_node_new (NULL, BT_MODE_ALL);
  id = ft_node_add (leecher, f->sample->torrent, NULL, FALSE);
  ft_node_connect (leecher, id, f->node->port);
  ft_wait_until (ft_node_is_complete (leecher, id));
  g_assert_true (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  g_clear_pointer (&f->node, ft_node_free);
  unmount (f->dir);
}

/* A drive that is not there leaves its mount point: nothing is written to that. */
static void
test_drive_unmounted (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 20);
  g_autofree char *mine = path_in (f->dir, "a.bin");
  g_autofree char *aside = g_strconcat (f->dir, ".drive", NULL);

  if (!mount_small_disk (f->dir))
    return;
  g_assert_cmpint (mount ("none", f->dir, "tmpfs", MS_REMOUNT, "size=8m"), ==, 0);
  start_node (f);
  add (f);
  connect_seed (f);
  ft_wait_until (ft_bad_peer_is_holding (f->seed) && status_of (f)->done > 0);
  g_clear_pointer (&f->node, ft_node_free);
  g_assert_cmpint (g_mkdir (aside, 0700), ==, 0);
  g_assert_cmpint (mount (f->dir, aside, NULL, MS_MOVE, NULL), ==, 0);
  restart (f);
  ft_wait_until (is_stopped_by (f, BT_REASON_DISK_MISSING));
  g_assert_false (g_file_test (mine, G_FILE_TEST_EXISTS));
  g_assert_cmpint (mount (aside, f->dir, NULL, MS_MOVE, NULL), ==, 0);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  g_assert_cmpuint (status_of (f)->done, >, 0);
  finish_from_seed (f);
  g_clear_pointer (&f->node, ft_node_free);
  unmount (f->dir);
  g_rmdir (aside);
}

/* Folders and files that come and go. */

static void
test_folder_missing_at_start (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autofree char *aside = g_strconcat (f->dir, ".away", NULL);

  download_all (f);
  g_clear_pointer (&f->node, ft_node_free);
  g_assert_cmpint (g_rename (f->dir, aside), ==, 0);
  restart (f);
  ft_wait_until (is_stopped_by (f, BT_REASON_DISK_MISSING));
  g_assert_false (g_file_test (f->dir, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rename (aside, f->dir), ==, 0);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  g_assert_true (ft_node_is_complete (f->node, f->id));
  g_assert_cmpuint (status_of (f)->downloaded, ==, f->sample->size);
}

/* All files gone is a drive that is not there, unless the user says that it is so. */
static void
test_all_files_deleted (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autofree char *folder = g_build_filename (f->dir, "sample", NULL);

  download_all (f);
  g_clear_pointer (&f->node, ft_node_free);
  ft_remove_tree (folder);
  restart (f);
  ft_wait_until (is_stopped_by (f, BT_REASON_DISK_MISSING));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  ft_node_verify (f->node, f->id);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  g_assert_cmpuint (status_of (f)->done, ==, 0);
  finish_from_seed (f);
  g_assert_cmpuint (status_of (f)->downloaded, ==, 2 * f->sample->size);
}

static void
test_all_files_come_back (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autofree char *folder = g_build_filename (f->dir, "sample", NULL);
  g_autofree char *aside = g_build_filename (f->dir, "aside", NULL);

  download_all (f);
  g_clear_pointer (&f->node, ft_node_free);
  g_assert_cmpint (g_rename (folder, aside), ==, 0);
  restart (f);
  ft_wait_until (is_stopped_by (f, BT_REASON_DISK_MISSING));
  g_assert_cmpint (g_rename (aside, folder), ==, 0);
  finish (f);
  g_assert_cmpuint (status_of (f)->downloaded, ==, f->sample->size);
}

static void
test_one_file_deleted (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autofree char *path = path_in (f->dir, "deep/b.bin");

  download_all (f);
  g_clear_pointer (&f->node, ft_node_free);
  g_assert_cmpint (g_unlink (path), ==, 0);
  restart (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  /* Nine pieces of its own and the two that it shares, less what is not there. */
  g_assert_cmpuint (status_of (f)->wanted - status_of (f)->done, <=, 11 * PIECE);
  finish_from_seed (f);
  g_assert_cmpuint (status_of (f)->downloaded, <=, f->sample->size + 11 * PIECE);
}

/* While it runs: no new folder takes the place of the old one. */
static void
test_folder_renamed_meanwhile (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 20);
  g_autofree char *aside = g_strconcat (f->dir, ".away", NULL);

  start_node (f);
  add (f);
  connect_seed (f);
  ft_wait_until (ft_bad_peer_is_holding (f->seed) && status_of (f)->done > 0);
  g_assert_cmpint (g_rename (f->dir, aside), ==, 0);
  ft_bad_peer_let_go (f->seed, 40);
  ft_wait_until (is_stopped_by (f, BT_REASON_DISK_MISSING));
  g_assert_false (g_file_test (f->dir, G_FILE_TEST_EXISTS));
  ft_bad_peer_let_go (f->seed, ALL);
  g_assert_cmpint (g_rename (aside, f->dir), ==, 0);
  finish (f);
}

/* Data that was there before. */

static void
copy_file (Fixture *f, const char *name, gsize extra)
{
  g_autofree char *from = path_in (f->sample->dir, name);
  g_autofree char *to = path_in (f->dir, name);
  g_autofree char *folder = g_path_get_dirname (to);
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &contents, &length, NULL));
  contents = g_realloc (contents, length + extra + 1);
  memset (contents + length, 'x', extra);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (to, contents, (gssize) (length + extra), NULL));
}

/* What is longer than it should be is used as far as it is right, and never cut. */
static void
test_longer_file (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autofree char *path = path_in (f->dir, "a.bin");
  goffset length = 12 * PIECE + 5;

  copy_file (f, "a.bin", 1000);
  start_node (f);
  add (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  g_assert_cmpuint (status_of (f)->done, ==, 12 * PIECE);
  connect_seed (f);
  ft_wait_until (ft_node_is_complete (f->node, f->id));
  g_assert_cmpint (size_of (path), ==, length + 1000);
  g_assert_cmpint (truncate (path, length), ==, 0);
  ft_sample_assert_equal (f->sample, f->dir);
}

static void
test_only_part_is_there (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autofree char *path = path_in (f->dir, "a.bin");

  copy_file (f, "a.bin", 0);
  g_assert_cmpint (truncate (path, 7 * PIECE + 1), ==, 0);
  start_node (f);
  add (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  g_assert_cmpuint (status_of (f)->done, ==, 7 * PIECE);
  connect_seed (f);
  finish (f);
  g_assert_cmpuint (status_of (f)->downloaded, ==, f->sample->size - 7 * PIECE);
}

/* A symlink where a file or a folder should be is not followed, whoever made it. */
static void
test_symlink (gconstpointer data)
{
  const char *name = data;
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autofree char *outside = g_dir_make_tmp ("ft-outside-XXXXXX", NULL);
  g_autofree char *victim = g_build_filename (outside, "b.bin", NULL);
  g_autofree char *folder = g_build_filename (f->dir, "sample", NULL);
  g_autofree char *link = path_in (f->dir, name);
  g_autofree char *contents = NULL;

  g_assert_true (g_file_set_contents (victim, "mine", 4, NULL));
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (symlink (g_str_equal (name, "deep") ? outside : victim, link), ==, 0);
  start_node (f);
  add (f);
  connect_seed (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_ERROR));
  g_assert_true (g_file_get_contents (victim, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "mine");
  /* When it is gone the torrent goes on by itself. */
  g_assert_cmpint (g_unlink (link), ==, 0);
  finish (f);
  ft_remove_tree (outside);
}

/* Files that are not wanted. */

static gboolean
is_there (Fixture *f, const char *name)
{
  g_autofree char *path = path_in (f->dir, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
assert_same_file (Fixture *f, const char *name)
{
  g_autofree char *a = path_in (f->sample->dir, name);
  g_autofree char *b = path_in (f->dir, name);
  g_autofree char *contents_a = NULL;
  g_autofree char *contents_b = NULL;
  gsize length_a, length_b;

  g_assert_true (g_file_get_contents (a, &contents_a, &length_a, NULL));
  g_assert_true (g_file_get_contents (b, &contents_b, &length_b, NULL));
  g_assert_cmpmem (contents_a, length_a, contents_b, length_b);
}

/* Its neighbours share pieces with it and complete, it is never made; wanted later, nothing of what is
 * there is fetched again. */
static void
test_skipped_file (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autoptr(GBytes) without = make_priorities (BT_PRIORITY_NORMAL, BT_PRIORITY_SKIP, BT_PRIORITY_SKIP,
                                               BT_PRIORITY_NORMAL);
  g_autoptr(GBytes) with = make_priorities (BT_PRIORITY_NORMAL, BT_PRIORITY_LOW, BT_PRIORITY_HIGH,
                                            BT_PRIORITY_NORMAL);

  start_node (f);
  f->id = ft_node_add_with_priorities (f->node, f->sample->torrent, f->dir, without);
  connect_seed (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  g_assert_true (ft_node_is_complete (f->node, f->id));
  g_assert_cmpuint (status_of (f)->wanted, ==, 12 * PIECE + 5 + 77);
  assert_same_file (f, "a.bin");
  assert_same_file (f, "c.bin");
  g_assert_false (is_there (f, "deep"));
  g_assert_false (is_there (f, "empty"));
  restart (f);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  g_assert_false (is_there (f, "deep"));
  ft_node_set_priorities (f->node, f->id, with);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_DOWNLOADING));
  finish_from_seed (f);
  g_assert_cmpuint (status_of (f)->downloaded, ==, f->sample->size);
}

/* Given up in the middle: what there is stays, nothing more is fetched of it. */
static void
test_skipped_meanwhile (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 20);
  g_autoptr(GBytes) without = make_priorities (BT_PRIORITY_SKIP, BT_PRIORITY_NORMAL, BT_PRIORITY_NORMAL,
                                               BT_PRIORITY_NORMAL);
  g_autoptr(GBytes) with = make_priorities (BT_PRIORITY_NORMAL, BT_PRIORITY_NORMAL, BT_PRIORITY_NORMAL,
                                            BT_PRIORITY_NORMAL);

  start_node (f);
  add (f);
  connect_seed (f);
  ft_wait_until (ft_bad_peer_is_holding (f->seed));
  ft_node_set_priorities (f->node, f->id, without);
  ft_wait_until (status_of (f)->wanted < f->sample->size);
  ft_bad_peer_let_go (f->seed, ALL);
  ft_wait_until (ft_node_in_state (f->node, f->id, BT_STATE_SEEDING));
  assert_same_file (f, "deep/b.bin");
  assert_same_file (f, "c.bin");
  ft_node_set_priorities (f->node, f->id, with);
  ft_wait_until (status_of (f)->wanted == f->sample->size);
  connect_seed (f);
  finish (f);
  g_assert_cmpuint (status_of (f)->downloaded, <, 2 * f->sample->size);
}

/* State. */

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  g_assert_false (bt_engine_finish (BT_ENGINE (source), result, error));
}

static void
test_state_in_use (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autoptr(BtConfig) config = bt_config_new ();
  g_autoptr(BtEngine) engine = NULL;
  g_autoptr(GError) error = NULL;

  start_node (f);
  config->state_dir = g_strdup (f->state);
  engine = bt_engine_new (config);
  bt_engine_start_async (engine, NULL, started_cb, &error);
  ft_wait_until (error != NULL);
  g_assert_error (error, BT_ERROR, BT_ERROR_BUSY);
  /* The first one is not disturbed. */
  add (f);
  connect_seed (f);
  finish (f);
}

static void
run_sql (Fixture *f, const char *sql)
{
  g_autofree char *path = g_build_filename (f->state, "state.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* A damaged row costs a check, not the torrent, nor what it has. */
static void
test_damaged_row (gconstpointer data)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);

  download_all (f);
  g_clear_pointer (&f->node, ft_node_free);
  run_sql (f, data);
  restart (f);
  ft_wait_until (ft_node_said (f->node, "is damaged"));
  /* Where its data is may be what was lost: nothing is done before the user says so. */
  g_assert_cmpint (status_of (f)->state, ==, BT_STATE_PAUSED);
  ft_node_set_intent (f->node, f->id, BT_INTENT_RUN);
  finish (f);
  g_assert_cmpuint (f->seed->n_served, ==, f->sample->size);
}

/* Not even a database of nonsense keeps the engine from starting; it says what happened. */
static void
test_damaged_database (void)
{
  g_autoptr(Fixture) f = fixture_new (files, 0);
  g_autofree char *path = g_build_filename (f->state, "state.db", NULL);

  download_all (f);
  g_clear_pointer (&f->node, ft_node_free);
  g_assert_true (g_file_set_contents (path, "This is no database, it is a text.", -1, NULL));
  start_node (f);
  ft_wait_until (f->node->events->len > 0);
  add (f);
  finish (f); /* its data is found by looking */
}

int
main (int argc, char **argv)
{
  enter_mount_namespace ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/faults/disk-full", test_disk_full);
  g_test_add_func ("/engine/faults/disk-read-only", test_disk_read_only);
  g_test_add_func ("/engine/faults/seeds-from-read-only", test_seeds_from_read_only);
  g_test_add_func ("/engine/faults/drive-unmounted", test_drive_unmounted);
  g_test_add_func ("/engine/faults/folder-missing-at-start", test_folder_missing_at_start);
  g_test_add_func ("/engine/faults/folder-renamed-meanwhile", test_folder_renamed_meanwhile);
  g_test_add_func ("/engine/faults/all-files-deleted", test_all_files_deleted);
  g_test_add_func ("/engine/faults/all-files-come-back", test_all_files_come_back);
  g_test_add_func ("/engine/faults/one-file-deleted", test_one_file_deleted);
  g_test_add_func ("/engine/faults/longer-file", test_longer_file);
  g_test_add_func ("/engine/faults/only-part-is-there", test_only_part_is_there);
  g_test_add_data_func ("/engine/faults/symlink-to-file", "a.bin", test_symlink);
  g_test_add_data_func ("/engine/faults/symlink-to-empty-file", "empty", test_symlink);
  g_test_add_data_func ("/engine/faults/symlink-to-folder", "deep", test_symlink);
  g_test_add_func ("/engine/faults/skipped-file", test_skipped_file);
  g_test_add_func ("/engine/faults/skipped-meanwhile", test_skipped_meanwhile);
  g_test_add_func ("/engine/faults/state-in-use", test_state_in_use);
  g_test_add_data_func ("/engine/faults/damaged-row", "UPDATE resume SET data = x'6465';", test_damaged_row);
  g_test_add_data_func ("/engine/faults/damaged-checksum",
                        "UPDATE resume SET sha1 = x'0000000000000000000000000000000000000000';",
                        test_damaged_row);
  g_test_add_func ("/engine/faults/damaged-database", test_damaged_database);
  return g_test_run ();
}
