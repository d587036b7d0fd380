/* ft-fake-world.c: the clock of a network in memory, and its hosts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-private.h"

#include <stdio.h>
#include <string.h>

/* Neither 0, which code may take for "never", nor the Unix time. */
#define START_US (G_GINT64_CONSTANT (1000) * G_USEC_PER_SEC)
#define UNIX_OFFSET_US (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)
#define CAPACITY (256u * 1024)
#define FIRST_PORT 49152
#define TRACE_BYTES 40 /* of each thing */

/* Nobody has so much to do at one moment; whoever does runs in circles. */
#define MAX_TURNS 1000000

FtFakeHost *
ft_fake_net_find_host (FtFakeNet *net, const BtEndpoint *endpoint)
{
  BtEndpoint ip = *endpoint;

  ip.port = 0;
  return g_hash_table_lookup (net->by_ip, &ip);
}

/* A line for each thing: when, what it is and its bytes, and the state of the digest before it. The first line that is
 * another one in two runs tells where they part. */
static void
trace (FtFakeNet *net, const char *what, const void *bytes, gsize length)
{
  const guint8 *at = bytes;

  if (net->trace == NULL)
    return;
  fprintf (net->trace, "%" G_GINT64_FORMAT " %s %" G_GSIZE_FORMAT " ", net->now, what, length);
  for (gsize i = 0; i < MIN (length, TRACE_BYTES); i++)
    fprintf (net->trace, "%02x", at[i]);
  fprintf (net->trace, " %016" G_GINT64_MODIFIER "x\n", net->digest);
}

/* FNV-1a, of eight bytes at a time: it is to be quick. */
void
ft_fake_net_note (FtFakeNet *net, const void *bytes, gsize length)
{
  const guint8 *at = bytes;
  guint64 digest = net->digest;

  trace (net, "note", bytes, length);
  for (; length > 0; at += MIN (length, 8), length -= MIN (length, 8))
    {
      guint64 word = 0;

      memcpy (&word, at, MIN (length, 8));
      digest = (digest ^ word) * G_GUINT64_CONSTANT (0x100000001b3);
      digest ^= digest >> 29;
    }
  net->digest = digest;
}

guint16
ft_fake_net_next_port (FtFakeNet *net)
{
  if (net->last_port == G_MAXUINT16)
    net->last_port = FIRST_PORT - 1;
  return ++net->last_port;
}

/* The world of a host. */

static FtFakeHost *
get_host (BtWorld *world)
{
  return (FtFakeHost *) world;
}

/* A host has one address and one interface, and uses them. */
static void
bind_cb (BtWorld *world, const BtEndpoint *address, const char *interface)
{
}

static guint
find_interface_cb (BtWorld *world, const char *interface)
{
  return 0;
}

static gint64
now_cb (BtWorld *world)
{
  return get_host (world)->net->now;
}

static gint64
slept_cb (BtWorld *world)
{
  return get_host (world)->slept;
}

static gint64
unix_now_cb (BtWorld *world)
{
  return get_host (world)->net->now + UNIX_OFFSET_US + get_host (world)->clock_offset;
}

static void
random_cb (BtWorld *world, void *out, gsize length)
{
  FtFakeNet *net = get_host (world)->net;

  bt_random_fill (&net->random, out, length);
  trace (net, "random", out, length);
}

static void
wake_at_cb (BtWorld *world, gint64 deadline)
{
  FtFakeHost *host = get_host (world);

  trace (host->net, "wake", &deadline, sizeof deadline);
  if (deadline == G_MAXINT64)
    bt_timer_stop (&host->wake);
  else
    bt_timer_start (&host->wake, deadline);
}

static void
free_cb (BtWorld *world)
{
  FtFakeHost *host = get_host (world);

  g_assert_cmpuint (host->listeners->len, ==, 0);
  g_assert_cmpuint (host->sockets->len, ==, 0);
  g_clear_pointer (&host->timers, bt_timers_free);
  bt_timer_stop (&host->wake);
  if (host->nat == NULL)
    g_hash_table_remove (host->net->by_ip, &host->address);
  else
    ft_fake_nat_forget_host (host->nat, host);
  ft_fake_host_clear_network (host);
  g_ptr_array_unref (host->listeners);
  g_ptr_array_unref (host->sockets);
  g_ptr_array_remove (host->net->hosts, host);
  g_free (host);
}

static const BtWorldOps world_ops = {
  .bind = bind_cb,
  .find_interface = find_interface_cb,
  .list_addresses = ft_fake_list_addresses,
  .get_route = ft_fake_get_route,
  .watch_network = ft_fake_watch_network,
  .now = now_cb,
  .slept = slept_cb,
  .unix_now = unix_now_cb,
  .random = random_cb,
  .wake_at = wake_at_cb,
  .connect = ft_fake_connect,
  .listen = ft_fake_listen,
  .listener_free = ft_fake_listener_free,
  .udp_open = ft_fake_udp_open,
  .udp_open_group = ft_fake_udp_open_group,
  .udp_send = ft_fake_udp_send,
  .udp_free = ft_fake_udp_free,
  .lookup = ft_fake_lookup,
  .lookup_cancel = ft_fake_lookup_cancel,
  .fetch = ft_fake_fetch,
  .fetch_cancel = ft_fake_fetch_cancel,
  .upnp = ft_fake_upnp,
  .upnp_cancel = ft_fake_upnp_cancel,
  .free = free_cb,
};

