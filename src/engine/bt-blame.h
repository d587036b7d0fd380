/* bt-blame.h: who sent bad data: sole senders at once, shared blame by trust and by block hashes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"
#include "bt-hash.h"

G_BEGIN_DECLS

/* Remembers by address, so a peer that comes back is still known. Bounded: the failed pieces kept are at
 * most 64, the addresses at most 4096, the oldest go first. */
typedef struct _BtBlame BtBlame;

typedef enum
{
  BT_VERDICT_NOTHING,
  BT_VERDICT_PAROLE, /* next pieces only alone */
  BT_VERDICT_BAN,
} BtVerdict;

typedef void (*BtVerdictFunc) (const BtEndpoint *peer, BtVerdict verdict, gpointer data);

BtBlame *bt_blame_new (void);
void bt_blame_free (BtBlame *blame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtBlame, bt_blame_free)
/* Where the Internet sees us, NULL: not known. Others share that address with us, so each port of it is somebody. */
void bt_blame_set_us (BtBlame *blame, gboolean ipv6, const BtEndpoint *us);

/* A piece failed. @senders: (array length=n_blocks): who sent each block (unspecified: unknown).
 * One sender of all: BAN at once (trust -7). Several: each loses 2 points of trust, down to -6, and is on
 * parole: what it sends alone from then on decides.
 * @func is called for each that a verdict concerns. */
void bt_blame_failed (BtBlame *blame, guint32 piece, const BtEndpoint *senders, guint n_blocks, BtVerdictFunc func, gpointer data);
/* The SHA-1 of each block of the failed piece came from the disk. The same sender with two different
 * contents of one block: BAN. */
void bt_blame_hashes (BtBlame *blame, guint32 piece, const BtEndpoint *senders, const BtSha1 *hashes, guint n_blocks,
                      BtVerdictFunc func, gpointer data);
/* A piece passed: each sender gains a point (8 at most). */
void bt_blame_passed (BtBlame *blame, guint32 piece, const BtEndpoint *senders, guint n_blocks);
/* Whether it failed before and its hashes are kept: then the caller hashes its blocks and says so here;
 * every sender of a block that differs is BANNED. */
gboolean bt_blame_wants_truth (const BtBlame *blame, guint32 piece);
void bt_blame_truth (BtBlame *blame, guint32 piece, const BtSha1 *hashes, guint n_blocks, BtVerdictFunc func, gpointer data);
gboolean bt_blame_on_parole (const BtBlame *blame, const BtEndpoint *peer);
int bt_blame_trust (const BtBlame *blame, const BtEndpoint *peer);

G_END_DECLS
