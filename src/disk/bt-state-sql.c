/* bt-state-sql.c: the statements of the state database.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-state-private.h"

#include "bt-chunks.h"
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

static sqlite3_stmt *
prepare (sqlite3 *db, const char *sql)
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
  sqlite3_stmt *statement = prepare (db, sql);
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
  sqlite3_stmt *statement = prepare (db, "PRAGMA quick_check(1)");
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
  sqlite3_stmt *statement = prepare (db, sql);

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
    statement = prepare (db, "DELETE FROM session WHERE key = ?1");
  else
    statement = prepare (db, "INSERT OR REPLACE INTO session (key, value) VALUES (?1, ?2)");
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

/* Loading. */

void
bt_state_row_free (BtStateRow *row)
{
  if (row == NULL)
    return;
  g_clear_pointer (&row->torrent, g_bytes_unref);
  g_free (row->magnet);
  g_free (row->save_path);
  bt_resume_free (row->resume);
  g_clear_pointer (&row->saved, g_bytes_unref);
  g_free (row);
}

BtStateLoad *
bt_state_load_new (void)
{
  BtStateLoad *load = g_new0 (BtStateLoad, 1);

  load->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_state_row_free);
  load->session = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return load;
}

void
bt_state_load_free (BtStateLoad *load)
{
  g_ptr_array_unref (load->rows);
  g_hash_table_unref (load->session);
  g_free (load);
}

static GBytes *
column_bytes (sqlite3_stmt *statement, int column)
{
  const void *data = sqlite3_column_blob (statement, column);

  return g_bytes_new (data, (gsize) sqlite3_column_bytes (statement, column));
}

/* Of load_torrents(). */
enum
{
  HASH_COLUMN,
  LINK_COLUMN,
  PATH_COLUMN,
  DATA_COLUMN,
  SHA1_COLUMN,
  ORDER_COLUMN,
  ROWID_COLUMN,
};

/* Who has files of the same names is looked up by it. */
static void
keep_top (BtResume *resume)
{
  if (resume->renamed != NULL && resume->renamed->len > 0)
    resume->top = g_strdup (((BtRenamed *) g_ptr_array_index (resume->renamed, 0))->path);
}

/* What was saved counts only when it is exactly what was written. With a summary the torrent is not needed to be
 * listed, nor what concerns its files and pieces: that stays as it was written, which is small. */
static void
read_saved (sqlite3_stmt *statement, BtStateRow *row)
{
  g_autoptr (GBytes) data = column_bytes (statement, DATA_COLUMN);
  const void *expected = sqlite3_column_blob (statement, SHA1_COLUMN);
  BtSha1 sha1 = bt_sha1 (g_bytes_get_data (data, NULL), g_bytes_get_size (data));

  if (expected == NULL || sqlite3_column_bytes (statement, SHA1_COLUMN) != BT_SHA1_SIZE
      || memcmp (expected, sha1.bytes, BT_SHA1_SIZE) != 0)
    return;
  row->resume = bt_resume_decode (data, NULL);
  if (row->resume == NULL || row->resume->summary == NULL || row->magnet != NULL)
    return;
  row->resume->summary->outline->info_hash = row->info_hash;
  keep_top (row->resume);
  bt_resume_forget_content (row->resume);
  row->saved = g_steal_pointer (&data);
}

