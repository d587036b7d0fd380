/* bt-state-db.h: what survives a restart: one row a torrent, in SQLite.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-bitfield.h"
#include "bt-disk.h"
#include "bt-mailbox.h"
#include "bt-quarantine.h"
#include "bt-state-reader.h"
#include "bt-options.h"
#include "bt-types.h"

G_BEGIN_DECLS

/* WAL, synchronous=FULL, application_id and user_version set; flock on the directory. All calls are
 * done in order by one thread of its own; results come through the mailbox. */
typedef struct _BtStateDb BtStateDb;

/* What came of the goals of a torrent that seeds. */
typedef enum
{
  BT_GOAL_STATE_OPEN,
  BT_GOAL_STATE_TOLD,    /* reached and told of; it seeds on */
  BT_GOAL_STATE_STOPPED, /* reached, and paused for it */
} BtGoalState;

/* What a list shows of a torrent, so that its metainfo need not be read for that. */
typedef struct
{
  BtMetainfo *outline; /* see bt_metainfo_outline(); its info-hash is that of the row */
  guint32 n_listed;    /* files, without padding */
  guint32 n_had;       /* pieces */
  guint64 wanted;      /* payload bytes */
  guint64 done;
  gboolean complete;   /* nothing that is wanted is missing */
} BtSummary;

BtSummary *bt_summary_new (const BtMetainfo *metainfo);
void bt_summary_free (BtSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtSummary, bt_summary_free)

/* What is saved of a torrent beside its metainfo. Encoded as a versioned bencode dictionary with a
 * SHA-1 in a column of its own. */
typedef struct
{
  char *save_path;     /* the folder that holds its files, or will */
  char *data_path;     /* (nullable): the one that does now, if that is another */
  char *move_to;       /* (nullable): they are on the way there: some may be there already */
  char *move_from;     /* (nullable): copies that a move has left are there, to be removed */
  GPtrArray *renamed;  /* (nullable) of BtRenamed */
  char *top;           /* (nullable): a path of @renamed, when that was forgotten. Not saved */
  char *rename_from;   /* (nullable): a path below data_path that is being renamed to @rename_to */
  char *rename_to;
  BtIntent intent;
  gint64 added_at;     /* Unix seconds */
  gint64 completed_at; /* 0: not yet */
  guint64 downloaded;
  guint64 uploaded;
  guint64 wasted;
  gint64 active_s;
  gint64 seeding_s;
  GBytes *have;        /* (nullable): bitfield of pieces that are had and synced */
  GPtrArray *partials; /* (nullable) of BtPartial */
  GArray *stamps;      /* (nullable) of BtFileStamp, one a file */
  GBytes *priorities;  /* (nullable): one byte a file */
  GBytes *created;     /* (nullable): one byte a file: made by us */
  GPtrArray
    *extra_tiers; /* (nullable) of GStrv: trackers edited by the user, replacing the torrent's */
  GArray *peers;  /* (nullable) of BtEndpoint: the best, up to 200; link-local ones are not saved */
  GPtrArray *banned; /* (nullable) of char*: addresses */
  BtTorrentOptions *options; /* (nullable): defaults */
  guint64 queue_key;     /* the lower, the earlier; no two are equal. 0: it has none yet */
  BtGoalState goal_state;
  guint64 goal_uploaded; /* what goals do not count any more: from before it was last started */
  gint64 goal_seeding_s;
  gint64 idle_s;         /* seeding, and nobody took anything */
  BtSummary *summary;    /* (nullable): not known, or not from this version */
} BtResume;

/* A piece of which some blocks are in the files. */
typedef struct
{
  guint32 piece;
  GBytes *blocks; /* bitfield */
} BtPartial;

/* A file whose path is not the torrent's. */
typedef struct
{
  guint32 file;
  char *path;
} BtRenamed;

void bt_renamed_free (BtRenamed *renamed);

BtResume *bt_resume_new (void);
void bt_resume_free (BtResume *resume);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtResume, bt_resume_free)
/* Forgets what concerns single files, pieces and peers. */
void bt_resume_forget_content (BtResume *resume);
void bt_partial_free (BtPartial *partial);

/* Pure, for tests and for the database. Decoding validates everything (ranges, lengths, paths). */
GBytes *bt_resume_encode (const BtResume *resume);
BtResume *bt_resume_decode (GBytes *bytes, GError **error);

