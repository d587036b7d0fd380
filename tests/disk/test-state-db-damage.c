/* test-state-db-damage.c: what is left of a state database that is damaged, foreign or without room.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "ft-state-db-fixture.h"

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

  g_test_add_func ("/disk/state-db/corrupt-row", test_corrupt_row);
  g_test_add_func ("/disk/state-db/no-database", test_no_database);
  g_test_add_func ("/disk/state-db/weekly-copy", test_weekly_copy);
  g_test_add_func ("/disk/state-db/nothing-left", test_nothing_left);
  g_test_add_func ("/disk/state-db/foreign", test_foreign);
  g_test_add_func ("/disk/state-db/salvage-magnets", test_salvage_magnets);
  g_test_add_func ("/disk/state-db/corrupt-pages", test_corrupt_pages);
  g_test_add_func ("/disk/state-db/full", test_full);
  return g_test_run ();
}
