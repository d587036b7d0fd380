/* bt-endpoint.h: an IP address and port as a value.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* IPv4 is kept as ::ffff:a.b.c.d, so that equality is one comparison. */
typedef struct
{
  guint8 ip[16];
  guint32 scope; /* interface index of a link-local address, else 0 */
  guint16 port;  /* host order */
} BtEndpoint;

#define BT_ENDPOINT_TEXT_SIZE 64 /* "[" address "%" scope "]:" port NUL */

gboolean bt_endpoint_is_ipv4 (const BtEndpoint *endpoint);
void bt_endpoint_set_ipv4 (BtEndpoint *endpoint, const guint8 ip[4], guint16 port);
void bt_endpoint_set_ipv6 (BtEndpoint *endpoint, const guint8 ip[16], guint16 port);

/* Compact form (BEP 23, BEP 7): 6 bytes for IPv4, 18 for IPv6. */
void bt_endpoint_from_compact4 (BtEndpoint *endpoint, const guint8 bytes[6]);
void bt_endpoint_from_compact6 (BtEndpoint *endpoint, const guint8 bytes[18]);

/* A literal address without a name lookup: "1.2.3.4" or "::1". FALSE if it is none. */
gboolean bt_endpoint_parse_ip (BtEndpoint *endpoint, const char *ip, guint16 port);
/* "1.2.3.4:80" or "[::1]:80". */
gboolean bt_endpoint_parse (BtEndpoint *endpoint, const char *text);
/* "name:80", "1.2.3.4:80" or "[::1]:80" in its parts, the brackets gone. @host: (out) (transfer full). FALSE
 * unless there is a host and a port that is not 0. */
gboolean bt_endpoint_split (const char *text, char **host, guint16 *port);
void bt_endpoint_format (const BtEndpoint *endpoint, char text[BT_ENDPOINT_TEXT_SIZE]);
void bt_endpoint_format_ip (const BtEndpoint *endpoint, char text[BT_ENDPOINT_TEXT_SIZE]);

guint bt_endpoint_hash (gconstpointer endpoint);
gboolean bt_endpoint_equal (gconstpointer a, gconstpointer b);
gboolean bt_endpoint_same_ip (const BtEndpoint *a, const BtEndpoint *b);

gboolean bt_endpoint_is_loopback (const BtEndpoint *endpoint);
gboolean bt_endpoint_is_link_local (const BtEndpoint *endpoint);
gboolean bt_endpoint_is_private (const BtEndpoint *endpoint); /* RFC 1918, unique local, CGNAT */
/* Whether @by can mean the same by it as we do: what is near somebody may be nowhere, or somebody else, elsewhere. */
gboolean bt_endpoint_is_known_to (const BtEndpoint *endpoint, const BtEndpoint *by);
gboolean bt_endpoint_is_multicast (const BtEndpoint *endpoint);
gboolean bt_endpoint_is_unspecified (const BtEndpoint *endpoint);
/* Both of one family, the first @prefix_length bits the same. */
gboolean bt_endpoint_is_in_network (const BtEndpoint *endpoint, const BtEndpoint *network, guint prefix_length);
/* loopback, link-local or private: not reachable from the Internet */
gboolean bt_endpoint_is_local (const BtEndpoint *endpoint);
/* Whether a peer can be there at all: port not 0, unicast, no reserved range. Loopback counts;
 * the ranges for documentation and benchmarks (192.0.2.0/24, 2001:db8::/32 …) are reserved. */
gboolean bt_endpoint_is_usable_peer (const BtEndpoint *endpoint);
/* Whether we may talk to a node of the DHT there, whoever named it: also, no service of others has this port. */
gboolean bt_endpoint_is_usable_node (const BtEndpoint *endpoint);

G_END_DECLS
