/* test-dht-hostile.c: nodes of the DHT among others that lie, and items that others want to change.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ft-dht-net.h"

#include "bt-dht-item.h"
#include "bt-dht-table.h"
#include "ft-test.h"

#define N_HONEST 120
#define N_EACH 8 /* of each kind of liar: two in five are liars */

static FtDhtHost *
nth (FtDhtNet *net, guint n)
{
  return g_ptr_array_index (net->hosts, n);
}

static FtDhtHost *
any_honest (FtDhtNet *net)
{
  return nth (net, bt_random_below (&net->random, N_HONEST));
}

/* Liars. Each knows what it was asked, and answers under an id that fits its address, if not said otherwise. */

static void
reply (FtDhtHost *host, const BtEndpoint *from, const BtEndpoint *to, const BtKrpcMessage *message)
{
  guint8 bytes[BT_KRPC_MAX_ITEM_BYTES];
  gsize length = bt_krpc_encode (message, bytes);

  ft_dht_net_send (host->net, from, to, bytes, length);
}

static BtNodeId
id_of (const FtDhtHost *host)
{
  BtRandom random;

  bt_random_seed (&random, host->index);
  return bt_node_id_make (&host->address, &random);
}

static gboolean
read_query (FtDhtHost *host, const BtEndpoint *from, const guint8 *bytes, gsize length, BtKrpcMessage *query,
            BtKrpcMessage *answer)
{
  BtNodeId id = id_of (host);

  if (!bt_krpc_decode (bytes, length, from, query) || query->type != BT_KRPC_QUERY)
    return FALSE;
  bt_krpc_init_reply (answer, query, &id, from);
  answer->token = (BtKrpcSpan){ (const guint8 *) "liar", 4 };
  answer->has_nodes = TRUE;
  return TRUE;
}

static void
garbage_cb (FtDhtHost *host, const BtEndpoint *from, const guint8 *bytes, gsize length)
{
  guint8 noise[300];

  bt_random_fill (&host->net->random, noise, sizeof noise);
  noise[0] = 'd';
  ft_dht_net_send (host->net, &host->address, from, noise, sizeof noise);
}

/* Nodes very near to whatever is looked for, at addresses where nobody is. */
static void
invented_cb (FtDhtHost *host, const BtEndpoint *from, const guint8 *bytes, gsize length)
{
  BtKrpcMessage query, answer;

  if (!read_query (host, from, bytes, length, &query, &answer))
    return;
  for (answer.n_nodes = 0; answer.n_nodes < 16; answer.n_nodes++)
    {
      BtKrpcNode *node = &answer.nodes[answer.n_nodes];

      node->id = bt_node_id_random_near (&query.target, 60, &host->net->random);
      node->endpoint = ft_dht_net_nth_address (host->net, 100000 + bt_random_below (&host->net->random, 50000));
    }
  reply (host, &host->address, from, &answer);
}

/* Itself, as whoever is looked for. */
static void
itself_cb (FtDhtHost *host, const BtEndpoint *from, const guint8 *bytes, gsize length)
{
  BtKrpcMessage query, answer;

  if (!read_query (host, from, bytes, length, &query, &answer))
    return;
  answer.id = bt_node_id_random_near (&query.target, 100, &host->net->random);
  answer.nodes[0] = (BtKrpcNode){ answer.id, host->address };
  answer.n_nodes = 1;
  answer.n_values = 1;
  answer.values[0] = host->address;
  reply (host, &host->address, from, &answer);
}

/* From another address than it was asked at. */
static void
elsewhere_cb (FtDhtHost *host, const BtEndpoint *from, const guint8 *bytes, gsize length)
{
  BtKrpcMessage query, answer;
  BtEndpoint other = host->address;

  if (!read_query (host, from, bytes, length, &query, &answer))
    return;
  other.port++;
  reply (host, &other, from, &answer);
}

/* All of one house, and near to whatever is looked for. */
static void
family_cb (FtDhtHost *host, const BtEndpoint *from, const guint8 *bytes, gsize length)
{
  BtKrpcMessage query, answer;

  if (!read_query (host, from, bytes, length, &query, &answer))
    return;
  for (answer.n_nodes = 0; answer.n_nodes < 16; answer.n_nodes++)
    {
      BtKrpcNode *node = &answer.nodes[answer.n_nodes];

      node->id = bt_node_id_random_near (&query.target, 120, &host->net->random);
      node->endpoint = host->address;
      node->endpoint.ip[15] = (guint8) (100 + answer.n_nodes);
    }
  reply (host, &host->address, from, &answer);
}

