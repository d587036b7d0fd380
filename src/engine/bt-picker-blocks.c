/* bt-picker-blocks.c: the pieces that are begun, and who is asked for their blocks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-picker-private.h"

static void
free_open (gpointer data)
{
  BtPickerOpen *open = data;

  bt_bitfield_free (open->received);
  g_clear_pointer (&open->rivals, g_array_unref);
  g_free (open);
}

static void
free_work (gpointer data)
{
  BtPickerWork *work = data;

  g_array_unref (work->shares);
  g_free (work);
}

void
bt_picker_init_blocks (BtPicker *picker)
{
  picker->open = g_hash_table_new_full (NULL, NULL, NULL, free_open);
  picker->ready = g_ptr_array_new ();
  g_queue_init (&picker->full);
  picker->works = g_hash_table_new_full (NULL, NULL, NULL, free_work);
}

void
bt_picker_clear_blocks (BtPicker *picker)
{
  g_ptr_array_unref (picker->ready);
  g_hash_table_unref (picker->works);
  g_hash_table_unref (picker->open);
}

/* The lists of open pieces. */

static void
put_ready (BtPicker *picker, guint index, BtPickerOpen *open)
{
  g_ptr_array_index (picker->ready, index) = open;
  open->index = index;
}

static void
enter_ready (BtPicker *picker, BtPickerOpen *open)
{
  if (open->index != BT_PICKER_NOT_READY)
    return;
  g_ptr_array_add (picker->ready, open);
  open->index = picker->ready->len - 1;
}

static void
leave_ready (BtPicker *picker, BtPickerOpen *open)
{
  if (open->index == BT_PICKER_NOT_READY)
    return;
  for (guint i = open->index + 1; i < picker->ready->len; i++)
    put_ready (picker, i - 1, g_ptr_array_index (picker->ready, i));
  g_ptr_array_set_size (picker->ready, (int) picker->ready->len - 1);
  open->index = BT_PICKER_NOT_READY;
}

/* Blocks only come, so within the list a piece only moves towards its front. */
static void
sort_ready (BtPicker *picker, BtPickerOpen *open)
{
  guint missing = bt_picker_open_missing (open);
  guint index = open->index;

  while (index > 0)
    {
      BtPickerOpen *before = g_ptr_array_index (picker->ready, index - 1);

      if (bt_picker_open_missing (before) <= missing)
        break;
      put_ready (picker, index--, before);
    }
  put_ready (picker, index, open);
}

static void
set_full (BtPicker *picker, BtPickerOpen *open, gboolean full)
{
  if (open->is_full == full)
    return;
  open->is_full = full;
  if (full)
    g_queue_push_tail_link (&picker->full, &open->link);
  else
    g_queue_unlink (&picker->full, &open->link);
}

static gboolean
is_forgettable (const BtPickerOpen *open)
{
  return open->n_free == open->n_blocks;
}

void
bt_picker_settle (BtPicker *picker, BtPickerOpen *open)
{
  gboolean wanted = bt_bitfield_get (picker->wanted, open->piece);

  if (is_forgettable (open))
    {
      bt_picker_close_piece (picker, open);
      return;
    }
  set_full (picker, open, wanted && open->n_free == 0 && bt_picker_open_missing (open) > 0);
  if (wanted && open->n_free > 0)
    {
      enter_ready (picker, open);
      sort_ready (picker, open);
    }
  else
    leave_ready (picker, open);
}

/* What is asked of a peer. */

static BtPickerWork *
ensure_work (BtPicker *picker, BtPeerId peer)
{
  BtPickerWork *work = bt_picker_find_work (picker, peer);

  if (work == NULL)
    {
      work = g_new0 (BtPickerWork, 1);
      work->shares = g_array_new (FALSE, FALSE, sizeof (BtPickerShare));
      g_hash_table_insert (picker->works, GUINT_TO_POINTER (peer), work);
    }
  return work;
}

