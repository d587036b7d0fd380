/* bt-picker-order.c: pieces sorted by a small number that changes often, in O(1) a change.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-picker-order.h"

void
bt_picker_order_clear (BtPickerOrder *order)
{
  g_clear_pointer (&order->pieces, g_free);
  g_clear_pointer (&order->positions, g_free);
  g_clear_pointer (&order->ends, g_array_unref);
  order->n = 0;
}

void
bt_picker_order_begin (BtPickerOrder *order, guint32 n_pieces)
{
  guint32 none = 0;

  g_assert (!bt_picker_order_is_begun (order));

  order->pieces = g_new (guint32, n_pieces);
  order->positions = g_new (guint32, n_pieces);
  for (guint32 i = 0; i < n_pieces; i++)
    order->positions[i] = BT_ORDER_NOWHERE;
  order->ends = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_val (order->ends, none);
}

static guint32 *
get_ends (const BtPickerOrder *order)
{
  return (guint32 *) (gpointer) order->ends->data;
}

static guint32
get_start (const BtPickerOrder *order, guint bucket)
{
  return bucket > 0 ? get_ends (order)[bucket - 1] : 0;
}

static void
put (BtPickerOrder *order, guint32 position, guint32 piece)
{
  order->pieces[position] = piece;
  order->positions[piece] = position;
}

static void
swap (BtPickerOrder *order, guint32 a, guint32 b)
{
  guint32 piece = order->pieces[a];

  put (order, a, order->pieces[b]);
  put (order, b, piece);
}

/* Swaps the piece with any of its value, so that it stays unknown who comes first. */
static void
shuffle_in (BtPickerOrder *order, guint bucket, guint32 position, BtRandom *random)
{
  guint32 start = get_start (order, bucket);

  swap (order, position, start + bt_random_below (random, get_ends (order)[bucket] - start));
}

/* The bucket for a value; new ones are made, empty, in front of the last. */
static guint
ensure_bucket (BtPickerOrder *order, guint32 value)
{
  guint last = order->ends->len - 1;
  guint32 start = get_start (order, last);

  if (value == BT_ORDER_LAST)
    return last;
  if (value < last)
    return value;
  g_array_set_size (order->ends, value + 2);
  for (guint i = last; i <= value; i++)
    get_ends (order)[i] = start;
  get_ends (order)[value + 1] = order->n;
  return value;
}

static guint
find_bucket (const BtPickerOrder *order, guint32 position)
{
  guint low = 0, high = order->ends->len - 1;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (get_ends (order)[middle] > position)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

guint32
bt_picker_order_value (const BtPickerOrder *order, guint32 piece)
{
  guint bucket = find_bucket (order, order->positions[piece]);

  return bucket == order->ends->len - 1 ? BT_ORDER_LAST : bucket;
}

/* A hole opens behind the last piece and is handed down: each bucket on the way gives its first
 * piece for it. */
void
bt_picker_order_insert (BtPickerOrder *order, guint32 piece, guint32 value, BtRandom *random)
{
  guint bucket = ensure_bucket (order, value);
  guint32 *ends = get_ends (order);
  guint32 hole = order->n++;

  g_assert (order->positions[piece] == BT_ORDER_NOWHERE);

  for (guint i = order->ends->len - 1; i > bucket; i--)
    {
      guint32 start = ends[i - 1];

      if (start != hole)
        put (order, hole, order->pieces[start]);
      hole = start;
      ends[i]++;
    }
  ends[bucket]++;
  put (order, hole, piece);
  shuffle_in (order, bucket, hole, random);
}

/* The hole is handed up: each bucket closes it with its last piece. */
void
bt_picker_order_remove (BtPickerOrder *order, guint32 piece)
{
  guint32 hole = order->positions[piece];
  guint32 *ends = get_ends (order);

  g_assert (hole != BT_ORDER_NOWHERE);

  for (guint i = find_bucket (order, hole); i < order->ends->len; i++)
    {
      guint32 last = --ends[i];

      if (last != hole)
        put (order, hole, order->pieces[last]);
      hole = last;
    }
  order->n--;
  order->positions[piece] = BT_ORDER_NOWHERE;
}

void
bt_picker_order_move (BtPickerOrder *order, guint32 piece, guint32 value, BtRandom *random)
{
  guint to = ensure_bucket (order, value);
  guint32 *ends = get_ends (order);
  guint32 position = order->positions[piece];
  guint bucket = find_bucket (order, position);

  if (bucket == to)
    return;
  for (; bucket < to; bucket++)
    {
      swap (order, position, ends[bucket] - 1);
      position = --ends[bucket];
    }
  for (; bucket > to; bucket--)
    {
      swap (order, position, ends[bucket - 1]);
      position = ends[bucket - 1]++;
    }
  shuffle_in (order, bucket, position, random);
}

/* Sets @ends for the values, one of each piece, and gives the number of buckets. */
static guint
count_values (BtPickerOrder *order, const guint32 *values)
{
  guint32 highest = 0;
  guint last;

  for (guint32 i = 0; i < order->n; i++)
    if (values[i] != BT_ORDER_LAST && values[i] >= highest)
      highest = values[i] + 1;
  last = highest;
  g_array_set_size (order->ends, last + 1);
  memset (order->ends->data, 0, (last + 1) * sizeof (guint32));
  for (guint32 i = 0; i < order->n; i++)
    get_ends (order)[MIN (values[i], last)]++;
  for (guint i = 1; i <= last; i++)
    get_ends (order)[i] += get_ends (order)[i - 1];
  return last + 1;
}

void
bt_picker_order_sort (BtPickerOrder *order,
                      BtPickerValueFunc value,
                      gconstpointer data,
                      BtRandom *random)
{
  g_autofree guint32 *old = g_memdup2 (order->pieces, order->n * sizeof (guint32));
  g_autofree guint32 *values = g_new (guint32, order->n);
  g_autofree guint32 *next = NULL;
  guint n_buckets;

  for (guint32 i = 0; i < order->n; i++)
    values[i] = value (data, old[i]);
  n_buckets = count_values (order, values);
  next = g_new (guint32, n_buckets);
  for (guint i = 0; i < n_buckets; i++)
    next[i] = get_start (order, i);

  for (guint32 i = 0; i < order->n; i++)
    {
      guint bucket = MIN (values[i], n_buckets - 1);
      guint32 start = get_start (order, bucket);
      guint32 end = next[bucket]++;
      guint32 other = start + bt_random_below (random, end - start + 1);

      order->pieces[end] = order->pieces[other];
      order->pieces[other] = old[i];
    }
  for (guint32 i = 0; i < order->n; i++)
    order->positions[order->pieces[i]] = i;
}
