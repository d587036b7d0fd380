/* bt-picker-pick.c: choosing the blocks to ask of a peer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-picker-private.h"

/* Rarest first is of no use to somebody who has nothing to give: the first pieces are any. */
#define FIRST_PIECES 4
/* How far to look from the rare end of the order for a piece that the peer has. */
#define SCAN_LIMIT 128
/* In endgame: blocks in one pick, and blocks looked at for them. */
#define BUSY_BLOCKS 4
#define BUSY_LIMIT 8192
/* Sorting the order again is paid for by picks, each good for so many pieces; up to so many pieces
 * are sorted whenever availability changed. */
#define CREDIT_PER_PICK 512
#define CREDIT_FREE 16384

#define NO_PIECE G_MAXUINT32

typedef struct
{
  BtPicker *picker;
  const BtPickRequest *request;
  const BtBitfield *narrow; /* has or only, whichever has fewer */
  BtBlock *out;
  guint n, max;
} Pick;

static gboolean
peer_may_give (const Pick *pick, guint32 piece)
{
  const BtPickRequest *request = pick->request;

  return bt_bitfield_get (request->has, piece)
         && (request->only == NULL || bt_bitfield_get (request->only, piece));
}

static gboolean
may_begin (const Pick *pick, guint32 piece)
{
  return bt_picker_is_untouched (pick->picker, piece) && peer_may_give (pick, piece);
}

/* The order of untouched pieces. */

static void
begin_order (BtPicker *picker)
{
  bt_picker_order_begin (&picker->order, picker->n_pieces);
  for (guint i = 0; i < BT_PICKER_N_PRIORITIES; i++)
    {
      const BtBitfield *untouched = picker->untouched[i];
      guint32 piece = untouched != NULL ? bt_bitfield_next_set (untouched, 0) : picker->n_pieces;

      for (; piece < picker->n_pieces; piece = bt_bitfield_next_set (untouched, piece + 1))
        bt_picker_order_insert (&picker->order, piece, BT_ORDER_LAST, picker->random);
    }
  picker->stale = TRUE;
}

/* A stale order is still an order, only not by the availability of just now: in a torrent of very
 * many pieces that is good enough for a while. */
static void
refresh_order (BtPicker *picker)
{
  if (!bt_picker_order_is_begun (&picker->order))
    begin_order (picker);
  if (picker->stale && picker->n_untouched <= CREDIT_FREE + picker->credit)
    {
      bt_picker_order_sort (&picker->order, bt_picker_piece_value, picker, picker->random);
      picker->stale = FALSE;
      picker->credit = 0;
    }
  picker->credit = MIN (picker->credit + CREDIT_PER_PICK, picker->n_pieces);
}

/* Choosing a piece to begin. */

/* The next piece of the row that a fast peer is taking, unless it is wanted less than the last. */
static guint32
choose_next_in_run (Pick *pick)
{
  const BtPickerPiece *pieces = pick->picker->pieces;
  BtPickerWork *work = bt_picker_find_work (pick->picker, pick->request->peer);
  guint32 next;

  if (work == NULL || work->run_left == 0)
    return NO_PIECE;
  next = work->run_next;
  if (next < pick->picker->n_pieces && may_begin (pick, next)
      && pieces[next].priority >= pieces[next - 1].priority)
    return next;
  work->run_left = 0;
  return NO_PIECE;
}

static guint32
choose_suggested (Pick *pick)
{
  for (guint i = 0; i < pick->request->n_suggested; i++)
    {
      guint32 piece = pick->request->suggested[i];

      if (piece < pick->picker->n_pieces && may_begin (pick, piece))
        return piece;
    }
  return NO_PIECE;
}

static guint32
find_untouched (const Pick *pick, guint priority, guint32 from)
{
  const BtBitfield *untouched = pick->picker->untouched[priority];
  guint32 piece;

  if (untouched == NULL || untouched->n_set == 0)
    return NO_PIECE;
  piece = bt_bitfield_next_common (untouched, pick->narrow, from);
  while (piece < untouched->n_bits && !peer_may_give (pick, piece))
    piece = bt_bitfield_next_common (untouched, pick->narrow, piece + 1);
  return piece < untouched->n_bits ? piece : NO_PIECE;
}

/* What the peer had and was taken is not walked over each time. */
static guint32
choose_first_by_index (Pick *pick)
{
  const BtPickRequest *request = pick->request;
  BtPickerFindings *findings = bt_picker_get_findings (pick->picker, request->peer, request->has);

  for (guint priority = BT_PRIORITY_HIGH; priority > BT_PRIORITY_SKIP; priority--)
    {
      guint32 piece = find_untouched (pick, priority, findings->passed[priority]);

      if (request->only == NULL)
        findings->passed[priority] = MIN (piece, pick->picker->n_pieces);
      if (piece != NO_PIECE)
        return piece;
    }
  return NO_PIECE;
}

