/* bt-resume-summary.c: what a list shows of a torrent, as bytes beside what is saved of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-resume-private.h"

#include "bt-limits.h"
#include "bt-path.h"

#include <limits.h>

BtSummary *
bt_summary_new (const BtMetainfo *metainfo)
{
  BtSummary *summary = g_new0 (BtSummary, 1);

  summary->outline = bt_metainfo_outline (metainfo);
  return summary;
}

void
bt_summary_free (BtSummary *summary)
{
  if (summary == NULL)
    return;
  bt_metainfo_unref (summary->outline);
  g_free (summary);
}

/* Writing. */

static void
write_flag (BtBencodeWriter *writer, const char *key, gboolean value)
{
  bt_bencode_writer_key (writer, key);
  bt_bencode_writer_int (writer, value ? 1 : 0);
}

void
bt_resume_write_summary (BtBencodeWriter *writer, const BtSummary *summary)
{
  const BtMetainfo *outline;

  if (summary == NULL)
    return;
  outline = summary->outline;
  bt_bencode_writer_key (writer, "summary");
  bt_bencode_writer_begin_dict (writer);
  write_flag (writer, "complete", summary->complete);
  bt_resume_write_count (writer, "done", summary->done);
  bt_resume_write_count (writer, "files", summary->n_listed);
  bt_resume_write_count (writer, "had", summary->n_had);
  write_flag (writer, "hybrid", outline->is_hybrid);
  write_flag (writer, "multi", outline->multi_file);
  bt_bencode_writer_key (writer, "name");
  bt_bencode_writer_string (writer, outline->name);
  bt_resume_write_count (writer, "payload", outline->payload_size);
  bt_resume_write_count (writer, "piece", outline->piece_length);
  bt_resume_write_count (writer, "pieces", outline->n_pieces);
  write_flag (writer, "private", outline->is_private);
  bt_resume_write_tiers (writer, outline->tiers);
  bt_resume_write_count (writer, "total", outline->total_size);
  bt_resume_write_count (writer, "wanted", summary->wanted);
  bt_bencode_writer_end (writer);
}

/* Reading. */

static gboolean
read_flag (BtNode dict, const char *key, gboolean *out)
{
  gint64 value;

  return bt_resume_read_number (dict, key, 1, &value) && (*out = value != 0, TRUE);
}

static gboolean
read_small (BtNode dict, const char *key, guint32 max, guint32 *out)
{
  gint64 value;

  return bt_resume_read_number (dict, key, max, &value) && (*out = (guint32) value, TRUE);
}

static gboolean
read_name (BtNode dict, char **out)
{
  const char *text;
  gsize length;

  if (!bt_node_get_string (dict, "name", &text, &length) || length > NAME_MAX
      || memchr (text, '\0', length) != NULL)
    return FALSE;
  *out = g_strndup (text, length);
  return bt_path_is_safe (*out);
}

static gboolean
read_outline (BtNode dict, BtMetainfo *outline)
{
  return read_name (dict, &outline->name) && read_flag (dict, "hybrid", &outline->is_hybrid)
         && read_flag (dict, "multi", &outline->multi_file) && read_flag (dict, "private", &outline->is_private)
         && bt_resume_read_count (dict, "payload", &outline->payload_size)
         && bt_resume_read_count (dict, "total", &outline->total_size)
         && read_small (dict, "piece", BT_LIMIT_PIECE_LENGTH, &outline->piece_length)
         && read_small (dict, "pieces", BT_LIMIT_PIECES, &outline->n_pieces)
         && bt_resume_read_tiers (dict, &outline->tiers) && outline->tiers != NULL;
}

static gboolean
read_sums (BtNode dict, BtSummary *summary)
{
  return read_flag (dict, "complete", &summary->complete) && bt_resume_read_count (dict, "done", &summary->done)
         && bt_resume_read_count (dict, "wanted", &summary->wanted)
         && read_small (dict, "had", BT_LIMIT_PIECES, &summary->n_had)
         && read_small (dict, "files", BT_LIMIT_TORRENT_TOKENS, &summary->n_listed);
}

/* Numbers that contradict each other would be reckoned with. */
static gboolean
agrees (const BtSummary *summary)
{
  const BtMetainfo *outline = summary->outline;

  return outline->piece_length > 0 && outline->n_pieces > 0 && outline->payload_size <= outline->total_size
         && (outline->total_size - 1) / outline->piece_length + 1 == outline->n_pieces
         && summary->done <= summary->wanted && summary->wanted <= outline->payload_size
         && summary->n_had <= outline->n_pieces;
}

BtSummary *
bt_resume_read_summary (BtNode dict)
{
  BtNode node = bt_node_get_dict (dict, "summary");
  g_autoptr(BtSummary) summary = NULL;

  if (bt_node_type (node) != BT_BENCODE_DICT)
    return NULL;
  summary = g_new0 (BtSummary, 1);
  summary->outline = g_new0 (BtMetainfo, 1);
  g_atomic_ref_count_init (&summary->outline->refs);
  summary->outline->nodes = g_new0 (char *, 1);
  summary->outline->web_seeds = g_new0 (char *, 1);
  if (!read_outline (node, summary->outline) || !read_sums (node, summary) || !agrees (summary))
    return NULL;
  return g_steal_pointer (&summary);
}
