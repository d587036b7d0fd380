/* bt-storage-private.h: the files of one torrent as the worker threads handle them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "bt-disk.h"

G_BEGIN_DECLS

typedef struct _BtFileClaims BtFileClaims;
typedef struct _BtFileSet BtFileSet;
typedef struct _BtOpenFile BtOpenFile;
typedef struct _BtFileStore BtFileStore;
typedef struct _BtPieceHashes BtPieceHashes;
typedef struct _BtPiecesAbreast BtPiecesAbreast;
typedef struct _BtRests BtRests;
typedef struct _BtRestReadings BtRestReadings;

/* Where the bytes of a file are. */
typedef enum
{
  BT_PLACE_UNKNOWN, /* a skipped file that was not looked for yet */
  BT_PLACE_FILE,
  BT_PLACE_PARTS, /* in the parts file, at their offset in the torrent */
} BtPlace;

typedef struct _BtStoreFile BtStoreFile;

struct _BtStoreFile
{
  BtOpenFile *open;     /* (nullable): guarded by the lock of the file set */
  atomic_uchar created; /* made by us, ever */
  atomic_uchar fresh;   /* made since the last sync: its folder is to be synced */
  atomic_uchar dirty;   /* written since the last sync */
  atomic_uchar written; /* by us, since its stamp was taken */
  atomic_uchar place;   /* BtPlace */
  atomic_uchar standing; /* among those that claim the same file: of bt-file-claims.c, as what follows, which its lock
                            guards */
  guint32 device;
  ino_t ino;
  guint64 known;         /* number of the one that is its own, with BT_INODE_MADE; 0: it has none */
  BtFileStore *claimant; /* (nullable): the store that it is of, while it is claimed */
  BtStoreFile *next;     /* (nullable): who claimed the same later */
};

/* What the root is opened for. */
typedef enum
{
  BT_ROOT_USE,
  BT_ROOT_MAKE, /* is made if it was never there */
  BT_ROOT_LOOK, /* may be accepted again after it was replaced */
} BtRootUse;

/* The files of a torrent below a folder. Members are of one of four kinds:
 * set once at the start; atomic; guarded by a lock; or changed only by jobs that run alone
 * (barriers) and read by any. File number n_files is the parts file. */
struct _BtFileStore
{
  BtMetainfo *metainfo;
  BtTorrentBytes *torrent; /* (nullable) */
  BtFileSet *set;
  char *root;        /* changed by a move only, which runs alone, and while no file is claimed */
  char *stranded;    /* (nullable): a folder where a move failed and left files behind; likewise */
  char *parts_name;
  char **names;      /* (nullable) (array length=n_files) of (nullable): renamed; changed by barriers, under the lock of
                        the claims */
  guint64 id; /* never that of another store of this disk */

  BtStoreFile *files;     /* (array length=n_files+1) */
  atomic_bool abandoned;  /* nobody waits for results any more */
  atomic_bool stop_moving;
  atomic_ullong to_move, moved; /* bytes of a move that runs */
  atomic_uint generation; /* what was hashed before a change of it counts no more */

  pthread_mutex_t root_lock;
  int root_fd; /* -1: not open. Closed by barriers only, so that a borrowed one stays good */
  gboolean root_seen;
  gboolean expects_files; /* a root without any is not the one that it was */
  gboolean root_made; /* by us, since the last sync */
  dev_t root_dev;
  ino_t root_ino;
  BtDevice device;   /* changed by stat, which runs alone */
  guint64 root_fsid; /* 0: unknown. Unlike the device it is the same after a drive was replugged */

  guint8 *priorities;  /* (array length=n_files) */
  BtFileStamp *stamps; /* (array length=n_files) */
  gboolean stamped;
};

static inline gint64
bt_file_mtime_ns (const struct stat *info)
{
  return info->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + info->st_mtim.tv_nsec;
}

static inline gboolean
bt_file_stamp_is_of (const BtFileStamp *stamp, const struct stat *info)
{
  return stamp->size == info->st_size && stamp->mtime_ns == bt_file_mtime_ns (info);
}

