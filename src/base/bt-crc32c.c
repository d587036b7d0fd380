/* bt-crc32c.c: the checksum of Castagnoli, which BEP 40 and BEP 42 use to spread addresses.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-crc32c.h"

/* Of each half of a byte, for the reflected polynomial 0x82f63b78: a small table, as it is little that is summed. */
static const guint32 table[16] = {
  0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
  0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
  0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
  0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

guint32
bt_crc32c (const void *data, gsize length)
{
  const guint8 *bytes = data;
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= bytes[i];
      crc = crc >> 4 ^ table[crc & 0xf];
      crc = crc >> 4 ^ table[crc & 0xf];
    }
  return ~crc;
}
