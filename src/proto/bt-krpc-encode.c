/* bt-krpc-encode.c: writes the datagrams of the DHT.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-krpc.h"

#include "bt-bencode.h"

#include <string.h>

#define IPV4_OFFSET 12 /* of the four bytes in ::ffff:a.b.c.d */
#define COMPACT4_SIZE 6
#define COMPACT6_SIZE 18

static const char *const method_names[] = {
  [BT_KRPC_PING] = "ping",
  [BT_KRPC_FIND_NODE] = "find_node",
  [BT_KRPC_GET_PEERS] = "get_peers",
  [BT_KRPC_ANNOUNCE_PEER] = "announce_peer",
  [BT_KRPC_GET] = "get",
  [BT_KRPC_PUT] = "put",
  [BT_KRPC_SAMPLE_INFOHASHES] = "sample_infohashes",
};

static const struct
{
  BtKrpcErrorCode code;
  const char *text;
} error_texts[] = {
  { BT_KRPC_ERROR_GENERIC, "Generic error" },
  { BT_KRPC_ERROR_SERVER, "Server error" },
  { BT_KRPC_ERROR_PROTOCOL, "Protocol error" },
  { BT_KRPC_ERROR_METHOD, "Method unknown" },
  { BT_KRPC_ERROR_TOO_BIG, "Value too big" },
  { BT_KRPC_ERROR_SIGNATURE, "Invalid signature" },
  { BT_KRPC_ERROR_SALT, "Salt too big" },
  { BT_KRPC_ERROR_CAS, "CAS mismatch" },
  { BT_KRPC_ERROR_SEQUENCE, "Sequence number less than current" },
};

/* How many of each list are written. */
typedef struct
{
  guint nodes;
  guint nodes6;
  guint values;
} Counts;

void
bt_krpc_init_query (BtKrpcMessage *message,
                    BtKrpcMethod method,
                    const BtNodeId *id,
                    const void *transaction,
                    gsize transaction_length)
{
  memset (message, 0, sizeof *message);
  message->type = BT_KRPC_QUERY;
  message->method = method;
  message->id = *id;
  message->transaction = (BtKrpcSpan){ transaction, transaction_length };
  message->version = (BtKrpcSpan){ (const guint8 *) BT_KRPC_VERSION, BT_KRPC_VERSION_SIZE };
}

static void
init_answer (BtKrpcMessage *message, const BtKrpcMessage *query, const BtEndpoint *to)
{
  BtKrpcSpan transaction = query->transaction;

  memset (message, 0, sizeof *message);
  message->transaction = transaction;
  message->version = (BtKrpcSpan){ (const guint8 *) BT_KRPC_VERSION, BT_KRPC_VERSION_SIZE };
  message->has_ip = TRUE;
  message->ip = *to;
}

void
bt_krpc_init_reply (BtKrpcMessage *message,
                    const BtKrpcMessage *query,
                    const BtNodeId *id,
                    const BtEndpoint *to)
{
  init_answer (message, query, to);
  message->type = BT_KRPC_REPLY;
  message->id = *id;
}

void
bt_krpc_init_error (BtKrpcMessage *message,
                    const BtKrpcMessage *query,
                    BtKrpcErrorCode code,
                    const BtEndpoint *to)
{
  init_answer (message, query, to);
  message->type = BT_KRPC_ERROR;
  message->code = code;
  for (gsize i = 0; i < G_N_ELEMENTS (error_texts); i++)
    if (error_texts[i].code == code)
      message->text
        = (BtKrpcSpan){ (const guint8 *) error_texts[i].text, strlen (error_texts[i].text) };
}

static void
write_int (BtBencodeWriter *writer, const char *key, gint64 value)
{
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_int (writer, value);
}

static void
write_flag (BtBencodeWriter *writer, const char *key, gboolean value)
{
  if (value)
    write_int (writer, key, 1);
}

/* Nothing when there are no bytes at all. */
static void
write_bytes (BtBencodeWriter *writer, const char *key, const guint8 *bytes, gsize length)
{
  if (bytes == NULL)
    return;
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_bytes (writer, bytes, length);
}

static void
write_span (BtBencodeWriter *writer, const char *key, BtKrpcSpan span)
{
  write_bytes (writer, key, span.data, span.length);
}

static void
write_value (BtBencodeWriter *writer, BtKrpcSpan value)
{
  if (value.data == NULL)
    return;
  bt_bencode_writer_key (writer, "v");
  bt_bencode_writer_raw (writer, value.data, value.length);
}

