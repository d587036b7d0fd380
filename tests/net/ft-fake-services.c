/* ft-fake-services.c: datagrams, names and HTTP on a network in memory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-fake-private.h"

#include "bt-error.h"

/* Datagrams. */

typedef struct
{
  FtFakeHost *host;
  BtEndpoint local;
  BtDatagramFunc func;
  gpointer owner;
  BtMulticast multicast; /* interface 0: of no group */
} FtFakeUdp;

typedef struct
{
  FtFakeNet *net;
  FtFakeNat *inside;    /* (nullable): behind it it was sent */
  BtTimer arrival;
  BtEndpoint from, to;
  guint line;           /* of a group: the interface it goes by */
  FtFakeHost *not_back; /* (nullable): of a group: who does not hear it */
  GBytes *bytes;
} Datagram;

static void
free_datagram (Datagram *datagram)
{
  bt_timer_stop (&datagram->arrival);
  g_bytes_unref (datagram->bytes);
  g_free (datagram);
}

static FtFakeUdp *
find_socket (FtFakeHost *host, const BtEndpoint *endpoint)
{
  for (guint i = 0; host != NULL && i < host->sockets->len; i++)
    {
      FtFakeUdp *udp = g_ptr_array_index (host->sockets, i);

      if (udp->multicast.interface_index == 0 && udp->local.port == endpoint->port
          && bt_endpoint_is_ipv4 (&udp->local) == bt_endpoint_is_ipv4 (endpoint))
        return udp;
    }
  return NULL;
}

static gboolean
is_in_group (const FtFakeUdp *udp, const Datagram *datagram)
{
  return udp->multicast.interface_index == datagram->line && bt_endpoint_equal (&udp->multicast.group, &datagram->to)
         && udp->host != datagram->not_back && !udp->host->dark;
}

static GPtrArray *
list_group (const Datagram *datagram)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < datagram->net->hosts->len; i++)
    {
      FtFakeHost *host = g_ptr_array_index (datagram->net->hosts, i);

      for (guint j = 0; j < host->sockets->len; j++)
        if (is_in_group (g_ptr_array_index (host->sockets, j), datagram))
          g_ptr_array_add (found, g_ptr_array_index (host->sockets, j));
    }
  return found;
}

static gboolean
is_open (FtFakeNet *net, gpointer udp)
{
  for (guint i = 0; i < net->hosts->len; i++)
    if (g_ptr_array_find (((FtFakeHost *) g_ptr_array_index (net->hosts, i))->sockets, udp, NULL))
      return TRUE;
  return FALSE;
}

static void
group_cb (gpointer owner, gint64 now)
{
  Datagram *datagram = owner;
  g_autoptr (GPtrArray) sockets = list_group (datagram);

  g_queue_remove (&datagram->net->datagrams, datagram);
  for (guint i = 0; i < sockets->len; i++)
    {
      FtFakeUdp *udp = g_ptr_array_index (sockets, i);

      if (is_open (datagram->net, udp)) /* one that heard it may close others */
        udp->func (&datagram->from, g_bytes_get_data (datagram->bytes, NULL),
                   g_bytes_get_size (datagram->bytes), udp->owner);
    }
  free_datagram (datagram);
}

static void
datagram_cb (gpointer owner, gint64 now)
{
  Datagram *datagram = owner;
  FtFakeHost *host = ft_fake_nat_arrive (datagram->net, datagram->inside, &datagram->from, &datagram->to, FALSE);
  FtFakeUdp *udp = find_socket (host, &datagram->to);

  g_queue_remove (&datagram->net->datagrams, datagram);
  if (udp != NULL && !host->dark)
    udp->func (&datagram->from, g_bytes_get_data (datagram->bytes, NULL),
               g_bytes_get_size (datagram->bytes), udp->owner);
  free_datagram (datagram);
}

BtUdp *
ft_fake_udp_open (BtWorld *world,
                  BtEndpoint *local,
                  BtDatagramFunc func,
                  gpointer owner,
                  GError **error)
{
  FtFakeHost *host = (FtFakeHost *) world;
  FtFakeUdp *udp;

  if (local->port == 0)
    local->port = ft_fake_net_next_port (host->net);
  if (find_socket (host, local) != NULL)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_NETWORK, "Address already in use");
      return NULL;
    }
  udp = g_new0 (FtFakeUdp, 1);
  udp->host = host;
  udp->local = *local;
  udp->func = func;
  udp->owner = owner;
  g_ptr_array_add (host->sockets, udp);
  return (BtUdp *) udp;
}

BtUdp *
ft_fake_udp_open_group (BtWorld *world,
                        const BtMulticast *multicast,
                        BtDatagramFunc func,
                        gpointer owner,
                        GError **error)
{
  FtFakeHost *host = (FtFakeHost *) world;
  FtFakeUdp *udp = g_new0 (FtFakeUdp, 1);

  g_assert_true (bt_endpoint_is_multicast (&multicast->group));
  g_assert_cmpuint (multicast->interface_index, !=, 0);
  udp->host = host;
  udp->local = multicast->group;
  udp->func = func;
  udp->owner = owner;
  udp->multicast = *multicast;
  g_ptr_array_add (host->sockets, udp);
  return (BtUdp *) udp;
}

