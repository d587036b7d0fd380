/* fuzz-metainfo.c: a .torrent file that can be read holds together.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-metainfo.h"
#include "bt-path.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(BtMetainfo) metainfo = bt_metainfo_parse (bytes, NULL);
  guint64 total = 0;

  if (metainfo == NULL)
    return 0;
  g_assert_true (bt_path_is_safe (metainfo->name));
  for (guint32 i = 0; i < metainfo->n_files; i++)
    {
      g_assert_cmpuint (metainfo->files[i].offset, ==, total);
      total += metainfo->files[i].length;
    }
  g_assert_cmpuint (total, ==, metainfo->total_size);
  g_assert_cmpuint (bt_metainfo_piece_size (metainfo, metainfo->n_pieces - 1), >, 0);
  return 0;
}
