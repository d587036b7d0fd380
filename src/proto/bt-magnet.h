/* bt-magnet.h: what a magnet link says (BEP 9, 53), immutable.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-hash.h"

G_BEGIN_DECLS

#define BT_MAGNET_V2_SIZE 32

typedef struct
{
  guint32 first, last; /* of the torrent's files, both included */
} BtMagnetRange;

/* Reference-counted (atomically) and immutable, so that threads may share it. */
typedef struct
{
  gatomicrefcount refs;
  BtSha1 info_hash;
  gboolean has_v2;   /* a hybrid: v2_hash is its BEP 52 info-hash, which is not used yet */
  guint8 v2_hash[BT_MAGNET_V2_SIZE];
  char *name;        /* (nullable), fit for display; no name for a disk */
  GPtrArray *tiers;  /* of GStrv: valid, de-duplicated announce URLs, each a tier of its own */
  GStrv web_seeds;   /* BEP 19, kept for later */
  GStrv peers;       /* "host:port" to be connected to at once */
  GStrv nodes;       /* "host:port" of the DHT */
  GArray *selection; /* (nullable): of BtMagnetRange: the files that are wanted (BEP 53); NULL: all */
} BtMagnet;

/**
 * bt_magnet_parse:
 * @link: `magnet:?…`, also as `magnet:///?…` or with the `&amp;` of HTML; or an info-hash alone, 40 hexadecimal
 *   digits or 32 of base32. Blanks around it are passed over.
 * @error: return location; the message names the parameter, e.g. "xt: …"
 *
 * What cannot be used of the rest is dropped.
 *
 * Returns: (transfer full): the magnet, or %NULL with %BT_ERROR_MALFORMED, %BT_ERROR_LIMIT, or
 *   %BT_ERROR_UNSUPPORTED (version 2 alone, or a mutable torrent)
 */
BtMagnet *bt_magnet_parse (const char *link, GError **error);

BtMagnet *bt_magnet_ref (BtMagnet *magnet);
void bt_magnet_unref (BtMagnet *magnet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtMagnet, bt_magnet_unref)

/* Returns: (transfer full) (element-type GStrv): a copy of its own */
GPtrArray *bt_magnet_dup_tiers (const BtMagnet *magnet);

/* All that is known of it as a link: bt_magnet_parse() of that is equal. */
char *bt_magnet_format (const BtMagnet *magnet);

/* A link for others. @name: (nullable); @tiers: (nullable) of GStrv; @web_seeds: (nullable) */
char *bt_magnet_compose (const BtSha1 *info_hash, const char *name, const GPtrArray *tiers,
                         const char *const *web_seeds);

/* Which files are wanted when the torrent is known: TRUE or FALSE for each; all if the link selects none of them. */
void bt_magnet_select (const BtMagnet *magnet, gboolean *wanted, guint32 n_files);

G_END_DECLS
