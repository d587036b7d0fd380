/* bt-link-private.h: the state of a link, for the files that share it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-byte-queue.h"
#include "bt-link.h"

G_BEGIN_DECLS

typedef enum
{
  BT_LINK_CONNECTING,
  BT_LINK_ACCEPTED,  /* incoming, its owner was not told yet */
  BT_LINK_HANDSHAKE, /* the peer's 68 bytes are awaited */
  BT_LINK_MESSAGES,
} BtLinkState;

/* A direction that reads or writes when its time has come. */
typedef struct
{
  BtTimer timer;
  gint64 thirsty_since; /* it waits for tokens; 0: it does not */
} BtLinkPump;

/* bt-link-input.c. Bytes before the current message are gone from @bytes; those of a block go to
 * its place as they come. So while one is received @bytes is empty between turns, unless reading is
 * off. */
typedef struct
{
  BtByteQueue bytes;
  BtLinkPump pump; /* reads on: tokens came, or reading was turned on */
  gboolean reading;
  guint32 n_pieces;   /* 0: unknown */
  gboolean head_told; /* the first 48 bytes of the handshake were */
  gboolean bulk;      /* the last message was a block, so the next bytes are most likely one too */

  guint32 skip_left; /* of an unknown message */
  guint32 skip_length;
  guint8 skip_id;

  gboolean in_block;
  BtBlock block;
  guint32 received;
  guint8 *place; /* (nullable): NULL discards */
} BtLinkInput;

/* A block that waits to be written. */
typedef struct
{
  BtBlock block;
  guint8 head[BT_MESSAGE_MAX_HEAD]; /* BT_MESSAGE_PIECE_HEAD bytes of it */
  BtBuffer *buffer;     /* (nullable): where the payload is, or … */
  BtFileSlices *slices; /* (nullable) */
  gsize offset;         /* in it */
} BtLinkBlock;

/* bt-link-output.c. The order on the wire: the rest of the first block if it is begun, then @bytes,
 * then the other blocks. @bytes ends in the middle of a message only while no block is begun. */
typedef struct
{
  BtByteQueue bytes; /* whole messages but blocks, of the first perhaps the rest */
  GArray *blocks;    /* of BtLinkBlock */
  guint first;       /* before it all are written */
  gsize begun;       /* bytes written of the first, head included */
  gsize block_bytes; /* of all blocks, heads included, not written yet */
  BtLinkPump pump;   /* writes: at the end of the turn, or when tokens come */
  gboolean blocked;  /* the stream takes nothing more; it will tell */
} BtLinkOutput;

struct _BtLink
{
  BtWorld *world;
  BtStream *stream;
  const BtLinkOps *ops;
  gpointer owner;
  BtEndpoint remote;
  gboolean outgoing;
  BtLinkState state;
  BtStreamEvents watched;
  BtTimer deadline;     /* of connect or handshake */
  BtLimiter *down, *up; /* (nullable), borrowed */
  BtLinkInput input;
  BtLinkOutput output;
  BtLinkCounts counts;
  gint64 last_received, last_sent;

  /* Entry points (an event, a timer) count here. Callbacks are made from inside them only, so that
   * a link which closes in a callback is freed when the outermost entry is left. */
  guint depth;
  BtCloseReason reason; /* not NONE: closing; nothing is told any more but the end */
  char *detail;
};

static inline gboolean
bt_link_is_open (const BtLink *link)
{
  return link->reason == BT_CLOSE_NONE;
}

/* bt-link.c */
void bt_link_enter (BtLink *link);
void bt_link_leave (BtLink *link); /* may free it */
/* Closes in the next turn at the latest; never frees the link inside the call. */
void bt_link_doom (BtLink *link, BtCloseReason reason, const char *detail);
void bt_link_handshake_done (BtLink *link);
/* How many of @want bytes may flow now. If 0, @pump is started for the time when more will. */
gsize bt_link_grant (BtLimiter *limiter, gint64 now, gsize want, BtLinkPump *pump);

/* bt-link-input.c */
void bt_link_init_input (BtLink *link, BtTimers *timers);
void bt_link_clear_input (BtLink *link);
/* Takes what is there: from the memory first, then from the stream. Only inside an entry. */
void bt_link_receive (BtLink *link);

/* bt-link-output.c */
void bt_link_init_output (BtLink *link, BtTimers *timers, BtTimerFunc func);
void bt_link_clear_output (BtLink *link);
/* Writes what is queued as far as stream and limiter take it. Only inside an entry. */
void bt_link_flush (BtLink *link);
/* Makes sure that what is queued will be written at the end of the turn. */
void bt_link_schedule_flush (BtLink *link);

G_END_DECLS
