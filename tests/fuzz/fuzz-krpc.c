/* fuzz-krpc.c: datagrams of the DHT: what can be answered can be answered within its size.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-krpc.h"

static void
answer (const BtKrpcMessage *query, const BtEndpoint *from)
{
  guint8 bytes[BT_KRPC_MAX_ITEM_BYTES];
  BtKrpcMessage reply, back;
  BtNodeId id = { { 'n' } };
  gsize length;

  if (query->problem != 0)
    bt_krpc_init_error (&reply, query, query->problem, from);
  else
    bt_krpc_init_reply (&reply, query, &id, from);
  length = bt_krpc_encode (&reply, bytes);
  g_assert_cmpuint (length, <=, sizeof bytes);
  if (length > 0)
    g_assert_true (bt_krpc_decode (bytes, length, from, &back));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  BtKrpcMessage message;
  BtEndpoint from;

  g_assert_true (bt_endpoint_parse_ip (&from, "20.0.0.1", 6881));
  if (!bt_krpc_decode (data, size, &from, &message))
    return 0;
  g_assert_cmpuint (message.n_nodes, <=, BT_KRPC_MAX_NODES);
  g_assert_cmpuint (message.n_nodes6, <=, BT_KRPC_MAX_NODES);
  g_assert_cmpuint (message.n_values, <=, BT_KRPC_MAX_VALUES);
  if (message.type == BT_KRPC_QUERY)
    answer (&message, &from);
  return 0;
}