typedef struct
{
  BtSha1 info_hash;
  GBytes *torrent;  /* (nullable): NULL while no more is known than the link, and if @saved is there */
  char *magnet;     /* (nullable): the link */
  gint64 added_order;
  char *save_path;  /* (nullable): absolute; where the data is. Beside @resume, so that it is known without */
  BtResume *resume; /* (nullable): the row's checksum or contents are bad: check everything */
  GBytes *saved;    /* (nullable): @resume as it was written, for it has a summary: its content is in here alone */
  gboolean sealed;  /* reading it has ended the program twice: nothing of it was read but what is beside @resume */
} BtStateRow;

void bt_state_row_free (BtStateRow *row);

typedef struct
{
  GPtrArray *rows;     /* of BtStateRow, in the order they were added */
  gboolean was_clean;  /* the last run ended with bt_state_db_close(), clean */
  GHashTable *session; /* of char* to char*: the values of bt_state_db_set() */
} BtStateLoad;

/* Opens (makes) @directory with mode 0700 and takes the lock in the caller's thread: quick. BUSY
 * when another process has it; STATE when the database is unusable even after its damaged file was
 * set aside. */
BtStateDb *bt_state_db_open (const char *directory, BtMailbox *mailbox, GError **error);
/* An in-memory database for tests and one-off runs: same calls. */
BtStateDb *bt_state_db_open_memory (BtMailbox *mailbox, GError **error);
/* One without a thread, for simulations: all is done at the call; answers come through the mailbox all the same.
 * @directory: (nullable): in memory */
BtStateDb *bt_state_db_open_here (const char *directory, BtMailbox *mailbox, GError **error);

/* @load: (nullable): borrowed for the call; rows may be stolen from it. When the database was
 * damaged both are given: what could be saved of it, and the error that says so. @load is NULL when
 * nothing can be read or kept. */
typedef void (*BtStateLoadFunc) (BtStateLoad *load, const GError *error, gpointer owner);

/* Each second in which some of it was read. */
typedef void (*BtStateProgressFunc) (gpointer owner);

/* Marks the state unclean. @progress: (nullable) */
void bt_state_db_load (BtStateDb *db, BtStateLoadFunc done, BtStateProgressFunc progress, gpointer owner);
/* Returns: (transfer none): reads torrents that were added, and are committed */
BtStateReader *bt_state_db_get_reader (BtStateDb *db);
/* Returns: (transfer none): while nothing is being loaded */
BtQuarantine *bt_state_db_get_quarantine (BtStateDb *db);
/* A new torrent: committed when done. EXISTS when it is there. @done may be NULL, here and below.
 */
void bt_state_db_add (BtStateDb *db,
                      const BtSha1 *info_hash,
                      GBytes *torrent,
                      const BtResume *resume,
                      BtDiskFunc done,
                      gpointer owner);
/* Likewise a link whose torrent is not known. */
void bt_state_db_add_magnet (BtStateDb *db,
                             const BtSha1 *info_hash,
                             const char *link,
                             const BtResume *resume,
                             BtDiskFunc done,
                             gpointer owner);
/* The torrent of such a link takes its place. NOT_FOUND when there is none. */
void bt_state_db_resolve (BtStateDb *db,
                          const BtSha1 *info_hash,
                          GBytes *torrent,
                          const BtResume *resume,
                          BtDiskFunc done,
                          gpointer owner);
/* Saves that wait for the same torrent are merged; those of a turn share one transaction. NOT_FOUND
 * when the torrent was removed. */
void bt_state_db_save (BtStateDb *db,
                       const BtSha1 *info_hash,
                       const BtResume *resume,
                       BtDiskFunc done,
                       gpointer owner);
void bt_state_db_remove (BtStateDb *db, const BtSha1 *info_hash, BtDiskFunc done, gpointer owner);
/* Small values of the session: totals, last port, listen order. @value: (nullable): forgets it. */
void bt_state_db_set (BtStateDb *db, const char *key, const char *value);

/* Finishes what waits, marks the state clean if @clean, closes, unlocks, joins. No callback comes
 * any more. May block for a transaction: called at the very end of the engine's thread. */
void bt_state_db_close (BtStateDb *db, gboolean clean);

G_END_DECLS
