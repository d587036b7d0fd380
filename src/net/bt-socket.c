/* bt-socket.c: what TCP and UDP sockets of the real world have in common.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"

#include "bt-error.h"
#include "bt-limits.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

void
bt_gio_set_errno (GError **error, int saved_errno, const char *format, ...)
{
  BtError code = saved_errno == ETIMEDOUT ? BT_ERROR_TIMED_OUT : BT_ERROR_NETWORK;
  g_autofree char *what = NULL;
  va_list arguments;

  if (saved_errno == EMFILE || saved_errno == ENFILE)
    code = BT_ERROR_LIMIT;
  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, BT_ERROR, code, "%s: %s", what, g_strerror (saved_errno));
}

/* Numbers are given out from the lowest on, so that of a new one says how many there are. */
gboolean
bt_gio_is_descriptor_spare (int fd, guint shares)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return FALSE;
  return (rlim_t) fd >= limit.rlim_cur - shares * MIN (limit.rlim_cur / 4, BT_LIMIT_SPARE_DESCRIPTORS);
}

socklen_t
bt_gio_to_sockaddr (const BtEndpoint *endpoint, struct sockaddr_storage *out)
{
  struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = g_htons (endpoint->port) };
  struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = g_htons (endpoint->port) };

  memset (out, 0, sizeof *out);
  if (bt_endpoint_is_ipv4 (endpoint))
    {
      memcpy (&v4.sin_addr, endpoint->ip + 12, 4);
      memcpy (out, &v4, sizeof v4);
      return sizeof v4;
    }
  memcpy (&v6.sin6_addr, endpoint->ip, 16);
  v6.sin6_scope_id = endpoint->scope;
  memcpy (out, &v6, sizeof v6);
  return sizeof v6;
}

void
bt_gio_from_sockaddr (BtEndpoint *endpoint, const struct sockaddr_storage *address)
{
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;

  memset (endpoint, 0, sizeof *endpoint);
  switch (address->ss_family)
    {
    case AF_INET:
      memcpy (&v4, address, sizeof v4);
      bt_endpoint_set_ipv4 (endpoint, (const guint8 *) &v4.sin_addr, g_ntohs (v4.sin_port));
      break;
    case AF_INET6:
      memcpy (&v6, address, sizeof v6);
      bt_endpoint_set_ipv6 (endpoint, v6.sin6_addr.s6_addr, g_ntohs (v6.sin6_port));
      if (bt_endpoint_is_link_local (endpoint))
        endpoint->scope = v6.sin6_scope_id;
      break;
    default:
      break;
    }
}

void
bt_gio_get_local (int fd, BtEndpoint *out)
{
  struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
  socklen_t length = sizeof address;

  getsockname (fd, (struct sockaddr *) &address, &length);
  bt_gio_from_sockaddr (out, &address);
}

int
bt_gio_socket_new (BtGioWorld *world, const BtEndpoint *family_of, int type, GError **error)
{
  int family = bt_endpoint_is_ipv4 (family_of) ? AF_INET : AF_INET6;
  int fd = socket (family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;

  if (fd < 0)
    {
      bt_gio_set_errno (error, errno, "No socket for %s", family == AF_INET ? "IPv4" : "IPv6");
      return -1;
    }
  /* Each family has a socket of its own: IPv4 peers must not appear as IPv6 ones. */
  if (family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bt_gio_world_confine (world, fd, family == AF_INET, error))
    return fd;
  close (fd);
  return -1;
}

gboolean
bt_gio_socket_bind (int fd, BtEndpoint *local, GError **error)
{
  struct sockaddr_storage address;
  socklen_t length = bt_gio_to_sockaddr (local, &address);

  if (bind (fd, (struct sockaddr *) &address, length) < 0)
    {
      int saved_errno = errno;
      char text[BT_ENDPOINT_TEXT_SIZE];
      bt_endpoint_format (local, text);
      bt_gio_set_errno (error, saved_errno, "The local address %s cannot be used", text);
      return FALSE;
    }
  bt_gio_get_local (fd, local);
  return TRUE;
}

gboolean
bt_gio_world_adopt (BtGioWorld *world, BtPollee *pollee, GError **error)
{
  if (world->poller == NULL)
    world->poller = bt_poller_new (world->context, error);
  if (world->poller == NULL || !bt_poller_add (world->poller, pollee, error))
    return FALSE;
  world->n_sockets++;
  return TRUE;
}

void
bt_gio_world_close (BtGioWorld *world, BtPollee *pollee)
{
  g_assert (world->n_sockets > 0);

  bt_poller_remove (world->poller, pollee);
  close (pollee->fd);
  pollee->fd = -1;
  world->n_sockets--;
}
