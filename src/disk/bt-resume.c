/* bt-resume.c: what is saved of a torrent as a value, and read from bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-resume-private.h"

#include "bt-error.h"
#include "bt-limits.h"
#include "bt-reader.h"


#define MAX_BITFIELD_BYTES (BT_LIMIT_PIECES / 8)
#define MAX_BLOCKS_BYTES ((BT_LIMIT_PIECE_LENGTH / BT_LIMIT_BLOCK + 7) / 8)
#define MAX_FILES BT_LIMIT_TORRENT_TOKENS

BtResume *
bt_resume_new (void)
{
  return g_new0 (BtResume, 1);
}

void
bt_partial_free (BtPartial *partial)
{
  if (partial == NULL)
    return;
  g_bytes_unref (partial->blocks);
  g_free (partial);
}

void
bt_resume_forget_content (BtResume *resume)
{
  g_clear_pointer (&resume->renamed, g_ptr_array_unref);
  g_clear_pointer (&resume->have, g_bytes_unref);
  g_clear_pointer (&resume->partials, g_ptr_array_unref);
  g_clear_pointer (&resume->stamps, g_array_unref);
  g_clear_pointer (&resume->priorities, g_bytes_unref);
  g_clear_pointer (&resume->created, g_bytes_unref);
  g_clear_pointer (&resume->peers, g_array_unref);
  g_clear_pointer (&resume->banned, g_ptr_array_unref);
}

void
bt_resume_free (BtResume *resume)
{
  if (resume == NULL)
    return;
  g_free (resume->save_path);
  g_free (resume->data_path);
  g_free (resume->move_to);
  g_free (resume->move_from);
  g_free (resume->rename_from);
  g_free (resume->rename_to);
  bt_resume_forget_content (resume);
  g_free (resume->top);
  g_clear_pointer (&resume->extra_tiers, g_ptr_array_unref);
  g_clear_pointer (&resume->summary, bt_summary_free);
  g_clear_pointer (&resume->options, bt_torrent_options_unref);
  g_free (resume);
}

/* Decoding. Each reader returns FALSE when a value is there and wrong. */

gboolean
bt_resume_read_number (BtNode dict, const char *key, gint64 max, gint64 *out)
{
  gint64 value;

  return bt_node_get_int (dict, key, &value) && value >= 0 && value <= max && (*out = value, TRUE);
}

gboolean
bt_resume_read_count (BtNode dict, const char *key, guint64 *out)
{
  gint64 value;

  if (!bt_resume_read_number (dict, key, G_MAXINT64, &value))
    return FALSE;
  *out = (guint64) value;
  return TRUE;
}

static gboolean
is_there (BtNode dict, const char *key)
{
  return bt_node_type (bt_node_get (dict, key)) != BT_BENCODE_NONE;
}

static gboolean
read_string (BtNode dict, const char *key, gsize max, const char **out, gsize *length)
{
  return bt_node_get_string (dict, key, out, length) && *length <= max;
}

static gboolean
read_bits (BtNode dict, const char *key, GBytes **out)
{
  const char *bytes;
  gsize length;

  if (!is_there (dict, key))
    return TRUE;
  if (!read_string (dict, key, MAX_BITFIELD_BYTES, &bytes, &length) || length == 0)
    return FALSE;
  *out = g_bytes_new (bytes, length);
  return TRUE;
}

/* One byte a file, each at most @max. */
static gboolean
read_file_bytes (BtNode dict, const char *key, guint8 max, GBytes **out)
{
  const char *bytes;
  gsize length;

  if (!is_there (dict, key))
    return TRUE;
  if (!read_string (dict, key, MAX_FILES, &bytes, &length))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if ((guint8) bytes[i] > max)
      return FALSE;
  *out = g_bytes_new (bytes, length);
  return TRUE;
}

