/* bt-metainfo.c: what a .torrent file says, read and checked (BEP 3, 12, 19, 27, 47).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-metainfo.h"

#include <string.h>

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-metainfo-private.h"
#include "bt-path.h"
#include "bt-text.h"

/* 31 December 9999, the last day that GDateTime knows. */
#define LAST_SECOND G_GINT64_CONSTANT (253402300799)

static gboolean
refuse (GError **error, BtError code, const char *why)
{
  g_set_error_literal (error, BT_ERROR, code, why);
  return FALSE;
}

/* A line break at the end is left by editors and by echo. Anything else is not ours to guess. */
static gboolean
check_rest (const guint8 *data, gsize consumed, gsize length, GError **error)
{
  for (gsize i = consumed; i < length; i++)
    if (data[i] != '\n' && data[i] != '\r')
      {
        g_set_error (error, BT_ERROR, BT_ERROR_MALFORMED,
                     "torrent: bytes follow its end at byte %" G_GSIZE_FORMAT, consumed);
        return FALSE;
      }
  return TRUE;
}

static BtBencode *
decode (GBytes *torrent, GError **error)
{
  g_autoptr (BtBencode) doc = NULL;
  gsize length, consumed;
  const guint8 *data = g_bytes_get_data (torrent, &length);

  if (length > BT_LIMIT_TORRENT_BYTES)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_LIMIT, "torrent: it has more than %u bytes",
                   BT_LIMIT_TORRENT_BYTES);
      return NULL;
    }
  doc = bt_bencode_decode (data, length, &bt_bencode_limits_torrent,
                           BT_BENCODE_UNSORTED | BT_BENCODE_TRAILING, &consumed, error);
  if (doc == NULL)
    {
      g_prefix_error (error, "torrent: ");
      return NULL;
    }
  if (!check_rest (data, consumed, length, error))
    return NULL;
  if (bt_node_type (bt_bencode_root (doc)) != BT_BENCODE_DICT)
    {
      refuse (error, BT_ERROR_MALFORMED, "torrent: it is not a dictionary");
      return NULL;
    }
  return g_steal_pointer (&doc);
}

/* From version 2 on, only the canonical form counts (BEP 52). */
static gboolean
check_canonical (BtNode info, GError **error)
{
  gsize length;
  const guint8 *data = bt_node_span (info, &length);
  g_autoptr (BtBencode) strict =
    bt_bencode_decode (data, length, &bt_bencode_limits_torrent, BT_BENCODE_STRICT, NULL, error);

  if (strict == NULL)
    g_prefix_error (error, "info: ");
  return strict != NULL;
}

/* Comes before everything else: the rest may mean something else in another version. */
static gboolean
read_version (BtMetainfo *metainfo, BtNode info, GError **error)
{
  BtNode node = bt_node_get (info, "meta version");
  gint64 version = 1;

  if (bt_node_type (node) != BT_BENCODE_NONE && (!bt_node_int (node, &version) || version < 1))
    return refuse (error, BT_ERROR_MALFORMED, "info.meta version: it is not a positive integer");
  if (version == 1)
    return TRUE;
  if (version > 2)
    return refuse (error, BT_ERROR_UNSUPPORTED, "info.meta version: it is newer than this program");
  if (!check_canonical (info, error))
    return FALSE;
  if (bt_node_type (bt_node_get (info, "pieces")) == BT_BENCODE_NONE)
    return refuse (error, BT_ERROR_UNSUPPORTED,
                   "info.meta version: version 2 is not supported yet");
  metainfo->is_hybrid = TRUE;
  return TRUE;
}

/* The string at @key.utf-8, else at @key; what is empty counts as absent. */
static gboolean
get_text (BtNode dict, const char *key, const char **text, gsize *length)
{
  g_autofree char *utf8_key = g_strconcat (key, ".utf-8", NULL);

  return (bt_node_get_string (dict, utf8_key, text, length) && *length > 0)
         || (bt_node_get_string (dict, key, text, length) && *length > 0);
}

