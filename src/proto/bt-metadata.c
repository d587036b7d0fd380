/* bt-metadata.c: the messages in which peers give each other the info dictionary (BEP 9).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metadata.h"

#include "bt-bencode.h"
#include "bt-error.h"
#include "bt-limits.h"

#define MAX_BLOCKS (BT_LIMIT_METADATA / BT_LIMIT_BLOCK)

G_STATIC_ASSERT (BT_LIMIT_BLOCK == 16384);
G_STATIC_ASSERT (BT_LIMIT_METADATA % BT_LIMIT_BLOCK == 0);

static BtMetadataType
read_type (gint64 type)
{
  return type >= BT_METADATA_REQUEST && type <= BT_METADATA_REJECT ? (BtMetadataType) type : BT_METADATA_UNKNOWN;
}

/* The block begins where the dictionary ends. */
static void
read_data (BtNode root, const guint8 *rest, gsize length, BtMetadataMessage *out)
{
  gint64 size = 0;

  out->data = rest;
  out->length = length;
  if (!bt_node_get_int (root, "total_size", &size) || size < 1 || size > BT_LIMIT_METADATA || length == 0
      || length > BT_LIMIT_BLOCK)
    out->type = BT_METADATA_UNKNOWN;
  else
    out->total_size = (guint32) size;
}

gboolean
bt_metadata_decode (const void *bytes, gsize length, BtMetadataMessage *out, GError **error)
{
  g_autoptr (BtBencode) doc = NULL;
  gint64 type, block;
  BtNode root;
  gsize end;

  *out = (BtMetadataMessage){ .type = BT_METADATA_UNKNOWN };
  if (length > BT_METADATA_MAX_MESSAGE)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_LIMIT, "The message about details is too long");
      return FALSE;
    }
  doc = bt_bencode_decode (bytes, length, &bt_bencode_limits_message,
                           BT_BENCODE_UNSORTED | BT_BENCODE_TRAILING, &end, error);
  if (doc == NULL)
    return FALSE;
  root = bt_bencode_root (doc);
  if (!bt_node_get_int (root, "msg_type", &type) || !bt_node_get_int (root, "piece", &block))
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "The message about details has no type or piece");
      return FALSE;
    }
  if (block < 0 || block >= MAX_BLOCKS)
    return TRUE;
  out->type = read_type (type);
  out->block = (guint32) block;
  if (out->type == BT_METADATA_DATA)
    read_data (root, (const guint8 *) bytes + end, length - end, out);
  return TRUE;
}

gsize
bt_metadata_encode (const BtMetadataMessage *message, char out[BT_METADATA_MAX_HEAD])
{
  if (message->type == BT_METADATA_DATA)
    return (gsize) g_snprintf (out, BT_METADATA_MAX_HEAD, "d8:msg_typei1e5:piecei%ue10:total_sizei%uee",
                               message->block, message->total_size);
  return (gsize) g_snprintf (out, BT_METADATA_MAX_HEAD, "d8:msg_typei%de5:piecei%uee", message->type, message->block);
}

/* The torrent file. */

static void
write_tiers (BtBencodeWriter *writer, const GPtrArray *tiers)
{
  bt_bencode_writer_begin_list (writer);
  for (guint i = 0; i < tiers->len; i++)
    {
      char **tier = g_ptr_array_index (tiers, i);

      bt_bencode_writer_begin_list (writer);
      for (; *tier != NULL; tier++)
        bt_bencode_writer_string (writer, *tier);
      bt_bencode_writer_end (writer);
    }
  bt_bencode_writer_end (writer);
}

static void
write_trackers (BtBencodeWriter *writer, const GPtrArray *tiers)
{
  char **first = g_ptr_array_index (tiers, 0);

  bt_bencode_writer_key (writer, "announce");
  bt_bencode_writer_string (writer, *first);
  bt_bencode_writer_key (writer, "announce-list");
  write_tiers (writer, tiers);
}

/* @node: "host:port", the host perhaps in brackets */
static void
write_node (BtBencodeWriter *writer, const char *node)
{
  const char *colon = strrchr (node, ':');
  gsize length = (gsize) (colon - node);
  g_autofree char *host = *node == '[' ? g_strndup (node + 1, length - 2) : g_strndup (node, length);

  bt_bencode_writer_begin_list (writer);
  bt_bencode_writer_string (writer, host);
  bt_bencode_writer_int (writer, g_ascii_strtoll (colon + 1, NULL, 10));
  bt_bencode_writer_end (writer);
}

static void
write_nodes (BtBencodeWriter *writer, char **nodes)
{
  bt_bencode_writer_key (writer, "nodes");
  bt_bencode_writer_begin_list (writer);
  for (; *nodes != NULL; nodes++)
    write_node (writer, *nodes);
  bt_bencode_writer_end (writer);
}

static void
write_web_seeds (BtBencodeWriter *writer, char **urls)
{
  bt_bencode_writer_key (writer, "url-list");
  bt_bencode_writer_begin_list (writer);
  for (; *urls != NULL; urls++)
    bt_bencode_writer_string (writer, *urls);
  bt_bencode_writer_end (writer);
}

/* Of a hybrid both hashes are of the same bytes. That they are not is no fault of who gave them. */
static gboolean
is_v2_right (const BtMagnet *magnet, const guint8 *info, gsize length, GError **error)
{
  g_autoptr (BtHasher) hasher = NULL;
  guint8 v2_hash[BT_MAGNET_V2_SIZE];

  if (!magnet->has_v2)
    return TRUE;
  hasher = bt_hasher_new (BT_HASH_SHA256);
  bt_hasher_update (hasher, info, length);
  bt_hasher_finish (hasher, v2_hash);
  if (memcmp (v2_hash, magnet->v2_hash, sizeof v2_hash) == 0)
    return TRUE;
  g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "The two hashes of the link are of different torrents");
  return FALSE;
}

GBytes *
bt_metadata_make_torrent (const BtMagnet *magnet, GBytes *details, GError **error)
{
  gsize length;
  const guint8 *info = g_bytes_get_data (details, &length);
  g_autoptr (BtBencodeWriter) writer = NULL;
  BtSha1 hash = bt_sha1 (info, length);

  if (!bt_sha1_equal (&hash, &magnet->info_hash) || !is_v2_right (magnet, info, length, error))
    return NULL;
  writer = bt_bencode_writer_new ();
  bt_bencode_writer_begin_dict (writer);
  if (magnet->tiers->len > 0)
    write_trackers (writer, magnet->tiers);
  bt_bencode_writer_key (writer, "info");
  bt_bencode_writer_raw (writer, info, length);
  if (*magnet->nodes != NULL)
    write_nodes (writer, magnet->nodes);
  if (*magnet->web_seeds != NULL)
    write_web_seeds (writer, magnet->web_seeds);
  bt_bencode_writer_end (writer);
  return bt_bencode_writer_finish (writer);
}
