/* bt-metadata.h: the messages in which peers give each other the info dictionary (BEP 9).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-magnet.h"

G_BEGIN_DECLS

typedef enum
{
  BT_METADATA_REQUEST = 0,
  BT_METADATA_DATA = 1,
  BT_METADATA_REJECT = 2,
  BT_METADATA_UNKNOWN, /* to be passed over */
} BtMetadataType;

typedef struct
{
  BtMetadataType type;
  guint32 block;      /* of BT_LIMIT_BLOCK bytes, the last is what remains */
  guint32 total_size; /* data */
  const guint8 *data; /* data: borrowed */
  gsize length;
} BtMetadataMessage;

/* The longest that can be of use: a block and the dictionary before it, with some that we do not know. */
#define BT_METADATA_MAX_MESSAGE (17 * 1024)
/* Room for what goes before a block, with a NUL. */
#define BT_METADATA_MAX_HEAD 80

/* @bytes: a message's payload, without the extension id. FALSE with BT_ERROR_MALFORMED or LIMIT: nobody who is in
 * his right mind sends that. A block that can not be of any metadata is UNKNOWN. */
gboolean bt_metadata_decode (const void *bytes, gsize length, BtMetadataMessage *out, GError **error);
/* Of data the dictionary alone; the block follows as it is. Returns: the bytes written */
gsize bt_metadata_encode (const BtMetadataMessage *message, char out[BT_METADATA_MAX_HEAD]);

static inline guint32
bt_metadata_n_blocks (guint32 size)
{
  return (guint32) (((guint64) size + 16384 - 1) / 16384);
}

/* 0 if there is no such block. */
static inline guint32
bt_metadata_block_size (guint32 size, guint32 block)
{
  if (block >= bt_metadata_n_blocks (size))
    return 0;
  return MIN (16384u, size - block * 16384u);
}

/* The info dictionary @details as a .torrent file, with the trackers, web seeds and nodes of the link.
 * Returns: (transfer full) (nullable): NULL if it is not what the link names; with MALFORMED if it is the link
 * that is wrong */
GBytes *bt_metadata_make_torrent (const BtMagnet *magnet, GBytes *details, GError **error);

G_END_DECLS
