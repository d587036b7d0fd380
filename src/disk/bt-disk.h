/* bt-disk.h: reading, writing and checking the files of torrents, on worker threads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-bitfield.h"
#include "bt-buffer.h"
#include "bt-device.h"
#include "bt-file-slices.h"
#include "bt-mailbox.h"
#include "bt-metainfo.h"
#include "bt-state-reader.h"
#include "bt-torrent-bytes.h"

G_BEGIN_DECLS

/* The disk as the engine sees it. Calls never block; results come through the mailbox, in the
 * engine's thread, never from inside the call. Jobs of one piece are done in the order they were
 * asked for. Errors are of BT_ERROR_DISK*, CHANGED. */
typedef struct _BtDisk BtDisk;
/* The files of one torrent in one folder. Made and freed by the engine. */
typedef struct _BtStorage BtStorage;

/* Where things are. */
typedef struct
{
  /* Absolute path of the download folder; made when missing, if its parent is there. */
  const char *root;
  /* (nullable): priority of each file, 0: skipped. Bytes of skipped files that belong to wanted
   * pieces go to a sparse file ".<info-hash>.parts" in @root, at their offset in the torrent. */
  const guint8 *file_priorities;
  /* (nullable) (array length=n_files): for each file (nullable) the path below @root that it was renamed
   * to: safe components, of which no two collide. */
  const char *const *names;
  /* Some files were there when it was last used. A root without any, like the mount point of a drive
   * that is not there yet, is then not remembered as the one to come back to. */
  gboolean expects_files;
  /* (nullable): where piece hashes are, if the metainfo gave them away. */
  BtTorrentBytes *torrent;
} BtStorageConfig;

/* The highest bits of an inode number say more of it. */
#define BT_INODE_MADE (G_GUINT64_CONSTANT (1) << 63)      /* the file was made for this torrent */
#define BT_INODE_ELSEWHERE (G_GUINT64_CONSTANT (1) << 62) /* it is on another device than the folder of the torrent */
#define BT_INODE_NUMBER (BT_INODE_ELSEWHERE - 1)

/* Size and modification time of a file as last seen. size -1: not there. */
typedef struct
{
  gint64 size;
  gint64 mtime_ns;
  guint64 inode; /* 0: it is not there, or another torrent's */
} BtFileStamp;

/* The files of a torrent of which nothing else is in memory: they stay its own. */
typedef struct _BtRest BtRest;

typedef struct
{
  const BtSha1 *info_hash;
  GRefString *name;
  GRefString *root;
  GBytes *saved;         /* what was saved of it (BtResume) */
  BtStateReader *reader; /* where its details are */
} BtRestConfig;

typedef void (*BtDiskFunc) (const GError *error, gpointer owner);
/* @stamps: (array length=n_files) (nullable): NULL with an error. */
typedef void (*BtDiskStampsFunc) (const BtFileStamp *stamps, const GError *error, gpointer owner);
/* @slices: (nullable): borrowed; NULL: the bytes are in the buffer, or there is an error */
typedef void (*BtDiskLendFunc) (BtFileSlices *slices, const GError *error, gpointer owner);
typedef void (*BtDiskCheckFunc) (guint32 piece, gboolean ok, const GError *error, gpointer owner);
/* @ok: (array length=n_pieces) (nullable): which of the pieces from @first on are right; NULL with an error */
typedef void (*BtDiskStretchFunc) (guint32 first, guint32 n_pieces, const gboolean *ok, const GError *error,
                                   gpointer owner);
typedef void (*BtDiskHashesFunc) (guint32 piece,
                                  const BtSha1 *hashes,
                                  guint n,
                                  const GError *error,
                                  gpointer owner);
typedef void (*BtDiskSpaceFunc) (gint64 free_bytes, const GError *error, gpointer owner);

