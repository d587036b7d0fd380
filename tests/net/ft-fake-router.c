/* ft-fake-router.c: a router on a network in memory that opens ports by PCP and NAT-PMP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-router.h"

#include "bt-reader.h"
#include "bt-writer.h"

#define FIRST_EPOCH_S 1000

static guint32
get_epoch (FtFakeRouter *router)
{
  return (guint32) ((bt_world_now (router->world) - router->started) / G_USEC_PER_SEC);
}

static FtFakeHole *
find_hole (FtFakeRouter *router, BtIpProtocol protocol, guint16 internal_port)
{
  for (guint i = 0; i < router->holes->len; i++)
    {
      FtFakeHole *hole = &g_array_index (router->holes, FtFakeHole, i);

      if (hole->protocol == protocol && hole->internal_port == internal_port)
        return hole;
    }
  return NULL;
}

static guint16
choose_port (FtFakeRouter *router, BtIpProtocol protocol, guint16 wanted)
{
  if (protocol == BT_IP_UDP && router->n_odd > 0)
    {
      router->n_odd--;
      return (guint16) (wanted + 1);
    }
  return wanted == 0 || wanted == router->taken_port ? 50000 : wanted;
}

/* Makes it, renews it, takes it away; fills in what is given. The code of the protocol. */
static guint
open_hole (FtFakeRouter *router, FtFakeHole *asked)
{
  FtFakeHole *there = find_hole (router, asked->protocol, asked->internal_port);

  if (router->refusal != 0)
    return router->refusal;
  if (router->udp_refusal != 0 && asked->protocol == BT_IP_UDP)
    return router->udp_refusal;
  if (there == NULL)
    {
      g_array_append_val (router->holes, *asked);
      there = &g_array_index (router->holes, FtFakeHole, router->holes->len - 1);
    }
  else if (memcmp (there->nonce, asked->nonce, sizeof asked->nonce) != 0
           && there->until > bt_world_now (router->world))
    return BT_PCP_NOT_AUTHORIZED;
  if (there->until <= bt_world_now (router->world))
    {
      *there = *asked;
      there->external_port = choose_port (router, asked->protocol, asked->external_port);
    }
  there->lifetime_s = MIN (asked->lifetime_s, router->max_lifetime_s);
  there->until = bt_world_now (router->world) + (gint64) there->lifetime_s * G_USEC_PER_SEC;
  asked->external_port = asked->lifetime_s != 0 ? there->external_port : 0;
  asked->lifetime_s = there->lifetime_s;
  return 0;
}

static void
send (FtFakeRouter *router, const BtEndpoint *to, const BtWriter *writer)
{
  router->world->ops->udp_send (router->world, router->udp, to, writer->data, writer->used);
}

static void
answer_version (FtFakeRouter *router, const BtEndpoint *from, guint8 version, guint8 opcode)
{
  guint8 bytes[24] = { 0 };
  BtWriter writer = bt_writer (bytes, sizeof bytes);

  bt_writer_u8 (&writer, version);
  bt_writer_u8 (&writer, (guint8) (0x80 | opcode));
  bt_writer_u16 (&writer, 1);
  bt_writer_u32 (&writer, version == 0 ? get_epoch (router) : 0);
  if (version != 0)
    {
      bt_writer_u32 (&writer, get_epoch (router));
      writer.used = sizeof bytes;
    }
  send (router, from, &writer);
}

static void
answer_pcp (FtFakeRouter *router, const BtEndpoint *from, BtReader *reader)
{
  FtFakeHole hole = { .client = *from };
  guint8 protocol = 0, client[16], external[16], bytes[60];
  BtWriter writer = bt_writer (bytes, sizeof bytes);
  guint code;

  g_assert_true (bt_reader_skip (reader, 2) && bt_reader_u32 (reader, &hole.lifetime_s)
                 && bt_reader_copy (reader, client, 16) && bt_reader_copy (reader, hole.nonce, 12)
                 && bt_reader_u8 (reader, &protocol) && bt_reader_skip (reader, 3)
                 && bt_reader_u16 (reader, &hole.internal_port) && bt_reader_u16 (reader, &hole.external_port)
                 && bt_reader_copy (reader, external, 16) && reader->left == 0);
  hole.protocol = protocol;
  code = memcmp (client, from->ip, 16) != 0 ? BT_PCP_ADDRESS_MISMATCH : open_hole (router, &hole);
  bt_writer_u8 (&writer, 2);
  bt_writer_u8 (&writer, 0x81);
  bt_writer_u16 (&writer, (guint16) code);
  bt_writer_u32 (&writer, hole.lifetime_s);
  bt_writer_u32 (&writer, get_epoch (router));
  bt_writer_bytes (&writer, (guint8[12]){ 0 }, 12);
  bt_writer_bytes (&writer, hole.nonce, 12);
  bt_writer_u32 (&writer, (guint32) protocol << 24);
  bt_writer_u16 (&writer, hole.internal_port);
  bt_writer_u16 (&writer, hole.external_port);
  bt_writer_bytes (&writer, router->external.ip, 16);
  send (router, from, &writer);
}

