/* bt-host-private.h: whom to hold to account for what came from an address.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "bt-endpoint.h"

G_BEGIN_DECLS

/* Out in the Internet whoever has the IP, from whatever port, so that coming back with another port
 * does not help. Near us (loopback, link, private) each port is somebody: there several programs and,
 * behind a home router, several machines share an IP, and it would shut all of them out. @is_ours: it is
 * the IP that the Internet sees us at, which those machines have as well. */
static inline BtEndpoint
bt_host_of (const BtEndpoint *endpoint, gboolean is_ours)
{
  BtEndpoint host = *endpoint;

  if (!is_ours && !bt_endpoint_is_local (endpoint))
    host.port = 0;
  return host;
}

static inline gboolean
bt_host_is_all_ports (const BtEndpoint *host)
{
  return host->port == 0;
}

/* A /24, and a /48 of IPv6: who has one address of it has others. Near us each is somebody. */
static inline BtEndpoint
bt_host_network_of (const BtEndpoint *endpoint)
{
  BtEndpoint network = *endpoint;
  gsize length = bt_endpoint_is_ipv4 (endpoint) ? 15 : 6;

  network.port = 0;
  if (!bt_endpoint_is_local (endpoint))
    memset (network.ip + length, 0, sizeof network.ip - length);
  return network;
}

G_END_DECLS
