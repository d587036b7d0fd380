/* bt-picker.c: what is had, what is wanted and how many peers have it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-picker-private.h"

/* More than these of one peer are cheaper counted, and sorted in at the next pick, than moved one
 * by one. */
#define FEW_PIECES 50

BtPicker *
bt_picker_new (guint32 n_pieces, guint32 piece_length, guint64 total_size, BtRandom *random)
{
  BtPicker *picker;

  g_return_val_if_fail (piece_length > 0, NULL);
  g_return_val_if_fail (n_pieces == (total_size + piece_length - 1) / piece_length, NULL);

  picker = g_new0 (BtPicker, 1);
  picker->n_pieces = n_pieces;
  picker->piece_length = piece_length;
  picker->total_size = total_size;
  picker->random = random;
  picker->pieces = g_new0 (BtPickerPiece, n_pieces);
  for (guint32 i = 0; i < n_pieces; i++)
    picker->pieces[i].priority = BT_PRIORITY_NORMAL;
  picker->have = bt_bitfield_new (n_pieces);
  picker->wanted = bt_bitfield_new (n_pieces);
  bt_bitfield_set_all (picker->wanted);
  picker->untouched[BT_PRIORITY_NORMAL] = bt_bitfield_copy (picker->wanted);
  picker->n_untouched = n_pieces;
  picker->spread = g_array_new (FALSE, TRUE, sizeof (guint32));
  g_array_append_val (picker->spread, n_pieces);
  picker->credit = n_pieces;
  bt_picker_init_blocks (picker);
  bt_picker_init_findings (picker);
  return picker;
}

void
bt_picker_free (BtPicker *picker)
{
  g_hash_table_unref (picker->findings);
  bt_picker_clear_blocks (picker);
  bt_picker_order_clear (&picker->order);
  for (guint i = 0; i < BT_PICKER_N_PRIORITIES; i++)
    g_clear_pointer (&picker->untouched[i], bt_bitfield_free);
  g_array_unref (picker->spread);
  bt_bitfield_free (picker->wanted);
  bt_bitfield_free (picker->have);
  g_free (picker->pieces);
  g_free (picker);
}

/* Weighing: a piece of high priority with three peers comes as soon as one of normal priority that
 * nobody but seeds has. Without any peer it comes last, whatever it is worth. */
guint32
bt_picker_piece_value (gconstpointer data, guint32 index)
{
  const BtPicker *picker = data;
  const BtPickerPiece *piece = &picker->pieces[index];

  if (piece->peers == 0 && picker->seeds == 0)
    return BT_ORDER_LAST;
  return (piece->peers + 1u) * (BT_PICKER_N_PRIORITIES - piece->priority) - 1;
}

static void
add_untouched (BtPicker *picker, guint32 index)
{
  guint8 priority = picker->pieces[index].priority;

  if (picker->untouched[priority] == NULL)
    picker->untouched[priority] = bt_bitfield_new (picker->n_pieces);
  bt_bitfield_set (picker->untouched[priority], index);
  picker->freed[picker->n_freed++ % BT_PICKER_N_FREED] = index;
  picker->n_untouched++;
  picker->n_untouched_seen += picker->pieces[index].peers > 0;
  if (bt_picker_order_is_begun (&picker->order))
    bt_picker_order_insert (&picker->order, index, bt_picker_piece_value (picker, index),
                            picker->random);
}

static void
remove_untouched (BtPicker *picker, guint32 index)
{
  bt_bitfield_clear (picker->untouched[picker->pieces[index].priority], index);
  picker->n_untouched--;
  picker->n_untouched_seen -= picker->pieces[index].peers > 0;
  if (bt_picker_order_is_begun (&picker->order))
    bt_picker_order_remove (&picker->order, index);
}

void
bt_picker_file_piece (BtPicker *picker, guint32 index)
{
  const BtPickerPiece *piece = &picker->pieces[index];
  gboolean wanted = piece->priority != BT_PRIORITY_SKIP && !bt_bitfield_get (picker->have, index);
  gboolean untouched = wanted && !piece->is_open;

  if (wanted)
    bt_bitfield_set (picker->wanted, index);
  else
    bt_bitfield_clear (picker->wanted, index);
  if (untouched && !bt_picker_is_untouched (picker, index))
    add_untouched (picker, index);
  else if (!untouched && bt_picker_is_untouched (picker, index))
    remove_untouched (picker, index);
  /* A torrent that is complete seeds for months: give the memory back. */
  if (picker->wanted->n_set == 0)
    bt_picker_order_clear (&picker->order);
}

/* What we have and want. */

void
bt_picker_set_have (BtPicker *picker, guint32 piece)
{
  BtPickerOpen *open;

  g_return_if_fail (piece < picker->n_pieces);

  if (!bt_bitfield_set (picker->have, piece))
    return;
  open = bt_picker_find_open (picker, piece);
  if (open != NULL)
    bt_picker_close_piece (picker, open);
  else
    bt_picker_file_piece (picker, piece);
}

void
bt_picker_set_missing (BtPicker *picker, guint32 piece)
{
  g_return_if_fail (piece < picker->n_pieces);

  if (bt_bitfield_clear (picker->have, piece))
    bt_picker_file_piece (picker, piece);
}

gboolean
bt_picker_has (const BtPicker *picker, guint32 piece)
{
  return bt_bitfield_get (picker->have, piece);
}

void
bt_picker_set_priority (BtPicker *picker, guint32 piece, guint8 priority)
{
  BtPickerOpen *open;

  g_return_if_fail (piece < picker->n_pieces);

  priority = MIN (priority, BT_PRIORITY_HIGH);
  if (picker->pieces[piece].priority == priority)
    return;
  if (bt_picker_is_untouched (picker, piece))
    remove_untouched (picker, piece);
  picker->pieces[piece].priority = priority;
  bt_picker_file_piece (picker, piece);
  open = bt_picker_find_open (picker, piece);
  if (open != NULL)
    bt_picker_settle (picker, open);
}

