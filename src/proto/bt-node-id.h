/* bt-node-id.h: places in the DHT's space of ids, and the ids that an address may have (BEP 42).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"
#include "bt-hash.h"
#include "bt-random.h"

G_BEGIN_DECLS

#define BT_NODE_ID_SIZE BT_SHA1_SIZE
#define BT_NODE_ID_BITS 160

/* Nodes, info-hashes and targets are points of the same space: bt_sha1_equal() and
 * bt_sha1_to_hex() serve all of them. */
typedef BtSha1 BtNodeId;

BtNodeId bt_node_id_distance (const BtNodeId *a, const BtNodeId *b);
/* Below 0 when @a is closer to @target than @b is, 0 when they are equal. */
int bt_node_id_compare (const BtNodeId *target, const BtNodeId *a, const BtNodeId *b);
/* How many leading bits both have: 0 … BT_NODE_ID_BITS, the latter when they are equal. In a table
 * around one of them this is the bucket of the other. */
guint bt_node_id_common_bits (const BtNodeId *a, const BtNodeId *b);

BtNodeId bt_node_id_random (BtRandom *random);
/* A random id that has exactly @common_bits leading bits in common with @id; @id itself for
 * BT_NODE_ID_BITS. */
BtNodeId bt_node_id_random_near (const BtNodeId *id, guint common_bits, BtRandom *random);

/* An id as BEP 42 wants it for a node that the world sees at @external; any id when that address
 * is a local one. The port does not matter. */
BtNodeId bt_node_id_make (const BtEndpoint *external, BtRandom *random);
/* Whether a node at @endpoint may have this id; local addresses may have any. */
gboolean bt_node_id_fits (const BtNodeId *id, const BtEndpoint *endpoint);

G_END_DECLS
