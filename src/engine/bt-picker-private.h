/* bt-picker-private.h: the state of the picker, for the files that share it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-limits.h"
#include "bt-picker-order.h"
#include "bt-picker.h"

G_BEGIN_DECLS

#define BT_PICKER_N_PRIORITIES (BT_PRIORITY_HIGH + 1)
/* Peers that one block is asked of at a time: bt_picker_received() has room to name the others. */
#define BT_PICKER_MAX_ASKED 8

typedef struct
{
  guint16 peers;   /* that have it; seeds are counted apart */
  guint8 priority; /* 0 … BT_PRIORITY_HIGH */
  guint8 is_open;  /* boolean: has a BtPickerOpen */
} BtPickerPiece;

typedef struct
{
  BtPeerId peer;  /* received: who sent it, 0 unknown; asked: one of whom it is asked; else 0 */
  guint n_asked;  /* always 0 once received */
  guint64 serial; /* number of the last request for it: the smaller, the longer ago */
} BtPickerBlock;

/* Somebody who is asked for a block besides BtPickerBlock.peer: only endgame makes these. */
typedef struct
{
  guint block;
  BtPeerId peer;
} BtPickerRival;

/* A search ends after so many pieces of a peer. */
#define BT_PICKER_FEW 128
/* So many of the pieces that became free again are remembered. */
#define BT_PICKER_N_FREED 64

/* What searches found that a peer has for us, and where they found nothing. */
typedef struct
{
  const BtBitfield *has; /* borrowed, to be compared with */
  guint32 n_has;         /* set in it, by what was told */
  guint8 floor;          /* priority from which on @leads are all that are untouched and that it has */
  guint64 n_freed;       /* of picker->n_freed: looked at */
  GArray *leads;         /* of guint32: pieces */
  guint32 passed[BT_PICKER_N_PRIORITIES]; /* before it nothing of a priority is untouched that it has */
} BtPickerFindings;

#define BT_PICKER_NOT_READY G_MAXUINT

/* A piece that was begun: a block of it came or is asked for. A block is free when neither holds.
 * While the piece is wanted and not complete it is either in picker->ready, with free blocks, or in
 * picker->full, without. */
typedef struct
{
  guint32 piece;
  guint n_blocks;
  guint n_free;
  guint first_free;    /* no block before it is free */
  guint index;         /* in picker->ready, or BT_PICKER_NOT_READY */
  gboolean is_full;    /* in picker->full */
  GList link;          /* there */
  gboolean touched;    /* somebody, known or not, sent a block or was asked for one */
  BtPeerId sole;       /* the only one who did; 0: several, or unknown */
  gboolean exclusive;  /* nobody but @sole may take blocks of it */
  gboolean slow;       /* begun by a slow peer */
  BtBitfield *received;
  GArray *rivals;      /* (nullable) of BtPickerRival */
  BtPickerBlock blocks[];
} BtPickerOpen;

/* What is asked of one peer; there is none for a peer of whom nothing is asked. */
typedef struct
{
  guint n;
  GArray *shares;     /* of BtPickerShare */
  guint32 run_next;   /* the piece that would go on the row of whole pieces it is taking */
  guint run_left;     /* how many more */
} BtPickerWork;

typedef struct
{
  guint32 piece;
  guint n; /* > 0 */
} BtPickerShare;

/* A piece is had, or unwanted, or begun, or untouched. The untouched ones are in the bitfield of
 * their priority and, once somebody picks, in the order. */
struct _BtPicker
{
  guint32 n_pieces;
  guint32 piece_length;
  guint64 total_size;
  BtRandom *random; /* borrowed */

  BtPickerPiece *pieces;
  BtBitfield *have;
  BtBitfield *wanted;      /* wanted and missing */
  BtBitfield *untouched[BT_PICKER_N_PRIORITIES]; /* (nullable) elements */
  guint32 n_untouched;
  guint32 n_untouched_seen; /* of these, how many a peer has that is not a seed */
  guint seeds;
  GArray *spread;          /* of guint32: how many pieces have 0, 1, 2 … peers */

