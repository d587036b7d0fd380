/* ft-fake-private.h: the state of the network in memory, for the files that share it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-byte-queue.h"
#include "ft-fake-world.h"

#include <stdio.h>

G_BEGIN_DECLS

typedef struct
{
  BtWorld world; /* first */
  FtFakeNet *net;
  BtEndpoint address; /* port 0 */
  gboolean dark;
  BtTimer wake;
  gint64 slept;
  gint64 clock_offset;
  FtFakeAccess access;
  gint64 up_free_at, down_free_at; /* when all that goes through it so far has */
  FtFakeNat *nat;       /* (nullable): it is behind it */
  BtTimers *timers;     /* (nullable) */
  GPtrArray *listeners; /* of FtFakeListener */
  GPtrArray *sockets;   /* of FtFakeUdp */
  GArray *addresses;    /* of BtLocalAddress */
  BtRoute routes[2];    /* IPv4, IPv6; interface 0: there is none */
  BtNetworkFunc network_func;
  gpointer network_owner;
  BtTimer network_timer; /* the change is told */
} FtFakeHost;

typedef struct
{
  FtFakeHost *host;
  BtEndpoint local;
  BtAcceptFunc func;
  gpointer owner;
} FtFakeListener;

struct _FtFakeNet
{
  gint64 now;
  BtRandom random;
  BtTimers *timers; /* what the network itself has to do */
  BtTimers *wakes;  /* of hosts: after what comes to them at that moment */
  GPtrArray *hosts;
  GHashTable *by_ip;    /* BtEndpoint (port 0) -> FtFakeHost, of those behind no NAT */
  GPtrArray *nats;      /* of FtFakeNat */
  guint64 digest;
  FILE *trace;          /* (nullable): all of it is written down there */
  FtFakeLine line;
  guint16 last_port;

  GQueue ready;     /* of FtFakeStream with an event that is watched */
  gpointer current; /* the stream that is being told; NULL once it closed */
  guint n_streams;

  GHashTable *names; /* name -> GPtrArray of addresses as text */
  GQueue datagrams;  /* of Datagram, under way */
  guint loss_percent;
  guint n_lookups, n_fetches, n_upnp_calls;
  FtFakeFetchFunc fetch;
  gpointer fetch_data;
  FtFakeUpnpFunc upnp;
  gpointer upnp_data;
};

/* (nullable): who has this address where everybody sees it. */
FtFakeHost *ft_fake_net_find_host (FtFakeNet *net, const BtEndpoint *endpoint);
/* A port nobody else was given. */
guint16 ft_fake_net_next_port (FtFakeNet *net);

/* ft-fake-access.c: when something that leaves at @at comes to the other end. FALSE: never. */
gboolean ft_fake_pass_datagram (FtFakeHost *from, FtFakeHost *to, gsize length, gint64 *at);
void ft_fake_pass_stream (FtFakeHost *from, FtFakeHost *to, gsize length, gint64 *at);

/* ft-fake-nat.c */
/* What @host sends from @from (changed to what others see) is on its way. */
void ft_fake_nat_leave (FtFakeHost *host, BtEndpoint *from, const BtEndpoint *to);
/* (nullable): who gets what comes to @to (changed to an address of its own). @inside: (nullable): the router
 * behind which it was sent. @stream: it is a connection. */
FtFakeHost *ft_fake_nat_arrive (FtFakeNet *net, FtFakeNat *inside, const BtEndpoint *from, BtEndpoint *to,
                                gboolean stream);
void ft_fake_nat_forget_host (FtFakeNat *nat, FtFakeHost *host);
void ft_fake_nat_free (FtFakeNat *nat);

/* ft-fake-stream.c */
BtStream *ft_fake_connect (BtWorld *world,
                           const BtEndpoint *remote,
                           BtStreamFunc func,
                           gpointer owner,
                           GError **error);
BtListener *ft_fake_listen (BtWorld *world,
                            BtEndpoint *local,
                            BtAcceptFunc func,
                            gpointer owner,
                            GError **error);
void ft_fake_listener_free (BtWorld *world, BtListener *listener);
/* Tells each stream that has an event now, once. FALSE if none had. */
gboolean ft_fake_net_tell_streams (FtFakeNet *net);

/* ft-fake-network.c */
void ft_fake_host_init_network (FtFakeHost *host);
void ft_fake_host_clear_network (FtFakeHost *host);
GArray *ft_fake_list_addresses (BtWorld *world);
gboolean ft_fake_get_route (BtWorld *world, gboolean ipv6, BtRoute *out);
void ft_fake_watch_network (BtWorld *world, BtNetworkFunc func, gpointer owner);

/* ft-fake-services.c */
BtUdp *ft_fake_udp_open_group (BtWorld *world,
                               const BtMulticast *multicast,
                               BtDatagramFunc func,
                               gpointer owner,
                               GError **error);
BtUdp *ft_fake_udp_open (BtWorld *world,
                         BtEndpoint *local,
                         BtDatagramFunc func,
                         gpointer owner,
                         GError **error);
gboolean ft_fake_udp_send (BtWorld *world,
                           BtUdp *udp,
                           const BtEndpoint *to,
                           const void *bytes,
                           gsize length);
void ft_fake_udp_free (BtWorld *world, BtUdp *udp);
void ft_fake_net_drop_datagrams (FtFakeNet *net);
BtLookup *
ft_fake_lookup (BtWorld *world, const char *host, guint16 port, BtLookupFunc func, gpointer owner);
void ft_fake_lookup_cancel (BtWorld *world, BtLookup *lookup);
BtFetch *
ft_fake_fetch (BtWorld *world, const BtFetchRequest *request, BtFetchFunc func, gpointer owner);
void ft_fake_fetch_cancel (BtWorld *world, BtFetch *fetch);
BtUpnpCall *
ft_fake_upnp (BtWorld *world, const BtUpnpRequest *request, BtUpnpFunc func, gpointer owner);
void ft_fake_upnp_cancel (BtWorld *world, BtUpnpCall *call);

G_END_DECLS
