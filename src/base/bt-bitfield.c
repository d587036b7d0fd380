/* bt-bitfield.c: a fixed number of bits in the order of the wire, with a count.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bitfield.h"

#include <string.h>

/* The bytes are padded with zeros to whole words, so that searches read 64 bits at a time. Behind them is the summary:
 * a bit for each word that is not zero, so that a search in a million bits does not read all that are not set. */
#define WORD_BITS 64

static gsize
count_words (guint32 n_bits)
{
  return ((gsize) n_bits + WORD_BITS - 1) / WORD_BITS;
}

/* Bit 0 of the wire is the most significant bit of the word. */
static guint64
get_word (const BtBitfield *bits, gsize index)
{
  guint64 word;

  memcpy (&word, bits->bytes + index * sizeof word, sizeof word);
  return GUINT64_FROM_BE (word);
}

static guint64 *
get_summary (const BtBitfield *bits)
{
  return (guint64 *) (gpointer) bits->bytes + count_words (bits->n_bits);
}

static guint64
get_summary_bit (gsize index)
{
  return G_GUINT64_CONSTANT (1) << (WORD_BITS - 1 - index % WORD_BITS);
}

/* After words from @first to @last were written. */
static void
summarise (BtBitfield *bits, gsize first, gsize last)
{
  guint64 *summary = get_summary (bits);

  for (gsize i = first; i <= last; i++)
    if (get_word (bits, i) != 0)
      summary[i / WORD_BITS] |= get_summary_bit (i);
    else
      summary[i / WORD_BITS] &= ~get_summary_bit (i);
}

static void
summarise_all (BtBitfield *bits)
{
  if (bits->n_bits > 0)
    summarise (bits, 0, count_words (bits->n_bits) - 1);
}

/* The bits of the last byte that belong to the field; all of them when it is used up exactly. */
static guint8
get_last_mask (guint32 n_bits)
{
  return (guint8) (0xff00u >> ((n_bits - 1) % 8 + 1));
}

static guint32
count_set (const BtBitfield *bits)
{
  guint32 n_set = 0;

  for (gsize i = 0; i < count_words (bits->n_bits); i++)
    n_set += (guint32) __builtin_popcountll (get_word (bits, i));
  return n_set;
}

BtBitfield *
bt_bitfield_new (guint32 n_bits)
{
  BtBitfield *bits = g_new (BtBitfield, 1);

  bits->bytes = g_malloc0_n (MAX (count_words (n_bits) + count_words ((guint32) count_words (n_bits)), 1),
                             sizeof (guint64));
  bits->n_bits = n_bits;
  bits->n_set = 0;
  return bits;
}

BtBitfield *
bt_bitfield_new_from_bytes (const void *bytes, gsize length, guint32 n_bits)
{
  BtBitfield *bits;

  if (length != bt_bitfield_n_bytes (n_bits))
    return NULL;
  if (length > 0 && (((const guint8 *) bytes)[length - 1] & (guint8) ~get_last_mask (n_bits)) != 0)
    return NULL;
  bits = bt_bitfield_new (n_bits);
  if (length > 0)
    memcpy (bits->bytes, bytes, length);
  bits->n_set = count_set (bits);
  summarise_all (bits);
  return bits;
}

BtBitfield *
bt_bitfield_copy (const BtBitfield *bits)
{
  BtBitfield *copy = bt_bitfield_new (bits->n_bits);

  memcpy (copy->bytes, bits->bytes, bt_bitfield_n_bytes (bits->n_bits));
  copy->n_set = bits->n_set;
  summarise_all (copy);
  return copy;
}

void
bt_bitfield_free (BtBitfield *bits)
{
  g_free (bits->bytes);
  g_free (bits);
}

gboolean
bt_bitfield_set (BtBitfield *bits, guint32 index)
{
  g_assert (index < bits->n_bits);
  if (bt_bitfield_get (bits, index))
    return FALSE;
  bits->bytes[index >> 3] |= (guint8) (0x80u >> (index & 7));
  get_summary (bits)[index / WORD_BITS / WORD_BITS] |= get_summary_bit (index / WORD_BITS);
  bits->n_set++;
  return TRUE;
}

