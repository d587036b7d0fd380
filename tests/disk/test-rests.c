/* test-rests.c: what torrents at rest have is not written to for another, and nothing else is refused for them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-state-db-fixture.h"

#include "bt-resume-private.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>

#define LENGTH 16384u

static const BtDraftFile files[] = { { "a", LENGTH }, { "b", LENGTH }, { "c", LENGTH } };
#define N_FILES G_N_ELEMENTS (files)

/* These say of the folder of torrents at rest that it cannot be looked at, if there is such a number. They take the place
 * of those of the C library in this program. */

static gint stat_error;

int
fstatat (int root_fd, const char *path, struct stat *out, int flags)
{
  int (*real) (int, const char *, struct stat *, int)
    = (int (*) (int, const char *, struct stat *, int)) dlsym (RTLD_NEXT, "fstatat64");
  gint number = g_atomic_int_get (&stat_error);

  if (number == 0 || !g_str_has_suffix (path, "/at-rest"))
    return real (root_fd, path, out, flags);
  errno = number;
  return -1;
}

int
stat (const char *path, struct stat *out)
{
  return fstatat (AT_FDCWD, path, out, 0);
}

/* And this counts how often details are read. */

static gint n_read;

int
sqlite3_bind_blob (sqlite3_stmt *statement, int index, const void *data, int length, void (*destroy) (void *))
{
  int (*real) (sqlite3_stmt *, int, const void *, int, void (*) (void *))
    = (int (*) (sqlite3_stmt *, int, const void *, int, void (*) (void *))) dlsym (RTLD_NEXT, "sqlite3_bind_blob");

  g_atomic_int_inc (&n_read);
  return real (statement, index, data, length, destroy);
}

/* A torrent that has its files, and others at rest. */
typedef struct
{
  State *state;
  FtDisk *disk;
  GPtrArray *rests; /* of BtRest */
  char *folder;     /* where they are said to have their files */
  char *third;
  BtFileStamp stamps[N_FILES];
} Fixture;

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_auto (Seen) seen = { 0 };

  self->state = state_new ();
  state_open (self->state);
  state_load (self->state, &seen);
  self->disk = ft_disk_new (files, N_FILES, LENGTH);
  self->rests = g_ptr_array_new ();
  self->folder = ft_disk_path (self->disk, "at-rest");
  self->third = ft_disk_path (self->disk, "third");
  g_assert_cmpint (g_mkdir (self->folder, 0755), ==, 0);
  ft_disk_write_all (self->disk);
  ft_assert_no_disk_error (ft_disk_sync (self->disk, self->stamps));
  return self;
}

static void
wake (Fixture *self, BtRest *rest)
{
  g_assert_true (g_ptr_array_remove (self->rests, rest));
  self->disk->disk->ops->wake (self->disk->disk, rest);
}

