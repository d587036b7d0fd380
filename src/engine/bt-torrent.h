/* bt-torrent.h: one torrent at work: its data, its peers, its trackers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-link.h"
#include "bt-metainfo.h"
#include "bt-network-view.h"
#include "bt-queue.h"
#include "bt-state-db.h"
#include "bt-status.h"

G_BEGIN_DECLS

typedef struct _BtCore BtCore;
typedef struct _BtTorrent BtTorrent;

/* Its place in the rounds of the second. */
typedef struct
{
  GList link; /* data: the torrent; NULL: it has none */
  gboolean rests;
} BtRounds;

/* How the disk answers it. */
typedef struct
{
  GList link;           /* in core->waiting_for_disk */
  guint n_ended;        /* jobs, ever */
  guint n_seen;         /* of them, when it was last looked at */
  gint64 since;         /* no other ended; 0: not looked at yet */
  gboolean stuck;       /* for too long */
} BtDiskWait;

typedef enum
{
  BT_LOAD_NEW,     /* just added: data that is there is checked */
  BT_LOAD_TRUSTED, /* just added by its maker: sizes are looked at */
  BT_LOAD_CLEAN,   /* from the state database after a clean end */
  BT_LOAD_UNCLEAN, /* after a crash: what may have been written since is checked */
} BtLoad;

/* @resume: (nullable): what was saved; NULL: check everything. Looks at the files and goes on alone. */
BtTorrent *bt_torrent_new (BtCore *core, BtTorrentId id, BtMetainfo *metainfo, const BtResume *resume, BtLoad load);
/* One that is folded. @resume: has a summary. @saved: the same as it was written; empty: nobody may read it. */
BtTorrent *bt_torrent_new_folded (BtCore *core, BtTorrentId id, const BtResume *resume, GBytes *saved, BtLoad load);

/* Folding. Folded, it has an outline for metainfo: it is listed, announces and is found by its hash, but knows no
 * files and no pieces. Whatever needs those asks bt_core_unfold_for() or bt_core_unfold_for_link() first. */
gboolean bt_torrent_needs_unfolding (BtTorrent *torrent);
/* Brings its content; bt_core_unfolded() follows. */
void bt_torrent_unfold (BtTorrent *torrent);
/* Whether what needs its content can go on, for better or worse. */
gboolean bt_torrent_is_unfolded (BtTorrent *torrent);
/* Returns: (transfer none) (nullable): why its content cannot be brought */
const GError *bt_torrent_get_fold_problem (BtTorrent *torrent);
/* The program ended while it was being started, the last time. */
gboolean bt_torrent_is_suspect (BtTorrent *torrent);
/* The program is told to end: if it must leave while this one is being started, that was not its fault. */
void bt_torrent_absolve (BtTorrent *torrent);
/* Its place among those who want a turn. FALSE: it needs none any more. */
GList *bt_torrent_get_unfold_link (BtTorrent *torrent);
gboolean bt_torrent_take_unfold_turn (BtTorrent *torrent);
/* Each second: folds it if nobody needs more of it. */
void bt_torrent_fold_if_idle (BtTorrent *torrent, gint64 now);
/* A person looks at it: it is not folded for a while. */
void bt_torrent_keep_unfolded (BtTorrent *torrent, gint64 now);

/* It is in the state database, committed. */
void bt_torrent_set_saved (BtTorrent *torrent);
/* It could not be: that is told of, and tried again with whatever is saved next. */
void bt_torrent_note_unlisted (BtTorrent *torrent, const GError *error);
/* Nothing is checked soon: lets go of what only checks need. */
void bt_torrent_rest (BtTorrent *torrent);

/* It is found by the first part of @path, or of its files' paths, among those that may have the same files. */
void bt_torrent_enter_top (BtTorrent *torrent, const char *path);
void bt_torrent_find_top (BtTorrent *torrent);
void bt_torrent_leave_top (BtTorrent *torrent);

BtTorrentId bt_torrent_get_id (BtTorrent *torrent);
BtMetainfo *bt_torrent_get_metainfo (BtTorrent *torrent);
/* Returns: (transfer full): the .torrent file, or NULL with STATE. May wait for the state database. */
GBytes *bt_torrent_get_bytes (BtTorrent *torrent, GError **error);

