/* bt-picker-check.c: what is always true of a picker, recomputed, for tests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-picker-private.h"

typedef struct
{
  guint32 n_untouched, n_untouched_seen;
  guint n_open, n_ready, n_full;
  GArray *spread;       /* of guint32 */
  GHashTable *n_asked;  /* BtPeerId -> blocks asked of it */
} Counts;

static void
check_piece (const BtPicker *picker, guint32 index, Counts *counts)
{
  const BtPickerPiece *piece = &picker->pieces[index];
  gboolean wanted = piece->priority != BT_PRIORITY_SKIP && !bt_bitfield_get (picker->have, index);
  gboolean untouched = wanted && !piece->is_open;

  g_assert_cmpint (bt_bitfield_get (picker->wanted, index), ==, wanted);
  for (guint i = 0; i < BT_PICKER_N_PRIORITIES; i++)
    g_assert_cmpint (picker->untouched[i] != NULL && bt_bitfield_get (picker->untouched[i], index),
                     ==, untouched && i == piece->priority);
  if (bt_picker_order_is_begun (&picker->order))
    g_assert_cmpint (picker->order.positions[index] != BT_ORDER_NOWHERE, ==, untouched);

  g_assert_cmpuint (piece->peers, <, picker->spread->len);
  g_array_index (counts->spread, guint32, piece->peers)++;
  counts->n_untouched += untouched;
  counts->n_untouched_seen += untouched && piece->peers > 0;
  g_assert_cmpint (bt_picker_find_open (picker, index) != NULL, ==, piece->is_open);
  g_assert_false (piece->is_open && bt_bitfield_get (picker->have, index));
}

static void
check_order (const BtPicker *picker)
{
  const BtPickerOrder *order = &picker->order;
  guint32 before = 0;

  if (!bt_picker_order_is_begun (order))
    return;
  g_assert_cmpuint (order->n, ==, picker->n_untouched);
  for (guint i = 0; i < order->ends->len; i++)
    {
      g_assert_cmpuint (g_array_index (order->ends, guint32, i), >=, before);
      before = g_array_index (order->ends, guint32, i);
    }
  g_assert_cmpuint (before, ==, order->n);
  for (guint32 i = 0; i < order->n; i++)
    {
      guint32 piece = order->pieces[i];

      g_assert_cmpuint (order->positions[piece], ==, i);
      if (!picker->stale)
        g_assert_cmpuint (bt_picker_order_value (order, piece), ==,
                          bt_picker_piece_value (picker, piece));
    }
}

static void
count_asked (Counts *counts, BtPeerId peer)
{
  gpointer key = GUINT_TO_POINTER (peer);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts->n_asked, key));

  g_assert_cmpuint (peer, !=, 0);
  g_hash_table_insert (counts->n_asked, key, GUINT_TO_POINTER (n + 1));
}

/* Returns the requests for the block that are kept in the list of rivals. */
static guint
check_block (const BtPickerOpen *open, guint index, Counts *counts)
{
  const BtPickerBlock *block = &open->blocks[index];
  guint n_rivals = 0;

  if (block->n_asked == 0)
    {
      g_assert_true (block->peer == 0 || bt_bitfield_get (open->received, index));
      return 0;
    }
  g_assert_false (bt_bitfield_get (open->received, index));
  g_assert_cmpuint (block->n_asked, <=, BT_PICKER_MAX_ASKED);
  count_asked (counts, block->peer);
  for (guint i = 0; open->rivals != NULL && i < open->rivals->len; i++)
    {
      const BtPickerRival *rival = &g_array_index (open->rivals, BtPickerRival, i);

      if (rival->block != index)
        continue;
      g_assert_cmpuint (rival->peer, !=, block->peer);
      for (guint j = 0; j < i; j++)
        g_assert_false (g_array_index (open->rivals, BtPickerRival, j).block == index
                        && g_array_index (open->rivals, BtPickerRival, j).peer == rival->peer);
      count_asked (counts, rival->peer);
      n_rivals++;
    }
  g_assert_cmpuint (n_rivals, ==, block->n_asked - 1);
  return n_rivals;
}