/* Some pieces that the peer has. */

typedef struct
{
  guint32 pieces[2 * BT_PICKER_FEW];
  guint n;
  gboolean all;   /* it has no others */
  guint8 highest; /* of their priorities */
} Some;

/* From a random place on. Returns: FALSE if there may be more */
static gboolean
search (const Pick *pick, guint priority, Some *some)
{
  guint32 from = bt_random_below (pick->picker->random, pick->picker->n_pieces);
  guint end = some->n + BT_PICKER_FEW;
  guint32 piece = find_untouched (pick, priority, from);

  for (; piece != NO_PIECE && some->n < end; piece = find_untouched (pick, priority, piece + 1))
    some->pieces[some->n++] = piece;
  if (some->n < end)
    piece = find_untouched (pick, priority, 0);
  for (; piece < from && some->n < end; piece = find_untouched (pick, priority, piece + 1))
    some->pieces[some->n++] = piece;
  return some->n < end;
}

/* What is known, and then, from the highest priority down, what is found. */
static void
find_some (Pick *pick, Some *some)
{
  const BtPickRequest *request = pick->request;
  BtPickerFindings *findings = bt_picker_get_findings (pick->picker, request->peer, request->has);
  guint priority = findings->floor;
  gboolean ended = TRUE;

  some->n = 0;
  for (guint i = 0; i < findings->leads->len; i++)
    if (peer_may_give (pick, g_array_index (findings->leads, guint32, i)))
      some->pieces[some->n++] = g_array_index (findings->leads, guint32, i);
  while (ended && priority > BT_PRIORITY_LOW && some->n < BT_PICKER_FEW)
    {
      guint n_known = some->n;

      ended = search (pick, --priority, some);
      if (ended && request->only == NULL)
        bt_picker_add_leads (findings, priority, some->pieces + n_known, some->n - n_known);
    }
  some->all = ended && priority == BT_PRIORITY_LOW;
  some->highest = BT_PRIORITY_SKIP;
  for (guint i = 0; i < some->n; i++)
    some->highest = MAX (some->highest, pick->picker->pieces[some->pieces[i]].priority);
}

/* Any of those with the highest priority. */
static guint32
choose_any (Pick *pick)
{
  guint32 piece = NO_PIECE;
  guint n_equal = 0;
  Some some;

  find_some (pick, &some);
  for (guint i = 0; i < some.n; i++)
    if (pick->picker->pieces[some.pieces[i]].priority == some.highest
        && bt_random_below (pick->picker->random, ++n_equal) == 0)
      piece = some.pieces[i];
  return piece;
}

/* Keeps the better of two pieces, each of @n_equal equal ones with the same chance. */
static void
compare (Pick *pick, guint32 piece, guint32 *best, guint *n_equal)
{
  guint32 a = bt_picker_piece_value (pick->picker, piece);
  guint32 b = *best != NO_PIECE ? bt_picker_piece_value (pick->picker, *best) : 0;

  if (*best == NO_PIECE || (pick->request->slow ? a > b : a < b))
    {
      *best = piece;
      *n_equal = 1;
    }
  else if (a == b && bt_random_below (pick->picker->random, ++*n_equal) == 0)
    *best = piece;
}

/* Of a part of them only those with the highest priority; so too of what a slow peer has, where the commonest would be
 * what is wanted least. */
static guint32
choose_among (Pick *pick, const Some *some)
{
  gboolean only_highest = pick->request->slow || !some->all;
  guint32 best = NO_PIECE;
  guint n_equal = 0;

  for (guint i = 0; i < some->n; i++)
    if (!only_highest || pick->picker->pieces[some->pieces[i]].priority == some->highest)
      compare (pick, some->pieces[i], &best, &n_equal);
  return best;
}

static guint32
choose_rarest (Pick *pick, Some *some)
{
  const BtPickerOrder *order = &pick->picker->order;
  guint32 end = MIN (order->n, SCAN_LIMIT);

  for (guint32 i = 0; i < end; i++)
    if (peer_may_give (pick, order->pieces[i]))
      return order->pieces[i];
  if (end == order->n)
    return NO_PIECE;
  find_some (pick, some);
  return choose_among (pick, some);
}