/* Returns the number of bytes. */
static gsize
format_compact (const BtEndpoint *endpoint, guint8 out[COMPACT6_SIZE])
{
  gboolean is_ipv4 = bt_endpoint_is_ipv4 (endpoint);
  gsize size = is_ipv4 ? COMPACT4_SIZE : COMPACT6_SIZE;

  memcpy (out, endpoint->ip + (is_ipv4 ? IPV4_OFFSET : 0), size - 2);
  out[size - 2] = (guint8) (endpoint->port >> 8);
  out[size - 1] = (guint8) endpoint->port;
  return size;
}

static void
write_nodes (BtBencodeWriter *writer, const char *key, const BtKrpcNode *nodes, guint n_nodes)
{
  guint8 bytes[BT_KRPC_MAX_NODES * (BT_NODE_ID_SIZE + COMPACT6_SIZE)];
  gsize length = 0;

  for (guint i = 0; i < n_nodes; i++)
    {
      memcpy (bytes + length, nodes[i].id.bytes, BT_NODE_ID_SIZE);
      length += BT_NODE_ID_SIZE;
      length += format_compact (&nodes[i].endpoint, bytes + length);
    }
  write_bytes (writer, key, bytes, length);
}

static void
write_values (BtBencodeWriter *writer, const BtEndpoint *values, guint n_values)
{
  guint8 bytes[COMPACT6_SIZE];

  if (n_values == 0)
    return;
  bt_bencode_writer_key (writer, "values");
  bt_bencode_writer_begin_list (writer);
  for (guint i = 0; i < n_values; i++)
    bt_bencode_writer_bytes (writer, bytes, format_compact (&values[i], bytes));
  bt_bencode_writer_end (writer);
}

static void
write_want (BtBencodeWriter *writer, BtKrpcWant want)
{
  if (want == BT_KRPC_WANT_DEFAULT)
    return;
  bt_bencode_writer_key (writer, "want");
  bt_bencode_writer_begin_list (writer);
  if ((want & BT_KRPC_WANT_IPV4) != 0)
    bt_bencode_writer_string (writer, "n4");
  if ((want & BT_KRPC_WANT_IPV6) != 0)
    bt_bencode_writer_string (writer, "n6");
  bt_bencode_writer_end (writer);
}

static gboolean
has_info_hash (const BtKrpcMessage *message)
{
  return message->method == BT_KRPC_GET_PEERS || message->method == BT_KRPC_ANNOUNCE_PEER;
}

static gboolean
has_target (const BtKrpcMessage *message)
{
  return message->method == BT_KRPC_FIND_NODE || message->method == BT_KRPC_GET
         || message->method == BT_KRPC_SAMPLE_INFOHASHES;
}

/* Keys in ascending order, here and below. */
static void
write_arguments (BtBencodeWriter *writer, const BtKrpcMessage *message)
{
  const BtKrpcItem *item = &message->item;

  bt_bencode_writer_key (writer, "a");
  bt_bencode_writer_begin_dict (writer);
  if (item->has_cas)
    write_int (writer, "cas", item->cas);
  write_bytes (writer, "id", message->id.bytes, BT_NODE_ID_SIZE);
  write_flag (writer, "implied_port", message->implied_port);
  if (has_info_hash (message))
    write_bytes (writer, "info_hash", message->target.bytes, BT_SHA1_SIZE);
  write_bytes (writer, "k", item->key, BT_KRPC_KEY_SIZE);
  write_flag (writer, "noseed", message->noseed);
  if (message->method == BT_KRPC_ANNOUNCE_PEER)
    write_int (writer, "port", message->port);
  write_span (writer, "salt", item->salt);
  write_flag (writer, "scrape", message->scrape);
  write_flag (writer, "seed", message->seed);
  if (item->has_sequence)
    write_int (writer, "seq", item->sequence);
  write_bytes (writer, "sig", item->signature, BT_KRPC_SIGNATURE_SIZE);
  if (has_target (message))
    write_bytes (writer, "target", message->target.bytes, BT_NODE_ID_SIZE);
  write_span (writer, "token", message->token);
  write_value (writer, item->value);
  write_want (writer, message->want);
  bt_bencode_writer_end (writer);
}

