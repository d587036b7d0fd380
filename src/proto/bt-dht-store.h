/* bt-dht-store.h: what a node of the DHT keeps for others: peers of swarms (BEP 5, 33, 51) and items (BEP 44).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-bloom.h"
#include "bt-dht-item.h"
#include "bt-limits.h"

G_BEGIN_DECLS

/* Caps are those of bt-limits.h. The node has checked tokens; times are monotonic µs. */
typedef struct _BtDhtStore BtDhtStore;

/* What BEP 51 tells: some of the info-hashes, others only when @interval_s are over. */
typedef struct
{
  BtSha1 hashes[BT_LIMIT_DHT_SAMPLES];
  guint n_hashes;
  guint n_stored;
  guint interval_s;
} BtDhtSamples;

/* @random: where a seed is drawn from; not kept */
BtDhtStore *bt_dht_store_new (BtRandom *random);
void bt_dht_store_free (BtDhtStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtDhtStore, bt_dht_store_free)

/* Forgets what is too old: to be called every few minutes. Until then it is not told either. */
void bt_dht_store_expire (BtDhtStore *store, gint64 now);
guint bt_dht_store_n_swarms (const BtDhtStore *store);
guint bt_dht_store_n_peers (const BtDhtStore *store);
guint bt_dht_store_n_items (const BtDhtStore *store);

/* One peer for each IP address: one that announces again is young again. */
void bt_dht_store_add_peer (BtDhtStore *store,
                            gint64 now,
                            const BtSha1 *info_hash,
                            const BtEndpoint *peer,
                            gboolean seed);
/* FALSE when the swarm has as many as are kept: then nobody shall be given a token for it. */
gboolean bt_dht_store_takes_peers (const BtDhtStore *store, const BtSha1 *info_hash);
/* Some of the peers, others each time. Returns: how many were written, at most @max. */
guint bt_dht_store_get_peers (BtDhtStore *store,
                              gint64 now,
                              const BtSha1 *info_hash,
                              gboolean noseed,
                              BtEndpoint *out,
                              guint max);
/* The seeds and the others as filters of BEP 33. FALSE when there are none. */
gboolean bt_dht_store_scrape (BtDhtStore *store,
                              gint64 now,
                              const BtSha1 *info_hash,
                              BtBloom *seeds,
                              BtBloom *peers);
void bt_dht_store_sample (BtDhtStore *store, gint64 now, BtDhtSamples *out);

/* Keeps an item, or says with which error it must be refused; 0: it is kept. When there is no room,
 * an item goes that few keep up and that is far from @own_id. */
BtKrpcErrorCode bt_dht_store_put (BtDhtStore *store,
                                  gint64 now,
                                  const BtKrpcItem *item,
                                  const BtEndpoint *from,
                                  const BtNodeId *own_id);
/* What is read is valid until the store is touched again. FALSE when there is none. */
gboolean bt_dht_store_get (BtDhtStore *store, gint64 now, const BtSha1 *target, BtKrpcItem *out);

G_END_DECLS
