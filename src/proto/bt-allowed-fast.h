/* bt-allowed-fast.h: the pieces that a choked newcomer may ask for (BEP 6).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"
#include "bt-hash.h"

G_BEGIN_DECLS

#define BT_ALLOWED_FAST_COUNT 10

/* Writes up to min(count, n_pieces) indices for the peer at @endpoint; returns how many. None for
 * IPv6, for which BEP 6 has no rule. Gives up after a bounded number of hashes. */
guint bt_allowed_fast_set (const BtEndpoint *endpoint,
                           const BtSha1 *info_hash,
                           guint32 n_pieces,
                           guint count,
                           guint32 *out);

G_END_DECLS