BtFileStore *
bt_file_store_new (BtMetainfo *metainfo, const BtStorageConfig *config, BtFileSet *set, guint64 id);
/* When no job is left; closes nothing that is still in the set. */
void bt_file_store_free (BtFileStore *store);

/* Arrays of one name a file, some of them NULL. */
char **bt_file_store_copy_names (const char *const *names, guint32 n_files);
void bt_file_store_free_names (char **names, guint32 n_files);

const char *bt_file_store_path (const BtFileStore *store, guint32 file);
/* Whether a file has bytes or a name on the disk at all: neither padding nor a symlink. */
gboolean bt_file_store_is_real (const BtFileStore *store, guint32 file);
/* Returns: the descriptor, borrowed until the next barrier; -1 with CHANGED when the root is not
 * there yet, else with the reason. */
int bt_file_store_root_in_disk (BtFileStore *store, BtRootUse use, GError **error);
void bt_file_store_close_root_in_disk (BtFileStore *store);
/* Another root may take its place the next time it is looked for. */
void bt_file_store_forget_root_in_disk (BtFileStore *store);
/* Its files were brought to @folder. */
void bt_file_store_change_root_in_disk (BtFileStore *store, const char *folder);
/* They are there already: forgets what was known of those here. */
void bt_file_store_adopt_in_disk (BtFileStore *store, const char *folder);
/* What a piece is to hash to. */
gboolean bt_file_store_get_piece_hash_in_disk (BtFileStore *store, guint32 piece, BtSha1 *out, GError **error);
/* Looks whether a regular file is there. Returns: FALSE when that cannot be told. */
gboolean bt_file_store_look_in_disk (BtFileStore *store,
                                     int root_fd,
                                     guint32 file,
                                     gboolean *is_there,
                                     struct stat *info,
                                     GError **error);
BtPlace bt_file_store_place_in_disk (BtFileStore *store, guint32 file, GError **error);
void bt_file_store_forget_places (BtFileStore *store);

/* Of BT_ERROR, for an errno. */
int bt_file_store_error_code (int error_number, gboolean is_root);
/* Sets @error from errno: "Could not @verb “path”: reason". @file may be NULL: the root itself. */
void bt_file_store_set_error (const BtFileStore *store,
                              const char *file,
                              const char *verb,
                              int error_number,
                              GError **error);

/* bt-storage-folders.c: sets of the paths of folders; the root is "". */

/* All that hold @path, the root too. */
void bt_file_store_add_folders (GHashTable *folders, const char *path);
/* @made: (nullable) (out): whether it was; NULL: it is not to be. Unchanged if it was there. Returns: -1 with errno */
int bt_folder_open_in_disk (const char *folder, gboolean *made);
/* For a move. @shown: its name. FALSE with DISK_FULL. */
gboolean bt_folder_has_room_in_disk (int fd, const char *shown, guint64 bytes, GError **error);
/* Closes @fd. Some file systems cannot sync folders; they need not, then. */
gboolean bt_folder_sync_in_disk (int fd);
gboolean bt_file_store_sync_folders_in_disk (BtFileStore *store, int root_fd, GHashTable *folders, GError **error);
/* Those that are empty, but never the root. @error: the first that could not be removed. */
void bt_file_store_remove_empty_folders_in_disk (BtFileStore *store, int root_fd, GHashTable *folders,
                                                 GError **error);

/* bt-file-set.c: the descriptors of all stores, the least recently used closed first. */

typedef enum
{
  BT_OPEN_READ,
  BT_OPEN_WRITE, /* makes the file when it is not there */
} BtOpenMode;

typedef enum
{
  BT_SENDABLE_UNKNOWN,
  BT_SENDABLE,         /* the kernel was seen to send from it, and it is of no file server */
  BT_SENDABLE_AT_ONCE, /* and the kernel can tell what it has in memory without waiting */
} BtSendable;

struct _BtOpenFile
{
  BtFileStore *store;
  guint32 file;
  int fd;
  dev_t device; /* with @ino: what it leads to */
  ino_t ino;
  gboolean writable;
  gboolean detached; /* closed by its last user */
  atomic_uchar sendable; /* a BtSendable */
  guint users;
  GList link; /* in the set's queue of idle ones */
};

