/* bt-state-sql.c: the statements of the state database.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-state-private.h"

#include "bt-error.h"

/* The metainfo has a table of its own, because SQLite writes a whole row when one column of it
 * changes: saving a few hundred bytes must not write the torrent again. The path stands beside the
 * saved data so that a torrent whose data is damaged is still looked for in the right place. */

#define APPLICATION_ID 0x46725472 /* "FrTr" */
#define SCHEMA_VERSION 2
#define TO_TEXT(x) TO_TEXT_NOW (x)
#define TO_TEXT_NOW(x) #x

/* An exclusive lock first: then the index of the WAL is in our own memory, not in a shared mapping,
 * which file servers do not have. */
static const char settings_sql[] = "PRAGMA locking_mode = EXCLUSIVE;"
                                   "PRAGMA trusted_schema = OFF;"
                                   "PRAGMA cell_size_check = ON;"
                                   "PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = FULL;";

/* Torrents of which no more than a link is known yet. Of one info-hash there is a row here or in torrents. */
#define MAGNETS_SQL                                                                                \
  "CREATE TABLE magnets (info_hash BLOB PRIMARY KEY NOT NULL,"                                     \
  "  added_order INTEGER NOT NULL, link TEXT NOT NULL);"

static const char schema_sql[] =
  "BEGIN IMMEDIATE;"
  "CREATE TABLE torrents (info_hash BLOB PRIMARY KEY NOT NULL,"
  "  added_order INTEGER NOT NULL, torrent BLOB NOT NULL);"
  "CREATE TABLE resume (info_hash BLOB PRIMARY KEY NOT NULL,"
  "  save_path BLOB, data BLOB, sha1 BLOB);"
  "CREATE TABLE session (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);"
  MAGNETS_SQL
  "PRAGMA application_id = " TO_TEXT (APPLICATION_ID) ";"
                                                      "PRAGMA user_version = " TO_TEXT (
                                                        SCHEMA_VERSION) ";"
                                                                        "COMMIT;";

/* Since version 2 there are magnets. */
static const char to_version_2_sql[] = "BEGIN IMMEDIATE;" MAGNETS_SQL "PRAGMA user_version = 2; COMMIT;";

/* Only that the last of many thousands is found at once; databases of before have it from their next opening on, and
 * those that cannot be given it do without. */
static const char indices_sql[] = "CREATE INDEX IF NOT EXISTS torrents_by_order ON torrents (added_order);"
                                  "CREATE INDEX IF NOT EXISTS magnets_by_order ON magnets (added_order);";

gboolean
bt_state_sql_is_damage (int result)
{
  int primary = result & 0xff;

  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_FORMAT;
}

/* Returns: FALSE, for brevity. */
gboolean
bt_state_sql_set_error (sqlite3 *db, int result, GError **error)
{
  int primary = result & 0xff;
  int code = primary == SQLITE_FULL                                 ? BT_ERROR_DISK_FULL
             : primary == SQLITE_READONLY || primary == SQLITE_PERM ? BT_ERROR_DISK_READ_ONLY
                                                                    : BT_ERROR_STATE;

  g_set_error (error, BT_ERROR, code, "The state database: %s",
               db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (result));
  return FALSE;
}

gboolean
bt_state_sql_exec (sqlite3 *db, const char *sql, GError **error)
{
  int result = sqlite3_exec (db, sql, NULL, NULL, NULL);

  return result == SQLITE_OK || bt_state_sql_set_error (db, result, error);
}

sqlite3_stmt *
bt_state_sql_prepare (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement = NULL;

  sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);
  return statement;
}

/* Runs a statement that gives no rows, and frees it. Returns: an SQLite result. */
static int
finish (sqlite3 *db, sqlite3_stmt *statement)
{
  int result = statement != NULL ? sqlite3_step (statement) : sqlite3_extended_errcode (db);

  sqlite3_finalize (statement);
  return result == SQLITE_DONE || result == SQLITE_ROW ? SQLITE_OK : result;
}

static int
get_int (sqlite3 *db, const char *sql, gint64 *value)
{
  sqlite3_stmt *statement = bt_state_sql_prepare (db, sql);
  int result = statement != NULL ? sqlite3_step (statement) : sqlite3_extended_errcode (db);

  *value = result == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
  sqlite3_finalize (statement);
  return result == SQLITE_ROW ? SQLITE_OK : result;
}

/* Opening. */

