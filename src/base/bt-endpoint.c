/* bt-endpoint.c: an IP address and port as a value.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-endpoint.h"

#include "bt-limits.h"

#include <arpa/inet.h>
#include <string.h>

/* IPv4 ranges are written as what they are inside an endpoint, so that one comparison of leading
 * bits serves both families. */
typedef struct
{
  guint8 ip[16];
  guint n_bits;
} Range;

#define IPV4(a, b, c, d, bits)                                                                     \
  {                                                                                                \
    { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d }, 96 + bits                            \
  }

static const guint8 ipv4_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static const Range loopback[] = {
  IPV4 (127, 0, 0, 0, 8),
  { { [15] = 1 }, 128 },
};

static const Range link_local[] = {
  IPV4 (169, 254, 0, 0, 16),
  { { 0xfe, 0x80 }, 10 },
};

static const Range private[] = {
  IPV4 (10, 0, 0, 0, 8),     /* RFC 1918 */
  IPV4 (172, 16, 0, 0, 12),  /* RFC 1918 */
  IPV4 (192, 168, 0, 0, 16), /* RFC 1918 */
  IPV4 (100, 64, 0, 0, 10),  /* RFC 6598, carrier-grade NAT */
  { { 0xfc }, 7 },           /* RFC 4193, unique local */
};

static const Range multicast[] = {
  IPV4 (224, 0, 0, 0, 4),
  { { 0xff }, 8 },
};

static const Range unspecified[] = {
  IPV4 (0, 0, 0, 0, 32),
  { { 0 }, 128 },
};