static void
swallow_cb (FtDhtHost *host, const BtEndpoint *from, const guint8 *bytes, gsize length)
{
}

static void
ping (FtDhtHost *liar, FtDhtHost *victim)
{
  BtNodeId id = id_of (liar);
  guint8 bytes[BT_KRPC_MAX_ITEM_BYTES];
  BtKrpcMessage query;
  gsize length;

  bt_krpc_init_query (&query, BT_KRPC_PING, &id, "aa", 2);
  length = bt_krpc_encode (&query, bytes);
  ft_dht_net_send (liar->net, &liar->address, &victim->address, bytes, length);
}

static FtDhtNet *
make_net (guint64 seed, guint n_honest)
{
  FtDhtNet *net = ft_dht_net_new (seed, FALSE);

  ft_dht_net_grow (net, n_honest);
  ft_dht_net_run (net, 3 * FT_DHT_MINUTE);
  return net;
}

/* Liars make themselves known to everybody by asking. */
static void
add_liars (FtDhtNet *net, FtDhtHandler handler)
{
  for (guint i = 0; i < N_EACH; i++)
    {
      FtDhtHost *liar = ft_dht_net_add_stranger (net, NULL, handler, NULL);

      for (guint k = 0; k < N_HONEST; k++)
        ping (liar, nth (net, k));
    }
}

/* What is announced by one is found by another, among all of that. */
static void
assert_found (FtDhtNet *net, guint n_rounds)
{
  for (guint i = 0; i < n_rounds; i++)
    {
      FtDhtHost *announcer = any_honest (net);
      BtSha1 info_hash = bt_node_id_random (&net->random);
      g_autoptr (FtDhtFound) announced = ft_dht_host_find (announcer, &info_hash, 7000);
      g_autoptr (FtDhtFound) found = ft_dht_host_find (any_honest (net), &info_hash, 0);
      BtEndpoint peer = announcer->address;

      peer.port = 7000;
      g_assert_cmpuint (announced->result.n_announced, >, 0);
      g_assert_true (g_hash_table_contains (found->peers, &peer));
    }
}

static void
assert_sound (FtDhtNet *net)
{
  for (guint i = 0; i < N_HONEST; i++)
    {
      BtDhtStatus status;

      bt_dht_get_status (nth (net, i)->dht, net->now, &status);
      g_assert_cmpint (status.state, ==, BT_DHT_WORKING);
      g_assert_cmpuint (status.n_good, >=, 40);
      g_assert_cmpuint (nth (net, i)->n_id_changes, ==, 0);
    }
}

static void
test_liars (gconstpointer data)
{
  g_autoptr (FtDhtNet) net = make_net (31, N_HONEST);

  add_liars (net, (FtDhtHandler) data);
  ft_dht_net_run (net, 20 * FT_DHT_MINUTE);
  assert_sound (net);
  assert_found (net, 15);
}

static void
test_all_liars (void)
{
  static const FtDhtHandler handlers[] = {
    garbage_cb, invented_cb, itself_cb, elsewhere_cb, family_cb, swallow_cb,
  };
  g_autoptr (FtDhtNet) net = make_net (32, N_HONEST);

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    add_liars (net, handlers[i]);
  net->loss_percent = 5;
  ft_dht_net_run (net, 30 * FT_DHT_MINUTE);
  assert_sound (net);
  assert_found (net, 20);
}

/* 250 nodes of one /24 that answer as others do and sit around the target: a search takes one of them. */
static void
sybil_cb (FtDhtHost *host, const BtEndpoint *from, const guint8 *bytes, gsize length)
{
  BtKrpcMessage query, answer;

  if (!read_query (host, from, bytes, length, &query, &answer))
    return;
  answer.id = *(const BtNodeId *) host->data;
  reply (host, &host->address, from, &answer);
}