/* From the other end. */
static guint32
choose_commonest (Pick *pick, Some *some)
{
  const BtPickerOrder *order = &pick->picker->order;

  find_some (pick, some);
  for (guint32 i = 0; i < MIN (order->n, SCAN_LIMIT) && some->n > 0; i++)
    {
      guint32 piece = order->pieces[order->n - 1 - i];

      if (pick->picker->pieces[piece].priority == some->highest && peer_may_give (pick, piece))
        return piece;
    }
  return choose_among (pick, some);
}

static guint32
choose_by_rarity (Pick *pick)
{
  const BtPickRequest *request = pick->request;
  Some some;

  if (pick->narrow->n_set > BT_PICKER_FEW && !bt_picker_knows_leads (pick->picker, request->peer))
    return request->slow ? choose_commonest (pick, &some) : choose_rarest (pick, &some);
  find_some (pick, &some);
  return choose_among (pick, &some);
}

static guint32
choose_by_rule (Pick *pick)
{
  if (pick->picker->sequential)
    return choose_first_by_index (pick);
  if (pick->picker->have->n_set < FIRST_PIECES)
    return choose_any (pick);
  return choose_by_rarity (pick);
}

/* In order means in order: neither rows nor suggestions lead ahead. */
static guint32
choose_piece (Pick *pick)
{
  guint32 piece = NO_PIECE;

  if (pick->picker->sequential)
    return choose_by_rule (pick);
  piece = choose_next_in_run (pick);
  if (piece == NO_PIECE)
    piece = choose_suggested (pick);
  if (piece == NO_PIECE)
    piece = choose_by_rule (pick);
  return piece;
}

/* Taking blocks. */

static void
take (Pick *pick, BtPickerOpen *open, guint index)
{
  bt_picker_ask (pick->picker, open, index, pick->request->peer);
  pick->out[pick->n++] = bt_picker_block (pick->picker, open->piece, index);
}

static void
take_free (Pick *pick, BtPickerOpen *open)
{
  for (guint i = open->first_free; open->n_free > 0 && pick->n < pick->max; i++)
    if (bt_picker_is_free (open, i))
      take (pick, open, i);
  if (pick->request->exclusive && open->sole == pick->request->peer)
    open->exclusive = TRUE;
  bt_picker_settle (pick->picker, open);
}

static gboolean
may_continue (const Pick *pick, const BtPickerOpen *open)
{
  gboolean alone = open->sole == pick->request->peer;

  if ((open->exclusive || pick->request->exclusive) && !alone)
    return FALSE;
  return peer_may_give (pick, open->piece);
}

/* The first piece after @after that is begun and has free blocks for this peer. */
static BtPickerOpen *
find_next_started (const Pick *pick, gint64 after, gboolean only_slow)
{
  GPtrArray *ready = pick->picker->ready;
  BtPickerOpen *next = NULL;

  for (guint i = 0; i < ready->len; i++)
    {
      BtPickerOpen *open = g_ptr_array_index (ready, i);

      if (open->piece > after && (next == NULL || open->piece < next->piece)
          && (open->slow || !only_slow) && may_continue (pick, open))
        next = open;
    }
  return next;
}

static void
take_started_in_order (Pick *pick, gboolean only_slow)
{
  gint64 last = -1;
  BtPickerOpen *open;

  while (pick->n < pick->max && (open = find_next_started (pick, last, only_slow)) != NULL)
    {
      last = open->piece;
      take_free (pick, open);
    }
}

/* Free blocks of pieces that are begun. A piece of which the last is taken leaves the list. */
static void
take_started (Pick *pick, gboolean only_slow)
{
  GPtrArray *ready = pick->picker->ready;

  if (pick->picker->sequential)
    {
      take_started_in_order (pick, only_slow);
      return;
    }
  for (guint i = 0; i < ready->len && pick->n < pick->max;)
    {
      BtPickerOpen *open = g_ptr_array_index (ready, i);

      if ((open->slow || !only_slow) && may_continue (pick, open))
        take_free (pick, open);
      if (i < ready->len && g_ptr_array_index (ready, i) == open)
        i++;
    }
}

/* A piece that others began and nobody works on any more would never be ended, were those on parole the
 * only ones left: so one of them may, though its blame will be shared. One piece at a time. */
static void
take_abandoned (Pick *pick)
{
  GPtrArray *ready = pick->picker->ready;

  for (guint i = 0; i < ready->len && pick->n == 0; i++)
    {
      BtPickerOpen *open = g_ptr_array_index (ready, i);

      if (!open->exclusive && open->n_free == bt_picker_open_missing (open)
          && peer_may_give (pick, open->piece))
        take_free (pick, open);
    }
}

