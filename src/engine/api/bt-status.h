/* bt-status.h: what the engine tells its faces: immutable values, shared by reference.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "bt-endpoint.h"
#include "bt-error.h"
#include "bt-file-list.h"
#include "bt-hash.h"
#include "bt-mapping.h"
#include "bt-options.h"
#include "bt-types.h"

G_BEGIN_DECLS

/* What a torrent is doing. */
typedef enum
{
  BT_STATE_LOADING,     /* its state is being read */
  BT_STATE_CHECKING,    /* its data is being hashed; see check_progress */
  BT_STATE_DOWNLOADING, /* payload is wanted; it may be waiting, see reason */
  BT_STATE_SEEDING,     /* all that is wanted is here */
  BT_STATE_PAUSED,
  BT_STATE_STOPPED,
  BT_STATE_MOVING,      /* its files are on the way to another folder; see move_progress */
  BT_STATE_ERROR,       /* stopped with a reason, or seeds what it has; goes on by itself when it can */
} BtState;

/* Why it is not moving, in words for the face to choose. The fields reason_text, reason_count and
 * reason_until of BtTorrentStatus hold what is said in brackets. */
typedef enum
{
  BT_REASON_NONE,             /* data is flowing, or nothing is to be explained */
  BT_REASON_STARTING,         /* just started */
  BT_REASON_CHECK_QUEUED,     /* another torrent is being checked */
  BT_REASON_ANNOUNCING,       /* asking the trackers for peers */
  BT_REASON_SEARCHING,        /* asking the DHT for peers */
  BT_REASON_NO_PEERS,         /* nobody known; [until]: next announce or search; [text]: what the tracker said, may be NULL */
  BT_REASON_NO_TRACKER,       /* the torrent names no tracker that can be asked, and nobody else is */
  BT_REASON_CONNECTING,       /* [count] addresses are being tried */
  BT_REASON_NO_CONNECTION,    /* [count] addresses known, none answers; [until]: next try */
  BT_REASON_PEERS_LACK_PIECES,/* none of [count] connected peers has what is missing */
  BT_REASON_CHOKED,           /* [count] peers have it but none lets us download yet */
  BT_REASON_MODE,             /* the mode forbids it */
  BT_REASON_COMPLETE,         /* stopped because complete, mode Downloading */
  BT_REASON_NO_INTEREST,      /* seeding, nobody wants anything; [count] peers connected */
  BT_REASON_DISK_FULL,        /* [text]: message; [count] is 1 while what is here is seeded on, also of read-only */
  BT_REASON_DISK_MISSING,
  BT_REASON_DISK_READ_ONLY,
  BT_REASON_DISK_ERROR,
  BT_REASON_FILES_CHANGED,    /* complete, then changed by another program: nothing is downloaded until it is verified */
  BT_REASON_NETWORK,          /* no socket: [text] */
  BT_REASON_QUEUED,           /* [count] others are active and the queue allows no more */
  BT_REASON_SUSPENDED,        /* nothing is transferred now: [count] is a BtSuspend */
  BT_REASON_GOAL,             /* paused because it has seeded enough */
  BT_REASON_NO_METADATA,      /* a magnet link: none of [count] connected peers has given anything of its details */
  BT_REASON_METADATA,         /* its details are being received, from [count] peers; see metadata_done */
  BT_REASON_BAD_METADATA,     /* its details have come and cannot be used: [text] */
  BT_REASON_DISK_SLOW,        /* its disk has not answered for some time */
  BT_REASON_HELD,             /* the program ended twice at starting it; it is not started until a person resumes it */
} BtReason;

/* Which facts of a torrent changed since the last update. */
typedef enum
{
  BT_CHANGED_STATE = 1 << 0,    /* state, reason and its fields, intent */
  BT_CHANGED_PROGRESS = 1 << 1, /* done, wanted, check_progress, completed_at, metadata_* */
  BT_CHANGED_SPEED = 1 << 2,    /* rates, eta */
  BT_CHANGED_TOTALS = 1 << 3,   /* downloaded, uploaded, wasted, times */
  BT_CHANGED_PEERS = 1 << 4,    /* peer and swarm counts */
  BT_CHANGED_NAME = 1 << 5,     /* name, path, sizes, flags: all that rarely changes */
  BT_CHANGED_OPTIONS = 1 << 6,  /* options, queue_position */
  BT_CHANGED_TRACKER = 1 << 7,  /* tracker */
  BT_CHANGED_ALL = (1 << 8) - 1,
} BtChanged;