static void
check_open (const BtPicker *picker, const BtPickerOpen *open, Counts *counts)
{
  gboolean wanted = bt_bitfield_get (picker->wanted, open->piece);
  guint n_free = 0, n_rivals = 0;

  for (guint i = 0; i < open->n_blocks; i++)
    {
      n_rivals += check_block (open, i, counts);
      n_free += bt_picker_is_free (open, i);
      g_assert_false (bt_picker_is_free (open, i) && i < open->first_free);
    }
  g_assert_cmpuint (n_rivals, ==, open->rivals != NULL ? open->rivals->len : 0);
  g_assert_cmpuint (open->n_free, ==, n_free);
  g_assert_cmpuint (n_free, <, open->n_blocks);
  g_assert_true (open->touched);
  g_assert_false (open->exclusive && open->sole == 0);
  g_assert_cmpint (open->index != BT_PICKER_NOT_READY, ==, wanted && n_free > 0);
  g_assert_cmpint (open->is_full, ==,
                   wanted && n_free == 0 && bt_picker_open_missing (open) > 0);
  counts->n_ready += open->index != BT_PICKER_NOT_READY;
  counts->n_full += open->is_full;
  counts->n_open++;
}

static void
check_ready (const BtPicker *picker)
{
  guint before = 0;

  for (guint i = 0; i < picker->ready->len; i++)
    {
      const BtPickerOpen *open = g_ptr_array_index (picker->ready, i);

      g_assert_cmpuint (open->index, ==, i);
      g_assert_cmpuint (bt_picker_open_missing (open), >=, before);
      before = bt_picker_open_missing (open);
    }
}

static void
check_works (const BtPicker *picker, Counts *counts)
{
  GHashTableIter iter;
  gpointer key, value;

  g_assert_cmpuint (g_hash_table_size (picker->works), ==, g_hash_table_size (counts->n_asked));
  g_hash_table_iter_init (&iter, picker->works);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const BtPickerWork *work = value;
      guint n = 0;

      for (guint i = 0; i < work->shares->len; i++)
        n += g_array_index (work->shares, BtPickerShare, i).n;
      g_assert_cmpuint (work->n, ==, n);
      g_assert_cmpuint (n, ==, GPOINTER_TO_UINT (g_hash_table_lookup (counts->n_asked, key)));
    }
}

void
bt_picker_assert_consistent (const BtPicker *picker)
{
  g_autoptr (GArray) spread = g_array_new (FALSE, TRUE, sizeof (guint32));
  g_autoptr (GHashTable) n_asked = g_hash_table_new (NULL, NULL);
  Counts counts = { .spread = spread, .n_asked = n_asked };
  GHashTableIter iter;
  gpointer value;

  g_array_set_size (spread, picker->spread->len);
  for (guint32 i = 0; i < picker->n_pieces; i++)
    check_piece (picker, i, &counts);
  for (guint i = 0; i < spread->len; i++)
    g_assert_cmpuint (g_array_index (spread, guint32, i), ==,
                      g_array_index (picker->spread, guint32, i));
  g_assert_cmpuint (picker->n_untouched, ==, counts.n_untouched);
  g_assert_cmpuint (picker->n_untouched_seen, ==, counts.n_untouched_seen);
  check_order (picker);

  g_hash_table_iter_init (&iter, picker->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    check_open (picker, value, &counts);
  g_assert_cmpuint (g_hash_table_size (picker->open), ==, counts.n_open);
  g_assert_cmpuint (picker->ready->len, ==, counts.n_ready);
  g_assert_cmpuint (picker->full.length, ==, counts.n_full);
  check_ready (picker);
  check_works (picker, &counts);
}
