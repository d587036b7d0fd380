/* ft-session.h: the engine as an object of the main context: torrents, totals, commands.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bt-engine.h"
#include "ft-event-log.h"
#include "ft-network.h"
#include "ft-speed-history.h"
#include "ft-policy.h"
#include "ft-torrent.h"

G_BEGIN_DECLS

#define FT_TYPE_SESSION (ft_session_get_type ())
G_DECLARE_FINAL_TYPE (FtSession, ft_session, FT, SESSION, GObject)

#define FT_TYPE_SESSION_STATE (ft_session_state_get_type ())

typedef enum
{
  FT_SESSION_STOPPED,
  FT_SESSION_STARTING,
  FT_SESSION_RUNNING,
  FT_SESSION_STOPPING,
} FtSessionState;

GType ft_session_state_get_type (void);

/**
 * FtSession:
 *
 * Everything a face shows or orders. It can be started again after it has stopped or failed to start.
 *
 * Properties, all read-only: torrents (#GListModel of #FtTorrent), state (#FtSessionState), failure
 * (why the last start failed, in words, or %NULL), rate-down, rate-up (bytes a second), speed-text
 * (both in words, empty while nothing flows), free-bytes (-1: unknown), n-peers, mode (#FT_TYPE_MODE),
 * policy (#FtPolicy, %NULL until settings are bound).
 *
 * FtSession::event:
 * @session: the session
 * @event: (type gpointer): a #BtEvent, valid during the call
 *
 * What happened to a torrent or to the engine. Comes after the list has the values of that moment.
 *
 * FtSession::detail:
 * @session: the session
 * @detail: (type gpointer): a #BtDetail of the torrent that is watched; take a reference to keep it
 *
 * FtSession::stuck:
 * @session: the session
 *
 * It is to stop, and nothing has come on for %BT_STOP_PATIENCE_S: a disk hangs.
 *
 * FtSession::problem:
 * @session: the session
 * @text: what happened to the engine as a whole, fit for display, not markup
 */

/* @config: copied */
FtSession *ft_session_new (const BtConfig *config);

/* From now on follows what a person sets; @settings has the schema's keys (ft-config.h). */
void ft_session_bind_settings (FtSession *session, GSettings *settings);

/* Returns: (transfer none) (nullable): what holds now of limits and plan; %NULL until settings are bound */
FtPolicy *ft_session_get_policy (FtSession *session);

FtNetwork *ft_session_get_network (FtSession *session);   /* (transfer none), as old as the session */
GListModel *ft_session_get_torrents (FtSession *session); /* (transfer none) */
FtSessionState ft_session_get_state (FtSession *session);
/* Returns: (transfer none) (nullable) */
FtTorrent *ft_session_lookup (FtSession *session, BtTorrentId id);

/* Both (transfer none), as old as the session: what its torrents did. */
FtEventLog *ft_session_get_event_log (FtSession *session);
FtSpeedHistory *ft_session_get_speed_history (FtSession *session);

/* Fails with %BT_ERROR_BUSY if another process has the state directory. Only while stopped. */
void ft_session_start_async (FtSession *session, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
/* Saves, says goodbye to trackers for a bounded time, empties the list. In any state; must have ended
 * before the last reference goes. */
void ft_session_stop_async (FtSession *session, GAsyncReadyCallback callback, gpointer user_data);

/* #FtSession::detail tells of this torrent with each update from now on; 0: of none. Also while stopped:
 * then from the start on. */
void ft_session_watch (FtSession *session, BtTorrentId id, BtDetailParts parts);

/* Commands, while running. @id 0: all torrents. */

/* @request: copied; see BtAddRequest */
void ft_session_add_async (FtSession *session, const BtAddRequest *request, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
/* Returns: its id, or 0 with an error; of %BT_ERROR_EXISTS, @existing (out) (optional) says which. */
BtTorrentId ft_session_add_finish (FtSession *session, GAsyncResult *result, BtTorrentId *existing,
                                   GError **error);

void ft_session_set_intent_async (FtSession *session, BtTorrentId id, BtIntent intent,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
/* @with_data: its files go to the trash */
void ft_session_remove_async (FtSession *session, BtTorrentId id, gboolean with_data,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
/**
 * ft_session_remove_later:
 *
 * Takes torrents out of the list at once, and tells the engine of them with ft_session_remove_async() or when the
 * session stops; until then ft_session_keep() puts them back. A program that dies meanwhile has lost nothing.
 */
void ft_session_remove_later (FtSession *session, const BtTorrentId *ids, guint n_ids);
/* Returns: how many were to be removed and are in the list again */
guint ft_session_keep (FtSession *session, const BtTorrentId *ids, guint n_ids);
/* Returns when the check has begun. */
void ft_session_verify_async (FtSession *session, BtTorrentId id, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);

/* As those of bt-engine.h: see there what they do and how they fail. */
void ft_session_set_options_async (FtSession *session, BtTorrentId id, BtTorrentOptions *options, BtOptionMask mask,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void ft_session_rename_tag_async (FtSession *session, const char *tag, const char *new_tag,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void ft_session_move_in_queue_async (FtSession *session, BtTorrentId id, BtQueueMove move,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void ft_session_move_async (FtSession *session, BtTorrentId id, const char *folder, gboolean with_files,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void ft_session_rename_path_async (FtSession *session, BtTorrentId id, const char *path, const char *name,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void ft_session_set_trackers_async (FtSession *session, BtTorrentId id, GPtrArray *tiers,
                                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void ft_session_add_trackers_async (FtSession *session, BtTorrentId id, GPtrArray *tiers,
                                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void ft_session_announce_to_async (FtSession *session, BtTorrentId id, const char *url,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void ft_session_ban_peer_async (FtSession *session, BtTorrentId id, const BtEndpoint *endpoint,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void ft_session_unban_peer_async (FtSession *session, BtTorrentId id, const BtEndpoint *endpoint,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void ft_session_announce_async (FtSession *session, BtTorrentId id, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
void ft_session_add_peer_async (FtSession *session, BtTorrentId id, const BtEndpoint *endpoint,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void ft_session_set_priorities_async (FtSession *session, BtTorrentId id, GBytes *priorities,
                                      GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data);
void ft_session_get_torrent_async (FtSession *session, BtTorrentId id, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
GBytes *ft_session_get_torrent_finish (FtSession *session, GAsyncResult *result, GError **error);
/* Of a .torrent file in the web; see bt_engine_fetch_torrent_async(). */
void ft_session_fetch_torrent_async (FtSession *session, const char *url, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
GBytes *ft_session_fetch_torrent_finish (FtSession *session, GAsyncResult *result, GError **error);
/* Once; see also ft_session_watch(). */
void ft_session_get_detail_async (FtSession *session, BtTorrentId id, BtDetailParts parts,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
BtDetail *ft_session_get_detail_finish (FtSession *session, GAsyncResult *result, GError **error);

/* For all that have no finish of their own. */
gboolean ft_session_finish (FtSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
