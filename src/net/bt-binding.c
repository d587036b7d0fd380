/* bt-binding.c: the one local address or network interface that sockets may use, or none is opened.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"

#include "bt-error.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

/* There is no fallback: the person may have chosen it in order not to be seen elsewhere. */

void
bt_gio_bind (BtWorld *base, const BtEndpoint *address, const char *interface)
{
  BtGioWorld *world = (BtGioWorld *) base;

  world->bound = address != NULL;
  if (address != NULL)
    {
      world->bind_address = *address;
      world->bind_address.port = 0;
    }
  g_free (world->interface);
  world->interface = g_strdup (interface);
  /* Its idle connections, and those it would make, are bound as they were. */
  bt_gio_world_end_sessions (world);
  bt_gio_upnp_bound (world);
}

static struct ifaddrs *
find_address (struct ifaddrs *all, const char *interface, int family)
{
  for (struct ifaddrs *entry = all; entry != NULL; entry = entry->ifa_next)
    if (entry->ifa_addr != NULL && (family == AF_UNSPEC || entry->ifa_addr->sa_family == family)
        && strcmp (entry->ifa_name, interface) == 0)
      return entry;
  return NULL;
}

guint
bt_gio_find_interface (BtWorld *base, const char *interface)
{
  guint index = if_nametoindex (interface);
  struct ifaddrs *all, *entry;

  if (index == 0 || getifaddrs (&all) < 0)
    return 0;
  entry = find_address (all, interface, AF_UNSPEC);
  if (entry == NULL || (entry->ifa_flags & IFF_UP) == 0)
    index = 0;
  freeifaddrs (all);
  return index;
}

/* Before Linux 5.7 only root might name a device. An address of it keeps at least answers away from the
 * others; where the way out is chosen by address, as for tunnels, it is the same. */
static gboolean
bind_to_its_address (BtGioWorld *world, int fd, gboolean is_ipv4)
{
  struct ifaddrs *all, *entry;
  socklen_t length = is_ipv4 ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6);
  gboolean ok = FALSE;
  int on = 1;

  if (getifaddrs (&all) < 0)
    return FALSE;
  entry = find_address (all, world->interface, is_ipv4 ? AF_INET : AF_INET6);
  if (entry != NULL)
    {
      setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
      ok = bind (fd, entry->ifa_addr, length) == 0;
    }
  freeifaddrs (all);
  return ok;
}

gboolean
bt_gio_world_confine (BtGioWorld *world, int fd, gboolean is_ipv4, GError **error)
{
  const char *interface = world->interface;

  if (interface == NULL
      || setsockopt (fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t) strlen (interface) + 1) == 0
      || (errno == EPERM && bind_to_its_address (world, fd, is_ipv4)))
    return TRUE;
  g_set_error (error, BT_ERROR, BT_ERROR_NETWORK, "the interface \"%s\" is not there", interface);
  return FALSE;
}

static gboolean
is_address_of (BtGioWorld *world, const BtEndpoint *ip, guint interface_index)
{
  g_autoptr (GArray) all = bt_gio_list_addresses (&world->base);

  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      const BtLocalAddress *address = &g_array_index (all, BtLocalAddress, i);

      if (address->interface_index == interface_index && bt_endpoint_same_ip (&address->endpoint, ip))
        return TRUE;
    }
  return FALSE;
}

gboolean
bt_gio_world_is_confined (BtGioWorld *world, int fd)
{
  char name[IFNAMSIZ] = "";
  socklen_t length = sizeof name - 1;
  BtEndpoint local;

  if (world->interface == NULL)
    return TRUE;
  if (getsockopt (fd, SOL_SOCKET, SO_BINDTODEVICE, name, &length) == 0 && *name != '\0')
    return strcmp (name, world->interface) == 0;
  bt_gio_get_local (fd, &local);
  return is_address_of (world, &local, if_nametoindex (world->interface));
}

gboolean
bt_gio_world_restrict (BtGioWorld *world, BtEndpoint *local, GError **error)
{
  const BtEndpoint *only = &world->bind_address;
  char text[BT_ENDPOINT_TEXT_SIZE];

  if (!world->bound)
    return TRUE;

  if (bt_endpoint_is_ipv4 (local) == bt_endpoint_is_ipv4 (only)
      && (bt_endpoint_is_unspecified (local) || bt_endpoint_same_ip (local, only)))
    {
      memcpy (local->ip, only->ip, sizeof local->ip);
      local->scope = only->scope;
      return TRUE;
    }
  bt_endpoint_format_ip (only, text);
  g_set_error (error, BT_ERROR, BT_ERROR_NETWORK, "Only the local address %s may be used", text);
  return FALSE;
}

gboolean
bt_gio_world_may_use (BtGioWorld *world, gboolean is_ipv4, guint interface_index, GError **error)
{
  char text[BT_ENDPOINT_TEXT_SIZE];

  if (world->interface != NULL && if_nametoindex (world->interface) != interface_index)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_NETWORK, "Only the interface \"%s\" may be used", world->interface);
      return FALSE;
    }
  if (!world->bound
      || (bt_endpoint_is_ipv4 (&world->bind_address) == is_ipv4
          && is_address_of (world, &world->bind_address, interface_index)))
    return TRUE;
  bt_endpoint_format_ip (&world->bind_address, text);
  g_set_error (error, BT_ERROR, BT_ERROR_NETWORK, "Only the local address %s may be used", text);
  return FALSE;
}
