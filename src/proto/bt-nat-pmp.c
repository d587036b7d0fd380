/* bt-nat-pmp.c: requests and replies of the NAT Port Mapping Protocol (RFC 6886).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-nat-pmp.h"

#include "bt-reader.h"
#include "bt-writer.h"

#define VERSION 0
#define REPLY_BIT 0x80
#define OPCODE_ADDRESS 0
#define OPCODE_MAP_UDP 1
#define OPCODE_MAP_TCP 2

void
bt_nat_pmp_write_address (guint8 out[BT_NAT_PMP_ADDRESS_SIZE])
{
  out[0] = VERSION;
  out[1] = OPCODE_ADDRESS;
}

void
bt_nat_pmp_write_map (BtIpProtocol protocol,
                      guint16 internal_port,
                      guint16 external_port,
                      guint32 lifetime_s,
                      guint8 out[BT_NAT_PMP_MAP_SIZE])
{
  BtWriter writer = bt_writer (out, BT_NAT_PMP_MAP_SIZE);

  bt_writer_u8 (&writer, VERSION);
  bt_writer_u8 (&writer, protocol == BT_IP_UDP ? OPCODE_MAP_UDP : OPCODE_MAP_TCP);
  bt_writer_u16 (&writer, 0);
  bt_writer_u16 (&writer, internal_port);
  bt_writer_u16 (&writer, external_port);
  bt_writer_u32 (&writer, lifetime_s);
}

static gboolean
read_address (BtReader *reader, BtNatPmpReply *out)
{
  const guint8 *ip;

  out->kind = BT_NAT_PMP_REPLY_ADDRESS;
  if (!bt_reader_take (reader, 4, &ip))
    return FALSE;
  if (out->result == BT_NAT_PMP_SUCCESS)
    bt_endpoint_set_ipv4 (&out->address, ip, 0);
  return TRUE;
}

static gboolean
read_map (BtReader *reader, BtNatPmpReply *out, BtIpProtocol protocol)
{
  out->kind = BT_NAT_PMP_REPLY_MAP;
  out->protocol = protocol;
  return bt_reader_u16 (reader, &out->internal_port) && bt_reader_u16 (reader, &out->external_port)
         && bt_reader_u32 (reader, &out->lifetime_s);
}

gboolean
bt_nat_pmp_read_reply (const void *bytes, gsize length, BtNatPmpReply *out)
{
  BtReader reader = bt_reader (bytes, length);
  guint8 version, opcode;
  guint16 result;
  gboolean whole;

  memset (out, 0, sizeof *out);
  if (!bt_reader_u8 (&reader, &version) || !bt_reader_u8 (&reader, &opcode) || !bt_reader_u16 (&reader, &result)
      || !bt_reader_u32 (&reader, &out->epoch_s) || version != VERSION)
    return FALSE;
  out->result = result;
  switch (opcode)
    {
    case REPLY_BIT | OPCODE_ADDRESS:
      whole = read_address (&reader, out);
      break;
    case REPLY_BIT | OPCODE_MAP_UDP:
      whole = read_map (&reader, out, BT_IP_UDP);
      break;
    case REPLY_BIT | OPCODE_MAP_TCP:
      whole = read_map (&reader, out, BT_IP_TCP);
      break;
    default:
      return FALSE;
    }
  return whole || out->result != BT_NAT_PMP_SUCCESS;
}