BtFileSet *bt_file_set_new (guint max_open);
void bt_file_set_free (BtFileSet *set);
/* CHANGED when it is not there and only to be read. */
BtOpenFile *bt_file_set_acquire_in_disk (BtFileSet *set,
                                         BtFileStore *store,
                                         guint32 file,
                                         BtOpenMode mode,
                                         GError **error);
void bt_file_set_release_in_disk (BtFileSet *set, BtOpenFile *open);
void bt_file_set_close_store_in_disk (BtFileSet *set, BtFileStore *store);
/* What the caller has acquired is in use until it is given back. Returns: FALSE if so much is lent that descriptors
 * might run out */
gboolean bt_file_set_lend_in_disk (BtFileSet *set, BtOpenFile *open);
/* Acquires and lends what is open already, never waiting for a disk. Returns: (nullable) */
BtOpenFile *bt_file_set_lend_open (BtFileSet *set, BtFileStore *store, guint32 file);
/* Never waits for a disk; from any thread. */
void bt_file_set_give_back (BtFileSet *set, BtOpenFile *open);
int bt_file_set_sink (const BtFileSet *set); /* the null device; -1: there is none */
/* When descriptors have run out. Returns: TRUE if @error_number says so and it may be tried again.
 */
gboolean bt_file_set_make_room_in_disk (BtFileSet *set, int error_number);
guint bt_file_set_n_open (BtFileSet *set);

BtFileClaims *bt_file_set_get_claims (BtFileSet *set);
BtRests *bt_file_set_get_rests (BtFileSet *set);

/* bt-same-file.c: whether two paths lead to one file. */

/* A file, and the path by which it was reached. */
typedef struct
{
  int root_fd;
  const char *path;
  struct stat info;
} BtSeenFile;

typedef enum
{
  BT_SAME_NOT,
  BT_SAME_FILE, /* by another name: each can go without the other */
  BT_SAME_NAME, /* by the same, in the same folder; or that cannot be seen */
} BtSameness;

BtSameness bt_file_compare_in_disk (BtFileSet *set, const BtSeenFile *seen, const char *root, const char *path);
/* Whether @one and @other, open already, are one folder. */
gboolean bt_folder_is_same_in_disk (int one_fd, const char *one, int other_fd, const char *other);

/* bt-rests.c: files of torrents that are at rest. */

BtRests *bt_rests_new (void);
void bt_rests_free (BtRests *rests);
BtRest *bt_rests_add (BtRests *rests, const BtRestConfig *config);
void bt_rests_remove (BtRests *rests, BtRest *rest);
/* Looks whether what is seen belongs to another torrent than that of @store, to which it is at least as much the @same.
 * @readings: what was read for it, to be kept for the next question of the same job and freed in the end. Returns:
 * (transfer full) (nullable): the name of the torrent, for people */
char *bt_rests_find_owner_in_disk (BtRests *rests, BtFileStore *store, const BtSeenFile *seen, BtSameness same,
                                   BtRestReadings **readings);
void bt_rest_readings_free (BtRestReadings *readings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtRestReadings, bt_rest_readings_free)

/* bt-file-claims.c: which file on the disk is whose. */

BtFileClaims *bt_file_claims_new (BtRests *rests);
void bt_file_claims_free (BtFileClaims *claims);
/* @store has seen its @file. @info: (nullable): NULL: it is not there. */
void bt_file_claims_note_in_disk (BtFileClaims *claims, BtFileStore *store, guint32 file, const struct stat *info);
/* The same; and what is nobody's is its own from now on. Returns: its number if it is its own, as in a stamp, else 0 */
guint64 bt_file_claims_look_in_disk (BtFileClaims *claims, BtFileStore *store, guint32 file, const struct stat *info,
                                     BtRestReadings **readings);
/* It is to be written to, and open. @made: just now. Returns: FALSE with TAKEN if it is another's. */
gboolean bt_file_claims_take_in_disk (BtFileClaims *claims, BtFileStore *store, guint32 file, const struct stat *info,
                                      gboolean made, GError **error);