static gboolean
read_stamps (BtNode dict, GArray **out)
{
  const char *bytes;
  gsize length;
  BtReader fields;

  if (!is_there (dict, "stamps"))
    return TRUE;
  if (!read_string (dict, "stamps", (gsize) MAX_FILES * BT_RESUME_STAMP_BYTES, &bytes, &length)
      || length % BT_RESUME_STAMP_BYTES != 0)
    return FALSE;
  fields = bt_reader (bytes, length);
  *out = g_array_sized_new (FALSE, FALSE, sizeof (BtFileStamp), (guint) (length / BT_RESUME_STAMP_BYTES));
  while (fields.left > 0)
    {
      guint64 size, mtime_ns;
      BtFileStamp stamp;

      if (!bt_reader_u64 (&fields, &size) || !bt_reader_u64 (&fields, &mtime_ns))
        return FALSE;
      stamp = (BtFileStamp){ .size = (gint64) size, .mtime_ns = (gint64) mtime_ns };
      if (stamp.size < -1)
        return FALSE;
      g_array_append_val (*out, stamp);
    }
  return TRUE;
}

/* They came later than stamps: a row may be without. */
static gboolean
read_inodes (BtNode dict, GArray *stamps)
{
  const char *bytes;
  gsize length;
  BtReader fields;

  if (!is_there (dict, "inodes"))
    return TRUE;
  if (stamps == NULL
      || !read_string (dict, "inodes", (gsize) MAX_FILES * BT_RESUME_INODE_BYTES, &bytes, &length)
      || length != (gsize) stamps->len * BT_RESUME_INODE_BYTES)
    return FALSE;
  fields = bt_reader (bytes, length);
  for (guint i = 0; i < stamps->len; i++)
    if (!bt_reader_u64 (&fields, &g_array_index (stamps, BtFileStamp, i).inode))
      return FALSE;
  return TRUE;
}

guint32
bt_resume_read_inodes (GBytes *bytes, guint64 **out)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autoptr (BtBencode) doc
    = bt_bencode_decode (data, size, &bt_bencode_limits_torrent, BT_BENCODE_STRICT, NULL, NULL);
  const char *inodes;
  gsize length;
  BtReader fields;
  guint32 n = 0;

  *out = NULL;
  if (doc == NULL || !bt_node_get_string (bt_bencode_root (doc), "inodes", &inodes, &length))
    return 0;
  fields = bt_reader (inodes, length);
  *out = g_new (guint64, MAX (length / BT_RESUME_INODE_BYTES, 1));
  while (bt_reader_u64 (&fields, &(*out)[n]))
    n++;
  return n;
}

static gboolean
read_partial (BtNode item, GHashTable *seen, GPtrArray *partials)
{
  BtNodeIter iter;
  BtNode piece_node, blocks_node;
  gint64 piece;
  const char *blocks;
  gsize length;
  BtPartial *partial;

  bt_node_iter_init (&iter, item);
  if (bt_node_type (item) != BT_BENCODE_LIST || bt_node_length (item) != 2
      || !bt_node_iter_next (&iter, &piece_node) || !bt_node_iter_next (&iter, &blocks_node)
      || !bt_node_int (piece_node, &piece) || piece < 0 || piece >= BT_LIMIT_PIECES
      || !bt_node_string (blocks_node, &blocks, &length) || length == 0 || length > MAX_BLOCKS_BYTES
      || !g_hash_table_add (seen, GUINT_TO_POINTER (piece + 1)))
    return FALSE;
  partial = g_new0 (BtPartial, 1);
  partial->piece = (guint32) piece;
  partial->blocks = g_bytes_new (blocks, length);
  g_ptr_array_add (partials, partial);
  return TRUE;
}

static gboolean
read_partials (BtNode dict, GPtrArray **out)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  BtNodeIter iter;
  BtNode list, item;

  if (!is_there (dict, "partials"))
    return TRUE;
  list = bt_node_get_list (dict, "partials");
  if (bt_node_type (list) != BT_BENCODE_LIST)
    return FALSE;
  *out = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_partial_free);
  bt_node_iter_init (&iter, list);
  while (bt_node_iter_next (&iter, &item))
    if (!read_partial (item, seen, *out))
      return FALSE;
  return TRUE;
}

