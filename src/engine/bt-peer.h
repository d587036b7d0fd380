/* bt-peer.h: one peer of one torrent: what the two said, asked and gave.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-bitfield.h"
#include "bt-candidates.h"
#include "bt-extended.h"
#include "bt-link.h"
#include "bt-pex-log.h"
#include "bt-picker.h"
#include "bt-pipeline.h"
#include "bt-status.h"
#include "bt-torrent.h"

G_BEGIN_DECLS

/* Blocks that a peer waits for from us, oldest first. */
typedef struct
{
  GArray *blocks; /* of BtBlock */
  guint head;     /* before it all are served */
  guint16 *tally; /* (nullable): how many of those that wait have each place of a small table */
} BtWaiting;

typedef struct _BtClaims BtClaims;
/* Peer exchange with it: bt-torrent-pex.c. */
typedef struct
{
  gboolean offered;    /* we said that we do it, and did not take that back */
  gboolean listed;     /* the others are told of it */
  BtPexCursor cursor;  /* what it has been told */
  gint64 next_at;      /* when it may be told again */
  gint64 hear_at;      /* when it is listened to again */
  GArray *named;       /* (nullable) of BtEndpoint: candidates of its, not dropped yet */
  gint64 heard[7];     /* when its last messages came */
  guint n_heard;
} BtPeerPex;

typedef struct
{
  BtTorrent *torrent;
  BtLink *link;
  BtPeerId id;
  BtEndpoint endpoint;     /* of the connection */
  BtEndpoint other;        /* where it listens in the other family; port 0: not known */
  BtCandidate *candidate;  /* (nullable): an incoming peer whose port is not known */
  guint8 peer_id[BT_PEER_ID_SIZE];
  guint8 own_id[BT_PEER_ID_SIZE]; /* by which it knows us */
  char *client;            /* (nullable), fit for display */
  gboolean spoke;          /* it is a peer, of whatever torrent: we connected, and it said so */
  gboolean ready;          /* both handshakes are done */
  gboolean fast, extended; /* both sides have it */
  gboolean has_dht;        /* it says that it has a node of the DHT */
  gboolean said_port;      /* of that node */
  guint8 ids[BT_EXTENDED_N]; /* its extension ids; 0: no */
  gboolean upload_only;    /* it said so */
  gboolean prefers_encryption; /* likewise */
  gboolean outgoing;       /* we connected to it */
  BtPeerPex pex;
  gint64 connected_at, ready_at;

  BtBitfield *has;
  gboolean is_seed;        /* counted as one in the picker */
  BtClaims *claims;        /* (nullable): what it said of pieces of a link */
  guint32 interesting;     /* a piece that it has and we wanted */
  BtBitfield *allowed;     /* (nullable): it lets us have these while choked */
  GArray *suggested;       /* (nullable) of guint32 */
  BtBitfield *allowed_out; /* (nullable): we let it have these while choked */

  gboolean am_choking, am_interested, peer_choking, peer_interested;
  gint64 choked_at;        /* of the last change of am_choking */
  gint64 unchoked_at, optimistic_at;
  gboolean optimistic;
  guint64 given_at_unchoke; /* payload_out then */
  gint64 interest_at;      /* of the last change of peer_interested */
  gint64 asked_at;         /* it asked for a block, or could not be heard */
  gint64 useful_at;        /* payload moved either way, or we became interested */
  gint64 moved_at;         /* payload or details moved either way; 0: never */

  /* Downloading. */
  BtPipeline *pipeline;
  gboolean receiving;      /* a block is under way */
  BtBlock receiving_block;
  BtBuffer *scratch;       /* (nullable): somebody else already fills its place */
  guint n_unrequested, n_rejects;
  guint n_forgiven;        /* requests given up that may still be answered */

  /* Uploading. */
  BtWaiting waiting;
  guint n_reading;         /* read jobs under way */
  gboolean closed;         /* waits only for its jobs */

  /* Details. */
  gint64 metadata_size;    /* that it says they have; 0: it does not say */
  GArray *metadata_waiting; /* (nullable) of guint32: blocks that it waits for */

  BtRate rate_down, rate_up;
  guint64 downloaded, uploaded;
  guint n_unknown;
} BtPeer;

/* The caller sets link and candidate. */
BtPeer *bt_peer_new (BtTorrent *torrent, BtPeerId id, const BtEndpoint *endpoint);
/* Only while it has no link: otherwise the end of the link frees it, when its last job is done. */
void bt_peer_free (BtPeer *peer);
extern const BtLinkOps bt_peer_link_ops;
void bt_peer_close (BtPeer *peer, BtCloseReason reason, const char *detail);

void bt_peer_send_handshake (BtPeer *peer);
/* Says what we are and can, if it understands that; again whenever that changed. */
void bt_peer_send_extended_handshake (BtPeer *peer);
void bt_peer_send_keep_alive (BtPeer *peer);
void bt_peer_set_choking (BtPeer *peer, gboolean choking, gint64 now);
/* Says whether we are interested, if that changed. */
void bt_peer_update_interest (BtPeer *peer);
/* Asks for as many blocks as there is room for. */
void bt_peer_request (BtPeer *peer);
void bt_peer_send_have (BtPeer *peer, guint32 piece);
/* Whether we want anything of anybody. */
void bt_peer_send_upload_only (BtPeer *peer);
void bt_peer_send_dont_have (BtPeer *peer, guint32 piece);
/* FALSE if it does not know the extension. */
gboolean bt_peer_send_extended (BtPeer *peer, BtExtendedId id, const void *payload, gsize length);
/* The block came from elsewhere. */
void bt_peer_cancel (BtPeer *peer, const BtBlock *block);
/* All that it was asked for is off, also what is just coming. */
void bt_peer_take_back_requests (BtPeer *peer);
void bt_peer_second (BtPeer *peer, gint64 now);
void bt_peer_fill_status (BtPeer *peer, BtPeerStatus *status, gint64 now);

/* bt-peer-claims.c */
/* The number of pieces is known now: what it said of them before counts, or closes it. */
void bt_peer_judge_claims (BtPeer *peer);

/* bt-peer-metadata.c */
void bt_peer_ask_metadata (BtPeer *peer, guint32 block);
void bt_peer_serve_metadata (BtPeer *peer);
void bt_peer_reject_metadata (BtPeer *peer);

/* bt-peer-upload.c */
void bt_peer_take_request (BtPeer *peer, const BtBlock *block);
void bt_peer_take_cancel (BtPeer *peer, const BtBlock *block);
void bt_peer_serve (BtPeer *peer);
void bt_peer_drop_waiting (BtPeer *peer, gboolean reject);
guint bt_peer_n_waiting (const BtPeer *peer);
/* Something that it asked for is not with it yet, as far as we know. */
gboolean bt_peer_is_being_served (const BtPeer *peer);

G_END_DECLS
