/* bt-bans.c: the addresses that sent bad data.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-bans-private.h"

#include "bt-host-private.h"

#include <string.h>

#define MAX_BANS 4096
/* Those who poison swarms rent whole networks: so many liars of one are enough to ban it. */
#define LIARS_OF_NETWORK 3

struct _BtBans
{
  GHashTable *hosts;    /* BtEndpoint -> itself, owned */
  GQueue order;         /* the same, oldest first */
  GHashTable *networks; /* BtEndpoint, owned -> hosts of it */
};

BtBans *
bt_bans_new (void)
{
  BtBans *bans = g_new0 (BtBans, 1);

  bans->hosts = g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, g_free, NULL);
  bans->networks = g_hash_table_new_full (bt_endpoint_hash, bt_endpoint_equal, g_free, NULL);
  g_queue_init (&bans->order);
  return bans;
}

void
bt_bans_free (BtBans *bans)
{
  g_queue_clear (&bans->order);
  g_hash_table_unref (bans->networks);
  g_hash_table_unref (bans->hosts);
  g_free (bans);
}

/* The /24 of an IPv4 address, the /64 of an IPv6 one. */
static BtEndpoint
get_network (const BtEndpoint *host)
{
  BtEndpoint network = *host;
  guint n_bytes = bt_endpoint_is_ipv4 (host) ? 15 : 8;

  memset (network.ip + n_bytes, 0, sizeof network.ip - n_bytes);
  network.port = 0;
  return network;
}

static guint
count_liars (const BtBans *bans, const BtEndpoint *network)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (bans->networks, network));
}

static void
change_liars (BtBans *bans, const BtEndpoint *host, int sign)
{
  BtEndpoint network = get_network (host);
  guint n = count_liars (bans, &network) + (guint) sign;

  if (bt_endpoint_is_local (host) || !bt_host_is_all_ports (host))
    return;
  if (n == 0)
    g_hash_table_remove (bans->networks, &network);
  else
    g_hash_table_insert (bans->networks, g_memdup2 (&network, sizeof network),
                         GUINT_TO_POINTER (n));
}

gboolean
bt_bans_add (BtBans *bans, const BtEndpoint *endpoint, gboolean is_ours)
{
  BtEndpoint host = bt_host_of (endpoint, is_ours);
  BtEndpoint *kept;

  if (g_hash_table_contains (bans->hosts, &host))
    return FALSE;
  if (bans->order.length == MAX_BANS)
    {
      BtEndpoint *oldest = g_queue_pop_head (&bans->order);

      change_liars (bans, oldest, -1);
      g_hash_table_remove (bans->hosts, oldest);
    }
  kept = g_memdup2 (&host, sizeof host);
  g_hash_table_add (bans->hosts, kept);
  g_queue_push_tail (&bans->order, kept);
  change_liars (bans, kept, 1);
  return TRUE;
}

gboolean
bt_bans_remove (BtBans *bans, const BtEndpoint *endpoint)
{
  gboolean any = FALSE;
  GList *next;

  for (GList *l = bans->order.head; l != NULL; l = next)
    {
      BtEndpoint *host = l->data;

      next = l->next;
      if (memcmp (host->ip, endpoint->ip, sizeof host->ip) != 0)
        continue;
      g_queue_delete_link (&bans->order, l);
      change_liars (bans, host, -1);
      g_hash_table_remove (bans->hosts, host);
      any = TRUE;
    }
  return any;
}

gboolean
bt_bans_contain (const BtBans *bans, const BtEndpoint *endpoint)
{
  BtEndpoint host = *endpoint;
  BtEndpoint network = get_network (&host);

  if (g_hash_table_contains (bans->hosts, &host))
    return TRUE;
  host.port = 0;
  return g_hash_table_contains (bans->hosts, &host)
         || count_liars (bans, &network) >= LIARS_OF_NETWORK;
}

GPtrArray *
bt_bans_list (const BtBans *bans)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  for (GList *l = bans->order.head; l != NULL; l = l->next)
    {
      char text[BT_ENDPOINT_TEXT_SIZE];

      if (!bt_host_is_all_ports (l->data))
        continue;
      bt_endpoint_format_ip (l->data, text);
      g_ptr_array_add (list, g_strdup (text));
    }
  return list;
}
