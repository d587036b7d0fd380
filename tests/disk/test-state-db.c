/* test-state-db.c: what is saved survives restarts, crashes and damage.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"
#include "bt-state-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <utime.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  BtMailbox *mailbox;
  char *folder;
  char *directory;
  BtStateDb *db;
} State;

static State *
state_new (void)
{
  State *self = g_new0 (State, 1);

  self->mailbox = bt_mailbox_new (NULL);
  self->folder = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  self->directory = g_build_filename (self->folder, "made", "here", NULL);
  return self;
}

static void
state_close (State *self, gboolean clean)
{
  bt_state_db_close (g_steal_pointer (&self->db), clean);
}

static void
state_free (State *self)
{
  if (self->db != NULL)
    state_close (self, TRUE);
  bt_mailbox_close (self->mailbox);
  bt_mailbox_unref (self->mailbox);
  ft_disk_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->directory);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (State, state_free)

static void
state_open (State *self)
{
  g_autoptr (GError) error = NULL;

  self->db = bt_state_db_open (self->directory, self->mailbox, &error);
  g_assert_no_error (error);
}

typedef struct
{
  guint n;
  GError *error;
  GPtrArray *rows;
  GHashTable *session;
  gboolean was_clean;
} Seen;

static void
seen_clear (Seen *seen)
{
  g_clear_error (&seen->error);
  g_clear_pointer (&seen->rows, g_ptr_array_unref);
  g_clear_pointer (&seen->session, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static void
done_cb (const GError *error, gpointer owner)
{
  Seen *seen = owner;

  seen->n++;
  g_clear_error (&seen->error);
  seen->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
loaded_cb (BtStateLoad *load, const GError *error, gpointer owner)
{
  Seen *seen = owner;

  done_cb (error, owner);
  if (load == NULL)
    return;
  seen->rows = g_ptr_array_ref (load->rows);
  seen->session = g_hash_table_ref (load->session);
  seen->was_clean = load->was_clean;
}

static void
state_load (State *self, Seen *seen)
{
  seen_clear (seen);
  seen->n = 0;
  bt_state_db_load (self->db, loaded_cb, seen);
  g_assert_cmpuint (seen->n, ==, 0);
  ft_test_iterate (NULL, seen->n == 1, FT_WAIT_S);
}

static BtSha1
hash_of (guint number)
{
  return bt_sha1 (&number, sizeof number);
}

static GBytes *
torrent_of (guint number, gsize length)
{
  g_autofree guint8 *data = g_malloc (length);

  memset (data, (int) number, length);
  return g_bytes_new (data, length);
}

static BtResume *
resume_of (guint64 value)
{
  BtResume *resume = bt_resume_new ();

  resume->save_path = g_strdup_printf ("/save/%" G_GUINT64_FORMAT, value);
  resume->downloaded = value;
  return resume;
}

static void
state_add (State *self, guint number, gsize length, Seen *seen)
{
  BtSha1 info_hash = hash_of (number);
  g_autoptr (GBytes) torrent = torrent_of (number, length);
  g_autoptr (BtResume) resume = resume_of (number);

  seen->n = 0;
  bt_state_db_add (self->db, &info_hash, torrent, resume, done_cb, seen);
  ft_test_iterate (NULL, seen->n == 1, FT_WAIT_S);
}

static void
state_save (State *self, guint number, guint64 value, Seen *seen)
{
  BtSha1 info_hash = hash_of (number);
  g_autoptr (BtResume) resume = resume_of (value);

  bt_state_db_save (self->db, &info_hash, resume, done_cb, seen);
}

static void
assert_row (const Seen *seen, guint index, guint number, gsize length, guint64 value)
{
  const BtStateRow *row = seen->rows->pdata[index];
  g_autoptr (GBytes) torrent = torrent_of (number, length);
  BtSha1 info_hash = hash_of (number);

  g_assert_true (bt_sha1_equal (&row->info_hash, &info_hash));
  g_assert_true (g_bytes_equal (row->torrent, torrent));
  g_assert_nonnull (row->resume);
  g_assert_cmpuint (row->resume->downloaded, ==, value);
  g_assert_cmpstr (row->save_path, ==, row->resume->save_path);
}

static void
test_keep (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };
  struct stat info;
  BtSha1 second = hash_of (2);

  state_open (state);
  g_assert_cmpint (stat (state->directory, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  state_load (state, &seen);
  g_assert_no_error (seen.error);
  g_assert_cmpuint (seen.rows->len, ==, 0);
  g_assert_true (seen.was_clean);

  for (guint i = 5; i > 0; i--)
    {
      state_add (state, i, 100 * i, &seen);
      g_assert_no_error (seen.error);
    }
  state_add (state, 3, 1, &seen);
  g_assert_error (seen.error, BT_ERROR, BT_ERROR_EXISTS);
  seen.n = 0;
  state_save (state, 4, 44, &seen);
  bt_state_db_remove (state->db, &second, done_cb, &seen);
  bt_state_db_set (state->db, "port", "6881");
  bt_state_db_set (state->db, "total", "1");
  bt_state_db_set (state->db, "total", "2");
  bt_state_db_set (state->db, "gone", "x");
  bt_state_db_set (state->db, "gone", NULL);
  ft_test_iterate (NULL, seen.n == 2, FT_WAIT_S);
  g_assert_no_error (seen.error);

  for (int clean = 1; clean >= 0; clean--)
    {
      state_close (state, clean);
      state_open (state);
      state_load (state, &seen);
      g_assert_no_error (seen.error);
      g_assert_cmpint (seen.was_clean, ==, clean);
      g_assert_cmpuint (seen.rows->len, ==, 4);
      assert_row (&seen, 0, 5, 500, 5);
      assert_row (&seen, 1, 4, 400, 44);
      assert_row (&seen, 2, 3, 300, 3);
      assert_row (&seen, 3, 1, 100, 1);
      g_assert_cmpuint (g_hash_table_size (seen.session), ==, 2);
      g_assert_cmpstr (g_hash_table_lookup (seen.session, "port"), ==, "6881");
      g_assert_cmpstr (g_hash_table_lookup (seen.session, "total"), ==, "2");
    }
}

static void
test_memory (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };

  state->db = bt_state_db_open_memory (state->mailbox, NULL);
  state_add (state, 1, 10, &seen);
  state_load (state, &seen);
  g_assert_no_error (seen.error);
  g_assert_cmpuint (seen.rows->len, ==, 1);
  assert_row (&seen, 0, 1, 10, 1);
}

/* The last of many is what counts, all are answered, and a torrent that was removed stays so. */
static void
test_merge (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };
  g_auto (Seen) late = { 0 };
  BtSha1 first = hash_of (1);

  state_open (state);
  state_add (state, 1, 10, &seen);
  state_add (state, 2, 10, &seen);
  seen.n = 0;
  for (guint i = 1; i <= 1000; i++)
    {
      state_save (state, 1, i, &seen);
      state_save (state, 2, 10000 + i, &seen);
    }
  ft_test_iterate (NULL, seen.n == 2000, FT_WAIT_S);
  g_assert_no_error (seen.error);
  state_load (state, &seen);
  assert_row (&seen, 0, 1, 10, 1000);
  assert_row (&seen, 1, 2, 10, 11000);

  state_save (state, 1, 5, &late);
  bt_state_db_remove (state->db, &first, NULL, NULL);
  ft_test_iterate (NULL, late.n == 1, FT_WAIT_S);
  g_assert_no_error (late.error);
  state_save (state, 1, 6, &late);
  ft_test_iterate (NULL, late.n == 2, FT_WAIT_S);
  g_assert_error (late.error, BT_ERROR, BT_ERROR_NOT_FOUND);
  state_load (state, &seen);
  g_assert_cmpuint (seen.rows->len, ==, 1);
}