gboolean
bt_bitfield_clear (BtBitfield *bits, guint32 index)
{
  g_assert (index < bits->n_bits);
  if (!bt_bitfield_get (bits, index))
    return FALSE;
  bits->bytes[index >> 3] &= (guint8) ~(0x80u >> (index & 7));
  summarise (bits, index / WORD_BITS, index / WORD_BITS);
  bits->n_set--;
  return TRUE;
}

void
bt_bitfield_set_all (BtBitfield *bits)
{
  gsize length = bt_bitfield_n_bytes (bits->n_bits);

  if (length == 0)
    return;
  memset (bits->bytes, 0xff, length);
  bits->bytes[length - 1] = get_last_mask (bits->n_bits);
  bits->n_set = bits->n_bits;
  summarise_all (bits);
}

void
bt_bitfield_clear_all (BtBitfield *bits)
{
  memset (bits->bytes, 0, bt_bitfield_n_bytes (bits->n_bits));
  bits->n_set = 0;
  summarise_all (bits);
}

void
bt_bitfield_set_range (BtBitfield *bits, guint32 first, guint32 count)
{
  guint32 last;

  g_assert (first <= bits->n_bits && count <= bits->n_bits - first);
  if (count == 0)
    return;
  last = first + count - 1;
  for (guint32 i = first >> 3; i <= last >> 3; i++)
    {
      guint8 mask = 0xff;

      if (i == first >> 3)
        mask &= (guint8) (0xffu >> (first & 7));
      if (i == last >> 3)
        mask &= get_last_mask (last + 1);
      bits->n_set += (guint32) __builtin_popcount (mask & ~bits->bytes[i]);
      bits->bytes[i] |= mask;
    }
  summarise (bits, first / WORD_BITS, last / WORD_BITS);
}

/* The first word >= @index that is not zero in @a and perhaps not in @b. */
static gsize
find_next_word (const BtBitfield *a, const BtBitfield *b, gsize index)
{
  const guint64 *x = get_summary (a), *y = get_summary (b);
  gsize n_words = count_words (a->n_bits);
  guint64 both;

  if (index >= n_words)
    return n_words;
  both = x[index / WORD_BITS] & y[index / WORD_BITS] & (G_MAXUINT64 >> (index % WORD_BITS));
  for (index /= WORD_BITS; both == 0; both = x[index] & y[index])
    if (++index * WORD_BITS >= n_words)
      return n_words;
  return index * WORD_BITS + (gsize) __builtin_clzll (both);
}

guint32
bt_bitfield_next_common (const BtBitfield *a, const BtBitfield *b, guint32 from)
{
  gsize n_words = count_words (a->n_bits);
  gsize index = from / WORD_BITS;
  guint64 word;

  g_assert (a->n_bits == b->n_bits);
  if (from >= a->n_bits)
    return a->n_bits;
  word = get_word (a, index) & get_word (b, index) & (G_MAXUINT64 >> (from % WORD_BITS));
  while (word == 0 && (index = find_next_word (a, b, index + 1)) < n_words)
    word = get_word (a, index) & get_word (b, index);
  if (word == 0)
    return a->n_bits;
  return (guint32) (index * WORD_BITS + (gsize) __builtin_clzll (word));
}

guint32
bt_bitfield_next_set (const BtBitfield *bits, guint32 from)
{
  return bt_bitfield_next_common (bits, bits, from);
}

guint32
bt_bitfield_next_clear (const BtBitfield *bits, guint32 from)
{
  gsize n_words = count_words (bits->n_bits);
  gsize index = from / WORD_BITS;
  guint64 word;

  if (from >= bits->n_bits)
    return bits->n_bits;
  word = ~get_word (bits, index) & (G_MAXUINT64 >> (from % WORD_BITS));
  while (word == 0 && ++index < n_words)
    word = ~get_word (bits, index);
  if (word == 0)
    return bits->n_bits;
  /* In the pad the first bit is number n_bits, which is the answer for none. */
  return (guint32) (index * WORD_BITS + (gsize) __builtin_clzll (word));
}

gboolean
bt_bitfield_any_beyond (const BtBitfield *a, const BtBitfield *b)
{
  g_assert (a->n_bits == b->n_bits);
  for (gsize i = 0; i < count_words (a->n_bits); i++)
    if ((get_word (a, i) & ~get_word (b, i)) != 0)
      return TRUE;
  return FALSE;
}
