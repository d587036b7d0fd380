/* bt-metainfo.h: what a .torrent file says (BEP 3, 12, 19, 27, 47), immutable.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-hash.h"
#include "bt-magnet.h"
#include "bt-types.h"

G_BEGIN_DECLS

typedef struct
{
  char *path;    /* below the download folder: safe components joined by '/', the first is @name */
  char *target;  /* (nullable): of a symlink, safe components joined by '/' */
  guint64 offset; /* of the first byte in the torrent */
  guint64 length;
  BtFileFlags flags;
} BtFile;

/* Reference-counted (atomically) and immutable, so that threads may share it. */
typedef struct
{
  gatomicrefcount refs;
  BtSha1 info_hash;
  char *name;           /* safe; the file, or the folder of a multi-file torrent */
  gboolean multi_file;  /* files live in a folder called @name, which is part of their path */
  guint32 piece_length;
  guint32 n_pieces;
  guint64 total_size;   /* with pad files */
  guint64 payload_size; /* without */
  guint32 n_files;
  BtFile *files;        /* (array length=n_files), in torrent order, sorted by offset */
  const guint8 *piece_hashes; /* (nullable): 20 bytes each, inside @torrent */
  gboolean is_private;
  gboolean is_hybrid;   /* has BEP 52 metadata too, which is not used yet */
  GPtrArray *tiers;     /* of GStrv: valid, de-duplicated announce URLs in file order */
  GStrv web_seeds;      /* BEP 19, kept for later */
  GStrv nodes;          /* "host:port", BEP 5 */
  char *comment;        /* (nullable), fit for display */
  char *created_by;     /* (nullable), fit for display */
  char *source;         /* (nullable), fit for display */
  gint64 creation_date; /* Unix seconds, 0: unknown */
  BtMagnet *magnet;     /* (nullable): what is known is no more than this: there are no files and no pieces yet */
  GBytes *torrent;      /* (nullable): the whole file as it was read */
  gsize hashes_offset;  /* of the first piece hash inside it */
  gsize info_offset;    /* the raw info dictionary inside @torrent */
  gsize info_length;
} BtMetainfo;

/**
 * bt_metainfo_parse:
 * @torrent: the bytes of a .torrent file
 * @error: return location; the message names the field, e.g. "info.pieces: …"
 *
 * Reads version 1 and hybrids (as version 1). Every name is made safe here and nowhere else.
 *
 * Returns: (transfer full): the metainfo, or %NULL with %BT_ERROR_MALFORMED, %BT_ERROR_LIMIT,
 *   or %BT_ERROR_UNSUPPORTED ("version 2 is not supported yet")
 */
BtMetainfo *bt_metainfo_parse (GBytes *torrent, GError **error);

/* Before it is shared: gives the file's bytes away, and with them the piece hashes, which are most of what
 * a torrent weighs. Returns: (transfer full) */
GBytes *bt_metainfo_detach_torrent (BtMetainfo *metainfo);

/* Of a torrent of which only a link is known: its name is that of the link, or the hash. */
BtMetainfo *bt_metainfo_new_from_magnet (BtMagnet *magnet);

/* What a list shows and trackers are told: it has no files (n_files is 0), no piece hashes and no texts. */
BtMetainfo *bt_metainfo_outline (const BtMetainfo *metainfo);

BtMetainfo *bt_metainfo_ref (BtMetainfo *metainfo);
void bt_metainfo_unref (BtMetainfo *metainfo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtMetainfo, bt_metainfo_unref)

/* Bytes of a piece: all have piece_length, the last what remains. */
guint32 bt_metainfo_piece_size (const BtMetainfo *metainfo, guint32 piece);
static inline guint64
bt_metainfo_piece_offset (const BtMetainfo *metainfo, guint32 piece)
{
  return (guint64) piece * metainfo->piece_length;
}
const BtSha1 *bt_metainfo_piece_hash (const BtMetainfo *metainfo, guint32 piece);

/* Whether an announce URL may be used: http, https or udp with a host, and no query of ours in it
 * (reliability.md 2.4; conformance tracker_url_valid and tracker_query_conflict). */
gboolean bt_tracker_url_is_valid (const char *url, GError **error);
/* Returns: (transfer full) (nullable): its host in lower case and nothing else: neither path nor passkey */
char *bt_tracker_url_host (const char *url);

G_END_DECLS