static gboolean
read_peers (BtNode dict, GArray **out)
{
  const char *bytes;
  gsize length;
  BtReader fields;

  if (!is_there (dict, "peers"))
    return TRUE;
  if (!read_string (dict, "peers", BT_RESUME_MAX_PEERS * BT_RESUME_PEER_BYTES, &bytes, &length)
      || length % BT_RESUME_PEER_BYTES != 0)
    return FALSE;
  fields = bt_reader (bytes, length);
  *out = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  while (fields.left > 0)
    {
      BtEndpoint peer = { .scope = 0 };

      if (!bt_reader_copy (&fields, peer.ip, sizeof peer.ip) || !bt_reader_u16 (&fields, &peer.port)
          || !bt_resume_is_worth_saving (&peer))
        return FALSE;
      g_array_append_val (*out, peer);
    }
  return TRUE;
}

static gboolean
read_banned (BtNode dict, GPtrArray **out)
{
  BtNodeIter iter;
  BtNode list, item;

  if (!is_there (dict, "banned"))
    return TRUE;
  list = bt_node_get_list (dict, "banned");
  if (bt_node_type (list) != BT_BENCODE_LIST || bt_node_length (list) > BT_RESUME_MAX_BANNED)
    return FALSE;
  *out = g_ptr_array_new_with_free_func (g_free);
  bt_node_iter_init (&iter, list);
  while (bt_node_iter_next (&iter, &item))
    {
      g_autofree char *ip = NULL;
      BtEndpoint endpoint;
      const char *text;
      gsize length;

      if (!bt_node_string (item, &text, &length) || length >= BT_ENDPOINT_TEXT_SIZE
          || memchr (text, '\0', length) != NULL)
        return FALSE;
      ip = g_strndup (text, length);
      if (!bt_endpoint_parse_ip (&endpoint, ip, 1))
        return FALSE;
      g_ptr_array_add (*out, g_steal_pointer (&ip));
    }
  return TRUE;
}

/* URLs that are not (or no longer) good are left out: they cost the others nothing. */
static gboolean
read_tier (BtNode item, GPtrArray *tiers, guint *n_urls)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint before = *n_urls;
  BtNodeIter iter;
  BtNode node;

  if (bt_node_type (item) != BT_BENCODE_LIST)
    return FALSE;
  bt_node_iter_init (&iter, item);
  while (bt_node_iter_next (&iter, &node))
    {
      g_autofree char *url = NULL;
      const char *text;
      gsize length;

      if (!bt_node_string (node, &text, &length) || length > BT_LIMIT_URL_BYTES
          || memchr (text, '\0', length) != NULL)
        return FALSE;
      url = g_strndup (text, length);
      if (*n_urls < BT_LIMIT_TRACKERS && bt_tracker_url_is_valid (url, NULL))
        {
          g_strv_builder_add (builder, url);
          (*n_urls)++;
        }
    }
  if (*n_urls > before)
    g_ptr_array_add (tiers, g_strv_builder_end (builder));
  return TRUE;
}

gboolean
bt_resume_read_tiers (BtNode dict, GPtrArray **out)
{
  BtNodeIter iter;
  BtNode list, item;
  guint n_urls = 0;

  if (!is_there (dict, "tiers"))
    return TRUE;
  list = bt_node_get_list (dict, "tiers");
  if (bt_node_type (list) != BT_BENCODE_LIST)
    return FALSE;
  *out = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  bt_node_iter_init (&iter, list);
  while (bt_node_iter_next (&iter, &item))
    if (!read_tier (item, *out, &n_urls))
      return FALSE;
  return TRUE;
}

