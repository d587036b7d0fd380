/* ft-state-db-fixture.h: a state database in a folder of its own, and what was loaded from it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "disk/ft-disk-fixture.h"

#include "bt-error.h"
#include "bt-state-private.h"

#include <glib/gstdio.h>

typedef struct
{
  BtMailbox *mailbox;
  char *folder;
  char *directory;
  BtStateDb *db;
} State;

static inline State *
state_new (void)
{
  State *self = g_new0 (State, 1);

  self->mailbox = bt_mailbox_new (NULL);
  self->folder = g_dir_make_tmp ("ft-state-XXXXXX", NULL);
  self->directory = g_build_filename (self->folder, "made", "here", NULL);
  return self;
}

static inline void
state_close (State *self, gboolean clean)
{
  bt_state_db_close (g_steal_pointer (&self->db), clean);
}

static inline void
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

static inline void
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

static inline void
seen_clear (Seen *seen)
{
  g_clear_error (&seen->error);
  g_clear_pointer (&seen->rows, g_ptr_array_unref);
  g_clear_pointer (&seen->session, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static inline void
done_cb (const GError *error, gpointer owner)
{
  Seen *seen = owner;

  seen->n++;
  g_clear_error (&seen->error);
  seen->error = error != NULL ? g_error_copy (error) : NULL;
}

static inline void
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

static inline void
state_load (State *self, Seen *seen)
{
  seen_clear (seen);
  seen->n = 0;
  bt_state_db_load (self->db, loaded_cb, NULL, seen);
  g_assert_cmpuint (seen->n, ==, 0);
  ft_test_iterate (NULL, seen->n == 1, FT_WAIT_S);
}

static inline BtSha1
hash_of (guint number)
{
  return bt_sha1 (&number, sizeof number);
}

static inline GBytes *
torrent_of (guint number, gsize length)
{
  g_autofree guint8 *data = g_malloc (length);

  memset (data, (int) number, length);
  return g_bytes_new (data, length);
}

static inline BtResume *
resume_of (guint64 value)
{
  BtResume *resume = bt_resume_new ();

  resume->save_path = g_strdup_printf ("/save/%" G_GUINT64_FORMAT, value);
  resume->downloaded = value;
  return resume;
}

static inline void
state_add (State *self, guint number, gsize length, Seen *seen)
{
  BtSha1 info_hash = hash_of (number);
  g_autoptr (GBytes) torrent = torrent_of (number, length);
  g_autoptr (BtResume) resume = resume_of (number);

  seen->n = 0;
  bt_state_db_add (self->db, &info_hash, torrent, resume, done_cb, seen);
  ft_test_iterate (NULL, seen->n == 1, FT_WAIT_S);
}

static inline void
state_save (State *self, guint number, guint64 value, Seen *seen)
{
  BtSha1 info_hash = hash_of (number);
  g_autoptr (BtResume) resume = resume_of (value);

  bt_state_db_save (self->db, &info_hash, resume, done_cb, seen);
}

static inline void
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

static inline char *
path_of (State *state, const char *name)
{
  return g_build_filename (state->directory, name, NULL);
}

static inline void
run_sql (State *state, const char *sql)
{
  g_autofree char *path = path_of (state, "state.db");
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static inline void
state_add_magnet (State *self, guint number, const char *link, Seen *seen)
{
  BtSha1 info_hash = hash_of (number);
  g_autoptr (BtResume) resume = resume_of (number);

  seen->n = 0;
  g_clear_error (&seen->error);
  bt_state_db_add_magnet (self->db, &info_hash, link, resume, done_cb, seen);
  ft_test_iterate (NULL, seen->n == 1, FT_WAIT_S);
}

static inline void
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
