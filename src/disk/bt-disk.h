/* bt-disk.h: reading, writing and checking the files of torrents, on worker threads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-bitfield.h"
#include "bt-buffer.h"
#include "bt-mailbox.h"
#include "bt-metainfo.h"

G_BEGIN_DECLS

/* The disk as the engine sees it. Calls never block; results come through the mailbox, in the
 * engine's thread, never from inside the call. Jobs of one piece are done in the order they were
 * asked for. Errors are of BT_ERROR_DISK*, CHANGED. */
typedef struct _BtDisk BtDisk;
/* The files of one torrent in one folder. Made and freed by the engine; workers hold references. */
typedef struct _BtStorage BtStorage;

/* Where things are. */
typedef struct
{
  const char *root; /* absolute path of the download folder; made when missing, if its parent is there */
  /* (nullable): priority of each file, 0: skipped. Bytes of skipped files that belong to wanted pieces go
   * to a sparse file ".<info-hash>.parts" in @root, at their offset in the torrent. */
  const guint8 *file_priorities;
} BtStorageConfig;

/* Size and modification time of a file as last seen. size -1: not there. */
typedef struct
{
  gint64 size;
  gint64 mtime_ns;
} BtFileStamp;

typedef void (*BtDiskFunc) (const GError *error, gpointer owner);

typedef struct
{
  /* Opens nothing yet. */
  BtStorage *(*storage_new) (BtDisk *disk, BtMetainfo *metainfo, const BtStorageConfig *config);
  /* Jobs that are running still finish, but no callback comes any more. */
  void (*storage_free) (BtDisk *disk, BtStorage *storage);

  /* Looks at every file. @stamps: (array length=n_files), pad files and symlinks: size 0. An error means
   * that the root cannot be reached. */
  void (*stat) (BtDisk *disk, BtStorage *storage,
                void (*done) (const BtFileStamp *stamps, const GError *error, gpointer owner), gpointer owner);

  /* Writes @length bytes of @buffer from @buffer_offset at @offset in the torrent. Makes files and
   * folders as needed, never truncates. The caller keeps its reference to the buffer until done. */
  void (*write) (BtDisk *disk, BtStorage *storage, guint64 offset, BtBuffer *buffer, guint32 buffer_offset,
                 guint32 length, BtDiskFunc done, gpointer owner);

  /* Reads into the buffer; fails when the bytes are not there (short or missing file). */
  void (*read) (BtDisk *disk, BtStorage *storage, guint64 offset, BtBuffer *buffer, guint32 buffer_offset,
                guint32 length, BtDiskFunc done, gpointer owner);

  /* Hashes a piece as it is in the files (or in what was written just before: the worker keeps the
   * running hash of pieces whose writes came in order, so nothing is read twice) and compares.
   * @ok: it is right. A missing or short file is not an error: the piece is not ok. */
  void (*check_piece) (BtDisk *disk, BtStorage *storage, guint32 piece,
                       void (*done) (guint32 piece, gboolean ok, const GError *error, gpointer owner), gpointer owner);

  /* SHA-1 of each block of a piece as it is in the files: to find who lied. */
  void (*hash_blocks) (BtDisk *disk, BtStorage *storage, guint32 piece,
                       void (*done) (guint32 piece, const BtSha1 *hashes, guint n, const GError *error, gpointer owner),
                       gpointer owner);

  /* Makes empty files and those of zero length that are wanted; also after a change of priorities. */
  void (*make_files) (BtDisk *disk, BtStorage *storage, BtDiskFunc done, gpointer owner);

  /* New priorities: bytes had in the parts file move to files that became wanted. */
  void (*set_priorities) (BtDisk *disk, BtStorage *storage, const guint8 *priorities, const BtBitfield *have,
                          BtDiskFunc done, gpointer owner);

  /* All that was written before is on the platter when done; then the stamps are taken. */
  void (*sync) (BtDisk *disk, BtStorage *storage,
                void (*done) (const BtFileStamp *stamps, const GError *error, gpointer owner), gpointer owner);

  /* Closes descriptors (pause, idle). */
  void (*close_files) (BtDisk *disk, BtStorage *storage);

  /* Moves to the trash (or deletes, where there is none) the regular files of the torrent that are
   * in @created (array length=n_files; nullable: all), then folders that became empty. */
  void (*remove_files) (BtDisk *disk, BtStorage *storage, const gboolean *created, BtDiskFunc done, gpointer owner);

  /* Free bytes of the file system that holds @path (or its nearest parent that exists). */
  void (*free_space) (BtDisk *disk, const char *path,
                      void (*done) (gint64 free_bytes, const GError *error, gpointer owner), gpointer owner);

  /* Bytes of write jobs that are not done: above BT_LIMIT_DISK_BACKLOG links stop reading. */
  gsize (*backlog) (BtDisk *disk);

  /* Waits for all jobs, closes, joins. */
  void (*free) (BtDisk *disk);
} BtDiskOps;

struct _BtDisk
{
  const BtDiskOps *ops;
};

/* The real one: @n_workers threads (0: as many as cores, at most 8). @mailbox: read in the engine. */
BtDisk *bt_disk_new (BtMailbox *mailbox, guint n_workers);

/* Which files were made by us rather than found (array length=n_files): never truncated or trashed
 * otherwise. Set from the state database on start; read before saving. */
void bt_storage_set_created (BtStorage *storage, const guint8 *created);
void bt_storage_get_created (BtStorage *storage, guint8 *created);

G_END_DECLS
