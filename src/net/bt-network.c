/* bt-network.c: the addresses of this machine and the way out of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"
#include "bt-netlink.h"

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A list that changes while it is read is read again. */
#define MAX_TRIES 8

/* Addresses. */

typedef struct
{
  GArray *addresses; /* of BtLocalAddress */
  int fd;            /* any socket, to ask about interfaces by */
} Listing;

static void
set_ip (BtEndpoint *out, int family, const guint8 *ip)
{
  if (family == AF_INET)
    bt_endpoint_set_ipv4 (out, ip, 0);
  else
    bt_endpoint_set_ipv6 (out, ip, 0);
}

static BtAddressFlags
translate_interface_flags (int flags)
{
  return ((flags & IFF_UP) != 0 ? BT_ADDRESS_UP : 0) | ((flags & IFF_RUNNING) != 0 ? BT_ADDRESS_RUNNING : 0)
         | ((flags & IFF_LOOPBACK) != 0 ? BT_ADDRESS_LOOPBACK : 0)
         | ((flags & IFF_MULTICAST) != 0 ? BT_ADDRESS_MULTICAST : 0)
         | ((flags & IFF_POINTOPOINT) != 0 ? BT_ADDRESS_POINT_TO_POINT : 0);
}

static BtAddressFlags
translate_address_flags (int family, guint8 scope, guint32 flags)
{
  return (scope == RT_SCOPE_UNIVERSE ? BT_ADDRESS_GLOBAL : 0)
         | ((flags & IFA_F_DEPRECATED) != 0 ? BT_ADDRESS_DEPRECATED : 0)
         /* The same bit says of an IPv4 address that it is not the first of its network. */
         | (family == AF_INET6 && (flags & IFA_F_TEMPORARY) != 0 ? BT_ADDRESS_TEMPORARY : 0);
}

static guint32
get_address_flags (const struct nlmsghdr *answer, const struct ifaddrmsg *body)
{
  gconstpointer wide = bt_netlink_find (answer, sizeof *body, IFA_FLAGS, sizeof (guint32));
  guint32 flags = body->ifa_flags;

  if (wide != NULL)
    memcpy (&flags, wide, sizeof flags);
  return flags;
}

/* IFA_LOCAL is ours; IFA_ADDRESS is that of the other end, where there is one. */
static const guint8 *
find_own_ip (const struct nlmsghdr *answer, const struct ifaddrmsg *body)
{
  gsize length = body->ifa_family == AF_INET ? 4 : 16;
  gconstpointer own = bt_netlink_find (answer, sizeof *body, IFA_LOCAL, length);

  return own != NULL ? own : bt_netlink_find (answer, sizeof *body, IFA_ADDRESS, length);
}

/* FALSE: it has gone meanwhile. */
static gboolean
fill_interface (BtLocalAddress *address, int fd)
{
  struct ifreq request = { .ifr_ifindex = (int) address->interface_index };

  if (ioctl (fd, SIOCGIFNAME, &request) < 0)
    return FALSE;
  g_strlcpy (address->interface, request.ifr_name, sizeof address->interface);
  if (ioctl (fd, SIOCGIFFLAGS, &request) < 0)
    return FALSE;
  address->flags |= translate_interface_flags (request.ifr_flags);
  return TRUE;
}

static void
add_address_cb (const struct nlmsghdr *answer, gpointer data)
{
  Listing *listing = data;
  BtLocalAddress address = { 0 };
  struct ifaddrmsg body;
  const guint8 *ip;
  guint32 flags;

  if (answer->nlmsg_type != RTM_NEWADDR || answer->nlmsg_len < NLMSG_LENGTH (sizeof body))
    return;
  memcpy (&body, NLMSG_DATA (answer), sizeof body);
  if (body.ifa_family != AF_INET && body.ifa_family != AF_INET6)
    return;
  ip = find_own_ip (answer, &body);
  flags = get_address_flags (answer, &body);
  if (ip == NULL || (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0)
    return;

  set_ip (&address.endpoint, body.ifa_family, ip);
  address.prefix_length = body.ifa_prefixlen;
  address.interface_index = body.ifa_index;
  address.flags = translate_address_flags (body.ifa_family, body.ifa_scope, flags);
  if (bt_endpoint_is_link_local (&address.endpoint) && body.ifa_family == AF_INET6)
    address.endpoint.scope = body.ifa_index;
  if (fill_interface (&address, listing->fd))
    g_array_append_val (listing->addresses, address);
}

static gboolean
read_addresses (Listing *listing)
{
  struct ifaddrmsg body = { .ifa_family = AF_UNSPEC };
  BtNetlinkQuestion question;

  for (int i = 0; i < MAX_TRIES; i++)
    {
      g_array_set_size (listing->addresses, 0);
      bt_netlink_question_init (&question, RTM_GETADDR, NLM_F_DUMP, &body, sizeof body);
      if (bt_netlink_ask (&question, add_address_cb, listing))
        return TRUE;
    }
  return FALSE;
}

GArray *
bt_gio_list_addresses (BtWorld *base)
{
  g_autoptr (GArray) addresses = g_array_new (FALSE, TRUE, sizeof (BtLocalAddress));
  Listing listing = { .addresses = addresses, .fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) };
  gboolean ok;

  if (listing.fd < 0)
    listing.fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (listing.fd < 0)
    return NULL;
  ok = read_addresses (&listing);
  close (listing.fd);
  return ok ? g_steal_pointer (&addresses) : NULL;
}

