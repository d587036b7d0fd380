/* test-file-claims.c: a file that is one torrent's is not written to for another, whatever name leads to it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static const BtDraftFile one_file[] = { { "file", 40000 } };
static const BtDraftFile other_file[] = { { "file", 30000 } };

/* One disk with two torrents; what the fixture does is done for one of them at a time. */
typedef struct
{
  FtDisk *disk;
  BtMetainfo *metainfos[2];
  guint8 *contents[2];
  BtStorage *storages[2];
} Two;

static void
use (Two *two, guint i)
{
  two->disk->metainfo = two->metainfos[i];
  two->disk->content = two->contents[i];
  two->disk->storage = two->storages[i];
}

/* Makes it, or makes it anew. */
static void
open_storage (Two *two, guint i, const char *root)
{
  BtDisk *disk = two->disk->disk;
  const BtStorageConfig config = { .root = root };

  if (two->storages[i] != NULL)
    disk->ops->storage_free (disk, two->storages[i]);
  two->storages[i] = disk->ops->storage_new (disk, two->metainfos[i], &config);
  use (two, i);
}

static void
close_storage (Two *two, guint i)
{
  two->disk->disk->ops->storage_free (two->disk->disk, g_steal_pointer (&two->storages[i]));
  use (two, i);
}

static Two *
two_new (void)
{
  Two *two = g_new0 (Two, 1);
  g_autofree char *elsewhere = NULL;

  two->disk = ft_disk_new (NULL, 0, 0);
  two->metainfos[0] = ft_disk_make_metainfo (one_file, 1, 16384, &two->contents[0]);
  two->metainfos[1] = ft_disk_make_metainfo (other_file, 1, 16384, &two->contents[1]);
  elsewhere = ft_disk_path (two->disk, "elsewhere");
  open_storage (two, 0, two->disk->root);
  open_storage (two, 1, elsewhere);
  return two;
}

static void
two_free (Two *two)
{
  for (guint i = 0; i < 2; i++)
    {
      if (two->storages[i] != NULL)
        close_storage (two, i);
      bt_metainfo_unref (two->metainfos[i]);
      g_free (two->contents[i]);
    }
  two->disk->metainfo = NULL;
  two->disk->content = NULL;
  two->disk->storage = NULL;
  ft_disk_free (two->disk);
  g_free (two);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Two, two_free)

static void
stat_it (Two *two, guint i)
{
  BtFileStamp stamp;

  use (two, i);
  ft_assert_no_disk_error (ft_disk_stat (two->disk, &stamp));
}

static void
write_it (Two *two, guint i)
{
  use (two, i);
  ft_assert_no_disk_error (ft_disk_write_content (two->disk, 0, 16384));
}

/* And nothing was written. */
static void
assert_refused (Two *two, guint i, const char *path)
{
  g_autofree char *full = ft_disk_path (two->disk, path);
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;
  gsize length, length_after;

  g_assert_true (g_file_get_contents (full, &before, &length, NULL));
  use (two, i);
  error = ft_disk_write_content (two->disk, 0, 16384);
  g_assert_error (error, BT_ERROR, BT_ERROR_TAKEN);
  g_assert_nonnull (strstr (error->message, "/t/file” is also a file of “t”"));
  g_assert_true (g_file_get_contents (full, &after, &length_after, NULL));
  g_assert_cmpmem (before, length, after, length_after);
}

static void
make_link (Two *two, const char *from, const char *to, int (*make) (const char *, const char *))
{
  g_autofree char *old = ft_disk_path (two->disk, from);
  g_autofree char *new = ft_disk_path (two->disk, to);
  g_autofree char *folder = g_path_get_dirname (new);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_cmpint (make (old, new), ==, 0);
}

static void
test_symlink (void)
{
  g_autoptr (Two) two = two_new ();

  write_it (two, 0);
  make_link (two, "root", "elsewhere", symlink);
  assert_refused (two, 1, "root/t/file");
  write_it (two, 0);
  close_storage (two, 0);
  write_it (two, 1);
}

static void
test_hard_link (void)
{
  g_autoptr (Two) two = two_new ();

  write_it (two, 0);
  make_link (two, "root/t/file", "elsewhere/t/file", link);
  assert_refused (two, 1, "root/t/file");
}

/* What is not open any more, or was never opened, is as much its own. */
static void
test_not_open (void)
{
  g_autoptr (Two) two = two_new ();

  write_it (two, 0);
  two->disk->disk->ops->close_files (two->disk->disk, two->storages[0]);
  make_link (two, "root", "elsewhere", symlink);
  assert_refused (two, 1, "root/t/file");
  open_storage (two, 0, two->disk->root);
  stat_it (two, 0);
  assert_refused (two, 1, "root/t/file");
}

