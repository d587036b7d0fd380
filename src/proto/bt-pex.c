/* bt-pex.c: what one peer tells another of its connections (BEP 11).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-pex.h"

#include "bt-bencode.h"
#include "bt-error.h"
#include "bt-limits.h"

#define IPV4_OFFSET 12 /* of the four bytes in ::ffff:a.b.c.d */
#define COMPACT4 6
#define COMPACT6 18

BtPexMessage *
bt_pex_message_new (void)
{
  BtPexMessage *message = g_new (BtPexMessage, 1);

  message->added = g_array_new (FALSE, FALSE, sizeof (BtPexPeer));
  message->dropped = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  return message;
}

void
bt_pex_message_free (BtPexMessage *message)
{
  g_array_unref (message->added);
  g_array_unref (message->dropped);
  g_free (message);
}

/* Reading. */

/* A list of compact addresses, and for each (nullable) a byte. */
typedef struct
{
  const guint8 *bytes;
  const guint8 *flags;
  gsize n, n_flags;
  gsize entry_size;
} List;

static List
get_list (BtNode root, const char *key, const char *flags_key, gsize entry_size)
{
  List list = { .entry_size = entry_size };
  const char *bytes;
  gsize length;

  if (bt_node_get_string (root, key, &bytes, &length))
    {
      list.bytes = (const guint8 *) bytes;
      list.n = length / entry_size;
    }
  if (flags_key != NULL && bt_node_get_string (root, flags_key, &bytes, &length))
    {
      list.flags = (const guint8 *) bytes;
      list.n_flags = length;
    }
  return list;
}

static BtPexPeer
read_entry (const List *list, gsize index)
{
  const guint8 *entry = list->bytes + index * list->entry_size;
  BtPexPeer peer;

  if (list->entry_size == COMPACT4)
    bt_endpoint_from_compact4 (&peer.endpoint, entry);
  else
    bt_endpoint_from_compact6 (&peer.endpoint, entry);
  peer.flags = index < list->n_flags ? list->flags[index] : 0;
  return peer;
}

/* The same address said twice, in one list or both, counts the first time. */
static gboolean
is_new (GHashTable *seen, const BtEndpoint *endpoint)
{
  return !g_hash_table_contains (seen, endpoint) && g_hash_table_add (seen, g_memdup2 (endpoint, sizeof *endpoint));
}

static void
read_added (const List *list, GHashTable *seen, GArray *out)
{
  for (gsize i = 0; i < list->n && out->len < BT_LIMIT_PEX_ENTRIES; i++)
    {
      BtPexPeer peer = read_entry (list, i);

      if (is_new (seen, &peer.endpoint))
        g_array_append_val (out, peer);
    }
}

static void
read_dropped (const List *list, GHashTable *seen, GArray *out)
{
  for (gsize i = 0; i < list->n && out->len < BT_LIMIT_PEX_ENTRIES; i++)
    {
      BtPexPeer peer = read_entry (list, i);

      if (is_new (seen, &peer.endpoint))
        g_array_append_val (out, peer.endpoint);
    }
}

static void
read_lists (BtNode root, BtPexMessage *message)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, g_free, NULL);
  const List added4 = get_list (root, "added", "added.f", COMPACT4);
  const List added6 = get_list (root, "added6", "added6.f", COMPACT6);
  const List dropped4 = get_list (root, "dropped", NULL, COMPACT4);
  const List dropped6 = get_list (root, "dropped6", NULL, COMPACT6);

  read_added (&added4, seen, message->added);
  read_added (&added6, seen, message->added);
  read_dropped (&dropped4, seen, message->dropped);
  read_dropped (&dropped6, seen, message->dropped);
}

BtPexMessage *
bt_pex_decode (const void *bytes, gsize length, GError **error)
{
  g_autoptr(BtBencode) doc = bt_bencode_decode (bytes, length, &bt_bencode_limits_message,
                                                BT_BENCODE_UNSORTED | BT_BENCODE_TRAILING, NULL, error);
  BtPexMessage *message;

  if (doc == NULL)
    return NULL;
  if (bt_node_type (bt_bencode_root (doc)) != BT_BENCODE_DICT)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_MALFORMED, "The peer exchange is no dictionary");
      return NULL;
    }
  message = bt_pex_message_new ();
  read_lists (bt_bencode_root (doc), message);
  return message;
}

/* Writing. */

static void
append_compact (GByteArray *out, const BtEndpoint *endpoint)
{
  const guint8 port[2] = { (guint8) (endpoint->port >> 8), (guint8) endpoint->port };
  guint offset = bt_endpoint_is_ipv4 (endpoint) ? IPV4_OFFSET : 0;

  g_byte_array_append (out, endpoint->ip + offset, sizeof endpoint->ip - offset);
  g_byte_array_append (out, port, sizeof port);
}

static void
write_array (BtBencodeWriter *writer, const char *key, const GByteArray *bytes)
{
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_bytes (writer, bytes->data, bytes->len);
}

/* Those of one family. */
static void
write_added (BtBencodeWriter *writer, const GArray *added, gboolean ipv4, gboolean even_if_none)
{
  g_autoptr(GByteArray) peers = g_byte_array_new ();
  g_autoptr(GByteArray) flags = g_byte_array_new ();

  for (guint i = 0; i < added->len; i++)
    {
      const BtPexPeer *peer = &g_array_index (added, BtPexPeer, i);
      guint8 byte = (guint8) peer->flags;

      if (bt_endpoint_is_ipv4 (&peer->endpoint) != ipv4)
        continue;
      append_compact (peers, &peer->endpoint);
      g_byte_array_append (flags, &byte, 1);
    }
  if (peers->len == 0 && !even_if_none)
    return;
  write_array (writer, ipv4 ? "added" : "added6", peers);
  write_array (writer, ipv4 ? "added.f" : "added6.f", flags);
}

static void
write_dropped (BtBencodeWriter *writer, const GArray *dropped, gboolean ipv4, gboolean even_if_none)
{
  g_autoptr(GByteArray) peers = g_byte_array_new ();

  for (guint i = 0; i < dropped->len; i++)
    {
      const BtEndpoint *endpoint = &g_array_index (dropped, BtEndpoint, i);

      if (bt_endpoint_is_ipv4 (endpoint) == ipv4)
        append_compact (peers, endpoint);
    }
  if (peers->len > 0 || even_if_none)
    write_array (writer, ipv4 ? "dropped" : "dropped6", peers);
}

/* Old clients expect the lists of IPv4 even when they are empty. */
GBytes *
bt_pex_encode (const BtPexMessage *message)
{
  g_autoptr(BtBencodeWriter) writer = bt_bencode_writer_new ();

  bt_bencode_writer_begin_dict (writer);
  write_added (writer, message->added, TRUE, TRUE);
  write_added (writer, message->added, FALSE, FALSE);
  write_dropped (writer, message->dropped, TRUE, TRUE);
  write_dropped (writer, message->dropped, FALSE, FALSE);
  bt_bencode_writer_end (writer);
  return bt_bencode_writer_finish (writer);
}
