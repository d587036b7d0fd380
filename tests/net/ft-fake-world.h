/* ft-fake-world.h: a network in memory with a clock of its own, for tests that must not wait.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-random.h"
#include "bt-timers.h"
#include "bt-world.h"

G_BEGIN_DECLS

/* Several hosts on one network. Everything that happens follows from the seed and from what the
 * hosts do, so a run can be repeated. Time stands still while something is to be done and then
 * jumps to the next deadline. Nothing here blocks, and nothing calls back but the functions that
 * run it. */
typedef struct _FtFakeNet FtFakeNet;

FtFakeNet *ft_fake_net_new (guint64 seed);
/* Frees the hosts too. Fails if a stream, listener, socket, lookup or fetch was left open. */
void ft_fake_net_free (FtFakeNet *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtFakeNet, ft_fake_net_free)

/* A host with one address: the world of one engine. Its wake function is the caller's to set, or
 * comes with ft_fake_host_timers(). */
BtWorld *ft_fake_net_add_host (FtFakeNet *net, const char *ip);
/* Timers that run by the clock of the network; owned by the host. */
BtTimers *ft_fake_host_timers (BtWorld *host);
/* What is sent to the host vanishes, connects are never answered; streams go on when it is over. */
void ft_fake_host_set_dark (BtWorld *host, gboolean dark);

/* What is between a host and the rest of the network: all that it sends and gets shares it. It comes on top of
 * what is said of a stream's line. */
typedef struct
{
  gint64 latency_us;  /* one way */
  gint64 jitter_us;   /* up to so much more, another for each; so datagrams overtake each other */
  guint64 up_bytes_per_s, down_bytes_per_s; /* 0: as fast as it gets */
  guint loss_permille; /* of packets. A stream sends them again: what follows waits for that */
  gint64 queue_us;     /* a datagram that would have to wait for longer is lost; 0: all wait */
} FtFakeAccess;

FtFakeAccess *ft_fake_host_access (BtWorld *host);

/* What a router that translates addresses lets in: datagrams to a port from which something was sent … */
typedef enum
{
  FT_NAT_FULL_CONE,       /* … from anybody */
  FT_NAT_RESTRICTED,      /* … from an address that was sent something */
  FT_NAT_PORT_RESTRICTED, /* … from that port of it */
  FT_NAT_SYMMETRIC,       /* likewise, and each destination sees another port */
} FtNatKind;

typedef struct _FtFakeNat FtFakeNat;

/* Of connections none is let in but to ports that are forwarded. What it knows of a port it forgets after two
 * minutes in which nothing was sent. */
FtFakeNat *ft_fake_net_add_nat (FtFakeNet *net, const char *ip, FtNatKind kind);
/* From now on the host is behind it: its own address is seen there alone. */
void ft_fake_nat_add_host (FtFakeNat *nat, BtWorld *host);
FtFakeNat *ft_fake_host_get_nat (BtWorld *host); /* (nullable) */
/* How the Internet sees the host; port 0. */
BtEndpoint ft_fake_host_get_outer (BtWorld *host);
void ft_fake_nat_forward (FtFakeNat *nat, guint16 port, BtWorld *host);

/* Its clock is set to another time: what it takes for the time of day is so much more than it was. */
void ft_fake_host_set_clock (BtWorld *host, gint64 offset_us);
/* The host slept, of which it knows by this alone. */
void ft_fake_host_sleep (BtWorld *host, gint64 us);
/* What the host says of its addresses and of the way out: (nullable) @ipv4 and @ipv6. Its watcher is told.
 * At first it has its one address, on interface 2, "eth0", and a route with a router at .254 of its network
 * or at fe80::fe. It is reached at its one address whatever this says. */
void ft_fake_host_set_network (BtWorld *host,
                               const BtLocalAddress *addresses,
                               guint n_addresses,
                               const BtRoute *ipv4,
                               const BtRoute *ipv6);

/* Running. A host that never comes to rest at one moment (a busy loop) fails the test. */
void ft_fake_net_settle (FtFakeNet *net); /* does all that is due, without letting time pass */
void ft_fake_net_run_for (FtFakeNet *net, gint64 us);
/* One turn: what is due in one iteration of a main loop. FALSE if there was nothing. */
gboolean ft_fake_net_turn (FtFakeNet *net);
/* Does all that is due and lets time pass until there is more, at most until @end. FALSE if nothing was due by then. */
gboolean ft_fake_net_step (FtFakeNet *net, gint64 end);
gint64 ft_fake_net_now (FtFakeNet *net);
/* Of all that was sent so far, and when: two runs that have the same did the same. */
guint64 ft_fake_net_digest (FtFakeNet *net);
/* Something else that belongs to what happened. */
void ft_fake_net_note (FtFakeNet *net, const void *bytes, gsize length);
BtRandom *ft_fake_net_random (FtFakeNet *net);

/* How bytes travel from one end of a stream to the other. */
typedef struct
{
  gsize max_read;      /* bytes that one read takes at most; 0: no cap */
  gsize max_write;     /* the same for a write */
  gboolean random;     /* each call draws its cap from 1 … max */
  gsize capacity;      /* bytes that may be under way or unread before a write blocks */
  gint64 latency_us;   /* one way */
  guint64 bytes_per_s; /* 0: as fast as it gets */
} FtFakeLine;

/* Of streams that are made from now on; each end starts with a copy. */
FtFakeLine *ft_fake_net_line (FtFakeNet *net);
/* Of what is written at this end (and of reads at this end). */
FtFakeLine *ft_fake_stream_line (BtStream *stream);

/* Two ends that are connected already. */
void ft_fake_net_pair (FtFakeNet *net, BtWorld *a, BtWorld *b, BtStream **end_a, BtStream **end_b);

/* A test plays one end itself: nothing caps these. */
void ft_fake_stream_push (BtStream *stream, const void *bytes, gsize length);
GBytes *ft_fake_stream_pull (BtStream *stream); /* all that has arrived */
/* The connection fails at both ends, at once. */
void ft_fake_stream_break (BtStream *stream, const char *message);

/* What the program at this end did. */
typedef struct
{
  guint n_reads;  /* that gave bytes */
  guint n_writes; /* that took bytes */
  guint n_again;  /* reads and writes for nothing */
  guint n_from_files; /* slices that were written */
  guint n_events;
  int max_parts; /* of one write */
} FtFakeStreamStats;

const FtFakeStreamStats *ft_fake_stream_stats (BtStream *stream);

/* Names, datagrams, HTTP. Interfaces of the same number are on one line, where groups are heard. */
void ft_fake_net_add_name (FtFakeNet *net, const char *name, const char *ip);
void ft_fake_net_set_loss (FtFakeNet *net, guint percent); /* of datagrams */
/* Answers every fetch. Returns: (transfer full) (nullable): the body, or NULL with @error set; NULL alone is no
 * answer at all: it fails when its time is over. */
typedef GBytes *(*FtFakeFetchFunc) (BtWorld *host,
                                    const BtFetchRequest *request,
                                    guint *status,
                                    GError **error,
                                    gpointer data);
void ft_fake_net_set_fetch (FtFakeNet *net, FtFakeFetchFunc func, gpointer data);
/* Answers every UPnP call, those that nobody waits for too; without it nobody does. @reply is no answer at first. */
typedef void (*FtFakeUpnpFunc) (BtWorld *host, const BtUpnpRequest *request, BtUpnpReply *reply, gpointer data);
void ft_fake_net_set_upnp (FtFakeNet *net, FtFakeUpnpFunc func, gpointer data);

G_END_DECLS