static void
remember_run (Pick *pick, guint32 piece)
{
  BtPickerWork *work = bt_picker_find_work (pick->picker, pick->request->peer);
  gboolean goes_on = work->run_left > 0 && work->run_next == piece;

  work->run_left = goes_on ? work->run_left - 1 : MAX (pick->request->contiguous_pieces, 1) - 1;
  work->run_next = piece + 1;
}

static void
take_untouched (Pick *pick)
{
  refresh_order (pick->picker);
  while (pick->n < pick->max && pick->picker->n_untouched > 0)
    {
      guint32 piece = choose_piece (pick);
      BtPickerOpen *open;

      if (piece == NO_PIECE)
        return;
      open = bt_picker_open_piece (pick->picker, piece);
      open->slow = pick->request->slow;
      take_free (pick, open);
      remember_run (pick, piece);
    }
}

/* Endgame. */

typedef struct
{
  BtPickerOpen *open;
  guint index;
} Busy;

/* Those asked of the fewest first, so that idle peers spread; then those asked longest ago, which
 * are the ones with the slowest. */
static gboolean
is_better_busy (const Busy *a, const Busy *b)
{
  const BtPickerBlock *x = &a->open->blocks[a->index];
  const BtPickerBlock *y = &b->open->blocks[b->index];

  return x->n_asked != y->n_asked ? x->n_asked < y->n_asked : x->serial < y->serial;
}

static guint
insert_busy (Busy *best, guint n, guint max, const Busy *busy)
{
  guint i = n;

  if (n == max && !is_better_busy (busy, &best[n - 1]))
    return n;
  if (n == max)
    i = n - 1;
  for (; i > 0 && is_better_busy (busy, &best[i - 1]); i--)
    best[i] = best[i - 1];
  best[i] = *busy;
  return MIN (n + 1, max);
}

static gboolean
may_double (const Pick *pick, const Busy *busy)
{
  const BtPickerBlock *block = &busy->open->blocks[busy->index];

  return block->n_asked > 0 && block->n_asked < BT_PICKER_MAX_ASKED
         && !bt_picker_is_asker (busy->open, busy->index, pick->request->peer);
}

static void
take_busy (Pick *pick)
{
  Busy best[BUSY_BLOCKS];
  guint max = MIN (pick->max, BUSY_BLOCKS), n = 0, n_seen = 0;

  for (GList *l = pick->picker->full.head; l != NULL && n_seen < BUSY_LIMIT; l = l->next)
    {
      Busy busy = { l->data, 0 };

      n_seen++;
      if (busy.open->exclusive || !peer_may_give (pick, busy.open->piece))
        continue;
      for (; busy.index < busy.open->n_blocks; busy.index++)
        if (may_double (pick, &busy))
          n = insert_busy (best, n, max, &busy);
      n_seen += busy.open->n_blocks;
    }
  for (guint i = 0; i < n; i++)
    take (pick, best[i].open, best[i].index);
}

/* Public. */

gboolean
bt_picker_is_endgame (const BtPicker *picker)
{
  if (picker->full.length == 0)
    return FALSE;
  /* What nobody has cannot be asked for, and what is kept for a peer on parole is not free. */
  if ((picker->seeds > 0 ? picker->n_untouched : picker->n_untouched_seen) > 0)
    return FALSE;
  for (guint i = 0; i < picker->ready->len; i++)
    {
      const BtPickerOpen *open = g_ptr_array_index (picker->ready, i);

      if (!open->exclusive && bt_picker_availability (picker, open->piece) > 0)
        return FALSE;
    }
  return TRUE;
}

guint
bt_picker_pick (BtPicker *picker, const BtPickRequest *request, BtBlock *out, guint n)
{
  Pick pick = { picker, request, request->has, out, 0, n };

  g_return_val_if_fail (request->peer != 0, 0);
  g_return_val_if_fail (request->has->n_bits == picker->n_pieces, 0);

  if (picker->wanted->n_set == 0 || n == 0)
    return 0;
  if (request->only != NULL && request->only->n_set < request->has->n_set)
    pick.narrow = request->only;

  take_started (&pick, request->slow);
  if (pick.n < n && picker->n_untouched > 0)
    take_untouched (&pick);
  if (pick.n < n && request->slow)
    take_started (&pick, FALSE);
  if (pick.n > 0 || bt_picker_n_outstanding (picker, request->peer) > 0)
    return pick.n;
  if (request->exclusive)
    take_abandoned (&pick);
  else if (bt_picker_is_endgame (picker))
    take_busy (&pick);
  return pick.n;
}
