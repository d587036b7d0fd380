/* bt-world.h: the outside as the engine sees it: clock, sockets, names, HTTP, behind functions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/uio.h>

#include "bt-endpoint.h"

G_BEGIN_DECLS

/* Everything here belongs to one thread, the engine's, and calls back in it, never from inside the
 * call that started it. There are two worlds: bt-gio-world.h and the simulator of the tests. */
typedef struct _BtWorld BtWorld;
typedef struct _BtStream BtStream;
typedef struct _BtListener BtListener;
typedef struct _BtUdp BtUdp;
typedef struct _BtLookup BtLookup;
typedef struct _BtFetch BtFetch;

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
  /* Which events are wanted; level-triggered. A connecting stream becomes WRITABLE. */
  void (*watch) (BtStream *stream, BtStreamEvents events);
  void (*get_remote) (BtStream *stream, BtEndpoint *out);
  void (*get_local) (BtStream *stream, BtEndpoint *out);
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
} BtFetchPurpose;

typedef struct
{
  const char *url;
  BtFetchPurpose purpose;
  gsize max_bytes;  /* of the body after decoding */
  guint timeout_s;  /* for all of it */
} BtFetchRequest;

typedef struct
{
  /* The only local address (nullable) and the only network interface (nullable, by name) that sockets
   * opened from now on may use; where they cannot, none is opened. Those that are open stay as they are.
   * Names are looked up by the system, which goes its own ways. */
  void (*bind) (BtWorld *world, const BtEndpoint *address, const char *interface);
  /* Its number, which is another one after it was gone; 0 when it is not there or down. */
  guint (*find_interface) (BtWorld *world, const char *interface);

  gint64 (*now) (BtWorld *world);      /* monotonic µs */
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
  gboolean (*udp_send) (BtWorld *world, BtUdp *udp, const BtEndpoint *to, const void *bytes, gsize length);
  void (*udp_free) (BtWorld *world, BtUdp *udp);

  BtLookup *(*lookup) (BtWorld *world, const char *host, guint16 port, BtLookupFunc func, gpointer owner);
  void (*lookup_cancel) (BtWorld *world, BtLookup *lookup);

  BtFetch *(*fetch) (BtWorld *world, const BtFetchRequest *request, BtFetchFunc func, gpointer owner);
  void (*fetch_cancel) (BtWorld *world, BtFetch *fetch);

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
