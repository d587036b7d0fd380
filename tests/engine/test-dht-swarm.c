/* test-dht-swarm.c: engines that find each other by the DHT alone, and torrents that never touch it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>

#include "bt-metainfo.h"
#include "ft-swarm.h"
#include "ft-test.h"

static const FtSampleFile files[] = { { "data.bin", 300000 }, { NULL, 0 } };
static const FtSampleFile other_files[] = { { "other.bin", 200000 }, { NULL, 0 } };

/* Who is asked first by the nodes that are made next: a port of loopback; 0: nobody. */
static guint16 router_port;

static void
use_dht (BtConfig *config)
{
  ft_config_use_dht (config);
  if (router_port != 0)
    config->dht_routers[0] = g_strdup_printf ("127.0.0.1:%u", router_port);
}

static void
use_dht_of_ipv6 (BtConfig *config)
{
  use_dht (config);
  g_free (config->bind_address);
  config->bind_address = g_strdup ("::1");
}

static FtNode *
make_node (const char *state_dir, guint16 router)
{
  router_port = router;
  return ft_node_new_full (state_dir, NULL, use_dht);
}

static gboolean
is_working (FtNode *node)
{
  return node->dht[0].state == BT_DHT_FACTS_WORKING;
}

static BtSha1
get_hash (GBytes *torrent)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(BtMetainfo) metainfo = bt_metainfo_parse (torrent, &error);

  g_assert_no_error (error);
  return metainfo->info_hash;
}

/* The torrent with bytes in front of its last @n_after bytes. */
static GBytes *
insert (GBytes *torrent, const char *text, gsize n_after)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (torrent, &length);
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, bytes, (guint) (length - n_after));
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
  g_byte_array_append (out, bytes + length - n_after, (guint) n_after);
  return g_byte_array_free_to_bytes (out);
}

static GBytes *
make_private (GBytes *torrent)
{
  return insert (torrent, "7:privatei1e", 2);
}

static GBytes *
add_node (GBytes *torrent, guint16 port)
{
  g_autofree char *text = g_strdup_printf ("5:nodesll9:127.0.0.1i%ueee", port);

  return insert (torrent, text, 1);
}

/* No tracker, no address given by hand: the seed is found through a node that both know. */
static void
test_no_tracker (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 1);
  g_autoptr(FtNode) router = make_node (NULL, 0);
  g_autoptr(FtNode) seed = make_node (NULL, router->port);
  g_autoptr(FtNode) leecher = make_node (NULL, router->port);
  BtTorrentId a, b;

  g_assert_cmpint (router->dht[1].state, ==, BT_DHT_FACTS_OFF); /* bound to IPv4 */
  a = ft_node_add (seed, sample->torrent, sample->dir, FALSE);
  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_wait_until (leecher->dht[0].n_stored_torrents > 0); /* routers are not announced to */
  b = ft_node_add (leecher, sample->torrent, NULL, FALSE);
  ft_wait_until (ft_node_is_complete (leecher, b));
  ft_sample_assert_equal (sample, leecher->dir);
}

/* A link that names nobody but a node of the DHT: its details and its data come. */
static void
test_link (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 10);
  g_autoptr(FtNode) router = make_node (NULL, 0);
  g_autoptr(FtNode) other = make_node (NULL, router->port);
  g_autoptr(FtNode) seed = make_node (NULL, router->port);
  g_autoptr(FtNode) leecher = make_node (NULL, 0);
  BtSha1 hash = get_hash (sample->torrent);
  char hex[BT_SHA1_HEX_SIZE];
  g_autofree char *link = NULL;
  BtAddRequest request = { .intent = BT_INTENT_RUN };
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, FALSE);
  BtTorrentId b;

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_wait_until (other->dht[0].n_stored_torrents > 0);
  bt_sha1_to_hex (&hash, hex);
  link = g_strdup_printf ("magnet:?xt=urn:btih:%s&dht=127.0.0.1:%u", hex, router->port);
  request.magnet = link;
  b = ft_node_add_request (leecher, &request);
  ft_wait_until (ft_node_is_complete (leecher, b));
  ft_sample_assert_equal (sample, leecher->dir);
}

