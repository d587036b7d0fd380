/* bt-mapping.h: what each way to open a port at the router came to.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-endpoint.h"

G_BEGIN_DECLS

/* Whom the router is asked through. */
typedef enum
{
  BT_MAPPER_PCP,     /* RFC 6887 */
  BT_MAPPER_NAT_PMP, /* RFC 6886, of routers that know no PCP */
  BT_MAPPER_UPNP,    /* Internet Gateway Device */
  BT_MAPPER_PCP6,    /* PCP over IPv6: a hole in the firewall */
  BT_N_MAPPERS,
} BtMapper;

typedef enum
{
  BT_MAPPING_OFF,         /* not asked: it is not wanted, or there is nobody to ask */
  BT_MAPPING_ASKING,
  BT_MAPPING_MAPPED,      /* [port, address, until] */
  BT_MAPPING_SECOND_NAT,  /* [port, address, until]: mapped, but behind one more router or carrier's NAT */
  BT_MAPPING_REFUSED,     /* [code]: a number of its protocol */
  BT_MAPPING_NO_ANSWER,
  BT_MAPPING_UNSUPPORTED, /* the router answered that it does not speak this */
  BT_MAPPING_BOUND,       /* not used: its sockets cannot be bound to an address or interface */
} BtMappingState;

typedef struct
{
  BtMappingState state;
  guint16 port;       /* at the router */
  BtEndpoint address; /* of the router on the Internet; unspecified if it did not say */
  gint64 until;       /* Unix seconds; 0: it does not end */
  guint code;
} BtMapping;

static inline gboolean
bt_mapping_is_mapped (const BtMapping *mapping)
{
  return mapping->state == BT_MAPPING_MAPPED || mapping->state == BT_MAPPING_SECOND_NAT;
}

G_END_DECLS
