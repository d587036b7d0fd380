/* bt-lsd-client.c: speaks to the local network of torrents, and listens to it (BEP 14).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-lsd-client.h"

#include <string.h>

/* Ten datagrams a second are looked at; whoever sends more is not listened to for the rest of it. */
#define WINDOW_US (5 * G_TIME_SPAN_SECOND)
#define MAX_IN_WINDOW 50

#define HOPS 1 /* this network alone: others would not be listened to */
#define COOKIE_BYTES 8

typedef struct
{
  BtLsdClient *client;
  BtUdp *udp;
  BtMulticast group;
} Socket;

struct _BtLsdClient
{
  BtWorld *world;
  BtLsdFunc func;
  gpointer owner;
  GPtrArray *sockets; /* of Socket */
  GArray *addresses;  /* (nullable) of BtLocalAddress: the networks that are listened to */
  guint16 port;
  char cookie[2 * COOKIE_BYTES + 1];
  gint64 window;      /* when it began */
  guint n_in_window;
};

/* Listening. */

/* Of the network that it was heard on. */
static gboolean
is_neighbour (const Socket *socket, const BtEndpoint *from)
{
  GArray *addresses = socket->client->addresses;

  for (guint i = 0; i < addresses->len; i++)
    {
      const BtLocalAddress *address = &g_array_index (addresses, BtLocalAddress, i);

      if (address->interface_index == socket->group.interface_index
          && bt_endpoint_is_in_network (from, &address->endpoint, address->prefix_length))
        return TRUE;
    }
  return FALSE;
}

static gboolean
may_hear (BtLsdClient *client)
{
  gint64 now = bt_world_now (client->world);

  if (now - client->window >= WINDOW_US)
    {
      client->window = now;
      client->n_in_window = 0;
    }
  return ++client->n_in_window <= MAX_IN_WINDOW;
}

static void
heard_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  Socket *socket = owner;
  BtLsdClient *client = socket->client;
  BtEndpoint endpoint = *from;
  BtLsdMessage message;

  if (!may_hear (client) || !is_neighbour (socket, from) || !bt_lsd_read (bytes, length, &message)
      || strcmp (message.cookie, client->cookie) == 0)
    return;
  endpoint.port = message.port;
  for (guint i = 0; i < message.n_hashes; i++)
    client->func (&message.hashes[i], &endpoint, client->owner);
}

/* Speaking. */

static guint
send_to (const Socket *socket, const BtSha1 *const *hashes, guint n)
{
  BtLsdClient *client = socket->client;
  gboolean ipv6 = !bt_endpoint_is_ipv4 (&socket->group.group);
  char bytes[BT_LSD_MAX_SIZE];
  guint n_written;
  gsize size = bt_lsd_write (ipv6, client->port, hashes, n, client->cookie, bytes, &n_written);

  client->world->ops->udp_send (client->world, socket->udp, &socket->group.group, bytes, size);
  return n_written;
}

guint
bt_lsd_client_tell (BtLsdClient *client, const BtSha1 *const *hashes, guint n)
{
  char bytes[BT_LSD_MAX_SIZE];
  guint n_fitting;

  /* The name of the group of IPv6 is the longer one: what fits there fits for IPv4 too. */
  bt_lsd_write (TRUE, client->port, hashes, n, client->cookie, bytes, &n_fitting);
  for (guint i = 0; i < client->sockets->len; i++)
    send_to (g_ptr_array_index (client->sockets, i), hashes, n_fitting);
  return n_fitting;
}

/* Sockets. */

static void
free_socket (gpointer data)
{
  Socket *socket = data;
  BtWorld *world = socket->client->world;

  world->ops->udp_free (world, socket->udp);
  g_free (socket);
}

static gboolean
has_socket (BtLsdClient *client, const BtMulticast *group)
{
  for (guint i = 0; i < client->sockets->len; i++)
    {
      const Socket *socket = g_ptr_array_index (client->sockets, i);

      if (socket->group.interface_index == group->interface_index
          && bt_endpoint_equal (&socket->group.group, &group->group))
        return TRUE;
    }
  return FALSE;
}

static void
open_socket (BtLsdClient *client, const BtMulticast *group)
{
  g_autoptr (GError) error = NULL;
  Socket *socket;

  if (has_socket (client, group))
    return;
  socket = g_new0 (Socket, 1);
  socket->client = client;
  socket->group = *group;
  socket->udp = client->world->ops->udp_open_group (client->world, group, heard_cb, socket, &error);
  if (socket->udp == NULL)
    {
      g_debug ("A local network is not told: %s", error->message);
      g_free (socket);
      return;
    }
  g_ptr_array_add (client->sockets, socket);
}

/* The other end of a tunnel is no local network. */
static gboolean
is_local_network (const BtLocalAddress *address)
{
  const BtAddressFlags wanted = BT_ADDRESS_UP | BT_ADDRESS_MULTICAST;

  return (address->flags & wanted) == wanted
         && (address->flags & (BT_ADDRESS_LOOPBACK | BT_ADDRESS_POINT_TO_POINT)) == 0;
}

gboolean
bt_lsd_client_open (BtLsdClient *client, guint16 port, gboolean ipv4, gboolean ipv6)
{
  bt_lsd_client_close (client);
  client->port = port;
  client->addresses = client->world->ops->list_addresses (client->world);
  for (guint i = 0; client->addresses != NULL && i < client->addresses->len; i++)
    {
      const BtLocalAddress *address = &g_array_index (client->addresses, BtLocalAddress, i);
      gboolean is_ipv4 = bt_endpoint_is_ipv4 (&address->endpoint);
      BtMulticast group = { .interface_index = address->interface_index, .hops = HOPS, .loopback = TRUE };

      (void) bt_endpoint_parse_ip (&group.group, is_ipv4 ? BT_LSD_GROUP4 : BT_LSD_GROUP6, BT_LSD_PORT);
      if (is_local_network (address) && (is_ipv4 ? ipv4 : ipv6))
        open_socket (client, &group);
    }
  return client->sockets->len > 0;
}

void
bt_lsd_client_close (BtLsdClient *client)
{
  g_ptr_array_set_size (client->sockets, 0);
  g_clear_pointer (&client->addresses, g_array_unref);
}

gboolean
bt_lsd_client_is_open (const BtLsdClient *client)
{
  return client->sockets->len > 0;
}

BtLsdClient *
bt_lsd_client_new (BtWorld *world, BtLsdFunc func, gpointer owner)
{
  BtLsdClient *client = g_new0 (BtLsdClient, 1);
  guint8 bytes[COOKIE_BYTES];

  client->world = world;
  client->func = func;
  client->owner = owner;
  client->sockets = g_ptr_array_new_with_free_func (free_socket);
  world->ops->random (world, bytes, sizeof bytes);
  for (guint i = 0; i < COOKIE_BYTES; i++)
    g_snprintf (client->cookie + 2 * i, 3, "%02x", bytes[i]);
  return client;
}

void
bt_lsd_client_free (BtLsdClient *client)
{
  bt_lsd_client_close (client);
  g_ptr_array_unref (client->sockets);
  g_free (client);
}
