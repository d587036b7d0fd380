/* bt-tcp.c: TCP of the real world: streams that connect or were accepted, and listeners.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"

#include "bt-error.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Connections taken in one turn; the kernel keeps the others. */
#define ACCEPTS_PER_TURN 16
/* How long a listener rests when there is no descriptor or memory for another connection. */
#define ACCEPT_PAUSE_MS 1000
/* Of the descriptors that are spared. Whoever comes in leaves some to those whom we choose to connect to. */
#define SHARES_FROM_COMING 2
#define SHARES_FROM_GOING 1

typedef struct
{
  BtStream base;
  BtGioWorld *world;
  BtPollee pollee;
  BtEndpoint remote;
} TcpStream;

struct _BtListener
{
  BtGioWorld *world;
  BtPollee pollee;
  BtAcceptFunc func;
  gpointer owner;
  GSource *pause;  /* (nullable): runs while nothing is accepted */
  gboolean inside; /* in @func: freeing is put off until it returned */
  gboolean freed;
};

static BtStreamEvents
translate_events (guint32 events)
{
  BtStreamEvents possible = 0;

  if (events & (EPOLLERR | EPOLLHUP))
    return BT_STREAM_READABLE | BT_STREAM_WRITABLE;
  if (events & EPOLLIN)
    possible |= BT_STREAM_READABLE;
  if (events & EPOLLOUT)
    possible |= BT_STREAM_WRITABLE;
  return possible;
}

static void
tell_owner_cb (BtPollee *pollee, guint32 events)
{
  BtStream *stream = pollee->owner;

  /* The last line: the owner may close the stream. */
  stream->func (stream, translate_events (events), stream->owner);
}

static gssize
judge_result (TcpStream *stream, gssize n, GError **error)
{
  char text[BT_ENDPOINT_TEXT_SIZE];
  int saved_errno = errno;

  if (n >= 0)
    return n;
  if (saved_errno == EAGAIN || saved_errno == EWOULDBLOCK)
    return BT_STREAM_AGAIN;

  bt_endpoint_format (&stream->remote, text);
  bt_gio_set_errno (error, saved_errno, "%s", text);
  return BT_STREAM_ERROR;
}

static gssize
read_stream (BtStream *base, const struct iovec *parts, int n_parts, GError **error)
{
  TcpStream *stream = (TcpStream *) base;
  gssize n;

  g_assert (n_parts > 0);

  do
    n = readv (stream->pollee.fd, parts, MIN (n_parts, IOV_MAX));
  while (n < 0 && errno == EINTR);
  return judge_result (stream, n, error);
}

