/* bt-pex.h: what one peer tells another of its connections (BEP 11).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"

G_BEGIN_DECLS

typedef enum
{
  BT_PEX_PREFERS_ENCRYPTION = 1 << 0,
  BT_PEX_UPLOAD_ONLY = 1 << 1, /* a seed, or as good as one */
  BT_PEX_UTP = 1 << 2,
  BT_PEX_HOLEPUNCH = 1 << 3,
  BT_PEX_REACHABLE = 1 << 4,   /* the teller connected out to it */
} BtPexFlags;

typedef struct
{
  BtEndpoint endpoint; /* where it listens */
  BtPexFlags flags;
} BtPexPeer;

typedef struct
{
  GArray *added;   /* of BtPexPeer */
  GArray *dropped; /* of BtEndpoint */
} BtPexMessage;

BtPexMessage *bt_pex_message_new (void);
void bt_pex_message_free (BtPexMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtPexMessage, bt_pex_message_free)

/**
 * bt_pex_decode:
 *
 * Takes what it can: BT_LIMIT_PEX_ENTRIES added and dropped at most, whole entries only, each address once. Flags that
 * are missing are none. Whether a peer can be there at all is not looked at.
 *
 * Returns: (transfer full): NULL with %BT_ERROR_MALFORMED or LIMIT when it is no dictionary
 */
BtPexMessage *bt_pex_decode (const void *bytes, gsize length, GError **error);
GBytes *bt_pex_encode (const BtPexMessage *message);

G_END_DECLS
