/* bt-state-private.h: the state database as its thread handles it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "bt-state-db.h"

G_BEGIN_DECLS

/* One change of the database. */
typedef enum
{
  BT_CHANGE_ADD,
  BT_CHANGE_SAVE,
  BT_CHANGE_RESOLVE,
  BT_CHANGE_REMOVE,
  BT_CHANGE_SET,
} BtChangeKind;

typedef struct
{
  BtChangeKind kind;
  BtSha1 info_hash;
  GBytes *torrent; /* of ADD, (nullable): NULL for a magnet; of RESOLVE */
  GBytes *resume;  /* (nullable): encoded */
  char *save_path; /* (nullable) */
  char *key;       /* of SET */
  char *value;     /* of SET; (nullable): the key goes. Of ADD: the link of a magnet */
} BtChange;

/* bt-state-request.c */

typedef struct _BtStateRequest BtStateRequest;
struct _BtStateRequest
{
  BtStateRequest *next;
  BtChange change;
  GArray *waiters; /* private */
  GError *error;

  gboolean is_load; /* then not a change */
  BtStateLoadFunc loaded;
  BtStateProgressFunc progress; /* (nullable) */
  gpointer load_owner;
  BtStateLoad *load; /* (nullable) */
};

BtStateRequest *bt_state_request_new (BtChangeKind kind, const BtSha1 *info_hash);
void bt_state_request_free (BtStateRequest *request);
void bt_state_request_add_waiter (BtStateRequest *request, BtDiskFunc done, gpointer owner);
void bt_state_request_set_resume (BtStateRequest *request, const BtResume *resume);

/* The way back to the caller's thread. */
typedef struct _BtStateDoor BtStateDoor;
BtStateDoor *bt_state_door_new (BtMailbox *mailbox);
/* In the caller's thread: no answer passes any more. */
void bt_state_door_close (BtStateDoor *door);
void bt_state_door_unref (BtStateDoor *door);
/* Takes the requests, a list by their @next. */
void bt_state_door_post_in_disk (BtStateDoor *door, BtStateRequest *requests);
/* The load that is under way has come on. */
void bt_state_door_tell_in_disk (BtStateDoor *door, const BtStateRequest *load);

/* bt-state-sql.c: statements. All set BT_ERROR_STATE, DISK_FULL or DISK_READ_ONLY. */

/* Opens or makes it, with its schema. @damaged: the file is no database, or not one of ours. */
sqlite3 *bt_state_sql_open (const char *path, gboolean *damaged, GError **error);
/* Whether a result means that the file itself is bad. */
gboolean bt_state_sql_is_damage (int result);
gboolean bt_state_sql_exec (sqlite3 *db, const char *sql, GError **error);
gboolean bt_state_sql_set_error (sqlite3 *db, int result, GError **error);
/* EXISTS and NOT_FOUND concern this change alone; with anything else the transaction is lost. */
gboolean bt_state_sql_change (sqlite3 *db, const BtChange *change, GError **error);
/* Sound in its structure. */
gboolean bt_state_sql_check (sqlite3 *db);
/* Returns: (nullable): NULL: the database says why */
sqlite3_stmt *bt_state_sql_prepare (sqlite3 *db, const char *sql);

/* bt-state-sql-load.c */

/* Reads all but what is held. Returns: an SQLite result. */
int bt_state_sql_load (sqlite3 *db, BtQuarantine *quarantine, BtStateLoad *load);
/* One torrent's bytes. */
GBytes *bt_state_sql_read_torrent (sqlite3 *db, const BtSha1 *info_hash, GError **error);
BtStateLoad *bt_state_load_new (void);
void bt_state_load_free (BtStateLoad *load);

/* bt-state-reader.c */

BtStateReader *bt_state_reader_new (void);
/* Nobody reads meanwhile. */
void bt_state_reader_lock_in_disk (BtStateReader *reader);
/* @db: (nullable): what is read from now on */
void bt_state_reader_unlock_in_disk (BtStateReader *reader, sqlite3 *db);

/* bt-state-repair.c: what to do with a file that is bad, and what to do before. */

/* Renames the closed database to "PATH.damaged-TIME". Returns: the new name, or NULL. */
char *bt_state_set_aside (const char *path, GError **error);
/* The other way round: nothing came of it. */
void bt_state_put_back (const char *path, const char *aside);
/* Copies every row that can be read of the database @from and is not in @to. @n_torrents: (out). Returns: FALSE
 * when @to cannot be written */
gboolean bt_state_salvage (sqlite3 *to, const char *from, guint *n_torrents);
/* Copies @db to "PATH.bak", which nobody else may read, when that is a week old. Returns: FALSE when it cannot be */
gboolean bt_state_back_up (sqlite3 *db, const char *path);
/* A file that is there only to be given up when the disk is full, so that what is known can still
 * be saved. */
void bt_state_make_ballast (const char *directory);
gboolean bt_state_drop_ballast (const char *directory);

G_END_DECLS
