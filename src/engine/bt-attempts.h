/* bt-attempts.h: at which addresses somebody was found, or nobody, when any torrent tried them last.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"
#include "bt-types.h"

G_BEGIN_DECLS

#define BT_ATTEMPTS_PAUSE_US (900 * (gint64) G_USEC_PER_SEC)

/* Anybody can name one address to thousands of torrents. Where nobody was found, all of them together try as often as
 * one alone would, at last once in BT_ATTEMPTS_PAUSE_US, by turns: whoever is there may have refused the one torrent that
 * he does not have. A torrent that alone tries it does so by its own measure. Somebody who once answered may refuse
 * one torrent and take another: he is known for a day, or until he cannot be reached. At most BT_LIMIT_ATTEMPTS of each
 * kind, then the oldest is forgotten; each call takes O(1), amortised. */
typedef struct _BtAttempts BtAttempts;

BtAttempts *bt_attempts_new (void);
void bt_attempts_free (BtAttempts *attempts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtAttempts, bt_attempts_free)

/* @unreachable: nothing was there at all */
void bt_attempts_failed (BtAttempts *attempts, const BtEndpoint *endpoint, BtTorrentId torrent, gboolean unreachable, gint64 now);
/* A peer is there. Returns: whether somebody was told to wait for that */
gboolean bt_attempts_reached (BtAttempts *attempts, const BtEndpoint *endpoint, gint64 now);
/* When @torrent may try it: @now, or later; then it is one that waits. @hearsay: only strangers name it to that one. */
gint64 bt_attempts_when (BtAttempts *attempts, const BtEndpoint *endpoint, BtTorrentId torrent, gboolean hearsay, gint64 now);
/* What failed did so for the network. */
void bt_attempts_forget_failed (BtAttempts *attempts);
guint bt_attempts_count (const BtAttempts *attempts);

G_END_DECLS
