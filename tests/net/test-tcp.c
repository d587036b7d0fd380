/* test-tcp.c: streams and listeners of the real world, over the loopback of both families.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world.h"

#include "bt-error.h"
#include "ft-test.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECONDS 20

typedef struct
{
  GMainContext *context;
  BtWorld *world;
  BtListener *listener;
  BtEndpoint local; /* of the listener */
  GPtrArray *ends;  /* of End: accepted, in order */
  guint n_accepts;
  guint free_after; /* the listener frees itself with this accept; 0: never */
} Fixture;

/* One side of a connection: sends @out, collects @in. */
typedef struct
{
  BtStream *stream;
  GByteArray *in;
  GBytes *out; /* (nullable) */
  gsize n_sent;
  gboolean echo;
  gboolean ended; /* read the end */
  guint n_events;
  BtStreamEvents seen;
  GError *error;
} End;

static End *
end_new (void)
{
  End *end = g_new0 (End, 1);

  end->in = g_byte_array_new ();
  return end;
}

static void
end_close (End *end)
{
  if (end->stream != NULL)
    end->stream->ops->close (end->stream);
  end->stream = NULL;
}

static void
end_free (gpointer data)
{
  End *end = data;

  end_close (end);
  g_byte_array_unref (end->in);
  g_clear_pointer (&end->out, g_bytes_unref);
  g_clear_error (&end->error);
  g_free (end);
}

/* Reads into three parts of odd sizes, so that every boundary is crossed. */
static void
end_read (End *end)
{
  guint8 bytes[4096];
  struct iovec parts[3] = { { bytes, 7 },
                            { bytes + 7, 1000 },
                            { bytes + 1007, sizeof bytes - 1007 } };
  gssize n = end->stream->ops->readv (end->stream, parts, 3, &end->error);

  if (n > 0)
    g_byte_array_append (end->in, bytes, (guint) n);
  else if (n == 0)
    end->ended = TRUE;
  else
    g_assert_true (n == BT_STREAM_AGAIN || end->error != NULL);
}

static gssize
end_write (End *end, const guint8 *bytes, gsize length)
{
  gsize first = MIN (length, 13);
  struct iovec parts[2] = { { (void *) bytes, first },
                            { (void *) (bytes + first), length - first } };
  gssize n = end->stream->ops->writev (end->stream, parts, 2, &end->error);

  g_assert_true (n >= 0 || n == BT_STREAM_AGAIN || end->error != NULL);
  return MAX (n, 0);
}

static gboolean
end_has_more (End *end)
{
  gsize length = end->echo ? end->in->len : end->out != NULL ? g_bytes_get_size (end->out) : 0;

  return end->n_sent < length;
}

static void
end_update (End *end)
{
  BtStreamEvents events = 0;

  if (end->error == NULL && !end->ended)
    events |= BT_STREAM_READABLE;
  if (end->error == NULL && end_has_more (end))
    events |= BT_STREAM_WRITABLE;
  end->stream->ops->watch (end->stream, events);
}

static void
transfer_cb (BtStream *stream, BtStreamEvents events, gpointer owner)
{
  End *end = owner;

  g_assert_true (end->stream == stream);
  end->n_events++;
  end->seen |= events;
  if (events & BT_STREAM_READABLE && !end->ended)
    end_read (end);
  if (events & BT_STREAM_WRITABLE && end->error == NULL && end_has_more (end))
    {
      gsize length = 0;
      const guint8 *bytes = end->echo ? end->in->data : g_bytes_get_data (end->out, &length);

      length = end->echo ? end->in->len : length;
      end->n_sent += end_write (end, bytes + end->n_sent, length - end->n_sent);
    }
  end_update (end);
}

static void
accept_cb (BtStream *stream, gpointer owner)
{
  Fixture *fixture = owner;
  End *end = end_new ();

  end->stream = stream;
  end->echo = TRUE;
  stream->func = transfer_cb;
  stream->owner = end;
  g_ptr_array_add (fixture->ends, end);
  end_update (end);
  fixture->n_accepts++;
  if (fixture->n_accepts == fixture->free_after)
    {
      fixture->world->ops->listener_free (fixture->world, fixture->listener);
      fixture->listener = NULL;
    }
}