static void
test_readers (void)
{
  g_autoptr (Two) two = two_new ();
  guint8 bytes[64];

  write_it (two, 0);
  make_link (two, "root/t/file", "elsewhere/t/file", link);
  stat_it (two, 1);
  ft_assert_no_disk_error (ft_disk_read (two->disk, 0, bytes, sizeof bytes));
  g_assert_cmpmem (bytes, sizeof bytes, two->contents[0], sizeof bytes);
  write_it (two, 0); /* the first goes on */
  assert_refused (two, 1, "root/t/file");
}

/* Whoever made it goes before who found it, even one that is at work on it. */
static void
test_maker (void)
{
  static const guint8 created[] = { 1 };
  g_autoptr (Two) two = two_new ();
  BtFileStamp stamp;

  write_it (two, 0);
  ft_assert_no_disk_error (ft_disk_stat (two->disk, &stamp));
  make_link (two, "root/t/file", "elsewhere/t/file", link);
  open_storage (two, 0, two->disk->root);
  write_it (two, 1);
  bt_storage_set_created (two->storages[0], created, &stamp);
  stat_it (two, 0);
  assert_refused (two, 1, "root/t/file");
  write_it (two, 0);
}

/* Whoever made one that is not there any more has not made what another program put in its place. */
static void
test_maker_of_another (void)
{
  static const guint8 created[] = { 1 };
  g_autoptr (Two) two = two_new ();
  g_autofree char *path = ft_disk_path (two->disk, "elsewhere/t/file");
  g_autofree char *elsewhere = ft_disk_path (two->disk, "elsewhere");
  BtFileStamp stamp;

  write_it (two, 1);
  ft_assert_no_disk_error (ft_disk_stat (two->disk, &stamp));
  write_it (two, 0);
  open_storage (two, 0, two->disk->root);
  write_it (two, 0);
  g_assert_cmpint (g_unlink (path), ==, 0);
  make_link (two, "root/t/file", "elsewhere/t/file", link);
  stat_it (two, 1);
  assert_refused (two, 1, "root/t/file");
  open_storage (two, 1, elsewhere);
  bt_storage_set_created (two->storages[1], created, &stamp);
  stat_it (two, 1);
  assert_refused (two, 1, "root/t/file");
  write_it (two, 0);
}

/* Who has another file by now stands in nobody's way. */
static void
test_stale (void)
{
  g_autoptr (Two) two = two_new ();
  g_autofree char *path = ft_disk_path (two->disk, "root/t/file");

  write_it (two, 0);
  make_link (two, "root/t/file", "elsewhere/t/file", link);
  g_assert_cmpint (g_unlink (path), ==, 0);
  write_it (two, 1);
  ft_assert_no_disk_error (ft_disk_write_content (two->disk, 0, 16384));
  write_it (two, 0); /* to one that it makes anew */
  g_assert_cmpint (ft_disk_size_of (two->disk, "root/t/file"), ==, 16384);
  write_it (two, 1);
}

/* As if the number of a file of the first, which somebody removed, had been given to that of the second. */
static void
test_number_again (void)
{
  g_autoptr (Two) two = two_new ();
  BtFileClaims *claims = bt_file_set_get_claims (bt_disk_get_file_set (two->disk->disk));
  BtFileStore *store = ((BtFileStorage *) two->storages[0])->store;
  g_autofree char *other = ft_disk_path (two->disk, "elsewhere/t/file");
  struct stat info;

  stat_it (two, 0);
  ft_disk_put (two->disk, "elsewhere/t/file", "other", 5);
  g_assert_cmpint (stat (other, &info), ==, 0);
  bt_file_claims_note_in_disk (claims, store, 0, &info);
  write_it (two, 1);
  write_it (two, 0);
  write_it (two, 1);
}

static void
test_move (void)
{
  g_autoptr (Two) two = two_new ();
  g_autofree char *third = ft_disk_path (two->disk, "third");

  write_it (two, 0);
  make_link (two, "third", "elsewhere", symlink);
  ft_assert_no_disk_error (ft_disk_move (two->disk, third, FALSE));
  stat_it (two, 0);
  assert_refused (two, 1, "third/t/file");
  ft_assert_no_disk_error (ft_disk_remove (two->disk, NULL));
}

static void
test_remove (void)
{
  g_autoptr (Two) two = two_new ();

  write_it (two, 0);
  make_link (two, "root/t/file", "elsewhere/t/file", link);
  assert_refused (two, 1, "root/t/file");
  use (two, 0);
  ft_assert_no_disk_error (ft_disk_remove (two->disk, NULL));
  write_it (two, 1);
}