BtIntent bt_torrent_get_intent (BtTorrent *torrent);
void bt_torrent_set_intent (BtTorrent *torrent, BtIntent intent);
/* Mode, limits or the network changed. */
void bt_torrent_reconsider (BtTorrent *torrent);
void bt_torrent_verify (BtTorrent *torrent);
void bt_torrent_cancel_verify (BtTorrent *torrent);
void bt_torrent_set_priorities (BtTorrent *torrent, GBytes *priorities);
/* Both without a copy. @options: clean; kept as they are. */
BtTorrentOptions *bt_torrent_get_options (BtTorrent *torrent);
void bt_torrent_set_options (BtTorrent *torrent, BtTorrentOptions *options);
/* A disk may be there again: a problem that waits for its next try does not wait longer. */
void bt_torrent_retry_now (BtTorrent *torrent);
/* Fewer peers may be allowed now than there are: those that bring least go. */
void bt_torrent_trim_peers (BtTorrent *torrent);
/* Likewise of all torrents together. */
void bt_core_trim_peers (BtCore *core);
/* Peer exchange was switched on or off: says so to the peers. */
void bt_torrent_pex_switched (BtTorrent *torrent);
/* The limits of the engine or of tags are others now. */
void bt_torrent_apply_limits (BtTorrent *torrent);
void bt_torrent_hurry (BtTorrent *torrent);
/* One tracker, as soon as it allows. FALSE if it is not in the list. */
gboolean bt_torrent_announce_to (BtTorrent *torrent, const char *url);
/* @tiers: of GStrv: valid, all its trackers from now on. */
void bt_torrent_set_tiers (BtTorrent *torrent, GPtrArray *tiers);
/* Those of them that it does not have, each list a tier at the end. FALSE if there would be too many. */
gboolean bt_torrent_add_tiers (BtTorrent *torrent, GPtrArray *tiers);
/* By the person: the IP, with all its ports. */
void bt_torrent_ban_by_hand (BtTorrent *torrent, const BtEndpoint *endpoint);
/* Whoever banned the IP; it is connected to again when its turn comes. */
void bt_torrent_unban (BtTorrent *torrent, const BtEndpoint *endpoint);
/* Our own address is another: who is to be preferred changes. */
void bt_torrent_learn_address (BtTorrent *torrent);
void bt_torrent_add_peer (BtTorrent *torrent, const BtEndpoint *endpoint, guint source);
void bt_torrent_save (BtTorrent *torrent);

/* Ends it: peers go, trackers are told, what is in memory is written and synced. @done comes when
 * nothing of it runs any more; the torrent is freed after it returned. @forget: it will not be
 * saved. @with_data: its files go to the trash. Returns: FALSE if it ends already: @done will not come. */
gboolean bt_torrent_close (BtTorrent *torrent, gboolean forget, gboolean with_data,
                           void (*done) (BtTorrent *torrent, const GError *error, gpointer data), gpointer data);
/* All its sockets are closed, and trackers are not told; then it may open others. */
void bt_torrent_cut_off (BtTorrent *torrent);
void bt_torrent_reconnect (BtTorrent *torrent);
/* Does not wait for trackers any more. */
void bt_torrent_abandon_announces (BtTorrent *torrent);

/* bt-torrent-network.c */
/* Closes what is at an address of ours that is no more. */
void bt_torrent_drop_lost_peers (BtTorrent *torrent, const BtNetworkView *before, const BtNetworkView *now);
/* Calls off what trackers are being asked. */
void bt_torrent_let_go_of_trackers (BtTorrent *torrent);
/* Everybody is tried again, trackers at a random moment. @moved: our address is another one. */
void bt_torrent_renew (BtTorrent *torrent, gboolean moved);
/* The port that trackers were told is another now: they are told again, at a random moment. */
void bt_torrent_port_changed (BtTorrent *torrent);
/* Sends each peer something to acknowledge; drops those that have not for so long. */
void bt_torrent_probe_peers (BtTorrent *torrent);
void bt_torrent_drop_stuck_peers (BtTorrent *torrent, gint64 silence_us);
void bt_torrent_offline_changed (BtTorrent *torrent);

/* bt-torrent-lsd.c: when the local network is to be told of it; G_MAXINT64: never. */
gint64 bt_torrent_lsd_due (BtTorrent *torrent);
/* It is told at @now, however lately it was; it has been told. */
void bt_torrent_lsd_soon (BtTorrent *torrent, gint64 now);
void bt_torrent_lsd_said (BtTorrent *torrent, gint64 now);
/* A neighbour has it. */
void bt_torrent_lsd_heard (BtTorrent *torrent, const BtEndpoint *endpoint);

/* Whether peers of it may be told to, and learnt from, others than its trackers: the DHT, other peers, the local
 * network. Each of those asks where it sends and where it receives. TRUE of a link, of which nobody knows
 * whether it is private; should it turn out so, the peers it has from there are dropped. */
gboolean bt_torrent_may_share (BtTorrent *torrent);
/* Where the files of one that was never started are to be. Returns: (transfer full) (nullable): why not */
GError *bt_torrent_choose_place (BtTorrent *torrent, const char *path);
/* Whether no more than a magnet link is known of it. */
gboolean bt_torrent_is_magnet (BtTorrent *torrent);
/* Whether it can become a torrent now: it is one of a link, and is not being removed or becoming one. */
gboolean bt_torrent_can_resolve (BtTorrent *torrent);
/* Whether it is about to become one. */
gboolean bt_torrent_is_resolving (BtTorrent *torrent);
/* A job of the disk failed, the network is gone, what its peers gave is of no use: stops with a reason, and tries again
 * if that may pass. */
