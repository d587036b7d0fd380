/* bt-metainfo-builder.h: the bytes of a new .torrent file (BEP 3).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-metainfo.h"

G_BEGIN_DECLS

/* No I/O: whoever makes a torrent reads the files and hands over the piece hashes. */
typedef struct
{
  const char *name;
  gboolean multi_file;
  guint32 piece_length;
  gboolean is_private;
  const char *comment;    /* (nullable) */
  const char *created_by; /* (nullable) */
  gint64 creation_date;   /* 0: none */
  const char *const *trackers; /* (nullable): one tier each */
} BtMetainfoDraft;

typedef struct
{
  const char *path; /* components joined by '/', in a single-file torrent ignored */
  guint64 length;
} BtDraftFile;

/* @hashes: 20 bytes for each piece of the concatenated files. */
GBytes *bt_metainfo_build (const BtMetainfoDraft *draft,
                           const BtDraftFile *files,
                           guint n_files,
                           const guint8 *hashes,
                           gsize hashes_length);

/* The piece length for a total size: 16 KiB … 16 MiB, about 1,500 pieces (metainfo-v1.md). */
guint32 bt_metainfo_choose_piece_length (guint64 total_size);

G_END_DECLS
