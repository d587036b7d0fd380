/* bt-krpc.c: reads the datagrams of the DHT (BEP 5, 32, 33, 42, 43, 44, 51).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-krpc.h"

#include "bt-bencode.h"
#include "bt-limits.h"

#include <string.h>

#define COMPACT4_SIZE 6
#define COMPACT6_SIZE 18
#define MAX_INTERVAL_S 21600 /* BEP 51 */

/* What each method is called, and under which name it has its target. */
static const struct
{
  const char *name;
  BtKrpcMethod method;
  const char *target; /* (nullable) */
} methods[] = {
  { "ping", BT_KRPC_PING, NULL },
  { "find_node", BT_KRPC_FIND_NODE, "target" },
  { "get_peers", BT_KRPC_GET_PEERS, "info_hash" },
  { "announce_peer", BT_KRPC_ANNOUNCE_PEER, "info_hash" },
  { "get", BT_KRPC_GET, "target" },
  { "put", BT_KRPC_PUT, NULL },
  { "sample_infohashes", BT_KRPC_SAMPLE_INFOHASHES, "target" },
};

typedef struct
{
  BtKrpcMessage *out;
  const BtEndpoint *from;
} Decoder;

static gboolean
is_text (const char *bytes, gsize length, const char *text)
{
  return strlen (text) == length && memcmp (bytes, text, length) == 0;
}

/* FALSE, and @out untouched, unless the string is there and has between @min and @max bytes. */
static gboolean
read_span (BtNode dict, const char *key, gsize min, gsize max, BtKrpcSpan *out)
{
  const char *bytes;
  gsize length;

  if (!bt_node_get_string (dict, key, &bytes, &length) || length < min || length > max)
    return FALSE;
  *out = (BtKrpcSpan){ (const guint8 *) bytes, length };
  return TRUE;
}

/* NULL unless the string is there and has exactly @size bytes. */
static const guint8 *
read_fixed (BtNode dict, const char *key, gsize size)
{
  BtKrpcSpan span = { NULL, 0 };

  return read_span (dict, key, size, size, &span) ? span.data : NULL;
}

static gboolean
read_id (BtNode dict, const char *key, BtNodeId *out)
{
  const guint8 *bytes = read_fixed (dict, key, BT_NODE_ID_SIZE);

  if (bytes != NULL)
    memcpy (out->bytes, bytes, BT_NODE_ID_SIZE);
  return bytes != NULL;
}

static gboolean
read_flag (BtNode dict, const char *key)
{
  gint64 value;

  return bt_node_get_int (dict, key, &value) && value != 0;
}

/* Whether @told can be believed of @from: somebody may be there, and it does not lead out of the
 * Internet into a network of ours. */
static gboolean
is_plausible (const BtEndpoint *told, const BtEndpoint *from)
{
  if (!bt_endpoint_is_usable_peer (told))
    return FALSE;
  if (bt_endpoint_is_loopback (told))
    return bt_endpoint_is_loopback (from);
  /* Without its interface a link-local address of IPv6 leads nowhere. */
  if (bt_endpoint_is_link_local (told) && !bt_endpoint_is_ipv4 (told))
    return FALSE;
  return !bt_endpoint_is_local (told) || bt_endpoint_is_local (from);
}

/* An address of IPv6 that means one of IPv4 is none: nobody can be sent to it. */
static gboolean
read_compact (const Decoder *decoder, const guint8 *bytes, gsize size, BtEndpoint *out)
{
  if (size == COMPACT4_SIZE)
    bt_endpoint_from_compact4 (out, bytes);
  else
    bt_endpoint_from_compact6 (out, bytes);
  return (size == COMPACT4_SIZE) == bt_endpoint_is_ipv4 (out) && is_plausible (out, decoder->from);
}