static void
fixture_free (Fixture *self)
{
  while (self->rests->len > 0)
    wake (self, self->rests->pdata[0]);
  g_ptr_array_unref (self->rests);
  ft_disk_free (self->disk);
  state_free (self->state);
  g_free (self->folder);
  g_free (self->third);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static BtResume *
make_resume (Fixture *self, const BtFileStamp *stamps)
{
  BtResume *resume = bt_resume_new ();

  resume->save_path = g_strdup (self->folder);
  resume->stamps = g_array_new (FALSE, FALSE, sizeof (BtFileStamp));
  g_array_append_vals (resume->stamps, stamps, N_FILES);
  return resume;
}

static BtRest *
rest (Fixture *self, const BtSha1 *info_hash, const BtFileStamp *stamps)
{
  g_autoptr (BtResume) resume = make_resume (self, stamps);
  g_autoptr (GBytes) saved = bt_resume_encode (resume);
  GRefString *name = g_ref_string_new ("resting"), *root = g_ref_string_new (self->folder);
  const BtRestConfig config = { info_hash, name, root, saved, bt_state_db_get_reader (self->state->db) };
  BtRest *result = self->disk->disk->ops->rest (self->disk->disk, &config);

  g_ref_string_release (name);
  g_ref_string_release (root);
  g_ptr_array_add (self->rests, result);
  return result;
}

/* Of which no details are to be had, so that it may have whatever has a number of its own. */
static BtRest *
rest_unknown (Fixture *self, guint number, const BtFileStamp *stamps)
{
  BtSha1 info_hash = hash_of (number);

  return rest (self, &info_hash, stamps);
}

/* One that has @n_files, of those that the first has. */
static BtRest *
rest_known (Fixture *self, const char *torrent_name, guint n_files, const BtFileStamp *stamps)
{
  const BtMetainfoDraft draft = { .name = torrent_name, .multi_file = TRUE, .piece_length = LENGTH };
  g_autofree guint8 *hashes = g_malloc0 (n_files * sizeof (BtSha1));
  g_autoptr (GBytes) torrent = bt_metainfo_build (&draft, files, n_files, hashes, n_files * sizeof (BtSha1));
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_parse (torrent, NULL);
  g_autoptr (BtResume) resume = make_resume (self, stamps);
  g_auto (Seen) seen = { 0 };

  g_assert_nonnull (metainfo);
  bt_state_db_add (self->state->db, &metainfo->info_hash, torrent, resume, done_cb, &seen);
  ft_test_iterate (NULL, seen.n == 1, FT_WAIT_S);
  g_assert_no_error (seen.error);
  return rest (self, &metainfo->info_hash, stamps);
}

/* To move them, and to write to them when they are looked at anew. */
static void
assert_free (Fixture *self)
{
  ft_assert_no_disk_error (ft_disk_look_at_move (self->disk, self->third));
  ft_disk_open (self->disk, NULL);
  ft_disk_write_all (self->disk);
}

static void
assert_taken (Fixture *self)
{
  ft_assert_disk_error (ft_disk_look_at_move (self->disk, self->third), BT_ERROR_TAKEN);
  ft_disk_open (self->disk, NULL);
  ft_assert_disk_error (ft_disk_write_content (self->disk, LENGTH, LENGTH), BT_ERROR_TAKEN);
}

static void
init_stamps (BtFileStamp *stamps, guint64 inode)
{
  for (guint i = 0; i < N_FILES; i++)
    stamps[i] = (BtFileStamp){ .size = LENGTH, .mtime_ns = 1, .inode = inode + i };
}

/* What it had is not taken for that of the one that rests next. */
static void
test_woke (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  BtFileStamp others[N_FILES];
  BtRest *first;

  for (guint i = 0; i < 4; i++) /* so that those that woke are not half of all */
    {
      init_stamps (others, BT_INODE_NUMBER - 100 + i * N_FILES);
      rest_unknown (f, i, others);
    }
  first = rest_unknown (f, 10, f->stamps);
  assert_taken (f);
  wake (f, first);
  rest_unknown (f, 11, others);
  assert_free (f);
  rest_unknown (f, 12, f->stamps);
  assert_taken (f);
}

/* Numbers of files that a torrent does not have say nothing. */
static void
test_too_many_numbers (void)
{
  g_autoptr (Fixture) f = fixture_new ();

  f->stamps[0].inode = BT_INODE_NUMBER - 1;
  rest_known (f, "t", 1, f->stamps);
  assert_free (f);
}

/* A drive that does not answer has nothing of what does. */
static void
test_dead_drive (void)
{
  static const int dead[] = { ENOENT, ENOTDIR, ENOTCONN, EIO, ESTALE, EHOSTDOWN, ETIMEDOUT, ENODEV };
  static const int hidden[] = { 0, EACCES, ENOMEM };
  g_autoptr (Fixture) f = fixture_new ();

  rest_unknown (f, 1, f->stamps);
  for (guint i = 0; i < G_N_ELEMENTS (dead); i++)
    {
      g_atomic_int_set (&stat_error, dead[i]);
      assert_free (f);
    }
  for (guint i = 0; i < G_N_ELEMENTS (hidden); i++)
    {
      g_atomic_int_set (&stat_error, hidden[i]);
      assert_taken (f);
    }
  g_atomic_int_set (&stat_error, 0);
}

static void
assert_read_once (Fixture *self, GError *result)
{
  ft_assert_no_disk_error (result);
  g_assert_cmpint (g_atomic_int_get (&n_read), ==, (int) self->rests->len);
  g_atomic_int_set (&n_read, 0);
}

/* By each order, however many files have numbers of theirs. */
static void
test_read_once (void)
{
  static const char *const names[] = { "u/a", "u/b", "u/c" };
  g_autoptr (Fixture) f = fixture_new ();

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("other%u", i);

      rest_known (f, name, N_FILES, f->stamps);
    }
  ft_assert_no_disk_error (ft_disk_adopt (f->disk, f->disk->root)); /* so that it has made none of them */
  g_atomic_int_set (&n_read, 0);
  assert_read_once (f, ft_disk_stat (f->disk, NULL));
  assert_read_once (f, ft_disk_look_at_move (f->disk, f->third));
  assert_read_once (f, ft_disk_rename (f->disk, "t", "u", names));
  assert_read_once (f, ft_disk_move (f->disk, f->third, FALSE));
  assert_read_once (f, ft_disk_remove (f->disk, NULL));
}

static void
test_abandoned (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  BtFileStore *store = ((BtFileStorage *) f->disk->storage)->store;
  GError *error = NULL;

  atomic_store (&store->abandoned, TRUE);
  g_assert_false (bt_file_store_stat_in_disk (store, f->stamps, &error));
  ft_assert_disk_error (error, BT_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  ft_disk_test_init (&argc, &argv);
  g_test_add_func ("/disk/rests/woke", test_woke);
  g_test_add_func ("/disk/rests/too-many-numbers", test_too_many_numbers);
  g_test_add_func ("/disk/rests/dead-drive", test_dead_drive);
  g_test_add_func ("/disk/rests/read-once", test_read_once);
  g_test_add_func ("/disk/rests/abandoned", test_abandoned);
  return ft_disk_test_run ();
}
