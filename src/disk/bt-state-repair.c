/* bt-state-repair.c: a state database that is damaged, and what is kept against that day.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-state-private.h"

#include "bt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKUP_EVERY_S (7 * 24 * 60 * 60)
#define BALLAST_BYTES (1024 * 1024)

/* Setting aside. */

/* With its WAL, which holds what was saved last, and the backup, which must not be replaced by one
 * of what little may be left. */
static const char *const suffixes[] = { "", "-wal", "-shm", ".bak" };

void
bt_state_put_back (const char *path, const char *aside)
{
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (aside, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (path, suffixes[i], NULL);

      if (g_rename (from, to) < 0 && errno == ENOENT)
        g_unlink (to); /* of a new database: it does not belong to what is put back */
    }
}

char *
bt_state_set_aside (const char *path, GError **error)
{
  g_autofree char *aside = NULL;

  for (gint64 now = g_get_real_time () / G_USEC_PER_SEC;; now++)
    {
      g_free (aside);
      aside = g_strdup_printf ("%s.damaged-%" G_GINT64_FORMAT, path, now);
      if (!g_file_test (aside, G_FILE_TEST_EXISTS))
        break;
    }
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (aside, suffixes[i], NULL);

      if (g_rename (from, to) < 0 && errno != ENOENT)
        {
          g_set_error (error, BT_ERROR, BT_ERROR_STATE, "Could not rename “%s”: %s", from,
                       g_strerror (errno));
          bt_state_put_back (path, aside);
          return NULL;
        }
    }
  return g_steal_pointer (&aside);
}

/* Salvage. */

typedef struct
{
  const char *select; /* to which an order is added */
  const char *insert;
} Table;

static const Table tables[] = {
  { "SELECT info_hash, added_order, torrent FROM torrents NOT INDEXED"
    " WHERE length (info_hash) = 20 AND length (torrent) > 0 ORDER BY rowid",
    "INSERT OR IGNORE INTO torrents (info_hash, added_order, torrent) VALUES (?, ?, ?)" },
  { "SELECT info_hash, added_order, link FROM magnets NOT INDEXED"
    " WHERE length (info_hash) = 20 AND length (link) > 0 ORDER BY rowid",
    "INSERT OR IGNORE INTO magnets (info_hash, added_order, link) VALUES (?, ?, ?)" },
  { "SELECT info_hash, save_path, data, sha1 FROM resume NOT INDEXED"
    " WHERE length (info_hash) = 20 ORDER BY rowid",
    "INSERT OR IGNORE INTO resume (info_hash, save_path, data, sha1) VALUES (?, ?, ?, ?)" },
  { "SELECT key, value FROM session NOT INDEXED ORDER BY rowid",
    "INSERT OR IGNORE INTO session (key, value) VALUES (?, ?)" },
};

static guint
copy_rows (sqlite3 *to, sqlite3 *from, const Table *table, const char *order)
{
  g_autofree char *sql = g_strconcat (table->select, order, NULL);
  sqlite3_stmt *select = NULL, *insert = NULL;
  guint n = 0;

  if (sqlite3_prepare_v2 (from, sql, -1, &select, NULL) == SQLITE_OK
      && sqlite3_prepare_v2 (to, table->insert, -1, &insert, NULL) == SQLITE_OK)
    while (sqlite3_step (select) == SQLITE_ROW)
      {
        for (int i = 0; i < sqlite3_column_count (select); i++)
          sqlite3_bind_value (insert, i + 1, sqlite3_column_value (select, i));
        sqlite3_step (insert);
        sqlite3_reset (insert);
        n += (guint) sqlite3_changes (to);
      }
  sqlite3_finalize (select);
  sqlite3_finalize (insert);
  return n;
}

static guint
copy_tables (sqlite3 *to, sqlite3 *from)
{
  guint n_torrents = 0;

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      guint n = copy_rows (to, from, &tables[i], " ASC");

      n += copy_rows (to, from, &tables[i], " DESC");
      if (i == 0)
        n_torrents = n;
    }
  return n_torrents;
}

/* Reading stops at a bad page; what lies behind it is read from the other end. */
gboolean
bt_state_salvage (sqlite3 *to, const char *from_path, guint *n_torrents)
{
  sqlite3 *from = NULL;
  gboolean ok = TRUE;

  *n_torrents = 0;
  if (sqlite3_open_v2 (from_path, &from, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
        == SQLITE_OK
      && sqlite3_exec (from, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF;", NULL,
                       NULL, NULL)
           == SQLITE_OK)
    {
      ok = bt_state_sql_exec (to, "BEGIN IMMEDIATE", NULL);
      if (ok)
        *n_torrents = copy_tables (to, from);
      ok = ok && bt_state_sql_exec (to, "COMMIT", NULL);
      if (!ok)
        bt_state_sql_exec (to, "ROLLBACK", NULL);
    }
  sqlite3_close (from);
  return ok;
}

/* Backup. */

static gboolean
is_fresh (const char *backup)
{
  GStatBuf info;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  return g_stat (backup, &info) == 0 && info.st_mtime <= now
         && info.st_mtime > now - BACKUP_EVERY_S;
}

static gboolean
make_private_file (const char *path)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  return fd >= 0 && close (fd) == 0;
}

static gboolean
copy_database (sqlite3 *db, const char *to_path)
{
  sqlite3 *to = NULL;
  sqlite3_backup *backup = NULL;
  int result = make_private_file (to_path) ? sqlite3_open (to_path, &to) : SQLITE_CANTOPEN;

  if (result == SQLITE_OK)
    backup = sqlite3_backup_init (to, "main", db, "main");
  if (backup != NULL)
    {
      sqlite3_backup_step (backup, -1);
      result = sqlite3_backup_finish (backup);
    }
  else
    result = SQLITE_ERROR;
  return sqlite3_close (to) == SQLITE_OK && result == SQLITE_OK;
}

gboolean
bt_state_back_up (sqlite3 *db, const char *path)
{
  g_autofree char *backup = g_strconcat (path, ".bak", NULL);
  g_autofree char *unfinished = g_strconcat (path, ".bak.new", NULL);

  if (is_fresh (backup))
    return TRUE;
  g_unlink (unfinished);
  if (copy_database (db, unfinished) && g_rename (unfinished, backup) == 0)
    return TRUE;
  g_unlink (unfinished);
  return FALSE;
}

/* Ballast. */

static char *
ballast_path (const char *directory)
{
  return g_build_filename (directory, "ballast", NULL);
}

void
bt_state_make_ballast (const char *directory)
{
  g_autofree char *path = ballast_path (directory);
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd < 0)
    return;
  if (posix_fallocate (fd, 0, BALLAST_BYTES) != 0)
    unlink (path);
  close (fd);
}

gboolean
bt_state_drop_ballast (const char *directory)
{
  g_autofree char *path = ballast_path (directory);

  return unlink (path) == 0;
}
