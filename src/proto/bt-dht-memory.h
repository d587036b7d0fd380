/* bt-dht-memory.h: what our node of the DHT remembers over a restart, as a line of text.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-krpc.h"

G_BEGIN_DECLS

#define BT_DHT_MEMORY_MAX_NODES 300 /* as many as Transmission keeps: some answer, whatever happened */

typedef struct
{
  BtNodeId id;
  gint64 made_at; /* Unix seconds: when the id was made */
  GArray *nodes;  /* of BtKrpcNode, of one family */
} BtDhtMemory;

void bt_dht_memory_clear (BtDhtMemory *memory);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BtDhtMemory, bt_dht_memory_clear)

/* Nodes beyond BT_DHT_MEMORY_MAX_NODES are left out. Returns: (transfer full) */
char *bt_dht_memory_format (const BtDhtMemory *memory, gboolean is_ipv6);
/* FALSE, and @out empty, when it is not what was written. */
gboolean bt_dht_memory_parse (const char *text, gboolean is_ipv6, BtDhtMemory *out);

G_END_DECLS
