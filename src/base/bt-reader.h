/* bt-reader.h: the one checked cursor over bytes from strangers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/**
 * BtReader:
 * @data: (array length=left): the next byte
 * @left: bytes that remain
 *
 * A borrowed span that shrinks as it is read. A read that would go past the
 * end returns %FALSE and changes nothing. Lengths are compared, never pointers.
 * Integers are big-endian, as everywhere in BitTorrent.
 */
typedef struct
{
  const guint8 *data;
  gsize left;
} BtReader;

static inline BtReader
bt_reader (const void *data, gsize length)
{
  return (BtReader){ data, length };
}

static inline G_GNUC_WARN_UNUSED_RESULT gboolean
bt_reader_take (BtReader *reader, gsize length, const guint8 **out)
{
  if (length > reader->left)
    return FALSE;
  *out = reader->data;
  reader->data += length;
  reader->left -= length;
  return TRUE;
}

static inline G_GNUC_WARN_UNUSED_RESULT gboolean
bt_reader_skip (BtReader *reader, gsize length)
{
  const guint8 *ignored;
  return bt_reader_take (reader, length, &ignored);
}

static inline G_GNUC_WARN_UNUSED_RESULT gboolean
bt_reader_copy (BtReader *reader, void *out, gsize length)
{
  const guint8 *bytes;
  if (!bt_reader_take (reader, length, &bytes))
    return FALSE;
  memcpy (out, bytes, length);
  return TRUE;
}

static inline G_GNUC_WARN_UNUSED_RESULT gboolean
bt_reader_u8 (BtReader *reader, guint8 *out)
{
  return bt_reader_copy (reader, out, 1);
}

static inline G_GNUC_WARN_UNUSED_RESULT gboolean
bt_reader_u16 (BtReader *reader, guint16 *out)
{
  if (!bt_reader_copy (reader, out, 2))
    return FALSE;
  *out = GUINT16_FROM_BE (*out);
  return TRUE;
}

static inline G_GNUC_WARN_UNUSED_RESULT gboolean
bt_reader_u32 (BtReader *reader, guint32 *out)
{
  if (!bt_reader_copy (reader, out, 4))
    return FALSE;
  *out = GUINT32_FROM_BE (*out);
  return TRUE;
}

static inline G_GNUC_WARN_UNUSED_RESULT gboolean
bt_reader_u64 (BtReader *reader, guint64 *out)
{
  if (!bt_reader_copy (reader, out, 8))
    return FALSE;
  *out = GUINT64_FROM_BE (*out);
  return TRUE;
}