static gboolean
read_totals (BtNode dict, BtResume *resume)
{
  gint64 intent;

  if (!bt_resume_read_number (dict, "intent", BT_INTENT_DETAILS, &intent))
    return FALSE;
  resume->intent = (BtIntent) intent;
  return bt_resume_read_number (dict, "added", BT_RESUME_MAX_TIME, &resume->added_at)
         && bt_resume_read_number (dict, "completed", BT_RESUME_MAX_TIME, &resume->completed_at)
         && bt_resume_read_number (dict, "active", BT_RESUME_MAX_TIME, &resume->active_s)
         && bt_resume_read_number (dict, "seeding", BT_RESUME_MAX_TIME, &resume->seeding_s)
         && bt_resume_read_count (dict, "downloaded", &resume->downloaded)
         && bt_resume_read_count (dict, "uploaded", &resume->uploaded)
         && bt_resume_read_count (dict, "wasted", &resume->wasted);
}

static gboolean
read_queue (BtNode dict, guint64 *out)
{
  return !is_there (dict, "queue") || bt_resume_read_count (dict, "queue", out);
}

/* What counts files or pieces must count the same. */
static gboolean
agrees (const BtResume *resume)
{
  gsize n_files = resume->stamps != NULL ? resume->stamps->len : 0;

  if (resume->stamps == NULL && resume->priorities != NULL)
    n_files = g_bytes_get_size (resume->priorities);
  else if (resume->stamps == NULL && resume->created != NULL)
    n_files = g_bytes_get_size (resume->created);
  return (resume->priorities == NULL || g_bytes_get_size (resume->priorities) == n_files)
         && (resume->created == NULL || g_bytes_get_size (resume->created) == n_files);
}

/* Returns: the name of what is wrong, or NULL. */
static const char *
read_all (BtNode dict, BtResume *resume)
{
  if (!bt_resume_read_path (dict, "path", &resume->save_path) || resume->save_path == NULL)
    return "path";
  if (!bt_resume_read_path (dict, "data", &resume->data_path)
      || !bt_resume_read_path (dict, "from", &resume->move_from)
      || !bt_resume_read_path (dict, "to", &resume->move_to))
    return "paths";
  if (!bt_resume_read_renamed (dict, resume))
    return "renamed";
  if (!read_totals (dict, resume))
    return "totals";
  if (!read_bits (dict, "have", &resume->have))
    return "have";
  if (!read_partials (dict, &resume->partials))
    return "partials";
  if (!read_stamps (dict, &resume->stamps))
    return "stamps";
  if (!read_inodes (dict, resume->stamps))
    return "inodes";
  if (!read_file_bytes (dict, "priorities", BT_RESUME_MAX_PRIORITY, &resume->priorities))
    return "priorities";
  if (!read_file_bytes (dict, "created", 1, &resume->created))
    return "created";
  if (!bt_resume_read_tiers (dict, &resume->extra_tiers))
    return "tiers";
  if (!read_peers (dict, &resume->peers))
    return "peers";
  if (!read_banned (dict, &resume->banned))
    return "banned";
  if (!bt_resume_read_options (dict, &resume->options))
    return "options";
  if (!read_queue (dict, &resume->queue_key))
    return "queue";
  if (!bt_resume_read_goal (dict, resume))
    return "goal";
  resume->summary = bt_resume_read_summary (dict);
  return agrees (resume) ? NULL : "lengths";
}

BtResume *
bt_resume_decode (GBytes *bytes, GError **error)
{
  g_autoptr (BtBencode) doc = NULL;
  g_autoptr (BtResume) resume = bt_resume_new ();
  const char *wrong;
  gint64 version;
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  doc =
    bt_bencode_decode (data, length, &bt_bencode_limits_torrent, BT_BENCODE_STRICT, NULL, error);
  if (doc == NULL)
    return NULL;
  if (!bt_node_get_int (bt_bencode_root (doc), "version", &version) || version < 1)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_MALFORMED, "version: missing");
      return NULL;
    }
  if (version > BT_RESUME_VERSION)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_UNSUPPORTED,
                   "version: %" G_GINT64_FORMAT " is newer than this program", version);
      return NULL;
    }
  wrong = read_all (bt_bencode_root (doc), resume);
  if (wrong != NULL)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_MALFORMED, "%s: missing or out of range", wrong);
      return NULL;
    }
  return g_steal_pointer (&resume);
}
