/* bt-peer-id.h: our peer ids, and the names behind those of others (BEP 20).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"
#include "bt-handshake.h"
#include "bt-random.h"

G_BEGIN_DECLS

/* "-FR" + version of four digits + "-" + 12 random printable characters. */
void bt_peer_id_generate (guint8 out[BT_PEER_ID_SIZE], BtRandom *random);

/* Of one torrent: without it nobody can tell that two of its ids belong together. */
typedef struct
{
  guint8 bytes[16];
} BtPeerIdSecret;

void bt_peer_id_secret_init (BtPeerIdSecret *secret, BtRandom *random);
/* Of the same form: our id for peers at @address, whatever their ports. */
void bt_peer_id_for (const BtPeerIdSecret *secret, const BtEndpoint *address, guint8 out[BT_PEER_ID_SIZE]);
/* Whether it is one of those, for any address: whoever says so is ourselves. */
gboolean bt_peer_id_is_ours (const BtPeerIdSecret *secret, const guint8 id[BT_PEER_ID_SIZE]);

/* "Transmission 4.0.0"; an unknown id gives its printable characters. Returns: (transfer full):
 * valid UTF-8 fit for display. */
char *bt_peer_id_client_name (const guint8 id[BT_PEER_ID_SIZE]);

/* "FriendTorrent/0.1.0", agreeing with the peer id. */
const char *bt_user_agent (void);

G_END_DECLS