/* With the port or, as some send it, without. */
static void
read_ip (Decoder *decoder, BtNode root)
{
  BtKrpcMessage *out = decoder->out;
  BtKrpcSpan span = { NULL, 0 };
  BtEndpoint probe;

  if (!read_span (root, "ip", 4, COMPACT6_SIZE, &span))
    return;
  if (span.length == COMPACT4_SIZE)
    bt_endpoint_from_compact4 (&out->ip, span.data);
  else if (span.length == COMPACT6_SIZE)
    bt_endpoint_from_compact6 (&out->ip, span.data);
  else if (span.length == COMPACT4_SIZE - 2)
    bt_endpoint_set_ipv4 (&out->ip, span.data, 0);
  else if (span.length == COMPACT6_SIZE - 2)
    bt_endpoint_set_ipv6 (&out->ip, span.data, 0);
  else
    return;
  probe = out->ip;
  probe.port = 1;
  out->has_ip = is_plausible (&probe, decoder->from);
}

static BtKrpcWant
read_want (BtNode arguments)
{
  BtKrpcWant want = BT_KRPC_WANT_DEFAULT;
  const char *bytes;
  gsize length;
  BtNodeIter iter;
  BtNode node;

  bt_node_iter_init (&iter, bt_node_get_list (arguments, "want"));
  while (bt_node_iter_next (&iter, &node))
    {
      if (!bt_node_string (node, &bytes, &length))
        continue;
      if (is_text (bytes, length, "n4"))
        want |= BT_KRPC_WANT_IPV4;
      else if (is_text (bytes, length, "n6"))
        want |= BT_KRPC_WANT_IPV6;
    }
  return want;
}

/* Whether the bytes are one value in the one form that it has: what is signed and hashed must not
 * be read by anybody else as something else. */
static gboolean
is_canonical (const guint8 *bytes, gsize length)
{
  g_autoptr (BtBencode) doc
    = bt_bencode_decode (bytes, length, &bt_bencode_limits_message, BT_BENCODE_STRICT, NULL, NULL);

  return doc != NULL;
}

static BtKrpcErrorCode
read_value (BtNode dict, BtKrpcItem *item)
{
  gsize length;
  const guint8 *span = bt_node_span (bt_node_get (dict, "v"), &length);

  if (span == NULL)
    return BT_KRPC_ERROR_PROTOCOL;
  if (length > BT_LIMIT_DHT_ITEM_BYTES)
    return BT_KRPC_ERROR_TOO_BIG;
  if (!is_canonical (span, length))
    return BT_KRPC_ERROR_PROTOCOL;
  item->value = (BtKrpcSpan){ span, length };
  return 0;
}

static gboolean
has_key (BtNode dict, const char *key)
{
  return bt_node_type (bt_node_get (dict, key)) != BT_BENCODE_NONE;
}

/* The value and, of a mutable item, key, signature and sequence number: all of them or none. */
static BtKrpcErrorCode
read_item (BtNode dict, BtKrpcItem *item)
{
  BtKrpcErrorCode problem = read_value (dict, item);

  if (problem != 0)
    return problem;
  if (!has_key (dict, "k") && !has_key (dict, "sig"))
    return 0;
  item->key = read_fixed (dict, "k", BT_KRPC_KEY_SIZE);
  item->signature = read_fixed (dict, "sig", BT_KRPC_SIGNATURE_SIZE);
  item->has_sequence = bt_node_get_int (dict, "seq", &item->sequence);
  return item->key != NULL && item->signature != NULL && item->has_sequence
           ? 0
           : BT_KRPC_ERROR_PROTOCOL;
}

static BtKrpcErrorCode
read_put (BtNode arguments, BtKrpcMessage *out)
{
  BtKrpcErrorCode problem = read_item (arguments, &out->item);

  if (problem != 0)
    return problem;
  if (has_key (arguments, "salt")
      && !read_span (arguments, "salt", 0, BT_LIMIT_DHT_SALT, &out->item.salt))
    return BT_KRPC_ERROR_SALT;
  out->item.has_cas = bt_node_get_int (arguments, "cas", &out->item.cas);
  return out->token.data != NULL ? 0 : BT_KRPC_ERROR_PROTOCOL;
}

static BtKrpcErrorCode
read_announce (BtNode arguments, BtKrpcMessage *out)
{
  gint64 port;

  out->implied_port = read_flag (arguments, "implied_port");
  out->seed = read_flag (arguments, "seed");
  if (bt_node_get_int (arguments, "port", &port) && port > 0 && port <= G_MAXUINT16)
    out->port = (guint16) port;
  if (out->token.data == NULL || (out->port == 0 && !out->implied_port))
    return BT_KRPC_ERROR_PROTOCOL;
  return 0;
}

