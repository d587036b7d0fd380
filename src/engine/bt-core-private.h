/* bt-core-private.h: what the engine's thread holds, for the files that share it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-address-vote.h"
#include "bt-attempts.h"
#include "bt-buffer.h"
#include "bt-candidates.h"
#include "bt-core.h"
#include "bt-dht.h"
#include "bt-folders.h"
#include "bt-limiter.h"
#include "bt-limits.h"
#include "bt-link.h"
#include "bt-network-view.h"
#include "bt-port-mapper.h"
#include "bt-queue.h"
#include "bt-metadata-fetch.h"
#include "bt-random.h"
#include "bt-rate.h"
#include "bt-state-db.h"
#include "bt-thinker.h"
#include "bt-timers.h"
#include "bt-torrent.h"
#include "bt-tracker-client.h"

G_BEGIN_DECLS

/* Of a torrent, of all with a tag, of the engine: each takes from the next. */
typedef struct
{
  BtLimiter down, up;
} BtLimits;

/* What is known of the network: bt-core-network-change.c. */
typedef struct
{
  BtNetworkView seen;
  BtRoute home[2];         /* as they last were, IPv4 and IPv6, also while there is none */
  BtNetworkChange pending; /* what is done when it has come to rest */
  gint64 since;
  BtTimer settle;
  BtTimer probe;           /* to the next look at peers that may be unreachable */
  guint n_probes;          /* left */
  gint64 slept;
} BtNetworkState;

/* Torrents of which no more than the outline is in memory: bt-core-fold.c. */
typedef struct
{
  GQueue turns;        /* of BtTorrent that want their content; nobody waits for them */
  guint n_turns;       /* of those that have one */
  gboolean alone;      /* whoever has one is to have it alone */
  gint64 turn_at;      /* monotonic µs: when the last was given */
  GPtrArray *commands; /* of BtCommand that wait for the content of a torrent */
  GArray *callers;     /* links that do */
  BtTimer timer;       /* to the next round */
} BtFolding;

typedef struct _BtCoreDht BtCoreDht;
typedef struct _BtCoreLsd BtCoreLsd;

struct _BtCore
{
  BtConfig *config;
  BtOutside outside;
  GMainContext *context;
  BtMailbox *mailbox;

  BtWorld *world;
  BtDisk *disk;
  BtStateDb *db;
  BtTimers *timers;
  BtRandom random;
  BtBufferPool *pool;
  BtTrackerClient *trackers;
  BtThinker *thinker;
  BtLimits limits;
  GHashTable *tag_limits;  /* char* -> BtLimits, of the tags that have some */

  GPtrArray *torrents;     /* of BtTorrent, in the order they were added */
  GHashTable *by_id;       /* BtTorrentId -> BtTorrent */
  GHashTable *by_hash;     /* BtSha1* -> BtTorrent */
  GHashTable *tops;        /* char* -> GPtrArray of BtTorrent: by the first part of their files' paths */
  BtFolders *folders;      /* those that have some of their files, or are to */
  BtTorrentId last_id;
  gboolean running;        /* started and not stopping */

  BtListener *listeners[2]; /* IPv4, IPv6 */
  guint16 listen_port;
  BtUdp *udp[2];            /* (nullable): IPv4, IPv6 */
  guint16 udp_port;         /* 0: no socket */
  BtCoreDht *dht;           /* (nullable): before the start */
  char *listen_error;       /* (nullable): why it is 0, if there is a network */
  char *no_network;         /* (nullable): why no socket is opened */
  guint interface_index;    /* of the one it is bound to */
  BtTimer interface_timer;
  BtNetworkState network;
  gboolean offline;         /* no interface but the loopback can be used */
  gboolean incoming_seen;
  BtAddressVote *votes;     /* where the Internet sees us */
  BtCoreLsd *lsd;           /* (nullable) until there is a network */
  BtPortMapper *mapper;     /* (nullable) until there is a network */
  guint16 told_port;        /* what trackers are told, when it was looked at last */
  guint n_reading;          /* torrents that are being read to be added; waited for */
  gboolean mapping_ends;    /* routers are told that we go; waited for */
  GPtrArray *arrivals;      /* of BtLink, oldest first: accepted, torrent not known yet */

