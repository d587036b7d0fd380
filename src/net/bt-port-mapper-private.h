/* bt-port-mapper-private.h: the parts of a port mapper: routers that are asked by datagrams, and UPnP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-nat-pmp.h"
#include "bt-pcp.h"
#include "bt-port-mapper.h"

G_BEGIN_DECLS

#define BT_PORT_MAPPER_LIFETIME_S 3600
/* After it was refused, or nobody answered. */
#define BT_PORT_MAPPER_PAUSE_US (2 * G_TIME_SPAN_HOUR)
/* Asked for when the port is not to be had. */
#define BT_PORT_MAPPER_OTHER_PORT 40000
#define BT_PORT_MAPPER_N_OTHER_PORTS 10000
#define BT_PORT_MAPPER_OTHER_TRIES 4

typedef struct _BtGateway BtGateway;
typedef struct _BtUpnpMapper BtUpnpMapper;

struct _BtPortMapper
{
  BtWorld *world;
  BtTimers *timers;
  const BtPortMapperOps *ops;
  gpointer owner;
  guint16 port;        /* ours; 0: stopped */
  gboolean retiring;
  BtTimer retired;     /* to be told */
  BtUdp *ears[2];      /* (nullable): hear what routers announce, IPv4 and IPv6 */
  GPtrArray *gateways; /* of BtGateway: one for IPv4, one for each IPv6 address of ours */
  BtUpnpMapper *upnp;
};

/* One of the parts has nothing mapped any more. */
void bt_port_mapper_part_retired (BtPortMapper *mapper);
/* How long until the middle of the lifetime and its end: three quarters, as libtorrent. */
gint64 bt_port_mapper_renewal (gint64 now, guint32 lifetime_s);
/* MAPPED, or SECOND_NAT if @external is not out in the Internet. */
BtMappingState bt_port_mapper_judge (const BtEndpoint *external);
guint16 bt_port_mapper_other_port (BtPortMapper *mapper);
/* Unix seconds; 0 for never. */
gint64 bt_port_mapper_to_unix (BtPortMapper *mapper, gint64 moment);

/* A router that is asked by datagrams. */

typedef enum
{
  BT_GATEWAY_TCP,
  BT_GATEWAY_UDP,
  BT_GATEWAY_ADDRESS, /* NAT-PMP tells it apart from the mappings */
} BtGatewayStep;

/* A mapping of one protocol. */
typedef struct
{
  guint8 nonce[BT_PCP_NONCE_SIZE]; /* the same as long as it lives */
  guint16 port;                    /* the router's: given, or to be asked for */
  gint64 until;                    /* monotonic µs; 0: not mapped */
} BtGatewayHole;

typedef enum
{
  BT_GATEWAY_GIVEN,
  BT_GATEWAY_REFUSED,
  BT_GATEWAY_UNSUPPORTED,
} BtGatewayVerdict;

typedef struct
{
  BtGatewayVerdict verdict;
  guint code;
  gboolean has_epoch;
  guint32 epoch_s;
  guint32 lifetime_s;
  guint16 port;
  BtEndpoint external; /* unspecified: not said */
} BtGatewayAnswer;

#define BT_GATEWAY_MAX_REQUEST BT_PCP_MAP_SIZE

/* PCP and NAT-PMP say the same in different words. */
typedef struct
{
  BtMapper mapper;
  BtGatewayStep last;
  guint network_failure; /* the code that passes by itself */
  gsize (*write) (BtGateway *gateway, BtGatewayStep step, guint32 lifetime_s, guint8 out[BT_GATEWAY_MAX_REQUEST]);
  /* FALSE: it does not answer @step. */
  gboolean (*read) (BtGateway *gateway, BtGatewayStep step, const void *bytes, gsize length, BtGatewayAnswer *out);
} BtGatewayDialect;

extern const BtGatewayDialect bt_gateway_pcp;
extern const BtGatewayDialect bt_gateway_nat_pmp;

struct _BtGateway
{
  BtPortMapper *mapper;
  BtEndpoint router; /* with the port of PCP */
  BtEndpoint local;  /* ours towards it */
  BtUdp *udp;        /* (nullable): none could be opened */
  const BtGatewayDialect *dialect; /* NAT-PMP once it is known that PCP is not */
  BtMappingState state;
  guint code;

  BtGatewayHole holes[2]; /* TCP, UDP */
  BtEndpoint external;
  gint64 renew_at;
  guint n_other_ports;    /* how often another port was tried, to have the same for both */

  gboolean asking;        /* @step waits for its answer */
  gboolean removing;
  BtGatewayStep step;
  guint n_sent;
  BtTimer timer;          /* to the next try, or to the next round */

  gboolean has_epoch;     /* what the router said of how long it remembers */
  guint32 epoch_s;
  gint64 epoch_at;
  gboolean forgot;        /* it lost what it gave in this round */
  guint n_again;
};

BtGateway *bt_gateway_new (BtPortMapper *mapper, const BtRoute *route, const BtEndpoint *local);
void bt_gateway_free (BtGateway *gateway);
void bt_gateway_start (BtGateway *gateway);
/* Says that nothing is needed any more, once. */
void bt_gateway_drop (BtGateway *gateway);
/* Until it is heard; bt_port_mapper_part_retired(). */
void bt_gateway_retire (BtGateway *gateway);
gboolean bt_gateway_is_retired (const BtGateway *gateway);
/* Somebody who may be this router has begun to count at another moment, or says that he goes on. */
void bt_gateway_hear (BtGateway *gateway, const BtEndpoint *from, guint32 epoch_s);
void bt_gateway_get (BtGateway *gateway, BtMapping out[BT_N_MAPPERS]);
static inline const BtGatewayHole *
bt_gateway_hole (const BtGateway *gateway, BtGatewayStep step)
{
  return &gateway->holes[step == BT_GATEWAY_UDP];
}

static inline BtIpProtocol
bt_gateway_protocol (BtGatewayStep step)
{
  return step == BT_GATEWAY_UDP ? BT_IP_UDP : BT_IP_TCP;
}

/* UPnP. */

BtUpnpMapper *bt_upnp_mapper_new (BtPortMapper *mapper);
void bt_upnp_mapper_free (BtUpnpMapper *upnp);
void bt_upnp_mapper_start (BtUpnpMapper *upnp, const BtRoute *route);
void bt_upnp_mapper_stop (BtUpnpMapper *upnp);
void bt_upnp_mapper_retire (BtUpnpMapper *upnp);
gboolean bt_upnp_mapper_is_retired (const BtUpnpMapper *upnp);
void bt_upnp_mapper_get (BtUpnpMapper *upnp, BtMapping *out);

G_END_DECLS
