/* bt-udp.c: UDP sockets of the real world, of one address or of a group, read in batches.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BATCH 32
/* A group is quiet, and there is a socket for each interface. */
#define GROUP_BATCH 4
/* Larger than any datagram of uTP, DHT or a tracker that is asked for 200 peers. */
#define DATAGRAM_SIZE 4096
/* A socket is drained, but not so long that a flood keeps everything else waiting. */
#define BATCHES_PER_TURN 16
/* uTP's whole traffic comes through one socket; the kernel gives what net.core.rmem_max allows. */
#define RECEIVE_BUFFER (4 * 1024 * 1024)
#define SEND_BUFFER (1024 * 1024)

struct _BtUdp
{
  BtGioWorld *world;
  BtPollee pollee;
  BtDatagramFunc func;
  gpointer owner;
  gboolean is_ipv4;
  gboolean inside; /* in @func: freeing is put off until it returned */
  gboolean freed;

  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  struct sockaddr_storage from[BATCH];
  int batch; /* how many datagrams @bytes has room for */
  guint8 bytes[][DATAGRAM_SIZE];
};

static int
receive_batch (BtUdp *udp)
{
  int n;

  for (int i = 0; i < udp->batch; i++)
    {
      udp->parts[i] = (struct iovec){ udp->bytes[i], DATAGRAM_SIZE };
      udp->messages[i].msg_hdr = (struct msghdr){
        .msg_name = &udp->from[i],
        .msg_namelen = sizeof udp->from[i],
        .msg_iov = &udp->parts[i],
        .msg_iovlen = 1,
      };
    }
  do
    n = recvmmsg (udp->pollee.fd, udp->messages, (unsigned int) udp->batch, MSG_DONTWAIT, NULL);
  while (n < 0 && errno == EINTR);
  return n;
}

static void
deliver_batch (BtUdp *udp, int n)
{
  for (int i = 0; i < n && !udp->freed; i++)
    {
      BtEndpoint from;

      /* Half a datagram means nothing. */
      if (udp->messages[i].msg_hdr.msg_flags & MSG_TRUNC)
        continue;
      bt_gio_from_sockaddr (&from, &udp->from[i]);
      udp->func (&from, udp->bytes[i], udp->messages[i].msg_len, udp->owner);
    }
}

static void
receive_cb (BtPollee *pollee, guint32 events)
{
  BtUdp *udp = pollee->owner;

  udp->inside = TRUE;
  for (int i = 0; i < BATCHES_PER_TURN && !udp->freed; i++)
    {
      /* An error is that of an earlier datagram (an ICMP answer); reading has cleared it. */
      int n = receive_batch (udp);

      if (n <= 0)
        break;
      deliver_batch (udp, n);
      /* Fewer than asked for: drained. What came since is told again. */
      if (n < udp->batch)
        break;
    }
  udp->inside = FALSE;
  if (udp->freed)
    g_free (udp);
}

static gboolean
prepare_socket (int fd, BtEndpoint *local, GError **error)
{
  int receive = RECEIVE_BUFFER;
  int send = SEND_BUFFER;

  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &receive, sizeof receive);
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &send, sizeof send);
  return bt_gio_socket_bind (fd, local, error);
}

/* Takes over @fd, also when it fails. */
static BtUdp *
create_udp (BtGioWorld *world,
            int fd,
            gboolean is_ipv4,
            int batch,
            BtDatagramFunc func,
            gpointer owner,
            GError **error)
{
  BtUdp *udp = g_malloc0 (sizeof (BtUdp) + (gsize) batch * DATAGRAM_SIZE);

  udp->world = world;
  udp->func = func;
  udp->owner = owner;
  udp->is_ipv4 = is_ipv4;
  udp->batch = batch;
  udp->pollee = (BtPollee){ .fd = fd, .func = receive_cb, .owner = udp };
  if (!bt_gio_world_adopt (world, &udp->pollee, error))
    {
      close (fd);
      g_free (udp);
      return NULL;
    }
  bt_poller_set (world->poller, &udp->pollee, EPOLLIN);
  return udp;
}

BtUdp *
bt_gio_udp_open (BtWorld *base,
                 BtEndpoint *local,
                 BtDatagramFunc func,
                 gpointer owner,
                 GError **error)
{
  BtGioWorld *world = (BtGioWorld *) base;
  int fd;

  if (!bt_gio_world_restrict (world, local, error))
    return NULL;
  fd = bt_gio_socket_new (world, local, SOCK_DGRAM, error);
  if (fd < 0)
    return NULL;
  if (!prepare_socket (fd, local, error))
    {
      close (fd);
      return NULL;
    }
  return create_udp (world, fd, bt_endpoint_is_ipv4 (local), BATCH, func, owner, error);
}

/* Only what comes by this interface: by itself Linux tells every socket of a port about each group that any
 * program has joined anywhere. */
