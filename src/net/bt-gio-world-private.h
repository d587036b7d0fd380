/* bt-gio-world-private.h: what the parts of the real world share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-file-pipe.h"
#include "bt-gio-world.h"
#include "bt-poller.h"

#include <libsoup/soup.h>
#include <sys/socket.h>

G_BEGIN_DECLS

typedef struct
{
  BtWorld base;
  GMainContext *context;
  GSource *wake;
  gboolean bound;          /* @bind_address is the only local address there may be */
  BtEndpoint bind_address; /* its port is 0 */
  char *interface;         /* (nullable): the only network interface there may be */
  char *user_agent;
  BtPoller *poller;     /* (nullable) until the first socket */
  BtFilePipe *pipe;     /* (nullable): there were no descriptors for it */
  BtStreamOps tcp;      /* what its streams can do: without a pipe they send no files */
  SoupSession *sessions[3]; /* (nullable) until the first fetch: by BtFetchFamily */
  GQueue lookups;       /* of BtLookup that run, by their links */
  GQueue fetches;       /* of BtFetch that run, by their links */
  struct _BtNetworkWatch *watch; /* (nullable) */
  struct _BtUpnp *upnp; /* (nullable) until the first call */
  guint n_sockets;      /* streams, listeners and UDP sockets that are open */
} BtGioWorld;

/* Sockets: bt-socket.c */

/* Sets @error from an errno: "%s: Connection refused", as BT_ERROR_NETWORK or TIMED_OUT; LIMIT: no
 * descriptor is left. */
void bt_gio_set_errno (GError **error, int saved_errno, const char *format, ...)
  G_GNUC_PRINTF (3, 4);
/* Whether @fd, just opened, is one of the last, which are for others: @shares of BT_LIMIT_SPARE_DESCRIPTORS. */
gboolean bt_gio_is_descriptor_spare (int fd, guint shares);
socklen_t bt_gio_to_sockaddr (const BtEndpoint *endpoint, struct sockaddr_storage *out);
/* Unspecified if it is of another family. */
void bt_gio_from_sockaddr (BtEndpoint *endpoint, const struct sockaddr_storage *address);
void bt_gio_get_local (int fd, BtEndpoint *out);
/* A non-blocking socket of @family_of's family, bound to the world's interface, or -1. */
int bt_gio_socket_new (BtGioWorld *world, const BtEndpoint *family_of, int type, GError **error);
/* Binds a socket to the interface, if the world has one. */
gboolean bt_gio_world_confine (BtGioWorld *world, int fd, gboolean is_ipv4, GError **error);
/* Whether a socket is. */
gboolean bt_gio_world_is_confined (BtGioWorld *world, int fd);
/* Makes @local an address that may be used. FALSE when the world is bound to another: there is no
 * fallback, since the person may have bound it in order not to be seen elsewhere. */
gboolean bt_gio_world_restrict (BtGioWorld *world, BtEndpoint *local, GError **error);
/* Whether the binding lets what is of this family use the interface of this number. */
gboolean bt_gio_world_may_use (BtGioWorld *world, gboolean is_ipv4, guint interface_index, GError **error);
/* Binds, then updates @local with what the kernel chose. */
gboolean bt_gio_socket_bind (int fd, BtEndpoint *local, GError **error);

/* Registers a socket that was made, and counts it. The pollee's fd, func and owner are set. */
gboolean bt_gio_world_adopt (BtGioWorld *world, BtPollee *pollee, GError **error);
/* The opposite; closes the descriptor. */
void bt_gio_world_close (BtGioWorld *world, BtPollee *pollee);
/* Calls @func after @delay_ms, in the world's context. Returns: (transfer full). */
GSource *bt_gio_world_start_timer (BtGioWorld *world,
                                   guint delay_ms,
                                   GSourceFunc func,
                                   gpointer data);

/* bt-binding.c */
void bt_gio_bind (BtWorld *base, const BtEndpoint *address, const char *interface);
guint bt_gio_find_interface (BtWorld *base, const char *interface);

/* bt-network.c */
GArray *bt_gio_list_addresses (BtWorld *base);
gboolean bt_gio_get_route (BtWorld *base, gboolean ipv6, BtRoute *out);

/* bt-network-watch.c */
void bt_gio_watch_network (BtWorld *base, BtNetworkFunc func, gpointer owner);

/* The functions of BtWorldOps: bt-tcp.c, bt-udp.c, bt-lookup.c, bt-http.c */

/* What a stream can do that has all it needs. */
extern const BtStreamOps bt_gio_tcp_ops;

BtStream *bt_gio_connect (BtWorld *base,
                          const BtEndpoint *remote,
                          BtStreamFunc func,
                          gpointer owner,
                          GError **error);
BtListener *bt_gio_listen (BtWorld *base,
                           BtEndpoint *local,
                           BtAcceptFunc func,
                           gpointer owner,
                           GError **error);
void bt_gio_listener_free (BtWorld *base, BtListener *listener);

BtUdp *bt_gio_udp_open (BtWorld *base,
                        BtEndpoint *local,
                        BtDatagramFunc func,
                        gpointer owner,
                        GError **error);
BtUdp *bt_gio_udp_open_group (BtWorld *base,
                              const BtMulticast *multicast,
                              BtDatagramFunc func,
                              gpointer owner,
                              GError **error);
gboolean bt_gio_udp_send (BtWorld *base,
                          BtUdp *udp,
                          const BtEndpoint *to,
                          const void *bytes,
                          gsize length);
void bt_gio_udp_free (BtWorld *base, BtUdp *udp);

BtLookup *bt_gio_lookup (BtWorld *base,
                         const char *host,
                         guint16 port,
                         BtLookupFunc func,
                         gpointer owner);
void bt_gio_lookup_cancel (BtWorld *base, BtLookup *lookup);

BtFetch *bt_gio_fetch (BtWorld *base,
                       const BtFetchRequest *request,
                       BtFetchFunc func,
                       gpointer owner);
void bt_gio_fetch_cancel (BtWorld *base, BtFetch *fetch);

/* bt-http-session.c: (transfer none) */
SoupSession *bt_gio_world_get_session (BtGioWorld *world, BtFetchFamily family);
/* Connections that are kept, and what is under way. */
void bt_gio_world_end_sessions (BtGioWorld *world);

/* bt-upnp.c */
BtUpnpCall *bt_gio_upnp (BtWorld *base,
                         const BtUpnpRequest *request,
                         BtUpnpFunc func,
                         gpointer owner);
void bt_gio_upnp_cancel (BtWorld *base, BtUpnpCall *call);
/* The binding is another one. */
void bt_gio_upnp_bound (BtGioWorld *world);
void bt_gio_upnp_free (BtGioWorld *world);

G_END_DECLS
