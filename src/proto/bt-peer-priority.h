/* bt-peer-priority.h: the order in which two peers would rather have each other than somebody else (BEP 40).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"

G_BEGIN_DECLS

/* Both ends compute the same number, and nobody can choose it: so all keep the same connections when they have too
 * many, and the swarm hangs together. Greater is better. Both of one family, as the Internet sees them. */
guint32 bt_peer_priority (const BtEndpoint *us, const BtEndpoint *peer);

G_END_DECLS