static gboolean
join_ipv4 (int fd, const BtMulticast *multicast, const BtEndpoint *source)
{
  struct ip_mreqn membership = { .imr_ifindex = (int) multicast->interface_index };
  int hops = (int) multicast->hops, loopback = multicast->loopback, off = 0;

  memcpy (&membership.imr_multiaddr, multicast->group.ip + 12, 4);
  if (source != NULL)
    memcpy (&membership.imr_address, source->ip + 12, 4);
  return setsockopt (fd, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off) == 0
         && setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &membership, sizeof membership) == 0
         && setsockopt (fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof hops) == 0
         && setsockopt (fd, IPPROTO_IP, IP_MULTICAST_LOOP, &loopback, sizeof loopback) == 0
         && setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership) == 0;
}

static gboolean
join_ipv6 (int fd, const BtMulticast *multicast, const BtEndpoint *source)
{
  int index = (int) multicast->interface_index;
  int hops = (int) multicast->hops, loopback = multicast->loopback, off = 0;
  struct ipv6_mreq membership = { .ipv6mr_interface = multicast->interface_index };
  struct in6_pktinfo from = { .ipi6_ifindex = multicast->interface_index };

  memcpy (&membership.ipv6mr_multiaddr, multicast->group.ip, 16);
  if (source != NULL)
    {
      memcpy (&from.ipi6_addr, source->ip, 16);
      if (setsockopt (fd, IPPROTO_IPV6, IPV6_PKTINFO, &from, sizeof from) < 0)
        return FALSE;
    }
  return setsockopt (fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &off, sizeof off) == 0
         && setsockopt (fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index) == 0
         && setsockopt (fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops) == 0
         && setsockopt (fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &loopback, sizeof loopback) == 0
         && setsockopt (fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &membership, sizeof membership) == 0;
}

/* Bound to the group itself: what is sent to the port alone does not come here. */
static gboolean
prepare_group (BtGioWorld *world, int fd, const BtMulticast *multicast, GError **error)
{
  const BtEndpoint *source = world->bound ? &world->bind_address : NULL;
  gboolean is_ipv4 = bt_endpoint_is_ipv4 (&multicast->group);
  BtEndpoint local = multicast->group;
  char text[BT_ENDPOINT_TEXT_SIZE];
  int index = (int) multicast->interface_index, on = 1;

  /* IPv6 would hear the group on any interface. Before Linux 5.7 it is root's to say; then it does. */
  setsockopt (fd, SOL_SOCKET, SO_BINDTOIFINDEX, &index, sizeof index);
  if (!is_ipv4)
    local.scope = multicast->interface_index;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!bt_gio_socket_bind (fd, &local, error))
    return FALSE;
  if (is_ipv4 ? join_ipv4 (fd, multicast, source) : join_ipv6 (fd, multicast, source))
    return TRUE;

  int saved_errno = errno;
  bt_endpoint_format (&multicast->group, text);
  bt_gio_set_errno (error, saved_errno, "Cannot join %s", text);
  return FALSE;
}

BtUdp *
bt_gio_udp_open_group (BtWorld *base,
                       const BtMulticast *multicast,
                       BtDatagramFunc func,
                       gpointer owner,
                       GError **error)
{
  BtGioWorld *world = (BtGioWorld *) base;
  gboolean is_ipv4 = bt_endpoint_is_ipv4 (&multicast->group);
  int fd;

  g_return_val_if_fail (bt_endpoint_is_multicast (&multicast->group), NULL);
  g_return_val_if_fail (multicast->interface_index != 0, NULL);

  if (!bt_gio_world_may_use (world, is_ipv4, multicast->interface_index, error))
    return NULL;
  fd = bt_gio_socket_new (world, &multicast->group, SOCK_DGRAM, error);
  if (fd < 0)
    return NULL;
  if (!prepare_group (world, fd, multicast, error))
    {
      close (fd);
      return NULL;
    }
  return create_udp (world, fd, is_ipv4, GROUP_BATCH, func, owner, error);
}

gboolean
bt_gio_udp_send (BtWorld *base, BtUdp *udp, const BtEndpoint *to, const void *bytes, gsize length)
{
  struct sockaddr_storage address;
  socklen_t address_length;
  ssize_t n;

  /* An IPv6 socket is one for IPv6 only, and the other way about. */
  if (bt_endpoint_is_ipv4 (to) != udp->is_ipv4)
    return FALSE;

  address_length = bt_gio_to_sockaddr (to, &address);
  do
    n = sendto (udp->pollee.fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL,
                (struct sockaddr *) &address, address_length);
  while (n < 0 && errno == EINTR);
  return n >= 0;
}

void
bt_gio_udp_free (BtWorld *base, BtUdp *udp)
{
  bt_gio_world_close (udp->world, &udp->pollee);
  udp->freed = TRUE;
  if (!udp->inside)
    g_free (udp);
}
