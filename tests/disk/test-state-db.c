/* test-state-db.c: what is saved survives restarts and kills.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ft-state-db-fixture.h"

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
  bt_state_db_load (db, ignore_cb, NULL, NULL);
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
  g_test_add_func ("/disk/state-db/magnets", test_magnets);
  g_test_add_func ("/disk/state-db/migrate", test_migrate);
  return g_test_run ();
}
