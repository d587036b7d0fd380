/* bt-node-id.c: places in the DHT's space of ids, and the ids that an address may have (BEP 42).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-node-id.h"

#include "bt-crc32c.h"

#include <string.h>

#define IPV4_OFFSET 12 /* of the four bytes in ::ffff:a.b.c.d */
#define R_MASK 7 /* bits of the last byte that go into the checksum */
#define PREFIX_MASK 0xfffff800u /* the 21 leading bits that the address decides */

BtNodeId
bt_node_id_distance (const BtNodeId *a, const BtNodeId *b)
{
  BtNodeId distance;

  for (guint i = 0; i < BT_NODE_ID_SIZE; i++)
    distance.bytes[i] = a->bytes[i] ^ b->bytes[i];
  return distance;
}

int
bt_node_id_compare (const BtNodeId *target, const BtNodeId *a, const BtNodeId *b)
{
  for (guint i = 0; i < BT_NODE_ID_SIZE; i++)
    {
      int order = (a->bytes[i] ^ target->bytes[i]) - (b->bytes[i] ^ target->bytes[i]);

      if (order != 0)
        return order;
    }
  return 0;
}

guint
bt_node_id_common_bits (const BtNodeId *a, const BtNodeId *b)
{
  for (guint i = 0; i < BT_NODE_ID_SIZE; i++)
    {
      gulong different = a->bytes[i] ^ b->bytes[i];

      if (different != 0)
        return i * 8 + 8 - g_bit_storage (different);
    }
  return BT_NODE_ID_BITS;
}

BtNodeId
bt_node_id_random (BtRandom *random)
{
  BtNodeId id;

  bt_random_fill (random, id.bytes, sizeof id.bytes);
  return id;
}

BtNodeId
bt_node_id_random_near (const BtNodeId *id, guint common_bits, BtRandom *random)
{
  BtNodeId near = bt_node_id_random (random);
  guint at = common_bits / 8;
  guint8 kept, flipped;

  if (common_bits >= BT_NODE_ID_BITS)
    return *id;
  memcpy (near.bytes, id->bytes, at);
  kept = (guint8) ~(0xff >> common_bits % 8);
  flipped = (guint8) (0x80 >> common_bits % 8);
  near.bytes[at] &= (guint8) ~(kept | flipped);
  near.bytes[at] |= (id->bytes[at] & kept) | (~id->bytes[at] & flipped);
  return near;
}

/* What the leading bits of an id must be, by the address and the three bits @r that are free. */
static guint32
compute_prefix (const BtEndpoint *endpoint, guint8 r)
{
  static const guint8 mask4[4] = { 0x03, 0x0f, 0x3f, 0xff };
  static const guint8 mask6[8] = { 0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, 0xff };
  gboolean is_ipv4 = bt_endpoint_is_ipv4 (endpoint);
  const guint8 *ip = endpoint->ip + (is_ipv4 ? IPV4_OFFSET : 0);
  const guint8 *mask = is_ipv4 ? mask4 : mask6;
  gsize length = is_ipv4 ? sizeof mask4 : sizeof mask6;
  guint8 masked[sizeof mask6];

  for (gsize i = 0; i < length; i++)
    masked[i] = ip[i] & mask[i];
  masked[0] |= (guint8) (r << 5);
  return bt_crc32c (masked, length) & PREFIX_MASK;
}

static guint32
read_prefix (const BtNodeId *id)
{
  guint32 prefix;

  memcpy (&prefix, id->bytes, sizeof prefix);
  return GUINT32_FROM_BE (prefix);
}

BtNodeId
bt_node_id_make (const BtEndpoint *external, BtRandom *random)
{
  BtNodeId id = bt_node_id_random (random);
  guint32 prefix;

  if (bt_endpoint_is_local (external))
    return id;
  prefix = compute_prefix (external, id.bytes[BT_NODE_ID_SIZE - 1] & R_MASK);
  prefix = GUINT32_TO_BE (prefix | (read_prefix (&id) & ~PREFIX_MASK));
  memcpy (id.bytes, &prefix, sizeof prefix);
  return id;
}

gboolean
bt_node_id_fits (const BtNodeId *id, const BtEndpoint *endpoint)
{
  guint8 r = id->bytes[BT_NODE_ID_SIZE - 1] & R_MASK;

  return bt_endpoint_is_local (endpoint)
         || (read_prefix (id) & PREFIX_MASK) == compute_prefix (endpoint, r);
}
