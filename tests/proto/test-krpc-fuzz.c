/* test-krpc-fuzz.c: mutated datagrams of the DHT are read or refused, and random messages come back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bt-krpc.h"
#include "bt-limits.h"
#include "bt-random.h"

#include <string.h>

#define N_ROUNDS 40000

/* What a random message borrows. */
typedef struct
{
  guint8 bytes[BT_KRPC_BLOOM_SIZE];
  guint8 value[64];
} Store;

static BtEndpoint
make_endpoint (BtRandom *random, gboolean is_ipv4)
{
  BtEndpoint endpoint;
  guint8 ip[16];

  bt_random_fill (random, ip, sizeof ip);
  ip[0] = is_ipv4 ? 20 : 0x2a; /* where somebody may be */
  if (is_ipv4)
    bt_endpoint_set_ipv4 (&endpoint, ip, (guint16) (1024 + bt_random_below (random, 65536 - 1024)));
  else
    bt_endpoint_set_ipv6 (&endpoint, ip, (guint16) (1024 + bt_random_below (random, 65536 - 1024)));
  return endpoint;
}

static gboolean
toss (BtRandom *random)
{
  return bt_random_below (random, 2) == 0;
}

static BtKrpcSpan
make_span (BtRandom *random, const guint8 *bytes, guint max)
{
  return (BtKrpcSpan){ bytes, 1 + bt_random_below (random, max) };
}

static void
fill_item (BtKrpcItem *item, BtRandom *random, Store *store)
{
  guint length = bt_random_below (random, 60);
  int head = g_snprintf ((char *) store->value, sizeof store->value, "%u:", length);

  item->value = (BtKrpcSpan){ store->value, (guint) head + length };
  if (toss (random))
    return;
  item->key = store->bytes;
  item->signature = store->bytes + 32;
  item->has_sequence = TRUE;
  item->sequence = (gint64) bt_random_u64 (random);
}

static void
fill_query (BtKrpcMessage *message, BtRandom *random, Store *store)
{
  message->method = (BtKrpcMethod) (BT_KRPC_PING + bt_random_below (random, 7));
  if (message->method != BT_KRPC_PING && message->method != BT_KRPC_PUT)
    message->target = bt_node_id_random (random);
  message->want = (BtKrpcWant) bt_random_below (random, 4);
  message->noseed = toss (random);
  message->scrape = toss (random);
  if (toss (random) || message->method == BT_KRPC_ANNOUNCE_PEER || message->method == BT_KRPC_PUT)
    message->token = make_span (random, store->bytes, BT_KRPC_MAX_TOKEN);
  if (message->method == BT_KRPC_ANNOUNCE_PEER)
    {
      message->implied_port = toss (random);
      message->seed = toss (random);
      message->port = (guint16) (1 + bt_random_below (random, 65535));
    }
  if (message->method != BT_KRPC_PUT)
    return;
  fill_item (&message->item, random, store);
  if (toss (random))
    message->item.salt = make_span (random, store->bytes, BT_LIMIT_DHT_SALT);
  message->item.has_cas = toss (random);
  message->item.cas = message->item.has_cas ? (gint64) bt_random_u64 (random) : 0;
}

static void
fill_reply (BtKrpcMessage *message, BtRandom *random, Store *store)
{
  message->has_nodes = toss (random);
  message->has_nodes6 = toss (random);
  message->n_nodes = message->has_nodes ? bt_random_below (random, 9) : 0;
  message->n_nodes6 = message->has_nodes6 ? bt_random_below (random, 9) : 0;
  message->n_values = bt_random_below (random, 3) == 0 ? bt_random_below (random, 20) : 0;
  for (guint i = 0; i < message->n_nodes; i++)
    message->nodes[i] = (BtKrpcNode){ bt_node_id_random (random), make_endpoint (random, TRUE) };
  for (guint i = 0; i < message->n_nodes6; i++)
    message->nodes6[i] = (BtKrpcNode){ bt_node_id_random (random), make_endpoint (random, FALSE) };
  for (guint i = 0; i < message->n_values; i++)
    message->values[i] = make_endpoint (random, toss (random));
  if (toss (random))
    message->token = make_span (random, store->bytes, BT_KRPC_MAX_TOKEN);
  if (bt_random_below (random, 4) == 0)
    fill_item (&message->item, random, store);
  if (bt_random_below (random, 4) != 0)
    return;
  message->has_samples = TRUE;
  message->interval_s = bt_random_below (random, 21601);
  message->n_stored = bt_random_below (random, 1000);
  message->samples = (BtKrpcSpan){ store->bytes, 20 * bt_random_below (random, 10) };
}

