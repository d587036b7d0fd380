/* bt-torrent-private.h: the state of one torrent, for the files that share it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-blame.h"
#include "bt-candidates.h"
#include "bt-choker.h"
#include "bt-core-private.h"
#include "bt-dht.h"
#include "bt-metadata-fetch.h"
#include "bt-metadata.h"
#include "bt-peer-id.h"
#include "bt-peer.h"
#include "bt-picker.h"
#include "bt-queue.h"
#include "bt-tiers.h"
#include "bt-torrent.h"

G_BEGIN_DECLS

typedef enum
{
  BT_PHASE_METADATA, /* only a magnet link is known: it has no files and no pieces */
  BT_PHASE_FOLDED,   /* no more than its outline is in memory: bt-torrent-fold.c */
  BT_PHASE_LOADING,  /* looking at the files */
  BT_PHASE_CHECKING, /* hashing, or in the queue for it */
  BT_PHASE_READY,
  BT_PHASE_CLOSING,
} BtPhase;

/* An announce or scrape that is under way. */
typedef struct
{
  BtTorrent *torrent;
  BtTracker *tracker;
  BtTracker *gone;        /* (nullable): the same, when it was taken off the list: owned */
  BtTrackerCall *call;
  BtAnnounceEvent event;
  gboolean is_scrape;
} BtAsking;

/* A search of the DHT in one family. */
typedef struct
{
  BtTorrent *torrent;
  gboolean ipv6;
  gboolean running;
  BtDhtSearchId id;
  gboolean has_scrape;    /* of the last: how many there are was said */
  guint n_seeds, n_downloaders;
} BtDhtSearch;

typedef struct
{
  gboolean started;
  BtTimer timer;          /* to the next search */
  GList *turn;            /* (nullable): its place among those who want to search */
  BtDhtSearch sides[2];   /* IPv4, IPv6 */
  guint n_found;          /* peers, in this search */
  guint n_announced;      /* nodes that know of us, likewise */
  guint fails;            /* searches in a row that were of no use */
} BtTorrentDht;

typedef struct _BtFileWatch BtFileWatch;

struct _BtTorrent
{
  BtCore *core;
  BtTorrentId id;
  BtMetainfo *metainfo;   /* without the bytes of the file; folded: an outline */
  BtTorrentBytes *bytes;  /* those; (nullable): folded, as are the following */
  char *save_path;        /* the folder that has its files or will */
  char *data_path;        /* the folder that has them now */
  guint8 *priorities;     /* (nullable): one a file */
  gboolean owes_priorities; /* the storage could not take them up */
  BtStorage *storage;     /* (nullable) */
  BtPicker *picker;       /* (nullable) */
  BtPhase phase;
  BtIntent intent;
  BtTorrentOptions *options; /* (not nullable) */
  BtLimits *limits;       /* what its peers take from: its own, or those of a tag, or the engine's */
  BtLimits *own_limits;   /* (nullable) */
  BtLoad load;
  gboolean active;        /* announces, has peers */
  gboolean files_made;    /* those without bytes, which no write brings */
  guint n_jobs;           /* of the disk, under way; it cannot be freed before they are done */
  BtDiskWait disk_wait;

  /* A problem stops it until a retry succeeds. */
  GError *problem;
  gboolean only_writing_failed; /* while there is one: what is had can be read */
  GError *last_problem;   /* the one last told of, so that a retry does not tell it again */
  guint n_relapses;       /* in a row: the problem seemed to be over, and came again at once */
  BtTimer retry;

  /* Folding: bt-torrent-fold.c. */
  GBytes *folded;         /* (nullable): as it was saved: its content, while that is not in memory */
  BtRest *rest;           /* (nullable): its files, until they are looked at */
  gboolean folded_complete;
  guint32 folded_n_had;   /* pieces */
  gboolean saved;         /* in the state database */
  gboolean sealed;        /* folded for as long as the engine runs: what was saved is not read, nor written over */
  gboolean unfolding;     /* its content is being brought */
  gboolean unfold_due;    /* it is, or its files are looked at: others wait for that */
  gboolean has_unfold_turn;
  GList unfold_link;      /* among those who wait; data is NULL if it does not */
  gint64 needed_until;    /* monotonic µs: it is not folded before */