static void
write_reply (BtBencodeWriter *writer, const BtKrpcMessage *message, const Counts *counts)
{
  const BtKrpcItem *item = &message->item;

  bt_bencode_writer_key (writer, "r");
  bt_bencode_writer_begin_dict (writer);
  write_bytes (writer, "BFpe", message->peers, BT_KRPC_BLOOM_SIZE);
  write_bytes (writer, "BFsd", message->seeds, BT_KRPC_BLOOM_SIZE);
  write_bytes (writer, "id", message->id.bytes, BT_NODE_ID_SIZE);
  if (message->has_samples)
    write_int (writer, "interval", message->interval_s);
  write_bytes (writer, "k", item->key, BT_KRPC_KEY_SIZE);
  if (message->has_nodes)
    write_nodes (writer, "nodes", message->nodes, counts->nodes);
  if (message->has_nodes6)
    write_nodes (writer, "nodes6", message->nodes6, counts->nodes6);
  if (message->has_samples)
    {
      write_int (writer, "num", message->n_stored);
      bt_bencode_writer_key (writer, "samples");
      bt_bencode_writer_bytes (writer, message->samples.data, message->samples.length);
    }
  if (item->has_sequence)
    write_int (writer, "seq", item->sequence);
  write_bytes (writer, "sig", item->signature, BT_KRPC_SIGNATURE_SIZE);
  write_span (writer, "token", message->token);
  write_value (writer, item->value);
  write_values (writer, message->values, counts->values);
  bt_bencode_writer_end (writer);
}

static void
write_error (BtBencodeWriter *writer, const BtKrpcMessage *message)
{
  bt_bencode_writer_key (writer, "e");
  bt_bencode_writer_begin_list (writer);
  bt_bencode_writer_int (writer, message->code);
  bt_bencode_writer_bytes (writer, message->text.data, message->text.length);
  bt_bencode_writer_end (writer);
}

static void
write_ip (BtBencodeWriter *writer, const BtKrpcMessage *message)
{
  guint8 bytes[COMPACT6_SIZE];

  if (message->has_ip)
    write_bytes (writer, "ip", bytes, format_compact (&message->ip, bytes));
}

static GBytes *
write_message (const BtKrpcMessage *message, const Counts *counts)
{
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();
  static const char *const kinds[] = { "q", "r", "e" };

  bt_bencode_writer_begin_dict (writer);
  if (message->type == BT_KRPC_QUERY)
    write_arguments (writer, message);
  else if (message->type == BT_KRPC_ERROR)
    write_error (writer, message);
  write_ip (writer, message);
  if (message->type == BT_KRPC_QUERY)
    {
      bt_bencode_writer_key (writer, "q");
      bt_bencode_writer_string (writer, method_names[message->method]);
    }
  else if (message->type == BT_KRPC_REPLY)
    write_reply (writer, message, counts);
  write_flag (writer, "ro", message->read_only);
  bt_bencode_writer_key (writer, "t");
  bt_bencode_writer_bytes (writer, message->transaction.data, message->transaction.length);
  write_span (writer, "v", message->version);
  bt_bencode_writer_key (writer, "y");
  bt_bencode_writer_string (writer, kinds[message->type]);
  bt_bencode_writer_end (writer);
  return bt_bencode_writer_finish (writer);
}

/* Leaves out what makes up for @excess bytes, or as much of it as one list has; peers first, for
 * there are many and each is as good as another. */
static gboolean
shrink (Counts *counts, gsize excess)
{
  guint *list = counts->values > 0               ? &counts->values
                : counts->nodes6 > counts->nodes ? &counts->nodes6
                                                 : &counts->nodes;
  guint n_most = (guint) MIN (excess / (BT_NODE_ID_SIZE + COMPACT6_SIZE) + 1, G_MAXUINT);

  if (*list == 0)
    return FALSE;
  *list -= MIN (*list, n_most);
  return TRUE;
}

gsize
bt_krpc_encode (const BtKrpcMessage *message, guint8 out[BT_KRPC_MAX_ITEM_BYTES])
{
  Counts counts = { message->n_nodes, message->n_nodes6, message->n_values };
  gsize max = message->item.value.data != NULL ? BT_KRPC_MAX_ITEM_BYTES : BT_KRPC_MAX_BYTES;

  g_return_val_if_fail (message->type != BT_KRPC_QUERY || message->method != BT_KRPC_UNKNOWN, 0);
  for (;;)
    {
      g_autoptr (GBytes) bytes = write_message (message, &counts);
      gsize length = g_bytes_get_size (bytes);

      if (length <= max)
        {
          memcpy (out, g_bytes_get_data (bytes, NULL), length);
          return length;
        }
      if (!shrink (&counts, length - max))
        return 0;
    }
}
