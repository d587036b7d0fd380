/* bt-core-udp.c: the sockets of datagrams, one a family on the port that is listened on, and whose each datagram is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-private.h"

/* A dictionary begins the datagrams of the DHT, and no others. */
#define DHT_FIRST_BYTE 'd'

static void
datagram_cb (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner)
{
  BtCore *core = owner;
  const guint8 *first = bytes;

  if (length > 0 && *first == DHT_FIRST_BYTE)
    bt_core_dht_input (core, from, bytes, length);
}

/* Without a port to listen on any will do: the DHT tells others which it is. */
static gboolean
open_socket (BtCore *core, gboolean ipv6, GError **error)
{
  guint16 port = core->udp_port != 0 ? core->udp_port : core->listen_port;
  BtEndpoint local;

  if (core->udp[ipv6] != NULL || !bt_core_get_local (core, ipv6, port, &local))
    return TRUE;
  core->udp[ipv6] = core->world->ops->udp_open (core->world, &local, datagram_cb, core, error);
  if (core->udp[ipv6] == NULL)
    return FALSE;
  core->udp_port = local.port;
  return TRUE;
}

gboolean
bt_core_open_udp (BtCore *core)
{
  gboolean opened = TRUE;

  if (!core->config->dht)
    return TRUE;
  for (guint ipv6 = 0; ipv6 < G_N_ELEMENTS (core->udp); ipv6++)
    {
      g_autoptr(GError) error = NULL;

      /* A family that is not listened on is one that this machine does not have. */
      if (core->listen_port != 0 && core->listeners[ipv6] == NULL)
        continue;
      if (!open_socket (core, ipv6 == 1, &error))
        {
          g_debug ("No socket for datagrams: %s", error->message);
          opened = FALSE;
        }
    }
  return opened;
}

void
bt_core_close_udp (BtCore *core)
{
  for (guint i = 0; i < G_N_ELEMENTS (core->udp); i++)
    if (core->udp[i] != NULL)
      core->world->ops->udp_free (core->world, g_steal_pointer (&core->udp[i]));
  core->udp_port = 0;
}

void
bt_core_send_udp (BtCore *core, const BtEndpoint *to, const void *bytes, gsize length)
{
  BtUdp *udp = core->udp[bt_endpoint_is_ipv4 (to) ? 0 : 1];

  /* What cannot be sent is lost, as it may be on the way. */
  if (udp != NULL)
    (void) core->world->ops->udp_send (core->world, udp, to, bytes, length);
}
