/* bt-writer.h: a checked cursor for writing big-endian fields into a buffer of fixed size.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/**
 * BtWriter:
 * @data: the buffer, borrowed
 * @size: its size in bytes
 * @used: bytes written so far
 *
 * The size of what is written is always known beforehand, so writing past the
 * end is a bug of ours: it is asserted, not reported.
 */
typedef struct
{
  guint8 *data;
  gsize size;
  gsize used;
} BtWriter;

static inline BtWriter
bt_writer (void *data, gsize size)
{
  return (BtWriter){ data, size, 0 };
}

static inline void
bt_writer_bytes (BtWriter *writer, const void *bytes, gsize length)
{
  g_assert (length <= writer->size - writer->used);
  if (length > 0)
    memcpy (writer->data + writer->used, bytes, length);
  writer->used += length;
}

static inline void
bt_writer_u8 (BtWriter *writer, guint8 value)
{
  bt_writer_bytes (writer, &value, 1);
}

static inline void
bt_writer_u16 (BtWriter *writer, guint16 value)
{
  value = GUINT16_TO_BE (value);
  bt_writer_bytes (writer, &value, 2);
}

static inline void
bt_writer_u32 (BtWriter *writer, guint32 value)
{
  value = GUINT32_TO_BE (value);
  bt_writer_bytes (writer, &value, 4);
}

static inline void
bt_writer_u64 (BtWriter *writer, guint64 value)
{
  value = GUINT64_TO_BE (value);
  bt_writer_bytes (writer, &value, 8);
}