static gboolean
has_ipv6 (void)
{
  g_autoptr(GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new (loopback, 0);

  return socket != NULL && g_socket_bind (socket, address, FALSE, NULL);
}

/* The other family is another network with nodes of its own. */
static void
test_ipv6 (void)
{
  g_autoptr(FtSample) sample = NULL;
  g_autoptr(FtNode) seed = NULL;
  g_autoptr(FtNode) leecher = NULL;
  g_autoptr(GBytes) torrent = NULL;
  g_autofree char *nodes = NULL;
  BtTorrentId a, b;

  if (!has_ipv6 ())
    {
      g_test_skip ("this machine has no IPv6 loopback");
      return;
    }
  sample = ft_sample_new (files, 16384, 11);
  router_port = 0;
  seed = ft_node_new_full (NULL, NULL, use_dht_of_ipv6);
  leecher = ft_node_new_full (NULL, NULL, use_dht_of_ipv6);
  nodes = g_strdup_printf ("5:nodesll3:::1i%ueee", seed->port);
  torrent = insert (sample->torrent, nodes, 1);
  a = ft_node_add (seed, sample->torrent, sample->dir, FALSE);
  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  b = ft_node_add (leecher, torrent, NULL, FALSE);
  ft_wait_until (leecher->dht[1].state == BT_DHT_FACTS_WORKING);
  g_assert_cmpint (leecher->dht[0].state, ==, BT_DHT_FACTS_OFF);
  ft_wait_until (ft_node_is_complete (leecher, b));
}

/* Nodes that a torrent names are a way in. */
static void
test_named_nodes (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 2);
  g_autoptr(FtNode) router = make_node (NULL, 0);
  g_autoptr(FtNode) node = make_node (NULL, 0);
  g_autoptr(GBytes) torrent = add_node (sample->torrent, router->port);
  BtTorrentId id = ft_node_add (node, torrent, NULL, FALSE);

  ft_wait_until (is_working (node));
  ft_wait_until (is_working (router));
  ft_wait_until (ft_node_status (node, id)->reason == BT_REASON_NO_PEERS);
}

/* Peers tell each other the ports of their nodes. */
static void
test_port_message (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 3);
  g_autoptr(FtNode) seed = make_node (NULL, 0);
  g_autoptr(FtNode) leecher = make_node (NULL, 0);
  BtTorrentId a = ft_node_add (seed, sample->torrent, sample->dir, FALSE);
  BtTorrentId b = ft_node_add (leecher, sample->torrent, NULL, FALSE);

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  g_assert_false (is_working (seed));
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (ft_node_is_complete (leecher, b));
  ft_wait_until (is_working (seed) && is_working (leecher));
}

/* Somebody on a port of loopback who writes down what comes and answers nothing. */
typedef struct
{
  GSocket *socket;
  guint16 port;
  GString *heard;
  GSource *source;
} Listener;

static gboolean
heard_cb (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Listener *listener = user_data;
  char bytes[2048];
  gssize length = g_socket_receive (socket, bytes, sizeof bytes, NULL, NULL);

  if (length > 0)
    g_string_append_len (listener->heard, bytes, length);
  return G_SOURCE_CONTINUE;
}

static void
listener_init (Listener *listener)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) local = NULL;
  g_autoptr(GError) error = NULL;

  listener->heard = g_string_new (NULL);
  listener->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_bind (listener->socket, any, FALSE, NULL));
  g_socket_set_blocking (listener->socket, FALSE);
  local = g_socket_get_local_address (listener->socket, NULL);
  listener->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  listener->source = g_socket_create_source (listener->socket, G_IO_IN, NULL);
  g_source_set_callback (listener->source, G_SOURCE_FUNC (heard_cb), listener, NULL);
  g_source_attach (listener->source, NULL);
}

static void
listener_clear (Listener *listener)
{
  g_source_destroy (listener->source);
  g_source_unref (listener->source);
  g_object_unref (listener->socket);
  g_string_free (listener->heard, TRUE);
}

static gboolean
has_heard (const Listener *listener, const BtSha1 *hash)
{
  return memmem (listener->heard->str, listener->heard->len, hash->bytes, sizeof hash->bytes) != NULL;
}

/* A private torrent is neither searched for nor announced, and whom it names is not asked. */
static void
test_private (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 4);
  g_autoptr(FtSample) other = ft_sample_new (other_files, 16384, 5);
  g_autoptr(GBytes) secret = make_private (sample->torrent);
  g_autoptr(FtNode) node = NULL;
  Listener router, named;
  g_autoptr(GBytes) torrent = NULL;
  BtSha1 secret_hash, open_hash;
  BtTorrentId id;

  listener_init (&router);
  listener_init (&named);
  torrent = add_node (secret, named.port);
  secret_hash = get_hash (torrent);
  open_hash = get_hash (other->torrent);
  node = make_node (NULL, router.port);
  id = ft_node_add (node, torrent, NULL, FALSE);
  ft_wait_until (ft_node_status (node, id) != NULL
                 && ft_node_status (node, id)->reason == BT_REASON_NO_TRACKER);
  g_assert_true (ft_node_status (node, id)->is_private);
  ft_node_add (node, other->torrent, NULL, FALSE);
  ft_wait_until (has_heard (&router, &open_hash));
  g_assert_false (has_heard (&router, &secret_hash));
  g_assert_cmpuint (named.heard->len, ==, 0);
  g_clear_pointer (&node, ft_node_free);
  listener_clear (&router);
  listener_clear (&named);
}