static void
test_rename (void)
{
  static const char *const names[] = { "t/other" };
  g_autoptr (Two) two = two_new ();

  write_it (two, 0);
  make_link (two, "root/t/file", "elsewhere/t/file", link);
  ft_assert_no_disk_error (ft_disk_rename (two->disk, "t/file", "t/other", names));
  assert_refused (two, 1, "root/t/other");
}

/* The second finds the files of the first by a link to their folder. @make: a link that makes another name of a file, or
 * of the folder */
static void
share (Two *two, const char *from, const char *to, int (*make) (const char *, const char *))
{
  write_it (two, 0);
  stat_it (two, 0);
  make_link (two, from, to, make);
  stat_it (two, 1);
}

static void
assert_still_there (Two *two)
{
  g_autofree char *path = ft_disk_path (two->disk, "root/t/file");
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpmem (bytes, length, two->contents[0], 16384);
}

static void
assert_taken (GError *error)
{
  g_autoptr (GError) taken = error;

  g_assert_error (taken, BT_ERROR, BT_ERROR_TAKEN);
  g_assert_nonnull (strstr (taken->message, "/t/file” is also a file of “t”"));
}

/* To move or rename it would be to take it from the first. A name of its own (a hard link) it may move. */
static void
test_not_its_to_move (void)
{
  static const char *const names[] = { "t/other" };
  g_autoptr (Two) two = two_new ();
  g_autofree char *third = ft_disk_path (two->disk, "third");

  share (two, "root", "elsewhere", symlink);
  assert_taken (ft_disk_look_at_move (two->disk, third));
  assert_taken (ft_disk_move (two->disk, third, FALSE));
  assert_taken (ft_disk_move (two->disk, third, TRUE));
  assert_taken (ft_disk_rename (two->disk, "t/file", "t/other", names));
  assert_taken (ft_disk_rename (two->disk, "t", "u", (const char *const[]){ "u/file" }));
  assert_still_there (two);
  close_storage (two, 0);
  use (two, 1);
  ft_assert_no_disk_error (ft_disk_move (two->disk, third, FALSE));
}

static void
test_moves_its_own_name (void)
{
  static const char *const names[] = { "t/other" };
  g_autoptr (Two) two = two_new ();
  g_autofree char *third = ft_disk_path (two->disk, "third");

  share (two, "root/t/file", "elsewhere/t/file", link);
  ft_assert_no_disk_error (ft_disk_rename (two->disk, "t/file", "t/other", names));
  ft_assert_no_disk_error (ft_disk_move (two->disk, third, FALSE));
  g_assert_cmpint (ft_disk_size_of (two->disk, "third/t/other"), ==, 16384);
  assert_still_there (two);
}

/* What a move that is taken up again finds in the new place may be another torrent's, and is not taken back from there.
 * But the folder stays marked: when that other is gone, what is left there is still known to be of the move. */
static void
test_not_its_to_take_back (void)
{
  g_autoptr (Two) two = two_new ();
  g_autofree char *third = ft_disk_path (two->disk, "third");

  write_it (two, 0);
  stat_it (two, 0);
  make_link (two, "root", "third", symlink);
  use (two, 1);
  ft_assert_disk_error (ft_disk_move (two->disk, third, TRUE), BT_ERROR_EXISTS);
  assert_still_there (two);
  close_storage (two, 0);
  use (two, 1);
  ft_assert_no_disk_error (ft_disk_move (two->disk, third, FALSE));
  assert_still_there (two);
}

/* As if the second had been moved by copying. What it left is not removed where it is the first's. */
static void
test_not_its_to_clean (void)
{
  g_autoptr (Two) two = two_new ();
  g_autofree char *third = ft_disk_path (two->disk, "third");
  g_autofree char *elsewhere = ft_disk_path (two->disk, "elsewhere");
  g_autofree char *old = ft_disk_path (two->disk, "root/t/file"), *copy = NULL;
  struct timespec times[2];
  struct stat info;

  share (two, "root", "elsewhere", symlink);
  ft_disk_put (two->disk, "third/t/file", two->contents[0], 16384);
  copy = ft_disk_path (two->disk, "third/t/file");
  g_assert_cmpint (stat (old, &info), ==, 0);
  times[0] = info.st_atim;
  times[1] = info.st_mtim;
  g_assert_cmpint (utimensat (AT_FDCWD, copy, times, 0), ==, 0);
  open_storage (two, 1, third);
  stat_it (two, 1);
  ft_assert_no_disk_error (ft_disk_clean (two->disk, elsewhere));
  assert_still_there (two);
  close_storage (two, 0);
  use (two, 1);
  ft_assert_no_disk_error (ft_disk_clean (two->disk, elsewhere));
  g_assert_cmpint (ft_disk_size_of (two->disk, "root/t/file"), ==, -1);
}

