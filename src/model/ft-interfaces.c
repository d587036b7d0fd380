/* ft-interfaces.c: the network interfaces of this computer and what tells one network from another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-interfaces.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#define PREFIX_BYTES 8 /* of an IPv6 address: what the network chose */

typedef struct ifaddrs FtAddresses;

static void
free_addresses (FtAddresses *addresses)
{
  freeifaddrs (addresses);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtAddresses, free_addresses)

static void
free_interface (gpointer data)
{
  FtInterface *interface = data;

  g_free (interface->name);
  g_ptr_array_unref (interface->addresses);
  g_free (interface);
}

static FtInterface *
find_interface (GPtrArray *interfaces, const char *name, gboolean is_loopback)
{
  FtInterface *interface;

  for (guint i = 0; i < interfaces->len; i++)
    {
      interface = g_ptr_array_index (interfaces, i);
      if (g_str_equal (interface->name, name))
        return interface;
    }
  interface = g_new0 (FtInterface, 1);
  interface->name = g_strdup (name);
  interface->addresses = g_ptr_array_new_with_free_func (g_free);
  interface->is_loopback = is_loopback;
  g_ptr_array_add (interfaces, interface);
  return interface;
}

static void
add_address (FtInterface *interface, const struct sockaddr *address)
{
  char text[INET6_ADDRSTRLEN];

  if (address == NULL)
    return;
  if (address->sa_family == AF_INET)
    {
      const struct sockaddr_in *ipv4 = (const struct sockaddr_in *) (const void *) address;

      if (inet_ntop (AF_INET, &ipv4->sin_addr, text, sizeof text) != NULL)
        g_ptr_array_insert (interface->addresses, 0, g_strdup (text));
    }
  else if (address->sa_family == AF_INET6)
    {
      const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *) (const void *) address;

      if (!IN6_IS_ADDR_LINKLOCAL (&ipv6->sin6_addr)
          && inet_ntop (AF_INET6, &ipv6->sin6_addr, text, sizeof text) != NULL)
        g_ptr_array_add (interface->addresses, g_strdup (text));
    }
}

static int
compare_interfaces (gconstpointer a, gconstpointer b)
{
  const FtInterface *const *one = a, *const *other = b;

  return g_strcmp0 ((*one)->name, (*other)->name);
}

GPtrArray *
ft_interfaces_list (void)
{
  GPtrArray *interfaces = g_ptr_array_new_with_free_func (free_interface);
  g_autoptr (FtAddresses) addresses = NULL;

  if (getifaddrs (&addresses) != 0)
    return interfaces;
  for (const FtAddresses *item = addresses; item != NULL; item = item->ifa_next)
    if ((item->ifa_flags & IFF_UP) != 0)
      add_address (find_interface (interfaces, item->ifa_name, (item->ifa_flags & IFF_LOOPBACK) != 0),
                   item->ifa_addr);
  g_ptr_array_sort (interfaces, compare_interfaces);
  return interfaces;
}

/* The whole of an IPv4 address, what the network chose of an IPv6 address. */
static char *
describe_address (const char *name, const struct sockaddr *address)
{
  char text[INET6_ADDRSTRLEN];
  struct in6_addr prefix = IN6ADDR_ANY_INIT;

  if (address->sa_family == AF_INET)
    inet_ntop (AF_INET, &((const struct sockaddr_in *) (const void *) address)->sin_addr, text, sizeof text);
  else
    {
      memcpy (&prefix, &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr, PREFIX_BYTES);
      inet_ntop (AF_INET6, &prefix, text, sizeof text);
    }
  return g_strdup_printf ("%s=%s", name, text);
}

static gboolean
tells_network (const FtAddresses *item)
{
  const struct sockaddr *address = item->ifa_addr;

  if (address == NULL || (item->ifa_flags & IFF_UP) == 0 || (item->ifa_flags & IFF_LOOPBACK) != 0)
    return FALSE;
  if (address->sa_family == AF_INET6)
    return !IN6_IS_ADDR_LINKLOCAL (&((const struct sockaddr_in6 *) (const void *) address)->sin6_addr);
  return address->sa_family == AF_INET;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

char *
ft_interfaces_describe_network (void)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (FtAddresses) addresses = NULL;
  GString *all = g_string_new (NULL);

  if (getifaddrs (&addresses) == 0)
    for (const FtAddresses *item = addresses; item != NULL; item = item->ifa_next)
      if (tells_network (item))
        g_ptr_array_add (texts, describe_address (item->ifa_name, item->ifa_addr));
  g_ptr_array_sort (texts, compare_texts);
  for (guint i = 0; i < texts->len; i++)
    {
      /* Several addresses of one prefix are one. */
      if (i == 0 || g_strcmp0 (texts->pdata[i], texts->pdata[i - 1]) != 0)
        g_string_append_printf (all, "%s\n", (const char *) texts->pdata[i]);
    }
  return g_string_free (all, FALSE);
}