static void
set_up (Fixture *fixture, gconstpointer ip)
{
  g_autoptr (GError) error = NULL;

  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->world = bt_gio_world_new (fixture->context, NULL, "test/1");
  fixture->ends = g_ptr_array_new_with_free_func (end_free);
  g_assert_true (bt_endpoint_parse_ip (&fixture->local, ip, 0));
  fixture->listener =
    fixture->world->ops->listen (fixture->world, &fixture->local, accept_cb, fixture, &error);
  if (fixture->listener == NULL)
    g_test_message ("No listener on %s: %s", (const char *) ip, error->message);
  else
    g_assert_cmpuint (fixture->local.port, !=, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer ip)
{
  g_ptr_array_unref (fixture->ends);
  if (fixture->listener != NULL)
    fixture->world->ops->listener_free (fixture->world, fixture->listener);
  fixture->world->ops->free (fixture->world);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
}

/* IPv4's loopback is everywhere; IPv6's may be switched off. */
static gboolean
skip_without_family (Fixture *fixture, gconstpointer ip)
{
  if (fixture->listener != NULL)
    return FALSE;
  g_assert_cmpstr (ip, ==, "::1");
  g_test_skip ("There is no IPv6 here");
  return TRUE;
}

static End *
connect_end (Fixture *fixture, const BtEndpoint *remote, BtStreamFunc func)
{
  g_autoptr (GError) error = NULL;
  End *end = end_new ();

  end->stream = fixture->world->ops->connect (fixture->world, remote, func, end, &error);
  g_assert_no_error (error);
  g_assert_nonnull (end->stream);
  g_assert_cmpuint (end->n_events, ==, 0);
  end->stream->ops->watch (end->stream, BT_STREAM_READABLE | BT_STREAM_WRITABLE);
  g_assert_cmpuint (end->n_events, ==, 0);
  return end;
}

static socklen_t
to_sockaddr (const BtEndpoint *endpoint, struct sockaddr_storage *out)
{
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *) out;
  struct sockaddr_in *v4 = (struct sockaddr_in *) out;

  memset (out, 0, sizeof *out);
  if (bt_endpoint_is_ipv4 (endpoint))
    {
      v4->sin_family = AF_INET;
      v4->sin_port = g_htons (endpoint->port);
      memcpy (&v4->sin_addr, endpoint->ip + 12, 4);
      return sizeof *v4;
    }
  v6->sin6_family = AF_INET6;
  v6->sin6_port = g_htons (endpoint->port);
  memcpy (&v6->sin6_addr, endpoint->ip, 16);
  return sizeof *v6;
}

/* A blocking socket of the system, as the other side. */
static int
connect_raw (Fixture *fixture)
{
  struct sockaddr_storage address;
  socklen_t length = to_sockaddr (&fixture->local, &address);
  int fd = socket (address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, length), ==, 0);
  return fd;
}

static GBytes *
make_bytes (gsize length, guint32 seed)
{
  guint8 *bytes = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    {
      seed = seed * 1664525u + 1013904223u;
      bytes[i] = (guint8) (seed >> 24);
    }
  return g_bytes_new_take (bytes, length);
}

static gboolean
all_received (GPtrArray *ends)
{
  for (guint i = 0; i < ends->len; i++)
    {
      End *end = ends->pdata[i];
      if (end->in->len < g_bytes_get_size (end->out))
        return FALSE;
    }
  return TRUE;
}

/* Many streams at once, each more than the kernel's buffers hold, through an echo. */
static void
test_exchange (Fixture *fixture, gconstpointer ip)
{
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (end_free);

  if (skip_without_family (fixture, ip))
    return;

  for (guint i = 0; i < 40; i++)
    {
      End *end = connect_end (fixture, &fixture->local, transfer_cb);
      end->out = make_bytes (i == 0 ? 8 * 1024 * 1024 : 100000 + i * 1000, i);
      g_ptr_array_add (clients, end);
    }
  ft_test_iterate (fixture->context, all_received (clients), SECONDS);

  g_assert_cmpuint (fixture->ends->len, ==, 40);
  for (guint i = 0; i < 40; i++)
    {
      End *end = clients->pdata[i];
      gsize length;
      gconstpointer bytes = g_bytes_get_data (end->out, &length);
      g_assert_no_error (end->error);
      g_assert_cmpmem (end->in->data, end->in->len, bytes, length);
    }
}