static void
test_sybils (void)
{
  g_autoptr (FtDhtNet) net = make_net (33, N_HONEST);
  g_autofree BtNodeId *ids = g_new (BtNodeId, 250);
  BtSha1 info_hash = bt_node_id_random (&net->random);

  for (guint i = 0; i < 250; i++)
    {
      BtEndpoint address = ft_dht_net_nth_address (net, 60000);
      FtDhtHost *sybil;

      address.ip[15] = (guint8) (i + 1);
      ids[i] = bt_node_id_random_near (&info_hash, 30, &net->random);
      sybil = ft_dht_net_add_stranger (net, &address, sybil_cb, &ids[i]);
      for (guint k = 0; k < N_HONEST; k++)
        {
          guint8 datagram[BT_KRPC_MAX_ITEM_BYTES];
          BtKrpcMessage query;

          bt_krpc_init_query (&query, BT_KRPC_PING, &ids[i], "aa", 2);
          ft_dht_net_send (net, &sybil->address, &nth (net, k)->address, datagram,
                           bt_krpc_encode (&query, datagram));
        }
    }
  ft_dht_net_run (net, 20 * FT_DHT_MINUTE);
  for (guint i = 0; i < N_HONEST; i++)
    {
      g_autoptr (GArray) known = bt_dht_save (nth (net, i)->dht, 1000, net->now);
      guint n_sybils = 0;

      for (guint k = 0; k < known->len; k++)
        n_sybils += g_array_index (known, BtKrpcNode, k).endpoint.ip[12] == 11
                    && g_array_index (known, BtKrpcNode, k).endpoint.ip[13] == 60000 >> 8;
      /* One in a bucket: those of the target's side of each. */
      g_assert_cmpuint (n_sybils, <=, 12);
    }
  for (guint i = 0; i < 10; i++)
    {
      FtDhtHost *announcer = nth (net, 3 * i);
      g_autoptr (FtDhtFound) announced = ft_dht_host_find (announcer, &info_hash, 7000);
      g_autoptr (FtDhtFound) found = ft_dht_host_find (nth (net, 5 * i + 1), &info_hash, 0);
      BtEndpoint peer = announcer->address;

      peer.port = 7000;
      g_assert_true (g_hash_table_contains (found->peers, &peer));
    }
}

/* A thousand forged questions a second do not move the node, nor make it talk. */
static void
test_flood (void)
{
  g_autoptr (FtDhtNet) net = make_net (34, N_HONEST);
  FtDhtHost *victim = nth (net, 7);
  BtDhtStatus before, after;

  bt_dht_get_status (victim->dht, net->now, &before);
  for (guint second = 0; second < 60; second++)
    {
      for (guint i = 0; i < 1000; i++)
        {
          BtEndpoint from = ft_dht_net_nth_address (net, 70000 + bt_random_below (&net->random, 60000));
          BtNodeId id = bt_node_id_random (&net->random);
          guint8 bytes[BT_KRPC_MAX_ITEM_BYTES];
          BtKrpcMessage query;

          bt_krpc_init_query (&query, BT_KRPC_GET_PEERS, &id, "aa", 2);
          query.target = id;
          ft_dht_net_send (net, &from, &victim->address, bytes, bt_krpc_encode (&query, bytes));
        }
      ft_dht_net_run (net, FT_DHT_SECOND);
    }
  bt_dht_get_status (victim->dht, net->now, &after);
  /* Answers of some 300 bytes from 8,000 bytes a second, and questions of its own. */
  g_assert_cmpuint (after.n_sent - before.n_sent, <, 62 * 50);
  g_assert_cmpuint (after.n_good, >=, before.n_good - before.n_good / 10);
  assert_found (net, 5);
}

/* Items. */

typedef struct
{
  guint n_found;
  gint64 sequence;
  char *value;
  gboolean is_done;
  BtDhtGetResult result;
} Got;

static void
found_cb (gpointer data, const BtKrpcItem *item)
{
  Got *got = data;

  got->n_found++;
  got->sequence = item->sequence;
  g_free (got->value);
  got->value = g_strndup ((const char *) item->value.data, item->value.length);
}

static void
got_cb (gpointer data, const BtDhtGetResult *result)
{
  Got *got = data;

  got->is_done = TRUE;
  got->result = *result;
}