guint8
bt_picker_get_priority (const BtPicker *picker, guint32 piece)
{
  g_return_val_if_fail (piece < picker->n_pieces, BT_PRIORITY_SKIP);

  return picker->pieces[piece].priority;
}

void
bt_picker_set_sequential (BtPicker *picker, gboolean sequential)
{
  picker->sequential = sequential;
}

const BtBitfield *
bt_picker_have (const BtPicker *picker)
{
  return picker->have;
}

guint32
bt_picker_n_wanted_missing (const BtPicker *picker)
{
  return picker->wanted->n_set;
}

gboolean
bt_picker_is_complete (const BtPicker *picker)
{
  return picker->wanted->n_set == 0;
}

/* What peers have. */

static void
change_peers (BtPicker *picker, guint32 index, int sign)
{
  BtPickerPiece *piece = &picker->pieces[index];
  guint peers = (guint) ((int) piece->peers + sign);

  g_return_if_fail (peers <= G_MAXUINT16);

  g_array_index (picker->spread, guint32, piece->peers)--;
  piece->peers = (guint16) peers;
  if (peers >= picker->spread->len)
    g_array_set_size (picker->spread, peers + 1);
  g_array_index (picker->spread, guint32, peers)++;

  if ((peers == 0 || (peers == 1 && sign > 0)) && bt_picker_is_untouched (picker, index))
    picker->n_untouched_seen += sign;
}

static void
change_and_move (BtPicker *picker, guint32 piece, int sign)
{
  g_return_if_fail (piece < picker->n_pieces);

  change_peers (picker, piece, sign);
  if (!picker->stale && bt_picker_order_is_begun (&picker->order)
      && bt_picker_is_untouched (picker, piece))
    bt_picker_order_move (&picker->order, piece, bt_picker_piece_value (picker, piece),
                          picker->random);
}

void
bt_picker_peer_has (BtPicker *picker, BtPeerId peer, guint32 piece)
{
  change_and_move (picker, piece, 1);
  bt_picker_findings_told (picker, peer, piece);
}

void
bt_picker_peer_lost (BtPicker *picker, guint32 piece)
{
  change_and_move (picker, piece, -1);
}

void
bt_picker_peer_bits (BtPicker *picker, const BtBitfield *bits, int sign)
{
  g_return_if_fail (bits->n_bits == picker->n_pieces);
  g_return_if_fail (sign == 1 || sign == -1);

  if (bits->n_set > FEW_PIECES)
    picker->stale = TRUE;
  for (gsize i = 0; i < bt_bitfield_n_bytes (bits->n_bits); i++)
    for (guint byte = bits->bytes[i], bit = 0; byte != 0; byte = (byte << 1) & 0xff, bit++)
      if (byte & 0x80)
        change_and_move (picker, (guint32) (i * 8 + bit), sign);
}

void
bt_picker_seed (BtPicker *picker, int sign)
{
  gboolean before = picker->seeds > 0;

  g_return_if_fail (sign == 1 || sign == -1);
  g_return_if_fail (sign > 0 || picker->seeds > 0);

  picker->seeds += sign;
  /* The pieces that only seeds have come last or not. */
  if (before != (picker->seeds > 0) && g_array_index (picker->spread, guint32, 0) > 0)
    picker->stale = TRUE;
}

guint
bt_picker_availability (const BtPicker *picker, guint32 piece)
{
  g_return_val_if_fail (piece < picker->n_pieces, 0);

  return picker->pieces[piece].peers + picker->seeds;
}

double
bt_picker_distributed_copies (const BtPicker *picker)
{
  guint least = 0;
  guint32 n;

  /* Of a magnet link no piece is known. */
  if (picker->n_pieces == 0)
    return 0;
  while (g_array_index (picker->spread, guint32, least) == 0)
    least++;
  n = g_array_index (picker->spread, guint32, least);
  return picker->seeds + least + (double) (picker->n_pieces - n) / picker->n_pieces;
}

gboolean
bt_picker_wants (const BtPicker *picker, guint32 piece)
{
  return bt_bitfield_get (picker->wanted, piece);
}

gboolean
bt_picker_is_interesting (const BtPicker *picker, const BtBitfield *peer_has, guint32 *found)
{
  *found = bt_bitfield_next_common (picker->wanted, peer_has, *found);
  if (*found == picker->n_pieces)
    *found = bt_bitfield_next_common (picker->wanted, peer_has, 0);
  return *found < picker->n_pieces;
}

/* Blocks. */

static guint32
piece_size (const BtPicker *picker, guint32 piece)
{
  guint64 begin = (guint64) piece * picker->piece_length;

  return (guint32) MIN (picker->piece_length, picker->total_size - begin);
}

guint
bt_picker_blocks_in_piece (const BtPicker *picker, guint32 piece)
{
  g_return_val_if_fail (piece < picker->n_pieces, 0);

  return (piece_size (picker, piece) + BT_LIMIT_BLOCK - 1) / BT_LIMIT_BLOCK;
}

BtBlock
bt_picker_block (const BtPicker *picker, guint32 piece, guint index)
{
  BtBlock block = { piece, index * BT_LIMIT_BLOCK, 0 };

  g_assert (piece < picker->n_pieces && index < bt_picker_blocks_in_piece (picker, piece));

  block.length = MIN (BT_LIMIT_BLOCK, piece_size (picker, piece) - block.begin);
  return block;
}