/* An unknown method that names a target is somebody's extension: it is told nodes near it. */
static BtKrpcErrorCode
read_method (BtNode root, BtNode arguments, BtKrpcMessage *out)
{
  BtKrpcSpan name = { NULL, 0 };

  if (!read_span (root, "q", 1, G_MAXSIZE, &name))
    return BT_KRPC_ERROR_PROTOCOL;
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      if (!is_text ((const char *) name.data, name.length, methods[i].name))
        continue;
      out->method = methods[i].method;
      if (methods[i].target != NULL && !read_id (arguments, methods[i].target, &out->target))
        return BT_KRPC_ERROR_PROTOCOL;
      return 0;
    }
  if (!read_id (arguments, "target", &out->target)
      && !read_id (arguments, "info_hash", &out->target))
    return BT_KRPC_ERROR_METHOD;
  return 0;
}

static BtKrpcErrorCode
read_arguments (BtNode root, BtKrpcMessage *out)
{
  BtNode arguments = bt_node_get_dict (root, "a");
  BtKrpcErrorCode problem = read_method (root, arguments, out);

  if (problem != 0)
    return problem;
  if (!read_id (arguments, "id", &out->id))
    return BT_KRPC_ERROR_PROTOCOL;
  read_span (arguments, "token", 1, BT_KRPC_MAX_TOKEN, &out->token);
  out->want = read_want (arguments);
  out->noseed = read_flag (arguments, "noseed");
  out->scrape = read_flag (arguments, "scrape");
  if (out->method == BT_KRPC_ANNOUNCE_PEER)
    return read_announce (arguments, out);
  if (out->method == BT_KRPC_PUT)
    return read_put (arguments, out);
  if (out->method == BT_KRPC_GET)
    out->item.has_sequence = bt_node_get_int (arguments, "seq", &out->item.sequence);
  return 0;
}

/* A list whose length is no multiple of what a node has is none. Returns whether it is there. */
static gboolean
read_nodes (const Decoder *decoder,
            BtNode reply,
            const char *key,
            gsize compact_size,
            BtKrpcNode out[BT_KRPC_MAX_NODES],
            guint *n_out)
{
  gsize node_size = BT_NODE_ID_SIZE + compact_size;
  BtKrpcSpan span = { NULL, 0 };

  if (!read_span (reply, key, 0, G_MAXSIZE, &span) || span.length % node_size != 0)
    return FALSE;
  for (gsize at = 0; at < span.length && *n_out < BT_KRPC_MAX_NODES; at += node_size)
    {
      BtKrpcNode *node = &out[*n_out];

      memcpy (node->id.bytes, span.data + at, BT_NODE_ID_SIZE);
      if (read_compact (decoder, span.data + at + BT_NODE_ID_SIZE, compact_size, &node->endpoint)
          && bt_endpoint_is_usable_node (&node->endpoint))
        (*n_out)++;
    }
  return TRUE;
}

static void
add_value (Decoder *decoder, const guint8 *bytes, gsize size)
{
  BtKrpcMessage *out = decoder->out;

  if (out->n_values < BT_KRPC_MAX_VALUES
      && read_compact (decoder, bytes, size, &out->values[out->n_values]))
    out->n_values++;
}

/* Peers of either family (BEP 32). A single string of another length is the form of the first
 * nodes there were: all peers in one. */
static void
read_values (Decoder *decoder, BtNode reply)
{
  BtNode list = bt_node_get_list (reply, "values");
  const char *bytes;
  gsize length;
  BtNodeIter iter;
  BtNode node;

  bt_node_iter_init (&iter, list);
  while (bt_node_iter_next (&iter, &node))
    {
      if (!bt_node_string (node, &bytes, &length))
        continue;
      if (length == COMPACT4_SIZE || length == COMPACT6_SIZE)
        add_value (decoder, (const guint8 *) bytes, length);
      else if (bt_node_length (list) == 1 && length % COMPACT4_SIZE == 0)
        for (gsize at = 0; at < length; at += COMPACT4_SIZE)
          add_value (decoder, (const guint8 *) bytes + at, COMPACT4_SIZE);
    }
}

