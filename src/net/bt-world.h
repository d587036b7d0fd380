/* bt-world.h: the outside as the engine sees it: clock, sockets, names, HTTP, behind functions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/uio.h>

#include "bt-endpoint.h"
#include "bt-file-slices.h"

G_BEGIN_DECLS

/* What this machine has: its addresses, and the way out. */

typedef enum
{
  BT_ADDRESS_UP = 1 << 0,             /* its interface is up */
  BT_ADDRESS_RUNNING = 1 << 1,        /* … and has a carrier */
  BT_ADDRESS_LOOPBACK = 1 << 2,       /* of the loopback interface */
  BT_ADDRESS_MULTICAST = 1 << 3,      /* its interface knows multicast */
  BT_ADDRESS_POINT_TO_POINT = 1 << 4, /* of a tunnel or a modem */
  BT_ADDRESS_GLOBAL = 1 << 5,         /* neither of the link nor of the host alone; 10.0.0.1 is global too */
  BT_ADDRESS_TEMPORARY = 1 << 6,      /* RFC 8981 */
  BT_ADDRESS_DEPRECATED = 1 << 7,     /* not for what is new */
} BtAddressFlags;

typedef struct
{
  BtEndpoint endpoint; /* port 0; a link-local one has its scope */
  guint prefix_length; /* in its family: up to 32 or 128 */
  guint interface_index;
  char interface[16];
  BtAddressFlags flags;
} BtLocalAddress;

/* How what goes to the Internet leaves. */
typedef struct
{
  BtEndpoint gateway; /* port 0; unspecified where there is none, as in a tunnel */
  BtEndpoint source;  /* port 0: the address that it has when it leaves */
  guint interface_index;
} BtRoute;

/* A group of multicast on one interface. */
typedef struct
{
  BtEndpoint group; /* with its port, which other programs may share */
  guint interface_index;
  guint hops;        /* 1: this network only */
  gboolean loopback; /* programs of this machine hear it too, and so do we */
} BtMulticast;

/* Everything here belongs to one thread, the engine's, and calls back in it, never from inside the
 * call that started it. There are two worlds: bt-gio-world.h and the simulator of the tests. */
typedef struct _BtWorld BtWorld;
typedef struct _BtStream BtStream;
typedef struct _BtListener BtListener;
typedef struct _BtUdp BtUdp;
typedef struct _BtLookup BtLookup;
typedef struct _BtFetch BtFetch;
typedef struct _BtUpnpCall BtUpnpCall;

/* Streams: a connected, non-blocking pipe of bytes. TCP now, uTP later. */

typedef enum
{
  BT_STREAM_READABLE = 1 << 0,
  BT_STREAM_WRITABLE = 1 << 1,
} BtStreamEvents;

/* @events: what is possible now. A failed connect and an error come as both: the next call of read
 * or write says which. */
typedef void (*BtStreamFunc) (BtStream *stream, BtStreamEvents events, gpointer owner);

#define BT_STREAM_AGAIN (-1) /* nothing now; an event will tell */
#define BT_STREAM_ERROR (-2) /* *error is set; the stream is of no more use */

typedef struct
{
  /* Bytes read; 0 at the end; AGAIN; ERROR. */
  gssize (*readv) (BtStream *stream, const struct iovec *parts, int n_parts, GError **error);
  /* Bytes written (may be fewer); AGAIN; ERROR. */
  gssize (*writev) (BtStream *stream, const struct iovec *parts, int n_parts, GError **error);
  /* (nullable): not of streams that change what they carry. As writev, but behind each part comes its slice of a file,
   * of which nothing is copied; one of the two may have no length. An error that is not BT_ERROR_NETWORK is the
   * file's: CHANGED when it has become too short. */
  gssize (*send_files) (BtStream *stream, const struct iovec *parts, const BtFileSlice *slices, int n_parts,
                        GError **error);
  /* Which events are wanted; level-triggered. A connecting stream becomes WRITABLE. */
  void (*watch) (BtStream *stream, BtStreamEvents events);
  void (*get_remote) (BtStream *stream, BtEndpoint *out);
  void (*get_local) (BtStream *stream, BtEndpoint *out);
  /* Something that was sent is not acknowledged though it was sent again, and nothing was for so long. */
  gboolean (*is_stuck) (BtStream *stream, gint64 silence_us);
  /* Closes and frees; no callback comes after. */
  void (*close) (BtStream *stream);
} BtStreamOps;