  /* The queue: bt-torrent-queue.c. */
  guint64 queue_key;      /* its place in the order of all */
  guint queue_position;   /* as faces are told; 0: in none */
  BtQueueItem asked;      /* in the last round */
  gboolean waits;         /* the queue lets it not begin */
  gboolean place_given;   /* it has a place, as a */
  BtQueueKind place_kind;
  gint64 place_since;     /* monotonic µs, as are the following */
  gboolean stalled;       /* it has one and moves nothing */
  gint64 down_moved_at, up_moved_at; /* payload, 0: never */
  gint64 loading_since;

  /* Goals: bt-torrent-goals.c. */
  BtGoalState goal_state;
  guint64 goal_uploaded;  /* what counts no more */
  gint64 goal_seeding_s;
  gint64 idle_s;
  guint64 idle_uploaded;  /* as it was a second ago */

  /* Checking. */
  GArray *stamps;         /* (nullable) of BtFileStamp: the files as they were last left */
  BtBitfield *to_check;   /* (nullable): pieces that are to be hashed */
  guint32 check_next;
  guint32 n_checking;     /* stretches under way */
  GQueue *check_queue;    /* (nullable): of those on the same device */
  GList *check_link;      /* (nullable): in it */
  guint32 n_to_check, n_checked;
  gboolean check_asked;   /* by the user: tell when it ends */
  BtBitfield *edited;     /* (nullable): pieces that were had, of files that another program changed */
  gboolean spares_edits;  /* some of them are no longer right: nothing is downloaded before a person asks for a check */

  /* Pieces in memory: bt-torrent-pieces.c. */
  GHashTable *open_pieces; /* piece -> BtOpenPiece */

  /* Peers. */
  GPtrArray *peers;        /* of BtPeer, connecting ones included */
  guint n_connecting;
  BtPeerId last_peer;
  BtCandidates *candidates;
  BtRounds rounds;
  GList seek_link;         /* in core->seekers; data is NULL if it is not */
  BtPexLog *pex;           /* who is to be told of to whom */
  BtBlame *blame;
  BtChoker choker;
  gint64 next_choke;
  gint64 turned_at, replaced_at, replace_looked; /* monotonic µs, 0: never: bt-torrent-turnover.c */
  gboolean said_upload_only; /* to those who are connected */
  BtPeerIdSecret id_secret; /* of the ids by which peers know us: another one when they may think the old one connected */
  guint8 tracker_id[BT_PEER_ID_SIZE]; /* as trackers do, for as long as the engine runs */
  gboolean lost_peers;     /* with an address of ours */
  guint32 key;
  gint64 started_at;       /* monotonic µs of the last activation */
  guint boost;             /* connections that may be made at once after a start */

  /* Trackers. */
  BtTiers *tiers;
  gboolean own_tiers;      /* edited by a person: saved, in place of those of the metainfo */
  BtTimer announce;
  GPtrArray *askings;      /* of BtAsking */
  gboolean was_complete;   /* when it was activated: no completed is owed */
  guint64 uploaded_before, downloaded_before; /* announced numbers count since started */
  gint64 lsd_due, lsd_said; /* when the local network is to be told, and when it was; 0: not yet */
  guint16 announced_port;  /* for `stopped` when the port is closed already */

  BtTorrentDht dht;        /* bt-torrent-dht.c */

  /* Numbers. */
  guint64 wanted, done;    /* payload bytes */
  guint64 downloaded, uploaded, wasted;
  guint64 corrupt;
  BtRate rate_down, rate_up;
  gint64 added_at, completed_at;
  gint64 active_s, seeding_s;
  gint64 counted_at; /* monotonic µs: up to which time they are */
  guint n_sending, n_receiving;
  gboolean moving;         /* a rate was not zero when it was looked at last */