  BtPickerOrder order;
  gboolean stale;          /* availability changed and the order did not follow */
  guint64 credit;          /* pieces whose sorting the picks since the last sort pay for */
  gboolean sequential;

  GHashTable *open;        /* piece -> BtPickerOpen */
  GPtrArray *ready;        /* of BtPickerOpen, fewest blocks missing first */
  GQueue full;             /* of BtPickerOpen, in the order they became so */
  GHashTable *works;       /* BtPeerId -> BtPickerWork */
  guint64 serial;

  GHashTable *findings;    /* BtPeerId -> BtPickerFindings */
  guint32 freed[BT_PICKER_N_FREED]; /* the last pieces that became untouched, in a ring */
  guint64 n_freed;         /* how many there were */
};

/* bt-picker.c */

static inline gboolean
bt_picker_is_untouched (const BtPicker *picker, guint32 piece)
{
  const BtBitfield *untouched = picker->untouched[picker->pieces[piece].priority];

  return untouched != NULL && bt_bitfield_get (untouched, piece);
}

/* The value the order sorts by: the rarer and the more wanted, the smaller. */
guint32 bt_picker_piece_value (gconstpointer picker, guint32 piece);
/* Files the piece anew after it was had, lost, opened, closed or given another priority. */
void bt_picker_file_piece (BtPicker *picker, guint32 piece);

/* bt-picker-findings.c */

void bt_picker_init_findings (BtPicker *picker);
/* Returns: (transfer none): brought up to date; with a floor above all priorities if nothing is known */
BtPickerFindings *bt_picker_get_findings (BtPicker *picker, BtPeerId peer, const BtBitfield *has);
/* @pieces are all there is from @floor up to where it was known before. */
void bt_picker_add_leads (BtPickerFindings *findings, guint floor, const guint32 *pieces, guint n);
/* Whether all that the peer has is known, and little. */
gboolean bt_picker_knows_leads (const BtPicker *picker, BtPeerId peer);
void bt_picker_findings_told (BtPicker *picker, BtPeerId peer, guint32 piece);
void bt_picker_forget_findings (BtPicker *picker, BtPeerId peer);

/* bt-picker-blocks.c */

static inline BtPickerOpen *
bt_picker_find_open (const BtPicker *picker, guint32 piece)
{
  return g_hash_table_lookup (picker->open, GUINT_TO_POINTER (piece));
}

static inline BtPickerWork *
bt_picker_find_work (const BtPicker *picker, BtPeerId peer)
{
  return g_hash_table_lookup (picker->works, GUINT_TO_POINTER (peer));
}

static inline guint
bt_picker_open_missing (const BtPickerOpen *open)
{
  return open->n_blocks - open->received->n_set;
}

static inline gboolean
bt_picker_is_free (const BtPickerOpen *open, guint index)
{
  return open->blocks[index].n_asked == 0 && !bt_bitfield_get (open->received, index);
}

void bt_picker_init_blocks (BtPicker *picker);
void bt_picker_clear_blocks (BtPicker *picker);
BtPickerOpen *bt_picker_open_piece (BtPicker *picker, guint32 piece);
/* Forgets its blocks and the requests for them; the piece is filed anew. */
void bt_picker_close_piece (BtPicker *picker, BtPickerOpen *open);
/* Puts it where it belongs after its blocks or its priority changed; closes it if nothing is left. */
void bt_picker_settle (BtPicker *picker, BtPickerOpen *open);
gboolean bt_picker_is_asker (const BtPickerOpen *open, guint index, BtPeerId peer);
/* Marks a missing block as asked of a peer who is not; without settling. */
void bt_picker_ask (BtPicker *picker, BtPickerOpen *open, guint index, BtPeerId peer);

G_END_DECLS
