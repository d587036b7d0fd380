/* bt-magnet-link.c: magnet links read and made for a face, without an engine.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-engine.h"
#include "bt-magnet.h"

BtTorrentFile *
bt_magnet_describe (const char *link, GError **error)
{
  g_autoptr (BtMagnet) magnet = NULL;
  BtTorrentFile *description;
  char hex[BT_SHA1_HEX_SIZE];

  g_return_val_if_fail (link != NULL, NULL);

  magnet = bt_magnet_parse (link, error);
  if (magnet == NULL)
    return NULL;
  bt_sha1_to_hex (&magnet->info_hash, hex);
  description = g_new0 (BtTorrentFile, 1);
  description->is_magnet = TRUE;
  description->name = g_strdup (magnet->name != NULL ? magnet->name : hex);
  description->info_hash = magnet->info_hash;
  description->is_hybrid = magnet->has_v2;
  description->files = g_array_new (FALSE, TRUE, sizeof (BtFileStatus));
  description->symlinks = g_ptr_array_new ();
  description->tiers = bt_magnet_dup_tiers (magnet);
  description->web_seeds = g_strdupv (magnet->web_seeds);
  return description;
}

char *
bt_magnet_make (const BtSha1 *info_hash, const char *name, GPtrArray *tiers, const char *const *web_seeds)
{
  g_return_val_if_fail (info_hash != NULL, NULL);

  return bt_magnet_compose (info_hash, name, tiers, web_seeds);
}
