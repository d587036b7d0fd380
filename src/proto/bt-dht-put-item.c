/* bt-dht-put-item.c: stores an item of ours in the DHT, and keeps it there (BEP 44).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-private.h"

#include <string.h>

#define AGAIN_US (60 * 60 * (gint64) G_USEC_PER_SEC) /* nodes forget after two hours */

typedef struct
{
  BtDhtSearch search;
  BtKrpcItem item; /* data owned */
  gboolean keep;
  BtDhtPutDoneFunc done; /* (nullable) */
  gpointer data;
  BtDhtPutResult result;
} PutSearch;

static BtKrpcSpan
copy_span (BtKrpcSpan span)
{
  return (BtKrpcSpan){ g_memdup2 (span.data, span.length), span.length };
}

static gboolean
is_same_value (const BtKrpcItem *a, const BtKrpcItem *b)
{
  return a->value.length == b->value.length
         && memcmp (a->value.data, b->value.data, a->value.length) == 0;
}

/* Whether somebody has a later item of the same owner. */
static gboolean
supersedes (const PutSearch *self, const BtKrpcItem *item)
{
  BtSha1 target;

  if (item->key == NULL || item->value.data == NULL || item->sequence < self->item.sequence)
    return FALSE;
  target = bt_dht_item_target (item);
  if (!bt_sha1_equal (&target, &self->search.target))
    return FALSE;
  if (item->sequence == self->item.sequence && is_same_value (item, &self->item))
    return FALSE;
  return bt_dht_item_verify (item);
}

static void
read_answer (BtDhtSearch *search,
             const BtEndpoint *from,
             const BtKrpcMessage *reply,
             guint n_hops,
             gint64 now)
{
  PutSearch *self = (PutSearch *) search;
  BtKrpcItem item = reply->item;

  item.salt = self->item.salt;
  if (!supersedes (self, &item))
    return;
  self->result.newest_sequence
    = self->result.is_superseded ? MAX (self->result.newest_sequence, item.sequence) : item.sequence;
  self->result.is_superseded = TRUE;
}

static gboolean
put (BtDhtSearch *search, guint n, BtKrpcMessage *query)
{
  PutSearch *self = (PutSearch *) search;

  query->method = BT_KRPC_PUT;
  query->item = self->item;
  return n == 0 && !self->result.is_superseded;
}

static void
note_stored (BtDhtSearch *search, BtKrpcMethod method, const BtKrpcMessage *answer)
{
  PutSearch *self = (PutSearch *) search;

  if (answer == NULL)
    return;
  if (answer->type == BT_KRPC_REPLY)
    self->result.n_stored++;
  else
    self->result.n_refused++;
}

/* The cas was for the first time: then the item is there, under its own number. */
static void
finish (BtDhtSearch *search, gint64 now)
{
  PutSearch *self = (PutSearch *) search;
  BtDhtPutResult result = self->result;

  if (self->keep && !result.is_superseded)
    {
      self->result = (BtDhtPutResult){ 0 };
      self->item.has_cas = self->item.has_cas && result.n_stored == 0;
      bt_dht_search_again (search, now + AGAIN_US);
    }
  if (self->done != NULL)
    self->done (self->data, &result);
}

static void
free_search (BtDhtSearch *search)
{
  PutSearch *self = (PutSearch *) search;

  g_free ((gpointer) self->item.value.data);
  g_free ((gpointer) self->item.key);
  g_free ((gpointer) self->item.signature);
  g_free ((gpointer) self->item.salt.data);
  g_free (self);
}

static const BtDhtSearchClass put_class = {
  .method = BT_KRPC_GET,
  .read = read_answer,
  .store = put,
  .stored = note_stored,
  .finish = finish,
  .free = free_search,
};

BtDhtSearchId
bt_dht_put_item (BtDht *dht,
                 const BtKrpcItem *item,
                 gboolean keep,
                 BtDhtPutDoneFunc done,
                 gpointer data,
                 gint64 now)
{
  PutSearch *self = g_new0 (PutSearch, 1);
  BtSha1 target = bt_dht_item_target (item);

  self->item = *item;
  self->item.value = copy_span (item->value);
  self->item.salt = copy_span (item->salt);
  self->item.key = g_memdup2 (item->key, item->key != NULL ? BT_KRPC_KEY_SIZE : 0);
  self->item.signature
    = g_memdup2 (item->signature, item->signature != NULL ? BT_KRPC_SIGNATURE_SIZE : 0);
  self->keep = keep;
  self->done = done;
  self->data = data;
  bt_dht_search_add (dht, &self->search, &put_class, &target, now);
  return self->search.id;
}
