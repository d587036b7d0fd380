/* bt-network-watch.c: tells when addresses, interfaces or the way out have changed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"
#include "bt-netlink.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* An interface that comes up is told of in some ten steps. */
#define TOGETHER_MS 200
/* Where the kernel tells nothing, one has to look. */
#define LOOK_MS 5000

/* The kernel tells far more than what changed: each announcement of an IPv6 router, each signal strength.
 * So one looks again after it spoke, and tells of a difference only. */
typedef struct
{
  GArray *addresses; /* of BtLocalAddress; (nullable): could not be told */
  BtRoute routes[2]; /* IPv4, IPv6 */
} Snapshot;

struct _BtNetworkWatch
{
  BtGioWorld *world;
  BtNetworkFunc func;
  gpointer owner;
  BtPollee pollee;
  gboolean polled; /* the kernel tells */
  GSource *look;   /* (nullable): to come */
  Snapshot seen;
};

typedef struct _BtNetworkWatch BtNetworkWatch;

static void
take_snapshot (BtGioWorld *world, Snapshot *out)
{
  out->addresses = bt_gio_list_addresses (&world->base);
  for (guint i = 0; i < G_N_ELEMENTS (out->routes); i++)
    bt_gio_get_route (&world->base, i == 1, &out->routes[i]);
}

static gboolean
same_address (const BtLocalAddress *a, const BtLocalAddress *b)
{
  return bt_endpoint_equal (&a->endpoint, &b->endpoint) && a->prefix_length == b->prefix_length
         && a->interface_index == b->interface_index && a->flags == b->flags
         && strcmp (a->interface, b->interface) == 0;
}

static gboolean
same_route (const BtRoute *a, const BtRoute *b)
{
  return a->interface_index == b->interface_index && bt_endpoint_equal (&a->gateway, &b->gateway)
         && bt_endpoint_equal (&a->source, &b->source);
}

static gboolean
same_addresses (GArray *a, GArray *b)
{
  if (a == NULL || b == NULL || a->len != b->len)
    return a == b;
  for (guint i = 0; i < a->len; i++)
    if (!same_address (&g_array_index (a, BtLocalAddress, i), &g_array_index (b, BtLocalAddress, i)))
      return FALSE;
  return TRUE;
}

static gboolean
same_snapshot (const Snapshot *a, const Snapshot *b)
{
  return same_addresses (a->addresses, b->addresses) && same_route (&a->routes[0], &b->routes[0])
         && same_route (&a->routes[1], &b->routes[1]);
}

static gboolean
look_cb (gpointer data)
{
  BtNetworkWatch *watch = data;
  gboolean goes_on = watch->polled ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
  Snapshot now;
  gboolean changed;

  if (watch->polled)
    g_clear_pointer (&watch->look, g_source_unref);
  take_snapshot (watch->world, &now);
  changed = !same_snapshot (&now, &watch->seen);
  g_clear_pointer (&watch->seen.addresses, g_array_unref);
  watch->seen = now;
  /* The last that is done with it: the owner may end it. */
  if (changed)
    watch->func (watch->owner);
  return goes_on;
}

static void
heard_cb (BtPollee *pollee, guint32 events)
{
  BtNetworkWatch *watch = pollee->owner;

  if (bt_netlink_drain (pollee->fd) && watch->look == NULL)
    watch->look = bt_gio_world_start_timer (watch->world, TOGETHER_MS, look_cb, watch);
}

static void
start_listening (BtNetworkWatch *watch)
{
  g_autoptr (GError) error = NULL;
  int fd = bt_netlink_listen (RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE
                              | RTMGRP_IPV6_ROUTE);

  watch->pollee = (BtPollee){ .fd = fd, .func = heard_cb, .owner = watch };
  watch->polled = fd >= 0 && bt_gio_world_adopt (watch->world, &watch->pollee, &error);
  if (watch->polled)
    bt_poller_set (watch->world->poller, &watch->pollee, EPOLLIN);
  else
    {
      g_debug ("The kernel does not tell of changes of the network%s%s", error != NULL ? ": " : "",
               error != NULL ? error->message : "");
      if (fd >= 0)
        close (fd);
      watch->look = bt_gio_world_start_timer (watch->world, LOOK_MS, look_cb, watch);
    }
}

static void
free_watch (BtNetworkWatch *watch)
{
  if (watch->polled)
    bt_gio_world_close (watch->world, &watch->pollee);
  if (watch->look != NULL)
    {
      g_source_destroy (watch->look);
      g_source_unref (watch->look);
    }
  g_clear_pointer (&watch->seen.addresses, g_array_unref);
  g_free (watch);
}

void
bt_gio_watch_network (BtWorld *base, BtNetworkFunc func, gpointer owner)
{
  BtGioWorld *world = (BtGioWorld *) base;
  BtNetworkWatch *watch;

  g_clear_pointer (&world->watch, free_watch);
  if (func == NULL)
    return;
  watch = g_new0 (BtNetworkWatch, 1);
  watch->world = world;
  watch->func = func;
  watch->owner = owner;
  /* First the ear, then the look: what happens between is not missed. */
  start_listening (watch);
  take_snapshot (world, &watch->seen);
  world->watch = watch;
}