/* Whether that was so when it was asked last, and nobody has come before it since. Never waits. */
gboolean bt_file_claims_may_write (BtFileStore *store, guint32 file);
/* @names: (transfer full) (nullable) */
void bt_file_claims_set_names (BtFileClaims *claims, BtFileStore *store, char **names);
/* FALSE with TAKEN if what has that name is another torrent's: to rename or remove it would take it from that. */
gboolean bt_file_claims_may_remove_in_disk (BtFileClaims *claims, BtFileStore *store, int root_fd, const char *path,
                                            BtRestReadings **readings, GError **error);
/* None of the files of @store is its own any more. */
void bt_file_claims_drop (BtFileClaims *claims, BtFileStore *store);

/* bt-storage-io.c: bytes of the torrent to and from files. */

gboolean bt_file_store_write_in_disk (BtFileStore *store,
                                      guint64 offset,
                                      const guint8 *data,
                                      guint32 length,
                                      GError **error);
/* CHANGED when the bytes are not there, or (unless @as_is) a file was changed by somebody else since its
 * stamp was taken: what was right in it then may not be now. */
gboolean bt_file_store_read_in_disk (BtFileStore *store,
                                     guint64 offset,
                                     guint8 *data,
                                     guint32 length,
                                     gboolean as_is,
                                     GError **error);
/* FALSE with CHANGED when another program wrote to it since its stamp was taken. */
gboolean bt_open_file_is_as_stamped_in_disk (BtOpenFile *open, GError **error);
/* Whether files are long enough for the range; what they hold is another matter. Also tells the
 * kernel that they will be read in order. CHANGED when they are not. */
gboolean bt_file_store_has_range_in_disk (BtFileStore *store,
                                          guint64 offset,
                                          guint64 length,
                                          GError **error);
/* Tells the kernel that the range will be read soon. */
void bt_file_store_read_ahead_in_disk (BtFileStore *store, guint64 offset, guint64 length);
/* One file, whole lengths. */
gboolean bt_open_file_write_in_disk (BtOpenFile *open,
                                     guint64 offset,
                                     const guint8 *data,
                                     gsize length,
                                     GError **error);
gboolean bt_open_file_read_in_disk (BtOpenFile *open,
                                    guint64 offset,
                                    guint8 *data,
                                    gsize length,
                                    GError **error);

/* bt-storage-lend.c. (nullable): NULL where the bytes must be read, or reading tells what is wrong with them. The
 * result is the engine's; they are in the page cache. */
BtFileSlices *bt_file_store_lend_in_disk (BtFileStore *store, guint64 offset, guint32 length);
/* The same in the engine's thread, where nothing has to be opened, brought or asked for. (nullable): NULL: that may be
 * so */
BtFileSlices *bt_file_store_lend_at_once (BtFileStore *store, guint64 offset, guint32 length);

/* bt-piece-check.c: one for each worker. */

BtPieceHashes *bt_piece_hashes_new (void);
void bt_piece_hashes_free (BtPieceHashes *hashes);
/* @data, which lies in one piece, was written at @offset: goes on with its running hash if it is
 * next. Returns: TRUE when it is only noted (if @may_note) and @data must stay until that is settled. */
gboolean bt_piece_hashes_wrote_in_disk (BtPieceHashes *hashes,
                                        BtFileStore *store,
                                        guint64 offset,
                                        const guint8 *data,
                                        guint32 length,
                                        gboolean may_note);
gboolean bt_piece_hashes_have_noted (const BtPieceHashes *hashes);
/* To wait for more gains nothing. */
gboolean bt_piece_hashes_noted_enough (const BtPieceHashes *hashes);
/* Hashes what is noted, many pieces at once. */
void bt_piece_hashes_settle_in_disk (BtPieceHashes *hashes);
/* A write at @offset failed: what is there now is not known. */
void bt_piece_hashes_forget_in_disk (BtPieceHashes *hashes, BtFileStore *store, guint64 offset);
gboolean bt_piece_hashes_check_in_disk (BtPieceHashes *hashes,
                                        BtFileStore *store,
                                        guint32 piece,
                                        gboolean *ok,
                                        GError **error);
