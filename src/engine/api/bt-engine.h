/* bt-engine.h: the only door to the engine: commands in, updates out, both as values.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-config.h"
#include "bt-status.h"

G_BEGIN_DECLS

#define BT_TYPE_ENGINE (bt_engine_get_type ())
G_DECLARE_FINAL_TYPE (BtEngine, bt_engine, BT, ENGINE, GObject)

/**
 * BtEngine:
 *
 * Belongs to the main context that was the thread's default when it was made; every callback and
 * signal comes there. The engine itself runs in a thread of its own. Several live in one process.
 *
 * BtEngine::update:
 * @engine: the engine
 * @update: (type BtUpdate): what changed
 *
 * Values come every update_interval_ms at most; an event, the end of a check and the first change after
 * a while come sooner, with the values of their moment. The next only after all handlers of the last returned.
 */

/**
 * bt_engine_new:
 * @config: copied
 *
 * Starts the thread and returns at once. Nothing is loaded before bt_engine_start_async().
 */
BtEngine *bt_engine_new (const BtConfig *config);

/**
 * bt_engine_start_async:
 *
 * Locks and loads the state directory, opens the port, starts what was running.
 * Errors: %BT_ERROR_BUSY if another process has the state directory, %BT_ERROR_STATE. A port that
 * cannot be opened is no error: an event says so, and outgoing connections still work.
 */