  /* Saving. */
  gboolean dirty;          /* more is known than is saved */
  GBytes *saved_have;      /* (nullable): as last saved: what still counts while it is being checked */
  GPtrArray *saved_partials; /* (nullable) of BtPartial: likewise */
  gboolean unlisted;       /* there is no row of it: the database could not take it */
  gboolean save_failed;    /* and somebody was told */
  gboolean syncing;
  guint64 saved_uploaded;
  gint64 saved_active_s;
  gint64 saved_at;         /* monotonic µs, 0: never */
  BtTimer save;

  /* Where its files are: bt-torrent-place.c. */
  gboolean relocating;     /* they are on the way: no peers */
  gboolean looking_for_move; /* whether they can go where an order says */
  gboolean looks_home;     /* new: whether they are in save_path already */
  gboolean leaves_home_alone; /* a move failed: not tried again by itself */
  gboolean expects_data;   /* they are said to be where they are looked for */
  char *move_to;           /* (nullable): saved, as the next */
  char *move_from;         /* (nullable): copies are left there */
  BtTimer place_tick;

  /* Details of a link: bt-torrent-metadata.c, bt-core-magnet.c */
  BtMetadataFetch *metadata; /* (nullable): while peers are asked for them */
  gboolean resolving;      /* they are being saved: nothing else is, until it has taken them up */
  gboolean keeps_peers;    /* it has, and its files are looked at */
  gboolean turned_private; /* they say so, and are not taken up yet */
  GPtrArray *namings;      /* of peers that the link names by host */

  /* Details for others: bt-torrent-details.c */
  GBytes *details;         /* (nullable): the info dictionary, while somebody asks for it */
  gboolean bringing_details;
  gint64 details_given_at; /* monotonic µs */

  /* Names of a person's choice: bt-torrent-names.c. */
  char **names;            /* (nullable) (array length=n_files) of (nullable): paths */
  char *rename_from, *rename_to; /* (nullable): paths; under way, and saved */
  BtCommand *rename_command; /* (nullable): to be answered when it is done */

  gboolean sync_failed;    /* bytes that came since the last good one may be lost, whatever the next one says */

  const char *top_key;     /* (nullable): its own among core->tops */

  /* Files: bt-torrent-files.c. */
  guint32 n_listed;        /* without padding */
  BtFileWatch *file_watch; /* (nullable): while somebody looks at them */

  /* Telling. */
  BtChanged changed;
  GList changed_link;     /* in core->changed_torrents; data is NULL if it is not */
  GRefString *name_text, *path_text, *data_text;
  GRefString *tracker_text; /* (nullable): see bt_torrent_name_tracker() */

  /* Closing. */
  gboolean forget, remove_data, removing;
  void (*closed) (BtTorrent *torrent, const GError *error, gpointer data);
  gpointer closed_data;
  GError *close_error;
};

static inline void
bt_torrent_touch (BtTorrent *torrent, BtChanged changed)
{
  torrent->changed |= changed;
  bt_core_touch_torrent (torrent->core, torrent, &torrent->changed_link);
}

static inline gboolean
bt_torrent_is_folded (BtTorrent *torrent)
{
  return torrent->folded != NULL;
}

/* Told before it is begun, and when it went well: whether the program ended in between. */
static inline BtQuarantine *
bt_torrent_get_quarantine (BtTorrent *torrent)
{
  return bt_state_db_get_quarantine (torrent->core->db);
}

static inline gboolean
bt_torrent_is_complete (BtTorrent *torrent)
{
  if (bt_torrent_is_folded (torrent))
    return torrent->folded_complete;
  return torrent->metainfo->magnet == NULL && bt_picker_is_complete (torrent->picker);
}

static inline guint32
bt_torrent_count_had (BtTorrent *torrent)
{
  return bt_torrent_is_folded (torrent) ? torrent->folded_n_had : bt_picker_have (torrent->picker)->n_set;
}

