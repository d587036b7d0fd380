/* test-bad-leechers.c: peers that ask too much or never listen, and one that names a node.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>

#include "bt-metadata.h"
#include "ft-bad-peers-fixture.h"

static void
begin_seeding (Fixture *self)
{
  self->id = ft_node_add (self->node, self->sample->torrent, self->sample->dir, TRUE);
  ft_wait_until (ft_node_in_state (self->node, self->id, BT_STATE_SEEDING));
}

/* Leechers: they are at the seed that we are. */

#define FLOOD 5000u
#define FLOOD_LENGTH 256u

static void
greet_wanting (FtBadLink *link)
{
  ft_bad_link_say_bits (link, FALSE);
  ft_bad_link_say (link, BT_MESSAGE_INTERESTED, NULL, 0);
}

static void
flood (FtBadLink *link)
{
  const FtSample *sample = link->peer->sample;

  for (guint32 i = 0; i < FLOOD; i++)
    {
      guint32 at = i * FLOOD_LENGTH;
      BtBlock block = { at / sample->piece_length, at % sample->piece_length, FLOOD_LENGTH };

      g_assert_cmpuint (at + FLOOD_LENGTH, <=, sample->size);
      ft_bad_link_say_block (link, BT_MESSAGE_REQUEST, &block);
    }
}

static void
flood_when_unchoked (FtBadLink *link, guint8 id, const guint8 *body, gsize length)
{
  if (id == BT_MESSAGE_UNCHOKE)
    flood (link);
}

static void
test_flood_fast (void)
{
  static const FtManners manners = { .capabilities = BT_CAP_FAST,
                                     .greet = greet_wanting,
                                     .message = flood_when_unchoked };
  g_autoptr(Fixture) f = fixture_new (files, 65536, &manners);

  begin_seeding (f);
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  ft_wait_until (f->bad->got[BT_MESSAGE_PIECE] + f->bad->got[BT_MESSAGE_REJECT] == FLOOD);
  g_assert_cmpuint (f->bad->got[BT_MESSAGE_PIECE], >=, BT_LIMIT_REQUESTS_FROM_PEER);
  g_assert_cmpuint (f->bad->n_payload_in, ==, f->bad->got[BT_MESSAGE_PIECE] * FLOOD_LENGTH);
  g_assert_cmpuint (f->bad->n_closed, ==, 0);
}

/* Without the fast extension what is too much is passed over. */
static void
test_flood (void)
{
  static const FtManners manners = { .greet = greet_wanting, .message = flood_when_unchoked };
  g_autoptr(Fixture) f = fixture_new (files, 65536, &manners);

  begin_seeding (f);
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  ft_wait_until (f->bad->got[BT_MESSAGE_PIECE] >= BT_LIMIT_REQUESTS_FROM_PEER);
  g_assert_cmpuint (f->bad->n_closed, ==, 0);
}

static void
flood_choked (FtBadLink *link)
{
  greet_wanting (link);
  ft_bad_link_say (link, BT_MESSAGE_NOT_INTERESTED, NULL, 0);
  flood (link);
}

static void
test_flood_while_choked (void)
{
  static const FtManners manners = { .capabilities = BT_CAP_FAST, .greet = flood_choked };
  g_autoptr(Fixture) f = fixture_new (files, 65536, &manners);

  begin_seeding (f);
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  ft_wait_until (f->bad->got[BT_MESSAGE_PIECE] + f->bad->got[BT_MESSAGE_REJECT] == FLOOD);
  g_assert_cmpuint (f->bad->got[BT_MESSAGE_REJECT], >, 0);
}

/* Asks for everything again and again, and reads nothing of it. */
static void
ask_and_go_deaf (FtBadLink *link, guint8 id, const guint8 *body, gsize length)
{
  const FtSample *sample = link->peer->sample;

  if (id != BT_MESSAGE_UNCHOKE)
    return;
  for (guint32 at = 0; at < 4000 * BLOCK; at += BLOCK)
    {
      guint32 offset = at % (guint32) (sample->size / BLOCK * BLOCK);
      BtBlock block = { offset / sample->piece_length, offset % sample->piece_length, BLOCK };

      ft_bad_link_say_block (link, BT_MESSAGE_REQUEST, &block);
    }
  ft_bad_link_go_deaf (link);
}

