/* bt-lookup.c: names to addresses, by the system's resolver.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-gio-world-private.h"

#include "bt-error.h"

#include <string.h>

struct _BtLookup
{
  BtGioWorld *world;
  GList link;                /* in world->lookups */
  GCancellable *cancellable; /* (nullable): for a name */
  GSource *start;            /* (nullable): for an address */
  char *host;
  guint16 port;
  BtLookupFunc func;
  gpointer owner;
};

static void
free_lookup (BtLookup *lookup)
{
  g_clear_object (&lookup->cancellable);
  if (lookup->start != NULL)
    {
      g_source_destroy (lookup->start);
      g_source_unref (lookup->start);
    }
  g_free (lookup->host);
  g_free (lookup);
}

/* Frees @lookup before its owner hears of it, so that the owner may do anything. */
static void
finish_lookup (BtLookup *lookup, GArray *endpoints, const GError *error)
{
  BtLookupFunc func = lookup->func;
  gpointer owner = lookup->owner;

  g_queue_unlink (&lookup->world->lookups, &lookup->link);
  free_lookup (lookup);
  func (endpoints, error, owner);
}

/* Filters in resolvers answer 0.0.0.0 for what they hide; connecting there reaches ourselves. */
static void
append_endpoint (GArray *endpoints, const BtEndpoint *endpoint)
{
  if (!bt_endpoint_is_unspecified (endpoint) && !bt_endpoint_is_multicast (endpoint))
    g_array_append_val (endpoints, *endpoint);
}

static GArray *
collect_endpoints (GList *addresses, guint16 port)
{
  GArray *endpoints = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));

  for (GList *l = addresses; l != NULL; l = l->next)
    {
      const guint8 *bytes = g_inet_address_to_bytes (l->data);
      BtEndpoint endpoint = { 0 };

      if (g_inet_address_get_family (l->data) == G_SOCKET_FAMILY_IPV4)
        bt_endpoint_set_ipv4 (&endpoint, bytes, port);
      else
        bt_endpoint_set_ipv6 (&endpoint, bytes, port);
      append_endpoint (endpoints, &endpoint);
    }
  return endpoints;
}

static void
report_endpoints (BtLookup *lookup, GArray *endpoints)
{
  g_autoptr (GError) error = NULL;

  if (endpoints->len == 0)
    g_set_error (&error, BT_ERROR, BT_ERROR_NETWORK, "%s has no address", lookup->host);
  finish_lookup (lookup, error == NULL ? endpoints : NULL, error);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  BtLookup *lookup = data;
  g_autoptr (GError) resolver_error = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) endpoints = NULL;
  GList *addresses;

  addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &resolver_error);
  if (lookup->func == NULL) /* cancelled; the world may be gone */
    {
      g_resolver_free_addresses (addresses);
      free_lookup (lookup);
      return;
    }
  if (addresses == NULL)
    {
      g_set_error (&error, BT_ERROR, BT_ERROR_NETWORK, "The address of %s was not found: %s",
                   lookup->host, resolver_error->message);
      finish_lookup (lookup, NULL, error);
      return;
    }
  endpoints = collect_endpoints (addresses, lookup->port);
  g_resolver_free_addresses (addresses);
  report_endpoints (lookup, endpoints);
}

static gboolean
answer_literal_cb (gpointer data)
{
  BtLookup *lookup = data;
  g_autoptr (GArray) endpoints = g_array_new (FALSE, FALSE, sizeof (BtEndpoint));
  BtEndpoint endpoint;

  if (bt_endpoint_parse_ip (&endpoint, lookup->host, lookup->port))
    append_endpoint (endpoints, &endpoint);
  report_endpoints (lookup, endpoints);
  return G_SOURCE_REMOVE;
}

BtLookup *
bt_gio_lookup (BtWorld *base, const char *host, guint16 port, BtLookupFunc func, gpointer owner)
{
  BtGioWorld *world = (BtGioWorld *) base;
  BtLookup *lookup = g_new0 (BtLookup, 1);
  g_autoptr (GResolver) resolver = NULL;
  BtEndpoint ignored;

  lookup->world = world;
  lookup->link.data = lookup;
  lookup->host = g_strdup (host);
  lookup->port = port;
  lookup->func = func;
  lookup->owner = owner;
  g_queue_push_tail_link (&world->lookups, &lookup->link);

  /* The resolver is not asked about an empty name, which it asserts against. */
  if (*host == '\0' || bt_endpoint_parse_ip (&ignored, host, port))
    {
      lookup->start = bt_gio_world_start_timer (world, 0, answer_literal_cb, lookup);
      return lookup;
    }
  lookup->cancellable = g_cancellable_new ();
  resolver = g_resolver_get_default ();
  g_resolver_lookup_by_name_async (resolver, host, lookup->cancellable, found_cb, lookup);
  return lookup;
}

void
bt_gio_lookup_cancel (BtWorld *base, BtLookup *lookup)
{
  g_autoptr (GCancellable) cancellable = g_steal_pointer (&lookup->cancellable);

  g_queue_unlink (&lookup->world->lookups, &lookup->link);
  lookup->func = NULL;
  lookup->world = NULL;
  if (cancellable == NULL)
    {
      free_lookup (lookup);
      return;
    }
  /* The answer, which may come from inside this call, frees it. */
  g_cancellable_cancel (cancellable);
}
