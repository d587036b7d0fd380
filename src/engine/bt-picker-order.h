/* bt-picker-order.h: pieces sorted by a small number that changes often, in O(1) a change.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-random.h"

G_BEGIN_DECLS

#define BT_ORDER_NOWHERE G_MAXUINT32
#define BT_ORDER_LAST G_MAXUINT32 /* the value that sorts after every other */

/* One array holds the pieces by value, in random order inside a value; @ends says where each value
 * ends. A piece whose value changes by one is swapped with the piece at the edge of its value, and
 * the edge moves over it: nothing else does, however many pieces there are. */
typedef struct
{
  guint32 *pieces;    /* (nullable): not begun yet */
  guint32 *positions; /* of each piece in @pieces, or BT_ORDER_NOWHERE */
  guint32 n;          /* pieces in it */
  GArray *ends;       /* of guint32, one a value; the last is that of BT_ORDER_LAST, so it is @n */
} BtPickerOrder;

typedef guint32 (*BtPickerValueFunc) (gconstpointer data, guint32 piece);

void bt_picker_order_clear (BtPickerOrder *order); /* frees the arrays; zeros are a cleared order */
void bt_picker_order_begin (BtPickerOrder *order, guint32 n_pieces);

static inline gboolean
bt_picker_order_is_begun (const BtPickerOrder *order)
{
  return order->pieces != NULL;
}

/* Each costs as much as there are values between the old and the new place. */
void bt_picker_order_insert (BtPickerOrder *order, guint32 piece, guint32 value, BtRandom *random);
void bt_picker_order_remove (BtPickerOrder *order, guint32 piece);
void bt_picker_order_move (BtPickerOrder *order, guint32 piece, guint32 value, BtRandom *random);
/* All anew, by counting. O(n). */
void bt_picker_order_sort (BtPickerOrder *order, BtPickerValueFunc value, gconstpointer data, BtRandom *random);
/* The value that a piece is filed under, BT_ORDER_LAST for the last. O(log values). */
guint32 bt_picker_order_value (const BtPickerOrder *order, guint32 piece);

G_END_DECLS
