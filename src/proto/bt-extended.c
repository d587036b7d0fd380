/* bt-extended.c: the extension handshake (BEP 9, 10, 11, 21, 54).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-extended.h"

#include "bt-bencode.h"
#include "bt-error.h"
#include "bt-limits.h"
#include "bt-text.h"

#define IPV4_OFFSET 12 /* of the four bytes in ::ffff:a.b.c.d */

/* In ascending order, as they are written. */
static const struct
{
  const char *name;
  BtExtendedId id;
} extensions[] = {
  { "lt_donthave", BT_EXTENDED_DONT_HAVE },
  { "upload_only", BT_EXTENDED_UPLOAD_ONLY },
  { "ut_metadata", BT_EXTENDED_METADATA },
  { "ut_pex", BT_EXTENDED_PEX },
};

void
bt_extended_handshake_init (BtExtendedHandshake *handshake)
{
  *handshake = (BtExtendedHandshake){ .reqq = -1, .upload_only = -1 };
}

void
bt_extended_handshake_clear (BtExtendedHandshake *handshake)
{
  g_free (handshake->client);
  bt_extended_handshake_init (handshake);
}

/* FALSE, and @out untouched, unless the value is there and within [min, max]. */
static gboolean
read_int (BtNode dict, const char *key, gint64 min, gint64 max, gint64 *out)
{
  gint64 value;

  if (!bt_node_get_int (dict, key, &value) || value < min || value > max)
    return FALSE;
  *out = value;
  return TRUE;
}

/* An id of 0 turns an extension off; a name that is not there leaves it as it was. */
static void
read_ids (BtNode dict, BtExtendedHandshake *out)
{
  BtNode ids = bt_node_get_dict (dict, "m");
  gint64 id;

  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++)
    if (read_int (ids, extensions[i].name, 0, G_MAXUINT8, &id))
      out->ids[extensions[i].id] = (guint8) id;
}

static void
read_client (BtNode dict, BtExtendedHandshake *out)
{
  const char *bytes;
  gsize length;
  g_autofree char *text = NULL;

  if (!bt_node_get_string (dict, "v", &bytes, &length))
    return;
  text = bt_text_for_display (bytes, length, BT_LIMIT_TEXT_CLIENT);
  g_strstrip (text);
  if (*text == '\0')
    return;
  g_free (out->client);
  out->client = g_steal_pointer (&text);
}

static gboolean
read_ip (BtNode dict, const char *key, BtEndpoint *out)
{
  const char *bytes;
  gsize length;

  if (!bt_node_get_string (dict, key, &bytes, &length))
    return FALSE;
  if (length == 4)
    bt_endpoint_set_ipv4 (out, (const guint8 *) bytes, 0);
  else if (length == 16)
    bt_endpoint_set_ipv6 (out, (const guint8 *) bytes, 0);
  return length == 4 || length == 16;
}

/* Each key has a family of its own. */
static void
read_addresses (BtNode dict, BtExtendedHandshake *out)
{
  BtEndpoint address;

  if (read_ip (dict, "ipv4", &address) && bt_endpoint_is_ipv4 (&address))
    out->ipv4 = address;
  if (read_ip (dict, "ipv6", &address) && !bt_endpoint_is_ipv4 (&address))
    out->ipv6 = address;
}

gboolean
bt_extended_handshake_decode (const void *bytes,
                              gsize length,
                              BtExtendedHandshake *out,
                              GError **error)
{
  g_autoptr (BtBencode) doc = NULL;
  BtNode root;
  gint64 value;

  doc = bt_bencode_decode (bytes, length, &bt_bencode_limits_message,
                           BT_BENCODE_UNSORTED | BT_BENCODE_TRAILING, NULL, error);
  if (doc == NULL)
    return FALSE;
  root = bt_bencode_root (doc);
  if (bt_node_type (root) != BT_BENCODE_DICT)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED,
                           "The extension handshake is no dictionary");
      return FALSE;
    }

  read_ids (root, out);
  read_client (root, out);
  read_addresses (root, out);
  out->has_your_ip |= read_ip (root, "yourip", &out->your_ip);
  if (read_int (root, "p", 1, G_MAXUINT16, &value))
    out->listen_port = (guint16) value;
  if (read_int (root, "reqq", 1, G_MAXINT64, &value))
    out->reqq = (gint) MIN (value, G_MAXINT);
  if (read_int (root, "upload_only", G_MININT64, G_MAXINT64, &value))
    out->upload_only = value != 0;
  if (read_int (root, "metadata_size", 1, BT_LIMIT_TORRENT_BYTES, &value))
    out->metadata_size = value;
  if (read_int (root, "e", G_MININT64, G_MAXINT64, &value))
    out->prefers_encryption = value != 0;
  return TRUE;
}

static void
write_int (BtBencodeWriter *writer, const char *key, gint64 value)
{
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_int (writer, value);
}

static void
write_ids (BtBencodeWriter *writer, const BtExtendedHandshake *handshake)
{
  bt_bencode_writer_key (writer, "m");
  bt_bencode_writer_begin_dict (writer);
  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++)
    {
      guint8 id = handshake->ids[extensions[i].id];

      if (id != 0 || (handshake->off & 1u << extensions[i].id) != 0)
        write_int (writer, extensions[i].name, id);
    }
  bt_bencode_writer_end (writer);
}

static void
write_ip (BtBencodeWriter *writer, const char *key, const BtEndpoint *ip)
{
  bt_bencode_writer_key (writer, key);
  if (bt_endpoint_is_ipv4 (ip))
    bt_bencode_writer_bytes (writer, ip->ip + IPV4_OFFSET, 4);
  else
    bt_bencode_writer_bytes (writer, ip->ip, 16);
}

GBytes *
bt_extended_handshake_encode (const BtExtendedHandshake *handshake)
{
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();

  /* Keys in ascending order. */
  bt_bencode_writer_begin_dict (writer);
  if (handshake->prefers_encryption)
    write_int (writer, "e", 1);
  if (!bt_endpoint_is_unspecified (&handshake->ipv4))
    write_ip (writer, "ipv4", &handshake->ipv4);
  if (!bt_endpoint_is_unspecified (&handshake->ipv6))
    write_ip (writer, "ipv6", &handshake->ipv6);
  write_ids (writer, handshake);
  if (handshake->metadata_size > 0)
    write_int (writer, "metadata_size", handshake->metadata_size);
  if (handshake->listen_port != 0)
    write_int (writer, "p", handshake->listen_port);
  if (handshake->reqq >= 0)
    write_int (writer, "reqq", handshake->reqq);
  if (handshake->upload_only >= 0)
    write_int (writer, "upload_only", handshake->upload_only);
  if (handshake->client != NULL)
    {
      bt_bencode_writer_key (writer, "v");
      bt_bencode_writer_string (writer, handshake->client);
    }
  if (handshake->has_your_ip)
    write_ip (writer, "yourip", &handshake->your_ip);
  bt_bencode_writer_end (writer);
  return bt_bencode_writer_finish (writer);
}