static void
test_addresses (Fixture *fixture, gconstpointer ip)
{
  End *client, *server;
  BtEndpoint a, b;

  if (skip_without_family (fixture, ip))
    return;
  client = connect_end (fixture, &fixture->local, transfer_cb);
  ft_test_iterate (fixture->context, fixture->ends->len == 1, SECONDS);
  server = fixture->ends->pdata[0];

  client->stream->ops->get_remote (client->stream, &a);
  server->stream->ops->get_local (server->stream, &b);
  g_assert_true (bt_endpoint_equal (&a, &fixture->local));
  g_assert_true (bt_endpoint_equal (&b, &fixture->local));
  client->stream->ops->get_local (client->stream, &a);
  server->stream->ops->get_remote (server->stream, &b);
  g_assert_true (bt_endpoint_equal (&a, &b));
  g_assert_cmpuint (a.port, !=, 0);
  g_assert_true (bt_endpoint_is_loopback (&a));
  end_free (client);
}

/* Every socket of this process: they would else be inherited, or block the engine. */
static void
test_flags (Fixture *fixture, gconstpointer ip)
{
  End *client;
  int n_streams = 0;

  if (skip_without_family (fixture, ip))
    return;
  client = connect_end (fixture, &fixture->local, transfer_cb);
  ft_test_iterate (fixture->context, fixture->ends->len == 1, SECONDS);

  for (int fd = 3; fd < 256; fd++)
    {
      struct stat status;
      int on = 0;
      socklen_t length = sizeof on;

      if (fstat (fd, &status) < 0 || !S_ISSOCK (status.st_mode)
          || getsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, &length) < 0)
        continue;
      g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, !=, 0);
      g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, !=, 0);
      n_streams += on != 0;
    }
  g_assert_cmpint (n_streams, ==, 2);
  end_free (client);
}

/* The other side ends its half: we read the end, and can still write. */
static void
test_half_close (Fixture *fixture, gconstpointer ip)
{
  char bytes[16];
  End *end;
  int fd;

  if (skip_without_family (fixture, ip))
    return;
  fd = connect_raw (fixture);
  g_assert_cmpint (write (fd, "hello", 5), ==, 5);
  ft_test_iterate (fixture->context, fixture->ends->len == 1, SECONDS);
  end = fixture->ends->pdata[0];
  end->echo = FALSE;
  ft_test_iterate (fixture->context, end->in->len == 5, SECONDS);
  g_assert_cmpmem (end->in->data, end->in->len, "hello", 5);

  shutdown (fd, SHUT_WR);
  ft_test_iterate (fixture->context, end->ended, SECONDS);
  end->out = g_bytes_new_static ("goodbye", 7);
  end_update (end);
  ft_test_iterate (fixture->context, end->n_sent == 7, SECONDS);
  g_assert_no_error (end->error);
  g_assert_cmpint (read (fd, bytes, sizeof bytes), ==, 7);
  g_assert_cmpmem (bytes, 7, "goodbye", 7);

  end_close (end);
  g_assert_cmpint (read (fd, bytes, sizeof bytes), ==, 0);
  close (fd);
}

static void
test_reset (Fixture *fixture, gconstpointer ip)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };
  End *end;
  int fd;

  if (skip_without_family (fixture, ip))
    return;
  fd = connect_raw (fixture);
  ft_test_iterate (fixture->context, fixture->ends->len == 1, SECONDS);
  end = fixture->ends->pdata[0];
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (fd);
  ft_test_iterate (fixture->context, end->n_events > 0, SECONDS);
  g_assert_error (end->error, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_cmpuint (end->seen, ==, BT_STREAM_READABLE | BT_STREAM_WRITABLE);
}

