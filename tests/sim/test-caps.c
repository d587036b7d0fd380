/* test-caps.c: caps of bt-limits.h that only a crowd of peers can reach: what they make an engine hold.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-extended.h"
#include "bt-metadata.h"
#include "ft-bad-peer.h"
#include "ft-sim.h"
#include "ft-test.h"

#define KIB 1024u
#define NODE_IP "50.0.0.1"
#define ITS_ID 9 /* under which peers want messages about details */

static const FtSampleFile few[] = { { "a.bin", 200000 }, { NULL, 0 } };

static FtBadPeer *
make_peer (FtSim *sim, const FtSample *sample, const char *ip, const FtManners *manners)
{
  return ft_bad_peer_new (ft_fake_net_add_host (sim->net, ip), ip, sample, manners);
}

static void
come (FtSimNode *node, FtBadPeer *peer)
{
  BtEndpoint endpoint = ft_sim_node_endpoint (node);

  ft_bad_peer_connect (peer, &endpoint);
}

/* It has nothing, or seeds would have no use for it. */
static void
greet_as_leecher (FtBadLink *link)
{
  ft_bad_link_say_bits (link, FALSE);
}

/* BT_LIMIT_LINKS_PER_ADDRESS, of those that are peers. Each says that it is somebody else. */
static void
test_peers_of_address (void)
{
  g_autoptr (FtSim) sim = ft_sim_new (1);
  g_autoptr (FtSample) sample = ft_sample_new (few, 16 * KIB, 1);
  FtSimNode *node = ft_sim_add_node (sim, NODE_IP, NULL);
  BtTorrent *torrent = ft_sim_node_add (node, sample->torrent, sample->dir);
  FtManners manners = { .greet = greet_as_leecher };
  FtBadPeer *peer = make_peer (sim, sample, "60.0.0.1", &manners);
  FtBadPeer *other = make_peer (sim, sample, "60.0.0.2", &manners);

  ft_sim_wait (sim, bt_torrent_is_active (torrent), 60);
  for (guint i = 0; i < 10; i++)
    {
      peer->handshake.peer_id[19]++;
      come (node, peer);
      ft_sim_run_for (sim, FT_SIM_SECOND);
      g_assert_cmpuint (torrent->peers->len, ==, MIN (i + 1, 3));
    }
  other->handshake.peer_id[0]++;
  come (node, other);
  ft_sim_wait (sim, torrent->peers->len == 4, 60);
  ft_bad_peer_free (other);
  ft_bad_peer_free (peer);
}

static void
say_nothing (FtBadLink *link)
{
}

/* The same, of those that have not said a word. */
static void
test_arrivals_of_address (void)
{
  g_autoptr (FtSim) sim = ft_sim_new (2);
  g_autoptr (FtSample) sample = ft_sample_new (few, 16 * KIB, 1);
  FtSimNode *node = ft_sim_add_node (sim, NODE_IP, NULL);
  BtTorrent *torrent = ft_sim_node_add (node, sample->torrent, sample->dir);
  FtBadPeer *peer = make_peer (sim, sample, "60.0.0.1", &(FtManners){ .shake = say_nothing });

  ft_sim_wait (sim, bt_torrent_is_active (torrent), 60);
  for (guint i = 0; i < 10; i++)
    {
      come (node, peer);
      ft_sim_run_for (sim, FT_SIM_SECOND / 10);
      g_assert_cmpuint (node->core->arrivals->len, ==, MIN (i + 1, 3));
    }
  ft_bad_peer_free (peer);
}

/* Details. */

#define N_LONG 400
#define N_ASKED 80

/* Of which the details have more than N_ASKED blocks. */
static FtSample *
make_wide_sample (void)
{
  g_autofree FtSampleFile *files = g_new0 (FtSampleFile, N_LONG + 1);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) folders = g_string_new (NULL);

  for (guint i = 0; i < 15; i++)
    g_string_append_printf (folders, "%0220u/", i);
  for (guint i = 0; i < N_LONG; i++)
    {
      g_ptr_array_add (paths, g_strdup_printf ("%s%u", folders->str, i));
      files[i] = (FtSampleFile){ g_ptr_array_index (paths, i), 1 };
    }
  return ft_sample_new (files, 16 * KIB, 5);
}

static void
say_extended (FtBadLink *link, guint8 id, const void *data, gsize length)
{
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  g_byte_array_append (payload, &id, 1);
  g_byte_array_append (payload, data, (guint) length);
  ft_bad_link_say (link, BT_MESSAGE_EXTENDED, payload->data, payload->len);
}

