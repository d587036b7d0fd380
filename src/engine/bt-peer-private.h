/* bt-peer-private.h: what the files of a peer share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-peer.h"
#include "bt-torrent-private.h"

G_BEGIN_DECLS

void bt_peer_send_simple (BtPeer *peer, BtMessageId id);
void bt_peer_send_block_message (BtPeer *peer, BtMessageId id, const BtBlock *block);
/* Both handshakes are done: says what we are and have. */
void bt_peer_greet (BtPeer *peer);
/* Its outstanding requests are off; the blocks may be asked of others. */
void bt_peer_forget_requests (BtPeer *peer);
/* FALSE if there were none for this piece. */
gboolean bt_peer_forget_requests_of (BtPeer *peer, guint32 piece);

/* bt-peer-pieces.c */
/* What says something of pieces: have, bitfield, have all or none, suggest, allowed fast. */
void bt_peer_take_pieces (BtPeer *peer, const BtMessage *message);
void bt_peer_take_dont_have (BtPeer *peer, const BtMessage *message);
/* What it had counts no more, in the picker too. */
void bt_peer_forget_pieces (BtPeer *peer);

/* bt-peer-extended.c */
void bt_peer_take_extended (BtPeer *peer, const BtMessage *message);
/* Says what we are and can; again whenever that changed. */
void bt_peer_send_extended_handshake (BtPeer *peer);

/* bt-torrent-pex.c */
void bt_peer_clear_pex (BtPeer *peer);

/* bt-peer-upload.c */
void bt_peer_offer_fast (BtPeer *peer);
void bt_peer_count_sent (BtPeer *peer, gint64 now);

G_END_DECLS
