/* bt-link.h: a connection to a peer as messages: framing, queues, limits, counters (BEP 3, 6, 10).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-buffer.h"
#include "bt-handshake.h"
#include "bt-limiter.h"
#include "bt-message.h"
#include "bt-rate.h"
#include "bt-timers.h"
#include "bt-world.h"

G_BEGIN_DECLS

typedef struct _BtLink BtLink;

/* Why a link ended; counted by the engine and shown in words. */
typedef enum
{
  BT_CLOSE_NONE,
  BT_CLOSE_REMOTE,            /* the peer closed */
  BT_CLOSE_CONNECT_FAILED,
  BT_CLOSE_NETWORK,           /* reset, unreachable, … */
  BT_CLOSE_TIMED_OUT,         /* connect or handshake took too long */
  BT_CLOSE_SILENT,            /* nothing came for two minutes */
  BT_CLOSE_NOT_BITTORRENT,    /* the first bytes are no handshake */
  BT_CLOSE_WRONG_TORRENT,     /* a hash that we do not have, or not the one we asked for */
  BT_CLOSE_SELF,              /* we reached ourselves */
  BT_CLOSE_DUPLICATE,         /* another connection with this peer is kept */
  BT_CLOSE_OVERSIZED,         /* a message longer than any can be */
  BT_CLOSE_BAD_LENGTH,        /* a known message with an impossible length */
  BT_CLOSE_BAD_BITFIELD,
  BT_CLOSE_BAD_PIECE,         /* an index that does not exist */
  BT_CLOSE_BAD_REQUEST,
  BT_CLOSE_PROTOCOL,          /* a message where the protocol forbids it */
  BT_CLOSE_FLOOD,             /* too many requests, rejects, unrequested blocks */
  BT_CLOSE_BANNED,            /* sent bad data */
  BT_CLOSE_USELESS,           /* both have everything, or neither is interested for long */
  BT_CLOSE_TOO_MANY,          /* our own limit */
  BT_CLOSE_STOPPED,           /* the torrent was paused, removed, or we leave */
  BT_CLOSE_DISK,              /* a block that was begun could not be read to its end */
  BT_CLOSE_N_REASONS
} BtCloseReason;

const char *bt_close_reason_text (BtCloseReason reason); /* short English words for logs */

/* What the link needs from its owner. Every function may call bt_link_close(). A function that is
 * NULL is passed over, but there must be @closed. */
typedef struct
{
  /* Connected (outgoing) or accepted; the owner of an outgoing link sends its handshake here. */
  void (*connected) (BtLink *link, gpointer owner);
  /* The first 48 bytes came: @handshake->peer_id is not valid yet. The owner of an incoming link
   * looks the torrent up and answers. */
  void (*handshake_head) (BtLink *link, const BtHandshake *handshake, gpointer owner);
  /* All 68 bytes. From now on messages. */
  void (*handshake) (BtLink *link, const BtHandshake *handshake, gpointer owner);
  /* A whole message but piece. Its payload is borrowed for the call. */
  void (*message) (BtLink *link, const BtMessage *message, gpointer owner);
  /* A keep-alive (id -1) or a message of @length bytes with an unknown id that was skipped. */
  void (*skipped) (BtLink *link, int id, gsize length, gpointer owner);
  /* The head of a piece message came. Returns where block->length bytes of payload are to be
   * received, or NULL to have them discarded. The place must stay until block_done, or until the
   * owner calls bt_link_discard_block() for it. */
  guint8 *(*block_place) (BtLink *link, const BtBlock *block, gpointer owner);
  /* @bytes more of it came, discarded ones too. For rates and timeouts. */
  void (*block_progress) (BtLink *link, const BtBlock *block, gsize bytes, gpointer owner);
  /* All of it came. @discarded: block_place gave NULL or the place was withdrawn. */
  void (*block_done) (BtLink *link, const BtBlock *block, gboolean discarded, gpointer owner);
  /* Payload has left, so there is room for more. */
  void (*drained) (BtLink *link, gpointer owner);
  /* What was to be sent from a file could not be had: CHANGED or DISK. The link closes after that. */
  void (*file_failed) (BtLink *link, const GError *error, gpointer owner);
  /* The end, once. The link is freed after this returns; the owner forgets it. */
  void (*closed) (BtLink *link, BtCloseReason reason, const char *detail, gpointer owner);
} BtLinkOps;