static Got
get (FtDhtHost *host, const BtNodeId *target, BtKrpcSpan salt)
{
  Got got = { 0 };

  bt_dht_get_item (host->dht, target, salt, found_cb, got_cb, &got, host->net->now);
  ft_dht_host_rearm (host);
  for (guint i = 0; i < 100 && !got.is_done; i++)
    ft_dht_net_run (host->net, FT_DHT_SECOND);
  g_assert_true (got.is_done);
  return got;
}

typedef struct
{
  guint n_done;
  BtDhtPutResult result;
} Put;

static void
put_cb (gpointer data, const BtDhtPutResult *result)
{
  Put *put = data;

  put->n_done++;
  put->result = *result;
}

static const guint8 owner_seed[BT_DHT_SEED_SIZE] = { 1, 2, 3 };

/* Stores @value as number @sequence of the owner. @cas: below 0: none. Returns the search. */
static BtDhtSearchId
put_mutable (FtDhtHost *host, const char *value, gint64 sequence, gint64 cas, gboolean keep, Put *put)
{
  guint8 key[BT_KRPC_KEY_SIZE], signature[BT_KRPC_SIGNATURE_SIZE];
  BtKrpcItem item = {
    .value = { (const guint8 *) value, strlen (value) },
    .key = key,
    .signature = signature,
    .salt = { (const guint8 *) "salt", 4 },
    .has_sequence = TRUE,
    .sequence = sequence,
    .has_cas = cas >= 0,
    .cas = cas,
  };
  BtDhtSearchId search;

  *put = (Put){ 0 };
  g_assert_true (bt_dht_item_make_key (owner_seed, key));
  g_assert_true (bt_dht_item_sign (&item, owner_seed, signature));
  search = bt_dht_put_item (host->dht, &item, keep, put_cb, put, host->net->now);
  ft_dht_host_rearm (host);
  for (guint i = 0; i < 100 && put->n_done == 0; i++)
    ft_dht_net_run (host->net, FT_DHT_SECOND);
  g_assert_cmpuint (put->n_done, ==, 1);
  return search;
}

static BtNodeId
mutable_target (void)
{
  guint8 key[BT_KRPC_KEY_SIZE];
  BtKrpcItem item = { .key = key, .salt = { (const guint8 *) "salt", 4 } };

  g_assert_true (bt_dht_item_make_key (owner_seed, key));
  return bt_dht_item_target (&item);
}

static void
assert_value (FtDhtHost *host, const char *expected, gint64 sequence)
{
  BtNodeId target = mutable_target ();
  Got got = get (host, &target, (BtKrpcSpan){ (const guint8 *) "salt", 4 });

  g_assert_cmpstr (got.value, ==, expected);
  g_assert_cmpint (got.sequence, ==, sequence);
  if (expected != NULL)
    g_assert_cmpuint (got.result.n_copies, >=, 1);
  g_free (got.value);
}

static void
test_mutable (void)
{
  g_autoptr (FtDhtNet) net = make_net (41, 40);
  BtDhtSearchId search;
  Put put, kept;

  /* One host puts all of them: each has other neighbours, for nobody is his own. */
  assert_value (nth (net, 30), NULL, 0);
  put_mutable (nth (net, 1), "3:one", 1, -1, FALSE, &put);
  g_assert_cmpuint (put.result.n_stored, ==, BT_DHT_K);
  assert_value (nth (net, 30), "3:one", 1);

  put_mutable (nth (net, 1), "3:two", 2, 1, FALSE, &put); /* the one there is number 1 */
  g_assert_cmpuint (put.result.n_stored, ==, BT_DHT_K);
  assert_value (nth (net, 31), "3:two", 2);

  put_mutable (nth (net, 1), "5:three", 3, 1, FALSE, &put); /* it is 2 */
  g_assert_cmpuint (put.result.n_stored, ==, 0);
  g_assert_cmpuint (put.result.n_refused, ==, BT_DHT_K);
  put_mutable (nth (net, 1), "3:old", 1, -1, FALSE, &put);
  g_assert_true (put.result.is_superseded);
  g_assert_cmpint (put.result.newest_sequence, ==, 2);
  g_assert_cmpuint (put.result.n_stored, ==, 0);
  put_mutable (nth (net, 1), "5:other", 2, -1, FALSE, &put); /* the same number, another value */
  g_assert_true (put.result.is_superseded);
  assert_value (nth (net, 32), "3:two", 2);

  /* Without its owner it is gone after two hours, with him it stays. */
  ft_dht_net_run (net, 125 * FT_DHT_MINUTE);
  assert_value (nth (net, 33), NULL, 0);
  search = put_mutable (nth (net, 1), "4:kept", 5, -1, TRUE, &kept);
  ft_dht_net_run (net, 190 * FT_DHT_MINUTE);
  g_assert_cmpuint (kept.n_done, ==, 4);
  assert_value (nth (net, 33), "4:kept", 5);
  bt_dht_cancel (nth (net, 1)->dht, search);
  ft_dht_net_run (net, 125 * FT_DHT_MINUTE);
  g_assert_cmpuint (kept.n_done, ==, 4);
  assert_value (nth (net, 34), NULL, 0);
}

