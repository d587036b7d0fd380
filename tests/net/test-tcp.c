/* test-tcp.c: streams of the real world, over the loopback of both families.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-tcp-fixture.h"

#include "bt-error.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/stat.h>

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
#undef ADD_BOTH
#undef ADD
  return g_test_run ();
}