/* Closing finishes what waits and calls nobody. */
static void
test_close_with_work (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };
  g_auto (Seen) never = { 0 };

  state_open (state);
  state_add (state, 1, 10, &seen);
  for (guint i = 1; i <= 50; i++)
    state_save (state, 1, i, &never);
  state_close (state, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (never.n, ==, 0);
  state_open (state);
  state_load (state, &seen);
  assert_row (&seen, 0, 1, 10, 50);
}

/* Two processes. */

static void
test_busy (void)
{
  g_autoptr (State) state = state_new ();
  g_autoptr (GError) error = NULL;
  int status;
  pid_t child;

  state_open (state);
  child = fork ();
  if (child == 0)
    {
      g_autoptr (BtMailbox) mailbox = bt_mailbox_new (g_main_context_new ());
      g_autoptr (GError) child_error = NULL;
      BtStateDb *db = bt_state_db_open (state->directory, mailbox, &child_error);

      _exit (db == NULL && g_error_matches (child_error, BT_ERROR, BT_ERROR_BUSY) ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  g_assert_null (bt_state_db_open (state->directory, state->mailbox, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_BUSY);
  state_close (state, TRUE);
  state_open (state);
}

#define TELL_FD 100

static void
confirm_cb (const GError *error, gpointer owner)
{
  guint *value = owner;

  if (error != NULL || write (TELL_FD, value, sizeof *value) != sizeof *value)
    _exit (1);
}

static void
ignore_cb (BtStateLoad *load, const GError *error, gpointer owner)
{
  if (error != NULL)
    _exit (4);
}

/* Saves ever greater numbers and tells each that is committed. */
static void
save_for_ever (const char *directory)
{
  GMainContext *context = g_main_context_new ();
  BtMailbox *mailbox = bt_mailbox_new (context);
  BtStateDb *db = bt_state_db_open (directory, mailbox, NULL);
  guint *values = g_new (guint, 1000000);

  if (db == NULL)
    _exit (2);
  bt_state_db_load (db, ignore_cb, NULL);
  for (guint i = 1; i < 1000000; i++)
    {
      BtSha1 info_hash = hash_of (i % 2);
      g_autoptr (BtResume) resume = resume_of (i);

      values[i] = i;
      bt_state_db_save (db, &info_hash, resume, confirm_cb, &values[i]);
      g_main_context_iteration (context, i % 16 == 0);
    }
}

/* Whatever was told to be saved is there after a kill in the middle of saving. */
static void
test_killed (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };

  state_open (state);
  state_add (state, 0, 100000, &seen);
  state_add (state, 1, 100000, &seen);
  for (guint round = 0; round < 8; round++)
    {
      guint told[2] = { 0, 0 }, value;
      int pipe_fds[2], status;
      pid_t child;

      state_close (state, TRUE);
      g_assert_cmpint (pipe (pipe_fds), ==, 0);
      child = fork ();
      if (child == 0)
        {
          dup2 (pipe_fds[1], TELL_FD);
          save_for_ever (state->directory);
          _exit (3);
        }
      close (pipe_fds[1]);
      for (guint i = 0; i < 20 + round * 37; i++)
        if (read (pipe_fds[0], &value, sizeof value) == sizeof value)
          told[value % 2] = value;
      kill (child, SIGKILL);
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_true (WIFSIGNALED (status));
      while (read (pipe_fds[0], &value, sizeof value) == sizeof value)
        told[value % 2] = value;
      close (pipe_fds[0]);

      state_open (state);
      state_load (state, &seen);
      g_assert_no_error (seen.error);
      g_assert_false (seen.was_clean);
      g_assert_cmpuint (seen.rows->len, ==, 2);
      g_assert_cmpuint (told[0], >, 0);
      for (guint i = 0; i < 2; i++)
        {
          const BtStateRow *row = seen.rows->pdata[i];

          g_assert_nonnull (row->resume);
          g_assert_cmpuint (row->resume->downloaded, >=, told[i]);
          g_assert_cmpuint (g_bytes_get_size (row->torrent), ==, 100000);
        }
    }
}

/* Damage. */

static char *
path_of (State *state, const char *name)
{
  return g_build_filename (state->directory, name, NULL);
}

static void
run_sql (State *state, const char *sql)
{
  g_autofree char *path = path_of (state, "state.db");
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* A row whose saved data is not what was saved costs that data, not the torrent. */
static void
test_corrupt_row (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };
  const BtStateRow *row;

  state_open (state);
  for (guint i = 0; i < 4; i++)
    state_add (state, i, 50, &seen);
  state_close (state, TRUE);
  run_sql (state, "UPDATE resume SET data = replace (data, '2', '3') WHERE rowid = 3;"
                  "DELETE FROM resume WHERE rowid = 4;"
                  "INSERT INTO torrents VALUES (x'1234', 9, x'00');"
                  "CREATE TABLE of_somebody (x); INSERT INTO of_somebody VALUES (1);");
  state_open (state);
  state_load (state, &seen);
  g_assert_no_error (seen.error);
  g_assert_cmpuint (seen.rows->len, ==, 4);
  assert_row (&seen, 0, 0, 50, 0);
  assert_row (&seen, 1, 1, 50, 1);
  row = seen.rows->pdata[2];
  g_assert_null (row->resume);
  g_assert_cmpstr (row->save_path, ==, "/save/2");
  row = seen.rows->pdata[3];
  g_assert_null (row->resume);
  g_assert_null (row->save_path);
  state_save (state, 2, 22, &seen);
  ft_test_iterate (NULL, seen.n == 2, FT_WAIT_S);
  state_close (state, TRUE);
  run_sql (state, "DELETE FROM of_somebody; DELETE FROM torrents WHERE info_hash = x'1234'");
  state_open (state);
  state_load (state, &seen);
  assert_row (&seen, 2, 2, 50, 22);
}

static void
overwrite (State *state, gint64 offset, gsize length)
{
  g_autofree char *path = path_of (state, "state.db");
  g_autofree guint8 *junk = g_malloc (length);
  int fd = open (path, O_WRONLY);

  memset (junk, 0xa5, length);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, junk, length, offset), ==, (gssize) length);
  close (fd);
}

