/* ft-sim-udp-tracker.c: the trackers of a simulation that are asked by datagrams (BEP 15).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-sim-udp-tracker.h"

#include "bt-reader.h"
#include "bt-writer.h"

#define PORT 6969
#define MAX_PEERS 50
#define N_LIES 200
#define PROTOCOL G_GUINT64_CONSTANT (0x41727101980)
#define CONNECTION G_GUINT64_CONSTANT (0x1122334455667788)
#define CONNECT 0
#define ANNOUNCE 1
#define FAIL 3
#define EVENT_STOPPED 3
#define INTERVAL_S 600

struct _FtSimUdpTracker
{
  FtSimTrackers *trackers;
  FtTrackerManner manner;
  BtWorld *world;
  BtUdp *udp;
};

char *
ft_sim_udp_tracker_url (FtTrackerManner manner)
{
  return g_strdup_printf ("udp://90.0.0.%d:%d/announce", 10 + manner, PORT);
}

static void
answer (FtSimUdpTracker *self, const BtEndpoint *to, BtWriter *writer)
{
  BtRandom *random = ft_fake_net_random (self->trackers->net);

  if (self->manner == FT_TRACKER_UDP_BROKEN)
    writer->data[bt_random_below (random, (guint32) writer->used)] = (guint8) bt_random_u32 (random);
  self->world->ops->udp_send (self->world, self->udp, to, writer->data, writer->used);
}

static void
write_peer (BtWriter *writer, const BtEndpoint *peer)
{
  bt_writer_bytes (writer, peer->ip + 12, 4);
  bt_writer_u16 (writer, peer->port);
}

/* Where nobody is. */
static void
write_lies (BtWriter *writer)
{
  for (guint i = 0; i < N_LIES; i++)
    {
      BtEndpoint peer;
      const guint8 ip[4] = { 98, 1, (guint8) i, 7 };

      bt_endpoint_set_ipv4 (&peer, ip, (guint16) (1024 + i));
      write_peer (writer, &peer);
    }
}

/* Some of those it knows, as they come round. */
static void
write_peers (FtSimUdpTracker *self, const BtSha1 *info_hash, BtWriter *writer)
{
  GArray *peers = ft_sim_trackers_list (self->trackers, info_hash);
  guint first = peers->len > 0 ? bt_random_below (ft_fake_net_random (self->trackers->net), peers->len) : 0;

  for (guint i = 0; i < MIN (peers->len, MAX_PEERS); i++)
    write_peer (writer, &g_array_index (peers, BtEndpoint, (first + i) % peers->len));
}

static void
take_announce (FtSimUdpTracker *self, const BtEndpoint *from, guint32 transaction, BtReader *reader)
{
  guint8 bytes[2048];
  BtWriter writer;
  BtEndpoint peer = *from;
  const guint8 *hash;
  BtSha1 info_hash;
  guint32 event;

  /* Hash; id and sums; event; address, key and how many; port. */
  if (!bt_reader_take (reader, sizeof info_hash.bytes, &hash) || !bt_reader_skip (reader, 44) || !bt_reader_u32 (reader, &event) || !bt_reader_skip (reader, 12)
      || !bt_reader_u16 (reader, &peer.port))
    g_error ("An announce is too short");
  memcpy (info_hash.bytes, hash, sizeof info_hash.bytes);
  self->trackers->n_announces[self->manner]++;
  writer = bt_writer (bytes, sizeof bytes);
  bt_writer_u32 (&writer, self->manner == FT_TRACKER_UDP_FAILS ? FAIL : ANNOUNCE);
  bt_writer_u32 (&writer, transaction);
  if (self->manner == FT_TRACKER_UDP_FAILS)
    bt_writer_bytes (&writer, "not today", strlen ("not today"));
  else
    {
      bt_writer_u32 (&writer, INTERVAL_S);
      bt_writer_u32 (&writer, 0);
      bt_writer_u32 (&writer, 0);
      if (self->manner == FT_TRACKER_UDP_LIES)
        write_lies (&writer);
      else
        write_peers (self, &info_hash, &writer);
    }
  if (event == EVENT_STOPPED)
    ft_sim_trackers_remove (self->trackers, &info_hash, &peer);
  else if (peer.port != 0)
    ft_sim_trackers_add (self->trackers, &info_hash, &peer);
  answer (self, from, &writer);
}

static void
take_connect (FtSimUdpTracker *self, const BtEndpoint *from, guint32 transaction)
{
  guint8 bytes[16];
  BtWriter writer;

  writer = bt_writer (bytes, sizeof bytes);
  bt_writer_u32 (&writer, CONNECT);
  bt_writer_u32 (&writer, transaction);
  bt_writer_u64 (&writer, CONNECTION);
  answer (self, from, &writer);
}

/* Of any length, and at times with a transaction that was begun. */
static void
babble (FtSimUdpTracker *self, const BtEndpoint *to, guint32 transaction)
{
  BtRandom *random = ft_fake_net_random (self->trackers->net);
  guint8 bytes[1024];
  BtWriter writer;

  bt_random_fill (random, bytes, sizeof bytes);
  writer = bt_writer (bytes, sizeof bytes);
  bt_writer_u32 (&writer, bt_random_below (random, 5));
  if (bt_random_below (random, 2) == 0)
    bt_writer_u32 (&writer, transaction);
  self->world->ops->udp_send (self->world, self->udp, to, bytes, bt_random_below (random, sizeof bytes));
}

/* Scrapes are not answered. */
static void
received_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  FtSimUdpTracker *self = owner;
  BtReader reader;
  guint64 connection;
  guint32 action, transaction;

  reader = bt_reader (bytes, length);
  if (!bt_reader_u64 (&reader, &connection) || !bt_reader_u32 (&reader, &action)
      || !bt_reader_u32 (&reader, &transaction) || self->manner == FT_TRACKER_UDP_HANGS)
    return;
  if (self->manner == FT_TRACKER_UDP_RUBBISH)
    babble (self, from, transaction);
  else if (action == CONNECT && connection == PROTOCOL)
    take_connect (self, from, transaction);
  else if (action == ANNOUNCE && connection == CONNECTION)
    take_announce (self, from, transaction, &reader);
}

FtSimUdpTracker *
ft_sim_udp_tracker_new (FtSimTrackers *trackers, FtTrackerManner manner)
{
  FtSimUdpTracker *self = g_new0 (FtSimUdpTracker, 1);
  g_autofree char *ip = g_strdup_printf ("90.0.0.%d", 10 + manner);
  BtEndpoint local;

  self->trackers = trackers;
  self->manner = manner;
  self->world = ft_fake_net_add_host (trackers->net, ip);
  g_assert_true (bt_endpoint_parse_ip (&local, ip, PORT));
  self->udp = self->world->ops->udp_open (self->world, &local, received_cb, self, NULL);
  g_assert_nonnull (self->udp);
  return self;
}

void
ft_sim_udp_tracker_free (FtSimUdpTracker *self)
{
  self->world->ops->udp_free (self->world, self->udp);
  g_free (self);
}
