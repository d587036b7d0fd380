/* bt-resume-encode.c: what is saved of a torrent, written as bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-resume-private.h"

#include "bt-writer.h"

void
bt_resume_write_time (BtBencodeWriter *writer, const char *key, gint64 value)
{
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_int (writer, CLAMP (value, 0, BT_RESUME_MAX_TIME));
}

void
bt_resume_write_count (BtBencodeWriter *writer, const char *key, guint64 value)
{
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_int (writer, (gint64) MIN (value, (guint64) G_MAXINT64));
}

static void
write_bytes (BtBencodeWriter *writer, const char *key, GBytes *bytes)
{
  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return;
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_bytes (writer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* One byte a file, each at most @max. */
static void
write_file_bytes (BtBencodeWriter *writer, const char *key, guint8 max, GBytes *bytes)
{
  g_autofree guint8 *clamped = NULL;
  const guint8 *data;
  gsize length;

  if (bytes == NULL)
    return;
  data = g_bytes_get_data (bytes, &length);
  clamped = g_memdup2 (data, length);
  for (gsize i = 0; i < length; i++)
    clamped[i] = MIN (clamped[i], max);
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_bytes (writer, clamped, length);
}

static void
write_banned (BtBencodeWriter *writer, const GPtrArray *banned)
{
  BtEndpoint endpoint;

  if (banned == NULL)
    return;
  bt_bencode_writer_key (writer, "banned");
  bt_bencode_writer_begin_list (writer);
  for (guint i = 0; i < MIN (banned->len, BT_RESUME_MAX_BANNED); i++)
    if (bt_endpoint_parse_ip (&endpoint, banned->pdata[i], 1))
      bt_bencode_writer_string (writer, banned->pdata[i]);
  bt_bencode_writer_end (writer);
}

static void
write_partials (BtBencodeWriter *writer, const GPtrArray *partials)
{
  if (partials == NULL)
    return;
  bt_bencode_writer_key (writer, "partials");
  bt_bencode_writer_begin_list (writer);
  for (guint i = 0; i < partials->len; i++)
    {
      const BtPartial *partial = partials->pdata[i];

      bt_bencode_writer_begin_list (writer);
      bt_bencode_writer_int (writer, partial->piece);
      bt_bencode_writer_bytes (writer, g_bytes_get_data (partial->blocks, NULL),
                               g_bytes_get_size (partial->blocks));
      bt_bencode_writer_end (writer);
    }
  bt_bencode_writer_end (writer);
}

static void
write_peers (BtBencodeWriter *writer, const GArray *peers)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (peers == NULL)
    return;
  for (guint i = 0; i < peers->len && bytes->len < BT_RESUME_MAX_PEERS * BT_RESUME_PEER_BYTES; i++)
    {
      const BtEndpoint *peer = &g_array_index (peers, BtEndpoint, i);
      guint8 record[BT_RESUME_PEER_BYTES];
      BtWriter fields = bt_writer (record, sizeof record);

      if (!bt_resume_is_worth_saving (peer))
        continue;
      bt_writer_bytes (&fields, peer->ip, sizeof peer->ip);
      bt_writer_u16 (&fields, peer->port);
      g_byte_array_append (bytes, record, sizeof record);
    }
  bt_bencode_writer_key (writer, "peers");
  bt_bencode_writer_bytes (writer, bytes->data, bytes->len);
}

static void
write_stamps (BtBencodeWriter *writer, const GArray *stamps)
{
  g_autofree guint8 *bytes = NULL;
  BtWriter fields;

  if (stamps == NULL)
    return;
  bytes = g_malloc ((gsize) stamps->len * BT_RESUME_STAMP_BYTES);
  fields = bt_writer (bytes, (gsize) stamps->len * BT_RESUME_STAMP_BYTES);
  for (guint i = 0; i < stamps->len; i++)
    {
      const BtFileStamp *stamp = &g_array_index (stamps, BtFileStamp, i);

      bt_writer_u64 (&fields, (guint64) MAX (stamp->size, -1));
      bt_writer_u64 (&fields, (guint64) stamp->mtime_ns);
    }
  bt_bencode_writer_key (writer, "stamps");
  bt_bencode_writer_bytes (writer, bytes, fields.used);
}