static gboolean
check_kind (sqlite3 *db, gboolean *damaged, GError **error)
{
  gint64 application, version, n_tables;
  int result = get_int (db, "PRAGMA application_id", &application);

  if (result == SQLITE_OK)
    result = get_int (db, "PRAGMA user_version", &version);
  if (result == SQLITE_OK)
    result = get_int (db, "SELECT count(*) FROM sqlite_schema", &n_tables);
  if (result != SQLITE_OK)
    {
      *damaged = bt_state_sql_is_damage (result);
      return bt_state_sql_set_error (db, result, error);
    }
  if (application == 0 && n_tables == 0)
    return bt_state_sql_exec (db, schema_sql, error);
  if (application != APPLICATION_ID || version < 1)
    {
      *damaged = TRUE;
      g_set_error (error, BT_ERROR, BT_ERROR_STATE, "The state database is one of something else");
      return FALSE;
    }
  if (version > SCHEMA_VERSION)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_STATE,
                   "The state database was written by a newer version of this program");
      return FALSE;
    }
  return version >= 2 || bt_state_sql_exec (db, to_version_2_sql, error);
}

sqlite3 *
bt_state_sql_open (const char *path, gboolean *damaged, GError **error)
{
  const int flags =
    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  sqlite3 *db = NULL;
  int result = sqlite3_open_v2 (path, &db, flags, NULL);

  *damaged = FALSE;
  if (result == SQLITE_OK)
    result = sqlite3_exec (db, settings_sql, NULL, NULL, NULL);
  if (result != SQLITE_OK)
    {
      *damaged = bt_state_sql_is_damage (result);
      bt_state_sql_set_error (db, result, error);
    }
  else if (check_kind (db, damaged, error))
    {
      (void) bt_state_sql_exec (db, indices_sql, NULL);
      return db;
    }
  sqlite3_close (db);
  return NULL;
}

gboolean
bt_state_sql_check (sqlite3 *db)
{
  sqlite3_stmt *statement = bt_state_sql_prepare (db, "PRAGMA quick_check(1)");
  gboolean sound = statement != NULL && sqlite3_step (statement) == SQLITE_ROW
                   && g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0;

  sqlite3_finalize (statement);
  return sound;
}

/* Changing. */

static void
bind_bytes (sqlite3_stmt *statement, int index, GBytes *bytes)
{
  gsize length;
  const void *data;

  if (statement == NULL || bytes == NULL)
    return;
  data = g_bytes_get_data (bytes, &length);
  sqlite3_bind_blob64 (statement, index, data, length, SQLITE_STATIC);
}

static sqlite3_stmt *
prepare_for (sqlite3 *db, const BtChange *change, const char *sql)
{
  sqlite3_stmt *statement = bt_state_sql_prepare (db, sql);

  if (statement != NULL)
    sqlite3_bind_blob (statement, 1, change->info_hash.bytes, BT_SHA1_SIZE, SQLITE_STATIC);
  return statement;
}

/* Only beside a torrent that is there: one that was removed does not come back. */
static int
save (sqlite3 *db, const BtChange *change)
{
  gsize length;
  const void *data = g_bytes_get_data (change->resume, &length);
  BtSha1 sha1 = bt_sha1 (data, length);
  sqlite3_stmt *statement =
    prepare_for (db, change,
                 "INSERT INTO resume (info_hash, save_path, data, sha1) SELECT ?1, ?2, ?3, ?4"
                 " WHERE EXISTS (SELECT 1 FROM torrents WHERE info_hash = ?1)"
                 "  OR EXISTS (SELECT 1 FROM magnets WHERE info_hash = ?1)"
                 " ON CONFLICT (info_hash) DO UPDATE SET save_path = ?2, data = ?3, sha1 = ?4");

  if (statement != NULL)
    {
      sqlite3_bind_blob (statement, 2, change->save_path, (int) strlen (change->save_path),
                         SQLITE_STATIC);
      bind_bytes (statement, 3, change->resume);
      sqlite3_bind_blob (statement, 4, sha1.bytes, BT_SHA1_SIZE, SQLITE_STATIC);
    }
  return finish (db, statement);
}

/* Each maximum by itself: only so it is read from the end of an index. */
#define NEXT_ORDER                                                                                 \
  "max (coalesce ((SELECT max (added_order) FROM torrents), 0),"                                   \
  "     coalesce ((SELECT max (added_order) FROM magnets), 0)) + 1"