typedef struct
{
  BtTorrentId id;
  BtChanged changed;
  /* BT_CHANGED_NAME */
  GRefString *name;      /* fit for display; not markup */
  GRefString *save_path; /* the folder that holds its file or folder, or will when it is complete */
  GRefString *data_path; /* where they are now: save_path, or the folder of what is incomplete */
  BtSha1 info_hash;
  guint64 total_size;    /* payload of all files, without padding */
  guint32 piece_length;
  guint32 n_pieces;
  guint32 n_files;
  gboolean is_private;
  gboolean is_magnet;    /* its details are not known yet: sizes and counts are 0 */
  gint64 added_at;       /* Unix seconds */
  /* BT_CHANGED_STATE */
  BtState state;
  BtIntent intent;
  BtReason reason;
  GRefString *reason_text; /* (nullable), fit for display */
  guint reason_count;
  gint64 reason_until;   /* Unix seconds, 0: unknown */
  /* BT_CHANGED_PROGRESS */
  guint64 wanted;        /* payload bytes of files that are not skipped */
  guint64 done;          /* of them, in verified pieces */
  double check_progress; /* 0 … 1 while checking */
  double move_progress;  /* 0 … 1 while moving */
  gint64 completed_at;   /* Unix seconds, 0: not yet */
  guint32 metadata_done; /* bytes of its details that are here, while is_magnet */
  guint32 metadata_size; /* of as many, as peers say; 0: nobody said yet */
  /* BT_CHANGED_SPEED */
  guint64 rate_down;     /* payload bytes a second */
  guint64 rate_up;
  gint64 eta_s;          /* -1: unknown */
  /* BT_CHANGED_TOTALS */
  guint64 downloaded;    /* payload bytes, of all sessions */
  guint64 uploaded;
  guint64 wasted;        /* failed checks and duplicates */
  gint64 active_s;
  gint64 seeding_s;
  /* BT_CHANGED_PEERS */
  guint n_peers;         /* connected */
  guint n_seeds;         /* of them with everything */
  guint n_sending;       /* that send us payload now */
  guint n_receiving;     /* that we send payload to now */
  guint n_known;         /* candidates */
  gint64 swarm_seeds;    /* as trackers say; -1: unknown */
  gint64 swarm_leechers;
  double availability;   /* distributed copies among connected peers, ours not counted */
  /* BT_CHANGED_OPTIONS */
  BtTorrentOptions *options; /* (not nullable), shared */
  guint queue_position;      /* 1 is first; 0: it is in no queue */
  /* BT_CHANGED_TRACKER */
  GRefString *tracker;   /* (nullable): host of the tracker that answered last, else of the first */
} BtTorrentStatus;

typedef enum
{
  BT_EVENT_FINISHED,      /* all that is wanted has just come */
  BT_EVENT_CHECKED,       /* a check asked for by the user ended */
  BT_EVENT_PROBLEM,       /* entered BT_STATE_ERROR; text says why */
  BT_EVENT_RECOVERED,     /* left it by itself */
  BT_EVENT_PIECE_FAILED,  /* a piece failed its check; text says what follows */
  BT_EVENT_GOAL,          /* has seeded enough; text says which goal */
  BT_EVENT_MOVED,         /* its files are in another folder now; text says where */
  BT_EVENT_TRACKER,       /* a tracker failed or warns; text */
  BT_EVENT_LOG,           /* anything else worth a line in the torrent's log */
} BtEventKind;

typedef struct
{
  BtTorrentId id;   /* 0: the engine itself */
  BtEventKind kind;
  gint64 at;        /* Unix seconds */
  GRefString *text; /* (nullable), English, fit for display */
} BtEvent;

/* Of the torrent that is being looked at (bt_engine_watch()), or asked for once. */

/* Why we do not let a peer download. */
typedef enum
{
  BT_CHOKE_NONE,         /* we do */
  BT_CHOKE_NO_INTEREST,  /* it does not want anything */
  BT_CHOKE_NO_SLOT,      /* others come first */
  BT_CHOKE_PAUSED,       /* nothing is uploaded now: paused, mode, limit */
} BtChokeReason;

typedef struct
{
  BtEndpoint endpoint;
  GRefString *client; /* fit for display */
  gboolean incoming;
  gboolean am_choking, am_interested, peer_choking, peer_interested;
  BtChokeReason choke_reason;
  gboolean snubbed, optimistic, on_parole, fast_extension;
  double progress;    /* 0 … 1 */
  guint64 rate_down, rate_up;
  guint64 downloaded, uploaded;
  guint n_requests_out; /* outstanding with it */
  guint n_requests_in;  /* it waits for */
  guint n_unknown;    /* messages skipped */
  gint64 connected_s;
} BtPeerStatus;

typedef enum
{
  BT_TRACKER_STATUS_IDLE,
  BT_TRACKER_STATUS_ASKING,
  BT_TRACKER_STATUS_WORKING,
  BT_TRACKER_STATUS_FAILING,
} BtTrackerStatusState;