/* Nobody listens: both events come, and reading says what happened. */
static void
test_refused (Fixture *fixture, gconstpointer ip)
{
  BtEndpoint remote = fixture->local;
  End *end;

  if (skip_without_family (fixture, ip))
    return;
  fixture->world->ops->listener_free (fixture->world, fixture->listener);
  fixture->listener = NULL;

  end = connect_end (fixture, &remote, transfer_cb);
  ft_test_iterate (fixture->context, end->n_events > 0, SECONDS);
  g_assert_cmpuint (end->seen, ==, BT_STREAM_READABLE | BT_STREAM_WRITABLE);
  g_assert_error (end->error, BT_ERROR, BT_ERROR_NETWORK);
  g_assert_nonnull (strstr (end->error->message, ip));
  end_free (end);
}

static void
close_both_cb (BtStream *stream, BtStreamEvents events, gpointer owner)
{
  End **pair = owner;

  /* Whichever is called first ends both; the other one was ready in the same batch. */
  end_close (pair[0]);
  end_close (pair[1]);
}

static void
test_close_inside (Fixture *fixture, gconstpointer ip)
{
  if (skip_without_family (fixture, ip))
    return;
  for (int i = 0; i < 20; i++)
    {
      End *pair[2] = {
        connect_end (fixture, &fixture->local, close_both_cb),
        connect_end (fixture, &fixture->local, close_both_cb),
      };
      pair[0]->stream->owner = pair;
      pair[1]->stream->owner = pair;
      ft_test_iterate (fixture->context, pair[0]->stream == NULL && pair[1]->stream == NULL,
                       SECONDS);
      end_free (pair[0]);
      end_free (pair[1]);
    }
  ft_test_iterate (fixture->context, fixture->n_accepts == 40, SECONDS);
}

/* The listener goes while more connections wait in the same turn. */
static void
test_free_listener_inside (Fixture *fixture, gconstpointer ip)
{
  int fds[8];

  if (skip_without_family (fixture, ip))
    return;
  fixture->free_after = 3;
  for (int i = 0; i < 8; i++)
    fds[i] = connect_raw (fixture);
  ft_test_iterate (fixture->context, fixture->listener == NULL, SECONDS);
  for (int i = 0; i < 5; i++)
    g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpuint (fixture->n_accepts, ==, 3);
  for (int i = 0; i < 8; i++)
    close (fds[i]);
}

/* From now on the process can open nothing; @before is to be set again. */
static void
use_up_descriptors (struct rlimit *before)
{
  int lowest = dup (0);
  struct rlimit low;

  close (lowest);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, before), ==, 0);
  low = *before;
  low.rlim_cur = (rlim_t) lowest;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &low), ==, 0);
}

static int
count_turns (Fixture *fixture)
{
  int n = 0;

  while (n < 1000 && g_main_context_iteration (fixture->context, FALSE))
    n++;
  return n;
}

/* No descriptor is left: the listener rests instead of keeping the loop busy, and comes back. One
 * of two, because valgrind's accept loses the connection that it has no descriptor for. */
static void
test_no_descriptors (Fixture *fixture, gconstpointer ip)
{
  struct rlimit before;
  int fds[2];

  if (skip_without_family (fixture, ip))
    return;
  fds[0] = connect_raw (fixture);
  fds[1] = connect_raw (fixture);
  use_up_descriptors (&before);
  int n_turns = count_turns (fixture);
  guint n_accepts = fixture->n_accepts;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);

  g_assert_cmpuint (n_accepts, ==, 0);
  g_assert_cmpint (n_turns, <, 10);
  ft_test_iterate (fixture->context, fixture->n_accepts >= 1, SECONDS);
  close (fds[0]);
  close (fds[1]);
}

/* As above, but the listener goes while it rests. */
static void
test_free_resting (Fixture *fixture, gconstpointer ip)
{
  struct rlimit before;
  int fd;

  if (skip_without_family (fixture, ip))
    return;
  fd = connect_raw (fixture);
  use_up_descriptors (&before);
  count_turns (fixture);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  fixture->world->ops->listener_free (fixture->world, fixture->listener);
  fixture->listener = NULL;
  g_assert_cmpint (count_turns (fixture), ==, 0);
  close (fd);
}

