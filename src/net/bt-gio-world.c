/* bt-gio-world.c: the real world's clock, randomness and one timer; its parts are beside it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"

#include <errno.h>
#include <signal.h>
#include <sys/random.h>
#include <time.h>

/* The timer looks at its deadline whenever the loop is about to wait, and is only told one by what
 * runs in that loop. A GSource's ready time would do the same, but each change of it writes to the
 * context's eventfd: about three times a piece, since each block that comes moves a deadline. */
typedef struct
{
  GSource source;
  BtWorld *world;
  gint64 deadline; /* G_MAXINT64: none */
} WakeSource;

static gboolean
is_due (GSource *source)
{
  return ((WakeSource *) source)->deadline <= g_source_get_time (source);
}

static gboolean
say_how_long (GSource *source, int *timeout_ms)
{
  gint64 deadline = ((WakeSource *) source)->deadline;

  if (is_due (source))
    return TRUE;
  /* Up, so that it does not wake too early and then once more. */
  if (deadline != G_MAXINT64)
    *timeout_ms = (int) MIN ((deadline - g_source_get_time (source) - 1) / 1000 + 1, G_MAXINT);
  return FALSE;
}

static gboolean
wake_engine (GSource *source, GSourceFunc callback, gpointer data)
{
  WakeSource *self = (WakeSource *) source;
  BtWorld *world = self->world;

  /* Once: the engine says itself when it is next to be woken. */
  self->deadline = G_MAXINT64;
  if (world->wake != NULL)
    world->wake (world->owner);
  return G_SOURCE_CONTINUE;
}

static GSource *
create_wake_source (BtGioWorld *world)
{
  static GSourceFuncs funcs = { .prepare = say_how_long, .check = is_due, .dispatch = wake_engine };
  GSource *source = g_source_new (&funcs, sizeof (WakeSource));

  ((WakeSource *) source)->world = &world->base;
  ((WakeSource *) source)->deadline = G_MAXINT64;
  g_source_set_static_name (source, "BtGioWorld wake");
  g_source_attach (source, world->context);
  return source;
}

static gint64
get_now (BtWorld *base)
{
  return g_get_monotonic_time ();
}

static gint64
read_clock (clockid_t clock)
{
  struct timespec time = { 0 };

  clock_gettime (clock, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gint64
get_slept (BtWorld *base)
{
  /* In this order: what passes between the two is not taken for sleep. */
  gint64 slept = read_clock (CLOCK_BOOTTIME);

  slept -= read_clock (CLOCK_MONOTONIC);
  return MAX (0, slept);
}

static gint64
get_unix_now (BtWorld *base)
{
  return g_get_real_time ();
}

static void
fill_random (BtWorld *base, void *out, gsize length)
{
  guint8 *bytes = out;

  while (length > 0)
    {
      ssize_t n = getrandom (bytes, length, 0);

      if (n < 0 && errno == EINTR)
        continue;
      /* Going on with guessable secrets would be worse than ending. */
      if (n <= 0)
        g_error ("The system gives no random numbers: %s", g_strerror (errno));
      bytes += n;
      length -= (gsize) n;
    }
}

static void
set_wake (BtWorld *base, gint64 deadline)
{
  BtGioWorld *world = (BtGioWorld *) base;

  ((WakeSource *) world->wake)->deadline = deadline;
}

static void
free_world (BtWorld *base)
{
  BtGioWorld *world = (BtGioWorld *) base;

  bt_gio_watch_network (base, NULL, NULL);
  bt_gio_upnp_free (world);
  /* They hold on to the poller; whoever opened them has to close them. */
  g_assert (world->n_sockets == 0);

  while (!g_queue_is_empty (&world->fetches))
    bt_gio_fetch_cancel (base, world->fetches.head->data);
  while (!g_queue_is_empty (&world->lookups))
    bt_gio_lookup_cancel (base, world->lookups.head->data);

  bt_gio_world_end_sessions (world);
  g_clear_pointer (&world->poller, bt_poller_free);
  g_clear_pointer (&world->pipe, bt_file_pipe_free);
  g_source_destroy (world->wake);
  g_source_unref (world->wake);
  g_main_context_unref (world->context);
  g_free (world->user_agent);
  g_free (world->interface);
  g_free (world);
}

GSource *
bt_gio_world_start_timer (BtGioWorld *world, guint delay_ms, GSourceFunc func, gpointer data)
{
  GSource *source = g_timeout_source_new (delay_ms);

  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, world->context);
  return source;
}

BtWorld *
bt_gio_world_new (GMainContext *context, const BtEndpoint *bind_address, const char *user_agent)
{
  static const BtWorldOps ops = {
    .bind = bt_gio_bind,
    .find_interface = bt_gio_find_interface,
    .list_addresses = bt_gio_list_addresses,
    .get_route = bt_gio_get_route,
    .watch_network = bt_gio_watch_network,
    .now = get_now,
    .slept = get_slept,
    .unix_now = get_unix_now,
    .random = fill_random,
    .wake_at = set_wake,
    .connect = bt_gio_connect,
    .listen = bt_gio_listen,
    .listener_free = bt_gio_listener_free,
    .udp_open = bt_gio_udp_open,
    .udp_open_group = bt_gio_udp_open_group,
    .udp_send = bt_gio_udp_send,
    .udp_free = bt_gio_udp_free,
    .lookup = bt_gio_lookup,
    .lookup_cancel = bt_gio_lookup_cancel,
    .fetch = bt_gio_fetch,
    .fetch_cancel = bt_gio_fetch_cancel,
    .upnp = bt_gio_upnp,
    .upnp_cancel = bt_gio_upnp_cancel,
    .free = free_world,
  };
  BtGioWorld *world;

  g_return_val_if_fail (user_agent != NULL, NULL);

  /* A peer that went is an error like others. splice() cannot be told so as send() can; GSocket does the same. */
  signal (SIGPIPE, SIG_IGN);

  world = g_new0 (BtGioWorld, 1);
  world->base.ops = &ops;
  world->context =
    context != NULL ? g_main_context_ref (context) : g_main_context_ref_thread_default ();
  world->wake = create_wake_source (world);
  world->user_agent = g_strdup (user_agent);
  world->pipe = bt_file_pipe_new ();
  world->tcp = bt_gio_tcp_ops;
  if (world->pipe == NULL)
    world->tcp.send_files = NULL;
  bt_gio_bind (&world->base, bind_address, NULL);
  return &world->base;
}
