/* fuzz-bencode.c: what can be read is written again as it was, when it was strict; and another reader agrees.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fuzz.h"

#include "bt-bencode.h"
#include "ft-bencode-reference.h"

static void
check_same (const BtBencode *doc, const guint8 *data, gsize size)
{
  g_autoptr(BtBencodeWriter) writer = bt_bencode_writer_new ();
  g_autoptr(GBytes) bytes = NULL;

  bt_bencode_writer_node (writer, bt_bencode_root (doc));
  bytes = bt_bencode_writer_finish (writer);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), data, size);
}

/* A second reader, written another way, takes the same. */
static void
check_reference (const BtBencode *doc, const guint8 *data, gsize size)
{
  FtBencodeReference reference = { data, data + size, bt_bencode_limits_torrent.max_depth,
                                   bt_bencode_limits_torrent.max_tokens };
  gboolean accepted = ft_bencode_reference_read (&reference, 0) && reference.at == reference.end;

  g_assert_cmpint (accepted, ==, doc != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(BtBencode) strict = bt_bencode_decode (data, size, &bt_bencode_limits_torrent, BT_BENCODE_STRICT, NULL, NULL);
  g_autoptr(BtBencode) lax = NULL;
  gsize consumed = 0;

  lax = bt_bencode_decode (data, size, &bt_bencode_limits_message, BT_BENCODE_UNSORTED | BT_BENCODE_TRAILING, &consumed,
                           NULL);
  if (lax != NULL)
    g_assert_cmpuint (consumed, <=, size);
  check_reference (strict, data, size);
  if (strict != NULL)
    check_same (strict, data, size);
  return 0;
}
