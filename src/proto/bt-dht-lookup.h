/* bt-dht-lookup.h: an iterative search for the nodes closest to a target, without the questions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-krpc.h"

G_BEGIN_DECLS

/* It says whom to ask next and is told what came of it. It is done when the K closest nodes that
 * are alive have answered: they are who stores something for the target. */
typedef struct _BtDhtLookup BtDhtLookup;

/* @own_id: never asked. */
BtDhtLookup *bt_dht_lookup_new (const BtNodeId *target, const BtNodeId *own_id);
void bt_dht_lookup_free (BtDhtLookup *lookup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtDhtLookup, bt_dht_lookup_free)

const BtNodeId *bt_dht_lookup_target (const BtDhtLookup *lookup);

/* Where it begins: nodes of the table; addresses of which no id is known. A router is asked and never
 * counted among the closest. */
void bt_dht_lookup_add_node (BtDhtLookup *lookup, const BtKrpcNode *node);
void bt_dht_lookup_add_address (BtDhtLookup *lookup, const BtEndpoint *address, gboolean is_router);

/* Whom to ask now; it counts as asked. FALSE: nobody, for now or at all. @has_id: (out): it is known who
 * it is. By its address it is named again below. */
gboolean bt_dht_lookup_next (BtDhtLookup *lookup, BtKrpcNode *node, gboolean *has_id);

/**
 * bt_dht_lookup_answered:
 * @from: who was asked
 * @id: who it says it is
 * @token: what it wants to see when something is stored with it
 * @nodes: (array length=n_nodes): closer ones that it knows
 *
 * Returns: how many nodes led to this one and itself, 0 when its answer is not to be trusted: it
 *   was not asked, or under the id of somebody else
 */
guint bt_dht_lookup_answered (BtDhtLookup *lookup,
                              const BtEndpoint *from,
                              const BtNodeId *id,
                              BtKrpcSpan token,
                              const BtKrpcNode *nodes,
                              guint n_nodes);
/* No answer for a while: another one is asked beside. */
void bt_dht_lookup_slow (BtDhtLookup *lookup, const BtEndpoint *from);
/* No answer, or an error. */
void bt_dht_lookup_failed (BtDhtLookup *lookup, const BtEndpoint *from);

gboolean bt_dht_lookup_is_done (const BtDhtLookup *lookup);
guint bt_dht_lookup_n_answers (const BtDhtLookup *lookup);

/* The closest that answered, at most @max, the closest first. Tokens are borrowed from the lookup. */
typedef struct
{
  BtKrpcNode node;
  BtKrpcSpan token; /* empty: it gave none */
} BtDhtHolder;
guint bt_dht_lookup_closest (const BtDhtLookup *lookup, guint max, BtDhtHolder *out);

G_END_DECLS