static guint
count_named (State *state, const char *part)
{
  g_autoptr (GDir) dir = g_dir_open (state->directory, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += strstr (name, part) != NULL ? 1 : 0;
  return n;
}

/* It is made anew while the program runs, when a week has passed, and is nobody else's. */
static void
test_weekly_copy (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };
  g_autofree char *backup = path_of (state, "state.db.bak");
  gint64 week_ago = g_get_real_time () / G_USEC_PER_SEC - 8 * 24 * 60 * 60;
  struct utimbuf times = { week_ago, week_ago };
  GStatBuf info;

  state_open (state);
  state_load (state, &seen);
  state_add (state, 0, 3000, &seen); /* the copy that follows the load is there then */
  g_assert_no_errno (g_utime (backup, &times));
  state_add (state, 1, 3000, &seen);
  state_close (state, TRUE);
  g_assert_no_errno (g_stat (backup, &info));
  g_assert_cmpint (info.st_mtime, >, week_ago);
  g_assert_cmphex (info.st_mode & 0777, ==, 0600);
  overwrite (state, 0, 8192);
  state_open (state);
  state_load (state, &seen);
  g_assert_cmpuint (seen.rows->len, ==, 2);
  state_close (state, TRUE);
}

/* The beginning is gone: nothing of the file can be read, but there is the backup. */
static void
test_no_database (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };
  g_autofree char *backup = NULL;

  state_open (state);
  for (guint i = 0; i < 10; i++)
    state_add (state, i, 3000, &seen);
  state_load (state, &seen); /* which makes a backup */
  state_close (state, TRUE);
  backup = path_of (state, "state.db.bak");
  g_assert_true (g_file_test (backup, G_FILE_TEST_EXISTS));

  for (guint round = 0; round < 2; round++)
    {
      overwrite (state, 0, 8192);
      state_open (state);
      state_load (state, &seen);
      g_assert_error (seen.error, BT_ERROR, BT_ERROR_STATE);
      g_assert_false (seen.was_clean);
      g_assert_cmpuint (seen.rows->len, ==, 10);
      for (guint i = 0; i < 10; i++)
        assert_row (&seen, i, i, 3000, i);
      g_assert_cmpuint (count_named (state, ".damaged-"), ==, (round + 1) * 2);
      state_close (state, TRUE);
      state_open (state);
      state_load (state, &seen);
      g_assert_no_error (seen.error);
      g_assert_cmpuint (seen.rows->len, ==, 10);
      state_close (state, TRUE);
    }
}

