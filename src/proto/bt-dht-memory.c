/* bt-dht-memory.c: what our node of the DHT remembers over a restart, as a line of text.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-memory.h"

#include <string.h>

/* "1 ID MADE NODES": version, the id in hexadecimal digits, Unix seconds, and the nodes as the DHT
 * itself writes them, in base64. */
#define VERSION "1"
#define N_FIELDS 4
#define IPV4_OFFSET 12 /* of the four bytes in ::ffff:a.b.c.d */
#define COMPACT4_SIZE 6
#define COMPACT6_SIZE 18

void
bt_dht_memory_clear (BtDhtMemory *memory)
{
  g_clear_pointer (&memory->nodes, g_array_unref);
}

static void
append_node (GByteArray *bytes, const BtKrpcNode *node, gboolean is_ipv6)
{
  const BtEndpoint *endpoint = &node->endpoint;
  guint8 port[2] = { (guint8) (endpoint->port >> 8), (guint8) endpoint->port };

  g_byte_array_append (bytes, node->id.bytes, sizeof node->id.bytes);
  if (is_ipv6)
    g_byte_array_append (bytes, endpoint->ip, 16);
  else
    g_byte_array_append (bytes, endpoint->ip + IPV4_OFFSET, 4);
  g_byte_array_append (bytes, port, sizeof port);
}

char *
bt_dht_memory_format (const BtDhtMemory *memory, gboolean is_ipv6)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *nodes = NULL;
  char id[BT_SHA1_HEX_SIZE];

  for (guint i = 0; i < memory->nodes->len && i < BT_DHT_MEMORY_MAX_NODES; i++)
    append_node (bytes, &g_array_index (memory->nodes, BtKrpcNode, i), is_ipv6);
  nodes = bytes->len > 0 ? g_base64_encode (bytes->data, bytes->len) : g_strdup ("");
  bt_sha1_to_hex (&memory->id, id);
  return g_strdup_printf (VERSION " %s %" G_GINT64_FORMAT " %s", id, memory->made_at, nodes);
}

/* Those that cannot be are left out. */
static gboolean
parse_nodes (const char *text, gboolean is_ipv6, GArray *nodes)
{
  gsize size = BT_NODE_ID_SIZE + (is_ipv6 ? COMPACT6_SIZE : COMPACT4_SIZE);
  gsize length;
  g_autofree guint8 *bytes = g_base64_decode (text, &length);

  if (length % size != 0)
    return FALSE;
  for (gsize at = 0; at < length && nodes->len < BT_DHT_MEMORY_MAX_NODES; at += size)
    {
      BtKrpcNode node;

      memcpy (node.id.bytes, bytes + at, BT_NODE_ID_SIZE);
      if (is_ipv6)
        bt_endpoint_from_compact6 (&node.endpoint, bytes + at + BT_NODE_ID_SIZE);
      else
        bt_endpoint_from_compact4 (&node.endpoint, bytes + at + BT_NODE_ID_SIZE);
      if (bt_endpoint_is_usable_node (&node.endpoint)
          && bt_endpoint_is_ipv4 (&node.endpoint) != is_ipv6)
        g_array_append_val (nodes, node);
    }
  return TRUE;
}

gboolean
bt_dht_memory_parse (const char *text, gboolean is_ipv6, BtDhtMemory *out)
{
  g_auto (GStrv) fields = g_strsplit (text, " ", N_FIELDS);
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (BtKrpcNode));
  guint64 made_at;

  *out = (BtDhtMemory){ .nodes = NULL };
  if (g_strv_length (fields) != N_FIELDS || strcmp (fields[0], VERSION) != 0
      || !bt_sha1_from_hex (fields[1], &out->id)
      || !g_ascii_string_to_unsigned (fields[2], 10, 0, G_MAXINT64, &made_at, NULL)
      || !parse_nodes (fields[3], is_ipv6, nodes))
    return FALSE;
  out->made_at = (gint64) made_at;
  out->nodes = g_steal_pointer (&nodes);
  return TRUE;
}
