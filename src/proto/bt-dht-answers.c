/* bt-dht-answers.c: how our DHT node answers what others ask.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-private.h"

#include <string.h>

#define MAX_VALUES 100 /* peers of one answer; fewer when the datagram is full */

typedef struct
{
  BtDht *dht;
  const BtEndpoint *from;
  const BtKrpcMessage *query;
  gint64 now;
  BtKrpcMessage reply;
  /* What the reply borrows. */
  guint8 token[BT_DHT_TOKEN_SIZE];
  BtBloom seeds;
  BtBloom peers;
  BtDhtSamples samples;
} Answer;

static void
send_answer (Answer *answer)
{
  guint8 bytes[BT_KRPC_MAX_ITEM_BYTES];
  gsize length = bt_krpc_encode (&answer->reply, bytes);

  if (length > 0 && bt_dht_guard_may_reply (&answer->dht->guard, answer->now, length))
    bt_dht_send (answer->dht, answer->from, bytes, length);
  else
    answer->dht->n_refused++;
}

static void
send_error (Answer *answer, BtKrpcErrorCode code)
{
  bt_krpc_init_error (&answer->reply, answer->query, code, answer->from);
  send_answer (answer);
}

/* Who is near us is nobody's business further away. */
static gboolean
may_tell (const Answer *answer, const BtEndpoint *endpoint)
{
  return !bt_endpoint_is_local (endpoint) || bt_endpoint_is_local (answer->from);
}

/* The nodes of @dht that are closest to the target, if it is there and its family is wanted. */
static gboolean
add_nodes (const Answer *answer, BtDht *dht, BtKrpcWant family, BtKrpcNode *nodes, guint *n_nodes)
{
  BtKrpcWant want = answer->query->want;
  guint n;

  if (want == BT_KRPC_WANT_DEFAULT)
    want = answer->dht->is_ipv6 ? BT_KRPC_WANT_IPV6 : BT_KRPC_WANT_IPV4;
  if (dht == NULL || (want & family) == 0)
    return FALSE;
  n = bt_dht_table_closest (dht->table, &answer->query->target, FALSE, BT_DHT_K, nodes);
  *n_nodes = 0;
  for (guint i = 0; i < n; i++)
    if (may_tell (answer, &nodes[i].endpoint))
      nodes[(*n_nodes)++] = nodes[i];
  return TRUE;
}

static void
add_closest (Answer *answer)
{
  BtDht *dht = answer->dht;
  BtKrpcMessage *reply = &answer->reply;

  reply->has_nodes = add_nodes (answer, dht->is_ipv6 ? dht->sibling : dht, BT_KRPC_WANT_IPV4,
                                reply->nodes, &reply->n_nodes);
  reply->has_nodes6 = add_nodes (answer, dht->is_ipv6 ? dht : dht->sibling, BT_KRPC_WANT_IPV6,
                                 reply->nodes6, &reply->n_nodes6);
}

static void
add_token (Answer *answer)
{
  bt_dht_tokens_make (&answer->dht->tokens, answer->now, answer->from, &answer->query->target,
                      answer->token);
  answer->reply.token = (BtKrpcSpan){ answer->token, sizeof answer->token };
}

static gboolean
has_token (const Answer *answer, const BtSha1 *target)
{
  BtKrpcSpan token = answer->query->token;

  return bt_dht_tokens_check (&answer->dht->tokens, answer->now, answer->from, target, token.data,
                              token.length);
}

static void
add_peers (Answer *answer)
{
  BtKrpcMessage *reply = &answer->reply;
  guint n = bt_dht_store_get_peers (answer->dht->store, answer->now, &answer->query->target,
                                    answer->query->noseed, reply->values, MAX_VALUES);

  for (guint i = 0; i < n; i++)
    if (may_tell (answer, &reply->values[i]))
      reply->values[reply->n_values++] = reply->values[i];
}

static void
answer_get_peers (Answer *answer)
{
  BtDhtStore *store = answer->dht->store;
  const BtKrpcMessage *query = answer->query;
  BtKrpcMessage *reply = &answer->reply;

  add_closest (answer);
  if (bt_dht_store_takes_peers (store, &query->target))
    add_token (answer);
  add_peers (answer);
  if (query->scrape
      && bt_dht_store_scrape (store, answer->now, &query->target, &answer->seeds, &answer->peers))
    {
      reply->seeds = answer->seeds.bytes;
      reply->peers = answer->peers.bytes;
    }
  send_answer (answer);
}