/* First member of every implementation. */
struct _BtStream
{
  const BtStreamOps *ops;
  BtStreamFunc func;
  gpointer owner;
};

typedef void (*BtAcceptFunc) (BtStream *stream, gpointer owner); /* (transfer full) stream */
typedef void (*BtNetworkFunc) (gpointer owner);
typedef void (*BtDatagramFunc) (const BtEndpoint *from, const void *bytes, gsize length, gpointer owner);
/* @endpoints: (nullable): of BtEndpoint with the port asked for; NULL with @error set. */
typedef void (*BtLookupFunc) (GArray *endpoints, const GError *error, gpointer owner);
/* @body: (nullable): NULL with @error set. @status: the HTTP status of the last hop. */
typedef void (*BtFetchFunc) (guint status, GBytes *body, const GError *error, gpointer owner);

typedef enum
{
  BT_FETCH_TRACKER, /* loopback only if the path starts with /announce or /scrape */
  BT_FETCH_WEB_SEED,
  BT_FETCH_TORRENT, /* a person asks for it: a server of the local network is as good as any */
  BT_FETCH_ROUTER,  /* by its address, directly and without any redirection */
} BtFetchPurpose;

typedef enum
{
  BT_FETCH_ANY,
  BT_FETCH_IPV4,
  BT_FETCH_IPV6,
} BtFetchFamily;

typedef struct
{
  const char *url;
  BtFetchPurpose purpose;
  gsize max_bytes;  /* of the body after decoding */
  guint timeout_s;  /* for all of it */
  guint connect_s;  /* until the request can be sent, TLS included; 0: no limit of its own */
  guint answer_s;   /* then until the head of the answer has come; 0 likewise */
  BtFetchFamily family; /* what it goes over; it fails where that does not lead there */
  const char *soap_action; /* (nullable): of BT_FETCH_ROUTER: this is asked for, with @soap_envelope, by POST */
  GBytes *soap_envelope;   /* (nullable) */
} BtFetchRequest;

#define BT_UPNP_N_OTHER_PORTS 4

/* UPnP Internet Gateway Devices. The same port of the router for TCP and UDP. */
typedef struct
{
  gboolean remove;       /* takes the mapping away, else makes or renews it */
  gboolean anew;         /* looks for the router, also if it was found before */
  BtEndpoint source;     /* the address that we have towards it: it is looked for there */
  guint prefix_length;   /* of the network of @source: it is nowhere else */
  BtEndpoint gateway;    /* it is asked first */
  guint16 internal_port;
  guint16 external_port; /* asked for, or to be removed */
  guint16 other_ports[BT_UPNP_N_OTHER_PORTS]; /* if others have that */
  guint32 lifetime_s;
} BtUpnpRequest;

typedef enum
{
  BT_UPNP_DONE,
  BT_UPNP_REFUSED,   /* [code] */
  BT_UPNP_NO_ANSWER, /* no router was found, or it fell silent */
  BT_UPNP_BOUND,     /* not tried: it cannot be held to the binding */
} BtUpnpResult;

typedef struct
{
  BtUpnpResult result;
  guint code;            /* of UPnP, or of the library if it is 0 … 99 */
  guint16 external_port; /* the following of BT_UPNP_DONE: it may be another than was asked for */
  guint32 lifetime_s;    /* 0: it does not end */
  BtEndpoint router;     /* port 0 */
  BtEndpoint external;   /* port 0; unspecified if it did not say */
} BtUpnpReply;

typedef void (*BtUpnpFunc) (const BtUpnpReply *reply, gpointer owner);

