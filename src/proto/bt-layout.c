/* bt-layout.c: where the bytes of a torrent lie in its files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-layout.h"

/* The first file that ends after @offset: ends never decrease, and empty files end where they
 * begin, so it is the one that holds the byte. n_files if there is none. */
static guint32
find_file (const BtMetainfo *metainfo, guint64 offset)
{
  guint32 low = 0, high = metainfo->n_files;

  while (low < high)
    {
      guint32 middle = low + (high - low) / 2;
      const BtFile *file = &metainfo->files[middle];

      if (file->offset + file->length > offset)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

void
bt_span_iter_init (BtSpanIter *iter, const BtMetainfo *metainfo, guint64 offset, guint64 length)
{
  g_assert (offset <= metainfo->total_size && length <= metainfo->total_size - offset);

  iter->metainfo = metainfo;
  iter->file = find_file (metainfo, offset);
  iter->offset = offset;
  iter->left = length;
}

gboolean
bt_span_iter_next (BtSpanIter *iter, BtSpan *span)
{
  const BtFile *file;

  if (iter->left == 0)
    return FALSE;
  while (iter->metainfo->files[iter->file].length == 0)
    iter->file++;

  file = &iter->metainfo->files[iter->file];
  span->file = iter->file;
  span->pad = (file->flags & BT_FILE_PAD) != 0;
  span->offset = iter->offset - file->offset;
  span->length = MIN (iter->left, file->length - span->offset);

  iter->file++;
  iter->offset += span->length;
  iter->left -= span->length;
  return TRUE;
}

void
bt_layout_file_pieces (const BtMetainfo *metainfo, guint32 file, guint32 *first, guint32 *count)
{
  const BtFile *f = &metainfo->files[file];

  g_assert (file < metainfo->n_files);

  *first = (guint32) (f->offset / metainfo->piece_length);
  *count = 0;
  if (f->length > 0)
    *count = (guint32) ((f->offset + f->length - 1) / metainfo->piece_length) - *first + 1;
}
