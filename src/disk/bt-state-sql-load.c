/* bt-state-sql-load.c: what the state database holds is read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-state-private.h"

#include "bt-chunks.h"
#include "bt-error.h"

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
  sqlite3_stmt *statement = bt_state_sql_prepare (db, sql);
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
  sqlite3_stmt *torrents = bt_state_sql_prepare (db, "SELECT torrent FROM torrents WHERE rowid = ?1");
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
  sqlite3_stmt *statement = bt_state_sql_prepare (db, "SELECT key, value FROM session");
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
  sqlite3_stmt *statement = bt_state_sql_prepare (db, "SELECT torrent FROM torrents WHERE info_hash = ?");
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
