/* ft-fake-tracker-world.c: names, datagrams and fetches in virtual time, for the tracker client.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-tracker-world.h"

#include <string.h>

#define LOOKUP_US (100 * 1000)

struct _BtLookup
{
  gint64 at;
  char *host;
  guint16 port;
  BtLookupFunc func;
  gpointer owner;
};

struct _BtFetch
{
  BtFetchRequest request;
  char *url;
  BtFetchFunc func;
  gpointer owner;
};

struct _BtUdp
{
  gboolean is_ipv4;
  BtDatagramFunc func;
  gpointer owner;
};

typedef struct
{
  gint64 at;
  BtEndpoint from;
  GBytes *bytes;
} Datagram;

static gint64
world_now (BtWorld *world)
{
  return ((FtFakeTrackerWorld *) world)->now;
}

/* Neither random nor fit for secrets, but never the same. */
static void
world_random (BtWorld *world, void *out, gsize length)
{
  FtFakeTrackerWorld *fake = (FtFakeTrackerWorld *) world;

  fake->random++;
  memset (out, 0, length);
  memcpy (out, &fake->random, MIN (length, sizeof fake->random));
}

static GArray *
world_list_addresses (BtWorld *world)
{
  GArray *addresses = g_array_new (FALSE, TRUE, sizeof (BtLocalAddress));
  BtLocalAddress address = { .interface_index = 2, .flags = BT_ADDRESS_UP | BT_ADDRESS_GLOBAL };

  bt_endpoint_parse_ip (&address.endpoint, "192.168.1.5", 0);
  g_array_append_val (addresses, address);
  bt_endpoint_parse_ip (&address.endpoint, "2001:470::5", 0);
  if (((FtFakeTrackerWorld *) world)->has_both)
    g_array_append_val (addresses, address);
  return addresses;
}

static BtUdp *
world_udp_open (BtWorld *world,
                BtEndpoint *local,
                BtDatagramFunc func,
                gpointer owner,
                GError **error)
{
  FtFakeTrackerWorld *fake = (FtFakeTrackerWorld *) world;
  gboolean is_ipv4 = bt_endpoint_is_ipv4 (local);
  BtUdp *udp;

  g_assert_true (bt_endpoint_is_unspecified (local));
  g_assert_cmpuint (local->port, ==, 0);
  if (!is_ipv4 && fake->ipv6_is_missing)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no such family");
      return NULL;
    }
  g_assert_null (fake->udp[is_ipv4 ? 0 : 1]);
  udp = g_new0 (BtUdp, 1);
  udp->is_ipv4 = is_ipv4;
  udp->func = func;
  udp->owner = owner;
  fake->udp[is_ipv4 ? 0 : 1] = udp;
  fake->n_udp_opened++;
  return udp;
}

static gboolean
world_udp_send (BtWorld *world, BtUdp *udp, const BtEndpoint *to, const void *bytes, gsize length)
{
  FtFakeTrackerWorld *fake = (FtFakeTrackerWorld *) world;

  g_assert_cmpint (udp->is_ipv4, ==, bt_endpoint_is_ipv4 (to));
  if (!udp->is_ipv4 && fake->ipv6_is_unreachable)
    {
      fake->n_unreachable++;
      return FALSE;
    }
  if (fake->server != NULL)
    fake->server (fake, to, bytes, length);
  return TRUE;
}

static void
world_udp_free (BtWorld *world, BtUdp *udp)
{
  ((FtFakeTrackerWorld *) world)->udp[udp->is_ipv4 ? 0 : 1] = NULL;
  g_free (udp);
}

static void
free_lookup (BtLookup *lookup)
{
  g_free (lookup->host);
  g_free (lookup);
}

static BtLookup *
world_lookup (BtWorld *world, const char *host, guint16 port, BtLookupFunc func, gpointer owner)
{
  FtFakeTrackerWorld *fake = (FtFakeTrackerWorld *) world;
  BtLookup *lookup = g_new0 (BtLookup, 1);

  lookup->at = fake->now + LOOKUP_US;
  lookup->host = g_strdup (host);
  lookup->port = port;
  lookup->func = func;
  lookup->owner = owner;
  g_queue_push_tail (&fake->lookups, lookup);
  return lookup;
}

static void
world_lookup_cancel (BtWorld *world, BtLookup *lookup)
{
  FtFakeTrackerWorld *fake = (FtFakeTrackerWorld *) world;

  g_assert_true (g_queue_remove (&fake->lookups, lookup));
  free_lookup (lookup);
}

static BtFetch *
world_fetch (BtWorld *world, const BtFetchRequest *request, BtFetchFunc func, gpointer owner)
{
  FtFakeTrackerWorld *fake = (FtFakeTrackerWorld *) world;
  BtFetch *fetch = g_new0 (BtFetch, 1);

  fetch->url = g_strdup (request->url);
  fetch->request = *request;
  fetch->request.url = fetch->url;
  fetch->func = func;
  fetch->owner = owner;
  g_ptr_array_add (fake->fetches, fetch);
  fake->n_fetches_started++;
  return fetch;
}

static void
free_fetch (BtFetch *fetch)
{
  g_free (fetch->url);
  g_free (fetch);
}

static void
world_fetch_cancel (BtWorld *world, BtFetch *fetch)
{
  g_assert_true (g_ptr_array_remove (((FtFakeTrackerWorld *) world)->fetches, fetch));
  free_fetch (fetch);
}

