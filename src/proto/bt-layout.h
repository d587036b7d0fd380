/* bt-layout.h: where the bytes of a torrent lie in its files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-metainfo.h"

G_BEGIN_DECLS

/* A run of bytes inside one file. */
typedef struct
{
  guint32 file;
  gboolean pad;   /* zeros: neither read nor written */
  guint64 offset; /* in the file */
  guint64 length;
} BtSpan;

/* Walks the spans of [offset, offset + length) in order; empty files are passed over. */
typedef struct
{
  const BtMetainfo *metainfo;
  guint32 file;
  guint64 offset;
  guint64 left;
} BtSpanIter;

/* The range must lie in the torrent (asserted). Finds the first file by binary search. */
void bt_span_iter_init (BtSpanIter *iter, const BtMetainfo *metainfo, guint64 offset, guint64 length);
gboolean bt_span_iter_next (BtSpanIter *iter, BtSpan *span);

/* The pieces that hold bytes of a file: [first, first + count). count is 0 for an empty file. */
void bt_layout_file_pieces (const BtMetainfo *metainfo, guint32 file, guint32 *first, guint32 *count);

G_END_DECLS