static void
test_nothing_left (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };
  g_autofree char *path = path_of (state, "state.db");

  g_assert_cmpint (g_mkdir_with_parents (state->directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path,
                                      "this is a text, and a longer one than a header of "
                                      "a database would be, by and large: surely no database",
                                      -1, NULL));
  state_open (state);
  state_load (state, &seen);
  g_assert_error (seen.error, BT_ERROR, BT_ERROR_STATE);
  g_assert_nonnull (seen.rows);
  g_assert_cmpuint (seen.rows->len, ==, 0);
  g_assert_cmpuint (count_named (state, "state.db.damaged-"), ==, 1);
  state_add (state, 1, 10, &seen);
  g_assert_no_error (seen.error);
}

/* Of somebody else, or of a newer version. */
static void
test_foreign (void)
{
  g_autoptr (State) state = state_new ();
  g_autoptr (GError) error = NULL;
  g_auto (Seen) seen = { 0 };

  state_open (state);
  state_add (state, 1, 10, &seen);
  state_close (state, TRUE);
  run_sql (state, "PRAGMA user_version = 3");
  g_assert_null (bt_state_db_open (state->directory, state->mailbox, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_STATE);
  g_assert_cmpuint (count_named (state, ".damaged-"), ==, 0);
  run_sql (state, "PRAGMA user_version = 2");
  state_open (state);
  state_load (state, &seen);
  assert_row (&seen, 0, 1, 10, 1);
  state_close (state, TRUE);

  run_sql (state, "PRAGMA application_id = 77; DROP TABLE torrents");
  state_open (state);
  state_load (state, &seen);
  g_assert_error (seen.error, BT_ERROR, BT_ERROR_STATE);
  g_assert_cmpuint (count_named (state, "state.db.damaged-"), ==, 2); /* with its backup */
}

static void
state_add_magnet (State *self, guint number, const char *link, Seen *seen)
{
  BtSha1 info_hash = hash_of (number);
  g_autoptr (BtResume) resume = resume_of (number);

  seen->n = 0;
  g_clear_error (&seen->error);
  bt_state_db_add_magnet (self->db, &info_hash, link, resume, done_cb, seen);
  ft_test_iterate (NULL, seen->n == 1, FT_WAIT_S);
}

static void
state_resolve (State *self, guint number, gsize length, guint64 value, Seen *seen)
{
  BtSha1 info_hash = hash_of (number);
  g_autoptr (GBytes) torrent = torrent_of (number, length);
  g_autoptr (BtResume) resume = resume_of (value);

  seen->n = 0;
  g_clear_error (&seen->error);
  bt_state_db_resolve (self->db, &info_hash, torrent, resume, done_cb, seen);
  ft_test_iterate (NULL, seen->n == 1, FT_WAIT_S);
}

static void
assert_magnet (const Seen *seen, guint index, guint number, const char *link, guint64 value)
{
  const BtStateRow *row = seen->rows->pdata[index];
  BtSha1 info_hash = hash_of (number);

  g_assert_true (bt_sha1_equal (&row->info_hash, &info_hash));
  g_assert_null (row->torrent);
  g_assert_cmpstr (row->magnet, ==, link);
  g_assert_nonnull (row->resume);
  g_assert_cmpuint (row->resume->downloaded, ==, value);
}

/* A link stands among the torrents, and what it leads to stands in its place. */
static void
test_magnets (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };
  BtSha1 fourth = hash_of (4);

  state_open (state);
  state_add (state, 1, 10, &seen);
  state_add_magnet (state, 2, "magnet:two", &seen);
  g_assert_no_error (seen.error);
  state_add (state, 3, 10, &seen);
  state_add_magnet (state, 4, "magnet:four", &seen);
  state_add_magnet (state, 5, "magnet:five", &seen);

  state_add_magnet (state, 2, "magnet:again", &seen);
  g_assert_error (seen.error, BT_ERROR, BT_ERROR_EXISTS);
  state_add_magnet (state, 3, "magnet:there", &seen);
  g_assert_error (seen.error, BT_ERROR, BT_ERROR_EXISTS);
  g_clear_error (&seen.error);
  state_add (state, 2, 10, &seen);
  g_assert_error (seen.error, BT_ERROR, BT_ERROR_EXISTS);
  state_resolve (state, 3, 10, 30, &seen);
  g_assert_error (seen.error, BT_ERROR, BT_ERROR_NOT_FOUND);

  g_clear_error (&seen.error);
  seen.n = 0;
  state_save (state, 5, 50, &seen);
  bt_state_db_remove (state->db, &fourth, done_cb, &seen);
  ft_test_iterate (NULL, seen.n == 2, FT_WAIT_S);
  g_assert_no_error (seen.error);
  state_load (state, &seen);
  g_assert_cmpuint (seen.rows->len, ==, 4);
  assert_magnet (&seen, 1, 2, "magnet:two", 2);
  assert_row (&seen, 2, 3, 10, 3);
  assert_magnet (&seen, 3, 5, "magnet:five", 50);

  state_resolve (state, 2, 700, 22, &seen);
  g_assert_no_error (seen.error);
  state_close (state, TRUE);
  state_open (state);
  state_load (state, &seen);
  g_assert_cmpuint (seen.rows->len, ==, 4);
  assert_row (&seen, 0, 1, 10, 1);
  assert_row (&seen, 1, 2, 700, 22);
  assert_row (&seen, 2, 3, 10, 3);
}