static gssize
write_stream (BtStream *base, const struct iovec *parts, int n_parts, GError **error)
{
  TcpStream *stream = (TcpStream *) base;
  const struct msghdr message = { .msg_iov = (struct iovec *) parts, .msg_iovlen = (size_t) MIN (n_parts, IOV_MAX) };
  gssize n;

  g_assert (n_parts > 0);

  do
    n = sendmsg (stream->pollee.fd, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return judge_result (stream, n, error);
}

static gssize
send_files (BtStream *base, const struct iovec *parts, const BtFileSlice *slices, int n_parts, GError **error)
{
  TcpStream *stream = (TcpStream *) base;
  GError *failure = NULL;
  gssize n = bt_file_pipe_send (stream->world->pipe, stream->pollee.fd, parts, slices, n_parts, &failure);

  if (failure == NULL)
    return judge_result (stream, n, error);
  g_propagate_error (error, failure);
  return BT_STREAM_ERROR;
}

static void
watch_stream (BtStream *base, BtStreamEvents events)
{
  TcpStream *stream = (TcpStream *) base;

  bt_poller_set (stream->world->poller, &stream->pollee,
                 ((events & BT_STREAM_READABLE) ? EPOLLIN : 0)
                   | ((events & BT_STREAM_WRITABLE) ? EPOLLOUT : 0));
}

static void
get_remote (BtStream *base, BtEndpoint *out)
{
  *out = ((TcpStream *) base)->remote;
}

static void
get_local (BtStream *base, BtEndpoint *out)
{
  bt_gio_get_local (((TcpStream *) base)->pollee.fd, out);
}

/* Once is what happens to a packet now and then. To an end that said it has no room the kernel sends nothing but
 * questions whether it has some now, which it would answer. */
static gboolean
is_stuck (BtStream *base, gint64 silence_us)
{
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;

  if (getsockopt (((TcpStream *) base)->pollee.fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0)
    return FALSE;
  return ((info.tcpi_unacked > 0 && info.tcpi_retransmits >= 2) || info.tcpi_probes >= 2)
         && (gint64) info.tcpi_last_ack_recv * 1000 >= silence_us;
}

static void
close_stream (BtStream *base)
{
  TcpStream *stream = (TcpStream *) base;

  bt_gio_world_close (stream->world, &stream->pollee);
  g_free (stream);
}

const BtStreamOps bt_gio_tcp_ops = {
  .readv = read_stream,
  .writev = write_stream,
  .send_files = send_files,
  .watch = watch_stream,
  .get_remote = get_remote,
  .get_local = get_local,
  .is_stuck = is_stuck,
  .close = close_stream,
};

/* Takes over @fd, also when it fails. */
static BtStream *
create_stream (BtGioWorld *world, int fd, const BtEndpoint *remote, GError **error)
{
  TcpStream *stream = g_new0 (TcpStream, 1);
  int on = 1;

  stream->base.ops = &world->tcp;
  stream->world = world;
  stream->remote = *remote;
  stream->pollee = (BtPollee){ .fd = fd, .func = tell_owner_cb, .owner = stream };

  /* A link collects its small messages itself; what it writes is to leave at once. */
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

  if (!bt_gio_world_adopt (world, &stream->pollee, error))
    {
      close (fd);
      g_free (stream);
      return NULL;
    }
  return &stream->base;
}

/* A world without a bind address leaves the choice to the kernel's routes. */
static gboolean
bind_outgoing (BtGioWorld *world, int fd, const BtEndpoint *remote, GError **error)
{
  BtEndpoint local = { 0 };
  int on = 1;

  if (!world->bound)
    return TRUE;

  if (bt_endpoint_is_ipv4 (remote))
    bt_endpoint_set_ipv4 (&local, (const guint8[4]){ 0 }, 0);
  if (!bt_gio_world_restrict (world, &local, error))
    return FALSE;

  /* The port is chosen when it connects, for the pair: else 28,000 connections use all up. */
  setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  return bt_gio_socket_bind (fd, &local, error);
}

static gboolean
start_connecting (int fd, const BtEndpoint *remote, GError **error)
{
  struct sockaddr_storage address;
  socklen_t length = bt_gio_to_sockaddr (remote, &address);
  char text[BT_ENDPOINT_TEXT_SIZE];
  int saved_errno;

  if (connect (fd, (struct sockaddr *) &address, length) == 0)
    return TRUE;
  /* Interrupted it goes on by itself, as if it were in progress. */
  saved_errno = errno;
  if (saved_errno == EINPROGRESS || saved_errno == EINTR)
    return TRUE;

  bt_endpoint_format (remote, text);
  bt_gio_set_errno (error, saved_errno, "%s", text);
  return FALSE;
}

BtStream *
bt_gio_connect (BtWorld *base,
                const BtEndpoint *remote,
                BtStreamFunc func,
                gpointer owner,
                GError **error)
{
  BtGioWorld *world = (BtGioWorld *) base;
  BtStream *stream;
  int fd = bt_gio_socket_new (world, remote, SOCK_STREAM, error);

  if (fd < 0)
    return NULL;
  if (bt_gio_is_descriptor_spare (fd, SHARES_FROM_GOING))
    {
      close (fd);
      bt_gio_set_errno (error, EMFILE, "No more connections");
      return NULL;
    }

  if (!bind_outgoing (world, fd, remote, error) || !start_connecting (fd, remote, error))
    {
      close (fd);
      return NULL;
    }
  stream = create_stream (world, fd, remote, error);
  if (stream != NULL)
    {
      stream->func = func;
      stream->owner = owner;
    }
  return stream;
}

static gboolean
resume_accepting_cb (gpointer data)
{
  BtListener *listener = data;

  g_clear_pointer (&listener->pause, g_source_unref);
  bt_poller_set (listener->world->poller, &listener->pollee, EPOLLIN);
  return G_SOURCE_REMOVE;
}

/* The connection that cannot be taken stays in the kernel's queue, so the listener stays readable
 * and would be called for ever. */
static void
pause_accepting (BtListener *listener)
{
  bt_poller_set (listener->world->poller, &listener->pollee, 0);
  listener->pause =
    bt_gio_world_start_timer (listener->world, ACCEPT_PAUSE_MS, resume_accepting_cb, listener);
}

static gboolean
is_shortage (int saved_errno)
{
  return saved_errno == EMFILE || saved_errno == ENFILE || saved_errno == ENOBUFS
         || saved_errno == ENOMEM;
}

/* Returns: -1 when there is none to be had now. */
static int
accept_one (BtListener *listener, BtEndpoint *remote)
{
  struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
  socklen_t length = sizeof address;
  int fd = accept4 (listener->pollee.fd, (struct sockaddr *) &address, &length,
                    SOCK_NONBLOCK | SOCK_CLOEXEC);

  /* Any other error is that of one connection which died in the queue: the listener is well. */
  if (fd < 0 && is_shortage (errno))
    pause_accepting (listener);
  if (fd >= 0 && bt_gio_is_descriptor_spare (fd, SHARES_FROM_COMING))
    {
      close (fd);
      pause_accepting (listener);
      return -1;
    }
  if (fd >= 0)
    bt_gio_from_sockaddr (remote, &address);
  return fd;
}

static void
accept_cb (BtPollee *pollee, guint32 events)
{
  BtListener *listener = pollee->owner;

  listener->inside = TRUE;
  for (int i = 0; i < ACCEPTS_PER_TURN && !listener->freed; i++)
    {
      BtEndpoint remote;
      BtStream *stream;
      int fd = accept_one (listener, &remote);

      if (fd < 0)
        break;
      stream = create_stream (listener->world, fd, &remote, NULL);
      if (stream != NULL)
        listener->func (stream, listener->owner);
    }
  listener->inside = FALSE;
  if (listener->freed)
    g_free (listener);
}

static gboolean
start_listening (int fd, BtEndpoint *local, GError **error)
{
  char text[BT_ENDPOINT_TEXT_SIZE];
  int on = 1;

  /* Connections of the last run that linger in TIME_WAIT must not hold the port. */
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!bt_gio_socket_bind (fd, local, error))
    return FALSE;
  if (listen (fd, SOMAXCONN) == 0)
    return TRUE;

  int saved_errno = errno;
  bt_endpoint_format (local, text);
  bt_gio_set_errno (error, saved_errno, "Cannot listen on %s", text);
  return FALSE;
}

BtListener *
bt_gio_listen (BtWorld *base, BtEndpoint *local, BtAcceptFunc func, gpointer owner, GError **error)
{
  BtGioWorld *world = (BtGioWorld *) base;
  BtListener *listener;
  int fd;

  if (!bt_gio_world_restrict (world, local, error))
    return NULL;
  fd = bt_gio_socket_new (world, local, SOCK_STREAM, error);
  if (fd < 0)
    return NULL;

  listener = g_new0 (BtListener, 1);
  listener->world = world;
  listener->func = func;
  listener->owner = owner;
  listener->pollee = (BtPollee){ .fd = fd, .func = accept_cb, .owner = listener };
  if (!start_listening (fd, local, error) || !bt_gio_world_adopt (world, &listener->pollee, error))
    {
      close (fd);
      g_free (listener);
      return NULL;
    }
  bt_poller_set (world->poller, &listener->pollee, EPOLLIN);
  return listener;
}

void
bt_gio_listener_free (BtWorld *base, BtListener *listener)
{
  if (listener->pause != NULL)
    {
      g_source_destroy (listener->pause);
      g_clear_pointer (&listener->pause, g_source_unref);
    }
  bt_gio_world_close (listener->world, &listener->pollee);
  listener->freed = TRUE;
  if (!listener->inside)
    g_free (listener);
}