/* @ok: one for each of @n_pieces from @first on. @pause: called with @data now and then, for what is more urgent. */
gboolean bt_piece_hashes_check_stretch_in_disk (BtPieceHashes *hashes, BtFileStore *store, guint32 first,
                                                guint32 n_pieces, void (*pause) (gpointer data), gpointer data,
                                                gboolean *ok, GError **error);
/* @hashes: one for each block. */
gboolean bt_piece_hash_blocks_in_disk (BtPieceHashes *hashes,
                                       BtFileStore *store,
                                       guint32 piece,
                                       BtSha1 *out,
                                       GError **error);
/* Bytes of @piece that the running hash has; for tests. */
guint32
bt_piece_hashes_hashed (const BtPieceHashes *hashes, const BtFileStore *store, guint32 piece);

/* bt-pieces-abreast.c: up to BT_HASH_MANY pieces at once; the rest as bt_piece_hashes_check_stretch_in_disk(). */
BtPiecesAbreast *bt_pieces_abreast_new (void);
void bt_pieces_abreast_free (BtPiecesAbreast *abreast);
gboolean bt_pieces_abreast_check_in_disk (BtPiecesAbreast *abreast, BtFileStore *store, guint32 first, guint n,
                                          void (*pause) (gpointer data), gpointer data, gboolean *ok, GError **error);

/* bt-storage-files.c: the files as such. All run alone in their store, flush beside later jobs. */

gboolean bt_file_store_stat_in_disk (BtFileStore *store, BtFileStamp *stamps, GError **error);
gboolean bt_file_store_make_in_disk (BtFileStore *store, GError **error);
/* @once: nobody writes meanwhile */
gboolean bt_file_store_flush_in_disk (BtFileStore *store, gboolean once, GError **error);
gboolean bt_file_store_sync_in_disk (BtFileStore *store, BtFileStamp *stamps, GError **error);
void bt_file_store_close_in_disk (BtFileStore *store);
/* bt-storage-parts.c */
gboolean bt_file_store_set_priorities_in_disk (BtFileStore *store,
                                               const guint8 *priorities,
                                               const BtBitfield *have,
                                               GError **error);
/* bt-storage-remove.c */
gboolean bt_file_store_remove_in_disk (BtFileStore *store, const gboolean *created, GError **error);

/* bt-storage-copy.c: a file of one file system to another. */

typedef enum
{
  BT_COPY_DONE,
  BT_COPY_FAILED,  /* errno says why */
  BT_COPY_STOPPED,
  BT_COPY_CHANGED, /* another program wrote to it meanwhile */
} BtCopyResult;

/* Copies what is at @from_fd to a new file @to beneath @to_root_fd, synced, with the same time and
 * permissions; a partial one goes again. @went: called with the number of bytes as they are copied; FALSE
 * stops it. */
BtCopyResult bt_file_copy_in_disk (int from_fd, int to_root_fd, const char *to,
                                   gboolean (*went) (guint64 bytes, gpointer data), gpointer data);
/* Whether a file is the copy of another, as far as can be seen: sizes and, as exactly as every file
 * system keeps them, times. */
gboolean bt_file_is_copy (const struct stat *original, const struct stat *copy);

/* bt-storage-move.c: the files of a torrent to another folder. */

/* Whether they could go there, as far as can be seen without writing. */
gboolean bt_file_store_look_at_move_in_disk (BtFileStore *store, const char *folder, GError **error);
/* All of them, or none with an error. @resuming: it was begun before, and what is there already is of that. */
gboolean bt_file_store_move_in_disk (BtFileStore *store, const char *folder, gboolean resuming, GError **error);
/* bt-storage-clean.c: what a move left in @folder: files of which there is a copy now, folders that became empty. */
gboolean bt_file_store_clean_in_disk (BtFileStore *store, const char *folder, GError **error);
/* bt-storage-rename.c: below the root, a file or a folder: what is not there is not renamed. Then goes by @names (transfer full). */
gboolean bt_file_store_rename_in_disk (BtFileStore *store, const char *from, const char *to, char **names,
                                       GError **error);

/* Free bytes where @path is or would be; -1 with an error. */
gint64 bt_free_space_in_disk (const char *path, GError **error);

G_END_DECLS