/* It wants nothing of anybody: a seed, one of the files that are wanted, or one that may only give (BEP 21). */
static inline gboolean
bt_torrent_is_upload_only (BtTorrent *torrent)
{
  return torrent->metainfo->magnet == NULL
         && (bt_torrent_is_complete (torrent) || torrent->core->config->mode == BT_MODE_SEEDING);
}

/* bt-torrent.c */
/* A job of the disk began; it ended. */
void bt_torrent_job_begin (BtTorrent *torrent);
void bt_torrent_job_end (BtTorrent *torrent);
/* Closing goes on when nothing holds it any more. */
void bt_torrent_finish_close (BtTorrent *torrent);
/* It would run if there were no queue and its data were looked at. */
gboolean bt_torrent_is_meant_to_run (BtTorrent *torrent);
gboolean bt_torrent_may_request (BtTorrent *torrent);
/* Whatever it lacks: nothing is downloaded. */
gboolean bt_torrent_only_seeds (BtTorrent *torrent);
/* What the storage could not do when priorities changed is tried again: a problem is over. */
void bt_torrent_give_owed_priorities (BtTorrent *torrent);
/* All that is wanted is here: says so to everybody. */
void bt_torrent_finished (BtTorrent *torrent);

/* bt-torrent-make.c */
void bt_torrent_free (BtTorrent *torrent);
/* Lets go of all that depends on the metainfo and leaves @outline in its place; and back. */
void bt_torrent_drop_content (BtTorrent *torrent, BtMetainfo *outline);
void bt_torrent_restore_content (BtTorrent *torrent, BtMetainfo *metainfo, const BtResume *resume);

/* bt-torrent-fold.c */
/* Its files stay its own while nothing else of them is known; they were looked at, or are not its own any more. */
void bt_torrent_guard_files (BtTorrent *torrent, GBytes *saved);
void bt_torrent_end_guard (BtTorrent *torrent);
/* It would run, and only waits for its content. */
gboolean bt_torrent_waits_to_unfold (BtTorrent *torrent);
/* Its state may be another: asks for its content if it needs it; says so if it has it. */
void bt_torrent_note_fold (BtTorrent *torrent);
BtSummary *bt_torrent_make_summary (BtTorrent *torrent);
/* Of one that is folded: what was saved of its content. */
void bt_torrent_copy_folded (BtTorrent *torrent, BtResume *resume);

/* bt-torrent-sums.c */
/* A piece is had or not any more: keeps the sums. */
void bt_torrent_count_piece (BtTorrent *torrent, guint32 piece, int sign);
void bt_torrent_count_all (BtTorrent *torrent);
/* A piece is as wanted as the most wanted file that has a part in it. */
void bt_torrent_apply_priorities (BtTorrent *torrent);

/* bt-torrent-edits.c */
/* What was looked at just now is not as it was left. */
void bt_torrent_note_edits (BtTorrent *torrent, const BtFileStamp *stamps);
/* After a check, or when other files are wanted. */
void bt_torrent_judge_edits (BtTorrent *torrent);

/* bt-torrent-check.c */
gboolean bt_torrent_is_payload (BtTorrent *torrent, guint32 file);
/* As it was last left. */
gboolean bt_torrent_is_as_stamped (BtTorrent *torrent, guint32 file, const BtFileStamp *now);
/* Looks at the files and finds out what is had. */
void bt_torrent_look (BtTorrent *torrent);
/* Makes the empty files as soon as it may write. */
void bt_torrent_make_files (BtTorrent *torrent);
void bt_torrent_stop_check (BtTorrent *torrent);
/* A sync failed, and the problem is over: what was not synced before is read again. */
void bt_torrent_check_unsynced (BtTorrent *torrent);
void bt_torrent_read_failed (BtTorrent *torrent, const GError *error);

