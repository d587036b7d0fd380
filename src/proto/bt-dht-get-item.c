/* bt-dht-get-item.c: looks for an item in the DHT (BEP 44).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-private.h"

typedef struct
{
  BtDhtSearch search;
  BtKrpcSpan salt; /* data owned */
  BtDhtItemFunc found;
  BtDhtGetDoneFunc done;
  gpointer data;
  BtDhtGetResult result;
  gint64 newest; /* sequence number, when there are copies of it */
} GetSearch;

/* Only of use to us is what belongs to the target and is signed by its owner. */
static gboolean
is_genuine (const GetSearch *self, const BtKrpcItem *item)
{
  BtSha1 target;

  if (item->value.data == NULL)
    return FALSE;
  target = bt_dht_item_target (item);
  return bt_sha1_equal (&target, &self->search.target) && bt_dht_item_verify (item);
}

static void
take_item (GetSearch *self, const BtKrpcItem *item, gint64 now)
{
  if (self->result.n_copies > 0 && item->sequence < self->newest)
    return;
  if (self->result.n_copies > 0 && item->sequence == self->newest)
    {
      self->result.n_copies++;
      return;
    }
  self->newest = item->sequence;
  self->result.n_copies = 1;
  self->found (self->data, item);
  /* There is no other one. */
  if (item->key == NULL)
    bt_dht_search_finish (&self->search, now);
}

static void
read_answer (BtDhtSearch *search,
             const BtEndpoint *from,
             const BtKrpcMessage *reply,
             guint n_hops,
             gint64 now)
{
  GetSearch *self = (GetSearch *) search;
  BtKrpcItem item = reply->item;

  self->result.n_answers++;
  item.salt = item.key != NULL ? self->salt : (BtKrpcSpan){ NULL, 0 };
  if (is_genuine (self, &item))
    take_item (self, &item, now);
}

static void
finish (BtDhtSearch *search, gint64 now)
{
  GetSearch *self = (GetSearch *) search;

  self->done (self->data, &self->result);
}

static void
free_search (BtDhtSearch *search)
{
  GetSearch *self = (GetSearch *) search;

  g_free ((gpointer) self->salt.data);
  g_free (self);
}

static const BtDhtSearchClass get_class = {
  .method = BT_KRPC_GET,
  .read = read_answer,
  .finish = finish,
  .free = free_search,
};

BtDhtSearchId
bt_dht_get_item (BtDht *dht,
                 const BtNodeId *target,
                 BtKrpcSpan salt,
                 BtDhtItemFunc found,
                 BtDhtGetDoneFunc done,
                 gpointer data,
                 gint64 now)
{
  GetSearch *self = g_new0 (GetSearch, 1);

  self->salt = (BtKrpcSpan){ g_memdup2 (salt.data, salt.length), salt.length };
  self->found = found;
  self->done = done;
  self->data = data;
  bt_dht_search_add (dht, &self->search, &get_class, target, now);
  return self->search.id;
}