/* Asks for many blocks at once, each once. */
static void
ask_for_details (FtBadLink *link)
{
  g_autofree char *handshake = g_strdup_printf ("d1:md11:ut_metadatai%deee", ITS_ID);

  say_extended (link, BT_EXTENDED_HANDSHAKE, handshake, strlen (handshake));
  for (guint32 i = 0; i < N_ASKED; i++)
    {
      BtMetadataMessage message = { .type = BT_METADATA_REQUEST, .block = i };
      char head[BT_METADATA_MAX_HEAD];
      gsize length = bt_metadata_encode (&message, head);

      say_extended (link, BT_EXTENDED_METADATA, head, length);
    }
}

typedef struct
{
  guint n_given, n_rejected;
} Answers;

static void
count_answers (FtBadLink *link, guint8 id, const guint8 *body, gsize length)
{
  Answers *answers = link->peer->data;
  BtMetadataMessage message;

  if (id != BT_MESSAGE_EXTENDED || length < 1 || body[0] != ITS_ID)
    return;
  g_assert_true (bt_metadata_decode (body + 1, length - 1, &message, NULL));
  answers->n_given += message.type == BT_METADATA_DATA;
  answers->n_rejected += message.type == BT_METADATA_REJECT;
}

/* BT_LIMIT_METADATA_REQUESTS: while the details are brought from the database all wait. */
static void
test_metadata_requests (void)
{
  g_autoptr (FtSim) sim = ft_sim_new (3);
  g_autoptr (FtSample) sample = make_wide_sample ();
  FtSimNode *node = ft_sim_add_node (sim, NODE_IP, NULL);
  BtTorrent *torrent = ft_sim_node_add (node, sample->torrent, sample->dir);
  Answers answers = { 0 };
  FtManners manners = { .capabilities = BT_CAP_EXTENDED, .greet = ask_for_details, .message = count_answers };
  FtBadPeer *peer = make_peer (sim, sample, "60.0.0.1", &manners);

  peer->data = &answers;
  g_assert_cmpuint (torrent->metainfo->info_length, >, N_ASKED * 16 * KIB);
  ft_sim_wait (sim, bt_torrent_is_complete (torrent), 60);
  come (node, peer);
  ft_sim_wait (sim, answers.n_given + answers.n_rejected == N_ASKED, 600);
  g_assert_cmpuint (answers.n_given, ==, 64);
  ft_bad_peer_free (peer);
}

#define N_CLAIMING 72

static void
claim_last_piece (FtBadLink *link)
{
  ft_bad_link_say_index (link, BT_MESSAGE_HAVE, 0x1fffff); /* BT_LIMIT_PIECES - 1: a quarter of a MiB */
}

/* BT_LIMIT_CLAIMS_TOTAL */
static void
test_claims (void)
{
  g_autoptr (FtSim) sim = ft_sim_new (4);
  g_autoptr (FtSample) sample = ft_sample_new (few, 16 * KIB, 1);
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_parse (sample->torrent, NULL);
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) ft_bad_peer_free);
  FtSimNode *node = ft_sim_add_node (sim, NODE_IP, NULL);
  g_autofree char *link = NULL;
  char hex[BT_SHA1_HEX_SIZE];
  BtTorrent *torrent;

  bt_sha1_to_hex (&metainfo->info_hash, hex);
  link = g_strconcat ("magnet:?xt=urn:btih:", hex, NULL);
  torrent = ft_sim_node_add_link (node, link);
  for (guint i = 0; i < N_CLAIMING; i++)
    {
      g_autofree char *ip = g_strdup_printf ("60.%u.0.1", i);
      FtBadPeer *peer = make_peer (sim, sample, ip, &(FtManners){ .greet = claim_last_piece });

      peer->handshake.peer_id[0] = (guint8) i;
      g_ptr_array_add (peers, peer);
      come (node, peer);
      ft_sim_run_for (sim, FT_SIM_SECOND / 10);
      g_assert_cmpuint (torrent->peers->len, ==, i + 1);
      g_assert_cmpuint (node->core->claim_bytes, ==, MIN (i + 1, 64) * 256 * KIB);
    }
  g_ptr_array_set_size (peers, 0);
  ft_sim_wait (sim, torrent->peers->len == 0, 600);
  g_assert_cmpuint (node->core->claim_bytes, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/caps/peers-of-address", test_peers_of_address);
  g_test_add_func ("/sim/caps/arrivals-of-address", test_arrivals_of_address);
  g_test_add_func ("/sim/caps/metadata-requests", test_metadata_requests);
  g_test_add_func ("/sim/caps/claims", test_claims);
  return g_test_run ();
}
