/* bt-address-vote.h: which address the Internet sees us at, by the votes of those who see us (BEP 24, 42, 10).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"

G_BEGIN_DECLS

/* Who says it: the more it takes to lie, the more it counts. */
typedef enum
{
  BT_VOTE_PEER,    /* `yourip` of an extension handshake */
  BT_VOTE_DHT,     /* `ip` of a DHT message */
  BT_VOTE_TRACKER, /* `external ip` of a reply */
  BT_VOTE_MAPPER,  /* our own router: believed alone, until others agree on something else */
} BtVoteKind;

/**
 * BtAddressVote:
 *
 * One election a family. A network has one vote, whatever its ports and hosts, and votes once: what it says later
 * takes the place of what it said. Votes are forgotten after an hour, and the oldest when there are too many; an
 * address that was found stays until another has more votes than it.
 */
typedef struct _BtAddressVote BtAddressVote;

/* @address: (nullable): as it is known from now on, port 0; NULL: not any more. */
typedef void (*BtAddressVoteFunc) (gboolean ipv6, const BtEndpoint *address, gpointer data);

/* @changed: (nullable): called from within a call below. */
BtAddressVote *bt_address_vote_new (BtAddressVoteFunc changed, gpointer data);
void bt_address_vote_free (BtAddressVote *vote);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtAddressVote, bt_address_vote_free)

/**
 * bt_address_vote_cast:
 * @voter: who says it; its port does not matter
 * @address: where it sees us; its port does not matter
 * @now: monotonic µs
 *
 * Passed over: addresses that cannot be out in the Internet, and what somebody near us says (who sees another
 * address of ours than the Internet does), except for the router.
 */
void bt_address_vote_cast (BtAddressVote *vote, const BtEndpoint *voter, BtVoteKind kind, const BtEndpoint *address,
                           gint64 now);
/* Of a voter whose IP is not known, as is the case behind HTTP. */
void bt_address_vote_cast_by_name (BtAddressVote *vote, const char *host, BtVoteKind kind, const BtEndpoint *address,
                                   gint64 now);
/* FALSE, and @address (out) untouched, if it is not known. */
gboolean bt_address_vote_get (const BtAddressVote *vote, gboolean ipv6, BtEndpoint *address);
/* Whether it is an address of ours, as far as is known. */
gboolean bt_address_vote_is_ours (const BtAddressVote *vote, const BtEndpoint *endpoint);
/* The network is another one: all that was said is void. */
void bt_address_vote_reset (BtAddressVote *vote);

G_END_DECLS
