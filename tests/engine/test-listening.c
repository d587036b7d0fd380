/* test-listening.c: ports that others have: the next is taken, or it is said that nobody can connect to us.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-swarm.h"
#include "ft-test.h"

#include <gio/gio.h>

#define USUAL_PORT 6881

static const FtSampleFile files[] = { { "a.bin", 100000 }, { NULL, 0 } };

/* @port: 0: any. Returns: (transfer full) (nullable): NULL if somebody else has it */
static GSocket *
take_port (GSocketType type, guint16 port)
{
  g_autoptr(GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, type, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);

  if (!g_socket_bind (socket, address, FALSE, NULL) || (type == G_SOCKET_TYPE_STREAM && !g_socket_listen (socket, NULL)))
    return NULL;
  return g_steal_pointer (&socket);
}

static guint16
port_of (GSocket *socket)
{
  g_autoptr(GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static void
listen_at (FtNode *node, guint16 port)
{
  node->config->listen_port = port;
  ft_node_configure (node);
}

/* A port that somebody chose is not changed for another: it is said, and what needs no port goes on. */
static void
test_taken (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 1);
  g_autoptr(FtNode) seed = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(FtNode) node = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(GSocket) taken = take_port (G_SOCKET_TYPE_STREAM, 0);
  g_autofree char *said = g_strdup_printf ("Nobody can connect to us: port %u cannot be opened", port_of (taken));
  BtTorrentId id;

  listen_at (node, port_of (taken));
  ft_wait_until (ft_node_said (node, said) && node->port == 0);
  ft_node_add (seed, sample->torrent, sample->dir, TRUE);
  id = ft_node_add (node, sample->torrent, NULL, FALSE);
  ft_node_connect (node, id, seed->port);
  ft_wait_until (ft_node_is_complete (node, id));
  listen_at (node, 0);
  ft_wait_until (node->port != 0);
}

static void
set_usual_port (BtConfig *config)
{
  config->listen_port = USUAL_PORT;
}

/* The port that nobody chose: one of those that follow. */
static void
test_usual_port (void)
{
  g_autoptr(GSocket) taken = take_port (G_SOCKET_TYPE_STREAM, USUAL_PORT);
  g_autoptr(FtNode) node = ft_node_new_full (NULL, NULL, set_usual_port);

  g_assert_cmpuint (node->port, >, USUAL_PORT);
  g_assert_cmpuint (node->port, <, USUAL_PORT + 10);
}

/* It is free for connections and taken for datagrams: peers can connect all the same. */
static void
test_datagrams_taken (void)
{
  g_autoptr(FtSample) sample = ft_sample_new (files, 16384, 1);
  g_autoptr(FtNode) node = ft_node_new_full (NULL, NULL, ft_config_use_dht);
  g_autoptr(FtNode) leecher = ft_node_new (NULL, BT_MODE_ALL);
  g_autoptr(GSocket) taken = take_port (G_SOCKET_TYPE_DATAGRAM, 0);
  guint16 port = port_of (taken);
  BtTorrentId id;

  listen_at (node, port);
  ft_wait_until (node->port == port);
  ft_node_add (node, sample->torrent, sample->dir, TRUE);
  id = ft_node_add (leecher, sample->torrent, NULL, FALSE);
  ft_node_connect (leecher, id, port);
  ft_wait_until (ft_node_is_complete (leecher, id));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/listening/taken", test_taken);
  g_test_add_func ("/engine/listening/usual-port", test_usual_port);
  g_test_add_func ("/engine/listening/datagrams-taken", test_datagrams_taken);
  return g_test_run ();
}