static void
test_port_taken (Fixture *fixture, gconstpointer ip)
{
  g_autoptr (GError) error = NULL;
  BtEndpoint local = fixture->local;

  if (skip_without_family (fixture, ip))
    return;
  g_assert_null (fixture->world->ops->listen (fixture->world, &local, accept_cb, fixture, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
}

static BtWorld *
create_bound (Fixture *fixture, const char *ip)
{
  BtEndpoint only;

  g_assert_true (bt_endpoint_parse_ip (&only, ip, 0));
  return bt_gio_world_new (fixture->context, &only, "test/1");
}

static void
test_bound_connect (Fixture *fixture, gconstpointer ip)
{
  BtWorld *world = create_bound (fixture, "127.0.0.2");
  BtWorld *original = fixture->world;
  BtEndpoint local;
  End *end;

  fixture->world = world;
  end = connect_end (fixture, &fixture->local, transfer_cb);
  fixture->world = original;
  ft_test_iterate (fixture->context, fixture->ends->len == 1, SECONDS);
  ((End *) fixture->ends->pdata[0])
    ->stream->ops->get_remote (((End *) fixture->ends->pdata[0])->stream, &local);
  local.port = 0;
  char text[BT_ENDPOINT_TEXT_SIZE];
  bt_endpoint_format_ip (&local, text);
  g_assert_cmpstr (text, ==, "127.0.0.2");
  end_free (end);
  world->ops->free (world);
}

/* What the address that may be used cannot do is not done from another. */
static void
test_bound_no_fallback (Fixture *fixture, gconstpointer ip)
{
  static const struct
  {
    const char *only;
    const char *remote;
  } rows[] = {
    { "127.0.0.2", "::1" },
    { "::1", "127.0.0.1" },
    { "192.0.2.77", "127.0.0.1" }, /* not an address of this machine (RFC 5737) */
    { "2001:db8::77", "::1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BtWorld *world = create_bound (fixture, rows[i].only);
      g_autoptr (GError) error = NULL;
      BtEndpoint remote;

      g_assert_true (bt_endpoint_parse_ip (&remote, rows[i].remote, fixture->local.port));
      g_assert_null (world->ops->connect (world, &remote, transfer_cb, NULL, &error));
      g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
      world->ops->free (world);
    }
}

static void
test_bound_listen (Fixture *fixture, gconstpointer ip)
{
  static const struct
  {
    const char *asked;
    gboolean allowed;
  } rows[] = {
    { "0.0.0.0", TRUE }, { "127.0.0.2", TRUE }, { "127.0.0.1", FALSE },
    { "::", FALSE },     { "::1", FALSE },
  };
  BtWorld *world = create_bound (fixture, "127.0.0.2");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      char text[BT_ENDPOINT_TEXT_SIZE];
      BtListener *listener;
      BtEndpoint local;

      g_assert_true (bt_endpoint_parse_ip (&local, rows[i].asked, 0));
      listener = world->ops->listen (world, &local, accept_cb, fixture, &error);
      g_assert_cmpint (listener != NULL, ==, rows[i].allowed);
      if (listener == NULL)
        {
          g_assert_error (error, BT_ERROR, BT_ERROR_NETWORK);
          continue;
        }
      bt_endpoint_format_ip (&local, text);
      g_assert_cmpstr (text, ==, "127.0.0.2");
      world->ops->listener_free (world, listener);
    }
  world->ops->free (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/net/tcp/" name, Fixture, "127.0.0.1", set_up, func, tear_down)
#define ADD_BOTH(name, func)                                                                       \
  ADD (name "/ipv4", func);                                                                        \
  g_test_add ("/net/tcp/" name "/ipv6", Fixture, "::1", set_up, func, tear_down)
  ADD_BOTH ("exchange", test_exchange);
  ADD_BOTH ("addresses", test_addresses);
  ADD_BOTH ("flags", test_flags);
  ADD_BOTH ("half-close", test_half_close);
  ADD_BOTH ("reset", test_reset);
  ADD_BOTH ("refused", test_refused);
  ADD_BOTH ("close-inside", test_close_inside);
  ADD_BOTH ("free-listener-inside", test_free_listener_inside);
  ADD ("no-descriptors", test_no_descriptors);
  ADD ("free-resting", test_free_resting);
  ADD_BOTH ("port-taken", test_port_taken);
  ADD ("bound/connect", test_bound_connect);
  ADD ("bound/no-fallback", test_bound_no_fallback);
  ADD ("bound/listen", test_bound_listen);
#undef ADD_BOTH
#undef ADD
  return g_test_run ();
}
