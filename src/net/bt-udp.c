/* bt-udp.c: UDP sockets of the real world, read in batches.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BATCH 32
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
  guint8 bytes[BATCH][DATAGRAM_SIZE];
};

static int
receive_batch (BtUdp *udp)
{
  int n;

  for (int i = 0; i < BATCH; i++)
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
    n = recvmmsg (udp->pollee.fd, udp->messages, BATCH, MSG_DONTWAIT, NULL);
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
      if (n < BATCH)
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

BtUdp *
bt_gio_udp_open (BtWorld *base,
                 BtEndpoint *local,
                 BtDatagramFunc func,
                 gpointer owner,
                 GError **error)
{
  BtGioWorld *world = (BtGioWorld *) base;
  BtUdp *udp;
  int fd;

  if (!bt_gio_world_restrict (world, local, error))
    return NULL;
  fd = bt_gio_socket_new (world, local, SOCK_DGRAM, error);
  if (fd < 0)
    return NULL;

  udp = g_new0 (BtUdp, 1);
  udp->world = world;
  udp->func = func;
  udp->owner = owner;
  udp->is_ipv4 = bt_endpoint_is_ipv4 (local);
  udp->pollee = (BtPollee){ .fd = fd, .func = receive_cb, .owner = udp };
  if (!prepare_socket (fd, local, error) || !bt_gio_world_adopt (world, &udp->pollee, error))
    {
      close (fd);
      g_free (udp);
      return NULL;
    }
  bt_poller_set (world->poller, &udp->pollee, EPOLLIN);
  return udp;
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
