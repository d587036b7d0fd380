/* bt-dht-questions.c: what our DHT node asked others, and which datagram answers what.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-dht-private.h"

#include <string.h>

/* What a search asks is sent once more when it is slow: one datagram in twenty is lost on a bad line, and
 * the node that does not answer may be one of the few that know. The table has time to ask again. */
#define SLOW_US (1 * (gint64) G_USEC_PER_SEC)
#define TIMEOUT_US (15 * (gint64) G_USEC_PER_SEC)
#define MAX_QUESTIONS 200u /* then searches wait; what is stored and checked is few and does not */

gboolean
bt_dht_may_ask (const BtDht *dht)
{
  return dht->questions.length < MAX_QUESTIONS;
}

void
bt_dht_begin_query (BtDht *dht, BtKrpcMessage *query, BtKrpcMethod method, guint32 *transaction)
{
  do
    dht->ops->random (dht->owner, transaction, sizeof *transaction);
  while (g_hash_table_contains (dht->by_transaction, GUINT_TO_POINTER (*transaction)));
  bt_krpc_init_query (query, method, bt_dht_id (dht), transaction, sizeof *transaction);
  query->read_only = dht->read_only;
}

/* Nodes of the other family are asked for along with ours as long as our sibling needs some. */
static BtKrpcWant
choose_want (const BtDht *dht, BtKrpcMethod method)
{
  gboolean names_nodes
    = method == BT_KRPC_FIND_NODE || method == BT_KRPC_GET_PEERS || method == BT_KRPC_GET;

  if (!names_nodes || dht->sibling == NULL
      || bt_dht_table_n_nodes (dht->sibling->table) >= BT_DHT_K)
    return BT_KRPC_WANT_DEFAULT;
  return BT_KRPC_WANT_IPV4 | BT_KRPC_WANT_IPV6;
}

static void
remember (BtDht *dht, const BtDhtQuestion *asked)
{
  BtDhtQuestion *question = g_memdup2 (asked, sizeof *asked);

  g_queue_push_tail (&dht->questions, question);
  question->link = dht->questions.tail;
  g_hash_table_insert (dht->by_transaction, GUINT_TO_POINTER (question->transaction), question);
}

gboolean
bt_dht_ask (BtDht *dht,
            const BtEndpoint *to,
            const BtNodeId *id,
            BtKrpcMessage *query,
            const BtDhtSearch *search,
            gint64 now)
{
  guint8 bytes[BT_KRPC_MAX_ITEM_BYTES];
  BtDhtQuestion question = { .to = *to, .sent = now, .has_id = id != NULL };
  gsize length;

  g_assert (query->transaction.length == sizeof question.transaction);
  query->want = choose_want (dht, query->method);
  length = bt_krpc_encode (query, bytes);
  if (length == 0)
    return FALSE;
  memcpy (&question.transaction, query->transaction.data, sizeof question.transaction);
  if (id != NULL)
    question.id = *id;
  question.method = query->method;
  if (search != NULL)
    {
      question.search = search->id;
      question.is_last = search->phase == BT_DHT_PHASE_STORING;
      question.bytes = g_bytes_new (bytes, length);
    }
  remember (dht, &question);
  bt_dht_send (dht, to, bytes, length);
  return TRUE;
}

static void
free_question (gpointer data)
{
  BtDhtQuestion *question = data;

  g_clear_pointer (&question->bytes, g_bytes_unref);
  g_free (question);
}

typedef BtDhtQuestion Question;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, free_question)

/* Takes the question out. Returns: (transfer full) */
static BtDhtQuestion *
take (BtDht *dht, BtDhtQuestion *question)
{
  g_hash_table_remove (dht->by_transaction, GUINT_TO_POINTER (question->transaction));
  g_queue_delete_link (&dht->questions, question->link);
  return question;
}

