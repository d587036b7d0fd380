/* ft-tcp-fixture.h: a listener on loopback that echoes, and ends of connections to it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-gio-world.h"

#include "ft-test.h"

#include <netinet/in.h>
#include <sys/socket.h>
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

static inline End *
end_new (void)
{
  End *end = g_new0 (End, 1);

  end->in = g_byte_array_new ();
  return end;
}

static inline void
end_close (End *end)
{
  if (end->stream != NULL)
    end->stream->ops->close (end->stream);
  end->stream = NULL;
}

static inline void
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
static inline void
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

static inline gssize
end_write (End *end, const guint8 *bytes, gsize length)
{
  gsize first = MIN (length, 13);
  struct iovec parts[2] = { { (void *) bytes, first },
                            { (void *) (bytes + first), length - first } };
  gssize n = end->stream->ops->writev (end->stream, parts, 2, &end->error);

  g_assert_true (n >= 0 || n == BT_STREAM_AGAIN || end->error != NULL);
  return MAX (n, 0);
}

static inline gboolean
end_has_more (End *end)
{
  gsize length = end->echo ? end->in->len : end->out != NULL ? g_bytes_get_size (end->out) : 0;

  return end->n_sent < length;
}

static inline void
end_update (End *end)
{
  BtStreamEvents events = 0;

  if (end->error == NULL && !end->ended)
    events |= BT_STREAM_READABLE;
  if (end->error == NULL && end_has_more (end))
    events |= BT_STREAM_WRITABLE;
  end->stream->ops->watch (end->stream, events);
}

static inline void
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

static inline void
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

static inline void
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

static inline void
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
static inline gboolean
skip_without_family (Fixture *fixture, gconstpointer ip)
{
  if (fixture->listener != NULL)
    return FALSE;
  g_assert_cmpstr (ip, ==, "::1");
  g_test_skip ("There is no IPv6 here");
  return TRUE;
}

static inline End *
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

static inline socklen_t
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
static inline int
connect_raw (Fixture *fixture)
{
  struct sockaddr_storage address;
  socklen_t length = to_sockaddr (&fixture->local, &address);
  int fd = socket (address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, length), ==, 0);
  return fd;
}