/* Peers of a private torrent do not tell each other of their nodes. */
static void
test_private_peers (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 6);
  g_autoptr(GBytes) secret = make_private (sample->torrent);
  g_autoptr(FtNode) seed = make_node (NULL, 0);
  g_autoptr(FtNode) leecher = make_node (NULL, 0);
  BtTorrentId a = ft_node_add (seed, secret, sample->dir, FALSE);
  BtTorrentId b = ft_node_add (leecher, secret, NULL, FALSE);

  ft_wait_until (ft_node_in_state (seed, a, BT_STATE_SEEDING));
  ft_node_connect (leecher, b, seed->port);
  ft_wait_until (ft_node_is_complete (leecher, b));
  g_assert_cmpint (seed->dht[0].state, ==, BT_DHT_FACTS_ALONE);
  g_assert_cmpint (leecher->dht[0].state, ==, BT_DHT_FACTS_ALONE);
}

/* What is set takes effect at once, both ways. */
static void
test_switch (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 7);
  g_autoptr(FtNode) other = make_node (NULL, 0);
  g_autoptr(FtNode) node = make_node (NULL, 0);
  g_autoptr(GBytes) torrent = add_node (sample->torrent, other->port);
  BtTorrentId id = ft_node_add (node, torrent, NULL, FALSE);

  ft_wait_until (is_working (node));
  node->config->dht = FALSE;
  ft_node_configure (node);
  ft_wait_until (node->dht[0].state == BT_DHT_FACTS_OFF);
  ft_wait_until (ft_node_status (node, id)->reason == BT_REASON_NO_TRACKER);
  node->config->dht = TRUE;
  ft_node_configure (node);
  ft_wait_until (is_working (node));
  ft_wait_until (ft_node_status (node, id)->reason != BT_REASON_NO_TRACKER);

  /* Another port is other sockets. */
  node->config->listen_port = 0;
  g_free (node->config->bind_address);
  node->config->bind_address = g_strdup ("127.0.0.2");
  ft_node_configure (node);
  ft_wait_until (is_working (node));
}

static char *
make_state_dir (void)
{
  g_autoptr(GError) error = NULL;
  char *dir = g_dir_make_tmp ("ft-dht-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

/* Whoever knew the network once needs no router again. */
static void
test_memory (void)
{
  g_autofree char *state_dir = make_state_dir ();
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 9);
  g_autoptr(FtNode) other = make_node (NULL, 0);
  g_autoptr(FtNode) node = make_node (state_dir, 0);
  g_autoptr(GBytes) torrent = add_node (sample->torrent, other->port);
  BtTorrentId torrent_id = ft_node_add (node, torrent, NULL, FALSE);
  BtSha1 id;

  ft_wait_until (is_working (node));
  id = node->dht[0].id;
  ft_node_remove (node, torrent_id, FALSE);
  g_clear_pointer (&node, ft_node_free);
  node = make_node (state_dir, 0);
  ft_wait_until (is_working (node));
  g_assert_true (bt_sha1_equal (&id, &node->dht[0].id));
  g_clear_pointer (&node, ft_node_free);
  ft_remove_tree (state_dir);
}

/* Nobody answers: it is said, and ends at once. */
static void
test_silence (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 8);
  g_autoptr(FtNode) node = NULL;
  Listener router;
  BtTorrentId id;

  listener_init (&router);
  node = make_node (NULL, router.port);
  id = ft_node_add (node, sample->torrent, NULL, FALSE);
  ft_wait_until (node->dht[0].state == BT_DHT_FACTS_STARTING);
  ft_wait_until (ft_node_status (node, id)->reason == BT_REASON_SEARCHING);
  g_assert_cmpuint (router.heard->len, >, 0);
  g_clear_pointer (&node, ft_node_free);
  listener_clear (&router);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/dht-swarm/no-tracker", test_no_tracker);
  g_test_add_func ("/engine/dht-swarm/link", test_link);
  g_test_add_func ("/engine/dht-swarm/ipv6", test_ipv6);
  g_test_add_func ("/engine/dht-swarm/named-nodes", test_named_nodes);
  g_test_add_func ("/engine/dht-swarm/port-message", test_port_message);
  g_test_add_func ("/engine/dht-swarm/private", test_private);
  g_test_add_func ("/engine/dht-swarm/private-peers", test_private_peers);
  g_test_add_func ("/engine/dht-swarm/switch", test_switch);
  g_test_add_func ("/engine/dht-swarm/memory", test_memory);
  g_test_add_func ("/engine/dht-swarm/silence", test_silence);
  return g_test_run ();
}
