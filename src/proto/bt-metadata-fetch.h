/* bt-metadata-fetch.h: decides which block of a link's details to ask of whom, and whom to believe (BEP 9).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"
#include "bt-random.h"

G_BEGIN_DECLS

/* Every peer that has them is asked, for up to two blocks at a time. Peers that claim different sizes are kept
 * apart, so that a lie spoils nothing but itself. When the whole turns out wrong it is dropped: whoever gave all
 * of it is told of, those who gave a part are left alone for a while, and from then on one peer at a time is
 * asked for all of that size, so that the next liar is found. */
typedef struct _BtMetadataFetch BtMetadataFetch;

/* What all fetches of an engine may hold. */
typedef struct
{
  gsize used, limit; /* bytes */
} BtMetadataBudget;

/* @budget, @random: outlive it. */
BtMetadataFetch *bt_metadata_fetch_new (BtMetadataBudget *budget, BtRandom *random);
void bt_metadata_fetch_free (BtMetadataFetch *fetch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtMetadataFetch, bt_metadata_fetch_free)

/* @peer has, as it says, details of @size bytes; 0: it does not say. Whatever cannot be is as good as 0. May be
 * said again. */
void bt_metadata_fetch_set_peer (BtMetadataFetch *fetch, guint32 peer, const BtEndpoint *endpoint, gint64 size);
void bt_metadata_fetch_remove_peer (BtMetadataFetch *fetch, guint32 peer);

/* What @peer is to be asked for now, and then counts as asked. FALSE: for nothing. To be called until then when
 * something of it came, and each second. */
gboolean bt_metadata_fetch_next (BtMetadataFetch *fetch, guint32 peer, gint64 now, guint32 *block);
/* Each second: gives up what does not move. */
void bt_metadata_fetch_tick (BtMetadataFetch *fetch, gint64 now);

typedef enum
{
  BT_METADATA_TAKEN,
  BT_METADATA_COMPLETE, /* that was the last of its size */
  BT_METADATA_IGNORED,  /* not asked for, there already, or of a wrong size */
  BT_METADATA_FLOOD,    /* too many of those: the peer is to be closed */
} BtMetadataResult;

/* @data: copied */
BtMetadataResult bt_metadata_fetch_take (BtMetadataFetch *fetch, guint32 peer, guint32 block, guint32 total_size,
                                         const guint8 *data, gsize length, gint64 now);
/* It does not have or give it. Returns: IGNORED or FLOOD */
BtMetadataResult bt_metadata_fetch_rejected (BtMetadataFetch *fetch, guint32 peer, guint32 block, gint64 now);

/* All of a size that is complete, which is not asked for as long as it is not said to be wrong.
 * @size: (out). Returns: (transfer full) (nullable): a copy; NULL if none is complete that was not got yet */
GBytes *bt_metadata_fetch_get_complete (BtMetadataFetch *fetch, guint32 *size);
/* They are not what they should be. Returns: TRUE if all were given by @culprit (out). */
gboolean bt_metadata_fetch_failed (BtMetadataFetch *fetch, guint32 size, gint64 now, BtEndpoint *culprit);

typedef struct
{
  guint32 done, size; /* bytes; 0: nobody said a size */
  guint n_peers;      /* that have been asked and not answered yet, or have given some of it */
} BtMetadataProgress;

/* Of the size of which most is there. */
void bt_metadata_fetch_get_progress (BtMetadataFetch *fetch, BtMetadataProgress *out);

G_END_DECLS