  BtTimer second;           /* rates, timeouts, chokers */
  GQueue awake;             /* of BtTorrent: those that are not folded; each second is given to them */
  GQueue resting;           /* of BtTorrent: folded and active; whose turn it was goes behind the others */
  BtTimer disk_look;        /* who waits for it too long: bt-core-disk-wait.c */
  GQueue waiting_for_disk;  /* of BtTorrent: those that have jobs there */
  BtTimer connect;          /* outgoing connections: bt-core-connect.c */
  GQueue seekers;           /* of BtTorrent: those that may have somebody to try soon */
  GHashTable *dialling;     /* of BtEndpoint */
  BtAttempts *attempts;     /* and what came of it */
  double connect_tokens;
  gint64 connect_refilled;
  guint n_peers;            /* links of torrents, connecting ones included */
  guint n_with_peers;       /* torrents that have some of them */
  gboolean reading;         /* FALSE while the disk is behind */
  BtMetadataBudget metadata_budget; /* of details that are not complete */
  gsize claim_bytes;        /* what peers of links say of pieces */

  BtFolding folding;
  GQueue fetches;           /* of .torrent files that somebody waits for */
  GHashTable *checks;       /* device -> GQueue of BtTorrent that wait to be checked; the head is being checked */

  GPtrArray *queue;         /* of BtTorrent, in the order of the queue */
  BtTimer queue_timer;      /* to the next round */
  gint64 queue_decided;     /* monotonic µs of the last, 0: none yet */
  gboolean queue_in_order;  /* the next is by order alone */
  guint n_active[BT_QUEUE_N_KINDS];
  BtTimer goal_timer;       /* some have seeded enough */

  /* Updates: at most one in flight. */
  BtCoreUpdateFunc update;
  gpointer update_data;
  BtTimer update_timer;
  gboolean update_in_flight;
  gboolean update_hurries; /* the next is not to wait for its time */
  gint64 update_sent;      /* when the last was; 0: never */
  GQueue changed_torrents;  /* of BtTorrent: those of which there is something to tell, and no others */
  GArray *removed;          /* of BtTorrentId */
  GArray *events;           /* of BtEvent */
  BtTorrentId watched;
  BtDetailParts watched_parts;
  BtRate rate_down, rate_up;
  guint64 total_down, total_up;
  gint64 free_bytes;
  gint64 free_asked;        /* monotonic µs */
  gboolean changed;         /* something of the engine itself */
  guint64 progress;         /* see BtUpdate */

  /* Stopping. */
  BtCommand *stop_command;
  BtTimer stop_timer;

  BtTimer memory_timer; /* what loading took for a moment goes back */
};

static inline gint64
bt_core_now (BtCore *core)
{
  return bt_world_now (core->world);
}

/* Unix seconds. */
static inline gint64
bt_core_unix_now (BtCore *core)
{
  return core->world->ops->unix_now (core->world) / G_USEC_PER_SEC;
}

/* A moment on the monotonic clock as Unix seconds; 0 for never. */
gint64 bt_core_to_unix (BtCore *core, gint64 monotonic);

/* Tells faces. @text: (nullable), English. */
void bt_core_event (BtCore *core, BtTorrentId id, BtEventKind kind, const char *format, ...) G_GNUC_PRINTF (4, 5);
/* Something may have changed: an update will go out when its time has come. */
void bt_core_touch (BtCore *core);
/* A torrent has: @link is its own, and marks that it is known to have. */
void bt_core_touch_torrent (BtCore *core, BtTorrent *torrent, GList *link);
void bt_core_leave_update (BtCore *core, GList *link);
/* A disk answered, or a torrent is closed: who waits for the start or the end is told. */
void bt_core_came_on (BtCore *core);
/* What has changed is told at once, rather than when it is time. */
void bt_core_hurry (BtCore *core);

/* bt-core-update.c */
void bt_core_init_updates (BtCore *core);
void bt_core_end_updates (BtCore *core);
void bt_core_count_down (BtCore *core, gsize bytes);
void bt_core_count_up (BtCore *core, gsize bytes);

/* bt-core-address.c */
void bt_core_init_address (BtCore *core);
/* Where we can be reached from the Internet, or our port, is another: tells the torrents. */
void bt_core_address_changed (BtCore *core);
/* FALSE, and @endpoint (out) untouched, while our address or port is not known. */
gboolean bt_core_get_own_endpoint (BtCore *core, gboolean ipv6, BtEndpoint *endpoint);
void bt_core_fill_addresses (BtCore *core, BtUpdate *update);

