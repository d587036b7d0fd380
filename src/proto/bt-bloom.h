/* bt-bloom.h: how many addresses a swarm has, counted without listing them (BEP 33).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"

G_BEGIN_DECLS

#define BT_BLOOM_SIZE 256
#define BT_BLOOM_BITS (BT_BLOOM_SIZE * 8)

/* All zero is empty. */
typedef struct
{
  guint8 bytes[BT_BLOOM_SIZE];
} BtBloom;

/* Adds the address; the port does not count. */
void bt_bloom_add (BtBloom *bloom, const BtEndpoint *endpoint);
/* Takes in what somebody else has seen. */
void bt_bloom_merge (BtBloom *bloom, const guint8 other[BT_BLOOM_SIZE]);
/* About how many addresses are inside; good to some percent up to about 6,000. */
double bt_bloom_estimate (const BtBloom *bloom);

G_END_DECLS