/* The way out. */

/* Any address of the Internet will do: nothing is sent to it, the kernel is asked which way it would go. So
 * rules and tables of tunnels count, which the default route alone does not tell. */
static const guint8 far_ipv4[4] = { 198, 41, 0, 4 };
static const guint8 far_ipv6[16] = { 0x20, 0x01, 0x05, 0x03, 0xba, 0x3e, [13] = 0x02, [15] = 0x30 };

typedef struct
{
  BtRoute *route;
  gboolean found;
} RouteSearch;

static void
take_ip (const struct nlmsghdr *answer, const struct rtmsg *body, guint16 attribute, BtEndpoint *out)
{
  const guint8 *ip = bt_netlink_find (answer, sizeof *body, attribute, body->rtm_family == AF_INET ? 4 : 16);

  if (ip != NULL)
    set_ip (out, body->rtm_family, ip);
}

/* An IPv4 route by way of an IPv6 router (RFC 5549). */
static void
take_via (const struct nlmsghdr *answer, BtEndpoint *out)
{
  const guint8 *via = bt_netlink_find (answer, sizeof (struct rtmsg), RTA_VIA, sizeof (guint16) + 16);
  guint16 family;

  if (via == NULL)
    return;
  memcpy (&family, via, sizeof family);
  if (family == AF_INET6)
    bt_endpoint_set_ipv6 (out, via + sizeof family, 0);
}

static void
take_route_cb (const struct nlmsghdr *answer, gpointer data)
{
  RouteSearch *search = data;
  BtRoute *route = search->route;
  struct rtmsg body;
  gconstpointer index;

  if (answer->nlmsg_type != RTM_NEWROUTE || answer->nlmsg_len < NLMSG_LENGTH (sizeof body))
    return;
  memcpy (&body, NLMSG_DATA (answer), sizeof body);
  index = bt_netlink_find (answer, sizeof body, RTA_OIF, sizeof route->interface_index);
  if (body.rtm_type != RTN_UNICAST || index == NULL)
    return;
  memcpy (&route->interface_index, index, sizeof route->interface_index);
  take_ip (answer, &body, RTA_GATEWAY, &route->gateway);
  take_via (answer, &route->gateway);
  take_ip (answer, &body, RTA_PREFSRC, &route->source);
  if (!bt_endpoint_is_ipv4 (&route->gateway) && bt_endpoint_is_link_local (&route->gateway))
    route->gateway.scope = route->interface_index;
  search->found = TRUE;
}

static void
add_ip (BtNetlinkQuestion *question, gboolean ipv6, guint16 attribute, const guint8 *ip)
{
  bt_netlink_question_add (question, attribute, ip, ipv6 ? 16 : 4);
}

gboolean
bt_gio_get_route (BtWorld *base, gboolean ipv6, BtRoute *out)
{
  BtGioWorld *world = (BtGioWorld *) base;
  guint index = world->interface != NULL ? if_nametoindex (world->interface) : 0;
  struct rtmsg body = { .rtm_family = ipv6 ? AF_INET6 : AF_INET, .rtm_dst_len = ipv6 ? 128 : 32 };
  RouteSearch search = { .route = out };
  BtNetlinkQuestion question;

  memset (out, 0, sizeof *out);
  if ((world->interface != NULL && index == 0)
      || (world->bound && bt_endpoint_is_ipv4 (&world->bind_address) == ipv6))
    return FALSE;
  if (world->bound)
    body.rtm_src_len = body.rtm_dst_len;
  bt_netlink_question_init (&question, RTM_GETROUTE, 0, &body, sizeof body);
  add_ip (&question, ipv6, RTA_DST, ipv6 ? far_ipv6 : far_ipv4);
  if (world->bound)
    add_ip (&question, ipv6, RTA_SRC, world->bind_address.ip + (ipv6 ? 0 : 12));
  if (index != 0)
    bt_netlink_question_add (&question, RTA_OIF, &index, sizeof index);
  bt_netlink_ask (&question, take_route_cb, &search);
  if (search.found && world->bound && bt_endpoint_is_unspecified (&out->source))
    out->source = world->bind_address;
  return search.found;
}