typedef struct
{
  /* The only local address (nullable) and the only network interface (nullable, by name) that sockets
   * opened from now on may use; where they cannot, none is opened. Those that are open stay as they are.
   * Names are looked up by the system, which goes its own ways. */
  void (*bind) (BtWorld *world, const BtEndpoint *address, const char *interface);
  /* Its number, which is another one after it was gone; 0 when it is not there or down. */
  guint (*find_interface) (BtWorld *world, const char *interface);

  /* Of BtLocalAddress, (transfer full), of all interfaces whatever the binding; those that may not be
   * used yet (IPv6 looks for twins first) are not there yet. (nullable): NULL when it cannot be told. */
  GArray *(*list_addresses) (BtWorld *world);
  /* FALSE: there is none for this family, or none where the binding lets us go. */
  gboolean (*get_route) (BtWorld *world, gboolean ipv6, BtRoute *out);
  /* Calls @func when what the two above say has become something else, once for changes that come together;
   * only one may watch. NULL: no more. */
  void (*watch_network) (BtWorld *world, BtNetworkFunc func, gpointer owner);

  gint64 (*now) (BtWorld *world);      /* monotonic µs, those awake alone */
  gint64 (*slept) (BtWorld *world);    /* µs that the machine has slept since it was started, about */
  gint64 (*unix_now) (BtWorld *world); /* Unix µs, for display and storage only */
  void (*random) (BtWorld *world, void *out, gsize length); /* from the system, fit for secrets */
  /* Call @func (set at creation of the engine) once at @deadline; replaces the last call. */
  void (*wake_at) (BtWorld *world, gint64 deadline);

  BtStream *(*connect) (BtWorld *world,
                        const BtEndpoint *remote,
                        BtStreamFunc func,
                        gpointer owner,
                        GError **error);
  /* Port 0: any. Both families are listened on with two calls. @local is updated. */
  BtListener *(*listen) (BtWorld *world,
                         BtEndpoint *local,
                         BtAcceptFunc func,
                         gpointer owner,
                         GError **error);
  void (*listener_free) (BtWorld *world, BtListener *listener);

  BtUdp *(*udp_open) (BtWorld *world, BtEndpoint *local, BtDatagramFunc func, gpointer owner, GError **error);
  /* Takes part in a group: hears what is sent to it on that interface, and is heard there. Of the binding's
   * interface or that of its address only. */
  BtUdp *(*udp_open_group) (BtWorld *world,
                            const BtMulticast *multicast,
                            BtDatagramFunc func,
                            gpointer owner,
                            GError **error);
  gboolean (*udp_send) (BtWorld *world, BtUdp *udp, const BtEndpoint *to, const void *bytes, gsize length);
  void (*udp_free) (BtWorld *world, BtUdp *udp);

  BtLookup *(*lookup) (BtWorld *world, const char *host, guint16 port, BtLookupFunc func, gpointer owner);
  void (*lookup_cancel) (BtWorld *world, BtLookup *lookup);

  BtFetch *(*fetch) (BtWorld *world, const BtFetchRequest *request, BtFetchFunc func, gpointer owner);
  void (*fetch_cancel) (BtWorld *world, BtFetch *fetch);

  /* Calls are done one after another; each takes seconds if there is no router. @func: (nullable): nobody
   * waits for the answer; then NULL is returned. */
  BtUpnpCall *(*upnp) (BtWorld *world, const BtUpnpRequest *request, BtUpnpFunc func, gpointer owner);
  /* The answer is not waited for any more; what was asked may still be done. */
  void (*upnp_cancel) (BtWorld *world, BtUpnpCall *call);

  void (*free) (BtWorld *world);
} BtWorldOps;

/* First member of every implementation. */
struct _BtWorld
{
  const BtWorldOps *ops;
  void (*wake) (gpointer owner); /* set by the engine */
  gpointer owner;
};

static inline gint64
bt_world_now (BtWorld *world)
{
  return world->ops->now (world);
}

G_END_DECLS
