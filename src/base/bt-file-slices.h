/* bt-file-slices.h: places in open files whose bytes the kernel can send from there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BT_FILE_SLICES_MAX 4

typedef struct
{
  int fd;
  guint64 offset;
  guint32 length;
} BtFileSlice;

/* Bytes that follow each other, wherever they lie. Of the engine's thread, like a buffer. */
typedef struct _BtFileSlices BtFileSlices;
struct _BtFileSlices
{
  guint refs;
  guint n;
  BtFileSlice slices[BT_FILE_SLICES_MAX];
  void (*give_back) (BtFileSlices *slices); /* the lender's, for the last reference; frees */
};

static inline BtFileSlices *
bt_file_slices_ref (BtFileSlices *slices)
{
  g_assert (slices->refs > 0);
  slices->refs++;
  return slices;
}

static inline void
bt_file_slices_unref (BtFileSlices *slices)
{
  g_assert (slices->refs > 0);
  if (--slices->refs == 0)
    slices->give_back (slices);
}

static inline guint64
bt_file_slices_length (const BtFileSlices *slices)
{
  guint64 length = 0;

  for (guint i = 0; i < slices->n; i++)
    length += slices->slices[i].length;
  return length;
}

/* What lies together in one file from byte @at on, up to @max bytes. @at is inside. */
static inline BtFileSlice
bt_file_slices_get (const BtFileSlices *slices, gsize at, guint32 max)
{
  const BtFileSlice *slice = slices->slices;

  for (; at >= slice->length; slice++)
    at -= slice->length;
  return (BtFileSlice){ slice->fd, slice->offset + at, MIN (max, slice->length - (guint32) at) };
}

G_END_DECLS