/* As version 1 left it. */
static void
test_migrate (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };

  state_open (state);
  state_add (state, 1, 10, &seen);
  state_close (state, TRUE);
  run_sql (state, "DROP TABLE magnets; PRAGMA user_version = 1");
  state_open (state);
  state_add_magnet (state, 2, "magnet:two", &seen);
  g_assert_no_error (seen.error);
  state_close (state, TRUE);
  state_open (state);
  state_load (state, &seen);
  g_assert_no_error (seen.error);
  g_assert_cmpuint (seen.rows->len, ==, 2);
  assert_row (&seen, 0, 1, 10, 1);
  assert_magnet (&seen, 1, 2, "magnet:two", 2);
}

/* Of what a damaged file still holds, links are brought over too. */
static void
test_salvage_magnets (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };

  state_open (state);
  state_add (state, 1, 10, &seen);
  state_add_magnet (state, 2, "magnet:two", &seen);
  state_load (state, &seen); /* which makes a backup */
  state_close (state, TRUE);
  overwrite (state, 0, 8192);
  state_open (state);
  state_load (state, &seen);
  g_assert_error (seen.error, BT_ERROR, BT_ERROR_STATE);
  g_assert_cmpuint (seen.rows->len, ==, 2);
  assert_magnet (&seen, 1, 2, "magnet:two", 2);
}

