/* bt-metainfo-outline.c: what is kept of a torrent while nobody needs its files and pieces.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metainfo.h"

BtMetainfo *
bt_metainfo_outline (const BtMetainfo *metainfo)
{
  BtMetainfo *outline = g_new0 (BtMetainfo, 1);

  g_atomic_ref_count_init (&outline->refs);
  outline->info_hash = metainfo->info_hash;
  outline->name = g_strdup (metainfo->name);
  outline->multi_file = metainfo->multi_file;
  outline->piece_length = metainfo->piece_length;
  outline->n_pieces = metainfo->n_pieces;
  outline->total_size = metainfo->total_size;
  outline->payload_size = metainfo->payload_size;
  outline->is_private = metainfo->is_private;
  outline->is_hybrid = metainfo->is_hybrid;
  outline->nodes = g_new0 (char *, 1);
  outline->web_seeds = g_new0 (char *, 1);
  outline->tiers = g_ptr_array_ref (metainfo->tiers);
  return outline;
}