/* Of rows that are older, and of torrents that have nothing yet, there are none. */
static void
write_inodes (BtBencodeWriter *writer, const GArray *stamps)
{
  g_autofree guint8 *bytes = NULL;
  gboolean any = FALSE;
  BtWriter fields;

  for (guint i = 0; stamps != NULL && i < stamps->len && !any; i++)
    any = g_array_index (stamps, BtFileStamp, i).inode != 0;
  if (!any)
    return;
  bytes = g_malloc ((gsize) stamps->len * BT_RESUME_INODE_BYTES);
  fields = bt_writer (bytes, (gsize) stamps->len * BT_RESUME_INODE_BYTES);
  for (guint i = 0; i < stamps->len; i++)
    bt_writer_u64 (&fields, g_array_index (stamps, BtFileStamp, i).inode);
  bt_bencode_writer_key (writer, "inodes");
  bt_bencode_writer_bytes (writer, bytes, fields.used);
}

void
bt_resume_write_tiers (BtBencodeWriter *writer, const GPtrArray *tiers)
{
  if (tiers == NULL)
    return;
  bt_bencode_writer_key (writer, "tiers");
  bt_bencode_writer_begin_list (writer);
  for (guint i = 0; i < tiers->len; i++)
    {
      const char *const *urls = tiers->pdata[i];

      bt_bencode_writer_begin_list (writer);
      for (guint j = 0; urls[j] != NULL; j++)
        bt_bencode_writer_string (writer, urls[j]);
      bt_bencode_writer_end (writer);
    }
  bt_bencode_writer_end (writer);
}

GBytes *
bt_resume_encode (const BtResume *resume)
{
  g_autoptr (BtBencodeWriter) writer = bt_bencode_writer_new ();

  g_return_val_if_fail (resume->save_path != NULL && resume->save_path[0] == '/', NULL);
  bt_bencode_writer_begin_dict (writer);
  bt_resume_write_time (writer, "active", resume->active_s);
  bt_resume_write_time (writer, "added", resume->added_at);
  write_banned (writer, resume->banned);
  bt_resume_write_time (writer, "completed", resume->completed_at);
  write_file_bytes (writer, "created", 1, resume->created);
  bt_resume_write_path (writer, "data", resume->data_path);
  bt_resume_write_count (writer, "downloaded", resume->downloaded);
  bt_resume_write_path (writer, "from", resume->move_from);
  bt_resume_write_goal (writer, resume);
  write_bytes (writer, "have", resume->have);
  write_inodes (writer, resume->stamps);
  bt_resume_write_count (writer, "intent", resume->intent);
  bt_resume_write_options (writer, resume->options);
  write_partials (writer, resume->partials);
  bt_resume_write_path (writer, "path", resume->save_path);
  write_peers (writer, resume->peers);
  write_file_bytes (writer, "priorities", BT_RESUME_MAX_PRIORITY, resume->priorities);
  bt_resume_write_count (writer, "queue", resume->queue_key);
  bt_resume_write_renamed (writer, resume);
  bt_resume_write_time (writer, "seeding", resume->seeding_s);
  write_stamps (writer, resume->stamps);
  bt_resume_write_summary (writer, resume->summary);
  bt_resume_write_tiers (writer, resume->extra_tiers);
  bt_resume_write_path (writer, "to", resume->move_to);
  bt_resume_write_count (writer, "uploaded", resume->uploaded);
  bt_resume_write_count (writer, "version", BT_RESUME_VERSION);
  bt_resume_write_count (writer, "wasted", resume->wasted);
  bt_bencode_writer_end (writer);
  return bt_bencode_writer_finish (writer);
}