static gboolean
read_name (BtMetainfo *metainfo, BtNode info, GError **error)
{
  const char *bytes;
  gsize length;

  if (!get_text (info, "name", &bytes, &length))
    return refuse (error, BT_ERROR_MALFORMED, "info.name: it is missing, empty or not a string");

  metainfo->name = bt_path_sanitize (bytes, length);
  /* Nothing was left of it: many a torrent would share that name. */
  if (strcmp (metainfo->name, "_") == 0 && !(length == 1 && bytes[0] == '_'))
    {
      g_free (metainfo->name);
      metainfo->name = g_new (char, BT_SHA1_HEX_SIZE);
      bt_sha1_to_hex (&metainfo->info_hash, metainfo->name);
    }
  return TRUE;
}

static gboolean
read_piece_length (BtMetainfo *metainfo, BtNode info, GError **error)
{
  gint64 length;

  if (!bt_node_get_int (info, "piece length", &length))
    return refuse (error, BT_ERROR_MALFORMED, "info.piece length: it is missing or not an integer");
  if (length <= 0)
    return refuse (error, BT_ERROR_MALFORMED, "info.piece length: it is not positive");
  if (length > BT_LIMIT_PIECE_LENGTH)
    return refuse (error, BT_ERROR_LIMIT, "info.piece length: it is too large");
  metainfo->piece_length = (guint32) length;
  return TRUE;
}

static gboolean
read_pieces (BtMetainfo *metainfo, BtNode info, GError **error)
{
  const char *hashes;
  gsize length;
  guint64 wanted;

  if (!bt_node_get_string (info, "pieces", &hashes, &length))
    {
      if (bt_node_type (bt_node_get (info, "root hash")) != BT_BENCODE_NONE)
        return refuse (error, BT_ERROR_UNSUPPORTED,
                       "info.root hash: Merkle torrents (BEP 30) are not supported");
      return refuse (error, BT_ERROR_MALFORMED, "info.pieces: it is missing or not a string");
    }
  wanted = (metainfo->total_size + metainfo->piece_length - 1) / metainfo->piece_length;
  if (wanted > BT_LIMIT_PIECES)
    return refuse (error, BT_ERROR_LIMIT, "info.pieces: there are too many");
  if (length != wanted * BT_SHA1_SIZE)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_MALFORMED,
                   "info.pieces: it has %" G_GSIZE_FORMAT " bytes where %" G_GUINT64_FORMAT
                   " pieces need %" G_GUINT64_FORMAT,
                   length, wanted, wanted * BT_SHA1_SIZE);
      return FALSE;
    }
  metainfo->piece_hashes = (const guint8 *) hashes;
  metainfo->hashes_offset =
    (gsize) (metainfo->piece_hashes - (const guint8 *) g_bytes_get_data (metainfo->torrent, NULL));
  metainfo->n_pieces = (guint32) wanted;
  return TRUE;
}

static void
read_private (BtMetainfo *metainfo, BtNode info)
{
  gint64 value;

  metainfo->is_private = bt_node_get_int (info, "private", &value) && value == 1;
}

static gboolean
read_info (BtMetainfo *metainfo, BtNode root, GError **error)
{
  BtNode info = bt_node_get_dict (root, "info");
  const guint8 *span = bt_node_span (info, &metainfo->info_length);

  if (span == NULL)
    return refuse (error, BT_ERROR_MALFORMED, "info: it is missing or not a dictionary");
  metainfo->info_offset =
    (gsize) (span - (const guint8 *) g_bytes_get_data (metainfo->torrent, NULL));
  metainfo->info_hash = bt_sha1 (span, metainfo->info_length);
  read_private (metainfo, info);

  return read_version (metainfo, info, error) && read_piece_length (metainfo, info, error)
         && read_name (metainfo, info, error) && bt_metainfo_read_files (metainfo, info, error)
         && read_pieces (metainfo, info, error)
         && (!metainfo->is_hybrid || bt_metainfo_check_hybrid (metainfo, root, info, error))
         && bt_metainfo_separate_names (metainfo, error);
}