static void
read_samples (BtNode reply, BtKrpcMessage *out)
{
  if (!read_span (reply, "samples", 0, G_MAXSIZE, &out->samples)
      || out->samples.length % BT_SHA1_SIZE != 0)
    {
      out->samples = (BtKrpcSpan){ NULL, 0 };
      return;
    }
  out->has_samples = TRUE;
  if (bt_node_get_int (reply, "interval", &out->interval_s))
    out->interval_s = CLAMP (out->interval_s, 0, MAX_INTERVAL_S);
  if (bt_node_get_int (reply, "num", &out->n_stored))
    out->n_stored = MAX (out->n_stored, 0);
}

/* A number alone says that there is nothing newer than was asked for. */
static void
read_reply_item (BtNode reply, BtKrpcItem *item)
{
  if (read_item (reply, item) == 0)
    return;
  *item = (BtKrpcItem){ 0 };
  item->has_sequence = bt_node_get_int (reply, "seq", &item->sequence);
}

static gboolean
read_reply (Decoder *decoder, BtNode root)
{
  BtNode reply = bt_node_get_dict (root, "r");
  BtKrpcMessage *out = decoder->out;

  if (!read_id (reply, "id", &out->id))
    return FALSE;
  read_span (reply, "token", 1, BT_KRPC_MAX_TOKEN, &out->token);
  out->has_nodes
    = read_nodes (decoder, reply, "nodes", COMPACT4_SIZE, out->nodes, &out->n_nodes);
  out->has_nodes6
    = read_nodes (decoder, reply, "nodes6", COMPACT6_SIZE, out->nodes6, &out->n_nodes6);
  read_values (decoder, reply);
  read_reply_item (reply, &out->item);
  read_samples (reply, out);
  out->seeds = read_fixed (reply, "BFsd", BT_KRPC_BLOOM_SIZE);
  out->peers = read_fixed (reply, "BFpe", BT_KRPC_BLOOM_SIZE);
  return TRUE;
}

static gboolean
read_error (BtNode root, BtKrpcMessage *out)
{
  BtNode list = bt_node_get_list (root, "e");
  const char *bytes;
  gsize length;
  BtNodeIter iter;
  BtNode node;

  bt_node_iter_init (&iter, list);
  if (!bt_node_iter_next (&iter, &node) || !bt_node_int (node, &out->code))
    return FALSE;
  if (bt_node_iter_next (&iter, &node) && bt_node_string (node, &bytes, &length))
    out->text = (BtKrpcSpan){ (const guint8 *) bytes, length };
  return TRUE;
}

static gboolean
read_body (Decoder *decoder, BtNode root)
{
  BtKrpcMessage *out = decoder->out;
  const guint8 *kind = read_fixed (root, "y", 1);

  switch (kind != NULL ? *kind : 0)
    {
    case 'q':
      out->type = BT_KRPC_QUERY;
      out->problem = read_arguments (root, out);
      return TRUE;
    case 'r':
      out->type = BT_KRPC_REPLY;
      return read_reply (decoder, root);
    case 'e':
      out->type = BT_KRPC_ERROR;
      return read_error (root, out);
    default:
      return FALSE;
    }
}

gboolean
bt_krpc_decode (const void *data, gsize length, const BtEndpoint *from, BtKrpcMessage *out)
{
  Decoder decoder = { out, from };
  g_autoptr (BtBencode) doc = NULL;
  BtNode root;

  memset (out, 0, sizeof *out);
  if (length > BT_LIMIT_DHT_DATAGRAM)
    return FALSE;
  /* Keys out of order and something behind the end are what some clients send. */
  doc = bt_bencode_decode (data, length, &bt_bencode_limits_message,
                           BT_BENCODE_UNSORTED | BT_BENCODE_TRAILING, NULL, NULL);
  if (doc == NULL)
    return FALSE;
  root = bt_bencode_root (doc);
  if (!read_span (root, "t", 0, BT_KRPC_MAX_TRANSACTION, &out->transaction))
    return FALSE;
  read_span (root, "v", 1, G_MAXSIZE, &out->version);
  out->read_only = read_flag (root, "ro");
  read_ip (&decoder, root);
  return read_body (&decoder, root);
}