/* bt-core-network.c */
/* A link that came in, to @torrent (nullable), if that takes it. */
void bt_core_hand_over (BtCore *core, BtTorrent *torrent, BtLink *link, const BtHandshake *handshake);
void bt_core_open_network (BtCore *core);
void bt_core_close_network (BtCore *core);
/* FALSE: the binding forbids this family. */
gboolean bt_core_get_local (BtCore *core, gboolean ipv6, guint16 port, BtEndpoint *out);

/* bt-core-udp.c */
/* Opens what is wanted and not open yet. FALSE: a port is taken by somebody else. */
gboolean bt_core_open_udp (BtCore *core);
void bt_core_close_udp (BtCore *core);
void bt_core_send_udp (BtCore *core, const BtEndpoint *to, const void *bytes, gsize length);

/* bt-core-dht.c */
void bt_core_init_dht (BtCore *core);
void bt_core_end_dht (BtCore *core);
/* @session: what was saved the last time. */
void bt_core_load_dht (BtCore *core, GHashTable *session);
/* Sockets were opened: starts what can be started. */
void bt_core_update_dht (BtCore *core);
/* Before sockets are closed. */
void bt_core_close_dht (BtCore *core);
/* The configuration is another one. */
void bt_core_apply_dht (BtCore *core);
/* The way to the network is another one, or the machine slept. */
void bt_core_renew_dht (BtCore *core);
void bt_core_dht_learn_address (BtCore *core);
void bt_core_dht_input (BtCore *core, const BtEndpoint *from, const void *bytes, gsize length);
void bt_core_fill_dht (BtCore *core, BtUpdate *update);
gboolean bt_core_has_dht (BtCore *core);
/* Whether there is somebody whom it could ask. */
gboolean bt_core_dht_knows_somebody (BtCore *core);
/* (nullable): our node in a family. Whoever calls into it calls bt_core_touch_dht() after it. */
BtDht *bt_core_get_dht (BtCore *core, gboolean ipv6);
void bt_core_touch_dht (BtCore *core, gboolean ipv6);

/* bt-core-dht-entry.c */
/* Nodes that a torrent or a link names, as "host:port". Never of a private torrent. */
void bt_core_dht_add_names (BtCore *core, const char *const *names);
/* A peer says that it has a node. */
void bt_core_dht_add_address (BtCore *core, const BtEndpoint *endpoint);

/* bt-core-dht-turns.c */
/* bt_torrent_search_dht() comes when it is its turn. Returns: its place, for bt_core_dht_leave_turn() */
GList *bt_core_dht_want_turn (BtCore *core, BtTorrent *torrent, gboolean urgent);
void bt_core_dht_leave_turn (BtCore *core, GList *turn);
void bt_core_dht_search_began (BtCore *core);
void bt_core_dht_search_ended (BtCore *core);

/* bt-core-binding.c */
/* What @config binds sockets to, or NULL with an error. Returns: (transfer none): FALSE if it is no address */
gboolean bt_core_get_bind_address (const BtConfig *config, BtEndpoint *out, gboolean *is_bound, GError **error);
/* From there nobody outside can be reached, nor what has a name. */
gboolean bt_core_is_bound_to_loopback (BtCore *core);
/* Before the first socket, and whenever the binding or the port is another: closes all there are, and opens
 * those there may be. */
void bt_core_rebind (BtCore *core);
void bt_core_init_binding (BtCore *core);
/* What it is bound to came, went, or is another one of that name. */
gboolean bt_core_binding_is_stale (BtCore *core);
/* The network is another one, but not the binding: what belongs to the old one is closed, and a family that is
 * new is listened on. No tracker is being asked. */
void bt_core_renew_sockets (BtCore *core);
void bt_core_end_binding (BtCore *core);
/* bt-core-network.c */
void bt_core_start_listening (BtCore *core);
void bt_core_stop_listening (BtCore *core);
/* Listens where it could not before. */
void bt_core_complete_listening (BtCore *core);
/* The disk fell behind or caught up: starts or stops reading on all links. */
void bt_core_balance_disk (BtCore *core);

