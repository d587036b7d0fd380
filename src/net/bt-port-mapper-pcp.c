/* bt-port-mapper-pcp.c: what a router is asked in PCP, and what it says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-port-mapper-private.h"

#include <string.h>

static gsize
write_request (BtGateway *gateway, BtGatewayStep step, guint32 lifetime_s, guint8 out[BT_GATEWAY_MAX_REQUEST])
{
  const BtGatewayHole *hole = bt_gateway_hole (gateway, step);
  BtPcpMap map = {
    .protocol = bt_gateway_protocol (step),
    .internal_port = gateway->mapper->port,
    .external_port = hole->port,
    .external = gateway->external,
    .lifetime_s = lifetime_s,
  };

  memcpy (map.nonce, hole->nonce, sizeof map.nonce);
  bt_pcp_write_map (&map, &gateway->local, out);
  return BT_PCP_MAP_SIZE;
}

/* Without a mapping it is one of the errors of a router that did not understand what it was asked. */
static gboolean
is_answer (BtGateway *gateway, BtGatewayStep step, const BtPcpReply *reply)
{
  if (!reply->has_map)
    return TRUE;
  if (memcmp (reply->map.nonce, bt_gateway_hole (gateway, step)->nonce, BT_PCP_NONCE_SIZE) != 0
      || reply->map.protocol != bt_gateway_protocol (step) || reply->map.internal_port != gateway->mapper->port)
    return FALSE;
  return reply->result != BT_PCP_SUCCESS || (reply->map.lifetime_s == 0) == gateway->removing;
}

static gboolean
read_answer (BtGateway *gateway, BtGatewayStep step, const void *bytes, gsize length, BtGatewayAnswer *out)
{
  BtPcpReply reply;

  if (!bt_pcp_read_reply (bytes, length, &reply) || !is_answer (gateway, step, &reply))
    return FALSE;
  *out = (BtGatewayAnswer){
    .code = reply.result,
    .has_epoch = reply.result != BT_PCP_UNSUPP_VERSION,
    .epoch_s = reply.epoch_s,
    .lifetime_s = reply.map.lifetime_s,
    .port = reply.map.external_port,
    .external = reply.map.external,
  };
  out->verdict = reply.result == BT_PCP_SUCCESS          ? BT_GATEWAY_GIVEN
                 : reply.result == BT_PCP_UNSUPP_VERSION ? BT_GATEWAY_UNSUPPORTED
                                                         : BT_GATEWAY_REFUSED;
  return TRUE;
}

const BtGatewayDialect bt_gateway_pcp = {
  .mapper = BT_MAPPER_PCP,
  .last = BT_GATEWAY_UDP,
  .network_failure = BT_PCP_NETWORK_FAILURE,
  .write = write_request,
  .read = read_answer,
};
