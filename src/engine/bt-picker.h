/* bt-picker.h: which block to ask of which peer: rarest first, in O(1) amortised.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-bitfield.h"
#include "bt-message.h"
#include "bt-random.h"

G_BEGIN_DECLS

/* Knows the pieces of one torrent: which are had, which are wanted and how much, how many peers have
 * each, which are being fetched and from whom. Peers are named by the caller with small numbers that
 * are not 0 and not reused while the picker knows them. Without I/O and clock. */
typedef struct _BtPicker BtPicker;
typedef guint32 BtPeerId;

/* Pieces are sorted by (peers + 1) × (8 - priority): a high one comes before normal ones that are up to
 * four times as rare. Sequential picking goes by priority alone, then by index,
 * started pieces first; it may be turned on and off at any time. */
#define BT_PRIORITY_SKIP 0
#define BT_PRIORITY_LOW 1
#define BT_PRIORITY_NORMAL 4
#define BT_PRIORITY_HIGH 7

BtPicker *bt_picker_new (guint32 n_pieces, guint32 piece_length, guint64 total_size, BtRandom *random);
void bt_picker_free (BtPicker *picker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtPicker, bt_picker_free)

/* What we have and want. Setting have for all at start costs O(n). */
void bt_picker_set_have (BtPicker *picker, guint32 piece);
void bt_picker_set_missing (BtPicker *picker, guint32 piece); /* a check failed later on */
gboolean bt_picker_has (const BtPicker *picker, guint32 piece);
void bt_picker_set_priority (BtPicker *picker, guint32 piece, guint8 priority);
guint8 bt_picker_get_priority (const BtPicker *picker, guint32 piece);
void bt_picker_set_sequential (BtPicker *picker, gboolean sequential);
const BtBitfield *bt_picker_have (const BtPicker *picker);
guint32 bt_picker_n_wanted_missing (const BtPicker *picker); /* pieces wanted and not had */
gboolean bt_picker_is_complete (const BtPicker *picker);     /* n_wanted_missing == 0 */

/* What peers have. A seed (all pieces) is a single counter. @peer: whose bits in BtPickRequest have it now too; 0: of
 * nobody who picks. */
void bt_picker_peer_has (BtPicker *picker, BtPeerId peer, guint32 piece);
void bt_picker_peer_lost (BtPicker *picker, guint32 piece);
void bt_picker_peer_bits (BtPicker *picker, const BtBitfield *bits, int sign); /* +1 came, -1 left */
void bt_picker_seed (BtPicker *picker, int sign);
guint bt_picker_availability (const BtPicker *picker, guint32 piece); /* peers that have it, seeds included */
/* Distributed copies: whole copies plus the fraction of pieces with one more. */
double bt_picker_distributed_copies (const BtPicker *picker);
gboolean bt_picker_wants (const BtPicker *picker, guint32 piece); /* wanted and missing */
/* Whether a peer with these pieces has one that is wanted and missing. @found: (inout): one that was, 0 at first; as long
 * as it is, or there is one soon after it, that is quickly said. */
gboolean bt_picker_is_interesting (const BtPicker *picker, const BtBitfield *peer_has, guint32 *found);

typedef struct
{
  BtPeerId peer;
  const BtBitfield *has;        /* what the peer has */
  const BtBitfield *only;       /* (nullable): choked, so only these (allowed fast) */
  const guint32 *suggested;     /* (nullable) (array length=n_suggested): asked for first */
  guint n_suggested;
  gboolean slow;                /* snubbed: picks the commonest, so that slow peers share pieces */
  gboolean exclusive;           /* on parole: only pieces that nobody else touched, and nobody else after;
                                 * when there are none, one of those that others left unfinished */
  guint contiguous_pieces;      /* >= 1: fast enough to take whole pieces */
} BtPickRequest;

/* Picks up to @n blocks, marks them as asked of the peer and writes them in the order to ask.
 * Order: started pieces (fewest blocks left first) when the peer has them; suggested; the first four
 * pieces at random; then rarest first with random ties, weighed by priority; blocks of a piece in
 * order. In endgame (every wanted block is asked of somebody) and only when this peer has nothing
 * outstanding: blocks asked of others, the slowest ones first, never one that is asked of this peer,
 * and a few at a time. */
guint bt_picker_pick (BtPicker *picker, const BtPickRequest *request, BtBlock *out, guint n);
gboolean bt_picker_is_endgame (const BtPicker *picker);
guint bt_picker_n_outstanding (const BtPicker *picker, BtPeerId peer);
guint bt_picker_n_open (const BtPicker *picker); /* pieces begun and not finished */
/* Blocks that have come of a piece that is not had yet; NULL if it was not begun. */
const BtBitfield *bt_picker_open_blocks (const BtPicker *picker, guint32 piece);
/* Every open piece, for saving. */
void bt_picker_foreach_open (BtPicker *picker, void (*func) (guint32 piece, const BtBitfield *blocks, gpointer data), gpointer data);
/* On start: blocks that are in the files already. */
void bt_picker_restore_open (BtPicker *picker, guint32 piece, const BtBitfield *blocks);

typedef enum
{
  BT_BLOCK_ACCEPTED,
  BT_BLOCK_PIECE_COMPLETE, /* and it was the last of its piece, which now waits for its check */
  BT_BLOCK_DUPLICATE,      /* had already: discard */
} BtBlockResult;

/* Whether this peer was asked for exactly this block and it is still missing. */
gboolean bt_picker_is_asked (const BtPicker *picker, BtPeerId peer, const BtBlock *block);
/* Of a piece that only one peer has who is no seed: the one that all of it is asked of, if nothing has come yet.
 * 0: nobody. */
BtPeerId bt_picker_find_relieved (const BtPicker *picker, guint32 piece);
/* A block came from a peer. @others: (out): up to 8 other peers that were asked for it too and are to be
 * told to cancel; they are no longer asked. */
BtBlockResult bt_picker_received (BtPicker *picker, BtPeerId peer, const BtBlock *block, BtPeerId others[8], guint *n_others);
/* The request is off: rejected, timed out, choked. The block may be asked of others. */
void bt_picker_abandon (BtPicker *picker, BtPeerId peer, const BtBlock *block);
/* All of its requests are off: choked, or it leaves (then always, also when nothing is asked of it:
 * pieces that were its alone are free for others). */
void bt_picker_abandon_all (BtPicker *picker, BtPeerId peer);
/* The check of a complete piece: had, or all of its blocks are missing again. */
void bt_picker_passed (BtPicker *picker, guint32 piece);
void bt_picker_failed (BtPicker *picker, guint32 piece);
/* Who sent the block of a complete or open piece; 0: unknown (restored). */
BtPeerId bt_picker_block_sender (const BtPicker *picker, const BtBlock *block);

guint bt_picker_blocks_in_piece (const BtPicker *picker, guint32 piece);
/* The block with this index. */
BtBlock bt_picker_block (const BtPicker *picker, guint32 piece, guint index);

/* For tests: recomputes every count and asserts that it is what is kept. O(n). */
void bt_picker_assert_consistent (const BtPicker *picker);

G_END_DECLS
