/* bt-pcp.h: MAP requests of the Port Control Protocol and their replies (RFC 6887).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"

G_BEGIN_DECLS

#define BT_PCP_PORT 5351 /* of the router; NAT-PMP has the same */
#define BT_PCP_MAP_SIZE 60
#define BT_PCP_NONCE_SIZE 12

typedef enum
{
  BT_IP_TCP = 6,
  BT_IP_UDP = 17,
} BtIpProtocol;

typedef enum
{
  BT_PCP_SUCCESS,
  BT_PCP_UNSUPP_VERSION,
  BT_PCP_NOT_AUTHORIZED,
  BT_PCP_MALFORMED_REQUEST,
  BT_PCP_UNSUPP_OPCODE,
  BT_PCP_UNSUPP_OPTION,
  BT_PCP_MALFORMED_OPTION,
  BT_PCP_NETWORK_FAILURE,
  BT_PCP_NO_RESOURCES,
  BT_PCP_UNSUPP_PROTOCOL,
  BT_PCP_USER_EX_QUOTA,
  BT_PCP_CANNOT_PROVIDE_EXTERNAL,
  BT_PCP_ADDRESS_MISMATCH,
  BT_PCP_EXCESSIVE_REMOTE_PEERS,
} BtPcpResult;

/* A mapping that is asked for, or was given. @lifetime_s 0 takes it away. */
typedef struct
{
  guint8 nonce[BT_PCP_NONCE_SIZE];
  BtIpProtocol protocol;
  guint16 internal_port;
  guint16 external_port; /* suggested, or given; 0: any */
  BtEndpoint external;   /* the same of the address, unspecified: any; its port is not looked at */
  guint32 lifetime_s;
} BtPcpMap;

/* @client: our address towards the router; its port is not looked at. Writes BT_PCP_MAP_SIZE bytes. */
void bt_pcp_write_map (const BtPcpMap *map, const BtEndpoint *client, guint8 out[BT_PCP_MAP_SIZE]);

typedef struct
{
  BtPcpResult result; /* also one that is not in the list */
  guint32 epoch_s;    /* since the router lost its mappings */
  gboolean has_map;   /* FALSE of some errors */
  BtPcpMap map;       /* of an error, @lifetime_s is how long it will be the same */
} BtPcpReply;

/* Whether it is a reply to a MAP request, and what it says. One of another version is
 * BT_PCP_UNSUPP_VERSION: so answer routers that know NAT-PMP alone. Bytes behind are passed over. */
gboolean bt_pcp_read_reply (const void *bytes, gsize length, BtPcpReply *out);

/* Routers that have started tell everybody by multicast, and say from when they count. */
#define BT_PCP_ANNOUNCE_PORT 5350
#define BT_PCP_ANNOUNCE_GROUP4 "224.0.0.1"
#define BT_PCP_ANNOUNCE_GROUP6 "ff02::1"
gboolean bt_pcp_read_announcement (const void *bytes, gsize length, guint32 *epoch_s);

/* Whether a router that said @before may say @now after we counted @elapsed_s (RFC 6887, 8.5): if not, it
 * has forgotten everything. */
gboolean bt_pcp_epoch_goes_on (guint32 before, guint32 now, gint64 elapsed_s);

G_END_DECLS
