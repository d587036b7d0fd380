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
/* The peer is told that those for one piece are off. */
void bt_peer_cancel_piece (BtPeer *peer, guint32 piece);
/* FALSE if there were none for this piece. */
gboolean bt_peer_forget_requests_of (BtPeer *peer, guint32 piece);

/* bt-peer-claims.c */
/* What says something of pieces, as below, while their number is not known. */
void bt_peer_claim (BtPeer *peer, const BtMessage *message);
void bt_peer_disclaim (BtPeer *peer, guint32 piece);
void bt_peer_free_claims (BtPeer *peer);

/* bt-peer-metadata.c */
void bt_peer_take_metadata (BtPeer *peer, const BtMessage *message);
/* Its handshake. @size: 0: not said */
void bt_peer_take_metadata_offer (BtPeer *peer, gint64 size);

/* bt-peer-pieces.c */
/* What says something of pieces: have, bitfield, have all or none, suggest, allowed fast. */
void bt_peer_take_pieces (BtPeer *peer, const BtMessage *message);
void bt_peer_take_dont_have (BtPeer *peer, const BtMessage *message);
/* What it had counts no more, in the picker too. */
void bt_peer_forget_pieces (BtPeer *peer);

/* bt-peer-extended.c */
void bt_peer_take_extended (BtPeer *peer, const BtMessage *message);

/* bt-torrent-pex.c */
void bt_peer_clear_pex (BtPeer *peer);

/* bt-peer-upload.c */
void bt_peer_offer_fast (BtPeer *peer);
void bt_peer_count_sent (BtPeer *peer, gint64 now);

G_END_DECLS
