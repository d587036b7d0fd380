/* bt-metainfo-magnet.c: what stands for the metainfo while no more than a link is known.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metainfo.h"

#include "bt-limits.h"

BtMetainfo *
bt_metainfo_new_from_magnet (BtMagnet *magnet)
{
  BtMetainfo *metainfo = g_new0 (BtMetainfo, 1);
  char hex[BT_SHA1_HEX_SIZE];

  bt_sha1_to_hex (&magnet->info_hash, hex);
  g_atomic_ref_count_init (&metainfo->refs);
  metainfo->magnet = bt_magnet_ref (magnet);
  metainfo->info_hash = magnet->info_hash;
  metainfo->name = g_strdup (magnet->name != NULL ? magnet->name : hex);
  metainfo->piece_length = BT_LIMIT_BLOCK; /* of no piece: it may be divided by */
  metainfo->is_hybrid = magnet->has_v2;
  metainfo->tiers = bt_magnet_dup_tiers (magnet);
  metainfo->web_seeds = g_strdupv (magnet->web_seeds);
  metainfo->nodes = g_strdupv (magnet->nodes);
  return metainfo;
}
