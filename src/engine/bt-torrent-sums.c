/* bt-torrent-sums.c: what of the files is wanted, and how much of that is there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-layout.h"

static guint64
wanted_bytes_in (BtTorrent *torrent, guint32 piece)
{
  BtMetainfo *metainfo = torrent->metainfo;
  guint64 bytes = 0;
  BtSpanIter iter;
  BtSpan span;

  bt_span_iter_init (&iter, metainfo, bt_metainfo_piece_offset (metainfo, piece),
                     bt_metainfo_piece_size (metainfo, piece));
  while (bt_span_iter_next (&iter, &span))
    if (!span.pad && torrent->priorities[span.file] != BT_PRIORITY_SKIP)
      bytes += span.length;
  return bytes;
}

void
bt_torrent_count_piece (BtTorrent *torrent, guint32 piece, int sign)
{
  guint64 bytes = wanted_bytes_in (torrent, piece);

  torrent->done += sign > 0 ? bytes : -bytes;
  bt_torrent_count_in_files (torrent, piece, sign);
  bt_torrent_touch (torrent, BT_CHANGED_PROGRESS);
}

void
bt_torrent_count_all (BtTorrent *torrent)
{
  BtMetainfo *metainfo = torrent->metainfo;

  torrent->wanted = 0;
  torrent->done = 0;
  for (guint32 i = 0; i < metainfo->n_files; i++)
    if ((metainfo->files[i].flags & (BT_FILE_PAD | BT_FILE_SYMLINK)) == 0
        && torrent->priorities[i] != BT_PRIORITY_SKIP)
      torrent->wanted += metainfo->files[i].length;
  for (guint32 piece = 0; piece < metainfo->n_pieces; piece++)
    if (bt_picker_has (torrent->picker, piece))
      torrent->done += wanted_bytes_in (torrent, piece);
}

void
bt_torrent_apply_priorities (BtTorrent *torrent)
{
  BtMetainfo *metainfo = torrent->metainfo;
  g_autofree guint8 *pieces = g_malloc0 (metainfo->n_pieces);

  for (guint32 i = 0; i < metainfo->n_files; i++)
    {
      guint32 first, count;

      if ((metainfo->files[i].flags & BT_FILE_PAD) != 0)
        continue;
      bt_layout_file_pieces (metainfo, i, &first, &count);
      for (guint32 piece = first; piece < first + count; piece++)
        pieces[piece] = MAX (pieces[piece], torrent->priorities[i]);
    }
  for (guint32 piece = 0; piece < metainfo->n_pieces; piece++)
    bt_picker_set_priority (torrent->picker, piece, pieces[piece]);
}