static void
answer_nat_pmp (FtFakeRouter *router, const BtEndpoint *from, guint8 opcode, BtReader *reader)
{
  FtFakeHole hole = { .client = *from, .protocol = opcode == 1 ? BT_IP_UDP : BT_IP_TCP };
  guint8 bytes[16];
  BtWriter writer = bt_writer (bytes, sizeof bytes);
  guint code = 0;

  if (opcode != 0)
    {
      g_assert_true (bt_reader_skip (reader, 2) && bt_reader_u16 (reader, &hole.internal_port)
                     && bt_reader_u16 (reader, &hole.external_port) && bt_reader_u32 (reader, &hole.lifetime_s)
                     && reader->left == 0);
      code = open_hole (router, &hole);
    }
  bt_writer_u8 (&writer, 0);
  bt_writer_u8 (&writer, (guint8) (0x80 | opcode));
  bt_writer_u16 (&writer, (guint16) code);
  bt_writer_u32 (&writer, get_epoch (router));
  if (opcode == 0)
    bt_writer_bytes (&writer, router->external.ip + 12, 4);
  else
    {
      bt_writer_u16 (&writer, hole.internal_port);
      bt_writer_u16 (&writer, hole.external_port);
      bt_writer_u32 (&writer, hole.lifetime_s);
    }
  send (router, from, &writer);
}

static void
received_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  FtFakeRouter *router = owner;
  BtReader reader = bt_reader (bytes, length);
  guint8 version = 0, opcode = 0;

  router->n_requests++;
  if (router->silent)
    return;
  if (router->silent_for > 0)
    {
      router->silent_for--;
      return;
    }
  g_assert_true (bt_reader_u8 (&reader, &version) && bt_reader_u8 (&reader, &opcode));
  if (version == 2 && router->knows_pcp)
    answer_pcp (router, from, &reader);
  else if (version == 0 && router->knows_nat_pmp)
    answer_nat_pmp (router, from, opcode, &reader);
  else
    answer_version (router, from, router->knows_nat_pmp ? 0 : 2, opcode);
}

FtFakeRouter *
ft_fake_router_new (FtFakeNet *net, const char *ip, const char *external_ip)
{
  FtFakeRouter *router = g_new0 (FtFakeRouter, 1);
  BtEndpoint local;

  router->knows_pcp = router->knows_nat_pmp = TRUE;
  router->max_lifetime_s = 3600;
  router->holes = g_array_new (FALSE, TRUE, sizeof (FtFakeHole));
  router->world = ft_fake_net_add_host (net, ip);
  router->started = bt_world_now (router->world) - FIRST_EPOCH_S * G_USEC_PER_SEC;
  g_assert_true (bt_endpoint_parse_ip (&router->external, external_ip, 0));
  g_assert_true (bt_endpoint_parse_ip (&local, ip, BT_PCP_PORT));
  router->udp = router->world->ops->udp_open (router->world, &local, received_cb, router, NULL);
  g_assert_nonnull (router->udp);
  return router;
}

void
ft_fake_router_free (FtFakeRouter *router)
{
  router->world->ops->udp_free (router->world, router->udp);
  g_array_unref (router->holes);
  g_free (router);
}

void
ft_fake_router_restart (FtFakeRouter *router)
{
  g_array_set_size (router->holes, 0);
  router->started = bt_world_now (router->world);
}

void
ft_fake_router_announce (FtFakeRouter *router)
{
  BtWorld *world = router->world;
  BtMulticast group = { .interface_index = 2, .hops = 1 };
  guint8 bytes[24] = { 0 };
  BtWriter writer = bt_writer (bytes, sizeof bytes);
  BtUdp *udp;

  g_assert_true (bt_endpoint_parse_ip (&group.group,
                                       bt_endpoint_is_ipv4 (&router->external) ? BT_PCP_ANNOUNCE_GROUP4
                                                                              : BT_PCP_ANNOUNCE_GROUP6,
                                       BT_PCP_ANNOUNCE_PORT));
  bt_writer_u8 (&writer, router->knows_pcp ? 2 : 0);
  bt_writer_u8 (&writer, 0x80);
  bt_writer_u16 (&writer, 0);
  if (router->knows_pcp)
    bt_writer_u32 (&writer, 0);
  bt_writer_u32 (&writer, get_epoch (router));
  if (!router->knows_pcp)
    bt_writer_bytes (&writer, router->external.ip + 12, 4);
  udp = world->ops->udp_open_group (world, &group, NULL, NULL, NULL);
  world->ops->udp_send (world, udp, &group.group, bytes, router->knows_pcp ? sizeof bytes : writer.used);
  world->ops->udp_free (world, udp);
}

const FtFakeHole *
ft_fake_router_find (FtFakeRouter *router, BtIpProtocol protocol, guint16 internal_port)
{
  const FtFakeHole *hole = find_hole (router, protocol, internal_port);

  return hole != NULL && hole->until > bt_world_now (router->world) ? hole : NULL;
}

guint
ft_fake_router_n_open (FtFakeRouter *router)
{
  guint n = 0;

  for (guint i = 0; i < router->holes->len; i++)
    n += g_array_index (router->holes, FtFakeHole, i).until > bt_world_now (router->world);
  return n;
}