/* bt-torrent-files.c */
void bt_torrent_init_files (BtTorrent *torrent);
/* Below the folder where its data is. */
const char *bt_torrent_file_path (BtTorrent *torrent, guint32 file);
/* Returns: (transfer full): as it was the last time if nothing changed since */
BtFileList *bt_torrent_list_files (BtTorrent *torrent);
/* What the list shows of them changed: bytes of a piece were gained (@sign) or lost; priorities; anything. */
void bt_torrent_count_in_files (BtTorrent *torrent, guint32 piece, int sign);
void bt_torrent_prioritised_files (BtTorrent *torrent);
void bt_torrent_changed_file (BtTorrent *torrent, guint32 file);

/* bt-torrent-names.c */
void bt_torrent_init_names (BtTorrent *torrent, const BtResume *resume);
void bt_torrent_free_names (BtTorrent *torrent);
void bt_torrent_save_names (BtTorrent *torrent, BtResume *resume);
/* See bt_torrent_settle(). */
gboolean bt_torrent_settle_names (BtTorrent *torrent);

/* bt-torrent-taken.c, as in bt-core-private.h */
GError *bt_torrent_check_folder (BtTorrent *torrent, const char *folder, BtTorrentId *folded);
/* @paths: of char*: what some of its files are to be called */
GError *bt_torrent_check_new_names (BtTorrent *torrent, GPtrArray *paths, BtTorrentId *folded);
/* A folder that is renamed takes along what others have in it. */
GError *bt_torrent_check_old_name (BtTorrent *torrent, const char *path, BtTorrentId *folded);

/* bt-torrent-place.c */
void bt_torrent_init_place (BtTorrent *torrent, const BtResume *resume);
void bt_torrent_free_place (BtTorrent *torrent);
void bt_torrent_save_place (BtTorrent *torrent, BtResume *resume);
const char *bt_torrent_first_root (BtTorrent *torrent);
double bt_torrent_move_progress (BtTorrent *torrent);
gboolean bt_torrent_settle (BtTorrent *torrent);
gboolean bt_torrent_leaves_home (BtTorrent *torrent, gboolean has_files);
void bt_torrent_go_home (BtTorrent *torrent);
void bt_torrent_stop_moving (BtTorrent *torrent);

/* bt-torrent-pex.c */
void bt_torrent_init_pex (BtTorrent *torrent);
/* Switched on and not private. */
gboolean bt_torrent_uses_pex (BtTorrent *torrent);
/* Both handshakes are done or its port has become known: does nothing until both are. */
void bt_torrent_pex_joined (BtTorrent *torrent, BtPeer *peer);
/* @good: others may try it still. */
void bt_torrent_pex_left (BtTorrent *torrent, BtPeer *peer, gboolean good, gint64 now);
/* Tells it what is new, if it is time. */
void bt_torrent_pex_second (BtTorrent *torrent, BtPeer *peer, gint64 now);
/* Whether a connection that is of no use is kept a moment, for what the two can tell each other. */
gboolean bt_torrent_pex_is_worth_waiting (BtTorrent *torrent, BtPeer *peer, gint64 now);
void bt_torrent_take_pex (BtTorrent *torrent, BtPeer *peer, const void *bytes, gsize length);

/* bt-torrent-pieces.c */
void bt_torrent_init_pieces (BtTorrent *torrent);
void bt_torrent_free_pieces (BtTorrent *torrent);
gboolean bt_torrent_wants_block (BtTorrent *torrent, const BtBlock *block);
guint8 *bt_torrent_block_place (BtTorrent *torrent, BtPeer *peer, const BtBlock *block);
void bt_torrent_block_came (BtTorrent *torrent, BtPeer *peer, const BtBlock *block);
/* The peer will not finish the block it is sending. */
void bt_torrent_block_lost (BtTorrent *torrent, BtPeer *peer);
/* Writes what is in memory, so that it is not lost. */
void bt_torrent_flush_pieces (BtTorrent *torrent);
/* Asks for nothing any more: what was asked for is taken back, what is coming is thrown away. */
void bt_torrent_stop_receiving (BtTorrent *torrent);
void bt_torrent_save_partials (BtTorrent *torrent, BtResume *resume);
void bt_torrent_restore_partial (BtTorrent *torrent, const BtPartial *partial);
void bt_torrent_drop_open_piece (BtTorrent *torrent, guint32 piece);
/* Blocks of unfinished pieces that are in the files count no more. */
void bt_torrent_lose_partials (BtTorrent *torrent);
void bt_torrent_drop_pieces_of_banned (BtTorrent *torrent);

