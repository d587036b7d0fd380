/* bt-pcp.c: MAP requests of the Port Control Protocol and their replies (RFC 6887).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-pcp.h"

#include "bt-reader.h"
#include "bt-writer.h"

#define VERSION 2
#define OPCODE_ANNOUNCE 0
#define OPCODE_MAP 1
#define REPLY_BIT 0x80
#define REPLY_HEAD_SIZE 24
#define MAX_SIZE 1100

/* IPv4 addresses are IPv4-mapped, as a BtEndpoint has them; so "any" says of which family it is. */
void
bt_pcp_write_map (const BtPcpMap *map, const BtEndpoint *client, guint8 out[BT_PCP_MAP_SIZE])
{
  static const guint8 zeros[3] = { 0 };
  static const guint8 any_ipv4[4] = { 0 };
  BtWriter writer = bt_writer (out, BT_PCP_MAP_SIZE);
  BtEndpoint external = map->external;

  if (bt_endpoint_is_unspecified (&external) && bt_endpoint_is_ipv4 (client))
    bt_endpoint_set_ipv4 (&external, any_ipv4, 0);
  bt_writer_u8 (&writer, VERSION);
  bt_writer_u8 (&writer, OPCODE_MAP);
  bt_writer_u16 (&writer, 0);
  bt_writer_u32 (&writer, map->lifetime_s);
  bt_writer_bytes (&writer, client->ip, sizeof client->ip);
  bt_writer_bytes (&writer, map->nonce, sizeof map->nonce);
  bt_writer_u8 (&writer, (guint8) map->protocol);
  bt_writer_bytes (&writer, zeros, sizeof zeros);
  bt_writer_u16 (&writer, map->internal_port);
  bt_writer_u16 (&writer, map->external_port);
  bt_writer_bytes (&writer, external.ip, sizeof external.ip);
}

static gboolean
read_map (BtReader *reader, BtPcpMap *map)
{
  guint8 protocol, ip[16];

  if (!bt_reader_copy (reader, map->nonce, sizeof map->nonce) || !bt_reader_u8 (reader, &protocol)
      || !bt_reader_skip (reader, 3) || !bt_reader_u16 (reader, &map->internal_port)
      || !bt_reader_u16 (reader, &map->external_port) || !bt_reader_copy (reader, ip, sizeof ip))
    return FALSE;
  map->protocol = protocol;
  bt_endpoint_set_ipv6 (&map->external, ip, 0);
  return TRUE;
}

gboolean
bt_pcp_read_reply (const void *bytes, gsize length, BtPcpReply *out)
{
  BtReader reader = bt_reader (bytes, length);
  guint8 version, opcode, reserved, result;

  memset (out, 0, sizeof *out);
  if (length > MAX_SIZE || !bt_reader_u8 (&reader, &version) || !bt_reader_u8 (&reader, &opcode)
      || !bt_reader_u8 (&reader, &reserved) || !bt_reader_u8 (&reader, &result) || (opcode & REPLY_BIT) == 0)
    return FALSE;
  if (version != VERSION)
    {
      out->result = BT_PCP_UNSUPP_VERSION;
      return TRUE;
    }
  if (opcode != (REPLY_BIT | OPCODE_MAP) || length < REPLY_HEAD_SIZE || !bt_reader_u32 (&reader, &out->map.lifetime_s)
      || !bt_reader_u32 (&reader, &out->epoch_s) || !bt_reader_skip (&reader, 12))
    return FALSE;
  out->result = result;
  out->has_map = read_map (&reader, &out->map);
  return out->has_map || out->result != BT_PCP_SUCCESS;
}

gboolean
bt_pcp_read_announcement (const void *bytes, gsize length, guint32 *epoch_s)
{
  BtReader reader = bt_reader (bytes, length);
  guint8 version, opcode, reserved, result;

  return length >= REPLY_HEAD_SIZE && length <= MAX_SIZE && bt_reader_u8 (&reader, &version)
         && bt_reader_u8 (&reader, &opcode) && bt_reader_u8 (&reader, &reserved) && bt_reader_u8 (&reader, &result)
         && version == VERSION && opcode == (REPLY_BIT | OPCODE_ANNOUNCE) && result == BT_PCP_SUCCESS
         && bt_reader_skip (&reader, 4) && bt_reader_u32 (&reader, epoch_s);
}

gboolean
bt_pcp_epoch_goes_on (guint32 before, guint32 now, gint64 elapsed_s)
{
  gint64 theirs = (gint64) now - before;

  /* Seconds are rounded, and the two clocks may differ by a sixteenth. */
  if (theirs < -1)
    return FALSE;
  return elapsed_s + 2 >= theirs - theirs / 16 && theirs + 2 >= elapsed_s - elapsed_s / 16;
}
