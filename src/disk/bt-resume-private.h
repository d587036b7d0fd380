/* bt-resume-private.h: how what is saved of a torrent is written, for the files that do it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-bencode.h"
#include "bt-endpoint.h"
#include "bt-state-db.h"

G_BEGIN_DECLS

/* A bencoded dictionary. Long lists of numbers are strings of fixed fields, big-endian: a torrent
 * of 200,000 files is saved every minute. What is outside of its range is clamped when written, so
 * that what was written is always read. */

#define BT_RESUME_VERSION 1
#define BT_RESUME_MAX_PRIORITY 7
#define BT_RESUME_MAX_PEERS 200
#define BT_RESUME_MAX_BANNED 10000
#define BT_RESUME_MAX_TIME G_GINT64_CONSTANT (253402300799) /* the end of year 9999 */
#define BT_RESUME_STAMP_BYTES 16
#define BT_RESUME_INODE_BYTES 8
#define BT_RESUME_PEER_BYTES 18

/* Numbers of network interfaces mean nothing after a restart. */
static inline gboolean
bt_resume_is_worth_saving (const BtEndpoint *peer)
{
  return peer->scope == 0 && bt_endpoint_is_usable_peer (peer);
}

/* bt-resume-encode.c */
void bt_resume_write_time (BtBencodeWriter *writer, const char *key, gint64 value);
void bt_resume_write_count (BtBencodeWriter *writer, const char *key, guint64 value);

void bt_resume_write_tiers (BtBencodeWriter *writer, const GPtrArray *tiers);

/* bt-resume-summary.c: written if there is one; NULL when it is not there, or wrong: it can be made anew. */
void bt_resume_write_summary (BtBencodeWriter *writer, const BtSummary *summary);
BtSummary *bt_resume_read_summary (BtNode dict);

/* bt-resume.c: FALSE when it is not there, or wrong. */
gboolean bt_resume_read_number (BtNode dict, const char *key, gint64 max, gint64 *out);
gboolean bt_resume_read_count (BtNode dict, const char *key, guint64 *out);
/* @out: left as it is when they are not there. */
gboolean bt_resume_read_tiers (BtNode dict, GPtrArray **out);

/* Of bytes that were encoded, without decoding the rest. @out: (out) (transfer full) (nullable) (array length=return):
 * of the stamps. Returns: how many; 0 if there are none */
guint32 bt_resume_read_inodes (GBytes *bytes, guint64 **out);

/* bt-resume-place.c: where files are. Reading as below. */
void bt_resume_write_path (BtBencodeWriter *writer, const char *key, const char *path);
void bt_resume_write_renamed (BtBencodeWriter *writer, const BtResume *resume);
gboolean bt_resume_read_path (BtNode dict, const char *key, char **out);
gboolean bt_resume_read_renamed (BtNode dict, BtResume *resume);

/* bt-resume-options.c: what a person set, and how far its goals are. Reading, what is not there is
 * left as it is; FALSE when something is there and wrong. */
void bt_resume_write_goal (BtBencodeWriter *writer, const BtResume *resume);
void bt_resume_write_options (BtBencodeWriter *writer, const BtTorrentOptions *options);
gboolean bt_resume_read_goal (BtNode dict, BtResume *resume);
gboolean bt_resume_read_options (BtNode dict, BtTorrentOptions **out);

G_END_DECLS
