/* bt-handshake.h: the 68 bytes that open a connection (BEP 3), and what the reserved bits say.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-hash.h"

G_BEGIN_DECLS

#define BT_HANDSHAKE_SIZE 68
#define BT_HANDSHAKE_HASH_END 48 /* the responder may answer from here on */
#define BT_PEER_ID_SIZE 20

typedef enum
{
  BT_CAP_EXTENDED = 1 << 0, /* BEP 10 */
  BT_CAP_FAST = 1 << 1,     /* BEP 6 */
  BT_CAP_DHT = 1 << 2,      /* BEP 5 */
} BtCapabilities;

typedef struct
{
  BtCapabilities capabilities;
  BtSha1 info_hash;
  guint8 peer_id[BT_PEER_ID_SIZE];
} BtHandshake;

void bt_handshake_encode (const BtHandshake *handshake, guint8 out[BT_HANDSHAKE_SIZE]);
/* Reads as much as there is: FALSE as soon as the first bytes cannot be a handshake. */
gboolean bt_handshake_prefix_ok (const guint8 *bytes, gsize length);
/* The first 48 bytes: all but the peer id. */
gboolean bt_handshake_decode_head (const guint8 bytes[BT_HANDSHAKE_HASH_END], BtHandshake *out);
gboolean bt_handshake_decode (const guint8 bytes[BT_HANDSHAKE_SIZE], BtHandshake *out);

G_END_DECLS