static void
test_not_its_to_remove (void)
{
  g_autoptr (Two) two = two_new ();

  share (two, "root", "elsewhere", symlink);
  ft_assert_no_disk_error (ft_disk_remove (two->disk, NULL));
  assert_still_there (two);
}

/* Two names of one torrent's own. */
static void
test_own_link (void)
{
  static const BtDraftFile files[] = { { "a", 16384 }, { "b", 16384 } };
  g_autoptr (FtDisk) disk = ft_disk_new (files, 2, 16384);
  g_autofree char *a = NULL, *b = NULL;

  ft_assert_no_disk_error (ft_disk_write_content (disk, 0, 16384));
  a = ft_disk_path (disk, "root/t/a");
  b = ft_disk_path (disk, "root/t/b");
  g_assert_cmpint (link (a, b), ==, 0);
  ft_assert_no_disk_error (ft_disk_write_content (disk, 16384, 16384));
}

static void
run_bind_mount (void)
{
  g_autoptr (Two) two = two_new ();
  g_autofree char *elsewhere = ft_disk_path (two->disk, "elsewhere");

  write_it (two, 0);
  g_assert_cmpint (g_mkdir (elsewhere, 0755), ==, 0);
  g_assert_cmpint (mount (two->disk->root, elsewhere, NULL, MS_BIND, NULL), ==, 0);
  assert_refused (two, 1, "root/t/file");
  close_storage (two, 1);
  g_assert_cmpint (umount2 (elsewhere, MNT_DETACH), ==, 0);
}

/* The number of names does not count that one. */
static void
run_bind_mount_of_file (void)
{
  g_autoptr (Two) two = two_new ();
  g_autofree char *elsewhere = ft_disk_path (two->disk, "elsewhere");
  g_autofree char *from = ft_disk_path (two->disk, "root/t/file");
  g_autofree char *to = ft_disk_path (two->disk, "elsewhere/t/file");

  write_it (two, 0);
  ft_disk_put (two->disk, "elsewhere/t/file", "", 0);
  g_assert_cmpint (mount (from, to, NULL, MS_BIND, NULL), ==, 0);
  open_storage (two, 1, elsewhere);
  assert_refused (two, 1, "root/t/file");
  close_storage (two, 1);
  g_assert_cmpint (umount2 (to, MNT_DETACH), ==, 0);
}

static gboolean
take_mounts_of_its_own (void)
{
  return unshare (CLONE_NEWNS) == 0 && mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static gboolean
may_mount (void)
{
  pid_t child = fork ();
  int status = 1;

  if (child == 0)
    _exit (take_mounts_of_its_own () ? 0 : 1);
  return waitpid (child, &status, 0) == child && status == 0;
}

static void
test_bind_mount (void)
{
  if (g_test_subprocess ())
    {
      g_assert_true (take_mounts_of_its_own ());
      run_bind_mount ();
      run_bind_mount_of_file ();
      return;
    }
  if (!may_mount ())
    {
      g_test_skip ("mounting needs root");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);
  g_test_add_func ("/disk/file-claims/symlink", test_symlink);
  g_test_add_func ("/disk/file-claims/hard-link", test_hard_link);
  g_test_add_func ("/disk/file-claims/not-open", test_not_open);
  g_test_add_func ("/disk/file-claims/readers", test_readers);
  g_test_add_func ("/disk/file-claims/maker", test_maker);
  g_test_add_func ("/disk/file-claims/maker-of-another", test_maker_of_another);
  g_test_add_func ("/disk/file-claims/stale", test_stale);
  g_test_add_func ("/disk/file-claims/number-again", test_number_again);
  g_test_add_func ("/disk/file-claims/move", test_move);
  g_test_add_func ("/disk/file-claims/remove", test_remove);
  g_test_add_func ("/disk/file-claims/rename", test_rename);
  g_test_add_func ("/disk/file-claims/not-its-to-move", test_not_its_to_move);
  g_test_add_func ("/disk/file-claims/moves-its-own-name", test_moves_its_own_name);
  g_test_add_func ("/disk/file-claims/not-its-to-take-back", test_not_its_to_take_back);
  g_test_add_func ("/disk/file-claims/not-its-to-clean", test_not_its_to_clean);
  g_test_add_func ("/disk/file-claims/not-its-to-remove", test_not_its_to_remove);
  g_test_add_func ("/disk/file-claims/own-link", test_own_link);
  g_test_add_func ("/disk/file-claims/bind-mount", test_bind_mount);
  return ft_disk_test_run ();
}