static const BtWorldOps world_ops = {
  .now = world_now,
  .random = world_random,
  .list_addresses = world_list_addresses,
  .udp_open = world_udp_open,
  .udp_send = world_udp_send,
  .udp_free = world_udp_free,
  .lookup = world_lookup,
  .lookup_cancel = world_lookup_cancel,
  .fetch = world_fetch,
  .fetch_cancel = world_fetch_cancel,
};

FtFakeTrackerWorld *
ft_fake_tracker_world_new (void)
{
  FtFakeTrackerWorld *fake = g_new0 (FtFakeTrackerWorld, 1);

  fake->world.ops = &world_ops;
  fake->timers = bt_timers_new (NULL, NULL);
  fake->now = 1000 * (gint64) G_USEC_PER_SEC;
  fake->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&fake->lookups);
  g_queue_init (&fake->datagrams);
  fake->fetches = g_ptr_array_new ();
  return fake;
}

static void
free_datagram (gpointer data)
{
  Datagram *datagram = data;

  g_bytes_unref (datagram->bytes);
  g_free (datagram);
}

void
ft_fake_tracker_world_free (FtFakeTrackerWorld *fake)
{
  g_assert_cmpuint (fake->lookups.length, ==, 0);
  g_assert_cmpuint (fake->fetches->len, ==, 0);
  g_assert_null (fake->udp[0]);
  g_assert_null (fake->udp[1]);
  g_assert_cmpint (bt_timers_next (fake->timers), ==, G_MAXINT64);
  g_queue_clear_full (&fake->datagrams, free_datagram);
  bt_timers_free (fake->timers);
  g_hash_table_unref (fake->names);
  g_ptr_array_unref (fake->fetches);
  g_free (fake);
}

static void
finish_lookup (FtFakeTrackerWorld *fake, BtLookup *lookup)
{
  const char *text = g_hash_table_lookup (fake->names, lookup->host);
  g_auto (GStrv) addresses = g_strsplit (text != NULL ? text : "", " ", -1);
  g_autoptr (GArray) endpoints = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; addresses[i] != NULL; i++)
    {
      BtEndpoint endpoint;

      g_assert_true (bt_endpoint_parse_ip (&endpoint, addresses[i], lookup->port));
      g_array_append_val (endpoints, endpoint);
    }
  if (text == NULL)
    error = g_error_new_literal (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such name");
  lookup->func (text != NULL ? endpoints : NULL, error, lookup->owner);
  free_lookup (lookup);
}

static void
deliver (FtFakeTrackerWorld *fake, Datagram *datagram)
{
  BtUdp *udp = fake->udp[bt_endpoint_is_ipv4 (&datagram->from) ? 0 : 1];
  gsize length;
  const void *bytes = g_bytes_get_data (datagram->bytes, &length);

  if (udp != NULL)
    udp->func (&datagram->from, bytes, length, udp->owner);
  free_datagram (datagram);
}

void
ft_fake_tracker_world_run (FtFakeTrackerWorld *fake, gint64 duration_us)
{
  gint64 end = fake->now + duration_us;

  for (;;)
    {
      BtLookup *lookup = g_queue_peek_head (&fake->lookups);
      Datagram *datagram = g_queue_peek_head (&fake->datagrams);
      gint64 lookup_at = lookup != NULL ? lookup->at : G_MAXINT64;
      gint64 datagram_at = datagram != NULL ? datagram->at : G_MAXINT64;
      gint64 timer_at = bt_timers_next (fake->timers);
      gint64 next = MIN (MIN (lookup_at, datagram_at), timer_at);

      if (next > end)
        break;
      fake->now = MAX (fake->now, next);
      if (next == lookup_at)
        finish_lookup (fake, g_queue_pop_head (&fake->lookups));
      else if (next == datagram_at)
        deliver (fake, g_queue_pop_head (&fake->datagrams));
      else
        bt_timers_run (fake->timers, fake->now);
    }
  fake->now = end;
}

void
ft_fake_tracker_world_set_name (FtFakeTrackerWorld *fake, const char *host, const char *addresses)
{
  g_hash_table_replace (fake->names, g_strdup (host), g_strdup (addresses));
}

static int
compare_datagrams (gconstpointer a, gconstpointer b, gpointer data)
{
  const Datagram *first = a;
  const Datagram *second = b;

  return (first->at > second->at) - (first->at < second->at);
}

void
ft_fake_tracker_world_send (FtFakeTrackerWorld *fake,
                            const BtEndpoint *from,
                            gint64 delay_us,
                            const void *bytes,
                            gsize length)
{
  Datagram *datagram = g_new0 (Datagram, 1);

  datagram->at = fake->now + delay_us;
  datagram->from = *from;
  datagram->bytes = g_bytes_new (bytes, length);
  g_queue_insert_sorted (&fake->datagrams, datagram, compare_datagrams, NULL);
}

guint
ft_fake_tracker_world_n_fetches (FtFakeTrackerWorld *fake)
{
  return fake->fetches->len;
}

const BtFetchRequest *
ft_fake_tracker_world_get_fetch (FtFakeTrackerWorld *fake, guint index)
{
  g_assert_cmpuint (index, <, fake->fetches->len);
  return &((BtFetch *) g_ptr_array_index (fake->fetches, index))->request;
}

void
ft_fake_tracker_world_answer (FtFakeTrackerWorld *fake,
                              guint index,
                              guint status,
                              const char *body,
                              const GError *error)
{
  BtFetch *fetch = g_ptr_array_remove_index (fake->fetches, index);
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;

  fetch->func (status, bytes, error, fetch->owner);
  free_fetch (fetch);
}