/* bt-core-rounds.c */
void bt_core_init_rounds (BtCore *core);
/* It became active, or its content is there: the next second is given to it. */
void bt_core_wake (BtCore *core, BtTorrent *torrent);
void bt_core_leave_rounds (BtCore *core, BtRounds *rounds);

/* bt-core-disk-wait.c */
void bt_core_init_disk_wait (BtCore *core);
/* The first of its jobs began; one ended. @all: it has no other */
void bt_core_waits_for_disk (BtCore *core, BtTorrent *torrent);
void bt_core_disk_answered (BtCore *core, BtTorrent *torrent, gboolean all);

/* bt-core-connect.c */
void bt_core_init_connecting (BtCore *core);
/* @torrent wants peers, or addresses became known: tries them as soon as it is its turn. */
void bt_core_seek_peers (BtCore *core, BtTorrent *torrent);
/* Likewise, for all. */
void bt_core_want_connections (BtCore *core);
void bt_core_leave_seekers (BtCore *core, GList *link);
/* A connection to it is being made for any torrent. Clients there are (Transmission 3.00) that hang up on a second
 * one from an address whose handshake is not done. */
gboolean bt_core_is_dialling (BtCore *core, const BtEndpoint *endpoint);
void bt_core_begin_dialling (BtCore *core, const BtEndpoint *endpoint);
void bt_core_end_dialling (BtCore *core, const BtEndpoint *endpoint);
/* When @torrent may try @candidate: @now, or later if others tried that address in vain. */
gint64 bt_core_may_dial_at (BtCore *core, BtTorrent *torrent, const BtCandidate *candidate, gint64 now);
/* A connection to it failed before anybody there spoke BitTorrent. @reason: BtCloseReason */
void bt_core_dial_failed (BtCore *core, BtTorrent *torrent, const BtEndpoint *endpoint, guint reason);
/* Somebody did: torrents that wait because others failed need not. */
void bt_core_dial_reached (BtCore *core, const BtEndpoint *endpoint);

/* bt-core-network-change.c */
void bt_core_init_network_change (BtCore *core);
void bt_core_end_network_change (BtCore *core);
/* Each second. */
void bt_core_look_for_sleep (BtCore *core);

/* bt-core-fetch.c */
/* Sockets are closed: nothing goes on by the old way. */
void bt_core_cancel_fetches (BtCore *core);

/* bt-core-limits.c */
void bt_limits_init (BtLimits *limits, BtLimits *parent, guint64 down_bytes_per_s, guint64 up_bytes_per_s, gint64 now);
void bt_limits_set (BtLimits *limits, guint64 down_bytes_per_s, guint64 up_bytes_per_s, gint64 now);
void bt_core_init_limits (BtCore *core);
/* The configuration is new: limits change beneath the torrents. */
void bt_core_apply_limits (BtCore *core);
/* Those of the first of @tags that has some, else those of the engine. */
BtLimits *bt_core_limits_for (BtCore *core, const char *const *tags);

/* bt-core-queue.c */
void bt_core_init_queue (BtCore *core);
void bt_core_stop_queue (BtCore *core);
guint64 bt_core_next_queue_key (BtCore *core);
void bt_core_enqueue (BtCore *core, BtTorrent *torrent);
void bt_core_dequeue (BtCore *core, BtTorrent *torrent);
/* A round will come soon, at most one a second. @in_order: whoever comes first is to run. */
void bt_core_queue_changed (BtCore *core, gboolean in_order);

/* bt-core-goals.c */
void bt_core_init_goals (BtCore *core);
void bt_core_stop_goals (BtCore *core);
/* A torrent has seeded enough: what follows comes soon, not in here. */
void bt_core_goal_due (BtCore *core);

/* bt-core-fold.c */
void bt_core_init_folding (BtCore *core);
/* The engine is being stopped: nobody waits any more. */
void bt_core_stop_folding (BtCore *core);
void bt_core_end_folding (BtCore *core);
/* The door for what concerns files and pieces. TRUE: the torrent of @command is folded, and the command runs again
 * when it is not, or is answered with why not. */