typedef struct
{
  guint64 payload_in; /* bytes of blocks */
  guint64 payload_out;
  guint64 bytes_in;   /* all */
  guint64 bytes_out;
  guint n_skipped;    /* messages with unknown ids */
} BtLinkCounts;

/**
 * bt_link_new_outgoing: connects to @remote through @world and times out after @connect_timeout.
 * bt_link_new_incoming: takes over an accepted stream (transfer full).
 * @timers: for the connect and handshake deadlines (15 s, 10 s)
 * @down, @up: (nullable): limiters, borrowed until replaced or closed
 *
 * A link lives until its closed function returned. bt_link_new_outgoing() returns %NULL with
 * @error if the connect could not even be started.
 */
BtLink *bt_link_new_outgoing (BtWorld *world,
                              BtTimers *timers,
                              const BtEndpoint *remote,
                              const BtLinkOps *ops,
                              gpointer owner,
                              GError **error);
BtLink *bt_link_new_incoming (BtWorld *world,
                              BtTimers *timers,
                              BtStream *stream,
                              const BtLinkOps *ops,
                              gpointer owner);

/* An incoming link changes hands once its torrent is known. */
void bt_link_set_owner (BtLink *link, const BtLinkOps *ops, gpointer owner);
gpointer bt_link_get_owner (BtLink *link);
/* Before metadata 0; used to judge bitfield lengths before they are received. */
void bt_link_set_n_pieces (BtLink *link, guint32 n_pieces);
void bt_link_set_limiters (BtLink *link, BtLimiter *down, BtLimiter *up);

gboolean bt_link_is_outgoing (BtLink *link);
const BtEndpoint *bt_link_get_remote (BtLink *link);
void bt_link_get_local (BtLink *link, BtEndpoint *out);
/* Something that we sent is not acknowledged though it was sent again, and nothing was for so long. */
gboolean bt_link_is_stuck (BtLink *link, gint64 silence_us);
const BtLinkCounts *bt_link_get_counts (BtLink *link);
gint64 bt_link_last_received (BtLink *link); /* monotonic µs */
gint64 bt_link_last_sent (BtLink *link);

/* Queued, and sent at the end of the turn of the main loop, so that many small messages leave as
 * one write. They keep their order, but go before blocks that are not begun yet and do not wait for
 * the upload limit: what must not follow a choke is to be taken out with bt_link_unsend_block(). A
 * peer that lets BT_LIMIT_PEER_OUTPUT of them pile up is closed, in the next turn. */
void bt_link_send (BtLink *link, const void *bytes, gsize length); /* copies */
/* A piece message: head and then @length bytes of @buffer from @offset; refs the buffer. */
void bt_link_send_block (BtLink *link, const BtBlock *block, BtBuffer *buffer, gsize offset);
/* The same with bytes of files, which must not become other ones meanwhile. Only if the link sends files. */
gboolean bt_link_sends_files (BtLink *link);
void bt_link_send_lent_block (BtLink *link, const BtBlock *block, BtFileSlices *slices, gsize offset);
/* Takes a block that is queued but of which nothing was written yet out again; TRUE if it was. */
gboolean bt_link_unsend_block (BtLink *link, const BtBlock *block);
gsize bt_link_queued_bytes (BtLink *link);
/* Sends what is queued now, as far as the peer takes it: for last words before a close. */
void bt_link_push (BtLink *link);

/* The place given for a block that is being received is no more valid: the rest is discarded. */
void bt_link_discard_block (BtLink *link);
/* Back-pressure: while off, nothing is read. */
void bt_link_set_reading (BtLink *link, gboolean reading);

/* Closes soon: closed is called before this returns unless the link is inside one of its own
 * callbacks, then right after that one. What is queued is not sent. */
void bt_link_close (BtLink *link, BtCloseReason reason, const char *detail);

G_END_DECLS