/* The last share is the likeliest: blocks of one piece are asked for together. */
static BtPickerShare *
find_share (BtPickerWork *work, guint32 piece, guint *index)
{
  for (guint i = work->shares->len; i > 0; i--)
    {
      BtPickerShare *share = &g_array_index (work->shares, BtPickerShare, i - 1);

      *index = i - 1;
      if (share->piece == piece)
        return share;
    }
  return NULL;
}

static void
add_work (BtPicker *picker, BtPeerId peer, guint32 piece)
{
  BtPickerWork *work = ensure_work (picker, peer);
  guint index;
  BtPickerShare *share = find_share (work, piece, &index);

  work->n++;
  if (share == NULL)
    {
      BtPickerShare first = { piece, 1 };

      g_array_append_val (work->shares, first);
    }
  else
    share->n++;
}

static void
remove_work (BtPicker *picker, BtPeerId peer, guint32 piece)
{
  BtPickerWork *work = bt_picker_find_work (picker, peer);
  guint index;
  BtPickerShare *share = find_share (work, piece, &index);

  g_assert (share != NULL);

  if (--share->n == 0)
    g_array_remove_index_fast (work->shares, index);
  if (--work->n == 0)
    g_hash_table_remove (picker->works, GUINT_TO_POINTER (peer));
}

/* Asking for a block and taking it back. */