/* bt-torrent-announce.c */
void bt_torrent_init_announces (BtTorrent *torrent);
void bt_torrent_start_announces (BtTorrent *torrent);
void bt_torrent_stop_announces (BtTorrent *torrent);
/* Whatever is being asked. */
void bt_torrent_cancel_announces (BtTorrent *torrent);
/* Trackers are others, or one has answered: says which stands for the torrent. */
void bt_torrent_name_tracker (BtTorrent *torrent);
void bt_torrent_schedule_announce (BtTorrent *torrent);
/* Trackers that stay are not disturbed; others that know we are here are told that we leave. */
void bt_torrent_replace_tiers (BtTorrent *torrent, GPtrArray *tiers);

/* bt-torrent-dht.c */
void bt_torrent_init_dht (BtTorrent *torrent);
/* A person wants peers now. */
void bt_torrent_hurry_dht (BtTorrent *torrent);
/* Whether the DHT finds peers of it, or will. */
gboolean bt_torrent_uses_dht (BtTorrent *torrent);
gboolean bt_torrent_is_searching_dht (BtTorrent *torrent);
gint64 bt_torrent_next_dht (BtTorrent *torrent); /* monotonic µs; G_MAXINT64: not known */
/* How many there are, as nodes say; nothing if they do not. */
void bt_torrent_fill_dht_swarm (BtTorrent *torrent, BtTorrentStatus *status);

/* bt-torrent-lsd.c */
/* It begins to look for peers. */
void bt_torrent_start_lsd (BtTorrent *torrent);

/* bt-torrent-metadata.c */
void bt_torrent_take_metadata_offer (BtTorrent *torrent, BtPeer *peer);
void bt_torrent_take_metadata (BtTorrent *torrent, BtPeer *peer, const BtMetadataMessage *message);
void bt_torrent_lose_metadata_peer (BtTorrent *torrent, BtPeer *peer);
void bt_torrent_metadata_second (BtTorrent *torrent, gint64 now);
void bt_torrent_get_metadata_progress (BtTorrent *torrent, BtMetadataProgress *out);
/* What is there of them is let go. */
void bt_torrent_end_metadata (BtTorrent *torrent);

/* bt-torrent-details.c */
/* 0: nobody gets them of us. */
guint32 bt_torrent_details_size (BtTorrent *torrent);
/* Returns: (transfer full) (nullable): NULL: they are being brought; then all who wait are served */
GBytes *bt_torrent_get_details (BtTorrent *torrent);
void bt_torrent_drop_details (BtTorrent *torrent);
void bt_torrent_details_second (BtTorrent *torrent, gint64 now);

/* bt-torrent-named.c */
/* Peers that the link names are connected to first; those named by host when it is known. */
void bt_torrent_add_named_peers (BtTorrent *torrent);
void bt_torrent_stop_naming (BtTorrent *torrent);

/* bt-torrent-magnet.c */
/* Its details say so: whoever was not named by a tracker or the person goes, and is forgotten. */
void bt_torrent_become_private (BtTorrent *torrent);