typedef struct
{
  GRefString *url;     /* without passkey it is not the user's: shown as it is */
  guint tier;
  BtTrackerStatusState state;
  gboolean encrypted;  /* it is asked over TLS, also if it is named otherwise */
  GRefString *message; /* (nullable): what it said last */
  gint64 next_at;      /* Unix seconds, 0: none */
  gint64 last_at;      /* it was asked */
  guint fails;
  guint n_peers;
  gint64 n_seeds, n_leechers, n_downloaded; /* -1: unknown */
} BtTrackerStatus;

typedef enum
{
  BT_DETAIL_FILES = 1 << 0,
  BT_DETAIL_PEERS = 1 << 1,
  BT_DETAIL_TRACKERS = 1 << 2,
  BT_DETAIL_PIECES = 1 << 3,
  BT_DETAIL_BANS = 1 << 4,
  BT_DETAIL_ALL = (1 << 5) - 1,
} BtDetailParts;

typedef struct
{
  gatomicrefcount refs;
  BtTorrentId id;
  BtDetailParts parts;  /* which of the following are filled */
  BtFileList *files;    /* (nullable): the same as the last time if nothing changed */
  guint32 n_all_files;  /* with pads: as many priorities are given */
  GArray *peers;        /* (nullable) of BtPeerStatus */
  GArray *trackers;     /* (nullable) of BtTrackerStatus */
  GBytes *pieces;       /* (nullable): one byte a piece, BT_PIECE_* */
  GPtrArray *bans;      /* (nullable) of char*: the IPs that may not connect, the oldest ban first */
  GRefString *comment, *created_by; /* (nullable) */
  gint64 creation_date;
} BtDetail;

enum
{
  BT_PIECE_MISSING,   /* nobody connected has it */
  BT_PIECE_AVAILABLE, /* somebody has it */
  BT_PIECE_IN_FLIGHT,
  BT_PIECE_HAD,
};

BtDetail *bt_detail_ref (BtDetail *detail);
void bt_detail_unref (BtDetail *detail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtDetail, bt_detail_unref)

/* Our node of the DHT in one family. */
typedef enum
{
  BT_DHT_FACTS_OFF,       /* not wanted, or there is no socket */
  BT_DHT_FACTS_ALONE,     /* it knows nobody whom it could ask */
  BT_DHT_FACTS_STARTING,  /* asked, and nobody has answered yet */
  BT_DHT_FACTS_WORKING,
  BT_DHT_FACTS_NO_ANSWER, /* nobody answers, for a while now */
} BtDhtFactsState;

typedef struct
{
  BtDhtFactsState state;
  BtSha1 id;       /* when it is not off */
  guint n_good;    /* nodes that answered lately */
  guint n_nodes;   /* that it knows, those included */
  guint n_searches;
  guint n_stored_torrents; /* whose peers it keeps for others */
  guint n_stored_peers;
} BtDhtFacts;

/**
 * BtUpdate:
 *
 * One batch. @torrents holds those that changed since the last update, whole, with a mask of what
 * changed; a torrent that is seen for the first time has %BT_CHANGED_ALL.
 */
typedef struct
{
  gatomicrefcount refs;
  GArray *torrents; /* of BtTorrentStatus */
  GArray *removed;  /* of BtTorrentId */
  GArray *events;   /* of BtEvent */
  BtDetail *detail; /* (nullable): of the watched torrent */
  guint64 rate_down, rate_up;             /* payload, all torrents */
  guint64 total_downloaded, total_uploaded; /* of this session */
  guint n_peers;
  gint64 free_bytes;      /* of the download folder's disk, -1: unknown */
  guint16 listen_port;    /* 0: not listening */
  GRefString *listen_error; /* (nullable): why not, English, fit for display */
  gboolean incoming_seen; /* somebody from the Internet connected to us: the port is open */
  BtMapping mappings[BT_N_MAPPERS]; /* what came of opening the port at the router */
  BtEndpoint external_ipv4, external_ipv6; /* where the Internet sees us, port 0; unspecified while not known */
  BtDhtFacts dht[2];      /* IPv4, IPv6 */
  BtMode mode;
  guint64 progress;       /* grows with each answer of a disk and with each torrent that is read or closed: as long as it
                           * does, whoever waits for the engine to start or stop need not give it up */
} BtUpdate;

#define BT_TYPE_UPDATE (bt_update_get_type ())
GType bt_update_get_type (void);
BtUpdate *bt_update_ref (BtUpdate *update);
void bt_update_unref (BtUpdate *update);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtUpdate, bt_update_unref)

/* What a status holds, copied and released; for those who keep one. */
void bt_torrent_status_copy (const BtTorrentStatus *from, BtTorrentStatus *to);
void bt_torrent_status_clear (BtTorrentStatus *status);

G_END_DECLS
