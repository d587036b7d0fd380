/* bt-dht-store-private.h: what the files of the DHT's store share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-dht-store.h"

struct _BtDhtStore
{
  BtRandom random;
  GHashTable *swarms; /* BtSha1 → Swarm */
  guint n_peers;      /* of all swarms */
  BtDhtSamples samples;
  gint64 sampled; /* when they were drawn */

  GHashTable *items; /* BtSha1 → Item */
};

void bt_dht_store_init_items (BtDhtStore *store);
void bt_dht_store_expire_items (BtDhtStore *store, gint64 now);