void bt_torrent_fail (BtTorrent *torrent, const GError *error);
/* Whether it is there for its details alone, and nobody has decided on it. */
gboolean bt_torrent_can_be_chosen_for (BtTorrent *torrent);
/* What a torrent of @metainfo begins with that takes the place of one of a link.
 * Returns: (transfer full) */
BtResume *bt_torrent_make_resolved_resume (BtTorrent *torrent, const BtMetainfo *metainfo);
/* It becomes a torrent of @metainfo, which was saved with @resume. */
void bt_torrent_take_up (BtTorrent *torrent, BtMetainfo *metainfo, const BtResume *resume);
typedef void (*BtResolvedFunc) (BtTorrent *torrent, const GError *error, gpointer data);
/* Saves @bytes, of @metainfo, in place of the link. It may be closing when @done comes. */
void bt_torrent_resolve (BtTorrent *torrent, const BtMetainfo *metainfo, GBytes *bytes, const BtResume *resume,
                         BtResolvedFunc done, gpointer data);

/* The DHT can be used, from now on; not any more; it is this torrent's turn to search it. */
void bt_torrent_start_dht (BtTorrent *torrent);
void bt_torrent_stop_dht (BtTorrent *torrent);
void bt_torrent_search_dht (BtTorrent *torrent, gint64 now);
/* How it does is another. */
void bt_torrent_dht_changed (BtTorrent *torrent);

/* For the engine's rounds. */
gboolean bt_torrent_is_active (BtTorrent *torrent);
/* A second has passed, or some of them if it rests. */
void bt_torrent_second (BtTorrent *torrent, gint64 now);
/* It is folded: nobody is there, and nothing of it changes by itself but its times. */
gboolean bt_torrent_rests (BtTorrent *torrent);
BtRounds *bt_torrent_get_rounds (BtTorrent *torrent);
BtDiskWait *bt_torrent_get_disk_wait (BtTorrent *torrent);
void bt_torrent_note_stuck (BtTorrent *torrent); /* that of the above changed */
/* Connects to at most @n more peers, or to more just after its start, as far as there is room; returns how many of the
 * @n it used up. There is room. */
guint bt_torrent_connect_some (BtTorrent *torrent, guint n, gint64 now);
/* Somebody was found there after all. */
void bt_torrent_try_again (BtTorrent *torrent, const BtEndpoint *endpoint, gint64 now);
gint64 bt_torrent_next_connect (BtTorrent *torrent); /* G_MAXINT64: does not want any */
GList *bt_torrent_get_seek_link (BtTorrent *torrent);
void bt_torrent_set_reading (BtTorrent *torrent, gboolean reading);
/* An incoming link has said our info-hash: takes it over, or closes it. */
void bt_torrent_take_link (BtTorrent *torrent, BtLink *link, const BtHandshake *handshake);
void bt_torrent_check_next (BtTorrent *torrent);

/* The queue. ask: what it wants. take_place: the answer; @limited: its kind has a limit. */
void bt_torrent_ask_queue (BtTorrent *torrent, BtQueueItem *item, gint64 now);
void bt_torrent_take_place (BtTorrent *torrent, const BtQueueItem *item, gboolean limited, gint64 now);
gboolean bt_torrent_is_loading (BtTorrent *torrent);
/* It waits in the queue, or would when it is started; stopped ones and seeds do not. */
gboolean bt_torrent_is_in_queue (BtTorrent *torrent);
void bt_torrent_set_queue_position (BtTorrent *torrent, guint position);
guint64 bt_torrent_get_queue_key (BtTorrent *torrent); /* 0: none yet */
void bt_torrent_set_queue_key (BtTorrent *torrent, guint64 key);
void bt_torrent_tell_waiting (BtTorrent *torrent);

/* Goals. */
gboolean bt_torrent_goal_is_due (BtTorrent *torrent);
/* Tells, stops it if so it shall be, and returns what is to be done. */
BtGoalAction bt_torrent_reach_goal (BtTorrent *torrent);
/* Paused because it has seeded enough. */
gboolean bt_torrent_rests_at_goal (BtTorrent *torrent);

/* Values for faces. fill_status() gives what changed and forgets it. */
void bt_torrent_fill_status (BtTorrent *torrent, BtTorrentStatus *status);
BtDetail *bt_torrent_make_detail (BtTorrent *torrent, BtDetailParts parts);
/* Nobody looks at its files any more: lets go of what makes that cheap. */
void bt_torrent_forget_files (BtTorrent *torrent);

G_END_DECLS