/* Any page may go bad: what comes back is right, and it can be written to. */
static void
test_corrupt_pages (void)
{
  enum
  {
    N = 60,
    LENGTH = 900
  };
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };
  g_autofree char *path = path_of (state, "state.db");
  g_autofree char *backup = path_of (state, "state.db.bak");
  g_autofree char *good = NULL;
  gsize length;
  guint n_kept = 0;

  state_open (state);
  for (guint i = 0; i < N; i++)
    state_add (state, i, LENGTH, &seen);
  state_close (state, FALSE);
  g_assert_true (g_file_get_contents (path, &good, &length, NULL));
  for (gsize page = 0; page < length / 4096; page++)
    {
      g_assert_true (g_file_set_contents (path, good, (gssize) length, NULL));
      g_remove (backup);
      overwrite (state, (gint64) page * 4096, 4096);
      state_open (state);
      state_load (state, &seen);
      g_assert_nonnull (seen.rows);
      for (guint i = 0; i < seen.rows->len; i++)
        {
          const BtStateRow *row = seen.rows->pdata[i];

          g_assert_cmpuint (g_bytes_get_size (row->torrent), ==, LENGTH);
        }
      if (page > 0 && seen.rows->len > 0)
        n_kept++;
      state_add (state, 1000, 10, &seen);
      g_assert_no_error (seen.error);
      state_close (state, FALSE);
    }
  /* All pages but the first, the root of the table and perhaps another leave most rows. */
  g_assert_cmpuint (n_kept + 4, >=, length / 4096);
}