static char *
read_text (BtNode dict, const char *key, gsize max_bytes)
{
  const char *bytes;
  gsize length;

  if (!get_text (dict, key, &bytes, &length))
    return NULL;
  return bt_text_for_display (bytes, length, max_bytes);
}

static gint64
read_date (BtNode root)
{
  gint64 date;

  if (!bt_node_get_int (root, "creation date", &date) || date < 0)
    return 0;
  /* Some programs wrote milliseconds. */
  if (date > LAST_SECOND)
    date /= 1000;
  return date <= LAST_SECOND ? date : 0;
}

static void
read_about (BtMetainfo *metainfo, BtNode root)
{
  BtNode info = bt_node_get_dict (root, "info");

  metainfo->comment = read_text (root, "comment", BT_LIMIT_TEXT_COMMENT);
  metainfo->created_by = read_text (root, "created by", BT_LIMIT_TEXT_CLIENT);
  metainfo->source = read_text (info, "source", BT_LIMIT_TEXT_TRACKER);
  /* The older name of the same. */
  if (metainfo->source == NULL)
    metainfo->source = read_text (info, "publisher", BT_LIMIT_TEXT_TRACKER);
  metainfo->creation_date = read_date (root);
}

BtMetainfo *
bt_metainfo_parse (GBytes *torrent, GError **error)
{
  g_autoptr (BtBencode) doc = decode (torrent, error);
  g_autoptr (BtMetainfo) metainfo = NULL;
  BtNode root;

  if (doc == NULL)
    return NULL;
  root = bt_bencode_root (doc);
  metainfo = g_new0 (BtMetainfo, 1);
  g_atomic_ref_count_init (&metainfo->refs);
  metainfo->torrent = g_bytes_ref (torrent);
  if (!read_info (metainfo, root, error))
    return NULL;
  bt_metainfo_read_trackers (metainfo, root);
  bt_metainfo_read_web_seeds (metainfo, root);
  bt_metainfo_read_nodes (metainfo, root);
  read_about (metainfo, root);
  return g_steal_pointer (&metainfo);
}

GBytes *
bt_metainfo_detach_torrent (BtMetainfo *metainfo)
{
  metainfo->piece_hashes = NULL;
  return g_steal_pointer (&metainfo->torrent);
}

BtMetainfo *
bt_metainfo_ref (BtMetainfo *metainfo)
{
  g_atomic_ref_count_inc (&metainfo->refs);
  return metainfo;
}

void
bt_metainfo_unref (BtMetainfo *metainfo)
{
  if (!g_atomic_ref_count_dec (&metainfo->refs))
    return;
  for (guint32 i = 0; i < metainfo->n_files; i++)
    {
      g_free (metainfo->files[i].path);
      g_free (metainfo->files[i].target);
    }
  g_free (metainfo->files);
  g_free (metainfo->name);
  g_clear_pointer (&metainfo->tiers, g_ptr_array_unref);
  g_strfreev (metainfo->web_seeds);
  g_strfreev (metainfo->nodes);
  g_free (metainfo->comment);
  g_free (metainfo->created_by);
  g_free (metainfo->source);
  g_clear_pointer (&metainfo->torrent, g_bytes_unref);
  g_clear_pointer (&metainfo->magnet, bt_magnet_unref);
  g_free (metainfo);
}

guint32
bt_metainfo_piece_size (const BtMetainfo *metainfo, guint32 piece)
{
  guint64 offset = bt_metainfo_piece_offset (metainfo, piece);

  g_assert (piece < metainfo->n_pieces);
  return (guint32) MIN (metainfo->piece_length, metainfo->total_size - offset);
}

const BtSha1 *
bt_metainfo_piece_hash (const BtMetainfo *metainfo, guint32 piece)
{
  g_assert (piece < metainfo->n_pieces);
  g_assert (metainfo->piece_hashes != NULL);
  /* A BtSha1 is bytes alone: it has no alignment to keep. */
  return (const BtSha1 *) (metainfo->piece_hashes + (gsize) piece * BT_SHA1_SIZE);
}