static void
test_immutable (void)
{
  g_autoptr (FtDhtNet) net = make_net (42, 40);
  BtKrpcItem item = { .value = { (const guint8 *) "12:Hello World!", 15 } };
  BtNodeId target = bt_dht_item_target (&item);
  Put put = { 0 };
  Got got;

  bt_dht_put_item (nth (net, 1)->dht, &item, FALSE, put_cb, &put, net->now);
  ft_dht_host_rearm (nth (net, 1));
  ft_dht_net_run (net, 30 * FT_DHT_SECOND);
  g_assert_cmpuint (put.n_done, ==, 1);
  g_assert_cmpuint (put.result.n_stored, ==, BT_DHT_K);
  got = get (nth (net, 35), &target, (BtKrpcSpan){ NULL, 0 });
  g_assert_cmpstr (got.value, ==, "12:Hello World!");
  g_assert_cmpuint (got.n_found, ==, 1);
  g_free (got.value);
}

/* Who answers with an item of somebody else, or one that was changed, is not believed. */
static void
forge_cb (FtDhtHost *host, const BtEndpoint *from, const guint8 *bytes, gsize length)
{
  guint8 key[BT_KRPC_KEY_SIZE], signature[BT_KRPC_SIGNATURE_SIZE] = { 1 };
  BtKrpcMessage query, answer;

  if (!read_query (host, from, bytes, length, &query, &answer))
    return;
  g_assert_true (bt_dht_item_make_key (owner_seed, key));
  answer.item = (BtKrpcItem){
    .value = { (const guint8 *) "6:forged", 8 },
    .key = key,
    .signature = signature,
    .has_sequence = TRUE,
    .sequence = 99,
  };
  reply (host, &host->address, from, &answer);
}

static void
test_forged_items (void)
{
  g_autoptr (FtDhtNet) net = make_net (43, N_HONEST);
  Put put;

  add_liars (net, forge_cb);
  ft_dht_net_run (net, 10 * FT_DHT_MINUTE);
  put_mutable (nth (net, 1), "3:one", 1, -1, FALSE, &put);
  g_assert_false (put.result.is_superseded);
  g_assert_cmpuint (put.result.n_stored, >, 0);
  assert_value (nth (net, 60), "3:one", 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/dht-hostile/garbage", garbage_cb, test_liars);
  g_test_add_data_func ("/dht-hostile/invented", invented_cb, test_liars);
  g_test_add_data_func ("/dht-hostile/itself", itself_cb, test_liars);
  g_test_add_data_func ("/dht-hostile/elsewhere", elsewhere_cb, test_liars);
  g_test_add_data_func ("/dht-hostile/family", family_cb, test_liars);
  g_test_add_data_func ("/dht-hostile/silent", swallow_cb, test_liars);
  g_test_add_func ("/dht-hostile/all", test_all_liars);
  g_test_add_func ("/dht-hostile/sybils", test_sybils);
  g_test_add_func ("/dht-hostile/flood", test_flood);
  g_test_add_func ("/dht-hostile/mutable", test_mutable);
  g_test_add_func ("/dht-hostile/immutable", test_immutable);
  g_test_add_func ("/dht-hostile/forged-items", test_forged_items);
  return g_test_run ();
}