/* @bytes: (out) (nullable). Returns: an SQLite result */
static int
read_bytes (sqlite3_stmt *torrents, gint64 rowid, BtChunks *chunks, GBytes **bytes)
{
  int result;

  sqlite3_bind_int64 (torrents, 1, rowid);
  result = sqlite3_step (torrents);
  if (result == SQLITE_ROW && sqlite3_column_bytes (torrents, 0) > 0)
    *bytes = bt_chunks_copy (chunks, sqlite3_column_blob (torrents, 0), (gsize) sqlite3_column_bytes (torrents, 0));
  sqlite3_reset (torrents);
  return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

/* A row of another shape is none of ours and stays where it is. Returns: (transfer full) (nullable) */
static BtStateRow *
read_row (sqlite3_stmt *statement, BtQuarantine *quarantine)
{
  const void *info_hash = sqlite3_column_blob (statement, HASH_COLUMN);
  const char *path = sqlite3_column_blob (statement, PATH_COLUMN);
  BtStateRow *row;

  if (sqlite3_column_bytes (statement, HASH_COLUMN) != BT_SHA1_SIZE || info_hash == NULL)
    return NULL;
  row = g_new0 (BtStateRow, 1);
  memcpy (row->info_hash.bytes, info_hash, BT_SHA1_SIZE);
  if (path != NULL && path[0] == '/')
    row->save_path = g_strndup (path, (gsize) sqlite3_column_bytes (statement, PATH_COLUMN));
  row->added_order = sqlite3_column_int64 (statement, ORDER_COLUMN);
  row->sealed = bt_quarantine_holds (quarantine, &row->info_hash, BT_RISK_READING);
  if (row->sealed)
    return row;
  bt_quarantine_read (quarantine, &row->info_hash);
  row->magnet = g_strdup ((const char *) sqlite3_column_text (statement, LINK_COLUMN));
  read_saved (statement, row);
  return row;
}

/* What is read with it. */
typedef struct
{
  sqlite3_stmt *torrents;
  BtChunks *chunks;
  BtQuarantine *quarantine;
  BtStateLoad *load;
} Loading;

/* The bytes only of what cannot be listed without. Returns: an SQLite result */
static int
load_row (sqlite3_stmt *statement, Loading *loading)
{
  BtStateRow *row = read_row (statement, loading->quarantine);
  gboolean needs_bytes = row != NULL && !row->sealed && row->magnet == NULL && row->saved == NULL;
  int result = SQLITE_OK;

  if (row == NULL)
    return SQLITE_OK;
  if (needs_bytes)
    result = read_bytes (loading->torrents, sqlite3_column_int64 (statement, ROWID_COLUMN), loading->chunks,
                         &row->torrent);
  if (needs_bytes && row->torrent == NULL)
    bt_state_row_free (row);
  else
    g_ptr_array_add (loading->load->rows, row);
  return result;
}

static int
load_rows (sqlite3 *db, const char *sql, Loading *loading)
{
  sqlite3_stmt *statement = prepare (db, sql);
  int result = SQLITE_OK;

  if (statement == NULL)
    return sqlite3_extended_errcode (db);
  while (result == SQLITE_OK && (result = sqlite3_step (statement)) == SQLITE_ROW)
    result = load_row (statement, loading);
  sqlite3_finalize (statement);
  return result == SQLITE_DONE ? SQLITE_OK : result;
}

static int
compare_order (gconstpointer a, gconstpointer b)
{
  const BtStateRow *first = *(BtStateRow *const *) a;
  const BtStateRow *second = *(BtStateRow *const *) b;

  return (first->added_order > second->added_order) - (first->added_order < second->added_order);
}

/* The bytes of the torrents are by far most of the file: those that are not needed are not read. */
static int
load_torrents (sqlite3 *db, BtQuarantine *quarantine, BtStateLoad *load)
{
  sqlite3_stmt *torrents = prepare (db, "SELECT torrent FROM torrents WHERE rowid = ?1");
  g_autoptr (BtChunks) chunks = bt_chunks_new ();
  Loading loading = { torrents, chunks, quarantine, load };
  int result = SQLITE_OK;

  if (torrents == NULL)
    return sqlite3_extended_errcode (db);
  result = load_rows (db,
                      "SELECT t.info_hash, NULL, r.save_path, r.data, r.sha1, t.added_order, t.rowid"
                      " FROM torrents AS t LEFT JOIN resume AS r ON r.info_hash = t.info_hash",
                      &loading);
  if (result == SQLITE_OK)
    result = load_rows (db,
                        "SELECT m.info_hash, m.link, r.save_path, r.data, r.sha1, m.added_order, m.rowid"
                        " FROM magnets AS m LEFT JOIN resume AS r ON r.info_hash = m.info_hash",
                        &loading);
  bt_quarantine_read (quarantine, NULL);
  sqlite3_finalize (torrents);
  g_ptr_array_sort (load->rows, compare_order);
  return result;
}

static int
load_session (sqlite3 *db, BtStateLoad *load)
{
  sqlite3_stmt *statement = prepare (db, "SELECT key, value FROM session");
  int result = SQLITE_ROW;

  if (statement == NULL)
    return sqlite3_extended_errcode (db);
  while ((result = sqlite3_step (statement)) == SQLITE_ROW)
    g_hash_table_replace (load->session,
                          g_strdup ((const char *) sqlite3_column_text (statement, 0)),
                          g_strdup ((const char *) sqlite3_column_text (statement, 1)));
  sqlite3_finalize (statement);
  return result == SQLITE_DONE ? SQLITE_OK : result;
}

int
bt_state_sql_load (sqlite3 *db, BtQuarantine *quarantine, BtStateLoad *load)
{
  int result = load_session (db, load);

  if (result == SQLITE_OK)
    result = load_torrents (db, quarantine, load);
  return result;
}

GBytes *
bt_state_sql_read_torrent (sqlite3 *db, const BtSha1 *info_hash, GError **error)
{
  sqlite3_stmt *statement = prepare (db, "SELECT torrent FROM torrents WHERE info_hash = ?");
  GBytes *bytes = NULL;
  int result;

  if (statement == NULL)
    {
      bt_state_sql_set_error (db, sqlite3_extended_errcode (db), error);
      return NULL;
    }
  sqlite3_bind_blob (statement, 1, info_hash->bytes, BT_SHA1_SIZE, SQLITE_STATIC);
  result = sqlite3_step (statement);
  if (result == SQLITE_ROW)
    bytes = column_bytes (statement, 0);
  else if (result == SQLITE_DONE)
    g_set_error (error, BT_ERROR, BT_ERROR_STATE, "The torrent is not in the list of torrents any more");
  else
    bt_state_sql_set_error (db, result, error);
  sqlite3_finalize (statement);
  return bytes;
}