gboolean
ft_fake_udp_send (BtWorld *world,
                  BtUdp *base,
                  const BtEndpoint *to,
                  const void *bytes,
                  gsize length)
{
  FtFakeUdp *udp = (FtFakeUdp *) base;
  FtFakeNet *net = udp->host->net;
  gint64 at = net->now + net->line.latency_us;
  Datagram *datagram;

  ft_fake_net_note (net, bytes, length);
  if (udp->host->dark || bt_random_below (&net->random, 100) < net->loss_percent
      || !ft_fake_pass_datagram (udp->host, ft_fake_net_find_host (net, to), length, &at))
    return TRUE;
  datagram = g_new0 (Datagram, 1);
  datagram->net = net;
  datagram->inside = udp->host->nat;
  datagram->from = udp->host->address;
  datagram->from.port = udp->local.port;
  datagram->to = *to;
  ft_fake_nat_leave (udp->host, &datagram->from, to);
  datagram->bytes = g_bytes_new (bytes, length);
  datagram->line = udp->multicast.interface_index;
  datagram->not_back = udp->multicast.loopback ? NULL : udp->host;
  bt_timer_init (&datagram->arrival, net->timers, bt_endpoint_is_multicast (to) ? group_cb : datagram_cb, datagram);
  bt_timer_start (&datagram->arrival, at);
  g_queue_push_tail (&net->datagrams, datagram);
  return TRUE;
}

void
ft_fake_udp_free (BtWorld *world, BtUdp *udp)
{
  FtFakeHost *host = (FtFakeHost *) world;

  g_assert_true (g_ptr_array_remove (host->sockets, udp));
  g_free (udp);
}

void
ft_fake_net_drop_datagrams (FtFakeNet *net)
{
  g_queue_clear_full (&net->datagrams, (GDestroyNotify) free_datagram);
}

void
ft_fake_net_set_loss (FtFakeNet *net, guint percent)
{
  net->loss_percent = percent;
}

/* Names. */

typedef struct
{
  FtFakeNet *net;
  BtTimer timer;
  char *name;
  guint16 port;
  BtLookupFunc func;
  gpointer owner;
} FtFakeLookup;

static void
free_lookup (FtFakeLookup *lookup)
{
  bt_timer_stop (&lookup->timer);
  lookup->net->n_lookups--;
  g_free (lookup->name);
  g_free (lookup);
}

static GArray *
resolve (FtFakeLookup *lookup)
{
  GPtrArray *ips = g_hash_table_lookup (lookup->net->names, lookup->name);
  GArray *endpoints = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  BtEndpoint endpoint;

  if (bt_endpoint_parse_ip (&endpoint, lookup->name, lookup->port))
    g_array_append_val (endpoints, endpoint);
  for (guint i = 0; ips != NULL && i < ips->len; i++)
    {
      g_assert_true (bt_endpoint_parse_ip (&endpoint, g_ptr_array_index (ips, i), lookup->port));
      g_array_append_val (endpoints, endpoint);
    }
  return endpoints;
}

static void
lookup_cb (gpointer owner, gint64 now)
{
  FtFakeLookup *lookup = owner;
  g_autoptr (GArray) endpoints = resolve (lookup);
  BtLookupFunc func = lookup->func;
  gpointer func_owner = lookup->owner;
  g_autoptr (GError) error = NULL;

  if (endpoints->len == 0)
    error = g_error_new (BT_ERROR, BT_ERROR_NOT_FOUND, "There is no “%s”", lookup->name);
  free_lookup (lookup);
  func (error == NULL ? endpoints : NULL, error, func_owner);
}

BtLookup *
ft_fake_lookup (BtWorld *world, const char *host, guint16 port, BtLookupFunc func, gpointer owner)
{
  FtFakeNet *net = ((FtFakeHost *) world)->net;
  FtFakeLookup *lookup = g_new0 (FtFakeLookup, 1);

  lookup->net = net;
  lookup->name = g_strdup (host);
  lookup->port = port;
  lookup->func = func;
  lookup->owner = owner;
  bt_timer_init (&lookup->timer, net->timers, lookup_cb, lookup);
  bt_timer_start (&lookup->timer, net->now + net->line.latency_us);
  net->n_lookups++;
  return (BtLookup *) lookup;
}

void
ft_fake_lookup_cancel (BtWorld *world, BtLookup *lookup)
{
  free_lookup ((FtFakeLookup *) lookup);
}

void
ft_fake_net_add_name (FtFakeNet *net, const char *name, const char *ip)
{
  GPtrArray *ips = g_hash_table_lookup (net->names, name);

  if (ips == NULL)
    {
      ips = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (net->names, g_strdup (name), ips);
    }
  g_ptr_array_add (ips, g_strdup (ip));
}

/* HTTP. */