/* (nullable) The question that is answered: with its transaction, from whom it went to. */
static BtDhtQuestion *
find (BtDht *dht, const BtEndpoint *from, const BtKrpcMessage *answer)
{
  BtDhtQuestion *question;
  guint32 transaction;

  if (answer->transaction.length != sizeof transaction)
    return NULL;
  memcpy (&transaction, answer->transaction.data, sizeof transaction);
  question = g_hash_table_lookup (dht->by_transaction, GUINT_TO_POINTER (transaction));
  return question != NULL && bt_endpoint_equal (&question->to, from) ? question : NULL;
}

static void
hear_of_nodes (BtDht *dht, const BtKrpcMessage *reply)
{
  BtDht *ipv4 = dht->is_ipv6 ? dht->sibling : dht;
  BtDht *ipv6 = dht->is_ipv6 ? dht : dht->sibling;

  for (guint i = 0; ipv4 != NULL && i < reply->n_nodes; i++)
    bt_dht_table_named (ipv4->table, &reply->nodes[i].id, &reply->nodes[i].endpoint);
  for (guint i = 0; ipv6 != NULL && i < reply->n_nodes6; i++)
    bt_dht_table_named (ipv6->table, &reply->nodes6[i].id, &reply->nodes6[i].endpoint);
}

gboolean
bt_dht_take_answer (BtDht *dht, const BtEndpoint *from, const BtKrpcMessage *answer, gint64 now)
{
  BtDhtQuestion *question = find (dht, from, answer);
  g_autoptr (Question) taken = NULL;

  if (question == NULL)
    return FALSE;
  taken = take (dht, question);
  if (answer->type == BT_KRPC_ERROR)
    {
      bt_dht_search_failed (dht, taken, answer, now);
      return TRUE;
    }
  bt_dht_table_answered (dht->table, &answer->id, from, now);
  /* Who is not who it was said to be names nobody. */
  if (!taken->has_id || bt_sha1_equal (&taken->id, &answer->id))
    hear_of_nodes (dht, answer);
  if (answer->has_ip && dht->ops->told_address != NULL)
    dht->ops->told_address (dht->owner, from, &answer->ip, now);
  bt_dht_search_answered (dht, taken, answer, now);
  return TRUE;
}

static void
give_up (BtDht *dht, BtDhtQuestion *question, gint64 now)
{
  g_autoptr (Question) taken = take (dht, question);

  bt_dht_table_failed (dht->table, &taken->to, now);
  bt_dht_search_failed (dht, taken, NULL, now);
}

static void
ask_again (BtDht *dht, BtDhtQuestion *question)
{
  g_autoptr (GBytes) bytes = g_steal_pointer (&question->bytes);
  gsize length;
  gconstpointer data;

  if (bytes == NULL)
    return;
  data = g_bytes_get_data (bytes, &length);
  bt_dht_send (dht, &question->to, data, length);
}

/* The queue is in the order of sending, so those that are due stand at its head. */
void
bt_dht_check_timeouts (BtDht *dht, gint64 now)
{
  for (;;)
    {
      BtDhtQuestion *question = g_queue_peek_head (&dht->questions);

      if (question == NULL || now < question->sent + TIMEOUT_US)
        break;
      give_up (dht, question, now);
    }
  for (GList *l = dht->questions.head; l != NULL; l = l->next)
    {
      BtDhtQuestion *question = l->data;

      if (now < question->sent + SLOW_US)
        break;
      if (question->is_slow)
        continue;
      question->is_slow = TRUE;
      ask_again (dht, question);
      bt_dht_search_slow (dht, question);
    }
}

gint64
bt_dht_questions_deadline (const BtDht *dht)
{
  const BtDhtQuestion *oldest = g_queue_peek_head ((GQueue *) &dht->questions);

  if (oldest == NULL)
    return G_MAXINT64;
  for (const GList *l = dht->questions.head; l != NULL; l = l->next)
    {
      const BtDhtQuestion *question = l->data;

      if (!question->is_slow)
        return MIN (oldest->sent + TIMEOUT_US, question->sent + SLOW_US);
    }
  return oldest->sent + TIMEOUT_US;
}

void
bt_dht_forget_questions (BtDht *dht)
{
  g_hash_table_remove_all (dht->by_transaction);
  g_queue_clear_full (&dht->questions, free_question);
}
