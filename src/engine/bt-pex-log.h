/* bt-pex-log.h: who came and who left, and how much of it each peer has been told (BEP 11).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-pex.h"

G_BEGIN_DECLS

/* Comings and goings are numbered, and each peer has a place in them: what it is to be told is what happened after
 * its place. So a message costs as much as there is to say, however many are connected. */
typedef struct _BtPexLog BtPexLog;

typedef BtPexFlags (*BtPexFlagsFunc) (gconstpointer peer);

BtPexLog *bt_pex_log_new (BtPexFlagsFunc flags);
void bt_pex_log_free (BtPexLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtPexLog, bt_pex_log_free)

/* @endpoint: where it listens. @peer: stands for it until it leaves. */
void bt_pex_log_join (BtPexLog *log, const BtEndpoint *endpoint, gconstpointer peer);
/* @good: others may try it still. One that is not there is passed over. */
void bt_pex_log_leave (BtPexLog *log, gconstpointer peer, gboolean good, gint64 now);

/* What one peer has been told; all zero at first. */
typedef struct
{
  guint64 joins, leaves; /* up to these numbers */
  gboolean told;         /* a first message was made */
  GArray *once;          /* (nullable) of BtEndpoint: listed though they had left: dropped in the next */
} BtPexCursor;

void bt_pex_cursor_clear (BtPexCursor *cursor);

gboolean bt_pex_log_has_news (const BtPexLog *log, const BtPexCursor *cursor);
/**
 * bt_pex_log_tell:
 * @to: where the peer is that it is for: it is not told of itself, nor of addresses that are near us but not near it
 *
 * The first message has up to 100 added, and a few who left lately while there are few; later ones up to 50 added and
 * 50 dropped. Who is told as added is told as dropped when it has left, unless so many leave that the oldest are
 * forgotten.
 *
 * Returns: (transfer full) (nullable): NULL when there is nothing to say
 */
BtPexMessage *bt_pex_log_tell (BtPexLog *log, BtPexCursor *cursor, const BtEndpoint *to, gint64 now);

G_END_DECLS