static void
test_deaf (void)
{
  static const FtSampleFile large[] = { { "a.bin", 40 * 1024 * 1024 }, { NULL, 0 } };
  static const FtManners manners = { .greet = greet_wanting, .message = ask_and_go_deaf };
  g_autoptr(Fixture) f = fixture_new (large, 1024 * 1024, &manners);
  g_autoptr(FtNode) honest = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(BtDetail) detail = NULL;
  BtTorrentId id;

  begin_seeding (f);
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  ft_wait_until (f->bad->got[BT_MESSAGE_UNCHOKE] > 0);
  id = ft_node_add (honest, f->sample->torrent, NULL, FALSE);
  ft_node_connect (honest, id, f->node->port);
  ft_wait_until (ft_node_is_complete (honest, id));
  detail = ft_node_detail (f->node, f->id, BT_DETAIL_PEERS);
  for (guint i = 0; i < detail->peers->len; i++)
    {
      const BtPeerStatus *peer = &g_array_index (detail->peers, BtPeerStatus, i);

      if (peer->endpoint.port != f->bad->local.port)
        continue;
      /* What left is in the buffers of the two sockets; the rest waits as requests, not as bytes. */
      g_assert_cmpuint (peer->uploaded, <, 24 * 1024 * 1024);
      g_assert_cmpuint (peer->n_requests_in, >, 0);
      g_assert_cmpuint (peer->n_requests_in, <=, BT_LIMIT_REQUESTS_FROM_PEER);
      return;
    }
  g_assert_not_reached ();
}

/* Blocks of the details that there are not. */

typedef struct
{
  guint n_rejects, n_blocks;
} Answers;

static void
ask_for_details (FtBadLink *link)
{
  static const char *const messages[] = {
    "\0d1:md11:ut_metadatai9eee",
    "\2d8:msg_typei0e5:piecei1ee",
    "\2d8:msg_typei0e5:piecei1000ee",
    "\2d8:msg_typei0e5:piecei0ee",
  };

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    ft_bad_link_say (link, BT_MESSAGE_EXTENDED, messages[i], 1 + strlen (messages[i] + 1));
}

static void
count_answer (FtBadLink *link, guint8 id, const guint8 *body, gsize length)
{
  Answers *answers = link->peer->data;
  BtMetadataMessage message;

  if (id != BT_MESSAGE_EXTENDED || body[0] != 9)
    return;
  g_assert_true (bt_metadata_decode (body + 1, length - 1, &message, NULL));
  answers->n_rejects += message.type == BT_METADATA_REJECT && message.block > 0;
  answers->n_blocks += message.type == BT_METADATA_DATA && message.block == 0;
}

/* They are rejected, and who asks for them may have those that there are. */
static void
test_details_out_of_range (void)
{
  static const FtManners manners
    = { .capabilities = BT_CAP_EXTENDED, .greet = ask_for_details, .message = count_answer };
  g_autoptr(Fixture) f = fixture_new (small_files, BLOCK, &manners);
  Answers answers = { 0 };

  f->bad->data = &answers;
  begin_seeding (f);
  ft_node_connect_to (f->node, f->id, &f->bad->local);
  ft_wait_until (answers.n_blocks == 1);
  g_assert_cmpuint (answers.n_rejects, ==, 2);
  g_assert_cmpuint (f->bad->n_closed, ==, 0);
}

/* The port of a node of the DHT. */

static GSocket *
open_udp (const char *ip)
{
  g_autoptr(GSocket) udp = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string (ip, 0);

  g_assert_true (g_socket_bind (udp, address, FALSE, NULL));
  return g_steal_pointer (&udp);
}

static void
greet_with_port (FtBadLink *link)
{
  g_autoptr(GSocketAddress) address = g_socket_get_local_address (link->peer->data, NULL);
  guint16 port = GUINT16_TO_BE (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));

  ft_bad_link_say (link, BT_MESSAGE_PORT, &port, sizeof port);
  ft_bad_link_greet (link);
}

static gboolean
was_asked (GSocket *udp)
{
  return (g_socket_condition_check (udp, G_IO_IN) & G_IO_IN) != 0;
}

/* One whose handshake says nothing of the DHT is not asked; one that says so is. */
static void
test_port (void)
{
  FtManners manners = { .greet = greet_with_port };
  g_autoptr(Fixture) f = fixture_new (small_files, BLOCK, &manners);
  g_autoptr(FtNode) node = ft_node_new_full (NULL, NULL, ft_config_use_dht);
  BtTorrentId id = ft_node_add (node, f->sample->torrent, NULL, FALSE);
  g_autoptr(GSocket) silent = open_udp (BAD_IP), other = open_udp (GOOD_IP);
  g_autoptr(FtBadPeer) good = NULL;

  f->bad->data = silent;
  ft_node_connect_to (node, id, &f->bad->local);
  ft_wait_until (ft_node_is_complete (node, id)); /* what came before the blocks was read */
  manners.capabilities = BT_CAP_DHT;
  good = ft_bad_peer_new (f->world, GOOD_IP, f->sample, &manners);
  good->data = other;
  ft_node_connect_to (node, id, &good->local);
  ft_wait_until (was_asked (other));
  g_assert_false (was_asked (silent));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/bad-peers/flood", test_flood);
  g_test_add_func ("/engine/bad-peers/flood-fast", test_flood_fast);
  g_test_add_func ("/engine/bad-peers/flood-while-choked", test_flood_while_choked);
  g_test_add_func ("/engine/bad-peers/deaf", test_deaf);
  g_test_add_func ("/engine/bad-peers/details-out-of-range", test_details_out_of_range);
  g_test_add_func ("/engine/bad-peers/port", test_port);
  return g_test_run ();
}
