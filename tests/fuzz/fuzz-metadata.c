/* fuzz-metadata.c: messages with details of a torrent, and what is made of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-limits.h"
#include "bt-metadata.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  BtMetadataMessage message;
  char head[BT_METADATA_MAX_HEAD];

  if (!bt_metadata_decode (data, size, &message, NULL) || message.type == BT_METADATA_UNKNOWN)
    return 0;
  if (message.type == BT_METADATA_DATA)
    {
      g_assert_cmpuint (message.length, <=, size);
      g_assert_true (message.length == 0 || message.data + message.length <= data + size);
    }
  g_assert_cmpuint (bt_metadata_encode (&message, head), <, sizeof head);
  return 0;
}