gboolean bt_core_unfold_for (BtCore *core, BtCommand *command);
/* The same for the content of another torrent, whatever @command is about. */
gboolean bt_core_wait_for (BtCore *core, BtCommand *command, BtTorrentId id);
/* @link, of core->arrivals, has come for it, and waits. */
void bt_core_unfold_for_link (BtCore *core, BtTorrent *torrent, BtLink *link, const BtHandshake *handshake);
void bt_core_forget_caller (BtCore *core, BtLink *link);
/* It is unfolded when it is its turn; does not want that any more. */
void bt_core_want_unfolding (BtCore *core, BtTorrent *torrent);
void bt_core_leave_unfolding (BtCore *core, BtTorrent *torrent);
/* A torrent is unfolded, or cannot be. */
void bt_core_unfolded (BtCore *core, gboolean had_turn);

/* bt-core-lsd.c */
void bt_core_init_lsd (BtCore *core);
/* What is wanted, the port or the network is another: closes its sockets and opens those there may be. */
void bt_core_renew_lsd (BtCore *core);
void bt_core_stop_lsd (BtCore *core);
void bt_core_free_lsd (BtCore *core);
/* A torrent is to be told of at @due; G_MAXINT64: never. */
void bt_core_lsd_due (BtCore *core, gint64 due);

/* bt-core-mapping.c */
void bt_core_init_mapping (BtCore *core);
/* The port, the network or what is wanted is another: begins anew. */
void bt_core_renew_mapping (BtCore *core);
/* Gives the port back; waits for no answer. */
void bt_core_stop_mapping (BtCore *core);
/* The same, and bt_core_check_stopped() when that is heard. */
void bt_core_retire_mapping (BtCore *core);
/* The port under which others reach us, from outside: that of the router. 0: we do not listen. */
guint16 bt_core_get_port (BtCore *core, gboolean ipv6);
void bt_core_fill_mappings (BtCore *core, BtUpdate *update);

/* bt-core-stop.c */
/* A torrent finished what it had to do before the end; goes on with the stop when all have. */
void bt_core_check_stopped (BtCore *core);

/* Under an id of its own. */
BtTorrent *bt_core_make_torrent (BtCore *core, BtMetainfo *metainfo, const BtResume *resume, BtLoad load);
/* Either may be given. In any thread. */
BtMetainfo *bt_core_read_metainfo (GBytes *torrent, const char *link, GError **error);

/* bt-torrent-taken.c */
void bt_core_init_tops (BtCore *core);
void bt_core_free_tops (BtCore *core);
/* Each returns: (transfer full) (nullable): TAKEN, if another torrent has one of the files.
 * @folded: (out): 0, or a torrent whose content must be brought before that can be said. */
/* What @command adds. @there: (nullable): the torrent of this hash */
GError *bt_core_check_addition (BtCore *core, BtTorrent *there, const BtMetainfo *metainfo, const BtCommand *command,
                                BtTorrentId *folded);
/* What a link leads to. */
GError *bt_torrent_check_details (BtTorrent *torrent, const BtMetainfo *metainfo, BtTorrentId *folded);

/* bt-core-magnet.c */
/* A torrent of which only a link is known takes up @metainfo, under its id; answers the command. */
void bt_core_resolve (BtCore *core, BtTorrent *torrent, BtMetainfo *metainfo, BtCommand *command);
/* Likewise what peers gave: @bytes are the whole .torrent file. */
void bt_core_take_up (BtCore *core, BtTorrent *torrent, BtMetainfo *metainfo, GBytes *bytes);

/* bt-core-choose.c */
/* A torrent that is there for its details alone becomes what is asked; answers the command. */
void bt_core_choose (BtCore *core, BtTorrent *torrent, BtMetainfo *metainfo, BtCommand *command);
/* What was set for it earlier, and what is asked now: tags come together; that it is wanted in order stays said.
 * Returns: (transfer full) */
BtTorrentOptions *bt_core_join_options (const BtTorrentOptions *before, const BtTorrentOptions *asked);

/* bt-core.c */
/* Much was in memory for a moment. */
void bt_core_give_memory_back_soon (BtCore *core);
BtTorrent *bt_core_find (BtCore *core, BtTorrentId id);
void bt_core_forget (BtCore *core, BtTorrent *torrent);
/* Checks: one torrent at a time, so that disks read in order. */
/* bt-core-check.c */
void bt_core_init_checks (BtCore *core);
void bt_core_enqueue_check (BtCore *core, BtTorrent *torrent);
void bt_core_dequeue_check (BtCore *core, BtTorrent *torrent);

G_END_DECLS
