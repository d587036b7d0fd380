/* bt-handshake.c: the 68 bytes that open a connection (BEP 3).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-handshake.h"

#include "bt-reader.h"
#include "bt-writer.h"

#define PREFIX                                                                                     \
  "\x13"                                                                                           \
  "BitTorrent protocol"
#define PREFIX_SIZE 20
#define RESERVED_SIZE 8

/* Which reserved bit says what. */
static const struct
{
  guint8 byte;
  guint8 mask;
  BtCapabilities capability;
} reserved_bits[] = {
  { 5, 0x10, BT_CAP_EXTENDED },
  { 7, 0x04, BT_CAP_FAST },
  { 7, 0x01, BT_CAP_DHT },
};

void
bt_handshake_encode (const BtHandshake *handshake, guint8 out[BT_HANDSHAKE_SIZE])
{
  BtWriter writer = bt_writer (out, BT_HANDSHAKE_SIZE);
  guint8 reserved[RESERVED_SIZE] = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (reserved_bits); i++)
    if ((handshake->capabilities & reserved_bits[i].capability) != 0)
      reserved[reserved_bits[i].byte] |= reserved_bits[i].mask;

  bt_writer_bytes (&writer, PREFIX, PREFIX_SIZE);
  bt_writer_bytes (&writer, reserved, sizeof reserved);
  bt_writer_bytes (&writer, handshake->info_hash.bytes, BT_SHA1_SIZE);
  bt_writer_bytes (&writer, handshake->peer_id, BT_PEER_ID_SIZE);
}

gboolean
bt_handshake_prefix_ok (const guint8 *bytes, gsize length)
{
  return memcmp (bytes, PREFIX, MIN (length, PREFIX_SIZE)) == 0;
}

static gboolean
read_head (BtReader *reader, BtHandshake *out)
{
  const guint8 *prefix;
  const guint8 *reserved;

  if (!bt_reader_take (reader, PREFIX_SIZE, &prefix)
      || !bt_handshake_prefix_ok (prefix, PREFIX_SIZE)
      || !bt_reader_take (reader, RESERVED_SIZE, &reserved))
    return FALSE;

  out->capabilities = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (reserved_bits); i++)
    if ((reserved[reserved_bits[i].byte] & reserved_bits[i].mask) != 0)
      out->capabilities |= reserved_bits[i].capability;
  return bt_reader_copy (reader, out->info_hash.bytes, BT_SHA1_SIZE);
}

gboolean
bt_handshake_decode_head (const guint8 bytes[BT_HANDSHAKE_HASH_END], BtHandshake *out)
{
  BtReader reader = bt_reader (bytes, BT_HANDSHAKE_HASH_END);

  memset (out, 0, sizeof *out);
  return read_head (&reader, out);
}

gboolean
bt_handshake_decode (const guint8 bytes[BT_HANDSHAKE_SIZE], BtHandshake *out)
{
  BtReader reader = bt_reader (bytes, BT_HANDSHAKE_SIZE);

  memset (out, 0, sizeof *out);
  return read_head (&reader, out) && bt_reader_copy (&reader, out->peer_id, BT_PEER_ID_SIZE);
}
