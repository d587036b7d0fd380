/* bt-dht-store-items.c: the items that our node of the DHT keeps for others (BEP 44).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-store-private.h"

#include <string.h>

#define LIFETIME_US ((gint64) 2 * 3600 * G_USEC_PER_SEC) /* who wants it kept puts it every hour */
#define ANNOUNCER_BITS 256
#define ANNOUNCERS_PER_BIT 5 /* who keep it up are worth one bit of distance */

typedef struct
{
  BtSha1 target;
  guint8 *value;
  gsize length;
  gboolean is_mutable; /* the three below are there */
  guint8 key[BT_KRPC_KEY_SIZE];
  guint8 signature[BT_KRPC_SIGNATURE_SIZE];
  gint64 sequence;
  gint64 put;                              /* when it was put last */
  guint8 announcers[ANNOUNCER_BITS / 8];   /* a bit for each address that put it, roughly */
} Item;

static void
free_item (gpointer data)
{
  Item *item = data;

  g_free (item->value);
  g_free (item);
}

void
bt_dht_store_init_items (BtDhtStore *store)
{
  store->items = g_hash_table_new_full (bt_sha1_hash, bt_sha1_equal, NULL, free_item);
}

guint
bt_dht_store_n_items (const BtDhtStore *store)
{
  return g_hash_table_size (store->items);
}

static gboolean
is_alive (const Item *item, gint64 now)
{
  return now - item->put < LIFETIME_US;
}

void
bt_dht_store_expire_items (BtDhtStore *store, gint64 now)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, store->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    if (!is_alive (item, now))
      g_hash_table_iter_remove (&iter);
}

static void
count_announcer (Item *item, const BtEndpoint *from)
{
  guint bit = bt_sha1 (from->ip, sizeof from->ip).bytes[0];

  item->announcers[bit / 8] |= (guint8) (1 << bit % 8);
}

static int
compute_worth (const Item *item, const BtNodeId *own_id)
{
  int n_announcers = 0;

  for (guint i = 0; i < sizeof item->announcers; i++)
    n_announcers += __builtin_popcount (item->announcers[i]);
  return n_announcers / ANNOUNCERS_PER_BIT
         + (int) bt_node_id_common_bits (&item->target, own_id);
}

static void
evict_item (BtDhtStore *store, const BtNodeId *own_id)
{
  Item *least = NULL;
  int least_worth = 0;
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, store->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    {
      int worth = compute_worth (item, own_id);

      if (least != NULL && worth >= least_worth)
        continue;
      least = item;
      least_worth = worth;
    }
  g_hash_table_remove (store->items, &least->target);
}

static Item *
add_item (BtDhtStore *store, gint64 now, const BtSha1 *target, const BtNodeId *own_id)
{
  Item *item;

  if (g_hash_table_size (store->items) >= BT_LIMIT_DHT_ITEMS)
    bt_dht_store_expire_items (store, now);
  if (g_hash_table_size (store->items) >= BT_LIMIT_DHT_ITEMS)
    evict_item (store, own_id);
  item = g_new0 (Item, 1);
  item->target = *target;
  g_hash_table_insert (store->items, &item->target, item);
  return item;
}

static void
fill_item (Item *item, const BtKrpcItem *from)
{
  g_free (item->value);
  item->value = g_memdup2 (from->value.data, from->value.length);
  item->length = from->value.length;
  item->is_mutable = from->key != NULL;
  if (!item->is_mutable)
    return;
  memcpy (item->key, from->key, sizeof item->key);
  memcpy (item->signature, from->signature, sizeof item->signature);
  item->sequence = from->sequence;
}

static gboolean
has_value (const Item *item, BtKrpcSpan value)
{
  return item->length == value.length && memcmp (item->value, value.data, value.length) == 0;
}

/* Whether a mutable item may take the place of @kept. */
static BtKrpcErrorCode
check_successor (const Item *kept, const BtKrpcItem *item)
{
  if (item->has_cas && item->cas != kept->sequence)
    return BT_KRPC_ERROR_CAS;
  if (item->sequence < kept->sequence)
    return BT_KRPC_ERROR_SEQUENCE;
  if (item->sequence == kept->sequence && !has_value (kept, item->value))
    return BT_KRPC_ERROR_SEQUENCE;
  return 0;
}

BtKrpcErrorCode
bt_dht_store_put (BtDhtStore *store,
                  gint64 now,
                  const BtKrpcItem *item,
                  const BtEndpoint *from,
                  const BtNodeId *own_id)
{
  BtSha1 target = bt_dht_item_target (item);
  Item *kept = g_hash_table_lookup (store->items, &target);
  BtKrpcErrorCode error = 0;

  if (kept != NULL && kept->is_mutable && is_alive (kept, now))
    error = check_successor (kept, item);
  if (error != 0)
    return error;
  /* Last, because it costs most. */
  if (!bt_dht_item_verify (item))
    return BT_KRPC_ERROR_SIGNATURE;
  if (kept == NULL)
    kept = add_item (store, now, &target, own_id);
  fill_item (kept, item);
  kept->put = now;
  count_announcer (kept, from);
  return 0;
}

gboolean
bt_dht_store_get (BtDhtStore *store, gint64 now, const BtSha1 *target, BtKrpcItem *out)
{
  const Item *item = g_hash_table_lookup (store->items, target);

  if (item == NULL || !is_alive (item, now))
    return FALSE;
  *out = (BtKrpcItem){ .value = { item->value, item->length } };
  if (item->is_mutable)
    {
      out->key = item->key;
      out->signature = item->signature;
      out->has_sequence = TRUE;
      out->sequence = item->sequence;
    }
  return TRUE;
}