void bt_engine_start_async (BtEngine *engine, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * bt_engine_stop_async:
 *
 * Saves, announces `stopped` (stop_timeout_ms at most), ends the thread. Must be called, and have
 * ended, before the last reference goes, unless the engine was never started.
 */
#define BT_STOP_PATIENCE_S 10 /* a disk that hangs may keep it for ever: when nothing has come on for so long, a program ends without it */
void bt_engine_stop_async (BtEngine *engine, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * bt_engine_leave:
 *
 * The program is to end, and may have to go before the engine has started or stopped. Then no torrent that it is at is
 * to blame. Answers nothing.
 */
void bt_engine_leave (BtEngine *engine);

/**
 * bt_engine_disks_changed:
 *
 * Something was mounted: torrents whose disk was not there or failed look at it now, rather than when it is time. Answers
 * nothing.
 */
void bt_engine_disks_changed (BtEngine *engine);

/* For every command below that has no finish of its own. An unknown id is %BT_ERROR_NOT_FOUND; what concerns the files
 * of a torrent of which only a magnet link is known is %BT_ERROR_NO_METADATA. */
gboolean bt_engine_finish (BtEngine *engine, GAsyncResult *result, GError **error);

/**
 * BtAddRequest:
 * @torrent: (nullable): the bytes of a .torrent file
 * @magnet: (nullable): a magnet link, in place of @torrent
 * @save_path: (nullable): absolute folder; %NULL: the configured one
 * @intent: run, or wait, or get the details of a link and wait
 * @priorities: (nullable): one byte a file in torrent order, pad files included; 0: skipped
 * @options: (nullable): what is set for it; %NULL: defaults
 * @tiers: (nullable) (element-type GStrv): trackers in place of its own
 * @trust_data: the data is there and right: check each file's size only. For a maker of torrents.
 *
 * A torrent that is there for its details alone (%BT_INTENT_DETAILS) is no obstacle: it becomes what is asked, under
 * its id, and trackers that it does not have come to its own. So a face adds a link for its details first, and again
 * when somebody has chosen.
 */
typedef struct
{
  GBytes *torrent;
  const char *magnet;
  const char *save_path;
  BtIntent intent;
  GBytes *priorities;
  BtTorrentOptions *options;
  GPtrArray *tiers;
  gboolean trust_data;
} BtAddRequest;

/* Data that is in the folder already is checked and used, never overwritten unread. */
void bt_engine_add_async (BtEngine *engine, const BtAddRequest *request, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);
/* Returns: the id, or 0 with BT_ERROR_MALFORMED, UNSUPPORTED, LIMIT, TAKEN, or EXISTS (then @existing,
 * (out) (optional), is set). */
BtTorrentId bt_engine_add_finish (BtEngine *engine, GAsyncResult *result, BtTorrentId *existing, GError **error);

/* Commands on one torrent; 0: all. An intent for all leaves alone what is stopped, what is there for its details
 * alone, or was paused because it has seeded enough. */
void bt_engine_set_intent_async (BtEngine *engine, BtTorrentId id, BtIntent intent, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
/* @with_data: to the trash, and only files of the torrent that were not there before it. */
void bt_engine_remove_async (BtEngine *engine, BtTorrentId id, gboolean with_data, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
/* Hashes everything anew; returns when it has begun. Progress comes with updates. Cancel stops it;
 * what was not reached counts as it did before. */
void bt_engine_verify_async (BtEngine *engine, BtTorrentId id, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
void bt_engine_cancel_verify_async (BtEngine *engine, BtTorrentId id, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
/* @priorities: one byte a file in torrent order, pad files included. */
void bt_engine_set_priorities_async (BtEngine *engine, BtTorrentId id, GBytes *priorities, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
void bt_engine_announce_async (BtEngine *engine, BtTorrentId id, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
void bt_engine_add_peer_async (BtEngine *engine, BtTorrentId id, const BtEndpoint *endpoint, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);

/* The fields of @options that @mask names are set; the rest stays. */
void bt_engine_set_options_async (BtEngine *engine, BtTorrentId id, BtTorrentOptions *options, BtOptionMask mask,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Takes @tag off every torrent, or renames it to @new_tag (nullable: takes off). */
void bt_engine_rename_tag_async (BtEngine *engine, const char *tag, const char *new_tag, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
void bt_engine_move_in_queue_async (BtEngine *engine, BtTorrentId id, BtQueueMove move, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
/**
 * bt_engine_move_async:
 * @folder: absolute
 * @with_files: %FALSE: the data is there already; it is checked
 *
 * Returns when it has begun; progress comes with updates, BT_EVENT_MOVED or a problem at the end.
 * Nothing is deleted before its copy is complete and synced. Cancelled by moving back.
 * Errors: %BT_ERROR_EXISTS if a file of the same name is there, %BT_ERROR_BUSY while it is being moved.
 */
void bt_engine_move_async (BtEngine *engine, BtTorrentId id, const char *folder, gboolean with_files,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/**
 * bt_engine_rename_path_async:
 * @path: of a file or a folder of the torrent, as BtFileStatus has it (a folder: a leading part of it)
 * @name: the new last component
 *
 * Renames on disk and for good. Errors: %BT_ERROR_NOT_FOUND, %BT_ERROR_MALFORMED if @name is no safe
 * name, %BT_ERROR_EXISTS if there is such a file.
 */
void bt_engine_rename_path_async (BtEngine *engine, BtTorrentId id, const char *path, const char *name,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* @tiers: (element-type GStrv): all its trackers from now on. MALFORMED names the URL that is none. */
void bt_engine_set_trackers_async (BtEngine *engine, BtTorrentId id, GPtrArray *tiers, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
/* Those that it does not have yet, each in a tier of its own at the end, as they are in @tiers. */
void bt_engine_add_trackers_async (BtEngine *engine, BtTorrentId id, GPtrArray *tiers, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
/* One tracker now; at most as often as it allows. */
void bt_engine_announce_to_async (BtEngine *engine, BtTorrentId id, const char *url, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
/* Closes its connections; the address is not connected to nor accepted by this torrent any more. */
void bt_engine_ban_peer_async (BtEngine *engine, BtTorrentId id, const BtEndpoint *endpoint, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
/* Its IP may be connected to and accepted again, whoever banned it. */
void bt_engine_unban_peer_async (BtEngine *engine, BtTorrentId id, const BtEndpoint *endpoint, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
/* The .torrent file, for "save as" and for undo. */
void bt_engine_get_torrent_async (BtEngine *engine, BtTorrentId id, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): NO_METADATA while its details are not known */
GBytes *bt_engine_get_torrent_finish (BtEngine *engine, GAsyncResult *result, GError **error);

/**
 * bt_engine_fetch_torrent_async:
 * @url: http or https, of a .torrent file
 *
 * Goes the way that sockets go, by the address and interface they are bound to. No cookies, few redirections,
 * bounded size and time. Calling it off by @cancellable, in the thread that asked, closes the connection too.
 * Errors: %BT_ERROR_MALFORMED if it is no URL or no torrent comes, NETWORK, REMOTE, TIMED_OUT, LIMIT.
 */
void bt_engine_fetch_torrent_async (BtEngine *engine, const char *url, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): bytes that still are to be read with bt_torrent_file_describe() */
GBytes *bt_engine_fetch_torrent_finish (BtEngine *engine, GAsyncResult *result, GError **error);

/* Takes effect at once, the bind address and interface included; only state_dir stays what it was. */
void bt_engine_set_config_async (BtEngine *engine, const BtConfig *config, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);

/* Details of one torrent come with each update from now on; 0: of none. */
void bt_engine_watch (BtEngine *engine, BtTorrentId id, BtDetailParts parts);
/* Details once. */
void bt_engine_get_detail_async (BtEngine *engine, BtTorrentId id, BtDetailParts parts, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
BtDetail *bt_engine_get_detail_finish (BtEngine *engine, GAsyncResult *result, GError **error);

/**
 * bt_torrent_file_describe:
 * @torrent: the bytes of a .torrent file
 *
 * Reads a torrent without an engine, in the caller's thread: for `show` and for add dialogs.
 *
 * Returns: (transfer full): what it holds, or %NULL with an error that names the field
 */
typedef struct
{
  char *name;
  BtSha1 info_hash;
  guint64 total_size;    /* payload */
  guint32 piece_length;
  guint32 n_pieces;
  gboolean is_private, is_hybrid, multi_file;
  gboolean is_magnet;    /* a link: only name, info_hash, tiers and web_seeds are known */
  guint32 n_files;       /* pads counted: as many priorities it takes */
  GArray *files;         /* of BtFileStatus: path as it will be on disk, below the download folder */
  GPtrArray *symlinks;   /* of char*, parallel to files: (nullable) target */
  GPtrArray *tiers;      /* of GStrv */
  GStrv web_seeds;
  char *comment, *created_by, *source; /* (nullable), fit for display */
  gint64 creation_date;  /* 0: unknown */
} BtTorrentFile;

BtTorrentFile *bt_torrent_file_describe (GBytes *torrent, GError **error);

/**
 * bt_magnet_describe:
 * @link: `magnet:?…`, also as `magnet:///?…`; or an info-hash alone, hexadecimal or base32
 *
 * Reads a link without an engine, in the caller's thread. The name is the hash if it has none.
 *
 * Returns: (transfer full): what it says, is_magnet being set, or %NULL with %BT_ERROR_MALFORMED, LIMIT or UNSUPPORTED
 */
BtTorrentFile *bt_magnet_describe (const char *link, GError **error);

/* A magnet link for others. @name: (nullable); @tiers: (nullable) (element-type GStrv): those of a private torrent
 * hold a passkey; @web_seeds: (nullable). Returns: (transfer full) */
char *bt_magnet_make (const BtSha1 *info_hash, const char *name, GPtrArray *tiers, const char *const *web_seeds);

void bt_torrent_file_free (BtTorrentFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTorrentFile, bt_torrent_file_free)

G_END_DECLS