/* With @peer 0 any. */
static gboolean
find_rival (const BtPickerOpen *open, guint block, BtPeerId peer, guint *index)
{
  for (guint i = 0; open->rivals != NULL && i < open->rivals->len; i++)
    {
      const BtPickerRival *rival = &g_array_index (open->rivals, BtPickerRival, i);

      if (rival->block == block && (peer == 0 || rival->peer == peer))
        {
          *index = i;
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
bt_picker_is_asker (const BtPickerOpen *open, guint index, BtPeerId peer)
{
  const BtPickerBlock *block = &open->blocks[index];
  guint rival;

  if (block->n_asked == 0)
    return FALSE;
  return block->peer == peer || (block->n_asked > 1 && find_rival (open, index, peer, &rival));
}

/* Remembers who had a hand in the piece, so that a whole piece can be blamed on one peer. */
static void
touch (BtPickerOpen *open, BtPeerId peer)
{
  if (!open->touched)
    open->sole = peer;
  else if (open->sole != peer)
    {
      open->sole = 0;
      open->exclusive = FALSE;
    }
  open->touched = TRUE;
}

void
bt_picker_ask (BtPicker *picker, BtPickerOpen *open, guint index, BtPeerId peer)
{
  BtPickerBlock *block = &open->blocks[index];

  g_assert (!bt_bitfield_get (open->received, index) && block->n_asked < BT_PICKER_MAX_ASKED);

  if (block->n_asked++ == 0)
    {
      block->peer = peer;
      open->n_free--;
      if (index == open->first_free)
        open->first_free++;
    }
  else
    {
      BtPickerRival rival = { index, peer };

      if (open->rivals == NULL)
        open->rivals = g_array_new (FALSE, FALSE, sizeof (BtPickerRival));
      g_array_append_val (open->rivals, rival);
    }
  block->serial = ++picker->serial;
  touch (open, peer);
  add_work (picker, peer, open->piece);
}

/* @peer must be an asker. */
static void
take_back (BtPicker *picker, BtPickerOpen *open, guint index, BtPeerId peer)
{
  BtPickerBlock *block = &open->blocks[index];
  guint rival = 0;

  if (--block->n_asked == 0)
    {
      block->peer = 0;
      open->n_free++;
      open->first_free = MIN (open->first_free, index);
    }
  else
    {
      gboolean moves_up = block->peer == peer;

      /* There is one: it is counted. */
      find_rival (open, index, moves_up ? 0 : peer, &rival);
      if (moves_up)
        block->peer = g_array_index (open->rivals, BtPickerRival, rival).peer;
      g_array_remove_index_fast (open->rivals, rival);
    }
  remove_work (picker, peer, open->piece);
}

/* Opening and closing. */

BtPickerOpen *
bt_picker_open_piece (BtPicker *picker, guint32 piece)
{
  guint n_blocks = bt_picker_blocks_in_piece (picker, piece);
  BtPickerOpen *open = g_malloc0 (sizeof *open + n_blocks * sizeof open->blocks[0]);

  g_assert (!picker->pieces[piece].is_open);

  open->piece = piece;
  open->n_blocks = n_blocks;
  open->n_free = n_blocks;
  open->index = BT_PICKER_NOT_READY;
  open->link.data = open;
  open->received = bt_bitfield_new (n_blocks);
  g_hash_table_insert (picker->open, GUINT_TO_POINTER (piece), open);
  picker->pieces[piece].is_open = TRUE;
  bt_picker_file_piece (picker, piece);
  return open;
}

void
bt_picker_close_piece (BtPicker *picker, BtPickerOpen *open)
{
  guint32 piece = open->piece;

  for (guint i = 0; i < open->n_blocks; i++)
    while (open->blocks[i].n_asked > 0)
      take_back (picker, open, i, open->blocks[i].peer);
  leave_ready (picker, open);
  set_full (picker, open, FALSE);
  g_hash_table_remove (picker->open, GUINT_TO_POINTER (piece));
  picker->pieces[piece].is_open = FALSE;
  bt_picker_file_piece (picker, piece);
}

/* The index of a block, or FALSE if there is no such block: peers make them up. */
static gboolean
get_index (const BtPicker *picker, const BtBlock *block, guint *index)
{
  guint i = block->begin / BT_LIMIT_BLOCK;

  if (block->piece >= picker->n_pieces || block->begin % BT_LIMIT_BLOCK != 0
      || i >= bt_picker_blocks_in_piece (picker, block->piece)
      || block->length != bt_picker_block (picker, block->piece, i).length)
    return FALSE;
  *index = i;
  return TRUE;
}

static void
set_received (BtPickerOpen *open, guint index, BtPeerId peer)
{
  bt_bitfield_set (open->received, index);
  open->blocks[index].peer = peer;
  open->n_free--;
  if (index == open->first_free)
    open->first_free++;
  touch (open, peer);
}

/* Public. */

gboolean
bt_picker_is_asked (const BtPicker *picker, BtPeerId peer, const BtBlock *block)
{
  BtPickerOpen *open = bt_picker_find_open (picker, block->piece);
  guint index;

  return open != NULL && get_index (picker, block, &index)
         && bt_picker_is_asker (open, index, peer);
}

BtPeerId
bt_picker_find_relieved (const BtPicker *picker, guint32 piece)
{
  BtPickerOpen *open = bt_picker_find_open (picker, piece);

  if (open == NULL || open->received->n_set > 0 || picker->pieces[piece].peers != 1)
    return 0;
  return open->sole;
}

BtBlockResult
bt_picker_received (BtPicker *picker,
                    BtPeerId peer,
                    const BtBlock *block,
                    BtPeerId others[8],
                    guint *n_others)
{
  BtPickerOpen *open = bt_picker_find_open (picker, block->piece);
  guint index;
  gboolean complete;

  *n_others = 0;
  if (!get_index (picker, block, &index) || bt_bitfield_get (picker->have, block->piece)
      || (open != NULL && bt_bitfield_get (open->received, index)))
    return BT_BLOCK_DUPLICATE;

  if (open == NULL)
    open = bt_picker_open_piece (picker, block->piece);
  while (open->blocks[index].n_asked > 0)
    {
      BtPeerId asked = open->blocks[index].peer;

      if (asked != peer)
        others[(*n_others)++] = asked;
      take_back (picker, open, index, asked);
    }
  set_received (open, index, peer);
  complete = bt_bitfield_is_full (open->received);
  bt_picker_settle (picker, open);
  return complete ? BT_BLOCK_PIECE_COMPLETE : BT_BLOCK_ACCEPTED;
}

/* A peer on parole that does not deliver must not keep the piece from others. */
static void
end_exclusive (BtPickerOpen *open)
{
  if (open->n_free == bt_picker_open_missing (open))
    open->exclusive = FALSE;
}

static void
end_all_exclusive (BtPicker *picker, BtPeerId peer)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, picker->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BtPickerOpen *open = value;

      if (open->sole == peer)
        open->exclusive = FALSE;
    }
}

void
bt_picker_abandon (BtPicker *picker, BtPeerId peer, const BtBlock *block)
{
  BtPickerOpen *open = bt_picker_find_open (picker, block->piece);
  guint index;

  if (open == NULL || !get_index (picker, block, &index)
      || !bt_picker_is_asker (open, index, peer))
    return;
  take_back (picker, open, index, peer);
  end_exclusive (open);
  bt_picker_settle (picker, open);
}

void
bt_picker_abandon_all (BtPicker *picker, BtPeerId peer)
{
  BtPickerWork *work = bt_picker_find_work (picker, peer);
  g_autoptr (GArray) shares = NULL;

  bt_picker_forget_findings (picker, peer);
  end_all_exclusive (picker, peer);
  if (work == NULL)
    return;
  shares = g_array_copy (work->shares);
  for (guint i = 0; i < shares->len; i++)
    {
      BtPickerShare *share = &g_array_index (shares, BtPickerShare, i);
      BtPickerOpen *open = bt_picker_find_open (picker, share->piece);

      for (guint j = 0; share->n > 0; j++)
        if (bt_picker_is_asker (open, j, peer))
          {
            take_back (picker, open, j, peer);
            share->n--;
          }
      bt_picker_settle (picker, open);
    }
}

void
bt_picker_passed (BtPicker *picker, guint32 piece)
{
  bt_picker_set_have (picker, piece);
}

void
bt_picker_failed (BtPicker *picker, guint32 piece)
{
  BtPickerOpen *open = bt_picker_find_open (picker, piece);

  if (open != NULL)
    bt_picker_close_piece (picker, open);
}

guint
bt_picker_n_outstanding (const BtPicker *picker, BtPeerId peer)
{
  BtPickerWork *work = bt_picker_find_work (picker, peer);

  return work != NULL ? work->n : 0;
}

guint
bt_picker_n_open (const BtPicker *picker)
{
  return g_hash_table_size (picker->open);
}

const BtBitfield *
bt_picker_open_blocks (const BtPicker *picker, guint32 piece)
{
  BtPickerOpen *open = bt_picker_find_open (picker, piece);

  return open != NULL ? open->received : NULL;
}

void
bt_picker_foreach_open (BtPicker *picker,
                        void (*func) (guint32 piece, const BtBitfield *blocks, gpointer data),
                        gpointer data)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, picker->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BtPickerOpen *open = value;

      func (open->piece, open->received, data);
    }
}

void
bt_picker_restore_open (BtPicker *picker, guint32 piece, const BtBitfield *blocks)
{
  BtPickerOpen *open;

  if (piece >= picker->n_pieces || bt_picker_has (picker, piece) || picker->pieces[piece].is_open
      || blocks->n_set == 0 || blocks->n_bits != bt_picker_blocks_in_piece (picker, piece))
    return;
  open = bt_picker_open_piece (picker, piece);
  for (guint i = 0; i < open->n_blocks; i++)
    if (bt_bitfield_get (blocks, i))
      set_received (open, i, 0);
  bt_picker_settle (picker, open);
}

BtPeerId
bt_picker_block_sender (const BtPicker *picker, const BtBlock *block)
{
  BtPickerOpen *open = bt_picker_find_open (picker, block->piece);
  guint index;

  if (open == NULL || !get_index (picker, block, &index)
      || !bt_bitfield_get (open->received, index))
    return 0;
  return open->blocks[index].peer;
}
