/* bt-nat-pmp.h: requests and replies of the NAT Port Mapping Protocol (RFC 6886).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-pcp.h"

G_BEGIN_DECLS

#define BT_NAT_PMP_ADDRESS_SIZE 2
#define BT_NAT_PMP_MAP_SIZE 12

typedef enum
{
  BT_NAT_PMP_SUCCESS,
  BT_NAT_PMP_UNSUPP_VERSION,
  BT_NAT_PMP_NOT_AUTHORIZED,
  BT_NAT_PMP_NETWORK_FAILURE,
  BT_NAT_PMP_NO_RESOURCES,
  BT_NAT_PMP_UNSUPP_OPCODE,
} BtNatPmpResult;

/* What its address is on the Internet. */
void bt_nat_pmp_write_address (guint8 out[BT_NAT_PMP_ADDRESS_SIZE]);
/* @lifetime_s 0: takes the mapping away; @external_port is to be 0 then. */
void bt_nat_pmp_write_map (BtIpProtocol protocol, guint16 internal_port, guint16 external_port, guint32 lifetime_s,
                           guint8 out[BT_NAT_PMP_MAP_SIZE]);

typedef enum
{
  BT_NAT_PMP_REPLY_ADDRESS,
  BT_NAT_PMP_REPLY_MAP,
} BtNatPmpReplyKind;

typedef struct
{
  BtNatPmpReplyKind kind;
  BtNatPmpResult result; /* also one that is not in the list */
  guint32 epoch_s;       /* since the router lost its mappings */
  BtIpProtocol protocol; /* the following of a map */
  guint16 internal_port, external_port;
  guint32 lifetime_s;
  BtEndpoint address;    /* of an address, if it succeeded */
} BtNatPmpReply;

/* Whether it is a reply, and what it says. Of an error only what there is of it is read; 0 the rest. */
gboolean bt_nat_pmp_read_reply (const void *bytes, gsize length, BtNatPmpReply *out);

G_END_DECLS