static void
answer_announce (Answer *answer)
{
  const BtKrpcMessage *query = answer->query;
  BtEndpoint peer = *answer->from;

  if (!has_token (answer, &query->target))
    {
      send_error (answer, BT_KRPC_ERROR_PROTOCOL);
      return;
    }
  if (!query->implied_port)
    peer.port = query->port;
  bt_dht_store_add_peer (answer->dht->store, answer->now, &query->target, &peer, query->seed);
  send_answer (answer);
}

/* Of what the asker has already only the number is told. */
static void
answer_get (Answer *answer)
{
  const BtKrpcItem *asked = &answer->query->item;
  BtKrpcItem *item = &answer->reply.item;

  add_closest (answer);
  add_token (answer);
  if (bt_dht_store_get (answer->dht->store, answer->now, &answer->query->target, item)
      && asked->has_sequence && item->has_sequence && item->sequence <= asked->sequence)
    *item = (BtKrpcItem){ .has_sequence = TRUE, .sequence = item->sequence };
  send_answer (answer);
}

static void
answer_put (Answer *answer)
{
  BtDht *dht = answer->dht;
  const BtKrpcItem *item = &answer->query->item;
  BtSha1 target = bt_dht_item_target (item);
  BtKrpcErrorCode code;

  if (!has_token (answer, &target))
    {
      send_error (answer, BT_KRPC_ERROR_PROTOCOL);
      return;
    }
  code = bt_dht_store_put (dht->store, answer->now, item, answer->from, bt_dht_id (dht));
  if (code != 0)
    send_error (answer, code);
  else
    send_answer (answer);
}

static void
answer_sample (Answer *answer)
{
  BtDhtSamples *samples = &answer->samples;
  BtKrpcMessage *reply = &answer->reply;

  add_closest (answer);
  bt_dht_store_sample (answer->dht->store, answer->now, samples);
  reply->has_samples = TRUE;
  reply->interval_s = samples->interval_s;
  reply->n_stored = samples->n_stored;
  reply->samples
    = (BtKrpcSpan){ samples->hashes[0].bytes, samples->n_hashes * sizeof samples->hashes[0] };
  send_answer (answer);
}

static void
answer_method (Answer *answer)
{
  switch (answer->query->method)
    {
    case BT_KRPC_PING:
      send_answer (answer);
      break;
    case BT_KRPC_UNKNOWN:
    case BT_KRPC_FIND_NODE:
      add_closest (answer);
      send_answer (answer);
      break;
    case BT_KRPC_GET_PEERS:
      answer_get_peers (answer);
      break;
    case BT_KRPC_ANNOUNCE_PEER:
      answer_announce (answer);
      break;
    case BT_KRPC_GET:
      answer_get (answer);
      break;
    case BT_KRPC_PUT:
      answer_put (answer);
      break;
    case BT_KRPC_SAMPLE_INFOHASHES:
      answer_sample (answer);
      break;
    }
}

void
bt_dht_answer (BtDht *dht, const BtEndpoint *from, const BtKrpcMessage *query, gint64 now)
{
  Answer answer; /* some eight kilobytes, and its beginning is zeroed by bt_krpc_init_…() */

  answer.dht = dht;
  answer.from = from;
  answer.query = query;
  answer.now = now;
  if (dht->read_only)
    return;
  /* Who will not be answered is not worked for: filters and signatures cost. */
  if (!bt_dht_guard_can_reply (&dht->guard, now))
    {
      dht->n_refused++;
      return;
    }
  if (query->problem != 0)
    {
      send_error (&answer, query->problem);
      return;
    }
  if (bt_sha1_equal (&query->id, bt_dht_id (dht)))
    return;
  bt_krpc_init_reply (&answer.reply, query, bt_dht_id (dht), from);
  answer_method (&answer);
  if (!query->read_only)
    bt_dht_table_asked_us (dht->table, &query->id, from, now);
}