typedef struct
{
  /* Opens nothing yet. */
  BtStorage *(*storage_new) (BtDisk *disk, BtMetainfo *metainfo, const BtStorageConfig *config);
  /* Jobs that change files still finish, those that only look are skipped; no callback comes any
   * more. */
  void (*storage_free) (BtDisk *disk, BtStorage *storage);

  /* What a torrent had when it was saved is written to for no other until it is woken: to be called before its storage
   * is freed, and after the first stat of the next. Does not touch the disk. */
  BtRest *(*rest) (BtDisk *disk, const BtRestConfig *config);
  void (*wake) (BtDisk *disk, BtRest *rest);

  /* Looks at every file. Pad files and symlinks have size 0; what is not a regular file is not
   * there (size -1). A root that was never there is no error as long as its parent is: nothing is
   * there yet. DISK_MISSING: the root or its parent is gone, or another file system is in its
   * place. After a root went missing, jobs fail until this has found it again. */
  void (*stat) (BtDisk *disk, BtStorage *storage, BtDiskStampsFunc done, gpointer owner);

  /* Writes @length bytes of @buffer from @buffer_offset at @offset in the torrent. Makes files and
   * folders as needed, never truncates. The disk has a reference of its own to the buffer until the
   * job is over. Bytes of pad files go nowhere. */
  void (*write) (BtDisk *disk,
                 BtStorage *storage,
                 guint64 offset,
                 BtBuffer *buffer,
                 guint32 buffer_offset,
                 guint32 length,
                 BtDiskFunc done,
                 gpointer owner);

  /* Reads into the buffer; fails with CHANGED when the bytes are not there (short, missing), or when
   * another program changed the file since the last stat or sync: then what was checked may be gone. */
  void (*read) (BtDisk *disk,
                BtStorage *storage,
                guint64 offset,
                BtBuffer *buffer,
                guint32 buffer_offset,
                guint32 length,
                BtDiskFunc done,
                gpointer owner);

  /* The same for bytes of one piece that are to be sent soon: where that can be, they are not read but lent, in
   * files that stay open until the slices are let go. They are in the page cache then, so that to send them does
   * not wait for the disk. */
  void (*lend) (BtDisk *disk,
                BtStorage *storage,
                guint64 offset,
                BtBuffer *buffer,
                guint32 length,
                BtDiskLendFunc done,
                gpointer owner);

  /* The same where it can be known without waiting: the files are open, and the bytes in memory. Returns: (nullable)
   * (transfer full): NULL: lend() may do it */
  BtFileSlices *(*lend_at_once) (BtDisk *disk, BtStorage *storage, guint64 offset, guint32 length);

  /* Hashes a piece as it is in the files (or in what was written just before: the worker keeps the
   * running hash of pieces whose writes came in order, so nothing is read twice) and compares.
   * @ok: it is right. A missing or short file is not an error: the piece is not ok. Pad files are
   * zeros, whatever was sent for them. */
  void (*check_piece) (BtDisk *disk,
                       BtStorage *storage,
                       guint32 piece,
                       BtDiskCheckFunc done,
                       gpointer owner);

  /* The same for @n_pieces that follow each other, as they are in the files, when nothing is done but that: a stat came
   * before it, and nothing was written since. Other jobs go first: it gives way each half MiB, and is taken up by
   * any worker, in the order asked for. */
  void (*check_stretch) (BtDisk *disk, BtStorage *storage, guint32 first, guint32 n_pieces, BtDiskStretchFunc done,
                         gpointer owner);

  /* SHA-1 of each block of a piece as it is in the files: to find who lied. */
  void (*hash_blocks) (BtDisk *disk,
                       BtStorage *storage,
                       guint32 piece,
                       BtDiskHashesFunc done,
                       gpointer owner);

  /* Makes the wanted files whose length is zero, where they are not there: others come with their first
   * byte. To be called after a change of priorities as well. */
  void (*make_files) (BtDisk *disk, BtStorage *storage, BtDiskFunc done, gpointer owner);

  /* New priorities: what the parts file holds of files that became wanted moves to them, blocks of
   * unfinished pieces as well. @have: (nullable): the pieces to move where the file system cannot
   * tell data from holes. */
  void (*set_priorities) (BtDisk *disk,
                          BtStorage *storage,
                          const guint8 *priorities,
                          const BtBitfield *have,
                          BtDiskFunc done,
                          gpointer owner);

  /* All that was written before is on the platter when done, and all whose result came before it;
   * then stamps are taken of the files written since the last time, so that a change by somebody
   * else still shows in the others. Later jobs of the storage wait for the end of it only. */
  void (*sync) (BtDisk *disk, BtStorage *storage, BtDiskStampsFunc done, gpointer owner);

  /* Closes descriptors (pause, idle). */
  void (*close_files) (BtDisk *disk, BtStorage *storage);

  /* Moves to the trash (or deletes, where there is none) the regular files of the torrent that are
   * in @created (array length=n_files; nullable: all), then folders that became empty. The parts
   * file goes for good. */
  void (*remove_files) (BtDisk *disk,
                        BtStorage *storage,
                        const gboolean *created,
                        BtDiskFunc done,
                        gpointer owner);

  /* Whether its files could be moved to @folder (absolute): EXISTS when something there has the name of
   * one of them. Writes nothing. */
  void (*look_at_move) (BtDisk *disk, BtStorage *storage, const char *folder, BtDiskFunc done, gpointer owner);

  /* Moves all files of the torrent, and nothing else, to @folder, which is made if its parent is there,
   * and is the root from then on. They are renamed where that can be; else copied, and the old ones stay
   * until clean(). Everything is on the platter when done. On an error (EXISTS, DISK_FULL,
   * CANCELLED, …) everything is as it was. @resuming: it was begun before; what is there is of that.
   * Later jobs of the storage wait; other storages do not: it has a thread of its own for each @folder. */
  void (*move) (BtDisk *disk, BtStorage *storage, const char *folder, gboolean resuming, BtDiskFunc done,
                gpointer owner);
  /* Of the move that runs: 0 … 1, by bytes. */
  double (*move_progress) (BtStorage *storage);
  /* It ends soon, with CANCELLED, unless all is copied already. */
  void (*stop_moving) (BtStorage *storage);
  /* The files are in @folder already: it is the root from now on, and what was known of files in the old one
   * is forgotten. */
  void (*adopt) (BtDisk *disk, BtStorage *storage, const char *folder, BtDiskFunc done, gpointer owner);
  /* Removes from @folder what a move has copied from there, and folders that became empty. A file of which
   * there is no copy stays. */
  void (*clean) (BtDisk *disk, BtStorage *storage, const char *folder, BtDiskFunc done, gpointer owner);

  /* Renames a file or folder, both paths below the root, and goes by @names (as in BtStorageConfig) from
   * then on. What is not there yet is not renamed; EXISTS when something has the new name. */
  void (*rename) (BtDisk *disk, BtStorage *storage, const char *from, const char *to, const char *const *names,
                  BtDiskFunc done, gpointer owner);

  /* Free bytes of the file system that holds @path (or its nearest parent that exists). */
  void (*free_space) (BtDisk *disk, const char *path, BtDiskSpaceFunc done, gpointer owner);

  /* Bytes of write jobs that are not done: above BT_LIMIT_DISK_BACKLOG links stop reading. */
  gsize (*backlog) (BtDisk *disk);

  /* See bt_storage_set_created(). */
  void (*set_created) (BtStorage *storage, const guint8 *created, const BtFileStamp *stamps);
  void (*get_created) (BtStorage *storage, guint8 *created);

  /* Waits for all jobs, without calling back, closes, joins. Every storage must have been freed. */
  void (*free) (BtDisk *disk);
} BtDiskOps;

/* First members of every implementation. */
struct _BtDisk
{
  const BtDiskOps *ops;
};

struct _BtStorage
{
  BtDisk *disk;
  BtDevice device; /* what its folder was on when it was last looked at */
};

/* The real one. @n_workers: threads for each download folder (0: as many as cores, at most 8), so
 * that a folder on a disk that hangs does not hold up the others; they start with the first job.
 * @mailbox: read in the engine. */
BtDisk *bt_disk_new (BtMailbox *mailbox, guint n_workers);

/* Which files were made by us rather than found (array length=n_files): never truncated or trashed
 * otherwise. Set from the state database on start, before the first job, with the stamps (nullable) that say which they
 * were; read before saving. */
void bt_storage_set_created (BtStorage *storage, const guint8 *created, const BtFileStamp *stamps);
void bt_storage_get_created (BtStorage *storage, guint8 *created);

G_END_DECLS