typedef struct
{
  FtFakeNet *net;
  BtWorld *world;
  BtTimer timer;
  BtFetchRequest request; /* url owned */
  BtFetchFunc func;
  gpointer owner;
} FtFakeFetch;

static void
free_fetch (FtFakeFetch *fetch)
{
  bt_timer_stop (&fetch->timer);
  fetch->net->n_fetches--;
  g_free ((char *) fetch->request.url);
  g_free (fetch);
}

static void
timed_out_cb (gpointer owner, gint64 now)
{
  FtFakeFetch *fetch = owner;
  BtFetchFunc func = fetch->func;
  gpointer func_owner = fetch->owner;
  g_autoptr (GError) error = g_error_new_literal (BT_ERROR, BT_ERROR_NETWORK, "No answer came");

  free_fetch (fetch);
  func (0, NULL, error, func_owner);
}

static void
fetch_cb (gpointer owner, gint64 now)
{
  FtFakeFetch *fetch = owner;
  FtFakeNet *net = fetch->net;
  BtFetchFunc func = fetch->func;
  gpointer func_owner = fetch->owner;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  guint status = 200;

  if (net->fetch != NULL)
    body = net->fetch (fetch->world, &fetch->request, &status, &error, net->fetch_data);
  else
    error = g_error_new_literal (BT_ERROR, BT_ERROR_NETWORK, "Connection refused");
  if (body == NULL && error == NULL)
    {
      bt_timer_init (&fetch->timer, net->timers, timed_out_cb, fetch);
      bt_timer_start (&fetch->timer, now + (gint64) fetch->request.timeout_s * G_USEC_PER_SEC);
      return;
    }
  if (body != NULL && g_bytes_get_size (body) > fetch->request.max_bytes)
    {
      g_clear_pointer (&body, g_bytes_unref);
      error = g_error_new_literal (BT_ERROR, BT_ERROR_LIMIT, "The answer is too long");
    }
  free_fetch (fetch);
  func (status, body, error, func_owner);
}

BtFetch *
ft_fake_fetch (BtWorld *world, const BtFetchRequest *request, BtFetchFunc func, gpointer owner)
{
  FtFakeNet *net = ((FtFakeHost *) world)->net;
  FtFakeFetch *fetch = g_new0 (FtFakeFetch, 1);

  fetch->net = net;
  fetch->world = world;
  fetch->request = *request;
  fetch->request.url = g_strdup (request->url);
  fetch->func = func;
  fetch->owner = owner;
  bt_timer_init (&fetch->timer, net->timers, fetch_cb, fetch);
  bt_timer_start (&fetch->timer, net->now + 2 * net->line.latency_us);
  net->n_fetches++;
  return (BtFetch *) fetch;
}

void
ft_fake_fetch_cancel (BtWorld *world, BtFetch *fetch)
{
  free_fetch ((FtFakeFetch *) fetch);
}

void
ft_fake_net_set_fetch (FtFakeNet *net, FtFakeFetchFunc func, gpointer data)
{
  net->fetch = func;
  net->fetch_data = data;
}

/* UPnP. */

typedef struct
{
  FtFakeNet *net;
  BtTimer timer;
  BtUpnpReply reply;
  BtUpnpFunc func;
  gpointer owner;
} FtFakeUpnpCall;

static void
free_upnp_call (FtFakeUpnpCall *call)
{
  bt_timer_stop (&call->timer);
  call->net->n_upnp_calls--;
  g_free (call);
}

static void
upnp_cb (gpointer owner, gint64 now)
{
  FtFakeUpnpCall *call = owner;
  BtUpnpFunc func = call->func;
  gpointer func_owner = call->owner;
  BtUpnpReply reply = call->reply;

  free_upnp_call (call);
  func (&reply, func_owner);
}

/* What is asked is done at once; it is told later. */
BtUpnpCall *
ft_fake_upnp (BtWorld *world, const BtUpnpRequest *request, BtUpnpFunc func, gpointer owner)
{
  FtFakeNet *net = ((FtFakeHost *) world)->net;
  BtUpnpReply reply = { .result = BT_UPNP_NO_ANSWER };
  FtFakeUpnpCall *call;

  if (net->upnp != NULL)
    net->upnp (world, request, &reply, net->upnp_data);
  if (func == NULL)
    return NULL;
  call = g_new0 (FtFakeUpnpCall, 1);
  call->net = net;
  call->reply = reply;
  call->func = func;
  call->owner = owner;
  bt_timer_init (&call->timer, net->timers, upnp_cb, call);
  bt_timer_start (&call->timer, net->now + 2 * net->line.latency_us);
  net->n_upnp_calls++;
  return (BtUpnpCall *) call;
}

void
ft_fake_upnp_cancel (BtWorld *world, BtUpnpCall *call)
{
  free_upnp_call ((FtFakeUpnpCall *) call);
}

void
ft_fake_net_set_upnp (FtFakeNet *net, FtFakeUpnpFunc func, gpointer data)
{
  net->upnp = func;
  net->upnp_data = data;
}
