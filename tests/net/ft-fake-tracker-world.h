/* ft-fake-tracker-world.h: names, datagrams and fetches in virtual time, for the tracker client.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bt-timers.h"
#include "bt-world.h"

typedef struct _FtFakeTrackerWorld FtFakeTrackerWorld;

/* A server sees each datagram as it is sent. */
typedef void (*FtFakeServerFunc) (FtFakeTrackerWorld *fake,
                                  const BtEndpoint *to,
                                  const guint8 *packet,
                                  gsize length);

struct _FtFakeTrackerWorld
{
  BtWorld world;
  BtTimers *timers;
  gint64 now; /* monotonic µs; begins at 1,000 s */
  guint64 random;
  GHashTable *names; /* host → addresses without ports, parted by blanks */
  GQueue lookups;    /* of BtLookup, in order of time */
  GQueue datagrams;  /* towards us, in order of time */
  GPtrArray *fetches; /* of BtFetch: unanswered, in order of start */
  guint n_fetches_started;
  BtUdp *udp[2]; /* IPv4, IPv6 */
  guint n_udp_opened;
  FtFakeServerFunc server; /* (nullable) */
  gpointer server_data;
  gboolean has_both; /* of IPv4 and IPv6 an address of our own; else IPv4's */
  gboolean ipv6_is_missing;     /* no socket of the family */
  gboolean ipv6_is_unreachable; /* nothing can be sent */
  guint n_unreachable;          /* what was to be sent nevertheless */
};

FtFakeTrackerWorld *ft_fake_tracker_world_new (void);
/* Asserts that nothing is left open. */
void ft_fake_tracker_world_free (FtFakeTrackerWorld *fake);

/* Lets time pass, with all that happens in it. */
void ft_fake_tracker_world_run (FtFakeTrackerWorld *fake, gint64 duration_us);

/* Looked up in 100 ms; a host without a name is not found. */
void ft_fake_tracker_world_set_name (FtFakeTrackerWorld *fake,
                                     const char *host,
                                     const char *addresses);

/* A datagram from @from that arrives after @delay_us, if a socket of its family is open then. */
void ft_fake_tracker_world_send (FtFakeTrackerWorld *fake,
                                 const BtEndpoint *from,
                                 gint64 delay_us,
                                 const void *bytes,
                                 gsize length);

/* The fetches that run. */
guint ft_fake_tracker_world_n_fetches (FtFakeTrackerWorld *fake);
const BtFetchRequest *ft_fake_tracker_world_get_fetch (FtFakeTrackerWorld *fake, guint index);
/* Ends one, with @error or with a body. */
void ft_fake_tracker_world_answer (FtFakeTrackerWorld *fake,
                                   guint index,
                                   guint status,
                                   const char *body,
                                   const GError *error);