/* The disk is full: the ballast makes room for what is known, and what does not fit is told. */
static void
test_full (void)
{
  g_autoptr (State) state = state_new ();
  g_auto (Seen) seen = { 0 };
  g_autofree char *ballast = path_of (state, "ballast");
  g_autofree char *filler = path_of (state, "filler");
  g_autofree char *zeros = g_malloc0 (65536);
  int fd;

  g_assert_cmpint (g_mkdir_with_parents (state->directory, 0700), ==, 0);
  if (mount ("none", state->directory, "tmpfs", MS_NOSUID, "size=3m") != 0)
    {
      g_test_skip ("needs the right to mount");
      return;
    }
  state_open (state);
  state_load (state, &seen);
  state_add (state, 1, 1000, &seen);
  g_assert_no_error (seen.error);
  ft_test_iterate (NULL, g_file_test (ballast, G_FILE_TEST_EXISTS), FT_WAIT_S);

  fd = open (filler, O_WRONLY | O_CREAT, 0600);
  while (write (fd, zeros, 65536) == 65536 || write (fd, zeros, 512) == 512)
    continue;
  close (fd);
  state_add (state, 2, 300000, &seen);
  g_assert_no_error (seen.error);
  g_assert_false (g_file_test (ballast, G_FILE_TEST_EXISTS));
  state_add (state, 3, 2000000, &seen);
  g_assert_error (seen.error, BT_ERROR, BT_ERROR_DISK_FULL);
  seen.n = 0;
  state_save (state, 1, 7, &seen);
  ft_test_iterate (NULL, seen.n == 1, FT_WAIT_S);
  g_assert_no_error (seen.error);
  state_close (state, TRUE);
  state_open (state);
  state_load (state, &seen);
  g_assert_cmpuint (seen.rows->len, ==, 2);
  assert_row (&seen, 0, 1, 1000, 7);
  assert_row (&seen, 1, 2, 300000, 2);
  state_close (state, TRUE);
  g_assert_cmpint (umount (state->directory), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/disk/state-db/keep", test_keep);
  g_test_add_func ("/disk/state-db/memory", test_memory);
  g_test_add_func ("/disk/state-db/merge", test_merge);
  g_test_add_func ("/disk/state-db/close-with-work", test_close_with_work);
  g_test_add_func ("/disk/state-db/busy", test_busy);
  g_test_add_func ("/disk/state-db/killed", test_killed);
  g_test_add_func ("/disk/state-db/corrupt-row", test_corrupt_row);
  g_test_add_func ("/disk/state-db/no-database", test_no_database);
  g_test_add_func ("/disk/state-db/weekly-copy", test_weekly_copy);
  g_test_add_func ("/disk/state-db/nothing-left", test_nothing_left);
  g_test_add_func ("/disk/state-db/foreign", test_foreign);
  g_test_add_func ("/disk/state-db/magnets", test_magnets);
  g_test_add_func ("/disk/state-db/migrate", test_migrate);
  g_test_add_func ("/disk/state-db/salvage-magnets", test_salvage_magnets);
  g_test_add_func ("/disk/state-db/corrupt-pages", test_corrupt_pages);
  g_test_add_func ("/disk/state-db/full", test_full);
  return g_test_run ();
}