/* Where no peer can be, multicast aside (RFC 6890). */
static const Range reserved[] = {
  IPV4 (0, 0, 0, 0, 8),               /* this network */
  IPV4 (192, 0, 0, 0, 24),            /* IETF protocol assignments */
  IPV4 (192, 0, 2, 0, 24),            /* TEST-NET-1 */
  IPV4 (192, 88, 99, 0, 24),          /* 6to4 relays */
  IPV4 (198, 18, 0, 0, 15),           /* benchmarks */
  IPV4 (198, 51, 100, 0, 24),         /* TEST-NET-2 */
  IPV4 (203, 0, 113, 0, 24),          /* TEST-NET-3 */
  IPV4 (240, 0, 0, 0, 4),             /* class E and broadcast */
  { { 0x01, 0x00 }, 64 },             /* discard-only, RFC 6666 */
  { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation, RFC 3849 */
};

static gboolean
is_in_range (const BtEndpoint *endpoint, const Range *range)
{
  guint n_bytes = range->n_bits / 8;
  guint n_rest = range->n_bits % 8;

  if (memcmp (endpoint->ip, range->ip, n_bytes) != 0)
    return FALSE;
  return n_rest == 0 || (endpoint->ip[n_bytes] ^ range->ip[n_bytes]) >> (8 - n_rest) == 0;
}

static gboolean
is_in_any (const BtEndpoint *endpoint, const Range *ranges, gsize n_ranges)
{
  for (gsize i = 0; i < n_ranges; i++)
    if (is_in_range (endpoint, &ranges[i]))
      return TRUE;
  return FALSE;
}

/* ::/96 without :: and ::1, the IPv4-compatible addresses that RFC 4291 gave up. */
static gboolean
is_ipv4_compatible (const BtEndpoint *endpoint)
{
  static const guint8 zeros[12];

  return memcmp (endpoint->ip, zeros, sizeof zeros) == 0 && !bt_endpoint_is_unspecified (endpoint)
         && !bt_endpoint_is_loopback (endpoint);
}

gboolean
bt_endpoint_is_ipv4 (const BtEndpoint *endpoint)
{
  return memcmp (endpoint->ip, ipv4_prefix, sizeof ipv4_prefix) == 0;
}

void
bt_endpoint_set_ipv4 (BtEndpoint *endpoint, const guint8 ip[4], guint16 port)
{
  memcpy (endpoint->ip, ipv4_prefix, sizeof ipv4_prefix);
  memcpy (endpoint->ip + sizeof ipv4_prefix, ip, 4);
  endpoint->scope = 0;
  endpoint->port = port;
}

void
bt_endpoint_set_ipv6 (BtEndpoint *endpoint, const guint8 ip[16], guint16 port)
{
  memcpy (endpoint->ip, ip, 16);
  endpoint->scope = 0;
  endpoint->port = port;
}

void
bt_endpoint_from_compact4 (BtEndpoint *endpoint, const guint8 bytes[6])
{
  bt_endpoint_set_ipv4 (endpoint, bytes, (guint16) (bytes[4] << 8 | bytes[5]));
}

void
bt_endpoint_from_compact6 (BtEndpoint *endpoint, const guint8 bytes[18])
{
  bt_endpoint_set_ipv6 (endpoint, bytes, (guint16) (bytes[16] << 8 | bytes[17]));
}

/* "address" or "address%scope", the scope a number: names would need a look at the system. */
static gboolean
parse_ipv6 (BtEndpoint *endpoint, const char *text, guint16 port)
{
  char address[INET6_ADDRSTRLEN];
  const char *percent = strchr (text, '%');
  gsize length = percent != NULL ? (gsize) (percent - text) : strlen (text);
  guint64 scope = 0;
  BtEndpoint parsed;
  guint8 ip[16];

  if (length >= sizeof address)
    return FALSE;
  memcpy (address, text, length);
  address[length] = '\0';
  if (inet_pton (AF_INET6, address, ip) != 1)
    return FALSE;
  bt_endpoint_set_ipv6 (&parsed, ip, port);
  if (percent != NULL
      && (!bt_endpoint_is_link_local (&parsed)
          || !g_ascii_string_to_unsigned (percent + 1, 10, 1, G_MAXUINT32, &scope, NULL)))
    return FALSE;
  parsed.scope = (guint32) scope;
  *endpoint = parsed;
  return TRUE;
}

gboolean
bt_endpoint_parse_ip (BtEndpoint *endpoint, const char *ip, guint16 port)
{
  guint8 ipv4[4];

  if (inet_pton (AF_INET, ip, ipv4) != 1)
    return parse_ipv6 (endpoint, ip, port);
  bt_endpoint_set_ipv4 (endpoint, ipv4, port);
  return TRUE;
}

gboolean
bt_endpoint_parse (BtEndpoint *endpoint, const char *text)
{
  gboolean bracketed = text[0] == '[';
  const char *colon = strrchr (text, ':');
  g_autofree char *ip = NULL;
  guint64 port;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    return FALSE;
  if (bracketed && (colon - text < 2 || colon[-1] != ']'))
    return FALSE;
  ip = bracketed ? g_strndup (text + 1, (gsize) (colon - text) - 2)
                 : g_strndup (text, (gsize) (colon - text));
  /* Without brackets it is not known where an IPv6 address ends. */
  if ((strchr (ip, ':') != NULL) != bracketed)
    return FALSE;
  return bt_endpoint_parse_ip (endpoint, ip, (guint16) port);
}

gboolean
bt_endpoint_split (const char *text, char **host, guint16 *port)
{
  const char *colon = strrchr (text, ':');
  gsize length = colon != NULL ? (gsize) (colon - text) : 0;
  gboolean bracketed = length >= 2 && text[0] == '[' && text[length - 1] == ']';
  guint64 number;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;
  if (bracketed)
    {
      text++;
      length -= 2;
    }
  if (length == 0 || (!bracketed && memchr (text, ':', length) != NULL))
    return FALSE;
  *host = g_strndup (text, length);
  *port = (guint16) number;
  return TRUE;
}

void
bt_endpoint_format_ip (const BtEndpoint *endpoint, char text[BT_ENDPOINT_TEXT_SIZE])
{
  gboolean is_ipv4 = bt_endpoint_is_ipv4 (endpoint);
  gsize length;

  if (inet_ntop (is_ipv4 ? AF_INET : AF_INET6, endpoint->ip + (is_ipv4 ? sizeof ipv4_prefix : 0),
                 text, BT_ENDPOINT_TEXT_SIZE)
      == NULL)
    g_assert_not_reached ();
  length = strlen (text);
  if (endpoint->scope != 0)
    g_snprintf (text + length, BT_ENDPOINT_TEXT_SIZE - length, "%%%u", endpoint->scope);
}

void
bt_endpoint_format (const BtEndpoint *endpoint, char text[BT_ENDPOINT_TEXT_SIZE])
{
  gboolean is_ipv4 = bt_endpoint_is_ipv4 (endpoint);
  char ip[BT_ENDPOINT_TEXT_SIZE];

  bt_endpoint_format_ip (endpoint, ip);
  g_snprintf (text, BT_ENDPOINT_TEXT_SIZE, "%s%s%s:%u", is_ipv4 ? "" : "[", ip, is_ipv4 ? "" : "]",
              endpoint->port);
}

guint
bt_endpoint_hash (gconstpointer endpoint)
{
  const BtEndpoint *self = endpoint;
  guint64 halves[2];
  guint64 hash;

  memcpy (halves, self->ip, sizeof halves);
  hash = halves[0] * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) ^ halves[1];
  hash ^= (guint64) self->scope << 16 ^ self->port;
  hash = (hash ^ hash >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  hash = (hash ^ hash >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return (guint) (hash ^ hash >> 31);
}

gboolean
bt_endpoint_equal (gconstpointer a, gconstpointer b)
{
  return bt_endpoint_same_ip (a, b)
         && ((const BtEndpoint *) a)->port == ((const BtEndpoint *) b)->port;
}

gboolean
bt_endpoint_same_ip (const BtEndpoint *a, const BtEndpoint *b)
{
  return memcmp (a->ip, b->ip, sizeof a->ip) == 0 && a->scope == b->scope;
}

gboolean
bt_endpoint_is_in_network (const BtEndpoint *endpoint, const BtEndpoint *network, guint prefix_length)
{
  gboolean is_ipv4 = bt_endpoint_is_ipv4 (network);
  Range range = { .n_bits = is_ipv4 ? 96 + MIN (prefix_length, 32) : MIN (prefix_length, 128) };

  memcpy (range.ip, network->ip, sizeof range.ip);
  return bt_endpoint_is_ipv4 (endpoint) == is_ipv4 && is_in_range (endpoint, &range);
}

gboolean
bt_endpoint_is_loopback (const BtEndpoint *endpoint)
{
  return is_in_any (endpoint, loopback, G_N_ELEMENTS (loopback));
}

gboolean
bt_endpoint_is_link_local (const BtEndpoint *endpoint)
{
  return is_in_any (endpoint, link_local, G_N_ELEMENTS (link_local));
}

gboolean
bt_endpoint_is_private (const BtEndpoint *endpoint)
{
  return is_in_any (endpoint, private, G_N_ELEMENTS (private));
}

gboolean
bt_endpoint_is_multicast (const BtEndpoint *endpoint)
{
  return is_in_any (endpoint, multicast, G_N_ELEMENTS (multicast));
}

gboolean
bt_endpoint_is_unspecified (const BtEndpoint *endpoint)
{
  return is_in_any (endpoint, unspecified, G_N_ELEMENTS (unspecified));
}

gboolean
bt_endpoint_is_local (const BtEndpoint *endpoint)
{
  return bt_endpoint_is_loopback (endpoint) || bt_endpoint_is_link_local (endpoint)
         || bt_endpoint_is_private (endpoint);
}

gboolean
bt_endpoint_is_known_to (const BtEndpoint *endpoint, const BtEndpoint *by)
{
  if (bt_endpoint_is_link_local (endpoint))
    return FALSE;
  if (bt_endpoint_is_loopback (endpoint))
    return bt_endpoint_is_loopback (by);
  return !bt_endpoint_is_private (endpoint) || bt_endpoint_is_local (by);
}

gboolean
bt_endpoint_is_usable_peer (const BtEndpoint *endpoint)
{
  return endpoint->port != 0 && !bt_endpoint_is_unspecified (endpoint)
         && !bt_endpoint_is_multicast (endpoint) && !is_ipv4_compatible (endpoint)
         && !is_in_any (endpoint, reserved, G_N_ELEMENTS (reserved));
}

gboolean
bt_endpoint_is_usable_node (const BtEndpoint *endpoint)
{
  return bt_endpoint_is_usable_peer (endpoint) && endpoint->port >= BT_LIMIT_LOWEST_PORT;
}