static void
make_message (BtKrpcMessage *message, BtRandom *random, Store *store)
{
  memset (message, 0, sizeof *message);
  bt_random_fill (random, store, sizeof *store);
  message->type = (BtKrpcType) bt_random_below (random, 3);
  message->transaction = make_span (random, store->bytes, BT_KRPC_MAX_TRANSACTION);
  message->read_only = toss (random);
  if (toss (random))
    message->version = make_span (random, store->bytes, 4);
  message->has_ip = toss (random);
  if (message->has_ip)
    message->ip = make_endpoint (random, toss (random));
  if (message->type != BT_KRPC_ERROR)
    message->id = bt_node_id_random (random);
  if (message->type == BT_KRPC_QUERY)
    fill_query (message, random, store);
  else if (message->type == BT_KRPC_REPLY)
    fill_reply (message, random, store);
  else
    {
      message->code = (gint64) bt_random_u64 (random);
      message->text = make_span (random, store->bytes, 100);
    }
}

static void
decode (const guint8 *bytes, gsize length, BtKrpcMessage *out, gboolean *read)
{
  BtEndpoint from;

  g_assert_true (bt_endpoint_parse (&from, "8.8.8.8:6881"));
  *read = bt_krpc_decode (bytes, length, &from, out);
}

/* What is written, read and written again is the same, byte for byte: nothing was lost. */
static void
test_round_trip (void)
{
  BtRandom random;

  bt_random_seed (&random, 21);
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      guint8 first[BT_KRPC_MAX_ITEM_BYTES], second[BT_KRPC_MAX_ITEM_BYTES];
      BtKrpcMessage message, back;
      gsize first_length, second_length;
      gboolean read;
      Store store;

      make_message (&message, &random, &store);
      first_length = bt_krpc_encode (&message, first);
      g_assert_cmpuint (first_length, >, 0);
      decode (first, first_length, &back, &read);
      g_assert_true (read);
      g_assert_cmpint (back.problem, ==, 0);
      second_length = bt_krpc_encode (&back, second);
      g_assert_cmpmem (first, first_length, second, second_length);
    }
}

static void
mutate (guint8 *bytes, gsize *length, BtRandom *random)
{
  static const char alphabet[] = "ilde:-0123456789a";
  gsize at = bt_random_below (random, (guint32) *length);

  switch (bt_random_below (random, 4))
    {
    case 0: /* one byte becomes another that means something */
      bytes[at] = (guint8) alphabet[bt_random_below (random, sizeof alphabet - 1)];
      break;
    case 1: /* one bit */
      bytes[at] ^= (guint8) (1 << bt_random_below (random, 8));
      break;
    case 2: /* cut the end off */
      *length = at + 1;
      break;
    default: /* take one byte out */
      memmove (bytes + at, bytes + at + 1, *length - at - 1);
      *length = MAX (*length - 1, 1);
      break;
    }
}

static gboolean
is_inside (BtKrpcSpan span, const guint8 *bytes, gsize length)
{
  return span.data == NULL
         || (span.data >= bytes && span.data + span.length <= bytes + length);
}

static void
check (const BtKrpcMessage *message, const guint8 *bytes, gsize length)
{
  g_assert_true (is_inside (message->transaction, bytes, length));
  g_assert_true (is_inside (message->version, bytes, length));
  g_assert_true (is_inside (message->token, bytes, length));
  g_assert_true (is_inside (message->item.value, bytes, length));
  g_assert_true (is_inside (message->item.salt, bytes, length));
  g_assert_true (is_inside (message->samples, bytes, length));
  g_assert_true (is_inside (message->text, bytes, length));
  g_assert_cmpuint (message->transaction.length, <=, BT_KRPC_MAX_TRANSACTION);
  g_assert_cmpuint (message->token.length, <=, BT_KRPC_MAX_TOKEN);
  g_assert_cmpuint (message->n_nodes, <=, BT_KRPC_MAX_NODES);
  g_assert_cmpuint (message->n_nodes6, <=, BT_KRPC_MAX_NODES);
  g_assert_cmpuint (message->n_values, <=, BT_KRPC_MAX_VALUES);
  for (guint i = 0; i < message->n_values; i++)
    g_assert_true (bt_endpoint_is_usable_peer (&message->values[i]));
}

static void
test_mutations (void)
{
  guint n_read = 0;
  BtRandom random;

  bt_random_seed (&random, 22);
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      guint8 bytes[BT_KRPC_MAX_ITEM_BYTES];
      g_autofree guint8 *copy = NULL;
      BtKrpcMessage message;
      gboolean read;
      gsize length;
      Store store;

      make_message (&message, &random, &store);
      length = bt_krpc_encode (&message, bytes);
      for (guint n = 1 + bt_random_below (&random, 3); n > 0; n--)
        mutate (bytes, &length, &random);
      /* Of its exact size, so that a sanitizer sees the first byte that is read too far. */
      copy = g_memdup2 (bytes, length);
      decode (copy, length, &message, &read);
      if (read)
        check (&message, copy, length);
      n_read += read ? 1 : 0;
    }
  /* Both ways were taken often, or the test says nothing. */
  g_assert_cmpuint (n_read, >, N_ROUNDS / 20);
  g_assert_cmpuint (n_read, <, N_ROUNDS - N_ROUNDS / 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/krpc-fuzz/round-trip", test_round_trip);
  g_test_add_func ("/proto/krpc-fuzz/mutations", test_mutations);
  return g_test_run ();
}