static void
wake_cb (gpointer owner, gint64 now)
{
  FtFakeHost *host = owner;

  if (host->world.wake != NULL)
    host->world.wake (host->world.owner);
}

BtWorld *
ft_fake_net_add_host (FtFakeNet *net, const char *ip)
{
  FtFakeHost *host = g_new0 (FtFakeHost, 1);

  host->world.ops = &world_ops;
  host->net = net;
  bt_timer_init (&host->wake, net->wakes, wake_cb, host);
  host->listeners = g_ptr_array_new ();
  host->sockets = g_ptr_array_new ();
  g_assert_true (bt_endpoint_parse_ip (&host->address, ip, 0));
  g_assert_null (ft_fake_net_find_host (net, &host->address));
  ft_fake_host_init_network (host);
  g_ptr_array_add (net->hosts, host);
  g_hash_table_insert (net->by_ip, &host->address, host);
  return &host->world;
}

static void
run_timers_cb (gpointer owner)
{
  FtFakeHost *host = owner;

  bt_timers_run (host->timers, host->net->now);
}

static void
timers_changed_cb (gint64 deadline, gpointer data)
{
  wake_at_cb (data, deadline);
}

BtTimers *
ft_fake_host_timers (BtWorld *world)
{
  FtFakeHost *host = get_host (world);

  if (host->timers == NULL)
    {
      host->timers = bt_timers_new (timers_changed_cb, world);
      world->wake = run_timers_cb;
      world->owner = host;
    }
  return host->timers;
}

void
ft_fake_host_sleep (BtWorld *world, gint64 us)
{
  get_host (world)->slept += us;
}

void
ft_fake_host_set_clock (BtWorld *world, gint64 offset_us)
{
  get_host (world)->clock_offset = offset_us;
}

FtFakeAccess *
ft_fake_host_access (BtWorld *world)
{
  return &get_host (world)->access;
}

void
ft_fake_host_set_dark (BtWorld *world, gboolean dark)
{
  get_host (world)->dark = dark;
}

/* The network. */

FtFakeNet *
ft_fake_net_new (guint64 seed)
{
  FtFakeNet *net = g_new0 (FtFakeNet, 1);

  net->now = START_US;
  net->timers = bt_timers_new (NULL, NULL);
  net->wakes = bt_timers_new (NULL, NULL);
  net->hosts = g_ptr_array_new ();
  net->by_ip = g_hash_table_new (bt_endpoint_hash, bt_endpoint_equal);
  net->nats = g_ptr_array_new_with_free_func ((GDestroyNotify) ft_fake_nat_free);
  net->line.capacity = CAPACITY;
  net->last_port = FIRST_PORT - 1;
  net->names =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  g_queue_init (&net->ready);
  g_queue_init (&net->datagrams);
  bt_random_seed (&net->random, seed);
  if (g_getenv ("FT_SIM_TRACE") != NULL)
    net->trace = fopen (g_getenv ("FT_SIM_TRACE"), "ae");
  return net;
}

void
ft_fake_net_free (FtFakeNet *net)
{
  g_assert_cmpuint (net->n_streams, ==, 0);
  g_assert_cmpuint (net->n_lookups, ==, 0);
  g_assert_cmpuint (net->n_fetches, ==, 0);
  g_assert_cmpuint (net->n_upnp_calls, ==, 0);
  while (net->hosts->len > 0)
    {
      BtWorld *world = g_ptr_array_index (net->hosts, net->hosts->len - 1);

      world->ops->free (world);
    }
  ft_fake_net_drop_datagrams (net);
  g_clear_pointer (&net->trace, fclose);
  bt_timers_free (net->timers);
  bt_timers_free (net->wakes);
  g_ptr_array_unref (net->hosts);
  g_ptr_array_unref (net->nats);
  g_hash_table_unref (net->by_ip);
  g_hash_table_unref (net->names);
  g_free (net);
}

gint64
ft_fake_net_now (FtFakeNet *net)
{
  return net->now;
}

guint64
ft_fake_net_digest (FtFakeNet *net)
{
  return net->digest;
}

BtRandom *
ft_fake_net_random (FtFakeNet *net)
{
  return &net->random;
}

FtFakeLine *
ft_fake_net_line (FtFakeNet *net)
{
  return &net->line;
}

static gint64
get_next_deadline (FtFakeNet *net)
{
  return MIN (bt_timers_next (net->timers), bt_timers_next (net->wakes));
}

gboolean
ft_fake_net_turn (FtFakeNet *net)
{
  gboolean any = get_next_deadline (net) <= net->now;

  bt_timers_run (net->timers, net->now);
  bt_timers_run (net->wakes, net->now);
  any |= ft_fake_net_tell_streams (net);
  return any;
}

void
ft_fake_net_settle (FtFakeNet *net)
{
  for (guint turn = 0; ft_fake_net_turn (net); turn++)
    if (turn == MAX_TURNS)
      g_error ("Something runs in circles: %d turns at one moment", MAX_TURNS);
}

gboolean
ft_fake_net_step (FtFakeNet *net, gint64 end)
{
  gint64 next;

  ft_fake_net_settle (net);
  next = get_next_deadline (net);
  net->now = MAX (net->now, MIN (next, end));
  return next <= end;
}

void
ft_fake_net_run_for (FtFakeNet *net, gint64 us)
{
  gint64 end = net->now + us;

  while (ft_fake_net_step (net, end))
    ;
}