static int
add_torrent (sqlite3 *db, const BtChange *change)
{
  sqlite3_stmt *statement =
    prepare_for (db, change,
                 "INSERT OR IGNORE INTO torrents (info_hash, added_order, torrent)"
                 " SELECT ?1, " NEXT_ORDER ", ?2"
                 " WHERE NOT EXISTS (SELECT 1 FROM magnets WHERE info_hash = ?1)");

  bind_bytes (statement, 2, change->torrent);
  return finish (db, statement);
}

static int
add_magnet (sqlite3 *db, const BtChange *change)
{
  sqlite3_stmt *statement =
    prepare_for (db, change,
                 "INSERT OR IGNORE INTO magnets (info_hash, added_order, link)"
                 " SELECT ?1, " NEXT_ORDER ", ?2"
                 " WHERE NOT EXISTS (SELECT 1 FROM torrents WHERE info_hash = ?1)");

  if (statement != NULL)
    sqlite3_bind_text (statement, 2, change->value, -1, SQLITE_STATIC);
  return finish (db, statement);
}

/* The torrent stands where its link stood. */
static int
resolve (sqlite3 *db, const BtChange *change)
{
  sqlite3_stmt *statement =
    prepare_for (db, change,
                 "INSERT OR REPLACE INTO torrents (info_hash, added_order, torrent)"
                 " SELECT info_hash, added_order, ?2 FROM magnets WHERE info_hash = ?1");
  int result;

  bind_bytes (statement, 2, change->torrent);
  result = finish (db, statement);
  if (result == SQLITE_OK && sqlite3_changes (db) > 0)
    result = finish (db, prepare_for (db, change, "DELETE FROM magnets WHERE info_hash = ?1"));
  return result;
}

static int
set_value (sqlite3 *db, const BtChange *change)
{
  sqlite3_stmt *statement;

  if (change->value == NULL)
    statement = bt_state_sql_prepare (db, "DELETE FROM session WHERE key = ?1");
  else
    statement = bt_state_sql_prepare (db, "INSERT OR REPLACE INTO session (key, value) VALUES (?1, ?2)");
  if (statement != NULL)
    sqlite3_bind_text (statement, 1, change->key, -1, SQLITE_STATIC);
  if (statement != NULL && change->value != NULL)
    sqlite3_bind_text (statement, 2, change->value, -1, SQLITE_STATIC);
  return finish (db, statement);
}

static int
delete_rows (sqlite3 *db, const BtChange *change)
{
  int result = finish (db, prepare_for (db, change, "DELETE FROM resume WHERE info_hash = ?1"));

  if (result == SQLITE_OK)
    result = finish (db, prepare_for (db, change, "DELETE FROM torrents WHERE info_hash = ?1"));
  if (result == SQLITE_OK)
    result = finish (db, prepare_for (db, change, "DELETE FROM magnets WHERE info_hash = ?1"));
  return result;
}

gboolean
bt_state_sql_change (sqlite3 *db, const BtChange *change, GError **error)
{
  int result = SQLITE_OK;

  switch (change->kind)
    {
    case BT_CHANGE_ADD:
      result = change->torrent != NULL ? add_torrent (db, change) : add_magnet (db, change);
      if (result == SQLITE_OK && sqlite3_changes (db) == 0)
        {
          g_set_error (error, BT_ERROR, BT_ERROR_EXISTS, "The torrent is in the database already");
          return FALSE;
        }
      if (result == SQLITE_OK && change->resume != NULL)
        result = save (db, change);
      break;
    case BT_CHANGE_SAVE:
      result = save (db, change);
      if (result == SQLITE_OK && sqlite3_changes (db) == 0)
        {
          g_set_error (error, BT_ERROR, BT_ERROR_NOT_FOUND, "The torrent is not in the database");
          return FALSE;
        }
      break;
    case BT_CHANGE_RESOLVE:
      result = resolve (db, change);
      if (result == SQLITE_OK && sqlite3_changes (db) == 0)
        {
          g_set_error (error, BT_ERROR, BT_ERROR_NOT_FOUND, "The magnet link is not in the database");
          return FALSE;
        }
      if (result == SQLITE_OK && change->resume != NULL)
        result = save (db, change);
      break;
    case BT_CHANGE_REMOVE:
      result = delete_rows (db, change);
      break;
    case BT_CHANGE_SET:
    default:
      result = set_value (db, change);
      break;
    }
  return result == SQLITE_OK || bt_state_sql_set_error (db, result, error);
}
