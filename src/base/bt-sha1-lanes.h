/* bt-sha1-lanes.h: SHA-1 of many streams at once, each in a lane of wide vectors.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BT_SHA1_LANES 16
#define BT_SHA1_BLOCK 64 /* bytes */

/* Whole blocks that are next in a stream. */
typedef struct
{
  guint32 *state; /* (array fixed-size=5): what it got to, and then gets to */
  const guint8 *data;
  gsize n_blocks;
} BtSha1Stream;

/* With how many streams at once, up to BT_SHA1_LANES, each is cheaper than alone on this processor. More
 * than BT_SHA1_LANES: never. */
guint bt_sha1_lanes_worth (void);
/* Goes on with all of them; @streams is used up. Those that are not worth it go one after another. */
void bt_sha1_lanes_compress (BtSha1Stream *streams, guint n);

G_END_DECLS
