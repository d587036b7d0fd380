/* bt-bitfield.h: a fixed number of bits in the order of the wire (BEP 3), with a count.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bit 0 is the most significant bit of byte 0; spare bits are always zero. The bytes are to be read; only these
 * functions write them. */
typedef struct
{
  guint8 *bytes;
  guint32 n_bits;
  guint32 n_set;
} BtBitfield;

BtBitfield *bt_bitfield_new (guint32 n_bits);
/* Returns: (transfer full) (nullable): NULL if @length is not ceil(n_bits/8) or a spare bit is set. */
BtBitfield *bt_bitfield_new_from_bytes (const void *bytes, gsize length, guint32 n_bits);
BtBitfield *bt_bitfield_copy (const BtBitfield *bits);
void bt_bitfield_free (BtBitfield *bits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtBitfield, bt_bitfield_free)

static inline gsize
bt_bitfield_n_bytes (guint32 n_bits)
{
  return ((gsize) n_bits + 7) / 8;
}

static inline gboolean
bt_bitfield_get (const BtBitfield *bits, guint32 index)
{
  return index < bits->n_bits && (bits->bytes[index >> 3] & (0x80u >> (index & 7))) != 0;
}

/* Return TRUE when the bit was not so before. An index outside is asserted. */
gboolean bt_bitfield_set (BtBitfield *bits, guint32 index);
gboolean bt_bitfield_clear (BtBitfield *bits, guint32 index);
void bt_bitfield_set_all (BtBitfield *bits);
void bt_bitfield_clear_all (BtBitfield *bits);
void bt_bitfield_set_range (BtBitfield *bits, guint32 first, guint32 count);

static inline gboolean
bt_bitfield_is_full (const BtBitfield *bits)
{
  return bits->n_set == bits->n_bits;
}

/* The first index >= @from whose bit is set (or clear, or set in both, which are of one length), or n_bits. Works in
 * words, and of those that are zero in 64 at a time. */
guint32 bt_bitfield_next_set (const BtBitfield *bits, guint32 from);
guint32 bt_bitfield_next_common (const BtBitfield *a, const BtBitfield *b, guint32 from);
guint32 bt_bitfield_next_clear (const BtBitfield *bits, guint32 from);
/* Whether @a has a bit that @b has not; both of one length. */
gboolean bt_bitfield_any_beyond (const BtBitfield *a, const BtBitfield *b);

G_END_DECLS
