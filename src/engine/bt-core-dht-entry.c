/* bt-core-dht-entry.c: the ways into the DHT: who is named by torrents, links, peers, and the routers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-core-dht-private.h"

/* Nodes of the last time are asked at once. What torrents and links name comes with them, PORT messages with peers.
 * Routers are everybody's, so they are left alone if one of these answers. */
#define ROUTERS_US (500 * G_TIME_SPAN_MILLISECOND)         /* without a memory */
#define ROUTERS_WITH_MEMORY_US (4 * G_USEC_PER_SEC)
#define ROUTERS_AGAIN_US (30 * G_USEC_PER_SEC)             /* their names lead elsewhere, or the network is back */
#define ROUTERS_AGAIN_MAX_US (15 * 60 * G_USEC_PER_SEC)
#define MAX_NAMES 32 /* looked up at a time */

/* A name that is being looked up. */
typedef struct
{
  BtCoreDht *dht;
  BtLookup *lookup;
  gboolean is_router;
} Name;

static void
add (BtCoreDht *dht, const BtEndpoint *endpoint, gboolean is_router)
{
  BtDhtSide *side = &dht->sides[bt_endpoint_is_ipv4 (endpoint) ? 0 : 1];
  gint64 now = bt_core_now (dht->core);

  if (side->dht == NULL || !bt_endpoint_is_usable_peer (endpoint))
    return;
  if (is_router)
    bt_dht_add_router (side->dht, endpoint, now);
  else
    bt_dht_add_address (side->dht, endpoint, now);
  bt_dht_side_schedule (side);
}

static void
looked_up_cb (GArray *endpoints, const GError *error, gpointer owner)
{
  Name *name = owner;
  BtCoreDht *dht = name->dht;
  gboolean is_router = name->is_router;

  g_ptr_array_remove_fast (dht->names, name);
  if (error != NULL)
    g_debug ("A node of the DHT has no address: %s", error->message);
  for (guint i = 0; endpoints != NULL && i < endpoints->len; i++)
    add (dht, &g_array_index (endpoints, BtEndpoint, i), is_router);
}

static void
add_name (BtCoreDht *dht, const char *text, gboolean is_router)
{
  g_autofree char *host = NULL;
  BtEndpoint endpoint;
  guint16 port;
  Name *name;

  if (!bt_endpoint_split (text, &host, &port))
    return;
  if (bt_endpoint_parse_ip (&endpoint, host, port))
    {
      add (dht, &endpoint, is_router);
      return;
    }
  if (dht->names->len >= MAX_NAMES || bt_core_is_bound_to_loopback (dht->core))
    return;
  name = g_new0 (Name, 1);
  name->dht = dht;
  name->is_router = is_router;
  g_ptr_array_add (dht->names, name);
  name->lookup = dht->core->world->ops->lookup (dht->core->world, host, port, looked_up_cb, name);
}

static void
ask_routers (gpointer owner, gint64 now)
{
  BtCoreDht *dht = owner;
  GStrv routers = dht->core->config->dht_routers;

  if (!bt_core_dht_is_working (dht))
    for (guint i = 0; routers[i] != NULL; i++)
      add_name (dht, routers[i], TRUE);
  /* Once it works it goes on by itself; it is looked at again for the day that it does not. */
  bt_timer_start (&dht->routers,
                  now + MIN ((gint64) ROUTERS_AGAIN_US << MIN (dht->router_tries, 5), (gint64) ROUTERS_AGAIN_MAX_US));
  dht->router_tries++;
}

void
bt_core_dht_start_entry (BtCoreDht *dht)
{
  gboolean has_memory = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (dht->sides); i++)
    has_memory |= dht->sides[i].memory.nodes != NULL && dht->sides[i].memory.nodes->len > 0;
  dht->router_tries = 0;
  bt_timer_start (&dht->routers,
                  bt_core_now (dht->core) + (has_memory ? ROUTERS_WITH_MEMORY_US : ROUTERS_US));
}

void
bt_core_dht_stop_entry (BtCoreDht *dht)
{
  bt_timer_stop (&dht->routers);
  for (guint i = 0; i < dht->names->len; i++)
    {
      Name *name = g_ptr_array_index (dht->names, i);

      dht->core->world->ops->lookup_cancel (dht->core->world, name->lookup);
    }
  g_ptr_array_set_size (dht->names, 0);
}

void
bt_core_dht_init_entry (BtCoreDht *dht)
{
  dht->names = g_ptr_array_new_with_free_func (g_free);
  bt_timer_init (&dht->routers, dht->core->timers, ask_routers, dht);
}

/* While all goes well nobody needs them. */
void
bt_core_dht_add_names (BtCore *core, const char *const *names)
{
  if (!bt_core_has_dht (core) || names[0] == NULL || bt_core_dht_is_working (core->dht))
    return;
  for (guint i = 0; names[i] != NULL; i++)
    add_name (core->dht, names[i], FALSE);
}

void
bt_core_dht_add_address (BtCore *core, const BtEndpoint *endpoint)
{
  add (core->dht, endpoint, FALSE);
}
