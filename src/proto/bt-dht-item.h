/* bt-dht-item.h: items that the DHT keeps for others: where they are kept, and whose they are (BEP 44).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-krpc.h"

G_BEGIN_DECLS

#define BT_DHT_SEED_SIZE 32 /* of a private key of Ed25519 */
/* "4:salt64:", the salt, "3:seqi", a number, "e1:v" and the value, rounded up. */
#define BT_DHT_ITEM_MAX_SIGNED 1200

/* The place of an item: the hash of its value, or of its key and salt. */
BtSha1 bt_dht_item_target (const BtKrpcItem *item);
/* What is signed of a mutable item. Returns: number of bytes; 0 when a part is over its limit. */
gsize bt_dht_item_format_signed (const BtKrpcItem *item, guint8 out[BT_DHT_ITEM_MAX_SIGNED]);
/* Whether the signature is that of the key. An immutable item needs none. */
gboolean bt_dht_item_verify (const BtKrpcItem *item);

/* The public key of a seed. FALSE if there is no key in it. */
gboolean bt_dht_item_make_key (const guint8 seed[BT_DHT_SEED_SIZE],
                               guint8 key[BT_KRPC_KEY_SIZE]);
/* Signs an item that has its value, salt and sequence number. */
gboolean bt_dht_item_sign (const BtKrpcItem *item,
                           const guint8 seed[BT_DHT_SEED_SIZE],
                           guint8 signature[BT_KRPC_SIGNATURE_SIZE]);

G_END_DECLS
