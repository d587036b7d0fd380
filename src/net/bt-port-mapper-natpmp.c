/* bt-port-mapper-natpmp.c: what a router is asked in NAT-PMP, and what it says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-port-mapper-private.h"

static gsize
write_request (BtGateway *gateway, BtGatewayStep step, guint32 lifetime_s, guint8 out[BT_GATEWAY_MAX_REQUEST])
{
  if (step == BT_GATEWAY_ADDRESS)
    {
      bt_nat_pmp_write_address (out);
      return BT_NAT_PMP_ADDRESS_SIZE;
    }
  bt_nat_pmp_write_map (bt_gateway_protocol (step), gateway->mapper->port,
                        lifetime_s != 0 ? bt_gateway_hole (gateway, step)->port : 0, lifetime_s, out);
  return BT_NAT_PMP_MAP_SIZE;
}

/* The word on a removal is not taken for one on what was asked after it. */
static gboolean
is_answer (BtGateway *gateway, BtGatewayStep step, const BtNatPmpReply *reply)
{
  if (step == BT_GATEWAY_ADDRESS)
    return reply->kind == BT_NAT_PMP_REPLY_ADDRESS;
  if (reply->kind != BT_NAT_PMP_REPLY_MAP || reply->protocol != bt_gateway_protocol (step))
    return FALSE;
  if (reply->result != BT_NAT_PMP_SUCCESS)
    return TRUE;
  return reply->internal_port == gateway->mapper->port && (reply->lifetime_s == 0) == gateway->removing;
}

static gboolean
read_answer (BtGateway *gateway, BtGatewayStep step, const void *bytes, gsize length, BtGatewayAnswer *out)
{
  BtNatPmpReply reply;

  if (!bt_nat_pmp_read_reply (bytes, length, &reply) || !is_answer (gateway, step, &reply))
    return FALSE;
  *out = (BtGatewayAnswer){
    .code = reply.result,
    .has_epoch = TRUE,
    .epoch_s = reply.epoch_s,
    .lifetime_s = reply.lifetime_s,
    .port = reply.external_port,
    .external = reply.address,
  };
  out->verdict = reply.result == BT_NAT_PMP_SUCCESS          ? BT_GATEWAY_GIVEN
                 : reply.result == BT_NAT_PMP_UNSUPP_VERSION ? BT_GATEWAY_UNSUPPORTED
                                                             : BT_GATEWAY_REFUSED;
  return TRUE;
}

const BtGatewayDialect bt_gateway_nat_pmp = {
  .mapper = BT_MAPPER_NAT_PMP,
  .last = BT_GATEWAY_ADDRESS,
  .network_failure = BT_NAT_PMP_NETWORK_FAILURE,
  .write = write_request,
  .read = read_answer,
};