/* bt-torrent-peers.c */
guint bt_torrent_max_peers (BtTorrent *torrent);
/* Brings the times up to now. */
void bt_torrent_count_time (BtTorrent *torrent, gint64 now);
void bt_torrent_join (BtTorrent *torrent, BtPeer *peer);
void bt_torrent_drop_peers (BtTorrent *torrent, BtCloseReason reason);
/* The first @n of @peers, which are of it: there are too many. @why: (nullable) */
void bt_torrent_drop_first_of (BtTorrent *torrent, GPtrArray *peers, guint n, const char *why);
void bt_torrent_peer_ended (BtTorrent *torrent, BtPeer *peer, BtCloseReason reason, const char *detail);
void bt_torrent_rechoke (BtTorrent *torrent, gint64 now);
void bt_torrent_forget_rates (BtTorrent *torrent);
void bt_torrent_peer_interested (BtTorrent *torrent, BtPeer *peer);
void bt_torrent_ban (BtTorrent *torrent, const BtEndpoint *endpoint, const char *why);
BtPeer *bt_torrent_find_peer (BtTorrent *torrent, BtPeerId id);
void bt_torrent_request_all (BtTorrent *torrent);
/* If it wants something now and did not before, or the other way round. */
void bt_torrent_tell_upload_only (BtTorrent *torrent);
/* It seeds: other seeds are of no use to it. */
gboolean bt_torrent_wants_only_leechers (BtTorrent *torrent);
/* bt-torrent-turnover.c */
/* Somebody came and there is no room: TRUE: one who does nothing went for it. */
gboolean bt_torrent_replace_idle (BtTorrent *torrent);
/* Each second. */
void bt_torrent_turn_over (BtTorrent *torrent, gint64 now);

/* bt-torrent-problem.c */
/* A write failed, as bt_torrent_fail(). A disk that is full or takes nothing stops downloading alone. */
void bt_torrent_fail_to_write (BtTorrent *torrent, const GError *error);
/* There is no problem, or such a one. */
gboolean bt_torrent_can_read (BtTorrent *torrent);
/* There is such a problem: it asks for nothing, and gives what it has. */
gboolean bt_torrent_gives_on (BtTorrent *torrent);
/* Somebody wants it to run: a problem that waits for its next try does not wait longer. */
void bt_torrent_hurry_retry (BtTorrent *torrent);
void bt_torrent_init_problems (BtTorrent *torrent);

/* bt-torrent-queue.c */
/* Something that the queue asks for may be different now. */
void bt_torrent_note_queue (BtTorrent *torrent);
void bt_torrent_watch_stall (BtTorrent *torrent, gint64 now);

/* bt-torrent-goals.c */
/* So that it is not started, or is going to be stopped. */
gboolean bt_torrent_has_seeded_enough (BtTorrent *torrent);
void bt_torrent_count_seeding (BtTorrent *torrent, gint64 seconds);
/* By the person: goals that are reached by now count anew from here. */
void bt_torrent_started_by_hand (BtTorrent *torrent);

/* bt-torrent-options.c */
/* The options are new, or what they name: takes them over. */
void bt_torrent_apply_options (BtTorrent *torrent);

/* bt-torrent-resume.c */
void bt_torrent_apply_resume (BtTorrent *torrent, const BtResume *resume);
/* Its two parts: what concerns the whole; what concerns files, pieces and peers. */
void bt_torrent_apply_values (BtTorrent *torrent, const BtResume *resume);
void bt_torrent_apply_content (BtTorrent *torrent, const BtResume *resume);
BtResume *bt_torrent_make_resume (BtTorrent *torrent, const BtFileStamp *stamps);
/* Now and then, so that a crash costs little of what was given. */
void bt_torrent_save_totals (BtTorrent *torrent, gint64 now);
/* Syncs and saves soon (a few seconds) or now. */
void bt_torrent_save_soon (BtTorrent *torrent);
/* A person chose something: sooner than that. */
void bt_torrent_save_choice (BtTorrent *torrent);
/* Syncs and saves now, whatever else is being saved. @done: with the torrent as its owner. */
void bt_torrent_save_then (BtTorrent *torrent, BtDiskFunc done);

/* bt-torrent-status.c */
BtState bt_torrent_state (BtTorrent *torrent);

G_END_DECLS
